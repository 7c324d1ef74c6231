/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally.c - the finished runs of a grid, counted and summed up.
 *
 * A column has the values of one measure, a metric of a task or the labels'
 * correlation: a number for each cell and seed. It is made when the first run has
 * such a value. A spread is made of a cell's part of a column when it is asked for,
 * and again when the cell has more runs than it was made of.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/tally.h>

enum { CHOICE = MMOE_METRICS * MMOE_TASKS_MAX, LABELS = CHOICE + MMOE_TASKS_MAX, MEASURES };
enum state { ABSENT, DONE, DIVERGED, FAILED };

/* A spread and the runs it was made of. */
struct spread {
    struct mmoe_spread spread;
    double *room; /* (seeds), what spread.sorted points to */
    size_t made_of;
};

/* The points of a cell's runs: loss (tasks, MMOE_RECORD_CURVE, seeds); NAN where a run has none. */
struct curve {
    size_t points, tasks;
    uint32_t step[MMOE_RECORD_CURVE];
    float *loss;
    struct mmoe_tally_curve of[MMOE_TASKS_MAX];
    size_t made_of[MMOE_TASKS_MAX];
};

struct cell {
    size_t done, diverged;
};

struct mmoe_tally {
    struct mmoe_grid grid;
    size_t cells, seeds, done, failed, diverged;
    bool with_curves;
    size_t tasks;
    struct mmoe_task task[MMOE_TASKS_MAX];
    unsigned char *state;             /* (cells, seeds) enum state */
    double *column[MEASURES];         /* (cells, seeds) or NULL */
    struct spread *spreads[MEASURES]; /* (cells) or NULL */
    struct cell *cell;                /* (cells) */
    struct curve *curve;              /* (cells) or NULL */
};

static size_t measure_of(enum mmoe_metric metric, size_t task)
{
    return (size_t)metric * MMOE_TASKS_MAX + task;
}

/* --- making --- */

struct mmoe_tally *mmoe_tally_new(const struct mmoe_grid *grid, bool with_curves)
{
    struct mmoe_tally *t = mmoe_alloc(1, sizeof *t);
    t->grid = *grid;
    t->cells = mmoe_grid_cells(grid);
    t->seeds = grid->seeds;
    t->with_curves = with_curves;
    t->state = mmoe_alloc(t->cells * t->seeds, 1);
    t->cell = mmoe_alloc(t->cells, sizeof *t->cell);
    if (with_curves)
        t->curve = mmoe_alloc(t->cells, sizeof *t->curve);
    return t;
}

static void free_spreads(struct mmoe_tally *t)
{
    for (size_t m = 0; m < MEASURES; m++) {
        for (size_t c = 0; t->spreads[m] && c < t->cells; c++)
            mmoe_free(t->spreads[m][c].room);
        mmoe_free(t->spreads[m]);
        t->spreads[m] = NULL;
    }
}

void mmoe_tally_free(struct mmoe_tally *t)
{
    if (!t)
        return;
    free_spreads(t);
    for (size_t m = 0; m < MEASURES; m++)
        mmoe_free(t->column[m]);
    for (size_t c = 0; t->curve && c < t->cells; c++)
        mmoe_free(t->curve[c].loss);
    mmoe_free(t->curve);
    mmoe_free(t->state);
    mmoe_free(t->cell);
    mmoe_free(t);
}

const struct mmoe_grid *mmoe_tally_grid(const struct mmoe_tally *t)
{
    return &t->grid;
}

/* A table of rows of `size` bytes an entry, made wider; entries that are new are zero. */
static void *widen(void *table, size_t rows, size_t from, size_t to, size_t size)
{
    char *wide = mmoe_alloc(rows * to, size);
    for (size_t r = 0; table && r < rows; r++)
        memcpy(wide + r * to * size, (char *)table + r * from * size, from * size);
    mmoe_free(table);
    return wide;
}

void mmoe_tally_extend(struct mmoe_tally *t, size_t seeds)
{
    size_t before = t->seeds;
    if (seeds <= before)
        return;
    t->state = widen(t->state, t->cells, before, seeds, 1);
    for (size_t m = 0; m < MEASURES; m++) {
        if (!t->column[m])
            continue;
        t->column[m] = widen(t->column[m], t->cells, before, seeds, sizeof *t->column[m]);
        for (size_t c = 0; c < t->cells; c++)
            for (size_t s = before; s < seeds; s++)
                t->column[m][c * seeds + s] = MMOE_ABSENT;
    }
    for (size_t c = 0; t->curve && c < t->cells; c++) {
        struct curve *k = &t->curve[c];
        size_t rows = k->tasks * MMOE_RECORD_CURVE;
        if (!k->loss)
            continue;
        k->loss = widen(k->loss, rows, before, seeds, sizeof *k->loss);
        for (size_t r = 0; r < rows; r++)
            for (size_t s = before; s < seeds; s++)
                k->loss[r * seeds + s] = NAN;
    }
    free_spreads(t); /* their room is too small */
    t->grid.seeds = t->seeds = seeds;
}

