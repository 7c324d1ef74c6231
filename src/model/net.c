/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * net.c - nets: made, initialised, run.
 *
 * Initial weights are uniform within sqrt(6 / (in + out)) (Glorot and Bengio,
 * AISTATS 2010) or sqrt(6 / in) (He et al., ICCV 2015). The weights of one unit
 * are one row of the stream of its tensor's name, so that they depend neither
 * on the memory layout nor on how many units, experts or tasks there are
 * besides, but for the limit.
 */
#include "src/model/net.h"

#include <math.h>
#include <string.h>

#include <mmoe/rng.h>

/* --- making --- */

struct mmoe_net *mmoe_net_new(const struct mmoe_model *model, const struct mmoe_spec *spec)
{
    struct mmoe_net *net = mmoe_alloc(1, sizeof *net);
    net_plan(net, model, spec);
    if (net_lay_out(net))
        return net;
    mmoe_net_free(net);
    return NULL;
}

void mmoe_net_free(struct mmoe_net *net)
{
    if (!net)
        return;
    net_plan_done(net);
    mmoe_arena_done(&net->arena);
    mmoe_free(net);
}

/* --- initial weights --- */

/* The share of a task's own units that a stitch begins with (Misra et al., CVPR 2016, section 4.1).
 */
#define STITCH_OWN 0.9

static void init_identity(struct mmoe_net *net, const struct mmoe_tensor *t)
{
    size_t n = t->dim[0];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            net->params[t->offset + i * n + j] =
                (mmoe_real)(n == 1   ? 1
                            : i == j ? STITCH_OWN
                                     : (1 - STITCH_OWN) / (double)(n - 1));
}

/* w: where the tensor begins. */
static void init_tensor(const struct mmoe_tensor *t, enum mmoe_init init, uint64_t seed,
                        mmoe_real *row, mmoe_real *w)
{
    struct mmoe_rng rng = mmoe_rng_stream(seed, MMOE_RNG_INIT, t->name);
    size_t fans = init == MMOE_INIT_HE ? t->fan_in : t->fan_in + t->fan_out;
    double limit = sqrt(6.0 / (double)fans);
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
        if (net->tensors[i].dim[1] > widest)
            widest = net->tensors[i].dim[1];
    mmoe_real *row = mmoe_alloc(widest, sizeof *row);
    memset(net->params, 0, net->kept * sizeof *net->params);
    if (net->embedding.fields)
        memset(net->embedding.state, 0, net->embedding.rows * sizeof *net->embedding.state);
    for (size_t i = 0; i < net->tensor_count; i++) {
        const struct mmoe_tensor *t = &net->tensors[i];
        if (t->identity)
            init_identity(net, t);
        else if (t->fan_in)
            init_tensor(t, init, seed, row, net->params + t->offset);
    }
    mmoe_free(row);
}

/* --- running --- */

void net_forward_towers(struct mmoe_net *net)
{
    const struct layer *top = stack_top(&net->trunk);
    stack_forward(&net->trunk, &net->engine, net->rows, net->x, net->spec.dim);
    stack_forward(&net->towers, &net->engine, net->rows, layer_out(top), layer_ld(top));
}

void net_backward_towers(struct mmoe_net *net)
{
    struct layer *top = stack_top(&net->trunk);
    stack_backward(&net->towers, &net->engine, net->rows, layer_out(top), layer_dout(top),
                   layer_ld(top));
    stack_backward(&net->trunk, &net->engine, net->rows, net->x, net->dx, net->spec.dim);
}

struct block *net_top_block(struct mmoe_net *net, size_t column)
{
    return &net->blocks[(column + 1) * net->depth - 1];
}

const mmoe_real *net_below(struct mmoe_net *net, mmoe_real **dx, size_t *ld)
{
    struct layer *top = net->trunk.count ? stack_top(&net->trunk) : NULL;
    *dx = top ? layer_dout(top) : net->dx;
    *ld = top ? layer_ld(top) : net->spec.dim;
    return top ? layer_out(top) : net->x;
}

void net_forward_column(struct mmoe_net *net, size_t column)
{
    struct block *b = &net->blocks[column * net->depth];
    mmoe_real *dx;
    size_t ld;
    const mmoe_real *x = net_below(net, &dx, &ld);
    block_forward(&b[0], &net->engine, net->rows, x, ld);
    for (size_t i = 1; i < net->depth; i++)
        block_forward(&b[i], &net->engine, net->rows, b[i - 1].mix, b[i - 1].units);
}

