/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table_arrays.c - a table's rows looked into, as arrays, and back.
 *
 * Arrays have the levels of the training rows, by number; numbers are raw, so that they can be
 * scaled anew. A table that is read back learns the same of the same rows.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>

#include "src/dataset/bytes.h"
#include "src/dataset/table.h"

/* --- looking into rows --- */

uint32_t mmoe_table_level(const struct mmoe_rows *rows, size_t row, size_t category)
{
    const struct mmoe_fold *fold = rows->fold;
    for (size_t i = rows->start[row]; i < rows->start[row + 1]; i++) {
        uint32_t at = rows->entry[i].at;
        if (at < fold->levels && fold->column[at] == category)
            return at;
        if (at == rows->dim + category)
            return MMOE_TABLE_NONE;
    }
    return fold->usual[category];
}

void mmoe_table_dense(const struct mmoe_rows *rows, size_t row, mmoe_real *x)
{
    const struct mmoe_fold *fold = rows->fold;
    memset(x, 0, rows->dim * sizeof *x);
    for (size_t c = 0; c < fold->columns; c++) {
        uint32_t level = mmoe_table_level(rows, row, c);
        if (level != MMOE_TABLE_NONE)
            x[level] = 1;
    }
    for (size_t k = 0; k < fold->numbers; k++)
        x[fold->levels + k] = fold->number[k];
    for (size_t i = rows->start[row]; i < rows->start[row + 1]; i++)
        if (rows->entry[i].at >= fold->levels && rows->entry[i].at < rows->dim)
            x[rows->entry[i].at] += rows->entry[i].value;
}

/* --- to arrays --- */

static enum mmoe_status add(struct mmoe_arrays *out, const char *name, enum mmoe_dtype type,
                            size_t n, size_t m, struct mmoe_array **array, struct mmoe_error *err)
{
    const size_t dim[] = {n, m};
    *array = mmoe_arrays_add(out, name, type, m ? 2 : 1, dim, err);
    return *array ? MMOE_OK : err->status;
}

/* Row i of those held out: the rows it is among, and its place; `seen` counts those before it. */
static const struct mmoe_rows *held_out(const struct mmoe_dataset *d, size_t i, size_t seen[2],
                                        size_t *row)
{
    bool validates = d->table->validates[i];
    *row = seen[validates]++;
    return validates ? &d->validation : &d->test;
}

static void put_row(const struct mmoe_rows *rows, size_t row, size_t at, struct mmoe_array *ids,
                    struct mmoe_array *y)
{
    size_t columns = rows->fold->columns;
    for (size_t c = 0; c < columns; c++)
        ((uint16_t *)ids->data)[at * columns + c] = (uint16_t)mmoe_table_level(rows, row, c);
    for (size_t k = 0; k < rows->tasks; k++)
        ((float *)y->data)[at * rows->tasks + k] = (float)rows->y[row * rows->tasks + k];
}

static enum mmoe_status add_names(const struct mmoe_dataset *d, struct mmoe_arrays *out,
                                  struct mmoe_error *err)
{
    const struct mmoe_table *t = d->table;
    struct mmoe_text tasks = {0}, columns = {0}, levels = {0};
    for (size_t k = 0; k < d->tasks; k++)
        mmoe_text_add(&tasks, "%s\n", d->task[k].name);
    for (size_t c = 0; c < t->fold.columns; c++)
        mmoe_text_add(&columns, "%s\n", t->category[c]);
    for (size_t k = 0; k < t->fold.numbers; k++)
        mmoe_text_add(&columns, "%s\n", t->number[k]);
    for (size_t i = 0; i < t->fold.levels; i++)
        mmoe_text_add(&levels, "%s\n", t->level[i]);
    enum mmoe_status status = mmoe_arrays_add_text(out, "tasks", tasks.s, err);
    if (!mmoe_failed(status))
        status = mmoe_arrays_add_text(out, "columns", columns.s ? columns.s : "", err);
    if (!mmoe_failed(status))
        status = mmoe_arrays_add_text(out, "levels", levels.s ? levels.s : "", err);
    mmoe_text_done(&tasks);
    mmoe_text_done(&columns);
    mmoe_text_done(&levels);
    return status;
}

/* ids, numbers and labels of one half of the rows. */
static enum mmoe_status add_half(const struct mmoe_dataset *d, bool train, struct mmoe_arrays *out,
                                 struct mmoe_error *err)
{
    const struct mmoe_table *t = d->table;
    size_t n = train ? d->train.n : t->held_out, seen[2] = {0}, k = t->fold.numbers;
    size_t at = out->count;
    struct mmoe_array *a;
    if (mmoe_failed(
            add(out, train ? "ids_train" : "ids_test", MMOE_U16, n, t->fold.columns, &a, err)) ||
        mmoe_failed(add(out, train ? "num_train" : "num_test", MMOE_F32, n, k, &a, err)) ||
        mmoe_failed(add(out, train ? "y_train" : "y_test", MMOE_F32, n, d->tasks, &a, err)))
        return err->status;
    if (n > 0 && k > 0)
        memcpy(out->list[at + 1].data, train ? t->raw_train : t->raw_test, n * k * sizeof(float));
    for (size_t i = 0; i < n; i++) {
        size_t row = i;
        const struct mmoe_rows *rows = train ? &d->train : held_out(d, i, seen, &row);
        put_row(rows, row, i, &out->list[at], &out->list[at + 2]);
    }
    return MMOE_OK;
}

