/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where rows lie, and what gates do with each of them. */
#include <math.h>

#include <mmoe/mem.h>

#include "src/train/scatter.h"
#include "tests/runs.h"

static struct mmoe_scatter out;

static void options(struct mmoe_options *o)
{
    small_options(o);
    put(o, "model", "mmoe");
    put(o, "test-rows", "300");
    put(o, "steps", "60");
}

static const struct mmoe_scatter *look(struct mmoe_run *run)
{
    mmoe_run_show(run, MMOE_SHOWS_SCATTER);
    assert_non_null(mmoe_run_snapshot(run)->scatter);
    return mmoe_run_snapshot(run)->scatter;
}

/* Row by row the same as looking at it alone. */
static void each_row_is_as_it_is_alone(void **state)
{
    (void)state;
    struct mmoe_options o;
    options(&o);
    struct mmoe_run *run = make_run(&o);
    assert_null(mmoe_run_snapshot(run)->scatter); /* nobody asked */
    const struct mmoe_scatter *s = look(run);
    finish(run); /* it is measured at evaluations from now on */
    assert_true(s->step == 60 && s->rows == 300 && s->gates == 2);
    size_t agree = 0;
    double entropy = 0;
    for (size_t i = 0; i < s->rows; i++) {
        struct mmoe_seen seen;
        struct mmoe_error err;
        size_t best[2] = {0, 0};
        assert_int_equal(mmoe_run_see(run, i + 1, &seen, &err), MMOE_OK);
        for (size_t k = 0; k < 2; k++)
            for (size_t e = 1; e < seen.experts; e++)
                best[k] = seen.weight[k][e] > seen.weight[k][best[k]] ? e : best[k];
        for (size_t e = 0; e < seen.experts; e++)
            entropy -= (double)seen.weight[1][e] * log((double)seen.weight[1][e]);
        assert_int_equal(s->largest[0][i], best[0]);
        assert_int_equal(s->largest[1][i], best[1]);
        agree += best[0] == best[1];
    }
    assert_near(s->agree, (double)agree / 300, 1e-12);
    assert_near(s->spread[1].mean, entropy / 300, 1e-4);
    for (size_t i = 1; i < s->rows; i++)
        assert_true(s->entropy[0][i - 1] <= s->entropy[0][i]);
    mmoe_run_show(run, 0);
    assert_null(mmoe_run_snapshot(run)->scatter);
    mmoe_run_free(run);
}

static void synthetic_rows_lie_along_weights(void **state)
{
    (void)state;
    static const char *const ps[] = {"0", "0.5", "1", "-1"};
    for (size_t i = 0; i < 4; i++) {
        struct mmoe_options o;
        options(&o);
        put(&o, "p", ps[i]);
        struct mmoe_dataset *d = make_rows(&o);
        struct mmoe_run *run = make_run_on(&o, d);
        const struct mmoe_scatter *s = look(run);
        assert_int_equal(s->plane, MMOE_PLANE_WEIGHTS);
        double xx = 0, yy = 0, length = 0, across = 0;
        for (size_t k = 0; k < d->dim; k++)
            length += d->w[k] * d->w[k];
        for (size_t r = 0; r < s->rows; r++) {
            double w1 = 0, w2 = 0;
            for (size_t k = 0; k < d->dim; k++) {
                w1 += d->w[k] * (double)d->test.x[r * d->dim + k];
                w2 += d->w[d->dim + k] * (double)d->test.x[r * d->dim + k];
            }
            assert_near(s->x[r], w1 / sqrt(length), 1e-4);
            /* w2'x lies in the plane: the rest of it is along y */
            across = fmax(across,
                          fabs(w2 - o.p * w1 - sqrt(length * (1 - o.p * o.p)) * (double)s->y[r]));
            xx += (double)(s->x[r] * s->x[r]) / 300;
            yy += (double)(s->y[r] * s->y[r]) / 300;
        }
        assert_true(across < 1e-3);
        assert_true(xx > 0.7 && xx < 1.4 && yy > 0.7 && yy < 1.4); /* standard deviations */
        mmoe_run_free(run);
        mmoe_dataset_free(d);
    }
}

/* --- components, of rows of which no truth is known --- */

enum { ROWS = 40, COLUMNS = 2, LEVELS = 7, NUMBERS = 2, DIM = LEVELS + NUMBERS };
static const uint32_t column[LEVELS] = {0, 0, 0, 0, 1, 1, 1}, usual[COLUMNS] = {2, 4};
static const mmoe_real usual_number[NUMBERS] = {(mmoe_real)-0.5, (mmoe_real)1.25};
static const struct mmoe_fold fold = {COLUMNS, LEVELS, NUMBERS, column, usual, usual_number};
static mmoe_real x[ROWS * DIM];
static size_t start[ROWS + 1];
static struct mmoe_entry entry[ROWS * (COLUMNS + NUMBERS)];

