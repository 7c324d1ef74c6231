/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * utf8.h - which bytes are characters, and which characters may be shown.
 *
 * Names come from files, stores and command lines of others. What a terminal would obey, or what
 * would pass for a line of the program's, is shown as '?'.
 *
 * Ownership: none. Threads: any; all of it may be called from a signal's handler.
 */
#ifndef MMOE_UTF8_H
#define MMOE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the well-formed UTF-8 character that s begins with (1 at the end of s); 0 where it
 * begins with none. */
size_t mmoe_utf8_length(const char *s);
/* False for what must not be shown of well-formed characters (n bytes at s): the controls C0, DEL
 * and C1, what turns the direction of the text behind it (U+202A to U+202E, U+2066 to U+2069), the
 * separators of lines U+2028 and U+2029, and U+FFFE and U+FFFF. */
bool mmoe_utf8_shown(const char *s, size_t n);
/* Put '?' for what must not be shown and for bytes of no character, in place, but for the
 * characters in keep ("" or such as "\n\t"). s gets no longer. Returns its new length. */
size_t mmoe_utf8_clean(char *s, const char *keep);
/* Copy s into out of size bytes (at least 1), cut between two characters where it is longer. */
void mmoe_utf8_copy(char *out, size_t size, const char *s);

#endif