enum mmoe_status table_export(const struct mmoe_dataset *d, struct mmoe_arrays *out,
                              struct mmoe_error *err)
{
    const struct mmoe_table *t = d->table;
    struct mmoe_array *valid;
    if (mmoe_failed(add_half(d, true, out, err)) || mmoe_failed(add_half(d, false, out, err)) ||
        mmoe_failed(add_names(d, out, err)) ||
        mmoe_failed(add(out, "valid", MMOE_I64, d->validation.n, 0, &valid, err)))
        return err->status;
    for (size_t i = 0, n = 0; i < t->held_out; i++)
        if (t->validates[i])
            ((int64_t *)valid->data)[n++] = (int64_t)i;
    return MMOE_OK;
}

/* --- and back --- */

/* What is read. */
struct halves {
    const struct mmoe_array *ids[2], *number[2], *y[2], *valid;
    char *tasks, *columns, *levels;
};

static enum mmoe_status wrong(struct mmoe_error *err, const char *what)
{
    return mmoe_fail(err, MMOE_INVALID, "%s: export data of a table writes the arrays", what);
}

static enum mmoe_status find(const struct mmoe_arrays *in, struct halves *h, struct mmoe_error *err)
{
    static const char *const names[3][2] = {
        {"ids_train", "ids_test"}, {"num_train", "num_test"}, {"y_train", "y_test"}};
    const struct mmoe_array **const to[3] = {h->ids, h->number, h->y};
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < 2; i++) {
            const struct mmoe_array *a = to[k][i] = mmoe_arrays_find(in, names[k][i]);
            if (!a || a->ndim != 2 || a->dim[0] != h->ids[i]->dim[0] ||
                a->dim[1] != to[k][0]->dim[1])
                return mmoe_fail(err, MMOE_INVALID,
                                 "array %s is missing, or of another shape than those beside it: "
                                 "export data of a table writes them",
                                 names[k][i]);
        }
    h->valid = mmoe_arrays_find(in, "valid");
    if (!h->valid || !h->tasks || !h->columns || !h->levels)
        return wrong(err, "array valid, tasks, columns or levels is missing");
    if (h->y[0]->dim[1] < 1 || h->y[0]->dim[1] > MMOE_TASKS_MAX ||
        h->ids[0]->dim[1] + h->number[0]->dim[1] > SCHEMA_COLUMNS_MAX)
        return mmoe_fail(err, MMOE_LIMIT, "a table has 1 to %d tasks and up to %d columns",
                         MMOE_TASKS_MAX, SCHEMA_COLUMNS_MAX);
    return MMOE_OK;
}

/* The next line of a text, ended in place; "" at its end. */
static char *next_line(char **rest)
{
    char *line = *rest;
    size_t n = strcspn(line, "\n");
    *rest += n + (line[n] != '\0');
    line[n] = '\0';
    return line;
}

static enum mmoe_status take_columns(struct table *m, struct halves *h, struct mmoe_error *err)
{
    struct schema *s = &m->schema;
    struct columns *c = &m->columns;
    char *rest = h->columns;
    c->categories = h->ids[0]->dim[1];
    c->numbers = h->number[0]->dim[1];
    s->columns = c->categories + c->numbers;
    s->column = mmoe_alloc(s->columns, sizeof *s->column);
    c->category_column = mmoe_alloc(c->categories, sizeof *c->category_column);
    c->number_column = mmoe_alloc(c->numbers, sizeof *c->number_column);
    for (size_t i = 0; i < s->columns; i++) {
        char *name = next_line(&rest);
        if (!*name || strlen(name) >= SCHEMA_NAME_MAX)
            return wrong(err, "array columns does not name each column");
        strcpy(s->column[i].name, name);
        if (i < c->categories)
            c->category_column[i] = i;
        else
            c->number_column[i - c->categories] = i;
    }
    return MMOE_OK;
}

/* A task is binary if all of its labels are 0 or 1. */
static void take_tasks(struct table *m, struct halves *h)
{
    struct mmoe_task task[MMOE_TASKS_MAX];
    struct schema *s = &m->schema;
    s->tasks = m->columns.tasks = h->y[0]->dim[1];
    mmoe_tasks_names(task, s->tasks, h->tasks, '\n');
    for (size_t k = 0; k < s->tasks; k++) {
        bool binary = true;
        for (size_t half = 0; half < 2; half++)
            for (size_t i = k; i < h->y[half]->n; i += s->tasks) {
                double y = mmoe_array_number(h->y[half], i);
                binary = binary && (isnan(y) || !(y < 0 || y > 0) || !(y < 1 || y > 1));
            }
        s->task[k] = (struct schema_task){.task = task[k]};
        s->task[k].task.binary = binary;
        memcpy(s->task[k].column_name, task[k].name, sizeof task[k].name);
    }
}

