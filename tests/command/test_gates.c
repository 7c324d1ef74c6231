/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gates: its four ways, measured for who asks, told, drawn at any size, as data. */
#include <stdio.h>

#include <mmoe/run.h>

#include "tests/typed.h"
#include "ui/panel/panels.h"

static void draw_everywhere(void)
{
    struct canvas c;
    canvas_init(&c, 1, 1, glyphs_find("ascii"));
    for (int width = 0; width < 110; width += 4)
        for (int height = 0; height < 30; height++) {
            canvas_resize(&c, width, height);
            panel_table[PANEL_GATES]->draw(&app->view, &c);
        }
    canvas_done(&c);
}

static const char *told(void (*how)(const struct view *v, struct mmoe_text *t))
{
    mmoe_text_clear(&said);
    how(&app->view, &said);
    return said.s;
}

static void views_come_by_their_words(void **state)
{
    (void)state;
    static const struct {
        const char *word, *says, *csv, *json;
    } cases[] = {{"time", "Mean weights from step 0 to 60", "step,gate,expert", "gates.time"},
                 {"spread", "median entropy", "gate,rank,entropy", "gates.spread"},
                 {"map", "weight vectors", "row,x,y,gate,expert", "gates.map"}};
    typed("model mmoe; run");
    for (size_t i = 0; i < 3; i++) {
        char line[40];
        snprintf(line, sizeof line, "gates %s", cases[i].word);
        typed(line);
        draw_everywhere(); /* also while nothing is measured */
        assert_says(typed("describe gates"), cases[i].says);
        app_show(app, panel_needs(&app->view, PANEL_GATES));
        settle();
        draw_everywhere();
        assert_says(told(panel_table[PANEL_GATES]->csv), cases[i].csv);
        assert_says(told(panel_table[PANEL_GATES]->json), cases[i].json);
    }
    typed("gates");
    assert_int_equal(app->view.gates, VIEW_GATES_MEANS);
    app_show(app, panel_needs(&app->view, PANEL_GATES));
    settle();
    typed("step 20"); /* nobody looks: nothing is measured */
    assert_null(view_live(&app->view)->scatter);
    assert_int_equal(errors(), 0);
    assert_refused("gates maps", "map");
}

static void models_without_gates_say_so(void **state)
{
    (void)state;
    typed("model shared-bottom; run; gates map");
    assert_says(typed("describe gates"), "has no gates");
    draw_everywhere();
}

/* Two tasks that have nothing in common are cut along other lines. */
static void a_map_shows_what_gates_do(void **state)
{
    (void)state;
    typed("set p 0 experts 4; model mmoe; gates map; run");
    app_show(app, MMOE_SHOWS_SCATTER);
    settle();
    typed("step 1");
    const struct mmoe_scatter *s = view_live(&app->view)->scatter;
    assert_non_null(s);
    struct canvas c;
    canvas_init(&c, 100, 20, glyphs_find("ascii"));
    panel_table[PANEL_GATES]->draw(&app->view, &c);
    char *drawn = canvas_dump(&c);
    assert_says(drawn, "across w1");
    char digit[2] = {(char)('1' + s->largest[0][0]), '\0'};
    assert_says(drawn, digit);
    mmoe_free(drawn);
    canvas_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TYPED(views_come_by_their_words),
                                       TYPED(models_without_gates_say_so),
                                       TYPED(a_map_shows_what_gates_do)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
