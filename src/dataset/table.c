/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.c - rows of a table: a text file and a schema (mmoe-formats(5)).
 *
 * All that is learned of the inputs is learned of the training rows: levels, which of them is the
 * usual one, how numbers are scaled. Numbers are scaled to mean 0 and standard deviation 1 (z), to
 * [0, 1] (minmax), by their logarithm and then as z (log), or not at all (raw). A missing number
 * is the mean.
 *
 * Rows of the file to test on are parted one to one in validation and test rows, drawn without
 * replacement by seed.split; those of a single file in three parts.
 */
#include "src/dataset/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/rng.h>
#include <mmoe/source.h>
#include <mmoe/table.h>

#include "src/dataset/bytes.h"
#include "src/dataset/dataset.h"
#include "src/dataset/digest.h"

void table_free(void *made)
{
    struct table *m = made;
    if (!m)
        return;
    for (size_t i = 0; m->row_of && i < m->columns.categories; i++)
        mmoe_free(m->row_of[i]);
    void *const blocks[] = {m->part,     m->row_of, m->column,       m->usual,    m->first,
                            m->category, m->number, m->usual_number, m->level,    m->shift,
                            m->mean,     m->scale,  m->raw_train,    m->raw_test, m->validates};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        mmoe_free(blocks[i]);
    for (size_t i = 0; i < TABLE_PARTS; i++) {
        mmoe_free(m->start[i]);
        mmoe_free(m->entry[i]);
    }
    columns_done(&m->columns);
    schema_done(&m->schema);
    mmoe_text_done(&m->path);
    mmoe_free(m);
}

/* --- parts --- */

/* Rows from `first` on, drawn one after the other: so many validate, the next ones train or test.
 */
