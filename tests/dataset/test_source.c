/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sources of rows: which one options choose, and what its rows depend on. */
#include <mmoe/exchange.h>

#include "tests/runs.h"
#include "tests/stores.h"

/* Options whose rows are few; those of a file where there is one. */
static void options_of(struct mmoe_options *o, const char *file)
{
    small_options(o);
    put(o, "rows", "30");
    put(o, "test-rows", "20");
    put(o, "validation-rows", "10");
    put(o, "seed.data", "5"); /* another than that of shapes */
    if (file)
        put(o, "data", file);
}

/* The rows of o as a file of that place. */
static void make_file(struct place *p)
{
    struct mmoe_options o;
    struct mmoe_arrays a = {0};
    options_of(&o, NULL);
    put(&o, "binary", "1,2");
    struct mmoe_dataset *d = make_rows(&o);
    assert_fine(mmoe_exchange_export(d, &a, &err));
    snprintf(p->file, sizeof p->file, "%s/rows.npz", p->folder);
    assert_fine(mmoe_arrays_write(&a, p->file, &err));
    mmoe_arrays_done(&a);
    mmoe_dataset_free(d);
}

static void data_chooses_the_source(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_text shown = {0};
    mmoe_options_default(&o);
    assert_ptr_equal(mmoe_source_of(&o), &mmoe_source_synthetic);
    put(&o, "data", "rows.npz");
    assert_ptr_equal(mmoe_source_of(&o), &mmoe_source_arrays);
    put(&o, "data", "synthetic");
    assert_ptr_equal(mmoe_source_of(&o), &mmoe_source_synthetic);
    put(&o, "data", "./synthetic"); /* a file that is called so */
    assert_ptr_equal(mmoe_source_of(&o), &mmoe_source_table);
    put(&o, "data", "people.conf");
    assert_ptr_equal(mmoe_source_of(&o), &mmoe_source_table);
    put(&o, "data", "rows.safetensors");
    assert_ptr_equal(mmoe_source_of(&o), &mmoe_source_arrays);
    put(&o, "data", "default");
    assert_ptr_equal(mmoe_source_of(&o), &mmoe_source_synthetic);
    mmoe_option_show(&o, mmoe_option_find("data"), &shown);
    assert_string_equal(shown.s, "synthetic");
    mmoe_text_done(&shown);
    assert_int_equal(mmoe_source_synthetic.tasks, 2);
    assert_int_equal(mmoe_source_arrays.tasks, 0);
}

/* What older stores, sessions and scripts say. */
static void the_old_name_and_its_word_are_known(void **state)
{
    (void)state;
    struct mmoe_options o, untouched;
    mmoe_options_default(&o);
    untouched = o;
    assert_ptr_equal(mmoe_option_find("data-file"), mmoe_option_find("data"));
    put(&o, "data-file", "rows.npz");
    assert_string_equal(o.data, "rows.npz");
    put(&o, "data-file", "none");
    assert_memory_equal(&o, &untouched, sizeof o);
    put(&o, "data", "none"); /* the new name never had that word */
    assert_string_equal(o.data, "none");
    assert_fine(mmoe_options_read(&o, "data-file=none\np=0.25\n", &err));
    assert_true(o.data[0] == '\0' && o.p == 0.25);
}

/* --- what rows depend on --- */

static bool same_part(const struct mmoe_rows *a, const struct mmoe_rows *b)
{
    return a->n == b->n && a->dim == b->dim && a->tasks == b->tasks &&
           memcmp(a->x, b->x, a->n * a->dim * sizeof *a->x) == 0 &&
           memcmp(a->y, b->y, a->n * a->tasks * sizeof *a->y) == 0;
}

static bool same_rows(const struct mmoe_dataset *a, const struct mmoe_dataset *b)
{
    return same_part(&a->train, &b->train) && same_part(&a->validation, &b->validation) &&
           same_part(&a->test, &b->test) && memcmp(a->task, b->task, sizeof a->task) == 0;
}

/* Change every option in turn: rows change with those that are heeded and with no others. */
static void check_heeds(const char *file, const char *heeded)
{
    struct mmoe_options o;
    options_of(&o, file);
    struct mmoe_dataset *d = make_rows(&o);
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        struct mmoe_options other = o;
        char word[40];
        snprintf(word, sizeof word, " %s ", option->name);
        assert_int_equal(mmoe_source_heeds(&o, option), strstr(heeded, word) != NULL);
        if (strcmp(option->name, "data") == 0 || strcmp(option->name, "seed.shape") == 0)
            continue; /* the latter matters with shape once alone (test_synthetic.c) */
        bool binary = strcmp(option->name, "binary") == 0; /* of two tasks */
        put(&other, option->name, binary ? "2" : other_value(option));
        struct mmoe_dataset *e = make_rows(&other);
        if (same_rows(d, e) == mmoe_source_heeds(&o, option))
            fail_msg("rows and option %s", option->name);
        mmoe_dataset_free(e);
    }
    mmoe_dataset_free(d);
}

static void a_source_heeds_what_its_rows_depend_on(void **state)
{
    struct place *p = *state;
    make_file(p);
    check_heeds(NULL, " data p dim scale sines alpha beta shape shape-sd seed.shape noise rows "
                      "validation-rows test-rows "
                      "binary missing seed.data seed ");
    check_heeds(p->file, " data binary ");
}

