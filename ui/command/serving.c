/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serving.c - describe serving: what a request costs with each model. */
#include <stdio.h>

#include <mmoe/json.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/serving.h>

#include "ui/command/command.h"

enum { MODELS_MAX = 16, COUNT_SIZE = 24 };
#define MICROSECONDS 1e6

struct serving {
    size_t models;
    struct mmoe_options option[MODELS_MAX];
    struct mmoe_serving of[MODELS_MAX];
};

static bool goes_on(void *context, double share)
{
    return mmoe_job_goes_on(context, share);
}

static enum mmoe_status measure(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct serving *s = context;
    return mmoe_serving_measure(s->option, s->models, goes_on, j, s->of, err);
}

static const char *model_of(const struct serving *s, size_t i)
{
    return mmoe_model_name(mmoe_model_at((size_t)s->option[i].model));
}

static void json_row(const struct serving *s, size_t i, struct mmoe_text *t)
{
    const struct mmoe_serving *m = &s->of[i];
    event_begin(t, "serving");
    mmoe_json_word(t, "model", model_of(s, i));
    mmoe_json_count(t, "parameters", m->parameters);
    mmoe_json_number(t, "multiply_adds", m->multiply_adds);
    mmoe_json_number(t, "bytes", m->bytes);
    mmoe_json_number(t, "p50", m->p50);
    mmoe_json_number(t, "p99", m->p99);
    mmoe_text_add(t, "}\n");
}

static void people_row(const struct serving *s, size_t i, struct mmoe_text *t)
{
    const struct mmoe_serving *m = &s->of[i];
    char parameters[COUNT_SIZE], adds[COUNT_SIZE], bytes[COUNT_SIZE], p50[COUNT_SIZE],
        p99[COUNT_SIZE];
    mmoe_text_add(t, "%-22s %11s %11s %11s %8s %8s\n", model_of(s, i),
                  mmoe_format_count(m->parameters, parameters, COUNT_SIZE),
                  mmoe_format_count((uint64_t)m->multiply_adds, adds, COUNT_SIZE),
                  mmoe_format_count((uint64_t)m->bytes, bytes, COUNT_SIZE),
                  mmoe_format_count((uint64_t)(m->p50 * MICROSECONDS), p50, COUNT_SIZE),
                  mmoe_format_count((uint64_t)(m->p99 * MICROSECONDS), p99, COUNT_SIZE));
}

static void tell(struct app *a, void *context, enum mmoe_status status,
                 const struct mmoe_error *err)
{
    const struct serving *s = context;
    struct mmoe_text t = {0};
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
        return;
    }
    if (a->sink.mode != EVENT_JSON)
        mmoe_text_add(&t,
                      "a request of %d rows, one thread\n%-22s %11s %11s %11s %8s %8s\n"
                      "%-22s %11s %11s %11s %8s %8s\n",
                      MMOE_SERVING_ROWS, "model", "parameters", "mult-adds", "bytes", "p50", "p99",
                      "", "", "a row", "a row", "us", "us");
    for (size_t i = 0; i < s->models; i++)
        (a->sink.mode == EVENT_JSON ? json_row : people_row)(s, i, &t);
    event_emit(&a->sink, &t);
}

enum mmoe_status command_serving(struct app *a)
{
    struct serving *s = mmoe_alloc(1, sizeof *s);
    for (; s->models < mmoe_model_count() && s->models < MODELS_MAX; s->models++) {
        s->option[s->models] = a->view.options;
        s->option[s->models].model = (int)s->models;
    }
    app_job(a,
            &(struct app_job){
                .what = "serving", .work = measure, .done = tell, .free = mmoe_free, .context = s});
    return MMOE_CONTINUE;
}
