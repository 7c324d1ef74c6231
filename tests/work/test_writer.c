/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper, and the queue before it, with a store that does what the test wants: be slow, fail.
 */
#include <poll.h>

#include <mmoe/mailbox.h>
#include <mmoe/mat.h>
#include <mmoe/origin.h>
#include <mmoe/queue.h>
#include <mmoe/results.h>

#include "src/base/thread.h"
#include "src/work/writer.h"
#include "tests/test.h"

enum { CALLS_MAX = 1000, RUNS_MAX = 1000 };
enum { CHANGED, CONDITIONS };

/* In place of the one in libmmoe, which is then not linked. */
struct mmoe_store {
    struct thread_monitor *monitor;
    bool blocked;    /* an addition waits */
    size_t begun;    /* additions */
    size_t fails_at; /* from this one on they fail; 0: never */
    size_t calls, size[CALLS_MAX];
    int64_t study[CALLS_MAX];
    bool has[RUNS_MAX]; /* runs */
    size_t count;
    int closed;
    struct mmoe_store_watch watch;
    bool waits, works; /* what the watch said when it was closed: for a lock, at all */
};

enum mmoe_status mmoe_results_add(struct mmoe_store *s, int64_t study,
                                  const struct mmoe_origin *origin,
                                  const struct mmoe_result *const *results, size_t count,
                                  struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    (void)origin;
    thread_monitor_enter(s->monitor);
    assert_true(!s->closed && count > 0 && s->calls < CALLS_MAX);
    s->begun++;
    thread_monitor_wake(s->monitor, CHANGED);
    while (s->blocked)
        thread_monitor_wait(s->monitor, CHANGED);
    s->size[s->calls] = count;
    s->study[s->calls++] = study;
    if (s->fails_at && s->calls >= s->fails_at) {
        status = mmoe_fail(err, MMOE_IO, "the disk is full: make room");
    } else {
        for (size_t i = 0; i < count; i++) {
            assert_false(s->has[results[i]->record.run]);
            s->has[results[i]->record.run] = true;
        }
        s->count += count;
    }
    thread_monitor_leave(s->monitor);
    return status;
}

struct mmoe_publisher {
    atomic_size_t count, ended; /* runs; publications in time */
    bool fails;
    atomic_bool waits; /* it is due */
};

enum mmoe_status mmoe_publisher_add(struct mmoe_publisher *p, const struct mmoe_origin *origin,
                                    const struct mmoe_result *const *results, size_t count,
                                    struct mmoe_error *err)
{
    (void)origin, (void)results;
    if (p->fails)
        return mmoe_fail(err, MMOE_IO, "the folder is gone");
    p->count += count;
    return MMOE_OK;
}

double mmoe_publisher_due(const struct mmoe_publisher *p)
{
    return p->waits ? mmoe_clock_now() : 0;
}

enum mmoe_status mmoe_publisher_end(struct mmoe_publisher *p, struct mmoe_error *err)
{
    (void)err;
    p->waits = false;
    p->ended++;
    return MMOE_OK;
}

void mmoe_publisher_kept(const struct mmoe_publisher *p, size_t run, struct mmoe_text *t)
{
    (void)p;
    mmoe_text_add(t, "/nowhere/%zu", run);
}

void mmoe_store_close(struct mmoe_store *s)
{
    if (!s)
        return;
    thread_monitor_enter(s->monitor);
    s->closed++;
    thread_monitor_leave(s->monitor);
    if (s->watch.go_on) {
        s->waits = s->watch.go_on(s->watch.context, true);
        s->works = s->watch.go_on(s->watch.context, false);
    }
}

void mmoe_store_watched(struct mmoe_store *s, const struct mmoe_store_watch *watch)
{
    s->watch = *watch;
}

enum mmoe_status mmoe_store_in_place(const struct mmoe_store *s, struct mmoe_error *err)
{
    (void)s, (void)err;
    return MMOE_OK;
}

struct fixture {
    struct mmoe_store store;
    struct mmoe_grid grid;
    struct mmoe_mailbox *news;
    struct mmoe_queue *queue;
};

