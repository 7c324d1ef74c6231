/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recommender_log.c - the log of the simulated recommender as a dataset. */
#include <math.h>

#include <mmoe/source.h>

#include "src/dataset/dataset.h"
#include "src/dataset/recommender.h"

enum { TASKS = MMOE_RECOMMENDER_TASKS, MEASURED = 10000 /* rows of a stream */ };

/* Rows first .. first + n - 1 of the log of a part. */
static void log_rows(const struct mmoe_recommender *r, enum mmoe_visits part, uint64_t first,
                     const struct mmoe_rows *to)
{
    uint32_t *id = mmoe_dataset_fill(to->id);
    mmoe_real *x = mmoe_dataset_fill(to->x), *y = mmoe_dataset_fill(to->y),
              *truth = mmoe_dataset_fill(to->truth);
    for (size_t i = 0; i < to->n; i++) {
        struct mmoe_visit v = {.part = part, .number = first + i};
        uint32_t word[WORDS];
        double p[TASKS];
        recommender_words(r, &v, word);
        recommender_visit_of(r, word, &v);
        uint32_t item = recommender_shown(r, &v, word), position = recommender_position(word);
        mmoe_recommender_inputs(r, &v, item, position, id + i * MMOE_RECOMMENDER_FIELDS,
                                x + i * MMOE_RECOMMENDER_NUMBERS);
        mmoe_recommender_truth(r, &v, item, position, p);
        mmoe_recommender_labels(r, &v, item, p, y + i * TASKS);
        for (size_t k = 0; truth && k < TASKS; k++)
            truth[i * TASKS + k] = (mmoe_real)p[k];
    }
}

static void stream(const struct mmoe_dataset *d, uint64_t first, const struct mmoe_rows *to)
{
    log_rows(d->recommender, MMOE_VISITS_TRAIN, d->recommender->first_row + first, to);
}

/* Fill a part, a piece at a time; false where it was stopped. */
static bool fill(const struct mmoe_dataset *d, enum mmoe_visits part, const struct mmoe_rows *all,
                 atomic_bool *stop)
{
    enum { PIECE = 4096 };
    uint64_t first = part == MMOE_VISITS_TRAIN ? d->recommender->first_row : 0;
    for (size_t i = 0; i < all->n; i += PIECE) {
        const struct mmoe_rows some = mmoe_rows_slice(all, i, PIECE);
        if (stop && atomic_load_explicit(stop, memory_order_relaxed))
            return false;
        log_rows(d->recommender, part, first + i, &some);
    }
    return true;
}

static void release(void *block)
{
    mmoe_recommender_free(block);
}

static struct mmoe_dataset *make(const struct mmoe_options *o, struct mmoe_dataset *like,
                                 atomic_bool *stop, struct mmoe_error *err)
{
    (void)like; /* what is logged depends on more than its shape and seed */
    struct mmoe_recommender *r = mmoe_recommender_new(o);
    if (!r) {
        mmoe_fail(err, MMOE_LIMIT, "%s users and %s items do not fit in memory: lower them",
                  mmoe_format_count(o->users, MMOE_NUMBER),
                  mmoe_format_count(o->items, MMOE_NUMBER));
        return NULL;
    }
    const struct mmoe_shape shape = {.train = o->rows ? o->rows : MEASURED,
                                     .validation = o->validation_rows,
                                     .test = o->test_rows,
                                     .dim = MMOE_RECOMMENDER_NUMBERS,
                                     .tasks = TASKS,
                                     .fields = &r->fields,
                                     .truth = true};
    struct mmoe_dataset *d = mmoe_dataset_new(&shape, o->seed_data, NULL, err);
    if (!d) {
        mmoe_recommender_free(r);
        return NULL;
    }
    d->recommender = r;
    mmoe_dataset_attach(d, r, release);
    mmoe_tasks_names(d->task, TASKS, "engagement\nsatisfaction", '\n');
    d->task[0].binary = d->task[1].binary = true;
    if (o->rows == 0)
        d->stream = stream;
    if (!fill(d, MMOE_VISITS_TRAIN, &d->train, stop) ||
        !fill(d, MMOE_VISITS_VALIDATION, &d->validation, stop) ||
        !fill(d, MMOE_VISITS_TEST, &d->test, stop))
        mmoe_fail(err, MMOE_STATE, "the rows were stopped before all of them were made");
    else if (!mmoe_failed(mmoe_dataset_measure(d, err)))
        return d;
    mmoe_dataset_free(d);
    return NULL;
}

static const char *const heeds[] = {
    "data",      "p",         "users",     "items",    "engagement", "satisfaction",
    "drift",     "explore",   "nested",    "residual", "rows",       "validation-rows",
    "test-rows", "first-row", "seed.data", "seed",     NULL};

const struct mmoe_source mmoe_source_recommender = {
    .name = "recommender",
    .title = "the log of a simulated recommender",
    .heeds = heeds,
    .tasks = TASKS,
    .embeds = true,
    .make = make,
};
