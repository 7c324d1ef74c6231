/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * golden.h - frames against files under tests/golden.
 *
 * MMOE_GOLDEN_WRITE=1 writes the files instead of comparing: look at what it wrote.
 */
#ifndef MMOE_TESTS_GOLDEN_H
#define MMOE_TESTS_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>

#include <mmoe/mem.h>

#include "tests/test.h"

static inline char *golden_read(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return NULL;
    char *text = mmoe_alloc(1 << 17, 1);
    size_t n = fread(text, 1, (1 << 17) - 1, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

static inline void golden_write(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        fail_msg("cannot write %s", path);
}

/* True where the frame is what the file of that name and size says (or was written to it). */
static inline bool golden_check(const char *name, int width, int height, const char *suffix,
                                const char *frame)
{
    char path[1024];
    const char *dir = getenv("srcdir");
    snprintf(path, sizeof path, "%s/tests/golden/%s-%dx%d%s.txt", dir ? dir : ".", name, width,
             height, suffix);
    char *golden = golden_read(path);
    bool write = getenv("MMOE_GOLDEN_WRITE") != NULL, same = golden && strcmp(frame, golden) == 0;
    if (write)
        golden_write(path, frame);
    else if (!same)
        print_error("%s\n--- expected\n%s--- drawn\n%s", path, golden ? golden : "(no such file)\n",
                    frame);
    mmoe_free(golden);
    return write || same;
}

#endif