static int set_up(void **state)
{
    static struct fixture f;
    mmoe_mat_init();
    memset(&f, 0, sizeof f);
    f.store.monitor = thread_monitor_new(CONDITIONS);
    small_options(&f.grid.base);
    put(&f.grid.base, "rows", "20");
    put(&f.grid.base, "steps", "2");
    f.news = mmoe_mailbox_new();
    f.queue = mmoe_queue_new(f.news);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    mmoe_queue_free(f->queue);
    mmoe_mailbox_free(f->news);
    thread_monitor_free(f->store.monitor);
    return 0;
}

static void block(struct mmoe_store *s, bool blocked)
{
    thread_monitor_enter(s->monitor);
    s->blocked = blocked;
    thread_monitor_wake(s->monitor, CHANGED);
    thread_monitor_leave(s->monitor);
}

static void wait_begun(struct mmoe_store *s, size_t calls)
{
    thread_monitor_enter(s->monitor);
    while (s->begun < calls)
        thread_monitor_wait(s->monitor, CHANGED);
    thread_monitor_leave(s->monitor);
}

/* --- the keeper alone --- */

struct told {
    size_t good, bad;
};

static void take_back(void *context, struct finished *first, const struct mmoe_error *err)
{
    struct told *told = context;
    for (struct finished *f = first; f; f = f->next)
        *(err ? &told->bad : &told->good) += 1;
    if (err)
        first->sweep->broken = true;
    finished_free(first);
}

static struct sweep *sweep_in(struct fixture *f, int64_t study)
{
    return sweep_new(
        &(struct mmoe_sweep){.grid = &f->grid, .jobs = 1, .store = &f->store, .study = study}, 1);
}

static void give(struct writer *k, struct sweep *s, size_t run)
{
    struct finished *f = finished_new(s);
    f->result.record.run = run;
    writer_give(k, f);
}

static void what_waits_is_stored_together(void **state)
{
    struct fixture *f = *state;
    struct told told = {0, 0};
    struct writer *k = writer_new(take_back, &told);
    struct sweep *a = sweep_in(f, 1), *b = sweep_in(f, 2);
    block(&f->store, true);
    give(k, a, 0);
    wait_begun(&f->store, 1);
    give(k, a, 1);
    give(k, b, 10);
    give(k, a, 2);
    give(k, b, 11);
    give(k, b, 12);
    block(&f->store, false);
    writer_free(k); /* which stores what waits */
    static const size_t size[] = {1, 2, 3};
    static const int64_t study[] = {1, 1, 2};
    assert_int_equal(f->store.calls, 3);
    assert_memory_equal(f->store.size, size, sizeof size);
    assert_memory_equal(f->store.study, study, sizeof study);
    assert_true(told.good == 6 && told.bad == 0);
    sweep_free(a);
    sweep_free(b);
    assert_int_equal(f->store.closed, 2);
    writer_free(NULL);
}

/* What is stored is published; where that fails it counts as not stored. */
static void what_is_stored_is_published(void **state)
{
    struct fixture *f = *state;
    for (int fails = 0; fails < 2; fails++) {
        struct told told = {0, 0};
        struct mmoe_publisher p = {.fails = fails};
        struct writer *k = writer_new(take_back, &told);
        struct sweep *s = sweep_in(f, 1);
        s->given.publisher = &p;
        give(k, s, 2 * (size_t)fails);
        give(k, s, 2 * (size_t)fails + 1);
        writer_free(k);
        assert_int_equal(p.count, fails ? 0 : 2);
        assert_int_equal(told.good, p.count);
        assert_int_equal(told.bad, fails ? 2 : 0);
        sweep_free(s);
        f->store.closed = 0;
    }
}

/* What waits is published in time, though no other result comes; a publisher that is forgotten is
 * left alone. */
