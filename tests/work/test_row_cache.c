/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that runs share: made once, dropped when nobody needs the room. */
#include <mmoe/synthetic.h>

#include "src/base/thread.h"
#include "src/work/row_cache.h"
#include "tests/made.h"
#include "tests/test.h"

static void same_options_share_rows(void **state)
{
    (void)state;
    struct row_cache *s = row_cache_new();
    struct mmoe_options o, other;
    struct mmoe_error err;
    atomic_store(&rows_made, 0);
    small_options(&o);
    other = o;
    put(&other, "lr", "0.5"); /* changes no rows */
    struct mmoe_dataset *a = row_cache_take(s, &o, 2, NULL, &err),
                        *b = row_cache_take(s, &other, 2, NULL, &err);
    assert_ptr_equal(a, b);
    assert_int_equal(atomic_load(&rows_made), 1);
    put(&other, "p", "0.25"); /* other labels on the same inputs */
    struct mmoe_dataset *c = row_cache_take(s, &other, 2, NULL, &err);
    assert_ptr_not_equal(a, c);
    assert_ptr_equal(a->train.x, c->train.x);
    assert_ptr_not_equal(a->train.y, c->train.y);
    row_cache_return(s, a);
    row_cache_return(s, b);
    row_cache_return(s, c);
    row_cache_free(s);
}

/* With the rows of a dataset made alone. */
static void shared_inputs_are_the_same_rows(void **state)
{
    (void)state;
    struct row_cache *s = row_cache_new();
    struct mmoe_options o, other;
    struct mmoe_error err;
    small_options(&o);
    other = o;
    put(&other, "p", "0.25");
    struct mmoe_dataset *first = row_cache_take(s, &o, 2, NULL, &err),
                        *d = row_cache_take(s, &other, 2, NULL, &err);
    struct mmoe_dataset *alone = mmoe_synthetic_new(&other, NULL, &err);
    row_cache_return(s, first);
    put(&o, "seed.data", "9");
    row_cache_return(
        s, row_cache_take(s, &o, 2, NULL,
                          &err)); /* takes the place of the first, whose inputs are still in use */
    assert_memory_equal(d->train.x, alone->train.x, d->train.n * d->dim * sizeof *d->train.x);
    assert_memory_equal(d->test.x, alone->test.x, d->test.n * d->dim * sizeof *d->train.x);
    assert_memory_equal(d->train.y, alone->train.y, d->train.n * d->tasks * sizeof *d->train.y);
    row_cache_return(s, d);
    mmoe_dataset_free(alone);
    row_cache_free(s);
}

static void unused_rows_make_room(void **state)
{
    (void)state;
    struct row_cache *s = row_cache_new();
    struct mmoe_options o;
    struct mmoe_error err;
    atomic_store(&rows_made, 0);
    small_options(&o);
    for (int round = 0; round < 2; round++)
        for (uint64_t seed = 0; seed < 3; seed++) {
            o.seed_data = seed;
            row_cache_return(s, row_cache_take(s, &o, 2, NULL, &err));
        }
    assert_int_equal(atomic_load(&rows_made), 6); /* three in turn do not fit in two places */
    row_cache_return(s, row_cache_take(s, &o, 2, NULL, &err));
    assert_int_equal(atomic_load(&rows_made), 6); /* the last one was kept */
    row_cache_clear(s);
    row_cache_return(s, row_cache_take(s, &o, 2, NULL, &err));
    assert_int_equal(atomic_load(&rows_made), 7);
    row_cache_free(s);
}

/* With room for one dataset the inputs outlive the one they came with. */
static void what_makes_room_leaves_its_inputs(void **state)
{
    (void)state;
    struct row_cache *s = row_cache_new();
    struct mmoe_options o;
    struct mmoe_error err;
    atomic_store(&rows_made, 0);
    small_options(&o);
    struct mmoe_dataset *d = row_cache_take(s, &o, 1, NULL, &err);
    const mmoe_real *x = d->train.x;
    row_cache_return(s, d);
    put(&o, "p", "0.25");
    d = row_cache_take(s, &o, 1, NULL, &err);
    assert_ptr_equal(d->train.x, x);
    assert_int_equal(atomic_load(&rows_made), 2);
    row_cache_return(s, d);
    row_cache_free(s);
}

