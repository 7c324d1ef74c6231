/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guard.h - the shell is left as it was found, whatever ends the program.
 *
 * Keeps the terminal's first settings and the bytes that undo every mode the
 * program enters. guard_restore uses only write and tcsetattr, so a handler of
 * SIGSEGV, SIGABRT, SIGFPE, SIGBUS or SIGILL may call it before raising the
 * signal again. The other signals become flags and a byte in a pipe.
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

/* Remember the terminal and catch signals. on_screen: also SIGTSTP, SIGWINCH and the deadly ones'
 * restore. */
void guard_install(bool on_screen);
/* Armed between screen_open and screen_close: what guard_restore must undo. bytes is kept, not
 * copied. */
void guard_arm(const char *restore_bytes);
void guard_disarm(void);
/* Undo every mode; idempotent; async-signal-safe. */
void guard_restore(void);

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
