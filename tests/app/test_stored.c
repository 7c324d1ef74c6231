/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Studies out of a store: read piece by piece, stopped, claimed of, exported; and other jobs. */
#include <poll.h>
#include <stdatomic.h>

#include <mmoe/claims.h>

#include "tests/app/told.h"
#include "tests/stores.h"
#include "ui/panel/view_study.h"

enum {
    SEEDS = 700, /* times 4 cells: more than a reader keeps, and more than the app takes at once */
    CHUNK = 700
};

static int begin_placed(void **state)
{
    int status = make_place(state);
    return status ? status : begin(state);
}

static int end_placed(void **state)
{
    end(state);
    return remove_place(state);
}

/* Study 1 of that grid, all of its runs there. */
static void store_all(const char *path, const struct mmoe_grid *g)
{
    struct mmoe_result *results = calloc(CHUNK, sizeof *results);
    const struct mmoe_result *list[CHUNK];
    struct mmoe_store *s = open_store(path, MMOE_STORE_WRITE);
    size_t runs = mmoe_grid_runs(g);
    assert_int_equal(new_study(s, g), 1);
    for (size_t at = 0; at < runs; at += CHUNK) {
        size_t n = runs - at < CHUNK ? runs - at : CHUNK;
        for (size_t i = 0; i < n; i++) {
            make_result(&results[i], g, at + i, 1);
            list[i] = &results[i];
        }
        assert_fine(mmoe_results_add(s, 1, &test_origin, list, n, &err));
        for (size_t i = 0; i < n; i++)
            mmoe_snapshot_done(&results[i].shot);
    }
    mmoe_store_close(s);
    free(results);
}

/* Two models at two p, of so many seeds. */
static void store_seeds(const struct place *p, size_t seeds)
{
    struct mmoe_grid *g = calloc(1, sizeof *g);
    small_grid(g, seeds);
    store_all(p->file, g);
    free(g);
}

/* The models and correlations of the paper, a few seeds. */
static void store_paper(const struct place *p)
{
    struct mmoe_grid *g = calloc(1, sizeof *g);
    small_options(&g->base);
    g->seeds = 10;
    assert_fine(mmoe_grid_axis(g, "model", "shared-bottom,omoe,mmoe", &err));
    assert_fine(mmoe_grid_axis(g, "p", "0.5,1", &err));
    store_all(p->file, g);
    free(g);
}

/* One that was begun, and cut off before a run was finished. */
static void store_begun(const struct place *p)
{
    struct mmoe_grid *g = calloc(1, sizeof *g);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    small_grid(g, 2);
    assert_int_equal(new_study(s, g), 1);
    mmoe_store_close(s);
    free(g);
}

static void open_study(const struct place *p)
{
    assert_fine(app_study(app, 1, p->file, false, 1, NULL, &err));
    assert_int_equal(app->wait, APP_WAIT_SEEDS);
    assert_false(app_idle(app, APP_WAIT_SEEDS));
    while (app->beginning)
        wait_for_news();
}

static size_t tally_done(void)
{
    return mmoe_tally_done(app->view.study.tally);
}

/* Runs that the page of the study is of. */
static size_t drawn(void)
{
    const struct figure_page *page = &app->view.study.sheet.page;
    size_t n = 0;
    view_study_renew(&app->view);
    for (size_t f = 0; f < page->count; f++)
        for (size_t i = 0; i < page->figures[f].histograms.count; i++)
            n += page->figures[f].histograms.rows[i].n;
    return n;
}

/* --- reading --- */

static void a_study_is_shown_while_it_is_read(void **state)
{
    const struct place *p = *state;
    store_seeds(p, SEEDS);
    open_study(p);
    assert_true(app->view.study.reading);
    assert_false(app_idle(app, APP_WAIT_SEEDS));
    assert_int_equal(tally_done(), 0);
    assert_int_equal(app->view.queue_wanted, 4 * SEEDS);
    while (tally_done() == 0)
        wait_for_news();
    assert_true(app->view.study.reading);
    assert_in_range(tally_done(), 1, 4 * SEEDS - 1);
    assert_int_equal(app->view.study.sheet.page.count, 0); /* nobody looked at it yet */
    assert_int_equal(drawn(), tally_done());
    assert_false(view_study_is_stale(&app->view));
    assert_int_equal(app->view.queue_done, tally_done());
    assert_int_equal(count("\"event\""), 0); /* told when all of it is there */
    wait_for(APP_WAIT_SEEDS);
    assert_false(app->view.study.reading);
    assert_true(mmoe_tally_complete(app->view.study.tally));
    assert_int_equal(drawn(), 4 * SEEDS);
    assert_int_equal(app->view.queue_wanted, 0);
    assert_int_equal(count("\"event\":\"sweep.cell\""), 4);
    assert_int_equal(count("study 1: all 2,800 runs are there"), 1);
}

