/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole program under a pseudo-terminal: what a user sees, and what the
 * shell finds afterwards. MMOE names the program.
 */
#include <fcntl.h>
#include <locale.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/vt.h"

#define SMALL "set dim 10 rows 500 test-rows 100 steps 60 eval-every 20 batch 20\r"
#define ENDLESS "set dim 10 rows 500 test-rows 100 steps 10M eval-every 1000 batch 20\r"

static char *program;

static int set_up(void **state)
{
    struct vt *t = calloc(1, sizeof *t);
    char *argv[] = {program, NULL};
    *state = t;
    return t && vt_start(t, 80, 24, "xterm-256color", argv) ? 0 : -1;
}

static int tear_down(void **state)
{
    vt_end(*state);
    free(*state);
    return 0;
}

static void until(struct vt *t, const char *text)
{
    if (vt_until(t, text))
        return;
    fprintf(stderr, "%s", vt_text(t)); /* a message of cmocka's has not the room */
    fail_msg("the screen never showed \"%s\"", text);
}

/* Everything the program switched on is off again. */
static void assert_left_clean(struct vt *t)
{
    assert_true(vt_settings_restored(t));
    assert_false(t->alternate);
    assert_false(t->pasting);
    assert_false(t->hidden);
}

static void assert_quits(struct vt *t)
{
    vt_type(t, "quit\r");
    int status = vt_wait(t);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_left_clean(t);
}

static void opens_and_quits(void **state)
{
    struct vt *t = *state;
    until(t, "mmoe>");
    assert_true(t->alternate);
    assert_true(t->pasting);
    assert_false(vt_settings_restored(t));
    assert_quits(t);
}

static void trains_while_one_watches(void **state)
{
    struct vt *t = *state;
    until(t, "mmoe>");
    vt_type(t, SMALL);
    vt_type(t, "set p 0.9\r");
    until(t, "p 0.9 ");
    vt_type(t, "data gen\r");
    vt_type(t, "model mmoe\r");
    vt_type(t, "run\r");
    until(t, "DONE 60/60");
    vt_type(t, "repeat 3\r");
    until(t, "3 seeds");
    assert_quits(t);
}

/* Asked for at rest it is measured at once; while a run trains, between two steps. */
static void what_is_learned_is_seen_when_asked_for(void **state)
{
    struct vt *t = *state;
    until(t, "mmoe>");
    vt_type(t, SMALL "run\r");
    until(t, "DONE");
    vt_type(t, "fit\r");
    until(t, "on/8");
    vt_type(t, "loss\r");
    until(t, "log y");
    vt_type(t, ENDLESS "run\r");
    until(t, "RUN");
    vt_type(t, "describe fit\r");
    until(t, "on the held-out rows. Task A");
    vt_type(t, "q"); /* a page */
    vt_type(t, "fit\r");
    until(t, "on/8");
    vt_type(t, "\003");
    until(t, "PAUSED");
    assert_quits(t);
}

static void a_long_answer_is_a_page(void **state)
{
    struct vt *t = *state;
    static const char *const ends[] = {"q", "\r", "\033"};
    until(t, "mmoe>");
    for (size_t i = 0; i < 3; i++) {
        vt_type(t, "help\r");
        until(t, "more below");
        assert_non_null(strstr(vt_text(t), "show or change options")); /* its head */
        vt_type(t, "\033[6~\033[6~\033[6~\033[6~");
        until(t, "explain X tells of all else");
        vt_type(t, "seq"); /* typing goes to the prompt, once something is there */
        until(t, "mmoe> seq");
        vt_type(t, "\003");
        while (strstr(vt_text(t), "mmoe> seq"))
            assert_true(vt_read(t, 100));
        until(t, "the end");
        vt_type(t, ends[i]);
        until(t, "No run yet");
    }
    assert_quits(t);
}

static void a_verb_in_part_asks_first(void **state)
{
    struct vt *t = *state;
    until(t, "mmoe>");
    vt_type(t, "w scale=1,2,4\r");
    until(t, "1,080 runs, about");
    until(t, "go on?");
    vt_type(t, "set p 0.9\r"); /* no answer, but work that goes on */
    until(t, "what-if was not begun");
    until(t, "p 0.9 ");
    vt_type(t, SMALL "ste 5\r"); /* as quick as that */
    until(t, "PAUSED 5/60");
    assert_quits(t);
}

static void interrupt_pauses(void **state)
{
    struct vt *t = *state;
    until(t, "mmoe>");
    vt_type(t, ENDLESS "run\r");
    until(t, "RUN");
    vt_type(t, "half a line");
    until(t, "half a line");
    vt_type(t, "\003"); /* the line first */
    while (strstr(vt_text(t), "half a line"))
        assert_true(vt_read(t, 100));
    until(t, "RUN");
    vt_type(t, "\003");
    until(t, "PAUSED");
    vt_type(t, "\003"); /* nothing runs any more */
    until(t, "nothing is running");
    assert_quits(t);
}

