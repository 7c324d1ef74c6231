/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernels.h - which arithmetic trains: vectors of some width, a library, or plain loops.
 *
 * Ownership: none. Threads: safe.
 */
#ifndef MMOE_KERNELS_H
#define MMOE_KERNELS_H

#include <stdbool.h>

/* In the order of the words of option kernels. */
enum mmoe_kernels {
    MMOE_KERNELS_AUTO,   /* the widest vectors this processor has; the library for large products */
    MMOE_KERNELS_BLAS,   /* all products by the library */
    MMOE_KERNELS_AVX512, /* x86-64 with AVX-512 F, BW, DQ, VL */
    MMOE_KERNELS_AVX2,   /* x86-64 with AVX2 and FMA */
    MMOE_KERNELS_PLAIN,  /* vectors every processor of the architecture has */
    MMOE_KERNELS_SCALAR  /* loops as one would write the formulae; the reference for the others */
};

/* Can this processor run them? */
bool mmoe_kernels_supported(enum mmoe_kernels which);
/* The name of the set that would run: "avx512" for AUTO, say; static text. */
const char *mmoe_kernels_name(enum mmoe_kernels which);

#endif
