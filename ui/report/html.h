/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html.h - a study, or the studies of a plan, as one page for a browser.
 *
 * Figures, claims, cells, choices and settings; everything is in the file, so
 * that it opens from a disk without a network.
 *
 * Threads: user-interface thread.
 */
#ifndef MMOE_UI_HTML_H
#define MMOE_UI_HTML_H

#include "ui/app/app.h"

/* Write the page of what is shown: the parts of the newest plan where its last one is on the
   screen, else the study that is. MMOE_STATE where there is none. The file is replaced whole or not
   at all. */
enum mmoe_status html_write(struct app *a, const char *path, struct mmoe_error *err);

#endif
