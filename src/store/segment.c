/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segment.c - a store that is made on this machine, and becomes bytes. */
#include "src/store/segment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/file.h>
#include <mmoe/mem.h>

#include "src/store/store.h"

static const char file_name[] = "segment.db";

void segment_path(const char *dir, const char *name, struct mmoe_text *t)
{
    mmoe_text_clear(t);
    mmoe_text_add(t, "%s/%s", dir, name);
}

enum mmoe_status segment_folder(struct mmoe_text *path, struct mmoe_error *err)
{
    const char *tmp = getenv("TMPDIR");
    mmoe_text_add(path, "%s/mmoe-XXXXXX", tmp && tmp[0] == '/' ? tmp : "/tmp");
    if (mkdtemp(path->s))
        return MMOE_OK;
    mmoe_fail(err, MMOE_IO,
              "cannot make a folder such as %.300s: %s: set TMPDIR to one of this "
              "machine",
              path->s, strerror(errno));
    mmoe_text_done(path);
    return err->status;
}

void segment_remove(const char *folder, const char *store)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    struct mmoe_text path = {0};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        segment_path(folder, store, &path);
        mmoe_text_add(&path, "%s", endings[i]);
        unlink(path.s);
    }
    rmdir(folder);
    mmoe_text_done(&path);
}

enum mmoe_status segment_bytes(const char *path, unsigned char **bytes, size_t *n,
                               struct mmoe_error *err)
{
    struct stat st;
    int fd = mmoe_file_open(path, err);
    if (fd < 0)
        return err->status;
    *n = 0;
    *bytes = NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        *bytes = mmoe_alloc((size_t)st.st_size + 1, 1);
        for (ptrdiff_t got = 1; got > 0 && *n<(size_t)st.st_size; *n += got> 0 ? (size_t)got : 0)
            got = mmoe_file_read(fd, *bytes + *n, (size_t)st.st_size - *n);
    }
    close(fd);
    if (*bytes && *n == (size_t)st.st_size)
        return MMOE_OK;
    mmoe_free(*bytes);
    return mmoe_fail(err, MMOE_IO, "cannot read all of %.300s: try again", path);
}

enum mmoe_status segment_begin(struct segment *s, const struct mmoe_grid *g, const char *command,
                               const char *definition, struct mmoe_error *err)
{
    struct mmoe_origin origin;
    int64_t id;
    *s = (struct segment){0};
    mmoe_origin_here(&origin);
    if (mmoe_failed(segment_folder(&s->folder, err)))
        return err->status;
    segment_path(s->folder.s, file_name, &s->path);
    s->store = mmoe_store_open(s->path.s, MMOE_STORE_WRITE, NULL, err);
    if (s->store &&
        !mmoe_failed(mmoe_store_study_new(s->store, g, command, definition, &origin, &id, err)))
        return MMOE_OK;
    segment_done(s);
    return err->status;
}

enum mmoe_status segment_close(struct segment *s, struct mmoe_error *err)
{
    /* as one file, which is read where nothing may be written */
    if (mmoe_failed(database_run(s->store->database, "PRAGMA journal_mode = DELETE", err)) ||
        mmoe_failed(segment_bytes(s->path.s, &s->bytes, &s->n, err)))
        return err->status;
    mmoe_store_close(s->store);
    s->store = NULL;
    return MMOE_OK;
}

void segment_done(struct segment *s)
{
    mmoe_store_close(s->store);
    mmoe_free(s->bytes);
    if (s->folder.n)
        segment_remove(s->folder.s, file_name);
    mmoe_text_done(&s->folder);
    mmoe_text_done(&s->path);
    *s = (struct segment){0};
}
