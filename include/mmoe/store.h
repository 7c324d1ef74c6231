/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h - studies on disk: one SQLite file, documented in mmoe-formats(5).
 *
 * A study is a grid; its finished runs are rows. A run is added whole, in one
 * transaction that is on the disk when the call returns, or not at all; added
 * twice it counts once. Several programs may use one file at a time. Losses
 * that are not finite are NULL there and NAN here. A store of an older schema
 * is brought up to date when it is opened to be written to, in one transaction;
 * read, it is as it is, and what it does not know is NAN or "".
 *
 * Ownership: mmoe_store_open / _close. Threads: a store belongs to one thread at
 *            a time; a second thread opens the file a second time.
 *
 *   struct mmoe_store *s = mmoe_store_open(path, MMOE_STORE_WRITE, &err);
 *   mmoe_store_study_new(s, &grid, "sweep seeds=40 p=0.5,1", "", &origin, &id, &err);
 *   mmoe_results_add(s, id, &origin, results, count, &err);
 *   mmoe_store_close(s);
 */
#ifndef MMOE_STORE_H
#define MMOE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include <mmoe/grid.h>
#include <mmoe/origin.h>
#include <mmoe/status.h>
#include <mmoe/text.h>

struct mmoe_store;

/* READ: the file must be there, nothing is changed. WRITE: it is made where it is missing, folders
 * included. SEALED: READ of a file that nobody changes any more; no lock is asked for. */
enum mmoe_store_mode { MMOE_STORE_READ, MMOE_STORE_WRITE, MMOE_STORE_SEALED };

/* Who waits for a store. go_on is asked now and then whatever is done with it, from the thread that
 * does it; locked: another program has it locked. Where the answer is no, the call fails with
 * MMOE_STATE and changes nothing. */
struct mmoe_store_watch {
    bool (*go_on)(void *context, bool locked);
    void *context;
};

/* NULL and *err (which names the file and the remedy) where it can't be opened, is no store, lacks
 * a table or a column, or is of a newer schema. The watch (NULL: nobody) is copied. */
struct mmoe_store *mmoe_store_open(const char *path, enum mmoe_store_mode mode,
                                   const struct mmoe_store_watch *watch, struct mmoe_error *err);
void mmoe_store_close(struct mmoe_store *s); /* NULL allowed */
/* Somebody else watches from now on; NULL: nobody. */
void mmoe_store_watched(struct mmoe_store *s, const struct mmoe_store_watch *watch);
/* MMOE_IO where the file was removed or replaced since it was opened. Any thread may ask. */
enum mmoe_status mmoe_store_in_place(const struct mmoe_store *s, struct mmoe_error *err);

/* Append the usual file, $XDG_STATE_HOME/mmoe/studies.db or ~/.local/state/mmoe/studies.db; nothing
 * without HOME. */
void mmoe_store_path(struct mmoe_text *t);

/* --- studies --- */

struct mmoe_study_info {
    int64_t id;
    char created[32];    /* UTC, 2026-01-31T12:00:00Z */
    char command[512];   /* as typed */
    char definition[64]; /* the name of what defines it, as in definition.h; "": a plain sweep */
    char version[32];
    size_t cells, seeds, runs; /* runs = cells * seeds */
    size_t finished, diverged; /* diverged ones are finished too */
    double seconds;            /* of all its runs together */
};

/* A new study of that grid, of that definition ("": none); *id is its number. */
enum mmoe_status mmoe_store_study_new(struct mmoe_store *s, const struct mmoe_grid *g,
                                      const char *command, const char *definition,
                                      const struct mmoe_origin *origin, int64_t *id,
                                      struct mmoe_error *err);
/* The newest study whose grid is the same (mmoe_grid_same), whatever defined it; *id 0 where there
 * is none. */
enum mmoe_status mmoe_store_find(struct mmoe_store *s, const struct mmoe_grid *g, int64_t *id,
                                 struct mmoe_error *err);
/* The newest study that begins with the grid (mmoe_grid_begins), or that the grid begins with,
 * *grows: it is to be extended; *id 0 where there is none. */
enum mmoe_status mmoe_store_find_begun(struct mmoe_store *s, const struct mmoe_grid *g, int64_t *id,
                                       bool *grows, struct mmoe_error *err);
/* The study, which the grid begins with, is of that grid from now on. */
enum mmoe_status mmoe_store_extend(struct mmoe_store *s, int64_t id, const struct mmoe_grid *g,
                                   struct mmoe_error *err);
/* All studies in the order of their numbers: a block of *count to be freed with mmoe_free. */
enum mmoe_status mmoe_store_studies(struct mmoe_store *s, struct mmoe_study_info **list,
                                    size_t *count, struct mmoe_error *err);
/* One study; id 0: the newest. info and g may be NULL. MMOE_UNKNOWN where there is none of that
   number (the error names those there are), or where a newer mmoe made it with options this one
   does not know. */
enum mmoe_status mmoe_store_study(struct mmoe_store *s, int64_t id, struct mmoe_study_info *info,
                                  struct mmoe_grid *g, struct mmoe_error *err);

#endif
