/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrays.h - what holds of every file of arrays: read, it is written and read to the same. */
#ifndef MMOE_TESTS_FUZZ_ARRAYS_H
#define MMOE_TESTS_FUZZ_ARRAYS_H

#include <mmoe/arrays.h>
#include <mmoe/text.h>

#include "tests/fuzz/fuzz.h"

static inline void check_array(const struct mmoe_array *a, const struct mmoe_array *b)
{
    static const size_t each[] = {[MMOE_F32] = 4, [MMOE_F64] = 8, [MMOE_I64] = 8, [MMOE_U8] = 1};
    size_t n = 1;
    for (size_t i = 0; i < a->ndim; i++)
        n *= a->dim[i];
    fuzz_assert(b && n == a->n && a->type == b->type && a->ndim == b->ndim);
    fuzz_assert(memcmp(a->dim, b->dim, a->ndim * sizeof *a->dim) == 0);
    fuzz_assert(n == 0 || memcmp(a->data, b->data, n * each[a->type]) == 0);
}

/* Read the file of these bytes; what was read is written to `copy`, and read from there. */
static inline void check_arrays(const char *name, const char *copy, const uint8_t *bytes, size_t n)
{
    struct mmoe_arrays a = {0}, b = {0};
    struct mmoe_error err;
    fuzz_file(name, bytes, n);
    enum mmoe_status s = mmoe_arrays_read(&a, name, &err);
    fuzz_check_error(s, &err);
    if (mmoe_failed(s))
        fuzz_assert(a.count == 0);
    else if (!mmoe_failed(mmoe_arrays_write(&a, copy, &err))) {
        fuzz_assert(!mmoe_failed(mmoe_arrays_read(&b, copy, &err)));
        fuzz_assert(a.count == b.count);
        for (size_t i = 0; i < a.count; i++)
            check_array(&a.list[i], mmoe_arrays_find(&b, a.list[i].name));
    }
    mmoe_arrays_done(&a);
    mmoe_arrays_done(&b);
}

#endif
