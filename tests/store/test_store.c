/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Studies and runs in a store: what goes in comes out, once. */
#include <mmoe/results.h>

#include "tests/stores.h"

/* --- studies --- */

static void a_new_store_has_no_studies(void **state)
{
    struct place *p = *state;
    struct mmoe_study_info *list;
    size_t count = 9;
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    assert_fine(mmoe_store_studies(s, &list, &count, &err));
    assert_int_equal(count, 0);
    mmoe_free(list);
    assert_refused(mmoe_store_study(s, 0, NULL, NULL, &err), MMOE_UNKNOWN, "no study in it yet");
    mmoe_store_close(s);
    s = open_store(p->file, MMOE_STORE_READ);
    assert_refused(mmoe_store_study(s, 1, NULL, NULL, &err), MMOE_UNKNOWN, p->file);
    mmoe_store_close(s);
    mmoe_store_close(NULL);
}

static void every_option_survives(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g = {.seeds = 2}, back;
    mmoe_options_default(&g.base);
    for (size_t i = 0; i < mmoe_option_count; i++)
        put(&g.base, mmoe_option_table[i].name, other_value(&mmoe_option_table[i]));
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    assert_fine(mmoe_store_study(s, id, NULL, &back, &err));
    assert_memory_equal(&g, &back, sizeof g);
    mmoe_store_close(s);
}

/* Options at their defaults show words such as auto and random. */
static void every_type_of_axis_survives(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g = {.seeds = 40}, back;
    mmoe_options_default(&g.base);
    assert_fine(mmoe_grid_axis(&g, "alpha", "random/1,2,3,4,5,6,7,8,9,0.1", &err));
    assert_fine(mmoe_grid_axis(&g, "expert-units", "16/32,16", &err));
    assert_fine(mmoe_grid_axis(&g, "bottom-units", "auto/64", &err));
    assert_fine(mmoe_grid_axis(&g, "model", "omoe,mmoe,single-task", &err));
    assert_fine(mmoe_grid_axis(&g, "experts", "12,3", &err));
    assert_fine(mmoe_grid_axis(&g, "lr", "1e-3,0.02", &err));
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    mmoe_store_close(s);
    s = open_store(p->file, MMOE_STORE_READ);
    assert_fine(mmoe_store_study(s, id, NULL, &back, &err));
    assert_memory_equal(&g, &back, sizeof g);
    mmoe_store_close(s);
}

static void ties_survive(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g, back;
    small_grid(&g, 2);
    assert_fine(mmoe_grid_follow(&g, "lr", "0.1,0.1", "p", &err));
    assert_fine(mmoe_grid_axis(&g, "batch", "1,2", &err));
    assert_fine(mmoe_grid_follow(&g, "expert-units", "8/4,4", "model", &err));
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    assert_fine(mmoe_store_study(s, id, NULL, &back, &err));
    assert_memory_equal(&g, &back, sizeof g);
    assert_true(
        ask(p->file, "SELECT group_concat(follows) = '1,1,0,0' AND count(*) = 10 FROM axes") == 1);
    run_sql(p->file, "UPDATE axes SET follows = 4 WHERE axis = 2");
    assert_refused(mmoe_store_study(s, id, NULL, &back, &err), MMOE_UNKNOWN,
                   "no axis '' to follow");
    mmoe_store_close(s);
}

static int64_t find(struct mmoe_store *s, const struct mmoe_grid *g)
{
    int64_t id = -1;
    assert_fine(mmoe_store_find(s, g, &id, &err));
    return id;
}

static void the_same_study_is_found(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g, other;
    small_grid(&g, 2);
    small_grid(&other, 2);
    assert_fine(mmoe_grid_axis(&other, "p", "0.5,0.8", &err));
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    assert_int_equal(find(s, &g), 0);
    int64_t id;
    new_study(s, &g);
    new_study(s, &g);
    assert_fine(mmoe_store_study_new(s, &g, "study x", "x", &test_origin, &id,
                                     &err)); /* the newest of equals */
    new_study(s, &other);
    put(&g.base, "theme", "light");
    assert_int_equal(find(s, &g), id);
    put(&g.base, "steps", "61");
    assert_int_equal(find(s, &g), 0);
    small_grid(&g, 3);
    assert_int_equal(find(s, &g), 0);
    small_grid(&g, 2);
    run_sql(p->file, "UPDATE base SET value = 'lion' WHERE study = 3 AND option = 'optimizer'");
    assert_int_equal(find(s, &g), 2); /* the third is a newer program's */
    mmoe_store_close(s);
}

