/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models compared at several steps on the log of a recommender: means, and the claims heard on it.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/checkpoints.h>
#include <mmoe/mem.h>

#include "tests/test.h"

enum { SEEDS = 12, POINTS = 3 };
static struct mmoe_error err;

static struct mmoe_tally *tally_of(const char *models)
{
    struct mmoe_grid g = {.seeds = SEEDS};
    small_options(&g.base);
    put(&g.base, "data", "recommender");
    put(&g.base, "batch", "100");
    assert_int_equal(mmoe_grid_axis(&g, "model", models, &err), MMOE_OK);
    return mmoe_tally_new(&g, true);
}

/* A run whose AUC is `auc` at the end, .01 less at each step before, and .03 more on each seed;
 * without one model's last seed, if there is such a one. */
static void add_runs(struct mmoe_tally *t, const double *auc, size_t without)
{
    const struct mmoe_grid *g = mmoe_tally_grid(t);
    for (size_t run = 0; run < mmoe_grid_runs(g); run++) {
        struct mmoe_record r;
        struct mmoe_options o;
        size_t cell = mmoe_grid_cell(g, run), seed = mmoe_grid_seed(g, run);
        if (cell == without && seed == SEEDS - 1)
            continue;
        mmoe_grid_options(g, run, &o);
        mmoe_record_clear(&r, &o);
        r.failed = false;
        r.run = run;
        r.tasks = 2;
        mmoe_tasks_names(r.task, 2, "engagement,satisfaction", ',');
        double own = 1e-4 * sin((double)(7 * run));
        for (size_t i = 0; i < POINTS; i++) {
            r.curve[i] = mmoe_point_none(20 * i);
            for (size_t k = 0; k < 2; k++) {
                double v = auc[cell] + own + 0.03 * (double)seed - 0.01 * (double)(POINTS - 1 - i);
                r.curve[i].auc[k] = r.curve[i].auc_true[k] = (float)v;
                r.curve[i].r2[k] = (float)(v / 10);
            }
        }
        r.curve_count = POINTS;
        for (size_t k = 0; k < 2; k++) {
            r.task[k].binary = true;
            r.value[MMOE_AUC][k] = r.value[MMOE_AUC_TRUE][k] =
                auc[cell] + own + 0.03 * (double)seed;
            r.value[MMOE_R2][k] = r.value[MMOE_AUC][k] / 10;
            r.value[MMOE_AUC_GAP][k] = 0.9 - r.value[MMOE_AUC_TRUE][k];
            r.value[MMOE_GATE_LEAD][k] = 0.4 + 0.2 * (double)k + own;
            r.value[MMOE_GATE_ENTROPY][k] = 0.9 - own;
        }
        assert_true(mmoe_tally_add(t, &r));
    }
}

/* Without step 0; sd of what is left when a seed's mean over the models is taken off, which all
 * share but for 1e-4. */
static void rows(void **state)
{
    (void)state;
    static const double auc[] = {0.6, 0.62};
    struct mmoe_tally *t = tally_of("shared-bottom,mmoe");
    add_runs(t, auc, 0);
    struct mmoe_checkpoints *c = mmoe_checkpoints_new(t);
    assert_non_null(c);
    assert_int_equal(c->models, 2);
    assert_int_equal(c->steps, POINTS - 1);
    assert_int_equal(c->step[0], 20);
    assert_int_equal(c->rows[1], 4000);
    const struct mmoe_checkpoint *last = &c->at[1][1][0][0], *first = &c->at[1][0][0][0];
    assert_int_equal(last->n, SEEDS);
    assert_int_equal(c->at[0][1][0][0].n, SEEDS - 1);
    assert_near(last->mean, 0.62 + 0.03 * (SEEDS - 1) / 2.0, 1e-4);
    assert_near(last->mean - first->mean, 0.01, 1e-6);
    assert_near(c->at[0][1][0][0].mean, 0.6 + 0.03 * (SEEDS - 2) / 2.0, 1e-4);
    assert_true(last->sd > 0 && last->sd < 1e-4);
    assert_near(c->at[1][1][1][1].mean, last->mean / 10, 1e-6);
    assert_near(c->gap[1][0].mean, 0.9 - last->mean, 1e-4);
    mmoe_free(c);
    mmoe_tally_free(t);
}

/* Rows that do not know their truth have no checkpoints. */
static void no_truth(void **state)
{
    (void)state;
    struct mmoe_tally *t = tally_of("shared-bottom,mmoe");
    assert_null(mmoe_checkpoints_new(t));
    mmoe_tally_free(t);
}

static void heard(const char *models, const double *auc, const enum mmoe_verdict *verdict, size_t n)
{
    struct mmoe_tally *t = tally_of(models);
    add_runs(t, auc, SIZE_MAX);
    struct mmoe_standings *s = mmoe_standings_new(t);
    assert_int_equal(s->claims, n);
    for (size_t i = 0; i < n; i++)
        if (s->claim[i].verdict != verdict[i])
            fail_msg("claim %zu, %s: %s", i + 1, s->claim[i].text,
                     mmoe_claims_verdict(s->claim[i].verdict));
    mmoe_free(s);
    mmoe_tally_free(t);
}

static void claims_of_the_log(void **state)
{
    (void)state;
    static const char five[] = "shared-bottom,l2-constrained,cross-stitch,omoe,mmoe";
    static const double paper[] = {0.6, 0.59, 0.58, 0.595, 0.61},
                        other[] = {0.6, 0.61, 0.58, 0.61, 0.59};
    static const enum mmoe_verdict all[] = {MMOE_HOLDS, MMOE_HOLDS, MMOE_HOLDS},
                                   none[] = {MMOE_FAILS, MMOE_FAILS, MMOE_FAILS};
    heard(five, paper, all, 3);
    heard(five, other, none, 3);
}

/* The second task's gate has more rows led; both are as even, within their noise. */
static void claims_of_gates(void **state)
{
    (void)state;
    static const double auc[] = {0.6};
    static const enum mmoe_verdict verdict[] = {MMOE_HOLDS, MMOE_UNDECIDED};
    heard("mmoe", auc, verdict, 2);
}

TESTS(cmocka_unit_test(rows), cmocka_unit_test(no_truth), cmocka_unit_test(claims_of_the_log),
      cmocka_unit_test(claims_of_gates))
