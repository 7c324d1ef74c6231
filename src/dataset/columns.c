/* SPDX-License-Identifier: GPL-3.0-or-later */
/* columns.c - the files of a table, read column by column. */
#include "src/dataset/columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/text.h>

#include "src/dataset/csv.h"

enum { ROWS_FIRST = 1024, NUMBER_MAX = 64 };

static void begin(struct columns *c, const struct schema *s)
{
    c->tasks = s->tasks;
    c->category_column = mmoe_alloc(s->columns, sizeof *c->category_column);
    c->number_column = mmoe_alloc(s->columns, sizeof *c->number_column);
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].role == SCHEMA_CATEGORY)
            c->category_column[c->categories++] = i;
        else if (s->column[i].role == SCHEMA_NUMBER)
            c->number_column[c->numbers++] = i;
    c->levels = mmoe_alloc(c->categories, sizeof *c->levels);
}

static void *grown(void *block, size_t n, size_t room, size_t width, size_t size)
{
    return mmoe_regrow(block, n * width, room * width, size);
}

static void reserve(struct columns *c)
{
    if (c->n < c->room)
        return;
    size_t room = c->room ? 2 * c->room : ROWS_FIRST;
    c->id = grown(c->id, c->n, room, c->categories, sizeof *c->id);
    c->number = grown(c->number, c->n, room, c->numbers, sizeof *c->number);
    c->label = grown(c->label, c->n, room, c->tasks, sizeof *c->label);
    c->room = room;
}

static bool is_missing(const struct schema *s, const struct csv_field *f)
{
    return s->missing && strlen(s->missing) == f->n && memcmp(f->s, s->missing, f->n) == 0;
}

/* A number: whole ones of few digits, which most are, without more ado. */
static bool parse(const struct csv_field *f, float *out)
{
    char text[NUMBER_MAX];
    uint32_t whole = 0;
    size_t i = 0;
    double v;
    for (; i < f->n && i < 7 && f->s[i] >= '0' && f->s[i] <= '9'; i++)
        whole = 10 * whole + (uint32_t)(f->s[i] - '0');
    if (i == f->n && i > 0) {
        *out = (float)whole;
        return true;
    }
    if (f->n == 0 || f->n >= sizeof text)
        return false;
    memcpy(text, f->s, f->n);
    text[f->n] = '\0';
    if (!mmoe_parse_double(text, &v) || !isfinite((float)v))
        return false;
    *out = (float)v;
    return true;
}

static enum mmoe_status no_number(const struct csv *f, const struct schema *s, size_t column)
{
    const struct csv_field *field = &f->field[column];
    return csv_fail(f, MMOE_INVALID,
                    "column %s: '%.*s' is no number: make it a category, or name it as missing",
                    s->column[column].name, (int)(field->n < 60 ? field->n : 60), field->s);
}

static enum mmoe_status add_inputs(struct columns *c, const struct schema *s, const struct csv *f)
{
    uint32_t *id = c->id + c->n * c->categories;
    float *number = c->number + c->n * c->numbers;
    for (size_t i = 0; i < c->categories; i++) {
        const struct csv_field *field = &f->field[c->category_column[i]];
        id[i] = levels_add(&c->levels[i], field->s, field->n);
        if (id[i] == LEVELS_FULL)
            return csv_fail(f, MMOE_LIMIT, "column %s has more than %d levels: ignore it",
                            s->column[c->category_column[i]].name, LEVELS_MAX);
    }
    for (size_t k = 0; k < c->numbers; k++) {
        const struct csv_field *field = &f->field[c->number_column[k]];
        if (is_missing(s, field))
            number[k] = NAN;
        else if (!parse(field, &number[k]))
            return no_number(f, s, c->number_column[k]);
    }
    return MMOE_OK;
}

static bool has_value(const struct schema_task *t, const struct csv_field *f)
{
    for (size_t i = 0; i < t->values; i++)
        if (strlen(t->value[i]) == f->n && memcmp(t->value[i], f->s, f->n) == 0)
            return true;
    return false;
}

