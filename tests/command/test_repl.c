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
    repl_open(&command_table, NULL);
    repl_resize(80, 24);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    repl_close();
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

static void history_outlives_the_session(void **state)
{
    (void)state;
    char directory[] = "/tmp/mmoe-test-XXXXXX", path[64], text[200];
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/history", directory);
    write_file(path, "first\n");

    repl_open(&command_table, path);
    type("\020");
    assert_string_equal(repl_prompt().line, "first");
    repl_cancel();
    free(type("second\r").line);
    free(type("second\r").line);  /* once is enough */
    free(type(" secret\r").line); /* a leading blank keeps a line out */
    write_file(path, "first\nof another session\n");
    repl_close();

    read_text(path, text, sizeof text);
    assert_string_equal(text, "first\nof another session\nsecond\n");
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);

    repl_open(&command_table, directory); /* not a file: no history, no harm */
    free(type("third\r").line);
    repl_close();
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(directory), 0); /* and no temporary is left */
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
        cmocka_unit_test(history_outlives_the_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
