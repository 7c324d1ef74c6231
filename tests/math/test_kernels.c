/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every set of kernels this processor can run: scalar against formulae in double,
 * the others against scalar, over shapes that fill vectors and tiles and shapes
 * that do not.
 */
#include <mmoe/mat.h>
#include <mmoe/rng.h>

#include "src/math/kernels.h"
#include "tests/test.h"

enum { ROOM = 1 << 14, SETS = 6, GUARD = 7 };

static mmoe_real a[ROOM], b[ROOM], c[ROOM], want[ROOM], d[ROOM], d_want[ROOM], s[ROOM],
    s_want[ROOM];

static void draw(mmoe_real *v, size_t n, const char *name)
{
    mmoe_rng_normal(mmoe_rng_stream(1, MMOE_RNG_DATA, name), 0, n, v);
}

static int set_up(void **state)
{
    static mmoe_real drawn[4][ROOM];
    (void)state;
    if (drawn[0][0] == 0) {
        mmoe_mat_init();
        draw(drawn[0], ROOM, "a");
        draw(drawn[1], ROOM, "b");
        draw(drawn[2], ROOM, "c");
        draw(drawn[3], ROOM, "d");
    }
    memcpy(a, drawn[0], sizeof a);
    memcpy(b, drawn[1], sizeof b);
    memcpy(c, drawn[2], sizeof c);
    memcpy(want, c, sizeof want);
    memcpy(d, drawn[3], sizeof d);
    memcpy(d_want, d, sizeof d);
    memset(s, 0, sizeof s);
    memset(s_want, 0, sizeof s);
    return 0;
}

/* All of both arrays: what must not be written is compared too. */
static void same(const mmoe_real *x, const mmoe_real *y, double within, const char *set)
{
    for (size_t i = 0; i < ROOM; i++)
        if (!(fabs((double)x[i] - (double)y[i]) <= within * (1 + fabs((double)y[i]))))
            fail_msg("%s: element %zu is %.9g, not %.9g", set, i, (double)x[i], (double)y[i]);
}

/* Every set there is, each time with fresh arrays. */
static const struct kernels *fresh(int which)
{
    set_up(NULL);
    return kernels_get((enum mmoe_kernels)which);
}
#define EACH_SET(set)                          \
    for (int which = 0; which < SETS; which++) \
        for (const struct kernels *set = fresh(which); set; set = NULL)

static void scalar_products_are_sums(void **state)
{
    (void)state;
    kernels_scalar.product(5, 7, 11, a, 13, false, b, 9, c, 8);
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < 7; j++) {
            double sum = 0;
            for (size_t k = 0; k < 11; k++)
                sum += (double)a[i * 13 + k] * (double)b[k * 9 + j];
            assert_near(c[i * 8 + j], sum, 1e-5);
        }
    assert_true(c[7] == want[7] && c[4 * 8 + 7] == want[4 * 8 + 7]);
    kernels_scalar.product(5, 7, 11, a, 13, true, b, 9, c, 8);
    double sum = 0;
    for (size_t k = 0; k < 11; k++)
        sum += (double)a[k * 13 + 4] * (double)b[k * 9 + 6];
    assert_near(c[4 * 8 + 6], sum, 1e-5);
}

/* Widths around every boundary of vectors and tiles, and the shapes training has. */
static void products_agree(void **state)
{
    static const size_t sizes[] = {1,  2,  3,  4,  5,  7,  8,  9,  12, 15, 16,  17,  24, 31,
                                   32, 33, 47, 48, 49, 63, 64, 65, 96, 97, 113, 136, 144};
    static const size_t rows[] = {1, 3, 8, 13, 100};
    static mmoe_real product[ROOM];
    const size_t count = sizeof sizes / sizeof *sizes;
    for (size_t n = 0; n < count; n++)
        for (size_t m = 0; m < 5; m++)
            for (int transposed = 0; transposed < 2; transposed++) {
                size_t k = 1 + (n * 7 + m * 5) % 40, lda = transposed ? rows[m] + 3 : k + 3;
                size_t ldb = sizes[n] + 2, ldc = sizes[n] + GUARD;
                set_up(state);
                kernels_scalar.product(rows[m], sizes[n], k, a, lda, transposed, b, ldb, want, ldc);
                memcpy(product, want, sizeof product);
                EACH_SET(set)
                {
                    set->product(rows[m], sizes[n], k, a, lda, transposed, b, ldb, c, ldc);
                    same(c, product, 2e-5, set->name);
                }
            }
}

