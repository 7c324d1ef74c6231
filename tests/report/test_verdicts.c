/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims told of a study whose models differ as the paper says, and of what is no such study. */
#include "tests/report/sink.h"
#include "ui/report/verdicts.h"

enum { SEEDS = 10 };

/* Losses 3, 2, 1 of shared-bottom, omoe, mmoe, and a little more with every seed. */
static void fill(struct view_study *s)
{
    struct mmoe_error err;
    struct mmoe_grid g = {.seeds = SEEDS};
    small_options(&g.base);
    assert_int_equal(mmoe_grid_axis(&g, "p", "0.5,0.9,1", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_axis(&g, "model", "shared-bottom,omoe,mmoe", &err), MMOE_OK);
    view_study_begin(s, 1, &g, "what-if", NULL);
    for (size_t run = 0; run < mmoe_grid_runs(&g); run++) {
        struct mmoe_record r;
        mmoe_record_clear(&r, &g.base);
        r.run = run;
        r.tasks = 1;
        r.value[MMOE_LOSS][0] = 3 - (double)mmoe_grid_place(&g, mmoe_grid_cell(&g, run), 1) +
                                0.01 * (double)mmoe_grid_seed(&g, run);
        r.value[MMOE_OVER_VAR][0] = r.value[MMOE_LOSS][0] / 10;
        view_study_add(s, &r);
    }
}

/* How often it was said. */
static size_t count(const char *what)
{
    size_t n = 0;
    for (const char *at = emitted.s; at && (at = strstr(at, what)); at++)
        n++;
    return n;
}

static void claims(void **state)
{
    (void)state;
    struct view_study s = {0};
    struct mmoe_error err;
    fill(&s);
    assert_int_equal(verdicts_tell(&sink, &s, false, &err), MMOE_OK);
    assert_int_equal(count("{\"event\":\"claim\",\"claim\":"), MMOE_CLAIMS);
    assert_int_equal(count("\"of\":\"loss\","), MMOE_CLAIMS);
    assert_int_equal(count("\"leans\":"), MMOE_CLAIMS);
    assert_int_equal(count("{\"event\":\"claim\",\"claim\":4,\"text\":\"OMoE and MMoE beat "
                           "Shared-Bottom at every p\",\"of\":\"loss\",\"statistic\":"),
                     1);
    mmoe_text_clear(&emitted);
    sink.mode = EVENT_PLAIN;
    assert_int_equal(verdicts_tell(&sink, &s, true, &err), MMOE_OK);
    assert_int_equal(count("claims of the paper, on the final loss / variance of task A over 10 "
                           "seeds:\n1 "),
                     1);
    assert_int_equal(count("\n4 holds          OMoE and MMoE beat Shared-Bottom at every p\n"), 1);
    view_study_close(&s);
}

static void cells_and_pairs(void **state)
{
    (void)state;
    struct view_study s = {0};
    struct mmoe_error err;
    fill(&s);
    assert_int_equal(verdicts_tell_cells(&sink, &s, false, 2.5, &err), MMOE_OK);
    assert_int_equal(count("{\"event\":\"claim.cell\",\"model\":\"omoe\",\"p\":0.9,\"n\":10,"
                           "\"diverged\":0,\"median\":["),
                     1);
    assert_int_equal(count("{\"event\":\"claim.cell\""), 9);
    assert_int_equal(count("\"threshold\":2.5,\"failure_rate\":[1,"), 3);
    assert_int_equal(count("{\"event\":\"claim.pair\",\"better\":\"mmoe\",\"other\":\"omoe\","
                           "\"p\":1,\"probability\":[1,"),
                     1);
    assert_int_equal(count("{\"event\":\"claim.pair\""), 9);
    view_study_close(&s);
}

static void another_study_is_refused(void **state)
{
    (void)state;
    struct view_study s = {0};
    struct mmoe_error err;
    assert_int_equal(verdicts_tell(&sink, &s, false, &err), MMOE_STATE);
    assert_non_null(strstr(err.text, "there is no study to test claims on"));
    assert_int_equal(verdicts_tell_cells(&sink, &s, false, 1, &err), MMOE_STATE);
    assert_said("");
}

static void choices(void **state)
{
    (void)state;
    struct mmoe_error err;
    struct mmoe_choice c;
    struct mmoe_grid g = {.seeds = 3};
    const double low[] = {1, 2, 3}, high[] = {2, 3, 4}, *losses[] = {high, low, low, high};
    small_options(&g.base);
    assert_int_equal(mmoe_grid_axis(&g, "model", "omoe,mmoe", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_axis(&g, "lr", "0.1,0.01", &err), MMOE_OK);
    mmoe_choice_make(&g, mmoe_option_find("lr"), mmoe_option_find("model"), losses, &c);
    verdicts_tell_choice(&sink, &g, &c);
    assert_said("{\"event\":\"choice\",\"option\":\"lr\",\"for\":\"model\",\"value\":\"omoe\","
                "\"chosen\":\"0.01\",\"seeds\":3,\"median_over_var\":{\"0.1\":3,\"0.01\":2}}\n"
                "{\"event\":\"choice\",\"option\":\"lr\",\"for\":\"model\",\"value\":\"mmoe\","
                "\"chosen\":\"0.1\",\"seeds\":3,\"median_over_var\":{\"0.1\":2,\"0.01\":3}}\n");
    sink.mode = EVENT_PLAIN;
    verdicts_tell_choice(&sink, &g, &c);
    assert_said("chosen on 3 seeds that are not reported:\n"
                "lr 0.01 for omoe; median loss over variance 3.000 at 0.1, 2.000 at 0.01\n"
                "lr 0.1 for mmoe; median loss over variance 2.000 at 0.1, 3.000 at 0.01\n");
}

TESTS(REPORTS(claims), REPORTS(cells_and_pairs), REPORTS(another_study_is_refused),
      REPORTS(choices))
