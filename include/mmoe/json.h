/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json.h - members of JSON objects, appended to a text.
 *
 * Each function appends one "key":value, with a comma before it unless it is the
 * first of its object: what stands at the end of the text decides. Numbers read
 * back equal; what is not finite is null.
 *
 * Jansson, which reads JSON for safetensors.c, does not write these lines. Up to version 2.14
 * it prints 17 digits of every number (0.10000000000000001), from 2.14.1 on the fewest, so that
 * the text of a line would depend on the library; it has no whole numbers from 2^63 on, which
 * seeds may be; and it leaves DEL in strings as it is. Tests have Jansson read back what is
 * written here.
 *
 * Ownership: the text is the caller's. Threads: safe on distinct texts.
 *
 *   mmoe_text_add(&t, "{");
 *   mmoe_json_word(&t, "model", "mmoe");  mmoe_json_number(&t, "p", 0.5);
 *   mmoe_text_add(&t, "}");  -> {"model":"mmoe","p":0.5}
 */
#ifndef MMOE_JSON_H
#define MMOE_JSON_H

#include <mmoe/text.h>

/* "key": alone; the caller appends the value. */
void mmoe_json_key(struct mmoe_text *t, const char *key);
void mmoe_json_count(struct mmoe_text *t, const char *key, unsigned long long v);
void mmoe_json_number(struct mmoe_text *t, const char *key, double v);
void mmoe_json_numbers(struct mmoe_text *t, const char *key, const double *v,
                       size_t n); /* [v0,v1,...] */
void mmoe_json_truth(struct mmoe_text *t, const char *key, bool truth);
void mmoe_json_word(struct mmoe_text *t, const char *key, const char *word);

#endif