/* Rows of up to five entries, gathered and scattered, of all rows and of some. */
static void entries_agree(void **state)
{
    static const size_t sizes[] = {1, 3, 8, 15, 16, 17, 32, 47, 64, 65, 113, 144};
    enum { ENTRY_ROWS = 29, PICKED = 11, FOLDED_ROWS = 40 };
    static struct mmoe_entry entry[ENTRY_ROWS * 5];
    static mmoe_real folded[ROOM], product[ROOM], sums[ROOM];
    size_t start[ENTRY_ROWS + 1] = {0};
    uint32_t picked[PICKED];
    struct mmoe_rng rng = mmoe_rng_stream(1, MMOE_RNG_DATA, "entries");
    (void)state;
    for (size_t i = 0; i < ENTRY_ROWS; i++) {
        start[i + 1] = start[i] + i % 6;
        for (size_t k = start[i]; k < start[i + 1]; k++) {
            entry[k].at = (uint32_t)mmoe_rng_below(rng, k, 0, FOLDED_ROWS);
            entry[k].value = k % 3 ? 1 : (mmoe_real)0.25;
        }
    }
    for (size_t i = 0; i < PICKED; i++)
        picked[i] = (uint32_t)(i * 7 % ENTRY_ROWS);
    for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++)
        for (int some = 0; some < 2; some++) {
            size_t rows = some ? PICKED : ENTRY_ROWS, ld = sizes[n] + 3, ldy = sizes[n] + GUARD;
            const uint32_t *row = some ? picked : NULL;
            set_up(NULL);
            kernels_scalar.gather(rows, sizes[n], start, entry, row, b, a, ld, want, ldy);
            kernels_scalar.scatter(rows, sizes[n], start, entry, row, b, ldy, d_want, ld, s_want);
            memcpy(folded, want, sizeof folded);
            memcpy(product, d_want, sizeof product);
            memcpy(sums, s_want, sizeof sums);
            EACH_SET(set)
            {
                set->gather(rows, sizes[n], start, entry, row, b, a, ld, c, ldy);
                same(c, folded, 2e-5, set->name);
                set->scatter(rows, sizes[n], start, entry, row, b, ldy, d, ld, s);
                same(d, product, 2e-5, set->name);
                same(s, sums, 2e-5, set->name);
            }
        }
}

/* y = base + 2 f[1] - f[0], and back. */
static void scalar_entries(void **state)
{
    (void)state;
    const struct mmoe_entry entry[] = {{0, -1}, {1, 2}};
    const size_t start[] = {0, 2, 2};
    const mmoe_real f[] = {1, 10, 3, 30}, base[] = {100, 200};
    mmoe_real y[4], df[4] = {0}, total[2];
    kernels_scalar.gather(2, 2, start, entry, NULL, base, f, 2, y, 2);
    assert_true(y[0] == 105 && y[1] == 250 && y[2] == 100 && y[3] == 200);
    const mmoe_real dy[] = {1, 2, 4, 8};
    kernels_scalar.scatter(2, 2, start, entry, NULL, dy, 2, df, 2, total);
    assert_true(df[0] == -1 && df[1] == -2 && df[2] == 2 && df[3] == 4);
    assert_true(total[0] == 5 && total[1] == 10);
}

static void transposes_agree(void **state)
{
    static mmoe_real turned[ROOM];
    for (size_t m = 1; m < 40; m += 1 + m / 8)
        for (size_t n = 1; n < 40; n += 1 + n / 8) {
            set_up(state);
            for (size_t i = 0; i < m; i++)
                for (size_t j = 0; j < n; j++)
                    want[j * m + i] = a[i * 43 + j];
            memcpy(turned, want, sizeof turned);
            EACH_SET(set)
            {
                set->transpose(m, n, a, 43, c);
                same(c, turned, 0, set->name);
            }
        }
}

/* Large enough to be left to the library, and just not. */
static void large_products_agree(void **state)
{
    (void)state;
    enum { K = 256, N = 600, M = 3 };
    static mmoe_real x[M * K], y[K * N], z[M * N], reference[M * N];
    draw(x, M * K, "x");
    draw(y, K * N, "y");
    kernels_scalar.product(M, N, K, x, K, false, y, N, reference, N);
    EACH_SET(set)
    {
        set->product(M, N, K, x, K, false, y, N, z, N);
        for (size_t i = 0; i < M * N; i++)
            assert_near(z[i], reference[i], 2e-4);
    }
}

