/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors are one printable line, whatever was typed. */
#include <mmoe/status.h>

#include "tests/test.h"

static void failures_are_told_apart(void **state)
{
    (void)state;
    assert_false(mmoe_failed(MMOE_OK) || mmoe_failed(MMOE_CONTINUE) || mmoe_failed(MMOE_DONE));
    assert_true(mmoe_failed(MMOE_DIVERGED) && mmoe_failed(MMOE_INVALID) && mmoe_failed(MMOE_LIMIT));
    assert_int_equal(mmoe_fail(NULL, MMOE_IO, "nobody listens"), MMOE_IO);
}

static void control_bytes_never_reach_a_terminal(void **state)
{
    (void)state;
    struct mmoe_error err;
    assert_int_equal(mmoe_fail(&err, MMOE_INVALID, "no '%s'", "\033[2J\n\x7f"), MMOE_INVALID);
    assert_string_equal(err.text, "no '?[2J?"
                                  "?'");
    assert_int_equal(err.status, MMOE_INVALID);
}

static void long_lines_end_at_a_character(void **state)
{
    (void)state;
    struct mmoe_error err;
    char word[1000] = "";
    for (int i = 0; i < 300; i++)
        strcat(word, "\xE4\xB8\xAD");
    mmoe_fail(&err, MMOE_INVALID, "%s", word);
    assert_true(strlen(err.text) < sizeof err.text);
    assert_int_equal(strlen(err.text) % 3, 0);
}

TESTS(cmocka_unit_test(failures_are_told_apart),
      cmocka_unit_test(control_bytes_never_reach_a_terminal),
      cmocka_unit_test(long_lines_end_at_a_character))
