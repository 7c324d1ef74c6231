/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json.c - members of JSON objects (RFC 8259), appended to a text.
 *
 * A comma is put before a member unless the text ends in {, in a comma or in a newline, or
 * is empty. Such a text is the beginning of an object, or a piece of one that began
 * elsewhere.
 */
#include <string.h>

#include <mmoe/json.h>

void mmoe_json_key(struct mmoe_text *t, const char *key)
{
    if (t->n > 0 && !strchr("{,\n", t->s[t->n - 1]))
        mmoe_text_add_bytes(t, ",", 1);
    mmoe_text_add_json(t, key);
    mmoe_text_add_bytes(t, ":", 1);
}

void mmoe_json_count(struct mmoe_text *t, const char *key, unsigned long long v)
{
    mmoe_json_key(t, key);
    mmoe_text_add(t, "%llu", v);
}

void mmoe_json_number(struct mmoe_text *t, const char *key, double v)
{
    mmoe_json_key(t, key);
    mmoe_text_add_number(t, v);
}

void mmoe_json_numbers(struct mmoe_text *t, const char *key, const double *v, size_t n)
{
    mmoe_json_key(t, key);
    mmoe_text_add_bytes(t, "[", 1);
    for (size_t i = 0; i < n; i++) {
        mmoe_text_add(t, "%s", i ? "," : "");
        mmoe_text_add_number(t, v[i]);
    }
    mmoe_text_add_bytes(t, "]", 1);
}

void mmoe_json_truth(struct mmoe_text *t, const char *key, bool truth)
{
    mmoe_json_key(t, key);
    mmoe_text_add(t, "%s", truth ? "true" : "false");
}

void mmoe_json_word(struct mmoe_text *t, const char *key, const char *word)
{
    mmoe_json_key(t, key);
    mmoe_text_add_json(t, word);
}