/* What was read stays; nothing is told of a study that was not read to its end. */
static void a_reading_can_be_stopped(void **state)
{
    const struct place *p = *state;
    store_seeds(p, 2);
    open_study(p);
    app_stop(app);
    assert_true(app_idle(app, APP_WAIT_SEEDS));
    assert_false(app->view.study.reading);
    assert_int_equal(app->view.queue_wanted, 0);
    assert_int_equal(count("study 1: stopped after 0 of 8 runs; study open 1 reads them all"), 1);
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(count("\"event\""), 0);
    open_study(p);
    wait_for(APP_WAIT_SEEDS);
    assert_true(mmoe_tally_complete(app->view.study.tally));
}

/* 3072 settings are too many for one turn; a stop ends them. */
static void many_settings_are_told_some_at_a_time(void **state)
{
    static const char values[] =
        "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,"
        "26,27,28,29,30,31,32";
    const struct place *p = *state;
    struct mmoe_grid *g = calloc(1, sizeof *g);
    small_options(&g->base);
    g->seeds = 1;
    assert_fine(mmoe_grid_axis(g, "lr", values, &err));
    assert_fine(mmoe_grid_axis(g, "noise", values, &err));
    assert_fine(mmoe_grid_axis(g, "scale", "1,2,3", &err));
    store_all(p->file, g);
    open_study(p);
    while (count("\"event\":\"sweep.cell\"") == 0)
        wait_for_news();
    size_t told = count("\"event\":\"sweep.cell\"");
    assert_in_range(told, 1, 2000);
    assert_false(app_idle(app, APP_WAIT_SEEDS));
    assert_int_equal(app_study(app, 1, p->file, false, 1, NULL, &told_err), MMOE_STATE);
    app_stop(app);
    assert_true(app_idle(app, APP_WAIT_SEEDS));
    assert_int_equal(count("study 1: told 2,000 of its 3,072 settings; study open 1 tells all"), 1);
    forget();
    open_study(p);
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(count("\"event\":\"sweep.cell\""), 3072);
    free(g);
}

static void nothing_else_begins_while_a_study_is_read(void **state)
{
    const struct place *p = *state;
    struct mmoe_options o = app->view.options;
    store_seeds(p, 2);
    open_study(p);
    assert_refused(app_repeat(app, &o, 1, &err), MMOE_STATE, "a study is being read");
    assert_refused(app_study(app, 1, p->file, false, 1, NULL, &err), MMOE_STATE,
                   "a study is being read");
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(app->view.group_count, 0);
    assert_fine(app_repeat(app, &o, 1, &err));
    wait_for(APP_WAIT_SEEDS);
    assert_null(app->view.study.tally); /* its place is the repeats' */
}

/* Behind a sweep they would be taken for its runs. */
static void nothing_else_begins_while_a_study_is_trained(void **state)
{
    const struct place *p = *state;
    struct mmoe_options o = app->view.options;
    struct mmoe_grid *g = calloc(1, sizeof *g);
    *g = (struct mmoe_grid){.base = o, .seeds = 4};
    assert_fine(app_study_begin(
        app, &(struct app_study_order){.grid = g, .command = "sweep", .store = p->file, .jobs = 1},
        &err));
    assert_refused(app_repeat(app, &o, 1, &err), MMOE_STATE, "a study is in progress");
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(count("\"event\":\"sweep.run\""), 4);
    assert_int_equal(count("\"event\":\"repeat"), 0);
    free(g);
}

