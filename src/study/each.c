/* SPDX-License-Identifier: GPL-3.0-or-later */
/* each.c - options that each value of an axis has its own values of: axes that follow it. */
#include "src/study/each.h"

#include <stdio.h>
#include <string.h>

#include <mmoe/cells.h>
#include <mmoe/text.h>

enum mmoe_status each_add(struct each *e, const char *key, const char *at, const char *option,
                          const char *value, size_t line, struct mmoe_error *err)
{
    if (e->count == EACH_MAX)
        return mmoe_fail(err, MMOE_LIMIT, "more than %d values for the values of axes", EACH_MAX);
    if (strlen(at) >= EACH_TEXT_MAX || strlen(value) >= EACH_TEXT_MAX)
        return mmoe_fail(err, MMOE_LIMIT, "'%.60s' is longer than %d bytes",
                         strlen(at) >= EACH_TEXT_MAX ? at : value, EACH_TEXT_MAX - 1);
    e->one[e->count].axis = mmoe_option_get(key, err);
    e->one[e->count].option = e->one[e->count].axis ? mmoe_option_get(option, err) : NULL;
    if (!e->one[e->count].option)
        return err->status;
    snprintf(e->one[e->count].at, EACH_TEXT_MAX, "%s", at);
    snprintf(e->one[e->count].value, EACH_TEXT_MAX, "%s", value);
    e->one[e->count++].line = line;
    return MMOE_OK;
}

static bool is_same(const struct each *e, size_t a, size_t b)
{
    return e->one[a].axis == e->one[b].axis && e->one[a].option == e->one[b].option;
}

/* The values of the option of one[i], a value for each of its axis. */
static void list(const struct each *e, size_t i, const struct mmoe_grid *g, size_t axis,
                 struct mmoe_text *t)
{
    const char mark[] = {mmoe_grid_separator(e->one[i].option), '\0'};
    mmoe_text_clear(t);
    for (size_t place = 0; place < g->axes[axis].count; place++) {
        const char *own = NULL;
        for (size_t k = 0; k < e->count; k++)
            if (is_same(e, i, k) && strcmp(e->one[k].at, mmoe_grid_value(g, axis, place)) == 0)
                own = e->one[k].value; /* a later line wins */
        mmoe_text_add(t, "%s", place ? mark : "");
        if (own)
            mmoe_text_add(t, "%s", own);
        else
            mmoe_option_show(&g->base, e->one[i].option, t);
    }
}

static enum mmoe_status apply(const struct each *e, size_t i, struct mmoe_grid *g,
                              struct mmoe_error *err)
{
    int axis = mmoe_cells_axis(g, e->one[i].axis);
    struct mmoe_text values = {0};
    if (axis < 0)
        return mmoe_fail(err, MMOE_INVALID, "%s is no axis: name one", e->one[i].axis->name);
    size_t place = 0;
    while (place < g->axes[axis].count &&
           strcmp(mmoe_grid_value(g, (size_t)axis, place), e->one[i].at) != 0)
        place++;
    if (place == g->axes[axis].count)
        return mmoe_fail(err, MMOE_INVALID, "%s is no value of axis %s", e->one[i].at,
                         e->one[i].axis->name);
    for (size_t k = 0; k < i; k++)
        if (is_same(e, i, k))
            return MMOE_OK; /* done with the first of them */
    list(e, i, g, (size_t)axis, &values);
    enum mmoe_status status =
        mmoe_grid_follow(g, e->one[i].option->name, values.s, e->one[i].axis->name, err);
    mmoe_text_done(&values);
    return status;
}

enum mmoe_status each_apply(const struct each *e, struct mmoe_grid *g, size_t *line,
                            struct mmoe_error *err)
{
    for (size_t i = 0; i < e->count; i++) {
        *line = e->one[i].line;
        if (mmoe_failed(apply(e, i, g, err)))
            return err->status;
    }
    return MMOE_OK;
}
