/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model.c - the registry, and nets: planned, laid out, initialised, run.
 *
 * Initial weights are uniform within sqrt(6 / (in + out)) (Glorot and Bengio,
 * AISTATS 2010) or sqrt(6 / in) (He et al., ICCV 2015). The weights of one unit
 * are one row of the stream of its tensor's name, so that they depend neither
 * on the memory layout nor on how many units, experts or tasks there are
 * besides, but for the limit.
 */
#include "src/model/net.h"

#include <mmoe/rng.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const struct mmoe_model *model;
    const char *name;
} registry[] = {
#define MMOE_MODEL(type, word) {&type, word},
#include <mmoe/models.def>
#undef MMOE_MODEL
};

size_t mmoe_model_count(void)
{
    return sizeof registry / sizeof *registry;
}

const struct mmoe_model *mmoe_model_at(size_t index)
{
    return index < mmoe_model_count() ? registry[index].model : NULL;
}

const struct mmoe_model *mmoe_model_find(const char *name)
{
    for (size_t i = 0; i < mmoe_model_count(); i++)
        if (strcmp(registry[i].name, name) == 0)
            return registry[i].model;
    return NULL;
}

const char *mmoe_model_name(const struct mmoe_model *model)
{
    for (size_t i = 0; i < mmoe_model_count(); i++)
        if (registry[i].model == model)
            return registry[i].name;
    return NULL;
}

const char *mmoe_model_title(const struct mmoe_model *model)
{
    return model->title;
}

const char *mmoe_model_help(const struct mmoe_model *model)
{
    return model->help;
}

size_t mmoe_model_gates(const struct mmoe_model *model, size_t tasks)
{
    return model->gates(tasks);
}

/* --- resolving --- */

size_t net_last(const struct mmoe_sizes *sizes)
{
    return sizes->v[sizes->n - 1];
}

/* Weights of a chain of layers on an input of that width. */
static size_t chain(size_t in, const struct mmoe_sizes *units)
{
    size_t weights = 0;
    for (size_t i = 0; i < units->n; i++) {
        weights += in * units->v[i];
        in = units->v[i];
    }
    return weights;
}

/*
 * Units U of `bottoms` one-layer bottoms with as many weights as the experts; what a
 * tower has above its first layer is the same on both sides and drops out:
 * bottoms D U + T U W = E chain(D, H) + T H W.
 */
static size_t matched_units(const struct mmoe_spec *s, size_t bottoms)
{
    size_t first = s->tasks * s->tower_units.v[0];
    size_t experts = s->experts * chain(s->dim, &s->expert_units) + net_last(&s->expert_units) * first;
    size_t units = (size_t)lround((double)experts / (double)(bottoms * s->dim + first));
    return units ? units : 1;
}

void mmoe_spec_resolve(const struct mmoe_options *o, const struct mmoe_model *model, size_t dim,
                       size_t tasks, struct mmoe_spec *spec)
{
    *spec = (struct mmoe_spec){
        .dim = dim,
        .tasks = tasks,
        .batch = o->batch,
        .kernels = (enum mmoe_kernels)o->kernels,
        .experts = o->experts,
        .expert_units = o->expert_units,
        .bottom_units = o->bottom_units,
        .tower_units = o->tower_units,
    };
    if (spec->bottom_units.n == 0) {
        size_t bottoms = model->bottoms ? model->bottoms(tasks) : 1;
        spec->bottom_units = (struct mmoe_sizes){.n = 1, .v = {matched_units(spec, bottoms)}};
    }
}

/* --- planning --- */

static struct mmoe_tensor *add_tensor(struct mmoe_net *net, const char *part, size_t level, bool out,
                                      const char *kind)
{
    struct mmoe_tensor *t = &net->tensors[net->tensor_count++];
    if (out)
        snprintf(t->name, sizeof t->name, "%s.out.%s", part, kind);
    else if (level)
        snprintf(t->name, sizeof t->name, "%s.%zu.%s", part, level, kind);
    else
        snprintf(t->name, sizeof t->name, "%s.%s", part, kind);
    return t;
}

/* (groups,in,out) weights and (groups,out) biases of a planned layer. */
static void add_layer_tensors(struct mmoe_net *net, const struct layer *l, const char *part, size_t level,
                              bool out)
{
    struct mmoe_tensor *w = add_tensor(net, part, level, out, "weight");
    w->ndim = 3;
    w->dim[0] = l->groups;
    w->dim[1] = l->in;
    w->dim[2] = l->out;
    w->stride[0] = l->shared ? l->out : l->in * l->out;
    w->stride[1] = l->shared ? layer_ld(l) : l->out;
    w->stride[2] = 1;
    w->offset = l->weight;
    w->fan_in = l->in;
    w->fan_out = l->out;
    struct mmoe_tensor *b = add_tensor(net, part, level, out, "bias");
    b->ndim = 2;
    b->dim[0] = l->groups;
    b->dim[1] = l->out;
    b->stride[0] = l->out;
    b->stride[1] = 1;
    b->offset = l->bias;
}

