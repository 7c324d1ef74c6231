/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * library.h - where files of data are looked for, and what is in them.
 *
 * Ownership: texts are the caller's. Threads: safe.
 */
#ifndef MMOE_STUDY_LIBRARY_H
#define MMOE_STUDY_LIBRARY_H

#include <mmoe/definition.h>

/* Append the path of the file of that name; an error that names the nearest one, or those there
 * are. */
enum mmoe_status library_find(enum mmoe_definition_kind kind, const char *name,
                              struct mmoe_text *path, struct mmoe_error *err);
/* Append what is in a file; an error where it cannot be read, is too long, or is no text. */
enum mmoe_status library_read(const char *path, struct mmoe_text *text, struct mmoe_error *err);
/* The next line of such a text, cut out of it, without blanks and CR at its end; NULL after the
 * last. */
char *library_next_line(char **rest);
/* A name has letters, digits, and -, _ and . within: no path, nothing hidden. */
bool library_is_name(const char *name);

#endif
