/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of options: defaults, every error path, what resets what. */
#include <mmoe/mem.h>

#include "tests/test.h"

static void defaults_are_the_papers_setting(void **state)
{
    (void)state;
    struct mmoe_options o;
    mmoe_options_default(&o);
    assert_near(o.p, 0.5, 0);
    assert_near(o.scale, 2, 0);
    assert_int_equal(o.sines, 10);
    assert_near(o.noise, 0.1, 0);
    assert_int_equal(o.rows, 40000);
    assert_int_equal(o.test_rows, 2000);
    assert_int_equal(o.batch, 100);
    assert_int_equal(o.order, MMOE_ORDER_REPLACE);
    assert_near(o.lr, 0.01, 0);
    assert_int_equal(o.steps, 6000);
    assert_int_equal(o.experts, 8);
    assert_int_equal(o.expert_units.v[0], 16);
    assert_int_equal(o.tower_units.v[0], 8);
    assert_int_equal(o.bottom_units.n, 0);
    assert_int_equal(o.alpha.n, 0);
}

/* What is shown can be typed again and means the same. */
static void shown_values_read_back(void **state)
{
    (void)state;
    struct mmoe_options o, copy;
    mmoe_options_default(&o);
    put(&o, "p", "-0.123456789012345");
    put(&o, "expert-units", "64,32");
    put(&o, "alpha", "1,-2.5,1e-3");
    put(&o, "seed.init", "18446744073709551615");
    put(&o, "order", "shuffle");
    put(&o, "speed", "12.5");
    mmoe_options_default(&copy);
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        struct mmoe_text t = {0};
        mmoe_option_show(&o, option, &t);
        if (strcmp(option->name, "seed") == 0)
            assert_string_equal(t.s, "0/18446744073709551615/0");
        else
            put(&copy, option->name, t.s);
        mmoe_text_done(&t);
    }
    for (size_t i = 0; i < mmoe_option_count; i++)
        assert_true(mmoe_option_same(&o, &copy, &mmoe_option_table[i]));
}

static void bad_values_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        enum mmoe_status status;
        const char *says;
    } cases[] = {
        {"p", "2", MMOE_RANGE, "p must be -1 to 1, not '2'"},
        {"p", "-1.0001", MMOE_RANGE, "-1 to 1"},
        {"p", "half", MMOE_INVALID, "half"},
        {"p", "nan", MMOE_INVALID, "nan"},
        {"p", "inf", MMOE_INVALID, "inf"},
        {"p", "", MMOE_INVALID, "p must be"},
        {"p", "0x1p-1", MMOE_INVALID, "0x1p-1"},
        {"dim", "1", MMOE_RANGE, "2 to 10,000"},
        {"dim", "-3", MMOE_RANGE, "-3"},
        {"dim", "2.5", MMOE_RANGE, "2.5"},
        {"rows", "99999999999999999999", MMOE_RANGE, "rows"},
        {"experts", "65", MMOE_RANGE, "1 to 64"},
        {"lr", "0", MMOE_RANGE, "lr"},
        {"lr", "-0.1", MMOE_RANGE, "lr"},
        {"model", "mmo", MMOE_UNKNOWN, "did you mean mmoe?"},
        {"model", "transformer", MMOE_UNKNOWN,
         "l2-constrained, cross-stitch or tensor-factorization"},
        {"order", "2", MMOE_UNKNOWN, "shuffle, replace or sequential"},
        {"expert-units", "16,", MMOE_INVALID, "expert-units"},
        {"expert-units", "1,2,3,4,5,6,7,8,9", MMOE_RANGE, "up to 8"},
        {"expert-units", "auto", MMOE_INVALID, "auto"},
        {"expert-units", "0", MMOE_RANGE, "expert-units"},
        {"alpha", "1,,2", MMOE_INVALID, "alpha"},
        {"alpha", "1x0", MMOE_INVALID, "alpha"},
        {"alpha", "1x", MMOE_INVALID, "alpha"},
        {"alpha", "1x2x3", MMOE_INVALID, "alpha"},
        {"alpha", "1x1001", MMOE_RANGE, "alpha"},
        {"expert-units", "16x9", MMOE_RANGE, "up to 8"},
        {"expert-units", "0x2", MMOE_RANGE, "expert-units"},
        {"seed", "-1", MMOE_INVALID, "seed"},
        {"seed.data", "18446744073709551616", MMOE_INVALID, "seed.data"},
        {"batchs", "5", MMOE_UNKNOWN, "did you mean batch?"},
        {"xyzzy", "5", MMOE_UNKNOWN, "xyzzy"},
    };
    struct mmoe_options o, before;
    mmoe_options_default(&o);
    before = o;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mmoe_error err = {MMOE_OK, ""};
        enum mmoe_status s = mmoe_option_set(&o, cases[i].name, cases[i].value, &err);
        if (s != cases[i].status || err.status != s || !strstr(err.text, cases[i].says))
            fail_msg("set %s '%s': status %d, \"%s\"", cases[i].name, cases[i].value, (int)s,
                     err.text);
        assert_memory_equal(&o, &before, sizeof o);
    }
}

