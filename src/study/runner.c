/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runner.c - the live run on a thread of its own, and the queue of runs behind it (queue.c).
 *
 * One monitor guards all that threads share; it is entered for list operations and
 * swaps of pointers only. A snapshot changes hands by swapping: the lane copies
 * the run's into a spare of its own, then swaps the spare with the published
 * one; the reader swaps the published one with the one it showed last.
 *
 * The lane takes orders from a list, one after the other. A pause drops the
 * list and raises `interrupt`, which the lane looks at between steps; it is
 * lowered when the next order is taken, which can only be a later one.
 */
#include <mmoe/mem.h>
#include <mmoe/run.h>
#include <mmoe/runner.h>

#include "src/study/queue.h"
#include "src/study/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { LANE_WAKES, CONDITIONS };
#define PUBLISH_GAP (1.0 / 60) /* seconds between two snapshots */
#define RATE_WINDOW 0.5        /* seconds over which steps a second are counted */

enum order_kind { ORDER_MAKE, ORDER_TRAIN, ORDER_RESET, ORDER_BENCH };
struct order {
    enum order_kind kind;
    bool with_run;
    size_t until;
    size_t bench, rounds;
    struct mmoe_options options;
    struct order *next;
};

struct benched {
    struct mmoe_bench result;
    struct benched *next;
};

/* What only the lane's thread touches. */
struct lane {
    struct mmoe_dataset *data;
    struct mmoe_options made_with; /* data options of data */
    struct mmoe_run *run;
    struct mmoe_snapshot spare;
    double published;              /* when */
    double rate_time, rate;
    size_t rate_step;
    double next_step;              /* when the next step is due, at a limited speed */
};

struct mmoe_runner {
    int wake[2];            /* a pipe: read end for the poll loop */
    atomic_bool woken;      /* a byte is in it */
    struct monitor *monitor;
    struct queue *queue;
    bool quit;
    /* the lane */
    struct thread *lane_thread;
    struct lane lane;
    struct order *orders, *orders_end;
    bool working;
    atomic_bool interrupt;  /* stop training */
    atomic_bool tuned;      /* tune_to is new */
    struct mmoe_options tune_to;
    struct mmoe_snapshot published;
    bool fresh;             /* published was not fetched yet */
    struct mmoe_dataset *data;
    struct mmoe_error error; /* MMOE_OK: none */
    struct benched *benched; /* measured, to be fetched */
};

static void lock(struct mmoe_runner *r)
{
    monitor_enter(r->monitor);
}

static void unlock(struct mmoe_runner *r)
{
    monitor_leave(r->monitor);
}

/* One byte in the pipe is enough, however much happened. */
static void wake_reader(struct mmoe_runner *r)
{
    if (!atomic_exchange(&r->woken, true))
        while (write(r->wake[1], "", 1) < 0 && errno == EINTR)
            continue;
}

static void keep_error(struct mmoe_runner *r, const struct mmoe_error *err)
{
    lock(r);
    if (r->error.status == MMOE_OK)
        r->error = *err;
    unlock(r);
}

/* --- the lane: publishing --- */

static void publish(struct mmoe_runner *r, double now)
{
    struct lane *l = &r->lane;
    l->published = now;
    mmoe_snapshot_copy(&l->spare, mmoe_run_snapshot(l->run));
    lock(r);
    struct mmoe_snapshot shown = r->published;
    r->published = l->spare;
    l->spare = shown;
    r->fresh = true;
    unlock(r);
    wake_reader(r);
}

static void mark(struct lane *l, enum mmoe_run_state state)
{
    bool training = state == MMOE_RUN_TRAINING;
    mmoe_run_mark(l->run, state, training ? l->rate : 0);
}

static void count_rate(struct lane *l, double now)
{
    double seconds = now - l->rate_time;
    if (seconds < RATE_WINDOW)
        return;
    size_t at = mmoe_run_at(l->run);
    l->rate = (double)(at - l->rate_step) / seconds;
    l->rate_time = now;
    l->rate_step = at;
    mark(l, MMOE_RUN_TRAINING);
}

/* --- the lane: training --- */