/* The same rows written out and folded; some have no level of a column. */
static void write_rows(void)
{
    static const size_t first[COLUMNS + 1] = {0, 4, 7};
    size_t n = 0;
    memset(x, 0, sizeof x);
    for (size_t i = 0; i < ROWS; i++) {
        bool none[COLUMNS];
        start[i] = n;
        for (size_t c = 0; c < COLUMNS; c++) {
            size_t levels = first[c + 1] - first[c], drawn = (i * (3 + c) + i / 5) % (levels + 1);
            none[c] = drawn == levels;
            if (none[c])
                continue;
            x[i * DIM + first[c] + drawn] = 1;
            if (first[c] + drawn != usual[c])
                entry[n++] = (struct mmoe_entry){(uint32_t)(first[c] + drawn), 1};
        }
        for (size_t k = 0; k < NUMBERS; k++) {
            mmoe_real v = (i + k) % 3 ? (mmoe_real)sin((double)(i * 7 + k)) : usual_number[k];
            x[i * DIM + LEVELS + k] = v;
            if ((i + k) % 3)
                entry[n++] = (struct mmoe_entry){(uint32_t)(LEVELS + k), v - usual_number[k]};
        }
        for (size_t c = 0; c < COLUMNS; c++)
            if (none[c])
                entry[n++] = (struct mmoe_entry){(uint32_t)(DIM + c), 1};
    }
    start[ROWS] = n;
}

/* Places of such rows, found by a net's shape alone. */
static void place(const struct mmoe_rows *rows, struct mmoe_run *run)
{
    const struct mmoe_dataset d = {.dim = rows->dim, .tasks = 2, .test = *rows};
    struct scatter *s = scatter_new(&d, mmoe_run_net(run));
    scatter_begin(s);
    scatter_end(s, &out);
    scatter_free(s);
}

/* The variance of centred rows along the direction, and what of it two rounds of power leave. */
static void components_are_those_of_power_iteration(void **state)
{
    (void)state;
    struct mmoe_options o;
    options(&o);
    struct mmoe_run *run = make_run(&o);
    write_rows();
    const struct mmoe_rows dense = {.n = ROWS, .dim = DIM, .tasks = 2, .x = x};
    double mean[DIM] = {0}, v[DIM], total = 0, length = 0;
    place(&dense, run);
    assert_int_equal(out.plane, MMOE_PLANE_COMPONENTS);
    for (size_t i = 0; i < ROWS * DIM; i++)
        mean[i % DIM] += (double)x[i] / ROWS;
    for (size_t k = 0; k < DIM; k++)
        v[k] = 1 + 0.1 * (double)k;
    for (int round = 0; round < 2000; round++) {
        double next[DIM] = {0};
        total = length = 0;
        for (size_t i = 0; i < ROWS; i++) {
            double along = 0;
            for (size_t k = 0; k < DIM; k++) {
                along += v[k] * ((double)x[i * DIM + k] - mean[k]);
                total += pow((double)x[i * DIM + k] - mean[k], 2);
            }
            for (size_t k = 0; k < DIM; k++)
                next[k] += along * ((double)x[i * DIM + k] - mean[k]);
        }
        for (size_t k = 0; k < DIM; k++)
            length += next[k] * next[k];
        for (size_t k = 0; k < DIM; k++)
            v[k] = next[k] / sqrt(length);
    }
    double sign = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < ROWS; i++) {
        double along = 0;
        for (size_t k = 0; k < DIM; k++)
            along += v[k] * ((double)x[i * DIM + k] - mean[k]);
        if (sign == 0 && fabs(along) > 0.1)
            sign = along * (double)out.x[i] > 0 ? 1 : -1;
        assert_near(sign * (double)out.x[i], along, 1e-4);
        xx += (double)(out.x[i] * out.x[i]);
        yy += (double)(out.y[i] * out.y[i]);
        xy += (double)(out.x[i] * out.y[i]);
    }
    assert_near(xy, 0, 1e-3);
    assert_true(xx >= yy && yy > 0);
    assert_near(out.explained, (xx + yy) / total, 1e-4);
    mmoe_run_free(run);
}

static void sparse_rows_lie_where_they_do_written_out(void **state)
{
    (void)state;
    struct mmoe_options o;
    options(&o);
    struct mmoe_run *run = make_run(&o);
    write_rows();
    const struct mmoe_rows dense = {.n = ROWS, .dim = DIM, .tasks = 2, .x = x},
                           sparse = {.n = ROWS,
                                     .dim = DIM,
                                     .tasks = 2,
                                     .fold = &fold,
                                     .start = start,
                                     .entry = entry};
    place(&dense, run);
    const struct mmoe_scatter want = out;
    place(&sparse, run);
    double sx = want.x[0] * out.x[0] > 0 ? 1 : -1, sy = want.y[0] * out.y[0] > 0 ? 1 : -1;
    for (size_t i = 0; i < ROWS; i++) {
        assert_near(sx * (double)out.x[i], want.x[i], 1e-4);
        assert_near(sy * (double)out.y[i], want.y[i], 1e-4);
    }
    assert_near(out.explained, want.explained, 1e-6);
    mmoe_run_free(run);
}

/* One number, no gates: what has no map says so. */
static void what_has_no_plane(void **state)
{
    (void)state;
    struct mmoe_options o;
    options(&o);
    struct mmoe_run *run = make_run(&o);
    const struct mmoe_rows line = {.n = ROWS, .dim = 1, .tasks = 2, .x = x};
    place(&line, run);
    assert_int_equal(out.plane, MMOE_PLANE_NONE);
    mmoe_run_free(run);
    put(&o, "model", "shared-bottom");
    run = make_run(&o);
    assert_int_equal(look(run)->gates, 0);
    mmoe_run_free(run);
}

TESTS(cmocka_unit_test(each_row_is_as_it_is_alone),
      cmocka_unit_test(synthetic_rows_lie_along_weights),
      cmocka_unit_test(components_are_those_of_power_iteration),
      cmocka_unit_test(sparse_rows_lie_where_they_do_written_out),
      cmocka_unit_test(what_has_no_plane))
