/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panel of an experiment: what is told at which stage, and what the funnels are of. */
#include "tests/sights.h"
#include "tests/test.h"
#include "tests/views.h"
#include "ui/panel/funnel.h"
#include "ui/panel/lift.h"
#include "ui/panel/panels.h"

enum { WIDTH = 98, HEIGHT = 24 };

static char drawn[WIDTH * HEIGHT * 8];

/* What the panel shows, as text. */
static const char *draw(const struct view *v, int width, int height)
{
    struct canvas c;
    canvas_init(&c, width, height, glyphs_find("ascii"));
    panel_table[PANEL_EXPERIMENT]->draw(v, &c);
    char *frame = canvas_dump(&c);
    snprintf(drawn, sizeof drawn, "%s", frame);
    mmoe_free(frame);
    canvas_done(&c);
    return drawn;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no '%s' in '%s'", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("'%s' in '%s'", part, text);
}

static struct view *view_of(enum mmoe_sight_stage stage, size_t done)
{
    struct view *v = make_view();
    fill_sight(&v->experiment.sight, stage, done);
    v->experiment.any = true;
    return v;
}

static void every_stage_is_told(void **state)
{
    (void)state;
    struct view *v = make_view();
    assert_has(draw(v, WIDTH, HEIGHT), "experiment shared-bottom mmoe");
    drop_view(v);
    v = view_of(MMOE_SIGHT_TRAINING, 0);
    assert_has(draw(v, WIDTH, HEIGHT), "training 6 nets");
    assert_has(drawn, "lifts of 1.21 % of engagement, 6.54 % of satisfaction");
    assert_lacks(drawn, "nan");
    assert_lacks(drawn, "+.00");
    assert_has(drawn, "no user was seen yet");
    drop_view(v);
    v = view_of(MMOE_SIGHT_VISITS, 172000);
    assert_has(draw(v, WIDTH, HEIGHT), "visits 172,000 of 300,000");
    drop_view(v);
    v = view_of(MMOE_SIGHT_STOPPED, 172000);
    assert_has(draw(v, WIDTH, HEIGHT), "stopped after 172,000 of 300,000 visits");
    drop_view(v);
    v = view_of(MMOE_SIGHT_DONE, SIGHT_VISITS);
    assert_has(draw(v, WIDTH, HEIGHT), "300,000 visits: engagement raised, satisfaction no diff");
    drop_view(v);
}

static void the_truth_is_behind_a_key(void **state)
{
    (void)state;
    struct view *v = make_view();
    fill_whole_sight(&v->experiment.sight);
    v->experiment.any = true;
    assert_lacks(draw(v, WIDTH, HEIGHT), "+1.95");
    assert_has(drawn, "^X t");
    v->experiment.truth = true;
    assert_has(draw(v, WIDTH, HEIGHT), "+1.95");
    assert_has(drawn, "+3.12");
    drop_view(v);
}

static void a_bad_split_blocks_the_verdict(void **state)
{
    (void)state;
    struct view *v = view_of(MMOE_SIGHT_DONE, SIGHT_VISITS);
    v->experiment.sight.arm[MMOE_TREATMENT].split = mmoe_split_check(6600, 7400);
    assert_has(draw(v, WIDTH, HEIGHT), "NOT AS PLANNED");
    assert_has(drawn, "blocked");
    assert_lacks(drawn, "raised");
    drop_view(v);
}

/* Columns and rows go, the lift and its verdict stay. */
static void little_room_keeps_the_verdict(void **state)
{
    (void)state;
    struct view *v = view_of(MMOE_SIGHT_DONE, SIGHT_VISITS);
    for (int width = 38; width <= WIDTH; width++)
        for (int height = 4; height <= HEIGHT; height++) {
            draw(v, width, height);
            assert_has(drawn, "raised");
            assert_has(drawn, "+");
        }
    for (int width = 0; width < 38; width++)
        for (int height = 0; height < 4; height++)
            draw(v, width, height);
    drop_view(v);
}

