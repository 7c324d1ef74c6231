/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings that change nothing beside the others do change nothing, and the remedy helps. */
#include <stdio.h>
#include <stdlib.h>

#include <mmoe/moot.h>

#include "tests/runs.h"

/* Settings of one case, "option value option value ..." */
static void set_all(struct mmoe_options *o, const char *settings)
{
    char words[200], *rest = words;
    small_options(o);
    snprintf(words, sizeof words, "%s", settings);
    for (char *key = strsep(&rest, " "); key && *key; key = strsep(&rest, " ")) {
        char *value = strsep(&rest, " ");
        put(o, key, value);
    }
}

static const struct mmoe_moot *rule_of(const struct mmoe_options *o, const char *option)
{
    return mmoe_moot_find(o, mmoe_option_find(option));
}

/* settings: the option is moot; remedied: it is not; part: what is said; same: settings of the same
 * run, NULL: those with the option's default. */
static const struct {
    const char *option, *settings, *remedied, *part, *same;
} cases[] = {
    {"p", "scale 0 p 0.9", "p 0.9", "do not depend on the inputs", NULL},
    {"top-k", "experts 1 top-k 3", "experts 4 top-k 3", "one expert", NULL},
    {"top-k", "experts 3 top-k 3", "experts 3 top-k 2", "keep all experts", NULL},
    {"balance", "experts 1 balance 0.1", "experts 2 balance 0.1", "one expert", NULL},
    {"balance", "top-k 1 balance 0.1", "top-k 2 balance 0.1", "no gradient", NULL},
    {"gate-noise", "experts 1 top-k 1 gate-noise on", "experts 3 top-k 2 gate-noise on",
     "one expert", NULL},
    {"l2-alpha", "model l2-constrained l2-alpha 0", "model l2-constrained l2-alpha 0.1",
     "single-task", "model single-task"},
    {"stitch", "model cross-stitch stitch 3,4", "model cross-stitch stitch 2,3", "no such",
     "model single-task"},
    {"r3", "model tensor-factorization r3 3", "model tensor-factorization r3 1", "fewer tasks",
     NULL},
    {"momentum", "momentum 0.5", "momentum 0.5 optimizer sgd lr 0.001", "adam has none", NULL},
    {"schedule", "schedule step decay-every 60", "schedule step decay-every 59", "ends before",
     NULL},
    {"decay", "decay 0.5", "decay 0.5 schedule step decay-every 20", "no steps", NULL},
    {"decay", "decay 1 schedule step decay-every 20", "decay 0.9 schedule step decay-every 20",
     "rate as it is", ""},
    {"decay-every", "decay-every 20 schedule cosine", "decay-every 20 schedule step", "no steps",
     NULL},
    {"monitor", "monitor 1", "monitor 1 keep-best on", "nothing is chosen", NULL},
    {"patience", "patience 3", "patience 2", "ends first", NULL},
};

/* The curve of a run of o, and its weights. */
static struct mmoe_run *train_all(const struct mmoe_options *o)
{
    struct mmoe_run *run = make_run(o);
    finish(run);
    return run;
}

/* The run is the same to the bit as one of `same`; NULL: as one with the option's default. */
static void assert_changes_nothing(const struct mmoe_options *o, const char *option,
                                   const char *same)
{
    struct mmoe_options other = *o;
    if (same)
        set_all(&other, same);
    else
        put(&other, option, mmoe_option_find(option)->fallback);
    struct mmoe_run *a = train_all(o), *b = train_all(&other);
    if (strcmp(option, "gate-noise") == 0) /* columns beside the experts' move their rounding */
        assert_near(mmoe_run_snapshot(a)->value[MMOE_LOSS][0],
                    mmoe_run_snapshot(b)->value[MMOE_LOSS][0], 1e-4);
    else
        assert_same_curve(mmoe_run_snapshot(a), mmoe_run_snapshot(b));
    assert_int_equal(mmoe_run_snapshot(a)->step, mmoe_run_snapshot(b)->step);
    mmoe_run_free(a);
    mmoe_run_free(b);
}

