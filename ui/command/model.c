/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model.c - model: pick the architecture and show it, or list them all.
 *
 * Counts are those the present options give, so that what a change of experts
 * or units costs is seen before anything is built.
 */
#include <stdio.h>
#include <string.h>

#include "ui/command/command.h"

enum { COUNT_SIZE = 48 };

/* False where the count depends on a file that was not read yet. */
static bool count_parameters(const struct app *a, const struct mmoe_model *model, size_t *count)
{
    struct mmoe_spec spec;
    if (mmoe_failed(command_spec(a, model, &spec, NULL)))
        return false;
    *count = mmoe_model_parameters(model, &spec);
    return true;
}

static void json_model(struct app *a, size_t k)
{
    const struct mmoe_model *model = mmoe_model_at(k);
    struct mmoe_text t = {0};
    size_t count;
    event_begin(&t, "model");
    mmoe_json_word(&t, "name", mmoe_model_name(model));
    mmoe_json_word(&t, "title", mmoe_model_title(model));
    mmoe_json_key(&t, "parameters");
    if (count_parameters(a, model, &count))
        mmoe_text_add(&t, "%zu", count);
    else
        mmoe_text_add(&t, "null");
    mmoe_json_truth(&t, "current", (int)k == a->view.options.model);
    mmoe_json_word(&t, "help", mmoe_model_help(model));
    event_end(&a->sink, &t);
}

static void list_models(struct app *a)
{
    struct mmoe_text t = {0};
    char count[COUNT_SIZE];
    size_t parameters;
    for (size_t k = 0; k < mmoe_model_count(); k++) {
        const struct mmoe_model *model = mmoe_model_at(k);
        if (a->sink.mode == EVENT_JSON) {
            json_model(a, k);
            continue;
        }
        strcpy(count, "-");
        if (count_parameters(a, model, &parameters))
            mmoe_format_count(parameters, count, sizeof count);
        mmoe_text_add(&t, "%c %-20s %9s parameters  %s\n",
                      (int)k == a->view.options.model ? '*' : ' ', mmoe_model_name(model), count,
                      mmoe_model_help(model));
    }
    if (a->sink.mode != EVENT_JSON)
        app_tell(a, t.s);
    mmoe_text_done(&t);
}

enum { OUTLINE_COLUMNS = 5 };

/* The words of an outline's line; line 0 is its head, the last one its foot. */
static void outline_line(const struct mmoe_outline *o, size_t line,
                         char words[OUTLINE_COLUMNS][COUNT_SIZE])
{
    const struct mmoe_outline_part *p = line > 0 && line <= o->count ? &o->parts[line - 1] : NULL;
    memset(words, 0, OUTLINE_COLUMNS * sizeof *words);
    if (line == 0) {
        snprintf(words[0], COUNT_SIZE, "x (%s)", mmoe_format_count(o->dim, MMOE_NUMBER));
        strcpy(words[3], "params");
        strcpy(words[4], "FLOPs");
        return;
    }
    if (p) {
        snprintf(words[0], COUNT_SIZE, "|- %.40s", p->name);
        snprintf(words[1], COUNT_SIZE, "%s x (%s -> %s)", mmoe_format_count(p->groups, MMOE_NUMBER),
                 mmoe_format_count(p->in, MMOE_NUMBER), mmoe_format_count(p->out, MMOE_NUMBER));
        snprintf(words[2], COUNT_SIZE, "%s", p->kind);
    } else {
        snprintf(words[0], COUNT_SIZE, "y (%zu)", o->tasks);
    }
    mmoe_format_count(p ? p->parameters : o->parameters, words[3], COUNT_SIZE);
    mmoe_format_count((uint64_t)(p ? p->flops : o->flops), words[4], COUNT_SIZE);
}

/* A line a part, from the inputs to the predictions; columns as narrow as they can be, for narrow
 * logs. */
