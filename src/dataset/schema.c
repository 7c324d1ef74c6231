/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schema.c - what a text file says of a table.
 *
 * A table has the keys, one reader each. Lines are read in their order; what must hold of all of
 * them is checked at the end.
 */
#include "src/dataset/schema.h"

#include <dirent.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mmoe/file.h>
#include <mmoe/folders.h>
#include <mmoe/mem.h>
#include <mmoe/text.h>

enum { TEXT_MAX = 1 << 18 };
static const char blanks[] = " \t\r";

struct reader {
    struct schema *s;
    size_t line; /* from 1; 0: the file as a whole */
    struct mmoe_error *err;
};

__attribute__((format(printf, 2, 3))) static enum mmoe_status wrong(struct reader *r,
                                                                    const char *format, ...)
{
    char text[320];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (r->line == 0)
        return mmoe_fail(r->err, MMOE_INVALID, "%.150s: %.300s", r->s->path, text);
    return mmoe_fail(r->err, MMOE_INVALID, "%.150s:%zu: %.300s", r->s->path, r->line, text);
}

static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, blanks), *end = word + strcspn(word, blanks);
    if (word == end)
        return NULL;
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

/* Without blanks at both ends, in place. */
static char *trimmed(char *text)
{
    text += strspn(text, blanks);
    size_t n = strlen(text);
    while (n > 0 && strchr(blanks, text[n - 1]))
        n--;
    text[n] = '\0';
    return text;
}

/* --- columns --- */

/* The place of the column of that name, or columns. */
static size_t place_of(const struct schema *s, const char *name)
{
    size_t i = 0;
    while (i < s->columns && strcmp(s->column[i].name, name) != 0)
        i++;
    return i;
}

static enum mmoe_status add_column(struct reader *r, const char *name)
{
    struct schema *s = r->s;
    if (strlen(name) >= SCHEMA_NAME_MAX)
        return wrong(r, "column '%.60s': a name has at most %d bytes", name, SCHEMA_NAME_MAX - 1);
    if (s->columns == SCHEMA_COLUMNS_MAX)
        return wrong(r, "more than %d columns: leave some out of the file", SCHEMA_COLUMNS_MAX);
    struct schema_column *c = &s->column[s->columns++];
    *c = (struct schema_column){0};
    strcpy(c->name, name);
    return MMOE_OK;
}

static enum mmoe_status no_column(struct reader *r, const char *name)
{
    const char *names[SCHEMA_COLUMNS_MAX];
    for (size_t i = 0; i < r->s->columns; i++)
        names[i] = r->s->column[i].name;
    const char *near = mmoe_nearest(name, names, r->s->columns);
    if (near)
        return wrong(r, "no column '%.60s': did you mean %s?", name, near);
    return wrong(r, "no column '%.60s' among those of line columns", name);
}

/* With a header, names come before it is read. */
static enum mmoe_status find_column(struct reader *r, const char *name, size_t *place)
{
    *place = place_of(r->s, name);
    if (*place < r->s->columns)
        return MMOE_OK;
    if (!r->s->header)
        return no_column(r, name);
    return add_column(r, name);
}

static enum mmoe_status read_columns(struct reader *r, char *rest)
{
    enum mmoe_status status = MMOE_OK;
    for (char *word; !mmoe_failed(status) && (word = next_word(&rest));)
        status = place_of(r->s, word) < r->s->columns
                     ? wrong(r, "column '%.60s' is there twice", word)
                     : add_column(r, word);
    return status;
}

static enum mmoe_status read_role(struct reader *r, char *rest, enum schema_role role)
{
    for (char *word; (word = next_word(&rest));) {
        size_t i;
        if (mmoe_failed(find_column(r, word, &i)))
            return r->err->status;
        if (r->s->column[i].role != SCHEMA_UNSAID)
            return wrong(r, "column '%.60s' has a role already: leave one out", word);
        r->s->column[i].role = role;
        r->s->column[i].named = true;
    }
    return MMOE_OK;
}

static enum mmoe_status read_number(struct reader *r, char *rest)
{
    return read_role(r, rest, SCHEMA_NUMBER);
}

static enum mmoe_status read_category(struct reader *r, char *rest)
{
    return read_role(r, rest, SCHEMA_CATEGORY);
}

static enum mmoe_status read_label(struct reader *r, char *rest)
{
    return read_role(r, rest, SCHEMA_LABEL);
}

static enum mmoe_status read_ignore(struct reader *r, char *rest)
{
    return read_role(r, rest, SCHEMA_IGNORED);
}

/* --- tasks --- */

