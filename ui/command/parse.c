/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parse.c - from text to commands.
 *
 * One pass of a small state machine: blanks part words, quotes keep whatever
 * they hold and may stand anywhere in a word, `#` at the start of a word hides
 * the rest of its line. A word whose unquoted beginning reads `key=` is a
 * pair. There is no escape character: the other kind of quote holds a quote.
 *
 * All that can be known to be wrong before anything runs is said here: verbs,
 * the number of words, the names and values of options. Bytes above 0x7f are
 * letters like any other; control bytes have no place in a command.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>

#include "ui/command/command.h"

/* --- verbs --- */

const struct command *command_find(const struct command_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->verbs[i].name, name) == 0)
            return &table->verbs[i];
    return NULL;
}

static const char *nearest_verb(const struct command_table *table, const char *word)
{
    const char **names = mmoe_alloc(table->count, sizeof *names);
    for (size_t i = 0; i < table->count; i++)
        names[i] = table->verbs[i].name;
    const char *found = mmoe_nearest(word, names, table->count);
    mmoe_free(names);
    return found;
}

/* Words of other programs and of every day, and where they lead. */
static const char *everyday(const char *word)
{
    static const struct {
        const char *words, *leads;
    } all[] = {
        {" exit bye logout close :q :wq ", "quit leaves, and so does Ctrl-D"},
        {" go start train begin play fit_model ", "run trains the model that is set"},
        {" demo example examples show tour ",
         "try: model shared-bottom; ab mmoe; run, or repeat 20"},
        {" tutorial lessons learn course intro hello hi guide manual man ",
         "lesson correlation is a first lesson, lesson lists them; explain X tells what a word on "
         "the screen means, help lists the commands"},
        {" why how who huh ", "explain X tells what a word on the screen means, describe X what a "
                              "panel shows now"},
        {" clear cls reset_all ",
         "Ctrl-L draws the screen anew; reset takes the run back to step 0"},
        {" plot draw graph chart figure ", "export loss.pdf draws a panel; layout fit shows one"},
        {" options settings config preferences params ", "set lists all options"},
        {" list ls dir ", "runs lists runs, studies lists studies, set lists options"},
        {" models architectures ", "model lists them"},
        {" halt abort kill cancel end ", "Ctrl-C pauses training; stop ends repeats and studies"},
        {" back revert rewind ",
         "goto 1000 goes back to a step of the run, reset to step 0; undo takes "
         "the last change of settings back"},
        {" knob slider turn ", "dial p turns p with the arrow keys"},
        {" faster slower ", "speed max, speed 20: steps a second"},
        {" generate gen rows dataset ", "data gen makes rows"},
        {" versus vs against ", "compare shared-bottom mmoe seeds=20, or ab mmoe beside the run"},
    };
    char padded[48];
    if (strlen(word) + 3 > sizeof padded)
        return NULL;
    snprintf(padded, sizeof padded, " %s ", word);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strstr(all[i].words, padded))
            return all[i].leads;
    return NULL;
}

/* The word is no verb; perhaps an option was meant. */
static void refuse_verb(const struct command_table *table, const char *word, struct mmoe_error *err)
{
    size_t n = strcspn(word, "=");
    char key[40] = "";
    if (n < sizeof key)
        memcpy(key, word, n);
    const char *near = nearest_verb(table, word), *leads = everyday(word);
    if (leads)
        mmoe_fail(err, MMOE_UNKNOWN, "no command '%.60s': %s", word, leads);
    else if (mmoe_option_find(key))
        mmoe_fail(err, MMOE_UNKNOWN,
                  "no command '%.60s': %s is an option, did you mean set %s %.40s?", word, key, key,
                  word[n] ? word + n + 1 : "VALUE");
    else if (near)
        mmoe_fail(err, MMOE_UNKNOWN, "no command '%.60s': did you mean %s?", word, near);
    else
        mmoe_fail(err, MMOE_UNKNOWN, "no command '%.60s': help lists the commands", word);
}

/* The verbs that start with word; *count of them, the first returned, all named in *names. */
static const struct command *starting_with(const struct command_table *table, const char *word,
                                           size_t *count, struct mmoe_text *names)
{
    const struct command *first = NULL;
    *count = 0;
    for (size_t i = 0; i < table->count; i++) {
        if (strncmp(table->verbs[i].name, word, strlen(word)) != 0)
            continue;
        if (!first)
            first = &table->verbs[i];
        mmoe_text_add(names, "%s%s", *count ? ", " : "", table->verbs[i].name);
        *count += 1;
    }
    return first;
}

