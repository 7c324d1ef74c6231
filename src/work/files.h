/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * files.h - the live session in files: weights, rows, and checkpoints.
 *
 * Ownership: what a struct session holds after files_load is the caller's.
 * Threads:   the one that owns the run.
 */
#ifndef MMOE_WORK_FILES_H
#define MMOE_WORK_FILES_H

#include <stdatomic.h>

#include <mmoe/dataset.h>
#include <mmoe/lane.h>
#include <mmoe/run.h>

/* The session that a checkpoint holds. */
struct session {
    struct mmoe_options options;   /* the settings */
    struct mmoe_options made_with; /* those of rows and run */
    struct mmoe_dataset *data;
    struct mmoe_run *run;
    bool has_run;
};

/* Export or save; data and run may be NULL. stop: as in arrays.h. */
enum mmoe_status files_write(const struct mmoe_filed *file, const struct mmoe_dataset *data,
                             struct mmoe_run *run, atomic_bool *stop, struct mmoe_error *err);
/* Import the weights of file->path; fills file->unread. stop: as in arrays.h. */
enum mmoe_status files_import(struct mmoe_run *run, struct mmoe_filed *file, atomic_bool *stop,
                              struct mmoe_error *err);
/* Read the session of a checkpoint. It shares the rows of `was` if they are the same; after a
 * failure *out is empty. */
enum mmoe_status files_load(const char *path, const struct session *was, struct session *out,
                            atomic_bool *stop, struct mmoe_error *err);

#endif
