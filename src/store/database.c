/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * database.c - an SQLite file: statements that are kept, and one line for every way in
 * which it can fail. The only user of SQLite.
 *
 * A file that is written ahead (https://sqlite.org/wal.html) has two more files beside it
 * while it is in use, FILE-wal and FILE-shm. Some places do not let them be made. A reader
 * then takes the file as immutable, which is right while FILE-wal is empty. A writer goes
 * back to a rollback journal, which needs no memory shared by programs.
 */
#include "src/store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/mem.h>
#include <mmoe/text.h>

enum { STATEMENTS_MAX = 32, PATIENCE = 10000 /* milliseconds a lock is waited for */ };

struct database {
    sqlite3 *handle;
    char *path;
    bool write, is_open;
    bool journal; /* a rollback journal: this place cannot write ahead */
    size_t count;
    struct {
        const char *sql;
        sqlite3_stmt *statement;
    } kept[STATEMENTS_MAX];
};

/* --- errors --- */

/* Append the folder a path is in. */
static void add_folder(struct mmoe_text *t, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        mmoe_text_add(t, ".");
    else
        mmoe_text_add(t, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

static bool may_write(const char *path)
{
    return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0;
}

/* SQLite names READONLY and CANTOPEN by what it tried. A user is told what to change. */
static const char *why_closed(const struct database *d)
{
    struct mmoe_text folder = {0};
    struct stat st;
    add_folder(&folder, d->path);
    bool there = stat(d->path, &st) == 0, beside = may_write(folder.s);
    mmoe_text_done(&folder);
    if (there && faccessat(AT_FDCWD, d->path, R_OK, AT_EACCESS) != 0)
        return "the file may not be read: change its permissions (chmod u+rw), or name another "
               "file";
    if (d->write && there && !may_write(d->path))
        return "the file is read-only: change its permissions (chmod u+w), or name another file";
    if (d->is_open && !d->write)
        return "it was opened to be read: open it to be written to";
    if (!beside && !d->write)
        return "its folder is read-only, and some of it is in FILE-wal still: copy both to where "
               "one may write";
    if (!beside)
        return "its folder is read-only, and SQLite needs to write beside the file: name a file "
               "elsewhere";
    return "the system does not let it be opened: see that FILE-wal and FILE-shm beside it are "
           "files one may write";
}

static const char *why(const struct database *d, int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL: return "no room left on the disk: make room and try again";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "locked by another program: try again when that is done with it";
    case SQLITE_NOTADB: return "this is no store of studies: name another file";
    case SQLITE_CORRUPT:
        return "damaged: move it away, or save what is left with `sqlite3 FILE .recover`";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN: return why_closed(d);
    }
    return NULL;
}

static enum mmoe_status tell(const struct database *d, int code, struct mmoe_error *err)
{
    const char *text = why(d, code);
    int number = d->handle ? sqlite3_system_errno(d->handle) : 0;
    if ((code & 0xff) == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM)
        mmoe_fatal("out of memory: no room for rows of '%.200s'", d->path);
    bool malformed = (code & 0xff) == SQLITE_NOTADB || (code & 0xff) == SQLITE_CORRUPT;
    if (text)
        return mmoe_fail(err, malformed ? MMOE_INVALID : MMOE_IO, "store '%.200s': %s", d->path,
                         text);
    if ((code & 0xff) == SQLITE_IOERR)
        return mmoe_fail(err, MMOE_IO,
                         "store '%.200s': %s (%s): try again, or name a file elsewhere", d->path,
                         code == SQLITE_IOERR_WRITE ? "cannot be written, there may be no room"
                                                    : "the disk fails",
                         number ? strerror(number) : sqlite3_errstr(code));
    return mmoe_fail(err, MMOE_IO, "store '%.200s': %s: it may be damaged, name another file",
                     d->path, d->handle ? sqlite3_errmsg(d->handle) : sqlite3_errstr(code));
}

/* --- opening --- */

/* A URI: SQLite gives the names :memory:, file:x and "" a meaning of their own. */
static char *uri_of(const char *path, const char *parameters)
{
    static const char plain[] =
        "/._-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    struct mmoe_text t = {0};
    mmoe_text_add(&t, path[0] == '/' ? "file://" : "file:./");
    for (const char *c = path; *c; c++)
        mmoe_text_add(&t, strchr(plain, *c) ? "%c" : "%%%02X", (unsigned char)*c);
    mmoe_text_add(&t, "%s", parameters);
    return t.s;
}

static void disconnect(struct database *d)
{
    for (size_t i = 0; i < d->count; i++)
        sqlite3_finalize(d->kept[i].statement);
    d->count = 0;
    sqlite3_close(d->handle);
    d->handle = NULL;
}

/* Open the file, run the statements `first`, and read: SQLite reports a bad file at its first read.
 */
static int connect_to(struct database *d, const char *parameters, const char *first)
{
    disconnect(d);
    char *uri = uri_of(d->path, parameters);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI |
                (d->write ? SQLITE_OPEN_CREATE : 0);
    int code = sqlite3_open_v2(uri, &d->handle, flags, NULL);
    mmoe_free(uri);
    if (code != SQLITE_OK)
        return d->handle ? sqlite3_extended_errcode(d->handle) : code;
    sqlite3_extended_result_codes(d->handle, 1);
    sqlite3_busy_timeout(d->handle, PATIENCE);
    /* views and triggers of a foreign file may not call unsafe functions */
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
    code = sqlite3_exec(d->handle, first, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(d->handle,
                            "PRAGMA foreign_keys = ON;"
                            "PRAGMA synchronous = FULL;"
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

static int connect_immutable(struct database *d, int before)
{
    struct mmoe_text wal = {0};
    struct stat st;
    mmoe_text_add(&wal, "%s-wal", d->path);
    bool pending = stat(wal.s, &st) == 0 && st.st_size > 0;
    mmoe_text_done(&wal);
    return pending ? before : connect_to(d, "?immutable=1", "");
}

/* Make the folders above the last part of path. */
static enum mmoe_status make_folders(const char *path, struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    char *copy = mmoe_strdup(path);
    for (char *slash = strchr(copy + 1, '/'); slash && !mmoe_failed(status);
         slash = strchr(slash + 1, '/')) {
        struct stat st;
        *slash = '\0';
        if (mkdir(copy, 0700) != 0 && !(stat(copy, &st) == 0 && S_ISDIR(st.st_mode)))
            status = mmoe_fail(
                err, MMOE_IO,
                "store '%.120s': cannot make the folder '%.120s': %s: name a file elsewhere", path,
                copy, strerror(errno == EEXIST ? ENOTDIR : errno));
        *slash = '/';
    }
    mmoe_free(copy);
    return status;
}

static enum mmoe_status look_at(const char *path, bool write, struct mmoe_error *err)
{
    struct stat st;
    if (!path || !*path)
        return mmoe_fail(err, MMOE_UNKNOWN, "no file to keep studies in: name one, or set HOME");
    if (stat(path, &st) == 0) {
        if (S_ISREG(st.st_mode))
            return MMOE_OK;
        return mmoe_fail(err, MMOE_INVALID, "store '%.200s': this is %s: name another file", path,
                         S_ISDIR(st.st_mode) ? "a folder" : "no ordinary file");
    }
    if (errno != ENOENT)
        return mmoe_fail(err, MMOE_IO, "store '%.200s': %s: name another file", path,
                         strerror(errno));
    if (!write)
        return mmoe_fail(err, MMOE_UNKNOWN,
                         "store '%.200s': there is no such file: name another, or make a study",
                         path);
    return make_folders(path, err);
}

struct database *database_open(const char *path, bool write, struct mmoe_error *err)
{
    if (mmoe_failed(look_at(path, write, err)))
        return NULL;
    struct database *d = mmoe_alloc(1, sizeof *d);
    d->path = mmoe_strdup(path);
    d->write = write;
    int code = connect_to(d, "", "");
    if (is_alone(code))
        code = write ? connect_journal(d) : connect_immutable(d, code);
    if (code == SQLITE_OK && write && sqlite3_db_readonly(d->handle, "main") == 1)
        code = SQLITE_READONLY;
    d->is_open = code == SQLITE_OK;
    if (d->is_open)
        return d;
    tell(d, code, err);
    database_close(d);
    return NULL;
}

void database_close(struct database *d)
{
    if (!d)
        return;
    disconnect(d);
    mmoe_free(d->path);
    mmoe_free(d);
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
    return code == SQLITE_OK ? MMOE_OK : tell(d, code, err);
}

enum mmoe_status database_run(struct database *d, const char *sql, struct mmoe_error *err)
{
    int code = sqlite3_exec(d->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? MMOE_OK : tell(d, code, err);
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
    if (r->code == SQLITE_OK || r->code == SQLITE_ROW)
        r->code = sqlite3_step(r->statement);
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
    bool fine = r->code == SQLITE_OK || r->code == SQLITE_ROW || r->code == SQLITE_DONE;
    enum mmoe_status status = fine ? MMOE_OK : tell(r->database, r->code, err);
    sqlite3_reset(r->statement);
    return status;
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
    return database_run(d, write ? "BEGIN IMMEDIATE" : "BEGIN", err);
}

enum mmoe_status database_finish(struct database *d, enum mmoe_status so_far,
                                 struct mmoe_error *err)
{
    if (!mmoe_failed(so_far))
        so_far = database_run(d, "COMMIT", err);
    /* SQLite has already rolled back after some failures */
    if (mmoe_failed(so_far) && !sqlite3_get_autocommit(d->handle))
        sqlite3_exec(d->handle, "ROLLBACK", NULL, NULL, NULL);
    return so_far;
}
