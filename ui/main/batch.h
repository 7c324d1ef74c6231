/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch.h - the session without a screen: run commands to their end.
 *
 * Ownership: borrows all its arguments. Threads: user-interface thread.
 */
#ifndef MMOE_UI_BATCH_H
#define MMOE_UI_BATCH_H

#include "ui/command/interp.h"

/*
 * Run what was submitted, then the lines read from fd (-1: none), each once
 * what the one before started is over. Returns the exit status when nothing is
 * left to do or `quit` was said: 0, 1 or 3, or 128 + n after signal n. At a
 * person's terminal (an interpreter that goes on after errors) an interrupt
 * pauses instead.
 */
int batch_run(struct app *a, struct interp *interp, int fd);

#endif
