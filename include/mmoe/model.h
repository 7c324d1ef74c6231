/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model.h - the architectures, and a net: one of them with its weights.
 *
 * A model is a const type: it lays out named tensors over one flat parameter
 * arena (and a gradient arena of the same shape), runs forward and backward,
 * and describes itself. A net is an instance with the workspace for batches
 * of up to spec.batch rows; nothing is allocated after mmoe_net_new.
 *
 * Tensors are addressed by name and logical index; in memory they may be
 * strided, since first layers and gates that read the same input share one
 * matrix and thus one product. Initial values depend on (seed, tensor name,
 * index) alone: shared parts of two models start equal, and adding an expert
 * disturbs no other.
 *
 * Ownership: mmoe_net_free frees a net; pointers it hands out live as long as it.
 * Threads:   a net belongs to one thread at a time; models are const.
 *
 *   struct mmoe_net *net = mmoe_net_new(mmoe_model_at(o.model), &spec);
 *   mmoe_net_init(net, MMOE_INIT_GLOROT, seed);
 *   const mmoe_real *y = mmoe_net_forward(net, x, rows);    (rows,T)
 *   mmoe_net_backward(net, dy);                             fills the gradients
 */
#ifndef MMOE_MODEL_H
#define MMOE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mmoe/arrays.h>
#include <mmoe/dataset.h>
#include <mmoe/kernels.h>
#include <mmoe/option.h>
#include <mmoe/phase.h>
#include <mmoe/real.h>
#include <mmoe/rows.h>
#include <mmoe/text.h>

/* What a net is built from; no field is "auto" any more. */
struct mmoe_spec {
    size_t dim, tasks, batch; /* D, T, rows a forward pass may have */
    bool folded;              /* the rows are sparse (rows.h), of so many columns: C */
    size_t columns;
    const struct mmoe_fields *fields; /* of embedded rows, which outlive the net; NULL: none. D then
                                         counts their vectors, F embedding_units, and the numbers */
    size_t embedding_units, hash;     /* hash: bits, 0: off */
    size_t experts;                   /* E */
    size_t layers;                    /* of MoE, one on the other; 0 is 1 */
    size_t top_k;                     /* experts a gate keeps; 0: all */
    enum mmoe_kernels kernels;
    struct mmoe_sizes expert_units, bottom_units, tower_units;
    struct mmoe_sizes lower_units; /* shared layers below the experts; n = 0: none */
    struct mmoe_sizes stitch;      /* hidden layers followed by a stitch, from 1; n = 0: all */
    size_t rank[3];                /* r1, r2, r3 of Tucker's factors; 0 is 1 */
    double balance;                /* weight of the gates' load-balancing losses */
    double l2_alpha;               /* pull between the nets of l2-constrained */
    double dropout;                /* probability of a hidden unit to be left out in training */
    bool gate_noise;               /* noise on the gates' logits in training */
    bool uncertainty;              /* a trained log variance for each task's loss */
    uint64_t seed;                 /* of what training draws: dropout, gate noise */
};

/* A named array over the arena. Element (i,j,k) is at offset + i*stride[0] + j*stride[1] +
 * k*stride[2]. */
struct mmoe_tensor {
    char name[96]; /* "experts.weight", "experts.1.weight", "gates.weight", "towers.out.bias" */
    size_t first, ndim; /* its shape is dim[first] .. dim[first + ndim - 1]; the others are 1 */
    size_t dim[3], stride[3];
    size_t offset;          /* elements from the start of the arena */
    size_t fan_in, fan_out; /* of one unit's layer, for the initialiser; both 0: starts at 0 */
    bool identity;          /* starts near the identity */
    bool embedding; /* a table of vectors, moved by mmoe_net_move_embeddings: it has no place
                       in the gradient arena, and its offset is behind mmoe_net_size */
};

/* A small matrix of what tasks share: stitches, task factors, distances between nets. */
enum { MMOE_SHARING_MAX = 8, MMOE_SHARING_COLUMNS = 16 };
struct mmoe_sharing {
    size_t count;
    struct {
        char name[64];  /* "stitch after bottom" */
        bool pairs;     /* columns are tasks, too */
        size_t columns; /* rows are tasks */
        float v[MMOE_TASKS_MAX][MMOE_SHARING_COLUMNS];
    } part[MMOE_SHARING_MAX];
};

struct mmoe_net;
struct mmoe_model;

