/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * origin.h - what computed a run: program, machine and kernels, kept with it.
 *
 * Ownership: a plain value. Threads: safe.
 */
#ifndef MMOE_ORIGIN_H
#define MMOE_ORIGIN_H

#include <mmoe/option.h>

enum { MMOE_ORIGIN_MAX = 128 };

/* What computes here, whatever options say: mmoe 0.1.0; system and processor; BLAS and its kernels.
 */
struct mmoe_origin {
    char version[32], machine[MMOE_ORIGIN_MAX], blas[96];
};

/* This program on this machine. */
void mmoe_origin_here(struct mmoe_origin *origin);
/* What a run with these options computes with: "avx512; OpenBLAS 0.3.21 SkylakeX". */
void mmoe_origin_kernels(const struct mmoe_origin *origin, const struct mmoe_options *o,
                         char out[MMOE_ORIGIN_MAX]);

#endif
