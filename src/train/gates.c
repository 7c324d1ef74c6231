/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gates.c - diagnostics of gates and experts on held-out rows.
 *
 *   mean, sd  over rows of g_k,e
 *   largest   share of the rows where it is the largest weight of its gate, the first of equals
 *   entropy   mean over rows of -sum_e g ln g, in nats; ln E where a gate is even
 *   overlap   sum_e min(mean_i, mean_j) of two tasks' mean gates: 1 the same use, 0 disjoint
 *   unused    experts whose mean is below 1/(10 E) at every gate
 *   dead      ReLU units of the experts or bottoms that are 0 on every row
 *   copies    pairs of experts whose outputs, all rows and units taken together, have a Pearson
 *             correlation above .99: they became the same function up to scale and shift. Where
 *             gates keep k experts, of the rows for which both were computed
 */
#include "src/train/gates.h"

#include <math.h>
#include <string.h>

#include <mmoe/mem.h>

#include "src/base/versions.h"

#define COPY_CORRELATION 0.99
#define UNUSED_SHARE 0.1 /* of an even gate's weight */

static size_t pairs(size_t experts)
{
    return experts * (experts + 1) / 2;
}

bool diagnosis_init(struct diagnosis *d, const struct mmoe_net *net)
{
    size_t ld;
    memset(d, 0, sizeof *d);
    mmoe_net_hidden(net, 0, &d->units, &ld);
    const struct mmoe_spec *s = mmoe_net_spec(net);
    d->parts = mmoe_net_parts(net);
    d->gates = mmoe_model_gates(mmoe_net_model(net), s->tasks);
    d->experts = d->gates ? s->experts : 0;
    d->top_k = s->top_k < d->experts ? s->top_k : 0;
    size_t width = d->experts ? d->units / d->experts : 0;
    d->sum = mmoe_try_alloc(d->experts * width, sizeof *d->sum);
    d->product = mmoe_try_alloc(pairs(d->experts) * width, sizeof *d->product);
    d->pair = mmoe_try_alloc(d->top_k ? pairs(d->experts) : 0, sizeof *d->pair);
    if (activity_init(&d->activity, net) && d->sum && d->product && d->pair)
        return true;
    diagnosis_done(d);
    return false;
}

void diagnosis_done(struct diagnosis *d)
{
    activity_done(&d->activity);
    mmoe_free(d->sum);
    mmoe_free(d->product);
    mmoe_free(d->pair);
    memset(d, 0, sizeof *d);
}

void diagnosis_begin(struct diagnosis *d)
{
    size_t width = d->experts ? d->units / d->experts : 0;
    d->rows = 0;
    memset(d->mean, 0, sizeof d->mean);
    memset(d->entropy, 0, sizeof d->entropy);
    memset(d->squares, 0, sizeof d->squares);
    memset(d->largest, 0, sizeof d->largest);
    memset(d->chosen, 0, sizeof d->chosen);
    activity_begin(&d->activity);
    memset(d->sum, 0, d->experts * width * sizeof *d->sum);
    memset(d->product, 0, pairs(d->experts) * width * sizeof *d->product);
    memset(d->pair, 0, (d->top_k ? pairs(d->experts) : 0) * sizeof *d->pair);
}

/* The weights (rows,gates,E) of some gates, the first of which is gate `first`. */
static void add_weights(struct diagnosis *d, const mmoe_real *g, size_t rows, size_t first,
                        size_t gates)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = first; k < first + gates; k++, g += d->experts) {
            size_t most = 0;
            for (size_t e = 0; e < d->experts; e++) {
                most = g[e] > g[most] ? e : most;
                d->mean[k][e] += (double)g[e];
                d->squares[k][e] += (double)(g[e] * g[e]);
                d->chosen[k][e] += g[e] > 0;
                if (g[e] > 0)
                    d->entropy[k] -= (double)(g[e] * (mmoe_real)log((double)g[e]));
            }
            d->largest[k][most]++;
        }
}

/* Outputs, and products of those of each pair of experts, unit by unit. */
VERSIONS static void add_outputs(size_t experts, size_t width, const mmoe_real *restrict y,
                                 mmoe_real *restrict sum, mmoe_real *restrict product)
{
    for (size_t j = 0; j < experts * width; j++)
        sum[j] += y[j];
    for (size_t a = 0; a < experts; a++)
        for (size_t b = a; b < experts; b++, product += width)
            for (size_t h = 0; h < width; h++)
                product[h] += y[a * width + h] * y[b * width + h];
}

/* Place of the pair a <= b among the products. */
static size_t pair_at(size_t experts, size_t a, size_t b)
{
    return a * experts - a * (a + 1) / 2 + b;
}

/* The experts that any gate keeps for a row, whose weights are g (gates,E), in ascending order. */
static size_t kept(size_t gates, size_t experts, const mmoe_real *g, size_t list[MMOE_EXPERTS_MAX])
{
    size_t n = 0;
    for (size_t e = 0; e < experts; e++) {
        bool any = false;
        for (size_t k = 0; k < gates; k++)
            any = any || g[k * experts + e] > 0;
        if (any)
            list[n++] = e;
    }
    return n;
}

static void add_pair(struct expert_pair *p, size_t width, const mmoe_real *a, const mmoe_real *b)
{
    p->n += (double)width;
    for (size_t h = 0; h < width; h++) {
        double x = (double)a[h], y = (double)b[h];
        p->a += x;
        p->b += y;
        p->aa += x * x;
        p->bb += y * y;
        p->ab += x * y;
    }
}