/* A study is not over before its claims are told: what its command does next stands on it. */
static void nothing_else_begins_while_claims_are_tested(void **state)
{
    const struct place *p = *state;
    static const char text[] = "figure histograms\naxis p=0.5,1\n"
                               "axis model=shared-bottom,omoe,mmoe\nclaims\nseeds 2\n"
                               "set dim=10 rows=200 test-rows=50 batch=20 steps=4\n";
    char path[96];
    struct mmoe_options o = app->view.options;
    snprintf(path, sizeof path, "%s/mine.conf", p->folder);
    write_file(path, text, sizeof text - 1);
    const struct app_schedule_order order = {
        .order = {.name = path, .command = "study mine", .session = &o},
        .store = p->file,
        .jobs = 1};
    assert_fine(app_schedule_begin(app, &order, &err));
    while (app->repeating)
        wait_for_news();
    assert_true(app_has_jobs(app));
    assert_refused(app_repeat(app, &o, 1, &err), MMOE_STATE, "a study is in progress");
    assert_refused(app_study(app, 1, p->file, false, 1, NULL, &err), MMOE_STATE,
                   "a study is in progress");
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(count("\"event\":\"claim\""), MMOE_CLAIMS);
    assert_fine(app_repeat(app, &o, 1, &err));
    wait_for(APP_WAIT_SEEDS);
}

static void a_store_that_cannot_be_read_is_complained_of(void **state)
{
    const struct place *p = *state;
    store_paper(p);
    run_sql(p->file, "DROP TABLE metrics");
    open_study(p);
    wait_for(APP_WAIT_SEEDS);
    assert_false(app->view.study.reading);
    assert_int_equal(app->exit_status, 1);
    assert_int_equal(count("mmoe: "), 1);
    assert_int_equal(app->view.queue_wanted, 0);
}

/* --- while it is looked for --- */

static void nothing_else_begins_while_a_study_is_looked_for(void **state)
{
    const struct place *p = *state;
    struct mmoe_options o = app->view.options;
    store_seeds(p, 2);
    assert_fine(app_study(app, 1, p->file, false, 1, NULL, &err));
    assert_refused(app_repeat(app, &o, 1, &err), MMOE_STATE, "a study is being read");
    assert_refused(app_study(app, 1, p->file, true, 1, NULL, &err), MMOE_STATE,
                   "a study is being read");
    wait_for(APP_WAIT_SEEDS);
    assert_true(mmoe_tally_complete(app->view.study.tally));
    assert_fine(app_study(app, 1, p->file, true, 1, NULL, &err));
    assert_refused(app_repeat(app, &o, 1, &err), MMOE_STATE, "a study is in progress");
    wait_for(APP_WAIT_SEEDS);
}

/* What it waited for is not shown, and what waits for it does not run. */
static void a_study_that_is_looked_for_can_be_stopped(void **state)
{
    const struct place *p = *state;
    store_seeds(p, 2);
    assert_fine(app_study(app, 1, p->file, false, 1, NULL, &err));
    app_stop(app);
    wait_for(APP_WAIT_SEEDS);
    assert_true(app->failed && app->exit_status == 0 && !app->beginning);
    assert_null(app->view.study.tally);
    assert_int_equal(count("study: stopped"), 1);
    app->failed = false;
    open_study(p);
    wait_for(APP_WAIT_SEEDS);
    assert_true(mmoe_tally_complete(app->view.study.tally));
}

static void a_study_that_is_not_found_is_complained_of(void **state)
{
    const struct place *p = *state;
    store_seeds(p, 2);
    assert_fine(app_study(app, 7, p->file, false, 1, NULL, &err));
    wait_for(APP_WAIT_SEEDS);
    assert_true(app->failed && app->exit_status == 1 && !app->beginning);
    assert_int_equal(count("no study 7: there are 1"), 1);
    assert_fine(app_study(app, 1, p->file, false, 1, "pictures", &err));
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(count("'pictures'"), 1);
    assert_null(app->view.study.tally);
}

/* A file that was removed holds nothing that could be gone on with. */
static void a_removed_store_is_told(void **state)
{
    const struct place *p = *state;
    struct mmoe_grid *g = calloc(1, sizeof *g);
    *g = (struct mmoe_grid){.base = app->view.options, .seeds = 400};
    assert_fine(app_study_begin(
        app, &(struct app_study_order){.grid = g, .command = "sweep", .store = p->file, .jobs = 1},
        &err));
    while (!app->view.study.tally || tally_done() == 0)
        wait_for_news();
    app_hold(app, true);
    assert_int_equal(unlink(p->file), 0);
    app_hold(app, false);
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(app->exit_status, 1);
    assert_int_equal(count("the file was removed while it was in use"), 1);
    assert_int_equal(count("study 1 stood at "), 1);
    assert_int_equal(count("study resume"), 0);
    free(g);
}

/* --- claims --- */

