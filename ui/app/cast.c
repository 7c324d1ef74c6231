/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cast.c - a session recorded as an asciicast. */
#include "ui/app/cast.h"

#include <string.h>

#include <mmoe/clock.h>
#include <mmoe/file.h>
#include <mmoe/json.h>
#include <mmoe/mem.h>
#include <mmoe/text.h>

#include "ui/panel/layout.h"
#include "ui/term/ansi.h"
#include "ui/term/theme.h"

static const char prompt_words[] = "mmoe> ";

struct cast {
    char *path;
    double start; /* seconds, monotonic */
    size_t frames;
    struct canvas canvas;
    struct mmoe_text *row; /* (height) as it was in the frame before */
    struct mmoe_text events;
};

struct cast *cast_new(const char *path, int width, int height)
{
    struct cast *c = mmoe_alloc(1, sizeof *c);
    c->path = mmoe_strdup(path);
    c->start = mmoe_clock_now();
    canvas_init(&c->canvas, width, height, glyphs_find("braille"));
    c->row = mmoe_alloc((size_t)height, sizeof *c->row);
    return c;
}

void cast_free(struct cast *c)
{
    if (!c)
        return;
    for (int y = 0; y < c->canvas.height; y++)
        mmoe_text_done(&c->row[y]);
    mmoe_free(c->row);
    mmoe_text_done(&c->events);
    canvas_done(&c->canvas);
    mmoe_free(c->path);
    mmoe_free(c);
}

const char *cast_path(const struct cast *c)
{
    return c->path;
}

size_t cast_frames(const struct cast *c)
{
    return c->frames;
}

/* The rows that differ from the frame before, each where it stands. */
static void add_rows(struct cast *c, const struct theme *theme, struct mmoe_text *out)
{
    for (int y = 0; y < c->canvas.height; y++) {
        struct mmoe_text row = {0};
        ansi_row(&c->canvas, y, theme, &row);
        if (c->row[y].s && strcmp(c->row[y].s, row.s) == 0) {
            mmoe_text_done(&row);
            continue;
        }
        mmoe_text_add(out, "\033[%d;1H%s", y + 1, row.s);
        mmoe_text_done(&c->row[y]);
        c->row[y] = row;
    }
}

void cast_frame(struct cast *c, const struct view *v, const char *typed)
{
    const struct layout_prompt prompt = {prompt_words, typed, strlen(typed), NULL, 0};
    struct mmoe_text out = {0};
    int x, y;
    struct view *still = view_freeze(v);
    still->steady = true;
    canvas_clear(&c->canvas);
    layout_draw(still, &prompt, &c->canvas, &x, &y);
    view_thaw(still);
    add_rows(c, theme_at((size_t)v->options.theme), &out);
    if (out.n) {
        mmoe_text_add(&out, "\033[%d;%dH", y + 1, x + 1);
        mmoe_text_add(&c->events, "[");
        mmoe_text_add_number(&c->events, mmoe_clock_now() - c->start);
        mmoe_text_add(&c->events, ", \"o\", ");
        mmoe_text_add_json(&c->events, out.s);
        mmoe_text_add(&c->events, "]\n");
        c->frames++;
    }
    mmoe_text_done(&out);
}

enum mmoe_status cast_write(const struct cast *c, struct mmoe_error *err)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t,
                  "{\"version\": 2, \"width\": %d, \"height\": %d, \"title\": \"mmoe\", \"env\": "
                  "{\"TERM\": \"xterm-256color\"}}\n%s",
                  c->canvas.width, c->canvas.height, c->events.n ? c->events.s : "");
    enum mmoe_status status = mmoe_file_replace(c->path, t.s, t.n, err);
    mmoe_text_done(&t);
    return status;
}