static void what_is_moot_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mmoe_options o;
        struct mmoe_text t = {0};
        set_all(&o, cases[i].settings);
        const struct mmoe_moot *rule = rule_of(&o, cases[i].option);
        if (!rule)
            fail_msg("%s is not moot: %s", cases[i].option, cases[i].settings);
        mmoe_moot_tell(rule, &o, &t);
        if (strncmp(t.s, cases[i].option, strlen(cases[i].option)) != 0 ||
            !strstr(t.s, cases[i].part))
            fail_msg("'%s' says nothing of '%s'", t.s, cases[i].part);
        mmoe_text_done(&t);
        assert_changes_nothing(&o, cases[i].option, cases[i].same);
        set_all(&o, cases[i].remedied);
        if (rule_of(&o, cases[i].option))
            fail_msg("%s is moot: %s", cases[i].option, cases[i].remedied);
    }
}

/* The largest change of a tensor whose name has that part, in training. */
static double moved(const struct mmoe_options *o, const char *part)
{
    struct mmoe_run *run = make_run(o);
    struct mmoe_net *net = mmoe_run_net(run);
    size_t n = mmoe_net_size(net);
    mmoe_real *first = calloc(n, sizeof *first);
    memcpy(first, mmoe_net_params(net), n * sizeof *first);
    finish(run);
    double most = 0;
    for (size_t i = 0; i < mmoe_net_tensor_count(net); i++) {
        const struct mmoe_tensor *t = mmoe_net_tensor(net, i);
        if (!strstr(t->name, part))
            continue;
        for (size_t a = 0; a < t->dim[0]; a++)
            for (size_t b = 0; b < t->dim[1]; b++)
                for (size_t c = 0; c < t->dim[2]; c++) {
                    size_t at = t->offset + a * t->stride[0] + b * t->stride[1] + c * t->stride[2];
                    most = fmax(most, fabs((double)(mmoe_net_params(net)[at] - first[at])));
                }
    }
    free(first);
    mmoe_run_free(run);
    return most;
}

/* What is said of top-k 1 and of one expert is so in every model with gates. */
static void gates_are_trained_unless_it_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *settings, *option; /* by which they are not trained; NULL: they are */
    } gates[] = {
        {"top-k 1", "top-k"},
        {"top-k 1 balance 0.1", "top-k"},
        {"top-k 1 gate-noise on", "top-k"},
        {"top-k 1 layers 2", "top-k"},
        {"experts 1", "experts"},
        {"experts 1 top-k 1 gate-noise on balance 0.1", "experts"},
        {"top-k 1 gate-noise on balance 0.1", NULL},
        {"top-k 2", NULL},
        {"top-k 2 balance 0.1", NULL},
        {"layers 2", NULL},
        {"experts 2", NULL},
    };
    static const char *const models[] = {"moe", "omoe", "mmoe"};
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
        for (size_t m = 0; m < 3; m++) {
            struct mmoe_options o;
            set_all(&o, gates[i].settings);
            put(&o, "model", models[m]);
            double change = moved(&o, "gates.");
            if (gates[i].option)
                assert_true(change == 0 && rule_of(&o, gates[i].option));
            else
                assert_true(change > 0 && !rule_of(&o, "top-k") && !rule_of(&o, "experts"));
        }
}

/* Nobody asked for a default, nor for what the model does not heed. */
static void what_was_not_asked_for_is_not_moot(void **state)
{
    (void)state;
    struct mmoe_options o;
    mmoe_options_default(&o);
    for (size_t i = 0; i < mmoe_option_count; i++)
        assert_null(mmoe_moot_find(&o, &mmoe_option_table[i]));
    set_all(&o, "model shared-bottom top-k 1 experts 1 balance 1");
    assert_true(!rule_of(&o, "top-k") && !rule_of(&o, "experts") && !rule_of(&o, "balance"));
    set_all(&o, "task-weights 0,0");
    assert_non_null(rule_of(&o, "task-weights"));
    assert_true(moved(&o, "") == 0);
    set_all(&o, "task-weights 0,1");
    assert_null(rule_of(&o, "task-weights"));
}

TESTS(cmocka_unit_test(what_is_moot_changes_nothing),
      cmocka_unit_test(gates_are_trained_unless_it_is_said),
      cmocka_unit_test(what_was_not_asked_for_is_not_moot))
