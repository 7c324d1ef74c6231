/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outline.c - a net part by part: shapes, parameters, arithmetic.
 *
 * A multiplication and an addition are two operations; biases, ReLU and softmax
 * are not counted. Experts that top-k gates leave out are not computed: each
 * gate takes k of E, and gates that choose alike share the work, so that the
 * count is the most it can be.
 */
#include <stdio.h>
#include <string.h>

#include "src/model/net.h"

static struct mmoe_outline_part *add(struct mmoe_outline *o, const char *kind, size_t groups,
                                     size_t in, size_t out)
{
    if (o->count == MMOE_OUTLINE_MAX)
        return NULL;
    struct mmoe_outline_part *p = &o->parts[o->count++];
    *p = (struct mmoe_outline_part){.kind = kind,
                                    .groups = groups,
                                    .in = in,
                                    .out = out,
                                    .flops = 2.0 * (double)(groups * in * out)};
    return p;
}

/* Name the part, and count the parameters of tensors NAME.* that have no number behind it. */
static void name(struct mmoe_outline_part *p, const struct mmoe_net *net, const char *prefix,
                 const char *part)
{
    snprintf(p->name, sizeof p->name, "%s%s", prefix, part);
    size_t n = strlen(p->name);
    for (size_t i = 0; i < net->tensor_count; i++) {
        const struct mmoe_tensor *t = &net->tensors[i];
        if (strncmp(t->name, p->name, n) == 0 && t->name[n] == '.' && !strchr(t->name + n + 1, '.'))
            p->parameters += t->dim[0] * t->dim[1] * t->dim[2];
    }
}

static void layer_name(const char *part, size_t level, char out[64])
{
    snprintf(out, 64, level ? "%s.%zu" : "%s", part, level);
}

static void add_stack(struct mmoe_outline *o, const struct mmoe_net *net, const struct stack *s,
                      const char *prefix, const char *part, const char *out)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct layer *l = &s->layers[i];
        char full[64];
        if (l->relu)
            layer_name(part, i, full);
        else
            snprintf(full, sizeof full, "%s", out);
        struct mmoe_outline_part *p = add(o,
                                          !l->relu      ? "linear"
                                          : l->factored ? "ReLU, Tucker"
                                          : l->stitched ? "ReLU, stitch"
                                                        : "ReLU",
                                          l->groups, l->in, l->out);
        if (!p)
            return;
        name(p, net, prefix, full);
        if (l->stitched)
            p->flops += 2.0 * (double)(l->groups * l->groups * l->out);
    }
}

static void add_block(struct mmoe_outline *o, const struct mmoe_net *net, const struct block *b,
                      const char *prefix)
{
    const struct gating *q = &b->gating;
    size_t first = o->count, chosen = q->gates * q->k;
    double share = q->k && chosen < q->experts ? (double)chosen / (double)q->experts : 1;
    add_stack(o, net, &b->experts, prefix, "experts", "experts.out");
    for (size_t i = first; i < o->count; i++)
        o->parts[i].flops *= share;
    struct mmoe_outline_part *p = add(o, "softmax", q->gates, b->experts.layers[0].in, q->experts);
    if (p)
        name(p, net, prefix, "gates");
    p = add(o, q->k ? "top-k mixture" : "mixture", q->gates, q->experts, b->units);
    if (p) {
        snprintf(p->name, sizeof p->name, "%smixture", prefix);
        p->flops = 2.0 * (double)(q->gates * (q->k ? q->k : q->experts) * b->units);
    }
}

/* How many of a field's levels share their row with another; 0 without memory. */
static size_t colliding(const struct embedding *e, size_t field, uint32_t levels)
{
    uint32_t *hits = mmoe_try_alloc(e->hashed[field] ? e->kept[field] : 0, sizeof *hits);
    size_t shared = 0;
    for (uint32_t l = 0; hits && e->hashed[field] && l < levels; l++)
        hits[embedding_row(e, field, l)]++;
    for (uint32_t row = 0; hits && e->hashed[field] && row < e->kept[field]; row++)
        shared += hits[row] > 1 ? hits[row] : 0;
    mmoe_free(hits);
    return shared;
}

/* One part for all tables of vectors. */
static void add_embeddings(struct mmoe_outline *o, const struct mmoe_net *net)
{
    const struct embedding *e = &net->embedding;
    struct mmoe_outline_part *p = e->fields ? add(o, "lookup", e->fields, e->rows, e->units) : NULL;
    if (!p)
        return;
    snprintf(p->name, sizeof p->name, "embeddings");
    p->parameters = e->rows * e->units;
    p->flops = 0;
    for (size_t f = 0; f < e->fields; f++) {
        o->levels += net->spec.fields->of[f].levels;
        o->colliding += colliding(e, f, net->spec.fields->of[f].levels);
    }
}

static void prefix_of(const struct mmoe_net *net, size_t column, size_t level, char out[40])
{
    size_t n = 0;
    out[0] = '\0';
    if (net->columns > 1)
        n = (size_t)snprintf(out, 40, "%c.", (char)('a' + column));
    if (level)
        snprintf(out + n, 40 - n, "layer%zu.", level);
}

void mmoe_model_outline(const struct mmoe_model *model, const struct mmoe_spec *spec,
                        struct mmoe_outline *out)
{
    struct mmoe_net *net = mmoe_alloc(1, sizeof *net);
    char prefix[40];
    net_plan(net, model, spec);
    *out = (struct mmoe_outline){.dim = spec->dim, .tasks = spec->tasks, .parameters = net->kept};
    add_embeddings(out, net);
    add_stack(out, net, &net->trunk, "", net_trunk_name(net), "");
    for (size_t c = 0; c < net->columns; c++)
        for (size_t i = 0; i < net->depth; i++) {
            prefix_of(net, c, i, prefix);
            add_block(out, net, &net->blocks[c * net->depth + i], prefix);
        }
    add_stack(out, net, &net->towers, "", "towers.hidden", "towers.out");
    for (size_t i = 0; i < out->count; i++)
        out->flops += out->parts[i].flops;
    net_plan_done(net);
    mmoe_free(net);
}

/* --- hidden layers --- */

/* The i-th hidden layer of a stack; else its number less those there are, and false. */
static bool hidden_of(const struct stack *s, const char *prefix, const char *part, size_t *i,
                      struct mmoe_hidden *out)
{
    for (size_t level = 0; level < s->count; level++) {
        const struct layer *l = &s->layers[level];
        char full[64];
        if (!l->relu || (*i)-- > 0)
            continue;
        layer_name(part, level, full);
        *out = (struct mmoe_hidden){
            .groups = l->groups, .units = l->out, .ld = layer_ld(l), .y = l->y};
        snprintf(out->name, sizeof out->name, "%s%s", prefix, full);
        return true;
    }
    return false;
}

bool mmoe_net_hidden_at(const struct mmoe_net *net, size_t i, struct mmoe_hidden *out)
{
    char prefix[40];
    if (hidden_of(&net->trunk, "", net_trunk_name(net), &i, out)) {
        out->of_tasks = out->groups > 1;
        return true;
    }
    for (size_t b = 0; b < net->columns * net->depth; b++) {
        prefix_of(net, b / net->depth, b % net->depth, prefix);
        if (hidden_of(&net->blocks[b].experts, prefix, "experts", &i, out)) {
            out->alone = net->columns > 1;
            out->task = b / net->depth;
            return true;
        }
    }
    if (!hidden_of(&net->towers, "", "towers.hidden", &i, out))
        return false;
    out->of_tasks = true;
    return true;
}
