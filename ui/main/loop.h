/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop.h - the screen session: wait for keys, workers, signals; draw what changed.
 *
 * Commands that should run first (configuration, -e, a script) are submitted
 * to the interpreter before the loop is entered.
 *
 * Ownership: borrows all its arguments. Threads: user-interface thread.
 */
#ifndef MMOE_UI_LOOP_H
#define MMOE_UI_LOOP_H

#include "ui/command/interp.h"
#include "ui/term/screen.h"

/*
 * Take the terminal, serve the user until `quit` or the end, give the terminal
 * back. history_file: NULL for none. Returns the exit status, 128 + n after
 * signal n. Where the terminal does not suffice: -1 and *err, nothing was shown.
 */
int loop_run(struct app *a, struct interp *interp, enum screen_colour colour,
             const char *history_file, struct mmoe_error *err);

#endif
