/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * database.c - an SQLite file: statements that are kept, and one line for every way in
 * which it can fail. The only user of SQLite.
 *
 * A file that is written ahead (https://sqlite.org/wal.html) has two more files beside it
 * while it is in use, FILE-wal and FILE-shm. Some places do not let them be made. A reader
 * then takes the file as immutable, which is right while FILE-wal is empty. A writer goes
 * back to a rollback journal, which needs no memory shared by programs.
 *
 * A file may be removed or replaced while it is open. SQLite writes on to what it opened, and
 * FILE-wal would be taken for a part of the new file. So before and after each commit, and when
 * it is closed, the file must be in its place; if it is not, its FILE-wal is removed and nothing
 * more is written.
 */
#include "src/store/database.h"

#include <math.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/mem.h>
#include <mmoe/text.h>

#include "src/store/place.h"

enum {
    STATEMENTS_MAX = 48,
    PATIENCE = 10000,    /* milliseconds a lock is waited for */
    LENGTH_MAX = 1 << 24 /* bytes of a row, far above any that mmoe writes */
};
enum { ASKED_EVERY = 5000 /* instructions of SQLite between two questions to the watch */ };

static const char SEALED[] = "?immutable=1";

struct database {
    sqlite3 *handle;
    char *path;
    bool write, is_open;
    bool journal; /* a rollback journal: this place cannot write ahead */
    bool lost;    /* the file is not in its place: nothing is written any more */
    struct place place, wal;
    struct mmoe_text wal_path; /* of FILE-wal, which lies beside the file that a link leads to */
    struct mmoe_store_watch watch; /* go_on NULL: nobody watches */
    bool stopped;                  /* by the watch, while a lock was waited for */
    int waited;                    /* milliseconds, for the lock that is waited for */
    size_t count;
    struct {
        const char *sql;
        sqlite3_stmt *statement;
    } kept[STATEMENTS_MAX];
};

/* --- errors --- */

/* Where SQLite cannot open, read or change the file; NULL: another failure. */
static const char *why_not_file(const struct database *d, int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL: return "no room left on the disk: make room and try again";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: return "locked by another program: try again when that is done with it";
    case SQLITE_NOTADB: return "this is no store of studies: name another file";
    case SQLITE_CORRUPT:
        return "damaged: move it away, or save what is left with `sqlite3 FILE .recover`";
    case SQLITE_NOLFS: return "the file is too large for this system: name another file";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return place_obstacle(d->path, d->write, d->is_open,
                              d->handle ? sqlite3_system_errno(d->handle) : 0);
    }
    return NULL;
}

static enum mmoe_status tell_io(const struct database *d, int code, struct mmoe_error *err)
{
    int number = d->handle ? sqlite3_system_errno(d->handle) : 0;
    const char *what = code == SQLITE_IOERR_WRITE ? "cannot be written, there may be no room"
                                                  : "the disk fails";
    return mmoe_fail(err, MMOE_IO, "store '%.200s': %s (%s): try again, or name a file elsewhere",
                     d->path, what, number ? strerror(number) : sqlite3_errstr(code));
}

/* SQLite ends a commit so if the file is not in its place, as this file does. */
static enum mmoe_status tell_lost(const struct database *d, struct mmoe_error *err)
{
    if (place_is(&d->place, d->path))
        return mmoe_fail(err, MMOE_IO,
                         "store '%.200s': FILE-wal beside it was removed while it was in use: what "
                         "was stored last may be gone with it; try again",
                         d->path);
    bool there = place_of(d->path).is_there;
    return mmoe_fail(err, MMOE_IO,
                     "store '%.200s': the file was %s while it was in use: nothing more is stored; "
                     "%s, or begin anew",
                     d->path, there ? "replaced by another" : "removed",
                     there ? "put the one of before back" : "put it back");
}

static enum mmoe_status tell(struct database *d, int code, struct mmoe_error *err)
{
    const char *text = why_not_file(d, code);
    bool stopped = d->stopped || (code & 0xff) == SQLITE_INTERRUPT;
    d->stopped = false;
    if ((code & 0xff) == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM)
        mmoe_fatal("out of memory: no room for rows of '%.200s'", d->path);
    if (stopped)
        return mmoe_fail(err, MMOE_STATE, "store '%.200s': stopped before it was done", d->path);
    if (code == SQLITE_READONLY_DBMOVED)
        return tell_lost(d, err);
    bool malformed = (code & 0xff) == SQLITE_NOTADB || (code & 0xff) == SQLITE_CORRUPT,
         refused = (code & 0xff) == SQLITE_CONSTRAINT; /* it broke a table's constraints */
    if (text)
        return mmoe_fail(err, malformed ? MMOE_INVALID : MMOE_IO, "store '%.200s': %s", d->path,
                         text);
    if ((code & 0xff) == SQLITE_IOERR)
        return tell_io(d, code, err);
    bool said = d->handle && (sqlite3_errcode(d->handle) & 0xff) == (code & 0xff);
    return mmoe_fail(err, refused ? MMOE_INVALID : MMOE_IO,
                     "store '%.200s': %s: it may be damaged, name another file", d->path,
                     said ? sqlite3_errmsg(d->handle) : sqlite3_errstr(code));
}

