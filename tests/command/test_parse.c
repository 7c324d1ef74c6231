/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_parse.c - the language on a table of its own: words, quotes, pairs, and what each error
 * names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <mmoe/text.h>

#include "ui/command/command.h"

static enum mmoe_status nothing(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)a, (void)i, (void)err;
    return MMOE_OK;
}

static const struct command verbs[] = {
    {.name = "run", .synopsis = "[N]", .pairs = true, .most_args = 1, .exec = nothing},
    {.name = "set",
     .synopsis = "[KEY [VALUE]]...",
     .pairs = true,
     .most_args = 64,
     .exec = nothing},
    {.name = "quit", .synopsis = "", .exec = nothing},
    {.name = "reset", .synopsis = "", .exec = nothing},
    {.name = "reseed", .synopsis = "[WHICH] [N]", .most_args = 2, .exec = nothing},
};
static const struct command_table table = {verbs, sizeof verbs / sizeof *verbs};

static struct invocation *good(const char *text)
{
    struct mmoe_error err;
    struct invocation *list = command_parse(&table, text, false, &err);
    if (err.status != MMOE_OK)
        fail_msg("%s: %s", text, err.text);
    return list;
}

static void bad(const char *text, const char *said)
{
    struct mmoe_error err;
    struct invocation *list = command_parse(&table, text, false, &err);
    assert_null(list);
    if (!mmoe_failed(err.status) || !strstr(err.text, said))
        fail_msg("'%s' gives '%s', which lacks '%s'", text, err.text, said);
}

/* "verb(arg|arg|key:value)..." */
static void shape(const char *text, const char *expected)
{
    struct mmoe_text t = {0};
    struct invocation *list = good(text);
    mmoe_text_add(&t, "%s", "");
    for (struct invocation *i = list; i; i = i->next) {
        mmoe_text_add(&t, "%s(", i->command->name);
        for (size_t k = 0; k < i->argc; k++)
            mmoe_text_add(&t, "%s|", i->argv[k]);
        for (size_t k = 0; k < i->pair_count; k++)
            mmoe_text_add(&t, "%s:%s|", i->pairs[k].key, i->pairs[k].value);
        mmoe_text_add(&t, ")");
    }
    assert_string_equal(t.s, expected);
    mmoe_text_done(&t);
    command_free(list);
}

static void words_and_breaks(void **state)
{
    (void)state;
    shape("", "");
    shape(" \t\r\n;; \n;", "");
    shape("run", "run()");
    shape("set p 0.9;run 100", "set(p|0.9|)run(100|)");
    shape("set p 0.9\r\nrun\r\n", "set(p|0.9|)run()");
    shape("run lr=0.1 7 batch=64", "run(7|lr:0.1|batch:64|)");
    shape("set caf\xc3\xa9 \xff\xfe", "set(caf\xc3\xa9|\xff\xfe|)");
}

static void comments(void **state)
{
    (void)state;
    shape("# run\nquit # ; run", "quit()");
    shape("quit ;# x ; run \n run", "quit()run()");
    shape("set a#b 1", "set(a#b|1|)");
    shape("set '#a' 1", "set(#a|1|)");
    shape("quit # an \x1b[31m escape ' here", "quit()");
}

static void quotes(void **state)
{
    (void)state;
    shape("set 'a b' \"c;d\"", "set(a b|c;d|)");
    shape("set a'b c'd \"\"", "set(ab cd||)");
    shape("set \"it's\" 'a \"b\"'", "set(it's|a \"b\"|)");
    shape("set 'a\nb'", "set(a\nb|)");
    shape("set 'p=1' p'='2", "set(p=1|p=2|)");
    shape("set 'p'=1", "set(p=1|)");
    shape("run lr='0.1'", "run(lr:0.1|)");
    bad("set 'a b", "'a b' is not closed: add '");
    bad("quit\nset \"x", "add \"");
}

