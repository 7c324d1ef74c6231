/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mat.h - matrix products, Cholesky factors, eigenvectors; the only caller of CBLAS and LAPACK.
 *
 * Matrices are row-major with an explicit leading dimension (elements from
 * one row to the next). BLAS runs on one thread: parallelism is one run per
 * worker, so that results do not depend on how many there are.
 *
 * Ownership: none. Threads: safe after mmoe_mat_init, called once at start.
 */
#ifndef MMOE_MAT_H
#define MMOE_MAT_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/real.h>

/* One BLAS thread per caller; call once before the first product. */
void mmoe_mat_init(void);

/* C (m,n) = A (m,k) B (k,n); transposed: A is given as (k,m). Equal rows of A may give unequal last
   bits of C: the library's kernels choose an order of summing by shape and place. */
void mmoe_mat_product(size_t m, size_t n, size_t k, const mmoe_real *a, size_t lda, bool transposed,
                      const mmoe_real *b, size_t ldb, mmoe_real *c, size_t ldc);

/*
 * Of a symmetric positive definite A (n,n) in double: its Cholesky factor L, A = L L', in the lower
 * triangle of a (row-major; the rest is left as it is). False where A is not positive definite: a
 * is of no use then.
 */
bool mmoe_mat_cholesky(size_t n, double *a);
/* b (n) = the solution of L L' x = b; half: of L x = b. */
void mmoe_mat_solve(size_t n, const double *l, bool half, double *b);
/* The lower triangle of a: of L before, of the inverse of A afterwards. */
void mmoe_mat_inverse(size_t n, double *a);

/* The k largest eigenvalues of a symmetric A (n,n), descending, and their vectors (k,n) of length
 * 1; a is spoilt. False where the library finds none. It allocates. */
bool mmoe_mat_leading(size_t n, double *a, size_t k, double *values, double *vectors);

/* The library's name and version, as it reports them; static text. */
const char *mmoe_mat_library(void);

/* The kernel set in use ("SkylakeX", "Haswell", ...); static text. */
const char *mmoe_mat_kernel(void);

/*
 * The kernel set that suits this processor better than the one the library
 * chose, or NULL where its choice stands. OpenBLAS reads OPENBLAS_CORETYPE
 * when it is loaded, so only a fresh start of the program can act on it.
 */
const char *mmoe_mat_better_kernel(void);

#endif
