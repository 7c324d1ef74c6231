/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * files.c - the live session in files: weights, rows, and checkpoints.
 *
 * A checkpoint is a file of arrays:
 *
 *   checkpoint    a mark that names the kind of file
 *   options       the settings of the session
 *   run.options   the settings the run was made with
 *   others        the run (checkpoint.c)
 *
 * Rows are not in it: they are made again from the options.
 */
#include "src/work/files.h"

#include <stdio.h>
#include <string.h>

#include <mmoe/exchange.h>
#include <mmoe/lane.h>
#include <mmoe/mem.h>
#include <mmoe/source.h>

static const char checkpoint_mark[] = "mmoe checkpoint 1";

static enum mmoe_status add_options(struct mmoe_arrays *a, const char *name,
                                    const struct mmoe_options *o, struct mmoe_error *err)
{
    struct mmoe_text t = {0};
    struct mmoe_options kept = *o;
    mmoe_options_whole(&kept); /* a session in another folder finds the file of rows */
    mmoe_options_text(&kept, &t);
    enum mmoe_status status = mmoe_arrays_add_text(a, name, t.s, err);
    mmoe_text_done(&t);
    return status;
}

static enum mmoe_status checkpoint(const struct mmoe_run *run, const struct mmoe_options *o,
                                   struct mmoe_arrays *a, struct mmoe_error *err)
{
    if (mmoe_failed(mmoe_arrays_add_text(a, "checkpoint", checkpoint_mark, err)) ||
        mmoe_failed(add_options(a, "options", o, err)))
        return err->status;
    if (!run)
        return MMOE_OK;
    if (mmoe_failed(add_options(a, "run.options", &mmoe_run_snapshot(run)->options, err)))
        return err->status;
    return mmoe_run_save(run, a, err);
}

/* Read options from the text of a checkpoint. */
static enum mmoe_status take_options(const struct mmoe_arrays *a, const char *name,
                                     struct mmoe_options *o, struct mmoe_error *err)
{
    char *text = mmoe_arrays_text(a, name);
    mmoe_options_default(o);
    enum mmoe_status status =
        text ? mmoe_options_read(o, text, err)
             : mmoe_fail(err, MMOE_INVALID, "its options are missing or damaged");
    mmoe_free(text);
    return status;
}

static enum mmoe_status check_mark(const struct mmoe_arrays *a, struct mmoe_error *err)
{
    char *text = mmoe_arrays_text(a, "checkpoint");
    enum mmoe_status status = MMOE_OK;
    if (!text)
        status = mmoe_fail(err, MMOE_INVALID, "it is no session that save wrote");
    else if (strcmp(text, checkpoint_mark) != 0)
        status = mmoe_fail(
            err, MMOE_INVALID,
            "it says '%.40s', which this program does not know: use the one that wrote it", text);
    mmoe_free(text);
    return status;
}

/* Collect the contents of the file as arrays. */
static enum mmoe_status collect(const struct mmoe_filed *file, const struct mmoe_dataset *data,
                                struct mmoe_run *run, struct mmoe_arrays *a, struct mmoe_error *err)
{
    if (file->what == MMOE_FILE_SAVE)
        return checkpoint(run, &file->options, a, err);
    bool rows = file->what == MMOE_FILE_EXPORT_DATA;
    if (rows ? !data : !run)
        return mmoe_fail(err, MMOE_STATE,
                         "there is nothing to export yet: run makes rows and a net");
    if (file->what == MMOE_FILE_EXPORT_SCORES)
        return mmoe_run_scores(run, a, err);
    return rows ? mmoe_exchange_export(data, a, err) : mmoe_run_export(run, a, err);
}

enum mmoe_status files_write(const struct mmoe_filed *file, const struct mmoe_dataset *data,
                             struct mmoe_run *run, atomic_bool *stop, struct mmoe_error *err)
{
    struct mmoe_arrays a = {.stop = stop};
    enum mmoe_status status = collect(file, data, run, &a, err);
    if (!mmoe_failed(status))
        status = mmoe_arrays_write(&a, file->path, err);
    mmoe_arrays_done(&a);
    return status;
}

/* Read the arrays of a file that the net has. */
static enum mmoe_status read_weights(struct mmoe_run *run, const char *path, struct mmoe_arrays *a,
                                     struct mmoe_error *err)
{
    const char **names = mmoe_net_names(mmoe_run_net(run));
    enum mmoe_status status =
        mmoe_arrays_read_some(a, path, &(struct mmoe_wanted){.names = names}, err);
    mmoe_free(names);
    return status;
}

static void tell_unread(const struct mmoe_arrays *a, char *out, size_t size)
{
    struct mmoe_text t = {0};
    mmoe_arrays_tell_unread(a, &t);
    snprintf(out, size, "%s", t.n ? t.s : "");
    mmoe_text_done(&t);
}

enum mmoe_status files_import(struct mmoe_run *run, struct mmoe_filed *file, atomic_bool *stop,
                              struct mmoe_error *err)
{
    struct mmoe_arrays a = {.stop = stop};
    struct mmoe_error why;
    if (!run)
        return mmoe_fail(err, MMOE_STATE,
                         "there is no net to import weights into: model makes one");
    if (mmoe_failed(read_weights(run, file->path, &a, err)))
        return err->status;
    enum mmoe_status status = mmoe_run_import(run, &a, &why);
    if (mmoe_failed(status))
        mmoe_fail(err, status, "%.200s: %s", file->path, why.text);
    tell_unread(&a, file->unread, sizeof file->unread);
    mmoe_arrays_done(&a);
    return status;
}

static enum mmoe_status load(const struct mmoe_arrays *a, const struct session *was,
                             struct session *out, atomic_bool *stop, struct mmoe_error *err)
{
    if (mmoe_failed(check_mark(a, err)) ||
        mmoe_failed(take_options(a, "options", &out->options, err)))
        return err->status;
    out->has_run = mmoe_arrays_find(a, "run.options") != NULL;
    if (!out->has_run)
        return MMOE_OK;
    if (mmoe_failed(take_options(a, "run.options", &out->made_with, err)))
        return err->status;
    bool same = was->data && mmoe_source_same(&was->made_with, &out->made_with) &&
                mmoe_run_is_of(a, was->data);
    out->data = same ? mmoe_dataset_ref(was->data)
                     : mmoe_source_make_until(&out->made_with, NULL, stop, err);
    out->run = out->data ? mmoe_run_new(&out->made_with, out->data, err) : NULL;
    return out->run ? mmoe_run_restore(out->run, a, err) : err->status;
}

enum mmoe_status files_load(const char *path, const struct session *was, struct session *out,
                            atomic_bool *stop, struct mmoe_error *err)
{
    static const char *const names[] = {"checkpoint", "options", "run.",  "weights.", "good.",
                                        "best.",      "sum1.",   "sum2.", NULL};
    struct mmoe_arrays a = {.stop = stop};
    struct mmoe_error why;
    *out = (struct session){0};
    if (mmoe_failed(mmoe_arrays_read_some(&a, path, &(struct mmoe_wanted){.names = names}, err)))
        return err->status;
    enum mmoe_status status = load(&a, was, out, stop, &why);
    mmoe_arrays_done(&a);
    if (!mmoe_failed(status))
        return MMOE_OK;
    mmoe_run_free(out->run);
    mmoe_dataset_free(out->data);
    *out = (struct session){0};
    return mmoe_fail(err, status, "%.200s: %s", path, why.text);
}
