/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The finished runs of a grid: values by seed, and what they come to, whatever the order they
 * came in. */
#include <stdlib.h>

#include <mmoe/mem.h>
#include <mmoe/tally.h>

#include "tests/test.h"

enum { CELLS = 4, SEEDS = 50 };

/* Two models at two values of p. */
static void make_grid(struct mmoe_grid *g, size_t seeds)
{
    struct mmoe_error err;
    *g = (struct mmoe_grid){.seeds = seeds};
    small_options(&g->base);
    assert_int_equal(mmoe_grid_axis(g, "p", "0.5,0.9", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_axis(g, "model", "mmoe,shared-bottom", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_cells(g), CELLS);
}

static struct mmoe_tally *new_tally(size_t seeds, bool with_curves)
{
    struct mmoe_grid g;
    make_grid(&g, seeds);
    return mmoe_tally_new(&g, with_curves);
}

/* Losses that are no round numbers, and near and far from 0, so that a sum depends on its order. */
static double loss_of(size_t run, size_t task)
{
    double loss = 1 / (3.0 + (double)(run * 7919 % 1009) + 0.1 * (double)task);
    return loss * pow(10, (double)(run % 37) - 18);
}

/* A run of t as it might have ended: tasks A, B, ... */
static void make_record(const struct mmoe_tally *t, size_t run, size_t tasks, struct mmoe_record *r)
{
    struct mmoe_options o;
    mmoe_grid_options(mmoe_tally_grid(t), run, &o);
    mmoe_record_clear(r, &o);
    r->failed = false;
    r->run = run;
    r->tasks = tasks;
    r->step = 60;
    r->pearson = loss_of(run, 20);
    mmoe_tasks_letters(r->task, tasks);
    for (size_t k = 0; k < tasks; k++) {
        r->value[MMOE_LOSS][k] = loss_of(run, k);
        r->value[MMOE_OVER_VAR][k] = loss_of(run, k) / 7;
        r->choice[MMOE_OVER_VAR][k] = loss_of(run, k) / 5;
    }
}

/* A run that diverged has no values. */
static void make_diverged(const struct mmoe_tally *t, size_t run, struct mmoe_record *r)
{
    make_record(t, run, 2, r);
    r->diverged_step = 17;
    mmoe_metrics_none(r->value);
    for (size_t k = 0; k < MMOE_TASKS_MAX; k++)
        r->choice[MMOE_OVER_VAR][k] = (double)NAN;
}

/* A run that could not be made. */
static void make_failed(const struct mmoe_tally *t, size_t run, struct mmoe_record *r)
{
    struct mmoe_options o;
    mmoe_grid_options(mmoe_tally_grid(t), run, &o);
    mmoe_record_clear(r, &o);
    r->run = run;
}

static void add(struct mmoe_tally *t, size_t run)
{
    struct mmoe_record r;
    make_record(t, run, 2, &r);
    assert_true(mmoe_tally_add(t, &r));
}

static size_t cell_of(const struct mmoe_tally *t, size_t run)
{
    return mmoe_grid_cell(mmoe_tally_grid(t), run);
}

/* The value of a run. */
static double value_of(const struct mmoe_tally *t, enum mmoe_metric metric, size_t task, size_t run)
{
    return mmoe_tally_values(t, cell_of(t, run), metric,
                             task)[mmoe_grid_seed(mmoe_tally_grid(t), run)];
}

/* In place of the library's, to count what is sorted: shell sort. */
static size_t sorted_values;

void qsort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *))
{
    char *v = base, kept[64];
    assert_true(size <= sizeof kept);
    sorted_values += n;
    for (size_t gap = n / 2; gap > 0; gap /= 2)
        for (size_t i = gap; i < n; i++) {
            size_t k = i;
            memcpy(kept, v + i * size, size);
            for (; k >= gap && compare(v + (k - gap) * size, kept) > 0; k -= gap)
                memcpy(v + k * size, v + (k - gap) * size, size);
            memcpy(v + k * size, kept, size);
        }
}

/* --- values --- */

