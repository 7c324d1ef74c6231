/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.c - source, log, export, import, save, load, quit: files, and the end.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mmoe/arrays.h>
#include <mmoe/file.h>
#include <mmoe/mem.h>
#include <mmoe/origin.h>
#include <mmoe/store.h>

#include "ui/command/command.h"
#include "ui/panel/panels.h"
#include "ui/term/guard.h"

enum { SCRIPT_MAX = 1 << 20 /* bytes */ };

/* Save text to the file that word names, and say so. */
static enum mmoe_status save(struct app *a, const char *word, const struct mmoe_text *text,
                             const char *what, struct mmoe_error *err)
{
    char *path = command_path(word);
    const char *note = mmoe_file_note(path);
    enum mmoe_status s = mmoe_file_replace(path, text->s ? text->s : "", text->n, err);
    if (!mmoe_failed(s))
        app_say(a, "saved %s to %s%s", what, path, note);
    mmoe_free(path);
    return s;
}

/* --- source --- */

/* The number of the line whose command was refused with that error; 0: not to be told. */
static size_t refused_line(const struct command_table *table, const char *text,
                           const struct mmoe_error *why)
{
    struct mmoe_error err;
    struct mmoe_text line = {0};
    size_t number = 0, found = 0;
    while (*text && !found) {
        size_t n = strcspn(text, "\n");
        mmoe_text_clear(&line);
        mmoe_text_add(&line, "%.*s", (int)n, text);
        command_free(command_parse(table, line.s, false, &err));
        number++;
        if (mmoe_failed(err.status) && strcmp(err.text, why->text) == 0)
            found = number;
        text += n + (text[n] != '\0');
    }
    mmoe_text_done(&line);
    return found;
}

/* Read it as commands once before it is handed over, so that an error can name the file and the
 * line. */
static enum mmoe_status check_script(const struct command_table *table, const char *text,
                                     const char *path, struct mmoe_error *err)
{
    struct mmoe_error why;
    command_free(command_parse(table, text, false, &why));
    if (!mmoe_failed(why.status))
        return MMOE_OK;
    size_t line = refused_line(table, text, &why);
    if (line)
        return mmoe_fail(err, why.status, "%s:%zu: %s", path, line, why.text);
    return mmoe_fail(err, why.status, "%s: %s", path, why.text);
}

/* A pipe is read to its end, where a signal can end the wait; the screen waits for nobody. */
enum mmoe_status command_source(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    if (i->argc == 0)
        return mmoe_fail(err, MMOE_INVALID, "source which file? source FILE");
    char *path = command_path(i->argv[0]);
    const struct mmoe_file_reading how = {
        .max = SCRIPT_MAX, .streams = a->sink.mode != EVENT_SCREEN, .stop = guard_fd()};
    enum mmoe_status s = mmoe_file_text(path, &how, &a->submit, err);
    if (!mmoe_failed(s) && a->submit.n)
        s = check_script(i->table, a->submit.s, path, err);
    mmoe_free(path);
    return s;
}

/* --- log, export --- */

enum { CAST_WIDTH = 100, CAST_HEIGHT = 30 };

static enum mmoe_status record(struct app *a, const char *word, struct mmoe_error *err)
{
    if (!app_idle(a, APP_WAIT_LANE))
        return mmoe_fail(err, MMOE_STATE, "a run trains: pause it first");
    if (mmoe_failed(app_record_end(a, err)))
        return err->status;
    char *path = command_path(word);
    app_record(a, path, CAST_WIDTH, CAST_HEIGHT);
    app_say(a, "recording at %dx%d: log off ends it, and so does quit", CAST_WIDTH, CAST_HEIGHT);
    mmoe_free(path);
    return MMOE_OK;
}

enum mmoe_status command_log(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    if (i->argc > 0 && strcmp(i->argv[0], "off") == 0)
        return a->cast ? app_record_end(a, err)
                       : mmoe_fail(err, MMOE_STATE, "nothing is recorded: log FILE.cast begins");
    if (i->argc > 0 && mmoe_text_ends(i->argv[0], ".cast"))
        return record(a, i->argv[0], err);
    if (i->argc > 0 && a->session.n == 0)
        return mmoe_fail(err, MMOE_STATE, "no commands yet: there is nothing to save in %.200s",
                         i->argv[0]);
    if (i->argc > 0)
        return save(a, i->argv[0], &a->session, "the session", err);
    app_tell(a, a->session.n ? a->session.s : "# no commands yet");
    return MMOE_OK;
}

/* The panel a file is named after, or -1. */
static int panel_of_file(const char *file)
{
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    char stem[16];
    size_t n = strcspn(name, ".");
    if (n >= sizeof stem)
        return -1;
    memcpy(stem, name, n);
    stem[n] = '\0';
    return panel_find(stem);
}

