/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine.c - a template of a shell script, filled in. */
#include <stdio.h>
#include <string.h>

#include <mmoe/engine.h>
#include <mmoe/file.h>
#include <mmoe/folders.h>

enum { TEMPLATE_MAX = 1 << 16, MARGIN = 300 /* seconds of a task's time to end in */ };
#define HOUR 3600.0

bool mmoe_engine_seconds(const char *word, double *seconds)
{
    *seconds = 0;
    while (*word) {
        char number[16];
        double v;
        size_t n = strspn(word, "0123456789.");
        double unit = word[n] == 'h' ? HOUR : word[n] == 'm' ? 60 : word[n] == 's' ? 1 : 0;
        snprintf(number, sizeof number, "%.*s", (int)n, word);
        if (n == 0 || n >= sizeof number || unit <= 0 || !mmoe_parse_double(number, &v))
            return false;
        *seconds += unit * v;
        word += n + 1;
    }
    return *seconds > 0 && *seconds < 1e7;
}

/* --- the template --- */

static enum mmoe_status read_template(const char *engine, struct mmoe_text *text,
                                      struct mmoe_error *err)
{
    const struct mmoe_file_reading how = {.max = TEMPLATE_MAX, .stop = -1};
    struct mmoe_text folders = {0}, path = {0};
    struct mmoe_error unread;
    enum mmoe_status status = MMOE_UNKNOWN;
    if (strchr(engine, '/'))
        return mmoe_file_text(engine, &how, text, err);
    mmoe_folders_list(&folders);
    char *rest = folders.s, *folder;
    while (mmoe_failed(status) && (folder = strsep(&rest, "\n")) && *folder) {
        mmoe_text_clear(&path);
        mmoe_text_add(&path, "%s/engines/%s.sh", folder, engine);
        status = mmoe_file_text(path.s, &how, text, &unread);
    }
    if (mmoe_failed(status))
        status = mmoe_fail(err, MMOE_UNKNOWN,
                           "no engine '%.60s': slurm, ssh, script, or a template of one's own, "
                           "on=./FILE.sh",
                           engine);
    mmoe_text_done(&folders);
    mmoe_text_done(&path);
    return status;
}

/* Would a shell take the value as one word, and as it is? */
static bool is_plain(const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "._/+-:,@%=";
    return *value && *value != '-' && strspn(value, plain) == strlen(value);
}

/* --- its values --- */

enum { VALUES = 8 };
struct value {
    const char *name, *value; /* NULL: not given */
};

static const struct value *find(const struct value *values, const char *name, size_t n)
{
    for (size_t i = 0; i < VALUES; i++)
        if (strlen(values[i].name) == n && strncmp(values[i].name, name, n) == 0)
            return &values[i];
    return NULL;
}

/* "@name@" at `at`; *n: how long that is. */
static const struct value *value_at(const char *at, const struct value *values, size_t *n)
{
    const char *end = *at == '@' ? strchr(at + 1, '@') : NULL;
    *n = end ? (size_t)(end - at) + 1 : 0;
    return end ? find(values, at + 1, *n - 2) : NULL;
}

static enum mmoe_status fill(const char *text, const struct value *values, struct mmoe_text *out,
                             struct mmoe_error *err)
{
    for (size_t n; *text; text += n) {
        const struct value *v = value_at(text, values, &n);
        if (!v) {
            n = 1;
            mmoe_text_add_bytes(out, text, n);
            continue;
        }
        if (!v->value)
            return mmoe_fail(err, MMOE_INVALID, "this engine needs %s=: study submit ... %s=...",
                             v->name, v->name);
        if (!is_plain(v->value))
            return mmoe_fail(err, MMOE_INVALID,
                             "%s '%.100s' would be more than one word for a shell: no blanks, no "
                             "quotes",
                             v->name, v->value);
        mmoe_text_add(out, "%s", v->value);
    }
    mmoe_text_add(out, "%s", "");
    return MMOE_OK;
}

/* Take the line "#start ..." out of the script. */
static void take_start(struct mmoe_text *script, struct mmoe_text *start)
{
    static const char word[] = "#start ";
    char *line = strstr(script->s, word);
    mmoe_text_add(start, "%s", "");
    if (!line || (line != script->s && line[-1] != '\n'))
        return;
    size_t n = strcspn(line, "\n");
    mmoe_text_add(start, "%.*s", (int)(n - strlen(word)), line + strlen(word));
    n += line[n] == '\n';
    memmove(line, line + n, strlen(line + n) + 1);
    script->n -= n;
}

enum mmoe_status mmoe_engine_script(const char *engine, const struct mmoe_engine_job *job,
                                    struct mmoe_text *script, struct mmoe_text *start,
                                    struct mmoe_error *err)
{
    char shards[24], last[24], time[24], until[24];
    struct mmoe_text text = {0};
    double seconds;
    if (!mmoe_engine_seconds(job->time ? job->time : "1h", &seconds))
        return mmoe_fail(err, MMOE_INVALID, "time '%.60s' is none: 55m, 2h, 1h30m", job->time);
    snprintf(shards, sizeof shards, "%zu", job->shards);
    snprintf(last, sizeof last, "%zu", job->shards - 1);
    unsigned long whole = (unsigned long)seconds;
    snprintf(time, sizeof time, "%lu:%02lu", whole / 60, whole % 60);
    snprintf(until, sizeof until, "%.0fs",
             seconds > 4 * MARGIN ? seconds - MARGIN : 0.75 * seconds);
    const struct value values[VALUES] = {
        {"dir", job->dir},     {"name", job->name}, {"shards", shards}, {"last", last},
        {"hosts", job->hosts}, {"time", time},      {"until", until},   {"program", job->program}};
    if (mmoe_failed(read_template(engine, &text, err)))
        return err->status;
    enum mmoe_status status = fill(text.s, values, script, err);
    if (!mmoe_failed(status))
        take_start(script, start);
    mmoe_text_done(&text);
    return status;
}
