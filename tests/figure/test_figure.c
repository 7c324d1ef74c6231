/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plots, sparklines, heat maps and histograms on small canvases, character by character. */
#include <locale.h>

#include <mmoe/mem.h>

#include "tests/test.h"
#include "ui/figure/figure.h"

/* What is drawn on a canvas, compared and given back. */
static void check(struct canvas *c, const char *expected)
{
    char *drawn = canvas_dump(c);
    if (strcmp(drawn, expected) != 0)
        fail_msg("expected\n%s\ndrawn\n%s", expected, drawn);
    mmoe_free(drawn);
}

static struct canvas make(int width, int height, const char *glyphs)
{
    struct canvas c;
    canvas_init(&c, width, height, glyphs_find(glyphs));
    return c;
}

/* --- plots --- */

static void point(const struct figure_series *s, size_t i, double *x, double *y)
{
    *x = (double)i;
    *y = ((const double *)s->data)[i];
}

static struct figure_series series(const char *name, const double *y, size_t n)
{
    return (struct figure_series){.name = name, .n = n, .data = y, .point = point};
}

static void plot(struct canvas *c, const double *y, size_t n, bool log_y)
{
    const struct figure_series s = series("A", y, n);
    const struct figure_plot p = {.log_y = log_y, .count = 1, .series = &s};
    figure_plot_draw(&p, c);
}

static void curves_turn_with_round_corners(void **state)
{
    (void)state;
    struct canvas c = make(9, 3, "blocks");
    plot(&c, (double[]){3, 3, 3, 1, 1, 1, 2, 2}, 8, false);
    check(&c, "──╮\n  │  ╭──A\n  ╰──╯\n");
    canvas_done(&c);
    c = make(9, 3, "ascii");
    plot(&c, (double[]){3, 3, 3, 1, 1, 1, 2, 2}, 8, false);
    check(&c, "--.\n  |  .--A\n  '--'\n");
    canvas_done(&c);
}

static void a_log_axis_has_equal_decades(void **state)
{
    (void)state;
    struct canvas c = make(4, 3, "blocks");
    plot(&c, (double[]){100, 10, 1}, 3, true);
    check(&c, "╮\n╰╮\n ╰─A\n");
    canvas_done(&c);
}

static void no_spike_is_hidden(void **state)
{
    (void)state;
    double y[1000];
    for (size_t i = 0; i < 1000; i++)
        y[i] = i == 503 ? 9 : 1;
    struct canvas c = make(12, 4, "blocks");
    plot(&c, y, 1000, false);
    bool top = false;
    for (int x = 0; x < c.width; x++)
        top = top || c.cells[x].ch != L' ';
    assert_true(top);
    canvas_done(&c);
}

static void what_is_not_finite_is_skipped(void **state)
{
    (void)state;
    struct canvas c = make(20, 3, "blocks");
    plot(&c, (double[]){3, NAN, 3, INFINITY}, 4, false);
    check(&c, "        2 not finite\n───────────────────A\n\n");
    canvas_clear(&c);
    plot(&c, (double[]){-1, 0, -5}, 3, true);
    check(&c, "\n\n\n");
    canvas_clear(&c);
    plot(&c, (double[]){NAN, NAN}, 2, false);
    check(&c, "\n\n\n");
    canvas_done(&c);
}

static void names_that_meet_are_all_read(void **state)
{
    (void)state;
    static const double y[] = {4, 1, 1, 1, 1};
    struct figure_series s[] = {series("A", y, 5), series("B", y, 5), series("2A", y, 5)};
    s[1].style = 1;
    s[2].style = 2;
    const struct figure_plot p = {.count = 3, .series = s};
    struct canvas c = make(19, 4, "ascii");
    figure_plot_draw(&p, &c);
    char *drawn = canvas_dump(&c);
    assert_non_null(strstr(drawn, "oA"));
    assert_non_null(strstr(drawn, "xB"));
    assert_non_null(strstr(drawn, "+2A"));
    mmoe_free(drawn);
    canvas_done(&c);
}

