/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log, the kept runs and the groups: limits, order, names. */
#include <stdio.h>

#include "tests/views.h"
#include "ui/panel/panels.h"
#include "ui/panel/view_names.h"
#include "ui/panel/view_study.h"

static void log_keeps_the_newest_lines(void **state)
{
    (void)state;
    struct view *v = make_view();
    char text[32];
    for (int i = 0; i < VIEW_LOG_MAX + 7; i++) {
        snprintf(text, sizeof text, "line %d", i);
        view_log(v, LOG_TALK, text);
    }
    assert_int_equal(v->log_count, VIEW_LOG_MAX);
    assert_string_equal(v->log[0].text, "line 7");
    assert_string_equal(v->log[VIEW_LOG_MAX - 1].text, "line 1006");
    drop_view(v);
}

static void log_splits_lines_and_keeps_the_place(void **state)
{
    (void)state;
    struct view *v = make_view();
    view_log(v, LOG_DATA, "one\ntwo\n\nfour\n");
    assert_int_equal(v->log_count, 4);
    assert_string_equal(v->log[2].text, "");
    assert_string_equal(v->log[3].text, "four");
    v->log_scroll = 2;
    view_log(v, LOG_DATA, "five");
    assert_int_equal(v->log_scroll, 3);
    drop_view(v);
}

/* Make the view's live run the one with that id. */
static struct mmoe_snapshot *live(struct view *v, size_t id, enum mmoe_run_state state)
{
    struct mmoe_snapshot *s = show(v, 0, id);
    mmoe_snapshot_reserve(s, 4);
    s->state = state;
    s->step = 10 * id;
    s->curve_count = 1;
    s->curve[0] = (struct mmoe_eval){.step = id, .value = {[MMOE_LOSS] = {0.5}}};
    view_rename(v);
    return s;
}

static void nothing_is_kept_of_no_run(void **state)
{
    (void)state;
    struct view *v = make_view();
    assert_null(view_keep(v, 0, true));
    assert_null(view_run_find(v, 0));
    assert_null(view_run_find(v, 1));
    drop_view(v);
}

static void kept_runs_are_copies_and_found(void **state)
{
    (void)state;
    struct view *v = make_view();
    live(v, 1, MMOE_RUN_TRAINING);
    struct view_run *run = view_keep(v, 0, true);
    assert_true(run->pinned && run->shot->state == MMOE_RUN_PAUSED);
    assert_ptr_equal(view_run_find(v, 1), view_live(v));
    live(v, 1, MMOE_RUN_FINISHED)->step = 99;
    assert_ptr_equal(view_keep(v, 0, false), run); /* the same entry, still pinned */
    assert_true(run->pinned && run->shot->step == 99 && v->run_count == 1);
    live(v, 2, MMOE_RUN_READY);
    assert_ptr_equal(view_run_find(v, 1), run->shot);
    assert_int_equal(run->shot->curve[0].step, 1);
    drop_view(v);
}

/* A run that stands still is shared, one that trains is copied as it is. */
static void runs_are_kept_by_reference(void **state)
{
    (void)state;
    struct view *v = make_view();
    live(v, 1, MMOE_RUN_FINISHED);
    assert_ptr_equal(view_keep(v, 0, true)->shot, view_live(v));
    struct mmoe_snapshot *s = live(v, 2, MMOE_RUN_TRAINING);
    const struct view_run *run = view_keep(v, 0, true);
    assert_ptr_not_equal(run->shot, s);
    s->step = 77; /* it goes on */
    assert_int_equal(run->shot->step, 20);
    assert_int_equal(v->runs[0].shot->step, 10);
    view_show(v, 0, NULL);
    assert_int_equal(view_live(v)->state, MMOE_RUN_EMPTY);
    assert_null(view_keep(v, 0, true));
    assert_ptr_equal(view_run_find(v, 2), run->shot); /* no live one any more */
    drop_view(v);
}

static void lanes_are_kept_and_found_each(void **state)
{
    (void)state;
    struct view *v = make_view();
    v->lane_count = 2;
    struct mmoe_snapshot *first = show(v, 0, 1), *second = show(v, 1, 2);
    first->state = second->state = MMOE_RUN_PAUSED;
    first->step = 10;
    second->step = 20;
    assert_ptr_equal(view_live(v), first);
    assert_ptr_equal(view_run_find(v, 2), second);
    assert_int_equal(view_keep(v, 1, false)->shot->step, 20);
    assert_int_equal(v->run_count, 1);
    v->lane = 1;
    assert_ptr_equal(view_live(v), second);
    assert_ptr_equal(view_lane(v), &v->lanes[1]);
    assert_ptr_equal(view_run_find(v, 1), first);
    drop_view(v);
}

