/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hearing.c - the paper's claims heard on one measure of a study. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include <mmoe/hearing.h>
#include <mmoe/mem.h>

enum {
    DRAWS = 10000,
    DRAWS_OF_MANY = 2000, /* of several groups, or ... */
    MANY_SEEDS = 10000    /* ... of more seeds than that, whose intervals are narrow anyway */
};
#define THRESHOLD_FACTOR 2

static double of_metric(double v, enum mmoe_metric metric)
{
    return v > MMOE_ABSENT && mmoe_metrics_table[metric].upwards ? 1 - v : v;
}

/* FNV-1a (Fowler, Noll and Vo) over what the study's runs depend on, but how many seeds it has. */
static uint64_t stream_of(const struct mmoe_grid *g)
{
    uint64_t hash = 0xcbf29ce484222325u;
    struct mmoe_text t = {0};
    for (size_t i = 0; i < mmoe_option_count; i++) {
        mmoe_text_add(&t, "%s=", mmoe_option_table[i].name);
        if (mmoe_option_table[i].group != MMOE_GROUP_SESSION &&
            !mmoe_grid_has_axis(g, &mmoe_option_table[i]))
            mmoe_option_show(&g->base, &mmoe_option_table[i], &t);
    }
    for (size_t a = 0; a < g->axis_count; a++)
        for (size_t i = 0; i < g->axes[a].count; i++)
            mmoe_text_add(&t, " %s=%s", g->axes[a].option->name, mmoe_grid_value(g, a, i));
    for (size_t i = 0; i < t.n; i++)
        hash = (hash ^ (unsigned char)t.s[i]) * 0x100000001b3u;
    mmoe_text_done(&t);
    return hash;
}

struct mmoe_hearing *mmoe_hearing_new(const struct mmoe_tally *t, enum mmoe_metric metric,
                                      size_t task, struct mmoe_error *err)
{
    struct mmoe_design design;
    const struct mmoe_task *names;
    const struct mmoe_grid *g = mmoe_tally_grid(t);
    if (mmoe_failed(mmoe_design_find(g, &design, err)))
        return NULL;
    if (mmoe_metrics_table[metric].diagnosis) {
        mmoe_fail(
            err, MMOE_STATE,
            "%s measure no predictions, and no claim is about them: claims on loss, over-var, "
            "auc or r2",
            mmoe_metrics_table[metric].title);
        return NULL;
    }
    bool known = task < mmoe_tally_tasks(t, &names);
    const double *v = known ? mmoe_tally_column(t, metric, task) : NULL;
    if (!v) {
        mmoe_fail(err, MMOE_STATE, "no run of the study has a value of %s to test claims on",
                  mmoe_metrics_table[metric].title);
        return NULL;
    }
    struct mmoe_hearing *h = mmoe_alloc(1, sizeof *h);
    size_t runs = mmoe_grid_runs(g);
    *h = (struct mmoe_hearing){.grid = *g, .design = design, .metric = metric, .task = names[task]};
    h->seeds = g->seeds;
    for (size_t cell = 0; cell < mmoe_grid_cells(g); cell++)
        if (mmoe_tally_cell_done(t, cell) < h->seeds)
            h->seeds = mmoe_tally_cell_done(t, cell);
    h->value = mmoe_alloc(runs, sizeof *h->value);
    for (size_t i = 0; i < runs; i++)
        h->value[i] = isnan(v[i]) ? v[i] : of_metric(v[i], metric);
    h->secondary = metric != MMOE_LOSS;
    h->stream = stream_of(g);
    if (mmoe_tally_overlap(t)) {
        h->overlap = mmoe_alloc(runs, sizeof *h->overlap);
        memcpy(h->overlap, mmoe_tally_overlap(t), runs * sizeof *h->overlap);
    }
    return h;
}

void mmoe_hearing_free(struct mmoe_hearing *h)
{
    if (!h)
        return;
    mmoe_free(h->value);
    mmoe_free(h->overlap);
    mmoe_free(h->claim);
    mmoe_free(h);
}

