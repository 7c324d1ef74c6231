/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publisher.c - the finished runs of a shard, published as segments. */
#include <string.h>
#include <unistd.h>

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
    size_t count, room;             /* of its runs */
    size_t *run;                    /* (count) their numbers */
    double tried;                   /* when it was published, or could not be, last; 0: never */
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
    mmoe_free(p->run);
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

/* Runs that are published need not be gone on with. */
static void forget_kept(const struct mmoe_publisher *p)
{
    struct mmoe_text path = {0};
    for (size_t i = 0; i < p->count; i++) {
        mmoe_text_clear(&path);
        mmoe_publisher_kept(p, p->run[i], &path);
        unlink(path.s);
    }
    mmoe_text_done(&path);
}

/* Put the segment, which is closed, in its place. */
static enum mmoe_status place_segment(struct mmoe_publisher *p, struct mmoe_error *err)
{
    char digest[DIGEST_SHORT];
    struct mmoe_text path = {0};
    digest_bytes(p->segment.bytes, p->segment.n, digest);
    segment_path(p->dir, "runs/", &path);
    segment_name(&p->shard, digest, &path);
    enum mmoe_status status = mmoe_file_replace(path.s, p->segment.bytes, p->segment.n, err);
    mmoe_text_done(&path);
    return status;
}

/* What fails is kept, and tried again the next time. */
static enum mmoe_status publish(struct mmoe_publisher *p, struct mmoe_error *err)
{
    struct mmoe_error why;
    enum mmoe_status status = p->segment.store ? segment_close(&p->segment, &why) : MMOE_OK;
    if (!mmoe_failed(status))
        status = place_segment(p, &why);
    p->tried = mmoe_clock_now();
    if (mmoe_failed(status))
        return mmoe_fail(err, status, "%.300s; %s finished, not published", why.text,
                         MMOE_COUNTED(p->count, "run"));
    forget_kept(p);
    p->count = 0;
    segment_done(&p->segment);
    return MMOE_OK;
}

static void remember(struct mmoe_publisher *p, const struct mmoe_result *const *results, size_t n)
{
    if (p->count + n > p->room) {
        size_t room = 2 * (p->count + n);
        p->run = mmoe_regrow(p->run, p->room, room, sizeof *p->run);
        p->room = room;
    }
    for (size_t i = 0; i < n; i++)
        p->run[p->count++] = results[i]->record.run;
}

double mmoe_publisher_due(const struct mmoe_publisher *p)
{
    return p->count ? p->tried + SECONDS_MOST : 0;
}

enum mmoe_status mmoe_publisher_add(struct mmoe_publisher *p, const struct mmoe_origin *origin,
                                    const struct mmoe_result *const *results, size_t count,
                                    struct mmoe_error *err)
{
    if (p->segment.bytes && mmoe_failed(publish(p, err))) /* it failed before */
        return err->status;
    if (!p->segment.store &&
        mmoe_failed(segment_begin(&p->segment, &p->grid, p->info.command, p->info.definition, err)))
        return err->status;
    if (mmoe_failed(mmoe_results_add(p->segment.store, 1, origin, results, count, err)))
        return err->status;
    remember(p, results, count);
    bool due = p->count >= RUNS_MOST || p->tried == 0 || mmoe_clock_now() >= mmoe_publisher_due(p);
    return due ? publish(p, err) : MMOE_OK;
}

enum mmoe_status mmoe_publisher_end(struct mmoe_publisher *p, struct mmoe_error *err)
{
    return p->count ? publish(p, err) : MMOE_OK;
}