static void values_keep_their_seeds(void **state)
{
    (void)state;
    struct mmoe_tally *t = new_tally(3, false);
    struct mmoe_record r;
    assert_null(mmoe_tally_values(t, 0, MMOE_LOSS, 0));
    assert_null(mmoe_tally_column(t, MMOE_LOSS, 0));
    assert_null(mmoe_tally_choice(t, MMOE_OVER_VAR, 0));
    add(t, 11);
    add(t, 1);
    make_diverged(t, 6, &r);
    assert_true(mmoe_tally_add(t, &r));
    for (size_t run = 0; run < 12; run++)
        for (size_t k = 0; k < 2; k++) {
            double loss = value_of(t, MMOE_LOSS, k, run), over = value_of(t, MMOE_OVER_VAR, k, run);
            if (run == 6)
                assert_true(isnan(loss) && isnan(over));
            else if (run == 1 || run == 11)
                assert_true(loss == loss_of(run, k) && over == loss / 7);
            else
                assert_true(loss == MMOE_ABSENT && over == MMOE_ABSENT);
        }
    assert_ptr_equal(mmoe_tally_values(t, 2, MMOE_LOSS, 1),
                     mmoe_tally_column(t, MMOE_LOSS, 1) + 2 * 3);
    assert_null(mmoe_tally_column(t, MMOE_AUC, 0));
    assert_null(mmoe_tally_column(t, MMOE_LOSS, 2));
    mmoe_tally_free(t);
    mmoe_tally_free(NULL);
}

static void a_run_counts_once(void **state)
{
    (void)state;
    struct mmoe_tally *t = new_tally(2, true);
    struct mmoe_record r;
    add(t, 5);
    make_record(t, 5, 2, &r);
    r.value[MMOE_LOSS][0] = 77;
    assert_false(mmoe_tally_add(t, &r));
    make_failed(t, 5, &r);
    assert_false(mmoe_tally_add(t, &r));
    assert_true(mmoe_tally_done(t) == 1 && mmoe_tally_failed(t) == 0);
    assert_int_equal(mmoe_tally_cell_done(t, cell_of(t, 5)), 1);
    assert_true(value_of(t, MMOE_LOSS, 0, 5) == loss_of(5, 0));
    add(t, 1);
    make_record(t, 5, 2, &r);
    r.run = 8; /* the third seed of two */
    assert_false(mmoe_tally_add(t, &r));
    assert_true(mmoe_tally_has(t, 5));
    assert_false(mmoe_tally_has(t, 4));
    assert_false(mmoe_tally_has(t, 8));
    mmoe_tally_free(t);
}

static void runs_are_counted_by_how_they_ended(void **state)
{
    (void)state;
    struct mmoe_tally *t = new_tally(2, false);
    struct mmoe_record r;
    for (size_t run = 0; run < 8; run++) {
        assert_false(mmoe_tally_complete(t));
        if (run == 3)
            make_diverged(t, run, &r);
        else if (run == 4)
            make_failed(t, run, &r);
        else
            make_record(t, run, 2, &r);
        assert_true(mmoe_tally_add(t, &r));
    }
    assert_true(mmoe_tally_complete(t));
    assert_true(mmoe_tally_done(t) == 7 && mmoe_tally_failed(t) == 1 &&
                mmoe_tally_diverged(t) == 1);
    size_t cell = cell_of(t, 3), other = cell_of(t, 4);
    assert_true(mmoe_tally_cell_done(t, cell) == 2 && mmoe_tally_cell_diverged(t, cell) == 1);
    assert_true(mmoe_tally_cell_done(t, other) == 1 && mmoe_tally_cell_diverged(t, other) == 0);
    assert_true(mmoe_tally_has(t, 3));
    assert_false(mmoe_tally_has(t, 4));
    assert_true(value_of(t, MMOE_LOSS, 0, 4) == MMOE_ABSENT);
    assert_int_equal(mmoe_tally_spread(t, other, MMOE_LOSS, 0)->summary.n, 1);
    mmoe_tally_free(t);
}

