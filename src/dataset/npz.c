/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * npz.c - NumPy's archives of arrays: a zip file of .npy entries. The only user of zlib.
 *
 * An entry is a local header and a deflated .npy file (npy.h). The zip file ends with a directory
 * of its entries. Sizes are read from the directory alone, since NumPy leaves those in local
 * headers open. Sizes beyond 32 bits (zip64) are read, but not written: safetensors has room for
 * them.
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
    LOCATOR = 20,
    END64 = 56,
    ZIP64 = 1,
    STORED = 0,
    DEFLATED = 8,
    VERSION = 20,
    DAY = 0x21 /* 1980-01-01 */
};
enum { CHUNK = 1 << 16, PORTION = 1 << 24, ENTRIES_MAX = 0xffff };
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

/* An entry as the directory has it. */
struct packed {
    const char *name; /* no text: n bytes without a 0 behind them */
    size_t n, packed, size, offset;
    unsigned method;
    uint32_t crc;
    bool locked;
};

static enum mmoe_status take_npy(const struct reading *r, const char *name,
                                 const unsigned char *bytes, size_t n)
{
    struct npy h;
    if (!npy_read(bytes, n, &h))
        return bytes_in_fail(r->file, MMOE_INVALID, "entry %s is no array", name);
    struct raw raw = npy_raw(h.descr);
    if (raw_leave(r, name, raw, h.descr, h.ndim))
        return MMOE_OK;
    return raw_take(r, name, raw, h.ndim, h.dim, h.columns, bytes + h.start, n - h.start);
}

/* zlib counts in 32 bits: hand it the next part of what is left. */
static unsigned portion(size_t *left)
{
    size_t part = *left < PORTION ? *left : PORTION;
    *left -= part;
    return (unsigned)part;
}

/* Inflate an entry whole; false if its length is not the one its header gives. */
static bool inflate_all(const unsigned char *from, size_t packed, unsigned char *to, size_t size,
                        atomic_bool *stop)
{
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)from, .next_out = to};
    int status = Z_OK;
    if (inflateInit2(&z, -15) != Z_OK)
        return false;
    while (status == Z_OK && !bytes_stopped(stop)) {
        z.avail_in = z.avail_in ? z.avail_in : portion(&packed);
        z.avail_out = z.avail_out ? z.avail_out : portion(&size);
        status = inflate(&z, Z_NO_FLUSH);
    }
    inflateEnd(&z);
    return status == Z_STREAM_END && z.avail_out == 0 && size == 0;
}

static enum mmoe_status take_whole(const struct reading *r, const char *name,
                                   const struct packed *e, const unsigned char *bytes)
{
    if (crc32_z(0, bytes, e->size) != e->crc)
        return bytes_in_fail(r->file, MMOE_INVALID, "entry %s is damaged", name);
    return take_npy(r, name, bytes, e->size);
}

static enum mmoe_status take_deflated(const struct reading *r, const char *name,
                                      const struct packed *e, const unsigned char *data)
{
    if (mmoe_failed(reading_room(r, name, e->size)))
        return r->file->err->status;
    unsigned char *whole = mmoe_try_alloc(e->size + 1, 1);
    if (!whole)
        return bytes_in_fail(r->file, MMOE_LIMIT, "array %s does not fit in memory", name);
    enum mmoe_status status = MMOE_OK;
    if (inflate_all(data, e->packed, whole, e->size, r->file->stop))
        status = take_whole(r, name, e, whole);
    else if (bytes_stopped(r->file->stop))
        status = bytes_in_fail(r->file, MMOE_STATE, "it was stopped");
    else
        status = bytes_in_fail(r->file, MMOE_INVALID, "entry %s is damaged", name);
    mmoe_free(whole);
    return status;
}

static enum mmoe_status take_entry(const struct reading *r, const char *name,
                                   const struct packed *e)
{
    const struct bytes_in *s = r->file;
    if (e->locked || (e->method != STORED && e->method != DEFLATED) ||
        (e->method == STORED && e->packed != e->size) || e->size / EXPANSION > e->packed)
        return bytes_in_fail(s, MMOE_INVALID, "entry %s is packed in a way that is not NumPy's",
                             name);
    const unsigned char *local = e->offset <= s->n ? s->bytes + e->offset : NULL;
    if (!local || s->n - e->offset < LOCAL || memcmp(local, "PK\3\4", 4) != 0)
        return bytes_in_fail(s, MMOE_INVALID, "entry %s is not where it should be", name);
    size_t skip = LOCAL + get16(local + 26) + (size_t)get16(local + 28);
    if (skip > s->n - e->offset || e->packed > s->n - e->offset - skip)
        return bytes_in_fail(s, MMOE_INVALID,
                             "entry %s goes beyond the file's end: was it cut off?", name);
    return e->method == STORED ? take_whole(r, name, e, local + skip)
                               : take_deflated(r, name, e, local + skip);
}

