/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * moe.c - a mixture of experts for each task: y = sum_e g_e(x) f_e(x), g(x) = softmax(W x).
 *
 * The original model of one task (Jacobs et al., 1991; Ma et al., KDD 2018, equation 4): experts
 * are nets that predict. With several tasks each has a mixture of its own. Where MoE layers are
 * stacked the experts of the top one predict.
 */
#include <stdio.h>

#include "src/model/net.h"

static void plan(struct mmoe_net *net)
{
    const struct mmoe_spec *s = &net->spec;
    net->columns = s->tasks;
    for (size_t c = 0; c < s->tasks; c++) {
        size_t in = s->dim;
        char task[4] = "";
        if (s->tasks > 1)
            snprintf(task, sizeof task, "%c.", (char)('a' + c));
        for (size_t i = 0; i < net->depth; i++) {
            if (i == 0)
                snprintf(net->prefix, sizeof net->prefix, "%s", task);
            else
                snprintf(net->prefix, sizeof net->prefix, "%slayer%zu.", task, i);
            net_plan_block(net, &net->blocks[c * net->depth + i], in, 1, i + 1 == net->depth);
            in = net_last(&s->expert_units);
        }
    }
    net->prefix[0] = '\0';
}

static void forward(struct mmoe_net *net)
{
    for (size_t c = 0; c < net->columns; c++) {
        net_forward_column(net, c);
        for (size_t i = 0; i < net->rows; i++)
            net->out[i * net->columns + c] = net_top_block(net, c)->mix[i];
    }
}

static void backward(struct mmoe_net *net)
{
    for (size_t c = 0; c < net->columns; c++) {
        for (size_t i = 0; i < net->rows; i++)
            net_top_block(net, c)->dmix[i] = net->dout[i * net->columns + c];
        net_backward_column(net, c);
    }
}

static const char *const heeds[] = {"experts", "expert-units", "layers", "top-k", "gate-noise",
                                    "balance", "dropout",      "init",   NULL};

const struct mmoe_model mmoe_model_moe = {
    .title = "Mixture-of-Experts",
    .help = "a mixture of experts of its own for each task: what gates do where nothing is shared",
    .heeds = heeds,
    .gates = net_one_each,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
