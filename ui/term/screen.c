/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen.c - the terminal as a canvas; the only file that knows curses.
 *
 * The cells of the last frame are kept: a frame hands curses only the cells
 * that differ, and curses finds the cheapest way to move and write them. A
 * frame in which nothing differs sends nothing. Input is raw and read by the
 * loop, so that every key, Ctrl-C and Ctrl-Z too, arrives as bytes.
 */
#include "ui/term/screen.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <term.h>

#include <mmoe/mem.h>

#include "ui/term/guard.h"

static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";

struct look_attributes {
    attr_t bits;
    short pair;
};

struct screen {
    SCREEN *curses;
    int colours, width, height;
    struct canvas_cell *shown; /* (height,width) of the last frame */
    bool all;                  /* the next frame is sent whole */
    int cursor_x, cursor_y;
    struct look_attributes looks[ROLE_COUNT];
    unsigned long frames, cells;
    char restore[256];
};

/* --- opening --- */

/* A capability without its padding marks, which only tputs understands. */
static void add_capability(char *to, size_t size, const char *capability)
{
    size_t n = strlen(to);
    for (const char *s = capability; s && *s && n + 1 < size; s++) {
        const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
        if (end)
            s = end;
        else
            to[n++] = *s;
    }
    to[n] = '\0';
}

static void build_restore(struct screen *s)
{
    s->restore[0] = '\0';
    add_capability(s->restore, sizeof s->restore, paste_off);
    add_capability(s->restore, sizeof s->restore, exit_attribute_mode);
    add_capability(s->restore, sizeof s->restore, orig_pair);
    add_capability(s->restore, sizeof s->restore, cursor_normal);
    add_capability(s->restore, sizeof s->restore, exit_ca_mode ? exit_ca_mode : "\r\n");
}

static void say(const char *bytes)
{
    size_t n = strlen(bytes);
    if (write(STDOUT_FILENO, bytes, n) != (ssize_t)n)
        return; /* a terminal that is gone is noticed by the loop's read */
}

/* Curses ends the program where the terminal does not suffice: ask terminfo first. */
static bool suffices(struct mmoe_error *err)
{
    const char *name = getenv("TERM");
    int found = 0;
    name = name && *name ? name : "(unset)";
    if (setupterm(NULL, STDOUT_FILENO, &found) != OK) {
        mmoe_fail(err, MMOE_UNKNOWN,
                  "the terminal TERM=%s is not in the terminfo database: "
                  "set TERM to one that is (such as xterm), or use --plain",
                  name);
        return false;
    }
    bool moves = cursor_address && clear_screen;
    del_curterm(cur_term);
    if (!moves)
        mmoe_fail(err, MMOE_STATE, "the terminal TERM=%s cannot move its cursor: use --plain",
                  name);
    return moves;
}

static int wanted_colours(enum screen_colour colour)
{
    const char *no = getenv("NO_COLOR");
    if (colour == SCREEN_COLOUR_NEVER || (colour == SCREEN_COLOUR_AUTO && no && *no))
        return 0;
    if (!has_colors())
        return 0;
    start_color();
    use_default_colors();
    return COLORS;
}

static void enter(struct screen *s)
{
    guard_arm(s->restore);
    say(paste_on);
    screen_repaint(s);
}

struct screen *screen_open(enum screen_colour colour, struct mmoe_error *err)
{
    if (!suffices(err))
        return NULL;
    struct screen *s = mmoe_alloc(1, sizeof *s);
    s->curses = newterm(NULL, stdout, stdin);
    if (!s->curses) {
        mmoe_free(s);
        mmoe_fail(err, MMOE_IO, "the terminal could not be set up: use --plain");
        return NULL;
    }
    build_restore(s);
    guard_arm(s->restore);
    raw();
    noecho();
    nonl();
    s->colours = wanted_colours(colour);
    screen_theme(s, theme_at(0));
    int width, height;
    screen_size(s, &width, &height);
    refresh();
    enter(s);
    return s;
}

void screen_close(struct screen *s)
{
    if (!s)
        return;
    say(paste_off);
    curs_set(1);
    endwin();
    guard_disarm();
    delscreen(s->curses);
    mmoe_free(s->shown);
    mmoe_free(s);
}

void screen_suspend(struct screen *s)
{
    (void)s;
    say(paste_off);
    curs_set(1);
    endwin(); /* the modes to come back to are those of screen_open, whatever there is now */
    guard_disarm();
}

void screen_resume(struct screen *s)
{
    guard_arm(s->restore);
    reset_prog_mode();
    enter(s);
    refresh();
}

/* --- looks --- */

