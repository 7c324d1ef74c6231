/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulated recommender: its rates, its dial, what depends on what, and what no model exceeds.
 */
#include <mmoe/mem.h>
#include <mmoe/recommender.h>
#include <mmoe/source.h>
#include <mmoe/stats.h>

#include "tests/runs.h"

enum { F = MMOE_RECOMMENDER_FIELDS, K = MMOE_RECOMMENDER_NUMBERS, T = MMOE_RECOMMENDER_TASKS };

static void world_options(struct mmoe_options *o)
{
    mmoe_options_default(o);
    put(o, "data", "recommender");
    put(o, "p", "0.4");
    put(o, "users", "500");
    put(o, "items", "200");
    put(o, "rows", "20000");
    put(o, "test-rows", "5000");
}

/* Rates are those that were asked for, within five standard errors of the rows and of the 20,000
 * that offsets are found on. */
static void rates(void **state)
{
    (void)state;
    static const char *const nested[] = {"off", "on"};
    for (size_t i = 0; i < 2; i++) {
        struct mmoe_options o;
        world_options(&o);
        put(&o, "engagement", "0.3");
        put(&o, "satisfaction", "0.05");
        put(&o, "nested", nested[i]);
        struct mmoe_dataset *d = make_rows(&o);
        assert_string_equal(d->task[0].name, "engagement");
        assert_string_equal(d->task[1].name, "satisfaction");
        assert_true(d->task[0].binary && d->task[1].binary);
        assert_near(mmoe_recommender_rate(d->recommender, 0), 0.3, 1e-9);
        assert_near(mmoe_recommender_rate(d->recommender, 1), 0.05, 1e-9);
        assert_near(d->yes[0], 0.3, 5 * sqrt(2 * 0.3 * 0.7 / 20000));
        assert_near(d->yes[1], 0.05, 5 * sqrt(2 * 0.05 * 0.95 / 20000));
        size_t alone = 0;
        for (size_t r = 0; r < d->train.n; r++)
            alone += d->train.y[r * T + 1] > d->train.y[r * T];
        assert_true(i == 1 ? alone == 0 : alone > 100);
        mmoe_dataset_free(d);
    }
}

/* Labels are drawn by the probabilities: their sum is within five standard errors of theirs. */
static void labels_follow_the_truth(void **state)
{
    (void)state;
    struct mmoe_options o;
    world_options(&o);
    struct mmoe_dataset *d = make_rows(&o);
    for (size_t k = 0; k < T; k++) {
        double seen = 0, expected = 0, variance = 0;
        for (size_t i = k; i < d->train.n * T; i += T) {
            double p = (double)d->train.truth[i];
            assert_true(p > 0 && p < 1);
            seen += (double)d->train.y[i];
            expected += p;
            variance += p * (1 - p);
        }
        assert_near(seen, expected, 5 * sqrt(variance));
    }
    mmoe_dataset_free(d);
}

/* The logits' correlation is not p, but grows with it: 0 at 0, 1 at 1. */
static void the_dial(void **state)
{
    (void)state;
    static const char *const ps[] = {"0", "0.4", "0.8", "1"};
    double before = -1;
    for (size_t i = 0; i < 4; i++) {
        struct mmoe_options o;
        world_options(&o);
        put(&o, "users", "20000");
        put(&o, "items", "5000");
        put(&o, "p", ps[i]);
        struct mmoe_dataset *d = make_rows(&o);
        assert_true(d->logits > before);
        before = d->logits;
        if (i == 0)
            assert_near(d->logits, 0, 0.15);
        if (i == 1)
            assert_near(d->logits, 0.25, 0.12);
        if (i == 3) /* the same score, but for how steep and how far down the curve it is */
            assert_true(d->logits > 0.98);
        mmoe_dataset_free(d);
    }
}

static void same_row(const struct mmoe_rows *a, size_t i, const struct mmoe_rows *b, size_t j)
{
    assert_memory_equal(a->id + i * F, b->id + j * F, F * sizeof *a->id);
    assert_memory_equal(a->x + i * K, b->x + j * K, K * sizeof *a->x);
    assert_memory_equal(a->y + i * T, b->y + j * T, T * sizeof *a->y);
}

