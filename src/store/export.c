/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export.c - a study's finished runs as CSV (RFC 4180, lines ended by \n) or JSON lines.
 *
 * The file is written beside its place (beside.h): a reader finds the old file or
 * the new one, whole. It has results alone, no times and no machines, so that files
 * of the same runs are the same bytes.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <mmoe/export.h>
#include <mmoe/json.h>
#include <mmoe/mem.h>
#include <mmoe/results.h>

#include "src/base/beside.h"
#include "src/store/results.h"
#include "src/store/store.h"

enum { WRITE_AT = 1 << 16 /* bytes */ };

struct export
{
    struct mmoe_store *store;
    int64_t study;
    bool json;
    struct beside file;
    int failed; /* errno of the first write that failed */
    size_t runs, tasks;
    struct mmoe_task task[MMOE_TASKS_MAX]; /* of the run that has the most */
    bool has[MMOE_METRICS][MMOE_TASKS_MAX];
    struct mmoe_grid grid;
    struct mmoe_snapshot shot;
    struct mmoe_text text;   /* not written yet */
    enum mmoe_status status; /* of the runs' details */
    struct mmoe_error *err;
    bool (*go_on)(void *context, size_t runs); /* NULL: to the end */
    void *context;
};

/* --- the file --- */

static void write_out(struct export *x)
{
    if (!x->failed && !beside_put(&x->file, x->text.s, x->text.n))
        x->failed = errno;
    mmoe_text_clear(&x->text);
}

/* Put the file in its place, or drop it if the export failed so far. */
static enum mmoe_status close_file(struct export *x, enum mmoe_status so_far, const char *path)
{
    write_out(x);
    if (mmoe_failed(so_far) || x->failed) {
        beside_drop(&x->file);
        errno = x->failed;
        return mmoe_failed(so_far) ? so_far : beside_fail(path, x->err);
    }
    return beside_close(&x->file, path, x->err);
}

/* --- CSV --- */

static void add_field(struct mmoe_text *t, const char *s)
{
    mmoe_text_add(t, ",");
    mmoe_text_add_csv(t, s);
}

static void add_real(struct mmoe_text *t, double v)
{
    mmoe_text_add(t, ",");
    if (isfinite(v))
        mmoe_text_add_number(t, v);
}

/* The model has a column of its own unless it is an axis. */
static bool varies(const struct mmoe_grid *g, const char *name)
{
    for (size_t a = 0; a < g->axis_count; a++)
        if (strcmp(g->axes[a].option->name, name) == 0)
            return true;
    return false;
}

/* A column of the metric, such as "loss.A", for every task that has a value in some run. */
static void add_names(struct export *x, enum mmoe_metric m)
{
    for (size_t k = 0; k < x->tasks; k++)
        if (x->has[m][k])
            mmoe_text_add(&x->text, ",%s.%s", mmoe_metrics_table[m].name, x->task[k].name);
}

static void add_values(struct export *x, const struct mmoe_record *record, enum mmoe_metric m)
{
    for (size_t k = 0; k < x->tasks; k++)
        if (x->has[m][k])
            add_real(&x->text, record->value[m][k]);
}

static void add_head(struct export *x)
{
    struct mmoe_text *t = &x->text;
    mmoe_text_add(t, "run,cell");
    for (size_t a = 0; a < x->grid.axis_count; a++)
        add_field(t, x->grid.axes[a].option->name);
    mmoe_text_add(t, ",seed.data,seed.init,seed.order%s,step,diverged_step",
                  varies(&x->grid, "model") ? "" : ",model");
    add_names(x, MMOE_LOSS);
    add_names(x, MMOE_OVER_VAR);
    mmoe_text_add(t, ",pearson");
    add_names(x, MMOE_AUC);
    add_names(x, MMOE_R2);
    add_names(x, MMOE_ROWS_OFF);
    mmoe_text_add(t, ",overlap,divergence\n");
}

static void add_option(struct mmoe_text *t, const struct mmoe_options *o,
                       const struct mmoe_option *option)
{
    struct mmoe_text value = {0};
    mmoe_option_show(o, option, &value);
    add_field(t, value.s);
    mmoe_text_done(&value);
}

