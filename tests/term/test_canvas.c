/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cell grid: clipping, wide characters, folding to ASCII, any size. */
#include <locale.h>
#include <stdio.h>

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

/* One cell each: a letter, its marks, and nothing that joins it to its neighbours. */
static void marks_share_a_cell(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
        int columns;
    } cases[] = {
        {"e\xCC\x81x", "e\xCC\x81x", 2},
        {"e\xCC\x81\xCC\x82\xCC\x83x", "e\xCC\x81\xCC\x82x", 2}, /* two are enough */
        {"\xCC\x81x", "x", 1},                                   /* on nothing */
        {"\xE4\xB8\xAD\xCC\x81x", "\xE4\xB8\xAD\xCC\x81x", 3},
        {"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7", "\xF0\x9F\x91\xA9\xF0\x9F\x91\xA7", 4},
        {"\xE2\x98\xBA\xEF\xB8\x8Fx", "\xE2\x98\xBAx", 2},             /* a variation */
        {"\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBDx", "\xF0\x9F\x91\x8Dx", 3}, /* a skin tone */
        {"\xF0\x9F\x87\xAF\xF0\x9F\x87\xB5", "JP", 2},                 /* a flag */
        {"1\xEF\xB8\x8F\xE2\x83\xA3", "1", 1},                         /* a keycap */
        {"a\xE2\x80\xAE"
         "b\xE2\x81\xA6"
         "c\xE2\x80\xA8"
         "d",
         "a?b?c?d", 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct canvas c;
        char want[64];
        canvas_init(&c, 10, 1, glyphs_find("blocks"));
        assert_int_equal(canvas_text(&c, 0, 0, ROLE_TEXT, 0, cases[i].text), cases[i].columns);
        assert_int_equal(canvas_columns(cases[i].text), cases[i].columns);
        snprintf(want, sizeof want, "%s\n", cases[i].shown);
        assert_dump(&c, want);
        canvas_put(&c, 0, 0, ROLE_TEXT, 0, L'e'); /* another character, without the marks */
        assert_int_equal(c.cells[0].marks[0], 0);
        canvas_done(&c);
    }
}

static void a_mark_at_the_edge_stays_with_its_letter(void **state)
{
    (void)state;
    struct canvas c;
    canvas_init(&c, 4, 1, glyphs_find("blocks"));
    canvas_text(&c, 2, 0, ROLE_TEXT, 0, "ae\xCC\x81");
    assert_dump(&c, "  ae\xCC\x81\n");
    struct canvas right = canvas_view(&c, 3, 0, 1, 1);
    canvas_text(&right, 0, 0, ROLE_TEXT, 0, "\xCC\x82"); /* not on what lies outside */
    assert_int_equal(c.cells[2].marks[0], 0);
    canvas_text(&c, 2, 0, ROLE_TEXT, 0, "\xE4\xB8\xAD\xCC\x81");
    canvas_put(&c, 3, 0, ROLE_TEXT, 0, L'x'); /* with its half goes the mark */
    assert_dump(&c, "   x\n");
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
        cmocka_unit_test(marks_share_a_cell),
        cmocka_unit_test(a_mark_at_the_edge_stays_with_its_letter),
        cmocka_unit_test(ascii_means_ascii),
        cmocka_unit_test(no_size_is_too_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