static void take_tuning(struct mmoe_runner *r)
{
    struct mmoe_options o;
    if (!r->lane.run || !atomic_load_explicit(&r->tuned, memory_order_relaxed))
        return; /* a run that is yet to be made takes it when it is there */
    lock(r);
    atomic_store(&r->tuned, false);
    o = r->tune_to;
    unlock(r);
    r->lane.next_step = thread_now();
    mmoe_run_tune(r->lane.run, &o);
}

/* Wait until the next step is due at the speed asked for; anything that changes that ends the wait. */
static void keep_speed(struct mmoe_runner *r)
{
    struct lane *l = &r->lane;
    double speed = mmoe_run_snapshot(l->run)->options.speed, now = thread_now();
    if (speed <= 0)
        return;
    if (now < l->next_step) {
        if (l->next_step - now >= PUBLISH_GAP)
            publish(r, now); /* what is shown meanwhile */
        lock(r);
        while (!atomic_load(&r->interrupt) && !atomic_load(&r->tuned) && now < l->next_step) {
            monitor_wait_until(r->monitor, LANE_WAKES, l->next_step);
            now = thread_now();
        }
        unlock(r);
    }
    double late = now - l->next_step;
    l->next_step = late > 1 / speed ? now + 1 / speed : l->next_step + 1 / speed;
}

static bool interrupted(struct mmoe_runner *r)
{
    return atomic_load_explicit(&r->interrupt, memory_order_relaxed);
}

static void train(struct mmoe_runner *r, size_t until)
{
    struct lane *l = &r->lane;
    if (!l->run)
        return;
    size_t wanted = mmoe_run_snapshot(l->run)->options.steps;
    mmoe_run_set_steps(l->run, until > wanted ? until : wanted);
    l->rate = 0;
    l->rate_step = mmoe_run_at(l->run);
    l->rate_time = l->next_step = thread_now();
    mark(l, MMOE_RUN_TRAINING);
    enum mmoe_status status = MMOE_CONTINUE;
    while (status == MMOE_CONTINUE && mmoe_run_at(l->run) < until && !interrupted(r)) {
        take_tuning(r);
        keep_speed(r);
        if (interrupted(r))
            break;
        double start = thread_now();
        status = mmoe_run_step(l->run);
        double now = thread_now();
        mmoe_run_spent(l->run, now - start);
        count_rate(l, now);
        if (now - l->published >= PUBLISH_GAP)
            publish(r, now);
    }
    if (mmoe_run_at(l->run) >= until)
        mmoe_run_evaluate(l->run);
    bool finished = mmoe_run_at(l->run) >= mmoe_run_snapshot(l->run)->steps;
    mark(l, finished ? MMOE_RUN_FINISHED : MMOE_RUN_PAUSED);
}

/* --- the lane: making --- */

static bool make_data(struct mmoe_runner *r, const struct mmoe_options *o, struct mmoe_error *err)
{
    struct lane *l = &r->lane;
    if (l->data && mmoe_options_resets(&l->made_with, o) != MMOE_RESETS_DATA)
        return true;
    struct mmoe_dataset *made = mmoe_synthetic_new(o, NULL, err);
    if (!made)
        return false;
    mmoe_run_free(l->run); /* it trained on other rows */
    l->run = NULL;
    mmoe_dataset_free(l->data);
    l->data = made;
    l->made_with = *o;
    lock(r);
    struct mmoe_dataset *before = r->data;
    r->data = mmoe_dataset_ref(made);
    unlock(r);
    mmoe_dataset_free(before);
    wake_reader(r);
    return true;
}

static bool make_run(struct mmoe_runner *r, const struct mmoe_options *o, struct mmoe_error *err)
{
    struct lane *l = &r->lane;
    struct mmoe_run *made = mmoe_run_new(o, l->data, err);
    if (!made)
        return false;
    mmoe_run_free(l->run);
    l->run = made;
    return true;
}

static struct order *unlink_orders(struct mmoe_runner *r)
{
    struct order *all = r->orders;
    r->orders = r->orders_end = NULL;
    return all;
}

static void free_orders(struct order *o)
{
    while (o) {
        struct order *next = o->next;
        mmoe_free(o);
        o = next;
    }
}