/* Rows apart, and rows without a gap, which narrow ones may share vectors in. */
static void activations_agree(void **state)
{
    static mmoe_real y[ROOM], dy[ROOM], sum[ROOM];
    (void)state;
    for (size_t n = 1; n < 70; n += n < 18 ? 1 : 3)
        for (int i = 0; i < 4; i++) {
            size_t ld = i / 2 ? n : 71;
            bool relu = i % 2;
            set_up(state);
            kernels_scalar.activate(19, n, want, ld, b, relu);
            kernels_scalar.deactivate(19, n, want, d_want, ld, s_want, relu);
            memcpy(y, want, sizeof y);
            memcpy(dy, d_want, sizeof dy);
            memcpy(sum, s_want, sizeof sum);
            EACH_SET(set)
            {
                set->activate(19, n, c, ld, b, relu);
                set->deactivate(19, n, c, d, ld, s, relu);
                same(c, y, 0, set->name);
                same(d, dy, 0, set->name);
                same(s, sum, 1e-5, set->name);
            }
        }
}

static void scalar_activation(void **state)
{
    (void)state;
    kernels_scalar.activate(3, 5, c, 6, b, true);
    for (size_t i = 0; i < 18; i++) {
        mmoe_real v = i % 6 < 5 ? want[i] + b[i % 6] : want[i];
        assert_true(c[i] == (i % 6 < 5 && v < 0 ? 0 : v));
    }
    kernels_scalar.deactivate(3, 5, c, d, 6, s, true);
    double sum = 0;
    for (size_t i = 0; i < 3; i++) {
        assert_true(d[i * 6 + 2] == (c[i * 6 + 2] > 0 ? d_want[i * 6 + 2] : 0));
        sum += (double)d[i * 6 + 2];
    }
    assert_near(s[2], sum, 1e-6);
    assert_true(d[5] == d_want[5]); /* columns beyond are somebody else's */
}

static void a_nan_is_not_hidden(void **state)
{
    (void)state;
    EACH_SET(set)
    {
        for (size_t i = 0; i < 40; i++)
            c[i] = (mmoe_real)NAN;
        set->activate(1, 40, c, 40, s, true);
        set->product(2, 40, 1, c, 1, false, b, 40, d, 40);
        for (size_t i = 0; i < 40; i++)
            assert_true(isnan(c[i]) && isnan(d[i]));
        for (size_t n = 8; n < 10; n++) {
            a[2] = (mmoe_real)NAN;
            set->softmax(1, 1, n, a, n, c);
            for (size_t i = 0; i < n; i++)
                assert_true(isnan(c[i]));
        }
    }
}

/* Softmax in double. */
static void softmax_of(size_t n, const mmoe_real *z, double *out)
{
    double most = (double)z[0], sum = 0;
    for (size_t j = 1; j < n; j++)
        most = (double)z[j] > most ? (double)z[j] : most;
    for (size_t j = 0; j < n; j++)
        sum += exp((double)z[j] - most);
    for (size_t j = 0; j < n; j++)
        out[j] = exp((double)z[j] - most) / sum;
}

static void gates_sum_to_one(void **state)
{
    (void)state;
    static const size_t experts[] = {1, 2, 3, 4, 5, 8, 9, 16, 17, 64};
    for (size_t at = 0; at < 3 * sizeof experts / sizeof *experts; at++) {
        size_t n = experts[at / 3], groups = at % 3 + 1, rows = 19, ld = groups * n + 2;
        EACH_SET(set)
        {
            for (size_t i = 0; i < rows * ld; i++)
                a[i] *= i % 5 ? 1 : 40; /* also far apart */
            set->softmax(rows, groups, n, a, ld, c);
            double g[64];
            for (size_t i = 0; i < rows * groups; i++) {
                softmax_of(n, a + i / groups * ld + i % groups * n, g);
                for (size_t j = 0; j < n; j++)
                    assert_near(c[i * n + j], g[j], 3e-7);
            }
            assert_true(c[rows * groups * n] == want[rows * groups * n]);
        }
    }
}

static void extreme_logits(void **state)
{
    (void)state;
    EACH_SET(set)
    {
        static const mmoe_real z[] = {1000, 1000, 1000, -1000, 0, 1000, -5, -500};
        memcpy(a, z, sizeof z);
        set->softmax(1, 1, 8, a, 8, c);
        set->softmax(2, 1, 3, a, 3, d);
        assert_near(c[0], 0.25, 1e-7);
        assert_near(c[5], 0.25, 1e-7);
        assert_near(c[3], 0, 1e-30);
        assert_near(d[1], 1.0 / 3, 1e-7);
        assert_near(d[5], 1, 1e-7);
    }
}

