/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims told of a study whose models differ as the paper says, of losses and of other metrics. */
#include "tests/report/sink.h"
#include "tests/views.h"
#include "ui/report/verdicts.h"

enum { SEEDS = 10 };

/* Losses 3, 2, 1 of shared-bottom, omoe, mmoe, and a little more with every seed; AUC, of task
 * click, a tenth of it below 1. */
static struct mmoe_tally *make(size_t seeds)
{
    struct mmoe_error err;
    struct mmoe_grid g = {.seeds = SEEDS};
    small_options(&g.base);
    assert_int_equal(mmoe_grid_axis(&g, "p", "0.5,0.9,1", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_axis(&g, "model", "shared-bottom,omoe,mmoe", &err), MMOE_OK);
    struct mmoe_tally *t = mmoe_tally_new(&g, false);
    for (size_t run = 0; run < seeds * mmoe_grid_cells(&g); run++) {
        double loss = 3 - (double)mmoe_grid_place(&g, mmoe_grid_cell(&g, run), 1) +
                      0.01 * (double)mmoe_grid_seed(&g, run);
        struct mmoe_record r = record_of(&g.base, loss);
        r.run = run;
        r.value[MMOE_OVER_VAR][0] = loss / 10;
        strcpy(r.task[1].name, "click");
        r.task[1].binary = true;
        r.value[MMOE_AUC][1] = 1 - loss / 10;
        assert_true(mmoe_tally_add(t, &r));
    }
    return t;
}

/* The claims on a measure of that study, heard. */
static struct mmoe_hearing *hear_of(size_t seeds, enum mmoe_metric metric, size_t task)
{
    struct mmoe_error err;
    struct mmoe_tally *t = make(seeds);
    struct mmoe_hearing *h = mmoe_hearing_new(t, metric, task, &err);
    mmoe_tally_free(t); /* it has a copy */
    assert_non_null(h);
    assert_int_equal(mmoe_hearing_claims(h, NULL, NULL, &err), MMOE_OK);
    return h;
}

static struct mmoe_hearing *hear(enum mmoe_metric metric, size_t task)
{
    return hear_of(10, metric, task);
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
    struct mmoe_hearing *h = hear(MMOE_LOSS, 0);
    verdicts_add_claims(h, true, false, &emitted);
    mmoe_hearing_free(h);
    assert_int_equal(count("{\"event\":\"claim\",\"claim\":"), MMOE_CLAIMS);
    assert_int_equal(count("\"of\":\"loss\",\"secondary\":false,\"task\":\"A\","), MMOE_CLAIMS);
    assert_int_equal(count("\"leans\":"), MMOE_CLAIMS);
    assert_int_equal(count("{\"event\":\"claim\",\"claim\":4,\"text\":\"OMoE and MMoE beat "
                           "Shared-Bottom at every p\",\"of\":\"loss\",\"secondary\":false,"
                           "\"task\":\"A\",\"verdict\":\"holds\","),
                     1);
    mmoe_text_clear(&emitted);
    h = hear(MMOE_OVER_VAR, 0);
    verdicts_add_claims(h, false, false, &emitted);
    mmoe_hearing_free(h);
    assert_int_equal(count("claims of the paper, on the final loss / variance of task A over 10 "
                           "seeds (secondary: the loss was named beforehand):\n1 "),
                     1);
    assert_int_equal(count("\n4 holds          OMoE and MMoE beat Shared-Bottom at every p\n"), 1);
    mmoe_text_clear(&emitted);
    h = hear_of(7, MMOE_LOSS, 0); /* the study is not complete */
    verdicts_add_claims(h, false, false, &emitted);
    mmoe_hearing_free(h);
    assert_int_equal(count("loss of task A over 7 of 10 seeds so far:\n1 "), 1);
}

/* Every term of a claim, or the one that decides, with the corrected p-value of its verdict. */
static void terms(void **state)
{
    (void)state;
    struct mmoe_hearing *h = hear(MMOE_LOSS, 0);
    verdicts_add_claims(h, false, false, &emitted);
    assert_int_equal(count("\n  holds  loss of Shared-Bottom / loss of OMoE at p = "), 3);
    assert_int_equal(count("\n  holds  loss of Shared-Bottom / loss of MMoE at p = 0.5: 2.9"), 1);
    assert_int_equal(count("\n  fails  loss of OMoE / loss of MMoE at p = 1: 1.9"), 1);
    assert_true(count(", p < .001\n") > 5);
    assert_int_equal(count("too few pairs of seeds for: overlap of MMoE's gates"), 1);
    mmoe_text_clear(&emitted);
    verdicts_add_claims(h, false, true, &emitted);
    assert_int_equal(count("\n  holds  loss of Shared-Bottom / loss of "), 1);
    assert_int_equal(count(", p "), MMOE_CLAIMS - 1);
    mmoe_text_clear(&emitted);
    verdicts_add_claims(h, true, false, &emitted);
    assert_int_equal(count("{\"label\":"), 32);
    assert_int_equal(count("\"p_against_holm\":"), 32);
    mmoe_hearing_free(h);
}

/* Claims speak of losses: of AUC, 1 minus it is tested, and the name says so. */
static void claims_on_another_metric_and_task(void **state)
{
    (void)state;
    struct mmoe_hearing *h = hear(MMOE_AUC, 1);
    verdicts_add_claims(h, false, false, &emitted);
    assert_int_equal(count("claims of the paper, on the final 1 - AUC of task click over 10 seeds "
                           "(secondary"),
                     1);
    assert_int_equal(count("\n4 holds          OMoE and MMoE beat Shared-Bottom at every p\n"), 1);
    mmoe_text_clear(&emitted);
    verdicts_add_claims(h, true, false, &emitted);
    assert_int_equal(count("\"of\":\"1 - AUC\",\"secondary\":true,\"task\":\"click\","),
                     MMOE_CLAIMS);
    mmoe_hearing_free(h);
}

static void cells_and_pairs(void **state)
{
    (void)state;
    struct mmoe_hearing *h = hear(MMOE_LOSS, 0);
    verdicts_add_cells(h, 2.5, true, &emitted);
    assert_int_equal(count("{\"event\":\"claim.cell\",\"model\":\"omoe\",\"p\":0.9,\"n\":10,"
                           "\"diverged\":0,\"median\":["),
                     1);
    assert_int_equal(count("{\"event\":\"claim.cell\""), 9);
    assert_int_equal(count("\"threshold\":2.5,\"failure_rate\":[1,"), 3);
    assert_int_equal(count("{\"event\":\"claim.pair\",\"better\":\"mmoe\",\"other\":\"omoe\","
                           "\"p\":1,\"probability\":[1,"),
                     1);
    assert_int_equal(count("{\"event\":\"claim.pair\""), 9);
    mmoe_text_clear(&emitted);
    verdicts_add_cells(h, 2.5, false, &emitted);
    assert_int_equal(count("interquartile mean     loss > 2.5\n"), 1);
    assert_int_equal(count("P(mmoe < omoe)             1.00 ["), 3);
    mmoe_hearing_free(h);
}

static void choices(void **state)
{
    (void)state;
    struct mmoe_error err;
    struct mmoe_choice c;
    struct mmoe_grid g = {.seeds = 3};
    const double losses[] = {2, 3, 4, 1, 2, 3, 1, 2, 3, 2, 3, 4}; /* (cells, seeds) */
    small_options(&g.base);
    assert_int_equal(mmoe_grid_axis(&g, "model", "omoe,mmoe", &err), MMOE_OK);
    assert_int_equal(mmoe_grid_axis(&g, "lr", "0.1,0.01", &err), MMOE_OK);
    mmoe_choice_make(&g, mmoe_option_find("lr"), mmoe_option_find("model"), losses, MMOE_BY_MEDIAN,
                     &c);
    verdicts_choice(&sink, &g, &c);
    assert_said("{\"event\":\"choice\",\"option\":\"lr\",\"for\":\"model\",\"value\":\"omoe\","
                "\"chosen\":\"0.01\",\"seeds\":3,\"at_end\":true,\"median_over_var\":{\"0.1\":3,"
                "\"0.01\":2}}\n"
                "{\"event\":\"choice\",\"option\":\"lr\",\"for\":\"model\",\"value\":\"mmoe\","
                "\"chosen\":\"0.1\",\"seeds\":3,\"at_end\":true,\"median_over_var\":{\"0.1\":2,\"0."
                "01\":3}}\n");
    sink.mode = EVENT_PLAIN;
    verdicts_choice(&sink, &g, &c);
    assert_said("chosen on 3 seeds that are not reported:\n"
                "lr 0.01 for omoe; median loss over variance 3.000 at 0.1, 2.000 at 0.01 "
                "(at the end of what was tried: there may be better)\n"
                "lr 0.1 for mmoe; median loss over variance 2.000 at 0.1, 3.000 at 0.01 "
                "(at the end of what was tried: there may be better)\n"
                "a definition keeps this by the line: chosen 0.01,0.1\n");
}

TESTS(REPORTS(claims), REPORTS(terms), REPORTS(cells_and_pairs),
      REPORTS(claims_on_another_metric_and_task), REPORTS(choices))
