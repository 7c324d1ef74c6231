/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.c - the clocks: one that durations are measured with, one that files have. */
#include <time.h>

#include <mmoe/clock.h>

double mmoe_clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double mmoe_clock_date(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
