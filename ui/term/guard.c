/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guard.c - the shell is left as it was found, whatever ends the program.
 *
 * Handlers carry no pointer, so what they need lies in one static. Those of
 * deadly signals run on a stack of their own (a stack overflow is deadly, too;
 * workers have theirs from thread.c), undo the terminal's modes with write and
 * tcsetattr alone, and raise the signal again as if it had never been caught.
 * A stop that does not come from Ctrl-Z stops the program where it stands, with
 * the terminal restored if it is ours at that time. All others set a flag and
 * write a byte to a pipe that the poll loop watches. Who is asked to end once more,
 * and has not done what was asked for, ends as if no signal had ever been caught.
 */
#include "ui/term/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <termios.h>

#include <mmoe/utf8.h>

enum { STACK_SIZE = 64 * 1024, KEPT_MOST = 4096 /* bytes */ };
#define INSIST_AFTER 200000000LL /* nanoseconds: timeout(1) sends its signal twice at once */

static struct {
    int fd[2]; /* the pipe; 0 before the first install */
    atomic_int flags, end_signal;
    atomic_int kept; /* what is written to stderr meanwhile; 0 where nothing is kept */
    int stderr_was;
    atomic_llong asked; /* when an end was asked for that has not come, in nanoseconds; 0: none */
    bool has_settings, at_exit;
    struct termios settings;           /* of the terminal when the program started */
    const char *_Atomic restore_bytes; /* armed where not NULL */
    unsigned char stack[STACK_SIZE];
} guard;

/* --- the terminal, async-signal-safe --- */

static void write_all(int fd, const char *bytes)
{
    size_t n = strlen(bytes);
    while (n > 0) {
        ssize_t sent = write(fd, bytes, n);
        if (sent < 0 && errno != EINTR)
            return;
        if (sent > 0) {
            bytes += sent;
            n -= (size_t)sent;
        }
    }
}

static void undo_modes(const char *bytes)
{
    write_all(STDOUT_FILENO, bytes);
    if (guard.has_settings)
        tcsetattr(STDIN_FILENO, TCSANOW, &guard.settings);
}

void guard_restore(void)
{
    const char *bytes = atomic_exchange(&guard.restore_bytes, NULL);
    if (bytes)
        undo_modes(bytes);
    guard_give_stderr();
}

void guard_keep_stderr(void)
{
    FILE *file = tmpfile();
    int kept = file ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 3) : -1;
    if (file)
        fclose(file);
    guard.stderr_was = kept >= 0 ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) : -1;
    if (guard.stderr_was >= 0) {
        dup2(kept, STDERR_FILENO);
        atomic_store(&guard.kept, kept);
    } else if (kept >= 0) {
        close(kept);
    }
}

void guard_give_stderr(void)
{
    int kept = atomic_exchange(&guard.kept, 0);
    if (kept == 0)
        return;
    dup2(guard.stderr_was, STDERR_FILENO);
    close(guard.stderr_was);
    char bytes[KEPT_MOST + 1];
    ssize_t n = pread(kept, bytes, KEPT_MOST, 0);
    close(kept);
    if (n <= 0)
        return;
    bytes[n] = '\0';
    mmoe_utf8_clean(bytes, "\n\t");
    write_all(STDERR_FILENO, bytes);
}

void guard_arm(const char *restore_bytes)
{
    atomic_store(&guard.restore_bytes, restore_bytes);
}

void guard_disarm(void)
{
    atomic_store(&guard.restore_bytes, NULL);
}

/* --- handlers --- */

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

/* Stop by a signal of jobs as if it had never been caught: this process, or its whole job as the
 * terminal would. Returns after SIGCONT. */
static void stop_by(int signal, bool job)
{
    struct sigaction stop, before;
    sigset_t only, mask;
    memset(&stop, 0, sizeof stop);
    stop.sa_handler = SIG_DFL;
    sigemptyset(&stop.sa_mask);
    sigaction(signal, &stop, &before);
    sigemptyset(&only);
    sigaddset(&only, signal);
    sigprocmask(SIG_UNBLOCK, &only, &mask);
    kill(job ? 0 : getpid(), signal);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    sigaction(signal, &before, NULL);
}

/* TTIN, TTOU: the terminal belongs to others, or somebody only says so. Whoever has it next finds
 * it in order. Once the program goes on, SIGCONT has the loop take the terminal again. */
static void on_stop(int signal)
{
    int saved = errno;
    const char *bytes = atomic_load(&guard.restore_bytes);
    if (bytes && tcgetpgrp(STDIN_FILENO) == getpgrp())
        undo_modes(bytes);
    stop_by(signal, false);
    errno = saved;
}

/* --- what is caught --- */

static void set_handler(int signal, void (*handler)(int), int flags)
{
    struct sigaction act;
    memset(&act, 0, sizeof act);
    act.sa_handler = handler;
    act.sa_flags = flags;
    sigfillset(&act.sa_mask);
    sigaction(signal, &act, NULL);
}

/* Catch a signal, unless whoever started us had it ignored (nohup). */
static void catch_signal(int signal, void (*handler)(int), int flags)
{
    struct sigaction before;
    if (sigaction(signal, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        set_handler(signal, handler, flags);
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

/* Would it end the program, were it not caught? Those that become flags are not meant. */
static bool is_deadly(int signal)
{
    static const int others[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGPIPE,
                                 SIGXFSZ, SIGKILL, SIGSTOP, SIGTSTP, SIGCONT,
                                 SIGTTIN, SIGTTOU, SIGCHLD, SIGURG,  SIGWINCH};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (signal == others[i])
            return false;
    return true;
}

static void catch_deadly(void)
{
    stack_t stack = {.ss_sp = guard.stack, .ss_size = sizeof guard.stack};
    sigaltstack(&stack, NULL);
    for (int i = 1; i <= SIGRTMAX; i++) /* the C library refuses to give its own away */
        if (is_deadly(i))
            catch_signal(i, on_deadly, (int)(SA_ONSTACK | SA_RESETHAND));
    if (!guard.at_exit)
        guard.at_exit = atexit(guard_restore) == 0;
}

void guard_write_errors(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

void guard_install(bool on_screen)
{
    static const int ends[] = {SIGTERM, SIGHUP, SIGQUIT, SIGINT};
    static const int jobs[] = {SIGTSTP, SIGCONT, SIGWINCH};
    open_pipe();
    atomic_store(&guard.asked, 0);
    guard_write_errors();
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        catch_signal(ends[i], on_signal, SA_RESTART);
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
        catch_signal(jobs[i], on_screen ? on_signal : SIG_DFL, SA_RESTART);
    catch_signal(SIGTTIN, on_screen ? on_stop : SIG_DFL, SA_RESTART);
    catch_signal(SIGTTOU, on_screen ? on_stop : SIG_DFL, SA_RESTART);
    if (!on_screen)
        return;
    guard.has_settings = tcgetattr(STDIN_FILENO, &guard.settings) == 0;
    catch_deadly();
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
    stop_by(SIGTSTP, true);
    atomic_fetch_and(&guard.flags, ~GUARD_CONTINUE); /* this was it */
}
