/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * npz.c - NumPy's archives of arrays: a zip file of .npy entries. The only user of zlib.
 *
 * An entry is a local header and a deflated .npy file (npy.h). The zip file ends with a directory
 * of its entries. Sizes are read from the directory alone, since NumPy leaves those in local
 * headers open. Sizes beyond 32 bits (zip64) are refused: safetensors has room for them.
 *
 * (PKWARE, APPNOTE.TXT 6.3.)
 */
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <mmoe/mem.h>

#include "src/dataset/arrays.h"
#include "src/dataset/formats.h"
#include "src/dataset/little.h"
#include "src/dataset/npy.h"
#include "src/dataset/raw.h"

enum {
    LOCAL = 30,
    CENTRAL = 46,
    END = 22,
    STORED = 0,
    DEFLATED = 8,
    VERSION = 20,
    DAY = 0x21 /* 1980-01-01 */
};
enum { CHUNK = 1 << 16, ENTRIES_MAX = 0xffff };
#define MOST 0xffffffffu
#define EXPANSION 1032 /* the most bytes that deflate makes of one */

/* --- writing --- */

/* Deflate n bytes more; false where that fails. */
static bool squeeze(z_stream *z, struct bytes_out *f, const void *bytes, size_t n, int flush)
{
    unsigned char out[CHUNK];
    const unsigned char *at = bytes;
    do {
        size_t part = n < CHUNK ? n : CHUNK;
        z->next_in = (unsigned char *)(uintptr_t)at;
        z->avail_in = (unsigned)part;
        at += part;
        n -= part;
        do {
            z->next_out = out;
            z->avail_out = sizeof out;
            if (deflate(z, n ? Z_NO_FLUSH : flush) == Z_STREAM_ERROR)
                return false;
            if (!bytes_out_put(f, out, sizeof out - z->avail_out))
                return false;
        } while (z->avail_out == 0);
    } while (n);
    return true;
}

struct entry {
    size_t offset, packed, size;
    uint32_t crc;
};

/* Write the fields that local and central headers share, from the version needed on. */
static void put_common(unsigned char *p, const struct entry *e, size_t name)
{
    put16(p, VERSION);
    put16(p + 4, DEFLATED);
    put16(p + 8, DAY);
    put32(p + 10, e->crc);
    put32(p + 14, e->packed);
    put32(p + 18, e->size);
    put16(p + 22, (unsigned)name);
}