static void what_waits_is_published_in_time(void **state)
{
    struct fixture *f = *state;
    struct told told = {0, 0};
    struct mmoe_publisher p = {.waits = true};
    struct writer *k = writer_new(take_back, &told);
    struct sweep *s = sweep_in(f, 1);
    s->given.publisher = &p;
    give(k, s, 0);
    while (p.ended == 0)
        poll(NULL, 0, 1);
    writer_forget(k, &p);
    p.waits = true;
    for (int i = 0; i < 20; i++) { /* it looks around whenever it has done something */
        writer_end(k, sweep_in(f, 2));
        poll(NULL, 0, 1);
    }
    writer_free(k);
    assert_true(p.ended == 1 && p.count == 1 && told.good == 1);
    sweep_free(s);
}

static void a_transaction_is_bounded(void **state)
{
    struct fixture *f = *state;
    struct told told = {0, 0};
    struct writer *k = writer_new(take_back, &told);
    struct sweep *s = sweep_in(f, 1);
    block(&f->store, true);
    for (size_t run = 0; run < 600; run++)
        give(k, s, run);
    block(&f->store, false);
    writer_free(k);
    assert_true(f->store.count == 600 && told.good == 600);
    for (size_t i = 0; i < f->store.calls; i++)
        assert_true(f->store.size[i] <= WRITER_BATCH_MAX);
    sweep_free(s);
}

static void a_store_that_failed_is_not_asked_again(void **state)
{
    struct fixture *f = *state;
    struct told told = {0, 0};
    struct writer *k = writer_new(take_back, &told);
    struct sweep *a = sweep_in(f, 1);
    f->store.fails_at = 2;
    give(k, a, 0);
    wait_begun(&f->store, 1);
    block(&f->store, true);
    give(k, a, 1);
    wait_begun(&f->store, 2);
    give(k, a, 2);
    give(k, a, 3);
    block(&f->store, false);
    writer_end(k, a);
    writer_free(k);
    assert_true(f->store.calls == 2 && told.good == 1 && told.bad == 3);
    assert_int_equal(f->store.closed, 1);
}

/* --- the queue --- */

static void begin(struct fixture *f, size_t jobs)
{
    mmoe_queue_sweep(f->queue, &(struct mmoe_sweep){
                                   .grid = &f->grid, .jobs = jobs, .store = &f->store, .study = 5});
}

static void wait_for(struct fixture *f)
{
    if (poll(&(struct pollfd){.fd = mmoe_mailbox_fd(f->news), .events = POLLIN}, 1, 60000) != 1)
        fail_msg("the queue never woke its reader");
    mmoe_mailbox_drain(f->news);
}

/* Nobody wakes the reader for steps. */
static void wait_steps(struct fixture *f, uint64_t wanted)
{
    struct mmoe_progress p;
    do {
        poll(NULL, 0, 1);
        p = mmoe_queue_progress(f->queue);
    } while (p.steps < wanted);
}

/* Fetch until all is finished; every record is one the store has. Returns how many came. */
static size_t fetch_all(struct fixture *f, size_t *runs)
{
    struct mmoe_record record;
    struct mmoe_progress p;
    size_t count = 0;
    for (;;) {
        p = mmoe_queue_progress(f->queue);
        while (mmoe_queue_record(f->queue, &record)) {
            thread_monitor_enter(f->store.monitor);
            assert_true(f->store.has[record.run]);
            thread_monitor_leave(f->store.monitor);
            assert_true(count == 0 || record.run > runs[count - 1]);
            runs[count++] = record.run;
        }
        if (p.finished >= p.submitted)
            break;
        wait_for(f);
    }
    assert_int_equal(count, p.finished);
    return count;
}

static int closed(struct fixture *f)
{
    mmoe_queue_free(f->queue);
    f->queue = NULL;
    return f->store.closed;
}

static void no_worker_waits_for_the_disk(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record record;
    struct mmoe_progress p;
    size_t runs[RUNS_MAX];
    f->grid.seeds = 40;
    block(&f->store, true);
    begin(f, 2);
    wait_steps(f, 40 * 2); /* all are trained while the first one is being stored */
    p = mmoe_queue_progress(f->queue);
    assert_true(p.finished == 0 && p.submitted == 40);
    assert_false(mmoe_queue_record(f->queue, &record));
    block(&f->store, false);
    assert_int_equal(fetch_all(f, runs), 40);
    assert_int_equal(f->store.count, 40);
    assert_true(f->store.calls <= 4); /* the first, those that waited, two on their way then */
    assert_int_equal(closed(f), 1);
}

