/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shards.c - the folder of a study in shards: which study, which segments, which runs are whose. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/file.h>
#include <mmoe/mem.h>
#include <mmoe/shards.h>

#include "src/dataset/digest.h"
#include "src/store/segment.h"
#include "src/store/store.h"

#define SEGMENT_MOST ((off_t)4 << 30) /* bytes, far above any that mmoe writes */

/* --- which shard --- */

/* A number that a job array puts into the environment. */
static bool from_environment(const char *name, size_t *out)
{
    const char *value = getenv(name);
    return value && mmoe_parse_size(value, out);
}

static enum mmoe_status check(const char *word, const struct mmoe_shard *s, struct mmoe_error *err)
{
    if (s->n > 0 && s->k < s->n && s->n <= MMOE_SHARDS_MOST)
        return MMOE_OK;
    return mmoe_fail(err, MMOE_RANGE,
                     "shard '%.60s' is none: the first of 16 is 0/16, the last 15/16", word);
}

/*
 * A task of a Slurm array. Of a whole array tasks are counted from the first; where some tasks of
 * an array from 0 were submitted again, their numbers are those of before.
 */
static enum mmoe_status find_slurm(size_t n, struct mmoe_shard *out, struct mmoe_error *err)
{
    size_t count = n, first = 0, last = 0;
    bool told = from_environment("SLURM_ARRAY_TASK_COUNT", &count);
    from_environment("SLURM_ARRAY_TASK_MIN", &first);
    bool gaps = from_environment("SLURM_ARRAY_TASK_MAX", &last) && last + 1 != first + count;
    if (n == 0 && (!told || gaps))
        return mmoe_fail(err, MMOE_STATE,
                         "shard=auto: the array has gaps, or does not say how many tasks it has: "
                         "give auto/N");
    out->n = n ? n : count;
    if (count == out->n && !gaps && first <= out->k)
        out->k -= first;
    return MMOE_OK;
}

/* Which of n it is, by what starts it; n 0: that says how many there are, too. */
static enum mmoe_status find_out(size_t n, struct mmoe_shard *out, struct mmoe_error *err)
{
    out->n = n;
    if (from_environment("SLURM_ARRAY_TASK_ID", &out->k))
        return find_slurm(n, out, err);
    if (n && from_environment("AWS_BATCH_JOB_ARRAY_INDEX", &out->k))
        return MMOE_OK;
    if (n && from_environment("PARALLEL_SEQ", &out->k) && out->k > 0) {
        out->k--;
        return MMOE_OK;
    }
    return mmoe_fail(err, MMOE_STATE,
                     n ? "shard=auto/N: no job array says which it is (SLURM_ARRAY_TASK_ID, "
                         "AWS_BATCH_JOB_ARRAY_INDEX or PARALLEL_SEQ): give K/N"
                       : "shard=auto: no SLURM_ARRAY_TASK_ID says which it is: give auto/N, or "
                         "K/N");
}

enum mmoe_status mmoe_shard_read(const char *word, struct mmoe_shard *out, struct mmoe_error *err)
{
    char k[24];
    const char *slash = strchr(word, '/');
    size_t n = slash ? (size_t)(slash - word) : strlen(word);
    *out = (struct mmoe_shard){0};
    bool whole = n < sizeof k && (!slash || mmoe_parse_size(slash + 1, &out->n));
    memcpy(k, word, whole ? n : 0);
    k[whole ? n : 0] = '\0';
    if (strcmp(k, "auto") == 0 && (!slash || out->n) && mmoe_failed(find_out(out->n, out, err)))
        return err->status;
    if (strcmp(k, "auto") != 0 && (!slash || !mmoe_parse_size(k, &out->k)))
        out->n = 0;
    return check(word, out, err);
}

bool mmoe_shard_has(const struct mmoe_shard *s, const struct mmoe_grid *g, size_t run)
{
    return mmoe_grid_seed(g, run) % s->n == s->k;
}

/* --- the folder --- */

static enum mmoe_status make_folder(const char *path, struct mmoe_error *err)
{
    struct stat st;
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
        return MMOE_OK;
    return mmoe_fail(err, MMOE_IO, "cannot make folder %.300s: %s: name another one, out=FOLDER",
                     path, errno == EEXIST ? "it is a file" : strerror(errno));
}

enum mmoe_status mmoe_shards_study(const char *dir, struct mmoe_study_info *info,
                                   struct mmoe_grid *g, struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    struct mmoe_store *s = NULL;
    segment_path(dir, "study.db", &path);
    if (access(path.s, F_OK) != 0)
        mmoe_fail(err, MMOE_IO, "folder %.300s has no study in shards (%s): study submit makes one",
                  dir, strerror(errno));
    else
        s = mmoe_store_open(path.s, MMOE_STORE_SEALED, NULL, err);
    enum mmoe_status status = s ? mmoe_store_study(s, 0, info, g, err) : err->status;
    mmoe_store_close(s);
    mmoe_text_done(&path);
    return status;
}

