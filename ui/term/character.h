/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * character.h - one character of text: decoded, its columns, its nearest in ASCII.
 *
 * Ownership, threads: none; pure but for the locale, which says how wide characters are.
 */
#ifndef MMOE_UI_CHARACTER_H
#define MMOE_UI_CHARACTER_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* The next character of UTF-8 text, which is moved on; '?' for a byte that begins none. Of a flag,
 * which is two letters that a terminal may draw as one, the letter. */
wchar_t character_next(const char **text);
/* UTF-8 of ch, not terminated. Returns its bytes. */
size_t character_encode(wchar_t ch, char out[4]);
/* Columns of ch: 0, 1 or 2; -1 where it must not be shown as itself (mmoe/utf8.h). */
int character_columns(wchar_t ch);
/* Does it change its neighbours rather than being seen? It has no column then, and is no mark. */
bool character_joins(wchar_t ch);
/* The nearest ASCII character of one that has one column; '?' where there is none. */
wchar_t character_fold(wchar_t ch);

#endif
