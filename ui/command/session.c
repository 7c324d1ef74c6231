/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.c - source, log, export, quit: files, and the end.
 *
 * A file is written beside its place and renamed into it, so that a full disk
 * leaves the old one whole.
 */
#include "ui/command/command.h"
#include "ui/panel/panels.h"

#include <errno.h>
#include <mmoe/mem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRIPT_MAX = 1 << 20 };

char *command_path(const char *word)
{
    const char *home = getenv("HOME");
    bool tilde = word[0] == '~' && (word[1] == '/' || word[1] == '\0') && home;
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%s%s", tilde ? home : "", tilde ? word + 1 : word);
    return t.s;
}

static enum mmoe_status io_error(struct mmoe_error *err, const char *what, const char *path)
{
    return mmoe_fail(err, MMOE_IO, "cannot %s %s: %s", what, path, strerror(errno));
}

static bool write_whole(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "we");
    if (!f)
        return false;
    bool written = fwrite(text, 1, n, f) == n && fflush(f) == 0 && fsync(fileno(f)) == 0;
    int why = errno;
    if (fclose(f) != 0 && written) {
        written = false;
        why = errno;
    }
    errno = why;
    return written;
}

enum mmoe_status command_write(const char *path, const char *text, size_t n, bool *replaced,
                               struct mmoe_error *err)
{
    struct mmoe_text beside = {0};
    struct stat st;
    enum mmoe_status s = MMOE_OK;
    bool exists = stat(path, &st) == 0;
    bool special = exists && !S_ISREG(st.st_mode); /* such as /dev/full: no file to replace */
    mmoe_text_add(&beside, "%s.%ld~", path, (long)getpid());
    const char *place = special ? path : beside.s;
    if (replaced)
        *replaced = exists && !special;
    if (!write_whole(place, text, n) || (!special && rename(beside.s, path) != 0)) {
        s = io_error(err, "write", path);
        if (!special)
            unlink(beside.s);
    }
    mmoe_text_done(&beside);
    return s;
}

/* Save text to the file that word names, and say so. */
static enum mmoe_status save(struct app *a, const char *word, const struct mmoe_text *text, const char *what,
                             struct mmoe_error *err)
{
    char *path = command_path(word);
    bool replaced;
    enum mmoe_status s = command_write(path, text->s ? text->s : "", text->n, &replaced, err);
    if (!mmoe_failed(s))
        app_say(a, "saved %s to %s%s", what, path, replaced ? ", replacing what was there" : "");
    mmoe_free(path);
    return s;
}

/* --- source --- */

static enum mmoe_status read_script(FILE *f, const char *path, struct mmoe_text *out, struct mmoe_error *err)
{
    static const char too_long[] = "%s is above 1 MiB: no script is that long";
    char bytes[4096];
    size_t n;
    while ((n = fread(bytes, 1, sizeof bytes - 1, f)) > 0) {
        bytes[n] = '\0';
        if (strlen(bytes) != n)
            return mmoe_fail(err, MMOE_INVALID, "%s is no script: it holds bytes that are not text", path);
        if (out->n + n > SCRIPT_MAX)
            return mmoe_fail(err, MMOE_LIMIT, too_long, path);
        mmoe_text_add(out, "%s", bytes);
    }
    return ferror(f) ? io_error(err, "read", path) : MMOE_OK;
}

enum mmoe_status command_source(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    if (i->argc == 0)
        return mmoe_fail(err, MMOE_INVALID, "source which file? source FILE");
    char *path = command_path(i->argv[0]);
    FILE *f = fopen(path, "re");
    enum mmoe_status s = f ? read_script(f, path, &a->submit, err) : io_error(err, "read", path);
    if (f)
        fclose(f);
    mmoe_free(path);
    return s;
}

/* --- log, export --- */

enum mmoe_status command_log(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    if (i->argc > 0)
        return save(a, i->argv[0], &a->session, "the session", err);
    app_page(a, a->session.n ? a->session.s : "# no commands yet");
    return MMOE_OK;
}

static bool ends_in(const char *s, const char *end)
{
    size_t n = strlen(s), k = strlen(end);
    return n > k && strcmp(s + n - k, end) == 0;
}

enum mmoe_status command_export(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    int panel = i->argc > 1 ? panel_find(i->argv[1]) : a->view.focus;
    if (i->argc == 0)
        return mmoe_fail(err, MMOE_INVALID, "export to which file? export FILE.csv [PANEL]");
    if (!ends_in(i->argv[0], ".csv"))
        return mmoe_fail(err, MMOE_INVALID, "export writes CSV: name the file '%s.csv'", i->argv[0]);
    if (panel < 0 || !panel_table[panel]->csv)
        return mmoe_fail(err, MMOE_UNKNOWN, "no numbers of panel '%s': loss, gates, hist or runs",
                         panel < 0 ? i->argv[1] : panel_table[panel]->name);
    struct mmoe_text t = {0};
    panel_table[panel]->csv(&a->view, &t);
    enum mmoe_status s = save(a, i->argv[0], &t, "the numbers", err);
    mmoe_text_done(&t);
    return s;
}

enum mmoe_status command_quit(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    (void)err;
    a->quit = true;
    return MMOE_OK;
}
