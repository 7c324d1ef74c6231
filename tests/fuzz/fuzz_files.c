/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Presets, files of commands, and the command line: the words of an input, parted by newlines. */
#include <sys/stat.h>

#include <mmoe/definition.h>

#include "tests/fuzz/fuzz.h"
#include "ui/command/command.h"
#include "ui/main/cli.h"

enum { WORDS_MOST = 32 };

static void preset(const uint8_t *bytes, size_t n)
{
    struct mmoe_about about;
    struct mmoe_options o, was;
    struct mmoe_error err;
    mmoe_options_default(&o);
    was = o;
    mkdir("presets", 0777);
    fuzz_file("presets/fuzzed.conf", bytes, n);
    enum mmoe_status s = mmoe_definition_preset("fuzzed", &o, &about, &err);
    fuzz_check_error(s, &err);
    if (mmoe_failed(s))
        fuzz_assert(memcmp(&was, &o, sizeof o) == 0);
    else
        fuzz_assert(memchr(about.note, '\0', sizeof about.note));
}

static void commands(const uint8_t *bytes, size_t n)
{
    struct mmoe_text text = {0};
    struct mmoe_error err = {.status = MMOE_OK};
    fuzz_file("mmoerc", bytes, n);
    enum mmoe_status s = cli_read("mmoerc", false, &text, &err);
    fuzz_check_error(s, &err);
    if (!mmoe_failed(s) && text.n > 0) {
        struct invocation *list = command_parse(&command_table, text.s, true, &err);
        if (!list)
            fuzz_check_error(err.status, &err);
        command_free(list);
    }
    mmoe_text_done(&text);
}

static void arguments(const uint8_t *bytes, size_t n)
{
    char *text = fuzz_text(bytes, n), *rest = text, *words[WORDS_MOST + 1] = {"mmoe"};
    struct mmoe_options o;
    struct mmoe_error err;
    struct cli c;
    int count = 1;
    for (char *word; count < WORDS_MOST && (word = strsep(&rest, "\n"));)
        words[count++] = word;
    mmoe_options_default(&o);
    enum mmoe_status s = cli_parse(&c, count, words, &err);
    fuzz_check_error(s, &err);
    if (!mmoe_failed(s))
        fuzz_check_error(cli_apply(&c, &o, &err), &err);
    cli_done(&c);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    fuzz_home();
    preset(bytes, n);
    commands(bytes, n);
    arguments(bytes, n);
    return 0;
}
