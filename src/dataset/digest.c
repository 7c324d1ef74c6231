/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * digest.c - what tells the rows of a file from all others; the only user of Nettle.
 *
 * SHA-256 (FIPS 180-4) of what a run is trained, chosen and tested by, in one order: a head
 * with the version of this description; for each part its shape, inputs and labels; the
 * names of the tasks. Numbers are float32 as they are trained on, and every NaN is the same
 * one: containers, their compression and the types in them do not matter.
 *
 * Studies by the thousand are compared with each other, and who shares them may wish two
 * files to be taken for one: a checksum of 32 or 64 bits is too short for the former, and
 * hashes that are not cryptographic for the latter.
 */
#include "src/dataset/digest.h"

#include <math.h>
#include <nettle/sha2.h>
#include <string.h>

#include <mmoe/file.h>
#include <mmoe/mem.h>

#include "src/dataset/bytes.h"

enum { AT_ONCE = 1024 };

static void add_counts(struct sha256_ctx *sha, const struct mmoe_rows *r)
{
    const uint64_t counts[] = {r->n, r->dim, r->tasks};
    sha256_update(sha, sizeof counts, (const uint8_t *)counts);
}

static void add_numbers(struct sha256_ctx *sha, const mmoe_real *v, size_t n, atomic_bool *stop)
{
    float some[AT_ONCE];
    for (size_t at = 0; at < n && !bytes_stopped(stop);) {
        size_t count = n - at < AT_ONCE ? n - at : AT_ONCE;
        for (size_t i = 0; i < count; i++)
            some[i] = isnan(v[at + i]) ? (float)NAN : (float)v[at + i];
        sha256_update(sha, count * sizeof *some, (const uint8_t *)some);
        at += count;
    }
}

/* What rows without entries are, and the entries: as wide as on any machine. */
static void add_entries(struct sha256_ctx *sha, const struct mmoe_rows *r, atomic_bool *stop)
{
    const struct mmoe_fold *f = r->fold;
    const uint64_t counts[] = {f->columns, f->levels, f->numbers};
    sha256_update(sha, sizeof counts, (const uint8_t *)counts);
    sha256_update(sha, f->levels * sizeof *f->column, (const uint8_t *)f->column);
    sha256_update(sha, f->columns * sizeof *f->usual, (const uint8_t *)f->usual);
    add_numbers(sha, f->number, f->numbers, stop);
    for (size_t i = 0; i < r->n && !bytes_stopped(stop); i++) {
        uint32_t n = (uint32_t)(r->start[i + 1] - r->start[i]);
        sha256_update(sha, sizeof n, (const uint8_t *)&n);
        for (size_t k = r->start[i]; k < r->start[i + 1]; k++) {
            float value = (float)r->entry[k].value;
            sha256_update(sha, sizeof r->entry[k].at, (const uint8_t *)&r->entry[k].at);
            sha256_update(sha, sizeof value, (const uint8_t *)&value);
        }
    }
}

/* How many levels each embedded category has, and those of the rows. */
static void add_levels(struct sha256_ctx *sha, const struct mmoe_rows *r, atomic_bool *stop)
{
    size_t columns = r->fields->count;
    for (size_t f = 0; f < columns; f++)
        sha256_update(sha, sizeof r->fields->of[f].levels,
                      (const uint8_t *)&r->fields->of[f].levels);
    for (size_t i = 0; i < r->n && !bytes_stopped(stop); i++)
        sha256_update(sha, columns * sizeof *r->id, (const uint8_t *)(r->id + i * columns));
}

static void add_rows(struct sha256_ctx *sha, const struct mmoe_rows *r, atomic_bool *stop)
{
    add_counts(sha, r);
    if (r->fields)
        add_levels(sha, r, stop);
    if (r->fold)
        add_entries(sha, r, stop);
    else
        add_numbers(sha, r->x, r->n * r->dim, stop);
    add_numbers(sha, r->y, r->n * r->tasks, stop);
}

/* n bytes as 2 n digits and a zero. */
static void write_digits(const uint8_t *sum, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[sum[i] >> 4];
        out[2 * i + 1] = digits[sum[i] & 15];
    }
    out[2 * n] = '\0';
}

void digest_numbers(const mmoe_real *v, size_t n, char out[DIGEST_SHORT])
{
    struct sha256_ctx sha;
    uint8_t sum[SHA256_DIGEST_SIZE];
    sha256_init(&sha);
    add_numbers(&sha, v, n, NULL);
    sha256_digest(&sha, sizeof sum, sum);
    write_digits(sum, DIGEST_SHORT / 2, out);
}

void digest_bytes(const void *bytes, size_t n, char out[DIGEST_SHORT])
{
    struct sha256_ctx sha;
    uint8_t sum[SHA256_DIGEST_SIZE];
    sha256_init(&sha);
    sha256_update(&sha, n, bytes);
    sha256_digest(&sha, sizeof sum, sum);
    write_digits(sum, DIGEST_SHORT / 2, out);
}

bool digest_file(int fd, char out[DIGEST_SHORT])
{
    enum { PIECE = 1 << 16 };
    struct sha256_ctx sha;
    uint8_t sum[SHA256_DIGEST_SIZE], *piece = mmoe_alloc(PIECE, 1);
    ptrdiff_t n;
    sha256_init(&sha);
    while ((n = mmoe_file_read(fd, piece, PIECE)) > 0)
        sha256_update(&sha, (size_t)n, piece);
    mmoe_free(piece);
    sha256_digest(&sha, sizeof sum, sum);
    write_digits(sum, DIGEST_SHORT / 2, out);
    return n == 0;
}

bool digest_fill(struct mmoe_dataset *d, atomic_bool *stop)
{
    static const char head[] = "mmoe rows 1";
    struct sha256_ctx sha;
    uint8_t sum[SHA256_DIGEST_SIZE];
    sha256_init(&sha);
    sha256_update(&sha, sizeof head, (const uint8_t *)head);
    add_rows(&sha, &d->train, stop);
    add_rows(&sha, &d->validation, stop);
    add_rows(&sha, &d->test, stop);
    for (size_t k = 0; k < d->tasks; k++)
        sha256_update(&sha, strlen(d->task[k].name) + 1, (const uint8_t *)d->task[k].name);
    if (bytes_stopped(stop))
        return false;
    sha256_digest(&sha, sizeof sum, sum);
    write_digits(sum, sizeof sum, d->digest);
    return true;
}
