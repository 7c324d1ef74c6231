/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grid_files.c - the files of rows that a grid names. */
#include <string.h>

#include <mmoe/grid_files.h>
#include <mmoe/source.h>

static const char none[] = "synthetic";

/* The place of axis data; axis_count: it is none. */
static size_t axis_of(const struct mmoe_grid *g)
{
    size_t a = 0;
    while (a < g->axis_count && strcmp(g->axes[a].option->name, "data") != 0)
        a++;
    return a;
}

const char *mmoe_grid_file(const struct mmoe_grid *g, size_t i)
{
    size_t a = axis_of(g);
    if (i >= (a < g->axis_count ? g->axes[a].count : 1))
        return NULL;
    const char *value = a < g->axis_count ? mmoe_grid_value(g, a, i) : g->base.data;
    return strcmp(value, none) == 0 || !mmoe_options_of_file(value) ? "" : value;
}

bool mmoe_grid_files_unknown(const struct mmoe_grid *g)
{
    const char *file;
    for (size_t i = 0; (file = mmoe_grid_file(g, i)); i++)
        if (*file && !g->rows[i][0])
            return true;
    return false;
}

static enum mmoe_status check(const char *file, const char *was, const struct mmoe_dataset *d,
                              struct mmoe_error *err)
{
    if (!*was || strcmp(was, d->digest) == 0)
        return MMOE_OK;
    return mmoe_fail(err, MMOE_INVALID,
                     "data '%.200s': its rows are others than those the study was begun with: put "
                     "the file of then back, or begin a new study",
                     file);
}

/* The options of the first cell with the i-th file: an axis may go with it, such as binary. */
static void options_with(const struct mmoe_grid *g, size_t i, struct mmoe_options *o)
{
    size_t a = axis_of(g), cell = 0;
    while (a < g->axis_count && mmoe_grid_place(g, cell, a) != i)
        cell++;
    mmoe_grid_cell_options(g, cell, o);
}

enum mmoe_status mmoe_grid_files_read(struct mmoe_grid *g, atomic_bool *stop,
                                      struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    const char *file;
    for (size_t i = 0; !mmoe_failed(status) && (file = mmoe_grid_file(g, i)); i++) {
        struct mmoe_options o;
        if (!*file)
            continue;
        options_with(g, i, &o);
        struct mmoe_dataset *d = mmoe_source_make_until(&o, NULL, stop, err);
        if (!d)
            return err->status;
        status = check(file, g->rows[i], d, err);
        if (!mmoe_failed(status))
            memcpy(g->rows[i], d->digest, sizeof g->rows[i]);
        mmoe_dataset_free(d);
    }
    return status;
}

enum mmoe_status mmoe_grid_files_check(const struct mmoe_grid *g, size_t run,
                                       const struct mmoe_dataset *d, struct mmoe_error *err)
{
    size_t a = axis_of(g);
    size_t i = a < g->axis_count ? mmoe_grid_place(g, mmoe_grid_cell(g, run), a) : 0;
    return check(mmoe_grid_file(g, i), g->rows[i], d, err);
}