static void claims_need_a_study_of_their_kind(void **state)
{
    const struct place *p = *state;
    assert_refused(app_claims(app, MMOE_LOSS, 0, NAN, false, &err), MMOE_STATE,
                   "there is no study to test claims on");
    assert_refused(app_report(app, "x.html", &err), MMOE_STATE, "there is no study to report");
    store_seeds(p, 2);
    open_study(p);
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(app_claims(app, MMOE_LOSS, 0, NAN, false, &(struct mmoe_error){0}),
                     MMOE_STATE);
    assert_false(app_has_jobs(app));
}

static void claims_are_told_when_they_are_tested(void **state)
{
    const struct place *p = *state;
    store_paper(p);
    open_study(p);
    wait_for(APP_WAIT_SEEDS);
    assert_refused(app_claims(app, MMOE_AUC, 0, NAN, false, &err), MMOE_STATE, "AUC");
    assert_fine(app_claims(app, MMOE_OVER_VAR, 1, 0.5, false, &err));
    assert_int_equal(app->wait, APP_WAIT_JOBS);
    assert_int_equal(count("\"event\":\"claim\""), 0);
    wait_for(APP_WAIT_JOBS);
    assert_int_equal(count("\"of\":\"loss over variance\",\"secondary\":true,\"task\":\"B\""),
                     MMOE_CLAIMS);
    assert_int_equal(count("\"event\":\"claim.cell\""), 6);
    assert_int_equal(app->view.study.heard_count, 1); /* for the report */
    assert_int_equal(app->view.study.heard[0].task, 1);
    assert_string_equal(app->view.job, "");
}

/* Whether or not the test was over by then: nobody waits for what it says. */
static void stopped_claims_say_so(void **state)
{
    const struct place *p = *state;
    store_paper(p);
    open_study(p);
    wait_for(APP_WAIT_SEEDS);
    assert_fine(app_claims(app, MMOE_LOSS, 0, NAN, false, &err));
    assert_fine(app_claims(app, MMOE_OVER_VAR, 0, NAN, false, &err)); /* waits for the first */
    app_stop(app);
    wait_for(APP_WAIT_JOBS);
    assert_int_equal(count("claims: stopped"), 2);
    assert_int_equal(count("\"event\":\"claim\""), 0);
    assert_int_equal(app->exit_status, 0); /* it was asked for */
}

/* --- other jobs --- */

static void exports_are_jobs(void **state)
{
    const struct place *p = *state;
    char path[96];
    store_paper(p);
    snprintf(path, sizeof path, "%s/runs.csv", p->folder);
    app_export(app, 1, p->file, path);
    wait_for(APP_WAIT_JOBS);
    assert_int_equal(count("60 runs written to "), 1);
    char *csv = read_file(path, NULL);
    size_t lines = 0;
    for (const char *at = csv; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 61);
    free(csv);
    app_export(app, 7, p->file, path);
    wait_for(APP_WAIT_JOBS);
    assert_true(app->failed); /* what waits for it must not run */
    assert_int_equal(app->exit_status, 1);
}

static void reports_are_jobs(void **state)
{
    const struct place *p = *state;
    char path[96];
    store_seeds(p, 2);
    snprintf(path, sizeof path, "%s/page.html", p->folder);
    assert_fine(app_study(app, 1, p->file, false, 1, "profiles", &err));
    wait_for(APP_WAIT_SEEDS);
    assert_fine(app_report(app, path, &err));
    assert_int_equal(app->wait, APP_WAIT_JOBS);
    wait_for(APP_WAIT_JOBS);
    assert_int_equal(count("wrote "), 1);
    char *page = read_file(path, NULL);
    assert_non_null(strstr(page, "bands: 95 % intervals of each share")); /* as it is shown */
    free(page);
}

/* A job that is a third done, and goes on until it is told to stop. */
struct lasting {
    atomic_bool freed;
};

static enum mmoe_status last(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    (void)context;
    while (mmoe_job_goes_on(j, 0.375))
        poll(NULL, 0, 1);
    return mmoe_fail(err, MMOE_STATE, "it was told to stop");
}

static void let_go(void *context)
{
    struct lasting *l = context;
    atomic_store(&l->freed, true);
}

static void never_told(struct app *a, void *context, enum mmoe_status status,
                       const struct mmoe_error *err)
{
    (void)a, (void)context, (void)status;
    fail_msg("told: %s", err->text);
}

