/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parser of commands. What a command is logged as is parsed to the same command again. */
#include "tests/fuzz/fuzz.h"
#include "ui/command/command.h"

static void check_same(const struct invocation *a, const struct invocation *b)
{
    fuzz_assert(b && a->command == b->command && a->argc == b->argc);
    fuzz_assert(a->pair_count == b->pair_count);
    for (size_t i = 0; i < a->argc; i++)
        fuzz_assert(strcmp(a->argv[i], b->argv[i]) == 0);
    for (size_t i = 0; i < a->pair_count; i++) {
        fuzz_assert(strcmp(a->pairs[i].key, b->pairs[i].key) == 0);
        fuzz_assert(strcmp(a->pairs[i].value, b->pairs[i].value) == 0);
    }
}

static void check_log(const struct invocation *i)
{
    struct mmoe_error err;
    struct invocation *again = command_parse(&command_table, i->text, false, &err);
    check_same(i, again);
    fuzz_assert(!again->next);
    command_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct mmoe_error err = {.status = MMOE_OK};
    char *text = fuzz_text(bytes, n);
    struct invocation *list = command_parse(&command_table, text, n % 2, &err);
    if (!list)
        fuzz_check_error(err.status, &err);
    for (const struct invocation *i = list; i; i = i->next) {
        fuzz_assert(i->command && i->argc <= COMMAND_WORDS_MAX);
        check_log(i);
    }
    command_free(list);
    free(text);
    return 0;
}
