/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lane.c - the live run on a thread of its own.
 *
 * One monitor guards what the lane shares with its reader; it is entered for list
 * operations and swaps of pointers only. A snapshot changes hands by swapping: the
 * lane copies the run's into a spare of its own, then swaps the spare with the
 * published one; the reader swaps the published one with the one it showed last.
 *
 * The lane takes orders from a list, one after the other. A pause drops the
 * list and raises `interrupt`, which the lane looks at between steps; it is
 * lowered when the next order is taken, which can only be a later one.
 */
#include "src/study/lane.h"

#include <mmoe/mem.h>
#include <mmoe/run.h>

#include "src/study/files.h"
#include "src/study/thread.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

enum { ORDERED, CONDITIONS };
#define PUBLISH_GAP (1.0 / 60) /* seconds between two snapshots */
#define RATE_WINDOW 0.5        /* seconds over which steps a second are counted */

enum order_kind { ORDER_MAKE, ORDER_TRAIN, ORDER_RESET, ORDER_BENCH, ORDER_FILE };
struct order {
    enum order_kind kind;
    bool with_run;
    size_t until;
    size_t bench, rounds;
    struct mmoe_filed file;
    struct mmoe_options options;
    struct order *next;
};

struct filed {
    struct mmoe_filed file;
    struct filed *next;
};

struct benched {
    struct mmoe_bench result;
    struct benched *next;
};

/* What only the lane's thread touches. */
struct live {
    struct mmoe_dataset *data;
    struct mmoe_options made_with; /* data options of data */
    struct mmoe_run *run;
    struct mmoe_snapshot spare;
    double published;              /* when */
    double rate_time, rate;
    size_t rate_step;
    double next_step;              /* when the next step is due, at a limited speed */
};

struct lane {
    struct news *news;
    struct monitor *monitor;
    struct thread *thread;
    struct live live;
    struct order *orders, *orders_end;
    bool working, quit;
    atomic_bool interrupt;  /* stop training */
    atomic_bool tuned;      /* tune_to is new */
    atomic_bool errands;    /* exports are asked for: they need not wait for the end of a training */
    struct mmoe_options tune_to;
    struct mmoe_snapshot published;
    bool fresh;             /* published was not fetched yet */
    struct mmoe_dataset *data;
    struct benched *benched; /* measured, to be fetched */
    struct filed *filed;     /* files that are done, to be told */
};

/* --- publishing --- */

static void publish(struct lane *l, double now)
{
    struct live *v = &l->live;
    v->published = now;
    mmoe_snapshot_copy(&v->spare, mmoe_run_snapshot(v->run));
    monitor_enter(l->monitor);
    struct mmoe_snapshot shown = l->published;
    l->published = v->spare;
    v->spare = shown;
    l->fresh = true;
    monitor_leave(l->monitor);
    news_wake(l->news);
}

static void mark(struct live *v, enum mmoe_run_state state)
{
    bool training = state == MMOE_RUN_TRAINING;
    mmoe_run_mark(v->run, state, training ? v->rate : 0);
}

static void count_rate(struct live *v, double now)
{
    double seconds = now - v->rate_time;
    if (seconds < RATE_WINDOW)
        return;
    size_t at = mmoe_run_at(v->run);
    v->rate = (double)(at - v->rate_step) / seconds;
    v->rate_time = now;
    v->rate_step = at;
    mark(v, MMOE_RUN_TRAINING);
}

/* --- files --- */

/* What the lane has becomes what a checkpoint brought. */
static void adopt(struct lane *l, const struct session *s)
{
    struct live *v = &l->live;
    mmoe_run_free(v->run);
    mmoe_dataset_free(v->data);
    v->run = s->run;
    v->data = s->data;
    v->made_with = s->made_with;
    monitor_enter(l->monitor);
    struct mmoe_dataset *before = l->data;
    l->data = s->data ? mmoe_dataset_ref(s->data) : NULL;
    monitor_leave(l->monitor);
    mmoe_dataset_free(before);
}

static enum mmoe_status load(struct lane *l, struct mmoe_filed *file, struct mmoe_error *err)
{
    const struct session was = {.data = l->live.data, .made_with = l->live.made_with};
    struct session loaded;
    if (mmoe_failed(files_load(file->path, &was, &loaded, err)))
        return err->status;
    file->options = loaded.options;
    file->made_with = loaded.made_with;
    file->with_run = loaded.has_run;
    adopt(l, &loaded);
    return MMOE_OK;
}

