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
#include <readline/readline.h>

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

static void a_cancelled_line_does_not_come_back(void **state)
{
    (void)state;
    free(type("run\r").line);
    type("half a line");
    type("\020"); /* the previous line */
    assert_string_equal(repl_prompt().line, "run");
    assert_true(repl_cancel());
    type("other\020\016"); /* back and forth: the line that was begun since */
    assert_string_equal(repl_prompt().line, "other");
}

static void what_a_search_found_is_a_new_line(void **state)
{
    (void)state;
    free(type("run\r").line);
    free(type("set p 1\r").line);
    free(type("help\r").line);
    type("\020\020"); /* up to the second line */
    assert_string_equal(repl_prompt().line, "set p 1");
    repl_keys("\033p", 2); /* a search that is typed whole */
    assert_null(type("run\r").line);
    assert_string_equal(repl_prompt().line, "run");
    type("\020"); /* the newest line, not the one before the second */
    assert_string_equal(repl_prompt().line, "help");
    type("\016"); /* and back */
    assert_string_equal(repl_prompt().line, "run");
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

/* --- readline never reads for ever --- */

enum { READS_MOST = 256 }; /* of one sequence: far above its bytes */

static rl_getc_func_t *next_byte;
static unsigned char fed[16];
static size_t fed_count, reads;

static int count_read(FILE *stream)
{
    if (++reads > READS_MOST) {
        rl_getc_function = next_byte;
        fail_msg("more than %d reads after %02x %02x %02x %02x ...", READS_MOST, fed[0], fed[1],
                 fed[2], fed[3]);
    }
    return next_byte(stream);
}

static int set_up_counted(void **state)
{
    set_up(state);
    next_byte = rl_getc_function;
    rl_getc_function = count_read;
    return 0;
}

static void take_events(struct input *in, double now)
{
    struct input_event event;
    while (input_next(in, now, &event)) {
        if (event.kind == INPUT_PASTE)
            repl_paste(event.bytes, event.n);
        else if (event.kind == INPUT_KEYS)
            free(repl_keys(event.bytes, event.n).line);
        else if (event.kind == INPUT_ESCAPE)
            free(repl_keys("\033", 1).line);
    }
}

/* The bytes as one burst, and the silence after them; each of them as a key of its own where cut.
 */
static void feed_burst(const unsigned char *bytes, size_t n, bool cut)
{
    static struct input in;
    memcpy(fed, bytes, n < sizeof fed ? n : sizeof fed);
    fed_count = n;
    reads = 0;
    input_init(&in);
    for (size_t i = 0; cut && i < n; i++)
        free(repl_keys((const char *)bytes + i, 1).line);
    if (!cut) {
        input_feed(&in, bytes, n, 0);
        take_events(&in, 0);
        take_events(&in, 1);
        take_events(&in, 10);
    }
    input_done(&in);
}

/* In the editing mode it began in, the editor takes a line as ever. */
static void assert_still_edits(const char *mode)
{
    repl_cancel();
    if (rl_editing_mode != (strcmp(mode, "emacs") == 0))
        rl_variable_bind("editing-mode", mode);
    reads = 0;
    type("ok");
    struct repl_result r = type("\r");
    if (!r.line || strcmp(r.line, "ok") != 0)
        fail_msg("after %zu bytes %02x %02x %02x %02x: '%s', not 'ok'", fed_count, fed[0], fed[1],
                 fed[2], fed[3], r.line ? r.line : repl_prompt().line);
    free(r.line);
}

static const unsigned char special[] = {0x00, 0x01, 0x04, 0x07, 0x08, 0x09, 0x0b, 0x0d, 0x0f, 0x10,
                                        0x11, 0x12, 0x16, 0x18, 0x19, 0x1b, 0x1d, 0x1f, ' ',  '(',
                                        ')',  '-',  '/',  '0',  '9',  '[',  'O',  'e',  'f',  'p',
                                        'q',  'r',  'y',  '~',  0x7f, 0x9b, 0xc3, 0xe2};

/* All sequences of up to three of the special bytes, after that prefix. */
static void feed_all(const char *prefix, const char *mode, bool cut)
{
    const size_t n = sizeof special, before = strlen(prefix);
    unsigned char bytes[16];
    memset(fed, 0, sizeof fed);
    memcpy(bytes, prefix, before);
    for (size_t i = 0; i < n + n * n + n * n * n; i++) {
        size_t length = before + 1;
        bytes[before] = special[i % n];
        if (i >= n)
            bytes[length++] = special[(i - n) / n % n];
        if (i >= n + n * n)
            bytes[length++] = special[(i - n - n * n) / n / n];
        feed_burst(bytes, length, cut);
        assert_still_edits(mode);
    }
}

static void three_bytes_always_come_back(void **state)
{
    (void)state;
    feed_all("", "emacs", false);
    feed_all("", "emacs", true);
    rl_variable_bind("editing-mode", "vi");
    feed_all("", "vi", false);
    feed_all("\033", "vi", true); /* the keymap of commands */
    rl_variable_bind("editing-mode", "emacs");
}

/* Pieces that readline reads on after, in any order. */
static void random_pieces_always_come_back(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
    } pieces[] = {
        {"\033", 1},     {"\0", 1},    {"[200~", 5},    {"\033[200~", 6}, {"\033[201~", 6},
        {"\033[", 2},    {"\026", 1},  {"\0339", 2},    {"99999999", 8},  {"x", 1},
        {"\030(", 2},    {"\030)", 2}, {"\030e", 2},    {"\030\022", 2},  {"\022", 1},
        {"\033\012", 2}, {"\033.", 2}, {"\025", 1},     {"\031", 1},      {"yyp", 3},
        {"f", 1},        {"\035", 1},  {"\xE2\x82", 2}, {"\033#", 2},     {"\001\013", 2},
    };
    static const char *const modes[] = {"emacs", "vi"};
    uint32_t x = 2718;
    for (int i = 0; i < 6000; i++) {
        unsigned char bytes[64];
        size_t n = 0;
        for (int k = 0; k < 6; k++) {
            x = x * 1664525u + 1013904223u;
            size_t piece = (x >> 16) % (sizeof pieces / sizeof *pieces);
            memcpy(bytes + n, pieces[piece].bytes, pieces[piece].n);
            n += pieces[piece].n;
        }
        rl_variable_bind("editing-mode", modes[i & 1]);
        memset(fed, 0, sizeof fed);
        feed_burst(bytes, n, x & 0x100);
        assert_true(strlen(repl_prompt().line) <= (1 << 20));
        assert_still_edits(modes[i & 1]);
    }
    rl_variable_bind("editing-mode", "emacs");
}

