/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tensor_factorization.c - a net per task whose hidden weights are one factored tensor: Tucker
 * (tucker.c).
 *
 * Yang and Hospedales (ICLR 2017). What tasks share are S, U1 and U2; a task's own is its row of
 * U3, how much of each of the r3 shared matrices its layer has. Outputs and biases are the tasks'
 * own.
 */
#include <stdio.h>
#include <string.h>

#include "src/model/net.h"

static void plan(struct mmoe_net *net)
{
    net_plan_columns(net, true);
}

static void sharing(const struct mmoe_net *net, struct mmoe_sharing *out)
{
    for (size_t i = 0; i < net->tensor_count && out->count < MMOE_SHARING_MAX; i++) {
        const struct mmoe_tensor *t = &net->tensors[i];
        const char *kind = strrchr(t->name, '.');
        if (strcmp(kind, ".U3") != 0)
            continue;
        size_t n = out->count++,
               shown = t->dim[1] < MMOE_SHARING_COLUMNS ? t->dim[1] : MMOE_SHARING_COLUMNS;
        snprintf(out->part[n].name, sizeof out->part[n].name, "U3 of %.*s", (int)(kind - t->name),
                 t->name);
        out->part[n].columns = shown;
        for (size_t a = 0; a < t->dim[0]; a++)
            for (size_t b = 0; b < shown; b++)
                out->part[n].v[a][b] = (float)net->params[t->offset + a * t->dim[1] + b];
    }
}

static const char *const heeds[] = {"bottom-units", "tower-units", "r1",   "r2",
                                    "r3",           "dropout",     "init", NULL};

const struct mmoe_model mmoe_model_tensor_factorization = {
    .title = "Tensor-Factorization",
    .help = "a net for each task whose hidden weights are one tensor in Tucker's factors",
    .heeds = heeds,
    .gates = net_no_gates,
    .bottoms = net_one_each,
    .plan = plan,
    .forward = net_forward_towers,
    .backward = net_backward_towers,
    .sharing = sharing,
};
