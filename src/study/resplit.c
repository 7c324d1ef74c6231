/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resplit.c - how often the statistics of experiments err: users of one log split anew and anew.
 *
 * Without a difference both arms are shown by the first policy. With one, each user has what its
 * arm's policy came to in all of the user's visits; the true lift is that of all users under both.
 */
#include <math.h>
#include <string.h>

#include <mmoe/experiment.h>
#include <mmoe/mem.h>
#include <mmoe/rng.h>

enum { LOOKS = 46, BUCKETS = MMOE_EXPERIMENT_BUCKETS };
#define LEVEL 0.95

struct totals {
    double y, n;
};

/* Both arms, bucket by bucket. */
struct arms {
    struct mmoe_arm of[2][BUCKETS];
};

static struct mmoe_arm whole(const struct arms *a, size_t arm)
{
    struct mmoe_arm sum = {0};
    for (size_t i = 0; i < BUCKETS; i++)
        mmoe_arm_merge(&sum, &a->of[arm][i]);
    return sum;
}

static bool is_significant(const struct mmoe_lift *l)
{
    return mmoe_lift_p(l) < 1 - LEVEL;
}

/* Is the fixed interval, is the sequence, away from 0 at this look? */
static void peek(const struct arms *a, double seen, double planned, bool *fixed, bool *sequence)
{
    struct mmoe_arm c = whole(a, 0), t = whole(a, 1);
    struct mmoe_lift l = mmoe_lift_delta(&c, &t);
    struct mmoe_interval at = mmoe_lift_sequence(&l, LEVEL, seen, planned);
    *fixed = *fixed || is_significant(&l);
    *sequence = *sequence || at.low > 0 || at.high < 0;
}

/* One split, all visits in their order; second: whether the second arm has the second policy. */
static void split(const struct mmoe_outcomes *o, size_t task, struct mmoe_rng rng, uint64_t number,
                  bool second, struct totals *total, struct arms *a, bool *peeked, bool *sequence)
{
    memset(total, 0, o->users * sizeof *total);
    memset(a, 0, sizeof *a);
    size_t looks = 0;
    for (size_t i = 0; i < o->visits; i++) {
        const struct mmoe_outcome *v = &o->of[i];
        size_t drawn = (size_t)mmoe_rng_below(rng, number, v->user, 2 * BUCKETS);
        size_t arm = drawn % 2, bucket = drawn / 2;
        struct totals *t = &total[v->user];
        double y = (double)v->label[second ? arm : 0][task];
        if (t->n > 0)
            mmoe_arm_more(&a->of[arm][bucket], t->y, t->n, y, MMOE_SHOWN, o->before[v->user]);
        else
            mmoe_arm_add(&a->of[arm][bucket], y, MMOE_SHOWN, o->before[v->user]);
        t->y += y;
        t->n += MMOE_SHOWN;
        if (peeked && (i + 1) * LOOKS >= o->visits * (looks + 1)) {
            looks++;
            peek(a, (double)(i + 1), (double)o->visits, peeked, sequence);
        }
    }
}

/* The lift that all users have under both policies. */
static double lift_of_all(const struct mmoe_outcomes *o, size_t task)
{
    double sum[2] = {0};
    for (size_t i = 0; i < o->visits; i++)
        for (size_t p = 0; p < 2; p++)
            sum[p] += (double)o->of[i].label[p][task];
    return sum[1] / sum[0] - 1;
}

void mmoe_resplit(const struct mmoe_outcomes *o, size_t task, uint64_t seed, size_t first,
                  size_t tests, struct mmoe_resplits *out)
{
    struct mmoe_rng rng = mmoe_rng_stream(seed, MMOE_RNG_INFERENCE, "experiment.calibration");
    struct totals *total = mmoe_alloc(o->users, sizeof *total);
    struct arms *a = mmoe_alloc(1, sizeof *a);
    double truth = lift_of_all(o, task);
    out->looks = LOOKS;
    for (size_t i = first; i < first + tests; i++) {
        bool peeked = false, sequence = false;
        split(o, task, rng, 2 * i, false, total, a, &peeked, &sequence);
        struct mmoe_arm c = whole(a, 0), t = whole(a, 1);
        struct mmoe_lift naive = mmoe_lift_naive(&c, &t), delta = mmoe_lift_delta(&c, &t),
                         cuped = mmoe_lift_cuped(&c, &t),
                         jackknife = mmoe_lift_jackknife(a->of[0], a->of[1], BUCKETS);
        out->tests++;
        out->naive += is_significant(&naive);
        out->delta += is_significant(&delta);
        out->cuped += is_significant(&cuped);
        out->jackknife += is_significant(&jackknife);
        out->peeked += peeked;
        out->sequence += sequence;
        split(o, task, rng, 2 * i + 1, true, total, a, NULL, NULL);
        c = whole(a, 0);
        t = whole(a, 1);
        delta = mmoe_lift_delta(&c, &t);
        struct mmoe_interval at = mmoe_lift_interval(&delta, LEVEL);
        out->covered += at.low <= truth && truth <= at.high;
    }
    mmoe_free(total);
    mmoe_free(a);
}