/* Of the study that is shown, else of the groups; letters while there is neither. */
static void tasks_are_those_of_what_is_shown(void **state)
{
    (void)state;
    struct view *v = make_view();
    const struct mmoe_task *task;
    char buf[64], letter[2];
    v->task = 1;
    assert_int_equal(view_tasks(v, &task), 0);
    assert_string_equal(view_measure(v, buf, sizeof buf), "loss of task B");
    struct view_group *g = view_group_begin(v, &v->options, 1);
    struct mmoe_record r = record_of(&v->options, 0.5);
    strcpy(r.task[1].name, "click");
    view_group_add(g, &r);
    v->metric = MMOE_AUC;
    assert_int_equal(view_tasks(v, &task), 2);
    assert_string_equal(view_measure(v, buf, sizeof buf), "AUC of task click");
    assert_string_equal(view_task(v, 2, letter), "C");
    const struct mmoe_grid grid = {.base = v->options, .seeds = 1};
    view_study_begin(&v->study, 1, &grid, "study mine", NULL);
    strcpy(r.task[1].name, "like");
    assert_true(mmoe_tally_add(v->study.tally, &r));
    assert_string_equal(view_measure(v, buf, sizeof buf), "AUC of task like");
    drop_view(v);
}

static void the_oldest_unpinned_run_leaves(void **state)
{
    (void)state;
    struct view *v = make_view();
    for (size_t id = 1; id <= VIEW_RUNS_MAX + 1; id++) {
        live(v, id, MMOE_RUN_FINISHED);
        view_keep(v, 0, id == 1);
    }
    view_lane(v)->id = 0;
    assert_int_equal(v->run_count, VIEW_RUNS_MAX);
    assert_non_null(view_run_find(v, 1));
    assert_null(view_run_find(v, 2));
    for (size_t i = 1; i < v->run_count; i++)
        assert_true(v->runs[i].id > v->runs[i - 1].id);
    drop_view(v);
}

static void groups_grow_and_sum_up(void **state)
{
    (void)state;
    struct view *v = make_view();
    struct view_group *g = view_group_begin(v, &v->options, 3);
    static const double losses[] = {0.3, NAN, 0.1};
    for (size_t i = 0; i < 3; i++)
        add_seed(g, losses[i]);
    struct mmoe_options other_seed = v->options;
    put(&other_seed, "seed", "77");
    put(&other_seed, "jobs", "1");
    assert_ptr_equal(view_group_begin(v, &other_seed, 2), g);
    assert_int_equal(g->wanted, 5);
    add_seed(g, 0.2);
    const struct mmoe_spread *s = mmoe_tally_spread(g->tally, 0, MMOE_LOSS, 0);
    const double *loss = mmoe_tally_values(g->tally, 0, MMOE_LOSS, 0);
    assert_true(view_group_done(g) == 4 && s->summary.n == 3 && s->summary.diverged == 1);
    assert_near(s->summary.median, 0.2, 0);
    assert_near(loss[2], 0.1, 0);
    assert_near(loss[3], 0.2, 0);
    assert_true(isnan(loss[1]));
    assert_true(s->sorted[0] < s->sorted[1] && s->sorted[1] < s->sorted[2]);
    drop_view(v);
}

static void names_tell_groups_apart(void **state)
{
    (void)state;
    struct view *v = make_view();
    struct mmoe_options o = v->options;
    view_group_begin(v, &o, 1);
    put(&o, "model", "omoe");
    view_group_begin(v, &o, 1);
    assert_string_equal(v->groups[0].name, "mmoe");
    put(&o, "model", "mmoe");
    put(&o, "p", "0.9");
    view_group_begin(v, &o, 1);
    assert_string_equal(v->groups[0].name, "mmoe p=0.5");
    assert_string_equal(v->groups[1].name, "omoe p=0.5");
    assert_string_equal(v->groups[2].name, "mmoe p=0.9");
    drop_view(v);
}

