/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guard.h - the shell is left as it was found, whatever ends the program.
 *
 * Keeps the terminal's first settings and the bytes that undo every mode the
 * program enters. Every signal that would end the program restores the terminal
 * first and then has its default action, so that the exit status tells of it;
 * so do exit in a library and a stack that overflows. INT, TERM, HUP, QUIT and
 * those of jobs and sizes become flags and a byte in a pipe. PIPE and XFSZ are
 * ignored: a write says what they would.
 *
 * While the screen is up, what libraries write to stderr is kept; it is passed
 * on, cleaned (utf8.h), when the screen is gone.
 *
 * This file holds the one place of mutable state signals need.
 * Threads: handlers may run on any thread; the rest on the user-interface thread.
 */
#ifndef MMOE_UI_GUARD_H
#define MMOE_UI_GUARD_H

#include <stdbool.h>

enum guard_signal {
    GUARD_INTERRUPT = 1,
    GUARD_STOP = 2,
    GUARD_CONTINUE = 4,
    GUARD_RESIZE = 8,
    GUARD_END = 16
};

/* Writes into a pipe nobody reads, and beyond the largest size of a file, fail with EPIPE and EFBIG
 * instead of ending the program. */
void guard_write_errors(void);
/* Remember the terminal and catch signals. on_screen: also those of jobs and sizes, and what ends
 * the program; without it these are let go again. Nobody has asked for an end
 * then: guard_settled. */
void guard_install(bool on_screen);
/* Armed between screen_open and screen_close: what guard_restore must undo. bytes is kept, not
 * copied. */
void guard_arm(const char *restore_bytes);
void guard_disarm(void);
/* Undo every mode, give stderr back; idempotent; async-signal-safe. */
void guard_restore(void);
/* Keep what is written to stderr from now on, and give it back: pass on what was kept (4 KiB at
 * most). */
void guard_keep_stderr(void);
void guard_give_stderr(void);

/* Readable when a signal came. */
int guard_fd(void);
/* The GUARD_* flags since the last call; empties the pipe. */
int guard_take(void);
/* What GUARD_INTERRUPT asked for is done. A second SIGINT, SIGTERM, SIGHUP or SIGQUIT, a fifth of a
 * second or more after one that was not followed by this, ends the program at once. */
void guard_settled(void);
/* The signal behind GUARD_END, for the exit status 128 + n. */
int guard_end_signal(void);
/* Stop this process as the shell expects of Ctrl-Z; returns after SIGCONT. */
void guard_stop_self(void);

#endif
