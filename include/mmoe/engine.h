/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine.h - what starts the shards of a study: a template of a shell script, filled in.
 *
 * A template is engines/NAME.sh in a folder of data (folders.h), or a file. In it stand @dir@,
 * @name@, @shards@, @last@ (the last shard's number), @hosts@, @time@, @until@ and @program@. Its
 * line "#start COMMAND" is what starts the script; without one the user does.
 *
 * Ownership: texts are the caller's. Threads: safe; they read files and the environment.
 *
 *   struct mmoe_engine_job job = {.dir = "/shared/table-1", .name = "table-1", .shards = 16};
 *   mmoe_engine_script("slurm", &job, &script, &start, &err);
 */
#ifndef MMOE_ENGINE_H
#define MMOE_ENGINE_H

#include <stddef.h>

#include <mmoe/status.h>
#include <mmoe/text.h>

struct mmoe_engine_job {
    const char *dir, *name;
    size_t shards;
    const char *hosts; /* NULL: none are named; then a template must not ask for them */
    const char *time;  /* of a task, "55m", "2h"; NULL: an hour */
    const char *program;
};

/* "55m", "2h", "90s", "1h30m": seconds; false where it is none, or not above 0. */
bool mmoe_engine_seconds(const char *word, double *seconds);
/* The script, and what starts it ("" where the user does). MMOE_INVALID for values that a shell
 * would take apart, MMOE_UNKNOWN where there is no such engine. */
enum mmoe_status mmoe_engine_script(const char *engine, const struct mmoe_engine_job *job,
                                    struct mmoe_text *script, struct mmoe_text *start,
                                    struct mmoe_error *err);

#endif