/* What was made with other settings than the first row of the screen shows says so. */
static void names_tell_rows_from_the_settings(void **state)
{
    (void)state;
    struct view *v = make_view();
    struct mmoe_options o = v->options;
    put(&o, "bottom-units", "16");
    put(&o, "model", "shared-bottom");
    view_group_begin(v, &o, 1);
    assert_string_equal(v->groups[0].name, "shared-bottom bottom-units=16");
    put(&o, "model", "mmoe"); /* which does not heed it */
    view_group_begin(v, &o, 1);
    assert_string_equal(v->groups[1].name, "mmoe");
    put(&v->options, "lr", "0.003");
    put(&v->options, "layers", "2");
    view_rename(v);
    assert_string_equal(v->groups[0].name, "shared-bottom bottom-units=16 lr=0.01");
    assert_string_equal(v->groups[1].name, "mmoe layers=1 lr=0.01");
    drop_view(v);
}

/* A path is longer than a list is wide, and its end is what sets it apart. */
static void names_have_files_without_their_folders(void **state)
{
    (void)state;
    struct view *v = make_view();
    struct mmoe_options o = v->options;
    put(&o, "data", "/a/long/way/first.csv");
    view_group_begin(v, &o, 1);
    put(&o, "data", "/a/long/way/second.csv");
    view_group_begin(v, &o, 1);
    assert_string_equal(v->groups[0].name, "mmoe data=first.csv");
    assert_string_equal(v->groups[1].name, "mmoe data=second.csv");
    put(&o, "data", "/other/first.csv");
    view_group_begin(v, &o, 1);
    assert_string_equal(v->groups[0].name, "mmoe data=/a/long/way/first.csv");
    assert_string_equal(v->groups[1].name, "mmoe data=second.csv");
    assert_string_equal(v->groups[2].name, "mmoe data=/other/first.csv");
    drop_view(v);
}

/* A pin's label has what sets it apart from the live run and the other pins; in the list it is told
 * from all runs and from the settings. */
static void names_tell_runs_apart(void **state)
{
    (void)state;
    struct view *v = make_view();
    live(v, 1, MMOE_RUN_FINISHED);
    view_keep(v, 0, true);
    assert_string_equal(v->runs[0].label, "");
    put(&v->options, "p", "0.1");
    put(&v->options, "seed", "3");
    live(v, 2, MMOE_RUN_FINISHED);
    assert_string_equal(v->runs[0].label, "p=0.5 seed=0");
    view_keep(v, 0, true);
    put(&v->options, "model", "shared-bottom");
    live(v, 3, MMOE_RUN_FINISHED);
    assert_string_equal(v->runs[0].label, "mmoe p=0.5 seed=0");
    assert_string_equal(v->runs[1].label, "mmoe p=0.1 seed=3");
    assert_string_equal(v->lanes[0].name, "shared-bottom p=0.1 seed=3");
    put(&v->options, "lr", "0.003");
    view_rename(v);
    assert_string_equal(v->lanes[0].name, "shared-bottom p=0.1 lr=0.01 seed=3");
    assert_string_equal(v->runs[0].label, "mmoe p=0.5 seed=0"); /* no curve has the new lr */
    drop_view(v);
}

