/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cell grid: clipping, wide characters, folding to ASCII, any size. */
#include <locale.h>

#include <mmoe/mem.h>

#include "tests/test.h"
#include "ui/term/canvas.h"

static void assert_dump(const struct canvas *c, const char *want)
{
    char *dump = canvas_dump(c);
    assert_string_equal(dump, want);
    mmoe_free(dump);
}

static void text_is_cut_at_the_edge(void **state)
{
    (void)state;
    struct canvas c;
    canvas_init(&c, 6, 2, glyphs_find("blocks"));
    assert_int_equal(canvas_text(&c, 2, 0, ROLE_TEXT, 0, "loss"), 4);
    canvas_text(&c, 4, 1, ROLE_BAD, CELL_BOLD, "gates");
    canvas_text(&c, -2, 1, ROLE_TEXT, 0, "abcd");
    canvas_text(&c, 0, 7, ROLE_TEXT, 0, "nowhere");
    assert_dump(&c, "  loss\ncd  ga\n");
    assert_true(c.cells[6 + 4].role == ROLE_BAD && c.cells[6 + 4].bits == CELL_BOLD);
    canvas_text_right(&c, 5, 0, ROLE_TEXT, 0, "12");
    assert_dump(&c, "  lo12\ncd  ga\n");
    canvas_clear(&c);
    assert_dump(&c, "\n\n");
    canvas_done(&c);
}

static void views_clip(void **state)
{
    (void)state;
    struct canvas c;
    canvas_init(&c, 5, 3, glyphs_find("blocks"));
    struct canvas v = canvas_view(&c, 3, 1, 10, 10);
    assert_true(v.width == 2 && v.height == 2);
    canvas_text(&v, 0, 0, ROLE_TEXT, 0, "xyz");
    canvas_fill(&v, -5, 1, 100, 100, ROLE_TEXT, L'#');
    assert_dump(&c, "\n   xy\n   ##\n");
    struct canvas none = canvas_view(&c, 9, 9, 3, 3);
    canvas_text(&none, 0, 0, ROLE_TEXT, 0, "x");
    assert_true(none.width <= 0 || none.height <= 0);
    canvas_done(&c);
}

static void wide_characters_keep_both_halves(void **state)
{
    (void)state;
    struct canvas c;
    canvas_init(&c, 5, 1, glyphs_find("blocks"));
    assert_int_equal(canvas_columns("a\xE4\xB8\xAD"), 3);
    canvas_text(&c, 0, 0, ROLE_TEXT, 0, "a\xE4\xB8\xAD\xE4\xB8\xAD");
    assert_dump(&c, "a\xE4\xB8\xAD\xE4\xB8\xAD\n");
    canvas_put(&c, 2, 0, ROLE_TEXT, 0, L'x'); /* half of the first one goes with the other */
    assert_dump(&c, "a x\xE4\xB8\xAD\n");
    canvas_clear(&c);
    canvas_text(&c, 4, 0, ROLE_TEXT, 0, "\xE4\xB8\xAD"); /* no room for both halves */
    assert_true(c.cells[4].ch != 0x4e2d);
    canvas_done(&c);
}

static void hostile_text_is_harmless(void **state)
{
    (void)state;
    struct canvas c;
    canvas_init(&c, 8, 1, glyphs_find("blocks"));
    canvas_text(&c, 0, 0, ROLE_TEXT, 0, "a\033[b\xFF\x80");
    assert_dump(&c, "a?[b??\n");
    canvas_done(&c);
}

static void ascii_means_ascii(void **state)
{
    (void)state;
    struct canvas c;
    canvas_init(&c, 12, 3, glyphs_find("ascii"));
    struct canvas inside = canvas_frame(&c, "t", NULL, false);
    assert_true(inside.width == 10 && inside.height == 1);
    canvas_text(&inside, 0, 0, ROLE_TEXT, 0, "\xE2\x94\x80\xC3\xA9\xE2\x96\x88");
    for (int i = 0; i < 36; i++)
        assert_true(c.cells[i].ch < 0x7f);
    canvas_done(&c);
}

static void no_size_is_too_small(void **state)
{
    (void)state;
    for (int w = -1; w < 4; w++)
        for (int h = -1; h < 4; h++) {
            struct canvas c;
            canvas_init(&c, w, h, glyphs_find("blocks"));
            canvas_text(&c, 0, 0, ROLE_TEXT, 0, "\xE4\xB8\xAD");
            struct canvas inside = canvas_frame(&c, "title", "note", true);
            canvas_fill(&inside, 0, 0, 9, 9, ROLE_TEXT, L'.');
            canvas_resize(&c, h, w);
            canvas_done(&c);
        }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_at_the_edge),
        cmocka_unit_test(views_clip),
        cmocka_unit_test(wide_characters_keep_both_halves),
        cmocka_unit_test(hostile_text_is_harmless),
        cmocka_unit_test(ascii_means_ascii),
        cmocka_unit_test(no_size_is_too_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
