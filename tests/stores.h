/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stores.h - a folder of its own for a test, and runs to keep there. */
#ifndef MMOE_TESTS_STORES_H
#define MMOE_TESTS_STORES_H

#include "tests/test.h"

#include <ftw.h>
#include <mmoe/mem.h>
#include <mmoe/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char folder[64], file[96]; /* file is not there yet */
};

static inline int make_place(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    const char *top = getenv("TMPDIR");
    snprintf(p->folder, sizeof p->folder, "%s/mmoe-test-XXXXXX", top && strlen(top) < 40 ? top : "/tmp");
    if (!mkdtemp(p->folder))
        return -1;
    snprintf(p->file, sizeof p->file, "%s/studies.db", p->folder);
    *state = p;
    return 0;
}

static inline int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static inline int remove_place(void **state)
{
    struct place *p = *state;
    nftw(p->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(p);
    return 0;
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

#define assert_fine(call)                                                                               \
    do {                                                                                                \
        struct mmoe_error err;                                                                          \
        if (mmoe_failed(call))                                                                          \
            fail_msg("%s", err.text);                                                                   \
    } while (0)

/* The call fails with that status, and its line has `part` in it. */
#define assert_refused(call, expected, part)                                                            \
    do {                                                                                                \
        struct mmoe_error err = {.text = ""};                                                           \
        assert_int_equal(call, expected);                                                               \
        if (!strstr(err.text, part))                                                                    \
            fail_msg("'%s' says nothing of '%s'", err.text, part);                                      \
    } while (0)

static inline struct mmoe_store *open_store(const char *path, enum mmoe_store_mode mode)
{
    struct mmoe_error err;
    struct mmoe_store *s = mmoe_store_open(path, mode, &err);
    if (!s)
        fail_msg("%s", err.text);
    return s;
}

static inline void refuse_store(const char *path, enum mmoe_store_mode mode, const char *part)
{
    struct mmoe_error err = {.text = ""};
    struct mmoe_store *s = mmoe_store_open(path, mode, &err);
    assert_null(s);
    if (!strstr(err.text, part) || (*path && !strstr(err.text, path)))
        fail_msg("'%s' says nothing of '%s' or '%s'", err.text, part, path);
}

static const struct mmoe_origin test_origin = {"mmoe 0.0.1", "a machine", "some kernels"};

/* Two models at two p, and many seeds. */
static inline void small_grid(struct mmoe_grid *g, size_t seeds)
{
    memset(g, 0, sizeof *g);
    small_options(&g->base);
    g->seeds = seeds;
    assert_fine(mmoe_grid_axis(g, "model", "mmoe,shared-bottom", &err));
    assert_fine(mmoe_grid_axis(g, "p", "0.5,0.9", &err));
}

static inline int64_t new_study(struct mmoe_store *s, const struct mmoe_grid *g)
{
    int64_t id = 0;
    assert_fine(mmoe_store_study_new(s, g, "sweep \"x\"", &test_origin, &id, &err));
    return id;
}

enum { TEST_POINTS = 5, TEST_EXPERTS = 3 };

/* Made-up numbers that tell the run they are of. */
static inline void make_result(struct mmoe_result *r, const struct mmoe_grid *g, size_t run, size_t points)
{
    memset(r, 0, sizeof *r);
    mmoe_snapshot_init(&r->shot, points);
    mmoe_grid_options(g, run, &r->record.options);
    r->record.run = run;
    r->record.tasks = r->shot.tasks = 2;
    r->record.step = 60;
    r->record.seconds = 0.5;
    for (size_t k = 0; k < MMOE_TASKS_MAX; k++) {
        r->record.loss[k] = k < 2 ? 1 / (3.0 + (double)(run + k)) : (double)NAN;
        r->record.loss_over_var[k] = k < 2 ? r->record.loss[k] / 7 : (double)NAN;
    }
    for (size_t i = 0; i < points; i++) {
        r->shot.curve[i].step = 20 * i;
        r->shot.curve[i].loss[0] = (double)run + 1 / (1.0 + (double)i);
        r->shot.curve[i].loss[1] = (double)run + 0.1 * (double)i;
    }
    r->shot.curve_count = points;
    r->shot.gate.gates = 2;
    r->shot.gate.experts = TEST_EXPERTS;
    for (size_t e = 0; e < TEST_EXPERTS; e++) {
        r->shot.gate.mean[0][e] = 1.0f / (1.0f + (float)(run + e));
        r->shot.gate.mean[1][e] = 0.25f * (float)e;
    }
}

static inline void add_runs(struct mmoe_store *s, int64_t study, const struct mmoe_grid *g, size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++) {
        struct mmoe_result r;
        const struct mmoe_result *list[] = {&r};
        make_result(&r, g, i, TEST_POINTS);
        assert_fine(mmoe_store_add(s, study, &test_origin, list, 1, &err));
        mmoe_snapshot_done(&r.shot);
    }
}

static inline size_t count_done(struct mmoe_store *s, int64_t study, size_t runs)
{
    unsigned char *done = mmoe_alloc(runs, 1);
    size_t n = 0;
    assert_fine(mmoe_store_finished(s, study, done, runs, &err));
    for (size_t i = 0; i < runs; i++)
        n += done[i];
    mmoe_free(done);
    return n;
}

#endif