/* False and *err where it fails. */
static bool do_file(struct lane *l, struct mmoe_filed *file, struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    if (file->what == MMOE_FILE_LOAD)
        status = load(l, file, err);
    else if (file->what == MMOE_FILE_IMPORT_WEIGHTS)
        status = files_import(l->live.run, file->path, err);
    else
        status = files_write(file, l->live.data, l->live.run, err);
    if (mmoe_failed(status))
        return false;
    struct filed *f = mmoe_alloc(1, sizeof *f), **at = &l->filed;
    f->file = *file;
    f->file.step = l->live.run ? mmoe_run_at(l->live.run) : 0;
    monitor_enter(l->monitor);
    while (*at)
        at = &(*at)->next;
    *at = f;
    monitor_leave(l->monitor);
    news_wake(l->news);
    return true;
}

/* The first export among the orders that wait, unlinked; NULL: there is none. */
static struct order *next_errand(struct lane *l)
{
    struct order **at = &l->orders, *before = NULL, *found;
    monitor_enter(l->monitor);
    while (*at && ((*at)->kind != ORDER_FILE || !files_is_errand((*at)->file.what))) {
        before = *at;
        at = &(*at)->next;
    }
    found = *at;
    if (found)
        *at = found->next;
    if (found && l->orders_end == found)
        l->orders_end = before;
    monitor_leave(l->monitor);
    return found;
}

/* Between two steps: what need not wait for the end of the training. */
static void run_errands(struct lane *l)
{
    struct order *o;
    struct mmoe_error err;
    if (!atomic_exchange(&l->errands, false))
        return;
    while ((o = next_errand(l))) {
        if (!do_file(l, &o->file, &err))
            news_complain(l->news, &err);
        mmoe_free(o);
    }
}

/* --- training --- */

static void take_tuning(struct lane *l)
{
    struct mmoe_options o;
    if (!l->live.run || !atomic_load_explicit(&l->tuned, memory_order_relaxed))
        return; /* a run that is yet to be made takes it when it is there */
    monitor_enter(l->monitor);
    atomic_store(&l->tuned, false);
    o = l->tune_to;
    monitor_leave(l->monitor);
    l->live.next_step = thread_now();
    mmoe_run_tune(l->live.run, &o);
}

/* Wait until the next step is due at the speed asked for; anything that changes that ends the wait. */
static void keep_speed(struct lane *l)
{
    struct live *v = &l->live;
    double speed = mmoe_run_snapshot(v->run)->options.speed, now = thread_now();
    if (speed <= 0)
        return;
    if (now < v->next_step) {
        if (v->next_step - now >= PUBLISH_GAP)
            publish(l, now); /* what is shown meanwhile */
        monitor_enter(l->monitor);
        while (!atomic_load(&l->interrupt) && !atomic_load(&l->tuned) && !atomic_load(&l->errands) &&
               now < v->next_step) {
            monitor_wait_until(l->monitor, ORDERED, v->next_step);
            now = thread_now();
        }
        monitor_leave(l->monitor);
    }
    double late = now - v->next_step;
    v->next_step = late > 1 / speed ? now + 1 / speed : v->next_step + 1 / speed;
}

static bool interrupted(struct lane *l)
{
    return atomic_load_explicit(&l->interrupt, memory_order_relaxed);
}

static void train(struct lane *l, size_t until)
{
    struct live *v = &l->live;
    if (!v->run)
        return;
    size_t wanted = mmoe_run_snapshot(v->run)->options.steps;
    mmoe_run_set_steps(v->run, until > wanted ? until : wanted);
    v->rate = 0;
    v->rate_step = mmoe_run_at(v->run);
    v->rate_time = v->next_step = thread_now();
    mark(v, MMOE_RUN_TRAINING);
    enum mmoe_status status = MMOE_CONTINUE;
    while (status == MMOE_CONTINUE && mmoe_run_at(v->run) < until && !interrupted(l)) {
        take_tuning(l);
        run_errands(l);
        keep_speed(l);
        if (interrupted(l))
            break;
        double start = thread_now();
        status = mmoe_run_step(v->run);
        double now = thread_now();
        mmoe_run_spent(v->run, now - start);
        count_rate(v, now);
        if (now - v->published >= PUBLISH_GAP)
            publish(l, now);
    }
    if (mmoe_run_at(v->run) >= until)
        mmoe_run_evaluate(v->run);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(v->run);
    bool finished = mmoe_run_at(v->run) >= s->steps || s->stopped;
    mark(v, finished ? MMOE_RUN_FINISHED : MMOE_RUN_PAUSED);
}

