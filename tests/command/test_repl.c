/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line editor, fed bytes as a terminal would send them. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ui/command/inputrc.h"
#include "ui/command/repl.h"
#include "ui/term/input.h"

/* One key after the other; what came of the last one. */
static struct repl_result type(const char *keys)
{
    struct repl_result r = {0};
    while (*keys) {
        size_t n = 1;
        while (((unsigned char)keys[n] & 0xC0) == 0x80)
            n++;
        r = repl_keys(keys, n);
        keys += n;
    }
    return r;
}

static int set_up(void **state)
{
    (void)state;
    repl_open(&command_table, NULL, NULL);
    repl_resize(80, 24);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    repl_close(NULL);
    return 0;
}

static void enters_what_was_typed(void **state)
{
    (void)state;
    struct repl_result r = type("set p 0.9");
    assert_null(r.line);
    struct layout_prompt p = repl_prompt();
    assert_string_equal(p.prompt, "mmoe> ");
    assert_string_equal(p.line, "set p 0.9");
    assert_int_equal(p.cursor, 9);
    r = type("\r");
    assert_string_equal(r.line, "set p 0.9");
    free(r.line);
    assert_string_equal(repl_prompt().line, "");
}

static void moves_over_whole_characters(void **state)
{
    (void)state;
    type("h\xC3\xA9\xE4\xB8\xAD");
    assert_int_equal(repl_prompt().cursor, 6);
    repl_keys("\033[D", 3);
    assert_int_equal(repl_prompt().cursor, 3);
    repl_keys("\033OD", 3);
    assert_int_equal(repl_prompt().cursor, 1);
    repl_keys("\033[3~", 4);
    assert_string_equal(repl_prompt().line, "h\xE4\xB8\xAD");
}

static void end_needs_an_empty_line(void **state)
{
    (void)state;
    type("x");
    assert_false(repl_keys("\004", 1).end);
    type("\b");
    assert_string_equal(repl_prompt().line, "");
    assert_true(repl_keys("\004", 1).end);
}

static void a_paste_runs_nothing(void **state)
{
    (void)state;
    static const char block[] = "set p 1\nrun\n";
    repl_paste(block, strlen(block));
    assert_string_equal(repl_prompt().line, block);
    type("\037"); /* undo takes it back in one piece */
    assert_string_equal(repl_prompt().line, "");
    repl_paste(block, strlen(block));
    struct repl_result r = type("\r");
    assert_string_equal(r.line, block);
    free(r.line);
    type("\020"); /* the previous line */
    assert_string_equal(repl_prompt().line, "run");
}

static void searches_backwards(void **state)
{
    (void)state;
    free(type("set lr 0.1\r").line);
    free(type("model mmoe\r").line);
    type("\022lr");
    assert_non_null(strstr(repl_prompt().prompt, "search"));
    assert_string_equal(repl_prompt().line, "set lr 0.1");
    repl_keys("\033", 1); /* a lone Esc keeps what was found */
    assert_string_equal(repl_prompt().prompt, "mmoe> ");
    assert_string_equal(repl_prompt().line, "set lr 0.1");
    assert_true(repl_cancel());
    assert_string_equal(repl_prompt().line, "");
    type("\022\xC3\xA9");
    assert_true(repl_cancel());
    assert_string_equal(repl_prompt().prompt, "mmoe> ");
    type("ok");
    assert_string_equal(repl_prompt().line, "ok");
}

static void cancel_forgets(void **state)
{
    (void)state;
    assert_false(repl_cancel());
    type("half a li");
    assert_true(repl_cancel());
    assert_string_equal(repl_prompt().line, "");
    assert_int_equal(repl_prompt().cursor, 0);
    assert_false(repl_cancel());
}

static void unknown_sequences_leave_nothing(void **state)
{
    (void)state;
    type("ab");
    repl_keys("\033[15~", 5);
    repl_keys("\033[1;7R", 6);
    repl_keys("\033[200;3z", 8);
    assert_string_equal(repl_prompt().line, "ab");
}

