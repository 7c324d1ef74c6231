/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members of JSON objects: their bytes, and the commas between them. */
#include <float.h>
#include <jansson.h>
#include <math.h>

#include <mmoe/json.h>

#include "tests/test.h"

/* Compare t with what is expected, and empty it. */
static void assert_bytes(struct mmoe_text *t, const char *expected)
{
    assert_string_equal(t->s, expected);
    mmoe_text_done(t);
}

static void values_have_keys(void **state)
{
    (void)state;
    const double some[] = {0.1, NAN, -3};
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "{");
    mmoe_json_count(&t, "step", 18446744073709551615ULL);
    mmoe_json_number(&t, "p", 0.5);
    mmoe_json_number(&t, "cos", INFINITY);
    mmoe_json_numbers(&t, "loss", some, 3);
    mmoe_json_numbers(&t, "none", NULL, 0);
    mmoe_json_truth(&t, "pinned", true);
    mmoe_json_truth(&t, "stale", false);
    mmoe_json_word(&t, "title", "a \"b\"\n");
    mmoe_text_add(&t, "}");
    assert_bytes(&t, "{\"step\":18446744073709551615,\"p\":0.5,\"cos\":null,\"loss\":[0.1,null,-3],"
                     "\"none\":[],\"pinned\":true,\"stale\":false,\"title\":\"a \\\"b\\\"\\n\"}");
}

static void the_first_of_an_object_has_no_comma(void **state)
{
    (void)state;
    struct mmoe_text t = {0};
    mmoe_json_key(&t, "parts");
    mmoe_text_add(&t, "[{");
    mmoe_json_word(&t, "name", "ends in {");
    mmoe_json_count(&t, "n", 1);
    mmoe_text_add(&t, "},{");
    mmoe_json_truth(&t, "last", true);
    mmoe_text_add(&t, "}]");
    mmoe_json_key(&t, "more");
    mmoe_text_add(&t, "{}");
    mmoe_json_number(&t, "of", 2);
    mmoe_text_add(&t, "\n");
    mmoe_json_number(&t, "a", 3);
    assert_bytes(&t, "\"parts\":[{\"name\":\"ends in {\",\"n\":1},{\"last\":true}],"
                     "\"more\":{},\"of\":2\n\"a\":3");
}

static void a_key_is_a_string(void **state)
{
    (void)state;
    struct mmoe_text t = {0};
    mmoe_json_count(&t, "a\"b", 1);
    assert_bytes(&t, "\"a\\\"b\":1");
}

/* --- what another reader makes of it --- */

/* Member "v" of the object that t is with its braces; empties t. Free with json_decref. */
static json_t *read_back(struct mmoe_text *t)
{
    json_error_t why;
    mmoe_text_add(t, "}");
    json_t *object = json_loadb(t->s, t->n, JSON_REJECT_DUPLICATES, &why);
    if (!object)
        fail_msg("%s: %s", t->s, why.text);
    json_t *v = json_incref(json_object_get(object, "v"));
    assert_non_null(v);
    json_decref(object);
    mmoe_text_done(t);
    return v;
}

static void assert_word(const char *word, const char *expected)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "{");
    mmoe_json_word(&t, "v", word);
    json_t *v = read_back(&t);
    assert_string_equal(json_string_value(v), expected);
    json_decref(v);
}

static void strings_read_back_equal(void **state)
{
    (void)state;
    for (int c = 1; c < 0x80; c++) {
        const char word[] = {'a', (char)c, (char)c, 'z', '\0'};
        assert_word(word, word);
    }
    static const char wide[] =
        "\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF";
    assert_word(wide, wide);
    /* what is no UTF-8: a byte alone, cut off, too long a form, half of a pair, beyond the last */
    assert_word("a\xFF", "a\xEF\xBF\xBD");
    assert_word("\xC3", "\xEF\xBF\xBD");
    assert_word("\xC0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_word("\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_word("\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void assert_number(double v)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "{");
    mmoe_json_number(&t, "v", v);
    json_t *back = read_back(&t);
    if (isfinite(v))
        assert_true(json_number_value(back) == v);
    else
        assert_true(json_is_null(back));
    json_decref(back);
}

static void numbers_read_back_equal(void **state)
{
    (void)state;
    static const double some[] = {0,        -0.0,   0.1,     1.0 / 3,         1e15, -1e15,
                                  1e300,    5e-324, DBL_MAX, DBL_MIN,         1e-7, 123456,
                                  INFINITY, NAN,    1e22,    9007199254740991};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        assert_number(some[i]);
    uint64_t bits = 88172645463325252u; /* xorshift: Marsaglia 2003 */
    for (size_t i = 0; i < 20000; i++) {
        double v;
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        memcpy(&v, &bits, sizeof v);
        assert_number(v);
        assert_number((double)(bits % 100000) / 1000);
    }
}

TESTS(cmocka_unit_test(values_have_keys), cmocka_unit_test(the_first_of_an_object_has_no_comma),
      cmocka_unit_test(a_key_is_a_string), cmocka_unit_test(strings_read_back_equal),
      cmocka_unit_test(numbers_read_back_equal))