/* --- making --- */

static bool make_data(struct lane *l, const struct mmoe_options *o, struct mmoe_error *err)
{
    struct live *v = &l->live;
    if (v->data && mmoe_options_resets(&v->made_with, o) != MMOE_RESETS_DATA)
        return true;
    struct mmoe_dataset *made = mmoe_dataset_make(o, NULL, err);
    if (!made)
        return false;
    mmoe_run_free(v->run); /* it trained on other rows */
    v->run = NULL;
    mmoe_dataset_free(v->data);
    v->data = made;
    v->made_with = *o;
    monitor_enter(l->monitor);
    struct mmoe_dataset *before = l->data;
    l->data = mmoe_dataset_ref(made);
    monitor_leave(l->monitor);
    mmoe_dataset_free(before);
    news_wake(l->news);
    return true;
}

static bool make_run(struct lane *l, const struct mmoe_options *o, struct mmoe_error *err)
{
    struct live *v = &l->live;
    struct mmoe_run *made = mmoe_run_new(o, v->data, err);
    if (!made)
        return false;
    mmoe_run_free(v->run);
    v->run = made;
    return true;
}

static struct order *unlink_orders(struct lane *l)
{
    struct order *all = l->orders;
    l->orders = l->orders_end = NULL;
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
static void fail_orders(struct lane *l, const struct mmoe_error *err)
{
    news_complain(l->news, err);
    monitor_enter(l->monitor);
    struct order *dropped = unlink_orders(l);
    monitor_leave(l->monitor);
    free_orders(dropped);
}

static bool not_interrupted(void *context)
{
    return !interrupted(context);
}

static void measure(struct lane *l, const struct order *o)
{
    struct mmoe_error err;
    struct benched *b = mmoe_alloc(1, sizeof *b), **at = &l->benched;
    enum mmoe_status status = mmoe_bench_measure(o->bench, o->rounds, not_interrupted, l, &b->result, &err);
    if (mmoe_failed(status)) {
        mmoe_free(b);
        if (status != MMOE_STATE) /* stopped: nothing to be said */
            fail_orders(l, &err);
        return;
    }
    monitor_enter(l->monitor);
    while (*at)
        at = &(*at)->next;
    *at = b;
    monitor_leave(l->monitor);
    news_wake(l->news);
}

static void carry_out(struct lane *l, struct order *o)
{
    struct mmoe_error err;
    take_tuning(l);
    switch (o->kind) {
    case ORDER_MAKE:
        if (!make_data(l, &o->options, &err) ||
            (o->with_run && !interrupted(l) && !make_run(l, &o->options, &err)))
            fail_orders(l, &err);
        break;
    case ORDER_TRAIN:
        train(l, o->until);
        break;
    case ORDER_RESET:
        if (l->live.run)
            mmoe_run_reset(l->live.run);
        break;
    case ORDER_FILE:
        if (!do_file(l, &o->file, &err))
            fail_orders(l, &err);
        break;
    case ORDER_BENCH:
        measure(l, o);
        return;
    }
    if (l->live.run)
        publish(l, thread_now());
}

/* The next order, waiting for it; NULL at the end. */
static struct order *next_order(struct lane *l)
{
    monitor_enter(l->monitor);
    l->working = false;
    news_wake(l->news);
    while (!l->orders && !l->quit)
        monitor_wait(l->monitor, ORDERED);
    struct order *o = l->quit ? NULL : l->orders;
    if (o) {
        l->orders = o->next;
        if (!l->orders)
            l->orders_end = NULL;
        l->working = true;
        atomic_store(&l->interrupt, false);
    }
    monitor_leave(l->monitor);
    return o;
}

static void lane_main(void *context)
{
    struct lane *l = context;
    struct order *o;
    while ((o = next_order(l))) {
        carry_out(l, o);
        mmoe_free(o);
    }
    mmoe_run_free(l->live.run);
    mmoe_dataset_free(l->live.data);
    mmoe_snapshot_done(&l->live.spare);
}

/* --- for the one who orders --- */

struct lane *lane_new(struct news *news)
{
    struct lane *l = mmoe_alloc(1, sizeof *l);
    l->news = news;
    l->monitor = monitor_new(CONDITIONS);
    mmoe_snapshot_init(&l->published, 0);
    mmoe_snapshot_init(&l->live.spare, 0);
    l->thread = thread_start(lane_main, l);
    return l;
}

void lane_end(struct lane *l)
{
    lane_pause(l);
    monitor_enter(l->monitor);
    l->quit = true;
    monitor_wake(l->monitor, ORDERED);
    monitor_leave(l->monitor);
}

void lane_free(struct lane *l)
{
    if (!l)
        return;
    lane_end(l);
    thread_join(l->thread);
    for (struct mmoe_bench left; lane_benched(l, &left);)
        continue;
    for (struct mmoe_filed left; lane_filed(l, &left);)
        continue;
    mmoe_dataset_free(l->data);
    mmoe_snapshot_done(&l->published);
    monitor_free(l->monitor);
    mmoe_free(l);
}

static void give_order(struct lane *l, const struct order *order)
{
    struct order *o = mmoe_alloc(1, sizeof *o);
    *o = *order;
    monitor_enter(l->monitor);
    if (l->orders_end)
        l->orders_end->next = o;
    else
        l->orders = o;
    l->orders_end = o;
    monitor_wake(l->monitor, ORDERED);
    monitor_leave(l->monitor);
}

void lane_make(struct lane *l, const struct mmoe_options *o, bool with_run)
{
    if (with_run) {
        monitor_enter(l->monitor);
        atomic_store(&l->tuned, false); /* o is newer than what the run before was to take over */
        monitor_leave(l->monitor);
    }
    give_order(l, &(struct order){.kind = ORDER_MAKE, .with_run = with_run, .options = *o});
}

void lane_train(struct lane *l, size_t until)
{
    give_order(l, &(struct order){.kind = ORDER_TRAIN, .until = until});
}

void lane_file(struct lane *l, enum mmoe_file what, const char *path, const struct mmoe_options *o)
{
    struct order order = {.kind = ORDER_FILE, .file = {.what = what, .options = *o}};
    snprintf(order.file.path, sizeof order.file.path, "%s", path);
    give_order(l, &order);
    if (!files_is_errand(what))
        return;
    monitor_enter(l->monitor);
    atomic_store(&l->errands, true);
    monitor_wake(l->monitor, ORDERED); /* a training may be waiting for its next step */
    monitor_leave(l->monitor);
}

bool lane_filed(struct lane *l, struct mmoe_filed *out)
{
    monitor_enter(l->monitor);
    struct filed *f = l->filed;
    if (f)
        l->filed = f->next;
    monitor_leave(l->monitor);
    if (f)
        *out = f->file;
    mmoe_free(f);
    return f != NULL;
}

void lane_bench(struct lane *l, size_t index, size_t rounds)
{
    give_order(l, &(struct order){.kind = ORDER_BENCH, .bench = index, .rounds = rounds});
}

bool lane_benched(struct lane *l, struct mmoe_bench *out)
{
    monitor_enter(l->monitor);
    struct benched *b = l->benched;
    if (b)
        l->benched = b->next;
    monitor_leave(l->monitor);
    if (b)
        *out = b->result;
    mmoe_free(b);
    return b != NULL;
}

void lane_reset(struct lane *l)
{
    give_order(l, &(struct order){.kind = ORDER_RESET});
}

void lane_tune(struct lane *l, const struct mmoe_options *o)
{
    monitor_enter(l->monitor);
    l->tune_to = *o;
    atomic_store(&l->tuned, true);
    monitor_wake(l->monitor, ORDERED);
    monitor_leave(l->monitor);
}

void lane_pause(struct lane *l)
{
    monitor_enter(l->monitor);
    struct order *dropped = unlink_orders(l);
    atomic_store(&l->interrupt, true);
    monitor_wake(l->monitor, ORDERED);
    monitor_leave(l->monitor);
    free_orders(dropped);
}

bool lane_busy(struct lane *l)
{
    monitor_enter(l->monitor);
    bool busy = l->working || l->orders;
    monitor_leave(l->monitor);
    return busy;
}

bool lane_snapshot(struct lane *l, struct mmoe_snapshot *out)
{
    monitor_enter(l->monitor);
    bool fresh = l->fresh;
    if (fresh) {
        struct mmoe_snapshot shown = *out;
        *out = l->published;
        l->published = shown;
        l->fresh = false;
    }
    monitor_leave(l->monitor);
    return fresh;
}

struct mmoe_dataset *lane_data(struct lane *l)
{
    monitor_enter(l->monitor);
    struct mmoe_dataset *d = l->data ? mmoe_dataset_ref(l->data) : NULL;
    monitor_leave(l->monitor);
    return d;
}
