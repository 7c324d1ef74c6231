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

#include "src/model/block.h"
#include "src/model/embedding.h"
#include "src/model/layer.h"

enum { NET_LAYERS_MAX = 4, NET_BLOCKS_MAX = MMOE_TASKS_MAX * NET_LAYERS_MAX };

struct mmoe_net {
    const struct mmoe_model *model;
    struct mmoe_spec spec;
    struct engine engine;
    struct mmoe_arena arena;
    size_t size;                /* parameters that the optimiser moves */
    size_t kept;                /* these and the embeddings, which lie behind them */
    mmoe_real *params, *grads;  /* (kept), (size) */
    struct embedding embedding; /* fields 0: none */
    size_t tensor_count, tensor_room;
    struct mmoe_tensor *tensors;
    char prefix[40]; /* of the names of tensors that are being planned */
    struct stack trunk, towers;
    size_t columns, depth; /* MoE layers: depth of them for each column; columns is 0, 1 or T */
    struct block blocks[NET_BLOCKS_MAX]; /* column by column, the input side first */
    size_t log_variance;                 /* offset, where spec.uncertainty */
    mmoe_real *out, *dout; /* (B,T) predictions; the towers' own where there are towers */
    /* of the last forward */
    struct mmoe_rows inputs;
    const mmoe_real *x;
    mmoe_real *dx;   /* (B,D); NULL where inputs have no gradient */
    mmoe_real *more; /* (B,D) where several parts of the net read embedded inputs; else NULL */
    size_t rows;
};

struct mmoe_model {
    const char *title, *help;
    const char *const *heeds; /* NULL-terminated names of the options of the group model that a net
                                 depends on, but for model itself */
    size_t (*gates)(size_t tasks);
    size_t (*bottoms)(size_t tasks); /* nets with a bottom of their own that share the matched
                                        weights; NULL: none */
    void (*plan)(struct mmoe_net *net);
    void (*forward)(struct mmoe_net *net);
    void (*backward)(struct mmoe_net *net);        /* dout is filled */
    double (*penalty)(const struct mmoe_net *net); /* NULL: none */
    void (*sharing)(const struct mmoe_net *net,
                    struct mmoe_sharing *out); /* NULL: gates, or nothing */
};

/* The architectures of models.def. */
#define MMOE_MODEL(type, word) extern const struct mmoe_model type;
#include <mmoe/models.def>
#undef MMOE_MODEL

/* What a part is made of. */
struct part {
    const char *name; /* first word of its tensors: "experts", "towers.hidden" */
    size_t groups, in;
    bool shared;   /* its groups read the same input */
    bool single;   /* there is one group by nature: its tensors have no dimension for it */
    bool factored; /* weights by Tucker's factors */
    const struct mmoe_sizes *units; /* hidden layers */
    size_t extra;                   /* columns of its first layer for somebody else */
};

/* --- planning (plan.c) --- */

/* Plan the layers and tensors of a part. */
void net_plan_stack(struct mmoe_net *net, struct stack *stack, const struct part *part);
/* One layer more on a stack, linear, of one unit a group: PART.out.weight (groups,in),
 * PART.out.bias (groups). */
void net_plan_out(struct mmoe_net *net, struct stack *stack, const char *name,
                  const struct part *part);
/* The towers, with their linear output of one unit; in: width of a tower's input. */
void net_plan_towers(struct mmoe_net *net, size_t in, bool shared, bool factored);
/* A MoE layer: experts and gates; predicts: its experts have a linear output of one unit. */
void net_plan_block(struct mmoe_net *net, struct block *block, size_t in, size_t gates,
                    bool predicts);
/* A T x T stitch after a planned layer, if the spec asks for one; number: which hidden layer it is,
 * from 1. */
void net_plan_stitch(struct mmoe_net *net, struct layer *layer, const char *name, size_t number);
/* T columns, a bottom and a tower each: single-task and its kin. */
void net_plan_columns(struct mmoe_net *net, bool factored);
/* T log variances. */
void net_plan_log_variance(struct mmoe_net *net);
/* All of it, by the model's plan; net is overwritten. */
void net_plan(struct mmoe_net *net, const struct mmoe_model *model, const struct mmoe_spec *spec);
void net_plan_done(struct mmoe_net *net);
/* Point all parts into an arena of their own; false where it does not fit in memory. */
bool net_lay_out(struct mmoe_net *net);

/* --- running --- */

/* What MoE layers read: the lower layers' output, or the net's inputs; *ld its elements from row to
 * row, *dx its gradient or NULL. */
const mmoe_real *net_below(struct mmoe_net *net, mmoe_real **dx, size_t *ld);
/* Forward and backward where the towers read the trunk's output as it is. */
void net_forward_towers(struct mmoe_net *net);
void net_backward_towers(struct mmoe_net *net);
/* The same through a column of MoE layers, out of x; and back into it. */
void net_forward_column(struct mmoe_net *net, size_t column);
void net_backward_column(struct mmoe_net *net, size_t column);
struct block *net_top_block(struct mmoe_net *net, size_t column);

/* What the layers of the trunk are called: "bottom", or "lower" below experts. */
const char *net_trunk_name(const struct mmoe_net *net);
size_t net_last(const struct mmoe_sizes *sizes); /* width of the last layer */
size_t net_no_gates(size_t tasks);
size_t net_one_each(size_t tasks);

#endif
