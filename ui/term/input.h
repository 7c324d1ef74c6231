/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * input.h - bytes from the terminal, cut into keys, pastes and noise.
 *
 * Readline is fed one decoded piece at a time. Its own handling of a bracketed
 * paste cannot cope with one split across reads, so pastes are put together
 * here; a lone Esc is told from the start of a sequence by time; and sequences
 * nobody asked for (mouse reports, focus events, unknown keys) are dropped
 * rather than leaked into the line as text.
 *
 * A pure state machine: no reading, no clock of its own, no curses.
 * Ownership: struct input owns its paste buffer; _done frees it.
 */
#ifndef MMOE_UI_INPUT_H
#define MMOE_UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>

enum { INPUT_ESCAPE_MS = 25, INPUT_PASTE_MS = 2000, INPUT_PASTE_MAX = 1 << 20 };

enum input_kind {
    INPUT_NONE,  /* nothing complete */
    INPUT_KEYS,  /* bytes of one key or character: text, control, or a sequence readline may bind */
    INPUT_PASTE, /* a whole bracketed paste, CR turned into LF, other controls but TAB removed */
    INPUT_ESCAPE, /* a lone Esc, after INPUT_ESCAPE_MS of silence */
    INPUT_PAGE_UP,
    INPUT_PAGE_DOWN
};

struct input {
    unsigned char queue[8192]; /* raw bytes not yet decoded */
    size_t head, tail;
    char *paste; /* being assembled */
    size_t paste_n, paste_room;
    bool pasting, overflowed;
    double last_byte; /* seconds, of the newest byte */
};

struct input_event {
    enum input_kind kind;
    const char *bytes; /* terminated; valid until the next call */
    size_t n;
    bool cut; /* a paste above INPUT_PASTE_MAX was cut, or ended by silence */
    char keys[64];
};

void input_init(struct input *in);
void input_done(struct input *in);
/* How many bytes may be fed now. */
size_t input_room(const struct input *in);
/* Bytes just read at time now (seconds, monotonic). */
void input_feed(struct input *in, const void *bytes, size_t n, double now);
/* The next complete event; false where nothing is complete at time now. */
bool input_next(struct input *in, double now, struct input_event *event);
/* Milliseconds until input_next should be asked again without new bytes, or -1. */
int input_timeout(const struct input *in, double now);

#endif
