/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status.h - how functions of libmmoe say what happened.
 *
 * A status is a small enum; a function that touches what a user typed or a
 * file also fills a struct mmoe_error with one line that names the offender
 * and the remedy. A NaN loss is a status, not a crash. Running out of memory
 * and broken invariants go to one fatal hook, which restores the terminal.
 *
 * Ownership: none; errors are plain values on the caller's stack.
 * Threads:   mmoe_fatal_hook is called once, before any thread starts.
 *
 *   struct mmoe_error err;
 *   if (mmoe_failed(mmoe_option_set(&o, "p", "2", &err)))
 *       fprintf(stderr, "%s\n", err.text);
 */
#ifndef MMOE_STATUS_H
#define MMOE_STATUS_H

#include <stdbool.h>

enum mmoe_status {
    MMOE_OK,       /* done as asked */
    MMOE_CONTINUE, /* more to do: call again */
    MMOE_DONE,     /* nothing left to do */
    /* failures from here on */
    MMOE_DIVERGED, /* a run came to nothing (divergence.h) */
    MMOE_INVALID,  /* not a number, not a word, malformed */
    MMOE_RANGE,    /* well-formed but out of range */
    MMOE_UNKNOWN,  /* no such option, model, verb, file */
    MMOE_STATE,    /* right words, wrong moment */
    MMOE_IO,       /* the system said no */
    MMOE_LIMIT     /* too large for this machine or this build */
};

struct mmoe_error {
    enum mmoe_status status;
    char text[400]; /* one line, no newline at its end */
};

/* True for MMOE_DIVERGED and everything after it. */
static inline bool mmoe_failed(enum mmoe_status s)
{
    return s >= MMOE_DIVERGED;
}

/* Fill *err (NULL allowed) with status and a printf-style line; returns status. */
enum mmoe_status mmoe_fail(struct mmoe_error *err, enum mmoe_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Set the function that mmoe_fatal calls with its line; it must not return. */
void mmoe_fatal_hook(void (*hook)(const char *line));

/* Out of memory or a broken invariant: hand the line to the hook and end. */
_Noreturn void mmoe_fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