/* Of all options, each changed by itself, with either source: keys are equal where, and only where,
 * the same rows are asked for; and then the rows are the same. */
static void equal_keys_are_the_same_rows(void **state)
{
    struct place *p = *state;
    enum { MOST = 200 };
    static struct mmoe_options all[MOST];
    static struct mmoe_text keys[MOST];
    size_t n = 0, same = 0;
    make_file(p);
    for (size_t file = 0; file < 2; file++)
        for (size_t i = 0; i < mmoe_option_count; i++) {
            assert_true(n < MOST);
            options_of(&all[n], file ? p->file : NULL);
            put(&all[n], mmoe_option_table[i].name, other_value(&mmoe_option_table[i]));
            n++;
        }
    for (size_t i = 0; i < n; i++)
        mmoe_source_key(&all[i], &keys[i]);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            bool equal = strcmp(keys[i].s, keys[j].s) == 0;
            if (equal != mmoe_source_same(&all[i], &all[j]))
                fail_msg("'%s' and '%s'", keys[i].s, keys[j].s);
            same += equal;
        }
    assert_true(same > n && same < n * n / 2);
    for (size_t i = 0; i < n; i++)
        mmoe_text_done(&keys[i]);
}

static bool same(const struct mmoe_options *o, const char *name, const char *value)
{
    struct mmoe_options other = *o;
    put(&other, name, value);
    assert_int_equal(mmoe_source_same(o, &other), mmoe_source_same(&other, o));
    return mmoe_source_same(o, &other);
}

static void what_is_not_heeded_makes_no_other_rows(void **state)
{
    (void)state;
    struct mmoe_options o;
    small_options(&o);
    assert_true(same(&o, "p", "0.5") && !same(&o, "p", "0.25"));
    assert_false(same(&o, "seed", "7"));
    assert_false(same(&o, "seed.data", "7"));
    assert_true(same(&o, "seed.init", "7")); /* rows depend on one of the three seeds */
    assert_true(same(&o, "seed.order", "7"));
    assert_true(same(&o, "batch", "7"));
    assert_false(same(&o, "data", "rows.npz"));
    put(&o, "data", "rows.npz");
    assert_true(same(&o, "p", "0.25") && same(&o, "rows", "7") && same(&o, "seed", "7"));
    assert_false(same(&o, "binary", "1"));
    assert_false(same(&o, "data", "other.npz"));
    assert_false(same(&o, "data", "synthetic"));
}

static void a_key_tells_what_is_heeded(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_text key = {0};
    small_options(&o);
    put(&o, "validation-rows", "40");
    put(&o, "seed.init", "9");
    mmoe_source_key(&o, &key);
    assert_string_equal(key.s, "synthetic data=synthetic p=0.5 dim=10 scale=2 sines=10 "
                               "alpha=random beta=random shape=each shape-sd=1 noise=0.1 "
                               "rows=500 validation-rows=40 test-rows=100 binary=none missing=0 "
                               "seed.data=0 seed.shape=0");
    put(&o, "data", "my rows.npz");
    put(&o, "binary", "2");
    mmoe_text_clear(&key);
    mmoe_source_key(&o, &key);
    assert_string_equal(key.s, "arrays data=my rows.npz binary=2");
    mmoe_text_done(&key);
}

static void rows_that_cannot_be_made_are_told(void **state)
{
    struct place *p = *state;
    struct mmoe_options o;
    struct mmoe_error err;
    small_options(&o);
    snprintf(p->file, sizeof p->file, "%s/none.npz", p->folder);
    put(&o, "data", p->file);
    assert_null(mmoe_source_make(&o, NULL, &err));
    assert_int_equal(err.status, MMOE_UNKNOWN);
    assert_non_null(strstr(err.text, p->file));
    options_of(&o, NULL);
    put(&o, "binary", "1,3");
    assert_null(mmoe_source_make(&o, NULL, &err));
    assert_string_equal(err.text, "binary 3: there are 2 tasks; list some, or none");
    make_file(p);
    options_of(&o, p->file);
    put(&o, "binary", "8");
    assert_null(mmoe_source_make(&o, NULL, &err));
    assert_non_null(strstr(err.text, "binary 8: there are 2 tasks"));
}

static void rows_that_are_stopped_are_none(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_error err;
    atomic_bool stop = false;
    options_of(&o, NULL);
    struct mmoe_dataset *d = mmoe_source_make_until(&o, NULL, &stop, &err), *alone = make_rows(&o);
    assert_memory_equal(d->train.x, alone->train.x, d->train.n * d->dim * sizeof *d->train.x);
    assert_memory_equal(d->test.y, alone->test.y, d->test.n * d->tasks * sizeof *d->test.y);
    mmoe_dataset_free(alone);
    mmoe_dataset_free(d);
    atomic_store(&stop, true);
    assert_null(mmoe_source_make_until(&o, NULL, &stop, &err));
    assert_int_equal(err.status, MMOE_STATE);
}

TESTS(cmocka_unit_test(data_chooses_the_source),
      cmocka_unit_test(the_old_name_and_its_word_are_known),
      PLACED(a_source_heeds_what_its_rows_depend_on), PLACED(equal_keys_are_the_same_rows),
      cmocka_unit_test(what_is_not_heeded_makes_no_other_rows),
      cmocka_unit_test(a_key_tells_what_is_heeded), PLACED(rows_that_cannot_be_made_are_told),
      cmocka_unit_test(rows_that_are_stopped_are_none))