/* A point a look, and one for what was seen since. */
static void funnels_have_every_look(void **state)
{
    (void)state;
    struct mmoe_sight s;
    struct mmoe_interval at_end, always;
    size_t visits, n = 0;
    fill_sight(&s, MMOE_SIGHT_VISITS, 100000);
    for (; funnel_at(&s, 0, n, &visits, &at_end, &always); n++) {
        assert_true(at_end.low < at_end.value && at_end.value < at_end.high);
        assert_true(always.low < at_end.low && always.high > at_end.high);
    }
    assert_int_equal(n, s.looks + 1);
    assert_int_equal(visits, 100000);
    fill_sight(&s, MMOE_SIGHT_DONE, SIGHT_VISITS);
    for (n = 0; funnel_at(&s, 0, n, &visits, &at_end, &always); n++)
        ;
    assert_int_equal(n, SIGHT_LOOKS); /* the last look is the end */
    fill_sight(&s, MMOE_SIGHT_TRAINING, 0);
    assert_false(funnel_at(&s, 0, 0, &visits, &at_end, &always));
    assert_false(funnel_has_points(&s));
}

/* Axes have what decides: both intervals by now, zero or not. */
static void axes_have_what_decides(void **state)
{
    (void)state;
    struct mmoe_sight s;
    struct funnel f;
    for (size_t done = 1000; done <= SIGHT_VISITS; done += 13000) {
        fill_sight(&s, MMOE_SIGHT_VISITS, done);
        funnel_of(&s, MMOE_SATISFACTION, true, &f);
        const struct mmoe_interval *always = &s.arm[MMOE_TREATMENT].always[MMOE_SATISFACTION];
        assert_true(f.plot.y_min <= 100 * always->low && f.plot.y_max >= 100 * always->high);
        assert_int_equal(f.plot.count, FUNNEL_SERIES - 1); /* no truth yet */
    }
    fill_whole_sight(&s);
    funnel_of(&s, MMOE_SATISFACTION, true, &f);
    assert_int_equal(f.plot.count, FUNNEL_SERIES);
    funnel_of(&s, MMOE_SATISFACTION, false, &f);
    assert_int_equal(f.plot.count, FUNNEL_SERIES - 1);
}

static void numbers_are_those_of_the_looks(void **state)
{
    (void)state;
    struct view *v = view_of(MMOE_SIGHT_DONE, SIGHT_VISITS);
    struct mmoe_text t = {0};
    panel_table[PANEL_EXPERIMENT]->csv(v, &t);
    size_t lines = 0;
    for (const char *at = t.s; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 1 + 2 * SIGHT_LOOKS);
    assert_has(t.s, "task,visits,lift,low,high,always_low,always_high\nengagement,6521,");
    mmoe_text_done(&t);
    panel_table[PANEL_EXPERIMENT]->describe(v, &t);
    assert_has(t.s, "mmoe against shared-bottom, 2 nets an arm");
    assert_has(t.s, "The lift of engagement is +2.");
    mmoe_text_done(&t);
    drop_view(v);
}

/* A page keeps what it shows after the sight is gone. */
static void pages_have_the_front_when_it_is_known(void **state)
{
    (void)state;
    struct figure_sheet sheet = {0};
    struct view *v = view_of(MMOE_SIGHT_TRAINING, 0);
    panel_table[PANEL_EXPERIMENT]->page(v, &sheet);
    assert_int_equal(sheet.page.count, 0);
    fill_sight(&v->experiment.sight, MMOE_SIGHT_VISITS, 172000);
    panel_table[PANEL_EXPERIMENT]->page(v, &sheet);
    assert_int_equal(sheet.page.count, 2);
    figure_sheet_done(&sheet);
    fill_whole_sight(&v->experiment.sight);
    panel_table[PANEL_EXPERIMENT]->page(v, &sheet);
    assert_int_equal(sheet.page.count, 3);
    drop_view(v);
    struct mmoe_text svg = {0};
    figure_page_svg(&sheet.page, &svg);
    assert_has(svg.s, "<svg");
    mmoe_text_done(&svg);
    figure_sheet_done(&sheet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stage_is_told),
        cmocka_unit_test(the_truth_is_behind_a_key),
        cmocka_unit_test(a_bad_split_blocks_the_verdict),
        cmocka_unit_test(little_room_keeps_the_verdict),
        cmocka_unit_test(funnels_have_every_look),
        cmocka_unit_test(axes_have_what_decides),
        cmocka_unit_test(numbers_are_those_of_the_looks),
        cmocka_unit_test(pages_have_the_front_when_it_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
