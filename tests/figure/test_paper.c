/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Figures on paper: well-formed files that say what made them, the same bytes for
 * the same data, whatever the data and the names are.
 */
#include <dirent.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/mem.h>

#include "tests/figures.h"
#include "tests/test.h"
#include "ui/figure/imprint.h"

static char directory[] = "/tmp/mmoe-paper-XXXXXX";

static int make_directory(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    return chdir(directory);
}

static size_t empty_directory(void)
{
    DIR *d = opendir(directory);
    size_t n = 0;
    for (struct dirent *e; (e = readdir(d));)
        n += unlink(e->d_name) == 0;
    closedir(d);
    return n;
}

static int drop_directory(void **state)
{
    (void)state;
    empty_directory();
    return chdir("/") || rmdir(directory);
}

static void read_file(const char *name, struct mmoe_text *t)
{
    char bytes[4096];
    FILE *f = fopen(name, "r");
    assert_non_null(f);
    mmoe_text_clear(t);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, f)) > 0;)
        mmoe_text_add_bytes(t, bytes, n);
    fclose(f);
}

static void write_page(const struct figure_page *page, const char *path)
{
    struct mmoe_error err;
    if (mmoe_failed(figure_page_write(page, path, &err)))
        fail_msg("%s", err.text);
}

static bool has(const struct mmoe_text *t, const char *bytes)
{
    return memmem(t->s, t->n, bytes, strlen(bytes)) != NULL;
}

/* --- XML --- */

/* Every tag is closed in turn, nothing but tags has a '<', every '&' begins a known name. */
static void assert_well_formed(const char *xml)
{
    const char *open[64];
    size_t depth = 0;
    for (const char *s = xml; *s; s++) {
        if (*s == '&' && !(strchr("lgaq#", s[1]) && strchr(s, ';') && strchr(s, ';') < s + 7))
            fail_msg("a bare & at '%.20s'", s);
        if (*s != '<' || s[1] == '?')
            continue;
        const char *end = strchr(s, '>');
        assert_non_null(end);
        if (s[1] == '/') {
            assert_true(depth > 0);
            size_t n = strcspn(open[--depth], " >\n");
            if (strncmp(s + 2, open[depth], n) != 0 || s[2 + n] != '>')
                fail_msg("'%.20s' closes '%.20s'", s, open[depth]);
        } else if (end[-1] != '/') {
            assert_true(depth < 64);
            open[depth++] = s + 1;
        }
        s = end;
    }
    assert_int_equal(depth, 0);
}

static void svg_is_well_formed_and_says_what_made_it(void **state)
{
    (void)state;
    struct figure_sheet sheet = {0};
    struct mmoe_text t = {0};
    figures_curves(&sheet);
    write_page(&sheet.page, "a.svg");
    read_file("a.svg", &t);
    assert_well_formed(t.s);
    assert_true(has(&t, "<title>Loss over training</title>\n<desc>Mean over 200 seeds;"));
    assert_true(
        has(&t, "<dc:creator>mmoe 1</dc:creator>\n<dc:source>study curves seeds=200</dc:source>"));
    assert_true(has(&t, "width=\"504pt\""));
    mmoe_text_done(&t);
    figure_sheet_done(&sheet);
}

static void figures_stand_beside_each_other_in_a_page(void **state)
{
    (void)state;
    struct figure_sheet one = {0}, two = {0};
    struct mmoe_text a = {0}, b = {0};
    figures_curves(&one);
    figures_histograms(&two);
    figure_page_svg(&one.page, &a);
    figure_page_svg(&two.page, &b);
    assert_int_equal(strncmp(a.s, "<svg ", 5), 0);
    assert_well_formed(a.s);
    for (const char *s = a.s; (s = strstr(s, " id=\"")); s++) {
        char id[80];
        snprintf(id, sizeof id, "%.*s", (int)strcspn(s + 5, "\"") + 6, s);
        assert_false(has(&b, id));
    }
    for (const char *s = a.s; (s = strstr(s, "href=\"#")); s++) {
        char id[80];
        snprintf(id, sizeof id, " id=\"%.*s\"", (int)strcspn(s + 7, "\""), s + 7);
        assert_true(has(&a, id));
    }
    mmoe_text_done(&a);
    mmoe_text_done(&b);
    figure_sheet_done(&one);
    figure_sheet_done(&two);
}

/* --- PDF and PNG --- */

