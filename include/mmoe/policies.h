/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policies.h - the trained nets that the arms of an experiment rank by.
 *
 * All arms are trained on the same rows; each net has first weights and an order of batches of its
 * own. Nets are trained on several threads; which of them trains a net changes no bit.
 *
 * Ownership: mmoe_policies_free frees the nets; a policy borrows them. Threads: one at a time.
 *
 *   struct mmoe_policies *p = mmoe_policies_new(arms, 3, 2, 0, goes_on, job, &err);
 *   mmoe_policies_get(p, 0, &policy);
 */
#ifndef MMOE_POLICIES_H
#define MMOE_POLICIES_H

#include <mmoe/experiment.h>
#include <mmoe/option.h>
#include <mmoe/status.h>

enum { MMOE_POLICIES_MAX = 8 };

struct mmoe_policies;

/* Called from the thread that called, from time to time; share: 0 to 1. False: stop. */
typedef bool mmoe_policies_go_on(void *context, double share);

/*
 * Train `seeds` nets for each of n arms, with so many threads (0: one a core). The rows of all arms
 * are those of the first one's options. NULL and *err where the rows or a net cannot be made, a net
 * diverged, or it was stopped (MMOE_STATE).
 */
struct mmoe_policies *mmoe_policies_new(const struct mmoe_options *arm, size_t n, size_t seeds,
                                        size_t jobs, mmoe_policies_go_on *go_on, void *context,
                                        struct mmoe_error *err);
void mmoe_policies_free(struct mmoe_policies *p);
void mmoe_policies_get(const struct mmoe_policies *p, size_t arm, struct mmoe_policy *out);
const struct mmoe_recommender *mmoe_policies_recommender(const struct mmoe_policies *p);

#endif
