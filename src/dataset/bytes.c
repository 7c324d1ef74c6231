/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bytes.c - files read whole, and files written beside their place and renamed into it. */
#include "src/dataset/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/mem.h>

#define WRITE_MAX ((size_t)1 << 30) /* bytes in one call */

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

static enum mmoe_status read_all(struct bytes_in *b, FILE *f)
{
    struct stat st;
    if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode))
        return bytes_in_fail(b, MMOE_IO, "it is not a file");
    b->n = (size_t)st.st_size;
    b->bytes = mmoe_try_alloc(b->n + 1, 1);
    if (!b->bytes)
        return bytes_in_fail(b, MMOE_LIMIT, "it does not fit in memory");
    if (fread(b->bytes, 1, b->n, f) != b->n)
        return bytes_in_fail(b, MMOE_IO, "%s", strerror(errno));
    return MMOE_OK;
}

enum mmoe_status bytes_in_read(struct bytes_in *b, const char *path, struct mmoe_error *err)
{
    *b = (struct bytes_in){.path = path, .err = err};
    FILE *f = fopen(path, "re");
    if (!f)
        return bytes_in_fail(b, MMOE_IO, "%s", strerror(errno));
    enum mmoe_status status = read_all(b, f);
    fclose(f);
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
    return mmoe_fail(b->err, MMOE_IO, "cannot write %.200s: %s", b->path, strerror(errno));
}

/* Close the file, if it is open; false where that fails. */
static bool shut(struct bytes_out *b)
{
    int fd = b->fd;
    b->fd = -1;
    return fd < 0 || close(fd) == 0;
}

static void forget(struct bytes_out *b)
{
    mmoe_text_done(&b->place);
    mmoe_text_done(&b->beside);
}

enum mmoe_status bytes_out_open(struct bytes_out *b, const char *path, struct mmoe_error *err)
{
    struct stat st;
    char real[PATH_MAX];
    *b = (struct bytes_out){.fd = -1, .path = path, .err = err};
    bool there = stat(path, &st) == 0;
    if (there && !S_ISREG(st.st_mode))
        return mmoe_fail(err, MMOE_IO, "cannot write %.200s: it is not a file", path);
    mmoe_text_add(&b->place, "%s", there && realpath(path, real) ? real : path);
    mmoe_text_add(&b->beside, "%s.%ld~", b->place.s, (long)getpid());
    b->fd = open(b->beside.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (b->fd >= 0)
        return MMOE_OK;
    bytes_out_fail(b);
    forget(b);
    return err->status;
}

bool bytes_out_patch(struct bytes_out *b, size_t at, const void *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = pwrite(b->fd, bytes, n < WRITE_MAX ? n : WRITE_MAX, (off_t)at);
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

bool bytes_out_put(struct bytes_out *b, const void *bytes, size_t n)
{
    bool fine = bytes_out_patch(b, b->at, bytes, n);
    b->at += n;
    return fine;
}

enum mmoe_status bytes_out_close(struct bytes_out *b)
{
    if (fsync(b->fd) != 0 || !shut(b) || rename(b->beside.s, b->place.s) != 0)
        goto fail;
    forget(b);
    return MMOE_OK;
fail:
    bytes_out_fail(b);
    bytes_out_drop(b);
    return MMOE_IO;
}

void bytes_out_drop(struct bytes_out *b)
{
    shut(b);
    unlink(b->beside.s);
    forget(b);
}
