/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench.c - bench: how fast studies go on this machine, how fast they could, and how often the
 * claims' tests err. */
#include <stdio.h>
#include <string.h>

#include <mmoe/bench_embedding.h>
#include <mmoe/bench_table.h>
#include <mmoe/calibration.h>
#include <mmoe/mem.h>
#include <mmoe/regret.h>

#include "ui/command/command.h"

enum { ROUNDS = 4, CASES_MAX = 32, CASE_SECONDS = 2 * ROUNDS };

/* --- the claims' tests --- */

enum { STUDIES = 1000, DRAWS = 1000, SIZES = 3 };
static const size_t sizes[SIZES] = {20, 50, 200};
#define CLAIMS_SECONDS 60.0

struct calibrating {
    struct mmoe_job *job;
    size_t at;
    struct mmoe_calibration table[SIZES];
};

static bool goes_on(void *context, double share)
{
    const struct calibrating *c = context;
    static const double weight[SIZES + 1] = {0, 0.08, 0.27, 1}; /* of their times */
    return mmoe_job_goes_on(c->job, weight[c->at] + share * (weight[c->at + 1] - weight[c->at]));
}

static enum mmoe_status calibrate(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct calibrating *c = context;
    c->job = j;
    for (c->at = 0; c->at < SIZES; c->at++)
        if (mmoe_failed(
                mmoe_calibrate(sizes[c->at], STUDIES, DRAWS, goes_on, c, &c->table[c->at], err)))
            return err->status;
    return MMOE_OK;
}

static void add_share(struct mmoe_text *t, const struct mmoe_interval *i)
{
    char text[64], low[16], high[16];
    snprintf(text, sizeof text, "%s [%s, %s]", mmoe_format_fixed(100 * i->value, 1, MMOE_NUMBER),
             mmoe_format_fixed(100 * i->low, 1, low, sizeof low),
             mmoe_format_fixed(100 * i->high, 1, high, sizeof high));
    mmoe_text_add(t, " %-18s", text);
}

static void people_calibration(const struct calibrating *c, struct mmoe_text *t)
{
    static const char *const rows[] = {
        "equal models: a claim but 7 said to hold",  "equal models: a claim said not to hold",
        "claim 3 said to hold at its margin",        "claim 7 said to hold at its margin",
        "95 % intervals of losses cover, sd .8/.8",  "the same, sd 1.1/.6",
        "95 % intervals of spreads cover, sd .8/.8", "the same, sd 1.1/.6"};
    mmoe_text_add(t, "%s made-up studies each, %% [95 %% interval]\n%-42s",
                  mmoe_format_count(STUDIES, MMOE_NUMBER), "");
    for (size_t i = 0; i < SIZES; i++)
        mmoe_text_add(t, " %-18s", MMOE_COUNTED(sizes[i], "seed"));
    mmoe_text_add(t, "\n");
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        mmoe_text_add(t, "%-42s", rows[r]);
        for (size_t i = 0; i < SIZES; i++) {
            const struct mmoe_calibration *m = &c->table[i];
            const struct mmoe_interval *share[] = {&m->holds,     &m->fails,       &m->margin3,
                                                   &m->margin7,   &m->location[0], &m->location[1],
                                                   &m->spread[0], &m->spread[1]};
            add_share(t, share[r]);
        }
        mmoe_text_add(t, "\n");
    }
}

static void add_member(struct mmoe_text *t, const char *key, const struct mmoe_interval *i)
{
    mmoe_json_numbers(t, key, (const double[]){i->value, i->low, i->high}, 3);
}

static void json_calibration(const struct mmoe_calibration *c, struct mmoe_text *t)
{
    event_begin(t, "calibration");
    mmoe_json_count(t, "seeds", c->seeds);
    mmoe_json_count(t, "studies", c->studies);
    mmoe_json_count(t, "draws", c->draws);
    add_member(t, "holds", &c->holds);
    add_member(t, "fails", &c->fails);
    add_member(t, "margin3", &c->margin3);
    add_member(t, "margin7", &c->margin7);
    add_member(t, "location_equal", &c->location[0]);
    add_member(t, "location_unequal", &c->location[1]);
    add_member(t, "spread_equal", &c->spread[0]);
    add_member(t, "spread_unequal", &c->spread[1]);
    mmoe_text_add(t, "}\n");
}

static void tell_calibration(struct app *a, void *context, enum mmoe_status status,
                             const struct mmoe_error *err)
{
    const struct calibrating *c = context;
    struct mmoe_text t = {0};
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
        return;
    }
    for (size_t i = 0; i < SIZES && a->sink.mode == EVENT_JSON; i++)
        json_calibration(&c->table[i], &t);
    if (a->sink.mode != EVENT_JSON)
        people_calibration(c, &t);
    event_emit(&a->sink, &t);
}

