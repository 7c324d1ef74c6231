/* SPDX-License-Identifier: GPL-3.0-or-later */
/* raw.c - numbers as files have them, made into arrays. */
#include "src/dataset/raw.h"

#include <string.h>

#include "src/dataset/arrays.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "files of arrays are little-endian, and this machine is not"
#endif

/* The bits of the number at `at`, which has no particular alignment. */
static uint64_t bits_of(struct raw raw, const unsigned char *at)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (raw.size) {
    case 1: return *at;
    case 2: memcpy(&two, at, sizeof two); return raw.big ? __builtin_bswap16(two) : two;
    case 4: memcpy(&four, at, sizeof four); return raw.big ? __builtin_bswap32(four) : four;
    default: memcpy(&eight, at, sizeof eight); return raw.big ? __builtin_bswap64(eight) : eight;
    }
}

static float single(uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    float f;
    memcpy(&f, &low, sizeof f);
    return f;
}

/* A binary16: sign, 5 bits of exponent, 10 of fraction. */
static float half(uint64_t bits)
{
    uint64_t sign = (bits >> 15) << 31, exponent = bits >> 10 & 31, fraction = bits & 1023;
    if (exponent == 0) /* fraction * 2^-24 */
        return (sign ? -1.0f : 1.0f) * (float)fraction * 0x1p-24f;
    return single(sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13);
}

static int64_t whole(struct raw raw, uint64_t bits)
{
    int unused = 64 - 8 * raw.size; /* bits above the number's own */
    return raw.kind == 'i' ? (int64_t)(bits << unused) >> unused : (int64_t)bits;
}

static float as_float(struct raw raw, uint64_t bits)
{
    if (raw.kind == 'g')
        return single(bits << 16);
    if (raw.kind == 'f')
        return raw.size == 2 ? half(bits) : single(bits);
    return (float)whole(raw, bits);
}

static double as_double(struct raw raw, uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return raw.kind == 'f' ? v : (double)bits;
}

static void store(struct mmoe_array *v, size_t i, struct raw raw, uint64_t bits)
{
    switch (v->type) {
    case MMOE_F32: ((float *)v->data)[i] = as_float(raw, bits); break;
    case MMOE_F64: ((double *)v->data)[i] = as_double(raw, bits); break;
    case MMOE_I64: ((int64_t *)v->data)[i] = whole(raw, bits); break;
    case MMOE_U16: ((uint16_t *)v->data)[i] = (uint16_t)bits; break;
    case MMOE_U8: ((uint8_t *)v->data)[i] = raw.kind == 'b' ? bits != 0 : (uint8_t)bits; break;
    }
}

static void convert(struct mmoe_array *v, struct raw raw, const unsigned char *bytes)
{
    for (size_t i = 0; i < v->n; i++)
        store(v, i, raw, bits_of(raw, bytes + i * raw.size));
}

/* The same out of numbers whose first index runs fastest. */
static void convert_columns(struct mmoe_array *v, struct raw raw, const unsigned char *bytes)
{
    size_t index[MMOE_ARRAY_DIMS_MAX] = {0}, step[MMOE_ARRAY_DIMS_MAX], at = 0;
    for (size_t d = 0, each = raw.size; d < v->ndim; each *= v->dim[d++])
        step[d] = each;
    for (size_t i = 0; i < v->n; i++) {
        store(v, i, raw, bits_of(raw, bytes + at));
        for (size_t d = v->ndim; d-- > 0;) { /* to the next element in row-major order */
            at += step[d];
            if (++index[d] < v->dim[d])
                break;
            at -= step[d] * v->dim[d];
            index[d] = 0;
        }
    }
}

static enum mmoe_dtype type_of(struct raw raw)
{
    if (raw.kind == 'f' || raw.kind == 'g')
        return raw.size == 8 ? MMOE_F64 : MMOE_F32;
    if (raw.kind == 'b' || (raw.kind == 'u' && raw.size == 1))
        return MMOE_U8;
    if (raw.size <= 2)
        return MMOE_F32;
    return raw.kind == 'u' && raw.size == 8 ? MMOE_F64 : MMOE_I64;
}

/* Are the numbers of the file those of the array, byte for byte? */
static bool same(struct raw raw, const struct mmoe_array *v)
{
    bool kind = raw.kind == 'f' || v->type == (raw.kind == 'u' ? MMOE_U8 : MMOE_I64);
    return kind && raw.kind != 'b' && raw.size == arrays_each(v->type) &&
           (!raw.big || raw.size == 1);
}

bool raw_leave(const struct reading *r, const char *name, struct raw raw, const char *word,
               size_t ndim)
{
    if (!raw.kind)
        reading_leave(r, name, "has numbers of type %.30s: save it as float32", word);
    else if (ndim > MMOE_ARRAY_DIMS_MAX)
        reading_leave(r, name, "has %zu dimensions: at most %d can be read", ndim,
                      MMOE_ARRAY_DIMS_MAX);
    return !raw.kind || ndim > MMOE_ARRAY_DIMS_MAX;
}

enum mmoe_status raw_take(const struct reading *r, const char *name, struct raw raw, size_t ndim,
                          const size_t *dim, bool columns, const unsigned char *bytes, size_t n)
{
    size_t wanted;
    if (mmoe_arrays_find(r->to, name))
        return bytes_in_fail(r->file, MMOE_INVALID, "it has two arrays named %s", name);
    if (!arrays_bytes(ndim, dim, raw.size, &wanted) || wanted != n)
        return bytes_in_fail(r->file, MMOE_INVALID,
                             "array %s has %s, which is not what its shape takes", name,
                             MMOE_COUNTED(n, "byte"));
    enum mmoe_dtype type = type_of(raw);
    if (mmoe_failed(reading_room(r, name, n / raw.size * arrays_each(type))))
        return r->file->err->status;
    struct mmoe_array *v = mmoe_arrays_add(r->to, name, type, ndim, dim, r->file->err);
    if (!v)
        return r->file->err->status;
    if (columns && ndim > 1)
        convert_columns(v, raw, bytes);
    else if (same(raw, v))
        memcpy(v->data, bytes, n);
    else
        convert(v, raw, bytes);
    return MMOE_OK;
}