/* --- adding --- */

/* The column of a measure, made where it is missing: runs that were there before have no value. */
static double *column(struct mmoe_tally *t, size_t measure)
{
    size_t runs = t->cells * t->seeds;
    if (t->column[measure])
        return t->column[measure];
    double *v = mmoe_alloc(runs, sizeof *v);
    for (size_t i = 0; i < runs; i++)
        v[i] = t->state[i] == ABSENT || t->state[i] == FAILED ? MMOE_ABSENT : NAN;
    return t->column[measure] = v;
}

static void put(struct mmoe_tally *t, size_t measure, size_t at, double value)
{
    bool always = measure < measure_of(MMOE_AUC, 0) || (measure >= CHOICE && measure < LABELS);
    if (isfinite(value))
        column(t, measure)[at] = value;
    else if (always || t->column[measure])
        column(t, measure)[at] = NAN;
}

/* The place of a step among a curve's, made where it is missing; MMOE_RECORD_CURVE: no room. */
static size_t place_of(struct curve *k, size_t seeds, uint32_t step)
{
    size_t at = 0;
    while (at < k->points && k->step[at] < step)
        at++;
    if (at < k->points && k->step[at] == step)
        return at;
    if (k->points == MMOE_RECORD_CURVE)
        return MMOE_RECORD_CURVE;
    size_t behind = k->points++ - at;
    memmove(k->step + at + 1, k->step + at, behind * sizeof *k->step);
    k->step[at] = step;
    for (size_t task = 0; task < k->tasks; task++) {
        float *row = k->loss + (task * MMOE_RECORD_CURVE + at) * seeds;
        memmove(row + seeds, row, behind * seeds * sizeof *row);
        for (size_t s = 0; s < seeds; s++)
            row[s] = NAN;
    }
    return at;
}

static void add_curve(struct mmoe_tally *t, size_t cell, size_t seed, const struct mmoe_record *r)
{
    struct curve *k = &t->curve[cell];
    if (!k->loss) {
        k->tasks = r->tasks;
        size_t n = k->tasks * MMOE_RECORD_CURVE * t->seeds;
        k->loss = mmoe_alloc(n, sizeof *k->loss);
        for (size_t i = 0; i < n; i++)
            k->loss[i] = NAN;
    }
    for (size_t i = 0; i < r->curve_count; i++) {
        size_t at = place_of(k, t->seeds, r->curve[i].step);
        for (size_t task = 0; at < MMOE_RECORD_CURVE && task < k->tasks; task++)
            k->loss[(task * MMOE_RECORD_CURVE + at) * t->seeds + seed] = r->curve[i].loss[task];
    }
}

bool mmoe_tally_add(struct mmoe_tally *t, const struct mmoe_record *record)
{
    size_t cell = mmoe_grid_cell(&t->grid, record->run);
    size_t seed = mmoe_grid_seed(&t->grid, record->run), at = cell * t->seeds + seed;
    bool diverged = record->diverged_step != 0;
    if (seed >= t->seeds || t->state[at] != ABSENT)
        return false;
    if (record->failed) {
        t->state[at] = FAILED;
        t->failed++;
        return true;
    }
    if (record->tasks > t->tasks) {
        t->tasks = record->tasks;
        memcpy(t->task, record->task, sizeof t->task);
    }
    for (size_t m = 0; m < MMOE_METRICS; m++)
        for (size_t k = 0; k < record->tasks; k++)
            put(t, measure_of((enum mmoe_metric)m, k), at, record->value[m][k]);
    for (size_t k = 0; k < record->tasks; k++)
        put(t, CHOICE + k, at, record->choice[k]);
    put(t, LABELS, at, record->pearson);
    t->state[at] = diverged ? DIVERGED : DONE;
    t->done++;
    t->diverged += diverged;
    t->cell[cell].done++;
    t->cell[cell].diverged += diverged;
    if (t->curve && record->tasks)
        add_curve(t, cell, seed, record);
    return true;
}

/* --- counts --- */

size_t mmoe_tally_done(const struct mmoe_tally *t)
{
    return t->done;
}

size_t mmoe_tally_failed(const struct mmoe_tally *t)
{
    return t->failed;
}

size_t mmoe_tally_diverged(const struct mmoe_tally *t)
{
    return t->diverged;
}