static bool pack(const struct mmoe_array *v, const struct mmoe_text *header, struct bytes_out *f,
                 struct entry *e)
{
    unsigned char magic[10] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    z_stream z = {0};
    put16(magic + 8, (unsigned)header->n);
    size_t bytes = v->n * arrays_each(v->type);
    if (deflateInit2(&z, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    bool fine = squeeze(&z, f, magic, sizeof magic, Z_NO_FLUSH) &&
                squeeze(&z, f, header->s, header->n, Z_NO_FLUSH) &&
                squeeze(&z, f, v->data, bytes, Z_FINISH);
    e->packed = z.total_out;
    e->size = sizeof magic + header->n + bytes;
    e->crc = (uint32_t)crc32_z(
        crc32_z(crc32_z(0, magic, sizeof magic), (const unsigned char *)header->s, header->n),
        v->data, bytes);
    deflateEnd(&z);
    return fine;
}

/* Write a local header, the numbers, and the header again with the sizes, which are known then. */
static bool write_entry(const struct mmoe_array *v, struct bytes_out *f, struct entry *e)
{
    unsigned char local[LOCAL] = {'P', 'K', 3, 4};
    char name[MMOE_ARRAY_NAME_MAX + 4];
    struct mmoe_text header = {0};
    size_t n = (size_t)snprintf(name, sizeof name, "%s.npy", v->name);
    e->offset = f->file.at;
    npy_header(v, &header);
    bool fine = bytes_out_put(f, local, LOCAL) && bytes_out_put(f, name, n) &&
                pack(v, &header, f, e);
    put_common(local + 4, e, n);
    fine = fine && bytes_out_patch(f, e->offset, local, LOCAL);
    mmoe_text_done(&header);
    return fine;
}

static bool write_directory(const struct mmoe_arrays *a, const struct entry *entries,
                            struct bytes_out *f)
{
    size_t start = f->file.at;
    for (size_t i = 0; i < a->count; i++) {
        unsigned char central[CENTRAL] = {'P', 'K', 1, 2};
        char name[MMOE_ARRAY_NAME_MAX + 4];
        size_t n = (size_t)snprintf(name, sizeof name, "%s.npy", a->list[i].name);
        put16(central + 4, VERSION);
        put_common(central + 6, &entries[i], n);
        put32(central + 42, entries[i].offset);
        if (!bytes_out_put(f, central, CENTRAL) || !bytes_out_put(f, name, n))
            return false;
    }
    unsigned char end[END] = {'P', 'K', 5, 6};
    put16(end + 8, (unsigned)a->count);
    put16(end + 10, (unsigned)a->count);
    put32(end + 12, f->file.at - start);
    put32(end + 16, start);
    return bytes_out_put(f, end, END);
}

static enum mmoe_status too_large(const struct bytes_out *f)
{
    return mmoe_fail(f->err, MMOE_LIMIT,
                     "%.200s would be larger than 4 GiB: write a .safetensors file", f->path);
}

static enum mmoe_status write_entries(const struct mmoe_arrays *a, struct entry *entries,
                                      struct bytes_out *f)
{
    for (size_t i = 0; i < a->count; i++) {
        if (!write_entry(&a->list[i], f, &entries[i]))
            return bytes_out_fail(f);
        if (entries[i].size >= MOST || f->file.at >= MOST)
            return too_large(f);
    }
    return write_directory(a, entries, f) ? MMOE_OK : bytes_out_fail(f);
}

static enum mmoe_status write_npz(const struct mmoe_arrays *a, struct bytes_out *f)
{
    if (a->count >= ENTRIES_MAX)
        return too_large(f);
    struct entry *entries = mmoe_alloc(a->count, sizeof *entries);
    enum mmoe_status status = write_entries(a, entries, f);
    mmoe_free(entries);
    return status;
}

/* --- reading --- */

static enum mmoe_status take_npy(struct mmoe_arrays *a, const struct bytes_in *s, const char *name,
                                 const unsigned char *bytes, size_t n)
{
    struct npy h;
    if (!npy_read(bytes, n, &h))
        return bytes_in_fail(s, MMOE_INVALID, "entry %s is no array of up to %d dimensions", name,
                             MMOE_ARRAY_DIMS_MAX);
    struct raw raw = npy_raw(h.descr);
    if (!raw.kind)
        return bytes_in_fail(s, MMOE_INVALID, "array %s has numbers of type %s: save it as float32",
                             name, h.descr);
    return raw_take(a, s, name, raw, h.ndim, h.dim, h.columns, bytes + h.start, n - h.start);
}

/* Inflate an entry whole; false if its length is not the one its header gives. */
static bool inflate_all(const unsigned char *from, size_t packed, unsigned char *to, size_t size)
{
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)from,
                  .avail_in = (unsigned)packed,
                  .next_out = to,
                  .avail_out = (unsigned)size};
    if (inflateInit2(&z, -15) != Z_OK)
        return false;
    int status = inflate(&z, Z_FINISH);
    bool fine = status == Z_STREAM_END && z.avail_out == 0;
    inflateEnd(&z);
    return fine;
}

