/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.c - files that are replaced whole: written beside their place and renamed into it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/file.h>
#include <mmoe/text.h>

static bool write_all(int file, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(file, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

/* A device or pipe cannot be synced. */
static bool write_whole(const char *path, const char *bytes, size_t n, bool special)
{
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (special ? O_APPEND : O_TRUNC), 0666);
    if (file < 0)
        return false;
    bool written = write_all(file, bytes, n) && (special || fsync(file) == 0);
    int why = errno;
    if (close(file) != 0 && written) {
        written = false;
        why = errno;
    }
    errno = why;
    return written;
}

static const char *remedy(int why)
{
    switch (why) {
    case ENOENT:
    case ENOTDIR: return "make the folder first";
    case ENOSPC:
    case EDQUOT: return "make room or name a file elsewhere";
    case EISDIR: return "name a file in it";
    default: return "name a file elsewhere";
    }
}

enum mmoe_status mmoe_file_replace(const char *path, const void *bytes, size_t n, bool *replaced,
                                   struct mmoe_error *err)
{
    struct mmoe_text beside = {0};
    struct stat st;
    enum mmoe_status s = MMOE_OK;
    char real[PATH_MAX];
    bool exists = stat(path, &st) == 0;
    bool special = exists && (!S_ISREG(st.st_mode) ||
                              strncmp(path, "/dev/", 5) == 0); /* not a file to replace */
    const char *place = exists && !special && realpath(path, real) ? real : path;
    mmoe_text_add(&beside, "%s.%ld~", place, (long)getpid());
    if (replaced)
        *replaced = exists && !special;
    if (!write_whole(special ? place : beside.s, bytes, n, special) ||
        (!special && rename(beside.s, place) != 0)) {
        s = mmoe_fail(err, MMOE_IO, "cannot write %.200s: %s: %s", path, strerror(errno),
                      remedy(errno));
        if (!special)
            unlink(beside.s);
    }
    mmoe_text_done(&beside);
    return s;
}
