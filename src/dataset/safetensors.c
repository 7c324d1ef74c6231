/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * safetensors.c - arrays behind a header in JSON. The only user of Jansson.
 *
 *   8 bytes    length of the header, little-endian
 *   header     {"name":{"dtype":"F32","shape":[8,100,16],"data_offsets":[0,51200]},
 *              ...,"__metadata__":{...}}
 *   numbers    row-major, little-endian; offsets count from here
 *
 * (The format as its authors describe it, huggingface.co/docs/safetensors.)
 *
 * A value of one byte or two takes Jansson up to 250 bytes of memory: the values of a header
 * are counted before it is parsed. Jansson itself refuses names that occur twice, NUL in
 * strings, invalid UTF-8 and more than 2048 levels.
 */
#include <jansson.h>
#include <string.h>

#include "src/dataset/arrays.h"
#include "src/dataset/formats.h"
#include "src/dataset/raw.h"

enum { HEADER_MAX = 100 << 20, VALUES_MAX = 1 << 20 };

/* --- writing --- */

/* What the header says of an array whose numbers begin at `at`; the caller drops the reference. */
static json_t *describe(const struct mmoe_array *v, size_t at)
{
    static const char *const types[] = {[MMOE_F32] = "F32",
                                        [MMOE_F64] = "F64",
                                        [MMOE_I64] = "I64",
                                        [MMOE_U16] = "U16",
                                        [MMOE_U8] = "U8"};
    json_t *shape = json_array();
    for (size_t d = 0; d < v->ndim; d++)
        if (json_array_append_new(shape, json_integer((json_int_t)v->dim[d])) != 0)
            goto fail;
    return json_pack("{s:s, s:o, s:[I,I]}", "dtype", types[v->type], "shape", shape, "data_offsets",
                     (json_int_t)at, (json_int_t)(at + v->n * arrays_each(v->type)));
fail:
    json_decref(shape);
    return NULL;
}

/* Jansson does not look whether a key was written, so that writing must not fail. */
static int add_bytes(const char *bytes, size_t n, void *text)
{
    mmoe_text_add_bytes(text, bytes, n);
    return 0;
}

/* Append the header; false where memory is short or a name is no UTF-8. */
static bool add_arrays(const struct mmoe_arrays *a, struct mmoe_text *t)
{
    bool made = true;
    size_t at = 0;
    json_t *header = json_object();
    for (size_t i = 0; i < a->count && made; i++) {
        const struct mmoe_array *v = &a->list[i];
        made = json_object_set_new(header, v->name, describe(v, at)) == 0;
        at += v->n * arrays_each(v->type);
    }
    made = made && json_dump_callback(header, add_bytes, t, JSON_COMPACT) == 0;
    json_decref(header);
    return made;
}

/* Append the header, with blanks behind it so that the numbers are aligned. */
static enum mmoe_status add_header(const struct mmoe_arrays *a, struct mmoe_text *t,
                                   const struct bytes_out *s)
{
    if (!add_arrays(a, t))
        return mmoe_fail(s->err, MMOE_LIMIT,
                         "cannot write %.200s: memory is short, or a name is no UTF-8", s->path);
    while (t->n % 8)
        mmoe_text_add(t, " ");
    return MMOE_OK;
}

static enum mmoe_status write_safetensors(const struct mmoe_arrays *a, struct bytes_out *s)
{
    struct mmoe_text header = {0};
    if (mmoe_failed(add_header(a, &header, s))) {
        mmoe_text_done(&header);
        return s->err->status;
    }
    uint64_t length = header.n;
    if (!bytes_out_put(s, &length, sizeof length) || !bytes_out_put(s, header.s, header.n))
        goto fail;
    for (size_t i = 0; i < a->count; i++)
        if (!bytes_out_put(s, a->list[i].data, arrays_each(a->list[i].type) * a->list[i].n))
            goto fail;
    mmoe_text_done(&header);
    return MMOE_OK;
fail:
    bytes_out_fail(s);
    mmoe_text_done(&header);
    return s->err->status;
}

/* --- reading --- */

struct tensor {
    const char *dtype; /* the header's */
    size_t ndim, dim[MMOE_ARRAY_DIMS_MAX], offsets[2];
};

/* A whole number that is not negative. */
static bool whole(const json_t *v, size_t *out)
{
    *out = (size_t)json_integer_value(v);
    return json_is_integer(v) && json_integer_value(v) >= 0;
}

/* False if v does not describe an array. Of more dimensions than arrays have the first are read. */
static bool read_tensor(const json_t *v, struct tensor *t)
{
    const json_t *shape = json_object_get(v, "shape"),
                 *offsets = json_object_get(v, "data_offsets");
    *t = (struct tensor){.dtype = json_string_value(json_object_get(v, "dtype")),
                         .ndim = json_array_size(shape)};
    if (!t->dtype || !json_is_array(shape) || json_array_size(offsets) != 2)
        return false;
    for (size_t d = 0; d < t->ndim && d < MMOE_ARRAY_DIMS_MAX; d++)
        if (!whole(json_array_get(shape, d), &t->dim[d]))
            return false;
    return whole(json_array_get(offsets, 0), &t->offsets[0]) &&
           whole(json_array_get(offsets, 1), &t->offsets[1]);
}