static enum mmoe_status begin_calibration(struct app *a)
{
    app_job(a, &(struct app_job){.what = "calibration of the claims",
                                 .work = calibrate,
                                 .done = tell_calibration,
                                 .free = mmoe_free,
                                 .context = mmoe_alloc(1, sizeof(struct calibrating))});
    return MMOE_CONTINUE;
}

/* --- tables --- */

static const char *const table_models[] = {"mmoe", "shared-bottom", "single-task"};
enum { TABLE_MODELS = sizeof table_models / sizeof *table_models };
#define TABLE_SECONDS 20.0
#define EMBEDDING_SECONDS 40.0

struct tabling {
    struct mmoe_job *job;
    size_t at;
    struct mmoe_bench_table table[TABLE_MODELS];
};

static bool table_goes_on(void *context, double share)
{
    const struct tabling *c = context;
    return mmoe_job_goes_on(c->job, ((double)c->at + share) / TABLE_MODELS);
}

static enum mmoe_status measure_tables(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct tabling *c = context;
    c->job = j;
    for (c->at = 0; c->at < TABLE_MODELS; c->at++)
        if (mmoe_failed(mmoe_bench_table(table_models[c->at], "1024", table_goes_on, c,
                                         &c->table[c->at], err)))
            return err->status;
    return MMOE_OK;
}

static void json_table(const char *model, const struct mmoe_bench_table *b, struct mmoe_text *t)
{
    event_begin(t, "bench.table");
    mmoe_json_word(t, "model", model);
    mmoe_json_count(t, "inputs", b->inputs);
    mmoe_json_count(t, "batch", b->batch);
    mmoe_json_number(t, "entries", b->entries);
    mmoe_json_number(t, "sparse", b->sparse);
    mmoe_json_number(t, "dense", b->dense);
    mmoe_text_add(t, "}\n");
}

static void people_table(const char *model, const struct mmoe_bench_table *b, bool first,
                         struct mmoe_text *t)
{
    if (first)
        mmoe_text_add(t,
                      "%zu inputs, %s entries a row, batch %zu, one core: steps a second\n"
                      "%-20s %10s %10s %10s\n",
                      b->inputs, mmoe_format_fixed(b->entries, 1, MMOE_NUMBER), b->batch, "model",
                      "sparse", "dense", "ratio");
    mmoe_text_add(t, "%-20s %10s %10s %10s\n", model,
                  mmoe_format_count((uint64_t)b->sparse, MMOE_NUMBER),
                  mmoe_format_count((uint64_t)b->dense, MMOE_NUMBER),
                  mmoe_format_fixed(b->sparse / b->dense, 1, MMOE_NUMBER));
}

static void tell_tables(struct app *a, void *context, enum mmoe_status status,
                        const struct mmoe_error *err)
{
    const struct tabling *c = context;
    struct mmoe_text t = {0};
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
        return;
    }
    for (size_t i = 0; i < TABLE_MODELS; i++)
        if (a->sink.mode == EVENT_JSON)
            json_table(table_models[i], &c->table[i], &t);
        else
            people_table(table_models[i], &c->table[i], i == 0, &t);
    event_emit(&a->sink, &t);
}

static enum mmoe_status begin_tables(struct app *a)
{
    app_job(a, &(struct app_job){.what = "steps on rows of tables",
                                 .work = measure_tables,
                                 .done = tell_tables,
                                 .free = mmoe_free,
                                 .context = mmoe_alloc(1, sizeof(struct tabling))});
    return MMOE_CONTINUE;
}

/* --- searches --- */

#define SEARCH_SECONDS 60.0

struct regretting {
    struct mmoe_job *job;
    struct mmoe_regret regret;
};

static bool regret_goes_on(void *context, double share)
{
    return mmoe_job_goes_on(((const struct regretting *)context)->job, share);
}

static enum mmoe_status measure_regret(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct regretting *c = context;
    c->job = j;
    return mmoe_regret_measure(regret_goes_on, c, &c->regret, err);
}

static void json_regret(const struct mmoe_regret *r, struct mmoe_text *t)
{
    for (size_t i = 0; i < MMOE_REGRET_FUNCTIONS; i++) {
        event_begin(t, "bench.search");
        mmoe_json_word(t, "function", r->function[i].name);
        mmoe_json_count(t, "trials", r->function[i].trials);
        mmoe_json_count(t, "searches", r->function[i].searches);
        mmoe_json_number(t, "regret", r->function[i].search);
        mmoe_json_number(t, "random", r->function[i].random);
        mmoe_text_add(t, "}\n");
    }
    event_begin(t, "bench.cover");
    add_member(t, "known", &r->cover_known);
    add_member(t, "fitted", &r->cover_fitted);
    mmoe_text_add(t, "}\n");
}

