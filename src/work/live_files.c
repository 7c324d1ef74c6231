/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live_files.c - what the lane's thread does with files: sessions, rows and weights, in and out. */
#include <string.h>

#include <mmoe/file.h>
#include <mmoe/mailbox.h>
#include <mmoe/mem.h>
#include <mmoe/recipe.h>
#include <mmoe/source.h>

#include "src/work/files.h"
#include "src/work/live.h"

void live_take_rows(struct mmoe_lane *l, struct mmoe_dataset *data,
                    const struct mmoe_options *made_with)
{
    struct live *v = &l->live;
    mmoe_dataset_free(v->data);
    v->data = data;
    v->made_with = *made_with;
    thread_monitor_enter(l->monitor);
    struct mmoe_dataset *before = l->data;
    l->data = data ? mmoe_dataset_ref(data) : NULL;
    l->data_made = *made_with;
    thread_monitor_leave(l->monitor);
    mmoe_dataset_free(before);
}

static enum mmoe_status load(struct mmoe_lane *l, struct mmoe_filed *file, const struct order *o,
                             struct mmoe_error *err)
{
    struct live *v = &l->live;
    const struct session was = {.data = v->data, .made_with = v->made_with};
    struct session loaded;
    if (mmoe_failed(files_load(file->path, &was, &loaded, &l->orders.stop, err)))
        return err->status;
    file->options = loaded.options;
    file->made_with = loaded.made_with;
    file->with_run = loaded.has_run;
    mmoe_run_free(v->run);
    v->run = loaded.run;
    past_begin(&v->past, v->run);
    if (v->run)
        mmoe_run_show(v->run, v->shows);
    v->ticket = o->ticket;
    v->replaced = true;
    live_take_rows(l, loaded.data, &loaded.made_with);
    live_drop_before(l, o->number); /* they were meant for the run there was */
    return MMOE_OK;
}

static enum mmoe_status import_rows(struct mmoe_lane *l, const struct mmoe_filed *file,
                                    const struct order *o, struct mmoe_error *err)
{
    struct mmoe_dataset *data = mmoe_source_make_until(&file->options, NULL, &l->orders.stop, err);
    if (!data)
        return err->status;
    mmoe_run_free(l->live.run); /* it trained on other rows */
    l->live.run = NULL;
    past_begin(&l->live.past, NULL);
    l->live.replaced = true;
    live_take_rows(l, data, &file->options);
    live_drop_before(l, o->number);
    return MMOE_OK;
}

static enum mmoe_status see(struct mmoe_run *run, struct mmoe_filed *file, struct mmoe_error *err)
{
    size_t row = 0;
    mmoe_parse_size(file->path, &row);
    return run ? mmoe_run_see(run, row, &file->seen, err)
               : mmoe_fail(err, MMOE_STATE, "there is no net to look through: run makes one");
}

static enum mmoe_status tell_recipe(struct mmoe_run *run, struct mmoe_filed *file,
                                    struct mmoe_error *err)
{
    struct mmoe_recipe r;
    struct mmoe_text t = {0};
    if (!run)
        return mmoe_fail(err, MMOE_STATE, "there is no run to share: run makes one");
    if (mmoe_failed(mmoe_recipe_of(run, &r, err)))
        return err->status;
    mmoe_recipe_text(&r, &t);
    file->line = t.s;
    memcpy(file->bits, r.bits, sizeof file->bits);
    memcpy(file->rows, r.rows, sizeof file->rows);
    mmoe_recipe_done(&r);
    return MMOE_OK;
}

enum mmoe_status live_do_file(struct mmoe_lane *l, const struct order *o, struct mmoe_error *err)
{
    struct filed *f = mmoe_alloc(1, sizeof *f), **at = &l->filed;
    enum mmoe_status status;
    f->file = o->file;
    switch (f->file.what) {
    case MMOE_FILE_LOAD: status = load(l, &f->file, o, err); break;
    case MMOE_FILE_IMPORT_WEIGHTS:
        status = files_import(l->live.run, &f->file, &l->orders.stop, err);
        if (!mmoe_failed(status))
            past_begin(&l->live.past, l->live.run);
        break;
    case MMOE_FILE_IMPORT_DATA: status = import_rows(l, &f->file, o, err); break;
    case MMOE_FILE_SHARE: status = tell_recipe(l->live.run, &f->file, err); break;
    case MMOE_FILE_SEE: status = see(l->live.run, &f->file, err); break;
    default:
        f->file.note = mmoe_file_note(f->file.path);
        status = files_write(&f->file, l->live.data, l->live.run, &l->orders.stop, err);
        break;
    }
    if (mmoe_failed(status)) {
        mmoe_free(f);
        return status;
    }
    f->file.step = l->live.run ? mmoe_run_at(l->live.run) : 0;
    thread_monitor_enter(l->monitor);
    while (*at)
        at = &(*at)->next;
    *at = f;
    thread_monitor_leave(l->monitor);
    mmoe_mailbox_wake(l->mailbox);
    return MMOE_OK;
}
