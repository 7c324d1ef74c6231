/* SPDX-License-Identifier: GPL-3.0-or-later */
/* preset.c - preset: settings under a name, as one change; or the names there are. */
#include <mmoe/definition.h>
#include <mmoe/mem.h>

#include "ui/command/command.h"

static void json_preset(struct app *a, const struct mmoe_about *about)
{
    struct mmoe_text t = {0};
    event_begin(&t, "preset");
    mmoe_json_word(&t, "name", about->name);
    mmoe_json_word(&t, "title", about->title);
    mmoe_json_word(&t, "note", about->note);
    event_end(&a->sink, &t);
}

/* One that cannot be read is in the list with what is wrong. */
static void list_presets(struct app *a)
{
    char(*names)[MMOE_NAME_MAX];
    size_t count;
    struct mmoe_text t = {0};
    mmoe_library_names(MMOE_PRESETS, &names, &count);
    for (size_t i = 0; i < count; i++) {
        struct mmoe_options o = a->view.options;
        struct mmoe_about about;
        struct mmoe_error err;
        bool fine = !mmoe_failed(mmoe_definition_preset(names[i], &o, &about, &err));
        if (a->sink.mode == EVENT_JSON && fine)
            json_preset(a, &about);
        else
            mmoe_text_add(&t, "%-18s %s\n", names[i], fine ? about.title : err.text);
    }
    if (t.n)
        app_tell(a, t.s);
    else if (count == 0)
        app_say(a, "no presets are here: set MMOE_DATA to the folder of data");
    mmoe_text_done(&t);
    mmoe_free(names);
}

enum mmoe_status command_preset(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    struct mmoe_about about;
    if (i->argc == 0) {
        list_presets(a);
        return MMOE_OK;
    }
    unsigned long changes = a->changes;
    if (mmoe_failed(mmoe_definition_preset(i->argv[0], &o, &about, err)) ||
        mmoe_failed(command_change(a, &o, err)))
        return err->status;
    if (a->changes == changes)
        app_say(a, "nothing changes: that is how it is set");
    app_say(a, "%s: %s", about.name, about.title);
    if (about.note[0])
        app_tell(a, about.note);
    return MMOE_OK;
}
