/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * l2_constrained.c - a net per task, held together by the distance of their weights.
 *
 *   objective + alpha sum over pairs i < j of |theta_i - theta_j|^2
 *
 * Duong et al. (ACL 2015), as in the MMoE paper; here for any number of tasks.
 * The slope in theta_i is 2 alpha (T theta_i - sum_j theta_j).
 */
#include <math.h>
#include <string.h>

#include "src/model/net.h"

static void plan(struct mmoe_net *net)
{
    net_plan_columns(net, false);
}

/* The elements (j,k) of a tensor whose first index is the task. */
#define EACH_ELEMENT(t, j, k)                \
    for (size_t j = 0; j < (t)->dim[1]; j++) \
        for (size_t k = 0; k < (t)->dim[2]; k++)

/* Every task's tensors: all but log variances of losses and embeddings, which are no net's. */
static size_t own_tensors(const struct mmoe_net *net)
{
    return net->tensor_count - net->spec.uncertainty - net->embedding.fields;
}

static double distance(const struct mmoe_net *net, size_t a, size_t b)
{
    double sum = 0;
    for (size_t i = 0; i < own_tensors(net); i++) {
        const struct mmoe_tensor *t = &net->tensors[i];
        const mmoe_real *p = net->params + t->offset;
        EACH_ELEMENT(t, j, k)
        {
            size_t at = j * t->stride[1] + k * t->stride[2];
            double d = (double)p[a * t->stride[0] + at] - (double)p[b * t->stride[0] + at];
            sum += d * d;
        }
    }
    return sum;
}

static double penalty(const struct mmoe_net *net)
{
    double sum = 0;
    for (size_t a = 0; a < net->spec.tasks; a++)
        for (size_t b = a + 1; b < net->spec.tasks; b++)
            sum += distance(net, a, b);
    return net->spec.l2_alpha * sum;
}

static void pull(struct mmoe_net *net, const struct mmoe_tensor *t)
{
    const mmoe_real *p = net->params + t->offset;
    mmoe_real *g = net->grads + t->offset, tasks = (mmoe_real)net->spec.tasks;
    mmoe_real factor = (mmoe_real)(2 * net->spec.l2_alpha);
    EACH_ELEMENT(t, j, k)
    {
        size_t at = j * t->stride[1] + k * t->stride[2];
        mmoe_real sum = 0;
        for (size_t a = 0; a < net->spec.tasks; a++)
            sum += p[a * t->stride[0] + at];
        for (size_t a = 0; a < net->spec.tasks; a++)
            g[a * t->stride[0] + at] += factor * (tasks * p[a * t->stride[0] + at] - sum);
    }
}

static void backward(struct mmoe_net *net)
{
    net_backward_towers(net);
    for (size_t i = 0; i < own_tensors(net); i++)
        pull(net, &net->tensors[i]);
    mmoe_phases_mark(net->engine.phases, MMOE_PHASE_UNITS);
}

static void sharing(const struct mmoe_net *net, struct mmoe_sharing *out)
{
    out->count = 1;
    strcpy(out->part[0].name, "distance of weights");
    out->part[0].pairs = true;
    out->part[0].columns = net->spec.tasks;
    for (size_t a = 0; a < net->spec.tasks; a++)
        for (size_t b = 0; b < net->spec.tasks; b++)
            out->part[0].v[a][b] = (float)sqrt(distance(net, a, b));
}

static const char *const heeds[] = {"bottom-units", "tower-units", "l2-alpha",
                                    "dropout",      "init",        NULL};

const struct mmoe_model mmoe_model_l2_constrained = {
    .title = "L2-Constrained",
    .help =
        "a net for each task, pulled towards each other by l2-alpha times their squared distance",
    .heeds = heeds,
    .gates = net_no_gates,
    .bottoms = net_one_each,
    .plan = plan,
    .forward = net_forward_towers,
    .backward = backward,
    .penalty = penalty,
    .sharing = sharing,
};
