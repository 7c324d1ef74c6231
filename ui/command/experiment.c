/* SPDX-License-Identifier: GPL-3.0-or-later */
/* experiment.c - experiment: a live A/B test of two models on the simulated recommender. */
#include "ui/report/experiment.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/abrun.h>
#include <mmoe/json.h>
#include <mmoe/mem.h>
#include <mmoe/source.h>

#include "ui/command/experiment.h"
#include "ui/panel/lift.h"

enum { NETS = 2, VISITS = 300000, LOOKS = 46, TESTS_MOST = 100000, PASSES = 3 };
#define LAMBDA 1.0

struct asked {
    struct mmoe_abrun_order order;
    struct mmoe_abrun *run;
    void (*over)(void *context, const struct mmoe_sight *s);
    void *context;
};

/* --- the job --- */

static enum mmoe_status work(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct asked *x = context;
    return mmoe_abrun_work(x->run, j, err);
}

static void tell(struct app *a, struct mmoe_abrun *run)
{
    struct mmoe_sight sight;
    struct mmoe_text t = {0};
    mmoe_abrun_look(run, &sight);
    if (sight.done == 0) {
        app_say(a, "experiment: its nets are being trained, and there is no visit yet");
        return;
    }
    if (sight.done < sight.plan.visits)
        app_say(a, "seen in %s of %s", MMOE_COUNTED(sight.done, "visit"),
                mmoe_format_count(sight.plan.visits, MMOE_NUMBER));
    experiment_add(&sight, a->sink.mode == EVENT_JSON, &t);
    event_emit(&a->sink, &t);
    mmoe_text_done(&t);
}

static void say_verdict(struct app *a, const struct mmoe_sight *s)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "experiment: %s against %s: ", s->model[1], s->model[0]);
    for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++) {
        char lift[LIFT_SIZE];
        const struct mmoe_lift *l = &s->arm[MMOE_TREATMENT].lift[k][MMOE_BY_DELTA];
        mmoe_text_add(&t, "%s%s %s %% %s", k ? "; " : "", lift_task[k],
                      lift_percent(mmoe_lift_interval(l, MMOE_SIGHT_LEVEL).value, 2, lift),
                      lift_finding(mmoe_sight_finding(s, k)));
    }
    app_tell(a, t.s);
    mmoe_text_done(&t);
}

/* On the screen the panel shows it, and the log has its verdict. */
static void told(struct app *a, void *context, enum mmoe_status status,
                 const struct mmoe_error *err)
{
    struct asked *x = context;
    if (mmoe_failed(status)) {
        app_experiment_show(a, x->run);
        app_complain(a, err);
        a->failed = true;
        return;
    }
    app_experiment_keep(a, x->run);
    if (a->sink.mode == EVENT_SCREEN)
        say_verdict(a, &a->view.experiment.sight);
    else
        tell(a, x->run);
    x->run = NULL;
    if (x->over && a->view.experiment.sight.stage == MMOE_SIGHT_DONE)
        x->over(x->context, &a->view.experiment.sight);
}

static void show(struct app *a, void *context)
{
    const struct asked *x = context;
    app_experiment_show(a, x->run);
}

