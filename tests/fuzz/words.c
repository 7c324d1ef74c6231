/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.c - the dictionary of the targets, an entry a line, out of the program's own tables. */
#include <ctype.h>
#include <stdio.h>

#include <mmoe/model.h>
#include <mmoe/option.h>

#include "ui/command/command.h"
#include "ui/main/cli.h"
#include "ui/panel/panels.h"

static void word(const char *text)
{
    putchar('"');
    for (; *text; text++)
        printf(isalnum((unsigned char)*text) || *text == '-' ? "%c" : "\\x%02x",
               (unsigned char)*text);
    puts("\"");
}

static void words(const char *const *list)
{
    for (; list && *list; list++)
        word(*list);
}

static void options(void)
{
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *o = &mmoe_option_table[i];
        word(o->name);
        word(o->fallback);
        words(o->words);
        if (o->special)
            word(o->special);
    }
}

int main(void)
{
    static const char *const others[] = {
        "=",      ",",       "/",       "..",    "\033[200~",    "\033[201~", "x_train",
        "y_test", "tasks",   "descr",   "<f4",   "shape",        "SELECT ",   "studies",
        "runs",   "metrics", "losses",  "curve", "CREATE ",      "TRIGGER ",  "VIEW ",
        "ALTER ", "TABLE ",  "UPDATE ", "title", "figure",       "choose",    "panels",
        "series", "dtype",   "F32",     "BF16",  "data_offsets", NULL};
    for (size_t i = 0; i < command_table.count; i++) {
        word(command_table.verbs[i].name);
        words(command_table.verbs[i].words);
    }
    for (size_t i = 0; i < command_term_count; i++)
        word(command_terms[i].name);
    for (size_t i = 0; i < mmoe_model_count(); i++)
        word(mmoe_model_name(mmoe_model_at(i)));
    options();
    words(others);
    return 0;
}
