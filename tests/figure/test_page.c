/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of figures in cells: small multiples against files under tests/golden, and pages of every
 * size. */
#include <locale.h>

#include "tests/figures.h"
#include "tests/golden.h"
#include "tests/test.h"
#include "ui/figure/range.h"

static char *drawn(const struct figure_page *page, int width, int height, const char *glyphs)
{
    struct canvas c;
    canvas_init(&c, width, height, glyphs_find(glyphs));
    figure_page_draw(page, &c);
    char *text = canvas_dump(&c);
    canvas_done(&c);
    return text;
}

static void check_golden(const char *name, const struct figure_page *page)
{
    static const int sizes[][2] = {{80, 24}, {160, 48}};
    bool same = true;
    for (size_t i = 0; i < 2; i++) {
        char *text = drawn(page, sizes[i][0], sizes[i][1], "blocks");
        same = golden_check(name, sizes[i][0], sizes[i][1], "", text) && same;
        mmoe_free(text);
    }
    assert_true(same);
}

static void small_multiples_are_golden(void **state)
{
    (void)state;
    struct figure_sheet sheet = {0};
    figures_curves(&sheet);
    check_golden("page-curves", &sheet.page);
    figure_sheet_done(&sheet);
    figures_histograms(&sheet);
    check_golden("page-histograms", &sheet.page);
    figure_sheet_done(&sheet);
}

static void every_size_is_drawn(void **state)
{
    (void)state;
    static const char *const glyphs[] = {"blocks", "braille", "ascii"};
    for (int w = 0; w < 130; w += 1 + w / 20)
        for (int h = 0; h < 60; h += 1 + h / 10) {
            struct figure_sheet sheet = {0};
            ((w + h) % 2 ? figures_curves : figures_histograms)(&sheet);
            mmoe_free(drawn(&sheet.page, w, h, glyphs[(w + h) % 3]));
            figure_sheet_done(&sheet);
        }
}

static void what_has_no_room_is_counted(void **state)
{
    (void)state;
    struct figure_sheet sheet = {0};
    figures_curves(&sheet);
    char *text = drawn(&sheet.page, 30, 9, "ascii");
    assert_non_null(strstr(text, "p = 0.5"));
    assert_null(strstr(text, "p = 0.9"));
    assert_non_null(strstr(text, "2 more: needs more room"));
    mmoe_free(text);
    figure_sheet_done(&sheet);
}

static void shared_axes_are_one(void **state)
{
    (void)state;
    struct figure_sheet sheet = {0};
    figures_curves(&sheet);
    struct figure_shared shared = figure_shared_of(&sheet.page);
    assert_true(shared.plots && !shared.histograms);
    assert_near(shared.range.x_max, 6000, 0);
    for (size_t i = 0; i < 3; i++) {
        struct figure_range own = figure_plot_range(&sheet.page.figures[i].plot);
        assert_true(own.y_min >= shared.range.y_min && own.y_max <= shared.range.y_max);
        struct figure f = figure_in_page(&sheet.page, &shared, i);
        assert_near(f.plot.y_max, shared.range.y_max, 0);
    }
    sheet.page.shared = false;
    assert_false(figure_shared_of(&sheet.page).plots);
    figure_sheet_done(&sheet);
}

static void spreads_widen_the_range(void **state)
{
    (void)state;
    struct figure_series s = {.name = "A", .n = 1, .point = figures_curve};
    struct figure_plot p = {.count = 1, .series = &s};
    double y = figure_plot_range(&p).y_max;
    s.spread = figures_quantiles;
    assert_near(figure_plot_range(&p).y_max, 1.4 * y, 1e-12);
    assert_near(figure_plot_range(&p).y_min, 0.7 * y, 1e-12);
    p.y_min = -1;
    p.y_max = 9;
    assert_near(figure_plot_range(&p).y_max, 9, 0);
}

static void the_legend_names_each_once(void **state)
{
    (void)state;
    struct figure_sheet sheet = {0};
    struct figure_entry e;
    figures_curves(&sheet);
    for (size_t i = 0; i < 3; i++) {
        assert_true(figure_legend(&sheet.page, i, &e));
        assert_string_equal(e.label, figures_models[i]);
        assert_true(e.filled);
    }
    assert_false(figure_legend(&sheet.page, 3, &e));
    figure_sheet_done(&sheet);
}

static void pair(const struct figure_series *s, size_t i, double *x, double *y)
{
    *x = ((const double *)s->data)[2 * i];
    *y = ((const double *)s->data)[2 * i + 1];
}

static void by_one(const struct figure_series *s, size_t i, double *low, double *high)
{
    double x;
    pair(s, i, &x, low);
    *high = *low + 1;
    *low -= 1;
}

static void points_have_marks_and_whiskers(void **state)
{
    (void)state;
    static const double points[] = {0, 2, 1, 2};
    const struct figure_series s = {.name = "",
                                    .markers = true,
                                    .unjoined = true,
                                    .n = 2,
                                    .data = points,
                                    .point = pair,
                                    .spread = by_one};
    const struct figure_plot p = {.count = 1, .series = &s};
    struct canvas c;
    canvas_init(&c, 5, 5, glyphs_find("blocks"));
    figure_plot_draw(&p, &c);
    char *text = canvas_dump(&c);
    assert_string_equal(text, "┬   ┬\n│   │\n●   ●\n│   │\n┴   ┴\n");
    mmoe_free(text);
    canvas_done(&c);
}

static void axes_of_x_may_be_logarithmic(void **state)
{
    (void)state;
    static const double points[] = {-1, 1, 1, 1, 10, 2, 100, 3};
    const struct figure_series s = {
        .name = "", .markers = true, .unjoined = true, .n = 4, .data = points, .point = pair};
    const struct figure_plot p = {.log_x = true, .count = 1, .series = &s};
    struct canvas c;
    canvas_init(&c, 5, 3, glyphs_find("ascii"));
    figure_plot_draw(&p, &c);
    assert_int_equal(c.cells[2 * c.stride].ch, L'o');
    assert_int_equal(c.cells[1 * c.stride + 2].ch, L'o');
    canvas_done(&c);
    assert_int_equal(figure_plot_range(&p).skipped, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_multiples_are_golden),
        cmocka_unit_test(every_size_is_drawn),
        cmocka_unit_test(what_has_no_room_is_counted),
        cmocka_unit_test(shared_axes_are_one),
        cmocka_unit_test(spreads_widen_the_range),
        cmocka_unit_test(the_legend_names_each_once),
        cmocka_unit_test(points_have_marks_and_whiskers),
        cmocka_unit_test(axes_of_x_may_be_logarithmic),
    };
    setlocale(LC_ALL, "C.UTF-8");
    setlocale(LC_NUMERIC, "C");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