static void add_layer(struct mmoe_net *net, struct stack *stack, const struct part *part, size_t units,
                      bool out)
{
    bool first = stack->count == 0;
    struct layer *l = &stack->layers[stack->count];
    *l = (struct layer){
        .groups = part->groups,
        .in = first ? part->in : stack->layers[stack->count - 1].out,
        .out = units,
        .extra = first ? part->extra : 0,
        .shared = first ? part->shared : part->groups == 1,
        .relu = !out,
        .weight = net->size,
    };
    net->size += l->shared ? l->in * layer_ld(l) : l->groups * l->in * l->out;
    l->bias = net->size;
    net->size += l->groups * l->out;
    add_layer_tensors(net, l, part->name, stack->count, out);
    stack->count++;
}

void net_plan_stack(struct mmoe_net *net, struct stack *stack, const struct part *part)
{
    for (size_t i = 0; i < part->units->n; i++)
        add_layer(net, stack, part, part->units->v[i], false);
}

void net_plan_towers(struct mmoe_net *net, size_t in, bool shared)
{
    const struct part part = {"towers", net->spec.tasks, in, shared, &net->spec.tower_units, 0};
    net_plan_stack(net, &net->towers, &part);
    add_layer(net, &net->towers, &part, 1, true);
}

void net_plan_extra(struct mmoe_net *net, const struct layer *first, const char *name, size_t groups,
                    size_t out)
{
    struct mmoe_tensor *t = add_tensor(net, name, 0, false, "weight");
    t->ndim = 3;
    t->dim[0] = groups;
    t->dim[1] = first->in;
    t->dim[2] = out;
    t->stride[0] = out;
    t->stride[1] = layer_ld(first);
    t->stride[2] = 1;
    t->offset = first->weight + first->groups * first->out;
    t->fan_in = first->in;
    t->fan_out = out;
}

static void plan(struct mmoe_net *net, const struct mmoe_model *model, const struct mmoe_spec *spec)
{
    memset(net, 0, sizeof *net);
    net->model = model;
    net->spec = *spec;
    net->engine.k = kernels_get(spec->kernels);
    net->gates = model->gates(spec->tasks);
    model->plan(net);
}

size_t mmoe_model_parameters(const struct mmoe_model *model, const struct mmoe_spec *spec)
{
    struct mmoe_net net;
    plan(&net, model, spec);
    return net.size;
}

/* --- arenas --- */

/* Take the arrays of the net from its arena, or add up what they cost where there is none yet. */
struct taker {
    struct mmoe_arena *arena;
    size_t bytes;
};

static mmoe_real *take(struct taker *t, size_t n)
{
    t->bytes += mmoe_arena_cost(n, sizeof(mmoe_real));
    return t->arena ? mmoe_arena_take(t->arena, n, sizeof(mmoe_real)) : NULL;
}

static void take_stack(struct taker *t, struct stack *s, size_t batch)
{
    for (size_t i = 0; i < s->count; i++) {
        struct layer *l = &s->layers[i];
        l->y = take(t, batch * layer_ld(l));
        l->dy = take(t, batch * layer_ld(l));
        l->wt = take(t, l->in * (l->shared ? layer_ld(l) : l->out));
    }
}

static void take_all(struct taker *t, struct mmoe_net *net)
{
    size_t batch = net->spec.batch, weights = net->gates * net->spec.experts;
    size_t mixed = net->gates * net_last(&net->spec.expert_units);
    net->params = take(t, net->size);
    net->grads = take(t, net->size);
    take_stack(t, &net->trunk, batch);
    take_stack(t, &net->towers, batch);
    net->g = take(t, batch * weights);
    net->dg = take(t, batch * weights);
    net->mix = take(t, batch * mixed);
    net->dmix = take(t, batch * mixed);
}

struct mmoe_net *mmoe_net_new(const struct mmoe_model *model, const struct mmoe_spec *spec)
{
    struct mmoe_net *net = mmoe_alloc(1, sizeof *net);
    plan(net, model, spec);
    struct taker count = {0};
    take_all(&count, net);
    net->arena = (struct mmoe_arena){mmoe_try_alloc(count.bytes, 1), count.bytes, 0};
    if (!net->arena.base) {
        mmoe_free(net);
        return NULL;
    }
    struct taker t = {&net->arena, 0};
    take_all(&t, net);
    return net;
}