/* With fewer rows than curves, those that end on a row of their own keep their names whole. */
static void names_never_lie_on_each_other(void **state)
{
    (void)state;
    static const double top[] = {1, 9}, low[] = {1, 1};
    struct figure_series s[] = {series("click", low, 2), series("longer", low, 2),
                                series("like", low, 2), series("report", top, 2)};
    const struct figure_plot p = {.count = 4, .series = s};
    struct canvas c = make(24, 2, "blocks");
    figure_plot_draw(&p, &c);
    char *drawn = canvas_dump(&c);
    assert_non_null(strstr(drawn, "report\n"));
    assert_non_null(strstr(drawn, "click\n"));
    assert_null(strstr(drawn, "like"));
    mmoe_free(drawn);
    canvas_done(&c);
}

/* The row on which the text begins; -1: none. */
static int row_of(const struct canvas *c, const char *text)
{
    for (int y = 0; y < c->height; y++) {
        struct canvas row = canvas_view(c, 0, y, c->width, 1);
        char *drawn = canvas_dump(&row);
        bool found = strstr(drawn, text) != NULL;
        mmoe_free(drawn);
        if (found)
            return y;
    }
    return -1;
}

static void names_stand_in_the_order_of_their_values(void **state)
{
    (void)state;
    static const double y[][2] = {{9, 1.2}, {9, 1.3}, {9, 1.1}, {9, 9}, {9, 1.4}, {9, 1}};
    static const char *const by_value[] = {"high", "four", "three", "two", "one", "least"};
    struct figure_series s[] = {series("two", y[0], 2),  series("three", y[1], 2),
                                series("one", y[2], 2),  series("high", y[3], 2),
                                series("four", y[4], 2), series("least", y[5], 2)};
    const struct figure_plot p = {.count = 6, .series = s};
    static const char *const glyphs[] = {"blocks", "braille", "ascii"};
    for (size_t g = 0; g < 3; g++)
        for (int height = 8; height < 16; height++) {
            struct canvas c = make(40, height, glyphs[g]);
            figure_plot_draw(&p, &c);
            for (size_t i = 0; i < 6; i++) {
                int row = row_of(&c, by_value[i]);
                assert_true(row >= 0 && (i == 0 || row > row_of(&c, by_value[i - 1])));
            }
            canvas_done(&c);
        }
}

/* Wide names take no more than a third of the columns, and end in an ellipsis. */
static void long_names_leave_room_for_curves(void **state)
{
    (void)state;
    static const double y[] = {3, 1};
    const struct figure_series s[] = {series("1A shared-bottom p=0.5", y, 2), series("A", y, 2)};
    const struct figure_plot p = {.count = 2, .series = s};
    struct canvas c = make(30, 4, "ascii");
    figure_plot_draw(&p, &c);
    assert_true(row_of(&c, "o1A share.") >= 0);
    assert_true(row_of(&c, "oA") >= 0);
    canvas_done(&c);
}

static int cells_of(const struct canvas *c, enum role role)
{
    int n = 0;
    for (int x = 0; x < c->width; x++)
        n += c->cells[x].ch != L' ' && c->cells[x].role == role;
    return n;
}

/* Three curves in the same cells: each is seen in every third column. */
static void curves_that_meet_take_turns(void **state)
{
    (void)state;
    static const double y[] = {1, 1};
    struct figure_series s[] = {series("", y, 2), series("", y, 2), series("", y, 2)};
    static const char *const glyphs[] = {"blocks", "braille", "ascii"};
    s[1].look = 1;
    s[2].look = 2;
    for (size_t g = 0; g < 3; g++) {
        const struct figure_plot p = {
            .y_min = 0, .y_max = 1, .without = FIGURE_NO_NAMES, .count = 3, .series = s};
        struct canvas c = make(12, 1, glyphs[g]);
        figure_plot_draw(&p, &c);
        for (size_t k = 0; k < 3; k++)
            assert_true(cells_of(&c, figure_role(k)) >= 3);
        canvas_done(&c);
    }
}

