/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * safetensors.c - arrays behind a header in JSON.
 *
 *   8 bytes    length of the header, little-endian
 *   header     {"name":{"dtype":"F32","shape":[8,100,16],"data_offsets":[0,51200]},
 *              ...,"__metadata__":{...}}
 *   numbers    row-major, little-endian; offsets count from here
 *
 * (The format as its authors describe it, huggingface.co/docs/safetensors.)
 */
#include <string.h>

#include "src/dataset/arrays.h"
#include "src/dataset/formats.h"
#include "src/dataset/raw.h"

enum { HEADER_MAX = 100 << 20 };

/* --- writing --- */

static void add_header(const struct mmoe_arrays *a, struct mmoe_text *t)
{
    static const char *const types[] = {
        [MMOE_F32] = "F32", [MMOE_F64] = "F64", [MMOE_I64] = "I64", [MMOE_U8] = "U8"};
    size_t at = 0;
    mmoe_text_add(t, "{");
    for (size_t i = 0; i < a->count; i++) {
        const struct mmoe_array *v = &a->list[i];
        size_t bytes = v->n * arrays_each(v->type);
        mmoe_text_add(t, "%s", i ? "," : "");
        mmoe_text_add_json(t, v->name);
        mmoe_text_add(t, ":{\"dtype\":\"%s\",\"shape\":[", types[v->type]);
        for (size_t d = 0; d < v->ndim; d++)
            mmoe_text_add(t, "%s%zu", d ? "," : "", v->dim[d]);
        mmoe_text_add(t, "],\"data_offsets\":[%zu,%zu]}", at, at + bytes);
        at += bytes;
    }
    mmoe_text_add(t, "}");
    while (t->n % 8)
        mmoe_text_add(t, " ");
}

static enum mmoe_status write_safetensors(const struct mmoe_arrays *a, struct bytes_out *s)
{
    struct mmoe_text header = {0};
    add_header(a, &header);
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
    return MMOE_IO;
}

/* --- reading --- */

/* The header, and how far it is read. */
struct json {
    const char *at, *end;
};

static void blanks(struct json *j)
{
    while (j->at < j->end && (*j->at == ' ' || *j->at == '\n' || *j->at == '\t' || *j->at == '\r'))
        j->at++;
}

static bool mark(struct json *j, char c)
{
    blanks(j);
    if (j->at == j->end || *j->at != c)
        return false;
    j->at++;
    return true;
}

/* Read a string with no escapes but \" \\ \/; one that does not fit becomes empty. */
static bool string(struct json *j, char *out, size_t size)
{
    size_t n = 0;
    if (!mark(j, '"'))
        return false;
    while (j->at < j->end && *j->at != '"') {
        char c = *j->at++;
        if (c == '\\' && (j->at == j->end || !strchr("\"\\/", c = *j->at++)))
            return false;
        if (c == '\0' || (unsigned char)c < ' ' || n + 1 >= size)
            return false;
        out[n++] = c;
    }
    out[n] = '\0';
    return mark(j, '"');
}

static bool whole(struct json *j, size_t *out)
{
    char digits[24];
    size_t n = 0;
    blanks(j);
    while (j->at < j->end && *j->at >= '0' && *j->at <= '9' && n + 1 < sizeof digits)
        digits[n++] = *j->at++;
    digits[n] = '\0';
    return n > 0 && mmoe_parse_size(digits, out);
}

/* [1,2,3] */
static bool wholes(struct json *j, size_t *out, size_t *count, size_t most)
{
    *count = 0;
    if (!mark(j, '['))
        return false;
    if (mark(j, ']'))
        return true;
    do
        if (*count == most || !whole(j, &out[(*count)++]))
            return false;
    while (mark(j, ','));
    return mark(j, ']');
}

/* {"key":"value",...} */
static bool skip_strings(struct json *j)
{
    char text[4096];
    if (!mark(j, '{'))
        return false;
    if (mark(j, '}'))
        return true;
    do
        if (!string(j, text, sizeof text) || !mark(j, ':') || !string(j, text, sizeof text))
            return false;
    while (mark(j, ','));
    return mark(j, '}');
}

struct tensor {
    char dtype[8];
    size_t ndim, dim[MMOE_ARRAY_DIMS_MAX], offsets[2], offset_count;
};

