/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ab.c - ab: live runs side by side, on the same rows and batches, in lockstep. */
#include <stdio.h>
#include <string.h>

#include <mmoe/model.h>

#include "ui/command/command.h"

/* "A shared-bottom, as set", "B mmoe experts=4, in front" */
static void list_sides(struct app *a)
{
    struct mmoe_text t = {0};
    if (!app_has_sides(a)) {
        app_say(a, "one run is live: ab mmoe sets another model beside it, ab lr=0.001 another "
                   "setting");
        return;
    }
    for (size_t i = 0; i < a->view.lane_count; i++)
        mmoe_text_add(&t, "%c  %s%s\n", (char)('A' + i), i == 0 ? "as set" : a->lanes[i].own,
                      i == a->view.lane ? ", in front" : "");
    app_tell(a, t.s);
    mmoe_text_done(&t);
}

static void add_pair(struct mmoe_text *t, const char *key, const char *value)
{
    mmoe_text_add(t, "%s%s=%s", t->n ? " " : "", key, value);
}

static enum mmoe_status add_side(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_text pairs = {0};
    if (i->argc)
        add_pair(&pairs, "model", i->argv[0]);
    for (size_t k = 0; k < i->pair_count; k++)
        add_pair(&pairs, i->pairs[k].key, i->pairs[k].value);
    enum mmoe_status s = app_side_add(a, pairs.s, err);
    mmoe_text_done(&pairs);
    return s;
}

enum mmoe_status command_ab(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    const char *word = i->argc ? i->argv[0] : "";
    if (i->argc == 0 && i->pair_count == 0) {
        list_sides(a);
        return MMOE_OK;
    }
    bool off = strcmp(word, "off") == 0, next = strcmp(word, "next") == 0;
    if ((off || next) && i->pair_count)
        return mmoe_fail(err, MMOE_INVALID, "ab %s stands alone", word);
    if ((off || next) && !app_has_sides(a))
        return mmoe_fail(err, MMOE_STATE, "there is one live run: ab mmoe sets another beside it");
    if (off)
        return app_sides_off(a, err);
    if (next) {
        a->view.lane = (a->view.lane + 1) % a->view.lane_count;
        a->changes++;
        return MMOE_OK;
    }
    return add_side(a, i, err);
}
