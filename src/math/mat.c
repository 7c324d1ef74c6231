/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mat.c - matrix products and Cholesky factors; the only caller of CBLAS and LAPACK.
 *
 * OpenBLAS picks its kernels by processor name when it is loaded. Version
 * 0.3.21 takes AVX-512 processors newer than itself for Haswells and halves
 * their rate; the kernels for SkylakeX run on all that have the AVX-512
 * subsets F, CD, BW, DQ and VL.
 *
 * It sums rows of A in blocks of ROWS_AT_ONCE, and what is left over in another order. Rows
 * that are equal shall give equal bits wherever they stand: no rows are left over.
 */
#include <cblas.h>
#include <string.h>

#include <mmoe/mat.h>
#include <mmoe/mem.h>

enum { ROWS_AT_ONCE = 4 };

#ifdef MMOE_DOUBLE
#define GEMM cblas_dgemm
#else
#define GEMM cblas_sgemm
#endif

void mmoe_mat_init(void)
{
    openblas_set_num_threads(1);
}

static void multiply(size_t m, size_t n, size_t k, const mmoe_real *a, size_t lda, bool transposed,
                     const mmoe_real *b, size_t ldb, mmoe_real *c, size_t ldc)
{
    GEMM(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, (blasint)m,
         (blasint)n, (blasint)k, 1, a, (blasint)lda, b, (blasint)ldb, 0, c, (blasint)ldc);
}

void mmoe_mat_product(size_t m, size_t n, size_t k, const mmoe_real *a, size_t lda, bool transposed,
                      const mmoe_real *b, size_t ldb, mmoe_real *c, size_t ldc)
{
    size_t odd = m % ROWS_AT_ONCE;
    if (m == 0 || n == 0)
        return;
    if (transposed || odd == 0 || m < ROWS_AT_ONCE) {
        multiply(m, n, k, a, lda, transposed, b, ldb, c, ldc);
        return;
    }
    multiply(m - odd, n, k, a, lda, false, b, ldb, c, ldc);
    m -= ROWS_AT_ONCE; /* the last ones once more: they come out the same */
    multiply(ROWS_AT_ONCE, n, k, a + m * lda, lda, false, b, ldb, c + m * ldc, ldc);
}

/* LAPACK, which the library has, too; column-major: what is the lower triangle here is the upper
 * one there. (Anderson et al., LAPACK Users' Guide, 1999) */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t length);
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t length);

bool mmoe_mat_cholesky(size_t n, double *a)
{
    int order = (int)n, info = 0;
    dpotrf_("U", &order, a, &order, &info, 1);
    return info == 0;
}

void mmoe_mat_solve(size_t n, const double *l, bool half, double *b)
{
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (blasint)n, l, (blasint)n, b,
                1);
    if (!half)
        cblas_dtrsv(CblasRowMajor, CblasLower, CblasTrans, CblasNonUnit, (blasint)n, l, (blasint)n,
                    b, 1);
}

void mmoe_mat_inverse(size_t n, double *a)
{
    int order = (int)n, info = 0;
    dpotri_("U", &order, a, &order, &info, 1);
}

void dsyevr_(const char *jobz, const char *range, const char *uplo, const int *n, double *a,
             const int *lda, const double *vl, const double *vu, const int *il, const int *iu,
             const double *abstol, int *m, double *w, double *z, const int *ldz, int *isuppz,
             double *work, const int *lwork, int *iwork, const int *liwork, int *info, size_t l1,
             size_t l2, size_t l3);

bool mmoe_mat_leading(size_t n, double *a, size_t k, double *values, double *vectors)
{
    int order = (int)n, low = (int)(n - k + 1), high = (int)n, found = 0, info = 0,
        room = 26 * (int)n, whole = 10 * (int)n; /* as the guide wants at least */
    double none = 0, *w = mmoe_alloc(n, sizeof *w), *z = mmoe_alloc(n * k, sizeof *z),
           *work = mmoe_alloc((size_t)room, sizeof *work);
    int *support = mmoe_alloc(2 * k, sizeof *support),
        *iwork = mmoe_alloc((size_t)whole, sizeof *iwork);
    dsyevr_("V", "I", "U", &order, a, &order, &none, &none, &low, &high, &none, &found, w, z,
            &order, support, work, &room, iwork, &whole, &info, 1, 1, 1);
    for (size_t i = 0; i < k && info == 0; i++) {
        values[i] = w[k - 1 - i];
        memcpy(vectors + i * n, z + (k - 1 - i) * n, n * sizeof *vectors);
    }
    mmoe_free(w);
    mmoe_free(z);
    mmoe_free(work);
    mmoe_free(support);
    mmoe_free(iwork);
    return info == 0 && found == (int)k;
}

const char *mmoe_mat_library(void)
{
    return openblas_get_config();
}

const char *mmoe_mat_kernel(void)
{
    return openblas_get_corename();
}

#if defined(__x86_64__)
static int has_avx512(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#else
static int has_avx512(void)
{
    return 0;
}
#endif

const char *mmoe_mat_better_kernel(void)
{
    static const char *const with_avx512[] = {"SkylakeX", "Cooperlake", "SapphireRapids"};
    for (size_t i = 0; i < sizeof with_avx512 / sizeof *with_avx512; i++)
        if (strcasecmp(mmoe_mat_kernel(), with_avx512[i]) == 0)
            return NULL;
    return has_avx512() ? "SkylakeX" : NULL;
}
