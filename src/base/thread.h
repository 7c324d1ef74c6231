/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * thread.h - threads and monitors; the only user of pthreads.
 *
 * A monitor is one lock with a few conditions. A thread waits for a condition while it
 * holds the lock. Waiting gives the lock up; a thread that wakes holds it again and must
 * check what it waited for.
 *
 * Ownership: _new / _free, _start / _join. Threads: any.
 *
 *   thread_monitor_enter(m);
 *   while (!ready)
 *       thread_monitor_wait(m, CONDITION_READY);
 *   thread_monitor_leave(m);
 */
#ifndef MMOE_BASE_THREAD_H
#define MMOE_BASE_THREAD_H

#include <stddef.h>

struct thread_monitor;
struct thread_monitor *thread_monitor_new(size_t conditions);
void thread_monitor_free(struct thread_monitor *m); /* NULL allowed */
void thread_monitor_enter(struct thread_monitor *m);
void thread_monitor_leave(struct thread_monitor *m);
void thread_monitor_wait(struct thread_monitor *m, size_t condition);
/* Wait, but at most until that time of mmoe_clock_now. */
void thread_monitor_wait_until(struct thread_monitor *m, size_t condition, double when);
void thread_monitor_wake(struct thread_monitor *m, size_t condition); /* all who wait for it */

/* A thread of lowered priority that takes no signals but those it provokes itself; fatal where
 * there is none. */
struct thread;
struct thread *thread_start(void (*body)(void *context), void *context);
void thread_join(struct thread *t); /* NULL allowed */

size_t thread_cores(void); /* at least 1 */

#endif