static void pdf_has_its_metadata_and_no_date(void **state)
{
    (void)state;
    struct figure_sheet sheet = {0};
    struct mmoe_text t = {0};
    figures_histograms(&sheet);
    write_page(&sheet.page, "a.pdf");
    read_file("a.pdf", &t);
    assert_int_equal(strncmp(t.s, "%PDF-", 5), 0);
    assert_true(has(&t, "/Title (Final loss)") && has(&t, "/Creator (mmoe 1)"));
    assert_true(has(&t, "/Keywords (study histograms)") && has(&t, "/Subject (200 seeds each.)"));
    assert_false(has(&t, "CreationDate"));
    mmoe_text_done(&t);
    figure_sheet_done(&sheet);
}

static uint32_t number_at(const char *s)
{
    const unsigned char *b = (const unsigned char *)s;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* CRC-32 a bit at a time, from the highest: another way than the program's. */
static uint32_t crc_of(const char *s, size_t n)
{
    uint32_t c = 0xffffffffu;
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 8; k++) {
            uint32_t bit = ((uint32_t)(unsigned char)s[i] >> k & 1) ^ (c & 1);
            c = c >> 1 ^ (bit ? 0xedb88320u : 0);
        }
    return ~c;
}

static void png_has_chunks_of_text_with_right_sums(void **state)
{
    (void)state;
    struct figure_sheet sheet = {0};
    struct mmoe_text t = {0};
    size_t texts = 0, resolutions = 0, at = 8;
    figures_curves(&sheet);
    write_page(&sheet.page, "a.png");
    read_file("a.png", &t);
    assert_memory_equal(t.s, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(crc_of("123456789", 9), 0xcbf43926u);
    while (at + 12 <= t.n) {
        uint32_t n = number_at(t.s + at);
        assert_true(at + 12 + n <= t.n);
        assert_int_equal(number_at(t.s + at + 8 + n), crc_of(t.s + at + 4, n + 4));
        texts += memcmp(t.s + at + 4, "tEXt", 4) == 0;
        resolutions += memcmp(t.s + at + 4, "pHYs", 4) == 0 && number_at(t.s + at + 8) == 11811;
        at += 12 + n;
    }
    assert_int_equal(at, t.n);
    assert_int_equal(texts, 4);
    assert_int_equal(resolutions, 1);
    assert_non_null(memmem(t.s, t.n, "Comment\0study curves seeds=200", 30));
    assert_int_equal(number_at(t.s + 16), 2100); /* 7 in at 300 dpi */
    mmoe_text_done(&t);
    figure_sheet_done(&sheet);
}

static void the_same_page_gives_the_same_bytes(void **state)
{
    (void)state;
    static const char *const files[] = {"a.svg", "a.pdf", "a.png"};
    struct mmoe_text first = {0}, second = {0};
    for (size_t i = 0; i < 3; i++) {
        struct figure_sheet one = {0}, two = {0};
        figures_curves(&one);
        figures_histograms(&two);
        write_page(&one.page, files[i]);
        read_file(files[i], &first);
        write_page(&two.page, files[i]); /* what lies between changes nothing */
        write_page(&one.page, files[i]);
        read_file(files[i], &second);
        assert_int_equal(first.n, second.n);
        assert_memory_equal(first.s, second.s, first.n);
        figure_sheet_done(&one);
        figure_sheet_done(&two);
    }
    mmoe_text_done(&first);
    mmoe_text_done(&second);
}

/* --- strange data, strange names --- */

static void pair(const struct figure_series *s, size_t i, double *x, double *y)
{
    *x = ((const double *)s->data)[2 * i];
    *y = ((const double *)s->data)[2 * i + 1];
}

static void around(const struct figure_series *s, size_t i, double *low, double *high)
{
    double x;
    pair(s, i, &x, low);
    *high = *low * 2;
    *low = -*low;
}

/* All forms of a page of one figure can be written, and its SVG has no number that is none. */
static void check_figure(const struct figure *f)
{
    static const char *const files[] = {"x.svg", "x.pdf", "x.png"};
    const struct figure_page page = {.title = "x", .caption = "y", .count = 1, .figures = f};
    struct mmoe_text t = {0};
    for (size_t i = 0; i < 3; i++)
        write_page(&page, files[i]);
    read_file("x.svg", &t);
    assert_well_formed(t.s);
    assert_false(has(&t, "nan") || has(&t, "inf "));
    mmoe_text_done(&t);
}

static void degenerate_curves_are_drawn(void **state)
{
    (void)state;
    static const double sets[][8] = {
        {NAN, NAN, NAN, NAN},         {1, 1, 1, 1},
        {0, 0, 1, 0, 2, 0, 3, 0},     {0, 1, 1, NAN, 2, 3, 3, INFINITY},
        {0, -1, 1, -2, 2, -3, 3, -4}, {0, 1e-300, 1, 1e300, 2, 1, 3, 1},
        {5, 7, 5, 7, 5, 7, 5, 7}};
    for (size_t set = 0; set < sizeof sets / sizeof *sets; set++)
        for (unsigned how = 0; how < 32; how++) {
            const struct figure_series s[] = {
                {.name = "A",
                 .n = how & 1 ? 4 : 1,
                 .data = sets[set],
                 .point = pair,
                 .markers = how & 2,
                 .spread = how & 4 ? around : NULL},
                {.name = "B", .look = 1, .context = true, .data = sets[set], .point = pair}};
            const struct figure f = {
                .kind = FIGURE_PLOT,
                .plot = {
                    .log_y = how & 8, .log_x = how & 16, .count = set ? 2 : how & 2, .series = s}};
            check_figure(&f);
        }
}

static void degenerate_histograms_are_drawn(void **state)
{
    (void)state;
    static double values[] = {0.3, 0.3, 0.3}, one[] = {-1}, wide[] = {1e-9, 1, 1e9},
                  zero[] = {0, 0};
    static double *const sets[] = {values, one, wide, zero, zero};
    static const size_t counts[] = {3, 1, 3, 2, 0};
    for (size_t set = 0; set < 5; set++)
        for (unsigned how = 0; how < 8; how++) {
            struct figure_histogram row = {.name = "m",
                                           .sorted = sets[set],
                                           .n = counts[set],
                                           .summary = mmoe_summarize(sets[set], counts[set]),
                                           .wanted = 9};
            row.summary.diverged = 2;
            const struct figure f = {
                .kind = FIGURE_HISTOGRAMS,
                .histograms = {.axis = how & 1 ? FIGURE_AXIS_LOG : FIGURE_AXIS_AUTO,
                               .overlay = how & 2,
                               .count = how & 4 ? 0 : 1,
                               .rows = &row}};
            check_figure(&f);
        }
}

static void degenerate_maps_and_texts_are_drawn(void **state)
{
    (void)state;
    static const float values[64] = {NAN, INFINITY, -INFINITY, -3, 1e9f};
    struct canvas c, none = {.glyphs = glyphs_find("ascii")};
    canvas_init(&c, 20, 2, glyphs_find("blocks"));
    canvas_text(&c, 0, 0, ROLE_BAD, CELL_BOLD, "\xE6\xBC\xA2 wide");
    const struct figure figures[] = {
        {.kind = FIGURE_HEAT, .heat = {.rows = 2, .columns = 3, .values = values, .stride = 3}},
        {.kind = FIGURE_HEAT,
         .heat = {.rows = 1, .columns = 64, .values = values, .stride = 64, .high = 1}},
        {.kind = FIGURE_HEAT, .heat = {.values = values}},
        {.kind = FIGURE_TEXT, .text = {.cells = &c}},
        {.kind = FIGURE_TEXT, .text = {.cells = &none}},
    };
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        check_figure(&figures[i]);
    const struct figure_page all = {
        .count = sizeof figures / sizeof *figures, .figures = figures, .shared = true};
    write_page(&all, "x.svg");
    const struct figure_page nothing = {.title = NULL};
    write_page(&nothing, "x.svg");
    canvas_done(&c);
}

/* Twelve in a row are narrower than their labels: they go in rows of three. */
static void more_columns_than_fit_are_halved(void **state)
{
    (void)state;
    static const double points[] = {0, 1, 1, 2};
    const struct figure_series s = {.name = "a", .n = 2, .data = points, .point = pair};
    struct figure figures[12];
    struct mmoe_text t = {0};
    int high = 0;
    for (size_t i = 0; i < 12; i++)
        figures[i] = (struct figure){.kind = FIGURE_PLOT,
                                     .plot = {.title = "p = 0.5", .count = 1, .series = &s}};
    const struct figure_page page = {
        .shared = true, .columns = 12, .count = 12, .figures = figures};
    write_page(&page, "x.svg");
    read_file("x.svg", &t);
    assert_non_null(strstr(t.s, "viewBox=\"0 0 504 "));
    assert_int_equal(sscanf(strstr(t.s, "viewBox=\""), "viewBox=\"0 0 504 %d", &high), 1);
    assert_true(high > 2 * 100);
    mmoe_text_done(&t);
}

static void hostile_names_are_escaped(void **state)
{
    (void)state;
    static const char name[] = "<a href=\"x\">&'\x01\xff\xEF\xBF\xBE ]]> --> \xC3\xA9 (";
    static const double points[] = {0, 1, 1, 2};
    const struct figure_series s = {
        .name = name, .n = 2, .data = points, .point = pair, .spread = around};
    const struct figure f = {
        .kind = FIGURE_PLOT,
        .plot = {.title = name, .x_label = name, .y_label = name, .count = 1, .series = &s}};
    const struct figure two[] = {f, f};
    const struct figure_page page = {.title = name,
                                     .caption = name,
                                     .command = name,
                                     .program = name,
                                     .count = 2,
                                     .figures = two};
    static const char escaped[] =
        "&lt;a href=&quot;x&quot;&gt;&amp;&#39;??? ]]&gt; --&gt; \xC3\xA9 (";
    struct mmoe_text t = {0};
    write_page(&page, "x.svg");
    write_page(&page, "x.pdf");
    write_page(&page, "x.png");
    read_file("x.svg", &t);
    assert_well_formed(t.s);
    assert_true(has(&t, escaped) && !has(&t, "<a "));
    read_file("x.png", &t);
    assert_true(has(&t, "iTXtTitle") && !has(&t, "tEXtTitle"));
    mmoe_text_done(&t);
}

static void many_series_are_told_apart(void **state)
{
    (void)state;
    static const double points[] = {0, 1, 1, 2};
    struct figure_series s[20];
    char names[20][8];
    struct mmoe_text t = {0};
    for (size_t i = 0; i < 20; i++) {
        snprintf(names[i], sizeof names[i], "n%zu", i);
        s[i] = (struct figure_series){
            .name = names[i], .look = i, .style = i, .n = 2, .data = points, .point = pair};
    }
    const struct figure f = {.kind = FIGURE_PLOT, .plot = {.count = 20, .series = s}};
    const struct figure_page page = {.count = 1, .figures = &f};
    figure_page_svg(&page, &t);
    size_t dashed = 0;
    for (const char *at = t.s; (at = strstr(at, "stroke-dasharray")); at++)
        dashed++;
    assert_true(dashed >= 16); /* all but each sixth, in the plot at least */
    mmoe_text_done(&t);
}

/* --- what cannot be written --- */

static void a_failure_leaves_the_old_file(void **state)
{
    (void)state;
    struct figure_sheet sheet = {0};
    struct mmoe_error err = {MMOE_OK, ""};
    struct mmoe_text t = {0};
    figures_curves(&sheet);
    empty_directory();
    write_page(&sheet.page, "a.svg");
    read_file("a.svg", &t);
    size_t n = t.n;
    assert_int_equal(figure_page_write(&sheet.page, "no/a.svg", &err), MMOE_IO);
    assert_string_equal(err.text,
                        "cannot write no/a.svg: No such file or directory: make the folder first");
    assert_int_equal(figure_page_write(&sheet.page, "a.eps", &err), MMOE_INVALID);
    assert_non_null(strstr(err.text, ".svg, .pdf or .png"));
    struct rlimit old, little = {100, 100};
    getrlimit(RLIMIT_FSIZE, &old);
    little.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &little);
    enum mmoe_status s = figure_page_write(&sheet.page, "a.svg", &err);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(s, MMOE_IO);
    assert_non_null(strstr(err.text, "cannot write a.svg: File too large"));
    read_file("a.svg", &t);
    assert_int_equal(t.n, n);
    assert_int_equal(figure_page_write(&sheet.page, "a.svg", &err), MMOE_OK);
    assert_int_equal(empty_directory(), 1);
    mmoe_text_done(&t);
    figure_sheet_done(&sheet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(svg_is_well_formed_and_says_what_made_it),
        cmocka_unit_test(figures_stand_beside_each_other_in_a_page),
        cmocka_unit_test(pdf_has_its_metadata_and_no_date),
        cmocka_unit_test(png_has_chunks_of_text_with_right_sums),
        cmocka_unit_test(the_same_page_gives_the_same_bytes),
        cmocka_unit_test(degenerate_curves_are_drawn),
        cmocka_unit_test(degenerate_histograms_are_drawn),
        cmocka_unit_test(degenerate_maps_and_texts_are_drawn),
        cmocka_unit_test(more_columns_than_fit_are_halved),
        cmocka_unit_test(hostile_names_are_escaped),
        cmocka_unit_test(many_series_are_told_apart),
        cmocka_unit_test(a_failure_leaves_the_old_file),
    };
    setlocale(LC_ALL, "C.UTF-8");
    setlocale(LC_NUMERIC, "C");
    return cmocka_run_group_tests(tests, make_directory, drop_directory);
}
