/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.c - what happened to a run and at which step; a value that is never changed. */
#include <stdio.h>
#include <string.h>

#include <mmoe/journal.h>
#include <mmoe/mem.h>
#include <mmoe/utf8.h>

#include "src/base/share.h"

struct mmoe_journal {
    struct share share;
    char start[MMOE_MARK_TEXT_MAX];
    size_t count;
    struct mmoe_mark mark[];
};

static const char *const kinds[MMOE_MARKS] = {"change", "note", "branch", "import"};
static const char start_word[] = "start ";

const char *mmoe_journal_start(const struct mmoe_journal *j)
{
    return j ? j->start : "";
}

size_t mmoe_journal_count(const struct mmoe_journal *j)
{
    return j ? j->count : 0;
}

const struct mmoe_mark *mmoe_journal_at(const struct mmoe_journal *j, size_t i)
{
    return &j->mark[i];
}

/* With room for that many marks, the first of those of `from`, of which it has the beginning. */
static struct mmoe_journal *new_journal(const struct mmoe_journal *from, size_t room, size_t count)
{
    struct mmoe_journal *j = mmoe_alloc(1, sizeof *j + room * sizeof j->mark[0]);
    share_init(&j->share);
    strcpy(j->start, mmoe_journal_start(from));
    j->count = count;
    for (size_t i = 0; i < count; i++)
        j->mark[i] = from->mark[i];
    return j;
}

/* Text that may be shown, as one line. */
static void put_text(char out[MMOE_MARK_TEXT_MAX], const char *text)
{
    mmoe_utf8_copy(out, MMOE_MARK_TEXT_MAX, text);
    mmoe_utf8_clean(out, "");
}

const struct mmoe_journal *mmoe_journal_add(const struct mmoe_journal *j, size_t step,
                                            enum mmoe_mark_kind kind, const char *text)
{
    size_t count = mmoe_journal_count(j), at = count;
    struct mmoe_journal *made = new_journal(j, count + 1, count);
    for (made->count++; at > 0 && made->mark[at - 1].step > step; at--)
        made->mark[at] = made->mark[at - 1];
    made->mark[at] = (struct mmoe_mark){.step = step, .kind = kind};
    put_text(made->mark[at].text, text);
    mmoe_journal_free(j);
    return made;
}

const struct mmoe_journal *mmoe_journal_begin(const struct mmoe_journal *j, const char *start)
{
    size_t count = mmoe_journal_count(j);
    struct mmoe_journal *made = new_journal(j, count, count);
    put_text(made->start, start);
    mmoe_journal_free(j);
    return made;
}

const struct mmoe_journal *mmoe_journal_until(const struct mmoe_journal *j, size_t step)
{
    size_t count = 0;
    while (count < mmoe_journal_count(j) && j->mark[count].step <= step)
        count++;
    if (count == mmoe_journal_count(j))
        return j;
    struct mmoe_journal *made = new_journal(j, count, count);
    mmoe_journal_free(j);
    return made;
}

const struct mmoe_journal *mmoe_journal_ref(const struct mmoe_journal *j)
{
    if (j)
        share_add(&((struct mmoe_journal *)(uintptr_t)j)->share);
    return j;
}

void mmoe_journal_free(const struct mmoe_journal *j)
{
    if (j && share_drop(&((struct mmoe_journal *)(uintptr_t)j)->share))
        mmoe_free((void *)(uintptr_t)j);
}

/* --- changes --- */

/* Can a change of it during a run change the run? The number of steps is part of one schedule. */
static bool matters(const struct mmoe_option *option, const struct mmoe_options *o)
{
    return option->resets == MMOE_RESETS_NOTHING && option->group != MMOE_GROUP_SESSION &&
           (strcmp(option->name, "steps") != 0 || o->schedule == MMOE_LR_COSINE);
}

void mmoe_journal_changes(const struct mmoe_options *a, const struct mmoe_options *b,
                          struct mmoe_text *t)
{
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        if (!matters(option, b) || mmoe_option_same(a, b, option))
            continue;
        mmoe_text_add(t, "%s%s=", t->n ? " " : "", option->name);
        mmoe_option_show(b, option, t);
    }
}

