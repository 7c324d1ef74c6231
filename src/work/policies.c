/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policies.c - the trained nets that the arms of an experiment rank by. */
#include <stdatomic.h>

#include <mmoe/clock.h>
#include <mmoe/mem.h>
#include <mmoe/policies.h>
#include <mmoe/run.h>
#include <mmoe/source.h>

#include "src/base/thread.h"

enum { ENDED, CONDITIONS };
#define WAIT_SECONDS 0.1

struct mmoe_policies {
    size_t arms, seeds;
    struct mmoe_options option[MMOE_POLICIES_MAX];
    struct mmoe_dataset *data;
    struct mmoe_run *run[MMOE_POLICIES_MAX * MMOE_POLICY_NETS];
    /* of the threads that train */
    struct thread_monitor *monitor;
    size_t next, working; /* under the monitor */
    atomic_size_t steps;
    atomic_bool stop;
    struct mmoe_error failed; /* the first failure, under the monitor */
};

/* The options of net i: other first weights and batches, the same rows. */
static void options_of(const struct mmoe_policies *p, size_t i, struct mmoe_options *o)
{
    *o = p->option[i / p->seeds];
    o->seed_init += i;
    o->seed_order += i;
}

/* Train net i to its end; false where it came to nothing or was stopped. */
static bool train(struct mmoe_policies *p, size_t i, struct mmoe_error *err)
{
    struct mmoe_options o;
    options_of(p, i, &o);
    struct mmoe_run *run = p->run[i] = mmoe_run_new(&o, p->data, err);
    if (!run)
        return false;
    mmoe_run_watch(run, false);
    enum mmoe_status status = MMOE_CONTINUE;
    while (status == MMOE_CONTINUE && !atomic_load(&p->stop)) {
        status = mmoe_run_step(run);
        atomic_fetch_add(&p->steps, 1);
    }
    if (status == MMOE_DIVERGED)
        mmoe_fail(err, MMOE_DIVERGED, "a net of %s diverged at step %s: lower lr",
                  mmoe_model_name(mmoe_model_at((size_t)o.model)),
                  mmoe_format_count(mmoe_run_snapshot(run)->diverged_step, MMOE_NUMBER));
    else if (status == MMOE_CONTINUE)
        mmoe_fail(err, MMOE_STATE, "the experiment was stopped");
    return status == MMOE_DONE;
}

static void work(void *context)
{
    struct mmoe_policies *p = context;
    struct mmoe_error err = {.status = MMOE_OK};
    bool fine = true;
    thread_monitor_enter(p->monitor);
    while (fine && p->next < p->arms * p->seeds) {
        size_t i = p->next++;
        thread_monitor_leave(p->monitor);
        fine = train(p, i, &err);
        thread_monitor_enter(p->monitor);
    }
    if (!fine && !mmoe_failed(p->failed.status))
        p->failed = err;
    if (!fine)
        atomic_store(&p->stop, true);
    p->working--;
    thread_monitor_wake(p->monitor, ENDED);
    thread_monitor_leave(p->monitor);
}

/* Wait for the threads, and tell how far they are. */
static void wait_for_all(struct mmoe_policies *p, mmoe_policies_go_on *go_on, void *context)
{
    double all = (double)(p->arms * p->seeds * p->option[0].steps);
    thread_monitor_enter(p->monitor);
    while (p->working) {
        thread_monitor_wait_until(p->monitor, ENDED, mmoe_clock_now() + WAIT_SECONDS);
        thread_monitor_leave(p->monitor);
        if (!go_on(context, all > 0 ? (double)atomic_load(&p->steps) / all : 1))
            atomic_store(&p->stop, true);
        thread_monitor_enter(p->monitor);
    }
    thread_monitor_leave(p->monitor);
}

static void train_all(struct mmoe_policies *p, size_t jobs, mmoe_policies_go_on *go_on,
                      void *context)
{
    size_t nets = p->arms * p->seeds, threads = jobs ? jobs : thread_cores();
    threads = threads < nets ? threads : nets;
    struct thread **thread = mmoe_alloc(threads, sizeof(struct thread *));
    p->monitor = thread_monitor_new(CONDITIONS);
    p->working = threads;
    for (size_t i = 0; i < threads; i++)
        thread[i] = thread_start(work, p);
    wait_for_all(p, go_on, context);
    for (size_t i = 0; i < threads; i++)
        thread_join(thread[i]);
    thread_monitor_free(p->monitor);
    mmoe_free(thread);
}

struct mmoe_policies *mmoe_policies_new(const struct mmoe_options *arm, size_t n, size_t seeds,
                                        size_t jobs, mmoe_policies_go_on *go_on, void *context,
                                        struct mmoe_error *err)
{
    struct mmoe_policies *p = mmoe_alloc(1, sizeof *p);
    p->arms = n;
    p->seeds = seeds;
    for (size_t i = 0; i < n; i++)
        p->option[i] = arm[i];
    p->data = mmoe_source_make(&arm[0], NULL, err);
    if (p->data)
        train_all(p, jobs, go_on, context);
    if (p->data && !mmoe_failed(p->failed.status))
        return p;
    if (p->data)
        *err = p->failed;
    mmoe_policies_free(p);
    return NULL;
}

void mmoe_policies_free(struct mmoe_policies *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->arms * p->seeds; i++)
        mmoe_run_free(p->run[i]);
    mmoe_dataset_free(p->data);
    mmoe_free(p);
}

void mmoe_policies_get(const struct mmoe_policies *p, size_t arm, struct mmoe_policy *out)
{
    const struct mmoe_options *o = &p->option[arm];
    *out = (struct mmoe_policy){.count = p->seeds};
    out->satisfies = o->task_weights.n <= MMOE_SATISFACTION ||
                     o->task_weights.v[MMOE_SATISFACTION] > 0;
    for (size_t i = 0; i < p->seeds; i++)
        out->net[i] = mmoe_run_net(p->run[arm * p->seeds + i]);
}

const struct mmoe_recommender *mmoe_policies_recommender(const struct mmoe_policies *p)
{
    return p->data->recommender;
}
