/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layout.c - one frame of the whole screen.
 *
 *   status                                   1 row
 *   loss                 | gates             what is left
 *   final loss over seeds | runs             a row a group, and its axis
 *   log                                      a fifth
 *   prompt, footer                           2 rows
 *
 * From 130x36 on there are two columns instead, so that no panel is a desert:
 * loss above the histograms, and gates, runs and a long log beside them.
 * Below 80x24 the panels but loss and log are left out, below 40x8 all are.
 * The learned function (fit.c), and gates over time, over rows and on a map, are shown where they
 * are asked for, in the place of loss and gates and,
 * while nothing was repeated, of the histograms; and below the loss where both have room.
 * A study without a live run beside it has the screen, but for the log, and so has an experiment
 * that is looked at.
 * Where the log has no place, the newest answer stands above the prompt.
 */
#include "ui/panel/layout.h"

#include <stdio.h>
#include <string.h>

#include "ui/panel/found.h"
#include "ui/panel/status.h"
#include "ui/panel/timeline.h"

enum {
    FULL_WIDTH = 80,
    FULL_HEIGHT = 24,
    WIDE_WIDTH = 130,
    WIDE_HEIGHT = 36,
    BOTH_HEIGHT = 30, /* rows of loss and learned function, one below the other */
    LEAST_WIDTH = 40,
    LEAST_HEIGHT = 8,
    LIST_ROWS = 5,
    ANSWER_ROWS = 3,
    NOTE_SIZE = 256,
    HEADING_SIZE = 128,
    TITLE_SIZE = 192
};