/* The pair of these colours, defined as the next one where it is new; 0 where there are no more. */
static short pair_of(short foreground, short background, short *count)
{
    if (foreground < 0 && background < 0)
        return 0;
    for (short i = 1; i <= *count; i++) {
        short f, b;
        if (pair_content(i, &f, &b) == OK && f == foreground && b == background)
            return i;
    }
    if (*count + 1 >= COLOR_PAIRS || init_pair((short)(*count + 1), foreground, background) != OK)
        return 0;
    return ++*count;
}

void screen_theme(struct screen *s, const struct theme *theme)
{
    short count = 0;
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct look look = theme_look(theme, (enum role)role, s->colours);
        struct look_attributes *a = &s->looks[role];
        a->bits = (look.bits & CELL_BOLD ? A_BOLD : 0) |
                  (look.bits & CELL_REVERSE ? A_REVERSE : 0) |
                  (look.bits & CELL_UNDERLINE ? A_UNDERLINE : 0) | (look.dim ? A_DIM : 0);
        a->pair = s->colours > 0 ? pair_of(look.foreground, look.background, &count) : 0;
    }
    short text = s->looks[ROLE_TEXT].pair;
    bkgdset((chtype)(' ' | COLOR_PAIR(text)));
    s->all = true;
}

/* --- frames --- */

bool screen_size(struct screen *s, int *width, int *height)
{
    struct winsize size = {0};
    bool asked = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
    *width = asked ? size.ws_col : COLS > 0 ? COLS : 80;
    *height = asked ? size.ws_row : LINES > 0 ? LINES : 24;
    if (*width == s->width && *height == s->height)
        return false;
    s->width = *width;
    s->height = *height;
    if (*width != COLS || *height != LINES)
        resizeterm(*height, *width);
    mmoe_free(s->shown);
    s->shown = mmoe_alloc((size_t)*width * (size_t)*height, sizeof *s->shown);
    screen_repaint(s);
    return true;
}

void screen_repaint(struct screen *s)
{
    s->all = true;
    clearok(curscr, TRUE);
}

static void send_cell(const struct screen *s, int x, int y, const struct canvas_cell *cell)
{
    const struct look_attributes *a = &s->looks[cell->role < ROLE_COUNT ? cell->role : ROLE_TEXT];
    attr_t bits = a->bits ^ (cell->bits & CELL_REVERSE ? A_REVERSE : 0);
    bits |= (cell->bits & CELL_BOLD ? A_BOLD : 0) | (cell->bits & CELL_UNDERLINE ? A_UNDERLINE : 0);
    wchar_t text[2 + CELL_MARKS] = {wcwidth(cell->ch) > 0 ? cell->ch : L'?', 0};
    for (size_t i = 0; i < CELL_MARKS && cell->marks[i] && wcwidth(cell->marks[i]) == 0; i++)
        text[i + 1] = cell->marks[i];
    cchar_t c;
    setcchar(&c, text, bits, a->pair, NULL);
    mvadd_wch(y, x, &c);
}

static bool same(const struct canvas_cell *a, const struct canvas_cell *b)
{
    return a->ch == b->ch && a->role == b->role && a->bits == b->bits &&
           memcmp(a->marks, b->marks, sizeof a->marks) == 0;
}

/* Hand curses the cells of a row that differ; the second half of a wide character goes with its
 * first. */
static unsigned long send_row(struct screen *s, const struct canvas *c, int y, int width)
{
    const struct canvas_cell *row = c->cells + (size_t)y * (size_t)c->stride;
    struct canvas_cell *shown = s->shown + (size_t)y * (size_t)s->width;
    unsigned long sent = 0;
    for (int x = 0; x < width; x++) {
        bool wide = x + 1 < width && row[x + 1].ch == 0;
        bool differs = s->all || !same(&row[x], &shown[x]) ||
                       (wide && !same(&row[x + 1], &shown[x + 1]));
        shown[x] = row[x];
        if (!differs || row[x].ch == 0)
            continue;
        send_cell(s, x, y, &row[x]);
        sent++;
    }
    return sent;
}

void screen_show(struct screen *s, const struct canvas *c, int x, int y)
{
    int width = c->width < s->width ? c->width : s->width;
    int height = c->height < s->height ? c->height : s->height;
    unsigned long sent = 0;
    for (int row = 0; row < height; row++)
        sent += send_row(s, c, row, width);
    if (sent == 0 && x == s->cursor_x && y == s->cursor_y && !s->all)
        return;
    if (x < 0 || s->cursor_x < 0 || s->frames == 0 || s->all)
        curs_set(x >= 0);
    move(y < 0 ? 0 : y, x < 0 ? 0 : x);
    refresh();
    s->all = false;
    s->cursor_x = x;
    s->cursor_y = y;
    s->frames++;
    s->cells += sent;
}

void screen_counts(const struct screen *s, unsigned long *frames, unsigned long *cells)
{
    *frames = s->frames;
    *cells = s->cells;
}