static void a_ninth_look_is_no_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++)
        for (size_t k = 0; k < FIGURE_LOOKS && k < i; k++)
            assert_true(figure_role(i) != figure_role(k));
}

static void axes_have_three_ticks_where_there_is_room(void **state)
{
    (void)state;
    static const double y[] = {4.2, 0.06};
    const struct figure_series s = series("A", y, 2);
    for (int log_y = 0; log_y < 2; log_y++) {
        const struct figure_plot p = {.log_y = log_y, .count = 1, .series = &s};
        struct canvas c = make(40, 7, "blocks"); /* of which the x axis takes two */
        int ticks = 0;
        figure_plot_draw(&p, &c);
        for (int row = 0; row < c.height; row++)
            ticks += c.cells[row * c.stride + 5].ch == 0x2524;
        assert_true(ticks >= 3);
        canvas_done(&c);
    }
}

static void huge_and_tiny_ticks_are_whole(void **state)
{
    (void)state;
    static const double huge[] = {0, 3e33}, tiny[] = {1.00002e-7, 1.00004e-7};
    const struct figure_series s[] = {series("A", huge, 2), series("A", tiny, 2)};
    const struct figure_plot p[] = {{.count = 1, .series = &s[0]}, {.count = 1, .series = &s[1]}};
    struct canvas c = make(50, 8, "ascii");
    figure_plot_draw(&p[0], &c);
    assert_true(row_of(&c, "1.5e33+") >= 0);
    canvas_clear(&c);
    figure_plot_draw(&p[1], &c);
    assert_true(row_of(&c, "1.00003e-7+") >= 0);
    canvas_done(&c);
}

static void axes_have_round_ticks(void **state)
{
    (void)state;
    static const double y[] = {1, 0.1};
    const struct figure_series s = series("A", y, 2);
    const struct figure_plot p = {
        .x_label = "step", .log_y = true, .x_max = 10, .count = 1, .series = &s};
    struct canvas c = make(40, 8, "blocks");
    figure_plot_draw(&p, &c);
    char *drawn = canvas_dump(&c);
    assert_non_null(strstr(drawn, "    1┤"));
    assert_non_null(strstr(drawn, "   .1┤"));
    assert_non_null(strstr(drawn, "      0 "));
    assert_non_null(strstr(drawn, "10"));
    mmoe_free(drawn);
    canvas_done(&c);
}

static void braille_is_used_where_chosen(void **state)
{
    (void)state;
    struct canvas c = make(9, 3, "braille");
    plot(&c, (double[]){3, 1}, 2, false);
    assert_true(c.cells[0].ch >= 0x2800 && c.cells[0].ch <= 0x28ff);
    assert_true(c.cells[2 * c.stride + 7].ch >= 0x2800 && c.cells[2 * c.stride + 7].ch <= 0x28ff);
    canvas_done(&c);
}

/* --- sparklines --- */

static void spark(struct canvas *c, const float *v, size_t n, bool log_y)
{
    const struct figure_spark s = {v, n, log_y, ROLE_SERIES_1, 0, 0};
    figure_spark_draw(&s, c);
}

static void the_newest_stands_right(void **state)
{
    (void)state;
    struct canvas c = make(4, 1, "blocks");
    spark(&c, (float[]){8, 1}, 2, false);
    check(&c, "  █▁\n");
    canvas_clear(&c);
    spark(&c, (float[]){100, 1, 1, 8, 8}, 5, false); /* the 100 is out of sight */
    check(&c, "▁▁██\n");
    canvas_clear(&c);
    spark(&c, (float[]){2, 2}, 2, false);
    check(&c, "  ▄▄\n");
    canvas_clear(&c);
    spark(&c, (float[]){1, NAN, 100}, 3, true);
    check(&c, " ▁ █\n");
    canvas_done(&c);
}

/* --- heat maps --- */

