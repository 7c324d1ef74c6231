/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * place.c - where a store lies.
 *
 * A path is a name, which another file may get. A file is the same one if its device and
 * its number are.
 */
#include "src/store/place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/mem.h>
#include <mmoe/text.h>

struct place place_of(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return (struct place){.is_there = false};
    return (struct place){.is_there = true, .device = st.st_dev, .number = st.st_ino};
}

bool place_is(const struct place *p, const char *path)
{
    struct place now = place_of(path);
    return p->is_there && now.is_there && now.device == p->device && now.number == p->number;
}

char *place_uri(const char *path, const char *parameters)
{
    static const char plain[] =
        "/._-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    struct mmoe_text t = {0};
    mmoe_text_add(&t, path[0] == '/' ? "file://" : "file:./");
    for (const char *c = path; *c; c++)
        mmoe_text_add(&t, strchr(plain, *c) ? "%c" : "%%%02X", (unsigned char)*c);
    mmoe_text_add(&t, "%s", parameters);
    return t.s;
}

/* --- before it is opened --- */

/* Make the folders above the last part of path. */
static enum mmoe_status make_folders(const char *path, struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    char *copy = mmoe_strdup(path);
    for (char *slash = strchr(copy + 1, '/'); slash && !mmoe_failed(status);
         slash = strchr(slash + 1, '/')) {
        struct stat st;
        *slash = '\0';
        if (mkdir(copy, 0700) != 0 && !(stat(copy, &st) == 0 && S_ISDIR(st.st_mode)))
            status = mmoe_fail(
                err, MMOE_IO,
                "store '%.120s': cannot make the folder '%.120s': %s: name a file elsewhere", path,
                copy, strerror(errno == EEXIST ? ENOTDIR : errno));
        *slash = '/';
    }
    mmoe_free(copy);
    return status;
}

enum mmoe_status place_look(const char *path, bool write, struct mmoe_error *err)
{
    struct stat st;
    if (!path || !*path)
        return mmoe_fail(err, MMOE_UNKNOWN, "no file to keep studies in: name one, or set HOME");
    if (stat(path, &st) == 0) {
        if (S_ISREG(st.st_mode))
            return MMOE_OK;
        return mmoe_fail(err, MMOE_INVALID, "store '%.200s': this is %s: name another file", path,
                         S_ISDIR(st.st_mode) ? "a folder" : "no ordinary file");
    }
    if (errno != ENOENT)
        return mmoe_fail(err, MMOE_IO, "store '%.200s': %s: name another file", path,
                         strerror(errno));
    if (!write)
        return mmoe_fail(err, MMOE_UNKNOWN,
                         "store '%.200s': there is no such file: name another, or make a study",
                         path);
    return make_folders(path, err);
}

/* --- when it cannot be opened --- */

static bool may(const char *path, int how)
{
    return faccessat(AT_FDCWD, path, how, AT_EACCESS) == 0;
}

/* May one write in the folder the file is in? */
static bool may_write_beside(const char *path)
{
    struct mmoe_text folder = {0};
    const char *slash = strrchr(path, '/');
    if (slash)
        mmoe_text_add(&folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    bool written = may(slash ? folder.s : ".", W_OK);
    mmoe_text_done(&folder);
    return written;
}

const char *place_obstacle(const char *path, bool write, bool is_open, int number)
{
    bool there = may(path, F_OK);
    if (number == EMFILE || number == ENFILE)
        return "too many files are open: end what has them open, or raise the limit (ulimit -n)";
    if (there && !may(path, R_OK))
        return "the file may not be read: change its permissions (chmod u+rw), or name another "
               "file";
    if (write && there && !may(path, W_OK))
        return "the file is read-only: change its permissions (chmod u+w), or name another file";
    if (is_open && !write)
        return "it was opened to be read: open it to be written to";
    if (may_write_beside(path))
        return "the system does not let it be opened: see that FILE-wal and FILE-shm beside it "
               "are files one may write";
    return write ? "its folder is read-only, and SQLite needs to write beside the file: name a "
                   "file elsewhere"
                 : "its folder is read-only, and some of it is in FILE-wal still: copy both to "
                   "where one may write";
}
