/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canvas.h - a grid of character cells that anyone can draw on.
 *
 * Panels and figures draw here, never on the terminal: the screen compares
 * two grids and sends what differs; tests compare a grid with a file. A cell
 * has a character, a role (what it means: theme.h gives it a look) and
 * attribute bits. A view is a clipped rectangle of another canvas and shares
 * its cells; drawing outside is ignored, so every size down to 0x0 is safe.
 *
 * A double-width character takes two cells: the second holds ch = 0. Marks that
 * combine with the character before them share its cell, up to CELL_MARKS of
 * them. What makes a terminal draw several characters as one (joiners, variation
 * selectors, skin tones, flags) is left out: terminals disagree on its width.
 *
 * Ownership: canvas_init/_resize/_done own cells; a view owns nothing.
 * Threads:   belongs to the user-interface thread.
 *
 *   struct canvas c;
 *   canvas_init(&c, 80, 24, glyphs_find("blocks"));
 *   struct canvas v = canvas_view(&c, 1, 1, 40, 10);
 *   canvas_text(&v, 0, 0, ROLE_TITLE, 0, "loss");
 */
#ifndef MMOE_UI_CANVAS_H
#define MMOE_UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

enum role { /* what a cell means */
            ROLE_TEXT,
            ROLE_DIM,
            ROLE_TITLE,
            ROLE_BORDER,
            ROLE_FOCUS, /* FOCUS: focused title, shown reversed */
            ROLE_STATUS,
            ROLE_KEY,
            ROLE_PROMPT,
            ROLE_INPUT,
            ROLE_GOOD,
            ROLE_WARN,
            ROLE_BAD,
            ROLE_SERIES_1,
            ROLE_SERIES_2,
            ROLE_SERIES_3,
            ROLE_SERIES_4,
            ROLE_SERIES_5,
            ROLE_SERIES_6,
            ROLE_SERIES_7,
            ROLE_SERIES_8,
            ROLE_HEAT_0,
            ROLE_HEAT_15 = ROLE_HEAT_0 + 15, /* magnitude, low to high */
            ROLE_COUNT
};
enum { CELL_BOLD = 1, CELL_REVERSE = 2, CELL_UNDERLINE = 4 };
enum { CANVAS_MARKS = 8 };
enum { CELL_MARKS = 2 };

/* The characters figures are made of; chosen by option `glyphs`. */
struct glyphs {
    const char *name;                        /* "blocks", "braille", "ascii" */
    wchar_t bar[9];                          /* empty, 1/8 .. full: from below */
    wchar_t shade[5];                        /* empty to full */
    wchar_t horizontal, vertical, corner[4]; /* ul ur ll lr */
    wchar_t marks[CANVAS_MARKS];             /* of styles 0, 1, ... */
    wchar_t dot, ellipsis, arrow, bullet, cross;
    bool braille; /* plots may use U+2800 dots, 2x4 a cell */
    bool ascii;   /* nothing above 0x7e is ever put */
};
/* By name; the ASCII set for an unknown one. */
const struct glyphs *glyphs_find(const char *name);

struct canvas_cell {
    wchar_t ch, marks[CELL_MARKS]; /* 0: none */
    unsigned char role, bits;
};

struct canvas {
    struct canvas_cell *cells; /* of the view's top left corner */
    int stride, width, height;
    const struct glyphs *glyphs;
};

void canvas_init(struct canvas *c, int width, int height, const struct glyphs *glyphs);
void canvas_resize(struct canvas *c, int width, int height); /* cleared */
void canvas_done(struct canvas *c);
void canvas_clear(struct canvas *c); /* blanks in ROLE_TEXT */

/* The rectangle clipped to c; may be empty. */
struct canvas canvas_view(const struct canvas *c, int x, int y, int width, int height);

void canvas_put(struct canvas *c, int x, int y, enum role role, int bits, wchar_t ch);
/* A mark on what the cell at x shows, of which x may be the second half. */
void canvas_mark(struct canvas *c, int x, int y, wchar_t mark);
/* UTF-8 text on one row, cut at the edge; invalid bytes and what must not be shown (mmoe/utf8.h)
 * show as '?'. A mark at its beginning goes to the cell before x. Returns columns used. */
int canvas_text(struct canvas *c, int x, int y, enum role role, int bits, const char *text);
int canvas_printf(struct canvas *c, int x, int y, enum role role, int bits, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* The same, its last column at x; cut at the left edge. */
int canvas_text_right(struct canvas *c, int x, int y, enum role role, int bits, const char *text);
void canvas_fill(struct canvas *c, int x, int y, int width, int height, enum role role, wchar_t ch);
/* A frame round the whole canvas with a title on its top edge and an optional note at its right;
   returns the view inside. */
struct canvas canvas_frame(struct canvas *c, const char *title, const char *note, bool focused);

/* Columns of UTF-8 text, counted as canvas_text would. */
int canvas_columns(const char *text);
/* A cell and its marks as UTF-8; how many bytes. */
enum { CANVAS_CELL_BYTES = 4 * (1 + CELL_MARKS) };
size_t canvas_cell_bytes(const struct canvas_cell *cell, char out[CANVAS_CELL_BYTES]);
/* The grid as lines of UTF-8 without trailing blanks (for tests and captures); free with mmoe_free.
 */
char *canvas_dump(const struct canvas *c);

#endif
