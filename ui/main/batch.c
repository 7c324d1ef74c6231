/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch.c - one poll over workers, signals and lines of commands.
 *
 * A line is read when there is nothing left to do of the lines before it, and
 * bytes are read when there is no whole line: what follows a command on the
 * same stream is left alone until its turn. The last line needs no newline.
 */
#include "ui/main/batch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <mmoe/clock.h>
#include <mmoe/file.h>
#include <mmoe/lane.h>
#include <mmoe/mailbox.h>
#include <mmoe/mem.h>
#include <mmoe/queue.h>

#include "ui/term/guard.h"

enum { LINE_MAX_BYTES = 1 << 20, CHUNK = 4096 };
#define PROGRESS_GAP 0.1 /* seconds */
#define TOLD_GAP 60      /* where nobody looks on */

struct lines {
    int fd;      /* -1: none, or at its end */
    char *bytes; /* read and not yet handed out */
    size_t n, room;
    size_t number; /* of the line handed out last */
    char *line;
};

struct batch {
    struct app *a;
    struct interp *interp;
    struct lines in;
    bool progress; /* stderr is a terminal */
    double shown;  /* when progress was, in seconds */
    int status;    /* -1: goes on */
};

/* --- lines --- */

/* The next whole line (at the end, the rest) and its length; NULL where there is none yet. */
static const char *next_line(struct lines *in, size_t *n)
{
    char *end = in->n ? memchr(in->bytes, '\n', in->n) : NULL;
    if (!end && (in->fd >= 0 || in->n == 0) && in->n <= LINE_MAX_BYTES)
        return NULL;
    *n = end ? (size_t)(end - in->bytes) : in->n;
    mmoe_free(in->line);
    in->line = mmoe_alloc(*n + 1, 1);
    memcpy(in->line, in->bytes, *n);
    in->n -= *n + (end != NULL);
    memmove(in->bytes, in->bytes + *n + (end != NULL), in->n);
    in->number++;
    return in->line;
}

/* --- the session --- */

/* What came in is no use: without a person who types that ends the session. */
static void refuse(struct batch *b, const struct mmoe_error *why)
{
    app_complain(b->a, why);
    b->a->quit = b->a->quit || b->interp->stop_at_error;
}

static void refuse_line(struct batch *b, const char *why)
{
    struct mmoe_error err;
    mmoe_fail(&err, MMOE_INVALID, "line %zu %s", b->in.number, why);
    refuse(b, &err);
}

static void read_bytes(struct batch *b)
{
    struct lines *in = &b->in;
    struct mmoe_error err;
    if (in->room - in->n < CHUNK) {
        size_t room = in->room ? 2 * in->room : 2 * CHUNK;
        in->bytes = mmoe_regrow(in->bytes, in->n, room, 1);
        in->room = room;
    }
    ssize_t n = read(in->fd, in->bytes + in->n, CHUNK);
    if (n > 0)
        in->n += (size_t)n;
    if (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)))
        return;
    in->fd = -1;
    if (n < 0) {
        mmoe_fail(&err, MMOE_IO, "cannot read the standard input: %s", strerror(errno));
        refuse(b, &err);
    }
}

/* Hand the next line to the interpreter; false where there is none now. */
static bool take_line(struct batch *b)
{
    size_t n;
    const char *line = next_line(&b->in, &n);
    if (!line)
        return false;
    bool first = b->in.number == 1;
    if (n > LINE_MAX_BYTES)
        refuse_line(b, "is longer than 1 MiB");
    else if (first && mmoe_file_is_utf16(line, n))
        refuse_line(b, "is UTF-16: commands are UTF-8");
    else if (memchr(line, '\0', n))
        refuse_line(b, "has a NUL byte: commands are text");
    else
        interp_submit(b->interp, b->a, line + (first ? mmoe_file_mark(line, n) : 0));
    return true;
}

/* Where stderr is a file or a pipe: a line now and then, how far a study is and what is left. */
static void tell_progress(struct batch *b, double now)
{
    const struct view *v = &b->a->view;
    char left[32], wanted[32];
    if (now - b->shown < TOLD_GAP || v->queue_wanted == 0 || v->queue_eta < 0)
        return;
    b->shown = now;
    app_say(b->a, "%s of %s runs, %s left", mmoe_format_count(v->queue_done, MMOE_NUMBER),
            mmoe_format_count(v->queue_wanted, wanted, sizeof wanted),
            mmoe_format_duration(v->queue_eta, left, sizeof left));
}

/* Now and then: a line is for people. */
static void show_progress(struct batch *b)
{
    double now = mmoe_clock_now();
    if (!b->progress)
        tell_progress(b, now);
    if (!b->progress || now - b->shown < PROGRESS_GAP)
        return;
    b->shown = now;
    app_progress(b->a);
}

static bool is_idle(const struct batch *b)
{
    return app_idle(b->a, APP_WAIT_LANE) && app_idle(b->a, APP_WAIT_SEEDS);
}

static void interrupt(struct batch *b)
{
    interp_drop(b->interp);
    app_pause(b->a);
    app_stop(b->a);
    if (!b->interp->stop_at_error)
        return;
    app_say(b->a, "interrupted");
    b->status = 128 + SIGINT;
}

static void take_signals(struct batch *b)
{
    int flags = guard_take();
    if (flags & GUARD_END)
        b->status = 128 + guard_end_signal();
    else if (flags & GUARD_INTERRUPT)
        interrupt(b);
}

/* Wait for workers, a signal and, where a line is wanted, bytes. */
static void wait_for_news(struct batch *b, bool wants_line)
{
    struct pollfd fds[] = {
        {.fd = guard_fd(), .events = POLLIN},
        {.fd = mmoe_mailbox_fd(b->a->mailbox), .events = POLLIN},
        {.fd = wants_line ? b->in.fd : -1, .events = POLLIN},
    };
    if (poll(fds, sizeof fds / sizeof *fds, -1) < 0) {
        if (errno != EINTR)
            b->status = 1;
        return;
    }
    if (fds[0].revents)
        take_signals(b);
    if (fds[2].revents && b->status < 0)
        read_bytes(b);
}

static void turn(struct batch *b)
{
    app_take_in(b->a);
    bool waits = interp_advance(b->interp, b->a);
    bool wants_line = !waits && app_idle(b->a, b->a->wait);
    if (b->a->quit)
        return;
    if (wants_line && take_line(b))
        return;
    show_progress(b);
    if (is_idle(b))
        guard_settled();
    if (wants_line && b->in.fd < 0 && is_idle(b))
        b->status = b->a->exit_status;
    else
        wait_for_news(b, wants_line);
}

int batch_run(struct app *a, struct interp *interp, int fd)
{
    struct batch b = {.a = a, .interp = interp, .status = -1};
    b.in.fd = fd;
    b.shown = mmoe_clock_now();
    b.progress = !a->quiet && isatty(STDERR_FILENO);
    while (b.status < 0 && !a->quit)
        turn(&b);
    if (b.status < 0)
        take_signals(&b); /* one may have ended the last command */
    app_progress_end(a);
    mmoe_free(b.in.bytes);
    mmoe_free(b.in.line);
    return b.status >= 0 ? b.status : a->exit_status;
}
