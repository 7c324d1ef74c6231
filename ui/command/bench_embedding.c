/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_embedding.c - bench embedding: rows a second of nets that embed categories. */
#include <mmoe/bench_embedding.h>
#include <mmoe/json.h>
#include <mmoe/mem.h>

#include "ui/command/command.h"

struct measured {
    struct mmoe_job *job;
    size_t at;
    struct mmoe_bench_embedding of[MMOE_BENCH_EMBEDDINGS];
};

static bool goes_on(void *context, double share)
{
    const struct measured *x = context;
    return mmoe_job_goes_on(x->job, ((double)x->at + share) / MMOE_BENCH_EMBEDDINGS);
}

static enum mmoe_status work(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct measured *x = context;
    x->job = j;
    for (x->at = 0; x->at < MMOE_BENCH_EMBEDDINGS; x->at++)
        if (mmoe_failed(mmoe_bench_embedding(x->at, goes_on, x, &x->of[x->at], err)))
            return err->status;
    return MMOE_OK;
}

static void json(const struct mmoe_bench_embedding *b, struct mmoe_text *t)
{
    event_begin(t, "bench.embedding");
    mmoe_json_word(t, "model", b->model);
    mmoe_json_count(t, "levels", b->levels);
    mmoe_json_number(t, "sgd", b->sgd);
    mmoe_json_number(t, "adagrad", b->adagrad);
    mmoe_text_add(t, "}\n");
}

static void people(const struct mmoe_bench_embedding *b, struct mmoe_text *t)
{
    char levels[24];
    mmoe_text_add(t, "%-20s %10s %10s %10s\n", b->model,
                  mmoe_format_count(b->levels, levels, sizeof levels),
                  mmoe_format_count((uint64_t)b->sgd, MMOE_NUMBER),
                  mmoe_format_count((uint64_t)b->adagrad, MMOE_NUMBER));
}

static void told(struct app *a, void *context, enum mmoe_status status,
                 const struct mmoe_error *err)
{
    const struct measured *x = context;
    struct mmoe_text t = {0};
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
        return;
    }
    if (a->sink.mode != EVENT_JSON)
        mmoe_text_add(
            &t,
            "20 embedded categories and 10 numbers, batch 1,024, one core: rows a second\n"
            "%-20s %10s %10s %10s\n",
            "model", "levels", "sgd", "adagrad");
    for (size_t i = 0; i < MMOE_BENCH_EMBEDDINGS; i++)
        (a->sink.mode == EVENT_JSON ? json : people)(&x->of[i], &t);
    event_emit(&a->sink, &t);
}

enum mmoe_status command_bench_embedding(struct app *a)
{
    app_job(a, &(struct app_job){.what = "rows with embedded categories",
                                 .work = work,
                                 .done = told,
                                 .free = mmoe_free,
                                 .context = mmoe_alloc(1, sizeof(struct measured))});
    return MMOE_CONTINUE;
}
