/* SPDX-License-Identifier: GPL-3.0-or-later */
/* raw.c - numbers as files have them, made into arrays. */
#include "src/dataset/raw.h"

#include <math.h>
#include <string.h>

#include "src/dataset/arrays.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "files of arrays are little-endian, and this machine is not"
#endif

size_t raw_size(enum raw raw)
{
    static const size_t of[] = {2, 2, 4, 8, 1, 2, 4, 8, 1, 0};
    return of[raw];
}

/* A binary16: sign, 5 bits of exponent, 10 of fraction. */
static float half(uint16_t v)
{
    int exponent = v >> 10 & 31;
    float fraction = (float)(v & 1023) / 1024, sign = v >> 15 ? -1.0f : 1.0f;
    if (exponent == 31)
        return v & 1023 ? NAN : sign * INFINITY;
    return sign * (exponent ? ldexpf(1 + fraction, exponent - 15) : ldexpf(fraction, -14));
}

static float as_float(enum raw raw, const unsigned char *at)
{
    uint16_t v;
    uint32_t wide;
    float f;
    memcpy(&v, at, sizeof v);
    if (raw == RAW_F16)
        return half(v);
    wide = (uint32_t)v << 16;
    memcpy(&f, &wide, sizeof f);
    return f;
}

static int64_t as_whole(enum raw raw, const unsigned char *at)
{
    int8_t byte;
    int16_t word;
    int32_t wide;
    switch (raw) {
    case RAW_I8: memcpy(&byte, at, sizeof byte); return byte;
    case RAW_I16: memcpy(&word, at, sizeof word); return word;
    default: memcpy(&wide, at, sizeof wide); return wide;
    }
}

/* Where element i of a row-major array is among numbers whose first index runs fastest. */
static size_t transposed(const struct mmoe_array *v, size_t i)
{
    size_t index[MMOE_ARRAY_DIMS_MAX], at = 0;
    for (size_t d = v->ndim; d-- > 0;) {
        index[d] = i % v->dim[d];
        i /= v->dim[d];
    }
    for (size_t d = v->ndim; d-- > 0;)
        at = at * v->dim[d] + index[d];
    return at;
}

static void convert(struct mmoe_array *v, enum raw raw, bool columns, const unsigned char *bytes)
{
    size_t each = raw_size(raw);
    bool same = raw == RAW_F32 || raw == RAW_F64 || raw == RAW_I64 || raw == RAW_U8;
    if (same && !columns) {
        memcpy(v->data, bytes, v->n * each);
        return;
    }
    for (size_t i = 0; i < v->n; i++) {
        const unsigned char *at = bytes + each * (columns ? transposed(v, i) : i);
        if (same)
            memcpy((char *)v->data + i * each, at, each);
        else if (v->type == MMOE_F32)
            ((float *)v->data)[i] = as_float(raw, at);
        else
            ((int64_t *)v->data)[i] = as_whole(raw, at);
    }
}

static enum mmoe_dtype type_of(enum raw raw)
{
    if (raw == RAW_U8)
        return MMOE_U8;
    if (raw == RAW_F64)
        return MMOE_F64;
    return raw == RAW_F16 || raw == RAW_BF16 || raw == RAW_F32 ? MMOE_F32 : MMOE_I64;
}

enum mmoe_status raw_take(struct mmoe_arrays *a, const struct bytes_in *file, const char *name,
                          enum raw raw, size_t ndim, const size_t *dim, bool columns,
                          const unsigned char *bytes, size_t n)
{
    size_t wanted;
    if (mmoe_arrays_find(a, name))
        return bytes_in_fail(file, MMOE_INVALID, "it has two arrays named %s", name);
    if (!arrays_bytes(ndim, dim, raw_size(raw), &wanted) || wanted != n)
        return bytes_in_fail(file, MMOE_INVALID,
                             "array %s has %s, which is not what its shape takes", name,
                             MMOE_COUNTED(n, "byte"));
    struct mmoe_array *v = mmoe_arrays_add(a, name, type_of(raw), ndim, dim, file->err);
    if (!v)
        return file->err->status;
    convert(v, raw, columns, bytes);
    return MMOE_OK;
}