static enum mmoe_status read_values(struct reader *r, struct schema_task *t, char *text)
{
    while (text) {
        char *next = strchr(text, '|');
        if (next)
            *next++ = '\0';
        char *value = trimmed(text);
        if (!*value)
            return wrong(r, "a value of task %s is empty: write them as in the file, parted by |",
                         t->task.name);
        if (t->values == SCHEMA_VALUES_MAX)
            return wrong(r, "task %s has more than %d values", t->task.name, SCHEMA_VALUES_MAX);
        t->value[t->values++] = value;
        text = next;
    }
    return MMOE_OK;
}

/* NAME COLUMN [= VALUE | VALUE ...] */
static enum mmoe_status read_task(struct reader *r, char *rest)
{
    struct schema *s = r->s;
    char *values = strchr(rest, '=');
    if (values)
        *values++ = '\0';
    char *name = next_word(&rest), *column = next_word(&rest), *more = next_word(&rest);
    struct mmoe_task named[MMOE_TASKS_MAX];
    if (!column || more)
        return wrong(r, "task NAME COLUMN, for a number, or task NAME COLUMN = VALUE | VALUE ...");
    if (s->tasks == MMOE_TASKS_MAX)
        return wrong(r, "more than %d tasks", MMOE_TASKS_MAX);
    if (strlen(column) >= SCHEMA_NAME_MAX)
        return wrong(r, "column '%.60s': a name has at most %d bytes", column, SCHEMA_NAME_MAX - 1);
    struct schema_task *t = &s->task[s->tasks];
    *t = (struct schema_task){.task.binary = values != NULL};
    for (size_t k = 0; k < s->tasks; k++)
        named[k] = s->task[k].task;
    if (!mmoe_tasks_name(named, s->tasks, name) || strcmp(named[s->tasks].name, name) != 0)
        return wrong(r,
                     "'%.60s' is no name of a task: letters, digits, - and _, each another, at "
                     "most %d",
                     name, MMOE_TASK_NAME_MAX - 1);
    strcpy(t->task.name, name);
    strcpy(t->column_name, column);
    s->tasks++;
    return values ? read_values(r, t, values) : MMOE_OK;
}

/* --- files --- */

static enum mmoe_status read_one(struct reader *r, char *rest, const char **out)
{
    *out = next_word(&rest);
    if (!*out)
        return wrong(r, "the name of the file is missing");
    char *more = next_word(&rest);
    return more ? wrong(r, "'%.60s' is too much: a name of a file has no blanks", more) : MMOE_OK;
}

static enum mmoe_status read_train(struct reader *r, char *rest)
{
    return read_one(r, rest, &r->s->train);
}

static enum mmoe_status read_test(struct reader *r, char *rest)
{
    return read_one(r, rest, &r->s->test);
}

/* NAME TRAIN VALIDATION TEST, in percent */
static enum mmoe_status read_file(struct reader *r, char *rest)
{
    double sum = 0;
    r->s->file = next_word(&rest);
    for (size_t i = 0; i < 3; i++) {
        char *word = next_word(&rest);
        if (!word || !mmoe_parse_double(word, &r->s->shares[i]) || !(r->s->shares[i] > 0))
            return wrong(r, "file NAME TRAIN VALIDATION TEST: shares of its rows in percent, as "
                            "in file houses.csv 60 20 20");
        sum += r->s->shares[i];
    }
    return fabs(sum - 100) > 1e-6 ? wrong(r, "shares of the rows sum to %g, not to 100", sum)
                                  : MMOE_OK;
}

static enum mmoe_status read_separator(struct reader *r, char *rest)
{
    char *word = next_word(&rest);
    bool tab = word && strcmp(word, "tab") == 0;
    if (!word || (!tab && (strlen(word) != 1 || *word == '"')))
        return wrong(r, "separator CHARACTER, or separator tab");
    r->s->separator = tab ? '\t' : *word;
    return MMOE_OK;
}

static enum mmoe_status read_header(struct reader *r, char *rest)
{
    char *more = next_word(&rest);
    if (more)
        return wrong(r, "'%.60s' is too much: header stands alone", more);
    if (r->s->columns)
        return wrong(r, "header must come before the columns are named");
    r->s->header = true;
    return MMOE_OK;
}

static enum mmoe_status read_missing(struct reader *r, char *rest)
{
    r->s->missing = trimmed(rest);
    return MMOE_OK;
}

static enum mmoe_status read_words(struct reader *r, char *rest)
{
    (void)r;
    (void)rest;
    return MMOE_OK; /* title and note are for people */
}

/* --- all --- */

