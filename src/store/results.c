/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results.c - runs in a store: added whole, read back in their order.
 *
 * The row of a run is added first. If it is there already, nothing else of the run is
 * added. Tasks have the names of their dataset, gates and experts their numbers from 1.
 */
#include "src/store/results.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/origin.h>
#include <mmoe/results.h>

#include "src/store/schema.h"
#include "src/store/store.h"

/* --- adding --- */

void results_add_options(struct mmoe_text *t, const struct mmoe_options *o)
{
    struct mmoe_text value = {0};
    mmoe_text_add(t, "{");
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        double number;
        if (option->group == MMOE_GROUP_SESSION || mmoe_option_is_alias(option))
            continue;
        mmoe_text_clear(&value);
        mmoe_option_show(o, option, &value);
        mmoe_text_add(t, "%s\"%s\":", t->s[t->n - 1] == '{' ? "" : ",", option->name);
        bool list = option->type == MMOE_TYPE_SIZES || option->type == MMOE_TYPE_REALS;
        if (!list && mmoe_parse_double(value.s, &number))
            mmoe_text_add(t, "%s", value.s);
        else
            mmoe_text_add_json(t, value.s);
    }
    mmoe_text_add(t, "}");
    mmoe_text_done(&value);
}

static enum mmoe_status add_value(struct mmoe_store *s, int64_t study,
                                  const struct mmoe_record *record, size_t step, const char *split,
                                  size_t task, size_t metric, double value, struct mmoe_error *err)
{
    static const char sql[] = "INSERT INTO metrics (study, run, step, split, task, name, value) "
                              "VALUES (?, ?, ?, ?, ?, ?, ?)";
    return database_do(s->database, err, sql, "iiitttd", study, (int64_t)record->run, (int64_t)step,
                       split, record->task[task].name, mmoe_metrics_table[metric].name, value);
}

static const char final_split[] = "test", curve_split[] = "validation";

/* Does the task of a run have the metric? */
static bool is_of(enum mmoe_metric m, const struct mmoe_record *record, size_t k)
{
    return mmoe_metrics_has(m, record->task[k].binary) &&
           (!mmoe_metrics_at_times(m) || !isnan(record->value[m][k]));
}

/* One value for every metric that fits the task; a value that is not finite is NULL. */
static enum mmoe_status add_final(struct mmoe_store *s, int64_t study,
                                  const struct mmoe_record *record, struct mmoe_error *err)
{
    for (size_t k = 0; k < record->tasks; k++)
        for (size_t m = 0; m < MMOE_METRICS; m++) {
            if (is_of((enum mmoe_metric)m, record, k) &&
                mmoe_failed(add_value(s, study, record, record->step, final_split, k, m,
                                      record->value[m][k], err)))
                return err->status;
        }
    return MMOE_OK;
}

/* The validation values of the step that is kept which are none of the curve's. Without validation
 * rows, the final values serve. */
static enum mmoe_status add_choice(struct mmoe_store *s, int64_t study,
                                   const struct mmoe_result *result, struct mmoe_error *err)
{
    const struct mmoe_snapshot *shot = &result->shot;
    size_t step = shot->options.keep_best ? shot->best.step : shot->step;
    static const enum mmoe_metric own[] = {MMOE_OVER_VAR, MMOE_R2, MMOE_AUC_TRUE, MMOE_AUC_GAP};
    for (size_t k = 0; k < result->record.tasks && shot->validation_rows; k++)
        for (size_t i = 0; i < sizeof own / sizeof *own; i++)
            if (is_of(own[i], &result->record, k) &&
                mmoe_failed(add_value(s, study, &result->record, step, curve_split, k, own[i],
                                      result->record.choice[own[i]][k], err)))
                return err->status;
    return MMOE_OK;
}

/* Losses, and AUC of binary tasks, from which the other metrics follow; where true probabilities
 * are known, what checkpoints are compared by, too. */