static void people_regret(const struct mmoe_regret *r, struct mmoe_text *t)
{
    mmoe_text_add(t, "%-12s %7s %16s %16s\n", "function", "trials", "median regret",
                  "random points");
    for (size_t i = 0; i < MMOE_REGRET_FUNCTIONS; i++)
        mmoe_text_add(t, "%-12s %7zu %16s %16s\n", r->function[i].name, r->function[i].trials,
                      mmoe_format_loss(r->function[i].search, MMOE_NUMBER),
                      mmoe_format_loss(r->function[i].random, MMOE_NUMBER));
    mmoe_text_add(t, "95 %% bands cover in %% [95 %% interval]: the process known");
    add_share(t, &r->cover_known);
    mmoe_text_add(t, " fitted");
    add_share(t, &r->cover_fitted);
    mmoe_text_add(t, "\n");
}

static void tell_regret(struct app *a, void *context, enum mmoe_status status,
                        const struct mmoe_error *err)
{
    const struct regretting *c = context;
    struct mmoe_text t = {0};
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
        return;
    }
    (a->sink.mode == EVENT_JSON ? json_regret : people_regret)(&c->regret, &t);
    event_emit(&a->sink, &t);
}

static enum mmoe_status begin_regret(struct app *a)
{
    app_job(a, &(struct app_job){.what = "searches of known functions",
                                 .work = measure_regret,
                                 .done = tell_regret,
                                 .free = mmoe_free,
                                 .context = mmoe_alloc(1, sizeof(struct regretting))});
    return MMOE_CONTINUE;
}

static bool asks_for(const struct invocation *i, const char *word)
{
    return i->argc && strcmp(i->argv[0], word) == 0;
}

/* --- speed --- */

double command_cost_bench(const struct app *a, const struct invocation *i, struct mmoe_text *what)
{
    size_t count = 0;
    while (mmoe_bench_name(count))
        count++;
    if (asks_for(i, "claims")) {
        mmoe_text_add(what, "%s made-up studies", mmoe_format_count(3 * STUDIES, MMOE_NUMBER));
        return CLAIMS_SECONDS;
    }
    if (asks_for(i, "search")) {
        mmoe_text_add(what, "searches of known functions");
        return SEARCH_SECONDS;
    }
    if (asks_for(i, "table")) {
        mmoe_text_add(what, "%s, sparse and written out", MMOE_COUNTED(TABLE_MODELS, "model"));
        return TABLE_SECONDS;
    }
    if (asks_for(i, "embedding")) {
        mmoe_text_add(what, "%s", MMOE_COUNTED(MMOE_BENCH_EMBEDDINGS, "case"));
        return EMBEDDING_SECONDS;
    }
    if (a->repeating)
        return 0;
    count = i->argc ? 1 : count;
    mmoe_text_add(what, "%s", MMOE_COUNTED(count, "case"));
    return CASE_SECONDS * (double)count;
}

enum mmoe_status command_bench(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    const char *names[CASES_MAX];
    size_t count = 0;
    while (mmoe_bench_name(count) && count < CASES_MAX) {
        names[count] = mmoe_bench_name(count);
        count++;
    }
    if (asks_for(i, "claims"))
        return begin_calibration(a);
    if (a->repeating)
        return mmoe_fail(err, MMOE_STATE,
                         "%s in progress would be measured too: stop it first, or wait",
                         a->sweeping ? "the study" : "the repeats");
    if (asks_for(i, "search"))
        return begin_regret(a);
    if (asks_for(i, "table"))
        return begin_tables(a);
    if (asks_for(i, "embedding"))
        return command_bench_embedding(a);
    if (i->argc == 0) {
        app_say(a, "%zu cases, a few seconds each: pause ends it", count);
        app_bench(a, 0, count - 1, ROUNDS);
        return MMOE_CONTINUE;
    }
    for (size_t k = 0; k < count; k++)
        if (strcmp(names[k], i->argv[0]) == 0) {
            app_bench(a, k, k, ROUNDS);
            return MMOE_CONTINUE;
        }
    const char *near = mmoe_nearest(i->argv[0], names, count);
    return mmoe_fail(err, MMOE_UNKNOWN, "no case '%.60s': did you mean %s?", i->argv[0],
                     near ? near : names[0]);
}
