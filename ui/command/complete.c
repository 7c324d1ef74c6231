/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complete.c - what may stand at the cursor.
 *
 * The line up to the cursor is read as the parser would read it: what matters
 * is the verb of its last command, how many plain words follow, the one before
 * the cursor and the one under it. An open quote belongs to the word, and a
 * file whose name needs quotes is offered in quotes.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <mmoe/definition.h>
#include <mmoe/mem.h>

#include "ui/command/command.h"
#include "ui/panel/panels.h"

struct choices {
    const struct command_table *table;
    char **list;
    size_t count, room;
    const char *typed; /* what each must start with */
};

/* Offer prefix and word as one, where what was typed allows it and it is not there yet. */
static void offer(struct choices *c, const char *prefix, const char *word)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%s%s", prefix, word);
    bool fits = strncmp(t.s, c->typed, strlen(c->typed)) == 0;
    for (size_t i = 0; fits && i < c->count; i++)
        fits = strcmp(c->list[i], t.s) != 0;
    if (!fits) {
        mmoe_text_done(&t);
        return;
    }
    if (c->count + 2 > c->room) {
        size_t room = c->room ? 2 * c->room : 32;
        c->list = mmoe_regrow(c->list, c->room, room, sizeof *c->list);
        c->room = room;
    }
    c->list[c->count++] = t.s;
}

/* --- what there is to offer --- */

static void offer_words(struct choices *c, const char *prefix, const char *const *words)
{
    for (size_t i = 0; words && words[i]; i++)
        offer(c, prefix, words[i]);
}

static void offer_verbs(struct choices *c)
{
    for (size_t i = 0; i < c->table->count; i++)
        offer(c, "", c->table->verbs[i].name);
}

static void offer_options(struct choices *c, const char *suffix)
{
    for (size_t i = 0; i < mmoe_option_count; i++)
        offer(c, mmoe_option_table[i].name, suffix);
}

/* The words an option takes; for a number its default, by value and by name. */
static void offer_values(struct choices *c, const char *prefix, const char *name)
{
    const struct mmoe_option *option = mmoe_option_find(name);
    if (!option)
        return;
    offer_words(c, prefix, option->words);
    if (option->special)
        offer(c, prefix, option->special);
    offer(c, prefix, option->fallback);
    offer(c, prefix, "default");
}

static void offer_defined(struct choices *c, enum mmoe_definition_kind kind)
{
    char(*names)[MMOE_NAME_MAX];
    size_t count;
    mmoe_library_names(kind, &names, &count);
    for (size_t i = 0; i < count; i++)
        offer(c, "", names[i]);
    mmoe_free(names);
}

static void offer_topics(struct choices *c)
{
    for (size_t i = 0; i < command_term_count; i++)
        offer(c, "", command_terms[i].name);
    for (size_t i = 0; i < PANEL_COUNT; i++)
        offer(c, "", panel_table[i]->name);
    for (size_t i = 0; i < mmoe_model_count(); i++)
        offer(c, "", mmoe_model_name(mmoe_model_at(i)));
    offer_options(c, "");
    offer_verbs(c);
}

/* --- files --- */

/* s without its quotes; *open gets the quote that is still open at its end, or 0. */
static char *unquoted(const char *s, char *open)
{
    char *out = mmoe_alloc(strlen(s) + 1, 1), *to = out;
    *open = '\0';
    for (; *s; s++) {
        if (*open ? *s == *open : *s == '"' || *s == '\'')
            *open = *open ? '\0' : *s;
        else
            *to++ = *s;
    }
    return out;
}

/* A path as it must be typed: in quotes where a blank or another quote would part it. */
static char *quoted(const char *path, bool directory, char open)
{
    struct mmoe_text t = {0};
    char quote = open                             ? open
                 : path[strcspn(path, " \t;'\"")] ? (strchr(path, '"') ? '\'' : '"')
                                                  : '\0';
    if (quote)
        mmoe_text_add(&t, "%c", quote);
    mmoe_text_add(&t, "%s", path);
    if (quote && !directory)
        mmoe_text_add(&t, "%c", quote);
    return t.s;
}

static bool is_directory(const char *opened, const char *name)
{
    struct mmoe_text path = {0};
    struct stat st;
    mmoe_text_add(&path, "%s%s", opened, name);
    bool directory = stat(path.s, &st) == 0 && S_ISDIR(st.st_mode);
    mmoe_text_done(&path);
    return directory;
}

/* Offer the entry of a directory where its name starts with stem. typed: the directory as it was
 * typed. */
