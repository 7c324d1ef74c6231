/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * standings.h - models compared on rows of a file, as the paper's tables 1 and 2 do.
 *
 * The study has an axis `model`; whatever else varies follows it. A task is measured by AUC if it
 * is binary, else by R2. Of each model and task are told the mean, median and sd over seeds, the
 * value on the test rows of the run that is best on the validation rows, and the largest value on
 * the test rows, which grows with the number of seeds: of n normal ones it is about
 * mean + sqrt(2 ln n) sd.
 *
 * Sentences of the paper's sections 6.2 and 6.3 are claims (claims.h), tested over seeds on the
 * logit of AUC, paired: the models of a seed share batches.
 *
 * Ownership: plain values. Threads: as the tally.
 */
#ifndef MMOE_STANDINGS_H
#define MMOE_STANDINGS_H

#include <mmoe/claims.h>
#include <mmoe/tally.h>

enum { MMOE_STANDINGS_MODELS = 16, MMOE_STANDINGS_CLAIMS = 3 };

struct mmoe_standing {
    size_t n, diverged;
    size_t failed; /* no better than chance by more than .05: AUC below .55, R2 below .05 */
    double mean, median, sd;
    double chosen; /* of the run that is best on the validation rows */
    double most;   /* on the test rows */
};

struct mmoe_standings {
    size_t models, tasks;
    size_t cell[MMOE_STANDINGS_MODELS];
    const char *model[MMOE_STANDINGS_MODELS]; /* as option model has it */
    struct mmoe_task task[MMOE_TASKS_MAX];
    struct mmoe_standing row[MMOE_STANDINGS_MODELS][MMOE_TASKS_MAX];
    size_t claims; /* 0: the models they compare are not all there */
    struct mmoe_claim claim[MMOE_STANDINGS_CLAIMS];
};

/* Can they be told of a study of that grid? */
bool mmoe_standings_are_of(const struct mmoe_grid *g);
/* A block to be freed with mmoe_free; NULL where they cannot, or no run is there. */
struct mmoe_standings *mmoe_standings_new(struct mmoe_tally *t);

#endif
