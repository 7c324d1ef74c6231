/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * teach.c - explain, help, apropos: the program says what words mean and how it is spoken to.
 *
 * All texts come from the tables: verbs, options, models, panels, terms. A word
 * may be several of these (`loss` is a verb, a panel and a term): `explain`
 * tells all it is, what is seen before how it is set.
 */
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/moot.h>
#include <mmoe/run.h>
#include <mmoe/source.h>

#include "ui/command/command.h"
#include "ui/panel/panels.h"

enum { WRAP = 78 };

/* --- telling --- */

/* text broken at blanks, so that a terminal of 80 columns does not break words. */
static void add_wrapped(struct mmoe_text *t, const char *text)
{
    size_t column = 0;
    for (;;) {
        size_t n = strcspn(text, " \n");
        if (column > 0 && column + 1 + n > WRAP) {
            mmoe_text_add(t, "\n");
            column = 0;
        }
        mmoe_text_add(t, "%s%.*s", column ? " " : "", (int)n, text);
        column += n + (column > 0);
        text += n;
        if (*text == '\0')
            return;
        if (*text == '\n') {
            mmoe_text_add(t, "\n");
            column = 0;
        }
        text++;
    }
}

/* A heading and its text, after what is there. */
static void add_section(struct mmoe_text *t, const char *head, const char *text)
{
    mmoe_text_add(t, "%s%s\n%s", t->n ? "\n\n" : "", head, text);
}

/* A list, whose lines stay as they are. */
static void tell_lines(struct app *a, struct mmoe_text *t)
{
    app_tell(a, t->s ? t->s : "");
    mmoe_text_done(t);
}

/* Paragraphs, wrapped once: by the log at the width it has, elsewhere here. */
void command_tell(struct app *a, struct mmoe_text *t)
{
    struct mmoe_text wrapped = {0};
    if (a->sink.mode != EVENT_SCREEN)
        add_wrapped(&wrapped, t->s ? t->s : "");
    app_tell(a, wrapped.s ? wrapped.s : t->s ? t->s : "");
    mmoe_text_done(&wrapped);
    mmoe_text_done(t);
}

/* The words of a command as one: `explain dead ReLU`. */
static struct mmoe_text join(const struct invocation *i)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%s", "");
    for (size_t k = 0; k < i->argc; k++)
        mmoe_text_add(&t, "%s%s", k ? " " : "", i->argv[k]);
    return t;
}

/* --- topics --- */

/* Is word one of those parted by commas in list? */
static bool is_among(const char *word, const char *list)
{
    size_t n = strlen(word);
    while (list && *list) {
        size_t k = strcspn(list, ",");
        if (k == n && strncasecmp(list, word, n) == 0)
            return true;
        list += k + (list[k] == ',');
    }
    return false;
}

static const struct command_term *find_term(const char *name)
{
    for (size_t i = 0; i < command_term_count; i++)
        if (is_among(name, command_terms[i].name) || is_among(name, command_terms[i].also))
            return &command_terms[i];
    return NULL;
}

static void add_verb(struct mmoe_text *t, const struct command *c)
{
    struct mmoe_text head = {0};
    mmoe_text_add(&head, "%s%s%s\n%s", c->name, *c->synopsis ? " " : "", c->synopsis, c->help);
    add_section(t, head.s, c->more);
    mmoe_text_done(&head);
}

/* now: the present settings, beside which the option may change nothing. */
static void add_option(struct mmoe_text *t, const struct mmoe_option *option,
                       const struct mmoe_options *now)
{
    struct mmoe_text head = {0}, moot = {0};
    const struct mmoe_moot *rule = mmoe_moot_find(now, option);
    mmoe_text_add(&head, "option %s: %s\n", option->name, option->help);
    mmoe_option_range(option, &head);
    mmoe_text_add(&head, "; default ");
    mmoe_option_tell_default(option, &head);
    if (!mmoe_run_heeds(now, option))
        mmoe_text_add(&head, "; with this data and model it changes nothing");
    add_section(t, head.s, option->more);
    if (rule) {
        mmoe_moot_tell(rule, now, &moot);
        add_section(t, "as it is set now", moot.s);
    }
    mmoe_text_done(&moot);
    mmoe_text_done(&head);
}

static void add_model(struct mmoe_text *t, const struct mmoe_model *model)
{
    struct mmoe_text head = {0};
    mmoe_text_add(&head, "model %s: %s", mmoe_model_name(model), mmoe_model_title(model));
    add_section(t, head.s, mmoe_model_help(model));
    mmoe_text_done(&head);
}