static void keys_of_the_screen_are_commands(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *line;
    } cases[] = {{"\030o", "layout next"}, {"\030z", "layout zoom"}, {"\030?", "help keys"}};
    type("kept");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct repl_result r = type(cases[i].keys);
        assert_string_equal(r.line, cases[i].line);
        free(r.line);
        assert_string_equal(repl_prompt().line, "kept");
    }
    assert_true(repl_keys("\f", 1).redraw);
}

static void completes_as_far_as_choices_agree(void **state)
{
    (void)state;
    type("rese\t");
    assert_string_equal(repl_prompt().line, "rese");
    assert_int_equal(repl_prompt().list_count, 2); /* reset, reseed */
    type("t");
    assert_int_equal(repl_prompt().list_count, 0);
    repl_cancel();
    type("und\t");
    assert_string_equal(repl_prompt().line, "undo ");
    repl_cancel();
    type("model shar\t");
    assert_string_equal(repl_prompt().line, "model shared-bottom ");
    repl_cancel();
    type("zzzz\t");
    assert_string_equal(repl_prompt().line, "zzzz");
}

/* Bytes as a cat on the keyboard would send them, cut into keys as the loop does. */
static void any_bytes_are_survived(void **state)
{
    (void)state;
    struct input in;
    struct input_event event;
    uint32_t x = 12345;
    input_init(&in);
    for (int i = 0; i < 40000; i++) {
        x = x * 1664525u + 1013904223u;
        /* mostly control characters, the start of sequences and the bytes of UTF-8 */
        unsigned char byte = (unsigned char)(x >> 24);
        if (x & 0x800)
            byte &= 0x1f;
        input_feed(&in, &byte, 1, i * 0.001);
        while (input_next(&in, i * 0.001, &event)) {
            if (event.kind == INPUT_PASTE)
                repl_paste(event.bytes, event.n);
            else if (event.kind == INPUT_KEYS)
                free(repl_keys(event.bytes, event.n).line);
        }
        if (i % 97 == 0)
            repl_cancel();
        struct layout_prompt p = repl_prompt();
        assert_true(p.cursor <= strlen(p.line));
    }
    input_done(&in);
}

/* --- the history file --- */

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void read_text(const char *path, char *buf, size_t size)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    buf[fread(buf, 1, size - 1, f)] = '\0';
    fclose(f);
}

static char folder[40], file[64];
static struct mmoe_error err;

static const char *in_folder(const char *name, char path[64])
{
    snprintf(path, 64, "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/mmoe-test-XXXXXX");
    alarm(60); /* ends a program that waits for the other end of a pipe */
    return mkdtemp(folder) && in_folder("history", file) ? 0 : -1;
}

/* And no temporary is left. */
static int drop_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"history", "real", "keys", "more"};
    char path[64];
    alarm(0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(in_folder(names[i], path));
    return rmdir(folder);
}

static void assert_file(const char *path, const char *text)
{
    char buf[200];
    read_text(path, buf, sizeof buf);
    assert_string_equal(buf, text);
}

static void assert_opens(const char *path)
{
    if (mmoe_failed(repl_open(&command_table, path, &err)))
        fail_msg("%s", err.text);
}

static void assert_closes(void)
{
    if (mmoe_failed(repl_close(&err)))
        fail_msg("%s", err.text);
}

static void history_outlives_the_session(void **state)
{
    (void)state;
    write_file(file, "first\n");
    assert_int_equal(chmod(file, 0640), 0);
    assert_opens(file);
    type("\020");
    assert_string_equal(repl_prompt().line, "first");
    repl_cancel();
    free(type("second\r").line);
    free(type("second\r").line);  /* once is enough */
    free(type(" secret\r").line); /* a leading blank keeps a line out */
    write_file(file, "first\nof another session\n");
    assert_closes();
    assert_file(file, "first\nof another session\nsecond\n");
    struct stat st;
    assert_true(stat(file, &st) == 0 && (st.st_mode & 0777) == 0640);

    assert_int_equal(unlink(file), 0);
    assert_opens(file);
    free(type("third\r").line);
    assert_closes();
    assert_file(file, "third\n");
    assert_true(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600);
}

