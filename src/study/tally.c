/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally.c - the finished runs of a grid, counted and summed up.
 *
 * A column has the values of one measure, a metric of a task, the labels' correlation
 * or the gates' overlap: a number for each cell and seed. It is made when the first run has
 * such a value, or diverged. A spread is made of a cell's part of a column when it is
 * asked for. Where the cell has more runs than it was made of, their values alone are
 * sorted and merged in: what is asked for again and again while runs come costs no more
 * than they do.
 *
 * A run's curve is kept as it came. Runs that ended early have steps that others do not
 * have; a cell's curve has those that most of its runs have.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/tally.h>

enum {
    CHOICE = MMOE_METRICS * MMOE_TASKS_MAX,
    LABELS = CHOICE + MMOE_METRICS * MMOE_TASKS_MAX,
    OVERLAP,
    MEASURES
};
enum state { ABSENT, DONE, DIVERGED, FAILED };

/* A spread and the runs it was made of. */
struct spread {
    struct mmoe_spread spread;
    double *room; /* (seeds), what spread.sorted points to */
    size_t made_of;
};

/* The curve of a run. */
struct course {
    size_t points, tasks;
    uint32_t *step;           /* (points) ascending */
    float *loss;              /* (points, tasks) */
    struct mmoe_point *whole; /* (points) where the rows know their true probabilities; else NULL */
};

/* The curves of a cell's tasks, and the runs they were made of. */
struct curve {
    struct mmoe_tally_curve of[MMOE_TASKS_MAX];
    size_t made_of[MMOE_TASKS_MAX];
};

/* stuck: runs in which a task is, of those that say whether (told); the last count is of those in
 * which any task is. */
struct cell {
    size_t done, diverged, told[MMOE_TASKS_MAX + 1], stuck[MMOE_TASKS_MAX + 1];
};

struct mmoe_tally {
    struct mmoe_grid grid;
    size_t cells, seeds, done, failed, diverged;
    bool with_curves;
    bool validates; /* runs may have validation values of their own */
    size_t tasks;
    struct mmoe_task task[MMOE_TASKS_MAX];
    unsigned char *state;             /* (cells, seeds) enum state */
    uint32_t *came;                   /* (cells, seeds) seeds of finished runs as they came */
    double *column[MEASURES];         /* (cells, seeds) or NULL */
    struct spread *spreads[MEASURES]; /* (cells) or NULL */
    struct cell *cell;                /* (cells) */
    struct curve *curve;              /* (cells) or NULL */
    struct course *course;            /* (cells, seeds) or NULL */
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
    t->validates = mmoe_grid_may_validate(grid);
    t->state = mmoe_alloc(t->cells * t->seeds, 1);
    t->came = mmoe_alloc(t->cells * t->seeds, sizeof *t->came);
    t->cell = mmoe_alloc(t->cells, sizeof *t->cell);
    if (with_curves) {
        t->curve = mmoe_alloc(t->cells, sizeof *t->curve);
        t->course = mmoe_alloc(t->cells * t->seeds, sizeof *t->course);
    }
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
    for (size_t i = 0; t->course && i < t->cells * t->seeds; i++) {
        mmoe_free(t->course[i].step);
        mmoe_free(t->course[i].loss);
        mmoe_free(t->course[i].whole);
    }
    mmoe_free(t->course);
    mmoe_free(t->curve);
    mmoe_free(t->state);
    mmoe_free(t->came);
    mmoe_free(t->cell);
    mmoe_free(t);
}

static void *copy_of(const void *table, size_t n, size_t size)
{
    if (!table)
        return NULL;
    void *copy = mmoe_alloc(n, size);
    memcpy(copy, table, n * size);
    return copy;
}