static void add_line(struct export *x, const struct mmoe_record *record)
{
    static const char *const names[] = {"seed.data", "seed.init", "seed.order", "model"};
    struct mmoe_text *t = &x->text;
    mmoe_text_add(t, "%zu,%zu", record->run, mmoe_grid_cell(&x->grid, record->run));
    for (size_t a = 0; a < x->grid.axis_count; a++)
        add_option(t, &record->options, x->grid.axes[a].option);
    for (size_t i = 0; i < 4; i++)
        if (!varies(&x->grid, names[i]))
            add_option(t, &record->options, mmoe_option_find(names[i]));
    mmoe_text_add(t, ",%zu,", record->step);
    if (record->diverged_step)
        mmoe_text_add(t, "%zu", record->diverged_step);
    add_values(x, record, MMOE_LOSS);
    add_values(x, record, MMOE_OVER_VAR);
    add_real(t, record->pearson);
    add_values(x, record, MMOE_AUC);
    add_values(x, record, MMOE_R2);
    add_values(x, record, MMOE_ROWS_OFF);
    add_real(t, record->overlap);
    mmoe_text_add(t, ",%s\n", mmoe_divergence_name(record->divergence));
}

/* --- JSON lines --- */

static void add_list(struct mmoe_text *t, const double *v, size_t n)
{
    mmoe_text_add(t, "[");
    for (size_t i = 0; i < n; i++) {
        mmoe_text_add(t, "%s", i ? "," : "");
        mmoe_text_add_number(t, v[i]);
    }
    mmoe_text_add(t, "]");
}

/* A list of steps, and a list of losses for each task. */
static void add_curve(struct export *x, const struct mmoe_record *record)
{
    struct mmoe_text *t = &x->text;
    mmoe_text_add(t, ",\"curve\":{\"step\":[");
    for (size_t i = 0; i < x->shot.curve_count; i++)
        mmoe_text_add(t, "%s%zu", i ? "," : "", x->shot.curve[i].step);
    mmoe_text_add(t, "],\"loss\":[");
    for (size_t k = 0; k < record->tasks; k++) {
        mmoe_text_add(t, k ? ",[" : "[");
        for (size_t i = 0; i < x->shot.curve_count; i++) {
            mmoe_text_add(t, "%s", i ? "," : "");
            mmoe_text_add_number(t, x->shot.curve[i].value[MMOE_LOSS][k]);
        }
        mmoe_text_add(t, "]");
    }
    mmoe_text_add(t, "]}");
}

static void add_gates(struct export *x)
{
    const struct mmoe_gates *gates = &x->shot.gate;
    mmoe_text_add(&x->text, ",\"gates\":[");
    for (size_t g = 0; g < gates->gates; g++) {
        double mean[MMOE_EXPERTS_MAX];
        for (size_t e = 0; e < gates->experts; e++)
            mean[e] = (double)gates->mean[g][e];
        mmoe_text_add(&x->text, g ? "," : "");
        add_list(&x->text, mean, gates->experts);
    }
    mmoe_text_add(&x->text, "]");
}

/* Which units were on: of each layer, and of each task's part of it. */
static void add_units(struct export *x, const struct mmoe_record *record)
{
    const struct mmoe_activity *a = &x->shot.activity;
    mmoe_text_add(&x->text, ",\"units\":[");
    for (size_t i = 0; i < a->count; i++) {
        const struct mmoe_activity_part *p = &a->part[i];
        mmoe_text_add(&x->text, i ? ",{" : "{");
        mmoe_json_word(&x->text, "layer", p->layer);
        if (p->task)
            mmoe_json_word(&x->text, "task", record->task[p->task - 1].name);
        mmoe_json_count(&x->text, "units", p->units);
        mmoe_json_number(&x->text, "never", p->never);
        mmoe_json_number(&x->text, "off", p->off);
        mmoe_text_add(&x->text, "}");
    }
    mmoe_text_add(&x->text, "]");
}

static void add_object(struct export *x, const struct mmoe_record *record)
{
    struct mmoe_text *t = &x->text;
    x->status = results_details(x->store, x->study, record, &x->shot, x->err);
    mmoe_text_add(t, "{\"run\":%zu,\"cell\":%zu,\"options\":", record->run,
                  mmoe_grid_cell(&x->grid, record->run));
    results_add_options(t, &record->options);
    mmoe_text_add(t, ",\"step\":%zu,\"diverged_step\":", record->step);
    mmoe_text_add(t, record->diverged_step ? "%zu" : "null", record->diverged_step);
    mmoe_text_add(t, record->diverged_step ? ",\"divergence\":\"%s\"" : ",\"divergence\":null",
                  mmoe_divergence_name(record->divergence));
    mmoe_text_add(t, ",\"loss\":");
    add_list(t, record->value[MMOE_LOSS], record->tasks);
    mmoe_text_add(t, ",\"over_var\":");
    add_list(t, record->value[MMOE_OVER_VAR], record->tasks);
    mmoe_text_add(t, ",\"auc\":");
    add_list(t, record->value[MMOE_AUC], record->tasks);
    mmoe_text_add(t, ",\"r2\":");
    add_list(t, record->value[MMOE_R2], record->tasks);
    mmoe_text_add(t, ",\"rows_off\":");
    add_list(t, record->value[MMOE_ROWS_OFF], record->tasks);
    mmoe_text_add(t, ",\"tasks\":[");
    for (size_t k = 0; k < record->tasks; k++) {
        mmoe_text_add(t, k ? "," : "");
        mmoe_text_add_json(t, record->task[k].name);
    }
    mmoe_text_add(t, "],\"pearson\":");
    mmoe_text_add_number(t, record->pearson);
    mmoe_text_add(t, ",\"overlap\":");
    mmoe_text_add_number(t, record->overlap);
    add_curve(x, record);
    add_gates(x);
    add_units(x, record);
    mmoe_text_add(t, "}\n");
}

