/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shard.c - a shard that is trained here. */
#include <mmoe/mem.h>
#include <mmoe/shards.h>

#include "ui/app/parts.h"

enum { EXIT_AGAIN = 75 /* EX_TEMPFAIL of sysexits.h: the same command again goes on */ };

void app_shard_take(struct app *a, struct mmoe_publisher *p, const char *dir)
{
    app_shard_done(a);
    a->publisher = p;
    a->shards = dir ? mmoe_strdup(dir) : NULL;
}

void app_shard_done(struct app *a)
{
    struct mmoe_error err;
    if (a->publisher && mmoe_failed(mmoe_publisher_end(a->publisher, &err)))
        app_complain(a, &err);
    mmoe_publisher_free(a->publisher);
    mmoe_free(a->shards);
    a->publisher = NULL;
    a->shards = NULL;
}

struct publish_job {
    struct mmoe_queue *queue; /* that used the publisher */
    struct mmoe_publisher *publisher;
    char *dir;
    size_t done, runs, seeds;
};

static enum mmoe_status publish(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    const struct publish_job *p = context;
    (void)j;
    mmoe_queue_forget(p->queue, p->publisher);
    return mmoe_publisher_end(p->publisher, err);
}

static void tell_published(struct app *a, void *context, enum mmoe_status status,
                           const struct mmoe_error *err)
{
    const struct publish_job *p = context;
    const struct mmoe_shard *s = mmoe_publisher_shard(p->publisher);
    char runs[32];
    if (mmoe_failed(status)) {
        struct mmoe_error said;
        mmoe_fail(&said, status, "%.500s; the same command goes on", err->text);
        app_complain(a, &said);
        a->failed = true;
        return;
    }
    if (p->runs == 0) {
        app_say(a, "shard %zu of %zu has no runs: the study has %s", s->k, s->n,
                MMOE_COUNTED(p->seeds, "seed"));
        return;
    }
    if (p->done == p->runs) {
        app_say(a, "shard %zu of %zu: all %s are published in %s", s->k, s->n,
                MMOE_COUNTED(p->runs, "run"), p->dir);
        return;
    }
    app_say(a, "shard %zu of %zu: %s of %s are published in %s; the same command goes on", s->k,
            s->n, mmoe_format_count(p->done, runs, sizeof runs), MMOE_COUNTED(p->runs, "run"),
            p->dir);
    if (a->exit_status == 0)
        a->exit_status = EXIT_AGAIN;
}

static void free_published(void *context)
{
    struct publish_job *p = context;
    mmoe_publisher_free(p->publisher);
    mmoe_free(p->dir);
    mmoe_free(p);
}

void app_shard_tell(struct app *a)
{
    const struct mmoe_tally *t = a->view.study.tally;
    const struct mmoe_grid *g = mmoe_tally_grid(t);
    struct publish_job *p = mmoe_alloc(1, sizeof *p);
    p->queue = a->queue;
    p->seeds = g->seeds;
    p->publisher = a->publisher;
    p->dir = a->shards;
    a->publisher = NULL;
    a->shards = NULL;
    for (size_t r = 0; r < mmoe_grid_runs(g); r++)
        if (mmoe_shard_has(mmoe_publisher_shard(p->publisher), g, r)) {
            p->runs++;
            p->done += mmoe_tally_has(t, r);
        }
    app_job(a, &(struct app_job){.what = "publishing",
                                 .work = publish,
                                 .done = tell_published,
                                 .late = tell_published,
                                 .free = free_published,
                                 .context = p});
}
