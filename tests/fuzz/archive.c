/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * archive.c - entries of zip files found by their central directory (PKWARE, APPNOTE.TXT 6.3).
 *
 * The directory has for each entry its method, checksum, sizes, and the place of its local
 * header, which is followed by the name, an extra field and the bytes.
 */
#include "tests/fuzz/archive.h"

#include <zlib.h>

enum { LOCAL = 30, CENTRAL = 46, END = 22, STORED = 0, DEFLATED = 8, CRC_AT = 16 };
enum { SIZE_MOST = 1 << 20, HEAD = 128 /* bytes of a .npy header */ };

static unsigned get16(const uint8_t *p)
{
    return p[0] | (unsigned)p[1] << 8;
}

static uint32_t get32(const uint8_t *p)
{
    return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static void put(uint8_t *p, size_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

struct entry {
    uint8_t *central;
    size_t data, packed, size;
    unsigned method;
};

/* Where the directory begins, and how many entries it has; false where there is none. */
static bool directory(const uint8_t *bytes, size_t n, size_t *at, size_t *count)
{
    if (n < END)
        return false;
    for (size_t i = n - END + 1; i-- > 0;)
        if (memcmp(bytes + i, "PK\5\6", 4) == 0) {
            *count = get16(bytes + i + 10);
            *at = get32(bytes + i + 16);
            return *at <= n;
        }
    return false;
}

/* The entry whose record begins at *at, which moves on; false where it is not whole. */
static bool next_entry(uint8_t *bytes, size_t n, size_t *at, struct entry *e)
{
    if (*at > n || n - *at < CENTRAL || memcmp(bytes + *at, "PK\1\2", 4) != 0)
        return false;
    uint8_t *c = bytes + *at;
    size_t local = get32(c + 42);
    *at += CENTRAL + get16(c + 28) + get16(c + 30) + get16(c + 32);
    if (local > n || n - local < LOCAL)
        return false;
    *e = (struct entry){c, local + LOCAL + get16(bytes + local + 26) + get16(bytes + local + 28),
                        get32(c + 20), get32(c + 24), get16(c + 10)};
    return e->data <= n && e->packed <= n - e->data;
}

static void mend(uint8_t *bytes, size_t n)
{
    size_t at, count;
    struct entry e;
    if (!directory(bytes, n, &at, &count))
        return;
    for (size_t i = 0; i < count && next_entry(bytes, n, &at, &e); i++)
        if (e.method == STORED)
            put(e.central + CRC_AT, crc32(0, bytes + e.data, (unsigned)e.packed), 4);
}

static bool inflate_entry(const uint8_t *bytes, const struct entry *e, uint8_t *out)
{
    if (e->method == STORED)
        return e->packed == e->size && memcpy(out, bytes + e->data, e->size);
    z_stream z = {.next_in = (uint8_t *)(uintptr_t)(bytes + e->data),
                  .avail_in = (unsigned)e->packed,
                  .next_out = out,
                  .avail_out = (unsigned)e->size};
    if (e->method != DEFLATED || inflateInit2(&z, -MAX_WBITS) != Z_OK)
        return false;
    bool whole = inflate(&z, Z_FINISH) == Z_STREAM_END;
    inflateEnd(&z);
    return whole;
}

/* Append a local header, the name and the bytes to out; the entry's record goes to central. False
 * where the entry's bytes are not sound. */
static bool store_entry(const uint8_t *bytes, const struct entry *e, uint8_t *out, size_t *n,
                        uint8_t *central, size_t *central_n)
{
    size_t name = get16(e->central + 28), start = *n;
    uint8_t *local = out + start, *record = central + *central_n;
    memset(local, 0, LOCAL);
    memcpy(local, "PK\3\4", 4);
    memcpy(local + LOCAL, e->central + CENTRAL, name);
    if (!inflate_entry(bytes, e, local + LOCAL + name))
        return false;
    memcpy(local + 4, e->central + 6, 12); /* version to the date's end */
    put(local + 8, STORED, 2);
    put(local + 14, crc32(0, local + LOCAL + name, (unsigned)e->size), 4);
    put(local + 18, e->size, 4);
    put(local + 22, e->size, 4);
    put(local + 26, name, 2);
    memcpy(record, e->central, CENTRAL + name);
    memcpy(record + 6, local + 4, 22);
    put(record + 30, 0, 4);
    put(record + 42, start, 4);
    *n += LOCAL + name + e->size;
    *central_n += CENTRAL + name;
    return true;
}

static void put_end(uint8_t *end, size_t count, size_t central, size_t at)
{
    memset(end, 0, END);
    memcpy(end, "PK\5\6", 4);
    put(end + 8, count, 2);
    put(end + 10, count, 2);
    put(end + 12, central, 4);
    put(end + 16, at, 4);
}

/* Make the archive one whose entries are stored, not deflated, so that changes reach their numbers;
 * its new length, or n where it stays as it is. */
static size_t unpack(uint8_t *bytes, size_t n, size_t most)
{
    size_t at, first, count, whole = n, size = 0, central_n = 0, i = 0;
    bool deflated = false;
    struct entry e;
    if (!directory(bytes, n, &first, &count))
        return n;
    for (at = first; i < count && next_entry(bytes, n, &at, &e) && at <= n; i++) {
        deflated = deflated || e.method != STORED;
        whole += e.size < SIZE_MOST ? e.size : most;
    }
    if (!deflated || i < count || whole > most)
        return n;
    uint8_t *out = malloc(whole), *central = malloc(n);
    fuzz_assert(out && central);
    for (i = 0, at = first; i < count && next_entry(bytes, n, &at, &e); i++)
        if (!store_entry(bytes, &e, out, &size, central, &central_n))
            break;
    if (i == count) {
        memcpy(bytes, out, size);
        memcpy(bytes + size, central, central_n);
        put_end(bytes + size + central_n, count, central_n, size);
        n = size + central_n + END;
    }
    free(central);
    free(out);
    return n;
}

/* The i-th entry from the directory at `at` on; false where there is none. */
static bool entry_at(uint8_t *bytes, size_t n, size_t at, size_t i, struct entry *e)
{
    for (size_t k = 0; k <= i; k++)
        if (!next_entry(bytes, n, &at, e))
            return false;
    return true;
}

/* Change the first `part` bytes of an entry, which keeps its length. */
static void change(uint8_t *bytes, const struct entry *e, size_t part)
{
    uint8_t *copy = malloc(part);
    fuzz_assert(copy);
    memcpy(copy, bytes + e->data, part);
    size_t left = LLVMFuzzerMutate(copy, part, part);
    memcpy(bytes + e->data, copy, left);
    free(copy);
}

size_t archive_mutate(uint8_t *bytes, size_t n, size_t most, unsigned seed)
{
    size_t at, count;
    struct entry e;
    n = unpack(bytes, n, most);
    if (seed % 4 == 0 || !directory(bytes, n, &at, &count) || count == 0)
        return LLVMFuzzerMutate(bytes, n, most);
    if (entry_at(bytes, n, at, seed / 4 % count, &e) && e.packed > 0)
        change(bytes, &e, seed % 2 && e.packed > HEAD ? HEAD : e.packed);
    mend(bytes, n);
    return n;
}
