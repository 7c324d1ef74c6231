/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of verbs keeps its promises to those who read it. */
#include <mmoe/mem.h>

#include "tests/test.h"
#include "ui/command/command.h"
#include "ui/panel/panels.h"

static void has_every_verb_once(void **state)
{
    (void)state;
    static const char *const verbs[] = {
        "set",     "data",   "model",   "step",       "run",      "pause", "reset",   "reseed",
        "repeat",  "speed",  "gates",   "hist",       "loss",     "runs",  "pin",     "compare",
        "dial",    "help",   "explain", "log",        "describe", "undo",  "redo",    "theme",
        "apropos", "source", "export",  "quit",       "layout",   "sweep", "studies", "study",
        "resume",  "stop",   "bench",   "import",     "save",     "load",  "preset",  "what-if",
        "claims",  "report", "fit",     "experiment", "ab",       "goto",  "branch",  "note",
        "lesson",  "open",   "share",
    };
    assert_int_equal(command_table.count, sizeof verbs / sizeof *verbs);
    for (size_t i = 0; i < command_table.count; i++)
        assert_non_null(command_find(&command_table, verbs[i]));
    for (size_t i = 0; i < command_table.count; i++)
        assert_ptr_equal(command_find(&command_table, command_table.verbs[i].name),
                         &command_table.verbs[i]);
}

static void tells_of_each(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_table.count; i++) {
        const struct command *c = &command_table.verbs[i];
        assert_non_null(c->exec);
        assert_non_null(c->synopsis);
        assert_true(strlen(c->help) > 3 && strlen(c->help) < 70);
        assert_int_not_equal(c->help[strlen(c->help) - 1], '.');
        assert_true(strlen(c->more) > 10);
        assert_true(c->most_args > 0 || c->pairs >= PAIRS_OWN || !*c->synopsis);
        assert_int_equal(c->pairs == PAIRS_OPTIONS, strstr(c->synopsis, "key=value") != NULL);
        assert_int_equal(c->pairs != PAIRS_NONE, strchr(c->synopsis, '=') != NULL);
    }
}

static void words_are_there_or_the_option_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_table.count; i++)
        if (command_table.verbs[i].completes == COMPLETES_WORDS && !command_table.verbs[i].words)
            assert_non_null(mmoe_option_find(command_table.verbs[i].name));
}

static size_t count_panels(const char *verb)
{
    size_t n = 0;
    for (const char *const *word = command_find(&command_table, verb)->words; *word; word++)
        n += panel_find(*word) >= 0;
    return n;
}

static void names_every_panel(void **state)
{
    (void)state;
    assert_int_equal(count_panels("layout"), PANEL_COUNT);
    assert_int_equal(count_panels("describe"), PANEL_COUNT);
}

/* What the help shows as an example can be typed. */
static void examples_are_understood(void **state)
{
    (void)state;
    size_t found = 0;
    for (size_t i = 0; i < command_table.count; i++) {
        const char *example = strstr(command_table.verbs[i].more, "Example: ");
        struct mmoe_error err;
        if (!example)
            continue;
        struct invocation *list =
            command_parse(&command_table, example + strlen("Example: "), false, &err);
        if (!list)
            fail_msg("%s: %s", command_table.verbs[i].name, err.text);
        command_free(list);
        found++;
    }
    assert_true(found > 15);
}

TESTS(cmocka_unit_test(has_every_verb_once), cmocka_unit_test(tells_of_each),
      cmocka_unit_test(words_are_there_or_the_option_is), cmocka_unit_test(names_every_panel),
      cmocka_unit_test(examples_are_understood))
