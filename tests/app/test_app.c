/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings with undo, and what is told of work that goes on elsewhere. */
#include <fcntl.h>

#include <mmoe/file.h>
#include <mmoe/store.h>

#include "tests/app/told.h"
#include "tests/runs.h"

static void changes_can_be_undone(void **state)
{
    (void)state;
    size_t batch = app->view.options.batch;
    assert_int_equal(app_undo(app, false, &told_err), MMOE_STATE);
    change("p", "0.25");
    change("p", "0.75");
    change("p", "0.75"); /* no change */
    assert_int_equal(app->undo_count, 2);
    struct mmoe_options o = changed("batch", "401"); /* of 400 rows */
    assert_true(mmoe_failed(app_change(app, &o, &told_err)));
    assert_int_equal(app->view.options.batch, batch);
    assert_int_equal(app_undo(app, false, &told_err), MMOE_OK);
    assert_true(app->view.options.p == 0.25);
    assert_int_equal(app_undo(app, true, &told_err), MMOE_OK);
    assert_true(app->view.options.p == 0.75);
    assert_int_equal(app_undo(app, true, &told_err), MMOE_STATE);
    app_undo(app, false, &told_err);
    app_undo(app, false, &told_err);
    assert_true(app->view.options.p == 0.5);
    change("lr", "0.5"); /* the way forward is gone */
    assert_int_equal(app->redo_count, 0);
    for (int i = 0; i < APP_UNDO_MAX + 5; i++)
        change("p", i % 2 ? "0.1" : "0.2");
    assert_int_equal(app->undo_count, APP_UNDO_MAX);
}

static void rows_are_told_of(void **state)
{
    (void)state;
    app_make(app, false);
    assert_int_equal(app->wait, APP_WAIT_LANE);
    wait_for(APP_WAIT_LANE);
    assert_int_equal(count("\"event\":\"data\""), 1);
    assert_int_equal(app_data(app)->train.n, 400);
    app_make(app, false); /* asked for again: the same rows, told of again */
    wait_for(APP_WAIT_LANE);
    assert_int_equal(count("\"event\":\"data\""), 2);
    app_make(app, true); /* a run on them is no news of them */
    wait_for(APP_WAIT_LANE);
    assert_int_equal(count("\"event\":\"data\""), 2);
    assert_int_equal(count("\"event\":\"eval\",\"step\":0,"), 1);
    assert_false(view_lane(&app->view)->making);
}

static void a_run_is_told_whole_and_once(void **state)
{
    (void)state;
    app_train(app, 40, true);
    wait_for(APP_WAIT_LANE);
    const char *at = strstr(written(), "\"event\":\"data\"");
    assert_non_null(at);
    for (int step = 0; step <= 40; step += 10) {
        char event[64];
        snprintf(event, sizeof event, "\"event\":\"eval\",\"step\":%d,", step);
        at = strstr(at, event);
        assert_non_null(at);
        assert_int_equal(count(event), 1);
        at = strstr(output, event);
    }
    assert_non_null(strstr(at, "\"event\":\"run.done\",\"model\":\"mmoe\",\"step\":40,"));
    assert_int_equal(count("\"event\":\"eval\""), 5);
    app_train(app, 60, true);
    wait_for(APP_WAIT_LANE);
    assert_int_equal(count("\"event\":\"eval\""), 7);
    assert_int_equal(count("\"event\":\"run.done\""), 2);
    assert_int_equal(view_lane(&app->view)->id, 1);
    assert_int_equal(app->exit_status, 0);
}

/* The events but for what depends on the clock. */
static void same_again(void **state)
{
    (void)state;
    static char first[sizeof output];
    change("order", "replace");
    change("eval-every", "1");
    app_train(app, 300, false);
    wait_for(APP_WAIT_LANE);
    strcpy(first, written());
    forget();
    app_reset(app);
    app_train(app, 300, false); /* at once: the reset's own snapshot may never be seen */
    wait_for(APP_WAIT_LANE);
    assert_int_equal(count("\"event\":\"eval\""), 301);
    assert_string_equal(strstr(first, "{\"event\":\"eval\""),
                        strstr(written(), "{\"event\":\"eval\""));
    assert_int_equal(view_lane(&app->view)->id, 2);
    assert_non_null(view_run_find(&app->view, 1));
    assert_int_equal(view_run_find(&app->view, 1)->step, 300);
}

