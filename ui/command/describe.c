/* SPDX-License-Identifier: GPL-3.0-or-later */
/* describe.c - describe: what panels, rows, model and machine are, in words. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <mmoe/kernels.h>
#include <mmoe/mat.h>
#include <mmoe/model.h>
#include <mmoe/source.h>

#include "ui/command/command.h"
#include "ui/panel/panels.h"
#include "ui/panel/timeline.h"

static void describe_machine(const struct app *a, struct mmoe_text *t)
{
    bool user = strcmp(a->blas_choice, "user") == 0,
         program = strcmp(a->blas_choice, "program") == 0;
    size_t all = (size_t)sysconf(_SC_NPROCESSORS_ONLN), ours = mmoe_queue_cores(),
           jobs = a->view.options.jobs ? a->view.options.jobs : ours;
    mmoe_text_add(t, "%s", MMOE_COUNTED(all, "core"));
    if (ours < all)
        mmoe_text_add(t, ", of which this program may use %zu", ours);
    mmoe_text_add(t, "; studies train %s at a time, on one thread each\nkernels of its own: %s\n",
                  MMOE_COUNTED(jobs, "run"),
                  mmoe_kernels_name((enum mmoe_kernels)a->view.options.kernels));
    mmoe_text_add(
        t, "BLAS: %s\nits kernels: %s, chosen by %s", mmoe_mat_library(), mmoe_mat_kernel(),
        user      ? "OPENBLAS_CORETYPE in the environment"
        : program ? "this program, which knows this processor better than the library does"
                  : "the library itself");
}

/* What the first two labels have to do with each other, and what is known of why: of drawn rows all
 * of it, of a file's rows what the file tells. */
static void describe_truth(const struct mmoe_dataset *d, bool drawn, struct mmoe_text *t)
{
    const char *pearson = mmoe_format_fixed(d->pearson, 3, MMOE_NUMBER);
    if (d->tasks < 2)
        return;
    if (isfinite(d->cosine) && drawn)
        mmoe_text_add(t,
                      " The weight vectors of tasks %s and %s have cosine %s; through %s and the "
                      "noise the labels' correlation became %s.",
                      d->task[0].name, d->task[1].name,
                      mmoe_format_fixed(d->cosine, 3, MMOE_NUMBER), MMOE_COUNTED(d->sines, "sine"),
                      pearson);
    if (isfinite(d->cosine) && !drawn)
        mmoe_text_add(t, " By the file the weight vectors of tasks %s and %s have cosine %s.",
                      d->task[0].name, d->task[1].name,
                      mmoe_format_fixed(d->cosine, 3, MMOE_NUMBER));
    if (isfinite(d->pearson) && !(isfinite(d->cosine) && drawn))
        mmoe_text_add(t, " The labels of tasks %s and %s have correlation %s.", d->task[0].name,
                      d->task[1].name, pearson);
}

/* What the training rows know of a task: how its labels are spread, and how many there are. */
static void describe_label(const struct mmoe_dataset *d, size_t k, struct mmoe_text *t)
{
    char var[24];
    mmoe_text_add(t, " Task %s ", d->task[k].name);
    if (d->missing[k] == d->train.n) {
        mmoe_text_add(t, "has no label to train on.");
        return;
    }
    if (d->task[k].binary)
        mmoe_text_add(t, "is yes or no, with %s%% yes",
                      mmoe_format_fixed(100 * d->yes[k], 1, MMOE_NUMBER));
    else if (isfinite(d->var[k]))
        mmoe_text_add(t, "has labels of variance %s", mmoe_format_loss(d->var[k], var, sizeof var));
    else
        mmoe_text_add(t, "has one label, and so no variance");
    if (d->missing[k])
        mmoe_text_add(t, "; %s %s missing", MMOE_COUNTED(d->missing[k], "label"),
                      d->missing[k] == 1 ? "is" : "are");
    mmoe_text_add(t, ".");
}

/* How much longer a step takes than one with rows that are there. */
static void describe_stream(const struct app *a, const struct mmoe_options *made,
                            struct mmoe_text *t)
{
    struct mmoe_options stored = *made;
    stored.rows = made->batch;
    double slower = app_forecast_run(a, made, 1) / app_forecast_run(a, &stored, 1);
    mmoe_text_add(t, " Each step makes %s, and takes about %s times as long as with rows stored.",
                  MMOE_COUNTED(made->batch, "fresh row"),
                  mmoe_format_fixed(slower, 1, MMOE_NUMBER));
}

