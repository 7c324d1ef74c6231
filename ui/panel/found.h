/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * found.h - the list that what is typed is looked for in, over the panels.
 *
 * Ownership: none. Threads: user-interface thread.
 */
#ifndef MMOE_UI_FOUND_H
#define MMOE_UI_FOUND_H

#include "ui/panel/view.h"
#include "ui/term/canvas.h"

void found_draw(const struct view *v, struct canvas *c);

#endif