static void a_stale_run_is_replaced_and_kept(void **state)
{
    (void)state;
    app_train(app, 20, true);
    wait_for(APP_WAIT_LANE);
    assert_false(view_lane(&app->view)->stale);
    change("lr", "0.002");
    assert_false(view_lane(&app->view)->stale);
    change("experts", "3");
    assert_true(view_lane(&app->view)->stale);
    assert_non_null(strstr(written(), "resets the run"));
    app_undo(app, false, &told_err);
    assert_false(view_lane(&app->view)->stale);
    change("p", "0.9");
    assert_true(view_lane(&app->view)->stale);
    assert_non_null(strstr(written(), "resets rows and run"));
    app_train(app, 10, false);
    wait_for(APP_WAIT_LANE);
    assert_false(view_lane(&app->view)->stale);
    assert_int_equal(view_lane(&app->view)->id, 2);
    assert_true(view_live(&app->view)->options.p == 0.9);
    assert_int_equal(view_live(&app->view)->step, 10);
    assert_int_equal(view_run_find(&app->view, 1)->step, 20);
    assert_int_equal(count("\"event\":\"data\""), 2);
    assert_int_equal(count("\"event\":\"run.done\""), 1);
}

static void rows_alone_leave_a_run_that_fits(void **state)
{
    (void)state;
    app_train(app, 20, true);
    wait_for(APP_WAIT_LANE);
    app_make(app, false);
    wait_for(APP_WAIT_LANE);
    app_train(app, 30, true);
    wait_for(APP_WAIT_LANE);
    assert_int_equal(view_lane(&app->view)->id, 1);
    assert_int_equal(view_live(&app->view)->step, 30);
    change("p", "0.9");
    app_make(app, false);
    wait_for(APP_WAIT_LANE);
    assert_true(view_lane(&app->view)->stale); /* its rows are gone */
    app_train(app, 10, true);
    wait_for(APP_WAIT_LANE);
    assert_int_equal(view_lane(&app->view)->id, 2);
    assert_int_equal(view_live(&app->view)->step, 10);
}

static void a_change_stops_what_it_makes_stale(void **state)
{
    (void)state;
    change("speed", "10");
    app_train(app, 1000000, true);
    while (view_live(&app->view)->step == 0)
        wait_for_news();
    change("lr", "0.5"); /* goes on */
    while (view_live(&app->view)->options.lr != 0.5)
        wait_for_news();
    assert_true(mmoe_lane_busy(app_lane(app)->lane));
    change("model", "omoe");
    wait_for(APP_WAIT_LANE);
    assert_non_null(strstr(written(), "its settings were changed"));
    assert_int_equal(count("\"event\":\"run.done\""), 0);
}

static void divergence_is_said_and_kept_in_the_status(void **state)
{
    (void)state;
    change("optimizer", "sgd");
    change("lr", "10");
    change("momentum", "0.99");
    change("scale", "10");
    app_train(app, 400, true);
    wait_for(APP_WAIT_LANE);
    assert_int_equal(count("\"diverged\":true,\"diverged_step\":"), 1);
    assert_int_equal(count("the loss was not finite"), 1);
    assert_int_equal(app->exit_status, 3);
    assert_false(app->failed);
    mmoe_fail(&told_err, MMOE_STATE, "worse");
    app_complain(app, &told_err);
    assert_int_equal(app->exit_status, 1);
}

static void an_order_that_fails_is_said(void **state)
{
    (void)state;
    change("rows", "1000000");
    change("dim", "10000"); /* and more than any memory holds: */
    app->view.options.rows = (size_t)1 << 50;
    app_train(app, 40, true);
    wait_for(APP_WAIT_LANE);
    assert_true(app->failed);
    assert_int_equal(app->exit_status, 1);
    assert_non_null(strstr(written(), "mmoe: "));
    assert_int_equal(count("\"event\""), 0);
    assert_int_equal(count("stopped before"), 0);
    assert_false(app_lane(app)->has_run);
}

/* On a low screen what is told last stays. */
static void rows_are_told_before_what_is_wrong_with_them(void **state)
{
    (void)state;
    app->view.options.batch = 1000; /* as of a file, whose rows are not known before */
    app_train(app, 40, true);
    wait_for(APP_WAIT_LANE);
    const char *rows = strstr(written(), "\"event\":\"data\""),
               *wrong = strstr(written(), "batch 1,000 is more than");
    assert_non_null(rows);
    assert_non_null(wrong);
    assert_true(rows < wrong);
}

