/* SPDX-License-Identifier: GPL-3.0-or-later */
/* thread.c - threads and monitors; the only user of pthreads. */
#include "src/base/thread.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <mmoe/mem.h>
#include <mmoe/status.h>
#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#endif

enum {
    NICE = 10,                /* the user interface goes first */
    SIGNAL_STACK = 64 * 1024, /* bytes; a handler runs on it, also where the thread's own is full */
};

struct thread_monitor {
    pthread_mutex_t mutex;
    size_t count;
    pthread_cond_t conditions[];
};

struct thread {
    pthread_t id;
    void (*body)(void *context);
    void *context;
    unsigned char *signal_stack;
};

size_t thread_cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef CPU_COUNT
    enum { CORES_MOST = 8192 };
    cpu_set_t *mine = CPU_ALLOC(CORES_MOST); /* a job of a cluster has some of them alone */
    size_t size = CPU_ALLOC_SIZE(CORES_MOST);
    if (mine && sched_getaffinity(0, size, mine) == 0 && CPU_COUNT_S(size, mine) > 0)
        n = CPU_COUNT_S(size, mine);
    CPU_FREE(mine);
#endif
    return n > 0 ? (size_t)n : 1;
}

struct thread_monitor *thread_monitor_new(size_t conditions)
{
    struct thread_monitor *m = mmoe_alloc(1, sizeof *m + conditions * sizeof *m->conditions);
    pthread_condattr_t clock;
    pthread_mutex_init(&m->mutex, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    for (m->count = 0; m->count < conditions; m->count++)
        pthread_cond_init(&m->conditions[m->count], &clock);
    pthread_condattr_destroy(&clock);
    return m;
}

void thread_monitor_free(struct thread_monitor *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->count; i++)
        pthread_cond_destroy(&m->conditions[i]);
    pthread_mutex_destroy(&m->mutex);
    mmoe_free(m);
}

void thread_monitor_enter(struct thread_monitor *m)
{
    pthread_mutex_lock(&m->mutex);
}

void thread_monitor_leave(struct thread_monitor *m)
{
    pthread_mutex_unlock(&m->mutex);
}

void thread_monitor_wait(struct thread_monitor *m, size_t condition)
{
    pthread_cond_wait(&m->conditions[condition], &m->mutex);
}

void thread_monitor_wait_until(struct thread_monitor *m, size_t condition, double when)
{
    struct timespec due = {.tv_sec = (time_t)when};
    due.tv_nsec = (long)((when - floor(when)) * 1e9);
    pthread_cond_timedwait(&m->conditions[condition], &m->mutex, &due);
}

void thread_monitor_wake(struct thread_monitor *m, size_t condition)
{
    pthread_cond_broadcast(&m->conditions[condition]);
}

static void *run_body(void *argument)
{
    struct thread *t = argument;
#ifdef __linux__
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
#endif
    stack_t stack = {.ss_sp = t->signal_stack, .ss_size = SIGNAL_STACK}, before;
    sigaltstack(&stack, &before);
    t->body(t->context);
    sigaltstack(&before, NULL);
    return NULL;
}

struct thread *thread_start(void (*body)(void *context), void *context)
{
    static const int own[] = {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL, SIGSYS, SIGTRAP};
    struct thread *t = mmoe_alloc(1, sizeof *t);
    sigset_t others, before;
    t->body = body;
    t->context = context;
    t->signal_stack = mmoe_alloc(1, SIGNAL_STACK);
    sigfillset(&others);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sigdelset(&others, own[i]);
    pthread_sigmask(SIG_SETMASK, &others, &before);
    int failed = pthread_create(&t->id, NULL, run_body, t);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        mmoe_fatal("no thread could be started: %s", strerror(failed));
    return t;
}

void thread_join(struct thread *t)
{
    if (!t)
        return;
    pthread_join(t->id, NULL);
    mmoe_free(t->signal_stack);
    mmoe_free(t);
}