static void assert_same_rows(const struct mmoe_dataset *d, const struct mmoe_options *o)
{
    struct mmoe_error err;
    struct mmoe_dataset *alone = mmoe_synthetic_new(o, NULL, &err);
    assert_memory_equal(d->train.x, alone->train.x, d->train.n * d->dim * sizeof *d->train.x);
    assert_memory_equal(d->test.x, alone->test.x, d->test.n * d->dim * sizeof *d->train.x);
    assert_memory_equal(d->train.y, alone->train.y, d->train.n * d->tasks * sizeof *d->train.y);
    assert_memory_equal(d->test.y, alone->test.y, d->test.n * d->tasks * sizeof *d->train.y);
    assert_memory_equal(d->var, alone->var, sizeof d->var);
    mmoe_dataset_free(alone);
}

/* The next rows are written where the dropped ones were, and nothing of those is left. */
static void dropped_rows_leave_their_room(void **state)
{
    (void)state;
    struct row_cache *s = row_cache_new();
    struct mmoe_options o;
    struct mmoe_error err;
    small_options(&o);
    struct mmoe_dataset *d = row_cache_take(s, &o, 1, NULL, &err);
    const mmoe_real *x = d->train.x, *y = d->train.y;
    row_cache_return(s, d);
    put(&o, "seed.data", "9");
    put(&o, "binary", "2");
    put(&o, "noise", "0");
    d = row_cache_take(s, &o, 1, NULL, &err);
    assert_ptr_equal(d->train.x, x);
    assert_ptr_equal(d->train.y, y);
    assert_same_rows(d, &o);
    row_cache_return(s, d);
    row_cache_free(s);
}

/* Room that someone still reads, and room of another shape, is not written to. */
static void room_in_use_stays(void **state)
{
    (void)state;
    struct row_cache *s = row_cache_new();
    struct mmoe_options o, other;
    struct mmoe_error err;
    small_options(&o);
    other = o;
    struct mmoe_dataset *held = mmoe_dataset_ref(row_cache_take(s, &o, 1, NULL, &err));
    row_cache_return(s, held);
    put(&other, "seed.data", "9");
    struct mmoe_dataset *d = row_cache_take(s, &other, 1, NULL, &err);
    assert_ptr_not_equal(d->train.x, held->train.x);
    assert_same_rows(held, &o);
    row_cache_return(s, d);
    put(&other, "seed.data", "10"); /* inputs to share would go before room */
    other.rows *= 50;               /* written where the smaller ones were, they would overrun */
    d = row_cache_take(s, &other, 1, NULL, &err);
    assert_same_rows(d, &other);
    row_cache_return(s, d);
    mmoe_dataset_free(held);
    row_cache_free(s);
}

static void rows_that_cannot_be_made(void **state)
{
    (void)state;
    struct row_cache *s = row_cache_new();
    struct mmoe_options o;
    struct mmoe_error err;
    atomic_store(&rows_made, 0);
    small_options(&o);
    o.rows = 100000000;
    o.dim = 10000;
    for (int i = 0; i < 3; i++) {
        assert_null(row_cache_take(s, &o, 1, NULL, &err));
        assert_int_equal(err.status, MMOE_LIMIT);
    }
    small_options(&o);
    row_cache_return(s, row_cache_take(s, &o, 1, NULL, &err)); /* it left no place taken */
    assert_int_equal(atomic_load(&rows_made), 1);
    row_cache_free(s);
}

enum { THREADS = 4, ROUNDS = 50 };

static void hammer(void *context)
{
    struct row_cache *s = context;
    struct mmoe_options o;
    struct mmoe_error err;
    small_options(&o);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        o.seed_data = i / 5;
        o.p = i % 2 ? 0.5 : 0.25;
        struct mmoe_dataset *d = row_cache_take(s, &o, THREADS, NULL, &err);
        assert_true(d && d->train.n == o.rows);
        row_cache_return(s, d);
    }
}

static void many_at_once(void **state)
{
    (void)state;
    struct row_cache *s = row_cache_new();
    struct thread *threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        threads[i] = thread_start(hammer, s);
    for (size_t i = 0; i < THREADS; i++)
        thread_join(threads[i]);
    row_cache_free(s);
}

TESTS(cmocka_unit_test(same_options_share_rows), cmocka_unit_test(shared_inputs_are_the_same_rows),
      cmocka_unit_test(unused_rows_make_room), cmocka_unit_test(what_makes_room_leaves_its_inputs),
      cmocka_unit_test(dropped_rows_leave_their_room), cmocka_unit_test(room_in_use_stays),
      cmocka_unit_test(rows_that_cannot_be_made), cmocka_unit_test(many_at_once))