static void repeats_are_told_in_the_order_of_seeds(void **state)
{
    (void)state;
    struct mmoe_options o = app->view.options;
    assert_int_equal(app_repeat(app, &o, 3, &told_err), MMOE_OK);
    assert_int_equal(app->wait, APP_WAIT_SEEDS);
    assert_false(app_idle(app, APP_WAIT_SEEDS));
    wait_for(APP_WAIT_SEEDS);
    const char *at = written();
    for (int seed = 0; seed < 3; seed++) {
        char event[64];
        snprintf(event, sizeof event, "\"event\":\"repeat.run\",\"seed\":%d,", seed);
        at = strstr(at, event);
        assert_non_null(at);
    }
    assert_non_null(
        strstr(at, "\"event\":\"repeat.done\",\"model\":\"mmoe\",\"n\":3,\"diverged\":0,"));
    assert_int_equal(app->view.queue_wanted, 0);
    forget();
    assert_int_equal(app_repeat(app, &o, 2, &told_err),
                     MMOE_OK); /* the same setting again: the seeds after those */
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(count("\"seed\":3,"), 1);
    assert_int_equal(count("\"seed\":4,"), 1);
    assert_int_equal(count("\"n\":5,"), 1);
    assert_int_equal(app->view.group_count, 1);
    o.experts = 3;
    assert_int_equal(app_repeat(app, &app->view.options, 1, &told_err), MMOE_OK);
    assert_int_equal(app_repeat(app, &o, 1, &told_err), MMOE_OK); /* two settings at once */
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(app->view.group_count, 2);
    assert_int_equal(count("\"event\":\"repeat.done\""), 3);
}

/* The file of rows gets others between two repeats: a histogram is of one data. */
static void repeats_keep_to_their_rows(void **state)
{
    (void)state;
    char path[64];
    struct mmoe_options o = app->view.options;
    snprintf(path, sizeof path, "/tmp/mmoe-app-%ld.npz", (long)getpid());
    keep_rows(&o, path);
    struct mmoe_options of_file = changed("data", path);
    assert_int_equal(app_repeat(app, &of_file, 3, &told_err), MMOE_OK);
    wait_for(APP_WAIT_SEEDS);
    o.p = 1;
    keep_rows(&o, path);
    assert_int_equal(app_repeat(app, &of_file, 3, &told_err), MMOE_OK);
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(count("its rows are others than those the seeds before were trained on"), 1);
    assert_int_equal(app->exit_status, 1);
    assert_int_equal(view_group_done(&app->view.groups[0]), 3);
    o.p = 0.5;
    keep_rows(&o, path); /* put back */
    assert_int_equal(app_repeat(app, &of_file, 2, &told_err), MMOE_OK);
    wait_for(APP_WAIT_SEEDS);
    unlink(path);
    assert_int_equal(view_group_done(&app->view.groups[0]), 5);
}

static void stopped_repeats_come_to_an_end(void **state)
{
    (void)state;
    struct mmoe_options o = app->view.options;
    o.steps = 1000000;
    assert_int_equal(app_repeat(app, &o, 50, &told_err), MMOE_OK);
    mmoe_queue_stop(app->queue);
    wait_for(APP_WAIT_SEEDS);
    assert_non_null(strstr(written(), "stopped after 0 of 50 seeds"));
    assert_int_equal(count("\"event\""), 0);
    assert_int_equal(app->view.groups[0].wanted, 0);
}

static void words_go_where_they_belong(void **state)
{
    (void)state;
    app_tell(app, "a \"b\"\n");
    assert_string_equal(written(), "{\"event\":\"text\",\"text\":\"a \\\"b\\\"\\n\"}\n");
    app->sink.mode = EVENT_PLAIN;
    app->quiet = true;
    app_say(app, "%d", 1);
    forget();
    app_tell(app, "c");
    mmoe_fail(&told_err, MMOE_INVALID, "d");
    app_complain(app, &told_err);
    assert_string_equal(written(), "c\nmmoe: d\n");
    app->sink.mode = EVENT_SCREEN;
    app->quiet = false;
    app->exit_status = 0;
    app_say(app, "e");
    app_tell(app, "f\ng");
    app_complain(app, &told_err);
    assert_string_equal(written(), "c\nmmoe: d\n");
    assert_int_equal(app->view.log_count, 4);
    assert_int_equal(app->view.log[3].kind, LOG_ERROR);
    assert_int_equal(app->exit_status, 0); /* a slip at the prompt is no failure of the session */
}

static void a_full_disk_ends_the_session(void **state)
{
    (void)state;
    int full = open("/dev/full", O_WRONLY);
    if (full < 0)
        skip();
    fflush(stdout);
    dup2(full, STDOUT_FILENO);
    close(full);
    app_tell(app, "lost");
    app_tell(app, "lost too");
    dup2(fileno(kept), STDOUT_FILENO);
    clearerr(stdout);
    assert_true(app->quit);
    assert_int_equal(app->exit_status, 1);
    assert_int_equal(count("cannot write to standard output: No space left on device"), 1);
}

static void check_definition(const char *path, int64_t id, const char *expected)
{
    struct mmoe_study_info info;
    struct mmoe_store *s = mmoe_store_open(path, MMOE_STORE_READ, NULL, &told_err);
    assert_non_null(s);
    assert_int_equal(mmoe_store_study(s, id, &info, NULL, &told_err), MMOE_OK);
    assert_string_equal(info.definition, expected);
    mmoe_store_close(s);
}