/* How far a job is, on the screen; the one behind it waits. */
static void the_share_of_a_job_is_shown(void **state)
{
    (void)state;
    struct lasting first = {0}, second = {0};
    app_job(
        app,
        &(struct app_job){
            .what = "first", .work = last, .done = never_told, .free = let_go, .context = &first});
    app_job(app, &(struct app_job){.what = "second",
                                   .work = last,
                                   .done = never_told,
                                   .free = let_go,
                                   .context = &second});
    while (app->view.job_share == 0)
        wait_for_news();
    assert_string_equal(app->view.job, "first");
    assert_near(app->view.job_share, 0.375, 1e-6);
    assert_false(app_idle(app, APP_WAIT_JOBS));
    assert_false(app_idle(app, APP_WAIT_SEEDS));
    assert_true(app_idle(app, APP_WAIT_LANE)); /* a live run goes its own way */
    app_stop_jobs(app);
    wait_for(APP_WAIT_JOBS);
    assert_true(atomic_load(&first.freed) && atomic_load(&second.freed));
    assert_int_equal(count("first: stopped") + count("second: stopped"), 2);
    assert_string_equal(app->view.job, "");
}

static enum mmoe_status leave_a_file(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    (void)context, (void)j, (void)err;
    return MMOE_OK;
}

static void tell_of_it(struct app *a, void *context, enum mmoe_status status,
                       const struct mmoe_error *err)
{
    (void)context, (void)status, (void)err;
    app_say(a, "it is there");
}

/* Who stops too late is told what is there all the same. */
static void a_job_done_before_it_could_be_stopped_says_so(void **state)
{
    (void)state;
    app_job(app,
            &(struct app_job){
                .what = "first", .work = leave_a_file, .done = never_told, .late = tell_of_it});
    app_stop_jobs(app);
    wait_for(APP_WAIT_JOBS);
    assert_int_equal(count("it is there"), 1);
    assert_int_equal(count("first: stopped"), 0);
}

/* The end of the app is the end of its jobs. */
static void a_job_ends_with_the_app(void **state)
{
    (void)state;
    struct lasting job = {0};
    struct app *another = mmoe_alloc(1, sizeof *another);
    app_init(another, EVENT_SCREEN);
    app_job(another,
            &(struct app_job){
                .what = "job", .work = last, .done = never_told, .free = let_go, .context = &job});
    app_done(another);
    assert_true(atomic_load(&job.freed));
    mmoe_free(another);
}

static void nothing_is_neither_told_nor_written(void **state)
{
    const struct place *p = *state;
    struct mmoe_error err;
    char csv[sizeof p->file + 8], page[sizeof p->file + 8];
    snprintf(csv, sizeof csv, "%s.csv", p->file);
    snprintf(page, sizeof page, "%s.html", p->file);
    store_begun(p);
    open_study(p);
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(app_report(app, page, &err), MMOE_STATE);
    assert_string_equal(err.text, "no run of study 1 is finished yet, and there is nothing to "
                                  "report: study resume 1 trains them");
    assert_int_equal(app_claims(app, MMOE_LOSS, 0, NAN, false, &err), MMOE_STATE);
    assert_non_null(strstr(err.text, "nothing to test"));
    app_export(app, 1, p->file, csv);
    wait_for(APP_WAIT_JOBS);
    assert_int_equal(count("nothing to export: study resume 1"), 1);
    assert_int_equal(access(csv, F_OK), -1);
    assert_int_equal(access(page, F_OK), -1);
    app->failed = false;
}

#define STORED(test) cmocka_unit_test_setup_teardown(test, begin_placed, end_placed)
TESTS(STORED(a_study_is_shown_while_it_is_read), STORED(a_reading_can_be_stopped),
      STORED(many_settings_are_told_some_at_a_time),
      STORED(nothing_else_begins_while_a_study_is_read),
      STORED(nothing_else_begins_while_a_study_is_trained),
      STORED(nothing_else_begins_while_claims_are_tested),
      STORED(a_store_that_cannot_be_read_is_complained_of),
      STORED(nothing_else_begins_while_a_study_is_looked_for),
      STORED(a_study_that_is_looked_for_can_be_stopped),
      STORED(a_study_that_is_not_found_is_complained_of), STORED(a_removed_store_is_told),
      STORED(claims_need_a_study_of_their_kind), STORED(claims_are_told_when_they_are_tested),
      STORED(stopped_claims_say_so), STORED(exports_are_jobs), STORED(reports_are_jobs),
      STORED(nothing_is_neither_told_nor_written), TOLD(the_share_of_a_job_is_shown),
      TOLD(a_job_done_before_it_could_be_stopped_says_so), TOLD(a_job_ends_with_the_app))
