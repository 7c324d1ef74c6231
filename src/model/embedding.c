/* SPDX-License-Identifier: GPL-3.0-or-later */
/* embedding.c - vectors for the levels of categories: looked up, summed up, moved. */
#include "src/model/embedding.h"

#include <math.h>
#include <string.h>

#include "src/base/versions.h"

#define EPSILON 1e-8

uint32_t embedding_rows(uint32_t levels, size_t bits)
{
    return bits && levels > (uint32_t)1 << bits ? (uint32_t)1 << bits : levels;
}

/* Knuth's multiplicative hash, The Art of Computer Programming 3, 6.4: the high bits of the
 * product with 2^32 over the golden ratio. */
static uint32_t hash(uint32_t level, uint32_t rows)
{
    return (uint32_t)((uint64_t)(level * UINT32_C(2654435769)) * rows >> 32);
}

uint32_t embedding_row(const struct embedding *e, size_t field, uint32_t level)
{
    return e->hashed[field] ? hash(level, e->kept[field]) : level;
}

VERSIONS static void gather(const struct embedding *e, const mmoe_real *numbers)
{
    size_t width = e->fields * e->units + e->numbers;
    for (size_t i = 0; i < e->batch; i++) {
        mmoe_real *x = e->x + i * width;
        const uint32_t *at = e->at + i * e->fields;
        for (size_t f = 0; f < e->fields; f++, x += e->units)
            memcpy(x, e->table + at[f] * e->units, e->units * sizeof *x);
        memcpy(x, numbers + i * e->numbers, e->numbers * sizeof *x);
    }
}

void embedding_forward(struct embedding *e, const struct mmoe_rows *rows)
{
    e->batch = rows->n;
    for (size_t i = 0; i < rows->n; i++)
        for (size_t f = 0; f < e->fields; f++)
            e->at[i * e->fields + f] =
                e->first[f] + embedding_row(e, f, rows->id[i * e->fields + f]);
    gather(e, rows->x);
}

VERSIONS static void add(mmoe_real *restrict to, const mmoe_real *restrict from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += from[i];
}

void embedding_backward(struct embedding *e)
{
    size_t width = e->fields * e->units + e->numbers;
    e->touched = 0;
    for (size_t i = 0; i < e->batch; i++)
        for (size_t f = 0; f < e->fields; f++) {
            uint32_t row = e->at[i * e->fields + f];
            const mmoe_real *dx = e->dx + i * width + f * e->units;
            if (e->slot[row]) {
                add(e->sum + (e->slot[row] - 1) * e->units, dx, e->units);
                continue;
            }
            memcpy(e->sum + e->touched * e->units, dx, e->units * sizeof *dx);
            e->row[e->touched++] = row;
            e->slot[row] = (uint32_t)e->touched;
        }
    for (size_t i = 0; i < e->touched; i++)
        e->slot[e->row[i]] = 0;
}

VERSIONS static void move(struct embedding *e, bool adagrad, mmoe_real lr)
{
    size_t units = e->units;
    for (size_t i = 0; i < e->touched; i++) {
        const mmoe_real *restrict g = e->sum + i * units;
        mmoe_real *restrict w = e->table + e->row[i] * units;
        mmoe_real rate = lr;
        if (adagrad) {
            mmoe_real squares = 0, *state = &e->state[e->row[i]];
            for (size_t j = 0; j < units; j++)
                squares += g[j] * g[j];
            *state += squares / (mmoe_real)units;
            rate = lr / (mmoe_real)sqrt((double)*state + EPSILON);
        }
        for (size_t j = 0; j < units; j++)
            w[j] -= rate * g[j];
    }
}

void embedding_step(struct embedding *e, enum mmoe_embedding_optimizer how, double lr)
{
    move(e, how == MMOE_EMBEDDING_ADAGRAD, (mmoe_real)lr);
}
