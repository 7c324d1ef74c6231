/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/train/batch.c: which rows a step trains on. */
#include <mmoe/synthetic.h>

#include "src/train/batch.h"
#include "tests/test.h"

enum { ROWS = 30, BATCH = 7 };

static struct mmoe_dataset *rows_of(struct mmoe_options *o, const char *order)
{
    struct mmoe_error err;
    small_options(o);
    put(o, "rows", "30");
    put(o, "test-rows", "1");
    put(o, "batch", "7");
    put(o, "order", order);
    return mmoe_synthetic_new(o, NULL, &err);
}

static void sequential_takes_them_as_they_are(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_dataset *d = rows_of(&o, "sequential");
    struct batch b;
    assert_true(batch_init(&b, &o, d));
    for (size_t place = 0; place < 100; place++)
        assert_int_equal(batch_row(&b, place / BATCH, place % BATCH), place % ROWS);
    batch_fill(&b, 4); /* places 28..34: rows 28, 29, 0, 1, ... */
    assert_memory_equal(b.x + 2 * d->dim, d->train.x, d->dim * sizeof *b.x);
    assert_memory_equal(b.y + 2 * 2, d->train.y, 2 * sizeof *b.y);
    batch_done(&b);
    mmoe_dataset_free(d);
}

static void shuffle_goes_through_all_rows_each_epoch(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_dataset *d = rows_of(&o, "shuffle");
    struct batch b;
    size_t order[3][ROWS];
    assert_true(batch_init(&b, &o, d));
    for (size_t place = 0; place < 3 * ROWS; place++)
        order[place / ROWS][place % ROWS] = batch_row(&b, place / BATCH, place % BATCH);
    for (size_t epoch = 0; epoch < 3; epoch++) {
        bool seen[ROWS] = {false};
        for (size_t i = 0; i < ROWS; i++) {
            assert_false(seen[order[epoch][i]]);
            seen[order[epoch][i]] = true;
        }
    }
    assert_memory_not_equal(order[0], order[1], sizeof order[0]);
    assert_memory_not_equal(order[1], order[2], sizeof order[0]);
    /* any step can be asked for again */
    assert_int_equal(batch_row(&b, 0, 3), order[0][3]);
    batch_done(&b);
    put(&o, "seed.order", "1");
    assert_true(batch_init(&b, &o, d));
    size_t same = 0;
    for (size_t i = 0; i < ROWS; i++)
        same += batch_row(&b, i / BATCH, i % BATCH) == order[0][i];
    assert_true(same < ROWS / 2);
    batch_done(&b);
    mmoe_dataset_free(d);
}

/* The rows of a stream are those there are of a given number, to the bit, and do not come again. */
static void a_stream_begins_with_the_rows_there_are(void **state)
{
    (void)state;
    struct mmoe_options o, endless;
    struct mmoe_error err;
    mmoe_dataset_free(rows_of(&o, "sequential"));
    put(&o, "missing", "0.3");
    put(&o, "binary", "2");
    endless = o;
    put(&endless, "rows", "stream");
    put(&endless, "order", "shuffle"); /* which it does not heed */
    put(&o, "rows", "700");
    struct mmoe_dataset *stored = mmoe_synthetic_new(&o, NULL, &err);
    struct mmoe_dataset *stream = mmoe_synthetic_new(&endless, NULL, &err);
    struct batch a, b;
    assert_true(batch_init(&a, &o, stored) && batch_init(&b, &endless, stream));
    for (size_t step = 100; step-- > 0;) { /* any step can be asked for */
        batch_look_ahead(&b, step);
        batch_fill(&a, step);
        batch_fill(&b, step);
        assert_memory_equal(a.x, b.x, BATCH * stored->dim * sizeof *a.x);
        for (size_t i = 0; i < BATCH * 2; i++)
            assert_true(a.y[i] == b.y[i] || (isnan(a.y[i]) && isnan(b.y[i])));
    }
    mmoe_real first = b.x[0];
    batch_fill(&b, 100); /* row 700, where the others begin again */
    assert_true(b.x[0] != first);
    batch_done(&a);
    batch_done(&b);
    mmoe_dataset_free(stored);
    mmoe_dataset_free(stream);
}

static void replace_draws_evenly(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_dataset *d = rows_of(&o, "replace");
    struct batch b;
    size_t seen[ROWS] = {0}, twice = 0;
    assert_true(batch_init(&b, &o, d));
    for (size_t step = 0; step < 3000; step++) {
        bool here[ROWS] = {false};
        for (size_t i = 0; i < BATCH; i++) {
            size_t row = batch_row(&b, step, i);
            twice += here[row];
            here[row] = true;
            seen[row]++;
        }
    }
    for (size_t i = 0; i < ROWS; i++)
        assert_near(seen[i], 3000 * BATCH / ROWS, 5 * sqrt(3000.0 * BATCH / ROWS));
    assert_true(twice >
                1000); /* with replacement: pairs meet in 1 - 30!/23!/30^7 = 53% of the batches */
    batch_done(&b);
    mmoe_dataset_free(d);
}

TESTS(cmocka_unit_test(a_stream_begins_with_the_rows_there_are),
      cmocka_unit_test(sequential_takes_them_as_they_are),
      cmocka_unit_test(shuffle_goes_through_all_rows_each_epoch),
      cmocka_unit_test(replace_draws_evenly))