/* --- claims --- */

struct progress {
    bool (*go_on)(void *context, double share);
    void *context;
    size_t group, groups;
};

static bool go_on(void *context, double share)
{
    const struct progress *p = context;
    return p->go_on(p->context, ((double)p->group + share) / (double)p->groups);
}

enum mmoe_status mmoe_hearing_claims(struct mmoe_hearing *h,
                                     bool (*watch)(void *context, double share), void *context,
                                     struct mmoe_error *err)
{
    struct progress p = {watch, context, 0, h->design.groups};
    struct mmoe_claims_input in;
    h->go_on = watch;
    h->context = context;
    mmoe_free(h->claim);
    h->claim = mmoe_alloc(p.groups * MMOE_CLAIMS, sizeof *h->claim);
    bool many = p.groups > 1 || h->seeds > MANY_SEEDS;
    for (; p.group < p.groups; p.group++) {
        mmoe_design_input(&h->grid, &h->design, p.group, h->value, h->overlap, &in);
        in.go_on = watch ? go_on : NULL;
        in.context = &p;
        if (!mmoe_claims_test(&in, many ? DRAWS_OF_MANY : DRAWS, h->stream,
                              h->claim + p.group * MMOE_CLAIMS)) {
            mmoe_free(h->claim);
            h->claim = NULL;
            return mmoe_fail(err, MMOE_STATE, "the claims were stopped");
        }
    }
    return MMOE_OK;
}

bool mmoe_hearing_leans(const struct mmoe_claim *c)
{
    bool all = true;
    for (size_t i = 0; i < c->terms; i++)
        all = all && c->term[i].value > c->term[i].from && c->term[i].value < c->term[i].to;
    return all;
}

/* --- cells and pairs --- */

static bool cells_go_on(void *context, double share)
{
    const struct mmoe_hearing *h = context;
    return !h->go_on || h->go_on(h->context, share);
}

void mmoe_hearing_cells(const struct mmoe_hearing *h, size_t group, double threshold,
                        struct mmoe_claims_cell out[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX])
{
    struct mmoe_claims_input in;
    mmoe_design_input(&h->grid, &h->design, group, h->value, h->overlap, &in);
    in.go_on = cells_go_on;
    in.context = (void *)(uintptr_t)h; /* which it does not change */
    mmoe_claims_cells(&in, threshold, DRAWS_OF_MANY, h->stream, out);
}

struct mmoe_interval mmoe_hearing_below(const struct mmoe_hearing *h, size_t group,
                                        enum mmoe_claims_model a, enum mmoe_claims_model b,
                                        size_t i)
{
    size_t seeds = h->grid.seeds, n = 0;
    const double *x = h->value + mmoe_design_cell(&h->grid, &h->design, group, a, i) * seeds;
    const double *y = h->value + mmoe_design_cell(&h->grid, &h->design, group, b, i) * seeds;
    double *pairs = mmoe_alloc(2 * seeds, sizeof *pairs);
    for (size_t k = 0; k < seeds; k++)
        if (x[k] != MMOE_ABSENT && y[k] != MMOE_ABSENT) {
            pairs[n] = x[k];
            pairs[seeds + n++] = y[k];
        }
    struct mmoe_interval below = mmoe_below_paired(pairs, pairs + seeds, n, 0.95);
    mmoe_free(pairs);
    return below;
}

double mmoe_hearing_threshold(const struct mmoe_hearing *h)
{
    size_t n = 0, runs = mmoe_grid_runs(&h->grid);
    double *all = mmoe_alloc(runs, sizeof *all);
    for (size_t i = 0; i < runs; i++)
        if (isfinite(h->value[i]))
            all[n++] = h->value[i];
    double median = mmoe_summarize(all, n).median;
    mmoe_free(all);
    return THRESHOLD_FACTOR * median;
}