/* A grid of n trials. */
static void trials_grid(struct mmoe_grid *g, size_t n)
{
    static const char *const trial[] = {"1", "1,2", "1,2,3"};
    static const char *const lr[] = {"0.1", "0.1,0.01", "0.1,0.01,0.1"};
    small_grid(g, 1);
    memset(g->axes, 0, sizeof g->axes);
    g->axis_count = 0;
    assert_fine(mmoe_grid_axis(g, "trial", trial[n - 1], &err));
    assert_fine(mmoe_grid_follow(g, "lr", lr[n - 1], "trial", &err));
}

static void a_study_of_trials_grows(void **state)
{
    struct place *p = *state;
    struct mmoe_grid one, two, three, other, back;
    int64_t id, found;
    bool grows;
    trials_grid(&one, 1);
    trials_grid(&two, 2);
    trials_grid(&three, 3);
    trials_grid(&other, 2);
    put(&other.base, "steps", "61");
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    assert_fine(mmoe_store_find_begun(s, &one, &found, &grows, &err));
    assert_int_equal(found, 0);
    id = new_study(s, &two);
    new_study(s, &other);
    add_runs(s, id, &two, 0, 2);
    assert_fine(mmoe_store_find_begun(s, &one, &found, &grows, &err));
    assert_true(found == id && !grows);
    assert_fine(mmoe_store_find_begun(s, &two, &found, &grows, &err));
    assert_true(found == id && !grows);
    assert_fine(mmoe_store_find_begun(s, &three, &found, &grows, &err));
    assert_true(found == id && grows);
    assert_fine(mmoe_store_extend(s, id, &three, &err));
    assert_fine(mmoe_store_study(s, id, NULL, &back, &err));
    assert_true(mmoe_grid_same(&three, &back));
    assert_int_equal(count_done(s, id, 3), 2);
    add_runs(s, id, &three, 2, 1);
    assert_int_equal(count_done(s, id, 3), 3);
    mmoe_store_close(s);
}

/* Runs of a new study of g taken from elsewhere, and from where. */
static size_t copied_runs(struct mmoe_store *s, const struct mmoe_grid *g, int64_t *from)
{
    size_t copied = 99;
    int64_t id = new_study(s, g);
    assert_fine(mmoe_results_copy(s, id, g, &test_origin, from, &copied, &err));
    assert_int_equal(count_done(s, id, mmoe_grid_runs(g)), copied);
    return copied;
}

static void other_seeds_share_runs(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g, other;
    int64_t from;
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    small_grid(&g, 3);
    int64_t id = new_study(s, &g); /* 4 cells: runs 0 to 11 */
    add_runs(s, id, &g, 3, 6);
    small_grid(&other, 3);
    put(&other.base, "steps", "61");
    assert_int_equal(copied_runs(s, &other, &from), 0);
    assert_int_equal(from, 0);
    other.seeds = 9;
    assert_int_equal(copied_runs(s, &other, &from), 0);

    small_grid(&g, 5);
    assert_int_equal(copied_runs(s, &g, &from), 6);
    assert_int_equal(from, id);
    assert_true(ask(p->file, "SELECT count(*) FROM runs a JOIN runs b USING (run, cell, seed_data, "
                             "options, step, pearson, "
                             "seconds, finished, version) WHERE a.study = 1 AND b.study = 4") == 6);
    assert_true(ask(p->file,
                    "SELECT count(*) FROM losses a JOIN losses b USING (run, task, loss, over_var) "
                    "WHERE a.study = 1 AND b.study = 4") == 12);
    assert_true(
        ask(p->file,
            "SELECT (SELECT count(*) FROM curve WHERE study = 1) = count(*) AND count(*) > 6 FROM "
            "curve a "
            "JOIN curve b USING (run, step, task, loss) WHERE a.study = 1 AND b.study = 4") == 1);
    assert_true(ask(p->file,
                    "SELECT count(*) FROM gates a JOIN gates b USING (run, gate, expert, mean) "
                    "WHERE a.study = 1 AND b.study = 4") == 6 * 2 * TEST_EXPERTS);
    small_grid(&g, 2);
    assert_int_equal(copied_runs(s, &g, &from), 5); /* 3 to 7 */
    assert_int_equal(from, 4);                      /* whoever has the most seeds */
    run_sql(p->file, "UPDATE runs SET version = 'mmoe 0.0.0' WHERE run > 5");
    run_sql(p->file, "UPDATE runs SET kernels = 'other kernels' WHERE run = 4");
    small_grid(&g, 4);
    assert_int_equal(copied_runs(s, &g, &from), 2);
    mmoe_store_close(s);
}

/* Of a grid of other axes the cells are found that are the same runs, wherever they stand; moot
 * options do not part them. */
