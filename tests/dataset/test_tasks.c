/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tasks are called, and how they are found. */
#include <mmoe/tasks.h>

#include "tests/test.h"

static struct mmoe_task task[MMOE_TASKS_MAX];

static void tasks_begin_with_letters(void **state)
{
    (void)state;
    memset(task, 1, sizeof task);
    mmoe_tasks_letters(task, MMOE_TASKS_MAX);
    assert_string_equal(task[0].name, "A");
    assert_string_equal(task[7].name, "H");
    for (size_t k = 0; k < MMOE_TASKS_MAX; k++)
        assert_false(task[k].binary);
}

static void names_are_made_plain(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name; /* name NULL: none, the letter stays */
    } cases[] = {
        {"income", "income"},
        {"Never-married_2", "Never-married_2"},
        {"income > 50k", "income___50k"},
        {"a,b\n\"c\"\\", "a_b__c__"},
        {"gr\xc3\xb6\xc3\x9f"
         "e",
         "gr____e"},
        {"\x1b[31m", "__31m"},
        {"A", NULL},
        {"", NULL},
        {"12345678901234567890123", "12345678901234567890123"},
        {"123456789012345678901234", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mmoe_tasks_letters(task, 2);
        task[1].binary = true;
        assert_int_equal(mmoe_tasks_name(task, 1, cases[i].text), cases[i].name != NULL);
        assert_string_equal(task[1].name, cases[i].name ? cases[i].name : "B");
        assert_string_equal(task[0].name, "A");
        assert_true(task[1].binary);
    }
}

static void each_task_has_another_name(void **state)
{
    (void)state;
    mmoe_tasks_letters(task, 3);
    assert_true(mmoe_tasks_name(task, 0, "of age"));
    assert_false(mmoe_tasks_name(task, 1, "of_age")); /* the same, made plain */
    assert_string_equal(task[1].name, "B");
    assert_true(mmoe_tasks_name(task, 1, "Of_age"));
    assert_false(mmoe_tasks_name(task, 2, "Of age"));
    assert_true(mmoe_tasks_name(task, 0, "of age")); /* its own is no other's */
}

static void check_list(size_t n, const char *text, char separator, const char *want)
{
    char all[MMOE_TASKS_MAX * (MMOE_TASK_NAME_MAX + 1)] = "";
    memset(task, 1, sizeof task);
    mmoe_tasks_names(task, n, text, separator);
    for (size_t k = 0; k < n; k++) {
        strcat(all, k ? " " : "");
        strcat(all, task[k].name);
        assert_false(task[k].binary);
    }
    assert_string_equal(all, want);
}

static void a_list_names_them(void **state)
{
    (void)state;
    check_list(2, "income\nmarried", '\n', "income married");
    check_list(2, "income\nmarried\n", '\n', "income married");
    check_list(2, "income,married,more", ',', "income married");
    check_list(3, "income", ',', "income B C");
    check_list(3, ",,last", ',', "A B last");
    check_list(3, "", ',', "A B C");
    check_list(3, "a,a,c", ',', "a B c");
    check_list(3, "a,123456789012345678901234,c", ',', "a B c");
    check_list(2, "a,b", '\n', "a_b B");
    check_list(2, "B", ',', "A B");   /* the second has that letter */
    check_list(2, "B,A", ',', "B A"); /* which it gives up here */
    check_list(3, "x,C,", ',', "A B C");
    check_list(1, "only", ',', "only");
}

static void tasks_are_found_by_name(void **state)
{
    (void)state;
    struct mmoe_error err;
    size_t k = 99;
    mmoe_tasks_names(task, 3, "income,married,age", ',');
    assert_int_equal(mmoe_tasks_find(task, 3, "age", &k, &err), MMOE_OK);
    assert_int_equal(k, 2);
    assert_int_equal(mmoe_tasks_find(task, 3, "income", &k, &err), MMOE_OK);
    assert_int_equal(k, 0);
    k = 99;
    assert_int_equal(mmoe_tasks_find(task, 3, "Income", &k, &err), MMOE_UNKNOWN);
    assert_string_equal(err.text, "no task 'Income': there are income, married, age");
    assert_int_equal(mmoe_tasks_find(task, 2, "age", &k, &err), MMOE_UNKNOWN);
    assert_int_equal(mmoe_tasks_find(task, 1, "A", &k, &err), MMOE_UNKNOWN);
    assert_int_equal(err.status, MMOE_UNKNOWN);
    assert_string_equal(err.text, "no task 'A': there is income");
    assert_int_equal(mmoe_tasks_find(task, 0, "A", &k, &err), MMOE_UNKNOWN);
    assert_string_equal(err.text, "no task 'A': there are none");
    assert_int_equal(k, 99);
}

TESTS(cmocka_unit_test(tasks_begin_with_letters), cmocka_unit_test(names_are_made_plain),
      cmocka_unit_test(each_task_has_another_name), cmocka_unit_test(a_list_names_them),
      cmocka_unit_test(tasks_are_found_by_name))
