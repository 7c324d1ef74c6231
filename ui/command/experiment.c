/* SPDX-License-Identifier: GPL-3.0-or-later */
/* experiment.c - experiment: a live A/B test of two models on the simulated recommender. */
#include "ui/report/experiment.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/json.h>
#include <mmoe/mem.h>
#include <mmoe/policies.h>
#include <mmoe/source.h>

#include "ui/command/command.h"

enum {
    NETS = 2,
    VISITS = 300000,
    LOOKS = 46,
    PIECE = 200,
    TRUE_SHARE = 20,
    TESTED_SHARE = 3,
    TESTS_MOST = 100000,
    PASSES = 3
};
#define LAMBDA 1.0
/* Of the time an experiment takes: training, and its visits; the rest is what would have been. */
#define TRAINING 0.6
#define VISITING 0.3

struct asked {
    struct mmoe_options arm[MMOE_ARMS];
    size_t nets, jobs, tests;
    struct mmoe_experiment_plan plan;
    bool json;
    struct mmoe_text text;
    /* of the job while it runs */
    struct mmoe_job *job;
    double from, share;
};

/* --- the job --- */

static bool goes_on(void *context, double share)
{
    struct asked *x = context;
    return mmoe_job_goes_on(x->job, x->from + x->share * share);
}

static void stage(struct asked *x, double from, double share)
{
    x->from = from;
    x->share = share;
}

/* All visits; false: it was stopped. */
static bool visit_all(struct asked *x, struct mmoe_experiment *e)
{
    stage(x, TRAINING, VISITING);
    for (size_t done = 0; done < x->plan.visits; done += PIECE) {
        mmoe_experiment_go(e, PIECE);
        if (!goes_on(x, (double)done / (double)x->plan.visits))
            return false;
    }
    return true;
}

/* What both policies come to in the same visits, and tests of the statistics. */
static bool look_behind(struct asked *x, struct mmoe_experiment *e, struct mmoe_outcomes *o,
                        struct mmoe_resplits *c)
{
    size_t visits = x->plan.visits / (x->tests ? TESTED_SHARE : TRUE_SHARE) + 1, tests = x->tests;
    stage(x, TRAINING + VISITING, 1 - TRAINING - VISITING);
    for (size_t i = 0; i < visits; i += PIECE) {
        mmoe_outcomes_add(e, i, visits - i < PIECE ? visits - i : PIECE, MMOE_CONTROL,
                          MMOE_TREATMENT, o);
        if (!goes_on(x, 0.5 * (double)i / (double)visits))
            return false;
    }
    for (size_t i = 0; i < tests; i++) {
        mmoe_resplit(o, MMOE_ENGAGEMENT, x->plan.seed, i, 1, c);
        if (!goes_on(x, 0.5 + 0.5 * (double)i / (double)tests))
            return false;
    }
    return true;
}

static void tell(struct asked *x, const struct mmoe_experiment *e, const struct mmoe_outcomes *o,
                 const struct mmoe_resplits *c)
{
    const struct experiment_told told = {
        .control = mmoe_model_name(mmoe_model_at((size_t)x->arm[MMOE_CONTROL].model)),
        .treatment = mmoe_model_name(mmoe_model_at((size_t)x->arm[MMOE_TREATMENT].model)),
        .nets = x->nets,
        .experiment = e,
        .outcomes = o,
        .calibration = c};
    experiment_add(&told, x->json, &x->text);
}

static enum mmoe_status work(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct asked *x = context;
    struct mmoe_policy policy[MMOE_ARMS];
    struct mmoe_outcomes outcomes = {0};
    struct mmoe_resplits calibration = {0};
    x->job = j;
    stage(x, 0, TRAINING);
    struct mmoe_policies *p =
        mmoe_policies_new(x->arm, MMOE_ARMS, x->nets, x->jobs, goes_on, x, err);
    if (!p)
        return err->status;
    for (size_t i = 0; i < MMOE_ARMS; i++)
        mmoe_policies_get(p, i, &policy[i]);
    struct mmoe_experiment *e = mmoe_experiment_new(mmoe_policies_recommender(p), &x->plan, policy);
    enum mmoe_status status = MMOE_OK;
    if (!e)
        status = mmoe_fail(err, MMOE_LIMIT,
                           "an experiment on so many users and items does not fit "
                           "in memory: lower them");
    else if (!visit_all(x, e) || !look_behind(x, e, &outcomes, &calibration))
        status = mmoe_fail(err, MMOE_STATE, "the experiment was stopped");
    else
        tell(x, e, &outcomes, &calibration);
    mmoe_outcomes_done(&outcomes);
    mmoe_experiment_free(e);
    mmoe_policies_free(p);
    return status;
}

static void told(struct app *a, void *context, enum mmoe_status status,
                 const struct mmoe_error *err)
{
    struct asked *x = context;
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
        return;
    }
    event_emit(&a->sink, &x->text);
}

static void free_asked(void *context)
{
    struct asked *x = context;
    mmoe_text_done(&x->text);
    mmoe_free(x);
}

/* --- the command --- */

/* Single-Task is trained on engagement alone, which alone ranks. */
static enum mmoe_status set_arm(struct mmoe_options *o, const char *model, struct mmoe_error *err)
{
    if (mmoe_failed(mmoe_option_set(o, "model", model, err)))
        return err->status;
    if (strcmp(mmoe_model_name(mmoe_model_at((size_t)o->model)), "single-task") == 0)
        return mmoe_option_set(o, "task-weights", "1,0", err);
    return MMOE_OK;
}