static void stops_and_comes_back(void **state)
{
    struct vt *t = *state;
    until(t, "mmoe>");
    vt_type(t, "kept");
    until(t, "mmoe> kept");
    vt_type(t, "\032");
    int status = vt_wait(t);
    assert_true(WIFSTOPPED(status));
    assert_left_clean(t);
    vt_resize(t, 100, 30);
    kill(t->pid, SIGCONT);
    until(t, "mmoe> kept");
    assert_true(t->alternate);
    assert_true(t->pasting);
    vt_type(t, "\003");
    assert_quits(t);
}

static void every_size_is_survived(void **state)
{
    struct vt *t = *state;
    static const int sizes[][2] = {{1, 1},   {2, 1},   {1, 5},    {40, 7},    {39, 8}, {40, 8},
                                   {80, 23}, {79, 24}, {160, 48}, {300, 100}, {7, 3},  {80, 24}};
    until(t, "mmoe>");
    vt_type(t, ENDLESS "run\r");
    until(t, "RUN");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        vt_resize(t, sizes[i][0], sizes[i][1]);
        vt_read(t, 50);
    }
    until(t, "mmoe>");
    vt_type(t, "\003");
    until(t, "PAUSED");
    assert_quits(t);
}

static void assert_dies_of(struct vt *t, int signal, bool exits)
{
    until(t, "mmoe>");
    vt_type(t, ENDLESS "run\r");
    until(t, "RUN");
    kill(t->pid, signal);
    int status = vt_wait(t);
    if (exits) {
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 128 + signal);
    } else {
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), signal);
    }
    assert_left_clean(t);
}

static void segv_leaves_the_shell_clean(void **state)
{
    assert_dies_of(*state, SIGSEGV, false);
}

static void abort_leaves_the_shell_clean(void **state)
{
    assert_dies_of(*state, SIGABRT, false);
}

static void term_leaves_the_shell_clean(void **state)
{
    assert_dies_of(*state, SIGTERM, true);
}

static void hup_leaves_the_shell_clean(void **state)
{
    assert_dies_of(*state, SIGHUP, true);
}

static void limit(const struct vt *t, __rlimit_resource_t resource, rlim_t bytes)
{
    const struct rlimit to = {bytes, bytes};
    assert_int_equal(prlimit(t->pid, resource, &to, NULL), 0);
}

static void no_memory_ends_with_a_line(void **state)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    skip(); /* they need more than there is */
#endif
    struct vt *t = *state;
    until(t, "mmoe>");
    limit(t, RLIMIT_AS, 1 << 20); /* less than it has: it gets no more */
    for (int i = 0; i < 8; i++)
        vt_type(t, "repeat 200\r");
    int status = vt_wait(t);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_left_clean(t);
    assert_non_null(strstr(vt_text(t), "mmoe: "));
}

static void a_file_too_large_is_a_line(void **state)
{
    struct vt *t = *state;
    until(t, "mmoe>");
    limit(t, RLIMIT_FSIZE, 0);
    vt_type(t, "export log.csv\r");
    until(t, "File too large");
    assert_quits(t);
}

static void ends_with_its_terminal(void **state)
{
    struct vt *t = *state;
    until(t, "mmoe>");
    vt_type(t, ENDLESS "run\r");
    until(t, "RUN");
    close(t->slave);
    t->slave = -1;
    close(t->master);
    t->master = open("/dev/null", O_RDWR | O_CLOEXEC);
    int status = vt_wait(t);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGHUP);
}

static void end_of_input_leaves(void **state)
{
    struct vt *t = *state;
    until(t, "mmoe>");
    vt_type(t, "\004");
    int status = vt_wait(t);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_left_clean(t);
}

static void a_paste_waits_for_enter(void **state)
{
    struct vt *t = *state;
    until(t, "mmoe>");
    vt_type(t, "\033[200~set p 0.25\nqu");
    vt_read(t, 50); /* a paste may come in pieces */
    vt_type(t, "it\n\033[201~");
    until(t, "pasted");
    assert_null(strstr(vt_text(t), "p 0.25 "));
    vt_type(t, "\003");
    vt_type(t, "set p 0.75\r");
    until(t, "p 0.75");
    assert_quits(t);
}

static void hostile_bytes_are_survived(void **state)
{
    struct vt *t = *state;
    unsigned char bytes[3000];
    uint32_t x = 2024;
    until(t, "mmoe>");
    for (size_t i = 0; i < sizeof bytes; i++) {
        x = x * 1664525u + 1013904223u;
        bytes[i] = (unsigned char)(x >> 24);
        if (x & 0x1000)
            bytes[i] &= 0x1f;
        if (bytes[i] == 0x04 || bytes[i] == 0x1a || bytes[i] == 0x1c)
            bytes[i] = 'x'; /* leave, stop and quit do what they say */
    }
    vt_send(t, bytes, sizeof bytes);
    vt_type(t, "\033[201~");
    vt_read(t, 100);
    vt_type(t, "\003\003");
    until(t, "nothing is running");
    assert_quits(t);
}

