/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headers of safetensors files, as other programs write them and as nobody should. */
#include <mmoe/arrays.h>

#include "tests/stores.h"

static struct mmoe_error why;

enum { PAYLOAD = 64 };

/* A file with that header and 64 bytes of numbers, which are 0, 1, 2, ... as float32. */
static void spill(struct place *p, const char *header, size_t n)
{
    char *bytes = calloc(1, 8 + n + PAYLOAD);
    uint64_t length = n;
    memcpy(bytes, &length, sizeof length);
    memcpy(bytes + 8, header, n);
    for (size_t i = 0; i < PAYLOAD / 4; i++)
        memcpy(bytes + 8 + n + 4 * i, &(float){(float)i}, 4);
    snprintf(p->file, sizeof p->file, "%s/a.safetensors", p->folder);
    write_file(p->file, bytes, 8 + n + PAYLOAD);
    free(bytes);
}

#define TENSOR "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}"

/* The header is read, and what it calls `name` holds 1, 2. */
static void assert_read(struct place *p, const char *header, const char *name)
{
    struct mmoe_arrays a = {0};
    spill(p, header, strlen(header));
    if (mmoe_failed(mmoe_arrays_read(&a, p->file, &why)))
        fail_msg("%.200s: %s", header, why.text);
    const struct mmoe_array *v = mmoe_arrays_find(&a, name);
    assert_non_null(v);
    assert_true(v->n == 2 && v->ndim == 1);
    assert_near(mmoe_array_number(v, 0), 1, 0);
    assert_near(mmoe_array_number(v, 1), 2, 0);
    mmoe_arrays_done(&a);
}

static void strings_are_those_of_json(void **state)
{
    struct place *p = *state;
    assert_read(p, "{\"x\\u005ftrain\":" TENSOR "}", "x_train");
    assert_read(p, "{\"\\u65e5\\u672c-\\u00e9-\\ud83d\\ude80\":" TENSOR "}",
                "\xE6\x97\xA5\xE6\x9C\xAC-\xC3\xA9-\xF0\x9F\x9A\x80");
    assert_read(p, "{\"\xC3\xA9\":" TENSOR "}", "\xC3\xA9");
    assert_read(p, "{\"a\\\"b\\\\c\\/d\":" TENSOR "}", "a\"b\\c/d");
    assert_read(
        p,
        "{\"__metadata__\":{\"a\":\"line\\nline\\t\\r\\b\\f\",\"b\":\"\\u65e5\"},\"x\":" TENSOR "}",
        "x");
    assert_read(
        p, "\n{ \"x\" :\t{\"shape\": [ 2 ],\r\n\"data_offsets\": [4, 12], \"dtype\": \"F32\"}}  ",
        "x");
    assert_read(p,
                "{\"__metadata__\":{\"format\":\"pt\",\"steps\":3,\"none\":null},\"x\":" TENSOR "}",
                "x");
}

/* Training tools keep whole settings and pictures in the metadata. */
static void values_may_be_long(void **state)
{
    enum { LONG = 100000 };
    static char header[LONG + 200];
    size_t n = (size_t)sprintf(header, "{\"__metadata__\":{\"n\":\"");
    memset(header + n, 'x', LONG);
    strcpy(header + n + LONG, "\"},\"x\":" TENSOR "}");
    assert_read(*state, header, "x");
}

/* A number of each type, as little-endian bytes. */
static void every_type_has_a_word(void **state)
{
    static const struct {
        const char *word;
        size_t size;
        uint64_t bits;
        double want;
    } types[] = {{"BOOL", 1, 1, 1},
                 {"I8", 1, 0xFE, -2},
                 {"U8", 1, 0xFE, 254},
                 {"I16", 2, 0xFFFE, -2},
                 {"U16", 2, 0xFFFE, 65534},
                 {"I32", 4, 0xFFFFFFFE, -2},
                 {"U32", 4, 0xFFFFFFFE, 4294967294.0},
                 {"I64", 8, UINT64_MAX, -1},
                 {"U64", 8, UINT64_MAX, 0x1p64},
                 {"F16", 2, 0x3E00, 1.5},
                 {"BF16", 2, 0x3FC0, 1.5},
                 {"F32", 4, 0x3FC00000, 1.5},
                 {"F64", 8, 0x3FF8000000000000, 1.5}};
    struct place *p = *state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct mmoe_arrays a = {0};
        char bytes[120] = "";
        uint64_t n = (uint64_t)sprintf(
            bytes + 8, "{\"x\":{\"dtype\":\"%s\",\"shape\":[1],\"data_offsets\":[0,%zu]}}",
            types[i].word, types[i].size);
        memcpy(bytes, &n, 8);
        memcpy(bytes + 8 + n, &types[i].bits, types[i].size);
        snprintf(p->file, sizeof p->file, "%s/a.safetensors", p->folder);
        write_file(p->file, bytes, 8 + n + types[i].size);
        assert_fine(mmoe_arrays_read(&a, p->file, &err));
        assert_near(mmoe_array_number(&a.list[0], 0), types[i].want, 0);
        mmoe_arrays_done(&a);
    }
}

