/* SPDX-License-Identifier: GPL-3.0-or-later */
/* news.c - a pipe that wakes a poll loop, and the errors that wait for it. */
#include "src/study/news.h"

#include <mmoe/mem.h>

#include "src/study/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { ERRORS_MAX = 8 };

struct news {
    int pipe[2];
    atomic_bool woken; /* a byte is in it */
    struct monitor *monitor;
    size_t count;
    struct mmoe_error errors[ERRORS_MAX]; /* the oldest first */
};

struct news *news_new(void)
{
    struct news *n = mmoe_alloc(1, sizeof *n);
    if (pipe(n->pipe) != 0)
        mmoe_fatal("no pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(n->pipe[i], F_SETFD, FD_CLOEXEC);
        fcntl(n->pipe[i], F_SETFL, O_NONBLOCK);
    }
    n->monitor = monitor_new(0);
    return n;
}

void news_free(struct news *n)
{
    if (!n)
        return;
    monitor_free(n->monitor);
    close(n->pipe[0]);
    close(n->pipe[1]);
    mmoe_free(n);
}

/* One byte in the pipe is enough, however much happened. */
void news_wake(struct news *n)
{
    if (!atomic_exchange(&n->woken, true))
        while (write(n->pipe[1], "", 1) < 0 && errno == EINTR)
            continue;
}

void news_complain(struct news *n, const struct mmoe_error *err)
{
    bool known = false;
    monitor_enter(n->monitor);
    for (size_t i = 0; i < n->count; i++)
        known = known || strcmp(n->errors[i].text, err->text) == 0;
    if (!known && n->count < ERRORS_MAX)
        n->errors[n->count++] = *err;
    monitor_leave(n->monitor);
    news_wake(n);
}

int news_fd(const struct news *n)
{
    return n->pipe[0];
}

void news_drain(struct news *n)
{
    char bytes[16];
    while (read(n->pipe[0], bytes, sizeof bytes) > 0)
        continue;
    atomic_store(&n->woken, false);
}

enum mmoe_status news_error(struct news *n, struct mmoe_error *err)
{
    err->status = MMOE_OK;
    monitor_enter(n->monitor);
    if (n->count > 0) {
        *err = n->errors[0];
        n->count--;
        memmove(n->errors, n->errors + 1, n->count * sizeof *n->errors);
    }
    monitor_leave(n->monitor);
    return err->status;
}
