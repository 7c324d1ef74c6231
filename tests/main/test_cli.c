/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cli.c - the command line, its mistakes, and where files are kept.
 */
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

#include <mmoe/mem.h>

#include "ui/main/cli.h"

enum { WORDS_MAX = 12 };

static struct cli cli;
static struct mmoe_error err;
static char home[] = "/tmp/mmoe-cli-XXXXXX";

/* Parse words parted by '|'. */
static enum mmoe_status parse(const char *line)
{
    static char copy[400], name[] = "mmoe";
    char *argv[WORDS_MAX] = {name}, *place;
    int argc = 1;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *w = strtok_r(copy, "|", &place); w; w = strtok_r(NULL, "|", &place))
        argv[argc++] = w;
    cli_done(&cli);
    return cli_parse(&cli, argc, argv, &err);
}

static void bad(const char *line, const char *said)
{
    if (!mmoe_failed(parse(line)) || !strstr(err.text, said))
        fail_msg("'%s' gives '%s', which lacks '%s'", line, err.text, said);
}

static void options_are_read(void **state)
{
    (void)state;
    assert_int_equal(parse(""), MMOE_OK);
    assert_false(cli.batch || cli.json || cli.plain || cli.ascii || cli.quiet || cli.help ||
                 cli.version);
    assert_int_equal(cli.colour, SCREEN_COLOUR_AUTO);
    assert_null(cli.script);
    assert_int_equal(parse("-b|--json|-q|--ascii|-e|set p 1|--color=never|-erun|s.mmoe|--seed|7"),
                     MMOE_OK);
    assert_true(cli.batch && cli.json && cli.quiet && cli.ascii);
    assert_int_equal(cli.colour, SCREEN_COLOUR_NEVER);
    assert_int_equal(cli.command_count, 2);
    assert_string_equal(cli.commands[0], "set p 1");
    assert_string_equal(cli.commands[1], "run");
    assert_string_equal(cli.script, "s.mmoe");
    assert_int_equal(parse("--plain|--theme=light|--col=always|--|-b"), MMOE_OK);
    assert_true(cli.plain && !cli.batch);
    assert_int_equal(cli.colour, SCREEN_COLOUR_ALWAYS);
    assert_string_equal(cli.script, "-b");
    assert_int_equal(parse("-"), MMOE_OK);
    assert_string_equal(cli.script, "-");
    assert_int_equal(parse("-bq"), MMOE_OK);
    assert_true(cli.batch && cli.quiet);
    assert_int_equal(parse("--version"), MMOE_OK);
    assert_true(cli.version);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    bad("--jsno", "unknown option '--jsno': did you mean --json?");
    bad("--sed=7", "did you mean --seed?");
    bad("--frobnicate", "unknown option '--frobnicate'");
    bad("-x", "unknown option '-x'");
    bad("-bx", "unknown option '-x'");
    bad("-e", "option '-e' lacks its argument");
    bad("--seed", "option '--seed' lacks its argument");
    bad("--batch=yes", "option '--batch=yes' takes no argument");
    bad("--json|-xb", "unknown option '-x'");
    bad("--json=yes", "option '--json=yes' takes no argument");
    bad("--color=blue", "'blue': auto, always or never");
    bad("--seed=-1", "-1");
    bad("--theme=drak", "dark");
    bad("a|b", "'b' is too much");
}

static void options_become_settings(void **state)
{
    (void)state;
    struct mmoe_options o;
    mmoe_options_default(&o);
    assert_int_equal(parse("--seed=9|--theme=mono|--ascii"), MMOE_OK);
    assert_int_equal(cli_apply(&cli, &o, &err), MMOE_OK);
    assert_int_equal(o.seed_data, 9);
    assert_int_equal(o.seed_order, 9);
    assert_string_equal(mmoe_option_find("theme")->words[o.theme], "mono");
    assert_string_equal(mmoe_option_find("glyphs")->words[o.glyphs], "ascii");
}

