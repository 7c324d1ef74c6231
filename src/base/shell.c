/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shell.c - a command of the system's shell, run to its end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mmoe/shell.h>

enum { ASK_EVERY = 100 /* milliseconds */ };

extern char **environ;

/* Signals are blocked in threads, and some are ignored: none of that is the command's. */
static int start(const char *command, int out, pid_t *pid)
{
    char *const words[] = {"sh", "-c", (char *)(uintptr_t)command, NULL};
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t files;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDERR_FILENO);
    int failed = posix_spawn(pid, "/bin/sh", &files, &attributes, words, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

/* The line that is being said, and the last one that was. */
struct listening {
    char *said;
    size_t size, at;
    bool ended; /* what comes begins another line */
};

static void hear(struct listening *l, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '\n') {
            l->ended = true;
            continue;
        }
        if (l->ended)
            l->at = 0;
        l->ended = false;
        if (l->at + 1 < l->size)
            l->said[l->at++] = bytes[i];
        l->said[l->at] = '\0';
    }
}

/* Listen until it and all that writes there have ended; false where it is to be stopped. */
static bool listen_to(int from, atomic_bool *stop, struct listening *l)
{
    char piece[512];
    for (;;) {
        struct pollfd news = {.fd = from, .events = POLLIN};
        if (stop && atomic_load(stop))
            return false;
        if (poll(&news, 1, ASK_EVERY) <= 0)
            continue;
        ssize_t n = read(from, piece, sizeof piece);
        if (n == 0 || (n < 0 && errno != EINTR))
            return true;
        if (n > 0)
            hear(l, piece, (size_t)n);
    }
}

enum mmoe_status mmoe_shell(const char *command, atomic_bool *stop, char *said, size_t size,
                            int *code, struct mmoe_error *err)
{
    struct listening l = {.said = said, .size = size};
    int ends[2], status = 0;
    pid_t pid;
    said[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) != 0)
        return mmoe_fail(err, MMOE_IO, "cannot start a shell: %s", strerror(errno));
    int failed = start(command, ends[1], &pid);
    close(ends[1]);
    bool heard = failed || listen_to(ends[0], stop, &l);
    close(ends[0]);
    if (failed)
        return mmoe_fail(err, MMOE_IO, "cannot start a shell: %s", strerror(failed));
    if (!heard)
        kill(-pid, SIGTERM);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return heard ? MMOE_OK : mmoe_fail(err, MMOE_STATE, "stopped");
}
