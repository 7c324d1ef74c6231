/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * each.h - options that each value of an axis has its own values of: "for model=mmoe lr=0.002".
 *
 * Ownership: a value. Threads: one at a time.
 */
#ifndef MMOE_STUDY_EACH_H
#define MMOE_STUDY_EACH_H

#include <mmoe/grid.h>

enum { EACH_MAX = 160, EACH_TEXT_MAX = 64 };

struct each {
    size_t count;
    struct {
        const struct mmoe_option *axis, *option;
        char at[EACH_TEXT_MAX], value[EACH_TEXT_MAX];
        size_t line; /* of the definition */
    } one[EACH_MAX];
};

/* Where the axis KEY has the value `at`, the option has that value. */
enum mmoe_status each_add(struct each *e, const char *key, const char *at, const char *option,
                          const char *value, size_t line, struct mmoe_error *err);
/* Let the options follow their axes; where a value of an axis has none of its own, it is the
 * base's. *line: what is wrong, where something is. */
enum mmoe_status each_apply(const struct each *e, struct mmoe_grid *g, size_t *line,
                            struct mmoe_error *err);

#endif