static void free_asked(void *context)
{
    struct asked *x = context;
    mmoe_abrun_free(x->run);
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
static const char *const of_study[] = {"visits", "nets", "lambda", "aa", "jobs", "out", NULL};

static enum mmoe_status read_own(const struct app *a, const struct invocation *i, struct asked *x,
                                 struct mmoe_error *err)
{
    const char *visits = command_pair(i, "visits"), *nets = command_pair(i, "nets"),
               *lambda = command_pair(i, "lambda"), *tests = command_pair(i, "aa");
    x->order.plan = (struct mmoe_experiment_plan){
        .visits = VISITS, .looks = LOOKS, .lambda = LAMBDA, .seed = a->view.options.seed_split};
    if (mmoe_failed(command_known(i, x->over ? of_study : own,
                                  x->over ? "visits, nets, lambda, aa, jobs and out"
                                          : "visits, nets, lambda, aa and jobs",
                                  err)) ||
        (visits && mmoe_failed(command_whole(visits, "visits", LOOKS, 100000000,
                                             &x->order.plan.visits, err))) ||
        (nets &&
         mmoe_failed(command_whole(nets, "nets", 1, MMOE_POLICY_NETS, &x->order.nets, err))) ||
        (tests && mmoe_failed(command_whole(tests, "aa", 1, TESTS_MOST, &x->order.tests, err))) ||
        mmoe_failed(command_jobs(a, i, &x->order.jobs, err)))
        return err->status;
    if (lambda && (!mmoe_parse_double(lambda, &x->order.plan.lambda) ||
                   !(x->order.plan.lambda >= 0) || x->order.plan.lambda > 1e6))
        return mmoe_fail(err, MMOE_RANGE, "lambda '%.40s': a number from 0 to 1,000,000", lambda);
    return MMOE_OK;
}

/* Seconds it will take with those settings, and what is to be done. */
static double cost_of(const struct app *a, const struct mmoe_options *o, const struct asked *x,
                      struct mmoe_text *what)
{
    const struct mmoe_grid grid = {.base = *o, .seeds = MMOE_ARMS * x->order.nets};
    size_t visits = x->order.plan.visits, beside = mmoe_abrun_beside(visits, x->order.tests);
    double ranked = (double)(visits + 2 * beside) * MMOE_CANDIDATES;
    mmoe_text_add(what, "%s and ", MMOE_COUNTED(grid.seeds, "net"));
    mmoe_text_add(what, "%s", MMOE_COUNTED(x->order.plan.visits, "visit"));
    return app_forecast_grid(a, &grid, grid.seeds, x->order.jobs) +
           app_forecast_run(a, o, (size_t)(ranked / PASSES / (double)o->batch));
}

double command_cost_experiment(const struct app *a, const struct invocation *i,
                               struct mmoe_text *what)
{
    struct asked x = {.order.nets = NETS};
    struct mmoe_error err;
    if (i->argc < 2 || mmoe_failed(read_own(a, i, &x, &err)))
        return 0;
    return cost_of(a, &a->view.options, &x, what);
}

/* What lifts so many visits find, by the logged rates, and what the paper's smallest would take. */
static void say_power(struct app *a, struct mmoe_abrun *run)
{
    struct mmoe_sight sight;
    struct mmoe_text t = {0};
    mmoe_abrun_look(run, &sight);
    lift_power(&sight, &t);
    app_say(a, "%s", t.s);
    mmoe_text_done(&t);
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

enum mmoe_status experiment_begin(struct app *a, const struct experiment_order *order,
                                  struct mmoe_error *err)
{
    const struct mmoe_options *o = order->options;
    if (mmoe_source_of(o) != &mmoe_source_recommender)
        return mmoe_fail(err, MMOE_STATE,
                         "experiments are run on the simulated recommender: "
                         "preset recommender, or set data recommender");
    struct asked *x = mmoe_alloc(1, sizeof *x);
    x->over = order->over;
    x->context = order->context;
    x->order.nets = order->nets;
    for (size_t k = 0; k < MMOE_ARMS; k++)
        x->order.arm[k] = *o;
    if (mmoe_failed(read_own(a, order->i, x, err)) ||
        mmoe_failed(set_arm(&x->order.arm[MMOE_CONTROL], order->control, err)) ||
        mmoe_failed(set_arm(&x->order.arm[MMOE_SECOND_CONTROL], order->control, err)) ||
        mmoe_failed(set_arm(&x->order.arm[MMOE_TREATMENT], order->treatment, err)) ||
        mmoe_failed(mmoe_options_check(&x->order.arm[MMOE_TREATMENT], err))) {
        free_asked(x);
        return err->status;
    }
    x->run = mmoe_abrun_new(&x->order);
    say_cost(a, o, x);
    if (!app_has_job(a, work))
        app_experiment_begin(a, x->run);
    if (a->sink.mode != EVENT_SCREEN) /* where the panel says it */
        say_power(a, x->run);
    app_job(a, &(struct app_job){.what = "experiment",
                                 .work = work,
                                 .done = told,
                                 .late = told,
                                 .free = free_asked,
                                 .show = show,
                                 .context = x});
    return MMOE_CONTINUE;
}

/* --- one that is over --- */

static enum mmoe_status work_tests(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    return mmoe_abrun_test(context, j, err);
}

static void show_tests(struct app *a, void *context)
{
    app_experiment_show(a, context);
}

static void told_tests(struct app *a, void *context, enum mmoe_status status,
                       const struct mmoe_error *err)
{
    (void)status;
    (void)err;
    app_experiment_show(a, context);
    if (a->sink.mode != EVENT_SCREEN)
        tell(a, context);
}

static enum mmoe_status busy(struct mmoe_error *err)
{
    return mmoe_fail(err, MMOE_STATE, "the experiment is in progress: ^C or stop ends it");
}

/* Test the statistics on the newest experiment. Nothing takes its run away meanwhile: one that is
 * ordered now comes after this job. */
static enum mmoe_status test(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct asked x = {0};
    if (mmoe_failed(read_own(a, i, &x, err)))
        return err->status;
    if (!a->experiment || app_has_job(a, work) || app_has_job(a, work_tests) ||
        app_working(a, work) || app_working(a, work_tests)) /* stopped, yet not at its end */
        return busy(err);
    mmoe_abrun_ask(a->experiment, x.order.tests);
    app_job(a, &(struct app_job){.what = "A/A tests",
                                 .work = work_tests,
                                 .done = told_tests,
                                 .late = told_tests,
                                 .show = show_tests,
                                 .context = a->experiment});
    return MMOE_CONTINUE;
}

/* Without arms: of the experiment there is. */
static enum mmoe_status go_back(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    const struct asked *x = app_working(a, work);
    struct mmoe_abrun *run = x ? x->run : a->experiment;
    if (i->argc == 1) {
        a->view.experiment.truth = !a->view.experiment.truth;
        a->changes++;
        if (a->view.experiment.truth && isnan(a->view.experiment.sight.truth[0]))
            app_say(a, "the true lift is computed when all visits are over");
        return MMOE_OK;
    }
    if (i->pair_count)
        return test(a, i, err);
    tell(a, run);
    return MMOE_OK;
}

enum mmoe_status command_experiment(struct app *a, const struct invocation *i,
                                    struct mmoe_error *err)
{
    bool alone = i->argc == 0 && (i->pair_count == 0 || command_pair(i, "aa"));
    bool words = alone || (i->argc == 1 && strcmp(i->argv[0], "truth") == 0);
    if (words && (app_working(a, work) || a->experiment))
        return go_back(a, i, err);
    if (i->argc < 2)
        return mmoe_fail(err, MMOE_INVALID,
                         "which arms? (usage: experiment %s), such as "
                         "experiment shared-bottom mmoe",
                         i->command->synopsis);
    const struct experiment_order order = {.options = &a->view.options,
                                           .control = i->argv[0],
                                           .treatment = i->argv[1],
                                           .i = i,
                                           .nets = NETS};
    return experiment_begin(a, &order, err);
}
