/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * net.h - what an architecture sees of a net, and what it must provide.
 *
 * An architecture is a const struct mmoe_model in a file of its own. Its
 * `plan` names the parts and tensors of a net: it runs once to count, and its
 * offsets then hold for the arenas. Most nets are a trunk (bottom or experts),
 * a mixture of its groups or none, and a tower for each task.
 *
 * Ownership: the net owns all arrays. Threads: one at a time.
 */
#ifndef MMOE_NET_H
#define MMOE_NET_H

#include <mmoe/mem.h>
#include <mmoe/model.h>

#include "src/model/layer.h"

enum { NET_TENSORS_MAX = 4 * STACK_LAYERS_MAX };

struct mmoe_net {
    const struct mmoe_model *model;
    struct mmoe_spec spec;
    struct engine engine;
    struct mmoe_arena arena;
    size_t size; /* parameters */
    mmoe_real *params, *grads;
    size_t tensor_count;
    struct mmoe_tensor tensors[NET_TENSORS_MAX];
    struct stack trunk, towers;
    size_t gates;          /* G */
    mmoe_real *g, *dg;     /* (B,G,E) gate weights */
    mmoe_real *mix, *dmix; /* (B,G,H) what the towers read */
    /* of the last forward */
    const mmoe_real *x;
    size_t rows;
};

struct mmoe_model {
    const char *title, *help;
    size_t (*gates)(size_t tasks);
    size_t (*bottoms)(size_t tasks); /* nets with a bottom of their own that share the matched weights; NULL: none */
    void (*plan)(struct mmoe_net *net);
    void (*forward)(struct mmoe_net *net);
    void (*backward)(struct mmoe_net *net); /* dy of the towers' top layer is filled */
};

/* The architectures of models.def. */
#define MMOE_MODEL(type, word) extern const struct mmoe_model type;
#include <mmoe/models.def>
#undef MMOE_MODEL

/* What a part is made of. */
struct part {
    const char *name;               /* first word of its tensors: "experts", "towers" */
    size_t groups, in;
    bool shared;                    /* its groups read the same input */
    const struct mmoe_sizes *units; /* hidden layers */
    size_t extra;                   /* columns of its first layer for somebody else */
};

/* Plan the layers and tensors of a part. */
void net_plan_stack(struct mmoe_net *net, struct stack *stack, const struct part *part);
/* The same for the towers, with their linear output of one unit; in: width of a tower's input. */
void net_plan_towers(struct mmoe_net *net, size_t in, bool shared);
/* Name (G,in,out) parameters that lie in the extra columns of a planned first layer. */
void net_plan_extra(struct mmoe_net *net, const struct layer *first, const char *name, size_t groups,
                    size_t out);

/* Forward and backward where the towers read the trunk's output as it is. */
void net_forward_towers(struct mmoe_net *net);
void net_backward_towers(struct mmoe_net *net);

size_t net_last(const struct mmoe_sizes *sizes); /* width of the last layer */

#endif