static void add_panel(struct mmoe_text *t, const struct panel *panel)
{
    struct mmoe_text head = {0};
    mmoe_text_add(&head, "panel %s: %s", panel->name, panel->title);
    add_section(t, head.s, panel->explain);
    mmoe_text_done(&head);
}

static void add_term(struct mmoe_text *t, const struct command_term *term)
{
    struct mmoe_text head = {0};
    mmoe_text_add(&head, "%s", term->name);
    for (const char *word = term->also; word && *word; word += strspn(word, ",")) {
        int n = (int)strcspn(word, ",");
        mmoe_text_add(&head, ", %.*s", n, word);
        word += n;
    }
    add_section(t, head.s, term->text);
    mmoe_text_done(&head);
}

/* --- help --- */

static void help_all(struct app *a, const struct command_table *table)
{
    struct mmoe_text t = {0};
    for (size_t i = 0; i < table->count; i++)
        mmoe_text_add(&t, "%-9s %s\n", table->verbs[i].name, table->verbs[i].help);
    mmoe_text_add(&t, "; or a new line separates commands, # begins a comment\n"
                      "help VERB tells more of one, help keys the keys\n"
                      "`set` lists the options, explain X tells of all else");
    tell_lines(a, &t);
}

enum mmoe_status command_help(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_text t = {0};
    if (i->argc == 0) {
        help_all(a, i->table);
        return MMOE_OK;
    }
    const char *word = i->argv[0];
    if (strcmp(word, "keys") == 0) {
        add_term(&t, find_term("keys"));
        tell_lines(a, &t);
        return MMOE_OK;
    }
    const struct command *c = command_match(i->table, word, true, err);
    if (!c && find_term(word))
        return mmoe_fail(err, MMOE_UNKNOWN, "'%.60s' is no command: explain %.60s tells what it is",
                         word, word);
    if (!c)
        return MMOE_UNKNOWN;
    add_verb(&t, c);
    command_tell(a, &t);
    return MMOE_OK;
}

/* --- explain --- */

/* The nearest of everything that can be explained. */
static enum mmoe_status unknown_topic(const struct command_table *table, const char *word,
                                      struct mmoe_error *err)
{
    size_t count = 0, room = command_term_count + PANEL_COUNT + mmoe_option_count + table->count +
                             mmoe_model_count();
    const char **words = mmoe_alloc(room, sizeof *words);
    for (size_t i = 0; i < command_term_count; i++)
        words[count++] = command_terms[i].name;
    for (size_t i = 0; i < PANEL_COUNT; i++)
        words[count++] = panel_table[i]->name;
    for (size_t i = 0; i < mmoe_option_count; i++)
        words[count++] = mmoe_option_table[i].name;
    for (size_t i = 0; i < table->count; i++)
        words[count++] = table->verbs[i].name;
    for (size_t i = 0; i < mmoe_model_count(); i++)
        words[count++] = mmoe_model_name(mmoe_model_at(i));
    const char *near = mmoe_nearest(word, words, count);
    mmoe_free(words);
    if (near)
        return mmoe_fail(err, MMOE_UNKNOWN, "nothing to explain under '%.60s': did you mean %s?",
                         word, near);
    return mmoe_fail(err, MMOE_UNKNOWN, "nothing to explain under '%.60s': apropos WORD searches",
                     word);
}

static void list_topics(struct app *a)
{
    struct mmoe_text t = {0}, words = {0};
    for (size_t i = 0; i < command_term_count; i++)
        mmoe_text_add(&words, "%s%s", i ? ", " : "", command_terms[i].name);
    add_section(&t, "terms", words.s);
    mmoe_text_clear(&words);
    for (size_t i = 0; i < PANEL_COUNT; i++)
        mmoe_text_add(&words, "%s%s", i ? ", " : "", panel_table[i]->name);
    add_section(&t, "panels", words.s);
    mmoe_text_clear(&words);
    for (size_t i = 0; i < mmoe_model_count(); i++)
        mmoe_text_add(&words, "%s%s", i ? ", " : "", mmoe_model_name(mmoe_model_at(i)));
    add_section(&t, "models", words.s);
    mmoe_text_add(&t, "\n\nand every option (`set` lists them) and verb (`help` lists them)");
    mmoe_text_done(&words);
    command_tell(a, &t);
}

