/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What TAB offers. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/mem.h>
#include <mmoe/text.h>

#include "tests/test.h"
#include "ui/command/command.h"
#include "ui/panel/panels.h"

static char **list;
static size_t start, count;

/* Complete at the end of a line. */
static void complete(const char *line)
{
    command_completions_free(list);
    list = command_complete(&command_table, line, strlen(line), &start, &count);
}

static bool offers(const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return false;
}

/* The line has the one completion, of the word that begins at. */
static void assert_only(const char *line, const char *word, size_t at)
{
    complete(line);
    if (count != 1)
        fail_msg("'%s' has %zu completions", line, count);
    assert_string_equal(list[0], word);
    assert_null(list[1]);
    assert_int_equal(start, at);
}

static void assert_none(const char *line)
{
    complete(line);
    if (count)
        fail_msg("'%s' has completion '%s'", line, list[0]);
}

static void offers_verbs(void **state)
{
    (void)state;
    complete("");
    assert_int_equal(count, command_table.count);
    complete("rese");
    assert_int_equal(count, 2);
    assert_string_equal(list[0], "reseed");
    assert_string_equal(list[1], "reset");
    assert_only("set p 0.9; da", "data", 11);
    assert_only("set p 0.9\nda", "data", 10);
    assert_only("  quit;qu", "quit", 7);
    assert_none("xyzzy");
}

static void offers_options_and_their_values(void **state)
{
    (void)state;
    assert_only("set opt", "optimizer", 4);
    complete("set ");
    assert_int_equal(count, mmoe_option_count);
    complete("set optimizer ");
    assert_true(offers("adam") && offers("sgd") && offers("default"));
    assert_int_equal(count, 3);
    assert_only("set optimizer s", "sgd", 14);
    assert_only("set optimizer sgd alp", "alpha", 18);
    complete("set bottom-units a");
    assert_true(offers("auto"));
    complete("set p ");
    assert_true(offers("0.5") && offers("default"));
    assert_none("set nothing a");
}

static void offers_pairs(void **state)
{
    (void)state;
    assert_only("set optimizer=s", "optimizer=sgd", 4);
    assert_only("repeat 20 optim", "optimizer=", 10);
    assert_only("repeat 20 lr=1 model=o", "model=omoe", 15);
    assert_only("model omoe expert-u", "expert-units=", 11);
    assert_only("set optimizer=sgd ord", "order", 18); /* a pair is no word of its own */
    assert_none("run model=o");
    assert_none("repeat 20 colour=r");
}

static void offers_what_verbs_take(void **state)
{
    (void)state;
    assert_only("model sing", "single-task", 6);
    assert_only("theme contr", "contrast", 6);
    assert_only("speed m", "max", 6);
    assert_only("data ge", "gen", 5);
    assert_only("reseed ini", "init", 7);
    assert_none("reseed init i");
    assert_only("layout hi", "hist", 7);
    assert_only("describe mac", "machine", 9);
    const char *top = getenv("srcdir");
    struct mmoe_text data = {0};
    mmoe_text_add(&data, "%s/data", top ? top : ".");
    setenv("MMOE_DATA", data.s, 1);
    mmoe_text_done(&data);
    assert_only("preset keras", "keras-mmoe", 7);
    assert_none("preset paper k");
}

static void offers_topics(void **state)
{
    (void)state;
    complete("explain ");
    assert_true(offers("entropy") && offers("lr") && offers("mmoe") && offers("hist") &&
                offers("reseed"));
    size_t loss = 0;
    for (size_t i = 0; i < count; i++)
        loss += strcmp(list[i], "loss") == 0;
    assert_int_equal(loss, 1); /* a verb, a panel and a term: one word */
    assert_only("help und", "undo", 5);
    assert_none("pause ");
    assert_none("pin 1");
}

static void looks_at_what_is_before_the_cursor(void **state)
{
    (void)state;
    command_completions_free(list);
    list = command_complete(&command_table, "sour x.mmoe", 4, &start, &count);
    assert_int_equal(count, 1);
    assert_string_equal(list[0], "source");
    command_completions_free(list);
    list = command_complete(&command_table, "da", 99, &start, &count);
    assert_int_equal(count, 1);
}

