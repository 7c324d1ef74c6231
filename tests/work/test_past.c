/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run goes back and forth in its past: the bits of never having left, and no more than is kept.
 */
#include <stdio.h>
#include <unistd.h>

#include "src/work/past.h"
#include "tests/runs.h"

enum { END = 240, PLACES = 8 };
static const size_t places[PLACES] = {0, 1, 40, 41, 90, 131, 200, END};

static const struct {
    size_t step;
    const char *key, *value;
} changes[] = {
    {40, "lr", "0.003"}, {90, "eval-every", "7"}, {90, "lr", "0.02"}, {200, "momentum", "0.5"}};

static void before_step(struct past *p, struct mmoe_run *run)
{
    past_before_step(p, run);
}

/* What was changed at the step it is at, by a user. */
static void change(struct past *p, struct mmoe_run *run)
{
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        if (changes[i].step == mmoe_run_at(run)) {
            struct mmoe_options o = mmoe_run_snapshot(run)->options;
            put(&o, changes[i].key, changes[i].value);
            mmoe_run_tune(run, &o);
        }
    if (mmoe_run_at(run) == 131)
        past_note(p, run, "here");
}

static struct mmoe_arrays look(struct mmoe_run *run)
{
    struct mmoe_arrays a = {0};
    struct mmoe_error err;
    if (mmoe_failed(mmoe_run_save(run, &a, &err)))
        fail_msg("%s", err.text);
    return a;
}

static void assert_same(const struct mmoe_arrays *a, const struct mmoe_arrays *b, size_t step)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct mmoe_array *x = &a->list[i], *y = &b->list[i];
        size_t each = x->type == MMOE_F32 ? 4 : x->type == MMOE_U8 ? 1 : 8;
        if (x->n != y->n || memcmp(x->data, y->data, x->n * each) != 0)
            fail_msg("%s differs at step %zu", x->name, step);
    }
}

static void go(struct past *p, struct mmoe_run *run, size_t step)
{
    struct mmoe_error err;
    if (mmoe_failed(past_go(p, run, step, &err)))
        fail_msg("step %zu: %s", step, err.text);
    while (mmoe_run_at(run) < step) {
        before_step(p, run);
        mmoe_run_step(run);
    }
    if (p->away)
        past_again(p, run);
}

/* Train to the end with changes on the way, and look at the places. */
static struct mmoe_run *train_with_changes(const struct mmoe_options *o, struct past *p,
                                           struct mmoe_arrays seen[PLACES])
{
    struct mmoe_run *run = make_run(o);
    past_begin(p, run);
    for (size_t k = 0; k < PLACES; k++) {
        while (mmoe_run_at(run) < places[k]) {
            before_step(p, run);
            mmoe_run_step(run);
            change(p, run);
        }
        seen[k] = look(run);
    }
    return run;
}

static void bits_are_those_of_never_having_left(void **state)
{
    (void)state;
    static const char *const extras[][4] = {{"optimizer", "sgd", "lr", "0.01"},
                                            {"keep-best", "on", "patience", "100"},
                                            {"dropout", "0.2", "schedule", "cosine"},
                                            {"top-k", "2", "order", "replace"}};
    static const size_t order[] = {6, 2, 0, 3, 7, 1, 5, 4, 7, 0, 6};
    for (size_t m = 0; m < mmoe_model_count(); m++) {
        struct mmoe_options o;
        struct mmoe_arrays seen[PLACES];
        static struct past p;
        small_options(&o);
        put(&o, "steps", "240");
        put(&o, "model", mmoe_model_name(mmoe_model_at(m)));
        put(&o, extras[m % 4][0], extras[m % 4][1]);
        put(&o, extras[m % 4][2], extras[m % 4][3]);
        struct mmoe_run *run = train_with_changes(&o, &p, seen);
        assert_true(p.count > 3);
        for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
            go(&p, run, places[order[i]]);
            struct mmoe_arrays now = look(run);
            assert_same(&seen[order[i]], &now, places[order[i]]);
            mmoe_arrays_done(&now);
        }
        for (size_t k = 0; k < PLACES; k++)
            mmoe_arrays_done(&seen[k]);
        past_done(&p);
        mmoe_run_free(run);
    }
}