const struct command *command_match(const struct command_table *table, const char *word,
                                    bool prefixes, struct mmoe_error *err)
{
    const struct command *found = command_find(table, word);
    if (found)
        return found;
    size_t count = 0;
    struct mmoe_text names = {0};
    if (*word && !everyday(word) && (prefixes || !mmoe_option_find(word)))
        found = starting_with(table, word, &count, &names);
    if (count == 0)
        refuse_verb(table, word, err);
    else if (!prefixes)
        mmoe_fail(err, MMOE_UNKNOWN, "'%.60s' %s %s: scripts write verbs in full", word,
                  count > 1 ? "could be any of" : "is short for", names.s);
    else if (count > 1)
        mmoe_fail(err, MMOE_UNKNOWN, "'%.60s' could be any of %s", word, names.s);
    mmoe_text_done(&names);
    return count == 1 && prefixes ? found : NULL;
}

/* --- words --- */

enum token { TOKEN_WORD, TOKEN_BREAK, TOKEN_END, TOKEN_BAD };

struct lexer {
    const char *at;        /* the next byte */
    const char *start;     /* of the word just read */
    struct mmoe_text word; /* without its quotes */
    size_t equals;         /* offset in word of the = of key=value; 0: a plain word */
    struct mmoe_error *err;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_break(char c)
{
    return c == '\n' || c == ';';
}

static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

/* Bytes of a word up to its next turn: an =, a quote, its end; at least one. */
static size_t plain_run(const char *s)
{
    size_t n = 1;
    while (s[n] && !is_blank(s[n]) && !is_break(s[n]) && !is_control(s[n]) && !strchr("='\"", s[n]))
        n++;
    return n;
}

static bool is_key(const char *s, size_t n)
{
    if (n == 0 || !isalpha((unsigned char)s[0]))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)s[i]) && !strchr(".-_,", s[i]))
            return false;
    return true;
}

/* The quoted part that begins at the cursor; false where it does not end. */
static bool read_quoted(struct lexer *l)
{
    char quote = *l->at;
    const char *start = ++l->at;
    while (*l->at && *l->at != quote && !is_control(*l->at))
        l->at++;
    if (is_control(*l->at))
        return false;
    if (*l->at == '\0') {
        mmoe_fail(l->err, MMOE_INVALID,
                  "the quote before '%.40s' is not closed: add %c, or quote it with the other kind",
                  start, quote);
        return false;
    }
    mmoe_text_add(&l->word, "%.*s", (int)(l->at - start), start);
    l->at++;
    return true;
}

static enum token read_word(struct lexer *l)
{
    bool quoted = false;
    mmoe_text_clear(&l->word);
    mmoe_text_add(&l->word, "%s", "");
    l->start = l->at;
    l->equals = 0;
    while (*l->at && !is_blank(*l->at) && !is_break(*l->at) && !is_control(*l->at)) {
        if (*l->at == '"' || *l->at == '\'') {
            quoted = true;
            if (!read_quoted(l))
                break;
            continue;
        }
        if (*l->at == '=' && !quoted && !l->equals && is_key(l->word.s, l->word.n))
            l->equals = l->word.n;
        size_t n = plain_run(l->at);
        mmoe_text_add(&l->word, "%.*s", (int)n, l->at);
        l->at += n;
    }
    if (is_control(*l->at)) {
        mmoe_fail(l->err, MMOE_INVALID, "control byte 0x%02x after '%.40s': remove it",
                  (unsigned)(unsigned char)*l->at, l->word.s);
        return TOKEN_BAD;
    }
    return mmoe_failed(l->err->status) ? TOKEN_BAD : TOKEN_WORD;
}

static enum token next_token(struct lexer *l)
{
    while (is_blank(*l->at))
        l->at++;
    if (*l->at == '#')
        l->at += strcspn(l->at, "\n");
    if (*l->at == '\0')
        return TOKEN_END;
    if (is_break(*l->at)) {
        l->at++;
        return TOKEN_BREAK;
    }
    return read_word(l);
}

/* --- commands --- */

static void invocation_free(struct invocation *i)
{
    for (size_t k = 0; k < i->argc; k++)
        mmoe_free(i->argv[k]);
    for (size_t k = 0; k < i->pair_count; k++) {
        mmoe_free(i->pairs[k].key);
        mmoe_free(i->pairs[k].value);
    }
    mmoe_free(i->text);
    mmoe_free(i);
}

void command_free(struct invocation *list)
{
    while (list) {
        struct invocation *next = list->next;
        invocation_free(list);
        list = next;
    }
}

