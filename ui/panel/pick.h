/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pick.h - one run picked out of a panel: a seed of the histograms, or a run of the list.
 *
 * Left and Right move through a row by value, Up and Down between rows. What is picked is a command
 * that opens it: "open 2:17", "open 3".
 *
 * Ownership: none. Threads: user-interface thread.
 */
#ifndef MMOE_UI_PICK_H
#define MMOE_UI_PICK_H

#include "ui/panel/view.h"

/* Has the panel in front runs to be picked? */
bool pick_is_possible(const struct view *v);
/* Begin in the middle, or at the newest run. */
void pick_begin(struct view *v);
void pick_move(struct view *v, int across, int down);
/* What is picked. */
struct pick {
    size_t row, seed;            /* of histograms: from 1; the seed as runs have it (seed.data) */
    size_t run;                  /* of the list: its number; 0: it is of histograms */
    const char *name;            /* of the row, or the run */
    double value;                /* its loss */
    size_t place, count;         /* from 1, in its row */
    struct mmoe_options options; /* it was made with */
};
/* False where nothing is. */
bool pick_at(const struct view *v, struct pick *out);
/* The run of that row and seed; false where there is none. */
bool pick_seed(const struct view *v, size_t row, size_t seed, struct mmoe_options *out);
/* "mmoe  seed 17  .0812  12 of 20  Enter opens it" */
void pick_words(const struct view *v, struct mmoe_text *t);

#endif
