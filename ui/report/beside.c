/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beside.c - stored studies side by side. */
#include "ui/report/beside.h"

#include <stdio.h>
#include <string.h>

#include <mmoe/cells.h>
#include <mmoe/hearing.h>
#include <mmoe/mem.h>
#include <mmoe/results.h>

#include "ui/panel/stuck.h"
#include "ui/report/event.h"

enum { COLUMN = 30 }; /* of a study */

struct table {
    const struct beside *of;
    struct mmoe_tally *tally[BESIDE_MAX];
    struct mmoe_hearing *hearing[BESIDE_MAX]; /* NULL: its claims cannot be tested */
    bool (*go_on)(void *context, double share);
    void *context;
    size_t at; /* the study that is read or heard */
    bool stopped;
};

static bool goes_on(void *context, double share)
{
    struct table *t = context;
    double done = ((double)t->at + share) / (double)t->of->count;
    t->stopped = t->stopped || (t->go_on && !t->go_on(t->context, done));
    return !t->stopped;
}

static bool take(void *context, const struct mmoe_record *r)
{
    struct table *t = context;
    mmoe_tally_add(t->tally[t->at], r);
    return goes_on(t, 0);
}

/* Read a study, and test the claims where it is of that kind. */
static enum mmoe_status read(struct table *t, struct mmoe_store *store, struct mmoe_error *err)
{
    struct mmoe_error why;
    struct mmoe_grid *grid = mmoe_alloc(1, sizeof *grid);
    enum mmoe_status s = mmoe_store_study(store, t->of->id[t->at], NULL, grid, err);
    if (!mmoe_failed(s)) {
        t->tally[t->at] = mmoe_tally_new(grid, false);
        s = mmoe_results_read(store, t->of->id[t->at], grid, false, take, t, err);
    }
    mmoe_free(grid);
    if (!mmoe_failed(s) && t->stopped)
        s = mmoe_fail(err, MMOE_STATE, "the table was stopped");
    if (mmoe_failed(s))
        return s;
    t->hearing[t->at] = mmoe_hearing_new(t->tally[t->at], MMOE_LOSS, 0, &why);
    if (!t->hearing[t->at] || t->hearing[t->at]->design.groups > 1) {
        mmoe_hearing_free(t->hearing[t->at]);
        t->hearing[t->at] = NULL;
        return MMOE_OK;
    }
    return mmoe_hearing_claims(t->hearing[t->at], goes_on, t, err);
}

/* --- settings --- */

/* The cell of that name, or the number of cells. */
static size_t find(const struct mmoe_tally *tally, const char *name)
{
    const struct mmoe_grid *g = mmoe_tally_grid(tally);
    struct mmoe_text own = {0};
    size_t cell = 0;
    for (; cell < mmoe_grid_cells(g); cell++) {
        mmoe_text_clear(&own);
        mmoe_cells_name(g, cell, &own);
        if (strcmp(own.s, name) == 0)
            break;
    }
    mmoe_text_done(&own);
    return cell;
}

/* Has an earlier study a setting of that name? */
static bool was_told(const struct table *t, size_t study, const char *name)
{
    for (size_t i = 0; i < study; i++)
        if (find(t->tally[i], name) < mmoe_grid_cells(mmoe_tally_grid(t->tally[i])))
            return true;
    return false;
}

/* "200   .1820   .4460   44%", or dashes. */
static void people_cell(struct mmoe_tally *tally, size_t cell, struct mmoe_text *out)
{
    char median[24], mean[24], stuck[STUCK_SHORT];
    if (cell == mmoe_grid_cells(mmoe_tally_grid(tally))) {
        mmoe_text_add(out, " %6s %8s %8s %5s", "-", "-", "-", "-");
        return;
    }
    const struct mmoe_summary *s = &mmoe_tally_spread(tally, cell, MMOE_LOSS, 0)->summary;
    mmoe_text_add(
        out, " %6s %8s %8s %5s", mmoe_format_count(mmoe_tally_cell_done(tally, cell), MMOE_NUMBER),
        mmoe_format_loss(s->median, median, sizeof median),
        mmoe_format_loss(s->mean, mean, sizeof mean), stuck_percent(tally, cell, 0, stuck));
}

static void json_cell(const struct table *t, size_t study, size_t cell, const char *name,
                      struct mmoe_text *out)
{
    struct mmoe_tally *tally = t->tally[study];
    const struct mmoe_spread *s = mmoe_tally_spread(tally, cell, MMOE_LOSS, 0);
    event_begin(out, "beside");
    mmoe_json_word(out, "setting", name);
    mmoe_json_count(out, "study", (unsigned long long)t->of->id[study]);
    mmoe_json_count(out, "n", s->summary.n);
    mmoe_json_count(out, "diverged", s->summary.diverged);
    mmoe_json_number(out, "median", s->summary.median);
    mmoe_json_number(out, "mean", s->summary.mean);
    stuck_add_json(tally, cell, 0, MMOE_LOSS, s, out);
    mmoe_text_add(out, "}\n");
}

