/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of rows of a grid: found from any folder, and told from others that took their place.
 */
#include <mmoe/grid_files.h>

#include "tests/runs.h"
#include "tests/stores.h"

/* Rows of that p in FOLDER/name. */
static void keep(const struct place *p, const char *name, double correlation)
{
    struct mmoe_options o;
    char path[200];
    small_options(&o);
    o.p = correlation;
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    keep_rows(&o, path);
}

/* Two files by two seeds, read. */
static void two_files(const struct place *p, struct mmoe_grid *g)
{
    struct mmoe_text values = {0};
    memset(g, 0, sizeof *g);
    small_options(&g->base);
    g->seeds = 2;
    keep(p, "a.npz", 0.5);
    keep(p, "b.npz", 1);
    mmoe_text_add(&values, "synthetic,%s/a.npz,%s/b.npz", p->folder, p->folder);
    assert_fine(mmoe_grid_axis(g, "data", values.s, &err));
    assert_true(mmoe_grid_files_unknown(g));
    assert_fine(mmoe_grid_files_read(g, NULL, &err));
    assert_false(mmoe_grid_files_unknown(g));
    mmoe_text_done(&values);
}

static void every_file_has_its_rows(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    two_files(p, &g);
    assert_string_equal(mmoe_grid_file(&g, 0), "");
    assert_non_null(strstr(mmoe_grid_file(&g, 2), "/b.npz"));
    assert_null(mmoe_grid_file(&g, 3));
    assert_true(g.rows[0][0] == '\0' && strlen(g.rows[1]) == 64 && strlen(g.rows[2]) == 64);
    assert_string_not_equal(g.rows[1], g.rows[2]);
    for (size_t run = 0; run < mmoe_grid_runs(&g); run++) {
        struct mmoe_options o;
        mmoe_grid_options(&g, run, &o);
        struct mmoe_dataset *d = make_rows(&o);
        assert_fine(mmoe_grid_files_check(&g, run, d, &err));
        mmoe_dataset_free(d);
    }
}

static void other_rows_are_refused(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_options o;
    two_files(p, &g);
    keep(p, "b.npz", 0.9);
    const struct mmoe_grid before = g;
    assert_refused(mmoe_grid_files_read(&g, NULL, &err), MMOE_INVALID,
                   "/b.npz': its rows are others than those the study was begun with: put");
    assert_memory_equal(&before, &g, sizeof g);
    size_t refused = 0;
    for (size_t run = 0; run < mmoe_grid_runs(&g); run++) {
        struct mmoe_error err;
        mmoe_grid_options(&g, run, &o);
        struct mmoe_dataset *d = make_rows(&o);
        bool failed = mmoe_failed(mmoe_grid_files_check(&g, run, d, &err));
        assert_int_equal(failed, strstr(o.data, "/b.npz") != NULL);
        refused += failed;
        mmoe_dataset_free(d);
    }
    assert_int_equal(refused, 2);
    keep(p, "b.npz", 1); /* put back */
    assert_fine(mmoe_grid_files_read(&g, NULL, &err));
}

static void reading_can_be_stopped(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    atomic_bool stop = true;
    two_files(p, &g);
    assert_refused(mmoe_grid_files_read(&g, &stop, &err), MMOE_STATE, "stopped");
}

static void other_rows_are_another_grid(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g, other;
    two_files(p, &g);
    other = g;
    assert_true(mmoe_grid_same(&g, &other));
    memset(other.rows[2], 0, sizeof other.rows[2]);
    assert_false(mmoe_grid_same(&g, &other)); /* nobody knows */
    keep(p, "b.npz", 0.9);
    assert_fine(mmoe_grid_files_read(&other, NULL, &err));
    assert_false(mmoe_grid_same(&g, &other));
}

/* Paths are found from another folder, whose name may have a comma. */
static void paths_are_whole(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g, back = {0};
    char before[4096], folder[200];
    assert_non_null(getcwd(before, sizeof before));
    memset(&g, 0, sizeof g);
    small_options(&g.base);
    g.seeds = 1;
    snprintf(folder, sizeof folder, "%s/x,y", p->folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    keep(p, "x,y/a.npz", 0.5);
    assert_int_equal(chdir(folder), 0);
    put(&g.base, "data", "a.npz");
    assert_fine(mmoe_grid_axis(&g, "data", "a.npz,b.npz", &err)); /* b.npz is not there */
    assert_fine(mmoe_grid_whole(&g, &err));
    assert_int_equal(chdir(before), 0);
    assert_non_null(strstr(g.base.data, "/x,y/a.npz"));
    assert_string_equal(mmoe_grid_value(&g, 0, 0), g.base.data);
    assert_string_equal(mmoe_grid_value(&g, 0, 1), "b.npz");
    small_options(&back.base);
    const struct mmoe_axis *axis = &g.axes[0];
    assert_fine(
        mmoe_grid_stored_axis(&back, "data", axis->text, axis->at[1] + strlen("b.npz"), -1, &err));
    assert_memory_equal(axis, &back.axes[0], sizeof *axis);
}

TESTS(PLACED(every_file_has_its_rows), PLACED(other_rows_are_refused),
      PLACED(reading_can_be_stopped), PLACED(other_rows_are_another_grid), PLACED(paths_are_whole))
