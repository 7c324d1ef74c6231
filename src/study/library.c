/* SPDX-License-Identifier: GPL-3.0-or-later */
/* library.c - studies, presets and lessons by their names, in the folders of data. */
#include "src/study/library.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mmoe/file.h>
#include <mmoe/folders.h>
#include <mmoe/mem.h>

enum { TEXT_MAX = 1 << 16 /* bytes of a file */ };

static const struct {
    const char *folder, *extension, *noun;
} kinds[] = {[MMOE_STUDIES] = {"studies", ".conf", "study"},
             [MMOE_PRESETS] = {"presets", ".conf", "preset"},
             [MMOE_LESSONS] = {"lessons", ".txt", "lesson"}};

/* --- folders --- */

/* Put the next folder of the list, with the subfolder of that kind, into *folder; false at the end.
 */
static bool next_folder(const char **list, enum mmoe_definition_kind kind, struct mmoe_text *folder)
{
    size_t n = *list ? strcspn(*list, "\n") : 0;
    if (n == 0)
        return false;
    mmoe_text_clear(folder);
    mmoe_text_add(folder, "%.*s/%s", (int)n, *list, kinds[kind].folder);
    *list += n + 1;
    return true;
}

/* --- names --- */

bool library_is_name(const char *name)
{
    size_t n = strlen(name);
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
            return false;
    return n > 0 && n < MMOE_NAME_MAX && name[0] != '.';
}

/* Insert a name into names (count), which are ascending, unless it is there. */
static void add_name(char (**names)[MMOE_NAME_MAX], size_t *count, const char *name)
{
    size_t at = *count;
    while (at > 0 && strcmp((*names)[at - 1], name) > 0)
        at--;
    if (at > 0 && strcmp((*names)[at - 1], name) == 0)
        return;
    *names = mmoe_regrow(*names, *count, *count + 1, sizeof **names);
    memmove(&(*names)[at + 1], &(*names)[at], (*count - at) * sizeof **names);
    snprintf((*names)[at], sizeof **names, "%s", name);
    *count += 1;
}

static void add_folder(const char *folder, const char *extension, char (**names)[MMOE_NAME_MAX],
                       size_t *count)
{
    DIR *d = opendir(folder);
    struct dirent *e;
    while (d && (e = readdir(d))) {
        size_t n = strlen(e->d_name), m = strlen(extension);
        if (n <= m || n - m >= MMOE_NAME_MAX || strcmp(e->d_name + n - m, extension) != 0)
            continue;
        char name[MMOE_NAME_MAX] = "";
        memcpy(name, e->d_name, n - m);
        if (library_is_name(name))
            add_name(names, count, name);
    }
    if (d)
        closedir(d);
}

void mmoe_library_names(enum mmoe_definition_kind kind, char (**names)[MMOE_NAME_MAX],
                        size_t *count)
{
    struct mmoe_text list = {0}, folder = {0};
    *names = NULL;
    *count = 0;
    mmoe_folders_list(&list);
    for (const char *rest = list.s; next_folder(&rest, kind, &folder);)
        add_folder(folder.s, kinds[kind].extension, names, count);
    mmoe_text_done(&folder);
    mmoe_text_done(&list);
}

/* --- files --- */

static enum mmoe_status no_such(enum mmoe_definition_kind kind, const char *name,
                                struct mmoe_error *err)
{
    char(*names)[MMOE_NAME_MAX];
    size_t count;
    struct mmoe_text there = {0};
    mmoe_library_names(kind, &names, &count);
    const char **words = mmoe_alloc(count, sizeof *words);
    for (size_t i = 0; i < count; i++) {
        words[i] = names[i];
        mmoe_text_add(&there, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = mmoe_nearest(name, words, count);
    if (near)
        mmoe_fail(err, MMOE_UNKNOWN, "no %s '%.60s': did you mean %s?", kinds[kind].noun, name,
                  near);
    else
        mmoe_fail(err, MMOE_UNKNOWN, "no %s '%.60s': there %s %.280s", kinds[kind].noun, name,
                  count == 1 ? "is" : "are",
                  count ? there.s : "none, set MMOE_DATA to the folder of data");
    mmoe_text_done(&there);
    mmoe_free(words);
    mmoe_free(names);
    return MMOE_UNKNOWN;
}

enum mmoe_status library_find(enum mmoe_definition_kind kind, const char *name,
                              struct mmoe_text *path, struct mmoe_error *err)
{
    struct mmoe_text list = {0}, folder = {0};
    bool found = false;
    if (!library_is_name(name))
        return mmoe_fail(err, MMOE_INVALID,
                         "'%.60s' is no name of a %s: it has up to %d letters, digits, -, _ and .",
                         name, kinds[kind].noun, MMOE_NAME_MAX - 1);
    mmoe_folders_list(&list);
    for (const char *rest = list.s; !found && next_folder(&rest, kind, &folder);) {
        mmoe_text_add(&folder, "/%s%s", name, kinds[kind].extension);
        found = access(folder.s, F_OK) == 0;
    }
    if (found)
        mmoe_text_add(path, "%s", folder.s);
    mmoe_text_done(&folder);
    mmoe_text_done(&list);
    return found ? MMOE_OK : no_such(kind, name, err);
}

char *library_next_line(char **rest)
{
    char *line = *rest;
    if (!line || !*line)
        return NULL;
    size_t n = strcspn(line, "\n");
    *rest = line + n + (line[n] == '\n');
    while (n > 0 && strchr(" \t\r", line[n - 1]))
        n--;
    line[n] = '\0';
    return line;
}

/* Is the text free of control bytes? It is shown on terminals. */
static bool is_text(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (iscntrl((unsigned char)s[i]) && !strchr("\t\n\r", s[i]))
            return false;
    return true;
}

enum mmoe_status library_read(const char *path, struct mmoe_text *text, struct mmoe_error *err)
{
    static const struct mmoe_file_reading how = {.max = TEXT_MAX, .stop = -1};
    struct mmoe_text all = {0};
    enum mmoe_status status = mmoe_file_text(path, &how, &all, err);
    if (!mmoe_failed(status) && !is_text(all.s, all.n))
        status = mmoe_fail(err, MMOE_INVALID,
                           "cannot read %.200s: it is no text: name another file", path);
    if (!mmoe_failed(status))
        mmoe_text_add_bytes(text, all.s, all.n);
    mmoe_text_done(&all);
    return status;
}
