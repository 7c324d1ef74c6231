/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stored study is read in the order of runs, however slowly it is fetched, and given up at any
 * time. */
#include <poll.h>

#include <mmoe/reader.h>

#include "tests/stores.h"

enum { SEEDS = 500, RUNS = 4 * SEEDS, BATCH = 250, WITHOUT_RUNS = 2 };

struct fixture {
    struct place *place;
    struct mmoe_mailbox *mailbox;
    struct mmoe_grid grid;
};

static void fill(struct fixture *f)
{
    struct mmoe_store *s = open_store(f->place->file, MMOE_STORE_WRITE);
    struct mmoe_result *results = calloc(BATCH, sizeof *results);
    const struct mmoe_result *list[BATCH];
    assert_int_equal(new_study(s, &f->grid), 1);
    for (size_t from = 0; from < RUNS; from += BATCH) {
        for (size_t i = 0; i < BATCH; i++) {
            make_result(&results[i], &f->grid, from + i, TEST_POINTS);
            list[i] = &results[i];
        }
        assert_fine(mmoe_results_add(s, 1, &test_origin, list, BATCH, &err));
        for (size_t i = 0; i < BATCH; i++)
            mmoe_snapshot_done(&results[i].shot);
    }
    free(results);
    assert_int_equal(new_study(s, &f->grid), WITHOUT_RUNS);
    mmoe_store_close(s);
}

/* One store for all tests: nothing is written to it. */
static int set_up(void **state)
{
    static struct fixture f;
    if (make_place((void **)&f.place))
        return -1;
    f.mailbox = mmoe_mailbox_new();
    small_grid(&f.grid, SEEDS);
    fill(&f);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    mmoe_mailbox_free(f->mailbox);
    return remove_place((void **)&f->place);
}

static struct mmoe_reader *start(const struct fixture *f, bool with_curves)
{
    return mmoe_reader_new(f->mailbox, f->place->file, 1, &f->grid, with_curves);
}

/* Wait until it was woken; a minute without is a failure. */
static void wait_for(const struct fixture *f)
{
    struct pollfd fd = {.fd = mmoe_mailbox_fd(f->mailbox), .events = POLLIN};
    if (poll(&fd, 1, 60000) != 1)
        fail_msg("nothing ever woke its reader");
    mmoe_mailbox_drain(f->mailbox);
}

static void assert_record(const struct fixture *f, const struct mmoe_record *r, size_t run,
                          bool with_curve)
{
    struct mmoe_result want;
    make_result(&want, &f->grid, run, TEST_POINTS);
    mmoe_snapshot_done(&want.shot);
    assert_true(r->run == run && r->tasks == 2 && r->step == 60 && !r->failed);
    assert_memory_equal(r->value[MMOE_LOSS], want.record.value[MMOE_LOSS], 2 * sizeof(double));
    assert_true(r->pearson == want.record.pearson);
    assert_int_equal(r->options.seed_data, run / 4);
    assert_int_equal(r->curve_count, with_curve ? TEST_POINTS : 0);
    for (size_t i = 0; i < r->curve_count; i++)
        assert_true(r->curve[i].step == want.record.curve[i].step &&
                    r->curve[i].loss[0] == want.record.curve[i].loss[0]);
}

static void assert_fine_end(struct mmoe_reader *r)
{
    struct mmoe_error err;
    struct mmoe_record record;
    assert_true(mmoe_reader_is_done(r));
    assert_false(mmoe_reader_record(r, &record));
    if (mmoe_failed(mmoe_reader_status(r, &err)))
        fail_msg("%s", err.text);
}

static void all_come_in_order(void **state)
{
    const struct fixture *f = *state;
    for (int with_curves = 0; with_curves < 2; with_curves++) {
        struct mmoe_reader *r = start(f, with_curves);
        struct mmoe_record record;
        size_t n = 0;
        while (!mmoe_reader_is_done(r)) {
            while (mmoe_reader_record(r, &record))
                assert_record(f, &record, n++, with_curves);
            if (!mmoe_reader_is_done(r))
                wait_for(f);
        }
        assert_int_equal(n, RUNS);
        assert_fine_end(r);
        mmoe_reader_free(r);
    }
}