/* The registry (models.def). */
size_t mmoe_model_count(void);
const struct mmoe_model *mmoe_model_at(size_t index);
const struct mmoe_model *mmoe_model_find(const char *name); /* or NULL */
const char *mmoe_model_name(const struct mmoe_model *model);
const char *mmoe_model_title(const struct mmoe_model *model); /* "Multi-gate Mixture-of-Experts" */
const char *mmoe_model_help(const struct mmoe_model *model);  /* one line */
/* 0, 1 or T: how many gates the model has with that many tasks (on its top layer). */
size_t mmoe_model_gates(const struct mmoe_model *model, size_t tasks);

/*
 * Whether a net of the model, made and trained under o, may depend on an option: false only where
 * every value of the option gives the same bits, whatever the other options are. That is known of
 * the options of the group model alone: any other one is heeded. `model` itself is heeded, and
 * so are the options the model's own list names. While bottom-units is auto, a model that heeds
 * bottom-units also heeds experts, expert-units and tower-units, from which the width is matched.
 */
bool mmoe_model_heeds(const struct mmoe_model *model, const struct mmoe_options *o,
                      const struct mmoe_option *option);

/*
 * Resolve options for a dataset of D inputs and T tasks. bottom_units = auto
 * becomes the paper's matched count: as many weights (no biases, no gates) as
 * the experts and towers of the same options have together; 113 for Shared-Bottom
 * by default (13056 / (100 + 8*2)). Per net for Single-Task.
 */
void mmoe_spec_resolve(const struct mmoe_options *o, const struct mmoe_model *model, size_t dim,
                       size_t tasks, struct mmoe_spec *spec);
/* The same for those rows, folded and embedded ones, too. */
void mmoe_spec_for(const struct mmoe_options *o, const struct mmoe_model *model,
                   const struct mmoe_dataset *data, struct mmoe_spec *spec);
/* D: the inputs a net reads of those rows, embedded ones as their vectors. NULL: of the rows that
 * follow from o alone, 0 where they are a file's. */
size_t mmoe_spec_inputs(const struct mmoe_options *o, const struct mmoe_dataset *data);

/* How many parameters a net of that spec has, without building it. */
size_t mmoe_model_parameters(const struct mmoe_model *model, const struct mmoe_spec *spec);

/* A net part by part, in the order of computation. */
enum { MMOE_OUTLINE_MAX = 160 };
struct mmoe_outline {
    size_t dim, tasks, parameters, count;
    size_t levels, colliding; /* of embedded categories: how many, and how many share a vector */
    double flops;             /* of one example's forward pass */
    struct mmoe_outline_part {
        char name[64];    /* of its tensors: "experts", "towers.hidden" */
        const char *kind; /* "ReLU", "softmax", "linear", "mixture"; static text */
        size_t groups, in, out, parameters;
        double flops;
    } parts[MMOE_OUTLINE_MAX];
};
void mmoe_model_outline(const struct mmoe_model *model, const struct mmoe_spec *spec,
                        struct mmoe_outline *out);

/* NULL where it does not fit in memory. */
struct mmoe_net *mmoe_net_new(const struct mmoe_model *model, const struct mmoe_spec *spec);
void mmoe_net_free(struct mmoe_net *net);

/*
 * Append an array for each tensor, named PREFIX and its name, out of values laid out as the
 * parameters, of which there are n, mmoe_net_kept or mmoe_net_size: tensors beyond, the embeddings,
 * are let be. The other way round, import fills values out of arrays. There must be one for each
 * tensor of the net and none for others that a net may have (belongs, in weights.c); any other
 * array is let be. Nothing is filled on failure.
 */
enum mmoe_status mmoe_net_export(const struct mmoe_net *net, const mmoe_real *values, size_t n,
                                 const char *prefix, struct mmoe_arrays *out,
                                 struct mmoe_error *err);
enum mmoe_status mmoe_net_import(const struct mmoe_net *net, const struct mmoe_arrays *in,
                                 const char *prefix, mmoe_real *values, size_t n,
                                 struct mmoe_error *err);

/* The names of the net's tensors, NULL behind the last; free them with mmoe_free. */
const char **mmoe_net_names(const struct mmoe_net *net);

/* Fill the weights: uniform with Glorot's limit sqrt(6 / (in + out)) or He's sqrt(6 / in); biases
 * 0. */
void mmoe_net_init(struct mmoe_net *net, enum mmoe_init init, uint64_t seed);

/* What the next passes are: evaluations (as it begins), or that step of training, with dropout and
 * noise. */
