/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrays.c - named arrays, and the files they come from and go to. */
#include "src/dataset/arrays.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/mem.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "files of arrays are little-endian, and this machine is not"
#endif

#define WRITE_MAX ((size_t)1 << 30) /* bytes in one call */

static const size_t sizes[] = {[MMOE_F32] = 4, [MMOE_F64] = 8, [MMOE_I64] = 8, [MMOE_U8] = 1};

/* --- the list --- */

void mmoe_arrays_done(struct mmoe_arrays *a)
{
    for (size_t i = 0; i < a->count; i++)
        mmoe_free(a->list[i].data);
    mmoe_free(a->list);
    *a = (struct mmoe_arrays){0};
}

bool shape_bytes(size_t ndim, const size_t *dim, size_t each, size_t *bytes)
{
    *bytes = each;
    bool fits = true;
    for (size_t i = 0; i < ndim; i++)
        fits = !__builtin_mul_overflow(*bytes, dim[i], bytes) && fits;
    return fits && *bytes <= SIZE_MAX / 4;
}

struct mmoe_array *mmoe_arrays_add(struct mmoe_arrays *a, const char *name, enum mmoe_dtype type,
                                   size_t ndim, const size_t *dim, struct mmoe_error *err)
{
    size_t bytes;
    void *data = shape_bytes(ndim, dim, sizes[type], &bytes)
                     ? mmoe_try_alloc(bytes / sizes[type], sizes[type])
                     : NULL;
    if (!data) {
        mmoe_fail(err, MMOE_LIMIT, "array %.*s does not fit in memory", MMOE_ARRAY_NAME_MAX, name);
        return NULL;
    }
    if (a->count == a->room) {
        size_t room = a->room ? 2 * a->room : 16;
        a->list = mmoe_regrow(a->list, a->count, room, sizeof *a->list);
        a->room = room;
    }
    struct mmoe_array *v = &a->list[a->count++];
    *v = (struct mmoe_array){.type = type, .ndim = ndim, .n = bytes / sizes[type], .data = data};
    snprintf(v->name, sizeof v->name, "%s", name);
    if (ndim > 0)
        memcpy(v->dim, dim, ndim * sizeof *dim);
    return v;
}

enum mmoe_status mmoe_arrays_add_text(struct mmoe_arrays *a, const char *name, const char *text,
                                      struct mmoe_error *err)
{
    size_t n = strlen(text);
    struct mmoe_array *v = mmoe_arrays_add(a, name, MMOE_U8, 1, &n, err);
    if (!v)
        return err->status;
    memcpy(v->data, text, n);
    return MMOE_OK;
}

char *mmoe_arrays_text(const struct mmoe_arrays *a, const char *name)
{
    const struct mmoe_array *v = mmoe_arrays_find(a, name);
    if (!v || v->type != MMOE_U8 || memchr(v->data, '\0', v->n))
        return NULL;
    char *text = mmoe_try_alloc(v->n + 1, 1);
    if (text)
        memcpy(text, v->data, v->n);
    return text;
}

const struct mmoe_array *mmoe_arrays_find(const struct mmoe_arrays *a, const char *name)
{
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->list[i].name, name) == 0)
            return &a->list[i];
    return NULL;
}

double mmoe_array_number(const struct mmoe_array *a, size_t i)
{
    switch (a->type) {
    case MMOE_F32: return (double)((const float *)a->data)[i];
    case MMOE_F64: return ((const double *)a->data)[i];
    case MMOE_I64: return (double)((const int64_t *)a->data)[i];
    case MMOE_U8: return (double)((const uint8_t *)a->data)[i];
    }
    return NAN;
}

void mmoe_array_shape(const struct mmoe_array *a, struct mmoe_text *t)
{
    mmoe_text_add(t, "(");
    for (size_t i = 0; i < a->ndim; i++)
        mmoe_text_add(t, "%s%zu", i ? ", " : "", a->dim[i]);
    mmoe_text_add(t, ")");
}

/* --- numbers as files have them --- */

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

enum mmoe_status arrays_take(struct mmoe_arrays *a, const struct source *s, const char *name,
                             enum raw raw, size_t ndim, const size_t *dim, bool columns,
                             const unsigned char *bytes, size_t n)
{
    size_t wanted;
    if (mmoe_arrays_find(a, name))
        return source_fail(s, MMOE_INVALID, "it has two arrays named %s", name);
    if (!shape_bytes(ndim, dim, raw_size(raw), &wanted) || wanted != n)
        return source_fail(s, MMOE_INVALID,
                           "array %s has %zu bytes, which is not what its shape takes", name, n);
    struct mmoe_array *v = mmoe_arrays_add(a, name, type_of(raw), ndim, dim, s->err);
    if (!v)
        return s->err->status;
    convert(v, raw, columns, bytes);
    return MMOE_OK;
}

/* --- files --- */

