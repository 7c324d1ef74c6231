/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goals of a training: read, shown, met. */
#include <stdio.h>

#include <mmoe/goal.h>

#include "tests/runs.h"

static struct mmoe_error goal_err;

static void goals_are_read_and_shown(void **state)
{
    (void)state;
    static const char *const goals[] = {"loss.A<0.1", "over-var<0.05", "auc.income>0.9",
                                        "overlap<0.5", "r2>0.2"};
    for (size_t i = 0; i < sizeof goals / sizeof *goals; i++) {
        struct mmoe_goal g;
        struct mmoe_text t = {0};
        assert_int_equal(mmoe_goal_parse(goals[i], &g, &goal_err), MMOE_OK);
        mmoe_goal_show(&g, &t);
        assert_string_equal(t.s, goals[i]);
        mmoe_text_done(&t);
    }
    static const char *const wrong[] = {"",         "loss",     "<0.1",    "loss.A<",
                                        "loss.A<x", "loss<nan", "loses<1", "loss=1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct mmoe_goal g;
        if (!mmoe_failed(mmoe_goal_parse(wrong[i], &g, &goal_err)))
            fail_msg("%s", wrong[i]);
    }
}

static bool is_met(const char *goal, const struct mmoe_snapshot *s)
{
    struct mmoe_goal g;
    assert_int_equal(mmoe_goal_parse(goal, &g, &goal_err), MMOE_OK);
    return mmoe_goal_is_met(&g, s);
}

static void goals_are_met_by_what_was_evaluated(void **state)
{
    (void)state;
    struct mmoe_options o;
    char goal[64];
    small_options(&o);
    struct mmoe_run *run = make_run(&o);
    train(run, 40);
    mmoe_run_evaluate(run);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    snprintf(goal, sizeof goal, "loss.B<%.9g", s->value[MMOE_LOSS][1] * 1.001);
    assert_true(is_met(goal, s));
    snprintf(goal, sizeof goal, "loss.B<%.9g", s->value[MMOE_LOSS][1] * 0.999);
    assert_false(is_met(goal, s));
    snprintf(goal, sizeof goal, "loss.B>%.9g", s->value[MMOE_LOSS][1] * 0.999);
    assert_true(is_met(goal, s));
    assert_true(is_met("overlap<1.001", s) && is_met("overlap>0", s));
    assert_false(is_met("loss.C<1e9", s)); /* there is no such task */
    assert_false(is_met("auc.A>0", s));    /* it has none */
    assert_false(mmoe_goal_is_met(&(struct mmoe_goal){0}, s));
    mmoe_run_free(run);
}

TESTS(cmocka_unit_test(goals_are_read_and_shown),
      cmocka_unit_test(goals_are_met_by_what_was_evaluated))
