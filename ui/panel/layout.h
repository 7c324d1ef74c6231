/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layout.h - one frame of the whole screen: status, panels, prompt, footer.
 *
 * Total for every size from 1x1 up: 80x24 shows all panels, larger sizes give
 * them room, smaller ones leave panels out (loss, status and prompt stay),
 * and below 40x8 a card says which size is needed, with the prompt still live.
 * The newest answer is seen at all of them.
 *
 * Ownership: none. Threads: pure function of its arguments.
 */
#ifndef MMOE_UI_LAYOUT_H
#define MMOE_UI_LAYOUT_H

#include "ui/panel/panels.h"

/* The prompt as the line editor has it. */
struct layout_prompt {
    const char *prompt;      /* "mmoe> ", "(reverse-i-search)'lr': " */
    const char *line;        /* UTF-8; newlines of a pasted block show as a mark */
    size_t cursor;           /* bytes into line */
    const char *const *list; /* completions to show above the prompt, or NULL */
    size_t list_count;
};

/* What a screen of c's size has room for, as the view is now. What c shows is spoilt. */
void layout_look(struct view *v, struct canvas *c, struct view_layout *out);
/* Is the panel shown there? */
bool layout_shows(struct view *v, struct canvas *c, int panel);
/* What the panels that are shown there need to be measured (mmoe_run_show). */
unsigned layout_needs(struct view *v, struct canvas *c);
/* Draw the frame on c; *x, *y get the cursor's place. */
void layout_draw(const struct view *v, const struct layout_prompt *prompt, struct canvas *c, int *x,
                 int *y);

#endif