struct mmoe_tally *mmoe_tally_copy(const struct mmoe_tally *t)
{
    if (!t)
        return NULL;
    size_t runs = t->cells * t->seeds;
    struct mmoe_tally *c = copy_of(t, 1, sizeof *t);
    c->state = copy_of(t->state, runs, sizeof *t->state);
    c->came = copy_of(t->came, runs, sizeof *t->came);
    c->cell = copy_of(t->cell, t->cells, sizeof *t->cell);
    c->curve = t->curve ? mmoe_alloc(t->cells, sizeof *t->curve) : NULL;
    c->course = copy_of(t->course, runs, sizeof *t->course);
    for (size_t m = 0; m < MEASURES; m++) {
        c->column[m] = copy_of(t->column[m], runs, sizeof *t->column[m]);
        c->spreads[m] = NULL;
    }
    for (size_t i = 0; c->course && i < runs; i++) {
        struct course *k = &c->course[i];
        k->step = copy_of(k->step, k->points, sizeof *k->step);
        k->loss = copy_of(k->loss, k->points * k->tasks, sizeof *k->loss);
        k->whole = copy_of(k->whole, k->points, sizeof *k->whole);
    }
    return c;
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
    t->came = widen(t->came, t->cells, before, seeds, sizeof *t->came);
    for (size_t m = 0; m < MEASURES; m++) {
        if (!t->column[m])
            continue;
        t->column[m] = widen(t->column[m], t->cells, before, seeds, sizeof *t->column[m]);
        for (size_t c = 0; c < t->cells; c++)
            for (size_t s = before; s < seeds; s++)
                t->column[m][c * seeds + s] = MMOE_ABSENT;
    }
    if (t->course)
        t->course = widen(t->course, t->cells, before, seeds, sizeof *t->course);
    free_spreads(t); /* their room is too small */
    t->grid.seeds = t->seeds = seeds;
}

/* --- adding --- */

/* The column of a measure, made where it is missing: no run that was there before has a value. */
static double *column(struct mmoe_tally *t, size_t measure)
{
    size_t runs = t->cells * t->seeds;
    if (t->column[measure])
        return t->column[measure];
    double *v = mmoe_alloc(runs, sizeof *v);
    for (size_t i = 0; i < runs; i++)
        v[i] = t->state[i] == DIVERGED ? NAN : MMOE_ABSENT;
    return t->column[measure] = v;
}

/* Every task may have a value of these: a run that diverged lacks them. */
static bool is_of_any_task(size_t measure)
{
    return measure < LABELS && measure % CHOICE < measure_of(MMOE_AUC, 0);
}

/* The run's value of a measure, if it has one. */
static void put(struct mmoe_tally *t, size_t measure, size_t at, bool diverged, double value)
{
    if (isfinite(value))
        column(t, measure)[at] = value;
    else if (diverged && is_of_any_task(measure))
        column(t, measure)[at] = NAN;
}

static void put_all(struct mmoe_tally *t, size_t at, const struct mmoe_record *r)
{
    bool diverged = r->diverged_step != 0;
    for (size_t m = 0; m < MEASURES; m++)
        if (t->column[m])
            t->column[m][at] = diverged ? NAN : MMOE_ABSENT;
    for (size_t k = 0; k < r->tasks; k++) {
        for (size_t m = 0; m < MMOE_METRICS; m++) {
            size_t measure = measure_of((enum mmoe_metric)m, k);
            put(t, measure, at, diverged, r->value[m][k]);
            if (m == MMOE_OVER_VAR || (t->validates && m != MMOE_ROWS_OFF))
                put(t, CHOICE + measure, at, diverged, r->choice[m][k]);
        }
    }
    put(t, LABELS, at, diverged, r->pearson);
    put(t, OVERLAP, at, diverged, r->overlap);
}

static void count_stuck(struct cell *c, const struct mmoe_record *r)
{
    bool told = false, any = false;
    for (size_t k = 0; k < r->tasks; k++) {
        bool tells = isfinite(r->value[MMOE_ROWS_OFF][k]);
        bool stuck = tells && mmoe_is_stuck(r->value[MMOE_ROWS_OFF][k]);
        told = told || tells;
        any = any || stuck;
        c->told[k] += tells;
        c->stuck[k] += stuck;
    }
    c->stuck[MMOE_ANY_TASK] += any;
    c->told[MMOE_ANY_TASK] += told;
}

