/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recipe.c - a run in one line. */
#include <stdio.h>
#include <string.h>

#include <mmoe/kernels.h>
#include <mmoe/mat.h>
#include <mmoe/recipe.h>

#include "src/dataset/digest.h"
#include "src/train/run.h"

enum { STEP_MOST = 1000000000 };

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

void mmoe_recipe_here(const struct mmoe_options *o, char by[MMOE_BY_SIZE])
{
    snprintf(by, MMOE_BY_SIZE, "%s,%s,%s", PACKAGE_VERSION,
             mmoe_kernels_name((enum mmoe_kernels)o->kernels), mmoe_mat_kernel());
}

/* --- out --- */

enum mmoe_status mmoe_recipe_of_snapshot(const struct mmoe_snapshot *s, struct mmoe_recipe *out,
                                         struct mmoe_error *err)
{
    mmoe_recipe_begin(out);
    for (size_t i = 0; i < mmoe_journal_count(s->journal); i++) {
        const struct mmoe_mark *mark = mmoe_journal_at(s->journal, i);
        if (mark->kind == MMOE_MARK_IMPORT) {
            mmoe_recipe_done(out);
            return mmoe_fail(err, MMOE_STATE,
                             "at step %s the run went on with %s, which no line can have in it: "
                             "save keeps the session",
                             mmoe_format_count(mark->step, MMOE_NUMBER), mark->text);
        }
        if (mark->kind == MMOE_MARK_CHANGE)
            out->journal = mmoe_journal_add(out->journal, mark->step, mark->kind, mark->text);
    }
    out->options = s->options;
    out->step = s->step;
    enum mmoe_status status =
        mmoe_journal_apply(mmoe_journal_start(s->journal), &out->options, err);
    if (mmoe_failed(status))
        mmoe_recipe_done(out);
    return status;
}

enum mmoe_status mmoe_recipe_of(struct mmoe_run *run, struct mmoe_recipe *out,
                                struct mmoe_error *err)
{
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    if (mmoe_failed(mmoe_recipe_of_snapshot(s, out, err)))
        return err->status;
    digest_numbers(mmoe_net_params(run->net), mmoe_net_kept(run->net), out->bits);
    snprintf(out->rows, sizeof out->rows, "%.*s", MMOE_BITS_SIZE - 1, run->data->digest);
    mmoe_recipe_here(&s->options, out->by);
    return MMOE_OK;
}

/* A value with blanks in quotes, as the command line reads it. */
static void add_pair(struct mmoe_text *t, const char *key, const char *value)
{
    bool quoted = value[strcspn(value, " \t;#'\"")] != '\0' || !*value;
    mmoe_text_add(t, quoted ? " %s=\"%s\"" : " %s=%s", key, value);
}

static void add_options(const struct mmoe_options *o, struct mmoe_text *t)
{
    struct mmoe_options defaults;
    bool one_seed = o->seed_data == o->seed_init && o->seed_init == o->seed_order;
    mmoe_options_default(&defaults);
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        bool part = option->offset == mmoe_option_find("seed.data")->offset ||
                    option->offset == mmoe_option_find("seed.init")->offset ||
                    option->offset == mmoe_option_find("seed.order")->offset;
        bool told = !part || mmoe_option_is_alias(option) == one_seed;
        struct mmoe_text value = {0};
        if (option->group == MMOE_GROUP_SESSION || !told || mmoe_option_same(o, &defaults, option))
            continue;
        mmoe_option_show(o, option, &value);
        add_pair(t, option->name, value.s);
        mmoe_text_done(&value);
    }
}

/* " @2000:lr=0.001,momentum=0.5" */
static void add_change(const struct mmoe_mark *mark, struct mmoe_text *t)
{
    mmoe_text_add(t, " @%zu:", mark->step);
    for (const char *c = mark->text; *c; c++)
        mmoe_text_add(t, "%c", *c == ' ' ? ',' : *c);
}

void mmoe_recipe_text(const struct mmoe_recipe *r, struct mmoe_text *t)
{
    mmoe_text_add(t, "%s", MMOE_RECIPE_WORD);
    add_options(&r->options, t);
    for (size_t i = 0; i < mmoe_journal_count(r->journal); i++)
        add_change(mmoe_journal_at(r->journal, i), t);
    mmoe_text_add(t, " at=%zu", r->step);
    if (r->rows[0])
        mmoe_text_add(t, " rows-digest=%s", r->rows);
    if (r->bits[0])
        mmoe_text_add(t, " bits=%s", r->bits);
    if (r->by[0])
        mmoe_text_add(t, " by=%s", r->by);
}

/* --- in --- */

void mmoe_recipe_begin(struct mmoe_recipe *r)
{
    memset(r, 0, sizeof *r);
    mmoe_options_default(&r->options);
}

void mmoe_recipe_done(struct mmoe_recipe *r)
{
    mmoe_journal_free(r->journal);
    r->journal = NULL;
}

/* key "@2000:lr", value "0.001,momentum=0.5" */
static enum mmoe_status take_change(struct mmoe_recipe *r, const char *key, const char *value,
                                    struct mmoe_error *err)
{
    char text[MMOE_MARK_TEXT_MAX], number[24];
    struct mmoe_options probe = r->options;
    const char *colon = strchr(key, ':');
    size_t step, n = colon ? (size_t)(colon - key) : 0, count = mmoe_journal_count(r->journal);
    snprintf(number, sizeof number, "%.*s", n ? (int)n - 1 : 0, key + 1);
    if (!colon || n > sizeof number || !mmoe_parse_size(number, &step) || step > STEP_MOST ||
        strlen(colon) + strlen(value) >= sizeof text ||
        (count && mmoe_journal_at(r->journal, count - 1)->step > step))
        return mmoe_fail(err, MMOE_INVALID,
                         "'%.60s' is no change: @STEP:KEY=VALUE, steps ascending", key);
    snprintf(text, sizeof text, "%s=%s", colon + 1, value);
    for (char *c = text; *c; c++)
        *c = *c == ',' ? ' ' : *c;
    if (mmoe_failed(mmoe_journal_apply(text, &probe, err)))
        return err->status;
    r->journal = mmoe_journal_add(r->journal, step, MMOE_MARK_CHANGE, text);
    return MMOE_OK;
}

enum mmoe_status mmoe_recipe_take(struct mmoe_recipe *r, const char *key, const char *value,
                                  struct mmoe_error *err)
{
    if (key[0] == '@')
        return take_change(r, key, value, err);
    if (strcmp(key, "at") == 0) {
        if (mmoe_parse_size(value, &r->step) && r->step <= STEP_MOST)
            return MMOE_OK;
        return mmoe_fail(err, MMOE_INVALID, "at '%.60s' is no step", value);
    }
    const struct {
        const char *key;
        char *to;
        size_t size;
    } words[] = {{"bits", r->bits, sizeof r->bits},
                 {"rows-digest", r->rows, sizeof r->rows},
                 {"by", r->by, sizeof r->by}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(key, words[i].key) == 0) {
            snprintf(words[i].to, words[i].size, "%s", value);
            return MMOE_OK;
        }
    return mmoe_option_set(&r->options, key, value, err);
}
