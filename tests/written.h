/* SPDX-License-Identifier: GPL-3.0-or-later */
/* written.h - all that a test writes to stdout and stderr, kept in a file. */
#ifndef MMOE_TESTS_WRITTEN_H
#define MMOE_TESTS_WRITTEN_H

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static FILE *kept;
static int stdout_was, stderr_was;
static char output[1 << 21];

static inline void keep_writing(void)
{
    kept = tmpfile();
    fflush(stdout);
    fflush(stderr);
    stdout_was = dup(STDOUT_FILENO);
    stderr_was = dup(STDERR_FILENO);
    dup2(fileno(kept), STDOUT_FILENO);
    dup2(fileno(kept), STDERR_FILENO);
}

static inline void end_writing(void)
{
    fflush(stdout);
    fflush(stderr);
    dup2(stdout_was, STDOUT_FILENO);
    dup2(stderr_was, STDERR_FILENO);
    close(stdout_was);
    close(stderr_was);
    fclose(kept);
}

/* What was written since the begin, or since it was last forgotten. */
static inline const char *written(void)
{
    fflush(stdout);
    fflush(stderr);
    ssize_t n = pread(fileno(kept), output, sizeof output - 1, 0);
    output[n > 0 ? n : 0] = '\0';
    return output;
}

/* False where the file cannot be emptied. */
static inline bool forget_written(void)
{
    fflush(stdout);
    fflush(stderr);
    bool emptied = ftruncate(fileno(kept), 0) == 0;
    lseek(fileno(kept), 0, SEEK_SET);
    return emptied;
}

#endif
