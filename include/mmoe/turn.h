/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * turn.h - a numeric option as a dial: its next round value, and values in a row.
 *
 * Shares and correlations (options of at most 1) go by tenths, other real numbers by 1, 2, 5, 10,
 * counts and widths by doubling, seeds by one.
 *
 * Ownership: plain values. Threads: pure functions.
 *
 *   struct mmoe_text value = {0};
 *   if (mmoe_turn_next(&o, mmoe_option_find("p"), +1, &value))
 *       mmoe_option_set(&o, "p", value.s, &err);
 */
#ifndef MMOE_TURN_H
#define MMOE_TURN_H

#include <mmoe/option.h>

enum { MMOE_TURN_VALUES = 64, MMOE_TURN_SIZE = 32 };

/* Can it be turned? MMOE_INVALID where it is a word, a file or a list. */
enum mmoe_status mmoe_turn_check(const struct mmoe_option *option, struct mmoe_error *err);

/* Its value as a number; NAN where it is a list of several, or auto. */
double mmoe_turn_number(const struct mmoe_options *o, const struct mmoe_option *option);

/* Append the round value next above (by 1) or below (by -1) the present one, as one would type it;
 * false at the end of its range, and where it has no number. */
bool mmoe_turn_next(const struct mmoe_options *o, const struct mmoe_option *option, int by,
                    struct mmoe_text *out);

/* Values in a row, as one would type them. */
struct mmoe_turn_row {
    size_t count;
    char value[MMOE_TURN_VALUES][MMOE_TURN_SIZE];
};
/* "0,0.5,1", "0..1:0.1" or, by the steps of mmoe_turn_next, "0..1": at least one value, each of
 * which is in range. */
enum mmoe_status mmoe_turn_row(const struct mmoe_option *option, const char *text,
                               struct mmoe_turn_row *out, struct mmoe_error *err);

#endif
