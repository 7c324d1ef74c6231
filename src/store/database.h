/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * database.h - an SQLite file: statements that are kept, and one line for
 * every way in which it can fail.
 *
 * A statement is its SQL: a constant string, prepared when it is first asked
 * and kept until the file is closed. Arguments are told by a letter each: i an
 * int64_t, n the same but NULL where 0, d a double (NULL where it is not
 * finite), t a text. An error is kept until database_end, so that rows are read
 * in a plain loop.
 *
 * A file may come from anywhere: its triggers are not run, and whoever opens
 * it may hand in a watch that stops whatever SQLite is at.
 *
 * Ownership: database_open / _close; texts of a row live until the next row.
 * Threads:   one at a time.
 *
 *   static const char sql[] = "SELECT loss FROM losses WHERE run = ?";
 *   struct rows r = database_ask(d, sql, "i", run);
 *   while (database_next(&r)) sum += database_real(&r, 0);
 *   status = database_end(&r, err);
 */
#ifndef MMOE_STORE_DATABASE_H
#define MMOE_STORE_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

#include <mmoe/status.h>
#include <mmoe/store.h>

struct database;
struct sqlite3_stmt;

/* NULL and *err if the file cannot be opened. A file that is to be written is made if it is
 * missing, folders included. sealed: nobody changes the file, and nothing is made beside it. The
 * watch (NULL: none) is copied. */
struct database *database_open(const char *path, bool write, bool sealed,
                               const struct mmoe_store_watch *watch, struct mmoe_error *err);
void database_close(struct database *d); /* NULL allowed */
/* Another file, which nobody changes, beside this one in statements, and away again; no transaction
 * is open. */
enum mmoe_status database_attach(struct database *d, const char *path, const char *name,
                                 struct mmoe_error *err);
void database_detach(struct database *d, const char *name);
const char *database_path(const struct database *d); /* as it was given to database_open */
/* Somebody else watches from now on; NULL: nobody. */
void database_watch(struct database *d, const struct mmoe_store_watch *watch);
/* Fail if the path leads to another file, or to none: what is written is lost then. */
enum mmoe_status database_in_place(const struct database *d, struct mmoe_error *err);

/* Write ahead from now on: readers and the writer do not wait for each other. A file system without
 * memory shared by programs leaves the file as it is. */
enum mmoe_status database_write_ahead(struct database *d, struct mmoe_error *err);

/* Statements in a row, separated by semicolons; not kept. */
enum mmoe_status database_run(struct database *d, const char *sql, struct mmoe_error *err);

/* --- statements that are kept --- */

struct rows {
    struct database *database;
    struct sqlite3_stmt *statement;
    int code;
    struct mmoe_error why; /* where code is a failure */
};

struct rows database_ask(struct database *d, const char *sql, const char *types, ...);
/* Step to the next row; false after the last, or after a failure. */
bool database_next(struct rows *r);
int64_t database_int(const struct rows *r, int column);
double database_real(const struct rows *r, int column);      /* NAN where NULL */
const char *database_text(const struct rows *r, int column); /* "" where NULL */
bool database_is_null(const struct rows *r, int column);
enum mmoe_status database_end(struct rows *r, struct mmoe_error *err);

/* A statement without rows. */
enum mmoe_status database_do(struct database *d, struct mmoe_error *err, const char *sql,
                             const char *types, ...);
int64_t database_changes(const struct database *d); /* rows the last statement changed */
int64_t database_last_id(const struct database *d); /* of the row last inserted */

/* --- transactions --- */

/* A writer waits for another program that writes. A reader sees all rows as of one moment. */
enum mmoe_status database_begin(struct database *d, bool write, struct mmoe_error *err);
/* Commit, or roll back if `so_far` or the commit failed; returns the status of the whole. A file
 * that is no longer in its place is not written to: it was removed, or replaced. */
enum mmoe_status database_finish(struct database *d, enum mmoe_status so_far,
                                 struct mmoe_error *err);

#endif