/* A study whose runs can none of them be made ends, too. */
static void failed_runs_alone_complete_it(void **state)
{
    (void)state;
    struct mmoe_tally *t = new_tally(1, true);
    struct mmoe_record r;
    for (size_t run = 0; run < CELLS; run++) {
        make_failed(t, run, &r);
        assert_true(mmoe_tally_add(t, &r));
    }
    assert_true(mmoe_tally_complete(t) && mmoe_tally_done(t) == 0);
    assert_int_equal(mmoe_tally_tasks(t, NULL), 0);
    assert_null(mmoe_tally_column(t, MMOE_LOSS, 0));
    assert_int_equal(mmoe_tally_spread(t, 0, MMOE_LOSS, 0)->summary.n, 0);
    assert_true(isnan(mmoe_tally_spread(t, 0, MMOE_LOSS, 0)->summary.median));
    assert_int_equal(mmoe_tally_curve(t, 0, 0)->points, 0);
    mmoe_tally_free(t);
}

/* A measure that first comes with a later run: those that were there have no value of it, those
 * that are not there are not there. */
static void columns_may_appear_late(void **state)
{
    (void)state;
    struct mmoe_tally *t = new_tally(2, false);
    struct mmoe_record r;
    add(t, 0);
    make_failed(t, 1, &r);
    mmoe_tally_add(t, &r);
    make_record(t, 2, 3, &r);
    r.task[2].binary = true;
    r.value[MMOE_AUC][2] = 0.75;
    mmoe_tally_add(t, &r);
    add(t, 3); /* two tasks again, after three */
    const double auc[] = {MMOE_ABSENT, MMOE_ABSENT, 0.75, MMOE_ABSENT, MMOE_ABSENT};
    const double loss[] = {MMOE_ABSENT, MMOE_ABSENT, loss_of(2, 2), MMOE_ABSENT, MMOE_ABSENT};
    for (size_t run = 0; run < 5; run++) {
        double a = value_of(t, MMOE_AUC, 2, run), l = value_of(t, MMOE_LOSS, 2, run);
        assert_true(a == auc[run] && l == loss[run]);
    }
    assert_null(mmoe_tally_column(t, MMOE_AUC, 0));
    const struct mmoe_spread *s = mmoe_tally_spread(t, cell_of(t, 2), MMOE_AUC, 2);
    assert_true(s->summary.n == 1 && s->summary.median == 0.75 && s->summary.diverged == 0);
    mmoe_tally_free(t);
}

static void tasks_have_the_names_of_the_runs(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 3, MMOE_TASKS_MAX};
    for (size_t i = 0; i < 3; i++) {
        struct mmoe_tally *t = new_tally(2, true);
        struct mmoe_record r;
        const struct mmoe_task *task;
        size_t n = counts[i];
        make_record(t, 0, n, &r);
        mmoe_tasks_name(r.task, n - 1, "income");
        r.task[n - 1].binary = true;
        r.curve_count = 1;
        r.curve[0].loss[n - 1] = 0.5f;
        assert_int_equal(mmoe_tally_tasks(t, &task), 0);
        mmoe_tally_add(t, &r);
        assert_int_equal(mmoe_tally_tasks(t, &task), n);
        assert_string_equal(task[n - 1].name, "income");
        assert_true(task[n - 1].binary && (n == 1 || strcmp(task[0].name, "A") == 0));
        for (size_t k = 0; k < n; k++) {
            assert_true(value_of(t, MMOE_LOSS, k, 0) == loss_of(0, k));
            assert_true(mmoe_tally_spread(t, 0, MMOE_OVER_VAR, k)->sorted[0] == loss_of(0, k) / 7);
        }
        assert_true(mmoe_tally_curve(t, 0, n - 1)->mean[0] == 0.5);
        mmoe_tally_free(t);
    }
}

/* Labels that are not there, or all alike, are no failure of the run: such a value is absent, and
 * what no run has is no column. */