static void offer_entry(struct choices *c, const char *opened, const char *typed, const char *name,
                        const char *stem, char quote)
{
    if (strncmp(name, stem, strlen(stem)) != 0 || (name[0] == '.' && stem[0] != '.') ||
        strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return;
    bool directory = is_directory(opened, name);
    struct mmoe_text path = {0};
    mmoe_text_add(&path, "%s%s%s", typed, name, directory ? "/" : "");
    char *word = quoted(path.s, directory, quote);
    c->typed = ""; /* it fits: a quote may be new at its start */
    offer(c, "", word);
    mmoe_free(word);
    mmoe_text_done(&path);
}

static void offer_files(struct choices *c)
{
    char quote;
    char *typed = unquoted(c->typed, &quote), *slash = strrchr(typed, '/');
    char *stem = mmoe_strdup(slash ? slash + 1 : typed);
    typed[slash ? slash + 1 - typed : 0] = '\0';
    char *opened = command_path(typed);
    DIR *d = opendir(*opened ? opened : ".");
    for (struct dirent *e; d && (e = readdir(d));)
        offer_entry(c, opened, typed, e->d_name, stem, quote);
    if (d)
        closedir(d);
    mmoe_free(opened);
    mmoe_free(stem);
    mmoe_free(typed);
}

/* --- where the cursor is --- */

struct place {
    char *verb;     /* of the last command, or NULL: the cursor is on it */
    char *previous; /* the plain word before the cursor's, or NULL */
    size_t plain;   /* plain words between verb and cursor */
    char *word;     /* under the cursor; "" between words */
    bool comment;
};

/* The word that ended is not the one under the cursor. */
static void end_word(struct place *p, char *end)
{
    if (!p->word)
        return;
    *end = '\0';
    if (!p->verb) {
        p->verb = p->word;
    } else if (!strchr(p->word, '=')) {
        p->previous = p->word;
        p->plain++;
    }
    p->word = NULL;
}

/* Cut text into words; the last of them is the cursor's. */
static void locate(char *text, struct place *p)
{
    char quote = 0, *s = text;
    memset(p, 0, sizeof *p);
    for (; *s; s++) {
        char c = *s;
        if (p->comment) {
            p->comment = c != '\n';
        } else if (quote) {
            quote = c == quote ? '\0' : quote;
        } else if (c == ';' || c == '\n') {
            *s = '\0';
            memset(p, 0, sizeof *p);
        } else if (c == ' ' || c == '\t' || c == '\r') {
            end_word(p, s);
        } else if (!p->word && c == '#') {
            p->comment = true;
        } else {
            p->word = p->word ? p->word : s;
            quote = c == '"' || c == '\'' ? c : '\0';
        }
    }
    p->word = p->word ? p->word : s;
}

/* The value after key=, or the last of several. */
static void offer_pair(struct choices *c, const char *equals, bool several)
{
    struct mmoe_text name = {0}, prefix = {0};
    const char *comma = several ? strrchr(equals, ',') : NULL;
    mmoe_text_add(&name, "%.*s", (int)(equals - c->typed), c->typed);
    mmoe_text_add(&prefix, "%.*s", (int)((comma ? comma : equals) + 1 - c->typed), c->typed);
    offer_values(c, prefix.s, name.s);
    mmoe_text_done(&name);
    mmoe_text_done(&prefix);
}

/* KEY VALUE KEY VALUE ... */
static void offer_setting(struct choices *c, const struct place *p)
{
    if (p->plain % 2 == 0)
        offer_options(c, "");
    else
        offer_values(c, "", p->previous);
}

/* A verb's own words: its keys, or the others. */
static void offer_own(struct choices *c, const struct command *command, bool keys)
{
    for (size_t i = 0; command->words && command->words[i]; i++)
        if ((strchr(command->words[i], '=') != NULL) == keys)
            offer(c, "", command->words[i]);
}

static void offer_argument(struct choices *c, const struct command *command, const struct place *p)
{
    if (p->plain >= command->most_args)
        return;
    switch (command->completes) {
    case COMPLETES_OPTION: offer_setting(c, p); return;
    case COMPLETES_MODEL: offer_words(c, "", mmoe_option_find("model")->words); return;
    case COMPLETES_PRESET: offer_defined(c, MMOE_PRESETS); return;
    case COMPLETES_WORDS: /* without words of its own a verb is named as the option it sets */
        if (!command->words)
            offer_values(c, "", command->name);
        else if (p->plain == 0)
            offer_own(c, command, false);
        return;
    case COMPLETES_FILE:
        if (p->plain == 0)
            offer_own(c, command, false);
        offer_files(c);
        return;
    case COMPLETES_VERB:
        offer_verbs(c);
        offer(c, "", "keys");
        return;
    case COMPLETES_TOPIC: offer_topics(c); return;
    case COMPLETES_STUDY:
        if (p->plain == 0)
            offer_own(c, command, false);
        if (p->plain == 0)
            offer_defined(c, MMOE_STUDIES);
        return;
    case COMPLETES_LESSON:
        offer_own(c, command, false);
        offer_defined(c, MMOE_LESSONS);
        return;
    case COMPLETES_NOTHING: return;
    }
}

static void offer_at(struct choices *c, const struct place *p)
{
    struct mmoe_error err;
    const char *equals = strchr(p->word, '=');
    const struct command *command = p->verb ? command_match(c->table, p->verb, true, &err) : NULL;
    c->typed = p->word;
    if (p->comment)
        return;
    if (!p->verb) {
        offer_verbs(c);
    } else if (command && equals && command->pairs && command->pairs != PAIRS_OWN) {
        offer_pair(c, equals, command->pairs == PAIRS_GRID);
    } else if (command) {
        offer_argument(c, command, p);
        offer_own(c, command, true);
        if ((command->pairs == PAIRS_OPTIONS || command->pairs == PAIRS_GRID) &&
            command->completes != COMPLETES_OPTION) /* set takes them as words, too */
            offer_options(c, "=");
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **command_complete(const struct command_table *table, const char *line, size_t point,
                        size_t *start, size_t *count)
{
    size_t n = strlen(line);
    char *text = mmoe_strdup(line);
    struct choices c = {.table = table};
    struct place p;
    text[point < n ? point : n] = '\0';
    locate(text, &p);
    offer_at(&c, &p);
    if (c.count > 1)
        qsort(c.list, c.count, sizeof *c.list, by_name);
    *start = (size_t)(p.word - text);
    *count = c.count;
    mmoe_free(text);
    return c.list;
}

void command_completions_free(char **list)
{
    for (char **word = list; word && *word; word++)
        mmoe_free(*word);
    mmoe_free(list);
}