static void cells_have_their_numbers(void **state)
{
    (void)state;
    static const float v[] = {0.714f, 0.286f, 0.0f, 1.0f};
    static const char *const names[] = {"A", "B"};
    const struct figure_heat h = {
        .rows = 2, .columns = 2, .values = v, .stride = 2, .high = 1, .row_names = names};
    struct canvas c = make(10, 3, "blocks");
    figure_heat_draw(&h, &c);
    check(&c, "  e1  e2\nA .71 .29\nB .00 1.0\n");
    assert_int_equal(c.cells[c.stride + 2].role, ROLE_HEAT_0 + 11);
    assert_int_equal(c.cells[2 * c.stride + 2].role, ROLE_HEAT_0);
    assert_int_equal(c.cells[2 * c.stride + 6].role, ROLE_HEAT_15);
    canvas_done(&c);
}

static void narrow_cells_have_bars(void **state)
{
    (void)state;
    static const float v[] = {0, 0.3f, 0.6f, 1};
    const struct figure_heat h = {.rows = 1, .columns = 4, .values = v, .stride = 4, .high = 1};
    struct canvas c = make(4, 2, "blocks");
    figure_heat_draw(&h, &c);
    check(&c, "e1\n ▂▅█\n");
    assert_int_equal(c.cells[c.stride + 3].role, ROLE_TEXT); /* no colour that says otherwise */
    assert_false(figure_heat_has_numbers(&h, 4, 2));
    canvas_done(&c);
}

/* Too many columns for their numbers: the rest goes on below. */
static void wide_maps_go_on_below(void **state)
{
    (void)state;
    static const float v[] = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f};
    static const char *const names[] = {"A"};
    const struct figure_heat h = {
        .rows = 1, .columns = 8, .values = v, .stride = 8, .high = 1, .row_names = names};
    struct canvas c = make(18, 4, "blocks");
    figure_heat_draw(&h, &c);
    check(&c, "  e1  e2  e3  e4\nA .10 .20 .30 .40\n  e5  e6  e7  e8\nA .50 .60 .70 .80\n");
    assert_true(figure_heat_has_numbers(&h, 18, 4));
    assert_false(figure_heat_has_numbers(&h, 18, 3));
    canvas_done(&c);
}

static void rows_without_room_are_counted(void **state)
{
    (void)state;
    static const float v[] = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f};
    static const char *const names[] = {"A", "B", "C", "D", "E"}, *const long_name[] = {"longest"};
    const struct figure_heat h = {.rows = 5,
                                  .columns = 1,
                                  .values = v,
                                  .stride = 1,
                                  .high = 1,
                                  .row_names = names,
                                  .column_names = long_name};
    struct canvas c = make(7, 4, "blocks");
    figure_heat_draw(&h, &c);
    check(&c, "  long\nA .10\nB .20\n+3 more\n");
    canvas_done(&c);
}

/* --- histograms --- */

static struct figure_histogram histogram(const char *name, double *sorted, size_t n, size_t wanted)
{
    return (struct figure_histogram){.name = name,
                                     .sorted = sorted,
                                     .n = n,
                                     .summary = mmoe_summarize(sorted, n),
                                     .wanted = wanted};
}

static void rows_tell_count_median_and_quartiles(void **state)
{
    (void)state;
    double a[] = {0.1, 0.2, 0.2, 0.2, 0.3}, b[] = {0.2, 0.3};
    struct figure_histogram rows[] = {histogram("mmoe", a, 5, 5), histogram("omoe", b, 2, 20)};
    rows[1].summary.diverged = 1;
    const struct figure_histograms h = {.x_label = "loss", .count = 2, .rows = rows};
    struct canvas c = make(80, 3, "blocks");
    figure_histograms_draw(&h, &c);
    char *drawn = canvas_dump(&c);
    assert_non_null(strstr(drawn, "mmoe    5 .2000 [.2000, .2000]"));
    assert_non_null(strstr(drawn, "omoe 3/20 .2500 [.2250, .2750] ×1"));
    assert_non_null(strstr(drawn, ".20 "));
    assert_non_null(strstr(drawn, "█"));
    mmoe_free(drawn);
    canvas_done(&c);
    c = make(40, 3, "blocks");
    figure_histograms_draw(&h, &c);
    drawn = canvas_dump(&c);
    assert_non_null(strstr(drawn, "omoe 3/20 .250 [.225,.275]"));
    mmoe_free(drawn);
    canvas_done(&c);
}