static bool has_form(const char *file)
{
    static const char *const ends[] = {".svg", ".pdf", ".png", ".csv", ".json"};
    bool has = false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        has = has || mmoe_text_ends(file, ends[i]);
    return has;
}

static enum mmoe_status refuse_form(const char *file, struct mmoe_error *err)
{
    const char *slash = strrchr(file, '/'), *dot = strrchr(slash ? slash : file, '.');
    return mmoe_fail(
        err, MMOE_INVALID,
        "export writes .svg, .pdf, .png, .csv and .json, not '%.20s': name the file '%.*s.svg'",
        dot ? dot : file, (int)(dot && dot > file ? dot - file : 200), dot == file ? "loss" : file);
}

/* The commands so far and this one, on one line: what makes the file again. */
static void add_command(const struct app *a, const char *file, struct mmoe_text *t)
{
    for (const char *s = a->session.s; s && *s; s += strcspn(s, "\n") + 1)
        mmoe_text_add(t, "%.*s; ", (int)strcspn(s, "\n"), s);
    mmoe_text_add(t, "export %s", file);
}

/* What a panel says of itself where it shows nothing names what to do first. */
static enum mmoe_status refuse_nothing(const struct app *a, int panel, struct mmoe_error *err)
{
    struct mmoe_text words = {0};
    panel_table[panel]->describe(&a->view, &words);
    mmoe_fail(err, MMOE_STATE, "panel %s has nothing to export: %.200s", panel_table[panel]->name,
              words.s ? words.s : "");
    mmoe_text_done(&words);
    return MMOE_STATE;
}

static bool has_nothing(const struct app *a, int panel)
{
    struct figure_sheet sheet = {0};
    panel_table[panel]->page(&a->view, &sheet);
    bool nothing = sheet.page.count == 0;
    figure_sheet_done(&sheet);
    return nothing;
}

static enum mmoe_status export_panel(struct app *a, const char *file, struct mmoe_error *err)
{
    int named = panel_of_file(file), panel = named >= 0 ? named : a->view.focus;
    struct mmoe_text command = {0};
    if (!has_form(file))
        return refuse_form(file, err);
    if (app_awaits(a, panel_needs(&a->view, panel)))
        return MMOE_CONTINUE;
    if (has_nothing(a, panel))
        return refuse_nothing(a, panel, err);
    char *path = command_path(file);
    add_command(a, file, &command);
    app_export_panel(a, panel, path, command.s);
    mmoe_text_done(&command);
    mmoe_free(path);
    return MMOE_CONTINUE;
}

/* --- weights and rows --- */

/* A path as other programs and later sessions find it; the one given where there is no such file
 * yet. */
static void whole_path(const char *word, char out[MMOE_FILE_MAX])
{
    char real[PATH_MAX], *path = command_path(word);
    snprintf(out, MMOE_FILE_MAX, "%s",
             realpath(path, real) && strlen(real) < MMOE_FILE_MAX ? real : path);
    mmoe_free(path);
}

static bool is_arrays_file(const char *file)
{
    return mmoe_text_ends(file, ".npz") || mmoe_text_ends(file, ".safetensors");
}

static enum mmoe_status check_arrays(const char *verb, const char *what, const char *file,
                                     struct mmoe_error *err)
{
    if (is_arrays_file(file))
        return MMOE_OK;
    return mmoe_fail(err, MMOE_INVALID, "%s are kept in .npz or .safetensors files: %s %s %.*s.npz",
                     what, verb, what, (int)strcspn(file, "."), file);
}

/* weights, data or scores, then a file. */
static enum mmoe_status exchange(struct app *a, const struct invocation *i, bool in,
                                 struct mmoe_error *err)
{
    const char *verb = i->command->name, *what = i->argv[0];
    bool weights = strcmp(what, "weights") == 0;
    char path[MMOE_FILE_MAX];
    if (i->argc < 2)
        return mmoe_fail(err, MMOE_INVALID, "%s %s which file? %s %s %s.npz", verb, what, verb,
                         what, what);
    enum mmoe_status s = check_arrays(verb, what, i->argv[1], err);
    if (mmoe_failed(s))
        return s;
    whole_path(i->argv[1], path);
    bool scores = strcmp(what, "scores") == 0;
    static const enum mmoe_file files[2][2] = {{MMOE_FILE_EXPORT_DATA, MMOE_FILE_EXPORT_WEIGHTS},
                                               {MMOE_FILE_IMPORT_DATA, MMOE_FILE_IMPORT_WEIGHTS}};
    app_file(a, scores ? MMOE_FILE_EXPORT_SCORES : files[in][weights], path);
    return MMOE_CONTINUE;
}

