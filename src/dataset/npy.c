/* SPDX-License-Identifier: GPL-3.0-or-later */
/* npy.c - the header of NumPy's .npy format. */
#include "src/dataset/npy.h"

#include <stdio.h>
#include <string.h>

#include "src/dataset/little.h"

enum { NPY_ALIGN = 64, HEADER_MAX = 1 << 16 };

void npy_header(const struct mmoe_array *v, struct mmoe_text *t)
{
    static const char *const descr[] = {[MMOE_F32] = "<f4",
                                        [MMOE_F64] = "<f8",
                                        [MMOE_I64] = "<i8",
                                        [MMOE_U16] = "<u2",
                                        [MMOE_U8] = "|u1"};
    mmoe_text_add(t, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr[v->type]);
    for (size_t i = 0; i < v->ndim; i++)
        mmoe_text_add(t, "%s%zu", i ? ", " : "", v->dim[i]);
    mmoe_text_add(t, "%s), }", v->ndim == 1 ? "," : "");
    while ((t->n + 11) % NPY_ALIGN)
        mmoe_text_add(t, " ");
    mmoe_text_add(t, "\n");
}

/* --- reading --- */

struct raw npy_raw(const char *descr)
{
    static const struct raw none;
    char order = descr[0], kind = order ? descr[1] : '\0', size = kind ? descr[2] : '\0';
    if (!size || !strchr("<>|=", order) || !strchr("fiub", kind) || !strchr("1248", size) ||
        descr[3])
        return none;
    if ((kind == 'f' && size == '1') || (kind == 'b' && size != '1') ||
        (order == '|' && size != '1'))
        return none;
    return (struct raw){kind, (unsigned char)(size - '0'), order == '>'};
}

/* The value behind a key of the header's literal, or NULL. */
static const char *value_of(const char *header, const char *key)
{
    const char *at = strstr(header, key);
    if (!at)
        return NULL;
    at += strlen(key);
    at += strspn(at, " ");
    return *at == ':' ? at + 1 + strspn(at + 1, " ") : NULL;
}

/* Of more dimensions than arrays have the first are read. */
static bool read_shape(const char *at, struct npy *h)
{
    if (!at || *at++ != '(')
        return false;
    for (at += strspn(at, " "); *at != ')'; at += strspn(at, ", ")) {
        char digits[24];
        size_t n = strspn(at, "0123456789"), dim;
        if (n == 0 || n >= sizeof digits)
            return false;
        memcpy(digits, at, n);
        digits[n] = '\0';
        if (!mmoe_parse_size(digits, &dim))
            return false;
        if (h->ndim < MMOE_ARRAY_DIMS_MAX)
            h->dim[h->ndim] = dim;
        h->ndim++;
        at += n + (at[n] == 'L'); /* as Python 2 wrote it */
    }
    return true;
}

/* The type is a word in quotes, or a list of what records have. */
static void read_descr(const char *at, struct npy *h)
{
    size_t n = *at == '\'' ? strcspn(at + 1, "'") : 0;
    snprintf(h->descr, sizeof h->descr, "%.*s",
             (int)(n < sizeof h->descr ? n : sizeof h->descr - 1), at + 1);
    if (n == 0)
        strcpy(h->descr, "record");
}

bool npy_read(const unsigned char *bytes, size_t n, struct npy *h)
{
    char text[HEADER_MAX];
    if (n < 12 || memcmp(bytes, "\x93NUMPY", 6) != 0 || bytes[6] < 1 || bytes[6] > 3)
        return false;
    size_t at = bytes[6] == 1 ? 10 : 12,
           length = bytes[6] == 1 ? get16(bytes + 8) : get32(bytes + 8);
    if (length >= HEADER_MAX || length > n - at)
        return false;
    memcpy(text, bytes + at, length);
    text[length] = '\0';
    *h = (struct npy){.start = at + length};
    const char *descr = value_of(text, "'descr'"), *order = value_of(text, "'fortran_order'");
    if (!descr || !order || !read_shape(value_of(text, "'shape'"), h))
        return false;
    read_descr(descr, h);
    h->columns = strncmp(order, "True", 4) == 0;
    return h->columns || strncmp(order, "False", 5) == 0;
}
