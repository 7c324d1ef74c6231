/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * library.h - the folders in which files of data are looked for, and reading these files.
 *
 * Ownership: texts are the caller's. Threads: safe.
 */
#ifndef MMOE_STUDY_LIBRARY_H
#define MMOE_STUDY_LIBRARY_H

#include <mmoe/definition.h>

/* Append the path of the file of that name. The error names the nearest file, or all there are. */
enum mmoe_status library_find(enum mmoe_definition_kind kind, const char *name,
                              struct mmoe_text *path, struct mmoe_error *err);
/* Append the contents of a file; an error if it cannot be read, is too long, or is no text. */
enum mmoe_status library_read(const char *path, struct mmoe_text *text, struct mmoe_error *err);
/* The next line of the text, terminated in place, without blanks and CR at its end; NULL after the
 * last. */
char *library_next_line(char **rest);
/* Is it a name: letters, digits, and -, _ and . within? It is then no path and no hidden file. */
bool library_is_name(const char *name);

#endif
