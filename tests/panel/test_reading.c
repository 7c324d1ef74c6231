/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Long answers are pages: their head first, what is below told, each line wrapped once. */
#include <locale.h>
#include <stdio.h>

#include <mmoe/mem.h>

#include "tests/test.h"
#include "ui/panel/layout.h"
#include "ui/panel/reading.h"

static struct view *v;
static struct canvas canvas;

static int begin(void **state)
{
    (void)state;
    setlocale(LC_ALL, "C.UTF-8");
    v = mmoe_alloc(1, sizeof *v);
    view_init(v);
    canvas_init(&canvas, 80, 24, glyphs_find("blocks"));
    return 0;
}

static int end(void **state)
{
    (void)state;
    view_done(v);
    mmoe_free(v);
    canvas_done(&canvas);
    return 0;
}

/* The next frame; free it. */
static char *frame(void)
{
    const struct layout_prompt prompt = {.prompt = "mmoe> ", .line = "half a li", .cursor = 9};
    int x, y;
    reading_look(v, &canvas);
    canvas_clear(&canvas);
    layout_draw(v, &prompt, &canvas, &x, &y);
    return canvas_dump(&canvas);
}

static bool shows(const char *text)
{
    char *dump = frame();
    bool found = strstr(dump, text) != NULL;
    mmoe_free(dump);
    return found;
}

static void answer(const char *command, const char *word, size_t lines)
{
    char line[40];
    view_log(v, LOG_COMMAND, command);
    for (size_t i = 1; i <= lines; i++) {
        snprintf(line, sizeof line, "%s %zu.", word, i);
        view_log(v, LOG_DATA, line);
    }
}

static void a_long_answer_opens_at_its_head(void **state)
{
    (void)state;
    answer("set", "earlier", 2);
    assert_true(shows("earlier 2."));
    assert_false(v->page.open);
    answer("help", "line", 60);
    assert_true(shows("line 1."));
    assert_true(v->page.open);
    assert_false(shows("earlier"));
    assert_false(shows("line 60."));
    assert_true(shows("line 18.")); /* 21 rows, their frame, and one that tells of the rest */
    assert_true(shows("more below: 42 rows, PgDn"));
    assert_true(shows("mmoe> half a li")); /* the prompt is live */
}

static void it_is_gone_through_to_its_end_and_back(void **state)
{
    (void)state;
    answer("help", "line", 60);
    assert_true(shows("line 1."));
    view_log(v, LOG_DATA, "of another command, later");
    reading_scroll(v, false, &canvas);
    assert_true(shows("line 18.")); /* one row stays */
    assert_false(shows("line 17."));
    for (int i = 0; i < 5; i++)
        reading_scroll(v, false, &canvas);
    assert_true(shows("line 60."));
    assert_true(shows("the end"));
    assert_false(shows("later"));
    for (int i = 0; i < 9; i++)
        reading_scroll(v, true, &canvas);
    assert_true(shows("line 1."));
    reading_close(v);
    assert_true(shows("later"));
    assert_false(v->page.open);
}

static void one_long_line_is_read_whole(void **state)
{
    (void)state;
    struct mmoe_text t = {0};
    for (int i = 0; i < 600; i++)
        mmoe_text_add(&t, "word%d ", i);
    view_log(v, LOG_COMMAND, "describe gates");
    view_log(v, LOG_DATA, t.s);
    mmoe_text_done(&t);
    assert_true(shows("word0 "));
    assert_true(v->page.open);
    for (int i = 0; i < 9; i++)
        reading_scroll(v, false, &canvas);
    assert_true(shows("word599"));
    canvas_resize(&canvas, 160, 48); /* fewer rows: where it was is beyond its end */
    assert_true(shows("word599"));
    reading_scroll(v, true, &canvas);
    reading_scroll(v, true, &canvas);
    assert_true(shows("word0 "));
}

static void what_the_log_shows_is_no_page(void **state)
{
    (void)state;
    canvas_resize(&canvas, 160, 48);
    answer("model", "part", 9); /* here the log has the room */
    assert_true(shows("part 9."));
    assert_false(v->page.open);
    canvas_resize(&canvas, 80, 24);
    assert_true(shows("part 9.")); /* it was looked at */
    assert_false(v->page.open);
    answer("model", "part", 9);
    assert_true(shows("part 1."));
    assert_true(v->page.open);
}

static void what_comes_by_itself_is_a_page_where_it_is_long(void **state)
{
    (void)state;
    answer("run", "started", 1);
    assert_true(shows("started"));
    for (int i = 0; i < 9; i++)
        view_log(v, LOG_DATA, "run 3: mmoe reached step 6,000\n");
    assert_true(shows("reached"));
    assert_false(v->page.open);
    view_log(v, LOG_DATA, "claims\n1\n2\n3\n4\n5\n6\n7\n");
    assert_true(shows("claims"));
    assert_true(v->page.open);
}

static void a_page_stays_where_old_lines_leave(void **state)
{
    (void)state;
    answer("help", "line", 60);
    assert_true(shows("line 1."));
    for (size_t i = 0; i < VIEW_LOG_MAX - 65; i++)
        view_log(v, LOG_TALK, "later");
    assert_true(shows("line 1."));
    for (size_t i = 0; i < VIEW_LOG_MAX; i++)
        view_log(v, LOG_TALK, "much later");
    assert_false(v->page.open); /* its lines are gone */
    assert_true(shows("much later"));
}

static void every_size_is_survived(void **state)
{
    (void)state;
    for (int width = 1; width < 60; width += 3)
        for (int height = 1; height < 30; height += 2) {
            canvas_resize(&canvas, width, height);
            answer("help", "line", 30);
            char *dump = frame();
            mmoe_free(dump);
            reading_scroll(v, false, &canvas);
            reading_scroll(v, true, &canvas);
            reading_close(v);
        }
}

#define READING(test) cmocka_unit_test_setup_teardown(test, begin, end)

TESTS(READING(a_long_answer_opens_at_its_head), READING(it_is_gone_through_to_its_end_and_back),
      READING(one_long_line_is_read_whole), READING(what_the_log_shows_is_no_page),
      READING(what_comes_by_itself_is_a_page_where_it_is_long),
      READING(a_page_stays_where_old_lines_leave), READING(every_size_is_survived))