/* Where alpha and beta come from. */
static void describe_shape(const struct mmoe_options *o, struct mmoe_text *t)
{
    bool given = o->alpha.n && o->beta.n;
    if (o->sines == 0)
        return;
    mmoe_text_add(t, " alpha and beta are %s",
                  given        ? "given"
                  : o->alpha.n ? "given and drawn"
                  : o->beta.n  ? "drawn and given"
                               : "drawn");
    if (!given && o->shape == MMOE_SHAPE_ONCE)
        mmoe_text_add(t, " once, from seed.shape %llu", (unsigned long long)o->seed_shape);
    else if (!given)
        mmoe_text_add(t, " anew for each seed.data");
    mmoe_text_add(t, ".");
}

/* The live run: what it is of, where it is, what happened to it. */
static void describe_run(const struct app *a, struct mmoe_text *t)
{
    const struct view *v = &a->view;
    for (size_t i = 0; i < v->lane_count; i++) {
        const struct mmoe_snapshot *s = v->lanes[i].live;
        if (s->state == MMOE_RUN_EMPTY) {
            mmoe_text_add(t, "There is no run yet: run makes one.");
            return;
        }
        mmoe_text_add(t, "%sRun %zu is %s of %s.%s ", i ? "\n" : "", v->lanes[i].id,
                      v->lanes[i].name, MMOE_COUNTED(s->parameters, "parameter"),
                      v->lanes[i].stale ? " Settings were changed since: run starts anew." : "");
        timeline_describe(v, i, t);
    }
}

static void describe_data(const struct app *a, struct mmoe_text *t)
{
    const struct mmoe_dataset *d = app_data(a);
    const struct mmoe_options *made = &app_lane_of(a)->data_made;
    bool drawn = mmoe_source_of(made)->tasks > 0;
    char validation[40], held_out[40];
    if (!d) {
        mmoe_text_add(t, "There are no rows yet: data gen makes them.");
        return;
    }
    if (d->stream)
        mmoe_text_add(t, "A stream of rows to train on, of which the first %s tell of the labels",
                      mmoe_format_count(d->train.n, validation, sizeof validation));
    else
        mmoe_text_add(t, "%s to train on", MMOE_COUNTED(d->train.n, "row"));
    if (d->validation.n)
        mmoe_text_add(t, ", %s to choose by",
                      mmoe_format_count(d->validation.n, validation, sizeof validation));
    mmoe_text_add(t, " and %s held out, of ",
                  mmoe_format_count(d->test.n, held_out, sizeof held_out));
    if (d->train.fields)
        mmoe_text_add(t, "%zu embedded categories, ", d->train.fields->count);
    mmoe_text_add(t, "%s and %s", MMOE_COUNTED(d->dim, d->train.fields ? "number" : "input"),
                  MMOE_COUNTED(d->tasks, "label"));
    if (drawn)
        mmoe_text_add(t, ".");
    else
        mmoe_text_add(t, ", read from %s.", made->data);
    if (d->stream)
        describe_stream(a, made, t);
    if (drawn && !d->recommender)
        describe_shape(made, t);
    if (!d->validation.n)
        mmoe_text_add(t, " Choices are made by the held-out rows, since there are no others.");
    for (size_t k = 0; k < d->tasks; k++)
        describe_label(d, k, t);
    describe_truth(d, drawn, t);
    if (a->view.lanes[a->view.lane].making && !mmoe_source_same(made, &app_lane_of(a)->made))
        mmoe_text_add(t, " Other rows are being made.");
    else if (!mmoe_source_same(made, &a->view.options))
        mmoe_text_add(t, " Options changed since they were made: data gen makes new ones.");
}

/* "16 units", "64,32 units". */
static void add_units(struct mmoe_text *t, const struct mmoe_sizes *sizes)
{
    for (size_t k = 0; k + 1 < sizes->n; k++)
        mmoe_text_add(t, "%zu,", sizes->v[k]);
    mmoe_text_add(t, "%zu unit%s", sizes->v[sizes->n - 1],
                  sizes->n == 1 && sizes->v[0] == 1 ? "" : "s");
}