static void no_value_is_no_divergence(void **state)
{
    (void)state;
    struct mmoe_tally *t = new_tally(2, false);
    struct mmoe_record r;
    for (size_t run = 0; run < 2; run++) {
        make_record(t, run, 2, &r);
        r.value[MMOE_LOSS][1] = (double)NAN;
        r.value[MMOE_OVER_VAR][run] = (double)NAN;
        r.choice[MMOE_OVER_VAR][1] = (double)NAN;
        mmoe_tally_add(t, &r);
    }
    assert_null(mmoe_tally_column(t, MMOE_LOSS, 1));
    assert_null(mmoe_tally_choice(t, MMOE_OVER_VAR, 1));
    assert_true(value_of(t, MMOE_OVER_VAR, 0, 0) == MMOE_ABSENT);
    assert_true(value_of(t, MMOE_OVER_VAR, 1, 1) == MMOE_ABSENT);
    assert_true(isfinite(value_of(t, MMOE_OVER_VAR, 0, 1)));
    make_diverged(t, 2, &r); /* it might have had one */
    mmoe_tally_add(t, &r);
    assert_true(isnan(value_of(t, MMOE_LOSS, 1, 2)));
    assert_true(value_of(t, MMOE_LOSS, 1, 0) == MMOE_ABSENT);
    assert_int_equal(mmoe_tally_diverged(t), 1);
    assert_int_equal(mmoe_tally_spread(t, 0, MMOE_LOSS, 0)->without, 0);
    for (size_t run = 0; run < 2; run++)
        assert_int_equal(mmoe_tally_spread(t, cell_of(t, run), MMOE_LOSS, 1)->without, 1);
    assert_int_equal(mmoe_tally_spread(t, cell_of(t, 2), MMOE_LOSS, 1)->without, 0);
    mmoe_tally_free(t);
}

static void choices_are_a_column_of_their_own(void **state)
{
    (void)state;
    struct mmoe_tally *t = new_tally(2, false);
    struct mmoe_record r;
    add(t, 2);
    make_diverged(t, 5, &r);
    mmoe_tally_add(t, &r);
    for (size_t k = 0; k < 2; k++) {
        const double *choice = mmoe_tally_choice(t, MMOE_OVER_VAR, k);
        assert_true(choice[2 * cell_of(t, 2)] == loss_of(2, k) / 5);
        assert_true(isnan(choice[2 * cell_of(t, 5) + 1]));
        assert_true(choice[2 * cell_of(t, 0)] == MMOE_ABSENT);
    }
    mmoe_tally_free(t);
}

/* --- spreads --- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The spread of a cell is mmoe_summarize of its finite values in ascending order, to the bit; runs
 * that neither diverged nor have one are without a value. */
static void assert_spread(struct mmoe_tally *t, size_t cell, enum mmoe_metric metric, size_t task)
{
    size_t seeds = mmoe_tally_grid(t)->seeds, n = 0;
    const double *v = mmoe_tally_values(t, cell, metric, task);
    double *sorted = mmoe_alloc(seeds, sizeof *sorted);
    for (size_t i = 0; v && i < seeds; i++)
        if (isfinite(v[i]))
            sorted[n++] = v[i];
    qsort(sorted, n, sizeof *sorted, ascending);
    struct mmoe_summary want = mmoe_summarize(sorted, n);
    want.diverged = mmoe_tally_cell_diverged(t, cell);
    const struct mmoe_spread *s = mmoe_tally_spread(t, cell, metric, task);
    assert_int_equal(s->summary.n, n);
    assert_int_equal(s->without, mmoe_tally_cell_done(t, cell) - want.diverged - n);
    assert_memory_equal(&s->summary, &want, sizeof want);
    if (n)
        assert_memory_equal(s->sorted, sorted, n * sizeof *sorted);
    mmoe_free(sorted);
}

/* The run that is the i-th to come, in one of three orders. */
static size_t run_at(int order, size_t i, size_t runs)
{
    if (order == 0)
        return i;
    return order == 1 ? runs - 1 - i : i * 77 % runs; /* 77 and 200 have no common factor */
}