static void draw_parts(struct table *m, uint64_t seed, size_t first,
                       const size_t counts[TABLE_PARTS])
{
    size_t n = m->columns.n - first, at = 0;
    struct mmoe_rng rng = mmoe_rng_stream(seed, MMOE_RNG_DATA, "split");
    uint32_t *order = mmoe_alloc(n, sizeof *order);
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (size_t i = n; i-- > 1;) {
        size_t j = mmoe_rng_below(rng, 0, (uint32_t)i, i + 1);
        uint32_t kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
    for (size_t p = 0; p < TABLE_PARTS; p++)
        for (size_t i = 0; i < counts[p]; i++)
            m->part[first + order[at++]] = (uint8_t)p;
    mmoe_free(order);
}

/* Draw which part each row is of. */
static void part_rows(struct table *m, uint64_t seed)
{
    const struct schema *s = &m->schema;
    size_t n = m->columns.n, first = s->file ? 0 : m->columns.first, counts[TABLE_PARTS] = {0};
    m->part = mmoe_alloc(n, sizeof *m->part); /* the rows of a file to train on do */
    if (s->file) {
        counts[TABLE_TRAIN] = (size_t)((double)n * s->shares[TABLE_TRAIN] / 100);
        counts[TABLE_VALIDATION] = (size_t)((double)n * s->shares[TABLE_VALIDATION] / 100);
    } else {
        counts[TABLE_VALIDATION] = (n - first) / 2;
    }
    counts[TABLE_TEST] = n - first - counts[TABLE_TRAIN] - counts[TABLE_VALIDATION];
    draw_parts(m, seed, first, counts);
}

static enum mmoe_status count_parts(const struct table *m, size_t counts[TABLE_PARTS],
                                    struct mmoe_error *err)
{
    memset(counts, 0, TABLE_PARTS * sizeof *counts);
    for (size_t i = 0; i < m->columns.n; i++)
        counts[m->part[i]]++;
    if (counts[TABLE_TRAIN] < 2 || counts[TABLE_VALIDATION] == 0 || counts[TABLE_TEST] == 0)
        return mmoe_fail(err, MMOE_INVALID,
                         "%.200s: its %s are too few for training, validation and test",
                         m->schema.path, MMOE_COUNTED(m->columns.n, "row"));
    return MMOE_OK;
}

/* --- levels --- */

/* Give the levels of a category that training rows have their rows, by name; the usual one. */
static void place_levels(struct table *m, size_t category, uint32_t *next)
{
    const struct levels *l = &m->columns.levels[category];
    size_t *count = table_count_levels(m, category), most = 0;
    uint32_t *place = mmoe_alloc(l->count, sizeof *place),
             *by_name = mmoe_alloc(l->count, sizeof *by_name);
    levels_sort(l, place);
    for (size_t i = 0; i < l->count; i++)
        by_name[place[i]] = (uint32_t)i;
    m->row_of[category] = place;
    for (size_t i = 0; i < l->count; i++) {
        uint32_t id = by_name[i];
        m->row_of[category][id] = MMOE_TABLE_NONE;
        if (count[id] == 0)
            continue;
        if (count[id] > most) {
            most = count[id];
            m->usual[category] = *next;
        }
        m->level[*next] = l->name[id];
        m->column[*next] = (uint32_t)category;
        m->row_of[category][id] = (*next)++;
    }
    mmoe_free(by_name);
    mmoe_free(count);
}

static enum mmoe_status place_all_levels(struct table *m, struct mmoe_error *err)
{
    struct columns *c = &m->columns;
    size_t all = 0;
    uint32_t next = 0;
    for (size_t i = 0; i < c->categories; i++)
        all += c->levels[i].count;
    if (all >= MMOE_TABLE_NONE)
        return mmoe_fail(err, MMOE_LIMIT,
                         "%.200s: %s levels in all, and at most %u have an input each: "
                         "set categories embedded, or ignore a column",
                         m->schema.path, mmoe_format_count(all, MMOE_NUMBER), MMOE_TABLE_NONE - 1);
    m->row_of = mmoe_alloc(c->categories, sizeof *m->row_of);
    m->column = mmoe_alloc(all, sizeof *m->column);
    m->level = mmoe_alloc(all, sizeof *m->level);
    m->usual = mmoe_alloc(c->categories, sizeof *m->usual);
    m->first = mmoe_alloc(c->categories + 1, sizeof *m->first);
    for (size_t i = 0; i < c->categories; i++) {
        m->first[i] = next;
        place_levels(m, i, &next);
    }
    m->first[c->categories] = next;
    m->table.fold.levels = next;
    return MMOE_OK;
}

/* --- rows --- */

/* The entries of row i as read, into `to`; their count. */
static size_t add_entries(const struct table *m, size_t i, int how, struct mmoe_entry *to)
{
    const struct columns *c = &m->columns;
    const struct mmoe_fold *fold = &m->table.fold;
    size_t n = 0, dim = fold->levels + fold->numbers;
    for (size_t k = 0; k < c->categories; k++) {
        uint32_t row = m->row_of[k][c->id[i * c->categories + k]];
        if (row != MMOE_TABLE_NONE && row != fold->usual[k])
            to[n++] = (struct mmoe_entry){row, 1};
    }
    for (size_t k = 0; k < c->numbers; k++) {
        mmoe_real d = table_input(m, k, c->number[i * c->numbers + k], how) - fold->number[k];
        if (d < 0 || d > 0)
            to[n++] = (struct mmoe_entry){(uint32_t)(fold->levels + k), d};
    }
    for (size_t k = 0; k < c->categories; k++)
        if (m->row_of[k][c->id[i * c->categories + k]] == MMOE_TABLE_NONE)
            to[n++] = (struct mmoe_entry){(uint32_t)(dim + k), 1};
    return n;
}

/* Where entries of the rows of a part begin, and the entries. False: no memory. */
static bool fill_part(struct table *m, int part, size_t rows, int how, struct mmoe_rows *to)
{
    const struct columns *c = &m->columns;
    struct mmoe_entry *one = mmoe_alloc(c->categories + c->numbers, sizeof *one), *all = NULL;
    size_t *start = mmoe_try_alloc(rows + 1, sizeof *start), n = 0, row = 0;
    for (size_t i = 0; i < c->n && start; i++)
        if (m->part[i] == part) {
            n += add_entries(m, i, how, one);
            start[++row] = n;
        }
    all = start ? mmoe_try_alloc(n, sizeof *all) : NULL;
    mmoe_real *y = mmoe_dataset_fill(to->y);
    row = 0;
    for (size_t i = 0; i < c->n && all; i++)
        if (m->part[i] == part) {
            add_entries(m, i, how, all + start[row]);
            for (size_t k = 0; k < c->tasks; k++)
                y[row * c->tasks + k] = (mmoe_real)c->label[i * c->tasks + k];
            row++;
        }
    m->start[part] = start;
    m->entry[part] = all;
    to->fold = &m->table.fold;
    to->start = start;
    to->entry = all;
    mmoe_free(one);
    return all != NULL;
}

/* Raw numbers of training rows, and of the others in the order of their file. */
static void keep_raw(struct table *m, size_t train, size_t held_out)
{
    const struct columns *c = &m->columns;
    size_t a = 0, b = 0;
    m->raw_train = mmoe_alloc(train * c->numbers, sizeof *m->raw_train);
    m->raw_test = mmoe_alloc(held_out * c->numbers, sizeof *m->raw_test);
    m->validates = mmoe_alloc(held_out, sizeof *m->validates);
    for (size_t i = 0; i < c->n; i++) {
        bool trains = m->part[i] == TABLE_TRAIN;
        memcpy(trains ? m->raw_train + a * c->numbers : m->raw_test + b * c->numbers,
               c->number + i * c->numbers, c->numbers * sizeof *c->number);
        if (!trains)
            m->validates[b] = m->part[i] == TABLE_VALIDATION;
        a += trains;
        b += !trains;
    }
}

static void name_columns(struct table *m)
{
    const struct columns *c = &m->columns;
    m->category = mmoe_alloc(c->categories, sizeof *m->category);
    m->number = mmoe_alloc(c->numbers, sizeof *m->number);
    for (size_t i = 0; i < c->categories; i++)
        m->category[i] = m->schema.column[c->category_column[i]].name;
    for (size_t i = 0; i < c->numbers; i++)
        m->number[i] = m->schema.column[c->number_column[i]].name;
}

/* A label that is always the same can't be learned. */
static enum mmoe_status check_labels(const struct mmoe_dataset *d, const struct schema *s,
                                     struct mmoe_error *err)
{
    for (size_t k = 0; k < d->tasks; k++)
        if (d->task[k].binary && (d->yes[k] <= 0 || d->yes[k] >= 1))
            return mmoe_fail(err, MMOE_INVALID,
                             "%.200s: label %s is %s true in the training rows: see how its values "
                             "are written in column %s",
                             s->path, d->task[k].name, d->yes[k] > 0 ? "always" : "never",
                             s->task[k].column_name);
    return MMOE_OK;
}

static struct mmoe_dataset *make(struct table *m, const struct mmoe_options *o, atomic_bool *stop,
                                 struct mmoe_error *err)
{
    size_t n[TABLE_PARTS];
    struct columns *c = &m->columns;
    struct mmoe_fold *fold = &m->table.fold;
    if (!m->part)
        part_rows(m, o->seed_split);
    struct mmoe_fields fields;
    bool embedded = o->categories == MMOE_CATEGORIES_EMBEDDED;
    if (mmoe_failed(count_parts(m, n, err)) ||
        mmoe_failed(embedded ? table_embed_levels(m, &fields, err) : place_all_levels(m, err)) ||
        mmoe_failed(table_scale_numbers(m, o->numbers, n[TABLE_TRAIN], err)))
        return NULL;
    name_columns(m);
    fold->columns = c->categories;
    fold->numbers = c->numbers;
    fold->column = m->column;
    fold->usual = m->usual;
    fold->number = m->usual_number;
    struct mmoe_shape shape = {.train = n[TABLE_TRAIN],
                               .validation = n[TABLE_VALIDATION],
                               .test = n[TABLE_TEST],
                               .dim = fold->levels + fold->numbers,
                               .tasks = c->tasks,
                               .folded = !embedded,
                               .fields = embedded ? &fields : NULL};
    if (shape.dim == 0)
        shape.dim = 1; /* table_embedded.c */
    struct mmoe_dataset *d = mmoe_dataset_new(&shape, 0, NULL, err);
    if (!d)
        return NULL;
    for (size_t k = 0; k < c->tasks; k++)
        d->task[k] = m->schema.task[k].task;
    struct mmoe_rows *const to[] = {&d->train, &d->validation, &d->test};
    bool fits = true;
    for (int p = 0; p < TABLE_PARTS && fits; p++)
        if (embedded)
            table_embed_part(m, p, o->numbers, to[p]);
        else
            fits = fill_part(m, p, n[p], o->numbers, to[p]);
    if (!fits) {
        mmoe_fail(err, MMOE_LIMIT, "the rows of %.200s do not fit in memory", m->schema.path);
    } else if (!mmoe_failed(mmoe_dataset_measure(d, err)) &&
               !mmoe_failed(check_labels(d, &m->schema, err))) {
        if (digest_fill(d, stop)) {
            if (!embedded)
                keep_raw(m, n[TABLE_TRAIN], n[TABLE_VALIDATION] + n[TABLE_TEST]);
            return d;
        }
        mmoe_fail(err, MMOE_STATE, "reading %.200s was stopped", m->schema.path);
    }
    mmoe_dataset_free(d);
    return NULL;
}

/* Hand what the dataset borrows over to it; what was needed to make it goes. */
static void hand_over(struct mmoe_dataset *d, struct table *m)
{
    struct mmoe_table *t = &m->table;
    t->path = m->path.s;
    t->category = m->category;
    t->number = m->number;
    t->level = m->level;
    t->first = m->first;
    t->shift = m->shift;
    t->scale = m->scale;
    t->raw_train = m->raw_train;
    t->raw_test = m->raw_test;
    t->validates = m->validates;
    t->held_out = d->validation.n + d->test.n;
    mmoe_free(m->columns.id);
    mmoe_free(m->columns.number);
    mmoe_free(m->columns.label);
    mmoe_free(m->part);
    m->columns.id = NULL;
    m->columns.number = m->columns.label = NULL;
    m->part = NULL;
    if (d->train.fold)
        d->table = t;
    mmoe_dataset_attach(d, m, table_free);
}

struct mmoe_dataset *table_make(struct table *m, const struct mmoe_options *o, atomic_bool *stop,
                                struct mmoe_error *err)
{
    struct mmoe_dataset *d = make(m, o, stop, err);
    if (d)
        hand_over(d, m);
    else
        table_free(m);
    return d;
}

static struct mmoe_dataset *read_table(const struct mmoe_options *o, struct mmoe_dataset *like,
                                       atomic_bool *stop, struct mmoe_error *err)
{
    struct table *m = mmoe_alloc(1, sizeof *m);
    (void)like; /* its arrays are those of another table */
    if (!mmoe_failed(schema_find(o->data, &m->path, err)) &&
        !mmoe_failed(schema_read(&m->schema, m->path.s, err)) &&
        !mmoe_failed(columns_read(&m->columns, &m->schema, stop, err)))
        return table_make(m, o, stop, err);
    table_free(m);
    return NULL;
}

static const char *const heeds[] = {"data", "numbers", "categories", "seed.split", NULL};

const struct mmoe_source mmoe_source_table = {
    .name = "table",
    .title = "rows of a table",
    .heeds = heeds,
    .make = read_table,
};
