/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results.c - runs in a store: added whole, read back in their order.
 *
 * A run's row comes first and takes what belongs to it along: where the row is
 * there already, nothing of it is added. Tasks are the letters people read on
 * the screen, gates and experts their numbers from 1.
 */
#include "src/store/results.h"

#include <math.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/origin.h>
#include <mmoe/results.h>

#include "src/store/store.h"

/* --- adding --- */

static void name_task(size_t k, char name[2])
{
    name[0] = (char)('A' + k);
    name[1] = '\0';
}

void results_add_options(struct mmoe_text *t, const struct mmoe_options *o)
{
    struct mmoe_text value = {0};
    mmoe_text_add(t, "{");
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        bool alias = option->type == MMOE_TYPE_SEED && !strchr(option->name, '.');
        double number;
        if (option->group == MMOE_GROUP_SESSION || alias)
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

static enum mmoe_status add_losses(struct mmoe_store *s, int64_t study,
                                   const struct mmoe_record *record, struct mmoe_error *err)
{
    static const char sql[] =
        "INSERT INTO losses (study, run, task, loss, over_var) VALUES (?, ?, ?, ?, ?)";
    enum mmoe_status status = MMOE_OK;
    char task[2];
    for (size_t k = 0; k < record->tasks && !mmoe_failed(status); k++) {
        name_task(k, task);
        status = database_do(s->database, err, sql, "iitdd", study, (int64_t)record->run, task,
                             record->loss[k], record->loss_over_var[k]);
    }
    return status;
}

static enum mmoe_status add_curve(struct mmoe_store *s, int64_t study,
                                  const struct mmoe_result *result, struct mmoe_error *err)
{
    static const char sql[] =
        "INSERT INTO curve (study, run, step, task, loss) VALUES (?, ?, ?, ?, ?)";
    enum mmoe_status status = MMOE_OK;
    char task[2];
    for (size_t i = 0; i < result->shot.curve_count; i++) {
        const struct mmoe_eval *e = &result->shot.curve[i];
        for (size_t k = 0; k < result->record.tasks && !mmoe_failed(status); k++) {
            name_task(k, task);
            status = database_do(s->database, err, sql, "iiitd", study, (int64_t)result->record.run,
                                 (int64_t)e->step, task, e->loss[k]);
        }
    }
    return status;
}

static enum mmoe_status add_gates(struct mmoe_store *s, int64_t study,
                                  const struct mmoe_result *result, struct mmoe_error *err)
{
    static const char sql[] =
        "INSERT INTO gates (study, run, gate, expert, mean) VALUES (?, ?, ?, ?, ?)";
    enum mmoe_status status = MMOE_OK;
    const struct mmoe_gates *gates = &result->shot.gate;
    for (size_t g = 0; g < gates->gates; g++)
        for (size_t e = 0; e < gates->experts && !mmoe_failed(status); e++)
            status = database_do(s->database, err, sql, "iiiid", study, (int64_t)result->record.run,
                                 (int64_t)g + 1, (int64_t)e + 1, (double)gates->mean[g][e]);
    return status;
}

/* *added: the run was not there before. */
static enum mmoe_status add_row(struct mmoe_store *s, int64_t study,
                                const struct mmoe_origin *origin, const struct mmoe_record *record,
                                bool *added, struct mmoe_error *err)
{
    static const char sql[] =
        "INSERT INTO runs (study, run, cell, seed_data, seed_init, seed_order, options, tasks, "
        "step,"
        "                  diverged_step, seconds, finished, version, machine, kernels, pearson) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?, ?, ?, "
        "?) "
        "ON CONFLICT (study, run) DO NOTHING";
    const struct mmoe_options *o = &record->options;
    if (record->run >= mmoe_grid_runs(&s->grid))
        return mmoe_fail(
            err, MMOE_RANGE, "store '%.200s': study %lld has %zu runs: none has the number %zu",
            database_path(s->database), (long long)study, mmoe_grid_runs(&s->grid), record->run);
    struct mmoe_text options = {0};
    results_add_options(&options, o);
    enum mmoe_status status = database_do(
        s->database, err, sql, "iiiiiitiindtttd", study, (int64_t)record->run,
        (int64_t)mmoe_grid_cell(&s->grid, record->run), (int64_t)o->seed_data,
        (int64_t)o->seed_init, (int64_t)o->seed_order, options.s, (int64_t)record->tasks,
        (int64_t)record->step, (int64_t)record->diverged_step, record->seconds, origin->version,
        origin->machine, origin->kernels, record->pearson);
    *added = database_changes(s->database) > 0;
    mmoe_text_done(&options);
    return status;
}

static enum mmoe_status add_run(struct mmoe_store *s, int64_t study,
                                const struct mmoe_origin *origin, const struct mmoe_result *result,
                                struct mmoe_error *err)
{
    bool added = false;
    enum mmoe_status status = add_row(s, study, origin, &result->record, &added, err);
    if (mmoe_failed(status) || !added)
        return status;
    status = add_losses(s, study, &result->record, err);
    if (!mmoe_failed(status))
        status = add_curve(s, study, result, err);
    if (!mmoe_failed(status))
        status = add_gates(s, study, result, err);
    return status;
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

/* --- runs in common --- */

/* Runs are numbered seed by seed, so that those of a study's first seeds have the same numbers
 * whatever seeds it has. */
#define RUNS_IN_COMMON "FROM runs WHERE study = ?2 AND run < ?3 AND version = ?4 AND kernels = ?5"
#define OF_RUNS_COPIED "WHERE study = ?2 AND run IN (SELECT run FROM runs WHERE study = ?1)"

static enum mmoe_status copy_runs(struct database *d, int64_t to, int64_t from, size_t runs,
                                  const struct mmoe_origin *origin, size_t *copied,
                                  struct mmoe_error *err)
{
    static const char columns[] =
        "INSERT INTO runs (study, run, cell, seed_data, seed_init, seed_order, options, tasks, "
        "step, diverged_step,"
        " seconds, finished, version, machine, kernels, pearson) "
        "SELECT ?1, run, cell, seed_data, seed_init, seed_order, options, tasks, step, "
        "diverged_step,"
        " seconds, finished, version, machine, kernels, pearson " RUNS_IN_COMMON;
    static const char *const measured[] = {
        "INSERT INTO losses (study, run, task, loss, over_var) SELECT ?1, run, task, loss, "
        "over_var FROM losses " OF_RUNS_COPIED,
        "INSERT INTO curve (study, run, step, task, loss) SELECT ?1, run, step, task, loss FROM "
        "curve " OF_RUNS_COPIED,
        "INSERT INTO gates (study, run, gate, expert, mean) SELECT ?1, run, gate, expert, mean "
        "FROM gates " OF_RUNS_COPIED,
    };
    enum mmoe_status status = database_do(d, err, columns, "iiitt", to, from, (int64_t)runs,
                                          origin->version, origin->kernels);
    *copied = mmoe_failed(status) ? 0 : (size_t)database_changes(d);
    for (size_t i = 0; i < sizeof measured / sizeof *measured && *copied && !mmoe_failed(status);
         i++)
        status = database_do(d, err, measured[i], "ii", to, from);
    return status;
}

enum mmoe_status mmoe_results_copy(struct mmoe_store *s, int64_t study, const struct mmoe_grid *g,
                                   const struct mmoe_origin *origin, int64_t *from, size_t *copied,
                                   struct mmoe_error *err)
{
    static const char sql[] =
        "SELECT id FROM studies WHERE cells = ? AND seeds <> ? ORDER BY seeds DESC, id DESC";
    struct rows r =
        database_ask(s->database, sql, "ii", (int64_t)mmoe_grid_cells(g), (int64_t)g->seeds);
    *copied = 0;
    enum mmoe_status status = store_first_alike(s, r, g, from, err);
    if (mmoe_failed(status) || *from == 0)
        return status;
    status = database_begin(s->database, true, err);
    if (mmoe_failed(status))
        return status;
    status = copy_runs(s->database, study, *from, mmoe_grid_runs(g), origin, copied, err);
    return database_finish(s->database, status, err);
}

/* --- reading back --- */

enum mmoe_status mmoe_results_finished(struct mmoe_store *s, int64_t study, unsigned char *done,
                                       size_t runs, struct mmoe_error *err)
{
    static const char sql[] = "SELECT run FROM runs WHERE study = ?";
    enum mmoe_status status = store_know(s, study, err);
    memset(done, 0, runs);
    if (mmoe_failed(status))
        return status;
    struct rows r = database_ask(s->database, sql, "i", study);
    while (database_next(&r)) {
        int64_t run = database_int(&r, 0);
        if (run >= 0 && (uint64_t)run < runs)
            done[run] = 1;
    }
    return database_end(&r, err);
}

/* The number of a task's name, or MMOE_TASKS_MAX. */
static size_t find_task(const char *name)
{
    size_t k = name[0] && !name[1] ? (size_t)(unsigned char)name[0] - 'A' : MMOE_TASKS_MAX;
    return k < MMOE_TASKS_MAX ? k : MMOE_TASKS_MAX;
}

/* The fields of a run's own row; false where no mmoe wrote it. */
static bool take_run(const struct rows *r, const struct mmoe_grid *g, struct mmoe_record *record)
{
    int64_t run = database_int(r, 0), tasks = database_int(r, 1), step = database_int(r, 2);
    int64_t diverged = database_int(r, 3);
    if (run < 0 || (uint64_t)run >= mmoe_grid_runs(g) || tasks < 0 || tasks > MMOE_TASKS_MAX)
        return false;
    if (step < 0 || diverged < 0)
        return false;
    mmoe_record_clear(record, &g->base);
    record->run = (size_t)run;
    record->tasks = (size_t)tasks;
    record->step = (size_t)step;
    record->diverged_step = (size_t)diverged;
    record->seconds = database_real(r, 4);
    record->pearson = database_real(r, 5);
    mmoe_grid_options(g, record->run, &record->options);
    return true;
}

/* Task A's curves of a study, run after run, and the points of the run that is read. */
struct curves {
    struct rows rows;
    bool more; /* rows stands on a point */
    size_t count, room;
    struct mmoe_point *points;
};

static void curves_begin(struct curves *c, struct mmoe_store *s, int64_t study)
{
    static const char sql[] =
        "SELECT run, step, loss FROM curve WHERE study = ? AND task = 'A' ORDER BY run, step";
    *c = (struct curves){.rows = database_ask(s->database, sql, "i", study)};
    c->more = database_next(&c->rows);
}

static enum mmoe_status curves_end(struct curves *c, struct mmoe_error *err)
{
    mmoe_free(c->points);
    return database_end(&c->rows, err);
}

/* On to the run of the record, which comes after those before: its curve is filled in. */
static void take_curve(struct curves *c, struct mmoe_record *record)
{
    int64_t run = (int64_t)record->run;
    c->count = 0;
    while (c->more && database_int(&c->rows, 0) < run)
        c->more = database_next(&c->rows);
    for (; c->more && database_int(&c->rows, 0) == run; c->more = database_next(&c->rows)) {
        if (c->count == c->room) {
            c->room = c->room ? 2 * c->room : 64;
            c->points = mmoe_regrow(c->points, c->count, c->room, sizeof *c->points);
        }
        c->points[c->count++] = (struct mmoe_point){(uint32_t)database_int(&c->rows, 1),
                                                    (float)database_real(&c->rows, 2)};
    }
    mmoe_record_curve(record, c->points, c->count);
}

#define RECORD_ROWS(pearson)                                              \
    "SELECT r.run, r.tasks, r.step, r.diverged_step, r.seconds, " pearson \
    ", l.task, l.loss, l.over_var "                                       \
    "FROM runs r LEFT JOIN losses l USING (study, run) WHERE r.study = ? ORDER BY r.run, l.task"

/* The curves go along with the records: two statements in the order of runs, neither one a run. */
enum mmoe_status mmoe_results_read(struct mmoe_store *s, int64_t study, const struct mmoe_grid *g,
                                   void (*take)(void *context, const struct mmoe_record *),
                                   void *context, struct mmoe_error *err)
{
    static const char sql[] = RECORD_ROWS("r.pearson"), sql_1[] = RECORD_ROWS("NULL");
    struct mmoe_record record;
    struct curves curves;
    struct mmoe_error why;
    bool sound = true, begun = false;
    curves_begin(&curves, s, study);
    struct rows r = database_ask(s->database, s->version > 1 ? sql : sql_1, "i", study);
    while (sound && database_next(&r)) {
        if (!begun || database_int(&r, 0) != (int64_t)record.run) {
            if (begun)
                take(context, &record);
            sound = begun = take_run(&r, g, &record);
            if (sound)
                take_curve(&curves, &record);
        }
        size_t k = find_task(database_text(&r, 6));
        if (sound && k < record.tasks) {
            record.loss[k] = database_real(&r, 7);
            record.loss_over_var[k] = database_real(&r, 8);
        }
    }
    enum mmoe_status curve = curves_end(&curves, &why), status = database_end(&r, err);
    if (!mmoe_failed(status) && mmoe_failed(curve))
        status = mmoe_fail(err, curve, "%s", why.text);
    if (!mmoe_failed(status) && !sound)
        status = store_damaged(s, study, "a run's numbers are out of range", err);
    if (!mmoe_failed(status) && begun)
        take(context, &record);
    return status;
}

/* --- what a run went through --- */

static enum mmoe_status read_curve(struct mmoe_store *s, int64_t study, size_t run,
                                   struct mmoe_snapshot *shot, struct mmoe_error *err)
{
    static const char sql[] =
        "SELECT step, task, loss FROM curve WHERE study = ? AND run = ? ORDER BY step, task";
    struct rows r = database_ask(s->database, sql, "ii", study, (int64_t)run);
    shot->curve_count = 0;
    while (database_next(&r)) {
        size_t step = (size_t)database_int(&r, 0), k = find_task(database_text(&r, 1)),
               n = shot->curve_count;
        if (n == 0 || shot->curve[n - 1].step != step) {
            if (n == shot->curve_room)
                mmoe_snapshot_reserve(shot, n ? 2 * n : 64);
            struct mmoe_eval *e = &shot->curve[shot->curve_count++];
            e->step = step;
            for (size_t j = 0; j < MMOE_TASKS_MAX; j++)
                e->loss[j] = NAN;
        }
        if (k < MMOE_TASKS_MAX)
            shot->curve[shot->curve_count - 1].loss[k] = database_real(&r, 2);
    }
    return database_end(&r, err);
}

enum mmoe_status results_details(struct mmoe_store *s, int64_t study, size_t run,
                                 struct mmoe_snapshot *shot, struct mmoe_error *err)
{
    static const char sql[] = "SELECT gate, expert, mean FROM gates WHERE study = ? AND run = ?";
    enum mmoe_status status = read_curve(s, study, run, shot, err);
    if (mmoe_failed(status))
        return status;
    memset(&shot->gate, 0, sizeof shot->gate);
    struct rows r = database_ask(s->database, sql, "ii", study, (int64_t)run);
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
    return database_end(&r, err);
}
