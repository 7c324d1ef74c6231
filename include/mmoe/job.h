/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job.h - what takes its time, on a thread of its own: exports, claims, statistics.
 *
 * A job calls a function once and wakes the mailbox when it has ended. The function
 * tells how far it is and asks whether to go on; it has all it needs in its context,
 * which nobody else touches meanwhile.
 *
 * Ownership: mmoe_job_start / mmoe_job_end, which waits for the end. The context is the caller's.
 * Threads:   one starts, asks and ends; the work calls mmoe_job_goes_on.
 *
 *   struct mmoe_job *j = mmoe_job_start(mailbox, work, &context);
 *   poll ... if (mmoe_job_is_done(j)) status = mmoe_job_end(j, &err);
 */
#ifndef MMOE_JOB_H
#define MMOE_JOB_H

#include <stdatomic.h>
#include <stdbool.h>

#include <mmoe/mailbox.h>
#include <mmoe/status.h>

struct mmoe_job;
/* MMOE_STATE where it was told to stop. */
typedef enum mmoe_status mmoe_job_work(void *context, struct mmoe_job *j, struct mmoe_error *err);

struct mmoe_job *mmoe_job_start(struct mmoe_mailbox *mailbox, mmoe_job_work *work, void *context);
/* Tell how far it is, 0 to 1; false where it is to stop. For the work. */
bool mmoe_job_goes_on(struct mmoe_job *j, double share);
/* What is raised where it is to stop, for work that looks at a flag (source.h). Lives as long as
 * the job. */
atomic_bool *mmoe_job_flag(struct mmoe_job *j);

bool mmoe_job_is_done(const struct mmoe_job *j);
double mmoe_job_share(const struct mmoe_job *j);
void mmoe_job_stop(struct mmoe_job *j);
/* Wait for it and free it; what came of it. */
enum mmoe_status mmoe_job_end(struct mmoe_job *j, struct mmoe_error *err);

#endif
