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

static void add_stack(struct mmoe_outline *o, const struct mmoe_net *net, const struct stack *s,
                      const char *prefix, const char *part, const char *out)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct layer *l = &s->layers[i];
        char full[64];
        if (!l->relu)
            snprintf(full, sizeof full, "%s", out);
        else if (i)
            snprintf(full, sizeof full, "%s.%zu", part, i);
        else
            snprintf(full, sizeof full, "%s", part);
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
    *out = (struct mmoe_outline){.dim = spec->dim, .tasks = spec->tasks, .parameters = net->size};
    add_stack(out, net, &net->trunk, "", "bottom", "");
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
