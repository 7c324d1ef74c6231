/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of a shell: what they say and come to, which signals they have, and that they stop. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <mmoe/shell.h>

#include "src/base/thread.h"
#include "tests/test.h"

static char said[32];
static int code;

static enum mmoe_status run(const char *command)
{
    struct mmoe_error err;
    return mmoe_shell(command, NULL, said, sizeof said, &code, &err);
}

static void the_last_line_and_the_status_are_told(void **state)
{
    (void)state;
    assert_int_equal(run("echo one; echo; echo 'Submitted batch job 7' >&2"), MMOE_OK);
    assert_string_equal(said, "Submitted batch job 7");
    assert_int_equal(code, 0);
    assert_int_equal(run("printf 'a long line without an end, which is cut'; exit 3"), MMOE_OK);
    assert_string_equal(said, "a long line without an end, whi");
    assert_int_equal(code, 3);
    assert_int_equal(run("kill -TERM $$"), MMOE_OK);
    assert_int_equal(code, 128 + SIGTERM);
    assert_string_equal(said, "");
    assert_int_equal(run("cat"), MMOE_OK); /* there is nothing to read */
    assert_int_equal(code, 0);
}

/* Of signals 1 to 28. A thread has signals blocked, and the program ignores some: a shell does not
 * inherit that. */
static void in_a_thread(void *context)
{
    enum mmoe_status *status = context;
    *status = run("exec awk '/^Sig(Blk|Ign)/ { all = all substr($2, 10) } END { print all }' "
                  "/proc/self/status");
}

static void signals_are_as_in_a_login_shell(void **state)
{
    (void)state;
    enum mmoe_status status;
    if (access("/proc/self/status", R_OK) != 0)
        skip();
    signal(SIGPIPE, SIG_IGN);
    thread_join(thread_start(in_a_thread, &status));
    signal(SIGPIPE, SIG_DFL);
    assert_int_equal(status, MMOE_OK);
    assert_string_equal(said, "00000000000000");
}

static void raise_it(void *context)
{
    usleep(50000);
    atomic_store((atomic_bool *)context, true);
}

static void it_can_be_stopped(void **state)
{
    (void)state;
    enum { PATIENCE = 20000 /* milliseconds */ };
    atomic_bool stop = false;
    struct mmoe_error err;
    int held[2]; /* by all that it started */
    assert_int_equal(pipe(held), 0);
    struct thread *t = thread_start(raise_it, &stop);
    assert_int_equal(
        mmoe_shell("echo begun; sleep 1000; true", &stop, said, sizeof said, &code, &err),
        MMOE_STATE);
    assert_int_equal(code, 128 + SIGTERM);
    thread_join(t);
    close(held[1]);
    struct pollfd gone = {.fd = held[0]};
    assert_int_equal(poll(&gone, 1, PATIENCE), 1); /* POLLHUP: nobody has the other end */
    close(held[0]);
}

TESTS(cmocka_unit_test(the_last_line_and_the_status_are_told),
      cmocka_unit_test(signals_are_as_in_a_login_shell), cmocka_unit_test(it_can_be_stopped))
