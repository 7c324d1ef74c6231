/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row's prediction is the same bits wherever it stands and however many rows it stands among:
 * else rows that are all alike would be told apart, and ranked. Products of the BLAS library are
 * left out: it does not promise that. */
#include <mmoe/kernels.h>
#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/rng.h>

#include "tests/test.h"

enum { ROWS = 1041 /* parts of fewer than four rows are none of these batches */, TASKS = 2 };

static const size_t batches[] = {128, 7, 100, 250, 1041};

/* Widths that fill vectors and widths that do not; none is so wide as to go to the BLAS library. */
static const struct {
    const char *dim, *experts, *expert_units, *bottom_units, *tower_units;
} shapes[] = {{"100", "8", "16", "113", "8"},
              {"10", "3", "5", "13", "3"},
              {"24", "2", "33,9", "64,17", "16,24"}};

/* One net for all batches: they are parts of the largest. */
static void check(const struct mmoe_options *o, const mmoe_real *x, size_t dim)
{
    const struct mmoe_model *model = mmoe_model_at((size_t)o->model);
    struct mmoe_spec spec;
    mmoe_spec_resolve(o, model, dim, TASKS, &spec);
    spec.batch = ROWS;
    struct mmoe_net *net = mmoe_net_new(model, &spec);
    mmoe_net_init(net, MMOE_INIT_GLOROT, 3);
    mmoe_real first[TASKS];
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++)
        for (size_t i = 0; i < ROWS; i += batches[b]) {
            const struct mmoe_rows all = {.n = ROWS, .dim = dim, .tasks = TASKS, .x = x};
            const struct mmoe_rows rows = mmoe_rows_slice(&all, i, batches[b]);
            const mmoe_real *y = mmoe_net_forward(net, &rows);
            if (b == 0 && i == 0)
                memcpy(first, y, sizeof first);
            for (size_t r = 0; r < rows.n; r++)
                if (memcmp(y + r * TASKS, first, sizeof first) != 0)
                    fail_msg("%s, kernels %s, %zu inputs: row %zu of %zu is %.9g, %.9g, not %.9g, "
                             "%.9g",
                             mmoe_model_name(model),
                             mmoe_kernels_name((enum mmoe_kernels)o->kernels), dim, r, rows.n,
                             (double)y[r * TASKS], (double)y[r * TASKS + 1], (double)first[0],
                             (double)first[1]);
        }
    mmoe_net_free(net);
}

static void rows_alike_are_predicted_alike(void **state)
{
    (void)state;
    mmoe_mat_init();
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        struct mmoe_options o;
        mmoe_options_default(&o);
        put(&o, "dim", shapes[s].dim);
        put(&o, "experts", shapes[s].experts);
        put(&o, "expert-units", shapes[s].expert_units);
        put(&o, "bottom-units", shapes[s].bottom_units);
        put(&o, "tower-units", shapes[s].tower_units);
        mmoe_real *x = mmoe_alloc(ROWS * o.dim, sizeof *x);
        mmoe_rng_normal(mmoe_rng_stream(1, MMOE_RNG_DATA, "x"), 0, o.dim, x);
        for (size_t i = 1; i < ROWS; i++)
            memcpy(x + i * o.dim, x, o.dim * sizeof *x);
        for (size_t m = 0; m < mmoe_model_count(); m++)
            for (int k = MMOE_KERNELS_AUTO; k <= MMOE_KERNELS_SCALAR; k++) {
                o.model = (int)m;
                o.kernels = k;
                if (k != MMOE_KERNELS_BLAS && mmoe_kernels_supported((enum mmoe_kernels)k))
                    check(&o, x, o.dim);
            }
        mmoe_free(x);
    }
}

TESTS(cmocka_unit_test(rows_alike_are_predicted_alike))
