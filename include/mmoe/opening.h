/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opening.h - a study found or made in its store, and its rows looked at: what comes before its
 * runs are read or trained.
 *
 * All of it may take long: files of rows are read, stores are waited for. It is the work of a job.
 * A study of which all runs are there is only read, so that its store may be read-only.
 *
 * Ownership: what is asked for is the caller's; so is the store that comes back.
 * Threads:   one at a time.
 *
 *   struct mmoe_opening o = {.path = path, .id = 3, .trains = true};
 *   if (!mmoe_failed(mmoe_opening_do(&o, NULL, &err))) ... o.info, o.found, o.store ...
 */
#ifndef MMOE_OPENING_H
#define MMOE_OPENING_H

#include <stdatomic.h>

#include <mmoe/store.h>

struct mmoe_opening {
    /* what is asked for */
    const char *path;             /* of the store */
    const struct mmoe_grid *grid; /* of a study to be made; NULL: study `id` is opened */
    bool find;                    /* where the store has a study of that grid, that one is opened */
    bool grows; /* ... or one that begins with it, or that it begins with, which is extended */
    const char *command, *definition; /* of a new study: as in mmoe_store_study_new */
    int64_t id;                       /* 0: the newest */
    bool trains;                      /* the runs it lacks are to be trained */
    /* what came of it */
    struct mmoe_study_info info;
    struct mmoe_grid found; /* its paths are whole, and the digests of rows there */
    struct mmoe_store
        *store;      /* to add the runs it lacks; NULL: it lacks none, or none are trained */
    bool made;       /* it is a new one */
    bool unverified; /* there is no digest of rows: an older program began it */
    int64_t from;    /* the study with other seeds whose runs it shares; 0: none */
    size_t copied;   /* how many they are */
};

/* Any thread may raise `stop` (NULL allowed): then soon MMOE_STATE. After a failure there is no
 * store to be closed. */
enum mmoe_status mmoe_opening_do(struct mmoe_opening *o, atomic_bool *stop, struct mmoe_error *err);

#endif