/* --- both --- */

/* Find the columns: losses of every task, other metrics of tasks that have a value in some run. */
static bool find_columns(void *context, const struct mmoe_record *record)
{
    struct export *x = context;
    if (record->tasks > x->tasks) {
        x->tasks = record->tasks;
        memcpy(x->task, record->task, sizeof x->task);
    }
    for (size_t m = 0; m < MMOE_METRICS; m++)
        for (size_t k = 0; k < record->tasks; k++)
            x->has[m][k] = x->has[m][k] || m <= MMOE_OVER_VAR || isfinite(record->value[m][k]);
    return true;
}

static bool add_run(void *context, const struct mmoe_record *record)
{
    struct export *x = context;
    if (x->json)
        add_object(x, record);
    else
        add_line(x, record);
    x->runs++;
    if (x->text.n >= WRITE_AT)
        write_out(x);
    return !x->failed && !mmoe_failed(x->status) && (!x->go_on || x->go_on(x->context, x->runs));
}

/* The columns of a CSV file are known when all runs were read once. */
static enum mmoe_status begin_csv(struct export *x)
{
    enum mmoe_status status =
        mmoe_results_read(x->store, x->study, &x->grid, false, find_columns, x, x->err);
    if (!mmoe_failed(status))
        add_head(x);
    return status;
}

/* Reading stops early after a failed write, which close_file reports. */
static enum mmoe_status add_runs(struct export *x)
{
    struct mmoe_error why;
    enum mmoe_status status =
        mmoe_results_read(x->store, x->study, &x->grid, false, add_run, x, &why);
    if (mmoe_failed(x->status))
        return x->status;
    if (mmoe_failed(status) && !x->failed)
        return mmoe_fail(x->err, status, "%s", why.text);
    return MMOE_OK;
}

static enum mmoe_status add_study(struct export *x)
{
    struct mmoe_study_info info;
    enum mmoe_status status = mmoe_store_study(x->store, x->study, &info, &x->grid, x->err);
    if (mmoe_failed(status))
        return status;
    x->study = info.id;
    status = x->json ? MMOE_OK : begin_csv(x);
    return mmoe_failed(status) ? status : add_runs(x);
}

/* One transaction reads the study as it is at one moment; other programs may go on adding runs. */
static enum mmoe_status add_at_once(struct export *x)
{
    struct database *d = x->store->database;
    enum mmoe_status status = database_begin(d, false, x->err);
    if (mmoe_failed(status))
        return status;
    status = add_study(x);
    database_finish(d, MMOE_OK, NULL);
    return status;
}

enum mmoe_status mmoe_export_write(struct mmoe_store *s, int64_t study, const char *path,
                                   const struct mmoe_export_watch *watch, size_t *runs,
                                   struct mmoe_error *err)
{
    if (!mmoe_text_ends(path, ".csv") && !mmoe_text_ends(path, ".jsonl"))
        return mmoe_fail(err, MMOE_INVALID,
                         "cannot export to '%.200s': a name ends in .csv or .jsonl", path);
    struct export *x = mmoe_alloc(1, sizeof *x);
    *x = (struct export){
        .store = s, .study = study, .json = mmoe_text_ends(path, ".jsonl"), .err = err};
    if (watch) {
        x->go_on = watch->go_on;
        x->context = watch->context;
    }
    mmoe_snapshot_init(&x->shot, 0);
    enum mmoe_status status = beside_open(&x->file, path, err);
    if (mmoe_failed(status))
        goto done;
    status = close_file(x, add_at_once(x), path);
    if (runs && !mmoe_failed(status))
        *runs = x->runs;
done:
    mmoe_snapshot_done(&x->shot);
    mmoe_text_done(&x->text);
    mmoe_free(x);
    return status;
}