static const struct {
    const char *name;
    enum mmoe_status (*read)(struct reader *r, char *rest);
} keys[] = {{"title", read_words},       {"note", read_words},      {"train", read_train},
            {"test", read_test},         {"file", read_file},       {"separator", read_separator},
            {"header", read_header},     {"columns", read_columns}, {"number", read_number},
            {"category", read_category}, {"label", read_label},     {"ignore", read_ignore},
            {"missing", read_missing},   {"task", read_task}};
enum { KEYS = sizeof keys / sizeof *keys };

static enum mmoe_status no_key(struct reader *r, const char *word)
{
    const char *names[KEYS];
    for (size_t i = 0; i < KEYS; i++)
        names[i] = keys[i].name;
    const char *near = mmoe_nearest(word, names, KEYS);
    if (near)
        return wrong(r, "no key '%.60s': did you mean %s?", word, near);
    return wrong(r, "no key '%.60s': mmoe-formats(5) has those of a table", word);
}

static enum mmoe_status read_line(struct reader *r, char *line)
{
    line = trimmed(line);
    if (!*line || *line == '#')
        return MMOE_OK;
    char *word = next_word(&line);
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(keys[i].name, word) == 0)
            return keys[i].read(r, line);
    return no_key(r, word);
}

/* What must hold once the columns are known. */
static enum mmoe_status check_columns(struct reader *r)
{
    struct schema *s = r->s;
    size_t inputs = 0;
    for (size_t i = 0; i < s->columns; i++) {
        inputs += s->column[i].role == SCHEMA_NUMBER || s->column[i].role == SCHEMA_CATEGORY;
        if (s->column[i].role == SCHEMA_UNSAID)
            return wrong(r,
                         "column '%s' has no role: name it after number, category, label or "
                         "ignore",
                         s->column[i].name);
    }
    if (inputs == 0)
        return wrong(r, "no column is an input: name some after number or category");
    for (size_t k = 0; k < s->tasks; k++) {
        struct schema_task *t = &s->task[k];
        t->column = place_of(s, t->column_name);
        if (t->column == s->columns)
            return no_column(r, t->column_name);
        if (s->column[t->column].role != SCHEMA_LABEL)
            return wrong(r,
                         "task %s is read from column %s, which is no label: name it after label",
                         t->task.name, t->column_name);
    }
    return MMOE_OK;
}

static enum mmoe_status check(struct reader *r)
{
    struct schema *s = r->s;
    r->line = 0;
    if (s->file ? s->train || s->test : !s->train || !s->test)
        return wrong(r, "name the files: train NAME and test NAME, or one, file NAME 60 20 20");
    if (s->tasks == 0)
        return wrong(r, "it has no task: task NAME COLUMN = VALUE, or task NAME COLUMN");
    if (!s->header && s->columns == 0)
        return wrong(r, "name the columns: columns NAME ..., or header where the file has them");
    return s->header ? MMOE_OK : check_columns(r);
}

enum mmoe_status schema_read(struct schema *s, const char *path, struct mmoe_error *err)
{
    static const struct mmoe_file_reading how = {.max = TEXT_MAX, .stop = -1};
    struct mmoe_text text = {0};
    struct reader r = {.s = s, .err = err};
    *s = (struct schema){.path = path, .separator = ','};
    if (mmoe_failed(mmoe_file_text(path, &how, &text, err)))
        return err->status;
    s->text = mmoe_strdup(text.s ? text.s : "");
    mmoe_text_done(&text);
    s->column = mmoe_alloc(SCHEMA_COLUMNS_MAX, sizeof *s->column);
    enum mmoe_status status = MMOE_OK;
    for (char *line = s->text, *next; line && !mmoe_failed(status); line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        r.line++;
        status = read_line(&r, line);
    }
    if (!mmoe_failed(status))
        status = check(&r);
    if (mmoe_failed(status))
        schema_done(s);
    return status;
}

void schema_done(struct schema *s)
{
    mmoe_free(s->text);
    mmoe_free(s->column);
    *s = (struct schema){0};
}

enum mmoe_status schema_header(struct schema *s, const char *const *names, size_t count,
                               struct mmoe_error *err)
{
    struct reader r = {.s = s, .line = 1, .err = err};
    struct schema_column *said = s->column;
    size_t n = s->columns;
    s->column = mmoe_alloc(SCHEMA_COLUMNS_MAX, sizeof *s->column);
    s->columns = 0;
    enum mmoe_status status = MMOE_OK;
    for (size_t i = 0; i < count && !mmoe_failed(status); i++) {
        status = place_of(s, names[i]) < s->columns
                     ? wrong(&r, "the header has column '%.60s' twice", names[i])
                     : add_column(&r, names[i]);
        for (size_t k = 0; k < n && !mmoe_failed(status); k++)
            if (strcmp(said[k].name, names[i]) == 0)
                s->column[i] = said[k];
    }
    r.line = 0;
    for (size_t k = 0; k < n && !mmoe_failed(status); k++)
        if (place_of(s, said[k].name) == s->columns)
            status = no_column(&r, said[k].name);
    mmoe_free(said);
    return mmoe_failed(status) ? status : check_columns(&r);
}