static char folder[32], file[64], store[64];

/* Begin the study that is defined. */
static void begin_study(void)
{
    const struct app_schedule_order order = {
        .order = {.name = file, .command = "study one", .session = &app->view.options},
        .store = store,
        .jobs = 1};
    assert_int_equal(app_schedule_begin(app, &order, &told_err), MMOE_OK);
}

static void define(void)
{
    static const char text[] =
        "figure histograms\naxis model=omoe,mmoe\nchoose lr=0.01,0.001 for model seeds=1\nseeds 2\n"
        "set dim=10 rows=200 test-rows=50 batch=20 steps=10\n";
    strcpy(folder, "/tmp/mmoe-app-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/one.conf", folder);
    snprintf(store, sizeof store, "%s/one.db", folder);
    assert_int_equal(mmoe_file_replace(file, text, sizeof text - 1, &told_err), MMOE_OK);
}

static void undefine(void)
{
    static const char *const left[] = {"one.conf", "one.db", "one.db-wal", "one.db-shm"};
    char path[64];
    mmoe_queue_free(app->queue); /* closes the store */
    app->queue = NULL;
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, left[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

/* Begin, and wait until all runs of the choice are there, of which the app has not heard. */
static void choose(void)
{
    struct mmoe_progress p = {.submitted = 1};
    begin_study();
    while (app->beginning)
        wait_for_news();
    while (p.finished < p.submitted) {
        poll(&(struct pollfd){.fd = mmoe_mailbox_fd(app->mailbox), .events = POLLIN}, 1, -1);
        mmoe_mailbox_drain(app->mailbox);
        p = mmoe_queue_progress(app->queue);
    }
}

/* What comes after the choice is not begun. */
static void a_stop_is_the_end_of_a_schedule(void **state)
{
    (void)state;
    define();
    choose();
    app_stop(app);
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(app->view.study.id, 1);
    assert_int_equal(count("\"event\":\"choice\""), 0);
    assert_int_equal(count("study one again goes on from here"), 1);
    begin_study();
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(app->view.study.id, 2);
    assert_int_equal(count("\"event\":\"choice\""), 2);
    check_definition(store, 1, ""); /* its runs are not what the definition reports */
    check_definition(store, 2, "one");
    undefine();
}

/* Nobody could end a hold that the screen knows nothing of. */
static void a_hold_ends_with_what_it_held(void **state)
{
    (void)state;
    define();
    choose();
    app_hold(app, true);
    wait_for(APP_WAIT_SEEDS);
    assert_int_equal(app->view.study.id, 2);
    undefine();
}

/* Far more runs are missing than can be trained before the first look. */
static void progress_counts_what_is_stored(void **state)
{
    (void)state;
    struct mmoe_grid *g = calloc(1, sizeof *g);
    const struct app_study_order order = {
        .grid = g, .command = "study x", .store = store, .jobs = 1, .find = true};
    define();
    g->base = app->view.options;
    assert_int_equal(mmoe_option_set(&g->base, "steps", "10", &told_err), MMOE_OK);
    g->seeds = 2;
    assert_int_equal(app_study_begin(app, &order, &told_err), MMOE_OK);
    wait_for(APP_WAIT_SEEDS);
    g->seeds = 4000;
    assert_int_equal(app_study_begin(app, &order, &told_err), MMOE_OK);
    while (app->beginning || app->view.study.reading)
        wait_for_news();
    assert_int_equal(app->view.queue_wanted, 4000);
    assert_true(app->view.queue_done >= 2 && app->view.queue_done < 4000);
    app_stop(app);
    wait_for(APP_WAIT_SEEDS);
    undefine();
    free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(changes_can_be_undone),
        TOLD(rows_are_told_of),
        TOLD(a_run_is_told_whole_and_once),
        TOLD(same_again),
        TOLD(a_stale_run_is_replaced_and_kept),
        TOLD(rows_alone_leave_a_run_that_fits),
        TOLD(a_change_stops_what_it_makes_stale),
        TOLD(divergence_is_said_and_kept_in_the_status),
        TOLD(an_order_that_fails_is_said),
        TOLD(rows_are_told_before_what_is_wrong_with_them),
        TOLD(repeats_are_told_in_the_order_of_seeds),
        TOLD(repeats_keep_to_their_rows),
        TOLD(stopped_repeats_come_to_an_end),
        TOLD(a_stop_is_the_end_of_a_schedule),
        TOLD(a_hold_ends_with_what_it_held),
        TOLD(progress_counts_what_is_stored),
        TOLD(words_go_where_they_belong),
        TOLD(a_full_disk_ends_the_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