static void other_terminals(void **state)
{
    (void)state;
    static const char *const terms[] = {"xterm", "screen", "linux", "vt100", "tmux"};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        struct vt *t = calloc(1, sizeof *t);
        char *argv[] = {program, "--ascii", NULL};
        assert_true(vt_start(t, 80, 24, terms[i], argv));
        until(t, "mmoe>");
        vt_type(t, "quit\r");
        int status = vt_wait(t);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        assert_true(vt_settings_restored(t));
        vt_end(t);
        free(t);
    }
}

static void a_dumb_terminal_gets_lines(void **state)
{
    (void)state;
    struct vt *t = calloc(1, sizeof *t);
    char *argv[] = {program, "-e", "set p 0.25; set p", NULL};
    assert_true(vt_start(t, 80, 24, "dumb", argv));
    int status = vt_wait(t);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_non_null(strstr(vt_text(t), "0.25"));
    assert_false(t->alternate);
    vt_end(t);
    free(t);
}

/* --- the program's files --- */

static char folder[] = "/tmp/mmoe-pty-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[80];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* Pipes in place of the files of keys and of commands; the history is a link. */
static int make_files(void **state)
{
    static const char *const folders[] = {"mmoe", "state", "state/mmoe"};
    struct vt *t = calloc(1, sizeof *t);
    char *argv[] = {program, NULL};
    *state = t;
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        assert_int_equal(mkdir(in_folder(folders[i]), 0700), 0);
    assert_int_equal(mkfifo(in_folder("keys"), 0600), 0);
    assert_int_equal(mkfifo(in_folder("mmoe/mmoerc"), 0600), 0);
    assert_int_equal(mkfifo(in_folder("script"), 0600), 0);
    assert_int_equal(symlink("../../real", in_folder("state/mmoe/history")), 0);
    setenv("INPUTRC", in_folder("keys"), 1);
    setenv("XDG_CONFIG_HOME", folder, 1);
    setenv("XDG_STATE_HOME", in_folder("state"), 1);
    return vt_start(t, 160, 40, "xterm-256color", argv) ? 0 : -1;
}

static int drop_files(void **state)
{
    static const char *const names[] = {"mmoe/mmoerc", "mmoe", "keys",
                                        "script",      "real", "state/mmoe/history",
                                        "state/mmoe",  "state"};
    static const char *const variables[] = {"INPUTRC", "XDG_CONFIG_HOME", "XDG_STATE_HOME"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        remove(in_folder(names[i]));
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    return tear_down(state) || rmdir(folder);
}

static void pipes_in_place_of_files_are_told(void **state)
{
    struct vt *t = *state;
    struct stat st;
    char text[80] = "", line[120];
    until(t, "keys: it is a pipe");
    until(t, "mmoe/mmoerc: it is a pipe");
    vt_type(t, "set p 0.25\r");
    until(t, "(was 0.5)");
    snprintf(line, sizeof line, "source %s\r", in_folder("script"));
    vt_type(t, line);
    until(t, "script: it is a pipe");
    assert_quits(t);
    assert_true(lstat(in_folder("state/mmoe/history"), &st) == 0 && S_ISLNK(st.st_mode));
    FILE *f = fopen(in_folder("real"), "r");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof text, f));
    assert_string_equal(text, "set p 0.25\n");
    fclose(f);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    program = getenv("MMOE");
    if (!program) {
        fputs("MMOE must name the program\n", stderr);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(opens_and_quits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(trains_while_one_watches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_verb_in_part_asks_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_learned_is_seen_when_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_answer_is_a_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(interrupt_pauses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stops_and_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_size_is_survived, set_up, tear_down),
        cmocka_unit_test_setup_teardown(segv_leaves_the_shell_clean, set_up, tear_down),
        cmocka_unit_test_setup_teardown(abort_leaves_the_shell_clean, set_up, tear_down),
        cmocka_unit_test_setup_teardown(term_leaves_the_shell_clean, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hup_leaves_the_shell_clean, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_memory_ends_with_a_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_too_large_is_a_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ends_with_its_terminal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(end_of_input_leaves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_paste_waits_for_enter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hostile_bytes_are_survived, set_up, tear_down),
        cmocka_unit_test(other_terminals),
        cmocka_unit_test(a_dumb_terminal_gets_lines),
        cmocka_unit_test_setup_teardown(pipes_in_place_of_files_are_told, make_files, drop_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
