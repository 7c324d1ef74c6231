/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html.h - a study, or several under one title, as one page for a browser.
 *
 * Figures, claims, cells, choices and settings; everything is in the file, so
 * that it opens from a disk without a network.
 *
 * Ownership: a plan borrows all it points to. Threads: user-interface thread.
 *
 *   html_write(&study, NULL, "one.html", &err);
 */
#ifndef MMOE_UI_HTML_H
#define MMOE_UI_HTML_H

#include <mmoe/choice.h>

#include "ui/panel/view.h"

/* Studies that one command made, in their order; they are read out of their store. */
struct html_part {
    const char *source;               /* its definition: a name, or a file */
    int64_t id;                       /* in the store */
    const struct mmoe_choice *choice; /* NULL: nothing was chosen for it */
};
struct html_plan {
    const char *title, *command;
    const char *store; /* the file */
    const struct html_part *parts;
    size_t count;
};

/* Write the page of the parts of a plan, or, plan NULL, of the study. MMOE_STATE where that is
   empty. The file is replaced whole or not at all. */
enum mmoe_status html_write(const struct view_study *s, const struct html_plan *plan,
                            const char *path, struct mmoe_error *err);

#endif
