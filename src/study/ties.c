/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ties.c - options that vary together: "sines,alpha=4,1x4/10,random".
 *
 * One of the options becomes the axis, the first whose values differ from each other; the others
 * follow it.
 */
#include <stdlib.h>
#include <string.h>

#include <mmoe/grid.h>
#include <mmoe/mem.h>
#include <mmoe/ties.h>

/* Words that were parted in place, each ended by '\0'. */
struct words {
    size_t count;
    char *at[MMOE_AXIS_VALUES_MAX];
};

/* False where there are too many, or one is empty. */
static bool part(char *text, char mark, struct words *out)
{
    out->count = 0;
    for (char *next = text; next;) {
        if (out->count == MMOE_AXIS_VALUES_MAX)
            return false;
        char *word = next;
        next = strchr(word, mark);
        if (next)
            *next++ = '\0';
        if (!*word)
            return false;
        out->at[out->count++] = word;
    }
    return true;
}

/* What is tied: (keys, settings) values. */
struct ties {
    struct words keys, settings;
    struct words value[MMOE_AXIS_VALUES_MAX]; /* of each setting, one for each key */
};

static bool differ(const struct ties *t, size_t key)
{
    for (size_t i = 0; i < t->settings.count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(t->value[i].at[key], t->value[k].at[key]) == 0)
                return false;
    return true;
}

/* The values of a key, parted as its option's values are. */
static void list(const struct ties *t, size_t key, struct mmoe_text *out)
{
    const struct mmoe_option *option = mmoe_option_find(t->keys.at[key]);
    mmoe_text_clear(out);
    const char mark[] = {mmoe_grid_separator(option), '\0'};
    for (size_t i = 0; i < t->settings.count; i++)
        mmoe_text_add(out, "%s%s", i ? mark : "", t->value[i].at[key]);
}

static enum mmoe_status read(struct ties *t, char *keys, char *values, struct mmoe_error *err)
{
    if (!part(keys, ',', &t->keys) || t->keys.count > MMOE_AXES_MAX)
        return mmoe_fail(err, MMOE_INVALID,
                         "options that vary together are parted by commas: "
                         "sines,alpha=4,1x4/10,random");
    for (size_t k = 0; k < t->keys.count; k++)
        if (!mmoe_option_get(t->keys.at[k], err))
            return err->status;
    if (!part(values, '/', &t->settings))
        return mmoe_fail(err, MMOE_INVALID, "settings of %s ... are parted by slashes, at most %d",
                         t->keys.at[0], MMOE_AXIS_VALUES_MAX);
    for (size_t i = 0; i < t->settings.count; i++)
        if (!part(t->settings.at[i], ',', &t->value[i]) || t->value[i].count != t->keys.count)
            return mmoe_fail(
                err, MMOE_INVALID,
                "setting %zu of %s ... needs %zu values parted by commas, one for each "
                "option (1x4 stands for 1,1,1,1)",
                i + 1, t->keys.at[0], t->keys.count);
    return MMOE_OK;
}

static enum mmoe_status tie(struct mmoe_grid *g, const struct ties *t, struct mmoe_error *err)
{
    struct mmoe_text values = {0};
    enum mmoe_status status = MMOE_OK;
    size_t leader = 0;
    while (leader < t->keys.count && !differ(t, leader))
        leader++;
    if (leader == t->keys.count)
        return mmoe_fail(err, MMOE_INVALID,
                         "of %s ... no option has another value in each setting: one must, to tell "
                         "them apart",
                         t->keys.at[0]);
    list(t, leader, &values);
    status = mmoe_grid_axis(g, t->keys.at[leader], values.s, err);
    for (size_t k = 0; k < t->keys.count && !mmoe_failed(status); k++)
        if (k != leader) {
            list(t, k, &values);
            status = mmoe_grid_follow(g, t->keys.at[k], values.s, t->keys.at[leader], err);
        }
    mmoe_text_done(&values);
    return status;
}

enum mmoe_status mmoe_ties_put(struct mmoe_grid *g, const char *keys, const char *values,
                               struct mmoe_error *err)
{
    if (!strchr(keys, ','))
        return mmoe_grid_put(g, keys, values, err);
    struct ties *t = mmoe_alloc(1, sizeof *t);
    struct mmoe_grid *tied = mmoe_alloc(1, sizeof *tied);
    char *k = mmoe_strdup(keys), *v = mmoe_strdup(values);
    *tied = *g;
    enum mmoe_status status = read(t, k, v, err);
    if (!mmoe_failed(status))
        status = tie(tied, t, err);
    if (!mmoe_failed(status))
        *g = *tied;
    mmoe_free(k);
    mmoe_free(v);
    mmoe_free(t);
    mmoe_free(tied);
    return status;
}
