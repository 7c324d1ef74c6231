/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bytes.c - the bytes of a file of arrays: read whole, or written beside its place (beside.c). */
#include "src/dataset/bytes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/file.h>
#include <mmoe/mem.h>

enum { PIECE = 1 << 24 }; /* bytes between two looks at what may stop it */

static size_t piece_of(size_t left)
{
    return left < PIECE ? left : PIECE;
}

/* --- reading --- */

enum mmoe_status bytes_in_fail(const struct bytes_in *b, enum mmoe_status status,
                               const char *format, ...)
{
    char why[256];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return mmoe_fail(b->err, status, "cannot read %.200s: %s", b->path, why);
}

static enum mmoe_status read_all(struct bytes_in *b, int fd)
{
    struct stat st;
    b->n = fstat(fd, &st) == 0 ? (size_t)st.st_size : 0;
    b->bytes = mmoe_try_alloc(b->n + 1, 1);
    if (!b->bytes)
        return bytes_in_fail(b, MMOE_LIMIT, "it does not fit in memory");
    for (size_t at = 0; at < b->n;) {
        if (bytes_stopped(b->stop))
            return bytes_in_fail(b, MMOE_STATE, "it was stopped");
        size_t wanted = piece_of(b->n - at);
        ptrdiff_t n = mmoe_file_read(fd, b->bytes + at, wanted);
        if (n < 0)
            return bytes_in_fail(b, MMOE_IO, "%s", strerror(errno));
        if ((size_t)n < wanted)
            return bytes_in_fail(b, MMOE_IO, "it became shorter meanwhile: try again");
        at += wanted;
    }
    return MMOE_OK;
}

enum mmoe_status bytes_in_read(struct bytes_in *b, const char *path, atomic_bool *stop,
                               struct mmoe_error *err)
{
    *b = (struct bytes_in){.path = path, .stop = stop, .err = err};
    int fd = mmoe_file_open(path, err);
    if (fd < 0)
        return err->status;
    enum mmoe_status status = read_all(b, fd);
    close(fd);
    if (mmoe_failed(status))
        bytes_in_done(b);
    return status;
}

void bytes_in_done(struct bytes_in *b)
{
    mmoe_free(b->bytes);
    b->bytes = NULL;
    b->n = 0;
}

/* --- writing --- */

enum mmoe_status bytes_out_fail(const struct bytes_out *b)
{
    if (errno == ECANCELED)
        return mmoe_fail(b->err, MMOE_STATE, "%.200s was not written: it was stopped", b->path);
    return beside_fail(b->path, b->err);
}

enum mmoe_status bytes_out_open(struct bytes_out *b, const char *path, atomic_bool *stop,
                                struct mmoe_error *err)
{
    *b = (struct bytes_out){.path = path, .stop = stop, .err = err};
    return beside_open(&b->file, path, err);
}

bool bytes_out_put(struct bytes_out *b, const void *bytes, size_t n)
{
    const char *at = bytes;
    while (n > 0) {
        size_t piece = piece_of(n);
        if (bytes_stopped(b->stop))
            errno = ECANCELED;
        if (bytes_stopped(b->stop) || !beside_put(&b->file, at, piece))
            return false;
        at += piece;
        n -= piece;
    }
    return true;
}

bool bytes_out_patch(struct bytes_out *b, size_t at, const void *bytes, size_t n)
{
    return beside_patch(&b->file, at, bytes, n);
}

enum mmoe_status bytes_out_close(struct bytes_out *b)
{
    return beside_close(&b->file, b->path, b->err);
}

void bytes_out_drop(struct bytes_out *b)
{
    beside_drop(&b->file);
}
