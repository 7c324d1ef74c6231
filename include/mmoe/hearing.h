/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hearing.h - the paper's claims heard on one measure of a study.
 *
 * A hearing has a copy of the values of one metric of one task, so that a thread of its
 * own can take its time while the tally grows. Of a metric of which more is better, AUC
 * and R2, it has 1 minus the value: the claims speak of losses. What is found depends on
 * the study's runs alone: draws come from a stream that follows from its grid, and values stand in
 * the order of seeds.
 *
 * Ownership: mmoe_hearing_new / _free. Threads: one at a time.
 *
 *   struct mmoe_hearing *h = mmoe_hearing_new(tally, MMOE_LOSS, 0, &err);
 *   mmoe_hearing_claims(h, NULL, NULL, &err);
 *   ... h->claim[group * MMOE_CLAIMS + k].verdict ...
 *   mmoe_hearing_free(h);
 */
#ifndef MMOE_HEARING_H
#define MMOE_HEARING_H

#include <mmoe/design.h>
#include <mmoe/tally.h>

struct mmoe_hearing {
    struct mmoe_grid grid;
    struct mmoe_design design;
    enum mmoe_metric metric;
    struct mmoe_task task;
    size_t seeds;             /* finished runs of the cell that has the fewest */
    double *value;            /* (cells, seeds): MMOE_ABSENT, NAN as in tally.h */
    double *overlap;          /* (cells, seeds) of the gates; NULL: not known */
    bool secondary;           /* loss is what was named beforehand: this is another look at it */
    uint64_t stream;          /* of random draws: it follows from the study */
    struct mmoe_claim *claim; /* (design.groups, MMOE_CLAIMS), once they are tested */
    bool (*go_on)(void *context, double share); /* who was asked while they were */
    void *context;
};

/* NULL and *err where the study's grid is not of that kind (design.h), has no such values, or where
 * the metric is a diagnosis (metrics.h). */
struct mmoe_hearing *mmoe_hearing_new(const struct mmoe_tally *t, enum mmoe_metric metric,
                                      size_t task, struct mmoe_error *err);
void mmoe_hearing_free(struct mmoe_hearing *h); /* NULL allowed */

/*
 * Test all groups' claims. go_on (NULL allowed) is asked again and again with the share
 * that is done, 0 to 1; where it says no: MMOE_STATE, and there are no claims.
 */
enum mmoe_status mmoe_hearing_claims(struct mmoe_hearing *h,
                                     bool (*go_on)(void *context, double share), void *context,
                                     struct mmoe_error *err);

/* The cells of a group; a run has failed whose value is above the threshold. Who was asked while
 * claims were tested is asked again; where it says no, they are of no use. */
void mmoe_hearing_cells(const struct mmoe_hearing *h, size_t group, double threshold,
                        struct mmoe_claims_cell out[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX]);
/* P(a < b) of two models at the i-th p: how often a has the lower value of a seed, ties counting
 * half; a run that diverged loses. */
struct mmoe_interval mmoe_hearing_below(const struct mmoe_hearing *h, size_t group,
                                        enum mmoe_claims_model a, enum mmoe_claims_model b,
                                        size_t i);
/* What counts as failed where nobody said: twice the median of all finite values. */
double mmoe_hearing_threshold(const struct mmoe_hearing *h);

/* Are all estimates of a claim as claimed, however uncertain? */
bool mmoe_hearing_leans(const struct mmoe_claim *c);

#endif