/* How often the full block stands on row 0. */
static int full_bars(const struct canvas *c)
{
    int n = 0;
    for (int x = 0; x < c->width; x++)
        n += c->cells[x].ch == 0x2588;
    return n;
}

static void the_fullest_bin_is_the_highest(void **state)
{
    (void)state;
    double v[] = {0.1, 0.5, 0.5, 0.5, 0.9};
    const struct figure_histogram row = histogram("m", v, 5, 5);
    const struct figure_histograms h = {.count = 1, .rows = &row};
    struct canvas c = make(44, 1, "blocks");
    figure_histograms_draw(&h, &c);
    assert_true(full_bars(&c) >= 1 && full_bars(&c) <= 4);
    canvas_done(&c);
}

/* The highest level of a row's bars, in eighths of a cell. */
static int highest_bar(const struct canvas *c, int y)
{
    int most = 0;
    for (int x = 0; x < c->width; x++) {
        int level = (int)(c->cells[y * c->stride + x].ch - 0x2580);
        most = level >= 1 && level <= 8 && level > most ? level : most;
    }
    return most;
}

/* Bins of 1-1-1-1 are half as high as the 2 of 2-1-1, and what is full is told. */
static void bars_of_all_rows_have_one_scale(void **state)
{
    (void)state;
    double a[] = {0.1, 0.2, 0.3, 0.4}, b[] = {0.1, 0.1, 0.2, 0.4};
    const struct figure_histogram rows[] = {histogram("mmoe", a, 4, 4), histogram("omoe", b, 4, 4)};
    struct figure_histograms h = {.x_label = "loss", .y_label = "seeds", .count = 2, .rows = rows};
    struct canvas c = make(80, 3, "blocks");
    figure_histograms_draw(&h, &c);
    assert_int_equal(highest_bar(&c, 0), 4);
    assert_int_equal(highest_bar(&c, 1), 8);
    assert_true(row_of(&c, "loss  █ 2 seeds") == 2);
    canvas_clear(&c);
    h.top = 4; /* a neighbour's bar is higher */
    figure_histograms_draw(&h, &c);
    assert_int_equal(highest_bar(&c, 1), 4);
    assert_true(row_of(&c, "█ 4 seeds") == 2);
    canvas_done(&c);
}

/* The figures of a page that shares its axes share the scale of their bars. */
static void bars_of_a_page_have_one_scale(void **state)
{
    (void)state;
    double a[] = {0.1, 0.4}, b[] = {0.1, 0.1, 0.1, 0.1, 0.4};
    const struct figure_histogram rows[] = {histogram("m", a, 2, 2), histogram("m", b, 5, 5)};
    const struct figure figures[] = {
        {.kind = FIGURE_HISTOGRAMS, .histograms = {.count = 1, .rows = &rows[0]}},
        {.kind = FIGURE_HISTOGRAMS, .histograms = {.count = 1, .rows = &rows[1]}}};
    const struct figure_page page = {.shared = true, .columns = 1, .count = 2, .figures = figures};
    struct canvas c = make(60, 4, "blocks");
    figure_page_draw(&page, &c);
    assert_int_equal(highest_bar(&c, 0), 2);
    assert_int_equal(highest_bar(&c, 2), 8);
    canvas_done(&c);
}

static void bars_outlive_words(void **state)
{
    (void)state;
    double v[] = {0.1, 0.5, 0.5, 0.5, 0.9};
    const struct figure_histogram row = histogram("shared-bottom", v, 5, 5);
    const struct figure_histograms h = {.count = 1, .rows = &row};
    for (int width = 10; width < 50; width++) {
        struct canvas c = make(width, 1, "blocks");
        figure_histograms_draw(&h, &c);
        int bars = 0;
        for (int x = 0; x < width; x++)
            bars += c.cells[x].ch >= 0x2581 && c.cells[x].ch <= 0x2588;
        assert_true(bars >= 3);
        canvas_done(&c);
    }
}

