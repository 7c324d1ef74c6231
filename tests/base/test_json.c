/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members of JSON objects: their bytes, and the commas between them. */
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

TESTS(cmocka_unit_test(values_have_keys), cmocka_unit_test(the_first_of_an_object_has_no_comma),
      cmocka_unit_test(a_key_is_a_string))