enum mmoe_status source_fail(const struct source *s, enum mmoe_status status, const char *format,
                             ...)
{
    char why[256];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return mmoe_fail(s->err, status, "cannot read %.200s: %s", s->path, why);
}

static enum mmoe_status io_error(struct mmoe_error *err, const char *what, const char *path)
{
    return mmoe_fail(err, MMOE_IO, "cannot %s %.200s: %s", what, path, strerror(errno));
}

enum format { FORMAT_NPZ, FORMAT_SAFETENSORS, FORMAT_UNKNOWN };

static bool ends_in(const char *s, const char *end)
{
    size_t n = strlen(s), k = strlen(end);
    return n > k && strcmp(s + n - k, end) == 0;
}

static enum format format_of(const char *path, struct mmoe_error *err)
{
    if (ends_in(path, ".npz"))
        return FORMAT_NPZ;
    if (ends_in(path, ".safetensors"))
        return FORMAT_SAFETENSORS;
    mmoe_fail(err, MMOE_INVALID, "%.200s: arrays are kept in .npz or .safetensors files", path);
    return FORMAT_UNKNOWN;
}

bool sink_patch(struct sink *s, size_t at, const void *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = pwrite(s->fd, bytes, n < WRITE_MAX ? n : WRITE_MAX, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes = (const char *)bytes + done;
        at += (size_t)done;
        n -= (size_t)done;
    }
    return true;
}

bool sink_put(struct sink *s, const void *bytes, size_t n)
{
    bool fine = sink_patch(s, s->at, bytes, n);
    s->at += n;
    return fine;
}

enum mmoe_status sink_fail(const struct sink *s)
{
    return io_error(s->err, "write", s->path);
}

static enum mmoe_status write_all(const struct mmoe_arrays *a, struct sink *s, enum format format)
{
    enum mmoe_status status = format == FORMAT_NPZ ? npz_write(a, s) : safetensors_write(a, s);
    if (!mmoe_failed(status) && fsync(s->fd) != 0)
        status = sink_fail(s);
    if (close(s->fd) != 0 && !mmoe_failed(status))
        status = sink_fail(s);
    return status;
}

enum mmoe_status mmoe_arrays_write(const struct mmoe_arrays *a, const char *path,
                                   struct mmoe_error *err)
{
    enum format format = format_of(path, err);
    struct stat st;
    char real[PATH_MAX]; /* where path is a link, what it leads to is replaced, not the link */
    if (format == FORMAT_UNKNOWN)
        return err->status;
    bool there = stat(path, &st) == 0;
    if (there && !S_ISREG(st.st_mode))
        return mmoe_fail(err, MMOE_IO, "cannot write %.200s: it is not a file", path);
    const char *place = there && realpath(path, real) ? real : path;
    struct mmoe_text beside = {0};
    mmoe_text_add(&beside, "%s.%ld~", place, (long)getpid());
    struct sink s = {open(beside.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), 0, path, err};
    enum mmoe_status status = s.fd >= 0 ? write_all(a, &s, format) : sink_fail(&s);
    if (!mmoe_failed(status) && rename(beside.s, place) != 0)
        status = sink_fail(&s);
    if (mmoe_failed(status) && s.fd >= 0)
        unlink(beside.s);
    mmoe_text_done(&beside);
    return status;
}

/* The whole of a file; NULL and *err where it can't be had. */
static unsigned char *read_whole(const char *path, size_t *n, struct mmoe_error *err)
{
    struct stat st;
    FILE *f = fopen(path, "re");
    unsigned char *bytes = NULL;
    if (!f) {
        io_error(err, "read", path);
        return NULL;
    }
    if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode)) {
        mmoe_fail(err, MMOE_IO, "cannot read %.200s: it is not a file", path);
    } else if (!(bytes = mmoe_try_alloc((size_t)st.st_size + 1, 1))) {
        mmoe_fail(err, MMOE_LIMIT, "cannot read %.200s: it does not fit in memory", path);
    } else {
        *n = fread(bytes, 1, (size_t)st.st_size, f);
        if (*n != (size_t)st.st_size) {
            io_error(err, "read", path);
            mmoe_free(bytes);
            bytes = NULL;
        }
    }
    fclose(f);
    return bytes;
}

enum mmoe_status mmoe_arrays_read(struct mmoe_arrays *a, const char *path, struct mmoe_error *err)
{
    enum format format = format_of(path, err);
    size_t before = a->count, n = 0;
    if (format == FORMAT_UNKNOWN)
        return err->status;
    unsigned char *bytes = read_whole(path, &n, err);
    if (!bytes)
        return err->status;
    const struct source s = {bytes, n, path, err};
    enum mmoe_status status = format == FORMAT_NPZ ? npz_read(a, &s) : safetensors_read(a, &s);
    mmoe_free(bytes);
    while (mmoe_failed(status) && a->count > before)
        mmoe_free(a->list[--a->count].data);
    if (mmoe_failed(status) && before == 0)
        mmoe_arrays_done(a);
    return status;
}