/* "what is a gate?" comes to "gate". */
static void strip_question(struct mmoe_text *word)
{
    static const char *const before[] = {"what ", "is ", "are ", "does ", "a ", "an ", "the "};
    char *s = word->s;
    for (size_t k = 0; k < sizeof before / sizeof *before; k++)
        if (strncmp(s, before[k], strlen(before[k])) == 0)
            s += strlen(before[k]);
    size_t n = strlen(s), mean = strlen(" mean"), digits = strspn(s + (*s == 'e'), "0123456789");
    if (*s == 'e' && digits && s[1 + digits] == '\0') /* the name of an expert */
        s[2] = '\0', s[1] = '1', n = 2;
    while (n > 0 && (s[n - 1] == '?' || s[n - 1] == '.'))
        s[--n] = '\0';
    if (n > mean && strcmp(s + n - mean, " mean") == 0)
        s[n - mean] = '\0';
    memmove(word->s, s, strlen(s) + 1);
    word->n = strlen(word->s);
}

/* The options that have the word for a value: adam, glorot, ... */
static void add_options_with(struct mmoe_text *t, const char *word, const struct mmoe_options *now)
{
    for (size_t k = 0; k < mmoe_option_count; k++) {
        const char *const *value = mmoe_option_table[k].words;
        while (value && *value && strcmp(*value, word) != 0)
            value++;
        if (value && *value && strcmp(mmoe_option_table[k].name, "model") != 0)
            add_option(t, &mmoe_option_table[k], now);
    }
}

enum mmoe_status command_explain(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_text word = join(i), t = {0};
    enum mmoe_status s = MMOE_OK;
    if (i->argc == 0) {
        list_topics(a);
        goto done;
    }
    for (char *c = word.s; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    strip_question(&word);
    int panel = panel_find(word.s);
    const struct command_term *term = find_term(word.s);
    const struct mmoe_model *model = mmoe_model_find(word.s);
    const struct mmoe_option *option = mmoe_option_find(word.s);
    const struct command *command = command_find(i->table, word.s);
    if (panel >= 0)
        add_panel(&t, panel_table[panel]);
    if (term)
        add_term(&t, term);
    if (model)
        add_model(&t, model);
    if (option)
        add_option(&t, option, &a->view.options);
    if (command)
        add_verb(&t, command);
    if (t.n == 0)
        add_options_with(&t, word.s, &a->view.options);
    if (t.n == 0)
        s = unknown_topic(i->table, word.s, err);
    else
        command_tell(a, &t);
done:
    mmoe_text_done(&word);
    return s;
}

/* --- apropos --- */

static bool mentions(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (; *text; text++)
        if (strncasecmp(text, word, n) == 0)
            return true;
    return false;
}

enum { LINE_START = 24 }; /* columns before the text of a line */

/* What is looked for, and where it is told. */
struct search {
    struct mmoe_text *t;
    const char *word;
    int room; /* columns of a line's text */
};

/* A line for a topic that mentions the word anywhere; its text is cut to the terminal. */
static void find(const struct search *s, const char *kind, const char *name, const char *text,
                 const char *more)
{
    bool cut = strlen(text) > (size_t)s->room;
    if (mentions(name, s->word) || mentions(text, s->word) || mentions(more, s->word))
        mmoe_text_add(s->t, "%s%-8s %-14s %.*s%s", s->t->n ? "\n" : "", kind, name,
                      s->room - (cut ? 3 : 0), text, cut ? "..." : "");
}

static void find_all(const struct command_table *table, const struct search *s)
{
    for (size_t k = 0; k < table->count; k++)
        find(s, "verb", table->verbs[k].name, table->verbs[k].help, table->verbs[k].more);
    for (size_t k = 0; k < mmoe_option_count; k++)
        find(s, "option", mmoe_option_table[k].name, mmoe_option_table[k].help,
             mmoe_option_table[k].more);
    for (size_t k = 0; k < mmoe_model_count(); k++) {
        const struct mmoe_model *model = mmoe_model_at(k);
        find(s, "model", mmoe_model_name(model), mmoe_model_help(model), mmoe_model_title(model));
    }
    for (size_t k = 0; k < PANEL_COUNT; k++)
        find(s, "panel", panel_table[k]->name, panel_table[k]->title, panel_table[k]->explain);
    for (size_t k = 0; k < command_term_count; k++)
        find(s, "term", command_terms[k].name, command_terms[k].text,
             command_terms[k].also ? command_terms[k].also : "");
}

enum mmoe_status command_apropos(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_text word = join(i), t = {0};
    enum mmoe_status s = MMOE_OK;
    if (word.n == 0) {
        s = mmoe_fail(err, MMOE_INVALID, "apropos of what? apropos WORD");
    } else {
        bool screen = a->sink.mode == EVENT_SCREEN; /* the log wraps at its own width */
        find_all(i->table, &(struct search){&t, word.s, screen ? INT_MAX : WRAP - LINE_START});
        if (t.n == 0)
            mmoe_text_add(&t, "nothing is said of '%s'", word.s);
        tell_lines(a, &t);
    }
    mmoe_text_done(&word);
    return s;
}