static void leaves_comments_alone(void **state)
{
    (void)state;
    assert_none("# da");
    assert_none("set p # opt");
    assert_only("set p 0#9 opt", "optimizer", 10);
    assert_only("# about\nda", "data", 8);
    assert_none("set p \"0.9; da");
}

/* --- files --- */

static char *directory;

static void touch(const char *name)
{
    close(open(name, O_CREAT | O_WRONLY, 0644));
}

static int make_files(void **state)
{
    (void)state;
    static char name[] = "/tmp/mmoe-complete-XXXXXX";
    directory = mkdtemp(name);
    assert_non_null(directory);
    assert_int_equal(chdir(directory), 0);
    setenv("HOME", directory, 1);
    mkdir("lectures", 0755);
    mkdir("two words", 0755);
    touch("lectures/first.mmoe");
    touch("lectures/second.mmoe");
    touch("two words/inside.mmoe");
    touch("my script.mmoe");
    touch("it's.mmoe");
    touch(".hidden");
    return 0;
}

static int drop_files(void **state)
{
    (void)state;
    static const char *const names[] = {"lectures/first.mmoe",
                                        "lectures/second.mmoe",
                                        "two words/inside.mmoe",
                                        "my script.mmoe",
                                        "it's.mmoe",
                                        ".hidden"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    rmdir("lectures");
    rmdir("two words");
    assert_int_equal(chdir("/"), 0);
    return rmdir(directory);
}

static void offers_files(void **state)
{
    (void)state;
    assert_only("source le", "lectures/", 7);
    complete("source lectures/");
    assert_int_equal(count, 2);
    assert_string_equal(list[0], "lectures/first.mmoe");
    assert_only("log lectures/s", "lectures/second.mmoe", 4);
    assert_only("source ~/lectures/f", "~/lectures/first.mmoe", 7);
    assert_only("source .h", ".hidden", 7);
    complete("source ");
    assert_false(offers(".hidden"));
    assert_int_equal(count, 4);
    assert_none("source nowhere/");
    assert_none("source lectures/first.mmoe le");
}

static void quotes_files_that_need_it(void **state)
{
    (void)state;
    assert_only("source my", "\"my script.mmoe\"", 7);
    assert_only("source \"my s", "\"my script.mmoe\"", 7);
    assert_only("source 'my", "'my script.mmoe'", 7);
    assert_only("source it", "\"it's.mmoe\"", 7);
    assert_only("source tw", "\"two words/", 7);
    assert_only("source \"two words/i", "\"two words/inside.mmoe\"", 7);
    assert_only("source \"le", "\"lectures/", 7);
}

static void offers_axes_and_keys_of_studies(void **state)
{
    (void)state;
    complete("sweep s");
    assert_true(offers("seeds=") && offers("store=") && offers("scale=") && offers("steps="));
    assert_only("sweep seeds=4 model=mmoe,om", "model=mmoe,omoe", 14);
    complete("study ");
    assert_true(offers("open") && offers("resume") && offers("store=") && offers("figure-d") &&
                offers("p="));
    complete("study open ");
    assert_true(offers("store=") && !offers("open"));
    assert_only("studies ", "store=", 8);
    assert_only("bench mmoe-3", "mmoe-32", 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offers_verbs),
        cmocka_unit_test(offers_options_and_their_values),
        cmocka_unit_test(offers_pairs),
        cmocka_unit_test(offers_what_verbs_take),
        cmocka_unit_test(offers_axes_and_keys_of_studies),
        cmocka_unit_test(offers_topics),
        cmocka_unit_test(looks_at_what_is_before_the_cursor),
        cmocka_unit_test(leaves_comments_alone),
        cmocka_unit_test(offers_files),
        cmocka_unit_test(quotes_files_that_need_it),
    };
    int failed = cmocka_run_group_tests(tests, make_files, drop_files);
    command_completions_free(list);
    return failed;
}
