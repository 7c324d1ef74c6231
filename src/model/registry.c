/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * registry.c - the models there are, and what a model is with some options.
 */
#include <math.h>
#include <string.h>

#include <mmoe/recommender.h>
#include <mmoe/source.h>

#include "src/model/net.h"

static const struct {
    const struct mmoe_model *model;
    const char *name;
} registry[] = {
#define MMOE_MODEL(type, word) {&type, word},
#include <mmoe/models.def>
#undef MMOE_MODEL
};

size_t mmoe_model_count(void)
{
    return sizeof registry / sizeof *registry;
}

const struct mmoe_model *mmoe_model_at(size_t index)
{
    return index < mmoe_model_count() ? registry[index].model : NULL;
}

const struct mmoe_model *mmoe_model_find(const char *name)
{
    for (size_t i = 0; i < mmoe_model_count(); i++)
        if (strcmp(registry[i].name, name) == 0)
            return registry[i].model;
    return NULL;
}

const char *mmoe_model_name(const struct mmoe_model *model)
{
    for (size_t i = 0; i < mmoe_model_count(); i++)
        if (registry[i].model == model)
            return registry[i].name;
    return NULL;
}

const char *mmoe_model_title(const struct mmoe_model *model)
{
    return model->title;
}

const char *mmoe_model_help(const struct mmoe_model *model)
{
    return model->help;
}

size_t mmoe_model_gates(const struct mmoe_model *model, size_t tasks)
{
    return model->gates(tasks);
}

/* --- options --- */

static bool is_among(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* What matched_units reads of the options. */
static const char *const matched_by[] = {"experts", "expert-units", "tower-units", NULL};

/* What only nets of embedded rows depend on. */
static const char *const of_embeddings[] = {"embedding-units", "embedding-optimizer",
                                            "embedding-lr", "hash", NULL};

bool mmoe_model_heeds(const struct mmoe_model *model, const struct mmoe_options *o,
                      const struct mmoe_option *option)
{
    if (is_among(of_embeddings, option->name))
        return mmoe_source_embeds(o);
    if (option->group != MMOE_GROUP_MODEL || strcmp(option->name, "model") == 0 ||
        is_among(model->heeds, option->name))
        return true;
    bool matched = o->bottom_units.n == 0 && is_among(model->heeds, "bottom-units");
    return matched && is_among(matched_by, option->name);
}

/* --- resolving --- */

/* Weights of a chain of layers on an input of that width. */
static size_t chain(size_t in, const struct mmoe_sizes *units)
{
    size_t weights = 0;
    for (size_t i = 0; i < units->n; i++) {
        weights += in * units->v[i];
        in = units->v[i];
    }
    return weights;
}

/*
 * Units U of `bottoms` one-layer bottoms with as many weights as the experts; what a
 * tower has above its first layer is the same on both sides and drops out:
 * bottoms D U + T U W = E chain(D, H) + T H W.
 */
static size_t matched_units(const struct mmoe_spec *s, size_t bottoms)
{
    size_t first = s->tasks * s->tower_units.v[0];
    size_t experts =
        s->experts * chain(s->dim, &s->expert_units) + net_last(&s->expert_units) * first;
    size_t units = (size_t)lround((double)experts / (double)(bottoms * s->dim + first));
    return units ? units : 1;
}

void mmoe_spec_resolve(const struct mmoe_options *o, const struct mmoe_model *model, size_t dim,
                       size_t tasks, struct mmoe_spec *spec)
{
    *spec = (struct mmoe_spec){
        .dim = dim,
        .tasks = tasks,
        .batch = o->batch,
        .kernels = (enum mmoe_kernels)o->kernels,
        .experts = o->experts,
        .layers = o->layers,
        .top_k = o->top_k,
        .stitch = o->stitch,
        .rank = {o->r1, o->r2, o->r3},
        .balance = o->balance,
        .l2_alpha = o->l2_alpha,
        .dropout = o->dropout,
        .gate_noise = o->gate_noise,
        .uncertainty = o->weighting == MMOE_WEIGHTING_UNCERTAINTY,
        .seed = o->seed_order,
        .expert_units = o->expert_units,
        .bottom_units = o->bottom_units,
        .tower_units = o->tower_units,
        .lower_units = o->lower_units,
        .embedding_units = o->embedding_units,
        .hash = o->hash,
    };
    if (spec->bottom_units.n == 0) {
        size_t bottoms = model->bottoms ? model->bottoms(tasks) : 1;
        spec->bottom_units = (struct mmoe_sizes){.n = 1, .v = {matched_units(spec, bottoms)}};
    }
}

size_t mmoe_spec_inputs(const struct mmoe_options *o, const struct mmoe_dataset *data)
{
    if (!data && mmoe_source_of(o) == &mmoe_source_recommender)
        return MMOE_RECOMMENDER_NUMBERS + MMOE_RECOMMENDER_FIELDS * o->embedding_units;
    if (!data)
        return mmoe_options_of_file(o->data) ? 0 : o->dim;
    const struct mmoe_fields *fields = data->train.fields;
    return data->dim + (fields ? fields->count * o->embedding_units : 0);
}

void mmoe_spec_for(const struct mmoe_options *o, const struct mmoe_model *model,
                   const struct mmoe_dataset *data, struct mmoe_spec *spec)
{
    mmoe_spec_resolve(o, model, mmoe_spec_inputs(o, data), data->tasks, spec);
    spec->folded = data->train.fold != NULL;
    spec->columns = spec->folded ? data->train.fold->columns : 0;
    spec->fields = data->train.fields;
}

size_t mmoe_model_parameters(const struct mmoe_model *model, const struct mmoe_spec *spec)
{
    struct mmoe_net *net = mmoe_alloc(1, sizeof *net);
    net_plan(net, model, spec);
    size_t n = net->kept;
    net_plan_done(net);
    mmoe_free(net);
    return n;
}