static void add_setting(const struct table *t, const char *name, int width, bool json,
                        struct mmoe_text *out)
{
    if (!json)
        mmoe_text_add(out, "%-*s", width, name);
    for (size_t i = 0; i < t->of->count; i++) {
        size_t cell = find(t->tally[i], name);
        if (!json)
            people_cell(t->tally[i], cell, out);
        else if (cell < mmoe_grid_cells(mmoe_tally_grid(t->tally[i])))
            json_cell(t, i, cell, name, out);
    }
    if (!json)
        mmoe_text_add(out, "\n");
}

/* Call for every setting of any study, once. */
static void each_setting(const struct table *t, int *width, bool json, struct mmoe_text *out)
{
    struct mmoe_text name = {0};
    for (size_t i = 0; i < t->of->count; i++) {
        const struct mmoe_grid *g = mmoe_tally_grid(t->tally[i]);
        for (size_t cell = 0; cell < mmoe_grid_cells(g); cell++) {
            mmoe_text_clear(&name);
            mmoe_cells_name(g, cell, &name);
            if (!out)
                *width = (int)name.n > *width ? (int)name.n : *width;
            else if (!was_told(t, i, name.s))
                add_setting(t, name.s, *width, json, out);
        }
    }
    mmoe_text_done(&name);
}

/* --- verdicts --- */

static void add_verdicts(const struct table *t, int width, struct mmoe_text *out)
{
    bool any = false;
    for (size_t i = 0; i < t->of->count; i++)
        any = any || t->hearing[i];
    for (size_t k = 0; k < MMOE_CLAIMS && any; k++) {
        char claim[16];
        snprintf(claim, sizeof claim, "claim %zu", k + 1);
        mmoe_text_add(out, "%-*s", width, claim);
        for (size_t i = 0; i < t->of->count; i++)
            mmoe_text_add(out, " %*s", COLUMN,
                          t->hearing[i] ? mmoe_claims_verdict(t->hearing[i]->claim[k].verdict)
                                        : "-");
        mmoe_text_add(out, "\n");
    }
}

static void json_verdicts(const struct table *t, struct mmoe_text *out)
{
    for (size_t i = 0; i < t->of->count; i++)
        for (size_t k = 0; k < MMOE_CLAIMS && t->hearing[i]; k++) {
            event_begin(out, "beside.claim");
            mmoe_json_count(out, "study", (unsigned long long)t->of->id[i]);
            mmoe_json_count(out, "claim", k + 1);
            mmoe_json_word(out, "verdict", mmoe_claims_verdict(t->hearing[i]->claim[k].verdict));
            mmoe_text_add(out, "}\n");
        }
}

static void add_table(const struct table *t, bool json, struct mmoe_text *out)
{
    const struct mmoe_task *task;
    char what[MMOE_TASK_NAME_MAX + 16];
    snprintf(what, sizeof what, "loss of task %s",
             mmoe_tally_tasks(t->tally[0], &task) ? task[0].name : "A");
    int width = (int)strlen(what);
    each_setting(t, &width, json, NULL);
    if (!json) {
        mmoe_text_add(out, "%-*s", width, what);
        for (size_t i = 0; i < t->of->count; i++) {
            char head[32];
            snprintf(head, sizeof head, "study %lld", (long long)t->of->id[i]);
            mmoe_text_add(out, " %*s", COLUMN, head);
        }
        mmoe_text_add(out, "\n%-*s", width, "setting");
        for (size_t i = 0; i < t->of->count; i++)
            mmoe_text_add(out, " %6s %8s %8s %5s", "seeds", "median", "mean", "stuck");
        mmoe_text_add(out, "\n");
    }
    each_setting(t, &width, json, out);
    if (json)
        json_verdicts(t, out);
    else
        add_verdicts(t, width, out);
}

enum mmoe_status beside_add(struct mmoe_store *store, const struct beside *b, bool json,
                            bool (*go_on)(void *context, double share), void *context,
                            struct mmoe_text *t, struct mmoe_error *err)
{
    struct table *table = mmoe_alloc(1, sizeof *table);
    enum mmoe_status s = MMOE_OK;
    *table = (struct table){.of = b, .go_on = go_on, .context = context};
    for (; table->at < b->count && !mmoe_failed(s); table->at++)
        s = read(table, store, err);
    if (!mmoe_failed(s))
        add_table(table, json, t);
    for (size_t i = 0; i < b->count; i++) {
        mmoe_hearing_free(table->hearing[i]);
        mmoe_tally_free(table->tally[i]);
    }
    mmoe_free(table);
    return s;
}