static void other_grids_share_runs(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g, other;
    int64_t from;
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    small_grid(&g, 3);
    int64_t id = new_study(s, &g);
    add_runs(s, id, &g, 0, 12);
    for (size_t cell = 0; cell < mmoe_grid_cells(&g); cell++) {
        other = (struct mmoe_grid){.seeds = 2};
        mmoe_grid_cell_options(&g, cell, &other.base);
        put(&other.base, "l2-alpha", "0.123"); /* of another model */
        assert_int_equal(copied_runs(s, &other, &from), 2);
        assert_int_equal(from, id);
    }
    put(&other.base, "lr", "0.0123");
    assert_int_equal(copied_runs(s, &other, &from), 0);
    put(&other.base, "lr", "0.01");
    put(&other.base, "seed", "1"); /* whose first is not the other's second */
    assert_int_equal(copied_runs(s, &other, &from), 0);
    mmoe_store_close(s);
}

/* Digests come back, and a study of other rows under the same path is another one. */
static void rows_of_files_tell_studies_apart(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g, back;
    int64_t found, from;
    small_grid(&g, 2);
    put(&g.base, "data", "/somewhere/a, b.npz");
    memset(g.rows[0], 'a', MMOE_DIGEST_MAX - 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    add_runs(s, id, &g, 0, 8);
    assert_fine(mmoe_store_study(s, id, NULL, &back, &err));
    assert_memory_equal(&g, &back, sizeof g);
    assert_fine(mmoe_store_find(s, &g, &found, &err));
    assert_int_equal(found, id);
    g.seeds = 3;
    assert_int_equal(copied_runs(s, &g, &from), 8);
    g.rows[0][63] = 'b';
    assert_int_equal(copied_runs(s, &g, &from), 0);
    g.seeds = 2;
    assert_fine(mmoe_store_find(s, &g, &found, &err));
    assert_int_equal(found, 0);
    run_sql(p->file, "DELETE FROM files"); /* as an older program left it */
    mmoe_store_close(s);
    s = open_store(p->file, MMOE_STORE_READ);
    assert_fine(mmoe_store_study(s, id, NULL, &back, &err));
    assert_string_equal(back.rows[0], "");
    assert_fine(mmoe_store_find(s, &g, &found, &err));
    assert_int_equal(found, 0); /* nobody knows what rows it had */
    mmoe_store_close(s);
}

/* A run tells the kernels it was computed with, not those the program would take by itself. */
static void runs_tell_their_kernels(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_text origins = {0};
    int64_t from;
    small_grid(&g, 1);
    assert_fine(mmoe_grid_axis(&g, "kernels", "scalar,plain", &err));
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    add_runs(s, id, &g, 0, 8);
    assert_true(ask(p->file, "SELECT count(*) FROM runs WHERE kernels = "
                             "json_extract(options, '$.kernels') || '; some kernels'") == 8);
    assert_true(ask(p->file, "SELECT kernels = 'scalar, plain; some kernels' FROM studies") == 1);
    assert_fine(mmoe_results_origins(s, id, &origins, &err));
    assert_string_equal(origins.s, "mmoe 0.0.1 on a machine (kernels plain; some kernels); "
                                   "mmoe 0.0.1 on a machine (kernels scalar; some kernels)");
    g.seeds = 2;
    assert_int_equal(copied_runs(s, &g, &from), 8);
    run_sql(p->file, "UPDATE runs SET kernels = 'avx9; some kernels' WHERE run IN (1, 2)");
    g.seeds = 3;
    assert_int_equal(copied_runs(s, &g, &from), 6);
    mmoe_store_close(s);
    mmoe_text_done(&origins);
}

static void studies_tell_of_themselves(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_study_info info, *list;
    size_t count;
    char spoken[2000];
    small_grid(&g, 3);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t first = new_study(s, &g), second = 0;
    memset(spoken, 'x', sizeof spoken);
    memcpy(spoken + 509, "\xe2\x82\xac", 3); /* cut in its middle */
    spoken[sizeof spoken - 1] = '\0';
    assert_fine(mmoe_store_study_new(s, &g, spoken, "a-study", &test_origin, &second, &err));
    add_runs(s, first, &g, 2, 4);
    assert_fine(mmoe_store_study(s, first, &info, NULL, &err));
    assert_true(info.id == first && info.cells == 4 && info.seeds == 3 && info.runs == 12);
    assert_true(info.finished == 4 && info.diverged == 0 && info.seconds == 2);
    assert_string_equal(info.command, "sweep \"x\"");
    assert_string_equal(info.version, "mmoe 0.0.1");
    assert_string_equal(info.definition, "");
    assert_true(strlen(info.created) == 20 && info.created[10] == 'T' && info.created[19] == 'Z');
    assert_fine(mmoe_store_study(s, 0, &info, NULL, &err));
    assert_true(info.id == second && info.finished == 0 && strlen(info.command) == 509);
    assert_string_equal(info.definition, "a-study");
    assert_fine(mmoe_store_studies(s, &list, &count, &err));
    assert_true(count == 2 && list[0].id == first && list[0].finished == 4 && list[1].id == second);
    mmoe_free(list);
    mmoe_store_close(s);
}

static void a_study_that_is_not_there_is_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    small_grid(&g, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    for (int i = 0; i < 6; i++)
        new_study(s, &g);
    run_sql(p->file, "DELETE FROM studies WHERE id = 4");
    assert_refused(mmoe_store_study(s, 9, NULL, NULL, &err), MMOE_UNKNOWN,
                   "no study 9: there are 1-3, 5-6");
    assert_refused(mmoe_results_read(s, 4, &g, false, NULL, NULL, &err), MMOE_UNKNOWN,
                   "no study 4");
    assert_refused(mmoe_results_add(s, 0, &test_origin, NULL, 0, &err), MMOE_UNKNOWN, "no study 0");
    g.seeds = 0;
    int64_t id = -1;
    assert_refused(mmoe_store_study_new(s, &g, "", "", &test_origin, &id, &err), MMOE_RANGE,
                   "seeds");
    assert_int_equal(id, -1);
    mmoe_store_close(s);
}

static void what_newer_programs_wrote_is_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g, back;
    small_grid(&g, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    for (int i = 0; i < 5; i++)
        new_study(s, &g);
    run_sql(
        p->file,
        "UPDATE studies SET version = 'mmoe 9.1'; INSERT INTO base VALUES (1, 'momentum-2', '0.5');"
        "UPDATE base SET value = 'lion' WHERE study = 2 AND option = 'optimizer';"
        "UPDATE axes SET option = 'momentum-2' WHERE study = 3 AND axis = 1;"
        "UPDATE studies SET cells = 3 WHERE id = 4;"
        "DELETE FROM base WHERE study = 5 AND option = 'momentum'");
    assert_refused(mmoe_store_study(s, 1, NULL, &back, &err), MMOE_UNKNOWN,
                   "made by mmoe 9.1, use that one: no option");
    assert_refused(mmoe_store_study(s, 2, NULL, &back, &err), MMOE_UNKNOWN, "lion");
    assert_refused(mmoe_store_study(s, 3, NULL, &back, &err), MMOE_UNKNOWN, "momentum-2");
    assert_refused(mmoe_store_study(s, 4, NULL, &back, &err), MMOE_INVALID, "study 4 is damaged");
    assert_fine(mmoe_store_study(s, 5, NULL, &back,
                                 &err)); /* of an older one, which did not know the option */
    assert_memory_equal(&g, &back, sizeof g);
    mmoe_store_close(s);
}

/* --- runs --- */

static void runs_come_back_in_their_order(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct seen seen = {0};
    small_grid(&g, 3);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t other = new_study(s, &g), id = new_study(s, &g);
    add_runs(s, other, &g, 0, 1);
    add_runs(s, id, &g, 7, 2);
    add_runs(s, id, &g, 1, 1);
    mmoe_store_close(s);

    s = open_store(p->file, MMOE_STORE_READ);
    assert_int_equal(count_done(s, other, 12), 1);
    assert_fine(mmoe_results_read(s, id, &g, true, see, &seen, &err));
    assert_int_equal(seen.count, 3);
    const size_t numbers[] = {1, 7, 8};
    for (size_t i = 0; i < 3; i++) {
        struct mmoe_result r;
        make_result(&r, &g, numbers[i], 0);
        mmoe_snapshot_done(&r.shot);
        assert_memory_equal(seen.records[i].value[MMOE_LOSS], r.record.value[MMOE_LOSS],
                            2 * sizeof(double));
        assert_memory_equal(seen.records[i].value[MMOE_OVER_VAR], r.record.value[MMOE_OVER_VAR],
                            2 * sizeof(double));
        make_result(&r, &g, numbers[i], TEST_POINTS);
        assert_true(seen.records[i].pearson == r.record.pearson &&
                    r.record.curve_count == TEST_POINTS);
        assert_int_equal(seen.records[i].curve_count, TEST_POINTS);
        assert_memory_equal(seen.records[i].curve, r.record.curve, sizeof r.record.curve);
        mmoe_snapshot_done(&r.shot);
        assert_true(isnan(seen.records[i].value[MMOE_LOSS][2]) &&
                    seen.records[i].run == numbers[i]);
        assert_true(seen.records[i].tasks == 2 && seen.records[i].step == 60 &&
                    seen.records[i].seconds == 0.5);
        assert_memory_equal(&seen.records[i].options, &r.record.options, sizeof r.record.options);
    }
    mmoe_store_close(s);
}

/* --- values by name --- */

/* A run of three tasks whose names are in no order, the second yes or no; values tell what they are
 * of. */
static void make_named(struct mmoe_result *r, const struct mmoe_grid *g, size_t run)
{
    make_result(r, g, run, 3);
    r->record.tasks = r->shot.tasks = 3;
    mmoe_tasks_names(r->record.task, 3, "zeta,alpha,mid", ',');
    r->record.task[1].binary = true;
    for (size_t m = 0; m < MMOE_METRICS; m++)
        for (size_t k = 0; k < 3; k++) {
            bool none = (m == MMOE_AUC ||
                         (mmoe_metrics_at_times((enum mmoe_metric)m) && m < MMOE_ROWS_OFF)) &&
                        k != 1;
            r->record.value[m][k] = none ? (double)NAN : 1 / (7.0 + (double)(10 * m + k + run));
        }
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 3; k++) {
            r->shot.curve[i].value[MMOE_LOSS][k] = 1 / (3.0 + (double)(5 * i + k));
            r->record.curve[i].loss[k] = (float)r->shot.curve[i].value[MMOE_LOSS][k];
            if (k == 1)
                r->shot.curve[i].value[MMOE_AUC][k] = 0.5 + 0.1 * (double)i;
        }
}