static void softmax_gradients_agree(void **state)
{
    static mmoe_real dz[ROOM];
    for (size_t at = 0; at < 3 * 12; at++) {
        size_t n = at / 3 < 9 ? at / 3 + 1 : 16 * (at / 3 - 8), groups = at % 3 + 1,
               ld = groups * n + 3;
        set_up(state);
        kernels_scalar.softmax_backward(11, groups, n, a, b, want, ld);
        double sum = 0;
        for (size_t j = 0; j < n; j++)
            sum += (double)a[j] * (double)b[j];
        assert_near(want[0], (double)a[0] * ((double)b[0] - sum), 1e-4);
        memcpy(dz, want, sizeof dz);
        EACH_SET(set)
        {
            set->softmax_backward(11, groups, n, a, b, c, ld);
            same(c, dz, 2e-5, set->name);
        }
    }
}

static void scalar_mixtures(void **state)
{
    (void)state;
    enum { G = 2, E = 3, H = 5, LD = 17 };
    kernels_scalar.mix(2, G, E, H, a, b, LD, c);
    double sum = 0;
    for (size_t e = 0; e < E; e++) /* row 1, gate 1, unit 4 */
        sum += (double)a[(G + 1) * E + e] * (double)b[LD + e * H + 4];
    assert_near(c[(G + 1) * H + 4], sum, 1e-5);
    kernels_scalar.mix_backward(2, G, E, H, a, b, want, LD, c, d, s, true);
    double bias = 0, dg = 0;
    for (size_t i = 0; i < 2; i++) { /* expert 2, unit 3 */
        double dx = 0;
        for (size_t k = 0; k < G; k++)
            dx += (double)a[(i * G + k) * E + 2] * (double)want[(i * G + k) * H + 3];
        dx = b[i * LD + 2 * H + 3] > 0 ? dx : 0;
        assert_near(d[i * LD + 2 * H + 3], dx, 1e-5);
        bias += dx;
    }
    assert_near(s[2 * H + 3], bias, 1e-5);
    for (size_t h = 0; h < H; h++)
        dg += (double)want[H + h] * (double)b[2 * H + h];
    assert_near(c[E + 2], dg, 1e-5);
}

static void mixtures_agree(void **state)
{
    static const size_t experts[] = {1, 3, 8, 11, 16}, units[] = {1, 4, 5, 8, 16, 19, 32, 40};
    static mmoe_real f[ROOM], dg[ROOM], dx[ROOM], db[ROOM];
    for (size_t e = 0; e < 5; e++)
        for (size_t h = 0; h < 8; h++)
            for (size_t gates = 1; gates < 4; gates++) {
                size_t n = experts[e], w = units[h], ld = n * w + 3;
                set_up(state);
                kernels_scalar.mix(13, gates, n, w, a, b, ld, want);
                kernels_scalar.mix_backward(13, gates, n, w, a, b, want, ld, d_want, s_want, c,
                                            true);
                memcpy(f, want, sizeof f);
                memcpy(dg, d_want, sizeof dg);
                memcpy(dx, s_want, sizeof dx);
                memcpy(db, c, sizeof db);
                EACH_SET(set)
                {
                    set->mix(13, gates, n, w, a, b, ld, want);
                    same(want, f, 2e-5, set->name);
                    set->mix_backward(13, gates, n, w, a, b, f, ld, d, s, c, true);
                    same(d, dg, 5e-5, set->name);
                    same(s, dx, 2e-5, set->name);
                    same(c, db, 1e-4, set->name);
                }
            }
}

/* Without a ReLU below it nothing is masked. */
static void linear_mixtures_agree(void **state)
{
    enum { G = 1, E = 8, H = 1, LD = 8 };
    static mmoe_real dx[ROOM];
    set_up(state);
    kernels_scalar.mix_backward(13, G, E, H, a, b, want, LD, d, dx, c, false);
    for (size_t i = 0; i < 13; i++)
        for (size_t e = 0; e < E; e++)
            assert_near(dx[i * LD + e], (double)a[i * E + e] * (double)want[i], 1e-5);
    EACH_SET(set)
    {
        set->mix_backward(13, G, E, H, a, b, want, LD, d, s, c, false);
        same(s, dx, 2e-5, set->name);
    }
}