/* A row is made of its number alone, in whatever pieces, however far away. */
static void rows_are_addressable(void **state)
{
    (void)state;
    enum { N = 64 };
    struct mmoe_options o;
    world_options(&o);
    struct mmoe_dataset *few = make_rows(&o);
    put(&o, "rows", "stream");
    struct mmoe_dataset *stream = make_rows(&o);
    uint32_t id[2][N * F];
    mmoe_real x[2][N * K], y[2][N * T];
    struct mmoe_rows to[2];
    for (size_t i = 0; i < 2; i++)
        to[i] = (struct mmoe_rows){.n = N,
                                   .dim = K,
                                   .tasks = T,
                                   .x = x[i],
                                   .y = y[i],
                                   .fields = few->train.fields,
                                   .id = id[i]};
    assert_non_null(stream->stream);
    stream->stream(stream, 100, &to[0]);
    for (size_t i = 0; i < N; i++)
        same_row(&few->train, 100 + i, &to[0], i);
    const uint64_t far = UINT64_C(3000000000);
    stream->stream(stream, far, &to[0]);
    for (size_t i = N; i-- > 0;) {
        const struct mmoe_rows one = mmoe_rows_slice(&to[1], i, 1);
        stream->stream(stream, far + i, &one);
    }
    for (size_t i = 0; i < N; i++)
        same_row(&to[0], i, &to[1], i);
    assert_true(memcmp(to[0].id, few->train.id, sizeof id[0]) != 0);
    for (size_t i = 0; i < N * F; i++)
        assert_true(id[0][i] < few->train.fields->of[i % F].levels);
    for (size_t i = 0; i < N * K; i++)
        assert_true(x[0][i] >= 0 && x[0][i] <= 1);
    mmoe_dataset_free(few);
    mmoe_dataset_free(stream);
}

/* Two shards are the halves of the whole, and one far away is what the stream has there. */
static void shards_are_parts_of_the_whole(void **state)
{
    (void)state;
    struct mmoe_options o;
    world_options(&o);
    put(&o, "rows", "400");
    struct mmoe_dataset *whole = make_rows(&o);
    put(&o, "rows", "200");
    struct mmoe_dataset *first = make_rows(&o);
    put(&o, "first-row", "200");
    struct mmoe_dataset *second = make_rows(&o);
    for (size_t i = 0; i < 200; i++) {
        same_row(&whole->train, i, &first->train, i);
        same_row(&whole->train, 200 + i, &second->train, i);
    }
    for (size_t i = 0; i < whole->test.n; i++) /* those held out are the same for all */
        same_row(&whole->test, i, &second->test, i);
    put(&o, "rows", "stream");
    put(&o, "first-row", "3000000000");
    struct mmoe_dataset *stream = make_rows(&o);
    put(&o, "rows", "200");
    put(&o, "first-row", "3000000100");
    struct mmoe_dataset *far = make_rows(&o);
    for (size_t i = 0; i < 100; i++)
        same_row(&stream->train, 100 + i, &far->train, i);
    mmoe_dataset_free(whole);
    mmoe_dataset_free(first);
    mmoe_dataset_free(second);
    mmoe_dataset_free(stream);
    mmoe_dataset_free(far);
}

/* The items shown do not change with p; other seeds have other users. */
static void what_depends_on_what(void **state)
{
    (void)state;
    struct mmoe_options o;
    world_options(&o);
    struct mmoe_dataset *a = make_rows(&o);
    put(&o, "p", "-1");
    struct mmoe_dataset *b = make_rows(&o);
    assert_memory_equal(a->train.id, b->train.id, a->train.n * F * sizeof *a->train.id);
    assert_true(memcmp(a->train.y, b->train.y, a->train.n * T * sizeof *a->train.y) != 0);
    put(&o, "seed", "1");
    struct mmoe_dataset *c = make_rows(&o);
    assert_true(memcmp(b->train.id, c->train.id, b->train.n * F * sizeof *b->train.id) != 0);
    mmoe_dataset_free(a);
    mmoe_dataset_free(b);
    mmoe_dataset_free(c);
}

/* Two policies that show the same item in the same visit see the same labels; another item has its
 * own draw. */
