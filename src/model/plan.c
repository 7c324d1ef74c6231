/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan.c - the layers and tensors of a net, and where they lie.
 *
 * A plan runs once and gives every part an offset; then all arrays are taken
 * from one block, twice over the same list: first to count, then to take.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "src/model/net.h"

size_t net_no_gates(size_t tasks)
{
    (void)tasks;
    return 0;
}

size_t net_one_each(size_t tasks)
{
    return tasks;
}

const char *net_trunk_name(const struct mmoe_net *net)
{
    return net->columns ? "lower" : "bottom";
}

size_t net_last(const struct mmoe_sizes *sizes)
{
    return sizes->v[sizes->n - 1];
}

/* --- tensors --- */

static struct mmoe_tensor *add_tensor(struct mmoe_net *net, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static struct mmoe_tensor *add_tensor(struct mmoe_net *net, size_t offset, const char *format, ...)
{
    va_list args;
    if (net->tensor_count == net->tensor_room) {
        size_t room = net->tensor_room ? 2 * net->tensor_room : 16;
        net->tensors = mmoe_regrow(net->tensors, net->tensor_count, room, sizeof *net->tensors);
        net->tensor_room = room;
    }
    struct mmoe_tensor *t = &net->tensors[net->tensor_count++];
    *t = (struct mmoe_tensor){.offset = offset, .dim = {1, 1, 1}};
    size_t n = (size_t)snprintf(t->name, sizeof t->name, "%s", net->prefix);
    va_start(args, format);
    vsnprintf(t->name + n, sizeof t->name - n, format, args);
    va_end(args);
    return t;
}

static void shape(struct mmoe_tensor *t, size_t ndim, size_t a, size_t b, size_t c)
{
    t->ndim = ndim;
    t->dim[0] = a;
    t->dim[1] = b;
    t->dim[2] = c;
    t->stride[0] = b * c;
    t->stride[1] = c;
    t->stride[2] = 1;
}

/* (n,m) of their own at the end of the arena. */
static size_t add_factor(struct mmoe_net *net, const char *part, const char *kind, size_t n,
                         size_t rank)
{
    size_t at = net->size;
    struct mmoe_tensor *t = add_tensor(net, at, "%s.%s", part, kind);
    shape(t, 2, n, rank, 1);
    t->fan_in = 2 * rank; /* uniform of variance 1 / rank with either initialiser */
    net->size += n * rank;
    return at;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void add_factors(struct mmoe_net *net, struct layer *l, const char *part)
{
    struct tucker *f = &l->tucker;
    const size_t dim[3] = {l->in, l->out, l->groups};
    f->in = l->in;
    f->out = l->out;
    f->groups = l->groups;
    f->apart = layer_weights(l, 1, &f->ld);
    for (size_t i = 0; i < 3; i++)
        f->rank[i] = least(net->spec.rank[i] ? net->spec.rank[i] : 1, dim[i]);
    f->s = net->size;
    struct mmoe_tensor *t = add_tensor(net, f->s, "%s.S", part);
    shape(t, 3, f->rank[0], f->rank[1], f->rank[2]);
    t->fan_in = l->in;
    t->fan_out = l->out;
    net->size += f->rank[0] * f->rank[1] * f->rank[2];
    f->u1 = add_factor(net, part, "U1", l->in, f->rank[0]);
    f->u2 = add_factor(net, part, "U2", l->out, f->rank[1]);
    f->u3 = add_factor(net, part, "U3", l->groups, f->rank[2]);
}

static void add_weight(struct mmoe_net *net, struct layer *l, const char *part, bool single)
{
    l->weight = net->size;
    struct mmoe_tensor *t = add_tensor(net, l->weight, "%s.weight", part);
    shape(t, l->relu ? 3 : 2, l->groups, l->in, l->out);
    t->stride[0] = l->shared ? l->out : l->in * l->out;
    t->stride[1] = l->shared ? layer_ld(l) : l->out;
    t->fan_in = l->in;
    t->fan_out = l->out;
    if (single) {
        t->first = 1;
        t->ndim = 2;
    }
    net->size += l->shared ? l->in * layer_ld(l) : l->groups * l->in * l->out;
}

static void add_bias(struct mmoe_net *net, struct layer *l, const char *part, bool single)
{
    l->bias = net->size;
    struct mmoe_tensor *t = add_tensor(net, l->bias, "%s.bias", part);
    shape(t, single || !l->relu ? 1 : 2, l->groups, l->out, 1);
    t->first = single;
    net->size += l->groups * l->out;
}

/* --- parts --- */

static void add_layer(struct mmoe_net *net, struct stack *stack, const char *name,
                      const struct part *part, size_t units, bool relu)
{
    bool first = stack->count == 0;
    struct layer *l = &stack->layers[stack->count++];
    *l = (struct layer){
        .groups = part->groups,
        .in = first ? part->in : l[-1].out,
        .out = units,
        .extra = first ? part->extra : 0,
        .shared = first ? part->shared : part->groups == 1,
        .relu = relu,
        .factored = part->factored && relu,
    };
    if (l->factored)
        add_factors(net, l, name);
    else
        add_weight(net, l, name, part->single);
    add_bias(net, l, name, part->single);
    char full[128];
    snprintf(full, sizeof full, "%s%s", net->prefix, name);
    l->mask = mmoe_rng_stream(net->spec.seed, MMOE_RNG_TRAINING, full);
}

/* "bottom", then "bottom.1", "bottom.2". */
static const char *level_name(const char *part, size_t level, char *out, size_t size)
{
    if (level)
        snprintf(out, size, "%s.%zu", part, level);
    else
        snprintf(out, size, "%s", part);
    return out;
}

void net_plan_stack(struct mmoe_net *net, struct stack *stack, const struct part *part)
{
    char name[64];
    for (size_t i = 0; i < part->units->n; i++)
        add_layer(net, stack, level_name(part->name, i, name, sizeof name), part, part->units->v[i],
                  true);
}

void net_plan_out(struct mmoe_net *net, struct stack *stack, const char *name,
                  const struct part *part)
{
    add_layer(net, stack, name, part, 1, false);
}

void net_plan_towers(struct mmoe_net *net, size_t in, bool shared, bool factored)
{
    const struct part part = {.name = "towers.hidden",
                              .groups = net->spec.tasks,
                              .in = in,
                              .shared = shared,
                              .factored = factored,
                              .units = &net->spec.tower_units};
    net_plan_stack(net, &net->towers, &part);
    net_plan_out(net, &net->towers, "towers.out", &part);
}

void net_plan_columns(struct mmoe_net *net, bool factored)
{
    const struct mmoe_spec *s = &net->spec;
    const struct part bottoms = {.name = "bottom",
                                 .groups = s->tasks,
                                 .in = s->dim,
                                 .shared = true,
                                 .factored = factored,
                                 .units = &s->bottom_units};
    net_plan_stack(net, &net->trunk, &bottoms);
    net_plan_towers(net, net_last(&s->bottom_units), s->tasks == 1, factored);
}

/* (G,in,E) in the extra columns of a first layer, after `before` others of them. */
static void add_gates(struct mmoe_net *net, const struct layer *first, const char *name,
                      size_t before, size_t gates, size_t experts)
{
    struct mmoe_tensor *t =
        add_tensor(net, first->weight + first->groups * first->out + before, "%s", name);
    shape(t, 3, gates, first->in, experts);
    t->stride[0] = experts;
    t->stride[1] = layer_ld(first);
    t->fan_in = first->in;
    t->fan_out = experts;
}

void net_plan_block(struct mmoe_net *net, struct block *b, size_t in, size_t gates, bool predicts)
{
    const struct mmoe_spec *s = &net->spec;
    size_t weights = gates * s->experts;
    char name[64];
    const struct part experts = {.name = "experts",
                                 .groups = s->experts,
                                 .in = in,
                                 .shared = true,
                                 .units = &s->expert_units,
                                 .extra = s->gate_noise ? 2 * weights : weights};
    net_plan_stack(net, &b->experts, &experts);
    add_gates(net, &b->experts.layers[0], "gates.weight", 0, gates, s->experts);
    if (s->gate_noise)
        add_gates(net, &b->experts.layers[0], "gates.noise", weights, gates, s->experts);
    if (predicts)
        net_plan_out(net, &b->experts, "experts.out", &experts);
    b->units = stack_top(&b->experts)->out;
    snprintf(name, sizeof name, "%sgates", net->prefix);
    b->gating = (struct gating){
        .gates = gates,
        .experts = s->experts,
        .k = s->top_k < s->experts ? s->top_k : 0,
        .noisy = s->gate_noise,
        .balance = s->balance,
        .rng = mmoe_rng_stream(s->seed, MMOE_RNG_TRAINING, name),
    };
}

void net_plan_stitch(struct mmoe_net *net, struct layer *l, const char *name, size_t number)
{
    const struct mmoe_sizes *wanted = &net->spec.stitch;
    bool here = wanted->n == 0;
    for (size_t i = 0; i < wanted->n; i++)
        here |= wanted->v[i] == number;
    if (!here)
        return;
    l->stitched = true;
    l->stitch = net->size;
    struct mmoe_tensor *t = add_tensor(net, l->stitch, "%s.stitch", name);
    shape(t, 2, l->groups, l->groups, 1);
    t->identity = true;
    net->size += l->groups * l->groups;
}

void net_plan_log_variance(struct mmoe_net *net)
{
    net->log_variance = net->size;
    shape(add_tensor(net, net->size, "loss.log_variance"), 1, net->spec.tasks, 1, 1);
    net->size += net->spec.tasks;
}

enum { LINE = 16 }; /* numbers of a cache line, in which a vector begins */
/* Vectors start uniform with this standard deviation. */
#define EMBEDDING_SD 0.1

/* A table for each field, behind all other parameters. */
static void plan_embeddings(struct mmoe_net *net)
{
    const struct mmoe_fields *fields = net->spec.fields;
    struct embedding *e = &net->embedding;
    net->kept = net->size;
    if (!fields)
        return;
    net->kept = (net->size + LINE - 1) / LINE * LINE;
    e->fields = fields->count;
    e->units = net->spec.embedding_units;
    e->numbers = net->spec.dim - e->fields * e->units;
    for (size_t f = 0; f < e->fields; f++) {
        e->first[f] = (uint32_t)e->rows;
        e->kept[f] = embedding_rows(fields->of[f].levels, net->spec.hash);
        e->hashed[f] = e->kept[f] < fields->of[f].levels;
        struct mmoe_tensor *t = add_tensor(net, net->kept, "embeddings.%s", fields->of[f].name);
        shape(t, 2, e->kept[f], e->units, 1);
        t->fan_in = (size_t)lround(2 / (EMBEDDING_SD * EMBEDDING_SD)); /* sd^2 = limit^2 / 3 */
        t->embedding = true;
        e->rows += e->kept[f];
        net->kept += e->kept[f] * e->units;
    }
}

void net_plan(struct mmoe_net *net, const struct mmoe_model *model, const struct mmoe_spec *spec)
{
    memset(net, 0, sizeof *net);
    net->model = model;
    net->spec = *spec;
    net->engine.k = kernels_get(spec->kernels);
    net->engine.dropout = (mmoe_real)spec->dropout;
    net->depth = spec->layers ? spec->layers : 1;
    model->plan(net);
    if (net->trunk.count)
        net->trunk.layers[0].reads_inputs = true;
    for (size_t i = 0; i < net->columns && !net->trunk.count; i++)
        net->blocks[i * net->depth].experts.layers[0].reads_inputs = true;
    if (spec->uncertainty)
        net_plan_log_variance(net);
    plan_embeddings(net);
}

void net_plan_done(struct mmoe_net *net)
{
    mmoe_free(net->tensors);
    net->tensors = NULL;
}

/* --- arrays --- */

/* Take the arrays of the net from its arena, or add up what they cost where there is none yet. */
struct taker {
    struct mmoe_arena *arena;
    size_t bytes;
};

static void *take_of(struct taker *t, size_t n, size_t size)
{
    t->bytes += mmoe_arena_cost(n, size);
    return t->arena ? mmoe_arena_take(t->arena, n, size) : NULL;
}

static mmoe_real *take(struct taker *t, size_t n)
{
    return take_of(t, n, sizeof(mmoe_real));
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void take_tucker(struct taker *t, struct layer *l)
{
    struct tucker *f = &l->tucker;
    f->core = take(t, f->rank[0] * f->rank[1]);
    f->dcore = take(t, f->rank[0] * f->rank[1]);
    f->left = take(t, l->groups * l->in * f->rank[1]);
    f->dleft = take(t, l->in * f->rank[1]);
    f->turned = take(t, most(l->out * f->rank[1], l->in * f->rank[0]));
}

static void take_layer(struct taker *t, struct mmoe_net *net, struct layer *l)
{
    size_t batch = net->spec.batch,
           weights = l->shared ? l->in * layer_ld(l) : l->groups * l->in * l->out;
    l->params = net->params;
    l->grads = net->grads;
    l->y = take(t, batch * layer_ld(l));
    l->dy = take(t, batch * layer_ld(l));
    l->z = l->stitched ? take(t, batch * layer_ld(l)) : NULL;
    l->dz = l->stitched ? take(t, batch * layer_ld(l)) : NULL;
    l->wt = take(t, l->in * (l->shared ? layer_ld(l) : l->out));
    if (l->factored)
        take_tucker(t, l);
    if (l->reads_inputs && net->spec.folded) {
        l->f = take(t, (l->in + net->spec.columns) * layer_ld(l));
        l->df = take(t, (l->in + net->spec.columns) * layer_ld(l));
        l->base = take(t, layer_ld(l));
        l->total = take(t, layer_ld(l));
    }
    if (!l->factored && t->arena) {
        l->w = net->params + l->weight;
        l->dw = net->grads + l->weight;
    } else {
        l->w = take(t, l->factored ? weights : 0);
        l->dw = take(t, l->factored ? weights : 0);
    }
}

static void take_stack(struct taker *t, struct mmoe_net *net, struct stack *s)
{
    for (size_t i = 0; i < s->count; i++)
        take_layer(t, net, &s->layers[i]);
}

static void take_sparse(struct taker *t, struct block *b, size_t batch, bool folds)
{
    struct sparse *s = &b->sparse;
    const struct gating *q = &b->gating;
    s->room = batch * (q->gates * q->k < q->experts ? q->gates * q->k : q->experts);
    s->row = take_of(t, s->room, sizeof *s->row);
    bool folded = folds && b->experts.layers[0].reads_inputs;
    s->x = take(t, folded ? 0 : s->room * b->experts.layers[0].in);
    s->dx = take(t, folded ? 0 : s->room * b->experts.layers[0].in);
    for (size_t i = 0; i < b->experts.count; i++) {
        s->y[i] = take(t, s->room * b->experts.layers[i].out);
        s->dy[i] = take(t, s->room * b->experts.layers[i].out);
    }
}

static void take_block(struct taker *t, struct mmoe_net *net, struct block *b)
{
    size_t batch = net->spec.batch, weights = batch * b->gating.gates * b->gating.experts;
    take_stack(t, net, &b->experts);
    b->gating.g = take(t, weights);
    b->gating.dg = take(t, weights);
    b->mix = take(t, batch * b->gating.gates * b->units);
    b->dmix = take(t, batch * b->gating.gates * b->units);
    if (b->gating.k || b->gating.noisy) {
        b->gating.h = take(t, weights);
        b->gating.noise = take(t, weights);
    }
    if (b->gating.k)
        take_sparse(t, b, batch, net->spec.folded);
}

static void take_embedding(struct taker *t, struct mmoe_net *net)
{
    struct embedding *e = &net->embedding;
    size_t batch = net->spec.batch, entries = batch * e->fields, inputs = batch * net->spec.dim;
    if (!e->fields)
        return;
    e->table = t->arena ? net->params + net->kept - e->rows * e->units : NULL;
    e->state = take(t, e->rows);
    e->x = take(t, inputs);
    e->dx = take(t, inputs);
    e->at = take_of(t, entries, sizeof *e->at);
    e->row = take_of(t, entries, sizeof *e->row);
    e->sum = take(t, entries * e->units);
    e->slot = take_of(t, e->rows, sizeof *e->slot);
    net->dx = e->dx;
    net->more = net->columns > 1 ? take(t, inputs) : NULL;
}

static void take_all(struct taker *t, struct mmoe_net *net)
{
    size_t out = net->towers.count ? 0 : net->spec.batch * net->spec.tasks;
    net->params = take(t, net->kept);
    net->grads = take(t, net->size);
    take_embedding(t, net);
    take_stack(t, net, &net->trunk);
    for (size_t i = 0; i < net->columns * net->depth; i++)
        take_block(t, net, &net->blocks[i]);
    take_stack(t, net, &net->towers);
    net->out = net->towers.count ? stack_top(&net->towers)->y : take(t, out);
    net->dout = net->towers.count ? stack_top(&net->towers)->dy : take(t, out);
}

bool net_lay_out(struct mmoe_net *net)
{
    struct taker count = {0};
    take_all(&count, net);
    net->arena = (struct mmoe_arena){mmoe_try_alloc(count.bytes, 1), count.bytes, 0};
    if (!net->arena.base)
        return false;
    struct taker t = {&net->arena, 0};
    take_all(&t, net);
    return true;
}
