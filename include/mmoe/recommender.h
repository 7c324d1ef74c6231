/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recommender.h - a simulated recommender whose truth is known: users, items, visits, and the
 * probabilities of two binary tasks, engagement and satisfaction, for every item a visit may show.
 *
 * A visit is a user at an hour of a day on a device; a row is a visit, an item and the position it
 * was shown at. Both follow from (seed.data, part, number of the visit) alone: any row can be made
 * at any time, and none is kept. What a user does is addressed by the visit and the item, so that
 * two policies which show the same item in the same visit see the same labels.
 *
 * Ownership: a dataset's (dataset.h); mmoe_recommender_new / _free on its own.
 * Threads:   immutable.
 *
 *   struct mmoe_visit v;
 *   mmoe_recommender_visit(r, MMOE_VISITS_LIVE, 7, &v);
 *   mmoe_recommender_inputs(r, &v, item, 0, id, x);
 *   mmoe_recommender_truth(r, &v, item, 0, truth);
 */
#ifndef MMOE_RECOMMENDER_H
#define MMOE_RECOMMENDER_H

#include <stddef.h>
#include <stdint.h>

#include <mmoe/option.h>
#include <mmoe/real.h>
#include <mmoe/rows.h>

enum {
    MMOE_ENGAGEMENT,
    MMOE_SATISFACTION,
    MMOE_RECOMMENDER_TASKS,
    MMOE_RECOMMENDER_FIELDS = 14,
    MMOE_RECOMMENDER_NUMBERS = 8,
    MMOE_POSITIONS = 10 /* 0 is the top */
};

/* Visits of each part are others. */
enum mmoe_visits {
    MMOE_VISITS_TRAIN,
    MMOE_VISITS_VALIDATION,
    MMOE_VISITS_TEST,
    MMOE_VISITS_CALIBRATION,
    MMOE_VISITS_LIVE,
    MMOE_VISITS_PARTS
};

struct mmoe_recommender;

struct mmoe_visit {
    enum mmoe_visits part;
    uint64_t number;
    uint32_t user, hour, day, device;
};

/* The world of those options: of seed.data, users, items, p and what users do. */
struct mmoe_recommender *mmoe_recommender_new(const struct mmoe_options *o);
void mmoe_recommender_free(struct mmoe_recommender *r);

const struct mmoe_fields *mmoe_recommender_fields(const struct mmoe_recommender *r);
/* The share of logged rows of which the task's label is 1 that its offset was found for. */
double mmoe_recommender_rate(const struct mmoe_recommender *r, size_t task);
size_t mmoe_recommender_users(const struct mmoe_recommender *r);
size_t mmoe_recommender_items(const struct mmoe_recommender *r);

/* A visit of a part. */
void mmoe_recommender_visit(const struct mmoe_recommender *r, enum mmoe_visits part,
                            uint64_t number, struct mmoe_visit *v);
/* n items that the visit may be shown, drawn by popularity, with repetition. */
void mmoe_recommender_candidates(const struct mmoe_recommender *r, const struct mmoe_visit *v,
                                 size_t n, uint32_t *item);
/* The item that the logging policy shows in the visit, and where. */
void mmoe_recommender_logged(const struct mmoe_recommender *r, const struct mmoe_visit *v,
                             uint32_t *item, uint32_t *position);

/* id (F) and x (K) of a row. */
void mmoe_recommender_inputs(const struct mmoe_recommender *r, const struct mmoe_visit *v,
                             uint32_t item, uint32_t position, uint32_t *id, mmoe_real *x);
/* (T) the probabilities of its labels. */
void mmoe_recommender_truth(const struct mmoe_recommender *r, const struct mmoe_visit *v,
                            uint32_t item, uint32_t position, double *truth);
/* (T) its labels, 0 or 1, for its probabilities. */
void mmoe_recommender_labels(const struct mmoe_recommender *r, const struct mmoe_visit *v,
                             uint32_t item, const double *truth, mmoe_real *label);

#endif