/* The levels of each category are the numbers up to its largest in the training rows. */
static enum mmoe_status take_levels(struct table *m, struct halves *h, uint32_t *first,
                                    struct mmoe_error *err)
{
    struct columns *c = &m->columns;
    const struct mmoe_array *ids = h->ids[0];
    char *rest = h->levels;
    uint32_t next = 0;
    c->levels = mmoe_alloc(c->categories, sizeof *c->levels);
    for (size_t k = 0; k < c->categories; k++) {
        uint32_t last = next;
        for (size_t i = k; i < ids->n; i += c->categories) {
            double id = mmoe_array_number(ids, i);
            if (!(id >= next && id < MMOE_TABLE_NONE))
                return wrong(err, "array ids_train has a level that is none of its column");
            last = id > last ? (uint32_t)id : last;
        }
        first[k] = next;
        for (; next <= last; next++) {
            char *name = next_line(&rest);
            if (levels_add(&c->levels[k], name, strlen(name)) != next - first[k])
                return wrong(err, "array levels names two levels of a column alike");
        }
        levels_add(&c->levels[k], "\n", 1); /* stands for none: no row to train on has it */
    }
    first[c->categories] = next;
    return MMOE_OK;
}

static enum mmoe_status take_rows(struct table *m, struct halves *h, const uint32_t *first,
                                  struct mmoe_error *err)
{
    struct columns *c = &m->columns;
    size_t at = 0;
    c->first = h->ids[0]->dim[0];
    c->n = c->room = c->first + h->ids[1]->dim[0];
    c->id = mmoe_alloc(c->n * c->categories, sizeof *c->id);
    c->number = mmoe_alloc(c->n * c->numbers, sizeof *c->number);
    c->label = mmoe_alloc(c->n * c->tasks, sizeof *c->label);
    for (size_t half = 0; half < 2; half++)
        for (size_t i = 0; i < h->ids[half]->dim[0]; i++, at++) {
            for (size_t k = 0; k < c->categories; k++) {
                double id = mmoe_array_number(h->ids[half], i * c->categories + k);
                bool known = id >= first[k] && id < first[k + 1];
                if (!known && !(id >= MMOE_TABLE_NONE))
                    return wrong(err, "array ids_test has a level that is none of its column");
                c->id[at * c->categories + k] =
                    (uint32_t)(known ? id - first[k] : first[k + 1] - first[k]);
            }
            for (size_t k = 0; k < c->numbers; k++)
                c->number[at * c->numbers + k] =
                    (float)mmoe_array_number(h->number[half], i * c->numbers + k);
            for (size_t k = 0; k < c->tasks; k++)
                c->label[at * c->tasks + k] =
                    (float)mmoe_array_number(h->y[half], i * c->tasks + k);
        }
    return MMOE_OK;
}

static enum mmoe_status take_parts(struct table *m, struct halves *h, struct mmoe_error *err)
{
    struct columns *c = &m->columns;
    size_t held_out = c->n - c->first;
    m->part = mmoe_alloc(c->n, sizeof *m->part);
    memset(m->part + c->first, TABLE_TEST, held_out);
    for (size_t i = 0; i < h->valid->n; i++) {
        double row = mmoe_array_number(h->valid, i);
        if (!(row >= 0 && row < (double)held_out))
            return wrong(err, "array valid has a row that is none of the rows held out");
        m->part[c->first + (size_t)row] = TABLE_VALIDATION;
    }
    return MMOE_OK;
}

struct mmoe_dataset *table_import(const struct mmoe_options *o, const struct mmoe_arrays *in,
                                  atomic_bool *stop, struct mmoe_error *err)
{
    struct table *m = mmoe_alloc(1, sizeof *m);
    uint32_t first[SCHEMA_COLUMNS_MAX + 1];
    struct halves h = {.ids = {mmoe_arrays_find(in, "ids_train"), mmoe_arrays_find(in, "ids_test")},
                       .tasks = mmoe_arrays_text(in, "tasks"),
                       .columns = mmoe_arrays_text(in, "columns"),
                       .levels = mmoe_arrays_text(in, "levels")};
    mmoe_text_add(&m->path, "%s", o->data);
    m->schema.path = m->path.s;
    enum mmoe_status status = h.ids[0] && h.ids[1] ? find(in, &h, err)
                                                   : wrong(err, "array ids_test is missing");
    if (!mmoe_failed(status))
        status = take_columns(m, &h, err);
    if (!mmoe_failed(status)) {
        take_tasks(m, &h);
        status = take_levels(m, &h, first, err);
    }
    if (!mmoe_failed(status))
        status = take_rows(m, &h, first, err);
    if (!mmoe_failed(status))
        status = take_parts(m, &h, err);
    mmoe_free(h.tasks);
    mmoe_free(h.columns);
    mmoe_free(h.levels);
    if (!mmoe_failed(status))
        return table_make(m, o, stop, err);
    table_free(m);
    return NULL;
}
