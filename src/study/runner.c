/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runner.c - the threads together: the live run (lane.c), the queue of runs (queue.c), and what both
 * tell their reader (news.c).
 */
#include <mmoe/mem.h>
#include <mmoe/runner.h>

#include "src/study/lane.h"
#include "src/study/news.h"
#include "src/study/queue.h"

struct mmoe_runner {
    struct news *news;
    struct lane *lane;
    struct queue *queue;
};

struct mmoe_runner *mmoe_runner_new(void)
{
    struct mmoe_runner *r = mmoe_alloc(1, sizeof *r);
    r->news = news_new();
    r->lane = lane_new(r->news);
    r->queue = queue_new(r->news);
    return r;
}

void mmoe_runner_free(struct mmoe_runner *r)
{
    if (!r)
        return;
    lane_end(r->lane); /* ends while the queue does */
    queue_free(r->queue);
    lane_free(r->lane);
    news_free(r->news);
    mmoe_free(r);
}

int mmoe_runner_fd(const struct mmoe_runner *r)
{
    return news_fd(r->news);
}

void mmoe_runner_drain(struct mmoe_runner *r)
{
    news_drain(r->news);
}

enum mmoe_status mmoe_runner_error(struct mmoe_runner *r, struct mmoe_error *err)
{
    return news_error(r->news, err);
}

/* --- the live lane --- */

void mmoe_runner_make(struct mmoe_runner *r, const struct mmoe_options *o, bool with_run)
{
    lane_make(r->lane, o, with_run);
}

void mmoe_runner_train(struct mmoe_runner *r, size_t until)
{
    lane_train(r->lane, until);
}

void mmoe_runner_tune(struct mmoe_runner *r, const struct mmoe_options *o)
{
    lane_tune(r->lane, o);
}

void mmoe_runner_pause(struct mmoe_runner *r)
{
    lane_pause(r->lane);
}

void mmoe_runner_reset(struct mmoe_runner *r)
{
    lane_reset(r->lane);
}

void mmoe_runner_file(struct mmoe_runner *r, enum mmoe_file what, const char *path, const struct mmoe_options *o)
{
    lane_file(r->lane, what, path, o);
}

bool mmoe_runner_filed(struct mmoe_runner *r, struct mmoe_filed *out)
{
    return lane_filed(r->lane, out);
}

void mmoe_runner_bench(struct mmoe_runner *r, size_t index, size_t rounds)
{
    lane_bench(r->lane, index, rounds);
}

bool mmoe_runner_benched(struct mmoe_runner *r, struct mmoe_bench *out)
{
    return lane_benched(r->lane, out);
}

bool mmoe_runner_busy(const struct mmoe_runner *r)
{
    return lane_busy(r->lane);
}

bool mmoe_runner_snapshot(struct mmoe_runner *r, struct mmoe_snapshot *out)
{
    return lane_snapshot(r->lane, out);
}

struct mmoe_dataset *mmoe_runner_data(struct mmoe_runner *r)
{
    return lane_data(r->lane);
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