void mmoe_net_evaluating(struct mmoe_net *net);
void mmoe_net_training(struct mmoe_net *net, uint64_t step);
/* Predictions (n,T) for the inputs of those rows, n <= spec.batch; valid until the next call. The
 * inputs must outlive backward. */
const mmoe_real *mmoe_net_forward(struct mmoe_net *net, const struct mmoe_rows *rows);
/* Gradients of sum(dy * y) + penalty with respect to every parameter for the last forward;
   overwrites the arena (but for log variances, which are the caller's). */
void mmoe_net_backward(struct mmoe_net *net, const mmoe_real *dy);
/* Move the embeddings of the last backward pass's rows. Nothing where there are none. */
void mmoe_net_move_embeddings(struct mmoe_net *net, enum mmoe_embedding_optimizer how, double lr);
/* out (rows,units) = the tables as mmoe_net_init makes them. */
void mmoe_net_first_embeddings(const struct mmoe_net *net, enum mmoe_init init, uint64_t seed,
                               mmoe_real *out);
/* What their optimiser keeps: a sum for each of *rows rows. */
mmoe_real *mmoe_net_embedding_sums(struct mmoe_net *net, size_t *rows);
/* What the model itself adds to the objective for the last forward: distances of nets, unbalanced
 * gates. */
double mmoe_net_penalty(const struct mmoe_net *net);
/* Offset of the T log variances of the tasks' losses; false where the net has none. */
bool mmoe_net_log_variance(const struct mmoe_net *net, size_t *offset);

/* Mark the phases of forward and backward from now on; NULL: no longer. */
void mmoe_net_profile(struct mmoe_net *net, struct mmoe_phases *phases);

const struct mmoe_model *mmoe_net_model(const struct mmoe_net *net);
const struct mmoe_spec *mmoe_net_spec(const struct mmoe_net *net);
size_t mmoe_net_size(const struct mmoe_net *net); /* elements of the gradient arena */
size_t mmoe_net_kept(const struct mmoe_net *net); /* and of the parameters: embeddings, too */
mmoe_real *mmoe_net_params(struct mmoe_net *net);
mmoe_real *mmoe_net_grads(struct mmoe_net *net);
size_t mmoe_net_tensor_count(const struct mmoe_net *net);
const struct mmoe_tensor *mmoe_net_tensor(const struct mmoe_net *net, size_t index);

/*
 * What the last forward computed, for diagnostics. Nets of moe have a part for each task, with
 * gates and experts of its own; all others have one part.
 */
size_t mmoe_net_parts(const struct mmoe_net *net);
/* (rows,G,E), or NULL where the model has no gates. */
const mmoe_real *mmoe_net_gate_weights(const struct mmoe_net *net, size_t part);
/* Outputs (rows,units) of the experts' (or bottoms') last hidden layer, after ReLU; *units is E*H,
   U or T*U, *ld the elements from one row to the next. */
const mmoe_real *mmoe_net_hidden(const struct mmoe_net *net, size_t part, size_t *units,
                                 size_t *ld);
/* Outputs (rows,units) of the last hidden layer that a task's prediction is made of, after ReLU:
   its tower's (after a stitch, if there is one: these may be below 0), or, in nets of moe, which
   have no towers, all its experts': 0 in an evaluation where the gate does not keep the expert.
   *ld as above. */
const mmoe_real *mmoe_net_last_hidden(const struct mmoe_net *net, size_t task, size_t *units,
                                      size_t *ld);
/* A hidden layer: outputs (rows,groups*units), after ReLU, ld elements from one row to the next. */
struct mmoe_hidden {
    char name[64]; /* of its tensors: "bottom", "a.experts", "towers.hidden.1" */
    bool of_tasks; /* its groups are tasks; else experts, or one for all */
    bool alone;    /* all of it is of one task ... */
    size_t task;   /* ... which is this, from 0 */
    size_t groups, units, ld;
    const mmoe_real *y;
};
/* The i-th hidden layer, from below; false: there are not as many. At most MMOE_HIDDEN_MAX. Units
   of experts that top-k gates left out for a row are 0 there. */
enum { MMOE_HIDDEN_MAX = 128 };
bool mmoe_net_hidden_at(const struct mmoe_net *net, size_t i, struct mmoe_hidden *out);
/* What tasks share by other means than gates; count 0 where the model has no such thing. */
void mmoe_net_sharing(const struct mmoe_net *net, struct mmoe_sharing *out);

#endif
