/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ui/term/guard: every signal there is, and the other ways to end, under a pseudo-terminal. */
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mmoe/status.h>

#include "src/base/thread.h"
#include "tests/test.h"
#include "tests/vt.h"
#include "ui/term/guard.h"
#include "ui/term/screen.h"

static char *self;

/* --- the child --- */

static struct screen *screen;
static struct canvas canvas;

static void show(const char *text)
{
    canvas_clear(&canvas);
    canvas_text(&canvas, 0, 0, ROLE_TEXT, 0, text);
    screen_show(screen, &canvas, 0, 0);
}

static void open_screen(void)
{
    struct mmoe_error err;
    int width, height;
    guard_install(true);
    screen = screen_open(SCREEN_COLOUR_AUTO, &err);
    if (!screen)
        exit(9);
    guard_keep_stderr();
    screen_size(screen, &width, &height);
    canvas_init(&canvas, width, height, glyphs_find("blocks"));
    show("waiting");
}

static char key(void)
{
    char byte = 'q';
    return read(STDIN_FILENO, &byte, 1) == 1 ? byte : 'q';
}

static void take_again(void)
{
    screen_suspend(screen);
    screen_resume(screen);
    show("back");
}

/* As the loop does. */
static int scene_wait(void)
{
    open_screen();
    for (;;) {
        struct pollfd fds[] = {{STDIN_FILENO, POLLIN, 0}, {guard_fd(), POLLIN, 0}};
        poll(fds, 2, -1);
        int flags = fds[1].revents ? guard_take() : 0;
        if (flags & GUARD_END) {
            screen_close(screen);
            return 128 + guard_end_signal();
        }
        if (flags & GUARD_STOP) {
            screen_suspend(screen);
            guard_stop_self();
            screen_resume(screen);
            show("back");
        } else if (flags & GUARD_CONTINUE) {
            take_again();
        } else if (flags) {
            show("noticed");
        }
        if (fds[0].revents && key() != 'k')
            return 8; /* the test is gone */
        if (fds[0].revents)
            show("a key");
    }
}

/* Deeper than any stack. */
static int deep(volatile char *above, int depth)
{
    volatile char here[4096];
    here[0] = depth ? *above : 0;
    return depth > 1 << 28 ? 0 : deep(here, depth + 1) + here[0];
}

static void overflow(void *context)
{
    (void)context;
    volatile char first = 1;
    exit(deep(&first, 1));
}

static int scene_overflow(void)
{
    open_screen();
    key();
    overflow(NULL);
    return 0;
}

static int scene_worker(void)
{
    open_screen();
    key();
    thread_join(thread_start(overflow, NULL));
    return 0;
}

/* What readline does where its memory is gone. */
static int scene_exit(void)
{
    open_screen();
    key();
    fputs("library: no room\033[2J\n", stderr);
    exit(2);
}

static void trap(void *context)
{
    raise(*(int *)context);
}

/* A signal that a worker provokes itself. */
static int scene_trap(void)
{
    int signal = SIGTRAP;
    open_screen();
    key();
    thread_join(thread_start(trap, &signal));
    return 0;
}

static const struct {
    const char *name;
    int (*run)(void);
} scenes[] = {{"wait", scene_wait},
              {"overflow", scene_overflow},
              {"worker", scene_worker},
              {"exit", scene_exit},
              {"trap", scene_trap}};

/* --- the parent --- */

static struct vt *start(const char *scene)
{
    struct vt *t = calloc(1, sizeof *t);
    char *argv[] = {self, (char *)(uintptr_t)scene, NULL};
    assert_true(t && vt_start(t, 40, 10, "xterm-256color", argv));
    assert_true(vt_until(t, "waiting"));
    assert_true(t->alternate && t->pasting);
    return t;
}

static void end(struct vt *t)
{
    vt_end(t);
    free(t);
}

static void assert_clean(const struct vt *t, int signal)
{
    if (!vt_settings_restored(t) || t->alternate || t->pasting || t->hidden)
        fail_msg("signal %d (%s) leaves the terminal broken", signal, strsignal(signal));
}

enum kind { DEADLY, ENDS, STOPS, STOPS_AT_ONCE, NOTICED, IGNORED, CONTINUES, NOBODYS };

