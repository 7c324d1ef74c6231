/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words on stuck runs and modes, of cells made up. */
#include <mmoe/rng.h>

#include "tests/test.h"
#include "ui/panel/stuck.h"

enum { SEEDS = 200 };

/* `runs` runs of two tasks, in the first `stuck` of which A is stuck and loses more; B is in run 0
 * and in the last one. rows_off NAN where old. */
static struct mmoe_tally *make(size_t runs, size_t stuck, bool old)
{
    struct mmoe_grid g = {.seeds = SEEDS};
    mmoe_options_default(&g.base);
    struct mmoe_tally *t = mmoe_tally_new(&g, false);
    double noise[SEEDS];
    mmoe_rng_normal_double(mmoe_rng_stream(1, MMOE_RNG_DATA, "noise"), 0, SEEDS, noise);
    for (size_t i = 0; i < runs; i++) {
        struct mmoe_record r;
        struct mmoe_options o;
        mmoe_grid_options(&g, i, &o);
        mmoe_record_clear(&r, &o);
        r.failed = false;
        r.run = i;
        r.tasks = 2;
        mmoe_tasks_letters(r.task, 2);
        for (size_t k = 0; k < 2; k++)
            r.value[MMOE_LOSS][k] = (i < stuck ? 0.8 : 0.1) * exp(0.1 * noise[i]);
        r.value[MMOE_ROWS_OFF][0] = old ? (double)NAN : i < stuck ? 0.15 : 0.05;
        r.value[MMOE_ROWS_OFF][1] = old ? (double)NAN : i == 0 || i + 1 == runs ? 0.5 : 0;
        assert_true(mmoe_tally_add(t, &r));
    }
    return t;
}

static const char *said(struct mmoe_tally *t, enum mmoe_metric metric, size_t task)
{
    static struct mmoe_text text;
    mmoe_text_clear(&text);
    stuck_add_words(t, 0, task, &text);
    stuck_add_modes(metric, mmoe_tally_spread(t, 0, metric, task), &text);
    return text.n ? text.s : "";
}

static void shares_are_told(void **state)
{
    (void)state;
    char buf[STUCK_SHORT];
    struct mmoe_tally *t = make(20, 8, false);
    assert_string_equal(stuck_short(t, 0, 0, buf), "40% stuck");
    assert_string_equal(stuck_percent(t, 0, 1, buf), "10%");
    assert_string_equal(stuck_interval(t, 0, 0, buf), "40 % [22, 61]"); /* Wilson */
    assert_string_equal(
        said(t, MMOE_LOSS, 0),
        " Task A is stuck in 8 of 20 (40 % [22, 61]), some task in 9 of 20 (45 % "
        "[26, 66]). Its losses have two modes: 60 % about .0976, 40 % about .8375.");
    assert_null(strstr(said(t, MMOE_ROWS_OFF, 0), "modes"));
    mmoe_tally_free(t);
    t = make(SEEDS, 1, false);
    assert_string_equal(stuck_short(t, 0, 0, buf), "<1% stuck");
    mmoe_tally_free(t);
    t = make(19, 8, false);
    assert_null(strstr(said(t, MMOE_LOSS, 0), "modes")); /* too few */
    mmoe_tally_free(t);
    t = make(40, 0, false);
    assert_string_equal(stuck_short(t, 0, 0, buf), "");
    assert_string_equal(stuck_percent(t, 0, 0, buf), "0%");
    assert_null(strstr(said(t, MMOE_LOSS, 0), "modes"));
    mmoe_tally_free(t);
}

static void what_is_not_known_is_not_told(void **state)
{
    (void)state;
    char buf[STUCK_SHORT];
    struct mmoe_text json = {0};
    struct mmoe_tally *t = make(4, 2, true);
    assert_string_equal(stuck_short(t, 0, 0, buf), "");
    assert_string_equal(stuck_percent(t, 0, 0, buf), "-");
    assert_string_equal(stuck_interval(t, 0, MMOE_ANY_TASK, buf), "-");
    assert_string_equal(said(t, MMOE_LOSS, 0), "");
    stuck_add_json(t, 0, 0, MMOE_LOSS, mmoe_tally_spread(t, 0, MMOE_LOSS, 0), &json);
    assert_string_equal(json.s, "\"stuck\":null,\"modes\":null");
    mmoe_tally_free(t);
    mmoe_text_clear(&json);
    t = make(20, 8, false);
    stuck_add_json(t, 0, 0, MMOE_LOSS, mmoe_tally_spread(t, 0, MMOE_LOSS, 0), &json);
    assert_non_null(strstr(json.s, "\"stuck\":{\"runs\":20,\"count\":8,\"share\":[0.4,0.21"));
    assert_non_null(strstr(json.s, "\"any\":9,\"any_share\":[0.45,"));
    assert_non_null(strstr(json.s, "\"modes\":{\"count\":2,\"gain\":"));
    mmoe_text_done(&json);
    mmoe_tally_free(t);
}

TESTS(cmocka_unit_test(shares_are_told), cmocka_unit_test(what_is_not_known_is_not_told))
