/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inputrc.c - the user's file of keys, looked at before readline reads it. */
#include "ui/command/inputrc.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <mmoe/file.h>
#include <mmoe/mem.h>

#include "ui/command/command.h"

enum { BYTES_MAX = 1 << 20, DEPTH_MAX = 8 };

/* The file that the line includes, ended in place; NULL where it includes none. */
static char *included(char *line)
{
    static const char blanks[] = " \t", directive[] = "include";
    line += strspn(line, blanks);
    if (*line++ != '$')
        return NULL;
    line += strspn(line, blanks);
    size_t n = strcspn(line, blanks);
    if (n != sizeof directive - 1 || strncasecmp(line, directive, n) != 0)
        return NULL;
    line += n;
    line += strspn(line, blanks);
    line[strcspn(line, "\r")] = '\0';
    return line;
}

/* Look at a file and those it includes; depth: how many include it. MMOE_UNKNOWN: there is none. */
static enum mmoe_status check(const char *word, size_t depth, struct mmoe_error *err)
{
    static const struct mmoe_file_reading how = {.max = BYTES_MAX, .stop = -1};
    struct mmoe_text text = {0};
    char *path = command_path(word), *line;
    enum mmoe_status status = mmoe_file_text(path, &how, &text, err);
    if (!mmoe_failed(status) && depth > DEPTH_MAX)
        status = mmoe_fail(err, MMOE_LIMIT,
                           "%.200s goes deeper than %d files: does it include itself?", path,
                           DEPTH_MAX);
    for (char *rest = text.s; !mmoe_failed(status) && (line = strsep(&rest, "\n"));) {
        const char *file = included(line);
        if (file)
            status = check(file, depth + 1, err);
        if (file && status == MMOE_UNKNOWN)
            status = MMOE_OK; /* readline passes over it, too */
    }
    mmoe_text_done(&text);
    mmoe_free(path);
    return status;
}

enum mmoe_status inputrc_check(struct mmoe_error *err)
{
    const char *given = getenv("INPUTRC");
    struct mmoe_error why;
    bool is_given = given && *given;
    enum mmoe_status status = check(is_given ? given : "~/.inputrc", 0, &why);
    if (!is_given && status == MMOE_UNKNOWN)
        status = check("/etc/inputrc", 0, &why);
    if (!mmoe_failed(status) || status == MMOE_UNKNOWN)
        return MMOE_OK;
    setenv("INPUTRC", "/dev/null", 1);
    return mmoe_fail(err, status, "no keys of the inputrc: %s", why.text);
}
