/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * repl.h - the line editor; the only file that knows readline.
 *
 * Readline edits, the screen draws: it is given bytes (from input.h) and asked
 * what its line looks like now; it never touches the terminal. Its callbacks
 * carry no pointer, so this file has one static.
 *
 * Ownership: repl_open / repl_close, once a program. Threads: user-interface thread.
 */
#ifndef MMOE_UI_REPL_H
#define MMOE_UI_REPL_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/command/command.h"
#include "ui/panel/layout.h"

/* What the loop should do after bytes were fed. */
struct repl_result {
    char *line;  /* a whole line was entered: free with free(); NULL otherwise */
    bool end;    /* Ctrl-D on an empty line */
    bool redraw; /* Ctrl-L */
};

/*
 * Open the editor. table: the verbs completion offers; borrowed. history_file may be NULL (none is
 * kept); it is read now and replaced at close. A file that cannot be read is left alone: the error
 * says so, and the editor is open without it.
 */
enum mmoe_status repl_open(const struct command_table *table, const char *history_file,
                           struct mmoe_error *err);
/* Close the editor; fails if the history could not be kept. */
enum mmoe_status repl_close(struct mmoe_error *err);

struct repl_result repl_keys(const char *bytes, size_t n);
/* Insert text at the cursor as one edit, running nothing; newlines stay in the line until Enter. */
void repl_paste(const char *text, size_t n);
/* Ctrl-C: forget the line. True where there was something to forget. */
bool repl_cancel(void);
/* Is the line empty, and nothing under way: no list, search or half a key? */
bool repl_is_idle(void);
void repl_resize(int width, int height);
/* The line as it is now, for layout_draw; valid until the next call. */
struct layout_prompt repl_prompt(void);

#endif
