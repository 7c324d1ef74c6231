/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * moot.c - settings that change nothing beside the others, in one table.
 *
 * The softmax over a single kept expert is 1 whatever its logit, and so has no slope: with top-k 1
 * gates learn by the loss of the load alone, whose slope goes through the noise (gating.c).
 */
#include <math.h>
#include <string.h>

#include <mmoe/model.h>
#include <mmoe/moot.h>
#include <mmoe/run.h>
#include <mmoe/source.h>

static bool one_expert(const struct mmoe_options *o)
{
    return o->experts == 1;
}

/* Models without gates heed experts where they match their width. */
static bool one_to_choose(const struct mmoe_options *o)
{
    return o->experts == 1 && mmoe_model_gates(mmoe_model_at((size_t)o->model), MMOE_TASKS_MAX) > 0;
}

static bool keeps_one(const struct mmoe_options *o)
{
    return o->top_k == 1 && !(o->gate_noise && o->balance > 0);
}

static bool has_no_slope(const struct mmoe_options *o)
{
    return o->top_k == 1 && !o->gate_noise;
}

static bool keeps_all(const struct mmoe_options *o)
{
    return o->top_k >= o->experts && !o->gate_noise;
}

static bool is_untrained_noise(const struct mmoe_options *o)
{
    return o->top_k == 1 && !(o->balance > 0);
}

static bool no_pull(const struct mmoe_options *o)
{
    return !(o->l2_alpha > 0);
}

static bool no_stitch(const struct mmoe_options *o)
{
    size_t hidden = (o->bottom_units.n ? o->bottom_units.n : 1) + o->tower_units.n;
    for (size_t i = 0; i < o->stitch.n; i++)
        if (o->stitch.v[i] <= hidden)
            return false;
    return o->stitch.n > 0;
}

static bool more_than_tasks(const struct mmoe_options *o)
{
    size_t tasks = mmoe_source_of(o)->tasks; /* 0: not known before its rows are read */
    return tasks > 0 && o->r3 > tasks;
}

static bool no_signal(const struct mmoe_options *o)
{
    return !(o->scale > 0);
}

static bool is_adam(const struct mmoe_options *o)
{
    return o->optimizer == MMOE_OPTIMIZER_ADAM;
}

static bool takes_no_steps(const struct mmoe_options *o)
{
    return o->schedule != MMOE_LR_STEP;
}

static bool no_decay(const struct mmoe_options *o)
{
    return o->schedule == MMOE_LR_STEP && !(o->decay < 1);
}

static bool ends_before_decay(const struct mmoe_options *o)
{
    return o->schedule == MMOE_LR_STEP && o->decay_every >= o->steps;
}

static bool no_weight(const struct mmoe_options *o)
{
    bool none = o->task_weights.n > 0;
    for (size_t i = 0; i < o->task_weights.n; i++)
        none = none && !(o->task_weights.v[i] > 0);
    return none;
}

static bool draws_nothing(const struct mmoe_options *o)
{
    return (o->alpha.n > 0 && o->beta.n > 0) || o->sines == 0;
}

static bool draws_for_each(const struct mmoe_options *o)
{
    return draws_nothing(o) || o->shape == MMOE_SHAPE_EACH;
}

static bool is_stream(const struct mmoe_options *o)
{
    return o->rows == 0 && !mmoe_options_of_file(o->data);
}

static bool chooses_nothing(const struct mmoe_options *o)
{
    return !o->patience && !o->keep_best;
}

static bool ends_before_patience(const struct mmoe_options *o)
{
    return o->patience > 0 && (double)o->patience * (double)o->eval_every >= (double)o->steps;
}

/* why: what is to be said after the option and its value. */
static const struct mmoe_moot rules[] = {
    {"p", no_signal, "changes nothing, since with scale 0 labels do not depend on the inputs",
     "set scale above 0"},
    {"shape", draws_nothing, "changes nothing, since alpha and beta are given",
     "set alpha random or beta random"},
    {"shape-sd", draws_nothing, "changes nothing, since alpha and beta are given",
     "set alpha random or beta random"},
    {"seed.shape", draws_for_each, "changes nothing, since nothing is drawn once",
     "set shape once, and alpha or beta random"},
    {"order", is_stream, "changes nothing, since every step has fresh rows", "give rows a number"},
    {"experts", one_to_choose, "leaves gates nothing to weigh, and they are never trained",
     "set experts 2 or more"},
    {"top-k", one_expert, "changes nothing, since there is one expert", "set experts 2 or more"},
    {"top-k", keeps_one,
     "never trains the gates, since the weight of a single expert is 1 whatever its logit",
     "set top-k 2, or gate-noise on and balance 0.1"},
    {"top-k", keeps_all, "changes nothing, since gates keep all experts", "set it below experts"},
    {"gate-noise", one_expert, "changes nothing, since there is one expert",
     "set experts 2 or more"},
    {"gate-noise", is_untrained_noise,
     "is never trained, since with top-k 1 only balance trains it", "set balance 0.1, or top-k 2"},
    {"balance", one_expert, "changes nothing, since there is one expert", "set experts 2 or more"},
    {"balance", has_no_slope, "changes nothing, since with top-k 1 it has no gradient",
     "set gate-noise on, or top-k 2"},
    {"l2-alpha", no_pull, "pulls no nets together, as in single-task", "set it above 0"},
    {"stitch", no_stitch, "stitches nothing, since there is no such hidden layer",
     "set stitch all"},
    {"r3", more_than_tasks, "changes nothing, since there are fewer tasks", "set r3 1 or 2"},
    {"momentum", is_adam, "changes nothing, since adam has none", "set optimizer sgd"},
    {"schedule", ends_before_decay, "changes nothing, since the run ends before decay-every",
     "lower decay-every"},
    {"decay", takes_no_steps, "changes nothing, since the schedule takes no steps",
     "set schedule step"},
    {"decay", no_decay, "leaves the rate as it is", "set decay below 1"},
    {"decay-every", takes_no_steps, "changes nothing, since the schedule takes no steps",
     "set schedule step"},
    {"task-weights", no_weight, "trains nothing", "give a task a weight"},
    {"monitor", chooses_nothing, "changes nothing, since nothing is chosen by it",
     "set keep-best on, or patience"},
    {"patience", ends_before_patience, "changes nothing, since the run ends first",
     "lower patience or eval-every"},
};

static bool is_default(const struct mmoe_options *o, const struct mmoe_option *option)
{
    struct mmoe_options defaults;
    mmoe_options_default(&defaults);
    return mmoe_option_same(o, &defaults, option);
}

const struct mmoe_moot *mmoe_moot_find(const struct mmoe_options *o,
                                       const struct mmoe_option *option)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].option, option->name) == 0 && rules[i].when(o))
            return mmoe_run_heeds(o, option) && !is_default(o, option) ? &rules[i] : NULL;
    return NULL;
}

void mmoe_moot_tell(const struct mmoe_moot *rule, const struct mmoe_options *o, struct mmoe_text *t)
{
    mmoe_text_add(t, "%s ", rule->option);
    mmoe_option_show(o, mmoe_option_find(rule->option), t);
    mmoe_text_add(t, " %s: %s", rule->why, rule->remedy);
}
