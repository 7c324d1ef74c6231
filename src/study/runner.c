/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runner.c - worker threads: one live run, and a queue of runs behind it.
 *
 * One mutex guards all that threads share; it is held for list operations and
 * swaps of pointers only. A snapshot changes hands by swapping: the lane copies
 * the run's into a spare of its own, then swaps the spare with the published
 * one; the reader swaps the published one with the one it showed last.
 *
 * The lane takes orders from a list, one after the other. A pause drops the
 * list and raises `interrupt`, which the lane looks at between steps; it is
 * lowered when the next order is taken, which can only be a later one.
 *
 * A job of the queue stays in the list from submission until it is fetched, so
 * that records are fetched in order. A stopped job that a worker still holds
 * is unlinked and left to that worker to free.
 */
#include <mmoe/mem.h>
#include <mmoe/run.h>
#include <mmoe/runner.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#endif

enum { WORKERS_MAX = 256, NICE = 10 };
#define PUBLISH_GAP (1.0 / 60) /* seconds between two snapshots */
#define RATE_WINDOW 0.5        /* seconds over which steps a second are counted */

enum order_kind { ORDER_MAKE, ORDER_TRAIN, ORDER_RESET };
struct order {
    enum order_kind kind;
    bool with_run;
    size_t until;
    struct mmoe_options options;
    struct order *next;
};

enum job_state { JOB_WAITS, JOB_RUNS, JOB_DONE };
struct job {
    enum job_state state;
    bool abandoned;   /* unlinked while it ran: its worker frees it */
    atomic_bool stop;
    struct mmoe_record record; /* its options are those to run */
    struct job *next;
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
    pthread_mutex_t mutex;
    pthread_cond_t lane_wakes, workers_wake;
    bool quit;
    /* the lane */
    pthread_t lane_thread;
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
    /* the queue */
    pthread_t workers[WORKERS_MAX];
    size_t worker_count, active, limit;
    struct job *jobs, *jobs_end;
    size_t finished, submitted;
};

static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void lock(struct mmoe_runner *r)
{
    pthread_mutex_lock(&r->mutex);
}