static void values_come_back_by_name_and_task(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct seen seen = {0};
    struct mmoe_result r[2];
    const struct mmoe_result *list[] = {&r[0], &r[1]};
    small_grid(&g, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    make_named(&r[0], &g, 0);
    make_named(&r[1], &g, 2);
    r[1].record.value[MMOE_AUC][1] = NAN; /* its labels were all alike */
    assert_fine(mmoe_results_add(s, id, &test_origin, list, 2, &err));
    assert_fine(mmoe_results_read(s, id, &g, true, see, &seen, &err));
    assert_int_equal(seen.count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct mmoe_record *got = &seen.records[i], *want = &r[i].record;
        assert_memory_equal(got->task, want->task, sizeof got->task);
        assert_int_equal(got->curve_count, 3);
        for (size_t k = 0; k < MMOE_TASKS_MAX; k++) {
            for (size_t m = 0; m < MMOE_METRICS; m++)
                if (got->value[m][k] != want->value[m][k] &&
                    !(isnan(got->value[m][k]) && isnan(want->value[m][k])))
                    fail_msg("%s of task %zu: %g", mmoe_metrics_table[m].name, k, got->value[m][k]);
            for (size_t j = 0; j < 3 && k < 3; j++)
                assert_true(got->curve[j].loss[k] == want->curve[j].loss[k]);
        }
        mmoe_snapshot_done(&r[i].shot);
    }
    mmoe_store_close(s);
    assert_true(ask(p->file, "SELECT value FROM metrics WHERE run = 0 AND split = 'test' AND task "
                             "= 'alpha' AND name = 'auc'") == r[0].record.value[MMOE_AUC][1]);
    assert_true(ask(p->file, "SELECT value FROM metrics WHERE run = 0 AND split = 'test' AND task "
                             "= 'zeta' AND name = 'r2'") == r[0].record.value[MMOE_R2][0]);
    assert_true(ask(p->file, "SELECT count(*) FROM metrics WHERE run = 0 AND split = 'test'") ==
                21);
    assert_true(ask(p->file, "SELECT value FROM metrics WHERE run = 0 AND split = 'validation' AND "
                             "step = 40 AND name = 'auc'") == 0.7);
    assert_true(ask(p->file, "SELECT task_names = 'zeta,alpha,mid' FROM runs WHERE run = 2") == 1);
    assert_true(isnan(ask(p->file, "SELECT value FROM metrics WHERE run = 2 AND name = 'auc' AND "
                                   "split = 'test'")));
}

/* Curves are read for who asks for them. */
static void curves_are_left_out_where_nobody_asks(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct seen seen = {0};
    make_store(p->file, &g, 1, 3);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_READ);
    assert_fine(mmoe_results_read(s, 1, &g, false, see, &seen, &err));
    assert_int_equal(seen.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(seen.records[i].curve_count == 0 &&
                    isfinite(seen.records[i].value[MMOE_LOSS][1]));
    mmoe_store_close(s);
}

/* At the first record, in the midst, and at the last. */
static void who_takes_no_more_stops(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    make_store(p->file, &g, 1, 3);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_READ);
    for (size_t most = 1; most <= 4; most++)
        for (int curves = 0; curves < 2; curves++) {
            struct seen seen = {.most = most};
            struct mmoe_error err = {.status = MMOE_OK};
            assert_int_equal(mmoe_results_read(s, 1, &g, curves, see, &seen, &err),
                             most <= 3 ? MMOE_STATE : MMOE_OK);
            assert_int_equal(err.status, most <= 3 ? MMOE_STATE : MMOE_OK);
            assert_int_equal(seen.count, most <= 3 ? most : 3);
        }
    assert_int_equal(count_done(s, 1, 4), 3); /* and the store is of use */
    mmoe_store_close(s);
}

