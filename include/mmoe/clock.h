/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock.h - the one clock that durations are measured with.
 *
 * Ownership: none. Threads: safe.
 */
#ifndef MMOE_CLOCK_H
#define MMOE_CLOCK_H

double mmoe_clock_now(void);  /* seconds since some moment; it only goes forward */
double mmoe_clock_date(void); /* seconds since 1970, as files have them */

#endif
