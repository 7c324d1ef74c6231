/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ui/term: the screen and the guard in a child under a pseudo-terminal, as the tests below give it
 * orders. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test.h"
#include "tests/vt.h"
#include "ui/term/guard.h"
#include "ui/term/screen.h"

static char *self;

/* --- the child: one scene each --- */

static struct screen *screen;
static struct canvas canvas;

static void open_screen(void)
{
    struct mmoe_error err;
    int width, height;
    guard_install(true);
    screen = screen_open(SCREEN_COLOUR_AUTO, &err);
    if (!screen) {
        fprintf(stderr, "%s\n", err.text);
        exit(9);
    }
    screen_size(screen, &width, &height);
    canvas_init(&canvas, width, height, glyphs_find("blocks"));
}

static void wait_for_key(void)
{
    char key;
    if (read(STDIN_FILENO, &key, 1) != 1)
        exit(8);
}

static void show(const char *text)
{
    canvas_text(&canvas, 0, 0, ROLE_SERIES_1, 0, text);
    screen_show(screen, &canvas, 3, 1);
}

static int scene_changes(void)
{
    unsigned long frames, cells, more;
    open_screen();
    canvas_fill(&canvas, 0, 0, canvas.width, canvas.height, ROLE_TEXT, L'.');
    show("first");
    wait_for_key();
    screen_counts(screen, &frames, &cells);
    show("first"); /* the same frame: nothing is sent */
    screen_counts(screen, &frames, &more);
    if (frames != 1 || cells != more)
        return 1;
    show("fIrst");
    screen_counts(screen, &frames, &more);
    if (frames != 2 || more != cells + 1)
        return 2;
    wait_for_key();
    canvas_put(&canvas, canvas.width - 1, canvas.height - 1, ROLE_TEXT, 0, L'Z');
    show("last");
    wait_for_key();
    screen_close(screen);
    return 0;
}

static int scene_crash(void)
{
    open_screen();
    show("about to crash");
    wait_for_key();
    raise(SIGSEGV);
    return 0;
}

static int scene_signal(void)
{
    open_screen();
    show("waiting");
    wait_for_key();
    int flags = guard_take();
    screen_close(screen);
    return flags == (GUARD_END | GUARD_INTERRUPT) && guard_end_signal() == SIGTERM ? 0 : 1;
}

static const struct {
    const char *name;
    int (*run)(void);
} scenes[] = {{"changes", scene_changes}, {"crash", scene_crash}, {"signal", scene_signal}};

/* --- the parent --- */

static struct vt *start(const char *scene, const char *term)
{
    struct vt *t = calloc(1, sizeof *t);
    char *argv[] = {self, (char *)(uintptr_t)scene, NULL};
    assert_true(t && vt_start(t, 40, 10, term, argv));
    return t;
}

static void end(struct vt *t)
{
    vt_end(t);
    free(t);
}

static void assert_clean(const struct vt *t)
{
    assert_true(vt_settings_restored(t));
    assert_false(t->alternate || t->pasting || t->hidden);
}

static void only_what_changed_is_sent(void **state)
{
    (void)state;
    static const char *const terms[] = {"xterm-256color", "xterm", "screen", "linux"};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        struct vt *t = start("changes", terms[i]);
        assert_true(vt_until(t, "first"));
        while (t->x != 3 ||
               t->y != 1) /* the cursor rests where it was told to at the frame's end */
            assert_true(vt_read(t, 1000));
        unsigned long before = t->bytes;
        vt_type(t, "k");
        assert_true(vt_until(t, "fIrst"));
        while (t->x != 3 || t->y != 1)
            assert_true(vt_read(t, 1000));
        assert_true(t->bytes - before < 60);
        vt_type(t, "k");
        assert_true(vt_until(t, "Z")); /* the last corner, without scrolling */
        assert_non_null(strstr(vt_text(t), "lastt"));
        vt_type(t, "k");
        int status = vt_wait(t);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
        assert_clean(t);
        end(t);
    }
}

static void a_crash_restores_the_terminal(void **state)
{
    (void)state;
    struct vt *t = start("crash", "xterm-256color");
    assert_true(vt_until(t, "about to crash"));
    assert_true(t->alternate && t->pasting);
    vt_type(t, "k");
    int status = vt_wait(t);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSEGV);
    assert_clean(t);
    end(t);
}

static void signals_become_flags(void **state)
{
    (void)state;
    struct vt *t = start("signal", "xterm-256color");
    assert_true(vt_until(t, "waiting"));
    kill(t->pid, SIGINT);
    kill(t->pid, SIGTERM);
    vt_read(t, 100);
    vt_type(t, "k");
    int status = vt_wait(t);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    end(t);
}

static void terminals_that_cannot_are_refused(void **state)
{
    (void)state;
    static const char *const terms[] = {"dumb", "no-such-terminal", ""};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        struct vt *t = start("crash", terms[i]);
        int status = vt_wait(t);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 9);
        assert_non_null(strstr(vt_text(t), "TERM="));
        assert_clean(t);
        end(t);
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    self = argv[0];
    for (size_t i = 0; argc > 1 && i < sizeof scenes / sizeof *scenes; i++)
        if (strcmp(argv[1], scenes[i].name) == 0)
            return scenes[i].run();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_changed_is_sent),
        cmocka_unit_test(a_crash_restores_the_terminal),
        cmocka_unit_test(signals_become_flags),
        cmocka_unit_test(terminals_that_cannot_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
