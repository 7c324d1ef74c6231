/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_names.h - what runs and rows of a view are called, and their colours.
 *
 * A name has every option in which what it names differs from the others and from
 * the settings that the first row of the screen shows; names thus change with the
 * company they keep. A colour is given to a run or a row when it appears: that of
 * its model, or another that nothing else on the screen has, and it keeps it.
 *
 * Ownership: none. Threads: user-interface thread.
 *
 *   view->options = o;  view_rename(view);
 */
#ifndef MMOE_UI_VIEW_NAMES_H
#define MMOE_UI_VIEW_NAMES_H

#include "ui/panel/view.h"

/* Name all runs, rows and the study anew, and give colours to those that have none: after settings,
 * runs, pins, rows or the study changed. */
void view_rename(struct view *v);
/* The colour of a model where nothing else has it. */
size_t view_model_look(int model);
/* Do runs of both have the same results, but for their seeds? */
bool view_same_setting(const struct mmoe_options *a, const struct mmoe_options *b);

/* Append " experts=4 layers=2": the options that are no defaults, but for those told already (NULL
 * ends them), seeds, and those of the session. */
void view_add_settings(const struct mmoe_options *o, const char *const *told, struct mmoe_text *t);
/* " p=0.5 experts=4": options of a study that all its cells share and that differ from `than`, and
 * the axes that have one value; of files their names. Appended to t. */
void view_study_fixed(const struct mmoe_grid *g, const struct mmoe_options *than,
                      struct mmoe_text *t);

#endif
