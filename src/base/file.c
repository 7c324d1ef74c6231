/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.c - files that are read, and files that are replaced whole; streams in place of them. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/file.h>

#include "src/base/beside.h"

enum { CHUNK = 1 << 16 /* bytes */, PATIENCE = 10000 /* milliseconds without a byte taken */ };

/* --- opening to read --- */

static enum mmoe_status cannot_read(const char *path, int why, struct mmoe_error *err)
{
    const char *remedy = why == EISDIR   ? "name a file in it"
                         : why == EACCES ? "change the permissions (chmod u+r) or name another file"
                                         : "name another file";
    return mmoe_fail(err, why == ENOENT ? MMOE_UNKNOWN : MMOE_IO, "cannot read %.200s: %s: %s",
                     path, strerror(why), remedy);
}

static const char *kind_of(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFIFO: return "a pipe";
    case S_IFSOCK: return "a socket";
    default: return "a device";
    }
}

static bool is_stream(mode_t mode)
{
    return S_ISFIFO(mode) || S_ISCHR(mode);
}

static bool is_null(const struct stat *st)
{
    struct stat null;
    return S_ISCHR(st->st_mode) && stat("/dev/null", &null) == 0 && st->st_rdev == null.st_rdev;
}

/* Open what is no folder; what it is goes to *st. */
static int open_any(const char *path, struct stat *st, struct mmoe_error *err)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int why = fd < 0 || fstat(fd, st) != 0 ? errno : S_ISDIR(st->st_mode) ? EISDIR : 0;
    if (!why)
        return fd;
    if (fd >= 0)
        close(fd);
    cannot_read(path, why, err);
    return -1;
}

static int refuse_kind(int fd, const char *path, mode_t mode, struct mmoe_error *err)
{
    close(fd);
    mmoe_fail(err, MMOE_IO, "cannot read %.200s: it is %s: name a file", path, kind_of(mode));
    return -1;
}

int mmoe_file_open(const char *path, struct mmoe_error *err)
{
    struct stat st;
    int fd = open_any(path, &st, err);
    return fd < 0 || S_ISREG(st.st_mode) ? fd : refuse_kind(fd, path, st.st_mode, err);
}

/* --- reading --- */

/* Wait until the stream has bytes or ends; false if `stop` has bytes first. */
static bool wait_for(int fd, int stop)
{
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = stop, .events = POLLIN}};
    while (poll(fds, 2, -1) < 0)
        if (errno != EINTR)
            return false;
    if (fds[1].revents)
        errno = ECANCELED;
    return !fds[1].revents;
}

/* Read as mmoe_file_read; where there is nothing yet, wait. */
static ptrdiff_t read_up_to(int fd, int stop, char *bytes, size_t n)
{
    size_t got = 0;
    while (got < n) {
        if (!wait_for(fd, stop))
            return -1;
        ssize_t more = read(fd, bytes + got, n - got);
        if (more == 0)
            break;
        if (more < 0 && errno != EINTR && errno != EAGAIN)
            return -1;
        got += more > 0 ? (size_t)more : 0;
    }
    return (ptrdiff_t)got;
}

ptrdiff_t mmoe_file_read(int fd, void *bytes, size_t n)
{
    return read_up_to(fd, -1, bytes, n);
}

size_t mmoe_file_mark(const char *bytes, size_t n)
{
    return n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

bool mmoe_file_is_utf16(const char *bytes, size_t n)
{
    return n >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0);
}

/* Check n bytes more of a text; `start` is its first. */
static enum mmoe_status check_text(const char *path, const char *start, const char *bytes, size_t n,
                                   struct mmoe_error *err)
{
    if (mmoe_file_is_utf16(start, (size_t)(bytes - start) + n))
        return mmoe_fail(err, MMOE_INVALID, "cannot read %.200s: it is UTF-16: save it as UTF-8",
                         path);
    if (memchr(bytes, '\0', n))
        return mmoe_fail(err, MMOE_INVALID,
                         "cannot read %.200s: it has a NUL byte and is no text: name another file",
                         path);
    return MMOE_OK;
}