static void spreads_do_not_depend_on_the_order(void **state)
{
    (void)state;
    struct mmoe_tally *t[3];
    struct mmoe_record r;
    for (int order = 0; order < 3; order++) {
        t[order] = new_tally(SEEDS, false);
        for (size_t i = 0; i < CELLS * SEEDS; i++) {
            size_t run = run_at(order, i, CELLS * SEEDS);
            if (run % 11 == 3)
                make_diverged(t[order], run, &r);
            else if (run % 11 == 4)
                make_failed(t[order], run, &r);
            else
                make_record(t[order], run, 2, &r);
            if (run % 11 == 5) /* its rows gave it no value */
                r.value[MMOE_LOSS][0] = (double)NAN;
            assert_true(mmoe_tally_add(t[order], &r));
            if (i % 37 == 0) /* asked now and then: what comes later is not left out */
                assert_spread(t[order], cell_of(t[order], run), MMOE_LOSS, 0);
        }
        for (size_t cell = 0; cell < CELLS; cell++) {
            assert_spread(t[order], cell, MMOE_LOSS, 1);
            assert_spread(t[order], cell, MMOE_OVER_VAR, 0);
            const struct mmoe_spread *a = mmoe_tally_spread(t[order], cell, MMOE_LOSS, 0),
                                     *b = mmoe_tally_spread(t[0], cell, MMOE_LOSS, 0);
            assert_memory_equal(&a->summary, &b->summary, sizeof a->summary);
            assert_int_equal(a->without, b->without);
            assert_in_range(a->without, 1, SEEDS);
            assert_memory_equal(a->sorted, b->sorted, a->summary.n * sizeof *a->sorted);
        }
    }
    for (int order = 0; order < 3; order++)
        mmoe_tally_free(t[order]);
}

/* As many runs as a long study has, in one cell; asked before, in the middle, and at the end. */
static void what_is_asked_early_is_right_later(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    struct mmoe_grid g = {.seeds = MANY};
    struct mmoe_record r;
    small_options(&g.base);
    struct mmoe_tally *t = mmoe_tally_new(&g, false);
    make_record(t, 0, 2, &r);
    assert_int_equal(mmoe_tally_spread(t, 0, MMOE_LOSS, 0)->summary.n, 0);
    for (size_t run = 0; run < MANY; run++) {
        r.run = run;
        r.value[MMOE_LOSS][0] = loss_of(run, 0);
        assert_true(mmoe_tally_add(t, &r));
        if (run == MANY / 2)
            assert_spread(t, 0, MMOE_LOSS, 0);
    }
    assert_spread(t, 0, MMOE_LOSS, 0);
    assert_int_equal(mmoe_tally_spread(t, 0, MMOE_LOSS, 0)->summary.n, MANY);
    assert_true(mmoe_tally_complete(t));
    mmoe_tally_free(t);
}

static void labels_are_summed_up(void **state)
{
    (void)state;
    struct mmoe_tally *t = new_tally(3, false);
    struct mmoe_record r;
    assert_int_equal(mmoe_tally_labels(t, 0)->summary.n, 0);
    make_record(t, 0, 1, &r);
    r.pearson = (double)NAN; /* of one task there is none */
    mmoe_tally_add(t, &r);
    assert_int_equal(mmoe_tally_labels(t, 0)->summary.n, 0);
    add(t, 4);
    add(t, 8);
    double want[] = {loss_of(4, 20), loss_of(8, 20)};
    struct mmoe_summary s = mmoe_summarize(want, 2);
    assert_memory_equal(&mmoe_tally_labels(t, 0)->summary, &s, sizeof s);
    mmoe_tally_free(t);
}

/* --- curves --- */

/* Add a run with a curve: task A has the losses given, task B ten times as much. */
static void add_curve(struct mmoe_tally *t, size_t run, size_t n, const uint32_t *step,
                      const float *loss)
{
    struct mmoe_record r;
    make_record(t, run, 2, &r);
    r.curve_count = n;
    for (size_t i = 0; i < n; i++)
        r.curve[i] = (struct mmoe_point){.step = step[i], .loss = {loss[i], 10 * loss[i]}};
    assert_true(mmoe_tally_add(t, &r));
}