void mmoe_net_free(struct mmoe_net *net)
{
    if (net)
        mmoe_arena_done(&net->arena);
    mmoe_free(net);
}

/* --- initial weights --- */

static void init_tensor(struct mmoe_net *net, const struct mmoe_tensor *t, enum mmoe_init init,
                        uint64_t seed, mmoe_real *row)
{
    struct mmoe_rng rng = mmoe_rng_stream(seed, MMOE_RNG_INIT, t->name);
    size_t fans = init == MMOE_INIT_HE ? t->fan_in : t->fan_in + t->fan_out;
    double limit = sqrt(6.0 / (double)fans);
    mmoe_real *w = net->params + t->offset;
    for (size_t lead = 0; lead < t->dim[0]; lead++)
        for (size_t unit = 0; unit < t->dim[2]; unit++) {
            mmoe_rng_uniform(rng, (uint64_t)lead << 32 | unit, t->dim[1], -limit, limit, row);
            for (size_t j = 0; j < t->dim[1]; j++)
                w[lead * t->stride[0] + j * t->stride[1] + unit * t->stride[2]] = row[j];
        }
}

void mmoe_net_init(struct mmoe_net *net, enum mmoe_init init, uint64_t seed)
{
    size_t widest = 0;
    for (size_t i = 0; i < net->tensor_count; i++)
        if (net->tensors[i].fan_in > widest)
            widest = net->tensors[i].fan_in;
    mmoe_real *row = mmoe_alloc(widest, sizeof *row);
    memset(net->params, 0, net->size * sizeof *net->params);
    for (size_t i = 0; i < net->tensor_count; i++)
        if (net->tensors[i].fan_in)
            init_tensor(net, &net->tensors[i], init, seed, row);
    mmoe_free(row);
}

/* --- running --- */

void net_forward_towers(struct mmoe_net *net)
{
    const struct layer *top = stack_top(&net->trunk);
    stack_forward(&net->trunk, &net->engine, net->params, net->rows, net->x, net->spec.dim);
    stack_forward(&net->towers, &net->engine, net->params, net->rows, top->y, layer_ld(top));
}

void net_backward_towers(struct mmoe_net *net)
{
    struct layer *top = stack_top(&net->trunk);
    stack_backward(&net->towers, &net->engine, net->params, net->grads, net->rows, top->y, top->dy, layer_ld(top));
    stack_backward(&net->trunk, &net->engine, net->params, net->grads, net->rows, net->x, NULL, net->spec.dim);
}

const mmoe_real *mmoe_net_forward(struct mmoe_net *net, const mmoe_real *x, size_t rows)
{
    net->x = x;
    net->rows = rows;
    net->model->forward(net);
    return stack_top(&net->towers)->y;
}

void mmoe_net_backward(struct mmoe_net *net, const mmoe_real *dy)
{
    memcpy(stack_top(&net->towers)->dy, dy, net->rows * net->spec.tasks * sizeof *dy);
    net->model->backward(net);
}

/* --- telling --- */

void mmoe_net_profile(struct mmoe_net *net, struct mmoe_phases *phases)
{
    net->engine.phases = phases;
}

const struct mmoe_model *mmoe_net_model(const struct mmoe_net *net)
{
    return net->model;
}

const struct mmoe_spec *mmoe_net_spec(const struct mmoe_net *net)
{
    return &net->spec;
}

size_t mmoe_net_size(const struct mmoe_net *net)
{
    return net->size;
}

mmoe_real *mmoe_net_params(struct mmoe_net *net)
{
    return net->params;
}

mmoe_real *mmoe_net_grads(struct mmoe_net *net)
{
    return net->grads;
}

size_t mmoe_net_tensor_count(const struct mmoe_net *net)
{
    return net->tensor_count;
}

const struct mmoe_tensor *mmoe_net_tensor(const struct mmoe_net *net, size_t index)
{
    return index < net->tensor_count ? &net->tensors[index] : NULL;
}

const mmoe_real *mmoe_net_gate_weights(const struct mmoe_net *net)
{
    return net->gates ? net->g : NULL;
}

const mmoe_real *mmoe_net_hidden(const struct mmoe_net *net, size_t *units, size_t *ld)
{
    const struct layer *top = &net->trunk.layers[net->trunk.count - 1];
    *units = top->groups * top->out;
    *ld = layer_ld(top);
    return top->y;
}