static void a_disk_too_slow_is_waited_for(void **state)
{
    struct fixture *f = *state;
    struct mmoe_progress p;
    size_t runs[RUNS_MAX];
    f->grid.seeds = 600;
    block(&f->store, true);
    begin(f, 2);
    wait_steps(f, 256 * 2);
    poll(NULL, 0, 20); /* were there no bound, workers would go on */
    p = mmoe_queue_progress(f->queue);
    assert_true(p.finished == 0 && p.steps <= (256 + 2) * 2);
    block(&f->store, false);
    assert_int_equal(fetch_all(f, runs), 600);
    assert_int_equal(closed(f), 1);
}

/* The reader has a turn for what is stored, not for what is trained. */
static void nobody_is_woken_for_what_is_not_stored(void **state)
{
    struct fixture *f = *state;
    size_t runs[RUNS_MAX];
    struct pollfd news = {.fd = mmoe_mailbox_fd(f->news), .events = POLLIN};
    f->grid.seeds = 40;
    block(&f->store, true);
    begin(f, 2);
    wait_for(f); /* of the order */
    wait_steps(f, 40 * 2);
    int woken = poll(&news, 1, 0);
    block(&f->store, false);
    assert_int_equal(woken, 0);
    assert_int_equal(fetch_all(f, runs), 40);
    assert_int_equal(closed(f), 1);
}

/* A store in place of which records wait for a reader who does not come. */
static void a_reader_too_slow_is_waited_for(void **state)
{
    struct fixture *f = *state;
    enum { RUNS = 4096 + 500 };
    struct mmoe_record record;
    f->grid.seeds = RUNS;
    mmoe_queue_sweep(f->queue, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2});
    wait_steps(f, 4096 * 2);
    poll(NULL, 0, 20); /* were there no bound, workers would go on */
    assert_true(mmoe_queue_progress(f->queue).steps <= (4096 + 2) * 2);
    for (size_t r = 0; r < RUNS;)
        if (mmoe_queue_record(f->queue, &record))
            assert_int_equal(record.run, r++);
        else
            wait_for(f);
    struct mmoe_progress p = mmoe_queue_progress(f->queue);
    assert_true(p.finished == RUNS && p.submitted == RUNS);
    assert_int_equal(closed(f), 0);
}

/* mmoe has neither a bottom nor l2-alpha: 128 of its runs are one. */
static void twins_share_transactions(void **state)
{
    struct fixture *f = *state;
    struct mmoe_error err;
    size_t runs[RUNS_MAX];
    enum { CELLS = 3 * 16 * 8 };
    assert_int_equal(mmoe_grid_axis(&f->grid, "model", "mmoe,shared-bottom,l2-constrained", &err),
                     MMOE_OK);
    assert_int_equal(
        mmoe_grid_axis(&f->grid, "bottom-units", "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", &err),
        MMOE_OK);
    assert_int_equal(mmoe_grid_axis(&f->grid, "l2-alpha", "0,1,2,3,4,5,6,7", &err), MMOE_OK);
    f->grid.seeds = 1;
    begin(f, 2);
    assert_int_equal(mmoe_queue_progress(f->queue).steps_wanted, (1 + 16 + 128) * 2);
    assert_int_equal(fetch_all(f, runs), CELLS);
    assert_int_equal(f->store.count, CELLS);
    for (size_t i = 0; i < f->store.calls; i++)
        assert_true(f->store.size[i] <= WRITER_BATCH_MAX);
    assert_int_equal(closed(f), 1);
}

