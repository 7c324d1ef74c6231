/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Themes: readable on their backgrounds, magnitudes that rise, something left without colours. */
#include "tests/test.h"
#include "ui/term/theme.h"

/* Relative luminance of an xterm colour (WCAG 2.1). */
static double luminance(int colour)
{
    static const int levels[] = {0, 95, 135, 175, 215, 255};
    int rgb[3];
    for (int i = 0; i < 3; i++)
        rgb[i] = colour >= 232 ? 8 + 10 * (colour - 232)
                               : levels[(colour - 16) /
                                        (i == 0   ? 36
                                         : i == 1 ? 6
                                                  : 1) %
                                        6];
    double sum = 0;
    static const double weight[] = {0.2126, 0.7152, 0.0722};
    for (int i = 0; i < 3; i++) {
        double v = rgb[i] / 255.0;
        sum += weight[i] * (v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(double a, double b)
{
    return (fmax(a, b) + 0.05) / (fmin(a, b) + 0.05);
}

static void names_are_the_options_words(void **state)
{
    (void)state;
    const char *const *words = mmoe_option_find("theme")->words;
    for (size_t i = 0; i < theme_count(); i++)
        assert_string_equal(theme_name(theme_at(i)), words[i]);
    assert_null(words[theme_count()]);
}

static void text_contrasts_with_its_background(void **state)
{
    (void)state;
    static const double grounds[] = {0, 1, 0}; /* dark, light, contrast (its own black) */
    for (size_t t = 0; t < 3; t++)
        for (int role = 0; role < ROLE_COUNT; role++) {
            struct look l = theme_look(theme_at(t), (enum role)role, 256);
            if (role == ROLE_BORDER || (l.foreground < 0 && l.background < 0))
                continue;
            double ground = l.background >= 0 ? luminance(l.background) : grounds[t];
            double text = l.foreground >= 0 ? luminance(l.foreground) : 1 - grounds[t];
            if (contrast(text, ground) < 4.5)
                fail_msg("theme %s, role %d: contrast %.2f", theme_name(theme_at(t)), role,
                         contrast(text, ground));
        }
}

/* Away from the background: what is small is dark on dark, and light on light. */
static void magnitudes_leave_their_background(void **state)
{
    (void)state;
    static const double grounds[] = {0, 1, 0};
    for (size_t t = 0; t < 3; t++) {
        struct look least = theme_look(theme_at(t), ROLE_HEAT_0, 256);
        assert_true(fabs(luminance(least.background) - grounds[t]) < 0.2);
        for (int step = 1; step < 16; step++) {
            struct look a = theme_look(theme_at(t), (enum role)(ROLE_HEAT_0 + step - 1), 256);
            struct look b = theme_look(theme_at(t), (enum role)(ROLE_HEAT_0 + step), 256);
            assert_true((luminance(b.background) > luminance(a.background)) == (grounds[t] < 0.5));
        }
    }
}

/* With eight colours the least has no background of its own, and no theme has a dark slab for it.
 */
static void little_is_no_slab(void **state)
{
    (void)state;
    for (size_t t = 0; t < 2; t++)
        assert_int_equal(theme_look(theme_at(t), ROLE_HEAT_0, 8).background, -1);
}

static void few_colours_stay_within_them(void **state)
{
    (void)state;
    static const int counts[] = {0, 8, 16};
    for (size_t t = 0; t < theme_count(); t++)
        for (size_t i = 0; i < 3; i++)
            for (int role = 0; role < ROLE_COUNT; role++) {
                struct look l = theme_look(theme_at(t), (enum role)role, counts[i]);
                assert_true(l.foreground < counts[i] && l.background < counts[i]);
                assert_true(l.foreground >= -1 && l.background >= -1);
            }
}

/* Without colours the focus, errors and the status row still stand out. */
static void mono_tells_what_matters(void **state)
{
    (void)state;
    struct look text = theme_look(theme_at(0), ROLE_TEXT, 0);
    static const enum role loud[] = {ROLE_FOCUS, ROLE_STATUS, ROLE_BAD, ROLE_KEY};
    for (size_t i = 0; i < sizeof loud / sizeof *loud; i++)
        assert_int_not_equal(theme_look(theme_at(0), loud[i], 0).bits, text.bits);
    assert_true(theme_look(theme_at(0), ROLE_FOCUS, 0).bits & CELL_REVERSE);
    struct look mono = theme_look(theme_at(3), ROLE_SERIES_1, 256);
    assert_true(mono.foreground == -1 && mono.background == -1);
}

TESTS(cmocka_unit_test(names_are_the_options_words),
      cmocka_unit_test(text_contrasts_with_its_background),
      cmocka_unit_test(magnitudes_leave_their_background), cmocka_unit_test(little_is_no_slab),
      cmocka_unit_test(few_colours_stay_within_them), cmocka_unit_test(mono_tells_what_matters))