static void curves_are_over_the_seeds_of_a_step(void **state)
{
    (void)state;
    struct mmoe_tally *t = new_tally(3, true);
    assert_int_equal(mmoe_tally_curve(t, 0, 0)->points, 0);
    add_curve(t, 0, 4, (uint32_t[]){0, 20, 40, 60}, (float[]){2, 1.5f, NAN, 0.25f});
    assert_int_equal(mmoe_tally_curve(t, 0, 0)->points, 3); /* 40 has no loss yet */
    add_curve(t, 4, 3, (uint32_t[]){0, 30, 60}, (float[]){1, 0.75f, 0.125f});
    add_curve(t, 8, 3, (uint32_t[]){0, 20, 40}, (float[]){4, 0.5f, 3});
    static const double step[] = {0, 20, 30, 40, 60};
    static const size_t n[] = {3, 2, 1, 1, 2};
    double value[][3] = {{1, 2, 4}, {0.5, 1.5}, {0.75}, {3}, {0.125, 0.25}};
    for (size_t k = 0; k < 2; k++) {
        const struct mmoe_tally_curve *c = mmoe_tally_curve(t, 0, k);
        double unit = k ? 10 : 1;
        assert_int_equal(c->points, 5);
        for (size_t i = 0; i < 5; i++) {
            assert_true(c->step[i] == step[i] && c->n[i] == n[i]);
            assert_near(c->mean[i], unit * mmoe_mean(value[i], n[i]), 1e-12);
            assert_near(c->low[i], unit * mmoe_quantile(value[i], n[i], 0.1), 1e-12);
            assert_near(c->high[i], unit * mmoe_quantile(value[i], n[i], 0.9), 1e-12);
        }
    }
    assert_int_equal(mmoe_tally_curve(t, 1, 0)->points, 0);
    mmoe_tally_free(t);
    t = new_tally(3, false);
    add_curve(t, 0, 1, (uint32_t[]){0}, (float[]){1});
    assert_null(mmoe_tally_curve(t, 0, 0));
    mmoe_tally_free(t);
}

/* Add a run with n evaluations, ten steps apart, as a record keeps them. */
static void add_long(struct mmoe_tally *t, size_t run, size_t n)
{
    struct mmoe_record r;
    struct mmoe_point *points = mmoe_alloc(n, sizeof *points);
    make_record(t, run, 2, &r);
    for (size_t i = 0; i < n; i++)
        points[i] = (struct mmoe_point){.step = (uint32_t)(10 * i),
                                        .loss = {(float)loss_of(run + i, 0), (float)run}};
    mmoe_record_curve(&r, points, n);
    mmoe_free(points);
    assert_true(mmoe_tally_add(t, &r));
}

/* Runs that end early have other steps than long ones, more than a curve has room for: the steps
 * most runs have are kept, and the last one, whichever runs came first. */
static void curves_of_many_steps_are_thinned(void **state)
{
    (void)state;
    enum { RUNS = 12 };
    struct mmoe_tally *t[2];
    for (size_t backwards = 0; backwards < 2; backwards++) {
        t[backwards] = new_tally(RUNS, true);
        for (size_t i = 0; i < RUNS; i++) {
            size_t seed = backwards ? RUNS - 1 - i : i;
            add_long(t[backwards], CELLS * seed, seed < 5 ? 50 + seed : seed < 11 ? 121 : 122);
        }
    }
    const struct mmoe_tally_curve *c = mmoe_tally_curve(t[0], 0, 0),
                                  *d = mmoe_tally_curve(t[1], 0, 0);
    assert_int_equal(c->points, MMOE_RECORD_CURVE);
    assert_memory_equal(c, d, sizeof *c);
    size_t of_all = 0, of_long = 0;
    for (size_t i = 0; i < c->points; i++) {
        assert_true(i == 0 || c->step[i] > c->step[i - 1]);
        of_all += c->n[i] == RUNS;
        of_long += c->step[i] > 540;
    }
    assert_int_equal(of_all, 25);  /* 0, 20, ... 480 */
    assert_int_equal(of_long, 34); /* 560, 580, ... 1200, and 1210 */
    assert_true(c->step[c->points - 1] == 1210 && c->n[c->points - 1] == 1);
    for (size_t i = 0; i < 2; i++)
        mmoe_tally_free(t[i]);
}

/* --- more seeds --- */

