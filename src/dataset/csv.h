/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv.h - rows of fields in a text file, plain or packed by gzip.
 *
 * Fields are parted by one character; blanks at their ends are trimmed. A field that begins with a
 * double quote ends at the next one that is not doubled, and may have separators and line ends in
 * it (RFC 4180). Lines end by LF or CRLF; empty lines are no rows; a byte order mark is left out.
 *
 * Ownership: csv_open opens, csv_close closes; fields are the reader's, until the next row.
 * Threads:   one at a time; any thread may raise `stop`.
 *
 *   if (mmoe_failed(csv_open(&c, path, ',', stop, err))) return err->status;
 *   while ((status = csv_next(&c)) == MMOE_CONTINUE) ... c.field[i] ... c.fields
 *   csv_close(&c);
 */
#ifndef MMOE_DATASET_CSV_H
#define MMOE_DATASET_CSV_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include <mmoe/status.h>

enum { CSV_FIELDS_MAX = 512 };

struct csv_field {
    char *s; /* not ended by '\0' */
    size_t n;
};

struct csv {
    const char *path;
    char separator;
    size_t line; /* that the row began in, from 1 */
    size_t fields;
    struct csv_field field[CSV_FIELDS_MAX];
    /* private */
    void *file; /* gzFile */
    char *buffer;
    size_t from, to, next_line;
    bool ended;
    atomic_bool *stop;
    struct mmoe_error *err;
};

/* MMOE_UNKNOWN, MMOE_IO as mmoe_file_open. The path, stop (NULL allowed) and err are borrowed. */
enum mmoe_status csv_open(struct csv *c, const char *path, char separator, atomic_bool *stop,
                          struct mmoe_error *err);
/* MMOE_CONTINUE: a row; MMOE_DONE: there is none any more; else a failure, told by csv_fail. */
enum mmoe_status csv_next(struct csv *c);
/* Fail with "FILE:LINE: " and the reason. */
enum mmoe_status csv_fail(const struct csv *c, enum mmoe_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void csv_close(struct csv *c);

#endif
