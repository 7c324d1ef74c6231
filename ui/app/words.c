/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.c - where words go: data to stdout, talk and complaints to stderr, or all of them to the
 * log.
 *
 * The line of progress on stderr is wiped before anything else is written.
 *
 * Whatever the words quote, nothing goes out that a terminal would obey (utf8.h). Lines and tabs of
 * data are the program's own: who puts a name into them cleans the name. Talk is one line.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <mmoe/mem.h>
#include <mmoe/utf8.h>

#include "ui/app/parts.h"
#include "ui/report/events.h"
#include "ui/term/guard.h"

/* Write to a pipe, a terminal or a file; false after a failure, and errno says why: EINTR if a
 * signal came while the reader stood still. What poll finds room for is a piece of PIPE_BUF bytes.
 */
static bool write_out(int fd, const char *text)
{
    size_t n = strlen(text);
    while (n > 0) {
        struct pollfd fds[] = {{.fd = fd, .events = POLLOUT}, {.fd = guard_fd(), .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return false;
        if (!fds[0].revents && fds[1].revents) {
            errno = EINTR;
            return false;
        }
        ssize_t done = fds[0].revents ? write(fd, text, n < PIPE_BUF ? n : PIPE_BUF) : 0;
        if (done < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        text += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

/* --- progress --- */

void app_progress_end(struct app *a)
{
    if (a->progress_width)
        fprintf(stderr, "\r%*s\r", (int)a->progress_width, "");
    a->progress_width = 0;
}

static void show_progress(void *context, const char *text)
{
    struct app *a = context;
    char *shown = mmoe_strdup(text);
    size_t n = mmoe_utf8_clean(shown, "");
    if (n == 0) {
        app_progress_end(a);
    } else {
        int pad = a->progress_width > n ? (int)(a->progress_width - n) : 0;
        fprintf(stderr, "\r%s%*s", shown, pad, "");
        fflush(stderr);
        a->progress_width = n + (size_t)pad;
    }
    mmoe_free(shown);
}

void app_progress(struct app *a)
{
    events_progress(&a->sink, &a->view, app_lane(a)->until, a->sweeping);
}

/* --- data --- */

/* Write to stdout at once. Where that fails the session ends with status 1 and a line on stderr
   (none for a closed pipe, nor where a signal ended it). */
static void to_stdout(struct app *a, const char *text)
{
    if (a->output_failed)
        return;
    app_progress_end(a);
    char *shown = mmoe_strdup(text);
    mmoe_utf8_clean(shown, "\n\t");
    bool written = write_out(STDOUT_FILENO, shown);
    int why = errno;
    mmoe_free(shown);
    if (written)
        return;
    a->output_failed = true;
    a->quit = true;
    a->exit_status = 1;
    if (why != EPIPE && why != EINTR)
        fprintf(stderr, "mmoe: cannot write to standard output: %s\n", strerror(why));
}

static void emit(void *context, const char *text)
{
    struct app *a = context;
    a->changes++;
    if (a->sink.mode == EVENT_SCREEN)
        view_log(&a->view, LOG_DATA, text);
    else
        to_stdout(a, text);
}

struct event_sink app_sink(struct app *a, enum event_mode mode)
{
    return (struct event_sink){mode, emit, show_progress, a};
}

void app_tell(struct app *a, const char *text)
{
    struct mmoe_text t = {0};
    size_t n = strlen(text);
    bool whole = a->sink.mode == EVENT_SCREEN || (n > 0 && text[n - 1] == '\n');
    if (a->sink.mode == EVENT_JSON) {
        event_begin(&t, "text");
        mmoe_json_word(&t, "text", text);
        event_end(&a->sink, &t);
        return;
    }
    mmoe_text_add(&t, "%s%s", text, whole ? "" : "\n");
    a->sink.emit(a, t.s);
    mmoe_text_done(&t);
}

/* --- talk --- */

static void to_stderr(struct app *a, const char *prefix, const char *line)
{
    app_progress_end(a);
    struct mmoe_text text = {0};
    mmoe_text_add(&text, "%s%s\n", prefix, line);
    write_out(STDERR_FILENO, text.s);
    mmoe_text_done(&text);
}

void app_say(struct app *a, const char *format, ...)
{
    char text[1024];
    va_list args;
    if (a->quiet)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    mmoe_utf8_clean(text, "");
    if (a->sink.mode == EVENT_SCREEN || a->cast)
        view_log(&a->view, LOG_TALK, text);
    if (a->sink.mode != EVENT_SCREEN)
        to_stderr(a, "", text);
    a->changes++;
}

void app_complain(struct app *a, const struct mmoe_error *err)
{
    if (a->sink.mode == EVENT_SCREEN || a->cast)
        view_log(&a->view, LOG_ERROR, err->text);
    if (a->sink.mode != EVENT_SCREEN)
        to_stderr(a, "mmoe: ", err->text);
    if (a->sink.mode != EVENT_SCREEN && a->exit_status != 1)
        a->exit_status = err->status == MMOE_DIVERGED ? 3 : 1;
    a->changes++;
}

void app_take_error(struct app *a, const struct mmoe_error *err)
{
    app_complain(a, err);
    a->failed = a->complained = true;
}

void app_take_errors(struct app *a)
{
    struct mmoe_error err;
    while (mmoe_failed(mmoe_mailbox_error(a->mailbox, &err)))
        app_take_error(a, &err);
}
