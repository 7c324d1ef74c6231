/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * imprint.c - what a file of a figure says of itself.
 *
 * SVG 1.1 has the elements title, desc and metadata; what is in metadata is
 * Dublin Core, as other programs write it. A PNG has chunks (PNG specification,
 * second edition, sections 5 and 11.3.4): length, type, data, CRC-32 of the
 * latter two. tEXt is Latin-1, so text beyond ASCII goes into iTXt.
 */
#include "ui/figure/imprint.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* --- XML --- */

void imprint_add_xml(struct mmoe_text *t, const char *s)
{
    struct mmoe_text clean = {0};
    mmoe_text_add_clean(&clean, s);
    for (size_t i = 0; i < clean.n; i++) {
        const char *name = clean.s[i] == '<'    ? "&lt;"
                           : clean.s[i] == '>'  ? "&gt;"
                           : clean.s[i] == '&'  ? "&amp;"
                           : clean.s[i] == '"'  ? "&quot;"
                           : clean.s[i] == '\'' ? "&#39;"
                                                : NULL;
        if (name)
            mmoe_text_add(t, "%s", name);
        else
            mmoe_text_add_bytes(t, &clean.s[i], 1);
    }
    mmoe_text_done(&clean);
}

static void add_element(struct mmoe_text *t, const char *tag, const char *content)
{
    if (!content || !*content)
        return;
    mmoe_text_add(t, "<%s>", tag);
    imprint_add_xml(t, content);
    mmoe_text_add(t, "</%s>\n", tag);
}

static void add_head(const struct figure_page *page, struct mmoe_text *t)
{
    add_element(t, "title", page->title);
    add_element(t, "desc", page->caption);
    mmoe_text_add(t,
                  "<metadata>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
                  "xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<rdf:Description>\n");
    add_element(t, "dc:creator", page->program);
    add_element(t, "dc:source", page->command);
    mmoe_text_add(t, "</rdf:Description>\n</rdf:RDF>\n</metadata>\n");
}

/* FNV-1a, folded to 32 bits. */
static uint32_t hash(const char *s, size_t n)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 0x100000001b3u;
    return (uint32_t)(h ^ h >> 32);
}

/* The length of what stands before an id at s, or 0. */
static size_t before_id(const char *s)
{
    static const char *const places[] = {" id=\"", "href=\"#", "url(#"};
    for (size_t i = 0; i < 3; i++)
        if (strncmp(s, places[i], strlen(places[i])) == 0)
            return strlen(places[i]);
    return 0;
}

static void add_with_prefix(struct mmoe_text *t, const char *s, uint32_t prefix)
{
    const char *from = s;
    for (; *s; s++) {
        size_t n = *s == ' ' || *s == 'h' || *s == 'u' ? before_id(s) : 0;
        if (n == 0)
            continue;
        mmoe_text_add_bytes(t, from, (size_t)(s - from) + n);
        mmoe_text_add(t, "f%08x-", (unsigned)prefix);
        from = s + n;
    }
    mmoe_text_add_bytes(t, from, (size_t)(s - from));
}

/* cairo counts its surfaces through the life of a program: the number goes, so that the same figure
 * is the same bytes. */
static void add_unnumbered(struct mmoe_text *t, const char *s)
{
    static const char word[] = "\"surface";
    const char *from = s;
    while ((s = strstr(s, word))) {
        s += strlen(word);
        mmoe_text_add_bytes(t, from, (size_t)(s - from));
        s += strspn(s, "0123456789");
        from = s;
    }
    mmoe_text_add_bytes(t, from, strlen(from));
}

void imprint_svg(const struct figure_page *page, const struct mmoe_text *svg, struct mmoe_text *out)
{
    struct mmoe_text t = {0};
    add_unnumbered(&t, svg->s ? svg->s : "");
    const char *open = strstr(t.s, "<svg"), *end = open ? strchr(open, '>') : NULL;
    if (end) {
        mmoe_text_add_bytes(out, t.s, (size_t)(end - t.s));
        mmoe_text_add(out, " role=\"img\">\n");
        add_head(page, out);
        add_with_prefix(out, end + 1 + (end[1] == '\n'), hash(t.s, t.n));
    }
    mmoe_text_done(&t);
}

/* --- PNG --- */

static uint32_t crc(const char *bytes, size_t n)
{
    uint32_t c = 0xffffffffu;
    for (size_t i = 0; i < n; i++) {
        c ^= (unsigned char)bytes[i];
        for (int k = 0; k < 8; k++)
            c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
    }
    return ~c;
}

static void add_u32(struct mmoe_text *t, uint32_t v)
{
    const unsigned char bytes[4] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16),
                                    (unsigned char)(v >> 8), (unsigned char)v};
    mmoe_text_add_bytes(t, bytes, 4);
}

/* content: type and data. */
static void add_chunk(struct mmoe_text *t, const struct mmoe_text *content)
{
    add_u32(t, (uint32_t)content->n - 4);
    mmoe_text_add_bytes(t, content->s, content->n);
    add_u32(t, crc(content->s, content->n));
}

static void add_text_chunk(struct mmoe_text *t, const char *key, const char *text)
{
    struct mmoe_text clean = {0}, content = {0};
    mmoe_text_add_clean(&clean, text ? text : "");
    bool ascii = true;
    for (size_t i = 0; i < clean.n; i++)
        ascii = ascii && (unsigned char)clean.s[i] < 0x80;
    mmoe_text_add(&content, "%s%s", ascii ? "tEXt" : "iTXt", key);
    mmoe_text_add_bytes(&content, "\0\0\0\0\0",
                        ascii ? 1 : 5); /* iTXt: not compressed, no language, no translated key */
    mmoe_text_add_bytes(&content, clean.s, clean.n);
    if (clean.n)
        add_chunk(t, &content);
    mmoe_text_done(&content);
    mmoe_text_done(&clean);
}

static void add_resolution(struct mmoe_text *t, int dpi)
{
    struct mmoe_text content = {0};
    uint32_t per_metre = (uint32_t)(dpi / 0.0254 + 0.5);
    mmoe_text_add(&content, "pHYs");
    add_u32(&content, per_metre);
    add_u32(&content, per_metre);
    mmoe_text_add_bytes(&content, "\1", 1);
    add_chunk(t, &content);
    mmoe_text_done(&content);
}

void imprint_png(const struct figure_page *page, int dpi, const struct mmoe_text *png,
                 struct mmoe_text *out)
{
    enum {
        HEADER = 8 + 25,
        CHUNK = 12
    }; /* signature and IHDR; what a chunk has besides its data */
    if (png->n < HEADER)
        return;
    mmoe_text_add_bytes(out, png->s, HEADER);
    add_resolution(out, dpi);
    add_text_chunk(out, "Title", page->title);
    add_text_chunk(out, "Description", page->caption);
    add_text_chunk(out, "Software", page->program);
    add_text_chunk(out, "Comment", page->command);
    for (size_t at = HEADER;
         at + CHUNK <= png->n;) { /* all others but a resolution of cairo's own */
        const unsigned char *c = (const unsigned char *)png->s + at;
        size_t n = ((size_t)c[0] << 24 | (size_t)c[1] << 16 | (size_t)c[2] << 8 | c[3]) + CHUNK;
        if (memcmp(c + 4, "pHYs", 4) != 0)
            mmoe_text_add_bytes(out, c, n <= png->n - at ? n : png->n - at);
        at += n;
    }
}