static enum kind kind_of(int signal)
{
    switch (signal) {
    case SIGTERM:
    case SIGHUP:
    case SIGQUIT: return ENDS;
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU: return STOPS;
    case SIGSTOP: return STOPS_AT_ONCE;
    case SIGINT:
    case SIGWINCH: return NOTICED;
    case SIGPIPE:
    case SIGXFSZ:
    case SIGCHLD:
    case SIGURG: return IGNORED;
    case SIGCONT: return CONTINUES;
    case SIGKILL: return NOBODYS; /* no program can do anything about it */
    }
    return signal > SIGSYS && signal < SIGRTMIN ? NOBODYS : DEADLY; /* the C library's own */
}

static void assert_ended(struct vt *t, int signal, bool exits)
{
    int status = vt_wait(t);
    if (exits ? !WIFEXITED(status) || WEXITSTATUS(status) != 128 + signal
              : !WIFSIGNALED(status) || WTERMSIG(status) != signal)
        fail_msg("signal %d (%s) ends it with status %#x", signal, strsignal(signal), status);
    assert_clean(t, signal);
}

/* It stops as the signal says, and has the screen again once it goes on. */
static void assert_stopped(struct vt *t, int signal, bool clean)
{
    int status = vt_wait(t);
    if (!WIFSTOPPED(status) || WSTOPSIG(status) != signal)
        fail_msg("signal %d (%s) stops it with status %#x", signal, strsignal(signal), status);
    if (clean)
        assert_clean(t, signal);
    tcsetattr(t->slave, TCSANOW, &t->before); /* a shell has its own settings meanwhile */
    kill(t->pid, SIGCONT);
    assert_true(vt_until(t, "back"));
    assert_true(t->alternate && t->pasting);
}

static void until(struct vt *t, const char *text, int signal)
{
    if (!vt_until(t, text))
        fail_msg("after signal %d (%s) the screen never showed \"%s\" but %s", signal,
                 strsignal(signal), text, vt_text(t));
}

static void send_signal(int signal)
{
    struct vt *t = start("wait");
    enum kind kind = kind_of(signal);
    kill(t->pid, signal);
    if (kind == DEADLY || kind == ENDS) {
        assert_ended(t, signal, kind == ENDS);
        end(t);
        return;
    }
    if (kind == STOPS || kind == STOPS_AT_ONCE)
        assert_stopped(t, signal, kind == STOPS);
    else if (kind == NOTICED || kind == CONTINUES)
        until(t, kind == NOTICED ? "noticed" : "back", signal);
    vt_type(t, "k"); /* all of these are survived */
    until(t, "a key", signal);
    kill(t->pid, SIGTERM);
    assert_ended(t, SIGTERM, true);
    end(t);
}

static void no_signal_breaks_the_terminal(void **state)
{
    (void)state;
    for (int signal = 1; signal <= SIGRTMAX; signal++)
        if (kind_of(signal) != NOBODYS)
            send_signal(signal);
}

static void a_full_stack_leaves_the_shell_clean(void **state)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    skip(); /* they need more than there is */
#endif
    (void)state;
    static const char *const full[] = {"overflow", "worker"};
    for (size_t i = 0; i < 2; i++) {
        struct vt *t = start(full[i]);
        vt_type(t, "k");
        assert_ended(t, SIGSEGV, false);
        end(t);
    }
}

static void what_a_worker_provokes_is_caught(void **state)
{
    (void)state;
    struct vt *t = start("trap");
    vt_type(t, "k");
    assert_ended(t, SIGTRAP, false);
    end(t);
}

static void exit_in_a_library_is_caught(void **state)
{
    (void)state;
    struct vt *t = start("exit");
    vt_type(t, "k");
    int status = vt_wait(t);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 2);
    assert_clean(t, 0);
    assert_non_null(strstr(vt_text(t), "library: no room?[2J"));
    end(t);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    self = argv[0];
    for (size_t i = 0; argc > 1 && i < sizeof scenes / sizeof *scenes; i++)
        if (strcmp(argv[1], scenes[i].name) == 0)
            return scenes[i].run();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_signal_breaks_the_terminal),
        cmocka_unit_test(a_full_stack_leaves_the_shell_clean),
        cmocka_unit_test(what_a_worker_provokes_is_caught),
        cmocka_unit_test(exit_in_a_library_is_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
