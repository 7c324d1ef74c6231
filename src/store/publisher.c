/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publisher.c - the finished runs of a shard, published as segments. */
#include <string.h>

#include <mmoe/clock.h>
#include <mmoe/file.h>
#include <mmoe/mem.h>
#include <mmoe/shards.h>

#include "src/dataset/digest.h"
#include "src/store/segment.h"

enum { RUNS_MOST = 256 }; /* of a segment ... */
#define SECONDS_MOST 30.0 /* ... that is published no later than that after the one before */

static const char store_name[] = "shard.db";

struct mmoe_publisher {
    char *dir;
    struct mmoe_shard shard;
    struct mmoe_study_info info;
    struct mmoe_grid grid;
    struct mmoe_text folder, store; /* on this machine */
    struct segment segment;         /* that is filled; without a store: none yet */
    size_t count;                   /* of its runs */
    double published;               /* when it was done last; 0: never */
};

/* Study 1 of the store, with what the shard has published. */
static enum mmoe_status fill_store(struct mmoe_publisher *p, struct mmoe_error *err)
{
    struct mmoe_merge m = {.shard = &p->shard};
    struct mmoe_store *s = mmoe_store_open(p->store.s, MMOE_STORE_WRITE, NULL, err);
    enum mmoe_status status = s ? mmoe_shards_merge(p->dir, s, &m, err) : err->status;
    mmoe_store_close(s);
    return status;
}

struct mmoe_publisher *mmoe_publisher_new(const char *dir, const struct mmoe_shard *shard,
                                          struct mmoe_error *err)
{
    struct mmoe_publisher *p = mmoe_alloc(1, sizeof *p);
    p->dir = mmoe_strdup(dir);
    p->shard = *shard;
    if (!mmoe_failed(mmoe_shards_study(dir, &p->info, &p->grid, err)) &&
        !mmoe_failed(segment_folder(&p->folder, err))) {
        segment_path(p->folder.s, store_name, &p->store);
        if (!mmoe_failed(fill_store(p, err)))
            return p;
    }
    mmoe_publisher_free(p);
    return NULL;
}

void mmoe_publisher_free(struct mmoe_publisher *p)
{
    if (!p)
        return;
    segment_done(&p->segment);
    if (p->folder.n)
        segment_remove(p->folder.s, store_name);
    mmoe_text_done(&p->folder);
    mmoe_text_done(&p->store);
    mmoe_free(p->dir);
    mmoe_free(p);
}

const char *mmoe_publisher_store(const struct mmoe_publisher *p)
{
    return p->store.s;
}

const struct mmoe_shard *mmoe_publisher_shard(const struct mmoe_publisher *p)
{
    return &p->shard;
}

void mmoe_publisher_kept(const struct mmoe_publisher *p, size_t run, struct mmoe_text *t)
{
    mmoe_text_add(t, "%s/kept-%zu.npz", p->dir, run);
}

static enum mmoe_status publish(struct mmoe_publisher *p, struct mmoe_error *err)
{
    char digest[DIGEST_SHORT];
    struct mmoe_text path = {0};
    enum mmoe_status status = segment_close(&p->segment, err);
    if (!mmoe_failed(status)) {
        digest_bytes(p->segment.bytes, p->segment.n, digest);
        segment_path(p->dir, "runs/", &path);
        segment_name(&p->shard, digest, &path);
        status = mmoe_file_replace(path.s, p->segment.bytes, p->segment.n, err);
        p->published = mmoe_clock_now();
    }
    p->count = 0; /* of a segment that failed they are lost, which is told */
    segment_done(&p->segment);
    mmoe_text_done(&path);
    return status;
}

enum mmoe_status mmoe_publisher_add(struct mmoe_publisher *p, const struct mmoe_origin *origin,
                                    const struct mmoe_result *const *results, size_t count,
                                    struct mmoe_error *err)
{
    if (!p->segment.store &&
        mmoe_failed(segment_begin(&p->segment, &p->grid, p->info.command, p->info.definition, err)))
        return err->status;
    if (mmoe_failed(mmoe_results_add(p->segment.store, 1, origin, results, count, err)))
        return err->status;
    p->count += count;
    bool due = p->count >= RUNS_MOST || p->published == 0 ||
               mmoe_clock_now() - p->published >= SECONDS_MOST;
    return due ? publish(p, err) : MMOE_OK;
}

enum mmoe_status mmoe_publisher_end(struct mmoe_publisher *p, struct mmoe_error *err)
{
    return p->count ? publish(p, err) : MMOE_OK;
}