/* More points than a record has room for, and a run without any in between. */
static void curves_come_back_as_they_were(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    static const size_t points[] = {300, 0, 65, 1};
    struct seen seen = {0};
    struct mmoe_result r[4];
    const struct mmoe_result *list[] = {&r[0], &r[1], &r[2], &r[3]};
    small_grid(&g, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    for (size_t i = 0; i < 4; i++)
        make_result(&r[i], &g, i, points[i]);
    r[2].record.pearson = NAN;
    assert_fine(mmoe_results_add(s, id, &test_origin, list, 4, &err));
    assert_fine(mmoe_results_read(s, id, &g, true, see, &seen, &err));
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(seen.records[i].curve_count, r[i].record.curve_count);
        assert_memory_equal(seen.records[i].curve, r[i].record.curve, sizeof r[i].record.curve);
        mmoe_snapshot_done(&r[i].shot);
    }
    assert_true(seen.records[0].curve_count > 32 && seen.records[1].curve_count == 0);
    assert_true(isnan(seen.records[2].pearson) && seen.records[1].pearson == 0.26);
    mmoe_store_close(s);
}

static bool so_often(void *context, bool locked)
{
    size_t *left = context;
    (void)locked;
    return *left > 0 && (*left)-- > 0;
}

/* Whichever statement the watch stops, the reading was stopped: nothing is wrong with the disk. */
static void who_is_stopped_is_told_so(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_result r;
    const struct mmoe_result *list[] = {&r};
    enum mmoe_status status = MMOE_STATE;
    size_t stopped = 0;
    small_grid(&g, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    make_result(&r, &g, 0, 2000);
    assert_fine(mmoe_results_add(s, id, &test_origin, list, 1, &err));
    mmoe_snapshot_done(&r.shot);
    for (; status != MMOE_OK; stopped++) {
        struct seen seen = {0};
        struct mmoe_error err = {.text = ""};
        size_t left = stopped;
        mmoe_store_watched(s, &(struct mmoe_store_watch){so_often, &left});
        status = mmoe_results_read(s, id, &g, true, see, &seen, &err);
        if (status != MMOE_OK)
            assert_int_equal(status, MMOE_STATE);
    }
    assert_in_range(stopped, 2, 1000);
    mmoe_store_close(s);
}

/* Each with a grid of its own. */
static void studies_take_turns(void **state)
{
    struct place *p = *state;
    struct mmoe_grid many, few;
    struct mmoe_result r;
    const struct mmoe_result *list[] = {&r};
    small_grid(&many, 2);
    small_grid(&few, 2);
    few.axis_count = 1;
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t a = new_study(s, &many), b = new_study(s, &few);
    for (size_t i = 0; i < 4; i++) {
        add_runs(s, a, &many, i, 1);
        add_runs(s, b, &few, i, 1);
    }
    assert_true(ask(p->file, "SELECT sum(cell * 10 + run) FROM runs WHERE study = 1") == 66);
    assert_true(ask(p->file, "SELECT sum(cell * 10 + run) FROM runs WHERE study = 2") == 26);
    make_result(&r, &many, 7, 1);
    assert_refused(mmoe_results_add(s, b, &test_origin, list, 1, &err), MMOE_RANGE,
                   "study 2 has 4 runs");
    assert_fine(mmoe_results_add(s, a, &test_origin, list, 1, &err));
    mmoe_snapshot_done(&r.shot);
    mmoe_store_close(s);
}

static void a_run_counts_once(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_result r, again;
    struct seen seen = {0};
    small_grid(&g, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    make_result(&r, &g, 2, TEST_POINTS);
    make_result(&again, &g, 2, 40);
    again.record.value[MMOE_LOSS][0] = 99;
    again.record.tasks = 8;
    const struct mmoe_result *list[] = {&r, &again};
    assert_fine(mmoe_results_add(s, id, &test_origin, list, 2, &err));
    assert_fine(mmoe_results_add(s, id, &test_origin, list + 1, 1, &err));
    assert_fine(mmoe_results_read(s, id, &g, true, see, &seen, &err));
    assert_true(seen.count == 1 &&
                seen.records[0].value[MMOE_LOSS][0] == r.record.value[MMOE_LOSS][0] &&
                seen.records[0].tasks == 2);
    assert_true(ask(p->file, "SELECT count(*) FROM losses") == 2);
    assert_true(ask(p->file, "SELECT count(*) FROM curve") == 2 * TEST_POINTS);
    assert_true(ask(p->file, "SELECT count(*) FROM gates") == 2 * TEST_EXPERTS);
    mmoe_snapshot_done(&r.shot);
    mmoe_snapshot_done(&again.shot);
    mmoe_store_close(s);
}

static void diverged_runs_are_kept(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_result r;
    struct mmoe_study_info info;
    struct seen seen = {0};
    small_grid(&g, 1);
    make_result(&r, &g, 3, 2);
    r.record.diverged_step = r.record.step = 17;
    r.record.divergence = MMOE_FAR_ABOVE;
    r.record.value[MMOE_LOSS][0] = r.record.value[MMOE_LOSS][1] = r.record.value[MMOE_OVER_VAR][0] =
        NAN;
    r.record.value[MMOE_OVER_VAR][1] = INFINITY;
    r.shot.curve[1].value[MMOE_LOSS][0] = INFINITY;
    r.shot.gate.mean[0][0] = NAN;
    const struct mmoe_result *list[] = {&r};
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    assert_fine(mmoe_results_add(s, id, &test_origin, list, 1, &err));
    assert_fine(mmoe_results_read(s, id, &g, true, see, &seen, &err));
    assert_int_equal(seen.records[0].divergence, MMOE_FAR_ABOVE);
    assert_true(seen.records[0].diverged_step == 17 && isnan(seen.records[0].value[MMOE_LOSS][1]));
    assert_true(isnan(seen.records[0].value[MMOE_OVER_VAR][1]));
    assert_fine(mmoe_store_study(s, id, &info, NULL, &err));
    assert_true(info.finished == 1 && info.diverged == 1);
    assert_true(
        ask(p->file, "SELECT count(*) FROM losses WHERE loss IS NULL AND over_var IS NULL") == 2);
    assert_true(ask(p->file, "SELECT count(*) FROM curve WHERE loss IS NULL") == 1);
    add_runs(s, id, &g, 0, 1);
    assert_true(ask(p->file, "SELECT count(*) FROM runs WHERE diverged_step IS NULL") == 1);
    mmoe_snapshot_done(&r.shot);
    mmoe_store_close(s);
}

static void a_refused_run_takes_the_others_along(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_result a, b;
    small_grid(&g, 1);
    make_result(&a, &g, 0, 1);
    make_result(&b, &g, 1, 1);
    b.record.run = 4;
    const struct mmoe_result *list[] = {&a, &b};
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    assert_refused(mmoe_results_add(s, id, &test_origin, list, 2, &err), MMOE_RANGE,
                   "none has the number 4");
    assert_int_equal(count_done(s, id, 4), 0);
    assert_fine(mmoe_results_add(s, id, &test_origin, list, 1, &err));
    assert_int_equal(count_done(s, id, 4), 1);
    mmoe_snapshot_done(&a.shot);
    mmoe_snapshot_done(&b.shot);
    mmoe_store_close(s);
}

static void who_reads_changes_nothing(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_result r;
    const struct mmoe_result *list[] = {&r};
    int64_t id;
    make_store(p->file, &g, 1, 1);
    make_result(&r, &g, 1, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_READ);
    assert_refused(mmoe_results_add(s, 1, &test_origin, list, 1, &err), MMOE_IO, p->file);
    assert_refused(mmoe_store_study_new(s, &g, "", "", &test_origin, &id, &err), MMOE_IO,
                   "opened to be read");
    assert_int_equal(count_done(s, 1, 4), 1);
    mmoe_store_close(s);
    mmoe_snapshot_done(&r.shot);
    assert_int_equal(assert_whole(p->file), 1);
}

static void two_programs_write_in_turn(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    small_grid(&g, 10);
    struct mmoe_store *a = open_store(p->file, MMOE_STORE_WRITE),
                      *b = open_store(p->file, MMOE_STORE_WRITE);
    struct mmoe_store *reader = open_store(p->file, MMOE_STORE_READ);
    int64_t id = new_study(a, &g);
    for (size_t i = 0; i < 40; i++) {
        add_runs(i % 2 ? a : b, id, &g, i, 1);
        assert_int_equal(count_done(reader, id, 40), i + 1);
    }
    mmoe_store_close(a);
    assert_int_equal(new_study(b, &g), id + 1);
    mmoe_store_close(b);
    mmoe_store_close(reader);
}

static void sql_finds_options_by_name(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    small_grid(&g, 2);
    put(&g.base, "expert-units", "64,32");
    put(&g.base, "seed.init", "18446744073709551615");
    put(&g.base, "theme", "light");
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    add_runs(s, new_study(s, &g), &g, 1,
             1); /* p varies within model, and comes first within a seed */
    mmoe_store_close(s);
    assert_true(ask(p->file, "SELECT json_extract(options, '$.p') FROM runs") == 0.5);
    assert_true(ask(p->file, "SELECT cell FROM runs") == 2);
    assert_true(ask(p->file, "SELECT options ->> 'model' = 'shared-bottom' FROM runs") == 1);
    assert_true(ask(p->file, "SELECT options ->> 'expert-units' = '64,32' FROM runs") == 1);
    assert_true(ask(p->file, "SELECT options ->> 'bottom-units' = 'auto' FROM runs") == 1);
    assert_true(ask(p->file, "SELECT options ->> 'lr' + options ->> 'rows' FROM runs") == 500.01);
    assert_true(ask(p->file, "SELECT count(*) FROM runs, json_each(options) WHERE key IN ('theme', "
                             "'jobs', 'seed')") == 0);
    assert_true(ask(p->file, "SELECT seed_init FROM runs") == -1);
    assert_true(ask(p->file, "SELECT sum(mean) FROM gates WHERE gate = 2") == 0.75);
    assert_true(ask(p->file, "SELECT loss FROM curve WHERE step = 20 AND task = 'A'") == 1.5);
}

static void a_study_is_deleted_with_all_it_has(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    small_grid(&g, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    add_runs(s, id, &g, 0, 4);
    run_sql(p->file, "PRAGMA foreign_keys = ON; DELETE FROM studies");
    assert_true(ask(p->file, "SELECT (SELECT count(*) FROM base) + (SELECT count(*) FROM axes) + "
                             "(SELECT count(*) FROM runs) + (SELECT count(*) FROM losses) + "
                             "(SELECT count(*) FROM curve) + (SELECT count(*) FROM gates)") == 0);
    struct mmoe_result r; /* the store still knows the study's grid */
    make_result(&r, &g, 0, 0);
    const struct mmoe_result *list[] = {&r};
    assert_refused(mmoe_results_add(s, id, &test_origin, list, 1, &err), MMOE_UNKNOWN, "no study");
    mmoe_snapshot_done(&r.shot);
    mmoe_store_close(s);
}

static void numbers_out_of_range_are_told(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct seen seen = {0};
    small_grid(&g, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    add_runs(s, id, &g, 0, 4);
    run_sql(p->file, "UPDATE metrics SET task = 'Z' WHERE run = 1 AND task = 'B'; UPDATE runs SET "
                     "tasks = 99 WHERE run = 2");
    assert_refused(mmoe_results_read(s, id, &g, true, see, &seen, &err), MMOE_INVALID,
                   "study 1 is damaged");
    assert_int_equal(seen.count, 2);
    assert_true(isnan(seen.records[1].value[MMOE_LOSS][1]) &&
                isfinite(seen.records[1].value[MMOE_LOSS][0]));
    mmoe_store_close(s);
}

static void the_usual_file_follows_the_environment(void **state)
{
    (void)state;
    const char *state_home = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char *kept_state = state_home ? strdup(state_home) : NULL,
         *kept_home = home ? strdup(home) : NULL;
    struct mmoe_text t = {0};
    setenv("XDG_STATE_HOME", "/here", 1);
    setenv("HOME", "/home/x", 1);
    mmoe_store_path(&t);
    assert_string_equal(t.s, "/here/mmoe/studies.db");
    mmoe_text_clear(&t);
    setenv("XDG_STATE_HOME", "not/absolute", 1);
    mmoe_store_path(&t);
    assert_string_equal(t.s, "/home/x/.local/state/mmoe/studies.db");
    mmoe_text_clear(&t);
    unsetenv("HOME");
    mmoe_store_path(&t);
    assert_int_equal(t.n, 0);
    refuse_store(t.s, MMOE_STORE_WRITE, "set HOME");
    mmoe_text_done(&t);
    unsetenv("XDG_STATE_HOME");
    if (kept_state)
        setenv("XDG_STATE_HOME", kept_state, 1);
    if (kept_home)
        setenv("HOME", kept_home, 1);
    free(kept_state);
    free(kept_home);
}

TESTS(PLACED(a_new_store_has_no_studies), PLACED(every_option_survives),
      PLACED(every_type_of_axis_survives), PLACED(ties_survive), PLACED(the_same_study_is_found),
      PLACED(a_study_of_trials_grows), PLACED(other_seeds_share_runs),
      PLACED(other_grids_share_runs), PLACED(rows_of_files_tell_studies_apart),
      PLACED(runs_tell_their_kernels), PLACED(studies_tell_of_themselves),
      PLACED(a_study_that_is_not_there_is_told), PLACED(what_newer_programs_wrote_is_told),
      PLACED(runs_come_back_in_their_order), PLACED(values_come_back_by_name_and_task),
      PLACED(curves_are_left_out_where_nobody_asks), PLACED(who_takes_no_more_stops),
      PLACED(curves_come_back_as_they_were), PLACED(who_is_stopped_is_told_so),
      PLACED(studies_take_turns), PLACED(a_run_counts_once), PLACED(diverged_runs_are_kept),
      PLACED(a_refused_run_takes_the_others_along), PLACED(who_reads_changes_nothing),
      PLACED(two_programs_write_in_turn), PLACED(sql_finds_options_by_name),
      PLACED(a_study_is_deleted_with_all_it_has), PLACED(numbers_out_of_range_are_told),
      PLACED(the_usual_file_follows_the_environment))