static enum mmoe_status add_curve(struct mmoe_store *s, int64_t study,
                                  const struct mmoe_result *result, struct mmoe_error *err)
{
    const struct mmoe_record *record = &result->record;
    for (size_t i = 0; i < result->shot.curve_count; i++) {
        const struct mmoe_eval *e = &result->shot.curve[i];
        for (size_t k = 0; k < record->tasks; k++) {
            bool binary = record->task[k].binary, truth = !isnan(e->value[MMOE_AUC_TRUE][k]);
            const bool kept[MMOE_METRICS] = {[MMOE_LOSS] = true,
                                             [MMOE_AUC] = binary,
                                             [MMOE_R2] = truth,
                                             [MMOE_AUC_TRUE] = truth};
            for (size_t m = 0; m < MMOE_METRICS; m++)
                if (kept[m] && mmoe_failed(add_value(s, study, record, e->step, curve_split, k, m,
                                                     e->value[m][k], err)))
                    return err->status;
        }
    }
    return MMOE_OK;
}

static enum mmoe_status add_gates(struct mmoe_store *s, int64_t study,
                                  const struct mmoe_result *result, struct mmoe_error *err)
{
    static const char sql[] =
        "INSERT INTO gates (study, run, gate, expert, mean) VALUES (?, ?, ?, ?, ?)";
    const struct mmoe_gates *gates = &result->shot.gate;
    for (size_t g = 0; g < gates->gates; g++)
        for (size_t e = 0; e < gates->experts; e++)
            if (mmoe_failed(database_do(s->database, err, sql, "iiiid", study,
                                        (int64_t)result->record.run, (int64_t)g + 1, (int64_t)e + 1,
                                        (double)gates->mean[g][e])))
                return err->status;
    return MMOE_OK;
}

/* Whose a part of a layer is: a task's name, or "" where it is all tasks'. */
static const char *owner_of(const struct mmoe_record *record, const struct mmoe_activity_part *p)
{
    return p->task ? record->task[p->task - 1].name : "";
}

static enum mmoe_status add_units(struct mmoe_store *s, int64_t study,
                                  const struct mmoe_result *result, struct mmoe_error *err)
{
    static const char sql[] =
        "INSERT INTO units (study, run, place, layer, task, units, never, off) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    const struct mmoe_activity *a = &result->shot.activity;
    for (size_t i = 0; i < a->count; i++) {
        const struct mmoe_activity_part *p = &a->part[i];
        if (mmoe_failed(database_do(s->database, err, sql, "iiittidd", study,
                                    (int64_t)result->record.run, (int64_t)i + 1, p->layer,
                                    owner_of(&result->record, p), (int64_t)p->units, p->never,
                                    p->off)))
            return err->status;
    }
    return MMOE_OK;
}

/* The names of a record's tasks, parted by commas. */
static void add_names(struct mmoe_text *t, const struct mmoe_record *record)
{
    mmoe_text_clear(t);
    mmoe_text_add(t, "%s", "");
    for (size_t k = 0; k < record->tasks; k++)
        mmoe_text_add(t, "%s%s", k ? "," : "", record->task[k].name);
}

/* *added: the run was not there before. */
static enum mmoe_status add_row(struct mmoe_store *s, int64_t study,
                                const struct mmoe_origin *origin, const struct mmoe_record *record,
                                bool *added, struct mmoe_error *err)
{
    static const char sql[] =
        "INSERT INTO runs (study, run, cell, seed_data, seed_init, seed_order, options, tasks,"
        " step, diverged_step, seconds, finished, version, machine, kernels, pearson, task_names,"
        " divergence, overlap) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'),"
        " ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (study, run) DO NOTHING";
    const struct mmoe_options *o = &record->options;
    if (record->run >= mmoe_grid_runs(&s->grid))
        return mmoe_fail(
            err, MMOE_RANGE, "store '%.200s': study %lld has %zu runs: none has the number %zu",
            database_path(s->database), (long long)study, mmoe_grid_runs(&s->grid), record->run);
    struct mmoe_text options = {0}, names = {0};
    char kernels[MMOE_ORIGIN_MAX];
    mmoe_origin_kernels(origin, o, kernels);
    results_add_options(&options, o);
    add_names(&names, record);
    enum mmoe_status status =
        database_do(s->database, err, sql, "iiiiiitiindtttdttd", study, (int64_t)record->run,
                    (int64_t)mmoe_grid_cell(&s->grid, record->run), (int64_t)o->seed_data,
                    (int64_t)o->seed_init, (int64_t)o->seed_order, options.s,
                    (int64_t)record->tasks, (int64_t)record->step, (int64_t)record->diverged_step,
                    record->seconds, origin->version, origin->machine, kernels, record->pearson,
                    names.s, mmoe_divergence_name(record->divergence), record->overlap);
    *added = database_changes(s->database) > 0;
    mmoe_text_done(&options);
    mmoe_text_done(&names);
    return status;
}

