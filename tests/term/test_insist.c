/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is asked to end again and again ends, whatever it does, and leaves the terminal as it was. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test.h"
#include "ui/term/guard.h"

enum { GAP = 20, TIMES = 3000 /* a minute */ };

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/* A shell has its background jobs ignore some, which the program respects. */
static void hear_all(void)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        signal(numbers[i], SIG_DFL);
}

/* A program that never looks at what it is asked, with its stdout in a pipe. */
static pid_t begin_deaf(int *out)
{
    int fd[2];
    assert_int_equal(pipe(fd), 0);
    fflush(stdout);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* SIGQUIT leaves one */
        dup2(fd[1], STDOUT_FILENO);
        guard_install(false);
        guard_arm("undone");
        if (write(STDOUT_FILENO, "up", 2) == 2)
            for (;;)
                pause();
    }
    close(fd[1]);
    *out = fd[0];
    char up[2];
    assert_int_equal(read(*out, up, 2), 2);
    return pid;
}

/* Ask until it has ended; returns how often. */
static int ask(pid_t pid, int number, int *status)
{
    for (int i = 0; i < TIMES; i++) {
        if (waitpid(pid, status, WNOHANG) == pid)
            return i;
        kill(pid, number);
        poll(NULL, 0, GAP);
    }
    kill(pid, SIGKILL);
    waitpid(pid, status, 0);
    return TIMES;
}

static void who_insists_is_heard(void **state)
{
    (void)state;
    hear_all();
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        int out, status;
        char words[16] = "";
        pid_t pid = begin_deaf(&out);
        int asked = ask(pid, numbers[i], &status);
        assert_in_range(asked, 2, TIMES - 1); /* not at the first */
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == numbers[i]);
        assert_int_equal(read(out, words, sizeof words), strlen("undone"));
        assert_string_equal(words, "undone");
        close(out);
    }
}

/* An interrupt that was dealt with is none that was ignored; an end that is on its way is. */
static void what_is_done_is_asked_for_anew(void **state)
{
    (void)state;
    hear_all();
    guard_install(false);
    for (int i = 0; i < 15; i++) { /* longer than who insists has to wait */
        raise(SIGINT);
        assert_int_equal(guard_take(), GUARD_INTERRUPT);
        guard_settled();
        poll(NULL, 0, GAP);
    }
}

TESTS(cmocka_unit_test(who_insists_is_heard), cmocka_unit_test(what_is_done_is_asked_for_anew))
