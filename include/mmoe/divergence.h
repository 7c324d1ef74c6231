/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * divergence.h - the ways in which a training comes to nothing, and what helps.
 *
 *   not-finite  a loss, of a batch or of the held-out rows, is not finite
 *   overflow    some squares of gradients that Adam sums up are not finite: weights of such
 *               gradients never move again
 *   still       not one weight changed between two evaluations, because of an overflow, or although
 *               the learning rate is above 0, the last batch had a gradient, and the weighted sum
 *               of the held-out losses is not below that of step 0
 *   far-above   at the end of the run the weighted sum of the losses is more than MMOE_FAR times
 *               that of step 0, and that of the best constants: on the held-out rows and on the
 *               last batch, so that a net which knows its training rows too well is none
 *
 * Losses are looked at in every step, far-above at the last one, the others at evaluations.
 *
 * A run that stands still otherwise is at rest: its rate fell to 0, or there is nothing left to
 * learn. That is told (snapshot.h, resting), and is no divergence.
 *
 * Ownership, threads: pure functions.
 */
#ifndef MMOE_DIVERGENCE_H
#define MMOE_DIVERGENCE_H

#include <mmoe/text.h>

#define MMOE_FAR 100

enum mmoe_divergence {
    MMOE_SOUND,
    MMOE_NOT_FINITE,
    MMOE_OVERFLOW,
    MMOE_STILL,
    MMOE_FAR_ABOVE,
    MMOE_DIVERGENCES
};

struct mmoe_snapshot;

/* "overflow", as files and events have it; "" for MMOE_SOUND. */
const char *mmoe_divergence_name(enum mmoe_divergence d);
/* The one of that name; MMOE_NOT_FINITE, the only one there once was, where there is none. */
enum mmoe_divergence mmoe_divergence_find(const char *name);
/* What such a run did: "diverged" or "stood still". */
const char *mmoe_divergence_verb(enum mmoe_divergence d);

/* Append what happened to a run that diverged: "the loss was not finite; it keeps ...". */
void mmoe_divergence_cause(const struct mmoe_snapshot *s, struct mmoe_text *t);
/* Append what to try with such a run: "try lr 0.01, or clip 1". */
void mmoe_divergence_advice(const struct mmoe_snapshot *s, struct mmoe_text *t);

#endif