/* A store with the study alone, put in its place whole. */
static enum mmoe_status write_study(const char *path, const struct mmoe_grid *g,
                                    const char *command, const char *definition,
                                    struct mmoe_error *err)
{
    struct segment s;
    if (mmoe_failed(segment_begin(&s, g, command, definition, err)))
        return err->status;
    enum mmoe_status status = segment_close(&s, err);
    if (!mmoe_failed(status))
        status = mmoe_file_replace(path, s.bytes, s.n, err);
    segment_done(&s);
    return status;
}

enum mmoe_status mmoe_shards_make(const char *dir, const struct mmoe_grid *g, const char *command,
                                  const char *definition, struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    struct mmoe_grid *there = mmoe_alloc(1, sizeof *there);
    enum mmoe_status status = make_folder(dir, err);
    segment_path(dir, "runs", &path);
    if (!mmoe_failed(status))
        status = make_folder(path.s, err);
    segment_path(dir, "study.db", &path);
    if (!mmoe_failed(status) && access(path.s, F_OK) == 0) {
        status = mmoe_shards_study(dir, NULL, there, err);
        if (!mmoe_failed(status) && !mmoe_grid_same(there, g))
            status = mmoe_fail(err, MMOE_STATE,
                               "folder %.300s has another study: name another one, out=FOLDER",
                               dir);
    } else if (!mmoe_failed(status)) {
        status = write_study(path.s, g, command, definition, err);
    }
    mmoe_free(there);
    mmoe_text_done(&path);
    return status;
}

/* --- its segments --- */

/* "00002-of-00016.0123456789abcdef.db" */
static bool read_name(const char *name, struct mmoe_segment *out)
{
    char k[6], n[6], rest[4];
    return strlen(name) == strlen("00002-of-00016.0123456789abcdef.db") &&
           sscanf(name, "%5[0-9]-of-%5[0-9].%16[0-9a-f].%3s", k, n, out->digest, rest) == 4 &&
           strcmp(rest, "db") == 0 && mmoe_parse_size(k, &out->shard.k) &&
           mmoe_parse_size(n, &out->shard.n) && out->shard.k < out->shard.n;
}

void segment_name(const struct mmoe_shard *shard, const char *digest, struct mmoe_text *t)
{
    mmoe_text_add(t, "%05zu-of-%05zu.%s.db", shard->k, shard->n, digest);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct mmoe_segment *)a)->path, ((const struct mmoe_segment *)b)->path);
}

enum mmoe_status mmoe_segments_list(const char *dir, struct mmoe_segments *out,
                                    struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    size_t room = 0;
    *out = (struct mmoe_segments){0};
    segment_path(dir, "runs", &path);
    DIR *d = opendir(path.s);
    if (!d) {
        mmoe_fail(err, MMOE_IO, "cannot read folder %.300s: %s: study submit makes one", path.s,
                  strerror(errno));
        mmoe_text_done(&path);
        return err->status;
    }
    for (const struct dirent *e; (e = readdir(d));) {
        struct mmoe_segment s = {0};
        struct stat st;
        if (e->d_name[0] == '.') /* what is being written has such a name, too */
            continue;
        segment_path(dir, "runs/", &path);
        mmoe_text_add(&path, "%s", e->d_name);
        if (!read_name(e->d_name, &s) || stat(path.s, &st) != 0) {
            out->foreign++;
            continue;
        }
        if (out->count == room) {
            out->list = mmoe_regrow(out->list, room, room ? 2 * room : 64, sizeof *out->list);
            room = room ? 2 * room : 64;
        }
        s.path = mmoe_strdup(path.s);
        s.published = (double)st.st_mtime;
        out->list[out->count++] = s;
    }
    closedir(d);
    mmoe_text_done(&path);
    if (out->count)
        qsort(out->list, out->count, sizeof *out->list, by_path);
    return MMOE_OK;
}

void mmoe_segments_done(struct mmoe_segments *s)
{
    for (size_t i = 0; i < s->count; i++)
        mmoe_free(s->list[i].path);
    mmoe_free(s->list);
    *s = (struct mmoe_segments){0};
}

enum mmoe_status segment_check(const struct mmoe_segment *s, struct mmoe_error *err)
{
    char digest[DIGEST_SHORT] = "";
    struct stat st;
    int fd = mmoe_file_open(s->path, err);
    if (fd < 0)
        return err->status;
    bool small = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= SEGMENT_MOST;
    bool read = small && digest_file(fd, digest);
    close(fd);
    if (read && strcmp(digest, s->digest) == 0)
        return MMOE_OK;
    if (!small)
        return mmoe_fail(err, MMOE_INVALID, "segment %.300s is larger than any is, or no file",
                         s->path);
    return mmoe_fail(err, read ? MMOE_INVALID : MMOE_IO,
                     read ? "segment %.300s is damaged: its bytes are not those of its name"
                          : "segment %.300s cannot be read to its end: try again",
                     s->path);
}

struct mmoe_store *mmoe_segment_open(const struct mmoe_segment *s, struct mmoe_error *err)
{
    return mmoe_failed(segment_check(s, err))
               ? NULL
               : mmoe_store_open(s->path, MMOE_STORE_SEALED, NULL, err);
}
