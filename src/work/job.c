/* SPDX-License-Identifier: GPL-3.0-or-later */
/* job.c - one call that takes long, on a thread of its own. */
#include <mmoe/job.h>
#include <mmoe/mem.h>

#include "src/base/thread.h"

enum { PARTS = 1000000 }; /* of the whole work */

struct mmoe_job {
    struct mmoe_mailbox *mailbox;
    struct thread *thread;
    mmoe_job_work *work;
    void *context;
    atomic_bool stop, done;
    atomic_int part;
    enum mmoe_status status;
    struct mmoe_error err;
};

static void body(void *context)
{
    struct mmoe_job *j = context;
    j->status = j->work(j->context, j, &j->err);
    atomic_store(&j->done, true);
    mmoe_mailbox_wake(j->mailbox);
}

struct mmoe_job *mmoe_job_start(struct mmoe_mailbox *mailbox, mmoe_job_work *work, void *context)
{
    struct mmoe_job *j = mmoe_alloc(1, sizeof *j);
    j->mailbox = mailbox;
    j->work = work;
    j->context = context;
    j->thread = thread_start(body, j);
    return j;
}

bool mmoe_job_goes_on(struct mmoe_job *j, double share)
{
    int part = (int)(share * PARTS);
    if (part - atomic_load(&j->part) >= PARTS / 1000) { /* a thousandth is news */
        atomic_store(&j->part, part);
        mmoe_mailbox_wake(j->mailbox);
    }
    return !atomic_load(&j->stop);
}

atomic_bool *mmoe_job_flag(struct mmoe_job *j)
{
    return &j->stop;
}

bool mmoe_job_is_done(const struct mmoe_job *j)
{
    return atomic_load(&j->done);
}

double mmoe_job_share(const struct mmoe_job *j)
{
    return (double)atomic_load(&j->part) / PARTS;
}

void mmoe_job_stop(struct mmoe_job *j)
{
    atomic_store(&j->stop, true);
}

enum mmoe_status mmoe_job_end(struct mmoe_job *j, struct mmoe_error *err)
{
    thread_join(j->thread);
    enum mmoe_status status = j->status;
    if (mmoe_failed(status))
        *err = j->err;
    mmoe_free(j);
    return status;
}
