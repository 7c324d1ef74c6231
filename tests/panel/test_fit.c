/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panel fit: what is learned in words, as numbers, and as a page. */
#include <math.h>

#include "tests/golden.h"
#include "tests/views.h"
#include "ui/panel/panels.h"

static struct view *view_of(void (*fill)(struct mmoe_snapshot *s))
{
    struct view *v = make_view();
    struct mmoe_snapshot *s = show(v, 0, 1);
    s->state = MMOE_RUN_FINISHED;
    s->step = 6000;
    s->value[MMOE_LOSS][0] = 0.114;
    s->value[MMOE_LOSS][1] = 0.776;
    fill(s);
    return v;
}

static void add_tenths(struct mmoe_snapshot *s)
{
    s->fit = mmoe_alloc(1, sizeof *s->fit);
    *s->fit = (struct mmoe_fit){.step = s->step, .tasks = 2};
    for (size_t k = 0; k < 2; k++) {
        s->task[k].binary = true;
        fill_tenths(&s->fit->task[k]);
    }
}

/* Evaluated at step 5,900. */
static void add_late(struct mmoe_snapshot *s)
{
    add_fit(s);
    mmoe_snapshot_reserve(s, 1);
    s->curve[0].step = 5900;
    s->curve_count = 1;
}

static void add_nothing(struct mmoe_snapshot *s)
{
    (void)s;
}

static void check_words(struct view *v, const char *const *words, size_t count)
{
    struct mmoe_text t = {0};
    panel_fit.describe(v, &t);
    for (size_t i = 0; i < count; i++)
        if (!strstr(t.s, words[i]))
            fail_msg("no '%s' in '%s'", words[i], t.s);
    mmoe_text_done(&t);
    drop_view(v);
}
#define CHECK_WORDS(v, ...)                       \
    check_words(v, (const char *[]){__VA_ARGS__}, \
                sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *))

static void says_what_is_off_where(void **state)
{
    (void)state;
    CHECK_WORDS(view_of(add_fit), "at step 6,000", "Task A has loss .1140; its",
                "Task B has loss .7760", "It is stuck: for 14 % of the rows no unit is on.",
                "Beyond s = 2.1 (32 % of the rows) no unit of its last hidden layer is on; it "
                "predicts .30 there, and 80 % of its loss lies there.",
                "Units 2 and 7 of the 8 in its last hidden layer are never on.");
    CHECK_WORDS(view_of(add_tenths), "what it predicts is", "from what is observed",
                "Unit 3 of the 3 in its last hidden layer is never on.");
    CHECK_WORDS(view_of(add_late), "Task A has loss .1140 (at step 5,900); its curve is ");
    CHECK_WORDS(view_of(add_nothing), "is being measured");
}

/* Each stretch is told once: also one at the lower end, and one in the middle. */
static void says_each_stretch(void **state)
{
    (void)state;
    struct view *v = view_of(add_fit);
    struct mmoe_fit_task *t = &view_live(v)->fit->task[0];
    for (size_t i = 0; i < t->bins; i++)
        t->bin[i].on = i < 4 ? 0 : i >= 10 && i < 12 ? 0.3 : 2;
    CHECK_WORDS(v, "Below s = -4.8 (10 % of the rows) no unit",
                "Between s = -3.0 and -2.4 (5 % of the rows) hardly a unit");
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        n++;
    return n;
}

static void numbers_are_of_each_bin(void **state)
{
    (void)state;
    struct view *v = view_of(add_fit);
    struct mmoe_text t = {0};
    view_live(v)->fit->task[1].bin[0].rows = 0;
    view_live(v)->fit->task[1].bin[0].mean = NAN;
    panel_fit.csv(v, &t);
    assert_int_equal(count(t.s, "\n"), 1 + 2 * MMOE_FIT_BINS);
    assert_non_null(strstr(t.s, "task,s,rows,truth,low,high,mean,sd,units_on,loss_share,unit1,"));
    assert_null(strstr(t.s, "nan"));
    mmoe_text_clear(&t);
    panel_fit.json(v, &t);
    assert_int_equal(count(t.s, "\n"), 2);
    assert_int_equal(count(t.s, "{\"event\":\"fit\",\"step\":6000,\"task\":"), 2);
    assert_int_equal(count(t.s, "\"stuck\":true"), 1);
    assert_int_equal(count(t.s, "\"mean\":[null,"), 1); /* no row is there */
    assert_int_equal(count(t.s, "\"unit\":[["), 2);
    assert_int_equal(count(strstr(t.s, "\"unit\":[["), "["), 9 + 9 + 9);
    mmoe_text_done(&t);
    drop_view(v);
}

/* As one page in cells. */
static void check_page(const char *name, const struct view *v, size_t figures)
{
    static const int sizes[][2] = {{80, 24}, {160, 48}};
    struct figure_sheet sheet = {0};
    bool same = true;
    panel_fit.page(v, &sheet);
    assert_int_equal(sheet.page.count, figures);
    for (size_t i = 0; i < 2 && figures; i++) {
        struct canvas c;
        canvas_init(&c, sizes[i][0], sizes[i][1], glyphs_find("braille"));
        figure_page_draw(&sheet.page, &c);
        char *text = canvas_dump(&c);
        same = golden_check(name, sizes[i][0], sizes[i][1], "", text) && same;
        mmoe_free(text);
        canvas_done(&c);
    }
    figure_sheet_done(&sheet);
    assert_true(same);
}

/* Curves and the units below them; tenths have curves alone; without a run there is no page. */
static void pages_are_golden(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        void (*fill)(struct mmoe_snapshot *s);
        size_t figures;
    } pages[] = {
        {"page-fit", add_fit, 4}, {"page-calibration", add_tenths, 2}, {"", add_nothing, 0}};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct view *v = view_of(pages[i].fill);
        check_page(pages[i].name, v, pages[i].figures);
        drop_view(v);
    }
}

/* No point of the units' steps stands before the one to its left. */
static void steps_go_to_the_right(void **state)
{
    (void)state;
    struct view *v = view_of(add_fit);
    struct figure_sheet sheet = {0};
    panel_fit.page(v, &sheet);
    const struct figure_series *s = sheet.page.figures[2].plot.series;
    double before = -INFINITY, x, y;
    assert_int_equal(s->n, 2 * MMOE_FIT_BINS);
    for (size_t i = 0; i < s->n; i++, before = x) {
        s->point(s, i, &x, &y);
        assert_true(x > before);
        assert_near(y, view_live(v)->fit->task[0].bin[i / 2].on, 0);
    }
    figure_sheet_done(&sheet);
    drop_view(v);
}

TESTS(cmocka_unit_test(says_what_is_off_where), cmocka_unit_test(says_each_stretch),
      cmocka_unit_test(numbers_are_of_each_bin), cmocka_unit_test(pages_are_golden),
      cmocka_unit_test(steps_go_to_the_right))
