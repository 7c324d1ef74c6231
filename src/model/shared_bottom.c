/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shared_bottom.c - one bottom for all tasks, a tower for each: y_k = h_k(f(x)).
 *
 * Caruana (1997), the baseline of the MMoE paper. The towers read the same
 * input, so their first layers are one product.
 */
#include "src/model/net.h"

static void plan(struct mmoe_net *net)
{
    const struct mmoe_spec *s = &net->spec;
    const struct part bottom = {.name = "bottom",
                                .groups = 1,
                                .in = s->dim,
                                .shared = true,
                                .single = true,
                                .units = &s->bottom_units};
    net_plan_stack(net, &net->trunk, &bottom);
    net_plan_towers(net, net_last(&s->bottom_units), true, false);
}

static const char *const heeds[] = {"bottom-units", "tower-units", "dropout", "init", NULL};

const struct mmoe_model mmoe_model_shared_bottom = {
    .title = "Shared-Bottom",
    .help = "one bottom that all tasks share, a tower for each: tasks that differ get in each "
            "other's way",
    .heeds = heeds,
    .gates = net_no_gates,
    .plan = plan,
    .forward = net_forward_towers,
    .backward = net_backward_towers,
};