static enum mmoe_status take_entry(struct mmoe_arrays *a, const struct bytes_in *s,
                                   const char *name, const unsigned char *central,
                                   const unsigned char *data)
{
    size_t packed = get32(central + 20), size = get32(central + 24);
    unsigned method = get16(central + 10);
    if ((method != STORED && method != DEFLATED) || (method == STORED && packed != size) ||
        size / EXPANSION > packed)
        return bytes_in_fail(s, MMOE_INVALID, "entry %s is packed in a way that is not NumPy's",
                             name);
    unsigned char *whole = mmoe_try_alloc(size + 1, 1);
    if (!whole)
        return bytes_in_fail(s, MMOE_LIMIT, "array %s does not fit in memory", name);
    if (method == STORED)
        memcpy(whole, data, size);
    else if (!inflate_all(data, packed, whole, size))
        goto fail;
    if (crc32_z(0, whole, size) != get32(central + 16))
        goto fail;
    enum mmoe_status status = take_npy(a, s, name, whole, size);
    mmoe_free(whole);
    return status;
fail:
    mmoe_free(whole);
    return bytes_in_fail(s, MMOE_INVALID, "entry %s is damaged", name);
}

/* Read the entry whose directory record is at `at`, and move `at` behind the record. */
static enum mmoe_status read_entry(struct mmoe_arrays *a, const struct bytes_in *s, size_t *at,
                                   size_t end)
{
    const unsigned char *c = s->bytes + *at;
    char name[MMOE_ARRAY_NAME_MAX + 4] = "";
    if (end - *at < CENTRAL || memcmp(c, "PK\1\2", 4) != 0)
        return bytes_in_fail(s, MMOE_INVALID, "its directory is damaged");
    size_t n = get16(c + 28), length = CENTRAL + n + get16(c + 30) + get16(c + 32),
           offset = get32(c + 42);
    size_t packed = get32(c + 20);
    if (length > end - *at || get16(c + 8) & 1 || packed == MOST || get32(c + 24) == MOST ||
        offset == MOST)
        return bytes_in_fail(s, MMOE_INVALID, "an entry is damaged, locked or larger than 4 GiB");
    if (n >= sizeof name || n < 5 || memcmp(c + CENTRAL + n - 4, ".npy", 4) != 0 ||
        memchr(c + CENTRAL, '\0', n))
        return bytes_in_fail(s, MMOE_INVALID,
                             "it holds something else than arrays with names up to %d bytes",
                             MMOE_ARRAY_NAME_MAX - 1);
    memcpy(name, c + CENTRAL, n - 4);
    *at += length;
    const unsigned char *local = s->bytes + offset;
    if (offset > s->n || s->n - offset < LOCAL || memcmp(local, "PK\3\4", 4) != 0)
        return bytes_in_fail(s, MMOE_INVALID, "entry %s is not where it should be", name);
    size_t skip = LOCAL + get16(local + 26) + (size_t)get16(local + 28);
    if (skip > s->n - offset || packed > s->n - offset - skip)
        return bytes_in_fail(s, MMOE_INVALID,
                             "entry %s goes beyond the file's end: was it cut off?", name);
    return take_entry(a, s, name, c, local + skip);
}

/* The record at the file's end, or NULL; a comment may follow it. */
static const unsigned char *find_end(const struct bytes_in *s)
{
    for (size_t back = END; back <= s->n && back <= END + 0xffff; back++) {
        const unsigned char *end = s->bytes + s->n - back;
        if (memcmp(end, "PK\5\6", 4) == 0 && get16(end + 20) == back - END)
            return end;
    }
    return NULL;
}

static enum mmoe_status read_npz(struct mmoe_arrays *a, const struct bytes_in *s)
{
    const unsigned char *end = s->n >= END ? find_end(s) : NULL;
    if (!end)
        return bytes_in_fail(s, MMOE_INVALID, "it is no .npz file, or was cut off");
    size_t count = get16(end + 10), at = get32(end + 16), last = (size_t)(end - s->bytes);
    if (at > last || get32(end + 12) > last - at)
        return bytes_in_fail(s, MMOE_INVALID, "its directory is damaged");
    for (size_t i = 0; i < count; i++) {
        enum mmoe_status status = read_entry(a, s, &at, last);
        if (mmoe_failed(status))
            return status;
    }
    return MMOE_OK;
}

const struct format format_npz = {
    .ending = ".npz",
    .write = write_npz,
    .read = read_npz,
};
