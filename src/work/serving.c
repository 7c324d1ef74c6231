/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serving.c - what a request costs. */
#include <mmoe/clock.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/serving.h>
#include <mmoe/source.h>
#include <mmoe/stats.h>

enum { WARM_UP = 10 };

/* Rows enough for a request; those of a file as they are. */
static struct mmoe_dataset *rows(const struct mmoe_options *o, struct mmoe_error *err)
{
    struct mmoe_options few = *o;
    few.rows = few.test_rows = MMOE_SERVING_ROWS;
    few.validation_rows = 0;
    return mmoe_source_make(&few, NULL, err);
}

static enum mmoe_status measure(const struct mmoe_options *o, const struct mmoe_dataset *data,
                                struct mmoe_serving *out, struct mmoe_error *err)
{
    const struct mmoe_model *model = mmoe_model_at((size_t)o->model);
    const struct mmoe_rows request = mmoe_rows_slice(&data->test, 0, MMOE_SERVING_ROWS);
    struct mmoe_spec spec;
    struct mmoe_outline outline;
    double seconds[MMOE_SERVING_REQUESTS];
    mmoe_spec_for(o, model, data, &spec);
    spec.batch = MMOE_SERVING_ROWS;
    mmoe_model_outline(model, &spec, &outline);
    struct mmoe_net *net = mmoe_net_new(model, &spec);
    if (!net)
        return mmoe_fail(err, MMOE_LIMIT, "a %s does not fit in memory: lower experts or units",
                         mmoe_model_name(model));
    mmoe_net_init(net, (enum mmoe_init)o->init, o->seed_init);
    for (size_t i = 0; i < WARM_UP; i++)
        mmoe_net_forward(net, &request);
    for (size_t i = 0; i < MMOE_SERVING_REQUESTS; i++) {
        double start = mmoe_clock_now();
        mmoe_net_forward(net, &request);
        seconds[i] = mmoe_clock_now() - start;
    }
    size_t looked_up = spec.fields ? spec.fields->count * spec.embedding_units : 0;
    mmoe_sort(seconds, MMOE_SERVING_REQUESTS);
    *out = (struct mmoe_serving){.parameters = mmoe_net_size(net),
                                 .multiply_adds = outline.flops / 2,
                                 .bytes =
                                     (double)((mmoe_net_size(net) + looked_up) * sizeof(mmoe_real)),
                                 .p50 = mmoe_quantile(seconds, MMOE_SERVING_REQUESTS, 0.5),
                                 .p99 = mmoe_quantile(seconds, MMOE_SERVING_REQUESTS, 0.99)};
    mmoe_net_free(net);
    return MMOE_OK;
}

enum mmoe_status mmoe_serving_measure(const struct mmoe_options *o, size_t n,
                                      bool (*go_on)(void *context, double share), void *context,
                                      struct mmoe_serving *out, struct mmoe_error *err)
{
    struct mmoe_dataset *data = rows(&o[0], err);
    enum mmoe_status status = data ? MMOE_OK : err->status;
    for (size_t i = 0; i < n && !mmoe_failed(status); i++) {
        status = measure(&o[i], data, &out[i], err);
        if (!mmoe_failed(status) && go_on && !go_on(context, (double)(i + 1) / (double)n))
            status = mmoe_fail(err, MMOE_STATE, "the measurement was stopped");
    }
    mmoe_dataset_free(data);
    return status;
}