static void keep_curve(struct course *c, const struct mmoe_record *r)
{
    c->tasks = r->tasks;
    c->step = mmoe_alloc(r->curve_count, sizeof *c->step);
    c->loss = mmoe_alloc(r->curve_count * r->tasks, sizeof *c->loss);
    if (isfinite(r->value[MMOE_AUC_TRUE][0]))
        c->whole = mmoe_alloc(r->curve_count, sizeof *c->whole);
    for (size_t i = 0; i < r->curve_count; i++) {
        const struct mmoe_point *p = &r->curve[i];
        if (c->points && p->step <= c->step[c->points - 1])
            continue; /* a store may have a step twice */
        c->step[c->points] = p->step;
        if (c->whole)
            c->whole[c->points] = *p;
        memcpy(c->loss + c->points++ * c->tasks, p->loss, c->tasks * sizeof *c->loss);
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
    put_all(t, at, record);
    t->state[at] = diverged ? DIVERGED : DONE;
    t->done++;
    t->diverged += diverged;
    t->came[cell * t->seeds + t->cell[cell].done++] = (uint32_t)seed;
    t->cell[cell].diverged += diverged;
    count_stuck(&t->cell[cell], record);
    if (t->course && record->tasks && record->curve_count)
        keep_curve(&t->course[at], record);
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

struct mmoe_interval mmoe_tally_share(const struct mmoe_tally *t, size_t cell, size_t n)
{
    return mmoe_wilson((double)n, mmoe_tally_cell_done(t, cell), 0.95);
}

struct mmoe_interval mmoe_tally_stuck(const struct mmoe_tally *t, size_t cell, size_t task,
                                      size_t *stuck, size_t *told)
{
    const struct cell *c = &t->cell[cell];
    *stuck = c->stuck[task];
    *told = c->told[task];
    return mmoe_wilson((double)*stuck, *told, 0.95);
}

bool mmoe_tally_has(const struct mmoe_tally *t, size_t run)
{
    size_t cell = mmoe_grid_cell(&t->grid, run), seed = mmoe_grid_seed(&t->grid, run);
    if (seed >= t->seeds)
        return false;
    enum state state = t->state[cell * t->seeds + seed];
    return state == DONE || state == DIVERGED;
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

const double *mmoe_tally_choice(const struct mmoe_tally *t, enum mmoe_metric metric, size_t task)
{
    bool kept = metric == MMOE_OVER_VAR || t->validates;
    return t->column[(kept ? CHOICE : 0) + measure_of(metric, task)];
}

const double *mmoe_tally_overlap(const struct mmoe_tally *t)
{
    return t->column[OVERLAP];
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

/* Merge m ascending values into n of them, behind which there is room; from the end, so that none
 * is written over before it was read. */
static void merge(double *into, size_t n, const double *values, size_t m)
{
    while (m > 0) {
        bool old = n > 0 && into[n - 1] > values[m - 1];
        into[n + m - 1] = old ? into[n - 1] : values[m - 1];
        n -= old;
        m -= !old;
    }
}

/* Sum up what a cell has of a measure. The values are in ascending order before they are summed,
   so that a sum does not depend on the order in which runs came. */
static void sum_up(const struct mmoe_tally *t, size_t cell, size_t measure, struct spread *s)
{
    const double *v = t->column[measure] ? t->column[measure] + cell * t->seeds : NULL;
    const unsigned char *state = t->state + cell * t->seeds;
    const uint32_t *came = t->came + cell * t->seeds;
    size_t done = t->cell[cell].done, n = 0, before = s->spread.summary.n;
    double *fresh = mmoe_alloc(done - s->made_of, sizeof *fresh);
    for (size_t i = s->made_of; i < done; i++)
        if (v && isfinite(v[came[i]]))
            fresh[n++] = v[came[i]];
        else
            s->spread.without += state[came[i]] == DONE;
    mmoe_sort(fresh, n);
    merge(s->room, before, fresh, n);
    mmoe_free(fresh);
    s->spread.summary = mmoe_summarize_sorted(s->room, before + n);
    s->spread.summary.diverged = t->cell[cell].diverged;
    s->spread.sorted = s->room;
    s->made_of = done;
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

/* --- curves --- */

size_t mmoe_tally_steps(const struct mmoe_tally *t, const uint32_t **step)
{
    for (size_t at = 0; t->course && at < t->cells * t->seeds; at++)
        if (t->course[at].whole) {
            *step = t->course[at].step;
            return t->course[at].points;
        }
    return 0;
}

double mmoe_tally_at(const struct mmoe_tally *t, size_t cell, size_t seed, size_t step,
                     enum mmoe_metric metric, size_t task)
{
    const struct course *c = t->course ? &t->course[cell * t->seeds + seed] : NULL;
    for (size_t i = 0; c && c->whole && i < c->points; i++) {
        const float *v = mmoe_point_values(&c->whole[i], metric);
        if (c->step[i] == step && v && task < c->tasks)
            return (double)v[task];
    }
    return MMOE_ABSENT;
}

struct place {
    uint32_t step;
    double loss;
};

static int by_step_and_loss(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int order = (x->step > y->step) - (x->step < y->step);
    return order ? order : ascending(&x->loss, &y->loss);
}

/* The finite losses of a task in the cell's runs, step by step in ascending order; to be freed. */
static struct place *places_of(const struct mmoe_tally *t, size_t cell, size_t task, size_t *count)
{
    const struct course *course = t->course + cell * t->seeds;
    size_t room = 0, n = 0;
    for (size_t s = 0; s < t->seeds; s++)
        room += course[s].points;
    struct place *all = mmoe_alloc(room, sizeof *all);
    for (size_t s = 0; s < t->seeds; s++)
        for (size_t i = 0; task < course[s].tasks && i < course[s].points; i++) {
            float loss = course[s].loss[i * course[s].tasks + task];
            if (isfinite(loss))
                all[n++] = (struct place){course[s].step[i], (double)loss};
        }
    qsort(all, n, sizeof *all, by_step_and_loss);
    *count = n;
    return all;
}

/* How many of the first places, of n, are of one step. */
static size_t alike(const struct place *p, size_t n)
{
    size_t i = 0;
    while (i < n && p[i].step == p->step)
        i++;
    return i;
}

/*
 * With how many seeds a step has a place in the curve, beside the last one; *equals: for how many
 * of those that have just so many there is room.
 */
static size_t least_seeds(const struct mmoe_tally *t, const struct place *all, size_t n,
                          size_t *equals)
{
    size_t *steps = mmoe_alloc(t->seeds + 1, sizeof *steps); /* (seeds + 1) steps of so many */
    size_t least = t->seeds, room = MMOE_RECORD_CURVE - 1;
    for (size_t i = 0, of; i < n; i += of) {
        of = alike(all + i, n - i);
        steps[of] += i + of < n;
    }
    while (least > 1 && steps[least] <= room)
        room -= steps[least--];
    mmoe_free(steps);
    *equals = room;
    return least;
}

static void add_point(struct mmoe_tally_curve *c, const struct place *p, size_t n, double *room)
{
    size_t at = c->points++;
    for (size_t i = 0; i < n; i++)
        room[i] = p[i].loss;
    c->n[at] = n;
    c->step[at] = p->step;
    c->mean[at] = mmoe_mean(room, n);
    c->low[at] = mmoe_quantile(room, n, 0.1);
    c->high[at] = mmoe_quantile(room, n, 0.9);
}

static void sum_up_curve(const struct mmoe_tally *t, size_t cell, size_t task,
                         struct mmoe_tally_curve *c)
{
    size_t n, equals;
    struct place *all = places_of(t, cell, task, &n);
    size_t least = least_seeds(t, all, n, &equals);
    double *room = mmoe_alloc(t->seeds, sizeof *room);
    c->points = 0;
    for (size_t i = 0, of; i < n; i += of) {
        of = alike(all + i, n - i);
        bool last = i + of == n, fits = of > least || (of == least && equals > 0);
        if (last || fits)
            add_point(c, all + i, of, room);
        equals -= !last && of == least && equals > 0;
    }
    mmoe_free(room);
    mmoe_free(all);
}

const struct mmoe_tally_curve *mmoe_tally_curve(struct mmoe_tally *t, size_t cell, size_t task)
{
    if (!t->curve)
        return NULL;
    struct curve *k = &t->curve[cell];
    if (k->made_of[task] != t->cell[cell].done) {
        sum_up_curve(t, cell, task, &k->of[task]);
        k->made_of[task] = t->cell[cell].done;
    }
    return &k->of[task];
}
