/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table_learned.c - what the training rows of a table tell: how often levels are, how numbers are
 * scaled. */
#include <math.h>
#include <stdlib.h>

#include <mmoe/mem.h>

#include "src/dataset/table.h"

/* How many training rows have each level of a category, as read. */
size_t *table_count_levels(const struct table *m, size_t category)
{
    const struct columns *c = &m->columns;
    size_t *count = mmoe_alloc(c->levels[category].count, sizeof *count);
    for (size_t i = 0; i < c->n; i++)
        if (m->part[i] == TABLE_TRAIN)
            count[c->id[i * c->categories + category]]++;
    return count;
}

/* --- numbers --- */

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double transformed(double raw, int how)
{
    return how == MMOE_NUMBERS_LOG ? log1p(raw) : raw;
}

/* How column k is scaled, out of its n training values, ascending. */
static void find_scale(struct table *m, size_t k, const float *v, size_t n, int how)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        mean += transformed((double)v[i], how) / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += pow(transformed((double)v[i], how) - mean, 2) / (double)n;
    m->mean[k] = mean;
    m->shift[k] = how == MMOE_NUMBERS_MINMAX ? (double)v[0] : how == MMOE_NUMBERS_RAW ? 0 : mean;
    m->scale[k] = how == MMOE_NUMBERS_MINMAX ? (double)v[n - 1] - (double)v[0]
                  : how == MMOE_NUMBERS_RAW  ? 1
                                             : sqrt(squares);
    if (!(m->scale[k] > 0))
        m->scale[k] = 1; /* all values are alike */
}

static float most_frequent(const float *v, size_t n)
{
    size_t most = 0;
    float usual = v[0];
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && !(v[end] > v[i]); end++)
            ;
        if (end - i > most) {
            most = end - i;
            usual = v[i];
        }
    }
    return usual;
}

/* The input that a raw number is; one that is missing is the mean. */
mmoe_real table_input(const struct table *m, size_t k, float raw, int how)
{
    double value = isnan(raw) ? m->mean[k] : transformed((double)raw, how);
    return (mmoe_real)((value - m->shift[k]) / m->scale[k]);
}

enum mmoe_status table_scale_numbers(struct table *m, int how, size_t rows, struct mmoe_error *err)
{
    const struct columns *c = &m->columns;
    float *v = mmoe_try_alloc(rows, sizeof *v);
    enum mmoe_status status = v ? MMOE_OK : MMOE_LIMIT;
    m->shift = mmoe_alloc(c->numbers, sizeof *m->shift);
    m->scale = mmoe_alloc(c->numbers, sizeof *m->scale);
    m->mean = mmoe_alloc(c->numbers, sizeof *m->mean);
    m->usual_number = mmoe_alloc(c->numbers, sizeof *m->usual_number);
    for (size_t k = 0; k < c->numbers && !mmoe_failed(status); k++) {
        size_t n = 0;
        const char *name = m->schema.column[c->number_column[k]].name;
        for (size_t i = 0; i < c->n; i++)
            if (m->part[i] == TABLE_TRAIN && !isnan(c->number[i * c->numbers + k]))
                v[n++] = c->number[i * c->numbers + k];
        qsort(v, n, sizeof *v, ascending);
        if (n == 0)
            status = mmoe_fail(err, MMOE_INVALID,
                               "%.200s: column %s is missing in all training rows: ignore it",
                               m->schema.path, name);
        else if (how == MMOE_NUMBERS_LOG && v[0] <= -1)
            status = mmoe_fail(err, MMOE_RANGE,
                               "%.200s: column %s goes down to %g, which log(1 + x) has no value "
                               "of: set numbers z",
                               m->schema.path, name, (double)v[0]);
        else {
            find_scale(m, k, v, n, how);
            m->usual_number[k] = table_input(m, k, most_frequent(v, n), how);
        }
    }
    if (!v)
        mmoe_fail(err, MMOE_LIMIT, "no memory to scale the numbers of %.200s", m->schema.path);
    mmoe_free(v);
    return status;
}