bool mmoe_tally_complete(const struct mmoe_tally *t)
{
    return t->done + t->failed == t->cells * t->seeds;
}

size_t mmoe_tally_cell_done(const struct mmoe_tally *t, size_t cell)
{
    return t->cell[cell].done;
}

size_t mmoe_tally_cell_diverged(const struct mmoe_tally *t, size_t cell)
{
    return t->cell[cell].diverged;
}

bool mmoe_tally_has(const struct mmoe_tally *t, size_t run)
{
    size_t at = mmoe_grid_cell(&t->grid, run) * t->seeds + mmoe_grid_seed(&t->grid, run);
    return t->state[at] == DONE || t->state[at] == DIVERGED;
}

size_t mmoe_tally_tasks(const struct mmoe_tally *t, const struct mmoe_task **task)
{
    if (task)
        *task = t->task;
    return t->tasks;
}

/* --- values --- */

const double *mmoe_tally_column(const struct mmoe_tally *t, enum mmoe_metric metric, size_t task)
{
    return t->column[measure_of(metric, task)];
}

const double *mmoe_tally_choice(const struct mmoe_tally *t, size_t task)
{
    return t->column[CHOICE + task];
}

const double *mmoe_tally_values(const struct mmoe_tally *t, size_t cell, enum mmoe_metric metric,
                                size_t task)
{
    const double *v = mmoe_tally_column(t, metric, task);
    return v ? v + cell * t->seeds : NULL;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sum up what a cell has of a measure. The values are in ascending order before they are summed,
   so that a sum does not depend on the order in which runs came. */
static void sum_up(const struct mmoe_tally *t, size_t cell, size_t measure, struct spread *s)
{
    const double *v = t->column[measure] ? t->column[measure] + cell * t->seeds : NULL;
    size_t n = 0;
    for (size_t i = 0; v && i < t->seeds; i++)
        if (isfinite(v[i]))
            s->room[n++] = v[i];
    qsort(s->room, n, sizeof *s->room, ascending);
    s->spread.summary = mmoe_summarize(s->room, n);
    s->spread.summary.diverged = t->cell[cell].diverged;
    s->spread.sorted = s->room;
    s->made_of = t->cell[cell].done;
}

static const struct mmoe_spread *spread_of(struct mmoe_tally *t, size_t cell, size_t measure)
{
    if (!t->spreads[measure])
        t->spreads[measure] = mmoe_alloc(t->cells, sizeof *t->spreads[measure]);
    struct spread *s = &t->spreads[measure][cell];
    bool fresh = !s->room;
    if (fresh)
        s->room = mmoe_alloc(t->seeds, sizeof *s->room);
    if (fresh || s->made_of != t->cell[cell].done)
        sum_up(t, cell, measure, s);
    return &s->spread;
}

const struct mmoe_spread *mmoe_tally_spread(struct mmoe_tally *t, size_t cell,
                                            enum mmoe_metric metric, size_t task)
{
    return spread_of(t, cell, measure_of(metric, task));
}

const struct mmoe_spread *mmoe_tally_labels(struct mmoe_tally *t, size_t cell)
{
    return spread_of(t, cell, LABELS);
}

/* Sum up a task's curve, point by point, in room for the seeds. */
static void sum_up_curve(const struct mmoe_tally *t, struct curve *k, size_t task, double *room)
{
    struct mmoe_tally_curve *of = &k->of[task];
    of->points = k->points;
    for (size_t at = 0; at < k->points; at++) {
        const float *row = k->loss + (task * MMOE_RECORD_CURVE + at) * t->seeds;
        size_t n = 0;
        for (size_t s = 0; s < t->seeds; s++)
            if (isfinite(row[s]))
                room[n++] = (double)row[s];
        qsort(room, n, sizeof *room, ascending);
        of->n[at] = n;
        of->step[at] = k->step[at];
        of->mean[at] = n ? mmoe_mean(room, n) : NAN;
        of->low[at] = mmoe_quantile(room, n, 0.1);
        of->high[at] = mmoe_quantile(room, n, 0.9);
    }
}

const struct mmoe_tally_curve *mmoe_tally_curve(struct mmoe_tally *t, size_t cell, size_t task)
{
    if (!t->curve)
        return NULL;
    struct curve *k = &t->curve[cell];
    if (task < k->tasks && k->made_of[task] != t->cell[cell].done) {
        double *room = mmoe_alloc(t->seeds, sizeof *room);
        sum_up_curve(t, k, task, room);
        mmoe_free(room);
        k->made_of[task] = t->cell[cell].done;
    }
    return &k->of[task];
}