void net_backward_column(struct mmoe_net *net, size_t column)
{
    struct block *b = &net->blocks[column * net->depth];
    mmoe_real *dx;
    size_t ld;
    const mmoe_real *x = net_below(net, &dx, &ld);
    for (size_t i = net->depth; i-- > 1;)
        block_backward(&b[i], &net->engine, net->rows, b[i - 1].mix, b[i - 1].dmix, b[i - 1].units);
    bool adds = dx && column > 0;
    block_backward(&b[0], &net->engine, net->rows, x, adds ? net->more : dx, ld);
    for (size_t i = 0; adds && i < net->rows * ld; i++)
        dx[i] += net->more[i];
}

void mmoe_net_evaluating(struct mmoe_net *net)
{
    net->engine.training = false;
}

void mmoe_net_training(struct mmoe_net *net, uint64_t step)
{
    net->engine.training = true;
    net->engine.step = step;
}

const mmoe_real *mmoe_net_forward(struct mmoe_net *net, const struct mmoe_rows *rows)
{
    net->inputs = *rows;
    net->engine.inputs = &net->inputs;
    net->x = rows->x;
    net->rows = rows->n;
    if (net->embedding.fields) {
        embedding_forward(&net->embedding, rows);
        net->x = net->embedding.x;
        mmoe_phases_mark(net->engine.phases, MMOE_PHASE_EMBEDDINGS);
    }
    net->model->forward(net);
    return net->out;
}

void mmoe_net_backward(struct mmoe_net *net, const mmoe_real *dy)
{
    memcpy(net->dout, dy, net->rows * net->spec.tasks * sizeof *dy);
    net->model->backward(net);
    if (net->embedding.fields) {
        embedding_backward(&net->embedding);
        mmoe_phases_mark(net->engine.phases, MMOE_PHASE_EMBEDDINGS);
    }
}

void mmoe_net_move_embeddings(struct mmoe_net *net, enum mmoe_embedding_optimizer how, double lr)
{
    embedding_step(&net->embedding, how, lr);
}

void mmoe_net_first_embeddings(const struct mmoe_net *net, enum mmoe_init init, uint64_t seed,
                               mmoe_real *out)
{
    size_t units = net->embedding.units, from = net->kept - net->embedding.rows * units;
    mmoe_real *row = mmoe_alloc(units, sizeof *row);
    for (size_t i = 0; i < net->tensor_count; i++)
        if (net->tensors[i].embedding)
            init_tensor(&net->tensors[i], init, seed, row, out + net->tensors[i].offset - from);
    mmoe_free(row);
}

mmoe_real *mmoe_net_embedding_sums(struct mmoe_net *net, size_t *rows)
{
    *rows = net->embedding.rows;
    return net->embedding.state;
}

double mmoe_net_penalty(const struct mmoe_net *net)
{
    double penalty = net->model->penalty ? net->model->penalty(net) : 0;
    for (size_t i = 0; i < net->columns * net->depth; i++)
        penalty += block_penalty(&net->blocks[i], &net->engine, net->rows);
    return penalty;
}

bool mmoe_net_log_variance(const struct mmoe_net *net, size_t *offset)
{
    *offset = net->log_variance;
    return net->spec.uncertainty;
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

size_t mmoe_net_kept(const struct mmoe_net *net)
{
    return net->kept;
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

size_t mmoe_net_parts(const struct mmoe_net *net)
{
    return net->columns > 1 ? net->columns : 1;
}

const mmoe_real *mmoe_net_gate_weights(const struct mmoe_net *net, size_t part)
{
    return net->columns ? net->blocks[(part + 1) * net->depth - 1].gating.g : NULL;
}

const mmoe_real *mmoe_net_hidden(const struct mmoe_net *net, size_t part, size_t *units, size_t *ld)
{
    const struct stack *s = net->columns ? &net->blocks[(part + 1) * net->depth - 1].experts
                                         : &net->trunk;
    const struct layer *top = &s->layers[s->count - 1];
    if (!top->relu)
        top--; /* experts that predict: below their output */
    *units = top->groups * top->out;
    *ld = layer_ld(top);
    return top->y;
}

const mmoe_real *mmoe_net_last_hidden(const struct mmoe_net *net, size_t task, size_t *units,
                                      size_t *ld)
{
    if (net->towers.count == 0)
        return mmoe_net_hidden(net, task, units, ld);
    const struct layer *top = &net->towers.layers[net->towers.count - 2]; /* the output is above */
    *units = top->out;
    *ld = layer_ld(top);
    return layer_out(top) + task * top->out;
}

void mmoe_net_sharing(const struct mmoe_net *net, struct mmoe_sharing *out)
{
    memset(out, 0, sizeof *out);
    if (net->model->sharing)
        net->model->sharing(net, out);
}
