/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.c - files that are replaced whole, and devices that take bytes at their end. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/file.h>

#include "src/base/beside.h"

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

/* Write at the end of a device or a pipe, which cannot be synced. */
static bool append(const char *path, const char *bytes, size_t n)
{
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0666);
    if (file < 0)
        return false;
    bool written = write_all(file, bytes, n);
    int why = errno;
    if (close(file) != 0 && written) {
        written = false;
        why = errno;
    }
    errno = why;
    return written;
}

static bool replace(const char *path, const void *bytes, size_t n)
{
    struct beside file;
    if (!beside_open(&file, path))
        return false;
    if (beside_put(&file, bytes, n))
        return beside_close(&file);
    beside_drop(&file);
    return false;
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
    struct stat st;
    bool exists = stat(path, &st) == 0;
    bool special = exists && (!S_ISREG(st.st_mode) ||
                              strncmp(path, "/dev/", 5) == 0); /* not a file to replace */
    if (replaced)
        *replaced = exists && !special;
    if (special ? append(path, bytes, n) : replace(path, bytes, n))
        return MMOE_OK;
    return mmoe_fail(err, MMOE_IO, "cannot write %.200s: %s: %s", path, strerror(errno),
                     remedy(errno));
}