/* As where settings are kept elsewhere: the link stays one. */
static void the_historys_link_is_followed(void **state)
{
    (void)state;
    char real[64];
    struct stat st;
    write_file(in_folder("real", real), "first\n");
    assert_int_equal(symlink("real", file), 0);
    assert_opens(file);
    free(type("second\r").line);
    assert_closes();
    assert_true(lstat(file, &st) == 0 && S_ISLNK(st.st_mode));
    assert_file(real, "first\nsecond\n");
}

static void assert_refuses_history(const char *path, const char *what)
{
    assert_true(mmoe_failed(repl_open(&command_table, path, &err)));
    assert_non_null(strstr(err.text, what));
    free(type("second\r").line);
    assert_closes(); /* and is left alone */
}

static void what_is_no_history_is_left_alone(void **state)
{
    (void)state;
    struct stat st;
    assert_refuses_history(folder, "Is a directory");
    assert_int_equal(mkfifo(file, 0600), 0);
    assert_refuses_history(file, "it is a pipe");
    assert_true(stat(file, &st) == 0 && S_ISFIFO(st.st_mode));
    assert_int_equal(unlink(file), 0);
    write_file(file, "\xff\xfes");
    assert_refuses_history(file, "UTF-16");
    assert_file(file, "\xff\xfes");
    write_file(file, "frozen\n");
    assert_int_equal(chmod(file, 0444), 0);
    assert_opens(file);
    free(type("second\r").line);
    assert_int_equal(repl_close(&err), MMOE_IO);
    assert_non_null(strstr(err.text, "Permission denied"));
    assert_file(file, "frozen\n");
}

/* --- the file of keys --- */

static void assert_keys_refused(const char *what)
{
    char keys[64];
    setenv("INPUTRC", in_folder("keys", keys), 1);
    assert_true(mmoe_failed(inputrc_check(&err)));
    assert_non_null(strstr(err.text, what));
    assert_string_equal(getenv("INPUTRC"), "/dev/null"); /* what readline reads then */
}

static void keys_are_looked_at_first(void **state)
{
    (void)state;
    char keys[64], more[64], text[200];
    in_folder("keys", keys);
    in_folder("more", more);
    setenv("INPUTRC", keys, 1);
    assert_int_equal(inputrc_check(&err), MMOE_OK); /* there is none */
    write_file(keys, "set bell-style none\n $include /nonexistent/keys\n");
    assert_int_equal(inputrc_check(&err), MMOE_OK);
    assert_string_equal(getenv("INPUTRC"), keys);
    snprintf(text, sizeof text, "# about\n$if mode=vi\n\t$Include %s\r\n$endif\n", more);
    write_file(keys, text);
    assert_int_equal(mkfifo(more, 0600), 0);
    assert_keys_refused("more: it is a pipe");
    assert_int_equal(unlink(more), 0);
    snprintf(text, sizeof text, "$include %s\n", keys);
    write_file(more, text);
    snprintf(text, sizeof text, "$include %s\n", more);
    write_file(keys, text);
    assert_keys_refused("does it include itself?");
    assert_int_equal(unlink(keys), 0);
    assert_int_equal(mkfifo(keys, 0600), 0);
    assert_keys_refused("keys: it is a pipe");
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    setenv("INPUTRC", "/dev/null", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(enters_what_was_typed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(moves_over_whole_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(end_needs_an_empty_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_paste_runs_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(searches_backwards, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cancel_forgets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_sequences_leave_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_of_the_screen_are_commands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(completes_as_far_as_choices_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_bytes_are_survived, set_up, tear_down),
        cmocka_unit_test_setup_teardown(history_outlives_the_session, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(the_historys_link_is_followed, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(what_is_no_history_is_left_alone, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(keys_are_looked_at_first, make_folder, drop_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
