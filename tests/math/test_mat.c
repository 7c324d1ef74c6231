/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The library's products with leading dimensions wider than the matrices, against three loops. */
#include <mmoe/mat.h>
#include <mmoe/rng.h>

#include "tests/test.h"

enum { M = 9, N = 17, K = 23, LD = 31 };

static mmoe_real a[LD * LD], b[LD * LD], c[LD * LD], before[LD * LD];

static int set_up(void **state)
{
    (void)state;
    mmoe_mat_init();
    struct mmoe_rng r = mmoe_rng_stream(1, MMOE_RNG_DATA, "mat");
    mmoe_rng_normal(r, 0, LD * LD, a);
    mmoe_rng_normal(r, 1, LD * LD, b);
    mmoe_rng_normal(r, 2, LD * LD, c);
    memcpy(before, c, sizeof c);
    return 0;
}

/* c against sum_k A(i,k) B(k,j); what lies outside (m,n) is untouched. */
static void compare(size_t ai, size_t ak, size_t inner)
{
    for (size_t i = 0; i < LD; i++)
        for (size_t j = 0; j < LD; j++) {
            double sum = 0;
            for (size_t k = 0; k < inner; k++)
                sum += (double)a[i * ai + k * ak] * (double)b[k * LD + j];
            assert_near(c[i * LD + j], i < M && j < N ? sum : (double)before[i * LD + j], 2e-5);
        }
}

static void plain(void **state)
{
    (void)state;
    mmoe_mat_product(M, N, K, a, LD, false, b, LD, c, LD);
    compare(LD, 1, K);
}

static void first_transposed(void **state)
{
    (void)state;
    mmoe_mat_product(M, N, K, a, LD, true, b, LD, c, LD);
    compare(1, LD, K);
}

static void empty_products(void **state)
{
    (void)state;
    mmoe_mat_product(0, N, K, a, LD, false, b, LD, c, LD);
    mmoe_mat_product(M, 0, K, a, LD, false, b, LD, c, LD);
    assert_memory_equal(c, before, sizeof c);
    mmoe_mat_product(M, N, 0, a, LD, false, b, LD, c, LD);
    compare(0, 0, 0);
}

static void kernels_have_names(void **state)
{
    (void)state;
    assert_non_null(strstr(mmoe_mat_library(), "OpenBLAS"));
    assert_true(strlen(mmoe_mat_kernel()) > 0);
    const char *better = mmoe_mat_better_kernel();
    assert_true(!better || strcmp(better, mmoe_mat_kernel()) != 0);
}

TESTS(cmocka_unit_test_setup(plain, set_up), cmocka_unit_test_setup(first_transposed, set_up),
      cmocka_unit_test_setup(empty_products, set_up), cmocka_unit_test(kernels_have_names))
