/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * place.h - where a store lies: whether its file may be opened, and whether it is the same one
 * still.
 *
 * Ownership: plain values, but for the text of place_uri. Threads: safe.
 */
#ifndef MMOE_STORE_PLACE_H
#define MMOE_STORE_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

#include <mmoe/status.h>

/* The file that a path led to. */
struct place {
    bool is_there;
    dev_t device;
    ino_t number;
};

struct place place_of(const char *path);
/* Does the path lead to that file now? */
bool place_is(const struct place *p, const char *path);

/* The path as a URI with these parameters, to be freed: SQLite gives the names :memory:, file:x and
 * "" a meaning of their own. */
char *place_uri(const char *path, const char *parameters);

/* Can a store lie there? Folders above one that is to be written are made. Fails if the path is
 * empty, or leads to no ordinary file, or, to be read, to nothing. */
enum mmoe_status place_look(const char *path, bool write, struct mmoe_error *err);

/* Why SQLite could not open or change the file, and what to do: static text. is_open: the file was
 * opened before; number: the system's errno, or 0. */
const char *place_obstacle(const char *path, bool write, bool is_open, int number);

#endif
