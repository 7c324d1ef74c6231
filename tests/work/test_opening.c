/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Studies found and made: on the rows of then, in stores that may be read-only, as long as wanted.
 */
#include <mmoe/grid_files.h>
#include <mmoe/opening.h>

#include "tests/runs.h"
#include "tests/stores.h"

/* Rows of that p in FOLDER/rows.npz. */
static void keep_file(const struct place *p, double correlation, char path[200])
{
    struct mmoe_options o;
    small_options(&o);
    o.p = correlation;
    snprintf(path, 200, "%s/rows.npz", p->folder);
    keep_rows(&o, path);
}

/* Two models on that file, two seeds. */
static void file_grid(const char *path, struct mmoe_grid *g)
{
    memset(g, 0, sizeof *g);
    small_options(&g->base);
    put(&g->base, "data", path);
    g->seeds = 2;
    assert_fine(mmoe_grid_axis(g, "model", "mmoe,shared-bottom", &err));
}

/* What `study NAME` does: find the study of the grid, or make it. */
static void begin(const struct place *p, const struct mmoe_grid *g, struct mmoe_opening *o)
{
    *o = (struct mmoe_opening){.path = p->file,
                               .grid = g,
                               .find = true,
                               .command = "study x",
                               .definition = "",
                               .trains = true};
    assert_fine(mmoe_opening_do(o, NULL, &err));
}

static void resume(const struct place *p, struct mmoe_opening *o)
{
    *o = (struct mmoe_opening){.path = p->file, .id = 1, .trains = true};
}

static void done(struct mmoe_opening *o)
{
    mmoe_store_close(o->store);
    o->store = NULL;
}

static void a_study_is_made_once(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_opening o;
    small_grid(&g, 2);
    begin(p, &g, &o);
    assert_true(o.made && o.store && o.info.id == 1 && o.info.runs == 8);
    add_runs(o.store, 1, &o.found, 0, 3);
    done(&o);
    begin(p, &g, &o);
    assert_true(!o.made && o.store && o.info.id == 1 && o.info.finished == 3);
    assert_true(mmoe_grid_same(&g, &o.found));
    done(&o);
    g.seeds = 3;
    begin(p, &g, &o);
    assert_true(o.made && o.info.id == 2 && o.copied == 0); /* other kernels computed them */
    done(&o);
    o = (struct mmoe_opening){.path = p->file, .id = 1};
    assert_fine(mmoe_opening_do(&o, NULL, &err));
    assert_true(!o.store && o.info.finished == 3 && mmoe_grid_runs(&o.found) == 8);
}

/* Neither found nor gone on with: the study of a file that has other rows now. */
static void a_study_keeps_to_its_rows(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_opening o;
    char path[200];
    keep_file(p, 0.5, path);
    file_grid(path, &g);
    begin(p, &g, &o);
    assert_true(o.made && !o.unverified && strlen(o.found.rows[0]) == 64);
    add_runs(o.store, 1, &o.found, 0, 1);
    done(&o);
    keep_file(p, 1, path);
    resume(p, &o);
    assert_refused(mmoe_opening_do(&o, NULL, &err), MMOE_INVALID,
                   "rows.npz': its rows are others than those the study was begun with");
    assert_null(o.store);
    o.trains = false; /* what is there can be seen */
    assert_fine(mmoe_opening_do(&o, NULL, &err));
    assert_int_equal(o.info.finished, 1);
    begin(p, &g, &o);
    assert_true(o.made && o.info.id == 2);
    done(&o);
    keep_file(p, 0.5, path);
    resume(p, &o);
    assert_fine(mmoe_opening_do(&o, NULL, &err));
    assert_non_null(o.store);
    done(&o);
    assert_int_equal(unlink(path), 0);
    assert_refused(mmoe_opening_do(&o, NULL, &err), MMOE_UNKNOWN, "rows.npz");
}

/* An older program kept no digest: that is told, and the rows of now are those of this sweep. */
static void an_older_study_is_unverified(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_opening o;
    char path[200];
    keep_file(p, 0.5, path);
    file_grid(path, &g);
    begin(p, &g, &o);
    done(&o);
    run_sql(p->file, "DROP TABLE files; DROP TABLE units; ALTER TABLE runs DROP COLUMN overlap; "
                     "PRAGMA user_version = 4");
    resume(p, &o);
    assert_fine(mmoe_opening_do(&o, NULL, &err));
    assert_true(o.unverified && o.store && o.found.rows[0][0]);
    done(&o);
    assert_true(ask(p->file, "SELECT count(*) FROM files") == 0); /* and stays unknown */
}

/* All runs are there: nothing is to be written. */
static void a_complete_study_needs_no_writing(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_opening o;
    make_store(p->file, &g, 1, 4);
    assert_int_equal(chmod(p->folder, 0755), 0);
    assert_int_equal(chmod(p->file, 0444), 0);
    AS_ANYBODY({
        begin(p, &g, &o);
        assert_true(!o.made && !o.store && o.info.finished == 4);
        resume(p, &o);
        assert_fine(mmoe_opening_do(&o, NULL, &err));
        assert_null(o.store);
    });
    run_sql(p->file, "DELETE FROM runs WHERE run = 3");
    AS_ANYBODY({
        assert_refused(mmoe_opening_do(&o, NULL, &err), MMOE_IO, "the file is read-only");
        assert_null(o.store);
    });
}

static void it_can_be_stopped(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    struct mmoe_opening o;
    char path[200];
    atomic_bool stop = true;
    keep_file(p, 0.5, path);
    file_grid(path, &g);
    o = (struct mmoe_opening){.path = p->file, .grid = &g, .command = "", .definition = ""};
    assert_refused(mmoe_opening_do(&o, &stop, &err), MMOE_STATE, "stopped");
    assert_int_equal(access(p->file, F_OK), -1);
    begin(p, &g, &o);
    done(&o);
    sqlite3 *other;
    assert_int_equal(sqlite3_open(p->file, &other), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", NULL, NULL, NULL),
        SQLITE_OK);
    resume(p, &o);
    assert_refused(mmoe_opening_do(&o, &stop, &err), MMOE_STATE, "stopped");
    assert_null(o.store);
    sqlite3_close(other);
}

TESTS(PLACED(a_study_is_made_once), PLACED(a_study_keeps_to_its_rows),
      PLACED(an_older_study_is_unverified), PLACED(a_complete_study_needs_no_writing),
      PLACED(it_can_be_stopped))