/* --- who waits --- */

void database_watch(struct database *d, const struct mmoe_store_watch *watch)
{
    d->watch = watch ? *watch : (struct mmoe_store_watch){0};
}

static bool is_unwanted(const struct database *d, bool locked)
{
    return d->watch.go_on && !d->watch.go_on(d->watch.context, locked);
}

/* Asked by SQLite now and then while it computes. */
static int ask_on(void *context)
{
    return is_unwanted(context, false);
}

/* Asked by SQLite when a lock is held by another program; `times` before. */
static int wait_longer(void *context, int times)
{
    static const int pauses[] = {1, 2, 5, 10, 15, 20, 25, 25, 25, 50};
    enum { PAUSES = sizeof pauses / sizeof *pauses };
    struct database *d = context;
    int pause = pauses[times < PAUSES ? times : PAUSES - 1];
    if (times == 0)
        d->waited = 0;
    d->stopped = is_unwanted(d, true);
    if (d->stopped || d->waited + pause > PATIENCE)
        return 0;
    d->waited += pause;
    sqlite3_sleep(pause);
    return 1;
}

/* --- opening --- */

static void disconnect(struct database *d)
{
    for (size_t i = 0; i < d->count; i++)
        sqlite3_finalize(d->kept[i].statement);
    d->count = 0;
    sqlite3_close(d->handle);
    d->handle = NULL;
}

/* A file may come from anywhere: what is in its schema runs no code of its own, and no value is
 * larger than memory. See https://sqlite.org/security.html */