/* The name of the array in an entry: without .npy, up to a 0 if there is one. False if the entry is
 * a folder or the name has a 0, which no array's name has. */
static bool name_of(const struct packed *e, char name[MMOE_ARRAY_NAME_MAX + 1])
{
    size_t n = e->n;
    if (n >= 4 && memcmp(e->name + n - 4, ".npy", 4) == 0)
        n -= 4;
    snprintf(name, MMOE_ARRAY_NAME_MAX + 1, "%.*s", (int)n, e->name);
    return !memchr(e->name, '\0', e->n);
}

static enum mmoe_status read_entry(const struct reading *r, const struct packed *e)
{
    char name[MMOE_ARRAY_NAME_MAX + 1]; /* one more byte, so that long names are told from others */
    bool whole = name_of(e, name);
    if (e->n > 0 && e->name[e->n - 1] == '/')
        return MMOE_OK; /* a folder */
    if (whole && reading_wants(r, name))
        return take_entry(r, name, e);
    reading_leave(r, name, "%s", "");
    return MMOE_OK;
}

/* Take one number of 64 bits out of the extra field, which has only those that did not fit in 32.
 */
static bool widen(size_t *v, const unsigned char **at, const unsigned char *end)
{
    if (*v != MOST)
        return true;
    if (end - *at < 8)
        return false;
    *v = get64(*at);
    *at += 8;
    return true;
}

/* Numbers beyond 32 bits (zip64) stand in field 1 of the n extra bytes. */
static bool read_extra(struct packed *e, const unsigned char *at, size_t n)
{
    if (e->size != MOST && e->packed != MOST && e->offset != MOST)
        return true;
    while (n >= 4) {
        size_t length = get16(at + 2);
        const unsigned char *field = at + 4, *end = field + length;
        if (length > n - 4)
            return false;
        if (get16(at) == ZIP64)
            return widen(&e->size, &field, end) && widen(&e->packed, &field, end) &&
                   widen(&e->offset, &field, end);
        at = end;
        n -= 4 + length;
    }
    return false;
}

/* Read the directory's record at `at`, and move `at` behind it; false if it is damaged. */
static bool read_record(const struct bytes_in *s, size_t *at, size_t end, struct packed *e)
{
    const unsigned char *c = s->bytes + *at;
    if (end - *at < CENTRAL || memcmp(c, "PK\1\2", 4) != 0)
        return false;
    size_t extra = get16(c + 30), length = CENTRAL + get16(c + 28) + extra + get16(c + 32);
    if (length > end - *at)
        return false;
    *e = (struct packed){.name = (const char *)c + CENTRAL,
                         .n = get16(c + 28),
                         .method = get16(c + 10),
                         .locked = get16(c + 8) & 1,
                         .crc = get32(c + 16),
                         .packed = get32(c + 20),
                         .size = get32(c + 24),
                         .offset = get32(c + 42)};
    *at += length;
    return read_extra(e, c + CENTRAL + e->n, extra);
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

struct directory {
    size_t count, size, start, end; /* entries; bytes; from `start`, before `end` */
};

/* Read where the directory is, of large files from another record (zip64), which lies before the
 * one at the end. */
static bool find_directory(const struct bytes_in *s, struct directory *d)
{
    const unsigned char *end = s->n >= END ? find_end(s) : NULL;
    if (!end)
        return false;
    *d = (struct directory){get16(end + 10), get32(end + 12), get32(end + 16),
                            (size_t)(end - s->bytes)};
    if (d->end < LOCATOR || memcmp(end - LOCATOR, "PK\6\7", 4) != 0)
        return true;
    size_t at = get64(end - LOCATOR + 8);
    if (at > d->end || d->end - at < END64 || memcmp(s->bytes + at, "PK\6\6", 4) != 0)
        return true;
    *d = (struct directory){get64(s->bytes + at + 32), get64(s->bytes + at + 40),
                            get64(s->bytes + at + 48), at};
    return true;
}

static enum mmoe_status read_npz(const struct reading *r)
{
    struct directory d;
    if (!find_directory(r->file, &d))
        return bytes_in_fail(r->file, MMOE_INVALID, "it is no .npz file, or was cut off");
    if (d.start > d.end || d.size > d.end - d.start)
        return bytes_in_fail(r->file, MMOE_INVALID, "its directory is damaged");
    for (size_t i = 0, at = d.start; i < d.count; i++) {
        struct packed e;
        if (!read_record(r->file, &at, d.end, &e))
            return bytes_in_fail(r->file, MMOE_INVALID, "its directory is damaged");
        if (mmoe_failed(read_entry(r, &e)))
            return r->file->err->status;
    }
    return MMOE_OK;
}

const struct format format_npz = {
    .ending = ".npz",
    .write = write_npz,
    .read = read_npz,
};
