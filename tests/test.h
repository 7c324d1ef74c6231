/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test.h - cmocka and what most tests of libmmoe start from. */
#ifndef MMOE_TESTS_TEST_H
#define MMOE_TESTS_TEST_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <mmoe/option.h>

#define TESTS(...)                                        \
    int main(void)                                        \
    {                                                     \
        const struct CMUnitTest tests[] = {__VA_ARGS__};  \
        return cmocka_run_group_tests(tests, NULL, NULL); \
    }

/* |a - b| <= tolerance, saying both where it does not hold. */
#define assert_near(a, b, tolerance)                                \
    do {                                                            \
        double near_a = (double)(a), near_b = (double)(b);          \
        if (!(fabs(near_a - near_b) <= (tolerance)))                \
            fail_msg("%s is %.17g, not %.17g", #a, near_a, near_b); \
    } while (0)

/* Set an option that must be accepted. */
static inline void put(struct mmoe_options *o, const char *name, const char *value)
{
    struct mmoe_error err;
    if (mmoe_failed(mmoe_option_set(o, name, value, &err)))
        fail_msg("%s", err.text);
}

/* A value that differs from the default of every option. */
static inline const char *other_value(const struct mmoe_option *option)
{
    switch (option->type) {
    case MMOE_TYPE_REAL: return "0.123456789012345678";
    case MMOE_TYPE_COUNT: return "3";
    case MMOE_TYPE_WORD: return option->words[strcmp(option->words[0], option->fallback) == 0];
    case MMOE_TYPE_SIZES: return "6,3,2";
    case MMOE_TYPE_FILE: return "/tmp/rows.npz";
    case MMOE_TYPE_REALS: return option->min < 0 ? "0.1,-2.5e-7,3" : "0.1,2.5e-7,3";
    case MMOE_TYPE_SEED: return "18446744073709551615";
    }
    return NULL;
}

/* The defaults on rows few enough for a test. */
static inline void small_options(struct mmoe_options *o)
{
    static const char *const settings[][2] = {{"dim", "10"},        {"rows", "500"},
                                              {"test-rows", "100"}, {"batch", "20"},
                                              {"steps", "60"},      {"eval-every", "20"}};
    mmoe_options_default(o);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        put(o, settings[i][0], settings[i][1]);
}

#endif
