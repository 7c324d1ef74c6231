/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * made.h - how often rows were made, whoever made them.
 *
 * A program that includes it is linked with -Wl,--wrap=mmoe_source_make_until (Makefile.am): the
 * linker has every call of mmoe_source_make_until go through here.
 *
 * Ownership: none. Threads: safe.
 */
#ifndef MMOE_TESTS_MADE_H
#define MMOE_TESTS_MADE_H

#include <stdatomic.h>

#include <mmoe/source.h>

static atomic_size_t rows_made;

/* The names are the linker's. */
struct mmoe_dataset *__real_mmoe_source_make_until(const struct mmoe_options *o,
                                                   struct mmoe_dataset *like, atomic_bool *stop,
                                                   struct mmoe_error *err);
struct mmoe_dataset *__wrap_mmoe_source_make_until(const struct mmoe_options *o,
                                                   struct mmoe_dataset *like, atomic_bool *stop,
                                                   struct mmoe_error *err);

struct mmoe_dataset *__wrap_mmoe_source_make_until(const struct mmoe_options *o,
                                                   struct mmoe_dataset *like, atomic_bool *stop,
                                                   struct mmoe_error *err)
{
    struct mmoe_dataset *d = __real_mmoe_source_make_until(o, like, stop, err);
    if (d)
        atomic_fetch_add(&rows_made, 1);
    return d;
}

#endif
