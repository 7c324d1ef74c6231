/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.h - strings: a growable buffer, strict number parsing, numbers for people, nearest words.
 *
 * Numbers are read and written in the C locale whatever the user's locale is.
 *
 * Ownership: struct mmoe_text owns its bytes; mmoe_text_done frees them.
 * Threads:   safe on distinct objects.
 *
 *   struct mmoe_text t = {0};
 *   mmoe_text_add(&t, "p %g", p);  puts(t.s);  mmoe_text_done(&t);
 */
#ifndef MMOE_TEXT_H
#define MMOE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mmoe_text {
    char *s; /* always terminated once something was added; NULL before */
    size_t n, room;
};

void mmoe_text_add(struct mmoe_text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void mmoe_text_add_bytes(struct mmoe_text *t, const void *bytes,
                         size_t n);        /* also such that are no text */
void mmoe_text_clear(struct mmoe_text *t); /* empty, keeps the room */
void mmoe_text_done(struct mmoe_text *t);
/* Does s end in end, with something before it: "runs.csv" in ".csv", ".csv" itself not? */
bool mmoe_text_ends(const char *s, const char *end);

/* s as a JSON string with its quotes, in which invalid UTF-8 and what must not be shown (utf8.h)
 * are escaped. */
void mmoe_text_add_json(struct mmoe_text *t, const char *s);
/* s as a field of CSV, in quotes where it has to be (RFC 4180). Whatever the bytes are, they stay:
 * a table is data, and who shows it cleans it. But a text that a spreadsheet would take for a
 * formula gets an apostrophe before it; numbers do not. */
void mmoe_text_add_csv(struct mmoe_text *t, const char *s);
/* s as one line that may be shown (utf8.h). */
void mmoe_text_add_clean(struct mmoe_text *t, const char *s);
/* A double as the shortest JSON number that reads back equal; null where not finite. */
void mmoe_text_add_number(struct mmoe_text *t, double v);

/* Whole-string parsers; false on anything left over, empty, overflow. Counts take 40000, 40_000,
 * 40k, 2M, 1e4. */
bool mmoe_parse_double(const char *s, double *out);
bool mmoe_parse_size(const char *s, size_t *out);
bool mmoe_parse_u64(const char *s, uint64_t *out);

/*
 * Numbers for people (format.c), in the sentences, tables and panels of the program; what programs
 * read has mmoe_text_add_number. Each writes into buf, cut to size, and returns buf. Of measured
 * numbers there is no zero before the point and none with a sign; NAN is "-".
 */
/* Room for a number where no buffer is at hand; it lasts as long as the block it stands in:
 *   mmoe_text_add(&t, "overlap %s", mmoe_format_fixed(v, 2, MMOE_NUMBER)); */
#define MMOE_NUMBER (char[32]){0}, 32
/* A measured value of whatever size, in four figures or fewer: ".0412", "1.2e-5", "12.35",
 * "12,345". */
char *mmoe_format_loss(double v, char *buf, size_t size);
/* The same in five columns where that can be, of columns side by side: "1.2e4", "1e-5". */
char *mmoe_format_narrow(double v, char *buf, size_t size);
/* A measured value of a known scale, with that many decimals: ".43", "1.21", "-.05", ".00". */
char *mmoe_format_fixed(double v, int decimals, char *buf, size_t size);
/* The value of a setting, with the digits one would type: "0.5", "1e-5", "100", "20,000", "1e6". */
char *mmoe_format_setting(double v, char *buf, size_t size);
/* 40000 -> "40,000". */
char *mmoe_format_count(uint64_t v, char *buf, size_t size);
/* 1 and "seed" -> "1 seed", 40000 and "row" -> "40,000 rows": the noun takes an s. */
enum { MMOE_COUNTED_SIZE = 80 };
char *mmoe_format_counted(uint64_t n, const char *noun, char buf[MMOE_COUNTED_SIZE]);
/* The same in a buffer of the block it stands in. */
#define MMOE_COUNTED(n, noun) mmoe_format_counted(n, noun, (char[MMOE_COUNTED_SIZE]){0})
/* How long something takes, to what matters of it: "8 s", "3 min 20 s", "2 h 5 min". */
char *mmoe_format_duration(double seconds, char *buf, size_t size);
/* How long it may take, to one unit: "40 s", "8 min", "3 h", "12 days". */
char *mmoe_format_about(double seconds, char *buf, size_t size);

/* The word nearest to s in words (count entries), or NULL where none is near enough to be meant. */
const char *mmoe_nearest(const char *s, const char *const *words, size_t count);

#endif