static int clamp(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

/* What a panel is called: a study by its name, a histogram by what it is of. */
static void head(const struct view *v, int index, char *buf, size_t size)
{
    if (index == PANEL_HIST && v->study.name[0])
        snprintf(buf, size, "%s", v->study.name);
    else if (index == PANEL_LESSON && v->lesson.headline[0])
        snprintf(buf, size, "lesson %.100s", v->lesson.headline);
    else if (index == PANEL_HIST && v->metric != MMOE_LOSS)
        snprintf(buf, size, "final %s over seeds", view_metric(v));
    else
        snprintf(buf, size, "%s", panel_table[index]->title);
}

/* What a study's runs have in common and the settings have not, as far as there is room. */
static void name_fixed(const struct view *v, int index, int room, char heading[HEADING_SIZE])
{
    size_t n = strlen(heading);
    if (index != PANEL_HIST || !v->study.tally || !v->study.fixed[0] || (int)n + 8 > room)
        return;
    int all = snprintf(heading + n, HEADING_SIZE - n, ", %s", v->study.fixed);
    if (canvas_columns(heading) <= room && all < HEADING_SIZE - (int)n)
        return;
    size_t cut = (size_t)(room < HEADING_SIZE ? room : HEADING_SIZE - 1) - 4;
    while (heading[cut] != ' ') /* a number that is cut would be another one */
        cut--;
    cut = cut > n + 1 ? cut : n;
    snprintf(heading + cut, HEADING_SIZE - cut, " ...");
}

/* Leave out the last of a list of tasks and their numbers, so that it has at most `room` columns.
 */
static void cut_list(char *list, const char *separator, int room)
{
    int n = (int)strlen(list); /* names and numbers are ASCII */
    if (n <= room)
        return;
    while (n > 0 && (n + 4 > room || strncmp(list + n, separator, strlen(separator)) != 0))
        n--;
    strcpy(list + n, n ? " ..." : "");
}

/* The heading, and behind it what the axis of losses is, as far as there is room. */
static void name_axis(const struct view *v, int index, const char *heading, int room,
                      char title[TITLE_SIZE])
{
    const char *axis = v->linear_y ? "linear y" : "log y", *kind = panel_loss_kind(v);
    if (index == PANEL_LOSS && *kind) {
        snprintf(title, TITLE_SIZE, "%s: %s, %s", heading, kind, axis);
        if (canvas_columns(title) <= room)
            return;
    }
    snprintf(title, TITLE_SIZE, "%s, %s", heading, axis);
    if (index != PANEL_LOSS || canvas_columns(title) > room)
        snprintf(title, TITLE_SIZE, "%s", heading);
}

/* Two sides of what a panel shows of one live run: beside each other or, where that is too narrow,
 * one below the other; that in front alone where there is no room for both. */
static void draw_sides(const struct view *v, const struct panel *p, struct canvas *c)
{
    bool beside = c->width / 2 - 1 >= 2 * p->min_width,
         both = beside || c->height / 2 - 1 >= p->min_height;
    int width = beside ? c->width / 2 : c->width,
        height = beside || !both ? c->height : c->height / 2;
    for (size_t i = 0; i < (both ? 2u : 1u); i++) {
        struct view side = *v;
        side.lane = (v->lane + i) % v->lane_count;
        const struct view_lane *l = &side.lanes[side.lane];
        struct canvas own = canvas_view(c, beside ? (int)i * width : 0,
                                        beside ? 0 : (int)i * height, width - beside, height);
        struct canvas below = canvas_view(&own, 0, 1, own.width, own.height - 1);
        canvas_text(&own, 0, 0, figure_role(l->look), CELL_BOLD, l->name);
        if (below.width >= p->min_width && below.height >= p->min_height)
            p->draw(&side, &below);
    }
}

static bool has_lesson(const struct view *v)
{
    return v->lesson.lesson && !v->page.open;
}

/* Rows of the panel at the bottom: the log's, or those of the lesson that has its place. */
static int bottom_rows(const struct view *v, const struct canvas *c, int log)
{
    int rows = has_lesson(v) ? panel_lesson_rows(v, c->width - 2) + 2 : 0;
    return clamp(rows, log, c->height / 2 > log ? c->height / 2 : log);
}

static void draw_panel(const struct view *v, int index, struct canvas *c)
{
    if (index == PANEL_LOG && has_lesson(v) && !v->laid_out)
        index = PANEL_LESSON;
    const struct panel *p = panel_table[index];
    char heading[HEADING_SIZE], title[TITLE_SIZE], note[NOTE_SIZE] = "";
    bool focused = v->focus == index || (v->page.open && index == PANEL_LOG);
    if (c->width < 4 || c->height < 3)
        return;
    if (v->laid_out) {
        v->laid_out->shown |= 1u << index;
        if (index == PANEL_LOG) {
            v->laid_out->log_width = c->width - 2;
            v->laid_out->log_height = c->height - 2;
        }
        return;
    }
    if (p->note)
        p->note(v, note, sizeof note);
    head(v, index, heading, sizeof heading);
    name_fixed(v, index, c->width - canvas_columns(note) - 8, heading);
    name_axis(v, index, heading, c->width - canvas_columns(note) - 8, title);
    if (index == PANEL_LOSS || index == PANEL_RUNS)
        cut_list(note, index == PANEL_RUNS ? ", " : "  ", c->width - 8 - canvas_columns(title));
    bool framed = c->height - 2 >= p->min_height || c->height < p->min_height;
    struct canvas inside = framed ? canvas_frame(c, title, note, focused) : *c;
    if ((index == PANEL_GATES || index == PANEL_FIT) && v->lane_count > 1)
        draw_sides(v, p, &inside);
    else if (inside.width >= p->min_width && inside.height >= p->min_height)
        p->draw(v, &inside);
}

/* Columns of the gates' panel: room for a number an expert, the rest is the plot's. */
static int gates_width(const struct view *v, int width)
{
    int experts = view_live(v)->gate.experts ? (int)view_live(v)->gate.experts
                                             : (int)v->options.experts;
    return clamp(experts * (width >= 120 ? 6 : 4) + 4, width * 3 / 8, width * 9 / 20);
}

/* Rows of the histograms' panel: so many a group, its axis, its frame, a study's bar. */
static int rows_of_seeds(const struct view *v, int each, int least, int most)
{
    size_t cells = v->study.tally ? mmoe_grid_cells(mmoe_tally_grid(v->study.tally)) : 0;
    cells = cells < 1000 ? cells : 1000;
    return clamp((int)(cells ? cells : v->group_count) * each + 3 + (cells > 0) + v->pick.on, least,
                 most);
}

/* What is asked for in the place of loss and gates: the learned function, or gates in another way
 * than by their means. -1: neither. */
static int main_panel(const struct view *v)
{
    bool gates = false;
    for (size_t i = 0; i < v->lane_count && v->gates != VIEW_GATES_MEANS; i++)
        gates = gates || v->lanes[i].live->gate.gates > 0;
    return v->focus == PANEL_FIT || (v->focus == PANEL_GATES && gates) ? v->focus : -1;
}

static bool has_repeats(const struct view *v)
{
    return v->group_count > 0 || v->study.tally;
}

/* Histograms and runs; or the dial, which has the place of both where they are side by side. */
static void draw_seeds(const struct view *v, struct canvas *hist, struct canvas *runs)
{
    if (v->focus == PANEL_DIAL) {
        draw_panel(v, PANEL_DIAL, hist);
        return;
    }
    draw_panel(v, PANEL_HIST, hist);
    draw_panel(v, PANEL_RUNS, runs);
}

static void draw_full(const struct view *v, struct canvas *c)
{
    int log = clamp(c->height / 5, 5, 14), bars = c->height >= 36 ? 3 : 1;
    bool dial = v->focus == PANEL_DIAL;
    bool bare = has_lesson(v) && !dial && !has_repeats(v);
    int seeds = bare ? 0 : dial ? c->height * 2 / 5 : rows_of_seeds(v, bars, 5, c->height / 3);
    log = bottom_rows(v, c, dial ? 4 : log);
    int top = c->height - log - seeds, right = gates_width(v, c->width), left = c->width - right;
    int runs = clamp(c->width * 2 / 5, 34, 64);
    struct canvas loss = canvas_view(c, 0, 0, left, top),
                  gates = canvas_view(c, left, 0, right, top);
    struct canvas hist = canvas_view(c, 0, top, dial ? c->width : c->width - runs, seeds);
    struct canvas list = canvas_view(c, c->width - runs, top, runs, seeds);
    struct canvas lines = canvas_view(c, 0, top + seeds, c->width, log);
    int main = main_panel(v);
    bool alone = main >= 0 && !has_repeats(v);
    struct canvas wide = canvas_view(c, 0, 0, c->width, alone ? top + seeds : top);
    draw_panel(v, PANEL_LOG, &lines);
    if (main >= 0)
        draw_panel(v, main, &wide);
    if (alone)
        return;
    if (main < 0) {
        draw_panel(v, PANEL_LOSS, &loss);
        draw_panel(v, PANEL_GATES, &gates);
    }
    draw_seeds(v, &hist, &list);
}

/* A study and no live run, or an experiment: it has the place, but for the log. */
static void draw_alone(const struct view *v, int index, struct canvas *c)
{
    int log = bottom_rows(v, c, clamp(c->height / 4, 4, 14));
    struct canvas above = canvas_view(c, 0, 0, c->width, c->height - log);
    struct canvas lines = canvas_view(c, 0, c->height - log, c->width, log);
    draw_panel(v, index, &above);
    draw_panel(v, PANEL_LOG, &lines);
}

static int rows_of_gates(const struct view *v)
{
    int gates = clamp((int)view_live(v)->gate.gates, 2, 4);
    return gates * 3 + 1 + 4 + 2;
}

/* The loss, and below it the learned function where both have room; or that alone. */
static void draw_curves(const struct view *v, struct canvas *c)
{
    enum mmoe_run_state state = view_live(v)->state;
    bool both = c->height >= BOTH_HEIGHT && state != MMOE_RUN_EMPTY && state != MMOE_RUN_DIVERGED;
    int top = c->height * 2 / 5;
    struct canvas above = canvas_view(c, 0, 0, c->width, both ? top : c->height);
    struct canvas below = canvas_view(c, 0, top, c->width, c->height - top);
    if (main_panel(v) >= 0) {
        draw_panel(v, main_panel(v), c);
        return;
    }
    draw_panel(v, PANEL_LOSS, &above);
    if (both)
        draw_panel(v, PANEL_FIT, &below);
}

static void draw_wide(const struct view *v, struct canvas *c)
{
    int right = clamp(c->width * 2 / 5, 60, 76), left = c->width - right;
    int hist = v->focus == PANEL_DIAL ? c->height * 2 / 5
                                      : rows_of_seeds(v, 4, 6, c->height * 2 / 5);
    int gates = rows_of_gates(v), runs = clamp((int)v->run_count + 4, 6, c->height / 4);
    struct canvas loss = canvas_view(c, 0, 0, left, c->height - hist);
    struct canvas seeds = canvas_view(c, 0, c->height - hist, left, hist);
    struct canvas heat = canvas_view(c, left, 0, right, gates);
    struct canvas list = canvas_view(c, left, gates, right, runs);
    struct canvas lines = canvas_view(c, left, gates + runs, right, c->height - gates - runs);
    draw_curves(v, &loss);
    draw_panel(v, main_panel(v) == PANEL_GATES ? PANEL_LOSS : PANEL_GATES, &heat);
    draw_panel(v, v->focus == PANEL_DIAL ? PANEL_DIAL : PANEL_HIST, &seeds);
    draw_panel(v, PANEL_RUNS, &list);
    draw_panel(v, PANEL_LOG, &lines);
}

/* Rows of what came of the newest command: as many of its last lines as fit, with room for as much
 * again above them. */
static int answer_rows(const struct view *v, const struct canvas *c)
{
    int most = clamp(c->height / 2, 0, ANSWER_ROWS), rows = 0;
    for (size_t i = v->log_count; i > 0 && v->log[i - 1].kind != LOG_COMMAND; i--) {
        int more = panel_log_rows(v, i - 1, i, c->width);
        if (rows + more > most)
            return rows ? rows : most;
        rows += more;
    }
    return rows;
}

/* The newest answer at the bottom of c, which is less for the others. */
static void draw_answer(const struct view *v, struct canvas *c)
{
    int rows = answer_rows(v, c), left = c->height - rows;
    struct canvas lines = canvas_view(c, 0, left, c->width, rows);
    panel_table[PANEL_LOG]->draw(v, &lines);
    *c = canvas_view(c, 0, 0, c->width, left);
}

static void draw_small(const struct view *v, struct canvas *c)
{
    int log = c->height >= 12 ? clamp(c->height / 4, clamp(answer_rows(v, c) + 2, 4, 5), 6) : 0;
    int shown = v->focus == PANEL_LOG || v->focus == PANEL_LESSON ? PANEL_LOSS : v->focus;
    log = log ? bottom_rows(v, c, log) : 0; /* the log has its place */
    if (!log && v->focus != PANEL_LOG)
        draw_answer(v, c);
    struct canvas main = canvas_view(c, 0, 0, c->width, c->height - log);
    struct canvas lines = canvas_view(c, 0, c->height - log, c->width, log);
    draw_panel(v, log ? shown : v->focus, &main);
    draw_panel(v, PANEL_LOG, &lines);
}

static void draw_zoomed(const struct view *v, struct canvas *c)
{
    if (v->focus != PANEL_LOG)
        draw_answer(v, c);
    draw_panel(v, v->focus, c);
}

static void draw_body(const struct view *v, struct canvas *c, bool full)
{
    if (v->finder.on && !v->laid_out) {
        found_draw(v, c);
        return;
    }
    if (has_lesson(v) && !v->zoomed && c->height >= 2 * LEAST_HEIGHT) /* it has the log's place */
        draw_answer(v, c);
    if (v->page.open)
        draw_panel(v, PANEL_LOG, c);
    else if (v->zoomed)
        draw_zoomed(v, c);
    else if (v->focus == PANEL_EXPERIMENT && full)
        draw_alone(v, PANEL_EXPERIMENT, c);
    else if (v->study.tally && view_live(v)->state == MMOE_RUN_EMPTY && c->height >= LEAST_HEIGHT &&
             v->focus != PANEL_EXPERIMENT)
        draw_alone(v, PANEL_HIST, c);
    else if (full && c->width >= WIDE_WIDTH && c->height >= WIDE_HEIGHT)
        draw_wide(v, c);
    else if (full)
        draw_full(v, c);
    else
        draw_small(v, c);
}

static void draw_card(const struct view *v, struct canvas *c)
{
    char state[64];
    canvas_printf(c, 0, 0, ROLE_TITLE, CELL_BOLD, "mmoe needs %dx%d", LEAST_WIDTH, LEAST_HEIGHT);
    if (c->height > 1)
        canvas_printf(c, 0, 1, ROLE_DIM, 0, "(80x24 for all panels)");
    if (c->height > 2)
        canvas_text(c, 0, 2, ROLE_TEXT, 0, status_state(v, state, sizeof state));
}

/* --- the prompt --- */

/* Start of the character before text[at]. */
static size_t character_before(const char *text, size_t at)
{
    do
        at--;
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80);
    return at;
}