static enum mmoe_status add_run(struct mmoe_store *s, int64_t study,
                                const struct mmoe_origin *origin, const struct mmoe_result *result,
                                struct mmoe_error *err)
{
    bool added = false;
    if (mmoe_failed(add_row(s, study, origin, &result->record, &added, err)))
        return err->status;
    if (!added)
        return MMOE_OK;
    if (mmoe_failed(add_final(s, study, &result->record, err)) ||
        mmoe_failed(add_choice(s, study, result, err)) ||
        mmoe_failed(add_curve(s, study, result, err)) ||
        mmoe_failed(add_gates(s, study, result, err)) ||
        mmoe_failed(add_units(s, study, result, err)))
        return err->status;
    return MMOE_OK;
}

enum mmoe_status mmoe_results_add(struct mmoe_store *s, int64_t study,
                                  const struct mmoe_origin *origin,
                                  const struct mmoe_result *const *results, size_t count,
                                  struct mmoe_error *err)
{
    enum mmoe_status status = database_begin(s->database, true, err);
    if (mmoe_failed(status))
        return status;
    status = store_know(s, study, err);
    for (size_t i = 0; i < count && !mmoe_failed(status); i++)
        status = add_run(s, study, origin, results[i], err);
    return database_finish(s->database, status, err);
}

/* --- reading back --- */

/* The place of the task of that name, or MMOE_TASKS_MAX. */
static size_t find_task(const struct mmoe_record *record, const char *name)
{
    size_t k = 0;
    while (k < record->tasks && strcmp(record->task[k].name, name) != 0)
        k++;
    return k < record->tasks ? k : MMOE_TASKS_MAX;
}

static size_t find_metric(const char *name)
{
    size_t m = 0;
    while (m < MMOE_METRICS && strcmp(mmoe_metrics_table[m].name, name) != 0)
        m++;
    return m;
}

/* The fields of a run's own row; false if no mmoe can have written them. */
static bool take_run(const struct rows *r, const struct mmoe_grid *g, struct mmoe_record *record)
{
    int64_t run = database_int(r, 0), tasks = database_int(r, 1), step = database_int(r, 2);
    int64_t diverged = database_int(r, 3);
    if (run < 0 || (uint64_t)run >= mmoe_grid_runs(g) || tasks < 0 || tasks > MMOE_TASKS_MAX)
        return false;
    if (step < 0 || diverged < 0)
        return false;
    mmoe_record_clear(record, &g->base);
    record->failed = false;
    record->run = (size_t)run;
    record->tasks = (size_t)tasks;
    record->step = (size_t)step;
    record->diverged_step = (size_t)diverged;
    record->divergence = diverged ? mmoe_divergence_find(database_text(r, 10)) : MMOE_SOUND;
    record->seconds = database_real(r, 4);
    record->pearson = database_real(r, 5);
    record->overlap = database_real(r, 11);
    mmoe_tasks_names(record->task, record->tasks, database_text(r, 6), ',');
    mmoe_grid_options(g, record->run, &record->options);
    return true;
}

/* A final value: columns 7 to 9. */
static void take_value(const struct rows *r, struct mmoe_record *record)
{
    size_t k = find_task(record, database_text(r, 7)), m = find_metric(database_text(r, 8));
    if (k == MMOE_TASKS_MAX || m == MMOE_METRICS)
        return;
    record->value[m][k] = database_real(r, 9);
    if (m != MMOE_ROWS_OFF)
        record->choice[m][k] = record->value[m][k]; /* unless validation rows say otherwise */
    record->task[k].binary = record->task[k].binary || m == MMOE_AUC;
}