static void verbs_are_matched(void **state)
{
    (void)state;
    struct mmoe_error err;
    bad("rnu", "no command 'rnu': did you mean run?");
    bad("quit; xyzzy", "no command 'xyzzy': help lists the commands");
    bad("p 0.9", "did you mean set p VALUE?");
    bad("p=0.9", "did you mean set p 0.9?");
    bad("''", "no command ''");
    bad("ru", "'ru' is short for run: scripts write verbs in full");
    bad("re", "'re' could be any of reset, reseed"); /* the same */
    assert_ptr_equal(command_match(&table, "ru", true, &err), command_find(&table, "run"));
    assert_ptr_equal(command_match(&table, "reset", true, &err), command_find(&table, "reset"));
    assert_null(command_match(&table, "re", true, &err));
    assert_non_null(strstr(err.text, "'re' could be any of reset, reseed"));
    assert_null(command_match(&table, "", true, &err));
    assert_null(command_match(&table, "RUN", true, &err));
    assert_non_null(strstr(err.text, "did you mean run?"));
    assert_null(command_find(&table, "ru"));
}

static void arguments(void **state)
{
    (void)state;
    char many[400] = "set";
    bad("quit now", "quit takes no argument: 'now' is too much");
    bad("run 1 2", "run takes at most 1 word: '2' is too much (usage: run [N])");
    bad("reseed data lr=1", "reseed takes no key=value: 'lr=1'");
    bad("run lr=", "'lr=' lacks a value");
    bad("set p = 1", "'=' lacks a key");
    for (int i = 0; i < 65; i++)
        strcat(many, " a");
    bad(many, "at most 64 words");
    many[strlen(many) - 2] = '\0';
    command_free(good(many));
}

static void options_are_checked_early(void **state)
{
    (void)state;
    bad("quit; run lrr=1", "lrr");
    bad("run batch=0", "batch");
    bad("run p=2", "2");
    struct invocation *i = good("run lr=0.5 batch=default");
    struct mmoe_options o;
    struct mmoe_error err;
    mmoe_options_default(&o);
    size_t batch = o.batch;
    o.batch = 7;
    assert_int_equal(command_pairs(i, &o, &err), MMOE_OK);
    assert_true(o.lr == 0.5);
    assert_int_equal(o.batch, batch);
    strcpy(i->pairs[1].key, "nonse"); /* half done is not done */
    o.lr = 0.25;
    assert_true(mmoe_failed(command_pairs(i, &o, &err)));
    assert_true(o.lr == 0.25);
    command_free(i);
}

static void control_bytes(void **state)
{
    (void)state;
    bad("set \x1b[31m", "control byte 0x1b");
    bad("se\x7ft p", "control byte 0x7f");
    bad("set 'a\x01"
        "b'",
        "control byte 0x01");
}

static void text_is_kept(void **state)
{
    (void)state;
    struct mmoe_error err;
    struct invocation *i = command_parse(&table, "  ru   'a b'   # why\n", true, &err);
    assert_string_equal(i->text, "run   'a b'");
    command_free(i);
}

/* Whatever the bytes are, the answer is a list or an error, and one error line without control
 * bytes. */
static void any_bytes(void **state)
{
    (void)state;
    static const char alphabet[] = "run set='\"#;\n\t =pqi\x1b\xff\xc3\x7f\\$0.1";
    uint32_t x = 1;
    for (int round = 0; round < 20000; round++) {
        char text[24];
        size_t n = 0;
        for (; n < 1 + (size_t)round % 23; n++) {
            x = x * 1664525u + 1013904223u;
            text[n] = alphabet[(x >> 16) % (sizeof alphabet - 1)];
        }
        text[n] = '\0';
        struct mmoe_error err;
        struct invocation *list = command_parse(&table, text, round % 2, &err);
        assert_true(!list || err.status == MMOE_OK);
        if (mmoe_failed(err.status))
            for (const char *c = err.text; *c; c++)
                assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
        command_free(list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_breaks), cmocka_unit_test(comments),
        cmocka_unit_test(quotes),           cmocka_unit_test(verbs_are_matched),
        cmocka_unit_test(arguments),        cmocka_unit_test(options_are_checked_early),
        cmocka_unit_test(control_bytes),    cmocka_unit_test(text_is_kept),
        cmocka_unit_test(any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
