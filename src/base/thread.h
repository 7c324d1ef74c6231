/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * thread.h - threads and monitors; the only user of pthreads.
 *
 * A monitor is one lock and a few conditions that are waited for while it is
 * held. Waiting gives the lock up; whoever wakes up has it again and must look
 * whether what it waited for is so.
 *
 * Ownership: _new / _free, _start / _join. Threads: that is what it is for.
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
/* The same, but no longer than until that time of mmoe_clock_now. */
void thread_monitor_wait_until(struct thread_monitor *m, size_t condition, double when);
void thread_monitor_wake(struct thread_monitor *m, size_t condition); /* all who wait for it */

/* A thread of lowered priority that takes no signals but those it provokes itself; fatal where
 * there is none. */
struct thread;
struct thread *thread_start(void (*body)(void *context), void *context);
void thread_join(struct thread *t); /* NULL allowed */

size_t thread_cores(void); /* at least 1 */

#endif
