/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guard.c - the shell is left as it was found, whatever ends the program.
 *
 * Handlers carry no pointer, so what they need lies in one static. Those of
 * deadly signals run on a stack of their own (a stack overflow is deadly, too),
 * undo the terminal's modes with write and tcsetattr alone, and raise the
 * signal again as if it had never been caught. All others set a flag and write
 * a byte to a pipe that the poll loop watches. Who is asked to end once more, and
 * has not done what was asked for, ends as if no signal had ever been caught.
 */
#include "ui/term/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <termios.h>

enum { STACK_SIZE = 64 * 1024 };
#define INSIST_AFTER 200000000LL /* nanoseconds: timeout(1) sends its signal twice at once */

static struct {
    int fd[2]; /* the pipe; 0 before the first install */
    atomic_int flags, end_signal;
    atomic_llong asked; /* when an end was asked for that has not come, in nanoseconds; 0: none */
    bool has_settings;
    struct termios settings;           /* of the terminal when the program started */
    const char *_Atomic restore_bytes; /* armed where not NULL */
    unsigned char stack[STACK_SIZE];
} guard;

/* Async-signal-safe. */
static void write_all(const char *bytes)
{
    size_t n = strlen(bytes);
    while (n > 0) {
        ssize_t sent = write(STDOUT_FILENO, bytes, n);
        if (sent < 0 && errno != EINTR)
            return;
        if (sent > 0) {
            bytes += sent;
            n -= (size_t)sent;
        }
    }
}

void guard_restore(void)
{
    const char *bytes = atomic_exchange(&guard.restore_bytes, NULL);
    if (!bytes)
        return;
    write_all(bytes);
    if (guard.has_settings)
        tcsetattr(STDIN_FILENO, TCSANOW, &guard.settings);
}

void guard_arm(const char *restore_bytes)
{
    atomic_store(&guard.restore_bytes, restore_bytes);
}

void guard_disarm(void)
{
    atomic_store(&guard.restore_bytes, NULL);
}

static void on_deadly(int signal)
{
    guard_restore();
    raise(signal); /* SA_RESETHAND: with its default action, once this returns */
}

/* Was the end asked for before, and has not come since? Async-signal-safe. */
static bool insists(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    long long now = t.tv_sec * 1000000000LL + t.tv_nsec, first = 0;
    return !atomic_compare_exchange_strong(&guard.asked, &first, now) &&
           now - first >= INSIST_AFTER;
}

/* With its default action, once the handler returns. */
static void end_now(int number)
{
    guard_restore();
    signal(number, SIG_DFL);
    raise(number);
}

void guard_settled(void)
{
    if (!atomic_load(&guard.end_signal))
        atomic_store(&guard.asked, 0);
}

static int flag_of(int signal)
{
    switch (signal) {
    case SIGINT: return GUARD_INTERRUPT;
    case SIGTSTP: return GUARD_STOP;
    case SIGCONT: return GUARD_CONTINUE;
    case SIGWINCH: return GUARD_RESIZE;
    default: return GUARD_END;
    }
}

static void on_signal(int signal)
{
    int saved = errno, flag = flag_of(signal);
    if (flag == GUARD_END)
        atomic_store(&guard.end_signal, signal);
    if ((flag == GUARD_END || flag == GUARD_INTERRUPT) && insists())
        end_now(signal);
    atomic_fetch_or(&guard.flags, flag);
    if (write(guard.fd[1], "", 1) < 0 && errno != EAGAIN)
        flag = 0; /* the flag is set; the pipe only wakes */
    errno = saved;
}

/* Catch a signal, unless whoever started us had it ignored (nohup). */
static void catch_signal(int signal, void (*handler)(int), int flags)
{
    struct sigaction now, before;
    if (sigaction(signal, NULL, &before) == 0 && before.sa_handler == SIG_IGN)
        return;
    memset(&now, 0, sizeof now);
    now.sa_handler = handler;
    now.sa_flags = flags;
    sigfillset(&now.sa_mask);
    sigaction(signal, &now, NULL);
}

static void open_pipe(void)
{
    if (guard.fd[1] != 0 || pipe(guard.fd) != 0)
        return;
    for (int i = 0; i < 2; i++) {
        fcntl(guard.fd[i], F_SETFD, FD_CLOEXEC);
        fcntl(guard.fd[i], F_SETFL, O_NONBLOCK);
    }
}

void guard_install(bool on_screen)
{
    static const int ends[] = {SIGTERM, SIGHUP, SIGQUIT};
    static const int deadly[] = {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL};
    open_pipe();
    signal(SIGPIPE, SIG_IGN); /* a reader that left is an error of write, not our end */
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        catch_signal(ends[i], on_signal, SA_RESTART);
    catch_signal(SIGINT, on_signal, SA_RESTART);
    if (!on_screen)
        return;
    guard.has_settings = tcgetattr(STDIN_FILENO, &guard.settings) == 0;
    catch_signal(SIGTSTP, on_signal, SA_RESTART);
    catch_signal(SIGCONT, on_signal, SA_RESTART);
    catch_signal(SIGWINCH, on_signal, SA_RESTART);
    stack_t stack = {.ss_sp = guard.stack, .ss_size = sizeof guard.stack};
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        catch_signal(deadly[i], on_deadly, (int)(SA_ONSTACK | SA_RESETHAND));
}

int guard_fd(void)
{
    return guard.fd[1] != 0 ? guard.fd[0] : -1;
}

int guard_take(void)
{
    char bytes[64];
    while (read(guard.fd[0], bytes, sizeof bytes) > 0)
        continue;
    return atomic_exchange(&guard.flags, 0);
}

int guard_end_signal(void)
{
    return atomic_load(&guard.end_signal);
}

void guard_stop_self(void)
{
    struct sigaction stop, before;
    sigset_t only, mask;
    memset(&stop, 0, sizeof stop);
    stop.sa_handler = SIG_DFL;
    sigemptyset(&stop.sa_mask);
    sigaction(SIGTSTP, &stop, &before);
    sigemptyset(&only);
    sigaddset(&only, SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &only, &mask);
    kill(0, SIGTSTP); /* the whole job, as the terminal would */
    sigprocmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGTSTP, &before, NULL);
    atomic_fetch_and(&guard.flags, ~GUARD_CONTINUE); /* this was it */
}