static struct raw raw_of(const char *dtype)
{
    static const struct {
        const char *word;
        struct raw raw;
    } types[] = {{"F16", {'f', 2, false}}, {"BF16", {'g', 2, false}}, {"F32", {'f', 4, false}},
                 {"F64", {'f', 8, false}}, {"I8", {'i', 1, false}},   {"I16", {'i', 2, false}},
                 {"I32", {'i', 4, false}}, {"I64", {'i', 8, false}},  {"U8", {'u', 1, false}},
                 {"U16", {'u', 2, false}}, {"U32", {'u', 4, false}},  {"U64", {'u', 8, false}},
                 {"BOOL", {'b', 1, false}}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].word, dtype) == 0)
            return types[i].raw;
    return (struct raw){0};
}

/* The numbers of a file, behind its header. */
struct numbers {
    const unsigned char *bytes;
    size_t n;
};

static enum mmoe_status take_tensor(const struct reading *r, const char *name, const json_t *v,
                                    const struct numbers *numbers)
{
    struct tensor t;
    if (!read_tensor(v, &t))
        return bytes_in_fail(r->file, MMOE_INVALID, "what it says of array %s is damaged", name);
    struct raw raw = raw_of(t.dtype);
    if (raw_leave(r, name, raw, t.dtype, t.ndim))
        return MMOE_OK;
    if (t.offsets[0] > t.offsets[1] || t.offsets[1] > numbers->n)
        return bytes_in_fail(r->file, MMOE_INVALID,
                             "array %s goes beyond the file's end: was it cut off?", name);
    return raw_take(r, name, raw, t.ndim, t.dim, false, numbers->bytes + t.offsets[0],
                    t.offsets[1] - t.offsets[0]);
}

/* Could there be more values in n bytes of JSON than are worth the memory? Marks in strings count,
 * too. */
static bool too_many_values(const char *text, size_t n)
{
    size_t marks = 0;
    for (size_t i = 0; i < n; i++)
        marks += text[i] == ',' || text[i] == '{' || text[i] == '[';
    return marks > VALUES_MAX;
}

/* The header as an object, whose reference the caller drops; NULL and the file's error if it is
 * none. */
static json_t *parse(const struct bytes_in *s, const char *text, size_t n)
{
    json_error_t why;
    if (too_many_values(text, n)) {
        bytes_in_fail(s, MMOE_LIMIT, "its header has more than %d values", VALUES_MAX);
        return NULL;
    }
    json_t *header = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
    if (!header && !why.text[0]) /* nothing is wrong with the text */
        bytes_in_fail(s, MMOE_LIMIT, "its header does not fit in memory");
    else if (!header)
        bytes_in_fail(s, MMOE_INVALID, "its header is no JSON: byte %d, %.120s", why.position,
                      why.text);
    else if (!json_is_object(header))
        bytes_in_fail(s, MMOE_INVALID, "it is no safetensors file: its header is no object");
    else
        return header;
    json_decref(header);
    return NULL;
}

static enum mmoe_status take_header(const struct reading *r, json_t *header,
                                    const struct numbers *numbers)
{
    const char *name;
    json_t *v;
    json_object_foreach(header, name, v)
    {
        if (strcmp(name, "__metadata__") == 0)
            continue;
        if (!reading_wants(r, name))
            reading_leave(r, name, "%s", "");
        else if (mmoe_failed(take_tensor(r, name, v, numbers)))
            return r->file->err->status;
    }
    return MMOE_OK;
}

static enum mmoe_status read_safetensors(const struct reading *r)
{
    const struct bytes_in *s = r->file;
    uint64_t length;
    if (s->n < sizeof length)
        return bytes_in_fail(s, MMOE_INVALID, "it is no safetensors file, or was cut off");
    memcpy(&length, s->bytes, sizeof length);
    if (length > HEADER_MAX || length > s->n - sizeof length)
        return bytes_in_fail(s, MMOE_INVALID, "it is no safetensors file, or was cut off");
    const char *text = (const char *)s->bytes + sizeof length;
    const struct numbers numbers = {(const unsigned char *)text + length,
                                    s->n - sizeof length - (size_t)length};
    json_t *header = parse(s, text, (size_t)length);
    if (!header)
        return s->err->status;
    enum mmoe_status status = take_header(r, header, &numbers);
    json_decref(header);
    return status;
}

const struct format format_safetensors = {
    .ending = ".safetensors",
    .write = write_safetensors,
    .read = read_safetensors,
};
