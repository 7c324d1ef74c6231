/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schema.h - what a text file says of a table: its files, its columns, its tasks.
 *
 * A line is a key and its words; mmoe-formats(5) documents the keys. Names of columns have no
 * blanks; values of a task stand as they are in the file, parted by |.
 *
 * Ownership: schema_read fills, schema_done gives back. Threads: a value.
 *
 *   struct schema s = {0};
 *   if (mmoe_failed(schema_read(&s, path, err))) return err->status;
 *   ... s.column[c].role ... s.task[k].column ...
 *   schema_done(&s);
 */
#ifndef MMOE_DATASET_SCHEMA_H
#define MMOE_DATASET_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/option.h>
#include <mmoe/status.h>
#include <mmoe/tasks.h>

enum { SCHEMA_COLUMNS_MAX = 512, SCHEMA_NAME_MAX = 48, SCHEMA_VALUES_MAX = 32 };

enum schema_role {
    SCHEMA_UNSAID,   /* refused once all lines are read */
    SCHEMA_NUMBER,   /* an input as it is, scaled */
    SCHEMA_CATEGORY, /* an input for each of its levels */
    SCHEMA_LABEL,    /* a task is read from it, and it is no input */
    SCHEMA_IGNORED
};

struct schema_column {
    char name[SCHEMA_NAME_MAX];
    enum schema_role role;
    bool named; /* a role line names it, and so it must be there */
};

struct schema_task {
    struct mmoe_task task; /* binary: the label is 1 where the column has one of the values */
    size_t column;
    char column_name[SCHEMA_NAME_MAX];
    size_t values;
    const char *value[SCHEMA_VALUES_MAX]; /* within text */
};

struct schema {
    const char *path; /* of the schema; borrowed */
    char *text;       /* the whole file, parted in place */
    /* Files, as the schema names them: to train on and to test on, or one whose rows are parted. */
    const char *train, *test, *file;
    double shares[3]; /* of the one file's rows: train, validation, test; they sum to 100 */
    char separator;
    bool header;         /* the first row has the names of the columns */
    const char *missing; /* the value that says that there is none; NULL: no value does */
    size_t columns;      /* 0: they are those of the header, which schema_header tells */
    struct schema_column *column;
    size_t tasks;
    struct schema_task task[MMOE_TASKS_MAX];
};

/* Read the schema at path, which must stay. Errors name file, line, word and remedy; *s is empty
 * after them. */
enum mmoe_status schema_read(struct schema *s, const char *path, struct mmoe_error *err);
void schema_done(struct schema *s);

/* Take the names of the header, count of them; MMOE_INVALID where a column that was named is not
 * among them, or one among them has no role. */
enum mmoe_status schema_header(struct schema *s, const char *const *names, size_t count,
                               struct mmoe_error *err);

/*
 * Append the path of the schema that option data names: a path, or the name of one in the folders
 * of data (folders.h). MMOE_UNKNOWN and the names there are where there is none.
 */
enum mmoe_status schema_find(const char *data, struct mmoe_text *path, struct mmoe_error *err);
/*
 * Append the path of a file that a schema names: beside the schema, in $MMOE_TABLES, in
 * $XDG_DATA_HOME/mmoe/tables; as it is, or with .gz at its end. MMOE_UNKNOWN says what to put
 * where.
 */
enum mmoe_status schema_file(const struct schema *s, const char *name, struct mmoe_text *path,
                             struct mmoe_error *err);

#endif
