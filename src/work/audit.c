/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit.c - stored runs trained again here, and compared to the bit. */
#include <math.h>
#include <string.h>

#include <mmoe/audit.h>
#include <mmoe/mem.h>
#include <mmoe/record.h>
#include <mmoe/results.h>
#include <mmoe/source.h>

struct auditing {
    struct mmoe_audit *audit;
    struct mmoe_record *record; /* (count) those that are looked at */
    size_t count, finished, seen, at;
};

/* Every finished / count-th run. */
static bool pick(void *context, const struct mmoe_record *record)
{
    struct auditing *x = context;
    if (x->at < x->count && x->seen++ >= x->at * x->finished / x->count)
        x->record[x->at++] = *record;
    return true;
}

static bool goes_on(void *context)
{
    const struct auditing *x = context;
    const struct mmoe_audit *a = x->audit;
    return !a->go_on || a->go_on(a->context, (double)x->at / (double)x->count);
}

static bool same(const struct mmoe_record *a, const struct mmoe_record *b)
{
    bool equal = a->tasks == b->tasks && a->step == b->step && a->diverged_step == b->diverged_step;
    for (size_t k = 0; equal && k < a->tasks; k++) {
        double x = a->value[MMOE_LOSS][k], y = b->value[MMOE_LOSS][k];
        equal = isfinite(x) ? x == y : !isfinite(y);
    }
    return equal;
}

static enum mmoe_status train(struct auditing *x, const struct mmoe_record *stored, bool *equal,
                              struct mmoe_error *err)
{
    const struct mmoe_watch watch = {.go_on = goes_on, .context = x};
    struct mmoe_result result;
    struct mmoe_dataset *data = mmoe_source_make(&stored->options, NULL, err);
    if (!data)
        return err->status;
    mmoe_snapshot_init(&result.shot, 0);
    enum mmoe_status status = mmoe_record_train(&stored->options, data, &watch, &result, err);
    *equal = !mmoe_failed(status) && same(stored, &result.record);
    mmoe_snapshot_done(&result.shot);
    mmoe_dataset_free(data);
    return status;
}

enum mmoe_status mmoe_audit(struct mmoe_store *s, int64_t study, struct mmoe_audit *a,
                            struct mmoe_error *err)
{
    struct mmoe_study_info info;
    struct mmoe_grid *grid = mmoe_alloc(1, sizeof *grid);
    struct auditing x = {.audit = a};
    enum mmoe_status status = mmoe_store_study(s, study, &info, grid, err);
    if (!mmoe_failed(status)) {
        x.finished = info.finished;
        x.count = a->count < info.finished ? a->count : info.finished;
        x.record = mmoe_alloc(x.count + 1, sizeof *x.record);
        status = mmoe_results_read(s, info.id, grid, false, pick, &x, err);
    }
    a->count = x.at;
    a->equal = 0;
    for (x.at = 0; !mmoe_failed(status) && x.at < a->count; x.at++) {
        bool equal = false;
        status = train(&x, &x.record[x.at], &equal, err);
        a->equal += equal;
    }
    mmoe_free(x.record);
    mmoe_free(grid);
    return status;
}
