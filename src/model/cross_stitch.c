/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cross_stitch.c - a net per task; after chosen layers each reads a mixture of all: z_i = sum_j
 * A_ij y_j.
 *
 * Misra et al. (CVPR 2016). A is T x T, a matrix for each stitched layer, trained with the weights;
 * it starts near the identity, so that the nets begin almost apart (layer.c computes it).
 */
#include <stdio.h>
#include <string.h>

#include "src/model/net.h"

static void plan_stitches(struct mmoe_net *net, struct stack *s, const char *part, size_t before)
{
    for (size_t i = 0; i < s->count && s->layers[i].relu; i++) {
        char name[64];
        if (i)
            snprintf(name, sizeof name, "%s.%zu", part, i);
        else
            snprintf(name, sizeof name, "%s", part);
        net_plan_stitch(net, &s->layers[i], name, before + i + 1);
    }
}

static void plan(struct mmoe_net *net)
{
    net_plan_columns(net, false);
    plan_stitches(net, &net->trunk, "bottom", 0);
    plan_stitches(net, &net->towers, "towers.hidden", net->trunk.count);
}

static void sharing(const struct mmoe_net *net, struct mmoe_sharing *out)
{
    size_t tasks = net->spec.tasks;
    for (size_t i = 0; i < net->tensor_count && out->count < MMOE_SHARING_MAX; i++) {
        const struct mmoe_tensor *t = &net->tensors[i];
        if (!t->identity)
            continue;
        size_t n = out->count++;
        int length = (int)(strrchr(t->name, '.') - t->name);
        snprintf(out->part[n].name, sizeof out->part[n].name, "stitch after %.*s", length, t->name);
        out->part[n].pairs = true;
        out->part[n].columns = tasks;
        for (size_t a = 0; a < tasks * tasks; a++)
            out->part[n].v[a / tasks][a % tasks] = (float)net->params[t->offset + a];
    }
}

static const char *const heeds[] = {"bottom-units", "tower-units", "stitch",
                                    "dropout",      "init",        NULL};

const struct mmoe_model mmoe_model_cross_stitch = {
    .title = "Cross-Stitch",
    .help = "a net for each task; stitches between their layers let each read from the others",
    .heeds = heeds,
    .gates = net_no_gates,
    .bottoms = net_one_each,
    .plan = plan,
    .forward = net_forward_towers,
    .backward = net_backward_towers,
    .sharing = sharing,
};
