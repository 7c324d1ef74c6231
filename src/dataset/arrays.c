/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrays.c - named arrays. */
#include "src/dataset/arrays.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>

/* --- sizes --- */

size_t arrays_each(enum mmoe_dtype type)
{
    static const size_t sizes[] = {
        [MMOE_F32] = 4, [MMOE_F64] = 8, [MMOE_I64] = 8, [MMOE_U16] = 2, [MMOE_U8] = 1};
    return sizes[type];
}

bool arrays_bytes(size_t ndim, const size_t *dim, size_t each, size_t *bytes)
{
    *bytes = each;
    bool fits = true;
    for (size_t i = 0; i < ndim; i++)
        fits = !__builtin_mul_overflow(*bytes, dim[i], bytes) && fits;
    return fits && *bytes <= SIZE_MAX / 4;
}

/* --- the list --- */

void mmoe_arrays_done(struct mmoe_arrays *a)
{
    for (size_t i = 0; i < a->count; i++)
        mmoe_free(a->list[i].data);
    mmoe_free(a->list);
    mmoe_free(a->unread);
    *a = (struct mmoe_arrays){0};
}

struct mmoe_array *mmoe_arrays_add(struct mmoe_arrays *a, const char *name, enum mmoe_dtype type,
                                   size_t ndim, const size_t *dim, struct mmoe_error *err)
{
    size_t bytes, each = arrays_each(type);
    void *data = arrays_bytes(ndim, dim, each, &bytes) ? mmoe_try_alloc(bytes / each, each) : NULL;
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
    a->bytes += bytes;
    *v = (struct mmoe_array){.type = type, .ndim = ndim, .n = bytes / each, .data = data};
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
    case MMOE_U16: return (double)((const uint16_t *)a->data)[i];
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

/* --- what was not read --- */

void arrays_leave(struct mmoe_arrays *a, const char *name, const char *why)
{
    if (a->unread_count == a->unread_room) {
        size_t room = a->unread_room ? 2 * a->unread_room : 16;
        a->unread = mmoe_regrow(a->unread, a->unread_count, room, sizeof *a->unread);
        a->unread_room = room;
    }
    struct mmoe_unread *u = &a->unread[a->unread_count++];
    snprintf(u->name, sizeof u->name, "%s", name);
    snprintf(u->why, sizeof u->why, "%s", why);
}

const char *mmoe_arrays_unread(const struct mmoe_arrays *a, const char *name)
{
    for (size_t i = 0; i < a->unread_count; i++)
        if (a->unread[i].why[0] && strcmp(a->unread[i].name, name) == 0)
            return a->unread[i].why;
    return NULL;
}

void mmoe_arrays_tell_unread(const struct mmoe_arrays *a, struct mmoe_text *t)
{
    enum { TOLD = 6 };
    size_t told = a->unread_count > TOLD ? TOLD - 1 : a->unread_count;
    for (size_t i = 0; i < told; i++) {
        mmoe_text_add(t, "%s", i ? ", " : "");
        mmoe_text_add_clean(t, a->unread[i].name);
    }
    if (told < a->unread_count)
        mmoe_text_add(t, " and %zu more", a->unread_count - told);
}
