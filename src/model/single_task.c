/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * single_task.c - one separate net per task: y_k = h_k(f_k(x)).
 *
 * The bottoms are groups of one layer over the same x, the towers groups over
 * theirs; nothing is shared but the products they are computed in.
 */
#include "src/model/net.h"

static size_t no_gates(size_t tasks)
{
    (void)tasks;
    return 0;
}

static size_t one_each(size_t tasks)
{
    return tasks;
}

static void plan(struct mmoe_net *net)
{
    const struct mmoe_spec *s = &net->spec;
    const struct part bottoms = {"bottom", s->tasks, s->dim, true, &s->bottom_units, 0};
    net_plan_stack(net, &net->trunk, &bottoms);
    net_plan_towers(net, net_last(&s->bottom_units), s->tasks == 1);
}

const struct mmoe_model mmoe_model_single_task = {
    .title = "Single-Task",
    .help = "a separate net for each task: nothing is shared, nothing is in the way",
    .gates = no_gates,
    .bottoms = one_each,
    .plan = plan,
    .forward = net_forward_towers,
    .backward = net_backward_towers,
};
