/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * origin.h - what computed a run: program, machine and kernels, kept with it.
 *
 * Ownership: a plain value. Threads: safe.
 */
#ifndef MMOE_ORIGIN_H
#define MMOE_ORIGIN_H

/* What computed a run, kept with it. */
struct mmoe_origin {
    char version[32], machine[128],
        kernels[128]; /* mmoe 0.1.0; CPU and system; BLAS and kernel set */
};

/* This program on this machine. */
void mmoe_origin_here(struct mmoe_origin *origin);

#endif
