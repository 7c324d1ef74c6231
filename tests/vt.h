/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vt.h - a program under a pseudo-terminal, and what its screen shows.
 *
 * The screen understands what ncurses sends to an xterm: cursor movement,
 * erasing, inserting, deleting, scrolling regions, repetition. Looks are read
 * and dropped.
 *
 * Ownership: vt_start / vt_end.
 *
 *   struct vt t;
 *   vt_start(&t, 80, 24, "xterm-256color", argv);
 *   vt_type(&t, "run\r");  vt_until(&t, "done");  vt_end(&t);
 */
#ifndef MMOE_TESTS_VT_H
#define MMOE_TESTS_VT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <wchar.h>

#include <termios.h>

enum { VT_WIDTH_MAX = 300, VT_HEIGHT_MAX = 100 };

struct vt {
    int master, slave;     /* slave stays open here, so that its settings can be asked for */
    pid_t pid, leader;     /* the program, and what stands for its shell */
    int reports;           /* from the leader: statuses of the program as waitpid gives them */
    struct termios before; /* settings of the terminal when the program was started */
    int width, height, x, y, top, bottom;
    wchar_t cells[VT_HEIGHT_MAX][VT_WIDTH_MAX];
    wchar_t last;              /* for repetition */
    unsigned char pending[64]; /* of a sequence or character cut short */
    size_t pending_n;
    unsigned long bytes;     /* received so far */
    bool alternate, pasting; /* modes: alternate screen, bracketed paste */
    bool hidden;             /* the cursor */
    char text[(VT_WIDTH_MAX * 4 + 1) * VT_HEIGHT_MAX + 1];
};

/* Start argv[0] with a terminal of that size; false where the system has none to give. */
bool vt_start(struct vt *t, int width, int height, const char *term, char *const argv[]);
void vt_type(struct vt *t, const char *keys);
void vt_send(struct vt *t, const void *bytes, size_t n);
/* Change the size, as a window manager would. */
void vt_resize(struct vt *t, int width, int height);
/* Take in what comes within ms; false at the end of output. */
bool vt_read(struct vt *t, int ms);
/* Read until the screen shows text (up to a minute). */
bool vt_until(struct vt *t, const char *text);
/* The rows as lines of UTF-8. */
const char *vt_text(struct vt *t);
/* Wait for the program to stop or end (reading on); its wait status, -1 where it does not within a
 * minute. */
int vt_wait(struct vt *t);
/* True where the terminal's settings are those it was started with. */
bool vt_settings_restored(const struct vt *t);
/* Kill what still runs, close all. */
void vt_end(struct vt *t);

#endif
