/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recipe.h - a run in one line: all that its bits follow from, and what tells these bits.
 *
 *   mmoe:1 p=0.3 model=mmoe @2000:lr=0.001 at=6000 bits=0f1e2d3c4b5a6978 by=0.1.0,avx512,SkylakeX
 *
 * Options that are no defaults as they were when the run began, changes at their steps, the step it
 * is at, a digest of its weights, the version, kernels and BLAS kernels it was made by, and of rows
 * that were read the digest of these (rows-digest=...).
 *
 * Ownership: a recipe has a reference to its journal; _done gives it back. Threads: values.
 *
 *   struct mmoe_recipe r;
 *   mmoe_recipe_of(run, &r, &err);  mmoe_recipe_text(&r, &t);  mmoe_recipe_done(&r);
 */
#ifndef MMOE_RECIPE_H
#define MMOE_RECIPE_H

#include <mmoe/journal.h>
#include <mmoe/run.h>

enum { MMOE_BITS_SIZE = 17, MMOE_BY_SIZE = 96 };
#define MMOE_RECIPE_WORD "mmoe:1"

struct mmoe_recipe {
    struct mmoe_options options;
    const struct mmoe_journal *journal; /* changes alone */
    size_t step;
    char bits[MMOE_BITS_SIZE]; /* of the weights; "": not told */
    char rows[MMOE_BITS_SIZE]; /* of rows that were read; "": they follow from options */
    char by[MMOE_BY_SIZE];
};

/* Of a run as it is; MMOE_STATE where its bits do not follow from settings. */
enum mmoe_status mmoe_recipe_of(struct mmoe_run *run, struct mmoe_recipe *out,
                                struct mmoe_error *err);
/* The same of what a run says of itself, without digests. */
enum mmoe_status mmoe_recipe_of_snapshot(const struct mmoe_snapshot *s, struct mmoe_recipe *out,
                                         struct mmoe_error *err);
/* Append it as one line, which a command line may have in it. */
void mmoe_recipe_text(const struct mmoe_recipe *r, struct mmoe_text *t);

/* What makes bits here: "0.1.0,avx512,SkylakeX", version, kernels and BLAS kernels. */
void mmoe_recipe_here(const struct mmoe_options *o, char by[MMOE_BY_SIZE]);

/* An empty one; and one more pair of a line put into it: an option, @STEP:KEY, at, bits,
 * rows-digest, by.
 */
void mmoe_recipe_begin(struct mmoe_recipe *r);
enum mmoe_status mmoe_recipe_take(struct mmoe_recipe *r, const char *key, const char *value,
                                  struct mmoe_error *err);
void mmoe_recipe_done(struct mmoe_recipe *r);

#endif