static void harden(struct database *d)
{
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)NULL);
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    sqlite3_limit(d->handle, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
    sqlite3_limit(d->handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_busy_handler(d->handle, wait_longer, d);
    sqlite3_progress_handler(d->handle, ASKED_EVERY, ask_on, d);
}

/* Open the file, run the statements `first`, and read: SQLite reports a bad file at its first read.
 */
static int connect_to(struct database *d, const char *parameters, const char *first)
{
    disconnect(d);
    char *uri = place_uri(d->path, parameters);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI |
                (d->write ? SQLITE_OPEN_CREATE : 0);
    int code = sqlite3_open_v2(uri, &d->handle, flags, NULL);
    mmoe_free(uri);
    if (code != SQLITE_OK)
        return d->handle ? sqlite3_extended_errcode(d->handle) : code;
    if (d->write && sqlite3_db_readonly(d->handle, "main") == 1)
        return SQLITE_READONLY;
    sqlite3_extended_result_codes(d->handle, 1);
    harden(d);
    code = sqlite3_exec(d->handle, first, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(d->handle,
                            "PRAGMA foreign_keys = ON;"
                            "PRAGMA synchronous = FULL;"
                            "PRAGMA cell_size_check = ON;"
                            "SELECT count(*) FROM sqlite_schema",
                            NULL, NULL, NULL);
    if (code == SQLITE_OK && !d->write)
        code = sqlite3_exec(d->handle, "PRAGMA query_only = ON", NULL, NULL, NULL);
    return code;
}

/* Does the code say that the files beside this one cannot be made or shared? */
static bool is_alone(int code)
{
    switch (code) {
    case SQLITE_IOERR_SHMOPEN:
    case SQLITE_IOERR_SHMSIZE:
    case SQLITE_IOERR_SHMLOCK:
    case SQLITE_IOERR_SHMMAP: return true;
    }
    return (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY;
}

/* Go back to a rollback journal. The file is locked while the mode changes: a locked file that was
 * written ahead is read without shared memory. */
static int connect_journal(struct database *d)
{
    d->journal = true;
    return connect_to(d, "",
                      "PRAGMA locking_mode = EXCLUSIVE;"
                      "PRAGMA journal_mode = DELETE;"
                      "PRAGMA locking_mode = NORMAL");
}

/* Remember where FILE-wal is. */
static void find_wal(struct database *d)
{
    const char *file = d->handle ? sqlite3_db_filename(d->handle, "main") : NULL;
    mmoe_text_clear(&d->wal_path);
    if (file && *file)
        mmoe_text_add(&d->wal_path, "%s", sqlite3_filename_wal(file));
    else
        mmoe_text_add(&d->wal_path, "%s-wal", d->path);
    d->wal = place_of(d->wal_path.s);
}

static int connect_immutable(struct database *d, int before)
{
    struct stat st;
    find_wal(d);
    bool pending = stat(d->wal_path.s, &st) == 0 && st.st_size > 0;
    return pending ? before : connect_to(d, SEALED, "");
}

static void release(struct database *d)
{
    disconnect(d);
    mmoe_text_done(&d->wal_path);
    mmoe_free(d->path);
    mmoe_free(d);
}

struct database *database_open(const char *path, bool write, bool sealed,
                               const struct mmoe_store_watch *watch, struct mmoe_error *err)
{
    if (mmoe_failed(place_look(path, write, err)))
        return NULL;
    struct database *d = mmoe_alloc(1, sizeof *d);
    d->path = mmoe_strdup(path);
    d->write = write;
    database_watch(d, watch);
    int code = connect_to(d, sealed ? SEALED : "", "");
    if (is_alone(code) && !sealed)
        code = write ? connect_journal(d) : connect_immutable(d, code);
    d->is_open = code == SQLITE_OK;
    d->place = place_of(path);
    if (d->is_open)
        return d;
    tell(d, code, err);
    release(d);
    return NULL;
}

const char *database_path(const struct database *d)
{
    return d->path;
}

enum mmoe_status database_write_ahead(struct database *d, struct mmoe_error *err)
{
    if (d->journal)
        return MMOE_OK;
    int code = sqlite3_exec(d->handle, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    /* busy: another program changes the mode now, and its choice holds for this one, too */
    if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY)
        code = sqlite3_exec(d->handle, "BEGIN IMMEDIATE; COMMIT", NULL, NULL, NULL);
    if (is_alone(code))
        code = connect_journal(d);
    find_wal(d);
    return code == SQLITE_OK ? MMOE_OK : tell(d, code, err);
}

enum mmoe_status database_run(struct database *d, const char *sql, struct mmoe_error *err)
{
    int code = sqlite3_exec(d->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? MMOE_OK : tell(d, code, err);
}

/* --- another file beside it --- */

enum mmoe_status database_attach(struct database *d, const char *path, const char *name,
                                 struct mmoe_error *err)
{
    char *uri = place_uri(path, SEALED);
    sqlite3_limit(d->handle, SQLITE_LIMIT_ATTACHED, 1);
    enum mmoe_status status = database_do(d, err, "ATTACH ? AS ?", "tt", uri, name);
    mmoe_free(uri);
    return status;
}

void database_detach(struct database *d, const char *name)
{
    database_do(d, NULL, "DETACH ?", "t", name);
    sqlite3_limit(d->handle, SQLITE_LIMIT_ATTACHED, 0);
}

/* --- a file that is removed or replaced --- */

/* Is the file, and what was written ahead of it, where it was? */
static bool is_in_place(const struct database *d)
{
    return place_is(&d->place, d->path) && (!d->wal.is_there || place_is(&d->wal, d->wal_path.s));
}

enum mmoe_status database_in_place(const struct database *d, struct mmoe_error *err)
{
    return is_in_place(d) ? MMOE_OK : tell_lost(d, err);
}

static void remove_wal(const struct database *d)
{
    struct mmoe_text shm = {0};
    mmoe_text_add(&shm, "%.*sshm", (int)(d->wal_path.n - strlen("wal")), d->wal_path.s);
    unlink(d->wal_path.s);
    unlink(shm.s);
    mmoe_text_done(&shm);
}

/* What was written ahead goes to the file that it belongs to, which may have been moved away, but
 * not where another file or another FILE-wal has come to be: there it would do harm. */
static void let_go(struct database *d)
{
    bool there = place_of(d->path).is_there, same = place_is(&d->place, d->path);
    if (!there || (same && !place_of(d->wal_path.s).is_there))
        sqlite3_wal_checkpoint_v2(d->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (!same && place_is(&d->wal, d->wal_path.s))
        remove_wal(d);
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    d->lost = true;
}

/* FILE-wal may still have what was written: SQLite leaves it where the file is not in its place. */
void database_close(struct database *d)
{
    if (!d)
        return;
    if (d->write && d->wal.is_there && !d->lost && !is_in_place(d))
        let_go(d);
    release(d);
}

/* --- statements --- */

static int prepare(struct database *d, const char *sql, sqlite3_stmt **statement)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->kept[i].sql == sql) {
            *statement = d->kept[i].statement;
            return SQLITE_OK;
        }
    if (d->count == STATEMENTS_MAX)
        mmoe_fatal("more than %d statements on one database", STATEMENTS_MAX);
    int code = sqlite3_prepare_v3(d->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    if (code == SQLITE_OK) {
        d->kept[d->count].sql = sql;
        d->kept[d->count++].statement = *statement;
    }
    return code;
}

static int bind(sqlite3_stmt *s, const char *types, va_list args)
{
    int code = SQLITE_OK;
    for (int i = 0; types[i] && code == SQLITE_OK; i++) {
        int64_t whole = 0;
        double real = 0;
        switch (types[i]) {
        case 'i':
        case 'n':
            whole = va_arg(args, int64_t);
            code = types[i] == 'n' && whole == 0 ? sqlite3_bind_null(s, i + 1)
                                                 : sqlite3_bind_int64(s, i + 1, whole);
            break;
        case 'd':
            real = va_arg(args, double);
            code = isfinite(real) ? sqlite3_bind_double(s, i + 1, real)
                                  : sqlite3_bind_null(s, i + 1);
            break;
        case 't':
            code = sqlite3_bind_text(s, i + 1, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
            break;
        default: mmoe_fatal("no argument of a statement is of type '%c'", types[i]);
        }
    }
    return code;
}

static struct rows ask(struct database *d, const char *sql, const char *types, va_list args)
{
    struct rows r = {.database = d};
    r.code = prepare(d, sql, &r.statement);
    if (r.code == SQLITE_OK)
        r.code = bind(r.statement, types, args);
    if (r.code != SQLITE_OK)
        tell(d, r.code, &r.why);
    return r;
}

struct rows database_ask(struct database *d, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    struct rows r = ask(d, sql, types, args);
    va_end(args);
    return r;
}

bool database_next(struct rows *r)
{
    if (r->code != SQLITE_OK && r->code != SQLITE_ROW)
        return false;
    r->code = sqlite3_step(r->statement);
    if (r->code != SQLITE_ROW && r->code != SQLITE_DONE)
        tell(r->database, r->code, &r->why); /* now: another statement has another error */
    return r->code == SQLITE_ROW;
}

int64_t database_int(const struct rows *r, int column)
{
    return sqlite3_column_int64(r->statement, column);
}

bool database_is_null(const struct rows *r, int column)
{
    return sqlite3_column_type(r->statement, column) == SQLITE_NULL;
}

double database_real(const struct rows *r, int column)
{
    return database_is_null(r, column) ? (double)NAN : sqlite3_column_double(r->statement, column);
}

const char *database_text(const struct rows *r, int column)
{
    const unsigned char *text = sqlite3_column_text(r->statement, column);
    return text ? (const char *)text : "";
}

enum mmoe_status database_end(struct rows *r, struct mmoe_error *err)
{
    sqlite3_reset(r->statement);
    if (mmoe_failed(r->why.status) && err)
        *err = r->why;
    return r->why.status;
}

enum mmoe_status database_do(struct database *d, struct mmoe_error *err, const char *sql,
                             const char *types, ...)
{
    va_list args;
    va_start(args, types);
    struct rows r = ask(d, sql, types, args);
    va_end(args);
    database_next(&r);
    return database_end(&r, err);
}

int64_t database_changes(const struct database *d)
{
    return sqlite3_changes(d->handle);
}

int64_t database_last_id(const struct database *d)
{
    return sqlite3_last_insert_rowid(d->handle);
}

/* --- transactions --- */

enum mmoe_status database_begin(struct database *d, bool write, struct mmoe_error *err)
{
    if (write && d->lost)
        return tell_lost(d, err);
    return database_run(d, write ? "BEGIN IMMEDIATE" : "BEGIN", err);
}

enum mmoe_status database_finish(struct database *d, enum mmoe_status so_far,
                                 struct mmoe_error *err)
{
    bool writes = d->write && !mmoe_failed(so_far);
    if (writes)
        so_far = database_in_place(d, err);
    if (!mmoe_failed(so_far))
        so_far = database_run(d, "COMMIT", err);
    /* SQLite has already rolled back after some failures */
    if (mmoe_failed(so_far) && !sqlite3_get_autocommit(d->handle))
        sqlite3_exec(d->handle, "ROLLBACK", NULL, NULL, NULL);
    if (writes && !mmoe_failed(so_far))
        so_far = database_in_place(d, err);
    if (writes && !is_in_place(d))
        let_go(d);
    return so_far;
}