static void generous_spellings(void **state)
{
    (void)state;
    struct mmoe_options o;
    mmoe_options_default(&o);
    put(&o, "rows", "20k");
    assert_int_equal(o.rows, 20000);
    put(&o, "rows", "1e4");
    assert_int_equal(o.rows, 10000);
    put(&o, "steps", "2_000");
    assert_int_equal(o.steps, 2000);
    put(&o, "p", "-0");
    assert_false(signbit(o.p));
    put(&o, "bottom-units", "16");
    put(&o, "bottom-units", "auto");
    assert_int_equal(o.bottom_units.n, 0);
    put(&o, "alpha", "1,2");
    put(&o, "alpha", "random");
    assert_int_equal(o.alpha.n, 0);
    put(&o, "alpha", "1.5x3,-2,0x2");
    assert_true(o.alpha.n == 6 && o.alpha.v[2] == 1.5 && o.alpha.v[3] == -2 && o.alpha.v[5] == 0);
    put(&o, "tower-units", "16x2,8");
    assert_true(o.tower_units.n == 3 && o.tower_units.v[1] == 16 && o.tower_units.v[2] == 8);
    put(&o, "lr", "0.5");
    put(&o, "lr", "default");
    assert_near(o.lr, 0.01, 0);
    put(&o, "seed", "9");
    assert_true(o.seed_data == 9 && o.seed_init == 9 && o.seed_order == 9);
}

static void each_change_resets_what_it_must(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        enum mmoe_resets resets;
    } cases[] = {
        {"p", "0.9", MMOE_RESETS_DATA},        {"alpha", "1", MMOE_RESETS_DATA},
        {"seed", "1", MMOE_RESETS_DATA},       {"seed.data", "1", MMOE_RESETS_DATA},
        {"seed.init", "1", MMOE_RESETS_RUN},   {"seed.order", "1", MMOE_RESETS_RUN},
        {"model", "omoe", MMOE_RESETS_RUN},    {"batch", "10", MMOE_RESETS_RUN},
        {"optimizer", "sgd", MMOE_RESETS_RUN}, {"lr", "0.1", MMOE_RESETS_NOTHING},
        {"steps", "7", MMOE_RESETS_NOTHING},   {"theme", "light", MMOE_RESETS_NOTHING},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mmoe_options a, b;
        mmoe_options_default(&a);
        b = a;
        put(&b, cases[i].name, cases[i].value);
        assert_false(mmoe_option_same(&a, &b, mmoe_option_find(cases[i].name)));
        assert_int_equal(mmoe_option_find(cases[i].name)->resets, cases[i].resets);
    }
}

/* `seed` stands for three options: what holds of it holds of them. */
static void an_alias_stands_for_others(void **state)
{
    (void)state;
    struct mmoe_options a, b;
    const struct mmoe_option *seed = mmoe_option_find("seed");
    size_t aliases = 0;
    for (size_t i = 0; i < mmoe_option_count; i++)
        aliases += mmoe_option_is_alias(&mmoe_option_table[i]);
    assert_true(aliases == 1 && mmoe_option_is_alias(seed));
    mmoe_options_default(&a);
    b = a;
    put(&b, "seed.order", "3");
    assert_false(mmoe_option_same(&a, &b, seed));
    put(&b, "seed.init", "2");
    put(&b, "seed.data", "1");
    mmoe_option_copy(&a, &b, seed);
    assert_memory_equal(&a, &b, sizeof a);
}

/* The field alone, and all of it. */
static void one_option_is_copied(void **state)
{
    (void)state;
    for (size_t i = 0; i < mmoe_option_count; i++) {
        struct mmoe_options a, b, c;
        const struct mmoe_option *option = &mmoe_option_table[i];
        mmoe_options_default(&a);
        b = c = a;
        put(&b, option->name, other_value(option));
        assert_false(mmoe_option_same(&a, &b, option));
        mmoe_option_copy(&a, &b, option);
        assert_memory_equal(&a, &b, sizeof a);
        mmoe_option_copy(&a, &c, option);
        assert_memory_equal(&a, &c, sizeof a);
    }
}

static void impossible_together(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_error err;
    mmoe_options_default(&o);
    assert_int_equal(mmoe_options_check(&o, &err), MMOE_OK);
    put(&o, "alpha", "1,2,3");
    assert_int_equal(mmoe_options_check(&o, &err), MMOE_RANGE);
    assert_non_null(strstr(err.text, "alpha lists 3 numbers but sines is 10"));
    put(&o, "sines", "3");
    assert_int_equal(mmoe_options_check(&o, &err), MMOE_OK);
    put(&o, "rows", "50");
    assert_int_equal(mmoe_options_check(&o, &err), MMOE_RANGE);
    assert_non_null(strstr(err.text, "batch 100 is more than rows 50"));
}

static void every_row_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        struct mmoe_text range = {0};
        mmoe_option_range(option, &range);
        assert_true(range.n > 0 && strlen(option->help) > 0 && strlen(option->more) > 0);
        assert_true(mmoe_option_find(option->name) == option);
        mmoe_text_done(&range);
    }
    assert_null(mmoe_option_find("nothing"));
}

TESTS(cmocka_unit_test(defaults_are_the_papers_setting), cmocka_unit_test(shown_values_read_back),
      cmocka_unit_test(bad_values_change_nothing), cmocka_unit_test(generous_spellings),
      cmocka_unit_test(each_change_resets_what_it_must),
      cmocka_unit_test(an_alias_stands_for_others), cmocka_unit_test(one_option_is_copied),
      cmocka_unit_test(impossible_together), cmocka_unit_test(every_row_is_complete))