static void a_store_that_fails_ends_its_sweep(void **state)
{
    struct fixture *f = *state;
    size_t runs[RUNS_MAX];
    struct mmoe_error err;
    f->grid.seeds = 500;
    f->store.fails_at = 2;
    begin(f, 2);
    size_t count = fetch_all(f, runs);
    assert_int_equal(mmoe_mailbox_error(f->news, &err), MMOE_IO); /* told before the end was seen */
    const char *lost =
        strstr(err.text, "the disk is full: make room; finished, but not stored: run");
    assert_non_null(lost);
    assert_non_null(strstr(lost, "; study resume 5 goes on"));
    assert_int_equal(mmoe_mailbox_error(f->news, &err), MMOE_OK);
    assert_true(f->store.calls == 2 && count == f->store.count && count == f->store.size[0]);
    /* another sweep goes on as if nothing had been */
    f->grid.seeds = 3;
    mmoe_queue_sweep(f->queue, &(struct mmoe_sweep){.grid = &f->grid, .jobs = 2});
    for (size_t r = 0; r < 3;) {
        struct mmoe_record record;
        if (mmoe_queue_record(f->queue, &record))
            assert_int_equal(record.run, r++);
        else
            wait_for(f);
    }
    assert_int_equal(closed(f), 1);
}

/* Runs 0 and 1 end, 2 never does, the others wait for it. */
static void begin_endless(struct fixture *f)
{
    struct mmoe_error err;
    assert_int_equal(mmoe_grid_axis(&f->grid, "steps", "2,3,100000000", &err), MMOE_OK);
    f->grid.seeds = 2;
    begin(f, 1);
}

static void a_stop_stores_what_is_finished(void **state)
{
    struct fixture *f = *state;
    struct mmoe_record record;
    size_t runs[RUNS_MAX];
    block(&f->store, true);
    begin_endless(f);
    wait_steps(f, 2 + 3 + 1); /* run 2 is in work */
    assert_false(mmoe_queue_record(f->queue, &record));
    mmoe_queue_stop(f->queue);
    block(&f->store, false);
    assert_int_equal(fetch_all(f, runs), 2);
    assert_true(runs[0] == 0 && runs[1] == 1);
    assert_true(f->store.count == 2 && f->store.has[0] && f->store.has[1]);
    assert_int_equal(closed(f), 1);
}

/* But for another program that has the store locked nobody waits then. */
static void an_end_stores_what_is_finished(void **state)
{
    struct fixture *f = *state;
    begin_endless(f);
    wait_steps(f, 2 + 3 + 1);
    assert_true(f->store.watch.go_on(f->store.watch.context, true));
    assert_int_equal(closed(f), 1);
    assert_true(f->store.count == 2 && f->store.has[0] && f->store.has[1]);
    assert_true(f->store.works && !f->store.waits);
}

static void a_failure_after_a_stop_is_told(void **state)
{
    struct fixture *f = *state;
    size_t runs[RUNS_MAX];
    struct mmoe_error err;
    f->store.fails_at = 1;
    block(&f->store, true);
    begin_endless(f);
    wait_begun(&f->store, 1);
    mmoe_queue_stop(f->queue);
    block(&f->store, false);
    assert_int_equal(fetch_all(f, runs), 0);
    assert_int_equal(mmoe_mailbox_error(f->news, &err), MMOE_IO);
    assert_int_equal(closed(f), 1);
}

#define WRITER_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

TESTS(WRITER_TEST(what_waits_is_stored_together), WRITER_TEST(what_is_stored_is_published),
      WRITER_TEST(what_waits_is_published_in_time), WRITER_TEST(a_transaction_is_bounded),
      WRITER_TEST(a_store_that_failed_is_not_asked_again),
      WRITER_TEST(no_worker_waits_for_the_disk), WRITER_TEST(a_disk_too_slow_is_waited_for),
      WRITER_TEST(nobody_is_woken_for_what_is_not_stored),
      WRITER_TEST(a_reader_too_slow_is_waited_for), WRITER_TEST(twins_share_transactions),
      WRITER_TEST(a_store_that_fails_ends_its_sweep), WRITER_TEST(a_stop_stores_what_is_finished),
      WRITER_TEST(an_end_stores_what_is_finished), WRITER_TEST(a_failure_after_a_stop_is_told))
