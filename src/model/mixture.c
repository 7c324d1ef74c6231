/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mixture.c - mixtures of experts with one gate (OMoE) or a gate per task (MMoE).
 *
 *   g_k(x) = softmax(W_k x)               gates, no bias
 *   f_k(x) = sum_e g_k,e(x) f_e(x)        experts f_e: ReLU perceptrons
 *   y_k    = h_k(f_k(x))                  towers
 *
 * (Ma et al., KDD 2018, equations 5 to 7.) With one gate all towers read the
 * same mixture. The experts' first layer and the gates read the same x: their
 * weights are one matrix (D, E*H + G*E), applied in one product.
 */
#include "src/model/net.h"

static size_t one_gate(size_t tasks)
{
    (void)tasks;
    return 1;
}

static size_t gate_per_task(size_t tasks)
{
    return tasks;
}

static void plan(struct mmoe_net *net)
{
    const struct mmoe_spec *s = &net->spec;
    const struct part experts = {"experts", s->experts, s->dim, true, &s->expert_units,
                                 net->gates * s->experts};
    net_plan_stack(net, &net->trunk, &experts);
    net_plan_extra(net, &net->trunk.layers[0], "gates", net->gates, s->experts);
    net_plan_towers(net, net_last(&s->expert_units), net->gates == 1);
}

static void forward(struct mmoe_net *net)
{
    size_t experts = net->spec.experts, units = net_last(&net->spec.expert_units);
    const struct layer *first = &net->trunk.layers[0], *top = stack_top(&net->trunk);
    stack_forward(&net->trunk, &net->engine, net->params, net->rows, net->x, net->spec.dim);
    net->engine.k->softmax(net->rows, net->gates, experts, first->y + first->groups * first->out,
                     layer_ld(first), net->g);
    net->engine.k->mix(net->rows, net->gates, experts, units, net->g, top->y, layer_ld(top), net->mix);
    mmoe_phases_mark(net->engine.phases, MMOE_PHASE_GATES);
    stack_forward(&net->towers, &net->engine, net->params, net->rows, net->mix, net->gates * units);
}

static void backward(struct mmoe_net *net)
{
    size_t experts = net->spec.experts, units = net_last(&net->spec.expert_units);
    struct layer *first = &net->trunk.layers[0], *top = stack_top(&net->trunk);
    stack_backward(&net->towers, &net->engine, net->params, net->grads, net->rows, net->mix, net->dmix,
                   net->gates * units);
    net->engine.k->mix_backward(net->rows, net->gates, experts, units, net->g, top->y, net->dmix,
                          layer_ld(top), net->dg, top->dy, net->grads + top->bias);
    net->engine.k->softmax_backward(net->rows, net->gates, experts, net->g, net->dg,
                              first->dy + first->groups * first->out, layer_ld(first));
    mmoe_phases_mark(net->engine.phases, MMOE_PHASE_GATES);
    stack_backward_ready(&net->trunk, &net->engine, net->params, net->grads, net->rows, net->x, NULL, net->spec.dim);
}

const struct mmoe_model mmoe_model_omoe = {
    .title = "One-gate Mixture-of-Experts",
    .help = "experts mixed by one gate: all tasks get the same mixture",
    .gates = one_gate,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};

const struct mmoe_model mmoe_model_mmoe = {
    .title = "Multi-gate Mixture-of-Experts",
    .help = "experts mixed by a gate per task: tasks take from each expert as much as helps them",
    .gates = gate_per_task,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
