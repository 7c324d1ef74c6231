/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dataset.c - immutable rows, shared by reference.
 *
 * The count of references lies before the public part, in one block with it. Every array
 * is a block of its own, since a user chooses its size.
 */
#include "src/dataset/dataset.h"

#include <math.h>

#include <mmoe/mem.h>
#include <mmoe/stats.h>

#include "src/base/share.h"

enum { PARTS = 3 }; /* train, validation, test */

struct counted {
    struct mmoe_dataset data;
    struct share share;
    uint64_t seed;              /* of the inputs */
    struct mmoe_dataset *owner; /* of the inputs, where they are another's */
    bool spare;                 /* only its room is of use */
    void *block;                /* that its rows lie in */
    void (*release)(void *block);
    struct mmoe_fields fields;
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

static struct mmoe_rows *part(struct mmoe_dataset *d, size_t i)
{
    struct mmoe_rows *const parts[PARTS] = {&d->train, &d->validation, &d->test};
    return parts[i];
}

/* The categories of a dataset lie in one block with it. */
static const struct mmoe_fields *copy_of(struct counted *c, const struct mmoe_fields *fields)
{
    if (!fields)
        return NULL;
    c->fields = *fields;
    return &c->fields;
}

static bool same_inputs(const struct mmoe_dataset *a, const struct mmoe_dataset *b)
{
    return a->train.n == b->train.n && a->validation.n == b->validation.n &&
           a->test.n == b->test.n && a->dim == b->dim;
}

/* The dataset whose inputs can be shared, or NULL. */
static struct mmoe_dataset *owner_like(const struct counted *c, struct mmoe_dataset *like)
{
    const struct mmoe_dataset *d = &c->data;
    if (!like || counted_of(like)->spare || counted_of(like)->seed != c->seed ||
        !same_inputs(like, d))
        return NULL;
    return counted_of(like)->owner ? counted_of(like)->owner : like;
}

/* Move the arrays of a spare dataset of the same shape to d; false if `like` is no such dataset. */
static bool take_room(struct mmoe_dataset *d, struct mmoe_dataset *like)
{
    if (!like || !counted_of(like)->spare || !same_inputs(like, d) || like->tasks != d->tasks)
        return false;
    for (size_t i = 0; i < PARTS; i++) {
        struct mmoe_rows *to = part(d, i), *from = part(like, i);
        to->x = from->x;
        to->y = from->y;
        from->x = from->y = NULL;
    }
    return true;
}

/* Allocate the arrays of one part; an owner lends its inputs. */
static void allocate(struct mmoe_rows *r, const struct mmoe_rows *owner,
                     const struct mmoe_shape *shape, bool *missing)
{
    if (!shape->folded)
        r->x = owner ? owner->x : array(r->n, r->dim, sizeof *r->x, missing);
    r->y = array(r->n, r->tasks, sizeof *r->y, missing);
    if (r->fields)
        r->id = array(r->n, r->fields->count, sizeof *r->id, missing);
    if (shape->truth)
        r->truth = array(r->n, r->tasks, sizeof *r->truth, missing);
}

struct mmoe_dataset *mmoe_dataset_new(const struct mmoe_shape *shape, uint64_t seed,
                                      struct mmoe_dataset *like, struct mmoe_error *err)
{
    bool missing = false;
    struct counted *c = mmoe_alloc(1, sizeof *c);
    struct mmoe_dataset *d = &c->data;
    const size_t rows[PARTS] = {shape->train, shape->validation, shape->test};
    share_init(&c->share);
    c->seed = seed;
    d->dim = shape->dim;
    d->tasks = shape->tasks;
    for (size_t i = 0; i < PARTS; i++)
        *part(d, i) = (struct mmoe_rows){
            .n = rows[i], .dim = d->dim, .tasks = d->tasks, .fields = copy_of(c, shape->fields)};
    mmoe_tasks_letters(d->task, d->tasks);
    d->pearson = d->cosine = d->logits = NAN;
    for (size_t k = 0; k < MMOE_TASKS_MAX; k++)
        d->best_auc[k] = d->best_r2[k] = NAN;
    if (take_room(d, like))
        return d;
    c->owner = owner_like(c, like);
    if (c->owner)
        mmoe_dataset_ref(c->owner);
    for (size_t i = 0; i < PARTS; i++)
        allocate(part(d, i), c->owner ? part(c->owner, i) : NULL, shape, &missing);
    if (!missing)
        return d;
    mmoe_fail(err, MMOE_LIMIT,
              "%s + %s rows of %s inputs do not fit in memory: lower rows, test-rows or dim",
              mmoe_format_count(shape->train, MMOE_NUMBER),
              mmoe_format_count(shape->validation + shape->test, MMOE_NUMBER),
              mmoe_format_count(shape->dim, MMOE_NUMBER));
    mmoe_dataset_free(d);
    return NULL;
}

void mmoe_dataset_attach(struct mmoe_dataset *d, void *block, void (*release)(void *block))
{
    counted_of(d)->block = block;
    counted_of(d)->release = release;
}

bool mmoe_dataset_shares(const struct mmoe_dataset *d)
{
    return counted_of(d)->owner != NULL;
}

enum mmoe_status mmoe_dataset_mark_binary(struct mmoe_dataset *d, const struct mmoe_options *o,
                                          struct mmoe_error *err)
{
    for (size_t i = 0; i < o->binary.n; i++) {
        if (o->binary.v[i] > d->tasks)
            return mmoe_fail(err, MMOE_RANGE, "binary %zu: there %s %s; list some, or none",
                             o->binary.v[i], d->tasks == 1 ? "is" : "are",
                             MMOE_COUNTED(d->tasks, "task"));
        d->task[o->binary.v[i] - 1].binary = true;
    }
    return MMOE_OK;
}

/* Column k of the labels in double, without the rows that lack label k or, if other < T, label
 * `other`. Returns how many. */
static size_t column(const struct mmoe_rows *rows, size_t k, size_t other, double *out)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const mmoe_real *y = rows->y + i * rows->tasks;
        if (!isnan(y[k]) && (other >= rows->tasks || !isnan(y[other])))
            out[n++] = (double)y[k];
    }
    return n;
}

