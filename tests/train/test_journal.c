/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journals: marks in the order of their steps, as text and back, and which options they are of. */
#include <mmoe/journal.h>

#include "tests/test.h"

static void marks_stand_in_order(void **state)
{
    (void)state;
    const struct mmoe_journal *j = mmoe_journal_add(NULL, 30, MMOE_MARK_CHANGE, "lr=0.1"), *old;
    old = mmoe_journal_ref(j);
    j = mmoe_journal_add(j, 10, MMOE_MARK_NOTE, "first\nline");
    j = mmoe_journal_add(j, 30, MMOE_MARK_BRANCH, "warm");
    assert_int_equal(mmoe_journal_count(old), 1); /* who has it keeps it */
    assert_int_equal(mmoe_journal_count(j), 3);
    assert_string_equal(mmoe_journal_at(j, 0)->text, "first?line");
    assert_string_equal(mmoe_journal_at(j, 2)->text, "warm");
    j = mmoe_journal_until(j, 29);
    assert_int_equal(mmoe_journal_count(j), 1);
    mmoe_journal_free(j);
    mmoe_journal_free(old);
    assert_int_equal(mmoe_journal_count(NULL), 0);
}

static void text_reads_back(void **state)
{
    (void)state;
    struct mmoe_text t = {0}, again = {0};
    struct mmoe_error err;
    const struct mmoe_journal *j = mmoe_journal_begin(NULL, "lr=0.01"), *read;
    char longer[400];
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    j = mmoe_journal_add(j, 5, MMOE_MARK_CHANGE, "lr=0.30000000000000004 momentum=0.5");
    j = mmoe_journal_add(j, 7, MMOE_MARK_NOTE, longer);
    j = mmoe_journal_add(j, 9, MMOE_MARK_IMPORT, "");
    mmoe_journal_text(j, &t);
    assert_int_equal(mmoe_journal_read(t.s, &read, &err), MMOE_OK);
    mmoe_journal_text(read, &again);
    assert_string_equal(t.s, again.s);
    mmoe_journal_free(j);
    mmoe_journal_free(read);
    mmoe_text_done(&t);
    mmoe_text_done(&again);
}

static void what_is_no_journal_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "start",
        "start p=0.5\n",
        "start lr\n",
        "start \n5 change p=1\n",
        "start \n5 change lr=-1\n",
        "start \n5 hope lr=1\n",
        "start \n-5 note x\n",
        "start \n9 note x\n5 note y\n",
        "start \n5\n",
        "start \n\n5 note x\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct mmoe_journal *j;
        struct mmoe_error err;
        if (mmoe_journal_read(texts[i], &j, &err) != MMOE_INVALID)
            fail_msg("'%s' was taken", texts[i]);
        assert_null(j);
    }
}

static void many_marks_read_back(void **state)
{
    (void)state;
    struct mmoe_text t = {0};
    const struct mmoe_journal *j;
    struct mmoe_error err;
    mmoe_text_add(&t, "start \n");
    for (size_t i = 0; i < MMOE_MARKS_MOST - 1; i++)
        mmoe_text_add(&t, "%zu note x\n", i);
    assert_int_equal(mmoe_journal_read(t.s, &j, &err), MMOE_OK);
    assert_int_equal(mmoe_journal_count(j), MMOE_MARKS_MOST - 1);
    mmoe_journal_free(j);
    mmoe_text_add(&t, "70000 note x\n");
    assert_int_equal(mmoe_journal_read(t.s, &j, &err), MMOE_LIMIT);
    assert_null(j);
    mmoe_text_done(&t);
}

static void changes_are_of_what_changes_a_run(void **state)
{
    (void)state;
    struct mmoe_options a, b;
    struct mmoe_text t = {0};
    struct mmoe_error err;
    mmoe_options_default(&a);
    b = a;
    put(&b, "speed", "10");
    put(&b, "steps", "10");
    put(&b, "p", "0.1");
    mmoe_journal_changes(&a, &b, &t);
    assert_int_equal(t.n, 0);
    put(&b, "lr", "0.123");
    put(&b, "eval-every", "7");
    mmoe_journal_changes(&a, &b, &t);
    assert_string_equal(t.s, "lr=0.123 eval-every=7");
    assert_int_equal(mmoe_journal_apply(t.s, &a, &err), MMOE_OK);
    assert_true(a.lr == 0.123 && a.eval_every == 7 && a.p != b.p);
    a.lr = 1;
    mmoe_journal_copy(&a, &b);
    assert_true(a.lr == 0.123 && a.p != b.p && a.steps != b.steps);
    put(&b, "schedule", "cosine"); /* which steps are part of */
    mmoe_text_clear(&t);
    mmoe_journal_changes(&a, &b, &t);
    assert_string_equal(t.s, "steps=10");
    mmoe_text_done(&t);
}

TESTS(cmocka_unit_test(marks_stand_in_order), cmocka_unit_test(text_reads_back),
      cmocka_unit_test(what_is_no_journal_is_refused), cmocka_unit_test(many_marks_read_back),
      cmocka_unit_test(changes_are_of_what_changes_a_run))
