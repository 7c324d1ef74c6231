/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reading.c - what is read of a file of arrays.
 *
 * The limit is one of the sum: a zip file of a megabyte may unpack to many arrays that are large,
 * but not too large, each.
 */
#include "src/dataset/reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>

#include "src/dataset/arrays.h"

enum { ARRAYS_MAX = 10000 }; /* they are found one after the other */

bool reading_wants(const struct reading *r, const char *name)
{
    const char *const *names = r->wanted->names;
    size_t n = strlen(name);
    if (n >= MMOE_ARRAY_NAME_MAX)
        return false;
    if (!names)
        return true;
    for (; *names; names++) {
        size_t k = strlen(*names);
        bool all = k > 0 && (*names)[k - 1] == '.';
        if (all ? strncmp(*names, name, k) == 0 : strcmp(*names, name) == 0)
            return true;
    }
    return false;
}

void reading_leave(const struct reading *r, const char *name, const char *why, ...)
{
    char text[sizeof r->to->unread->why];
    va_list args;
    va_start(args, why);
    vsnprintf(text, sizeof text, why, args);
    va_end(args);
    arrays_leave(r->to, name, text);
}

enum mmoe_status reading_room(const struct reading *r, const char *name, size_t bytes)
{
    const size_t limit = r->wanted->limit ? r->wanted->limit : mmoe_memory() / 2;
    if (r->to->count >= ARRAYS_MAX)
        return bytes_in_fail(r->file, MMOE_LIMIT, "it has more than %d arrays", ARRAYS_MAX);
    if (bytes <= limit && r->to->bytes <= limit - bytes)
        return MMOE_OK;
    return bytes_in_fail(r->file, MMOE_LIMIT,
                         "with array %s it takes %.3g GiB, but the limit is %.3g GiB%s", name,
                         ((double)r->to->bytes + (double)bytes) / 0x1p30, (double)limit / 0x1p30,
                         r->wanted->limit ? "" : ", half of this machine's memory");
}