static void seeds_can_be_added(void **state)
{
    (void)state;
    struct mmoe_tally *t = new_tally(2, true), *whole = new_tally(5, true);
    for (size_t run = 0; run < 8; run++) {
        add_long(t, run, 3);
        add_long(whole, run, 3);
        mmoe_tally_spread(t, cell_of(t, run), MMOE_LOSS, 0);
        mmoe_tally_curve(t, cell_of(t, run), 0);
    }
    assert_true(mmoe_tally_complete(t));
    mmoe_tally_extend(t, 5);
    mmoe_tally_extend(t, 3); /* not fewer than there are */
    assert_true(mmoe_tally_grid(t)->seeds == 5 && !mmoe_tally_complete(t));
    for (size_t run = 0; run < 8; run++)
        assert_true(mmoe_tally_has(t, run) && value_of(t, MMOE_LOSS, 1, run) == loss_of(run, 1));
    for (size_t run = 8; run < 20; run++) {
        assert_true(!mmoe_tally_has(t, run) && value_of(t, MMOE_LOSS, 1, run) == MMOE_ABSENT);
        assert_true(mmoe_tally_choice(t, MMOE_OVER_VAR, 0)[5 * cell_of(t, run) + run / CELLS] ==
                    MMOE_ABSENT);
    }
    assert_spread(t, 3, MMOE_LOSS, 0);
    assert_int_equal(mmoe_tally_curve(t, 3, 1)->n[2], 2);
    for (size_t run = 8; run < 20; run++) {
        add_long(t, run, 4);
        add_long(whole, run, 4);
    }
    assert_true(mmoe_tally_complete(t));
    for (size_t cell = 0; cell < CELLS; cell++) {
        assert_spread(t, cell, MMOE_LOSS, 0);
        assert_int_equal(mmoe_tally_spread(t, cell, MMOE_LOSS, 0)->summary.n, 5);
        assert_memory_equal(mmoe_tally_values(t, cell, MMOE_LOSS, 0),
                            mmoe_tally_values(whole, cell, MMOE_LOSS, 0), 5 * sizeof(double));
        for (size_t k = 0; k < 2; k++)
            assert_memory_equal(mmoe_tally_curve(t, cell, k), mmoe_tally_curve(whole, cell, k),
                                sizeof(struct mmoe_tally_curve));
    }
    mmoe_tally_free(t);
    mmoe_tally_free(whole);
}

/* A copy has the runs and the curves, and goes its own way. */
static void a_copy_says_the_same(void **state)
{
    (void)state;
    struct mmoe_tally *t = new_tally(3, true);
    struct mmoe_record r;
    assert_null(mmoe_tally_copy(NULL));
    for (size_t run = 0; run < 6; run++) {
        make_record(t, run, 2, &r);
        r.curve_count = 2;
        r.curve[0] = (struct mmoe_point){.step = 0, .loss = {1, 2}};
        r.curve[1] = (struct mmoe_point){.step = 60, .loss = {(float)run, 1}};
        assert_true(mmoe_tally_add(t, &r));
    }
    const struct mmoe_spread *before = mmoe_tally_spread(t, 1, MMOE_LOSS, 0);
    struct mmoe_tally *c = mmoe_tally_copy(t);
    add(c, 7);
    assert_true(mmoe_tally_done(t) == 6 && mmoe_tally_done(c) == 7);
    const struct mmoe_spread *same = mmoe_tally_spread(c, 1, MMOE_LOSS, 0);
    assert_ptr_not_equal(same->sorted, before->sorted);
    assert_memory_equal(&same->summary, &before->summary, sizeof same->summary);
    const struct mmoe_tally_curve *curve = mmoe_tally_curve(t, 1, 0),
                                  *also = mmoe_tally_curve(c, 1, 0);
    assert_true(curve != also && curve->points == 2 && also->points == 2);
    assert_memory_equal(curve->mean, also->mean, 2 * sizeof *curve->mean);
    mmoe_tally_free(t);
    assert_int_equal(mmoe_tally_spread(c, 1, MMOE_LOSS, 0)->summary.n, same->summary.n);
    mmoe_tally_free(c);
}

/* --- work --- */