/* --- checkpoints --- */

static enum mmoe_status checkpoint(struct app *a, const struct invocation *i, enum mmoe_file what,
                                   struct mmoe_error *err)
{
    const char *verb = i->command->name;
    char path[MMOE_FILE_MAX];
    if (i->argc == 0)
        return mmoe_fail(err, MMOE_INVALID, "%s which file? %s session.npz", verb, verb);
    if (!is_arrays_file(i->argv[0]))
        return mmoe_fail(err, MMOE_INVALID,
                         "sessions are kept in .npz or .safetensors files: %s %.*s.npz", verb,
                         (int)strcspn(i->argv[0], "."), i->argv[0]);
    whole_path(i->argv[0], path);
    app_file(a, what, path);
    return MMOE_CONTINUE;
}

enum mmoe_status command_save(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    return checkpoint(a, i, MMOE_FILE_SAVE, err);
}

enum mmoe_status command_share(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    if (!app_lane_of(a)->has_run)
        return mmoe_fail(err, MMOE_STATE, "there is no run to share: run makes one");
    app_file(a, MMOE_FILE_SHARE, "");
    return MMOE_CONTINUE;
}

/* "@2000:lr=0.001", which is no pair of a command line. */
static enum mmoe_status take_word(struct mmoe_recipe *r, char *word, struct mmoe_error *err)
{
    struct mmoe_text key = {0};
    const char *value = strchr(word, '=');
    if (!value)
        return mmoe_fail(err, MMOE_INVALID, "'%.60s' is no part of a line that share told", word);
    mmoe_text_add(&key, "%.*s", (int)(value - word), word);
    enum mmoe_status status = mmoe_recipe_take(r, key.s, value + 1, err);
    mmoe_text_done(&key);
    return status;
}

/* "load mmoe:1 p=0.3 at=6000 ...", a line that share told. */
static enum mmoe_status load_line(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_recipe r;
    mmoe_recipe_begin(&r);
    enum mmoe_status status = MMOE_OK;
    for (size_t k = 1; k < i->argc && !mmoe_failed(status); k++)
        status = take_word(&r, i->argv[k], err);
    for (size_t k = 0; k < i->pair_count && !mmoe_failed(status); k++)
        status = mmoe_recipe_take(&r, i->pairs[k].key, i->pairs[k].value, err);
    if (!mmoe_failed(status))
        status = mmoe_options_check(&r.options, err);
    if (!mmoe_failed(status))
        status = app_make_again(a, &r, err);
    mmoe_recipe_done(&r);
    return status;
}

enum mmoe_status command_load(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    bool line = i->argc > 0 && strcmp(i->argv[0], MMOE_RECIPE_WORD) == 0;
    if (app_has_sides(a))
        return mmoe_fail(err, MMOE_STATE, "several runs are live: ab off leaves one, then load");
    if ((i->pair_count || i->argc > 1) && !line)
        return mmoe_fail(err, MMOE_INVALID,
                         "load takes a file, or a line that share told, which begins with %s",
                         MMOE_RECIPE_WORD);
    if (line && app_idle(a, APP_WAIT_LANE))
        return load_line(a, i, err);
    if (line) {
        app_pause(a);
        a->again = true;
        return MMOE_CONTINUE;
    }
    return checkpoint(a, i, MMOE_FILE_LOAD, err);
}

static bool is_exchange(const struct invocation *i, bool in)
{
    return i->argc > 0 && (strcmp(i->argv[0], "weights") == 0 || strcmp(i->argv[0], "data") == 0 ||
                           (!in && strcmp(i->argv[0], "scores") == 0));
}

enum mmoe_status command_export(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    if (is_exchange(i, false))
        return exchange(a, i, false, err);
    if (i->argc == 1)
        return export_panel(a, i->argv[0], err);
    if (i->argc > 1)
        return mmoe_fail(err, MMOE_UNKNOWN,
                         "export weights FILE, export data FILE, export scores FILE, or the file "
                         "of a panel, such as loss.svg; "
                         "not '%.60s'",
                         i->argv[0]);
    return mmoe_fail(
        err, MMOE_INVALID,
        "export to which file? export loss.svg, gates.pdf, hist.png, runs.csv, log.json, "
        "export weights FILE, export data FILE, export scores FILE");
}

enum mmoe_status command_import(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    if (app_has_sides(a))
        return mmoe_fail(err, MMOE_STATE, "several runs are live: ab off leaves one, then import");
    if (is_exchange(i, true))
        return exchange(a, i, true, err);
    return mmoe_fail(err, MMOE_INVALID, "import what? import weights FILE, import data FILE");
}

enum mmoe_status command_quit(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    (void)i;
    (void)err;
    a->quit = true;
    return MMOE_OK;
}
