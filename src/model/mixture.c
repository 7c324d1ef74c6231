/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mixture.c - mixtures of experts with one gate (OMoE) or a gate per task (MMoE).
 *
 *   g_k(x) = softmax(W_k x)               gates, no bias
 *   f_k(x) = sum_e g_k,e(x) f_e(x)        experts f_e: ReLU perceptrons
 *   y_k    = h_k(f_k(x))                  towers
 *
 * (Ma et al., KDD 2018, equations 5 to 7.) With one gate all towers read the
 * same mixture. Where MoE layers are stacked all but the top one have one
 * gate, and a layer's gates and experts read the mixture below. Shared ReLU layers may lie below
 * all of them (section 6).
 */
#include <stdio.h>

#include "src/model/net.h"

static size_t one_gate(size_t tasks)
{
    (void)tasks;
    return 1;
}

static void plan(struct mmoe_net *net)
{
    const struct mmoe_spec *s = &net->spec;
    size_t gates = net->model->gates(s->tasks), in = s->dim;
    net->columns = 1;
    if (s->lower_units.n) {
        const struct part lower = {.name = "lower",
                                   .groups = 1,
                                   .in = in,
                                   .shared = true,
                                   .single = true,
                                   .units = &s->lower_units};
        net_plan_stack(net, &net->trunk, &lower);
        in = net_last(&s->lower_units);
    }
    for (size_t i = 0; i < net->depth; i++) {
        if (i > 0)
            snprintf(net->prefix, sizeof net->prefix, "layer%zu.", i);
        net_plan_block(net, &net->blocks[i], in, i + 1 == net->depth ? gates : 1, false);
        in = net_last(&s->expert_units);
    }
    net->prefix[0] = '\0';
    net_plan_towers(net, in, gates == 1, false);
}

static void forward(struct mmoe_net *net)
{
    if (net->trunk.count)
        stack_forward(&net->trunk, &net->engine, net->rows, net->x, net->spec.dim);
    net_forward_column(net, 0);
    const struct block *top = net_top_block(net, 0);
    stack_forward(&net->towers, &net->engine, net->rows, top->mix, top->gating.gates * top->units);
}

static void backward(struct mmoe_net *net)
{
    struct block *top = net_top_block(net, 0);
    stack_backward(&net->towers, &net->engine, net->rows, top->mix, top->dmix,
                   top->gating.gates * top->units);
    net_backward_column(net, 0);
    if (net->trunk.count)
        stack_backward(&net->trunk, &net->engine, net->rows, net->x, net->dx, net->spec.dim);
}

static const char *const heeds[] = {"experts",     "expert-units", "tower-units", "layers",
                                    "lower-units", "top-k",        "gate-noise",  "balance",
                                    "dropout",     "init",         NULL};

const struct mmoe_model mmoe_model_omoe = {
    .title = "One-gate Mixture-of-Experts",
    .help = "experts mixed by one gate: all tasks get the same mixture",
    .heeds = heeds,
    .gates = one_gate,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};

const struct mmoe_model mmoe_model_mmoe = {
    .title = "Multi-gate Mixture-of-Experts",
    .help = "experts mixed by a gate per task: tasks take from each expert as much as helps them",
    .heeds = heeds,
    .gates = net_one_each,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
