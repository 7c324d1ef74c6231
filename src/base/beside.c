/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beside.c - a file that is written beside its place and renamed into it. */
#include "src/base/beside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define WRITE_MAX ((size_t)1 << 30) /* bytes in one call */

enum { LINKS_MAX = 40, TRIES_MAX = 100, PERMISSIONS = 07777, ANYONE_WRITES = 0222 };

/* A name is PREFIX, DIGITS hexadecimal digits and SUFFIX. */
#define PREFIX ".mmoe-"
#define SUFFIX "~"
enum { DIGITS = 16 };

/* --- errors --- */

static const char *remedy(int why)
{
    switch (why) {
    case ENOENT:
    case ENOTDIR: return "make the folder first";
    case ENOSPC:
    case EDQUOT: return "make room or name a file elsewhere";
    case EISDIR: return "name a file in it";
    case EACCES: return "change the permissions (chmod u+w) or name a file elsewhere";
    default: return "name a file elsewhere";
    }
}

enum mmoe_status beside_fail(const char *path, struct mmoe_error *err)
{
    int why = errno;
    return mmoe_fail(err, MMOE_IO, "cannot write %.200s: %s: %s", path, strerror(why), remedy(why));
}

/* --- the place --- */

/* Put the path to where the file is, or will be, in place of a path to a link. */
static bool follow_links(struct mmoe_text *place)
{
    char to[PATH_MAX];
    for (int i = 0; i < LINKS_MAX; i++) {
        ssize_t n = readlink(place->s, to, sizeof to - 1);
        if (n < 0)
            return true; /* it is no link, or there is nothing yet */
        to[n] = '\0';
        const char *slash = strrchr(place->s, '/');
        struct mmoe_text next = {0};
        if (to[0] != '/' && slash)
            mmoe_text_add(&next, "%.*s", (int)(slash + 1 - place->s), place->s);
        mmoe_text_add(&next, "%s", to);
        mmoe_text_done(place);
        *place = next;
    }
    errno = ELOOP;
    return false;
}

/* Look at the file that will be replaced; st_nlink is 0 where there is none. The file is opened as
 * if to be written to: the system decides who may, and whose links are followed in a folder that
 * all may write to. A file that nobody may write to is not replaced by root either. */
static enum mmoe_status look_at(const char *path, struct stat *st, struct mmoe_error *err)
{
    *st = (struct stat){0};
    int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return MMOE_OK;
    if (fd < 0 && errno != ENXIO) /* a pipe without a reader, a socket */
        return beside_fail(path, err);
    bool regular = fd >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode);
    if (fd >= 0)
        close(fd);
    if (!regular)
        return mmoe_fail(err, MMOE_IO, "cannot write %.200s: this is no ordinary file: name a file",
                         path);
    errno = EACCES;
    return st->st_mode & ANYONE_WRITES ? MMOE_OK : beside_fail(path, err);
}

/* --- what killed programs left --- */

static bool is_ours(const char *name)
{
    size_t n = sizeof PREFIX - 1;
    return strncmp(name, PREFIX, n) == 0 && strspn(name + n, "0123456789abcdef") == DIGITS &&
           strcmp(name + n + DIGITS, SUFFIX) == 0;
}

/* Remove the file if nobody writes it: then nobody has it locked. */
static void remove_left(int folder, const char *name)
{
    struct stat st;
    int fd = openat(folder, name, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
        flock(fd, LOCK_EX | LOCK_NB) == 0)
        unlinkat(folder, name, 0);
    close(fd);
}

static void clean(const char *folder)
{
    DIR *d = opendir(folder);
    struct dirent *e;
    while (d && (e = readdir(d)))
        if (is_ours(e->d_name))
            remove_left(dirfd(d), e->d_name);
    if (d)
        closedir(d);
}

/* --- a file of our own --- */

/* Lock the new file; false if someone who cleans the folder was faster. Where files cannot be
 * locked nobody can clean either. */
static bool lock(int fd)
{
    struct stat st;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return false;
    return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

/* Make a file in the folder, which ends in a slash or is "". */
static bool make(struct beside *b, const char *folder, mode_t mode)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        uint64_t number;
        if (getrandom(&number, sizeof number, 0) != sizeof number)
            return false;
        mmoe_text_clear(&b->name);
        mmoe_text_add(&b->name, "%s" PREFIX "%0*" PRIx64 SUFFIX, folder, DIGITS, number);
        b->fd = open(b->name.s, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (b->fd < 0 && errno != EEXIST)
            return false;
        if (b->fd >= 0 && lock(b->fd))
            return true;
        if (b->fd >= 0)
            close(b->fd);
        b->fd = -1;
    }
    errno = EEXIST;
    return false;
}

/* Give the new file mode, owner and group of the one it replaces. Where the group cannot be kept
 * its permissions are nobody's: they were given to another group. */
static bool inherit(int fd, const struct stat *st)
{
    mode_t mode = st->st_mode & PERMISSIONS;
    if (fchown(fd, st->st_uid, st->st_gid) != 0) {
        mode &= ~(mode_t)(S_ISUID | S_ISGID);
        if (fchown(fd, (uid_t)-1, st->st_gid) != 0)
            mode &= ~(mode_t)S_IRWXG;
    }
    return fchmod(fd, mode) == 0;
}

static void forget(struct beside *b)
{
    mmoe_text_done(&b->place);
    mmoe_text_done(&b->name);
}

enum mmoe_status beside_open(struct beside *b, const char *path, struct mmoe_error *err)
{
    struct stat st;
    *b = (struct beside){.fd = -1};
    if (mmoe_failed(look_at(path, &st, err)))
        return MMOE_IO;
    bool there = st.st_nlink > 0;
    struct mmoe_text folder = {0};
    mmoe_text_add(&b->place, "%s", path);
    bool fine = follow_links(&b->place);
    const char *slash = strrchr(b->place.s, '/');
    mmoe_text_add(&folder, "%.*s", slash ? (int)(slash + 1 - b->place.s) : 0, b->place.s);
    clean(slash ? folder.s : ".");
    fine = fine && make(b, folder.s, there ? S_IRUSR | S_IWUSR : 0666);
    mmoe_text_done(&folder);
    if (fine && (!there || inherit(b->fd, &st)))
        return MMOE_OK;
    enum mmoe_status status = beside_fail(path, err);
    beside_drop(b);
    return status;
}

/* --- its bytes --- */

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

/* --- its end --- */

enum mmoe_status beside_close(struct beside *b, const char *path, struct mmoe_error *err)
{
    /* Renamed while it is still locked: nobody takes it for one that was left. */
    if (fsync(b->fd) != 0 || rename(b->name.s, b->place.s) != 0) {
        enum mmoe_status status = beside_fail(path, err);
        beside_drop(b);
        return status;
    }
    close(b->fd);
    b->fd = -1;
    forget(b);
    return MMOE_OK;
}

void beside_drop(struct beside *b)
{
    int why = errno;
    if (b->fd >= 0) {
        unlink(b->name.s);
        close(b->fd);
    }
    b->fd = -1;
    forget(b);
    errno = why;
}