static void refused(struct place *p, const char *header, size_t n, enum mmoe_status status,
                    const char *part)
{
    struct mmoe_arrays a = {0};
    spill(p, header, n);
    assert_refused(mmoe_arrays_read(&a, p->file, &err), status, part);
    assert_int_equal(a.count, 0);
}

static void what_is_no_json_is_refused(void **state)
{
    static const struct {
        const char *header, *part;
    } cases[] = {
        {"", "no JSON"},
        {"[]", "no object"},
        {"{\"x\":" TENSOR, "no JSON: byte 54"},
        {"{\"x\":" TENSOR "}}", "no JSON"},
        {"{\"x\":" TENSOR ",}", "no JSON"},
        {"{\"x\":" TENSOR ",\"x\":" TENSOR "}", "duplicate"},
        {"{\"__metadata__\":{\"a\":\"b\",\"a\":\"c\"}}", "duplicate"},
        {"{\"x\\u0000y\":" TENSOR "}", "\\u0000"},
        {"{\"\\ud83d\":" TENSOR "}", "invalid Unicode"},
        {"{\"\xFF\":" TENSOR "}", "decode byte 0xff"},
        {"{\"a\nb\":" TENSOR "}", "no JSON"},
        {"{\"x\":1}", "of array x is damaged"},
        {"{\"x\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[4,12]}}",
         "of array x is damaged"},
        {"{\"x\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[4,12]}}",
         "of array x is damaged"},
        {"{\"x\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[4,12]}}",
         "of array x is damaged"},
        {"{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4]}}", "of array x is damaged"},
        {"{\"x\":{\"dtype\":3,\"shape\":[2],\"data_offsets\":[4,12]}}", "of array x is damaged"},
        {"{\"x\":{\"shape\":[2],\"data_offsets\":[4,12]}}", "of array x is damaged"},
        {"{\"x\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[4,12]}}",
         "no JSON"},
        {"{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[12,4]}}",
         "beyond the file's end"},
        {"{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[60,68]}}",
         "beyond the file's end"},
        {"{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[4,12]}}",
         "not what its shape takes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused(*state, cases[i].header, strlen(cases[i].header), MMOE_INVALID, cases[i].part);
    refused(*state, "{\"x\0y\":1}", 10, MMOE_INVALID, "no JSON");
}

/* Small values and deep ones cost many times their bytes. */
static void what_would_cost_memory_is_refused(void **state)
{
    enum { MANY = 3 << 20, DEEP = 100000 };
    char *header = malloc(MANY + 20);
    strcpy(header, "{\"__metadata__\":[");
    size_t start = strlen(header);
    for (size_t i = 0; i < MANY; i++)
        header[start + i] = "[],"[i % 3];
    refused(*state, header, start + MANY, MMOE_LIMIT, "its header has more than 1048576 values");
    memset(header + start, '[', DEEP);
    refused(*state, header, start + DEEP, MMOE_INVALID, "depth");
    free(header);
}

/* What the header of a file of ours says, byte for byte. */
static void headers_are_compact_and_in_order(void **state)
{
    struct place *p = *state;
    static const size_t shape[] = {2, 3}, none[] = {0};
    struct mmoe_arrays a = {0};
    size_t n;
    mmoe_arrays_add(&a, "z", MMOE_F32, 2, shape, &why);
    mmoe_arrays_add(&a, "a\"\xC3\xA9", MMOE_I64, 0, NULL, &why);
    mmoe_arrays_add(&a, "none", MMOE_F64, 1, none, &why);
    snprintf(p->file, sizeof p->file, "%s/a.safetensors", p->folder);
    assert_fine(mmoe_arrays_write(&a, p->file, &why));
    char *bytes = read_file(p->file, &n);
    static const char want[] =
        "{\"z\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
        "\"a\\\"\xC3\xA9\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[24,32]},"
        "\"none\":{\"dtype\":\"F64\",\"shape\":[0],\"data_offsets\":[32,32]}}";
    assert_memory_equal(bytes + 8, want, sizeof want - 1);
    assert_int_equal(n, 8 + (sizeof want - 1 + 7) / 8 * 8 + 32);
    free(bytes);
    mmoe_arrays_done(&a);
}

TESTS(PLACED(strings_are_those_of_json), PLACED(values_may_be_long), PLACED(every_type_has_a_word),
      PLACED(what_is_no_json_is_refused), PLACED(what_would_cost_memory_is_refused),
      PLACED(headers_are_compact_and_in_order))