static void a_screen_needs_terminals(void **state)
{
    (void)state;
    parse("");
    assert_true(cli_is_light("0;15") && cli_is_light("0;default;7"));
    assert_false(cli_is_light(NULL) || cli_is_light("15;0") || cli_is_light("15;default") ||
                 cli_is_light("7;8") || cli_is_light("15") || cli_is_light("0;"));
    assert_false(cli_is_batch(&cli, true, true, "xterm"));
    assert_true(cli_is_batch(&cli, false, true, "xterm"));
    assert_true(cli_is_batch(&cli, true, false, "xterm"));
    assert_true(cli_is_batch(&cli, true, true, "dumb"));
    assert_true(cli_is_batch(&cli, true, true, ""));
    assert_true(cli_is_batch(&cli, true, true, NULL));
    const char *const asked[] = {"-b", "--json", "--plain"};
    for (size_t i = 0; i < 3; i++) {
        parse(asked[i]);
        assert_true(cli_is_batch(&cli, true, true, "xterm"));
    }
}

static void help_names_every_option(void **state)
{
    (void)state;
    static const char *const names[] = {"-e",       "-b",      "--batch",      "--json",
                                        "--plain",  "--ascii", "--color=WHEN", "--theme=NAME",
                                        "--seed=N", "-q",      "--help",       "--version"};
    struct mmoe_text t = {0};
    cli_help(&t);
    assert_memory_equal(t.s, "Usage: mmoe ", 12);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_non_null(strstr(t.s, names[i]));
    for (const char *line = t.s; line && *line;
         line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        assert_true(strcspn(line, "\n") <= 79);
    mmoe_text_clear(&t);
    cli_version(&t);
    assert_memory_equal(t.s, "mmoe ", 5);
    mmoe_text_done(&t);
}

static void files_are_where_xdg_says(void **state)
{
    (void)state;
    char expected[200];
    setenv("HOME", home, 1);
    unsetenv("XDG_CONFIG_HOME");
    setenv("XDG_STATE_HOME", "relative/is/ignored", 1);
    char *path = cli_config_path();
    snprintf(expected, sizeof expected, "%s/.config/mmoe/mmoerc", home);
    assert_string_equal(path, expected);
    mmoe_free(path);
    path = cli_history_path();
    snprintf(expected, sizeof expected, "%s/.local/state/mmoe/history", home);
    assert_string_equal(path, expected);
    mmoe_free(path);
    struct stat st;
    snprintf(expected, sizeof expected, "%s/.local/state/mmoe", home);
    assert_int_equal(stat(expected, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    setenv("XDG_STATE_HOME", "/proc/none", 1);
    assert_null(cli_history_path());
    unsetenv("HOME");
    assert_null(cli_config_path());
}

static const char *write_file(const char *name, const char *bytes, size_t n)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", home, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fwrite(bytes, 1, n, f);
    fclose(f);
    return path;
}

static void scripts_are_read_whole(void **state)
{
    (void)state;
    struct mmoe_text t = {0};
    static char large[10000];
    memset(large, '#', sizeof large - 1);
    assert_int_equal(cli_read(write_file("large", large, sizeof large - 1), true, &t, &err),
                     MMOE_OK);
    assert_int_equal(t.n, sizeof large - 1);
    assert_string_equal(t.s, large);
    assert_int_equal(cli_read(write_file("nul", "run\0run", 7), true, &t, &err), MMOE_INVALID);
    assert_non_null(strstr(err.text, "NUL"));
    assert_int_equal(cli_read("/nonexistent/x", true, &t, &err), MMOE_UNKNOWN);
    assert_non_null(strstr(err.text, "cannot read /nonexistent/x: No such file"));
    assert_int_equal(cli_read(home, true, &t, &err), MMOE_IO);
    assert_non_null(strstr(err.text, "directory"));
    mmoe_text_done(&t);
}

static int make_home(void **state)
{
    (void)state;
    return mkdtemp(home) ? 0 : -1;
}

static int remove_home(void **state)
{
    (void)state;
    char command[100];
    cli_done(&cli);
    snprintf(command, sizeof command, "rm -r %s", home);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_read),        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(options_become_settings), cmocka_unit_test(a_screen_needs_terminals),
        cmocka_unit_test(help_names_every_option), cmocka_unit_test(files_are_where_xdg_says),
        cmocka_unit_test(scripts_are_read_whole),
    };
    return cmocka_run_group_tests(tests, make_home, remove_home);
}
