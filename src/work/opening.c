/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opening.c - a study found or made in its store, and its rows looked at. */
#include <mmoe/grid_files.h>
#include <mmoe/opening.h>
#include <mmoe/origin.h>
#include <mmoe/results.h>

static bool goes_on(void *stop, bool locked)
{
    (void)locked;
    return !atomic_load((atomic_bool *)stop);
}

static struct mmoe_store *open_store(const struct mmoe_opening *o, enum mmoe_store_mode mode,
                                     atomic_bool *stop, struct mmoe_error *err)
{
    const struct mmoe_store_watch watch = {goes_on, stop};
    return mmoe_store_open(o->path, mode, stop ? &watch : NULL, err);
}

/* The study of the grid; *grows: it is to be extended first. */
static enum mmoe_status look(struct mmoe_opening *o, struct mmoe_store *s, bool *grows,
                             struct mmoe_error *err)
{
    *grows = false;
    return o->grows ? mmoe_store_find_begun(s, &o->found, &o->id, grows, err)
                    : mmoe_store_find(s, &o->found, &o->id, err);
}

/* Look for a study of the grid without writing; what is in the way of that is told later. */
static enum mmoe_status find(struct mmoe_opening *o, atomic_bool *stop, struct mmoe_error *err)
{
    struct mmoe_error why;
    bool grows = false;
    struct mmoe_store *s = open_store(o, MMOE_STORE_READ, stop, &why);
    bool failed = !s || mmoe_failed(look(o, s, &grows, &why));
    if (grows)
        o->id = 0; /* it is found again, to be extended */
    if (failed) {
        o->id = 0;
        mmoe_store_close(s);
        return why.status == MMOE_STATE ? mmoe_fail(err, MMOE_STATE, "%s", why.text) : MMOE_OK;
    }
    if (o->id)
        o->store = s;
    else
        mmoe_store_close(s);
    return MMOE_OK;
}

/* A new study, with the runs that one with other seeds has, or an extended one; another program may
 * have made it since. */
static enum mmoe_status make(struct mmoe_opening *o, atomic_bool *stop, struct mmoe_error *err)
{
    struct mmoe_origin origin;
    bool grows = false;
    struct mmoe_store *s = o->store = open_store(o, MMOE_STORE_WRITE, stop, err);
    if (!s || (o->find && mmoe_failed(look(o, s, &grows, err))))
        return err->status;
    if (grows)
        return mmoe_store_extend(s, o->id, &o->found, err);
    if (o->id)
        return MMOE_OK;
    mmoe_origin_here(&origin);
    if (mmoe_failed(
            mmoe_store_study_new(s, &o->found, o->command, o->definition, &origin, &o->id, err)))
        return err->status;
    o->made = true;
    if (!o->find)
        return MMOE_OK;
    return mmoe_results_copy(s, o->id, &o->found, &origin, &o->from, &o->copied, err);
}

static enum mmoe_status find_or_make(struct mmoe_opening *o, atomic_bool *stop,
                                     struct mmoe_error *err)
{
    o->id = 0;
    o->found = *o->grid;
    if (mmoe_failed(mmoe_grid_whole(&o->found, err)) ||
        mmoe_failed(mmoe_grid_files_read(&o->found, stop, err)) ||
        (o->find && mmoe_failed(find(o, stop, err))) || (!o->id && mmoe_failed(make(o, stop, err))))
        return err->status;
    return MMOE_OK;
}

/* Its rows must be those of then, which a grid that was looked for says already, and there must be
 * a store to write to. */
static enum mmoe_status prepare(struct mmoe_opening *o, atomic_bool *stop, struct mmoe_error *err)
{
    if (!o->grid && mmoe_failed(mmoe_grid_files_read(&o->found, stop, err)))
        return err->status;
    mmoe_store_close(o->store);
    o->store = open_store(o, MMOE_STORE_WRITE, stop, err);
    return o->store ? MMOE_OK : err->status;
}

static enum mmoe_status open_study(struct mmoe_opening *o, atomic_bool *stop,
                                   struct mmoe_error *err)
{
    if (o->grid ? mmoe_failed(find_or_make(o, stop, err))
                : !(o->store = open_store(o, MMOE_STORE_READ, stop, err)))
        return err->status;
    if (mmoe_failed(mmoe_store_study(o->store, o->id, &o->info, &o->found, err)))
        return err->status;
    o->unverified = mmoe_grid_files_unknown(&o->found);
    if (!o->trains || o->info.finished >= o->info.runs) {
        mmoe_store_close(o->store);
        o->store = NULL;
        return MMOE_OK;
    }
    return o->made ? MMOE_OK : prepare(o, stop, err);
}

enum mmoe_status mmoe_opening_do(struct mmoe_opening *o, atomic_bool *stop, struct mmoe_error *err)
{
    o->store = NULL;
    o->made = o->unverified = false;
    o->from = 0;
    o->copied = 0;
    enum mmoe_status status = open_study(o, stop, err);
    if (mmoe_failed(status)) {
        mmoe_store_close(o->store);
        o->store = NULL;
    }
    if (o->store)
        mmoe_store_watched(o->store, NULL);
    return status;
}