static void two_names_are_never_cut_to_one(void **state)
{
    (void)state;
    double v[] = {0.1, 0.2};
    for (int width = 20; width < 60; width++) {
        const struct figure_histogram rows[] = {histogram("mmoe p=0.55", v, 2, 200),
                                                histogram("mmoe p=0.95", v, 2, 200)};
        const struct figure_histograms h = {.count = 2, .rows = rows};
        struct canvas c = make(width, 3, "blocks");
        figure_histograms_draw(&h, &c);
        char *drawn = canvas_dump(&c);
        if (strstr(drawn, "[")) /* quartiles were bought with letters of the names */
            assert_true(strstr(drawn, "p=0.55") && strstr(drawn, "p=0.95"));
        mmoe_free(drawn);
        canvas_done(&c);
    }
}

/* --- sizes --- */

static void every_size_is_safe(void **state)
{
    (void)state;
    static const double y[] = {3, 2, NAN, 1e-3, 5};
    static const float f[] = {0.1f, 0.9f, 0.5f, NAN};
    double sorted[] = {0.1, 0.2, 5};
    const struct figure_series s[] = {series("A", y, 5), series("B", y, 4)};
    const struct figure_plot p = {.x_label = "step", .log_y = true, .count = 2, .series = s};
    const struct figure_spark k = {f, 4, true, ROLE_SERIES_1, 0, 0};
    const struct figure_heat t = {.rows = 2, .columns = 2, .values = f, .stride = 2, .high = 1};
    const struct figure_histogram row = histogram("shared-bottom", sorted, 3, 3);
    const struct figure_histograms h = {.x_label = "x", .count = 1, .rows = &row};
    static const char *const glyphs[] = {"blocks", "braille", "ascii"};
    for (int w = 0; w < 70; w++)
        for (int height = 0; height < 12; height++) {
            struct canvas c = make(w, height, glyphs[w % 3]);
            figure_plot_draw(&p, &c);
            figure_spark_draw(&k, &c);
            figure_heat_draw(&t, &c);
            figure_histograms_draw(&h, &c);
            canvas_done(&c);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves_turn_with_round_corners),
        cmocka_unit_test(a_log_axis_has_equal_decades),
        cmocka_unit_test(no_spike_is_hidden),
        cmocka_unit_test(what_is_not_finite_is_skipped),
        cmocka_unit_test(names_that_meet_are_all_read),
        cmocka_unit_test(names_never_lie_on_each_other),
        cmocka_unit_test(names_stand_in_the_order_of_their_values),
        cmocka_unit_test(long_names_leave_room_for_curves),
        cmocka_unit_test(curves_that_meet_take_turns),
        cmocka_unit_test(a_ninth_look_is_no_others),
        cmocka_unit_test(axes_have_three_ticks_where_there_is_room),
        cmocka_unit_test(huge_and_tiny_ticks_are_whole),
        cmocka_unit_test(axes_have_round_ticks),
        cmocka_unit_test(braille_is_used_where_chosen),
        cmocka_unit_test(the_newest_stands_right),
        cmocka_unit_test(cells_have_their_numbers),
        cmocka_unit_test(narrow_cells_have_bars),
        cmocka_unit_test(wide_maps_go_on_below),
        cmocka_unit_test(rows_without_room_are_counted),
        cmocka_unit_test(rows_tell_count_median_and_quartiles),
        cmocka_unit_test(the_fullest_bin_is_the_highest),
        cmocka_unit_test(bars_of_all_rows_have_one_scale),
        cmocka_unit_test(bars_of_a_page_have_one_scale),
        cmocka_unit_test(bars_outlive_words),
        cmocka_unit_test(two_names_are_never_cut_to_one),
        cmocka_unit_test(every_size_is_safe),
    };
    setlocale(LC_ALL, "C.UTF-8");
    setlocale(LC_NUMERIC, "C");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