static enum mmoe_status add_pair(struct invocation *i, const struct lexer *l)
{
    const char *value = l->word.s + l->equals + 1;
    if (!i->command->pairs)
        return mmoe_fail(l->err, MMOE_INVALID, "%s takes no key=value: '%.60s' (usage: %s %s)",
                         i->command->name, l->word.s, i->command->name, i->command->synopsis);
    if (*value == '\0')
        return mmoe_fail(l->err, MMOE_INVALID,
                         "'%.60s' lacks a value: write %.60sVALUE without blanks", l->word.s,
                         l->word.s);
    if (i->pair_count == COMMAND_WORDS_MAX)
        return mmoe_fail(l->err, MMOE_LIMIT, "more than %d key=value pairs after %s: '%.60s'",
                         COMMAND_WORDS_MAX, i->command->name, l->word.s);
    char *key = mmoe_alloc(l->equals + 1, 1);
    memcpy(key, l->word.s, l->equals);
    i->pairs[i->pair_count].key = key;
    i->pairs[i->pair_count++].value = mmoe_strdup(value);
    if (i->command->pairs != PAIRS_OPTIONS)
        return MMOE_OK;
    struct mmoe_options scratch;
    mmoe_options_default(&scratch);
    return mmoe_option_set(&scratch, key, value, l->err);
}

static enum mmoe_status add_argument(struct invocation *i, const struct lexer *l)
{
    size_t most = i->command->most_args;
    if (*l->start == '=')
        return mmoe_fail(l->err, MMOE_INVALID,
                         "'%.60s' lacks a key: write key=value without blanks", l->word.s);
    if (i->argc < most && i->argc < COMMAND_WORDS_MAX) {
        i->argv[i->argc++] = mmoe_strdup(l->word.s);
        return MMOE_OK;
    }
    if (most == 0)
        return mmoe_fail(l->err, MMOE_INVALID, "%s takes no argument: '%.60s' is too much",
                         i->command->name, l->word.s);
    most = most < COMMAND_WORDS_MAX ? most : (size_t)COMMAND_WORDS_MAX;
    return mmoe_fail(l->err, MMOE_INVALID,
                     "%s takes at most %s: '%.60s' is too much (usage: %s %s)", i->command->name,
                     MMOE_COUNTED(most, "word"), l->word.s, i->command->name, i->command->synopsis);
}

/* "gate?", "what is a gate", "?": what explain answers. */
static bool is_question(const struct lexer *l)
{
    size_t n = l->word.n;
    const char *next = l->at + strspn(l->at, " \t");
    bool what = strcmp(l->word.s, "what") == 0 &&
                (strncmp(next, "is ", 3) == 0 || strncmp(next, "are ", 4) == 0 ||
                 strncmp(next, "does ", 5) == 0);
    return what || (n > 0 && l->word.s[n - 1] == '?' && !l->equals);
}

/* The command whose verb was just read, up to its break; NULL on failure. */
static struct invocation *read_command(const struct command_table *table, struct lexer *l,
                                       bool prefixes, enum token *end)
{
    struct invocation *i = mmoe_alloc(1, sizeof *i);
    bool asks = is_question(l);
    i->table = table;
    i->command = asks ? command_find(table, "explain")
                      : command_match(table, l->word.s, prefixes, l->err);
    if (!i->command)
        goto fail;
    i->abbreviated = !asks && strcmp(l->word.s, i->command->name) != 0;
    const char *rest = asks ? l->start : l->at, *last = l->at;
    if (asks && strcmp(l->word.s, "?") != 0)
        i->argv[i->argc++] = mmoe_strdup(l->word.s);
    while ((*end = next_token(l)) == TOKEN_WORD) {
        if (mmoe_failed(l->equals ? add_pair(i, l) : add_argument(i, l)))
            goto fail;
        last = l->at;
    }
    if (*end == TOKEN_BAD)
        goto fail;
    struct mmoe_text text = {0};
    mmoe_text_add(&text, "%s%s%.*s", i->command->name, asks ? " " : "", (int)(last - rest), rest);
    i->text = text.s;
    return i;
fail:
    invocation_free(i);
    return NULL;
}

struct invocation *command_parse(const struct command_table *table, const char *text, bool prefixes,
                                 struct mmoe_error *err)
{
    struct lexer l = {.at = text, .err = err};
    struct invocation *first = NULL, **link = &first;
    enum token t = TOKEN_BREAK;
    *err = (struct mmoe_error){MMOE_OK, ""};
    while (t != TOKEN_END) {
        t = next_token(&l);
        if (t == TOKEN_WORD) {
            *link = read_command(table, &l, prefixes, &t);
            if (*link)
                link = &(*link)->next;
        }
        if (mmoe_failed(err->status)) {
            command_free(first);
            first = NULL;
            break;
        }
    }
    mmoe_text_done(&l.word);
    return first;
}