/* The curves of a study, run after run, and the points of the run that is read. */
struct curves {
    struct rows rows;
    bool more; /* rows stands on a value */
    size_t count, room;
    struct mmoe_point *points;
};

static void curves_begin(struct curves *c, struct mmoe_store *s, int64_t study)
{
    static const char sql[] =
        "SELECT run, step, task, value, name FROM metrics WHERE study = ? AND split = 'validation' "
        "AND name IN ('loss', 'auc', 'r2', 'auc_true') ORDER BY run, step";
    *c = (struct curves){0};
    c->rows = database_ask(s->database, sql, "i", study);
    c->more = database_next(&c->rows);
}

static enum mmoe_status curves_end(struct curves *c, struct mmoe_error *err)
{
    mmoe_free(c->points);
    return database_end(&c->rows, err);
}

/* The point of that step: the last one, or a new one. */
static struct mmoe_point *point_at(struct curves *c, uint32_t step)
{
    if (c->count && c->points[c->count - 1].step == step)
        return &c->points[c->count - 1];
    if (c->count == c->room) {
        c->room = c->room ? 2 * c->room : 64;
        c->points = mmoe_regrow(c->points, c->count, c->room, sizeof *c->points);
    }
    struct mmoe_point *p = &c->points[c->count++];
    *p = mmoe_point_none(step);
    return p;
}

/* Step to the curve of the record's run, which lies after those read before, and fill it in. */
static void take_curve(struct curves *c, struct mmoe_record *record)
{
    int64_t run = (int64_t)record->run;
    c->count = 0;
    while (c->more && database_int(&c->rows, 0) < run)
        c->more = database_next(&c->rows);
    for (; c->more && database_int(&c->rows, 0) == run; c->more = database_next(&c->rows)) {
        struct mmoe_point *p = point_at(c, (uint32_t)database_int(&c->rows, 1));
        size_t k = find_task(record, database_text(&c->rows, 2));
        size_t m = find_metric(database_text(&c->rows, 4));
        float *to = m < MMOE_METRICS ? mmoe_point_values(p, (enum mmoe_metric)m) : NULL;
        if (to && k < MMOE_TASKS_MAX)
            to[k] = (float)database_real(&c->rows, 3);
    }
    mmoe_record_curve(record, c->points, c->count);
}

/* Ask for the validation values that choices are made by, run after run: all of the step that is
 * kept, which is the one whose loss over variance is known. */
static struct rows ask_choices(struct mmoe_store *s, int64_t study)
{
    static const char sql[] =
        "SELECT m.run, m.task, m.value, m.name FROM metrics c JOIN metrics m "
        "ON m.study = c.study AND m.run = c.run AND m.step = c.step AND m.split = c.split "
        "AND m.task = c.task WHERE c.study = ? AND c.split = 'validation' "
        "AND c.name = 'over_var' ORDER BY m.run";
    return database_ask(s->database, sql, "i", study);
}

/* Step to the choices of the record's run and take them; *more: r stands on a value. */
static void take_choices(struct rows *r, bool *more, struct mmoe_record *record)
{
    int64_t run = (int64_t)record->run;
    while (*more && database_int(r, 0) < run)
        *more = database_next(r);
    for (; *more && database_int(r, 0) == run; *more = database_next(r)) {
        size_t k = find_task(record, database_text(r, 1)), m = find_metric(database_text(r, 3));
        if (k < MMOE_TASKS_MAX && m < MMOE_METRICS)
            record->choice[m][k] = database_real(r, 2);
    }
}

/* `pearson`, `names`, `divergence` and `overlap` are the columns, or their stand-ins for a store
 * without these columns. */
#define RECORD_ROWS(pearson, names, divergence, overlap)                             \
    "SELECT r.run, r.tasks, r.step, r.diverged_step, r.seconds, " pearson ", " names \
    ", m.task, m.name, m.value, " divergence ", " overlap " "                        \
    "FROM runs r LEFT JOIN metrics m "                                               \
    "ON m.study = r.study AND m.run = r.run AND m.split = 'test' "                   \
    "WHERE r.study = ? ORDER BY r.run"

