/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.h - sweeps: their runs, the workers that train them, the keeper that stores them.
 *
 * The functions are those of runner.h of the same names; what they promise is said there.
 *
 * Ownership: queue_free joins all threads. Threads: one caller; `wake` and `complain` are called from workers.
 */
#ifndef MMOE_STUDY_QUEUE_H
#define MMOE_STUDY_QUEUE_H

#include <mmoe/runner.h>

struct queue;

/* wake: there is something new to fetch; complain: something failed. Both may be called from any thread. */
struct queue *queue_new(void (*wake)(void *context), void (*complain)(void *context, const struct mmoe_error *err),
                        void *context);
void queue_free(struct queue *q); /* stops all, stores what is finished; NULL allowed */

void queue_sweep(struct queue *q, const struct mmoe_sweep *sweep);
bool queue_record(struct queue *q, struct mmoe_record *out);
void queue_progress(struct queue *q, size_t *finished, size_t *submitted, uint64_t *steps);
void queue_hold(struct queue *q, bool held);
void queue_stop(struct queue *q);

#endif