/* Outputs y of a row, those of the experts that its gates keep alone. */
static void add_kept(struct diagnosis *d, const mmoe_real *g, const mmoe_real *y)
{
    size_t list[MMOE_EXPERTS_MAX], width = d->units / d->experts;
    size_t n = kept(d->gates, d->experts, g, list);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            add_pair(&d->pair[pair_at(d->experts, list[i], list[j])], width, y + list[i] * width,
                     y + list[j] * width);
}

void diagnosis_add(struct diagnosis *d, const struct mmoe_net *net, size_t rows)
{
    size_t units, ld, gates = d->gates / d->parts;
    for (size_t part = 0; part < d->parts; part++) {
        const mmoe_real *y = mmoe_net_hidden(net, part, &units, &ld);
        const mmoe_real *g = mmoe_net_gate_weights(net, part);
        for (size_t i = 0; i < rows && d->experts > 1 && d->parts == 1; i++, y += ld)
            if (d->top_k)
                add_kept(d, g + i * d->gates * d->experts, y);
            else
                add_outputs(d->experts, d->units / d->experts, y, d->sum, d->product);
        if (d->gates)
            add_weights(d, g, rows, part * gates, gates);
    }
    activity_add(&d->activity, net, rows);
    d->rows += rows;
}

static double total(const mmoe_real *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)v[i];
    return sum;
}

/* Of the outputs of two experts; a dead expert copies nobody. */
static double correlation(const struct expert_pair *p)
{
    double aa = p->aa - p->a * p->a / p->n, bb = p->bb - p->b * p->b / p->n;
    return p->n > 0 && aa > 0 && bb > 0 ? (p->ab - p->a * p->b / p->n) / sqrt(aa * bb) : 0;
}

static struct expert_pair pair_of(const struct diagnosis *d, size_t a, size_t b)
{
    if (d->top_k)
        return d->pair[pair_at(d->experts, a, b)];
    size_t width = d->units / d->experts;
    const mmoe_real *p = d->product;
    return (struct expert_pair){.n = (double)(d->rows * width),
                                .a = total(d->sum + a * width, width),
                                .b = total(d->sum + b * width, width),
                                .aa = total(p + pair_at(d->experts, a, a) * width, width),
                                .bb = total(p + pair_at(d->experts, b, b) * width, width),
                                .ab = total(p + pair_at(d->experts, a, b) * width, width)};
}

static void find_copies(const struct diagnosis *d, struct mmoe_gates *out)
{
    for (size_t a = 0; a < d->experts; a++)
        for (size_t b = a + 1; b < d->experts; b++) {
            struct expert_pair pair = pair_of(d, a, b);
            if (correlation(&pair) > COPY_CORRELATION && out->copies++ == 0) {
                out->copy_a = a;
                out->copy_b = b;
            }
        }
}

static void find_unused(const struct diagnosis *d, struct mmoe_gates *out)
{
    for (size_t e = 0; e < d->experts; e++) {
        double most = 0;
        for (size_t k = 0; k < d->gates; k++)
            most = fmax(most, (double)out->mean[k][e]);
        out->is_unused[e] = most < UNUSED_SHARE / (double)d->experts;
        out->unused += out->is_unused[e];
    }
}

static double overlap(const struct mmoe_gates *g, size_t i, size_t j)
{
    double sum = 0;
    for (size_t e = 0; e < g->experts; e++)
        sum += (double)fminf(g->mean[i][e], g->mean[j][e]);
    return sum;
}

/* The share of units that are never on, of all experts or bottoms. */
static double dead_share(const struct mmoe_activity *a)
{
    double dead = 0, units = 0;
    for (size_t i = 0; i < a->count; i++)
        if (!strstr(a->part[i].layer, "towers.")) {
            dead += a->part[i].never * (double)a->part[i].units;
            units += (double)a->part[i].units;
        }
    return dead / units;
}

void gates_measure(const struct mmoe_gates *g, size_t tasks,
                   double value[MMOE_METRICS][MMOE_TASKS_MAX])
{
    for (size_t k = 0; k < tasks; k++) {
        bool own = g->gates == tasks && g->experts > 1 && !isnan(value[MMOE_LOSS][k]);
        double most = 0;
        for (size_t e = 0; e < g->experts; e++)
            most = fmax(most, (double)g->largest[k][e]);
        value[MMOE_GATE_ENTROPY][k] = own ? g->entropy[k] / log((double)g->experts) : (double)NAN;
        value[MMOE_GATE_LEAD][k] = own ? most : (double)NAN;
    }
}

void diagnosis_end(const struct diagnosis *d, const struct mmoe_net *net, struct mmoe_gates *out,
                   struct mmoe_activity *activity)
{
    double rows = (double)d->rows;
    memset(out, 0, sizeof *out);
    out->gates = d->gates;
    out->experts = d->experts;
    out->top_k = d->top_k;
    for (size_t k = 0; k < d->gates; k++) {
        out->entropy[k] = d->entropy[k] / rows;
        for (size_t e = 0; e < d->experts; e++) {
            double mean = d->mean[k][e] / rows;
            out->mean[k][e] = (float)mean;
            out->sd[k][e] = (float)sqrt(fmax(0, d->squares[k][e] / rows - mean * mean));
            out->largest[k][e] = (float)((double)d->largest[k][e] / rows);
            out->chosen[k][e] = (float)((double)d->chosen[k][e] / rows);
        }
    }
    for (size_t i = 0; i < d->gates; i++)
        for (size_t j = 0; j < d->gates; j++)
            out->overlap[i][j] = overlap(out, i, j);
    activity_end(&d->activity, net, activity);
    out->dead_share = dead_share(activity);
    find_unused(d, out);
    if (d->parts == 1)
        find_copies(d, out);
}