static struct rows ask_records(struct mmoe_store *s, int64_t study)
{
    static const char *const sql[SCHEMA_VERSION] = {
        RECORD_ROWS("NULL", "''", "''", SCHEMA_OVERLAP_BEFORE_6("r")),
        RECORD_ROWS("r.pearson", "''", "''", SCHEMA_OVERLAP_BEFORE_6("r")),
        RECORD_ROWS("r.pearson", "r.task_names", "''", SCHEMA_OVERLAP_BEFORE_6("r")),
        RECORD_ROWS("r.pearson", "r.task_names", "r.divergence", SCHEMA_OVERLAP_BEFORE_6("r")),
        RECORD_ROWS("r.pearson", "r.task_names", "r.divergence", SCHEMA_OVERLAP_BEFORE_6("r")),
        RECORD_ROWS("r.pearson", "r.task_names", "r.divergence", "r.overlap"),
    };
    return database_ask(s->database, sql[s->version - 1], "i", study);
}

/* The rows that are read together: curves, choices, and the caller who takes the records. */
struct reading {
    struct curves curves;
    struct rows choices;
    bool with_curves, more_choices;
    mmoe_results_take *take;
    void *context;
};

/* Complete a record that has its final values, and give it to the caller. */
static bool hand_on(struct reading *x, struct mmoe_record *record)
{
    if (x->with_curves)
        take_curve(&x->curves, record);
    take_choices(&x->choices, &x->more_choices, record);
    return x->take(x->context, record);
}

/* Records, curves and choices are each one statement in the order of runs: none is asked run by
 * run. */
enum mmoe_status mmoe_results_read(struct mmoe_store *s, int64_t study, const struct mmoe_grid *g,
                                   bool with_curves, mmoe_results_take *take, void *context,
                                   struct mmoe_error *err)
{
    struct reading x = {.with_curves = with_curves, .take = take, .context = context};
    struct mmoe_record record;
    struct mmoe_error curve = {.status = MMOE_OK}, choice = {.status = MMOE_OK};
    bool sound = true, begun = false, go_on = true;
    if (mmoe_failed(store_know(s, study, err)))
        return err->status;
    if (with_curves)
        curves_begin(&x.curves, s, study);
    bool validated = mmoe_grid_may_validate(g);
    if (validated) {
        x.choices = ask_choices(s, study);
        x.more_choices = database_next(&x.choices);
    }
    struct rows r = ask_records(s, study);
    while (sound && go_on && database_next(&r)) {
        if (!begun || database_int(&r, 0) != (int64_t)record.run) {
            if (begun && !(go_on = hand_on(&x, &record)))
                break;
            sound = begun = take_run(&r, g, &record);
        }
        if (sound)
            take_value(&r, &record);
    }
    if (sound && begun && go_on)
        go_on = hand_on(&x, &record);
    if (with_curves)
        curves_end(&x.curves, &curve);
    if (validated)
        database_end(&x.choices, &choice);
    if (mmoe_failed(database_end(&r, err)))
        return err->status;
    if (mmoe_failed(curve.status) || mmoe_failed(choice.status)) {
        *err = mmoe_failed(curve.status) ? curve : choice;
        return err->status;
    }
    if (!sound)
        return store_damaged(s, study, "a run's numbers are out of range", err);
    return go_on ? MMOE_OK : mmoe_fail(err, MMOE_STATE, "reading was stopped");
}

enum mmoe_status mmoe_results_origins(struct mmoe_store *s, int64_t study, struct mmoe_text *t,
                                      struct mmoe_error *err)
{
    static const char sql[] =
        "SELECT DISTINCT version, machine, kernels FROM runs WHERE study = ? ORDER BY 1, 2, 3";
    struct rows r = database_ask(s->database, sql, "i", study);
    for (bool first = true; database_next(&r); first = false)
        mmoe_text_add(t, "%s%s on %s (kernels %s)", first ? "" : "; ", database_text(&r, 0),
                      database_text(&r, 1), database_text(&r, 2));
    return database_end(&r, err);
}

/* --- what a run went through --- */