static void a_change_leaves_what_came_after(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_arrays seen[PLACES];
    struct mmoe_error err;
    static struct past p;
    small_options(&o);
    put(&o, "steps", "240");
    struct mmoe_run *run = train_with_changes(&o, &p, seen);
    assert_int_equal(past_go(&p, run, END + 1, &err), MMOE_RANGE);
    assert_non_null(strstr(err.text, "240"));
    go(&p, run, 90);
    past_leave(&p, run);
    assert_int_equal(past_go(&p, run, 131, &err), MMOE_RANGE);
    assert_int_equal(mmoe_journal_count(mmoe_run_snapshot(run)->journal), 3);
    go(&p, run, 40); /* what came before is its past still */
    go(&p, run, 90);
    struct mmoe_arrays now = look(run);
    assert_same(&seen[4], &now, 90);
    mmoe_arrays_done(&now);
    for (size_t k = 0; k < PLACES; k++)
        mmoe_arrays_done(&seen[k]);
    past_done(&p);
    mmoe_run_free(run);
}

/* A note at a step of which nothing was made again yet. */
static void a_note_comes_behind_what_was_changed(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_arrays seen[PLACES];
    struct mmoe_error err;
    static struct past p;
    small_options(&o);
    put(&o, "steps", "240");
    for (int leaves = 0; leaves < 2; leaves++) {
        struct mmoe_run *run = train_with_changes(&o, &p, seen);
        assert_int_equal(past_go(&p, run, 41, &err), MMOE_OK);
        while (mmoe_run_at(run) < 90) {
            before_step(&p, run);
            mmoe_run_step(run);
        }
        if (leaves)
            past_leave(&p, run);
        else
            past_note(&p, run, "here, too");
        assert_near(mmoe_run_snapshot(run)->options.lr, 0.02, 0);
        assert_int_equal(mmoe_journal_count(mmoe_run_snapshot(run)->journal), leaves ? 3 : 4);
        for (size_t k = 0; k < PLACES; k++)
            mmoe_arrays_done(&seen[k]);
        past_done(&p);
        mmoe_run_free(run);
    }
}

/* Weights of elsewhere: no way leads behind them. */
static void what_was_imported_has_no_before(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_arrays weights = {0};
    struct mmoe_error err;
    static struct past p;
    small_options(&o);
    struct mmoe_run *run = make_run(&o), *other = make_run(&o);
    past_begin(&p, run);
    train(other, 9);
    train(run, 25);
    assert_int_equal(mmoe_run_export(other, &weights, &err), MMOE_OK);
    assert_int_equal(mmoe_run_import(run, &weights, &err), MMOE_OK);
    past_begin(&p, run);
    struct mmoe_arrays then = look(run);
    while (mmoe_run_at(run) < 60) {
        before_step(&p, run);
        mmoe_run_step(run);
    }
    assert_int_equal(past_go(&p, run, 24, &err), MMOE_RANGE);
    assert_int_equal(mmoe_run_at(run), 60);
    go(&p, run, 25);
    struct mmoe_arrays now = look(run);
    assert_same(&then, &now, 25);
    mmoe_arrays_done(&then);
    mmoe_arrays_done(&now);
    mmoe_arrays_done(&weights);
    past_done(&p);
    mmoe_run_free(run);
    mmoe_run_free(other);
}

/* However long it trains, checkpoints are few, small, and evenly spread over the logarithm. */
static void memory_is_bounded(void **state)
{
    (void)state;
    struct mmoe_options o;
    static struct past p;
    small_options(&o);
    put(&o, "steps", "100000");
    put(&o, "eval-every", "1000");
    put(&o, "dim", "200");
    put(&o, "expert-units", "64");
    put(&o, "experts", "16"); /* 4 MB a checkpoint */
    put(&o, "batch", "1");
    struct mmoe_run *run = make_run(&o);
    past_begin(&p, run);
    for (size_t i = 0; i < 1500; i++) {
        before_step(&p, run);
        mmoe_run_step(run);
        assert_true(p.bytes <= PAST_BYTES && p.count <= PAST_MOST);
    }
    assert_true(p.count >= 4);
    for (size_t i = 1; i + 1 < p.count; i++)
        if (p.kept[i].step > 5 * p.kept[i - 1].step)
            fail_msg("nothing between %zu and %zu", p.kept[i - 1].step, p.kept[i].step);
    past_done(&p);
    mmoe_run_free(run);
}

TESTS(cmocka_unit_test(bits_are_those_of_never_having_left),
      cmocka_unit_test(a_change_leaves_what_came_after),
      cmocka_unit_test(a_note_comes_behind_what_was_changed),
      cmocka_unit_test(what_was_imported_has_no_before), cmocka_unit_test(memory_is_bounded))