/* How much of its parameters are embeddings, what they take with what moves them, and how many
 * levels share theirs. */
static void describe_embeddings(const struct mmoe_model *m, const struct mmoe_spec *spec,
                                struct mmoe_text *t)
{
    struct mmoe_outline o;
    char levels[40], bytes[40];
    if (!spec->fields)
        return;
    mmoe_model_outline(m, spec, &o);
    mmoe_text_add(t, " Of its parameters %s embed %s levels",
                  mmoe_format_count(o.parts[0].parameters, MMOE_NUMBER),
                  mmoe_format_count(o.levels, levels, sizeof levels));
    size_t sums = o.parts[0].parameters / spec->embedding_units; /* of Adagrad, one a vector */
    mmoe_text_add(t, " in %s kB",
                  mmoe_format_count((o.parts[0].parameters + sums) * sizeof(mmoe_real) / 1000,
                                    bytes, sizeof bytes));
    if (o.colliding)
        mmoe_text_add(t, ", of which %s share a vector with others",
                      mmoe_format_count(o.colliding, MMOE_NUMBER));
    mmoe_text_add(t, ".");
}

static enum mmoe_status describe_model(const struct app *a, struct mmoe_text *t,
                                       struct mmoe_error *err)
{
    const struct mmoe_model *m = mmoe_model_at((size_t)a->view.options.model);
    struct mmoe_spec spec;
    if (mmoe_failed(command_spec(a, m, &spec, err)))
        return err->status;
    size_t gates = mmoe_model_gates(m, spec.tasks);
    mmoe_text_add(t, "%s: %s. With the present options it has %s: ", mmoe_model_title(m),
                  mmoe_model_help(m), MMOE_COUNTED(mmoe_model_parameters(m, &spec), "parameter"));
    if (gates) {
        mmoe_text_add(t, "%s of ", MMOE_COUNTED(spec.experts, "expert"));
        add_units(t, &spec.expert_units);
        mmoe_text_add(t, ", %s", MMOE_COUNTED(gates, "gate"));
        if (spec.lower_units.n) {
            mmoe_text_add(t, " on shared layers of ");
            add_units(t, &spec.lower_units);
        }
    } else {
        mmoe_text_add(t, "a bottom of ");
        add_units(t, &spec.bottom_units);
    }
    mmoe_text_add(t, ", %s of ", MMOE_COUNTED(spec.tasks, "tower"));
    add_units(t, &spec.tower_units);
    mmoe_text_add(t, ".");
    describe_embeddings(m, &spec, t);
    panel_add_moot(&a->view.options, t);
    return MMOE_OK;
}

static enum mmoe_status refuse_description(const char *const *words, const char *word,
                                           struct mmoe_error *err)
{
    size_t count = 0;
    while (words[count])
        count++;
    const char *near = mmoe_nearest(word, words, count);
    if (near)
        return mmoe_fail(err, MMOE_UNKNOWN, "nothing to describe under '%.60s': did you mean %s?",
                         word, near);
    return mmoe_fail(
        err, MMOE_UNKNOWN,
        "nothing to describe under '%.60s': a panel, run, data, model, serving or machine", word);
}

enum mmoe_status command_describe(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    const char *word = i->argc > 0 ? i->argv[0] : panel_table[a->view.focus]->name;
    int panel = panel_find(word);
    struct mmoe_text t = {0};
    if (app_awaits(a, panel_needs(&a->view, panel)))
        return MMOE_CONTINUE;
    if (panel == PANEL_FIT && a->sink.mode == EVENT_JSON) { /* a sentence has no room for it all */
        app_tell_panel(a, panel);
        return MMOE_CONTINUE;
    }
    if (strcmp(word, "serving") == 0)
        return command_serving(a);
    if (panel >= 0)
        panel_table[panel]->describe(&a->view, &t);
    else if (strcmp(word, "machine") == 0)
        describe_machine(a, &t);
    else if (strcmp(word, "data") == 0)
        describe_data(a, &t);
    else if (strcmp(word, "run") == 0)
        describe_run(a, &t);
    else if (strcmp(word, "model") == 0) {
        if (mmoe_failed(describe_model(a, &t, err)))
            return err->status;
    } else
        return refuse_description(i->command->words, word, err);
    command_tell(a, &t);
    return MMOE_OK;
}