static bool read_tensor(struct json *j, struct tensor *t)
{
    char key[16];
    *t = (struct tensor){.dtype = ""};
    if (!mark(j, '{'))
        return false;
    do {
        if (!string(j, key, sizeof key) || !mark(j, ':'))
            return false;
        bool fine = false;
        if (strcmp(key, "dtype") == 0)
            fine = string(j, t->dtype, sizeof t->dtype);
        else if (strcmp(key, "shape") == 0)
            fine = wholes(j, t->dim, &t->ndim, MMOE_ARRAY_DIMS_MAX);
        else if (strcmp(key, "data_offsets") == 0)
            fine = wholes(j, t->offsets, &t->offset_count, 2);
        if (!fine)
            return false;
    } while (mark(j, ','));
    return mark(j, '}') && t->offset_count == 2 && t->dtype[0];
}

static enum raw raw_of(const char *dtype)
{
    static const struct {
        const char *word;
        enum raw raw;
    } types[] = {{"F16", RAW_F16}, {"BF16", RAW_BF16}, {"F32", RAW_F32}, {"F64", RAW_F64},
                 {"I8", RAW_I8},   {"I16", RAW_I16},   {"I32", RAW_I32}, {"I64", RAW_I64},
                 {"U8", RAW_U8},   {"BOOL", RAW_U8}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].word, dtype) == 0)
            return types[i].raw;
    return RAW_NONE;
}

static enum mmoe_status take_tensor(struct mmoe_arrays *a, const struct bytes_in *s,
                                    const char *name, struct json *j, const unsigned char *data,
                                    size_t n)
{
    struct tensor t;
    if (!read_tensor(j, &t))
        return bytes_in_fail(
            s, MMOE_INVALID,
            "what it says of array %s is damaged, or it has more than %d dimensions", name,
            MMOE_ARRAY_DIMS_MAX);
    enum raw raw = raw_of(t.dtype);
    if (raw == RAW_NONE)
        return bytes_in_fail(s, MMOE_INVALID, "array %s has numbers of type %s: save it as F32",
                             name, t.dtype);
    if (t.offsets[0] > t.offsets[1] || t.offsets[1] > n)
        return bytes_in_fail(s, MMOE_INVALID,
                             "array %s goes beyond the file's end: was it cut off?", name);
    return raw_take(a, s, name, raw, t.ndim, t.dim, false, data + t.offsets[0],
                    t.offsets[1] - t.offsets[0]);
}

/* Read a member of the header: a tensor under its name, or the writer's __metadata__. */
static enum mmoe_status read_member(struct mmoe_arrays *a, const struct bytes_in *s, struct json *j,
                                    const unsigned char *data, size_t n)
{
    char name[MMOE_ARRAY_NAME_MAX];
    if (!string(j, name, sizeof name) || !mark(j, ':'))
        return bytes_in_fail(s, MMOE_INVALID,
                             "its header is damaged, or a name is longer than %d bytes",
                             MMOE_ARRAY_NAME_MAX - 1);
    if (strcmp(name, "__metadata__") != 0)
        return take_tensor(a, s, name, j, data, n);
    return skip_strings(j) ? MMOE_OK : bytes_in_fail(s, MMOE_INVALID, "its metadata are damaged");
}

static enum mmoe_status read_safetensors(struct mmoe_arrays *a, const struct bytes_in *s)
{
    uint64_t length;
    if (s->n < sizeof length)
        return bytes_in_fail(s, MMOE_INVALID, "it is no safetensors file, or was cut off");
    memcpy(&length, s->bytes, sizeof length);
    if (length > HEADER_MAX || length > s->n - sizeof length)
        return bytes_in_fail(s, MMOE_INVALID, "it is no safetensors file, or was cut off");
    const char *header = (const char *)s->bytes + sizeof length;
    struct json j = {header, header + length};
    const unsigned char *data = (const unsigned char *)j.end;
    size_t left = s->n - sizeof length - (size_t)length;
    if (!mark(&j, '{'))
        return bytes_in_fail(s, MMOE_INVALID, "it is no safetensors file");
    if (mark(&j, '}'))
        return MMOE_OK;
    do {
        enum mmoe_status status = read_member(a, s, &j, data, left);
        if (mmoe_failed(status))
            return status;
    } while (mark(&j, ','));
    return mark(&j, '}') ? MMOE_OK : bytes_in_fail(s, MMOE_INVALID, "its header is damaged");
}

const struct format format_safetensors = {
    .ending = ".safetensors",
    .write = write_safetensors,
    .read = read_safetensors,
};