static void potential_outcomes(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_visit v;
    world_options(&o);
    struct mmoe_recommender *r = mmoe_recommender_new(&o);
    size_t same = 0, changed = 0;
    for (uint64_t n = 0; n < 2000; n++) {
        mmoe_real y[3][T];
        const double even[T] = {0.5, 0.5};
        mmoe_recommender_visit(r, MMOE_VISITS_LIVE, n, &v);
        mmoe_recommender_labels(r, &v, 3, even, y[0]);
        mmoe_recommender_labels(r, &v, 3, even, y[1]);
        mmoe_recommender_labels(r, &v, 4, even, y[2]);
        assert_memory_equal(y[0], y[1], sizeof y[0]);
        same += y[0][0] == y[2][0];
        changed += y[0][0] != y[2][0];
    }
    assert_near((double)same / (double)(same + changed), 0.5, 5 * sqrt(0.25 / 2000));
    mmoe_recommender_free(r);
}

/* The Gaussian copula of the draws: for probabilities of 1/2 labels correlate 2/pi asin(residual)
 * (Sheppard, 1899). */
static void residual(void **state)
{
    (void)state;
    enum { N = 20000 };
    struct mmoe_options o;
    world_options(&o);
    put(&o, "residual", "0.6");
    struct mmoe_recommender *r = mmoe_recommender_new(&o);
    double *a = mmoe_alloc(N, sizeof *a), *b = mmoe_alloc(N, sizeof *b);
    for (uint64_t n = 0; n < N; n++) {
        const double even[T] = {0.5, 0.5};
        struct mmoe_visit v;
        mmoe_real y[T];
        mmoe_recommender_visit(r, MMOE_VISITS_LIVE, n, &v);
        mmoe_recommender_labels(r, &v, 3, even, y);
        a[n] = (double)y[0];
        b[n] = (double)y[1];
    }
    assert_near(mmoe_pearson(a, b, N), 2 / M_PI * asin(0.6), 5 / sqrt(N));
    mmoe_free(a);
    mmoe_free(b);
    mmoe_recommender_free(r);
}

/* sum p_i (1 - p_j) [p_i > p_j] / (sum p sum (1 - p)), pair by pair, and what labels give. */
static void the_best_of_all_models(void **state)
{
    (void)state;
    struct mmoe_options o;
    world_options(&o);
    put(&o, "test-rows", "1500");
    struct mmoe_dataset *d = make_rows(&o);
    const struct mmoe_rows *test = &d->test;
    struct mmoe_scored *pairs = mmoe_alloc(d->train.n, sizeof *pairs);
    for (size_t k = 0; k < T; k++) {
        double wins = 0, ones = 0, squares = 0, n = (double)test->n;
        for (size_t i = k; i < test->n * T; i += T) {
            double p = (double)test->truth[i];
            ones += p;
            squares += p * p;
            for (size_t j = k; j < test->n * T; j += T)
                wins += p > (double)test->truth[j] ? p * (1 - (double)test->truth[j]) : 0;
        }
        assert_near(d->best_auc[k], wins / (ones * (n - ones)), 1e-5);
        double mean = ones / n;
        assert_near(d->best_r2[k], (squares / n - mean * mean) / (mean * (1 - mean)), 1e-9);
    }
    for (size_t i = 0; i < d->train.n; i++)
        pairs[i] = (struct mmoe_scored){(double)d->train.truth[i * T], (double)d->train.y[i * T]};
    assert_near(mmoe_auc(pairs, d->train.n), d->best_auc[0], 0.04);
    mmoe_free(pairs);
    mmoe_dataset_free(d);
}

/* A world of one user and one item is no special case. */
static void smallest(void **state)
{
    (void)state;
    struct mmoe_options o;
    world_options(&o);
    put(&o, "users", "1");
    put(&o, "items", "1");
    put(&o, "rows", "500");
    struct mmoe_dataset *d = make_rows(&o);
    for (size_t i = 0; i < d->train.n; i++)
        assert_true(d->train.id[i * F] == 0 && d->train.id[i * F + 1] == 0);
    assert_true(isfinite(d->best_auc[0]));
    mmoe_dataset_free(d);
}

TESTS(cmocka_unit_test(rates), cmocka_unit_test(labels_follow_the_truth),
      cmocka_unit_test(the_dial), cmocka_unit_test(rows_are_addressable),
      cmocka_unit_test(shards_are_parts_of_the_whole), cmocka_unit_test(what_depends_on_what),
      cmocka_unit_test(potential_outcomes), cmocka_unit_test(residual),
      cmocka_unit_test(the_best_of_all_models), cmocka_unit_test(smallest))
