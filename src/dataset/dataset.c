/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dataset.c - immutable rows, shared by reference.
 *
 * The counter of references lies before the public part in one block; all
 * arrays are blocks of their own, since their sizes are a user's choice.
 */
#include "src/dataset/dataset.h"

#include <math.h>
#include <stdatomic.h>

#include <mmoe/mem.h>
#include <mmoe/stats.h>

struct counted {
    struct mmoe_dataset data;
    atomic_size_t references;
    uint64_t seed;              /* of the inputs */
    struct mmoe_dataset *owner; /* of the inputs, where they are another's */
    bool spare;                 /* only its room is of use */
};

static struct counted *counted_of(const struct mmoe_dataset *d)
{
    return (struct counted *)(uintptr_t)d; /* its first member */
}

/* An array of n * m elements, or NULL; remembers that one was missing. */
static void *array(size_t n, size_t m, size_t size, bool *missing)
{
    size_t count;
    void *block = __builtin_mul_overflow(n, m, &count) ? NULL : mmoe_try_alloc(count, size);
    *missing |= !block;
    return block;
}

static bool same_inputs(const struct mmoe_dataset *a, const struct mmoe_dataset *b)
{
    return a->rows == b->rows && a->test_rows == b->test_rows && a->dim == b->dim;
}

/* The dataset whose inputs can serve, or NULL. */
static struct mmoe_dataset *owner_like(const struct counted *c, struct mmoe_dataset *like)
{
    const struct mmoe_dataset *d = &c->data;
    if (!like || counted_of(like)->spare || counted_of(like)->seed != c->seed ||
        !same_inputs(like, d))
        return NULL;
    return counted_of(like)->owner ? counted_of(like)->owner : like;
}

/* Move the arrays of a spare dataset of the same shape to d; false where `like` is none. */
static bool take_room(struct mmoe_dataset *d, struct mmoe_dataset *like)
{
    if (!like || !counted_of(like)->spare || !same_inputs(like, d) || like->tasks != d->tasks)
        return false;
    d->x = like->x;
    d->x_test = like->x_test;
    d->y = like->y;
    d->y_test = like->y_test;
    like->x = like->x_test = like->y = like->y_test = NULL;
    return true;
}

struct mmoe_dataset *mmoe_dataset_new(size_t rows, size_t test_rows, size_t dim, size_t tasks,
                                      uint64_t seed, struct mmoe_dataset *like,
                                      struct mmoe_error *err)
{
    bool missing = false;
    struct counted *c = mmoe_alloc(1, sizeof *c);
    struct mmoe_dataset *d = &c->data;
    atomic_init(&c->references, 1);
    c->seed = seed;
    d->rows = rows;
    d->test_rows = test_rows;
    d->dim = dim;
    d->tasks = tasks;
    d->pearson = d->cosine = NAN;
    if (take_room(d, like))
        return d;
    c->owner = owner_like(c, like);
    if (c->owner) {
        mmoe_dataset_ref(c->owner);
        d->x = c->owner->x;
        d->x_test = c->owner->x_test;
    } else {
        d->x = array(rows, dim, sizeof *d->x, &missing);
        d->x_test = array(test_rows, dim, sizeof *d->x_test, &missing);
    }
    d->y = array(rows, tasks, sizeof *d->y, &missing);
    d->y_test = array(test_rows, tasks, sizeof *d->y_test, &missing);
    if (!missing)
        return d;
    mmoe_fail(err, MMOE_LIMIT,
              "%zu + %zu rows of %zu inputs do not fit in memory: lower rows, test-rows or dim",
              rows, test_rows, dim);
    mmoe_dataset_free(d);
    return NULL;
}

bool mmoe_dataset_shares(const struct mmoe_dataset *d)
{
    return counted_of(d)->owner != NULL;
}

/* Column k of the labels in double, but for rows that lack it or (other < T) the other. Returns how
 * many. */
static size_t column(const struct mmoe_dataset *d, size_t k, size_t other, double *out)
{
    size_t n = 0;
    for (size_t i = 0; i < d->rows; i++) {
        const mmoe_real *y = d->y + i * d->tasks;
        if (!isnan(y[k]) && (other >= d->tasks || !isnan(y[other])))
            out[n++] = (double)y[k];
    }
    return n;
}

/* -q ln q - (1 - q) ln(1 - q) */
static double entropy(double q)
{
    return q > 0 && q < 1 ? -q * log(q) - (1 - q) * log1p(-q) : 0;
}

enum mmoe_status mmoe_dataset_measure(struct mmoe_dataset *d, struct mmoe_error *err)
{
    double *a = mmoe_try_alloc(d->rows, sizeof *a), *b = mmoe_try_alloc(d->rows, sizeof *b);
    enum mmoe_status status = MMOE_OK;
    if (a && b) {
        for (size_t k = 0; k < d->tasks; k++) {
            size_t n = column(d, k, d->tasks, a);
            d->var[k] = d->binary[k] ? entropy(mmoe_mean(a, n)) : mmoe_variance(a, n);
        }
        if (d->tasks > 1) {
            size_t n = column(d, 0, 1, a);
            column(d, 1, 0, b);
            d->pearson = mmoe_pearson(a, b, n);
        }
    } else {
        status = mmoe_fail(err, MMOE_LIMIT, "no memory to measure %zu rows: lower rows", d->rows);
    }
    mmoe_free(a);
    mmoe_free(b);
    return status;
}

struct mmoe_dataset *mmoe_dataset_ref(struct mmoe_dataset *d)
{
    atomic_fetch_add(&counted_of(d)->references, 1);
    return d;
}

struct mmoe_dataset *mmoe_dataset_spare(struct mmoe_dataset *d)
{
    struct counted *c = counted_of(d);
    if (c->owner || atomic_load(&c->references) != 1) {
        mmoe_dataset_free(d);
        return NULL;
    }
    c->spare = true;
    return d;
}

static void give_back(const void *block)
{
    mmoe_free(mmoe_dataset_fill(block));
}

void mmoe_dataset_free(struct mmoe_dataset *d)
{
    if (!d || atomic_fetch_sub(&counted_of(d)->references, 1) != 1)
        return;
    struct mmoe_dataset *owner = counted_of(d)->owner;
    if (!owner) {
        give_back(d->x);
        give_back(d->x_test);
    }
    give_back(d->y);
    give_back(d->y_test);
    give_back(d->w);
    give_back(d->alpha);
    give_back(d->beta);
    mmoe_free(d);
    mmoe_dataset_free(owner);
}