static void draw_outline(const struct mmoe_outline *o, struct mmoe_text *t)
{
    char words[OUTLINE_COLUMNS][COUNT_SIZE];
    int widths[OUTLINE_COLUMNS] = {0};
    for (size_t line = 0; line < o->count + 2; line++) {
        outline_line(o, line, words);
        for (size_t i = 0; i < OUTLINE_COLUMNS; i++)
            widths[i] = (int)strlen(words[i]) > widths[i] ? (int)strlen(words[i]) : widths[i];
    }
    for (size_t line = 0; line < o->count + 2; line++) {
        outline_line(o, line, words);
        mmoe_text_add(t, "%-*s %-*s %-*s %*s %*s\n", widths[0], words[0], widths[1], words[1],
                      widths[2], words[2], widths[3], words[3], widths[4], words[4]);
    }
}

static void json_outline(struct app *a, const struct mmoe_model *model,
                         const struct mmoe_outline *o)
{
    struct mmoe_text t = {0};
    event_begin(&t, "model");
    mmoe_json_word(&t, "name", mmoe_model_name(model));
    mmoe_json_count(&t, "parameters", o->parameters);
    mmoe_json_number(&t, "flops", o->flops);
    mmoe_json_key(&t, "parts");
    mmoe_text_add(&t, "[");
    for (size_t i = 0; i < o->count; i++) {
        const struct mmoe_outline_part *p = &o->parts[i];
        mmoe_text_add(&t, "%s{", i ? "," : "");
        mmoe_json_word(&t, "name", p->name);
        mmoe_json_count(&t, "groups", p->groups);
        mmoe_json_count(&t, "in", p->in);
        mmoe_json_count(&t, "out", p->out);
        mmoe_json_count(&t, "parameters", p->parameters);
        mmoe_json_number(&t, "flops", p->flops);
        mmoe_text_add(&t, "}");
    }
    mmoe_text_add(&t, "]");
    if (o->levels) {
        mmoe_json_count(&t, "levels", o->levels);
        mmoe_json_count(&t, "colliding", o->colliding);
    }
    event_end(&a->sink, &t);
}

static enum mmoe_status say_model(struct app *a, struct mmoe_error *err)
{
    const struct mmoe_model *model = mmoe_model_at((size_t)a->view.options.model);
    struct mmoe_spec spec;
    struct mmoe_outline o;
    struct mmoe_text t = {0};
    if (mmoe_failed(command_spec(a, model, &spec, err)))
        return err->status;
    mmoe_model_outline(model, &spec, &o);
    if (a->sink.mode == EVENT_JSON) {
        json_outline(a, model, &o);
        return MMOE_OK;
    }
    app_say(a, "%s: %s", mmoe_model_title(model), mmoe_model_help(model));
    draw_outline(&o, &t);
    if (o.colliding)
        mmoe_text_add(
            &t, "%s of %s levels share a vector with others: raise hash, or turn it off\n",
            mmoe_format_count(o.colliding, MMOE_NUMBER), mmoe_format_count(o.levels, MMOE_NUMBER));
    app_tell(a, t.s);
    mmoe_text_done(&t);
    return MMOE_OK;
}

/* Where there are rows, a run of the model is made at once: its gates can be looked at. */
static enum mmoe_status make_run(struct app *a)
{
    if (!app_data(a) && !view_lane(&a->view)->making)
        return MMOE_OK;
    if (app_lane(a)->has_run && !view_lane(&a->view)->stale) {
        app_say(a, "the run there is stands: reset starts it over");
        return MMOE_OK;
    }
    app_make(a, true);
    return MMOE_CONTINUE;
}

enum mmoe_status command_model(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    if (i->argc == 0 && i->pair_count == 0) {
        list_models(a);
        return MMOE_OK;
    }
    if (mmoe_failed(command_pairs(i, &o, err)))
        return err->status;
    if (i->argc && mmoe_failed(mmoe_option_set(&o, "model", i->argv[0], err)))
        return err->status;
    if (mmoe_failed(command_change(a, &o, err)))
        return err->status;
    if (mmoe_failed(say_model(a, err)))
        return err->status;
    return make_run(a);
}