static enum mmoe_status add_labels(struct columns *c, const struct schema *s, const struct csv *f)
{
    float *label = c->label + c->n * c->tasks;
    for (size_t k = 0; k < c->tasks; k++) {
        const struct schema_task *t = &s->task[k];
        const struct csv_field *field = &f->field[t->column];
        if (is_missing(s, field))
            label[k] = NAN;
        else if (t->task.binary)
            label[k] = has_value(t, field) ? 1 : 0;
        else if (!parse(field, &label[k]))
            return no_number(f, s, t->column);
    }
    return MMOE_OK;
}

/* The first row of a file with a header; of the second file it must be that of the first. */
static enum mmoe_status read_header(struct columns *c, struct schema *s, struct csv *f)
{
    char text[CSV_FIELDS_MAX][SCHEMA_NAME_MAX];
    const char *names[CSV_FIELDS_MAX];
    enum mmoe_status status = csv_next(f);
    if (status != MMOE_CONTINUE)
        return mmoe_failed(status) ? status : csv_fail(f, MMOE_INVALID, "the file is empty");
    for (size_t i = 0; i < f->fields; i++) {
        size_t n = f->field[i].n;
        if (n == 0 || n >= SCHEMA_NAME_MAX)
            return csv_fail(f, MMOE_INVALID, "the header's field %zu is no name of up to %d bytes",
                            i + 1, SCHEMA_NAME_MAX - 1);
        for (size_t k = 0; k < n; k++) /* names of columns have no blanks */
            text[i][k] = f->field[i].s[k] == ' ' ? '-' : f->field[i].s[k];
        text[i][n] = '\0';
        names[i] = text[i];
    }
    if (!c->levels)
        return schema_header(s, names, f->fields, f->err);
    for (size_t i = 0; i < f->fields && i < s->columns; i++)
        if (strcmp(names[i], s->column[i].name) != 0)
            return csv_fail(f, MMOE_INVALID, "column %zu is %.60s here, and %s in the first file",
                            i + 1, names[i], s->column[i].name);
    return MMOE_OK;
}

static enum mmoe_status read_rows(struct columns *c, struct schema *s, struct csv *f)
{
    enum mmoe_status status = MMOE_OK;
    size_t before = c->n;
    if (s->header && mmoe_failed(read_header(c, s, f)))
        return f->err->status;
    if (!c->levels)
        begin(c, s);
    while ((status = csv_next(f)) == MMOE_CONTINUE) {
        if (f->fields != s->columns)
            return csv_fail(f, MMOE_INVALID, "%zu fields, and the table has %s: mend the row",
                            f->fields, MMOE_COUNTED(s->columns, "column"));
        reserve(c);
        if (mmoe_failed(add_inputs(c, s, f)) || mmoe_failed(add_labels(c, s, f)))
            return f->err->status;
        c->n++;
    }
    if (!mmoe_failed(status) && c->n == before)
        return csv_fail(f, MMOE_INVALID, "the file has no row");
    return mmoe_failed(status) ? status : MMOE_OK;
}

static enum mmoe_status read_file(struct columns *c, struct schema *s, const char *name,
                                  atomic_bool *stop, struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    struct csv *f = mmoe_alloc(1, sizeof *f);
    enum mmoe_status status = schema_file(s, name, &path, err);
    if (!mmoe_failed(status))
        status = csv_open(f, path.s, s->separator, stop, err);
    if (!mmoe_failed(status))
        status = read_rows(c, s, f);
    csv_close(f);
    mmoe_free(f);
    mmoe_text_done(&path);
    return status;
}

enum mmoe_status columns_read(struct columns *c, struct schema *s, atomic_bool *stop,
                              struct mmoe_error *err)
{
    *c = (struct columns){0};
    enum mmoe_status status = read_file(c, s, s->file ? s->file : s->train, stop, err);
    c->first = c->n;
    if (!mmoe_failed(status) && s->test)
        status = read_file(c, s, s->test, stop, err);
    if (mmoe_failed(status))
        columns_done(c);
    return status;
}

void columns_done(struct columns *c)
{
    for (size_t i = 0; c->levels && i < c->categories; i++)
        levels_done(&c->levels[i]);
    mmoe_free(c->levels);
    mmoe_free(c->category_column);
    mmoe_free(c->number_column);
    mmoe_free(c->id);
    mmoe_free(c->number);
    mmoe_free(c->label);
    *c = (struct columns){0};
}
