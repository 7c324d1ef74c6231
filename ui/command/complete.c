/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complete.c - what may stand at the cursor.
 *
 * The line up to the cursor is cut at `;` and newlines outside quotes; of its
 * last command the words before the cursor say what the word under it can be.
 */
#include "ui/command/command.h"
#include "ui/panel/panels.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { WORDS_MAX = 64 };

struct choices {
    char **list;
    size_t count, room;
    const char *typed; /* what each must start with */
};

static void offer(struct choices *c, const char *prefix, const char *word)
{
    size_t n = strlen(prefix);
    if (strncmp(c->typed, prefix, n) != 0 || strncmp(c->typed + n, word, strlen(c->typed) - n) != 0)
        return;
    if (c->count + 2 > c->room) {
        size_t room = c->room ? 2 * c->room : 32;
        char **grown = realloc(c->list, room * sizeof *grown);
        if (!grown)
            return;
        c->list = grown;
        c->room = room;
    }
    char *whole = malloc(n + strlen(word) + 1);
    if (!whole)
        return;
    strcpy(whole, prefix);
    strcat(whole, word);
    c->list[c->count++] = whole;
    c->list[c->count] = NULL;
}

/* --- what there is to offer --- */

static void offer_verbs(struct choices *c)
{
    for (size_t i = 0; i < command_count; i++)
        offer(c, "", command_table[i].name);
}

static void offer_options(struct choices *c, const char *suffix)
{
    char word[64];
    for (size_t i = 0; i < mmoe_option_count; i++) {
        size_t n = strlen(mmoe_option_table[i].name);
        if (n + strlen(suffix) >= sizeof word)
            continue;
        strcpy(word, mmoe_option_table[i].name);
        strcpy(word + n, suffix);
        offer(c, "", word);
    }
}

static void offer_words(struct choices *c, const char *prefix, const char *const *words)
{
    for (size_t i = 0; words && words[i]; i++)
        offer(c, prefix, words[i]);
}

static void offer_values(struct choices *c, const char *prefix, const char *name)
{
    const struct mmoe_option *option = mmoe_option_find(name);
    if (!option)
        return;
    offer_words(c, prefix, option->words);
    if (option->special)
        offer(c, prefix, option->special);
    offer(c, prefix, "default");
}

static void offer_topics(struct choices *c)
{
    for (size_t i = 0; i < command_term_count; i++)
        offer(c, "", command_terms[i].name);
    for (size_t i = 0; i < PANEL_COUNT; i++)
        offer(c, "", panel_table[i]->name);
    offer_options(c, "");
}

static void offer_entry(struct choices *c, const char *directory, const struct dirent *e, const char *open_as)
{
    char path[4096], word[300];
    struct stat st;
    if (strlen(open_as) + strlen(e->d_name) + 2 > sizeof path || strlen(e->d_name) + 2 > sizeof word)
        return;
    strcpy(path, open_as);
    strcat(path, e->d_name);
    strcpy(word, e->d_name);
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        strcat(word, "/");
    offer(c, directory, word);
}

static void offer_files(struct choices *c)
{
    char directory[4096] = "", open_as[4096] = "";
    const char *slash = strrchr(c->typed, '/'), *home = getenv("HOME");
    size_t n = slash ? (size_t)(slash - c->typed) + 1 : 0;
    bool tilde = strncmp(c->typed, "~/", 2) == 0 && home;
    if (n + (tilde ? strlen(home) : 0) >= sizeof directory)
        return;
    memcpy(directory, c->typed, n);
    directory[n] = '\0';
    strcpy(open_as, tilde ? home : "");
    strcat(open_as, directory + tilde);
    DIR *d = opendir(n ? open_as : ".");
    for (struct dirent *e; d && (e = readdir(d));) {
        bool hidden = e->d_name[0] == '.' && c->typed[n] != '.';
        if (!hidden && strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            offer_entry(c, directory, e, open_as);
    }
    if (d)
        closedir(d);
}

/* --- where the cursor is --- */

/* Cut text into the words of its last command; the last one, NULL where it is still empty, is at the cursor. */
static size_t cut(char *text, char **words)
{
    size_t count = 0;
    char quote = 0;
    bool in_word = false;
    for (char *s = text; *s; s++) {
        bool end = !quote && (*s == ';' || *s == '\n');
        if (end)
            count = 0;
        if (end || (!quote && (*s == ' ' || *s == '\t'))) {
            *s = '\0';
            in_word = false;
            continue;
        }
        if (*s == '"' || *s == '\'')
            quote = !quote ? *s : quote == *s ? 0 : quote;
        if (!in_word && count < WORDS_MAX - 1)
            words[count++] = s;
        in_word = true;
    }
    if (!in_word)
        words[count++] = NULL;
    return count;
}

static void offer_argument(struct choices *c, const struct command *command, char *const *before, size_t count)
{
    switch (command->completes) {
    case COMPLETES_OPTION:
        if (count % 2 == 0)
            offer_options(c, "");
        else
            offer_values(c, "", before[count - 1]);
        return; /* set takes its options as words */
    case COMPLETES_MODEL:
        offer_words(c, "", count == 0 ? mmoe_option_find("model")->words : NULL);
        break;
    case COMPLETES_WORDS:
        offer_words(c, "", count == 0 ? command->words : NULL);
        break;
    case COMPLETES_FILE:
        if (count == 0)
            offer_files(c);
        else
            for (size_t i = 0; i < PANEL_COUNT; i++)
                offer(c, "", panel_table[i]->name);
        break;
    case COMPLETES_VERB:
        offer_verbs(c);
        offer(c, "", "keys");
        break;
    case COMPLETES_TOPIC:
        offer_topics(c);
        break;
    case COMPLETES_NOTHING:
        break;
    }
    if (command->pairs)
        offer_options(c, "=");
}

/* The value after key=. */
static void offer_pair(struct choices *c, const char *equals)
{
    char prefix[80];
    size_t n = (size_t)(equals - c->typed);
    if (n + 2 > sizeof prefix)
        return;
    memcpy(prefix, c->typed, n);
    prefix[n] = '\0';
    char name[80];
    strcpy(name, prefix);
    strcat(prefix, "=");
    offer_values(c, prefix, name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **command_complete(const char *line, size_t point, size_t *start, size_t *count)
{
    char *text = strndup(line, point), *words[WORDS_MAX];
    struct choices c = {.typed = ""};
    *count = 0;
    *start = point;
    if (!text)
        return NULL;
    size_t n = cut(text, words);
    char *last = n ? words[n - 1] : NULL;
    c.typed = last ? last : "";
    *start = last ? (size_t)(last - text) : point;
    const char *equals = strchr(c.typed, '=');
    const struct command *command = n > 1 ? command_match(words[0], true, NULL) : NULL;
    if (n <= 1)
        offer_verbs(&c);
    else if (command && equals && command->pairs)
        offer_pair(&c, equals);
    else if (command)
        offer_argument(&c, command, words + 1, n - 2);
    if (c.count > 1)
        qsort(c.list, c.count, sizeof *c.list, by_name);
    free(text);
    *count = c.count;
    return c.list;
}

void command_completions_free(char **list)
{
    for (char **word = list; word && *word; word++)
        free(*word);
    free(list);
}