double mmoe_dataset_labels(const struct mmoe_dataset *d, const struct mmoe_rows *rows, double *yes)
{
    double *a = mmoe_alloc(rows->n, sizeof *a), *b = mmoe_alloc(rows->n, sizeof *b), r = NAN;
    for (size_t k = 0; k < d->tasks; k++) {
        size_t n = column(rows, k, d->tasks, a);
        yes[k] = n && d->task[k].binary ? mmoe_mean(a, n) : (double)NAN;
    }
    if (d->tasks > 1) {
        size_t n = column(rows, 0, 1, a);
        column(rows, 1, 0, b);
        r = mmoe_pearson(a, b, n);
    }
    mmoe_free(a);
    mmoe_free(b);
    return r;
}

/* -q ln q - (1 - q) ln(1 - q) */
static double entropy(double q)
{
    return q > 0 && q < 1 ? -q * log(q) - (1 - q) * log1p(-q) : 0;
}

/* What the best of all models would come to. */
static enum mmoe_status measure_truth(struct mmoe_dataset *d, struct mmoe_error *err)
{
    const struct mmoe_rows *r = mmoe_dataset_held_out(d);
    if (!r->truth)
        return MMOE_OK;
    struct mmoe_scored *pairs = mmoe_try_alloc(r->n, sizeof *pairs);
    double *logit = mmoe_try_alloc(2 * r->n, sizeof *logit);
    for (size_t k = 0; k < d->tasks && pairs && logit; k++) {
        for (size_t i = 0; i < r->n; i++) {
            double p = (double)r->truth[i * d->tasks + k];
            pairs[i] = (struct mmoe_scored){p, p};
            if (k < 2)
                logit[k * r->n + i] = log(p / (1 - p));
        }
        d->best_r2[k] = mmoe_expected_r2(pairs, r->n);
        d->best_auc[k] = mmoe_expected_auc(pairs, r->n);
    }
    if (pairs && logit && d->tasks > 1)
        d->logits = mmoe_pearson(logit, logit + r->n, r->n);
    bool fits = pairs && logit;
    mmoe_free(pairs);
    mmoe_free(logit);
    return fits ? MMOE_OK
                : mmoe_fail(err, MMOE_LIMIT, "no memory to measure %s rows: lower test-rows",
                            mmoe_format_count(r->n, MMOE_NUMBER));
}

enum mmoe_status mmoe_dataset_measure(struct mmoe_dataset *d, struct mmoe_error *err)
{
    double *a = mmoe_try_alloc(d->train.n, sizeof *a), *b = mmoe_try_alloc(d->train.n, sizeof *b);
    enum mmoe_status status = MMOE_OK;
    if (a && b) {
        for (size_t k = 0; k < d->tasks; k++) {
            size_t n = column(&d->train, k, d->tasks, a);
            d->missing[k] = d->train.n - n;
            d->yes[k] = n && d->task[k].binary ? mmoe_mean(a, n) : (double)NAN;
            d->var[k] = n == 0              ? (double)NAN
                        : d->task[k].binary ? entropy(d->yes[k])
                                            : mmoe_variance(a, n);
        }
        if (d->tasks > 1) {
            size_t n = column(&d->train, 0, 1, a);
            column(&d->train, 1, 0, b);
            d->pearson = mmoe_pearson(a, b, n);
        }
    } else {
        status = mmoe_fail(err, MMOE_LIMIT, "no memory to measure %s rows: lower rows",
                           mmoe_format_count(d->train.n, MMOE_NUMBER));
    }
    mmoe_free(a);
    mmoe_free(b);
    return mmoe_failed(status) ? status : measure_truth(d, err);
}

struct mmoe_dataset *mmoe_dataset_ref(struct mmoe_dataset *d)
{
    share_add(&counted_of(d)->share);
    return d;
}

struct mmoe_dataset *mmoe_dataset_spare(struct mmoe_dataset *d)
{
    struct counted *c = counted_of(d);
    if (c->owner || !share_is_sole(&c->share)) {
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
    if (!d || !share_drop(&counted_of(d)->share))
        return;
    struct mmoe_dataset *owner = counted_of(d)->owner;
    for (size_t i = 0; i < PARTS; i++) {
        if (!owner)
            give_back(part(d, i)->x);
        give_back(part(d, i)->y);
        give_back(part(d, i)->id);
        give_back(part(d, i)->truth);
    }
    if (counted_of(d)->release)
        counted_of(d)->release(counted_of(d)->block);
    give_back(d->w);
    give_back(d->alpha);
    give_back(d->beta);
    give_back(d->unread);
    give_back(d->stream_options);
    mmoe_free(d);
    mmoe_dataset_free(owner);
}