/* What all cells of a study share is told where the settings differ, or an axis has one value. */
static void names_tell_what_a_study_fixes(void **state)
{
    (void)state;
    struct view *v = make_view();
    struct mmoe_error err;
    struct mmoe_grid g = {.base = v->options, .seeds = 1};
    assert_int_equal(mmoe_grid_axis(&g, "p", "0.1,0.9", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_axis(&g, "experts", "8", &err), MMOE_OK);
    put(&g.base, "lr", "0.003");
    view_study_begin(&v->study, 1, &g, "sweep 1 p=0.1,0.9 experts=8", NULL);
    view_study_renew(v);
    assert_string_equal(v->study.fixed, "experts=8 lr=0.003");
    assert_non_null(strstr(v->study.sheet.page.caption, "All with experts=8 lr=0.003."));
    put(&v->options, "lr", "0.003");
    view_rename(v);
    assert_string_equal(v->study.fixed, "experts=8");
    put(&g.base, "data", "/nowhere/rows.npz");
    g.axis_count = 0;
    view_study_begin(&v->study, 1, &g, "sweep 1", NULL);
    view_study_renew(v);
    assert_string_equal(v->study.fixed, "data=rows.npz");
    drop_view(v);
}

/* Names that are too long end between two settings. */
static void names_cut_no_number(void **state)
{
    (void)state;
    struct view *v = make_view();
    struct mmoe_options o = v->options;
    static const char *const names[] = {"dim",         "rows",  "test-rows", "expert-units",
                                        "tower-units", "batch", "steps",     "eval-every"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put(&o, names[i], "1234");
    assert_string_equal(view_group_begin(v, &o, 1)->name,
                        "mmoe dim=1234 rows=1234 test-rows=1234 expert-units=1234 "
                        "tower-units=1234 batch=1234 ...");
    drop_view(v);
}

/* A run keeps its colour when it is pinned, and nothing else on the screen has it. */
static void colours_are_kept_and_never_shared(void **state)
{
    (void)state;
    struct view *v = make_view();
    live(v, 1, MMOE_RUN_FINISHED);
    size_t first = v->lanes[0].look;
    assert_int_equal(first, view_model_look(v->options.model));
    view_group_begin(v, &v->options, 1); /* the same setting over seeds */
    assert_int_equal(v->groups[0].look, first);
    view_keep(v, 0, true);
    assert_int_equal(v->runs[0].look, first);
    put(&v->options, "p", "0.1");
    live(v, 2, MMOE_RUN_FINISHED);
    size_t second = v->lanes[0].look;
    assert_true(second != first && second < FIGURE_LOOKS);
    view_keep(v, 0, true);
    put(&v->options, "model", "shared-bottom");
    live(v, 3, MMOE_RUN_FINISHED);
    assert_int_equal(v->runs[0].look, first);
    assert_int_equal(v->runs[1].look, second);
    assert_true(v->lanes[0].look != first && v->lanes[0].look != second);
    for (size_t i = 0; i < 12; i++) { /* more than there are colours */
        struct mmoe_options o = v->options;
        o.steps = 1000 + i;
        view_group_begin(v, &o, 1);
    }
    for (size_t i = 1; i < v->group_count; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(v->groups[i].look != v->groups[k].look ||
                        v->groups[i].look == FIGURE_LOOKS);
    drop_view(v);
}

/* What still trains is not forgotten; what never came is. */
static void incomplete_groups_make_no_room(void **state)
{
    (void)state;
    struct view *v = make_view();
    struct mmoe_options o = v->options;
    for (size_t i = 0; i < VIEW_GROUPS_MAX; i++) {
        o.steps = 1000 + i;
        assert_true(view_group_has_room(v, &o));
        struct view_group *g = view_group_begin(v, &o, 2);
        if (i % 2)
            add_seed(g, 0.5);
    }
    assert_true(view_group_has_room(v, &o)); /* its group is there */
    o.steps = 7;
    assert_false(view_group_has_room(v, &o));
    add_seed(&v->groups[1], 0.25);
    assert_true(view_group_has_room(v, &o)); /* one is complete */
    view_groups_drop_empty(v);
    assert_int_equal(v->group_count, VIEW_GROUPS_MAX / 2);
    for (size_t i = 0; i < v->group_count; i++)
        assert_int_equal(v->groups[i].options.steps, 1001 + 2 * i);
    drop_view(v);
}

static void a_complete_group_makes_room(void **state)
{
    (void)state;
    struct view *v = make_view();
    for (int i = 0; i < VIEW_GROUPS_MAX + 1; i++) {
        struct mmoe_options o = v->options;
        o.steps = 1000 + (size_t)i;
        struct view_group *g = view_group_begin(v, &o, 1);
        if (i > 0)
            add_seed(g, 0.5); /* the first goes on */
    }
    assert_int_equal(v->group_count, VIEW_GROUPS_MAX);
    assert_int_equal(v->groups[0].options.steps, 1000);
    assert_int_equal(v->groups[1].options.steps, 1002);
    drop_view(v);
}

/* --- studies --- */

static void begin_study(struct view_study *s, enum mmoe_drawing figure, const char *series,
                        const char *values)
{
    struct mmoe_error err;
    struct mmoe_grid g = {.seeds = 1};
    const struct mmoe_definition def = {.figure = figure, .series = mmoe_option_find(series)};
    small_options(&g.base);
    if (values)
        assert_int_equal(mmoe_grid_axis(&g, series, values, &err), MMOE_OK);
    view_study_begin(s, 1, &g, "study mine", &def);
}

static void labels_lie_along_p_whatever_the_series(void **state)
{
    (void)state;
    struct view *v = make_view();
    begin_study(&v->study, MMOE_DRAWING_LABELS, "p", "0,0.5,0.9,1");
    view_study_renew(v);
    const struct figure_page *page = &v->study.sheet.page;
    assert_int_equal(page->count, 1);
    assert_int_equal(page->figures[0].plot.count, 1);
    assert_int_equal(page->figures[0].plot.series[0].n, 4);
    assert_string_equal(page->figures[0].plot.series[0].name, "mean");
    drop_view(v);
}

/* Whatever becomes of the view, the copy says what the view said. */
static void a_frozen_view_stands_still(void **state)
{
    (void)state;
    struct view *v = make_view();
    struct mmoe_text before[PANEL_COUNT] = {{0}};
    live(v, 1, MMOE_RUN_PAUSED);
    view_keep(v, 0, true);
    live(v, 2, MMOE_RUN_TRAINING);
    struct view_group *g = view_group_begin(v, &v->options, 3);
    struct mmoe_record r = record_of(&v->options, 0.5);
    view_group_add(g, &r);
    view_log(v, LOG_TALK, "a word");
    for (size_t p = 0; p < PANEL_COUNT; p++)
        panel_table[p]->csv(v, &before[p]);
    struct view *frozen = view_freeze(v);
    view_group_add(g, &r);
    view_log(v, LOG_TALK, "another");
    live(v, 3, MMOE_RUN_TRAINING);
    drop_view(v);
    for (size_t p = 0; p < PANEL_COUNT; p++) {
        struct mmoe_text after = {0};
        panel_table[p]->csv(frozen, &after);
        assert_string_equal(after.s, before[p].s);
        mmoe_text_done(&after);
        mmoe_text_done(&before[p]);
    }
    view_thaw(frozen);
    view_thaw(NULL);
}

/* As a store that no mmoe wrote may have it: steps beyond 32 bits are kept modulo. */
static void a_step_has_a_loss_for_each_seed_at_most(void **state)
{
    (void)state;
    struct view_study s = {0};
    struct mmoe_record r;
    begin_study(&s, MMOE_DRAWING_CURVES, "p", NULL);
    mmoe_record_clear(&r, &mmoe_tally_grid(s.tally)->base);
    r.failed = false;
    r.tasks = 1;
    for (r.curve_count = 0; r.curve_count < MMOE_RECORD_CURVE; r.curve_count++)
        r.curve[r.curve_count] = (struct mmoe_point){.step = 7, .loss = {0.5f}};
    assert_true(mmoe_tally_add(s.tally, &r));
    const struct mmoe_tally_curve *c = mmoe_tally_curve(s.tally, 0, 0);
    assert_int_equal(c->points, 1);
    assert_int_equal(c->n[0], 1);
    view_study_close(&s);
}

TESTS(cmocka_unit_test(log_keeps_the_newest_lines),
      cmocka_unit_test(log_splits_lines_and_keeps_the_place),
      cmocka_unit_test(nothing_is_kept_of_no_run), cmocka_unit_test(kept_runs_are_copies_and_found),
      cmocka_unit_test(runs_are_kept_by_reference), cmocka_unit_test(lanes_are_kept_and_found_each),
      cmocka_unit_test(tasks_are_those_of_what_is_shown),
      cmocka_unit_test(the_oldest_unpinned_run_leaves), cmocka_unit_test(groups_grow_and_sum_up),
      cmocka_unit_test(names_tell_groups_apart),
      cmocka_unit_test(names_have_files_without_their_folders),
      cmocka_unit_test(names_tell_rows_from_the_settings), cmocka_unit_test(names_tell_runs_apart),
      cmocka_unit_test(names_tell_what_a_study_fixes), cmocka_unit_test(names_cut_no_number),
      cmocka_unit_test(colours_are_kept_and_never_shared),
      cmocka_unit_test(a_complete_group_makes_room),
      cmocka_unit_test(incomplete_groups_make_no_room),
      cmocka_unit_test(a_frozen_view_stands_still),
      cmocka_unit_test(labels_lie_along_p_whatever_the_series),
      cmocka_unit_test(a_step_has_a_loss_for_each_seed_at_most))
