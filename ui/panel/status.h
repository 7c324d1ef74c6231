/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status.h - the first and the last row of the screen.
 *
 * Ownership, threads: pure functions of the view.
 */
#ifndef MMOE_UI_STATUS_H
#define MMOE_UI_STATUS_H

#include "ui/panel/layout.h"

/* What is set and what goes on, on a canvas of one row; the least important leaves first. */
void status_draw(const struct view *v, struct canvas *c);
/* The keys that work now, or the view's notice; and how far a job is. */
void status_draw_footer(const struct view *v, const struct layout_prompt *prompt, struct canvas *c);
/* "RUN step 1,200/6,000 630/s" into buf; returns buf. */
char *status_state(const struct view *v, char *buf, size_t size);

#endif
