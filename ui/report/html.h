/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html.h - studies under one title, as one page for a browser.
 *
 * Figures, claims, cells, choices and settings; everything is in the file, so that it
 * opens from a disk without a network. Claims are those of the definition, of a plain
 * sweep the same where it is of their kind, and those that were asked for. Studies are read out of
 * their store, and claims take their time: a page is written by a job.
 *
 * Ownership: a page borrows all it points to. Threads: any; it touches nothing but its page.
 *
 *   html_write(&page, "report.html", go_on, job, &err);
 */
#ifndef MMOE_UI_HTML_H
#define MMOE_UI_HTML_H

#include <mmoe/choice.h>
#include <mmoe/definition.h>

#include "ui/panel/view.h"

/* A study of a page. */
struct html_part {
    const char *source;                /* its definition, a name or a file; NULL: a plain sweep */
    bool again;                        /* its best trials on new seeds */
    const struct mmoe_definition *def; /* in its place, what is shown on the screen; NULL: source */
    int64_t id;                        /* in the store */
    const struct mmoe_choice *choice;  /* NULL: nothing was chosen for it */
    const struct view_heard *heard;    /* claims that were asked for besides those of the kind */
    size_t heard_count;
};
struct html_page {
    const char *title, *command;
    const char *store; /* the file */
    const struct html_part *parts;
    size_t count;
    enum mmoe_metric metric; /* what histograms show ... */
    size_t task;             /* ... and of which task */
};

/*
 * Write the page. The file is replaced whole or not at all. go_on (NULL allowed) is asked now and
 * then with the share that is done; where it says no: MMOE_STATE.
 */
enum mmoe_status html_write(const struct html_page *page, const char *path,
                            bool (*go_on)(void *context, double share), void *context,
                            struct mmoe_error *err);

#endif
