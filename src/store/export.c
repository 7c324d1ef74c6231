/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export.c - a study's finished runs as CSV (RFC 4180, lines ended by \n) or JSON lines.
 *
 * The file is written beside its place, synced and renamed into it: whoever
 * reads it has the old one or the new one whole. It tells results alone, no
 * times and no machines, so that files of the same runs are the same bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/export.h>
#include <mmoe/mem.h>
#include <mmoe/results.h>

#include "src/store/results.h"
#include "src/store/store.h"

enum { WRITE_AT = 1 << 16 /* bytes */ };

struct export
{
    struct mmoe_store *store;
    int64_t study;
    bool json;
    int file;
    int failed; /* errno of the first write that failed */
    size_t runs, tasks;
    struct mmoe_task task[MMOE_TASKS_MAX]; /* of the run that has the most */
    bool has[MMOE_METRICS][MMOE_TASKS_MAX];
    struct mmoe_grid grid;
    struct mmoe_snapshot shot;
    struct mmoe_text text; /* not written yet */
    enum mmoe_status status;
    struct mmoe_error *err;
    bool (*go_on)(void *context, size_t runs); /* NULL: to the end */
    void *context;
};

/* --- the file --- */

static void write_out(struct export *x)
{
    for (size_t at = 0; at < x->text.n && !x->failed;) {
        ssize_t n = write(x->file, x->text.s + at, x->text.n - at);
        if (n >= 0)
            at += (size_t)n;
        else if (errno != EINTR)
            x->failed = errno;
    }
    mmoe_text_clear(&x->text);
}

static bool ends_with(const char *path, const char *extension)
{
    size_t n = strlen(path), m = strlen(extension);
    return n > m && strcasecmp(path + n - m, extension) == 0;
}

static enum mmoe_status cannot(const char *path, int why, struct mmoe_error *err)
{
    return mmoe_fail(err, MMOE_IO, "cannot write '%.200s': %s: make room or name a file elsewhere",
                     path, strerror(why));
}

/* Everything is in the file beside: put it in place, or away where anything failed. */
static enum mmoe_status close_file(struct export *x, const char *beside, const char *place,
                                   const char *path)
{
    write_out(x);
    if (!x->failed && fsync(x->file) != 0)
        x->failed = errno;
    if (close(x->file) != 0 && !x->failed)
        x->failed = errno;
    if (!mmoe_failed(x->status) && !x->failed && rename(beside, place) != 0)
        x->failed = errno;
    if (!mmoe_failed(x->status) && x->failed)
        x->status = cannot(path, x->failed, x->err);
    if (mmoe_failed(x->status))
        unlink(beside);
    return x->status;
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

/* A column of a metric for every task that has it in some run: "loss.A". */
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
    mmoe_text_add(t, "\n");
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
    mmoe_text_add(t, "\n");
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

/* A list of steps, and beside it a list of losses for each task. */
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

static void add_object(struct export *x, const struct mmoe_record *record)
{
    struct mmoe_text *t = &x->text;
    x->status = results_details(x->store, x->study, record, &x->shot, x->err);
    mmoe_text_add(t, "{\"run\":%zu,\"cell\":%zu,\"options\":", record->run,
                  mmoe_grid_cell(&x->grid, record->run));
    results_add_options(t, &record->options);
    mmoe_text_add(t, ",\"step\":%zu,\"diverged_step\":", record->step);
    mmoe_text_add(t, record->diverged_step ? "%zu" : "null", record->diverged_step);
    mmoe_text_add(t, ",\"loss\":");
    add_list(t, record->value[MMOE_LOSS], record->tasks);
    mmoe_text_add(t, ",\"over_var\":");
    add_list(t, record->value[MMOE_OVER_VAR], record->tasks);
    mmoe_text_add(t, ",\"auc\":");
    add_list(t, record->value[MMOE_AUC], record->tasks);
    mmoe_text_add(t, ",\"r2\":");
    add_list(t, record->value[MMOE_R2], record->tasks);
    mmoe_text_add(t, ",\"tasks\":[");
    for (size_t k = 0; k < record->tasks; k++) {
        mmoe_text_add(t, k ? "," : "");
        mmoe_text_add_json(t, record->task[k].name);
    }
    mmoe_text_add(t, "],\"pearson\":");
    mmoe_text_add_number(t, record->pearson);
    add_curve(x, record);
    add_gates(x);
    mmoe_text_add(t, "}\n");
}

/* --- both --- */

/* Which columns there are: losses of every task, else what some run has a value of. */
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

/* Everything is read as it is at one moment, however many programs add runs. */
static void add_study(struct export *x)
{
    struct database *d = x->store->database;
    struct mmoe_study_info info;
    struct mmoe_error why = {.status = MMOE_OK};
    enum mmoe_status status = database_begin(d, false, x->err);
    if (!mmoe_failed(status)) {
        status = mmoe_store_study(x->store, x->study, &info, &x->grid, x->err);
        if (!mmoe_failed(status))
            x->study = info.id;
        if (!mmoe_failed(status) && !x->json)
            status =
                mmoe_results_read(x->store, x->study, &x->grid, false, find_columns, x, x->err);
        if (!mmoe_failed(status) && !x->json)
            add_head(x);
        if (!mmoe_failed(status))
            status = mmoe_results_read(x->store, x->study, &x->grid, false, add_run, x, &why);
        if (mmoe_failed(why.status) && !mmoe_failed(x->status))
            mmoe_fail(x->err, why.status, "%s", why.text);
        database_finish(d, MMOE_OK, &why);
    }
    if (!mmoe_failed(x->status) && !x->failed)
        x->status = status;
}

/* Where path leads; an error where that is nothing a file may replace. */
static enum mmoe_status find_place(const char *path, char place[PATH_MAX], struct mmoe_error *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return mmoe_fail(err, MMOE_INVALID, "cannot write '%.200s': this is %s: name a file", path,
                         S_ISDIR(st.st_mode) ? "a folder" : "no ordinary file");
    if (realpath(path, place))
        return MMOE_OK;
    if (strlen(path) >= PATH_MAX)
        return cannot(path, ENAMETOOLONG, err);
    memcpy(place, path, strlen(path) + 1);
    return MMOE_OK;
}

enum mmoe_status mmoe_export_write(struct mmoe_store *s, int64_t study, const char *path,
                                   const struct mmoe_export_watch *watch, size_t *runs,
                                   struct mmoe_error *err)
{
    struct mmoe_text beside = {0};
    char place[PATH_MAX];
    if (!ends_with(path, ".csv") && !ends_with(path, ".jsonl"))
        return mmoe_fail(err, MMOE_INVALID,
                         "cannot export to '%.200s': a name ends in .csv or .jsonl", path);
    enum mmoe_status status = find_place(path, place, err);
    if (mmoe_failed(status))
        return status;
    struct export *x = mmoe_alloc(1, sizeof *x);
    *x = (struct export){.store = s, .study = study, .json = ends_with(path, ".jsonl"), .err = err};
    if (watch) {
        x->go_on = watch->go_on;
        x->context = watch->context;
    }
    mmoe_snapshot_init(&x->shot, 0);
    mmoe_text_add(&beside, "%s.%ld~", place, (long)getpid());
    x->file = open(beside.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (x->file < 0) {
        status = cannot(path, errno, err);
    } else {
        add_study(x);
        status = close_file(x, beside.s, place, path);
    }
    if (runs && !mmoe_failed(status))
        *runs = x->runs;
    mmoe_snapshot_done(&x->shot);
    mmoe_text_done(&x->text);
    mmoe_text_done(&beside);
    mmoe_free(x);
    return status;
}
