/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beside.c - a file that is written beside its place and renamed into it. */
#include "src/base/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WRITE_MAX ((size_t)1 << 30) /* bytes in one call */

static void forget(struct beside *b)
{
    mmoe_text_done(&b->place);
    mmoe_text_done(&b->name);
}

bool beside_open(struct beside *b, const char *path)
{
    char real[PATH_MAX];
    *b = (struct beside){.fd = -1};
    mmoe_text_add(&b->place, "%s", realpath(path, real) ? real : path);
    mmoe_text_add(&b->name, "%s.%ld~", b->place.s, (long)getpid());
    b->fd = open(b->name.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (b->fd >= 0)
        return true;
    int why = errno;
    forget(b);
    errno = why;
    return false;
}

bool beside_patch(struct beside *b, size_t at, const void *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = pwrite(b->fd, bytes, n < WRITE_MAX ? n : WRITE_MAX, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done == 0)
            errno = EIO;
        if (done <= 0)
            return false;
        bytes = (const char *)bytes + done;
        at += (size_t)done;
        n -= (size_t)done;
    }
    return true;
}

bool beside_put(struct beside *b, const void *bytes, size_t n)
{
    bool fine = beside_patch(b, b->at, bytes, n);
    b->at += n;
    return fine;
}

/* Close the file if it is open. */
static bool shut(struct beside *b)
{
    int fd = b->fd;
    b->fd = -1;
    return fd < 0 || close(fd) == 0;
}

bool beside_close(struct beside *b)
{
    if (fsync(b->fd) != 0 || !shut(b) || rename(b->name.s, b->place.s) != 0) {
        beside_drop(b);
        return false;
    }
    forget(b);
    return true;
}

void beside_drop(struct beside *b)
{
    int why = errno;
    shut(b);
    unlink(b->name.s);
    forget(b);
    errno = why;
}
