/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson.c - the lesson that is read: the words of its step, the newest at the bottom. */
#include <stdio.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/lesson.h>

#include "ui/panel/lines.h"
#include "ui/panel/panels.h"

int panel_lesson_rows(const struct view *v, int width)
{
    int rows = 0;
    for (size_t i = 0; i < v->lesson.line_count; i++)
        rows += lines_rows(&v->lesson.line[i], width);
    return rows;
}

static void draw(const struct view *v, struct canvas *c)
{
    const struct view_lesson *l = &v->lesson;
    int rows = panel_lesson_rows(v, c->width), y = rows > c->height ? c->height - rows : 0;
    if (l->line_count == 0) {
        canvas_text(c, 1, c->height / 2, ROLE_KEY, CELL_BOLD, "lesson");
        canvas_text(c, 1, c->height / 2 + 1, ROLE_DIM, 0, "lists those there are.");
        return;
    }
    for (size_t i = 0; i < l->line_count; i++)
        y += lines_draw(&l->line[i], y, c);
}

static void note(const struct view *v, char *buf, size_t size)
{
    static const char *const words[] = {[LESSON_SAYS] = "Enter goes on",
                                        [LESSON_RUNS] = "running",
                                        [LESSON_TOLD] = "Enter goes on"};
    snprintf(buf, size, "%s", v->lesson.lesson ? words[v->lesson.phase] : "");
}

static void describe(const struct view *v, struct mmoe_text *t)
{
    const struct view_lesson *l = &v->lesson;
    if (l->line_count == 0) {
        mmoe_text_add(t, "No lesson is read: lesson lists those there are.");
        return;
    }
    mmoe_text_add(t, "%s", l->headline);
    for (size_t i = 0; i < l->line_count; i++)
        mmoe_text_add(t, "\n%s", l->line[i].text);
}

static void csv(const struct view *v, struct mmoe_text *t)
{
    mmoe_text_add(t, "line\n");
    for (size_t i = 0; i < v->lesson.line_count; i++) {
        mmoe_text_add_csv(t, v->lesson.line[i].text);
        mmoe_text_add(t, "\n");
    }
}

static void json(const struct view *v, struct mmoe_text *t)
{
    for (size_t i = 0; i < v->lesson.line_count; i++) {
        mmoe_text_add(t, "{");
        mmoe_json_word(t, "event", "lesson.line");
        mmoe_json_count(t, "step", v->lesson.step + 1);
        mmoe_json_word(t, "text", v->lesson.line[i].text);
        mmoe_text_add(t, "}\n");
    }
}

static void page(const struct view *v, struct figure_sheet *sheet)
{
    enum { WIDTH = 92 };
    int rows = panel_lesson_rows(v, WIDTH);
    if (rows == 0)
        return;
    struct canvas *cells = figure_sheet_canvas(sheet, WIDTH, rows, glyphs_find("blocks"));
    struct figure *f = figure_sheet_figures(sheet, 1);
    draw(v, cells);
    f[0] = (struct figure){.kind = FIGURE_TEXT, .text = {.cells = cells}};
    sheet->page.title = figure_sheet_print(sheet, "%s", v->lesson.headline);
}

const struct panel panel_lesson = {
    .name = "lesson",
    .title = "lesson",
    .explain = "The step of the lesson that is read: its words, what it asks, what came of its "
               "commands. Enter on an empty line goes on, a number answers; lesson hint, lesson "
               "back and lesson leave do what they say. All else that is typed runs as always.",
    .min_width = 16,
    .min_height = 2,
    .draw = draw,
    .note = note,
    .describe = describe,
    .csv = csv,
    .json = json,
    .page = page,
};
