/* SPDX-License-Identifier: GPL-3.0-or-later */
/* submit.c - a study put into a folder, with a script that starts its shards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mmoe/engine.h>
#include <mmoe/file.h>
#include <mmoe/grid_files.h>
#include <mmoe/mem.h>
#include <mmoe/shards.h>
#include <mmoe/shell.h>

#include "ui/app/parts.h"

enum { ANSWER = 200 };

struct submit_job {
    struct mmoe_grid grid;
    char *command, *definition, *dir, *engine, *hosts, *time, *program;
    size_t shards;
    struct mmoe_text start;
    char answer[ANSWER]; /* the last line that what started it said */
};

static enum mmoe_status start(struct submit_job *s, atomic_bool *stop, struct mmoe_error *err)
{
    int code;
    enum mmoe_status status = mmoe_shell(s->start.s, stop, s->answer, sizeof s->answer, &code, err);
    if (mmoe_failed(status) || code == 0)
        return status;
    return mmoe_fail(err, MMOE_IO, "%.150s said: %.150s; it is all in %.100s: start it by hand",
                     s->start.s, s->answer, s->dir);
}

static enum mmoe_status write_file(const struct submit_job *s, const char *name, const char *text,
                                   struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    mmoe_text_add(&path, "%s/%s", s->dir, name);
    enum mmoe_status status = mmoe_file_replace(path.s, text, strlen(text), err);
    mmoe_text_done(&path);
    return status;
}

/* A folder that was submitted has its number of shards: those with runs would not fit others. */
static enum mmoe_status check_shards(const struct submit_job *s, struct mmoe_error *err)
{
    static const char word[] = "\nshards ";
    const struct mmoe_file_reading how = {.max = 1 << 16, .stop = -1};
    struct mmoe_text path = {0}, conf = {0};
    struct mmoe_error none;
    enum mmoe_status status = MMOE_OK;
    mmoe_text_add(&path, "%s/study.conf", s->dir);
    bool there = access(path.s, F_OK) == 0 &&
                 !mmoe_failed(mmoe_file_text(path.s, &how, &conf, &none));
    const char *at = there ? strstr(conf.s, word) : NULL;
    if (at && strtoul(at + strlen(word), NULL, 10) != s->shards)
        status = mmoe_fail(err, MMOE_STATE,
                           "folder %.300s is in %lu shards already: shards=%lu, or another folder",
                           s->dir, strtoul(at + strlen(word), NULL, 10),
                           strtoul(at + strlen(word), NULL, 10));
    mmoe_text_done(&path);
    mmoe_text_done(&conf);
    return status;
}

static void add_conf(const struct submit_job *s, struct mmoe_text *t)
{
    mmoe_text_add(t, "# a study in shards; study.db is what they train\n");
    mmoe_text_add(t, "command %s\nengine %s\nshards %zu\nruns %zu\n", s->command, s->engine,
                  s->shards, mmoe_grid_runs(&s->grid));
    if (s->hosts)
        mmoe_text_add(t, "hosts %s\n", s->hosts);
    if (s->time)
        mmoe_text_add(t, "time %s\n", s->time);
}

static enum mmoe_status submit(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct submit_job *s = context;
    struct mmoe_text script = {0}, conf = {0};
    const struct mmoe_engine_job job = {.dir = s->dir,
                                        .name = *s->definition ? s->definition : "study",
                                        .shards = s->shards,
                                        .hosts = s->hosts,
                                        .time = s->time,
                                        .program = s->program};
    enum mmoe_status status = mmoe_engine_script(s->engine, &job, &script, &s->start, err);
    if (!mmoe_failed(status) &&
        (mmoe_failed(mmoe_grid_whole(&s->grid, err)) ||
         mmoe_failed(mmoe_grid_files_read(&s->grid, mmoe_job_flag(j), err)) ||
         mmoe_failed(check_shards(s, err)) ||
         mmoe_failed(mmoe_shards_make(s->dir, &s->grid, s->command, s->definition, err))))
        status = err->status;
    add_conf(s, &conf);
    if (!mmoe_failed(status) && (mmoe_failed(write_file(s, "study.conf", conf.s, err)) ||
                                 mmoe_failed(write_file(s, "job.sh", script.s, err))))
        status = err->status;
    if (!mmoe_failed(status) && s->start.n)
        status = start(s, mmoe_job_flag(j), err);
    mmoe_text_done(&script);
    mmoe_text_done(&conf);
    return status;
}

static void tell_submitted(struct app *a, void *context, enum mmoe_status status,
                           const struct mmoe_error *err)
{
    const struct submit_job *s = context;
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
        return;
    }
    app_say(a, "%s in %s, %s/job.sh%s%s", MMOE_COUNTED(mmoe_grid_runs(&s->grid), "run"),
            MMOE_COUNTED(s->shards, "shard"), s->dir,
            !s->start.n  ? " starts them: sh job.sh"
            : *s->answer ? " was started: "
                         : " was started",
            s->answer);
    if (s->shards > s->grid.seeds)
        app_say(a, "%s have runs, since the study has as many seeds",
                MMOE_COUNTED(s->grid.seeds, "shard"));
    app_say(a, "study watch %s shows what they publish, study merge %s takes it", s->dir, s->dir);
}

static void free_submit(void *context)
{
    struct submit_job *s = context;
    char *const texts[] = {s->command, s->definition, s->dir,    s->engine,
                           s->hosts,   s->time,       s->program};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        mmoe_free(texts[i]);
    mmoe_text_done(&s->start);
    mmoe_free(s);
}

static char *copy(const char *s)
{
    return s ? mmoe_strdup(s) : NULL;
}

/* This program, by its whole path where the system tells. */
static char *own_path(void)
{
    char path[MMOE_FILE_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return mmoe_strdup(n > 0 ? path : "mmoe");
}

void app_submit(struct app *a, const struct app_submit *order)
{
    struct submit_job *s = mmoe_alloc(1, sizeof *s);
    s->grid = *order->grid;
    s->command = copy(order->command);
    s->definition = copy(order->definition);
    s->dir = copy(order->dir);
    s->engine = copy(order->engine);
    s->hosts = copy(order->hosts);
    s->time = copy(order->time);
    s->program = own_path();
    s->shards = order->shards;
    app_job(a, &(struct app_job){.what = "submitting",
                                 .work = submit,
                                 .done = tell_submitted,
                                 .late = tell_submitted,
                                 .free = free_submit,
                                 .context = s});
}