/* It wakes who fetches, waits for whom is slow, and loses nothing meanwhile. */
static void a_slow_one_loses_nothing(void **state)
{
    const struct fixture *f = *state;
    struct mmoe_reader *r = start(f, false);
    struct mmoe_record record;
    size_t n = 0;
    wait_for(f);
    while (n < RUNS) {
        poll(NULL, 0, 20); /* it reads on, as far as it has room */
        for (size_t i = 0; i < 700 && mmoe_reader_record(r, &record); i++)
            assert_record(f, &record, n++, false);
        assert_true(n == RUNS || !mmoe_reader_is_done(r));
    }
    while (!mmoe_reader_is_done(r))
        wait_for(f);
    assert_fine_end(r);
    mmoe_reader_free(r);
}

static void it_can_be_given_up_at_any_time(void **state)
{
    const struct fixture *f = *state;
    struct mmoe_record record;
    static const size_t fetched[] = {0, 1, 300, 600, RUNS - 1};
    for (size_t i = 0; i < 5; i++)
        for (int late = 0; late < 2; late++) {
            struct mmoe_reader *r = start(f, false);
            for (size_t n = 0; n < fetched[i];)
                if (mmoe_reader_record(r, &record))
                    assert_int_equal(record.run, n++);
                else
                    wait_for(f);
            if (late)
                poll(NULL, 0, 20); /* until it is full, and waits */
            mmoe_reader_free(r);
        }
    mmoe_reader_free(NULL);
}

static void two_read_at_once(void **state)
{
    const struct fixture *f = *state;
    struct mmoe_reader *r[2] = {start(f, true), start(f, false)};
    struct mmoe_record record;
    size_t n[2] = {0, 0};
    while (!mmoe_reader_is_done(r[0]) || !mmoe_reader_is_done(r[1])) {
        bool any = false;
        for (size_t i = 0; i < 2; i++)
            if (mmoe_reader_record(r[i], &record)) {
                assert_record(f, &record, n[i]++, i == 0);
                any = true;
            }
        if (!any && !(mmoe_reader_is_done(r[0]) && mmoe_reader_is_done(r[1])))
            wait_for(f);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(n[i], RUNS);
        assert_fine_end(r[i]);
        mmoe_reader_free(r[i]);
    }
}

static void a_study_without_runs_is_done_at_once(void **state)
{
    const struct fixture *f = *state;
    struct mmoe_reader *r =
        mmoe_reader_new(f->mailbox, f->place->file, WITHOUT_RUNS, &f->grid, true);
    while (!mmoe_reader_is_done(r))
        wait_for(f);
    assert_fine_end(r);
    mmoe_reader_free(r);
}

static void refuse(const struct fixture *f, const char *path, const struct mmoe_grid *g,
                   const char *part)
{
    struct mmoe_error err = {.text = ""};
    struct mmoe_reader *r = mmoe_reader_new(f->mailbox, path, 1, g, true);
    while (!mmoe_reader_is_done(r))
        wait_for(f);
    assert_true(mmoe_failed(mmoe_reader_status(r, &err)));
    assert_int_equal(err.status, mmoe_reader_status(r, &err));
    if (!strstr(err.text, part) || !strstr(err.text, path))
        fail_msg("'%s' says nothing of '%s' or '%s'", err.text, part, path);
    mmoe_reader_free(r);
}

static void what_cannot_be_read_says_so(void **state)
{
    const struct fixture *f = *state;
    struct mmoe_grid smaller = f->grid;
    char path[120];
    snprintf(path, sizeof path, "%s/nowhere.db", f->place->folder);
    refuse(f, path, &f->grid, "nowhere.db");
    assert_int_equal(access(path, F_OK), -1); /* nothing was made of it */
    smaller.seeds = 2;                        /* the store has runs such a study cannot have */
    refuse(f, f->place->file, &smaller, "out of range");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_come_in_order),
                                       cmocka_unit_test(a_slow_one_loses_nothing),
                                       cmocka_unit_test(it_can_be_given_up_at_any_time),
                                       cmocka_unit_test(two_read_at_once),
                                       cmocka_unit_test(a_study_without_runs_is_done_at_once),
                                       cmocka_unit_test(what_cannot_be_read_says_so)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