void mmoe_journal_copy(struct mmoe_options *o, const struct mmoe_options *from)
{
    for (size_t i = 0; i < mmoe_option_count; i++)
        if (matters(&mmoe_option_table[i], from))
            mmoe_option_copy(o, from, &mmoe_option_table[i]);
}

enum mmoe_status mmoe_journal_apply(const char *text, struct mmoe_options *o,
                                    struct mmoe_error *err)
{
    struct mmoe_options changed = *o;
    char copy[MMOE_MARK_TEXT_MAX], *rest = copy, *pair;
    snprintf(copy, sizeof copy, "%s", text);
    while (*text && (pair = strsep(&rest, " "))) {
        char *value = strchr(pair, '=');
        if (!value)
            return mmoe_fail(err, MMOE_INVALID, "'%.60s' is no change of an option", pair);
        *value++ = '\0';
        const struct mmoe_option *option = mmoe_option_get(pair, err);
        if (!option)
            return err->status;
        if (option->resets != MMOE_RESETS_NOTHING || option->group == MMOE_GROUP_SESSION)
            return mmoe_fail(err, MMOE_INVALID, "%s is not changed during a run", option->name);
        if (mmoe_failed(mmoe_option_set(&changed, pair, value, err)))
            return err->status;
    }
    *o = changed;
    return MMOE_OK;
}

/* --- as text --- */

void mmoe_journal_text(const struct mmoe_journal *j, struct mmoe_text *t)
{
    mmoe_text_add(t, "%s%s\n", start_word, mmoe_journal_start(j));
    for (size_t i = 0; i < mmoe_journal_count(j); i++)
        mmoe_text_add(t, "%zu %s %s\n", j->mark[i].step, kinds[j->mark[i].kind], j->mark[i].text);
}

static bool are_changes(const char *text)
{
    struct mmoe_options o;
    struct mmoe_error err;
    mmoe_options_default(&o);
    return strlen(text) < MMOE_MARK_TEXT_MAX && !mmoe_failed(mmoe_journal_apply(text, &o, &err));
}

/* "3000 change lr=0.001" */
static bool read_mark(char *line, size_t least, struct mmoe_mark *out)
{
    char *step = strsep(&line, " "), *kind = strsep(&line, " ");
    size_t k = 0;
    *out = (struct mmoe_mark){0};
    if (!kind || !line || !mmoe_parse_size(step, &out->step) || out->step < least)
        return false;
    while (k < MMOE_MARKS && strcmp(kinds[k], kind) != 0)
        k++;
    if (k == MMOE_MARKS || (k == MMOE_MARK_CHANGE && !are_changes(line)))
        return false;
    out->kind = (enum mmoe_mark_kind)k;
    put_text(out->text, line);
    return true;
}

static size_t count_lines(const char *text)
{
    size_t n = 0;
    for (; (text = strchr(text, '\n')); text++)
        n++;
    return n;
}

/* False where a line is none of a journal's; then j is what was read before. */
static bool read_lines(char *text, size_t most, struct mmoe_journal *j)
{
    char *line = strsep(&text, "\n");
    if (strncmp(line, start_word, strlen(start_word)) != 0 ||
        !are_changes(line + strlen(start_word)))
        return false;
    put_text(j->start, line + strlen(start_word));
    while ((line = strsep(&text, "\n")) && (*line || text)) {
        size_t least = j->count ? j->mark[j->count - 1].step : 0;
        if (j->count == most || !read_mark(line, least, &j->mark[j->count]))
            return false;
        j->count++;
    }
    return true;
}

enum mmoe_status mmoe_journal_read(const char *text, const struct mmoe_journal **out,
                                   struct mmoe_error *err)
{
    size_t lines = count_lines(text);
    *out = NULL;
    if (lines > MMOE_MARKS_MOST)
        return mmoe_fail(err, MMOE_LIMIT, "its journal has %s lines; %d are the most",
                         mmoe_format_count(lines, MMOE_NUMBER), MMOE_MARKS_MOST);
    char *copy = mmoe_strdup(text);
    struct mmoe_journal *j = new_journal(NULL, lines + 1, 0);
    bool sound = read_lines(copy, lines + 1, j);
    mmoe_free(copy);
    if (sound && (j->count || *j->start))
        *out = j;
    else
        mmoe_journal_free(j);
    if (sound)
        return MMOE_OK;
    return mmoe_fail(err, MMOE_INVALID, "its journal is damaged");
}