/* Asked after every run, each value is sorted once, not as often as there are runs behind it. */
static void what_was_summed_up_is_not_sorted_again(void **state)
{
    (void)state;
    enum { MANY = 500 };
    struct mmoe_tally *t = new_tally(MANY, false), *at_once = new_tally(MANY, false);
    sorted_values = 0;
    for (size_t i = 0; i < MANY * CELLS; i++) {
        size_t run = i * 7 % (MANY * CELLS); /* 7 and the runs have no factor in common */
        add(t, run);
        mmoe_tally_spread(t, cell_of(t, run), MMOE_LOSS, 1);
    }
    assert_int_equal(sorted_values, MANY * CELLS);
    for (size_t i = 0; i < MANY * CELLS; i++)
        add(at_once, i);
    for (size_t cell = 0; cell < CELLS; cell++) {
        const struct mmoe_spread *a = mmoe_tally_spread(t, cell, MMOE_LOSS, 1);
        const struct mmoe_spread *b = mmoe_tally_spread(at_once, cell, MMOE_LOSS, 1);
        assert_int_equal(a->summary.n, MANY);
        assert_memory_equal(&a->summary, &b->summary, sizeof a->summary);
        assert_memory_equal(a->sorted, b->sorted, MANY * sizeof *a->sorted);
    }
    mmoe_tally_free(at_once);
    mmoe_tally_free(t);
}

static void add_off(struct mmoe_tally *t, size_t run, double a, double b)
{
    struct mmoe_record r;
    make_record(t, run, 2, &r);
    r.value[MMOE_ROWS_OFF][0] = a;
    r.value[MMOE_ROWS_OFF][1] = b;
    assert_true(mmoe_tally_add(t, &r));
}

static void check_stuck(const struct mmoe_tally *t, size_t task, size_t stuck, size_t told)
{
    size_t n, of;
    struct mmoe_interval share = mmoe_tally_stuck(t, 0, task, &n, &of);
    struct mmoe_interval want = mmoe_wilson((double)stuck, told, 0.95);
    assert_int_equal(n, stuck);
    assert_int_equal(of, told);
    if (told == 0)
        assert_true(isnan(share.value) && isnan(share.low) && isnan(share.high));
    else
        assert_true(share.value == want.value && share.low == want.low && share.high == want.high);
}

/* A run counts once where any task of it is stuck, however many are. */
static void stuck_runs_are_counted(void **state)
{
    (void)state;
    struct mmoe_grid g = {.seeds = 8};
    small_options(&g.base);
    struct mmoe_tally *t = mmoe_tally_new(&g, false);
    for (size_t k = 0; k <= MMOE_ANY_TASK; k++)
        check_stuck(t, k, 0, 0);
    add_off(t, 0, 0.5, 0.5);
    add_off(t, 1, 0.25, 0);
    add_off(t, 2, 0, 0.125);
    add_off(t, 3, 0.1, 0.0625); /* not more than a tenth */
    add_off(t, 4, NAN, 1);      /* no value of A */
    add_off(t, 5, NAN, NAN);    /* of an older program */
    struct mmoe_record r;
    make_diverged(t, 6, &r);
    assert_true(mmoe_tally_add(t, &r));
    check_stuck(t, 0, 2, 4);
    check_stuck(t, 1, 3, 5);
    check_stuck(t, 2, 0, 0);
    check_stuck(t, MMOE_ANY_TASK, 4, 5);
    struct mmoe_tally *copy = mmoe_tally_copy(t);
    mmoe_tally_extend(copy, 9);
    check_stuck(copy, MMOE_ANY_TASK, 4, 5);
    mmoe_tally_free(copy);
    mmoe_tally_free(t);
}

TESTS(cmocka_unit_test(values_keep_their_seeds), cmocka_unit_test(stuck_runs_are_counted),
      cmocka_unit_test(a_run_counts_once), cmocka_unit_test(runs_are_counted_by_how_they_ended),
      cmocka_unit_test(failed_runs_alone_complete_it), cmocka_unit_test(columns_may_appear_late),
      cmocka_unit_test(no_value_is_no_divergence),
      cmocka_unit_test(tasks_have_the_names_of_the_runs),
      cmocka_unit_test(choices_are_a_column_of_their_own),
      cmocka_unit_test(spreads_do_not_depend_on_the_order),
      cmocka_unit_test(what_is_asked_early_is_right_later), cmocka_unit_test(labels_are_summed_up),
      cmocka_unit_test(curves_are_over_the_seeds_of_a_step),
      cmocka_unit_test(curves_of_many_steps_are_thinned), cmocka_unit_test(seeds_can_be_added),
      cmocka_unit_test(a_copy_says_the_same),
      cmocka_unit_test(what_was_summed_up_is_not_sorted_again))
