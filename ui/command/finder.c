/* SPDX-License-Identifier: GPL-3.0-or-later */
/* finder.c - one list of all there is, searched by what is typed. */
#include "ui/command/finder.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <mmoe/definition.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>

#include "ui/panel/panels.h"

/* How good a find is: the better, the earlier in the list. */
enum rank { BEGINS, WITHIN, IN_WORDS, RANKS };

struct search {
    struct view_finder *to;
    const char *typed;
    enum rank rank; /* of what is added now */
};

static bool has(const char *text, const char *part)
{
    size_t n = strlen(part);
    for (; *text; text++)
        if (strncasecmp(text, part, n) == 0)
            return true;
    return n == 0;
}

static enum rank rank_of(const char *name, const char *words, const char *typed)
{
    return strncasecmp(name, typed, strlen(typed)) == 0 ? BEGINS
           : has(name, typed)                           ? WITHIN
           : has(words, typed)                          ? IN_WORDS
                                                        : RANKS;
}

static void offer(struct search *s, const char *kind, const char *name, const char *words)
{
    struct view_finder *f = s->to;
    if (rank_of(name, words, s->typed) != s->rank || f->count == VIEW_FINDER_MAX)
        return;
    struct view_found *e = &f->found[f->count++];
    snprintf(e->kind, sizeof e->kind, "%s", kind);
    snprintf(e->name, sizeof e->name, "%s", name);
    snprintf(e->words, sizeof e->words, "%.*s", (int)strcspn(words, "\n"), words);
}

static void offer_files(struct search *s, enum mmoe_definition_kind kind, const char *word)
{
    char(*names)[MMOE_NAME_MAX];
    size_t count;
    mmoe_library_names(kind, &names, &count);
    for (size_t i = 0; i < count; i++)
        offer(s, word, names[i],
              kind == MMOE_LESSONS ? "a lesson: Enter begins it" : "settings under a name");
    mmoe_free(names);
}

static void offer_all(struct search *s, const struct command_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        offer(s, "verb", table->verbs[i].name, table->verbs[i].help);
    offer_files(s, MMOE_LESSONS, "lesson");
    for (size_t i = 0; i < PANEL_COUNT; i++)
        offer(s, "panel", panel_table[i]->name, panel_table[i]->explain);
    for (size_t i = 0; i < mmoe_model_count(); i++)
        offer(s, "model", mmoe_model_name(mmoe_model_at(i)), mmoe_model_help(mmoe_model_at(i)));
    for (size_t i = 0; i < mmoe_option_count; i++)
        offer(s, "option", mmoe_option_table[i].name, mmoe_option_table[i].help);
    offer_files(s, MMOE_PRESETS, "preset");
    for (size_t i = 0; i < command_term_count; i++)
        offer(s, "term", command_terms[i].name, command_terms[i].text);
}

void finder_search(struct view *v, const struct command_table *table, const char *typed)
{
    struct search s = {.to = &v->finder, .typed = typed};
    v->finder.count = v->finder.at = 0;
    for (s.rank = BEGINS; s.rank < RANKS; s.rank++)
        offer_all(&s, table);
}

static const struct view_found *chosen(const struct view *v)
{
    return v->finder.at < v->finder.count ? &v->finder.found[v->finder.at] : NULL;
}

bool finder_command(const struct view *v, struct mmoe_text *line)
{
    static const struct {
        const char *kind, *verb;
    } verbs[] = {{"verb", "help"}, {"lesson", "lesson"}, {"preset", "preset"}, {"panel", "layout"}};
    const struct view_found *e = chosen(v);
    const char *verb = "explain";
    for (size_t i = 0; e && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].kind, e->kind) == 0)
            verb = verbs[i].verb;
    if (e)
        mmoe_text_add(line, "%s %s", verb, e->name);
    return e != NULL;
}

const char *finder_name(const struct view *v)
{
    return chosen(v) ? chosen(v)->name : NULL;
}
