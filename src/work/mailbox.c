/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mailbox.c - a pipe that wakes a poll loop, and the errors that wait for it. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include <mmoe/mailbox.h>
#include <mmoe/mem.h>

#include "src/base/thread.h"

enum { ERRORS_MAX = 8 };

struct mmoe_mailbox {
    int pipe[2];
    atomic_bool woken; /* a byte is in it */
    struct thread_monitor *monitor;
    size_t count;
    struct mmoe_error errors[ERRORS_MAX]; /* the oldest first */
};

struct mmoe_mailbox *mmoe_mailbox_new(void)
{
    struct mmoe_mailbox *m = mmoe_alloc(1, sizeof *m);
    if (pipe(m->pipe) != 0)
        mmoe_fatal("no pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(m->pipe[i], F_SETFD, FD_CLOEXEC);
        fcntl(m->pipe[i], F_SETFL, O_NONBLOCK);
    }
    m->monitor = thread_monitor_new(0);
    return m;
}

void mmoe_mailbox_free(struct mmoe_mailbox *m)
{
    if (!m)
        return;
    thread_monitor_free(m->monitor);
    close(m->pipe[0]);
    close(m->pipe[1]);
    mmoe_free(m);
}

/* One byte in the pipe is enough for any number of wakes. */
void mmoe_mailbox_wake(struct mmoe_mailbox *m)
{
    if (!atomic_exchange(&m->woken, true))
        while (write(m->pipe[1], "", 1) < 0 && errno == EINTR)
            continue;
}

void mmoe_mailbox_complain(struct mmoe_mailbox *m, const struct mmoe_error *err)
{
    bool known = false;
    thread_monitor_enter(m->monitor);
    for (size_t i = 0; i < m->count; i++)
        known = known || strcmp(m->errors[i].text, err->text) == 0;
    if (!known && m->count < ERRORS_MAX)
        m->errors[m->count++] = *err;
    thread_monitor_leave(m->monitor);
    mmoe_mailbox_wake(m);
}

int mmoe_mailbox_fd(const struct mmoe_mailbox *m)
{
    return m->pipe[0];
}

void mmoe_mailbox_drain(struct mmoe_mailbox *m)
{
    char bytes[16];
    while (read(m->pipe[0], bytes, sizeof bytes) > 0)
        continue;
    atomic_store(&m->woken, false);
}

enum mmoe_status mmoe_mailbox_error(struct mmoe_mailbox *m, struct mmoe_error *err)
{
    err->status = MMOE_OK;
    thread_monitor_enter(m->monitor);
    if (m->count > 0) {
        *err = m->errors[0];
        m->count--;
        memmove(m->errors, m->errors + 1, m->count * sizeof *m->errors);
    }
    thread_monitor_leave(m->monitor);
    return err->status;
}