static void a_case_from_the_field_comes_back(void **state)
{
    (void)state;
    feed_burst((const unsigned char *)"\033\0[200~abc", 10, false);
    assert_string_equal(repl_prompt().line, "[200~abc");
    assert_still_edits("emacs");
}

/* What inputrc binds reads on as well. */
static void bound_by_the_user_comes_back(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "\"\\C-b\": bracketed-paste-begin", "\"\\C-f\": \"\\C-v\"", "\"\\C-o\": \"\\C-o\\C-o\"",
        "\"\\C-q\": universal-argument",    "\"\\C-]\": \"\\C-b\"", "\"\\C-a\": \"\\e\"",
    };
    static const char keys[] = "\002\006\017\021\035\001";
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char line[64];
        snprintf(line, sizeof line, "%s", lines[i]);
        rl_parse_and_bind(line);
    }
    for (size_t i = 0; keys[i]; i++) {
        const unsigned char one[] = {(unsigned char)keys[i]};
        free(type("kept").line);
        feed_burst(one, 1, false);
        assert_still_edits("emacs");
    }
}

/* vi's P takes a count: a killed line times a million is more than there is room. */
static void a_count_makes_no_endless_line(void **state)
{
    (void)state;
    rl_variable_bind("editing-mode", "vi");
    for (int i = 0; i < 8; i++) {
        type("xxxxxxxxxxxxxxxxxxxx");
        repl_keys("\033", 1);
        reads = 0;
        type("yy");
        type("999999p");
        type("yy");
        type("999999p");
        assert_true(strlen(repl_prompt().line) <= (1 << 20));
        type("i");
    }
    assert_still_edits("vi");
    rl_variable_bind("editing-mode", "emacs");
}

static void a_line_after_a_count_is_entered(void **state)
{
    (void)state;
    type("ab");
    repl_keys("\0332", 2);
    struct repl_result r = type("\r");
    assert_non_null(r.line);
    assert_string_equal(r.line, "ab");
    free(r.line);
    assert_string_equal(repl_prompt().line, "");
}

/* Keys of the keypad are no commands of vi's, such as ~, which changes the case. */
static void vi_knows_the_keys_of_a_keypad(void **state)
{
    (void)state;
    rl_variable_bind("editing-mode", "vi");
    type("abc");
    repl_keys("\033", 1);
    repl_keys("\033[1~", 4);
    assert_string_equal(repl_prompt().line, "abc");
    assert_int_equal(repl_prompt().cursor, 0);
    repl_keys("\033[Z", 3);
    assert_string_equal(repl_prompt().line, "abc");
    repl_keys("\033", 1); /* a second Esc begins no sequence */
    type("x");
    assert_string_equal(repl_prompt().line, "bc");
    assert_true(repl_keys("\f", 1).redraw);
    assert_still_edits("vi"); /* a line that was given up leaves the keymap of commands */
    rl_variable_bind("editing-mode", "emacs");
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

#define COUNTED(test) cmocka_unit_test_setup_teardown(test, set_up_counted, tear_down)

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
        cmocka_unit_test_setup_teardown(a_cancelled_line_does_not_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_search_found_is_a_new_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_sequences_leave_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_of_the_screen_are_commands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(completes_as_far_as_choices_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_bytes_are_survived, set_up, tear_down),
        COUNTED(a_case_from_the_field_comes_back),
        COUNTED(three_bytes_always_come_back),
        COUNTED(random_pieces_always_come_back),
        COUNTED(bound_by_the_user_comes_back),
        COUNTED(a_count_makes_no_endless_line),
        COUNTED(a_line_after_a_count_is_entered),
        COUNTED(vi_knows_the_keys_of_a_keypad),
        cmocka_unit_test_setup_teardown(history_outlives_the_session, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(the_historys_link_is_followed, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(what_is_no_history_is_left_alone, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(keys_are_looked_at_first, make_folder, drop_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
