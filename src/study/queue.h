/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.h - sweeps: the workers that train their runs, and what is asked of them.
 *
 * The functions are those of runner.h of the same names; what they promise is said there.
 *
 * Ownership: queue_free joins all threads; the news outlive it. Threads: one caller.
 */
#ifndef MMOE_STUDY_QUEUE_H
#define MMOE_STUDY_QUEUE_H

#include <mmoe/runner.h>

#include "src/study/news.h"

struct queue;
struct queue *queue_new(struct news *news);
void queue_free(struct queue *q); /* stops all, stores what is finished; NULL allowed */

void queue_sweep(struct queue *q, const struct mmoe_sweep *sweep);
bool queue_record(struct queue *q, struct mmoe_record *out);
void queue_progress(struct queue *q, size_t *finished, size_t *submitted, uint64_t *steps);
void queue_hold(struct queue *q, bool held);
void queue_stop(struct queue *q);

/* For the tests: datasets made so far; workers that have a run; those of them that wait in a hold. */
size_t queue_datasets(struct queue *q);
size_t queue_active(struct queue *q);
size_t queue_holding(struct queue *q);

#endif