/* --- where files are --- */

/* Append the names of the tables in a folder, each behind ", ". */
static void add_tables(const char *folder, struct mmoe_text *names)
{
    DIR *d = opendir(folder);
    struct dirent *e;
    while (d && (e = readdir(d)))
        if (mmoe_text_ends(e->d_name, ".conf") && e->d_name[0] != '.')
            mmoe_text_add(names, ", %.*s", (int)(strlen(e->d_name) - strlen(".conf")), e->d_name);
    if (d)
        closedir(d);
}

static enum mmoe_status no_table(const char *data, struct mmoe_error *err)
{
    struct mmoe_text folders = {0}, at = {0}, names = {0};
    mmoe_folders_list(&folders);
    for (const char *rest = folders.s; rest && *rest; rest = strchr(rest, '\n') + 1) {
        mmoe_text_clear(&at);
        mmoe_text_add(&at, "%.*s/tables", (int)strcspn(rest, "\n"), rest);
        add_tables(at.s, &names);
    }
    mmoe_fail(err, MMOE_UNKNOWN,
              "no table '%.60s': give synthetic%.200s, or a .conf, .npz or .safetensors file", data,
              names.n ? names.s : "");
    mmoe_text_done(&folders);
    mmoe_text_done(&at);
    mmoe_text_done(&names);
    return MMOE_UNKNOWN;
}

enum mmoe_status schema_find(const char *data, struct mmoe_text *path, struct mmoe_error *err)
{
    struct mmoe_text folders = {0}, at = {0};
    if (strchr(data, '/') || mmoe_text_ends(data, ".conf")) {
        mmoe_text_add(path, "%s", data);
        return MMOE_OK;
    }
    mmoe_folders_list(&folders);
    bool found = false;
    for (const char *rest = folders.s; rest && *rest && !found; rest = strchr(rest, '\n') + 1) {
        mmoe_text_clear(&at);
        mmoe_text_add(&at, "%.*s/tables/%s.conf", (int)strcspn(rest, "\n"), rest, data);
        found = access(at.s, F_OK) == 0;
    }
    if (found)
        mmoe_text_add(path, "%s", at.s);
    mmoe_text_done(&folders);
    mmoe_text_done(&at);
    return found ? MMOE_OK : no_table(data, err);
}

/* Is there such a file, or one packed? */
static bool is_there(const char *folder, size_t n, const char *name, struct mmoe_text *at)
{
    mmoe_text_clear(at);
    mmoe_text_add(at, "%.*s/%s", (int)n, folder, name);
    if (access(at->s, F_OK) == 0)
        return true;
    mmoe_text_add(at, ".gz");
    return access(at->s, F_OK) == 0;
}

enum mmoe_status schema_file(const struct schema *s, const char *name, struct mmoe_text *path,
                             struct mmoe_error *err)
{
    const char *tables = getenv("MMOE_TABLES"), *home = getenv("HOME"),
               *share = getenv("XDG_DATA_HOME"), *slash = strrchr(s->path, '/');
    struct mmoe_text own = {0}, at = {0};
    if (share && share[0] == '/')
        mmoe_text_add(&own, "%s/mmoe/tables", share);
    else
        mmoe_text_add(&own, "%s/.local/share/mmoe/tables", home ? home : "");
    bool found =
        name[0] == '/'
            ? is_there("", 0, name + 1, &at)
            : is_there(slash ? s->path : ".", slash ? (size_t)(slash - s->path) : 1, name, &at) ||
                  (tables && *tables && is_there(tables, strlen(tables), name, &at)) ||
                  is_there(own.s, own.n, name, &at);
    if (found)
        mmoe_text_add(path, "%s", at.s);
    else
        mmoe_fail(err, MMOE_UNKNOWN,
                  "%.120s: there is no %.60s, nor %.60s.gz: put it beside that file, into "
                  "$MMOE_TABLES or into %.120s (./bootstrap census fetches the census)",
                  s->path, name, name, own.s);
    mmoe_text_done(&own);
    mmoe_text_done(&at);
    return found ? MMOE_OK : MMOE_UNKNOWN;
}
