/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv.c - rows of fields in a text file, plain or packed by gzip.
 *
 * The file comes in pieces into one buffer. A row that is not whole at the buffer's end is moved to
 * its beginning before the next piece is read, so that fields lie in one piece always; quotes are
 * taken out of them in place.
 */
#include "src/dataset/csv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <mmoe/file.h>
#include <mmoe/mem.h>

#include "src/dataset/bytes.h"

enum { BUFFER = 1 << 20, PACKED_BUFFER = 1 << 17 };

enum mmoe_status csv_fail(const struct csv *c, enum mmoe_status status, const char *format, ...)
{
    char text[320];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return mmoe_fail(c->err, status, "%.150s:%zu: %.300s", c->path, c->line, text);
}

/* --- pieces --- */

/* Read on behind what is there; false at the end of the file and after a failure. */
static enum mmoe_status read_on(struct csv *c)
{
    memmove(c->buffer, c->buffer + c->from, c->to - c->from);
    c->to -= c->from;
    c->from = 0;
    if (c->to == BUFFER)
        return csv_fail(c, MMOE_LIMIT, "a row is longer than %d bytes: is a quote left open?",
                        BUFFER);
    if (bytes_stopped(c->stop))
        return mmoe_fail(c->err, MMOE_STATE, "reading %.200s was stopped", c->path);
    int n = gzread(c->file, c->buffer + c->to, (unsigned)(BUFFER - c->to)), code;
    const char *why = gzerror(c->file, &code);
    if (n < 0 || code == Z_BUF_ERROR)
        return mmoe_fail(c->err, MMOE_IO, "cannot read %.200s: %.100s", c->path,
                         code == Z_BUF_ERROR ? "it ends too early" : why);
    if (memchr(c->buffer + c->to, '\0', (size_t)n))
        return csv_fail(c, MMOE_INVALID, "a NUL byte here or below: it is no text");
    c->ended = n == 0;
    c->to += (size_t)n;
    return c->ended ? MMOE_DONE : MMOE_CONTINUE;
}

enum mmoe_status csv_open(struct csv *c, const char *path, char separator, atomic_bool *stop,
                          struct mmoe_error *err)
{
    *c = (struct csv){
        .path = path, .separator = separator, .line = 1, .next_line = 1, .stop = stop, .err = err};
    int file = mmoe_file_open(path, err);
    if (file < 0)
        return err->status;
    c->file = gzdopen(file, "rb");
    if (!c->file) {
        close(file);
        return mmoe_fail(err, MMOE_LIMIT, "no memory to read %.200s", path);
    }
    gzbuffer(c->file, PACKED_BUFFER);
    c->buffer = mmoe_alloc(BUFFER, 1);
    if (read_on(c) != MMOE_CONTINUE && !c->ended) {
        csv_close(c);
        return err->status;
    }
    c->from = mmoe_file_mark(c->buffer, c->to);
    return MMOE_OK;
}

void csv_close(struct csv *c)
{
    if (c->file)
        gzclose(c->file);
    mmoe_free(c->buffer);
    c->file = NULL;
    c->buffer = NULL;
}

/* --- rows --- */

static bool is_blank(char b)
{
    return b == ' ' || b == '\t' || b == '\r';
}

static bool add_field(struct csv *c, char *s, size_t n)
{
    if (c->fields == CSV_FIELDS_MAX)
        return false;
    c->field[c->fields++] = (struct csv_field){s, n};
    return true;
}

/* Where the quoted field that begins at `at` ends, behind its quote; 0: not before the end. */
static size_t end_of_quoted(const struct csv *c, size_t at)
{
    for (size_t i = at + 1; i < c->to; i++) {
        if (c->buffer[i] != '"')
            continue;
        if (i + 1 == c->to || c->buffer[i + 1] != '"')
            return i + 1;
        i++;
    }
    return 0;
}

static size_t skip_blanks(const struct csv *c, size_t at)
{
    while (at < c->to && is_blank(c->buffer[at]) && c->buffer[at] != c->separator)
        at++;
    return at;
}

static size_t end_of_plain(const struct csv *c, size_t at)
{
    const char separator = c->separator, *b = c->buffer;
    while (at < c->to && b[at] != separator && b[at] != '\n')
        at++;
    return at;
}

/* Is the row that begins at `from` in the buffer to its end? */
static bool has_row(const struct csv *c)
{
    const char *row = c->buffer + c->from, *end = memchr(row, '\n', c->to - c->from);
    if (!end || !memchr(row, '"', (size_t)(end - row)))
        return end != NULL;
    for (size_t at = c->from; at < c->to; at++) {
        at = skip_blanks(c, at);
        if (at < c->to && c->buffer[at] == '"' && !(at = end_of_quoted(c, at)))
            return false;
        at = end_of_plain(c, at);
        if (at < c->to && c->buffer[at] == '\n')
            return true;
    }
    return false;
}

/* The field from `at` to `end`, without its quotes: doubled ones become one. */
static struct csv_field unquote(struct csv *c, size_t at, size_t end)
{
    struct csv_field f = {c->buffer + at, 0};
    for (size_t i = at + 1; i + 1 < end; i++) {
        f.s[f.n++] = c->buffer[i];
        i += c->buffer[i] == '"';
    }
    return f;
}

/* The next field; *at: where it begins, then where the next one does. *last: it was the row's. */
static enum mmoe_status scan_field(struct csv *c, size_t *at, bool *last)
{
    size_t from = skip_blanks(c, *at), end;
    struct csv_field f = {c->buffer + from, 0};
    if (from < c->to && c->buffer[from] == '"') {
        if (!(end = end_of_quoted(c, from)))
            return csv_fail(c, MMOE_INVALID, "field %zu: a quote is left open", c->fields + 1);
        for (size_t i = from; i < end; i++)
            c->next_line += c->buffer[i] == '\n';
        f = unquote(c, from, end);
        end = skip_blanks(c, end);
        if (end < c->to && c->buffer[end] != c->separator && c->buffer[end] != '\n')
            return csv_fail(c, MMOE_INVALID,
                            "field %zu goes on behind its quote: double a quote that is meant",
                            c->fields + 1);
    } else {
        end = end_of_plain(c, from);
        f.n = end - from;
        while (f.n > 0 && is_blank(f.s[f.n - 1]))
            f.n--;
    }
    *last = end == c->to || c->buffer[end] == '\n';
    *at = end + (end < c->to);
    return add_field(c, f.s, f.n) ? MMOE_CONTINUE
                                  : csv_fail(c, MMOE_LIMIT, "more than %d fields", CSV_FIELDS_MAX);
}

enum mmoe_status csv_next(struct csv *c)
{
    enum mmoe_status status = MMOE_CONTINUE;
    for (;;) {
        while (c->from < c->to && (c->buffer[c->from] == '\n' || c->buffer[c->from] == '\r'))
            c->next_line += c->buffer[c->from++] == '\n'; /* empty lines */
        c->line = c->next_line;
        if (c->ended && c->from == c->to)
            return MMOE_DONE;
        if (c->ended || has_row(c))
            break;
        status = read_on(c);
        if (mmoe_failed(status))
            return status;
    }
    c->fields = 0;
    status = MMOE_CONTINUE;
    for (bool last = false; status == MMOE_CONTINUE && !last;)
        status = scan_field(c, &c->from, &last);
    c->next_line++;
    return status;
}
