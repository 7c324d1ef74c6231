/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * finder.h - one list of verbs, options, panels, models, lessons, presets and terms, searched by
 * what is typed.
 *
 * Ownership: what is found is the view's. Threads: user-interface thread.
 */
#ifndef MMOE_UI_FINDER_H
#define MMOE_UI_FINDER_H

#include "ui/command/command.h"

/* Fill view.finder with what has the typed text in its name, then with what has it in its words;
 * the choice goes back to the first. */
void finder_search(struct view *v, const struct command_table *table, const char *typed);
/* Append the command that Enter on the chosen entry stands for; false where nothing was found. */
bool finder_command(const struct view *v, struct mmoe_text *line);
/* Its name, as one would begin a command with it; NULL where nothing was found. */
const char *finder_name(const struct view *v);

#endif