/* What waits behind a failed order would act on something else than was meant. */
static void fail_orders(struct mmoe_runner *r, const struct mmoe_error *err)
{
    keep_error(r, err);
    lock(r);
    struct order *dropped = unlink_orders(r);
    unlock(r);
    free_orders(dropped);
}

static bool not_interrupted(void *context)
{
    return !interrupted(context);
}

static void measure(struct mmoe_runner *r, const struct order *o)
{
    struct mmoe_error err;
    struct benched *b = mmoe_alloc(1, sizeof *b), **at = &r->benched;
    enum mmoe_status status = mmoe_bench_measure(o->bench, o->rounds, not_interrupted, r, &b->result, &err);
    if (mmoe_failed(status)) {
        mmoe_free(b);
        if (status != MMOE_STATE) /* stopped: nothing to be said */
            fail_orders(r, &err);
        return;
    }
    lock(r);
    while (*at)
        at = &(*at)->next;
    *at = b;
    unlock(r);
    wake_reader(r);
}

static void carry_out(struct mmoe_runner *r, const struct order *o)
{
    struct mmoe_error err;
    take_tuning(r);
    switch (o->kind) {
    case ORDER_MAKE:
        if (!make_data(r, &o->options, &err) ||
            (o->with_run && !interrupted(r) && !make_run(r, &o->options, &err)))
            fail_orders(r, &err);
        break;
    case ORDER_TRAIN:
        train(r, o->until);
        break;
    case ORDER_RESET:
        if (r->lane.run)
            mmoe_run_reset(r->lane.run);
        break;
    case ORDER_BENCH:
        measure(r, o);
        return;
    }
    if (r->lane.run)
        publish(r, thread_now());
}

/* The next order, waiting for it; NULL at the end. */
static struct order *next_order(struct mmoe_runner *r)
{
    lock(r);
    r->working = false;
    wake_reader(r);
    while (!r->orders && !r->quit)
        monitor_wait(r->monitor, LANE_WAKES);
    struct order *o = r->quit ? NULL : r->orders;
    if (o) {
        r->orders = o->next;
        if (!r->orders)
            r->orders_end = NULL;
        r->working = true;
        atomic_store(&r->interrupt, false);
    }
    unlock(r);
    return o;
}

static void lane_main(void *context)
{
    struct mmoe_runner *r = context;
    struct order *o;
    while ((o = next_order(r))) {
        carry_out(r, o);
        mmoe_free(o);
    }
    mmoe_run_free(r->lane.run);
    mmoe_dataset_free(r->lane.data);
    mmoe_snapshot_done(&r->lane.spare);
}

/* --- making a runner --- */

static void queue_news(void *context)
{
    wake_reader(context);
}

static void queue_failed(void *context, const struct mmoe_error *err)
{
    keep_error(context, err);
}

struct mmoe_runner *mmoe_runner_new(void)
{
    struct mmoe_runner *r = mmoe_alloc(1, sizeof *r);
    if (pipe(r->wake) != 0)
        mmoe_fatal("no pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(r->wake[i], F_SETFD, FD_CLOEXEC);
        fcntl(r->wake[i], F_SETFL, O_NONBLOCK);
    }
    r->monitor = monitor_new(CONDITIONS);
    mmoe_snapshot_init(&r->published, 0);
    mmoe_snapshot_init(&r->lane.spare, 0);
    r->queue = queue_new(queue_news, queue_failed, r);
    r->lane_thread = thread_start(lane_main, r);
    return r;
}

void mmoe_runner_free(struct mmoe_runner *r)
{
    if (!r)
        return;
    mmoe_runner_pause(r);
    lock(r);
    r->quit = true;
    monitor_wake(r->monitor, LANE_WAKES);
    unlock(r);
    queue_free(r->queue);
    thread_join(r->lane_thread);
    for (struct mmoe_bench left; mmoe_runner_benched(r, &left);)
        continue;
    mmoe_dataset_free(r->data);
    mmoe_snapshot_done(&r->published);
    monitor_free(r->monitor);
    close(r->wake[0]);
    close(r->wake[1]);
    mmoe_free(r);
}

int mmoe_runner_fd(const struct mmoe_runner *r)
{
    return r->wake[0];
}

