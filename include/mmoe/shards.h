/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shards.h - a study in shards: programs that train parts of it, and have a folder in common.
 *
 * The folder has study.db, a store with the study and no runs, and in runs/ the segments that
 * shards publish: stores of the same study with some of its runs. A segment is written whole beside
 * its place and renamed into it, and never changed again; its name has the digest of its bytes.
 * A run counts as finished when it is published. Shard k of n trains the runs of which the index of
 * the seed is k modulo n. Runs have the numbers of the whole study.
 *
 * Ownership: what a function makes has a function that frees it.
 * Threads:   one at a time for one object.
 *
 *   mmoe_shards_make(dir, &grid, command, "", &err);
 *   struct mmoe_publisher *p = mmoe_publisher_new(dir, shard, &err);
 *   mmoe_publisher_add(p, &origin, results, n, &err); ... mmoe_publisher_end(p, &err);
 *   struct mmoe_merge m = {.strict = true};  mmoe_shards_merge(dir, store, &m, &err);
 */
#ifndef MMOE_SHARDS_H
#define MMOE_SHARDS_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/results.h>
#include <mmoe/store.h>

enum { MMOE_SHARDS_MOST = 99999 };

/* Number k of n shards, from 0. */
struct mmoe_shard {
    size_t k, n;
};

/* "2/16", or "auto": what a job array says of its task (SLURM_ARRAY_TASK_ID and _COUNT), or
 * "auto/16": which of 16 this is (AWS_BATCH_JOB_ARRAY_INDEX, from 0; PARALLEL_SEQ, from 1). */
enum mmoe_status mmoe_shard_read(const char *word, struct mmoe_shard *out, struct mmoe_error *err);
bool mmoe_shard_has(const struct mmoe_shard *s, const struct mmoe_grid *g, size_t run);

/* --- the folder --- */

/* Make the folder, which may be there but must have no other study; of the same one it stays. */
enum mmoe_status mmoe_shards_make(const char *dir, const struct mmoe_grid *g, const char *command,
                                  const char *definition, struct mmoe_error *err);
/* The study of the folder; info and g may be NULL. */
enum mmoe_status mmoe_shards_study(const char *dir, struct mmoe_study_info *info,
                                   struct mmoe_grid *g, struct mmoe_error *err);

struct mmoe_segment {
    char *path;
    struct mmoe_shard shard; /* that published it */
    char digest[17];         /* of its bytes, as its name says */
    double published;        /* seconds since 1970 */
};
struct mmoe_segments {
    struct mmoe_segment *list; /* by path, ascending */
    size_t count, foreign;     /* foreign: files of other names */
};
enum mmoe_status mmoe_segments_list(const char *dir, struct mmoe_segments *out,
                                    struct mmoe_error *err);
void mmoe_segments_done(struct mmoe_segments *s);
/* A segment opened to be read; MMOE_INVALID where its bytes are not those of its name. */
struct mmoe_store *mmoe_segment_open(const struct mmoe_segment *s, struct mmoe_error *err);

/* --- publishing --- */

struct mmoe_publisher;

struct mmoe_publisher *mmoe_publisher_new(const char *dir, const struct mmoe_shard *shard,
                                          struct mmoe_error *err);
/* A store of the publisher's own on this machine, in which the study is number 1, with the runs
 * that are published already. */
const char *mmoe_publisher_store(const struct mmoe_publisher *p);
const struct mmoe_shard *mmoe_publisher_shard(const struct mmoe_publisher *p);
/* Append where a run of the shard is kept that was stopped and is to be gone on with; it is removed
 * when the run is published. */
void mmoe_publisher_kept(const struct mmoe_publisher *p, size_t run, struct mmoe_text *t);
/* Runs that are finished: published at once where they are 256 or half a minute went by since the
 * last time; else by mmoe_publisher_end, which is to be called when they are due. Where publishing
 * fails the error says how many runs wait, and the next call tries again. */
enum mmoe_status mmoe_publisher_add(struct mmoe_publisher *p, const struct mmoe_origin *origin,
                                    const struct mmoe_result *const *results, size_t count,
                                    struct mmoe_error *err);
/* When what waits is to be published (mmoe_clock_now); 0: nothing waits. */
double mmoe_publisher_due(const struct mmoe_publisher *p);
/* Publish what waits. */
enum mmoe_status mmoe_publisher_end(struct mmoe_publisher *p, struct mmoe_error *err);
/* What is not published is lost; NULL allowed. */
void mmoe_publisher_free(struct mmoe_publisher *p);

/* --- merging --- */

struct mmoe_merge {
    /* what is asked for */
    bool strict;                                     /* runs of one kind of processor alone */
    const struct mmoe_shard *shard;                  /* segments with runs of it alone, or NULL */
    bool (*go_on)(void *context, double share);      /* NULL: to the end */
    void (*complain)(void *context, const char *of); /* of a segment that is left out, or NULL */
    void *context;
    /* what came of it */
    int64_t study;                  /* in the store */
    size_t segments, bad, foreign;  /* files: read, left out, of other names */
    size_t added, equal, different; /* runs: new; there already; there, of another origin, with
                                       other results */
    size_t finished, runs;          /* of the study now, and all */
    size_t kinds;                   /* kernels that computed them */
    char kernels[2][MMOE_ORIGIN_MAX];
};
/*
 * Add the runs of all segments to the store, to the study of the same grid, or to a new one. A
 * segment is added whole or not at all: not where its bytes are not those of its name, its study is
 * another, a run's number, cell and seeds do not go together, or a run of the same origin is there
 * with other results. Doing it again adds nothing.
 */
enum mmoe_status mmoe_shards_merge(const char *dir, struct mmoe_store *s, struct mmoe_merge *m,
                                   struct mmoe_error *err);

#endif
