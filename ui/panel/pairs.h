/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pairs.h - rows of the histograms set against each other, seed by seed.
 *
 * Each row is set against the first; in a study whose figures have several axes,
 * against the cell that differs from it in the models, or the last axis, alone.
 *
 * Ownership: a pair borrows from the view and from `name`. Threads: as the view.
 */
#ifndef MMOE_UI_PAIRS_H
#define MMOE_UI_PAIRS_H

#include <mmoe/paired.h>

#include "ui/panel/view.h"

/* Two rows, and their values by seed. */
struct pair {
    const char *name, *to;
    const double *a, *b; /* NULL: there are none yet */
    size_t seeds;
    bool same_seeds;
};

/* The i-th pair of what is shown; false: there are no more. Its names are of name, or of the view.
 */
bool pair_at(const struct view *v, size_t i, struct mmoe_text name[2], struct pair *p);
/* The only rows of two models; false: there are no two. */
bool pair_of_models(const struct view *v, int first, int second, struct pair *p);
void pair_compare(const struct view *v, const struct pair *p, struct mmoe_paired *r);
/* Append "mmoe against shared-bottom: loss of task A is a ratio of 1.04 [.93, 1.16], ...". */
void pair_add_words(const struct view *v, const struct pair *p, const struct mmoe_paired *r,
                    struct mmoe_text *t);
/* The same in a line: "mmoe 1.04 [.93, 1.16] of shared-bottom, lower on 9 of 20: undecided". */
void pair_add_short(const struct pair *p, const struct mmoe_paired *r, struct mmoe_text *t);

#endif