void mmoe_runner_drain(struct mmoe_runner *r)
{
    char bytes[16];
    while (read(r->wake[0], bytes, sizeof bytes) > 0)
        continue;
    atomic_store(&r->woken, false);
}

/* --- orders --- */

static void give_order(struct mmoe_runner *r, const struct order *order)
{
    struct order *o = mmoe_alloc(1, sizeof *o);
    *o = *order;
    lock(r);
    if (r->orders_end)
        r->orders_end->next = o;
    else
        r->orders = o;
    r->orders_end = o;
    monitor_wake(r->monitor, LANE_WAKES);
    unlock(r);
}

void mmoe_runner_make(struct mmoe_runner *r, const struct mmoe_options *o, bool with_run)
{
    if (with_run) {
        lock(r);
        atomic_store(&r->tuned, false); /* o is newer than what the run before was to take over */
        unlock(r);
    }
    give_order(r, &(struct order){.kind = ORDER_MAKE, .with_run = with_run, .options = *o});
}

void mmoe_runner_train(struct mmoe_runner *r, size_t until)
{
    give_order(r, &(struct order){.kind = ORDER_TRAIN, .until = until});
}

void mmoe_runner_bench(struct mmoe_runner *r, size_t index, size_t rounds)
{
    give_order(r, &(struct order){.kind = ORDER_BENCH, .bench = index, .rounds = rounds});
}

bool mmoe_runner_benched(struct mmoe_runner *r, struct mmoe_bench *out)
{
    lock(r);
    struct benched *b = r->benched;
    if (b)
        r->benched = b->next;
    unlock(r);
    if (b)
        *out = b->result;
    mmoe_free(b);
    return b != NULL;
}

void mmoe_runner_reset(struct mmoe_runner *r)
{
    give_order(r, &(struct order){.kind = ORDER_RESET});
}

void mmoe_runner_tune(struct mmoe_runner *r, const struct mmoe_options *o)
{
    lock(r);
    r->tune_to = *o;
    atomic_store(&r->tuned, true);
    monitor_wake(r->monitor, LANE_WAKES);
    unlock(r);
}

void mmoe_runner_pause(struct mmoe_runner *r)
{
    lock(r);
    struct order *dropped = unlink_orders(r);
    atomic_store(&r->interrupt, true);
    monitor_wake(r->monitor, LANE_WAKES);
    unlock(r);
    free_orders(dropped);
}

bool mmoe_runner_busy(const struct mmoe_runner *r)
{
    struct mmoe_runner *shared = (struct mmoe_runner *)(uintptr_t)r; /* to look, the mutex must be held */
    lock(shared);
    bool busy = r->working || r->orders;
    unlock(shared);
    return busy;
}

enum mmoe_status mmoe_runner_error(struct mmoe_runner *r, struct mmoe_error *err)
{
    lock(r);
    *err = r->error;
    r->error.status = MMOE_OK;
    unlock(r);
    return err->status;
}

bool mmoe_runner_snapshot(struct mmoe_runner *r, struct mmoe_snapshot *out)
{
    lock(r);
    bool fresh = r->fresh;
    if (fresh) {
        struct mmoe_snapshot shown = *out;
        *out = r->published;
        r->published = shown;
        r->fresh = false;
    }
    unlock(r);
    return fresh;
}

struct mmoe_dataset *mmoe_runner_data(struct mmoe_runner *r)
{
    lock(r);
    struct mmoe_dataset *d = r->data ? mmoe_dataset_ref(r->data) : NULL;
    unlock(r);
    return d;
}

/* --- the queue of runs --- */

void mmoe_runner_sweep(struct mmoe_runner *r, const struct mmoe_sweep *sweep)
{
    queue_sweep(r->queue, sweep);
}

bool mmoe_runner_record(struct mmoe_runner *r, struct mmoe_record *out)
{
    return queue_record(r->queue, out);
}

void mmoe_runner_progress(const struct mmoe_runner *r, size_t *finished, size_t *submitted, uint64_t *steps)
{
    queue_progress(r->queue, finished, submitted, steps);
}

void mmoe_runner_hold(struct mmoe_runner *r, bool held)
{
    queue_hold(r->queue, held);
}

void mmoe_runner_stop(struct mmoe_runner *r)
{
    queue_stop(r->queue);
}