static const char *const own[] = {"visits", "nets", "lambda", "aa", "jobs", NULL};

static enum mmoe_status read_own(const struct app *a, const struct invocation *i, struct asked *x,
                                 struct mmoe_error *err)
{
    const char *visits = command_pair(i, "visits"), *nets = command_pair(i, "nets"),
               *lambda = command_pair(i, "lambda"), *tests = command_pair(i, "aa");
    x->nets = NETS;
    x->plan = (struct mmoe_experiment_plan){
        .visits = VISITS, .looks = LOOKS, .lambda = LAMBDA, .seed = a->view.options.seed_split};
    if (mmoe_failed(command_known(i, own, "visits, nets, lambda, aa and jobs", err)) ||
        (visits &&
         mmoe_failed(command_whole(visits, "visits", LOOKS, 100000000, &x->plan.visits, err))) ||
        (nets && mmoe_failed(command_whole(nets, "nets", 1, MMOE_POLICY_NETS, &x->nets, err))) ||
        (tests && mmoe_failed(command_whole(tests, "aa", 1, TESTS_MOST, &x->tests, err))) ||
        mmoe_failed(command_jobs(a, i, &x->jobs, err)))
        return err->status;
    if (lambda && (!mmoe_parse_double(lambda, &x->plan.lambda) || !(x->plan.lambda >= 0) ||
                   x->plan.lambda > 1e6))
        return mmoe_fail(err, MMOE_RANGE, "lambda '%.40s': a number from 0 to 1,000,000", lambda);
    return MMOE_OK;
}

/* Seconds it will take with those settings, and what is to be done. */
static double cost_of(const struct app *a, const struct mmoe_options *o, const struct asked *x,
                      struct mmoe_text *what)
{
    const struct mmoe_grid grid = {.base = *o, .seeds = MMOE_ARMS * x->nets};
    double beside = 2.0 / (x->tests ? TESTED_SHARE : TRUE_SHARE);
    double ranked = (double)x->plan.visits * MMOE_CANDIDATES * (1 + beside);
    mmoe_text_add(what, "%s and ", MMOE_COUNTED(grid.seeds, "net"));
    mmoe_text_add(what, "%s", MMOE_COUNTED(x->plan.visits, "visit"));
    return app_forecast_grid(a, &grid, grid.seeds, x->jobs) +
           app_forecast_run(a, o, (size_t)(ranked / PASSES / (double)o->batch));
}

double command_cost_experiment(const struct app *a, const struct invocation *i,
                               struct mmoe_text *what)
{
    struct asked x = {0};
    struct mmoe_error err;
    if (i->argc < 2 || mmoe_failed(read_own(a, i, &x, &err)))
        return 0;
    return cost_of(a, &a->view.options, &x, what);
}

/* "6 nets and 300,000 visits: about 4 min". */
static void say_cost(struct app *a, const struct mmoe_options *o, const struct asked *x)
{
    struct mmoe_text what = {0};
    double seconds = cost_of(a, o, x, &what);
    if (isfinite(seconds))
        app_say(a, "%s: about %s", what.s, mmoe_format_about(seconds, MMOE_NUMBER));
    mmoe_text_done(&what);
}

/* Order an experiment of two models with those settings; i has the keys of its own. */
static enum mmoe_status begin(struct app *a, const struct mmoe_options *o, const char *control,
                              const char *treatment, const struct invocation *i,
                              struct mmoe_error *err)
{
    if (mmoe_source_of(o) != &mmoe_source_recommender)
        return mmoe_fail(err, MMOE_STATE,
                         "experiments are run on the simulated recommender: "
                         "preset recommender, or set data recommender");
    struct asked *x = mmoe_alloc(1, sizeof *x);
    x->json = a->sink.mode == EVENT_JSON;
    for (size_t k = 0; k < MMOE_ARMS; k++)
        x->arm[k] = *o;
    if (mmoe_failed(read_own(a, i, x, err)) ||
        mmoe_failed(set_arm(&x->arm[MMOE_CONTROL], control, err)) ||
        mmoe_failed(set_arm(&x->arm[MMOE_SECOND_CONTROL], control, err)) ||
        mmoe_failed(set_arm(&x->arm[MMOE_TREATMENT], treatment, err)) ||
        mmoe_failed(mmoe_options_check(&x->arm[MMOE_TREATMENT], err))) {
        free_asked(x);
        return err->status;
    }
    say_cost(a, o, x);
    app_job(
        a, &(struct app_job){
               .what = "experiment", .work = work, .done = told, .free = free_asked, .context = x});
    return MMOE_CONTINUE;
}

enum mmoe_status command_experiments(struct app *a, const struct mmoe_definition *def,
                                     const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_text words = {0};
    mmoe_text_add(&words, "%s\n%s\n", def->about.title, def->about.note);
    app_tell(a, words.s);
    mmoe_text_done(&words);
    for (size_t k = 0; k < def->experiment_count; k++)
        if (mmoe_failed(begin(a, &def->grid.base, def->experiments[k].control,
                              def->experiments[k].treatment, i, err)))
            return err->status;
    return MMOE_CONTINUE;
}

enum mmoe_status command_experiment(struct app *a, const struct invocation *i,
                                    struct mmoe_error *err)
{
    if (i->argc < 2)
        return mmoe_fail(err, MMOE_INVALID,
                         "which arms? (usage: experiment %s), such as "
                         "experiment shared-bottom mmoe",
                         i->command->synopsis);
    return begin(a, &a->view.options, i->argv[0], i->argv[1], i, err);
}