static struct mmoe_eval *eval_at(struct mmoe_snapshot *shot, size_t step)
{
    size_t n = shot->curve_count;
    if (n && shot->curve[n - 1].step == step)
        return &shot->curve[n - 1];
    if (n == shot->curve_room)
        mmoe_snapshot_reserve(shot, n ? 2 * n : 64);
    struct mmoe_eval *e = &shot->curve[shot->curve_count++];
    e->step = step;
    mmoe_metrics_none(e->value);
    return e;
}

static enum mmoe_status read_curve(struct mmoe_store *s, int64_t study,
                                   const struct mmoe_record *record, struct mmoe_snapshot *shot,
                                   struct mmoe_error *err)
{
    static const char sql[] =
        "SELECT step, task, name, value FROM metrics WHERE study = ? AND "
        "run = ? AND split = 'validation' AND name IN ('loss', 'auc') ORDER BY step";
    struct rows r = database_ask(s->database, sql, "ii", study, (int64_t)record->run);
    shot->curve_count = 0;
    while (database_next(&r)) {
        struct mmoe_eval *e = eval_at(shot, (size_t)database_int(&r, 0));
        size_t k = find_task(record, database_text(&r, 1)), m = find_metric(database_text(&r, 2));
        if (k < MMOE_TASKS_MAX && m < MMOE_METRICS)
            e->value[m][k] = database_real(&r, 3);
    }
    return database_end(&r, err);
}

/* One row of table units; of a place that no net has: nothing. */
static void take_units(const struct rows *r, const struct mmoe_record *record,
                       struct mmoe_activity *a)
{
    int64_t place = database_int(r, 0);
    if (place != (int64_t)a->count + 1 || place > MMOE_HIDDEN_MAX)
        return;
    struct mmoe_activity_part *p = &a->part[a->count++];
    size_t task = find_task(record, database_text(r, 2));
    *p = (struct mmoe_activity_part){.task = task < MMOE_TASKS_MAX ? task + 1 : 0,
                                     .units = (size_t)database_int(r, 3),
                                     .never = database_real(r, 4),
                                     .off = database_real(r, 5)};
    snprintf(p->layer, sizeof p->layer, "%s", database_text(r, 1));
}

/* Stores before schema 6 have none. */
static enum mmoe_status read_units(struct mmoe_store *s, int64_t study,
                                   const struct mmoe_record *record, struct mmoe_activity *out,
                                   struct mmoe_error *err)
{
    static const char sql[] = "SELECT place, layer, task, units, never, off FROM units "
                              "WHERE study = ? AND run = ? ORDER BY place";
    out->count = 0;
    if (s->version < 6)
        return MMOE_OK;
    struct rows r = database_ask(s->database, sql, "ii", study, (int64_t)record->run);
    while (database_next(&r))
        take_units(&r, record, out);
    return database_end(&r, err);
}

enum mmoe_status results_details(struct mmoe_store *s, int64_t study,
                                 const struct mmoe_record *record, struct mmoe_snapshot *shot,
                                 struct mmoe_error *err)
{
    static const char sql[] = "SELECT gate, expert, mean FROM gates WHERE study = ? AND run = ?";
    enum mmoe_status status = read_curve(s, study, record, shot, err);
    if (mmoe_failed(status))
        return status;
    memset(&shot->gate, 0, sizeof shot->gate);
    struct rows r = database_ask(s->database, sql, "ii", study, (int64_t)record->run);
    while (database_next(&r)) {
        int64_t gate = database_int(&r, 0), expert = database_int(&r, 1);
        if (gate < 1 || gate > MMOE_TASKS_MAX || expert < 1 || expert > MMOE_EXPERTS_MAX)
            continue;
        shot->gate.mean[gate - 1][expert - 1] = (float)database_real(&r, 2);
        if ((size_t)gate > shot->gate.gates)
            shot->gate.gates = (size_t)gate;
        if ((size_t)expert > shot->gate.experts)
            shot->gate.experts = (size_t)expert;
    }
    status = database_end(&r, err);
    return mmoe_failed(status) ? status : read_units(s, study, record, &shot->activity, err);
}
