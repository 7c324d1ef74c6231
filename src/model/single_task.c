/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * single_task.c - one separate net per task: y_k = h_k(f_k(x)).
 *
 * The bottoms are groups of one layer over the same x, the towers groups over
 * theirs; nothing is shared but the products they are computed in.
 */
#include "src/model/net.h"

static void plan(struct mmoe_net *net)
{
    net_plan_columns(net, false);
}

static const char *const heeds[] = {"bottom-units", "tower-units", "dropout", "init", NULL};

const struct mmoe_model mmoe_model_single_task = {
    .title = "Single-Task",
    .help = "a separate net for each task: nothing is shared, nothing is in the way",
    .heeds = heeds,
    .gates = net_no_gates,
    .bottoms = net_one_each,
    .plan = plan,
    .forward = net_forward_towers,
    .backward = net_backward_towers,
};