/* Append what the descriptor has to *all. */
static enum mmoe_status read_all(int fd, int stop, const char *path, size_t max,
                                 struct mmoe_text *all, struct mmoe_error *err)
{
    char bytes[CHUNK];
    ptrdiff_t n;
    while ((n = read_up_to(fd, stop, bytes, sizeof bytes)) > 0) {
        size_t before = all->n;
        mmoe_text_add_bytes(all, bytes, (size_t)n);
        enum mmoe_status status = check_text(path, all->s, all->s + before, (size_t)n, err);
        if (mmoe_failed(status))
            return status;
        if (all->n > max)
            return mmoe_fail(err, MMOE_LIMIT,
                             "cannot read %.200s: it is longer than %zu bytes: name another file",
                             path, max);
    }
    if (n < 0 && errno == ECANCELED)
        return mmoe_fail(err, MMOE_STATE, "reading %.200s was interrupted", path);
    return n < 0 ? cannot_read(path, errno, err) : MMOE_OK;
}

enum mmoe_status mmoe_file_text(const char *path, const struct mmoe_file_reading *how,
                                struct mmoe_text *text, struct mmoe_error *err)
{
    struct mmoe_text all = {0};
    struct stat st;
    int fd = open_any(path, &st, err);
    if (fd < 0)
        return err->status;
    bool stream = how->streams && is_stream(st.st_mode);
    if (!S_ISREG(st.st_mode) && !is_null(&st) && !stream) {
        refuse_kind(fd, path, st.st_mode, err);
        return MMOE_IO;
    }
    enum mmoe_status status = read_all(fd, stream ? how->stop : -1, path, how->max, &all, err);
    close(fd);
    size_t mark = all.n ? mmoe_file_mark(all.s, all.n) : 0;
    if (!mmoe_failed(status) && all.n > mark)
        mmoe_text_add_bytes(text, all.s + mark, all.n - mark);
    mmoe_text_done(&all);
    return status;
}

/* --- writing --- */

/* Write n bytes, as long as there is someone who takes them. */
static enum mmoe_status write_all(int fd, const char *path, const char *bytes, size_t n,
                                  struct mmoe_error *err)
{
    struct pollfd fds = {.fd = fd, .events = POLLOUT};
    while (n > 0) {
        int ready = poll(&fds, 1, PATIENCE);
        if (ready == 0)
            return mmoe_fail(err, MMOE_IO,
                             "cannot write %.200s: its reader has taken nothing for %d s: see what "
                             "holds it up, or name a file",
                             path, PATIENCE / 1000);
        ssize_t done = ready < 0 ? -1 : write(fd, bytes, n);
        if (done < 0 && errno == EAGAIN)
            continue;
        if (done < 0) /* a signal, too: it may be meant to end this */
            return beside_fail(path, err);
        bytes += done;
        n -= (size_t)done;
    }
    return MMOE_OK;
}

/* Write at the end of a stream, which cannot be synced. */
static enum mmoe_status append(const char *path, mode_t mode, const void *bytes, size_t n,
                               struct mmoe_error *err)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && errno == ENXIO && S_ISFIFO(mode))
        return mmoe_fail(err, MMOE_IO,
                         "cannot write %.200s: nobody reads from this pipe: start its reader first",
                         path);
    if (fd < 0)
        return beside_fail(path, err);
    enum mmoe_status status = write_all(fd, path, bytes, n, err);
    if (close(fd) != 0 && !mmoe_failed(status))
        status = beside_fail(path, err);
    return status;
}

/* Is it a descriptor by name? What it leads to is written on, even where that is a file. */
static bool is_descriptor(const char *path)
{
    static const char *const names[] = {"/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(path, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

enum mmoe_status mmoe_file_replace(const char *path, const void *bytes, size_t n,
                                   struct mmoe_error *err)
{
    struct beside file;
    struct stat st;
    if (stat(path, &st) == 0 && (is_stream(st.st_mode) || is_descriptor(path)))
        return append(path, st.st_mode, bytes, n, err);
    if (mmoe_failed(beside_open(&file, path, err)))
        return MMOE_IO;
    if (beside_put(&file, bytes, n))
        return beside_close(&file, path, err);
    beside_fail(path, err);
    beside_drop(&file);
    return MMOE_IO;
}

const char *mmoe_file_note(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || is_descriptor(path))
        return "";
    if (st.st_nlink > 1)
        return ", replacing what was there (its other names, hard links, keep the old bytes)";
    return ", replacing what was there";
}