/* One character of text as it is shown: newlines of a pasted block as a mark. Returns its bytes. */
static size_t shown_character(const char *text, const struct canvas *c, char out[8])
{
    size_t n = 1;
    memset(out, 0, 8);
    while (n < 4 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n++;
    if (*text == '\n')
        strcpy(out, c->glyphs->ascii ? "|" : "\xE2\x86\xB5");
    else
        memcpy(out, text, n);
    return n;
}

/* Columns of what stands from the cursor on, at most `most`. */
static int columns_right(const struct layout_prompt *p, const struct canvas *c, int most)
{
    int columns = 0;
    for (size_t at = p->cursor; p->line[at] && columns < most;) {
        char one[8];
        at += shown_character(p->line + at, c, one);
        columns += canvas_columns(one);
    }
    return columns < most ? columns : most;
}

/* Where drawing begins; *column: the cursor's. What stands right of the cursor is seen as far as
 * half the width at least, all of it where the line's end is near. */
static size_t window(const struct layout_prompt *p, const struct canvas *c, int width, int *column)
{
    int end = width - 1 - columns_right(p, c, width), most = end > width / 2 ? end : width / 2;
    size_t at = p->cursor;
    *column = 0;
    while (at > 0) {
        char one[8];
        size_t before = character_before(p->line, at);
        shown_character(p->line + before, c, one);
        int n = canvas_columns(one);
        if (*column + n > most)
            break;
        *column += n;
        at = before;
    }
    return at;
}

/* The line from byte `at` on. Where it is cut, the first and the last place are an ellipsis'. */
static void draw_line(const struct layout_prompt *p, size_t at, struct canvas *c)
{
    bool begun = at == 0;
    int x = 0;
    while (p->line[at]) {
        char one[8];
        size_t length = shown_character(p->line + at, c, one);
        int n = canvas_columns(one);
        if (n > 0 && x + n > c->width)
            break;
        if (x > 0 || begun) /* not the first character of a cut line, nor marks on it */
            canvas_text(c, x, 0, ROLE_INPUT, 0, one);
        x += n;
        at += length;
    }
    if (!begun)
        canvas_put(c, 0, 0, ROLE_DIM, 0, c->glyphs->ellipsis);
    if (p->line[at])
        canvas_put(c, c->width - 1, 0, ROLE_DIM, 0, c->glyphs->ellipsis);
}

static void draw_prompt(const struct layout_prompt *p, struct canvas *c, int y, int *cursor_x)
{
    int x = canvas_text(c, 0, y, ROLE_PROMPT, CELL_BOLD, p->prompt), column;
    if (x > c->width * 2 / 3)
        x = 0; /* no room for both: the line matters more */
    struct canvas rest = canvas_view(c, x, y, c->width - x, 1);
    canvas_fill(&rest, 0, 0, rest.width, 1, ROLE_INPUT, L' ');
    size_t at = window(p, c, rest.width, &column);
    *cursor_x = clamp(x + column, 0, c->width - 1);
    draw_line(p, at, &rest);
}

/* Completions in columns, on the rows above y. Returns how many rows. */
static int draw_list(const struct layout_prompt *p, struct canvas *c, int y, int most)
{
    int width = 1;
    for (size_t i = 0; i < p->list_count; i++) {
        int n = canvas_columns(p->list[i]) + 2;
        width = n > width ? n : width;
    }
    if (p->list_count == 0 || most < 1)
        return 0;
    int across = clamp(c->width / width, 1, c->width > 0 ? c->width : 1);
    int rows = clamp((int)((p->list_count + (size_t)across - 1) / (size_t)across), 1, most);
    size_t shown = (size_t)(rows * across) < p->list_count ? (size_t)(rows * across) - 1
                                                           : p->list_count;
    canvas_fill(c, 0, y - rows, c->width, rows, ROLE_TEXT, L' ');
    canvas_fill(c, 0, y - rows - 1, c->width, 1, ROLE_DIM, c->glyphs->horizontal);
    canvas_printf(c, 2, y - rows - 1, ROLE_DIM, 0, " %s completions ",
                  mmoe_format_count(p->list_count, MMOE_NUMBER));
    for (size_t i = 0; i < shown; i++)
        canvas_text(c, (int)i % across * width, y - rows + (int)i / across, ROLE_TEXT, 0,
                    p->list[i]);
    if (shown < p->list_count)
        canvas_printf(c, (int)shown % across * width, y - rows + (int)shown / across, ROLE_DIM, 0,
                      "+%s more", mmoe_format_count(p->list_count - shown, MMOE_NUMBER));
    return rows;
}

/* The time line has the row below the panels. */
static bool has_timeline(const struct view *v, const struct canvas *c)
{
    return c->width >= FULL_WIDTH && c->height >= FULL_HEIGHT && !v->page.open &&
           timeline_is_shown(v);
}

void layout_look(struct view *v, struct canvas *c, struct view_layout *out)
{
    *out = (struct view_layout){0};
    v->laid_out = out; /* panels are not drawn */
    if (c->width >= LEAST_WIDTH && c->height >= LEAST_HEIGHT) {
        struct canvas body = canvas_view(c, 0, 1, c->width, c->height - 3 - has_timeline(v, c));
        draw_body(v, &body, c->width >= FULL_WIDTH && c->height >= FULL_HEIGHT);
    }
    v->laid_out = NULL;
}

bool layout_shows(struct view *v, struct canvas *c, int panel)
{
    struct view_layout out;
    layout_look(v, c, &out);
    return out.shown >> panel & 1;
}

unsigned layout_needs(struct view *v, struct canvas *c)
{
    struct view_layout out;
    unsigned needs = 0;
    layout_look(v, c, &out);
    for (int i = 0; i < PANEL_COUNT; i++)
        needs |= out.shown >> i & 1 ? panel_needs(v, i) : 0;
    return needs;
}

void layout_draw(const struct view *v, const struct layout_prompt *prompt, struct canvas *c, int *x,
                 int *y)
{
    bool panels = c->width >= LEAST_WIDTH && c->height >= LEAST_HEIGHT;
    bool full = c->width >= FULL_WIDTH && c->height >= FULL_HEIGHT;
    int footer = panels ? 1 : 0, last = c->height - 1 - footer;
    *y = last < 0 ? 0 : last;
    if (panels) {
        struct canvas status = canvas_view(c, 0, 0, c->width, 1),
                      foot = canvas_view(c, 0, c->height - 1, c->width, 1);
        bool line = has_timeline(v, c);
        struct canvas body = canvas_view(c, 0, 1, c->width, last - 1 - line),
                      time = canvas_view(c, 0, last - 1, c->width, line);
        status_draw(v, &status);
        if (line)
            timeline_draw(v, &time);
        draw_body(v, &body, full);
        status_draw_footer(v, prompt, &foot);
    } else {
        struct canvas card = canvas_view(c, 0, 0, c->width, last);
        draw_answer(v, &card);
        draw_card(v, &card);
    }
    draw_list(prompt, c, *y, panels ? clamp(c->height / 4, 1, LIST_ROWS) : 0);
    draw_prompt(prompt, c, *y, x);
}