static void unlock(struct mmoe_runner *r)
{
    pthread_mutex_unlock(&r->mutex);
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

static void lower_priority(void)
{
#ifdef __linux__
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
#endif
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
    r->lane.next_step = now_seconds();
    mmoe_run_tune(r->lane.run, &o);
}

/* Wait until the next step is due at the speed asked for; anything that changes that ends the wait. */
static void keep_speed(struct mmoe_runner *r)
{
    struct lane *l = &r->lane;
    double speed = mmoe_run_snapshot(l->run)->options.speed, now = now_seconds();
    if (speed <= 0)
        return;
    if (now < l->next_step) {
        if (l->next_step - now >= PUBLISH_GAP)
            publish(r, now); /* what is shown meanwhile */
        struct timespec due = {.tv_sec = (time_t)l->next_step};
        due.tv_nsec = (long)((l->next_step - floor(l->next_step)) * 1e9);
        lock(r);
        while (!atomic_load(&r->interrupt) && !atomic_load(&r->tuned) && now < l->next_step) {
            pthread_cond_timedwait(&r->lane_wakes, &r->mutex, &due);
            now = now_seconds();
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
    l->rate_time = l->next_step = now_seconds();
    mark(l, MMOE_RUN_TRAINING);
    enum mmoe_status status = MMOE_CONTINUE;
    while (status == MMOE_CONTINUE && mmoe_run_at(l->run) < until && !interrupted(r)) {
        take_tuning(r);
        keep_speed(r);
        if (interrupted(r))
            break;
        double start = now_seconds();
        status = mmoe_run_step(l->run);
        double now = now_seconds();
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
    }
    if (r->lane.run)
        publish(r, now_seconds());
}

/* The next order, waiting for it; NULL at the end. */
static struct order *next_order(struct mmoe_runner *r)
{
    lock(r);
    r->working = false;
    wake_reader(r);
    while (!r->orders && !r->quit)
        pthread_cond_wait(&r->lane_wakes, &r->mutex);
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

static void *lane_main(void *argument)
{
    struct mmoe_runner *r = argument;
    struct order *o;
    lower_priority();
    while ((o = next_order(r))) {
        carry_out(r, o);
        mmoe_free(o);
    }
    mmoe_run_free(r->lane.run);
    mmoe_dataset_free(r->lane.data);
    mmoe_snapshot_done(&r->lane.spare);
    return NULL;
}

/* --- the queue --- */

/* The first job nobody took, waiting for it; NULL at the end. */
static struct job *next_job(struct mmoe_runner *r)
{
    struct job *j = NULL;
    lock(r);
    while (!r->quit) {
        for (j = r->active < r->limit ? r->jobs : NULL; j && j->state != JOB_WAITS; j = j->next)
            continue;
        if (j)
            break;
        pthread_cond_wait(&r->workers_wake, &r->mutex);
    }
    if (j) {
        j->state = JOB_RUNS;
        r->active++;
    }
    unlock(r);
    return j;
}

static void finish_job(struct mmoe_runner *r, struct job *j)
{
    lock(r);
    j->state = JOB_DONE;
    r->active--;
    bool abandoned = j->abandoned;
    r->finished += !abandoned;
    pthread_cond_signal(&r->workers_wake);
    unlock(r);
    if (abandoned)
        mmoe_free(j);
    wake_reader(r);
}

static void *worker_main(void *argument)
{
    struct mmoe_runner *r = argument;
    struct job *j;
    lower_priority();
    while ((j = next_job(r))) {
        struct mmoe_options o = j->record.options;
        struct mmoe_error err;
        enum mmoe_status status = mmoe_study_run(&o, &j->stop, &j->record, &err);
        if (mmoe_failed(status) && status != MMOE_STATE)
            keep_error(r, &err);
        finish_job(r, j);
    }
    return NULL;
}

static void free_jobs(struct job *j)
{
    while (j) {
        struct job *next = j->next;
        mmoe_free(j);
        j = next;
    }
}

/* --- threads --- */

/* Signals are the main thread's; only what a thread itself provokes reaches it. */
static void start_thread(pthread_t *thread, void *(*main)(void *), struct mmoe_runner *r)
{
    static const int own[] = {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL};
    sigset_t others, before;
    sigfillset(&others);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sigdelset(&others, own[i]);
    pthread_sigmask(SIG_SETMASK, &others, &before);
    int failed = pthread_create(thread, NULL, main, r);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        mmoe_fatal("no thread could be started: %s", strerror(failed));
}

static size_t cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (size_t)n : 1;
}

struct mmoe_runner *mmoe_runner_new(void)
{
    struct mmoe_runner *r = mmoe_alloc(1, sizeof *r);
    pthread_condattr_t clock;
    if (pipe(r->wake) != 0)
        mmoe_fatal("no pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(r->wake[i], F_SETFD, FD_CLOEXEC);
        fcntl(r->wake[i], F_SETFL, O_NONBLOCK);
    }
    pthread_mutex_init(&r->mutex, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&r->lane_wakes, &clock);
    pthread_condattr_destroy(&clock);
    pthread_cond_init(&r->workers_wake, NULL);
    mmoe_snapshot_init(&r->published, 0);
    mmoe_snapshot_init(&r->lane.spare, 0);
    start_thread(&r->lane_thread, lane_main, r);
    return r;
}

void mmoe_runner_free(struct mmoe_runner *r)
{
    if (!r)
        return;
    mmoe_runner_pause(r);
    mmoe_runner_stop(r);
    lock(r);
    r->quit = true;
    pthread_cond_broadcast(&r->lane_wakes);
    pthread_cond_broadcast(&r->workers_wake);
    unlock(r);
    pthread_join(r->lane_thread, NULL);
    for (size_t i = 0; i < r->worker_count; i++)
        pthread_join(r->workers[i], NULL);
    mmoe_dataset_free(r->data);
    mmoe_snapshot_done(&r->published);
    pthread_cond_destroy(&r->lane_wakes);
    pthread_cond_destroy(&r->workers_wake);
    pthread_mutex_destroy(&r->mutex);
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
    pthread_cond_signal(&r->lane_wakes);
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

void mmoe_runner_reset(struct mmoe_runner *r)
{
    give_order(r, &(struct order){.kind = ORDER_RESET});
}

void mmoe_runner_tune(struct mmoe_runner *r, const struct mmoe_options *o)
{
    lock(r);
    r->tune_to = *o;
    atomic_store(&r->tuned, true);
    pthread_cond_signal(&r->lane_wakes);
    unlock(r);
}

void mmoe_runner_pause(struct mmoe_runner *r)
{
    lock(r);
    struct order *dropped = unlink_orders(r);
    atomic_store(&r->interrupt, true);
    pthread_cond_signal(&r->lane_wakes);
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

/* --- repeats --- */

static void submit_jobs(struct mmoe_runner *r, struct job *first, struct job *last, size_t n, size_t jobs)
{
    lock(r);
    if (!r->jobs)
        r->finished = r->submitted = 0;
    if (r->jobs_end)
        r->jobs_end->next = first;
    else
        r->jobs = first;
    r->jobs_end = last;
    r->submitted += n;
    r->limit = jobs;
    pthread_cond_broadcast(&r->workers_wake);
    unlock(r);
}

void mmoe_runner_repeat(struct mmoe_runner *r, const struct mmoe_options *o, size_t n, size_t jobs)
{
    struct job *first = NULL, *last = NULL;
    if (n == 0)
        return;
    jobs = jobs ? jobs : cores();
    jobs = jobs < WORKERS_MAX ? jobs : WORKERS_MAX;
    for (size_t i = 0; i < n; i++) {
        struct job *j = mmoe_alloc(1, sizeof *j);
        mmoe_study_seeded(o, i, &j->record.options);
        if (last)
            last->next = j;
        else
            first = j;
        last = j;
    }
    submit_jobs(r, first, last, n, jobs);
    while (r->worker_count < jobs && r->worker_count < n)
        start_thread(&r->workers[r->worker_count++], worker_main, r);
}

bool mmoe_runner_record(struct mmoe_runner *r, struct mmoe_record *out)
{
    lock(r);
    struct job *j = r->jobs && r->jobs->state == JOB_DONE ? r->jobs : NULL;
    if (j) {
        r->jobs = j->next;
        if (!r->jobs)
            r->jobs_end = NULL;
    }
    unlock(r);
    if (!j)
        return false;
    *out = j->record;
    mmoe_free(j);
    return true;
}

void mmoe_runner_progress(const struct mmoe_runner *r, size_t *finished, size_t *submitted)
{
    struct mmoe_runner *shared = (struct mmoe_runner *)(uintptr_t)r;
    lock(shared);
    *finished = r->finished;
    *submitted = r->submitted;
    unlock(shared);
}

void mmoe_runner_stop(struct mmoe_runner *r)
{
    struct job *dropped = NULL, *next;
    lock(r);
    for (struct job *j = r->jobs; j; j = next) {
        next = j->next;
        if (j->state == JOB_RUNS) {
            j->abandoned = true;
            atomic_store(&j->stop, true);
        } else {
            j->next = dropped;
            dropped = j;
        }
    }
    r->jobs = r->jobs_end = NULL;
    r->finished = r->submitted = 0;
    unlock(r);
    free_jobs(dropped);
}