static void stitches_agree(void **state)
{
    static const size_t units[] = {1, 5, 16, 19, 60};
    static mmoe_real z[ROOM], dy[ROOM], da[ROOM];
    for (size_t tasks = 1; tasks < 4; tasks++)
        for (size_t u = 0; u < 5; u++) {
            size_t n = units[u], ld = tasks * n + 3;
            set_up(state);
            memset(z, 0, sizeof z);
            memset(dy, 0, sizeof dy);
            memset(da, 0, sizeof da);
            kernels_scalar.stitch(9, tasks, n, a, b, ld, z);
            double sum = 0;
            for (size_t j = 0; j < tasks; j++) /* row 2, the last task, its last unit */
                sum += (double)a[(tasks - 1) * tasks + j] * (double)b[2 * ld + j * n + n - 1];
            assert_near(z[2 * ld + tasks * n - 1], sum, 1e-5);
            kernels_scalar.stitch_backward(9, tasks, n, a, b, want, ld, dy, da);
            EACH_SET(set)
            {
                memset(c, 0, sizeof c);
                memset(d, 0, sizeof d);
                memset(s, 0, sizeof s);
                set->stitch(9, tasks, n, a, b, ld, c);
                same(c, z, 2e-5, set->name);
                set->stitch_backward(9, tasks, n, a, b, want, ld, d, s);
                same(d, dy, 2e-5, set->name);
                same(s, da, 2e-4, set->name);
            }
        }
}

static void optimisers_agree(void **state)
{
    static mmoe_real p[ROOM], m[ROOM], v[ROOM];
    const struct adam step = {(mmoe_real)0.9, (mmoe_real)0.999, (mmoe_real)0.01, (mmoe_real)1e-3};
    for (size_t n = 1; n < 100; n += 13) {
        set_up(state); /* v starts at 0 */
        kernels_scalar.adam(n, &step, a, want, s_want, d_want);
        kernels_scalar.adam(n, &step, b, want, s_want, d_want);
        memcpy(p, d_want, sizeof p);
        memcpy(m, want, sizeof m);
        memcpy(v, s_want, sizeof v);
        EACH_SET(set)
        {
            set->adam(n, &step, a, c, s, d);
            set->adam(n, &step, b, c, s, d);
            same(d, p, 1e-5, set->name);
            same(c, m, 1e-6, set->name);
            same(s, v, 1e-6, set->name);
            for (size_t i = 0; i < n; i++)
                s[i] = (mmoe_real)
                    INFINITY; /* a square that has overflowed stops its weight, nothing else */
            set->adam(n, &step, a, c, s, d);
            same(d, p, 1e-5, set->name);
        }
        set_up(state);
        kernels_scalar.momentum(n, (mmoe_real)0.1, (mmoe_real)0.9, a, want, d_want);
        memcpy(p, d_want, sizeof p);
        EACH_SET(set)
        {
            set->momentum(n, (mmoe_real)0.1, (mmoe_real)0.9, a, c, d);
            same(d, p, 1e-6, set->name);
        }
    }
    kernels_scalar.adam(1, &step, a, memset(c, 0, sizeof *c), memset(s, 0, sizeof *s),
                        memset(d, 0, sizeof *d));
    double g = (double)a[0];
    assert_near(d[0], -0.01 * g / (fabs(g) + 1e-3), 1e-6);
}

static void sets_have_names(void **state)
{
    (void)state;
    assert_true(mmoe_kernels_supported(MMOE_KERNELS_AUTO) &&
                mmoe_kernels_supported(MMOE_KERNELS_PLAIN));
    assert_string_equal(mmoe_kernels_name(MMOE_KERNELS_SCALAR), "scalar");
    assert_string_equal(mmoe_kernels_name(MMOE_KERNELS_BLAS), "blas");
    assert_string_not_equal(mmoe_kernels_name(MMOE_KERNELS_AUTO), "auto");
}

TESTS(cmocka_unit_test_setup(scalar_products_are_sums, set_up), cmocka_unit_test(products_agree),
      cmocka_unit_test(scalar_entries), cmocka_unit_test(entries_agree),
      cmocka_unit_test(transposes_agree), cmocka_unit_test(large_products_agree),
      cmocka_unit_test_setup(scalar_activation, set_up), cmocka_unit_test(activations_agree),
      cmocka_unit_test(a_nan_is_not_hidden), cmocka_unit_test(gates_sum_to_one),
      cmocka_unit_test(extreme_logits), cmocka_unit_test(softmax_gradients_agree),
      cmocka_unit_test_setup(scalar_mixtures, set_up), cmocka_unit_test(mixtures_agree),
      cmocka_unit_test(linear_mixtures_agree), cmocka_unit_test(stitches_agree),
      cmocka_unit_test(optimisers_agree), cmocka_unit_test(sets_have_names))
