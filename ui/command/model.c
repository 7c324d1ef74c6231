/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model.c - model: list the architectures, pick one. */
#include "ui/command/command.h"

#include <mmoe/model.h>

enum { SYNTHETIC_TASKS = 2 };

static size_t parameters(const struct mmoe_options *o, const struct mmoe_model *model)
{
    struct mmoe_spec spec;
    mmoe_spec_resolve(o, model, o->dim, SYNTHETIC_TASKS, &spec);
    return mmoe_model_parameters(model, &spec);
}

static enum mmoe_status list(struct app *a)
{
    struct mmoe_text t = {0};
    char count[40];
    mmoe_text_add(&t, "  %-14s %10s  %s", "model", "parameters", "what it is");
    for (size_t i = 0; i < mmoe_model_count(); i++) {
        const struct mmoe_model *m = mmoe_model_at(i);
        mmoe_text_add(&t, "\n%c %-14s %10s  %s", (int)i == a->view.options.model ? '*' : ' ', mmoe_model_name(m),
                      mmoe_format_count(parameters(&a->view.options, m), count, sizeof count),
                      mmoe_model_help(m));
    }
    app_tell(a, t.s);
    mmoe_text_done(&t);
    return MMOE_OK;
}

static void say_model(struct app *a)
{
    const struct mmoe_options *o = &a->view.options;
    const struct mmoe_model *m = mmoe_model_at((size_t)o->model);
    char count[40];
    app_say(a, "%s: %s parameters; %s", mmoe_model_title(m),
            mmoe_format_count(parameters(o, m), count, sizeof count), mmoe_model_help(m));
}

enum mmoe_status command_model(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    if (i->argc == 0 && i->pair_count == 0)
        return list(a);
    enum mmoe_status s = i->argc > 0 ? mmoe_option_set(&o, "model", i->argv[0], err) : MMOE_OK;
    if (!mmoe_failed(s))
        s = command_pairs(i, &o, err);
    if (!mmoe_failed(s))
        s = command_change(a, &o, err);
    if (mmoe_failed(s))
        return s;
    say_model(a);
    if (!a->data || (a->has_run && !a->view.stale))
        return MMOE_OK;
    app_make(a, true);
    return MMOE_CONTINUE;
}
