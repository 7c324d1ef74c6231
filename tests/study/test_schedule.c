/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a study still has to do, driven to its end with made-up results and without a thread. */
#include <mmoe/schedule.h>

#include "tests/stores.h"

/* --- definitions of one's own --- */

static void path_of(const struct place *p, const char *name, char *path, size_t size)
{
    char folder[100];
    snprintf(folder, sizeof folder, "%s/studies", p->folder);
    mkdir(folder, 0700);
    snprintf(path, size, "%s/%s.conf", folder, name);
}

static void write_study(const struct place *p, const char *name, const char *text)
{
    char path[200];
    path_of(p, name, path, sizeof path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    fclose(f);
}

#define SMALL "figure curves\nset dim=10 rows=500 test-rows=100 batch=20 steps=60\n"

static int set_up(void **state)
{
    if (make_place(state))
        return -1;
    const struct place *p = *state;
    setenv("MMOE_DATA", p->folder, 1);
    setenv("XDG_CONFIG_HOME", "/nowhere", 1);
    write_study(p, "plain", SMALL "title A plain one\nseeds 3\naxis p=0.5,1\n");
    write_study(p, "chooses",
                SMALL "title One that chooses\nclaims\nseeds 2\naxis model=mmoe,omoe\n"
                      "choose lr=1e-4,1e-3,1e-2 for model seeds=4\n");
    write_study(p, "keeps",
                SMALL "title One that chose\nseeds 2\naxis model=mmoe,omoe\n"
                      "choose lr=1e-4,1e-3,1e-2 for model seeds=4\nchosen 0.001,0.01\n");
    write_study(p, "searches",
                SMALL "title One that searches\nsearch 8 lr=1e-4..1e-1\n"
                      "search model=mmoe experts=2..9\naxis model=mmoe,shared-bottom\n"
                      "minimise over-var.A\nset validation-rows=50\n");
    write_study(p, "both", "title Both of them\nparts plain chooses\n");
    return 0;
}

#define DEFINED(test) cmocka_unit_test_setup_teardown(test, set_up, remove_place)

static struct mmoe_options session;

static struct mmoe_schedule_order order_of(const char *name)
{
    mmoe_options_default(&session);
    return (struct mmoe_schedule_order){.name = name, .command = "study it", .session = &session};
}

static struct mmoe_schedule *start(const struct mmoe_schedule_order *order)
{
    struct mmoe_error err;
    struct mmoe_schedule *s = mmoe_schedule_new(order, &err);
    if (!s)
        fail_msg("%s", err.text);
    return s;
}

static void refuse(const struct mmoe_schedule_order *order, enum mmoe_status status,
                   const char *part)
{
    struct mmoe_error err = {.text = ""};
    assert_null(mmoe_schedule_new(order, &err));
    assert_int_equal(err.status, status);
    if (!strstr(err.text, part))
        fail_msg("'%s' says nothing of '%s'", err.text, part);
}

/* The step that is to be done, asked for twice. */
static struct mmoe_schedule_step next(struct mmoe_schedule *s, enum mmoe_schedule_kind kind,
                                      size_t part)
{
    struct mmoe_schedule_step step, again;
    struct mmoe_error err;
    if (mmoe_failed(mmoe_schedule_next(s, &step, &err)))
        fail_msg("%s", err.text);
    assert_int_equal(step.kind, kind);
    if (kind < MMOE_SCHEDULE_REPORT)
        assert_int_equal(step.part, part);
    struct mmoe_grid grid = *step.grid;
    assert_int_equal(mmoe_schedule_next(s, &again, &err), MMOE_OK);
    assert_true(again.kind == step.kind && again.part == step.part && again.def == step.def);
    assert_ptr_equal(again.grid, step.grid);
    assert_true(mmoe_grid_same(&grid, again.grid));
    assert_int_equal(mmoe_schedule_is_over(s), kind == MMOE_SCHEDULE_OVER);
    return step;
}

/* What a study of that grid might come to: of models, mmoe is best with lr 1e-3, omoe with 1e-2. */
static struct mmoe_tally *made_up(const struct mmoe_grid *g)
{
    struct mmoe_tally *t = mmoe_tally_new(g, false);
    for (size_t run = 0; run < mmoe_grid_runs(g); run++) {
        struct mmoe_record r;
        struct mmoe_options o;
        mmoe_grid_options(g, run, &o);
        mmoe_record_clear(&r, &o);
        double best = o.model == g->base.model ? 1e-3 : 1e-2;
        r.failed = false;
        r.run = run;
        r.tasks = 2;
        r.choice[MMOE_OVER_VAR][0] = r.choice[MMOE_OVER_VAR][1] =
            fabs(log10(o.lr / best)) + 0.001 * (double)run;
        r.value[MMOE_OVER_VAR][0] =
            10 - r.choice[MMOE_OVER_VAR][0]; /* the test rows would choose another one */
        mmoe_tally_add(t, &r);
    }
    return t;
}

static void tell(struct mmoe_schedule *s, const struct mmoe_schedule_step *step, int64_t study)
{
    struct mmoe_tally *t = made_up(step->grid);
    mmoe_schedule_told(s, study, t);
    mmoe_tally_free(t);
}

static void done(struct mmoe_schedule *s)
{
    mmoe_schedule_told(s, 0, NULL);
}

static size_t parts_of(const struct mmoe_schedule *s)
{
    const struct mmoe_schedule_part *part;
    return mmoe_schedule_parts(s, &part);
}

static const struct mmoe_schedule_part *part_of(const struct mmoe_schedule *s, size_t i)
{
    const struct mmoe_schedule_part *part;
    assert_true(mmoe_schedule_parts(s, &part) > i);
    return &part[i];
}

/* --- to its end --- */

static void a_plain_study_is_trained_and_shown(void **state)
{
    (void)state;
    struct mmoe_schedule_order order = order_of("plain");
    put(&session, "theme", "light");
    put(&session, "lr", "0.7"); /* no option of the session: the definition's default holds */
    struct mmoe_schedule *s = start(&order);
    put(&session, "theme", "dark"); /* what was asked for is copied */
    assert_string_equal(mmoe_schedule_title(s), "A plain one");
    assert_string_equal(mmoe_schedule_command(s), "study it");
    assert_false(mmoe_schedule_is_many(s));
    assert_int_equal(parts_of(s), 0);
    struct mmoe_schedule_step step = next(s, MMOE_SCHEDULE_TRAIN, 0);
    assert_true(mmoe_grid_runs(step.grid) == 6 && step.grid->base.lr == 0.01);
    assert_int_equal(step.def->figure, MMOE_DRAWING_CURVES);
    struct mmoe_options want;
    mmoe_options_default(&want);
    put(&want, "theme", "light");
    assert_true(mmoe_option_same(&want, &step.grid->base, mmoe_option_find("theme")));
    tell(s, &step, 41);
    step = next(s, MMOE_SCHEDULE_FILES, 0);
    assert_string_equal(step.def->about.title, "A plain one");
    assert_true(part_of(s, 0)->study == 41 && !part_of(s, 0)->has_choice);
    assert_string_equal(part_of(s, 0)->name, "plain");
    done(s);
    next(s, MMOE_SCHEDULE_REPORT, 0);
    done(s);
    next(s, MMOE_SCHEDULE_OVER, 0);
    done(s);
    next(s, MMOE_SCHEDULE_OVER, 0);
    assert_int_equal(parts_of(s), 1);
    mmoe_schedule_free(s);
    mmoe_schedule_free(NULL);
}

static void assert_rate(const struct mmoe_grid *g, size_t cell, double rate)
{
    struct mmoe_options o;
    mmoe_grid_cell_options(g, cell, &o);
    assert_near(o.lr, rate, 0);
}

/* Choose, and train with what was chosen. */
static void choose_and_train(struct mmoe_schedule *s, size_t part, int64_t study)
{
    struct mmoe_schedule_step step = next(s, MMOE_SCHEDULE_CHOOSE, part);
    assert_true(mmoe_grid_runs(step.grid) == 2 * 3 * 4 &&
                step.grid->base.seed_data == MMOE_CHOICE_SEEDS);
    assert_true(!step.def->claims && step.def->figure == MMOE_DRAWING_HISTOGRAMS);
    assert_non_null(strstr(step.def->about.title, "choosing lr for each model"));
    assert_int_equal(parts_of(s), part); /* a study to choose by is none of the definition */
    tell(s, &step, study - 1);
    step = next(s, MMOE_SCHEDULE_TRAIN, part);
    assert_true(mmoe_grid_runs(step.grid) == 4 && step.grid->base.seed_data == 0);
    assert_true(step.def->claims && step.def->figure == MMOE_DRAWING_CURVES);
    assert_string_equal(step.def->about.title, "One that chooses");
    assert_rate(step.grid, 0, 1e-3);
    assert_rate(step.grid, 1, 1e-2);
    tell(s, &step, study);
    const struct mmoe_schedule_part *p = part_of(s, part);
    assert_true(p->study == study && p->has_choice);
    assert_true(p->choice.best[0] == 1 && p->choice.best[1] == 2);
    assert_int_equal(mmoe_grid_runs(&p->choice_grid), 2 * 3 * 4);
}

static void a_choice_comes_first_and_is_trained_with(void **state)
{
    (void)state;
    struct mmoe_schedule_order order = order_of("chooses");
    struct mmoe_schedule *s = start(&order);
    choose_and_train(s, 0, 8);
    next(s, MMOE_SCHEDULE_FILES, 0);
    done(s);
    next(s, MMOE_SCHEDULE_REPORT, 0);
    done(s);
    next(s, MMOE_SCHEDULE_OVER, 0);
    mmoe_schedule_free(s);
}

static void parts_follow_each_other(void **state)
{
    (void)state;
    struct mmoe_schedule_order order = order_of("both");
    struct mmoe_schedule *s = start(&order);
    assert_string_equal(mmoe_schedule_title(s), "Both of them");
    assert_true(mmoe_schedule_is_many(s));
    struct mmoe_schedule_step step = next(s, MMOE_SCHEDULE_TRAIN, 0);
    tell(s, &step, 1);
    next(s, MMOE_SCHEDULE_FILES, 0);
    done(s);
    choose_and_train(s, 1, 3);
    step = next(s, MMOE_SCHEDULE_FILES, 1);
    assert_string_equal(step.def->about.name, "chooses");
    done(s);
    next(s, MMOE_SCHEDULE_REPORT, 0);
    assert_int_equal(parts_of(s), 2);
    assert_string_equal(part_of(s, 1)->name, "chooses");
    assert_string_equal(part_of(s, 1)->source, "chooses");
    done(s);
    next(s, MMOE_SCHEDULE_OVER, 0);
    mmoe_schedule_free(s);
}

/* A definition in a file is found there again, whatever it is called. */
static void a_file_is_a_study_too(void **state)
{
    const struct place *p = *state;
    char path[200];
    path_of(p, "chooses", path, sizeof path);
    setenv("MMOE_DATA", "/nowhere", 1);
    struct mmoe_schedule_order order = order_of(path);
    struct mmoe_schedule *s = start(&order);
    path[0] = '-'; /* it was copied */
    choose_and_train(s, 0, 2);
    assert_string_equal(part_of(s, 0)->name, "chooses");
    assert_int_equal(part_of(s, 0)->source[0], '/');
    mmoe_schedule_free(s);
}

/* --- what the order says in place of the definition --- */

static void pairs_and_seeds_replace_the_definition_s(void **state)
{
    (void)state;
    char value[] = "0.25,0.75,1";
    const struct mmoe_schedule_pair set[] = {{"p", value}, {"steps", "40"}, {"batch", "10,20"}};
    struct mmoe_schedule_order order = order_of("plain");
    order.seeds = 5;
    order.set = set;
    order.set_count = 3;
    struct mmoe_schedule *s = start(&order);
    memset(value, '-', sizeof value - 1); /* it was copied */
    struct mmoe_schedule_step step = next(s, MMOE_SCHEDULE_TRAIN, 0);
    assert_true(step.grid->axis_count == 2 && step.grid->seeds == 5);
    assert_int_equal(mmoe_grid_cells(step.grid), 6);
    assert_string_equal(mmoe_grid_value(step.grid, 0, 1), "0.75");
    assert_int_equal(step.grid->base.steps, 40);
    mmoe_schedule_free(s);
}

static void seeds_and_pairs_of_a_study_that_chooses(void **state)
{
    (void)state;
    const struct mmoe_schedule_pair set[] = {{"steps", "40"}};
    struct mmoe_schedule_order order = order_of("chooses");
    order.seeds = 9;
    order.set = set;
    order.set_count = 1;
    struct mmoe_schedule *s = start(&order);
    struct mmoe_schedule_step step = next(s, MMOE_SCHEDULE_CHOOSE, 0);
    assert_true(step.grid->seeds == 4 && step.grid->base.steps == 40); /* a choice has its own */
    tell(s, &step, 1);
    step = next(s, MMOE_SCHEDULE_TRAIN, 0);
    assert_true(step.grid->seeds == 9 && step.grid->base.steps == 40);
    assert_rate(step.grid, 1, 1e-2);
    mmoe_schedule_free(s);
}

static double rate_of(const struct mmoe_grid *g, size_t cell)
{
    struct mmoe_options o;
    mmoe_grid_cell_options(g, cell, &o);
    return o.lr;
}

static const struct mmoe_schedule_part *first_part(const struct mmoe_schedule *s)
{
    const struct mmoe_schedule_part *part;
    mmoe_schedule_parts(s, &part);
    return part;
}

/* A kept choice is used unless it was made with other settings, or is asked for again. */
static void a_choice_that_is_kept_is_not_made_again(void **state)
{
    (void)state;
    struct mmoe_schedule_order order = order_of("keeps");
    struct mmoe_schedule *s = start(&order);
    struct mmoe_schedule_step step = next(s, MMOE_SCHEDULE_TRAIN, 0);
    assert_true(first_part(s)->kept && !first_part(s)->has_choice);
    assert_int_equal(mmoe_grid_cells(step.grid), 2);
    assert_true(rate_of(step.grid, 0) == 0.001 && rate_of(step.grid, 1) == 0.01);
    mmoe_schedule_free(s);
    order.seeds = 7; /* more of the same */
    s = start(&order);
    step = next(s, MMOE_SCHEDULE_TRAIN, 0);
    assert_int_equal(step.grid->seeds, 7);
    mmoe_schedule_free(s);
    order.choosing = MMOE_CHOOSE_AGAIN;
    s = start(&order);
    next(s, MMOE_SCHEDULE_CHOOSE, 0);
    assert_false(first_part(s)->kept);
    mmoe_schedule_free(s);
    const struct mmoe_schedule_pair batch = {"batch", "40"};
    order.choosing = MMOE_CHOOSE_NEEDED;
    order.set = &batch;
    order.set_count = 1;
    s = start(&order);
    next(s, MMOE_SCHEDULE_CHOOSE, 0);
    mmoe_schedule_free(s);
    order.choosing = MMOE_CHOOSE_KEPT;
    s = start(&order);
    step = next(s, MMOE_SCHEDULE_TRAIN, 0);
    assert_true(first_part(s)->kept && rate_of(step.grid, 0) == 0.001);
    mmoe_schedule_free(s);
    const struct mmoe_schedule_pair models = {"model", "mmoe,omoe,shared-bottom"};
    order.set = &models;
    refuse(&order, MMOE_RANGE, "lr"); /* two values for three models */
}

/* Who says what is to be chosen leaves nothing to choose. */
static void what_the_order_names_is_not_chosen(void **state)
{
    (void)state;
    const struct mmoe_schedule_pair set[] = {{"lr", "0.125"}};
    struct mmoe_schedule_order order = order_of("chooses");
    order.set = set;
    order.set_count = 1;
    struct mmoe_schedule *s = start(&order);
    struct mmoe_schedule_step step = next(s, MMOE_SCHEDULE_TRAIN, 0);
    assert_rate(step.grid, 0, 0.125);
    assert_rate(step.grid, 1, 0.125);
    tell(s, &step, 1);
    assert_false(part_of(s, 0)->has_choice);
    mmoe_schedule_free(s);
}

/* Add runs of one model alone, or of both, that have a value or none. */
static struct mmoe_tally *runs_with(const struct mmoe_grid *g, bool both, double value)
{
    struct mmoe_tally *t = mmoe_tally_new(g, false);
    for (size_t run = 0; run < mmoe_grid_runs(g); run++) {
        struct mmoe_record r;
        struct mmoe_options o;
        mmoe_grid_options(g, run, &o);
        mmoe_record_clear(&r, &o);
        r.failed = false;
        r.run = run;
        r.tasks = 2;
        if (both || o.model == g->base.model)
            r.choice[MMOE_OVER_VAR][0] = value;
        mmoe_tally_add(t, &r);
    }
    return t;
}

/* Where no run of a model could be made, or none has a value, nothing is chosen for it and the
 * study ends. */
static void a_choice_by_nothing_is_refused(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct mmoe_schedule_order order = order_of("chooses");
        struct mmoe_schedule *s = start(&order);
        struct mmoe_schedule_step step = next(s, MMOE_SCHEDULE_CHOOSE, 0);
        struct mmoe_error err = {.text = ""};
        struct mmoe_tally *t = i == 0   ? mmoe_tally_new(step.grid, false)
                               : i == 1 ? runs_with(step.grid, true, (double)NAN)
                                        : runs_with(step.grid, i == 3, 0.5);
        mmoe_schedule_told(s, 1, t);
        mmoe_tally_free(t);
        enum mmoe_status status = mmoe_schedule_next(s, &step, &err);
        assert_int_equal(status, i == 3 ? MMOE_OK : MMOE_STATE);
        assert_int_equal(mmoe_schedule_is_over(s), i < 3);
        if (i < 3)
            assert_non_null(strstr(err.text, "nothing to choose lr by"));
        mmoe_schedule_free(s);
    }
}

/* --- ends before the end --- */

static void a_stop_ends_it(void **state)
{
    (void)state;
    struct mmoe_schedule_order order = order_of("both");
    struct mmoe_schedule *s = start(&order);
    struct mmoe_schedule_step step = next(s, MMOE_SCHEDULE_TRAIN, 0);
    tell(s, &step, 1);
    mmoe_schedule_stop(s);
    assert_true(mmoe_schedule_is_over(s));
    next(s, MMOE_SCHEDULE_OVER, 0);
    done(s);
    next(s, MMOE_SCHEDULE_OVER, 0);
    assert_int_equal(parts_of(s), 1); /* what it has done stays */
    mmoe_schedule_free(s);
}

static void a_definition_that_is_gone_ends_it_once(void **state)
{
    const struct place *p = *state;
    char path[200];
    struct mmoe_error err;
    struct mmoe_schedule_order order = order_of("both");
    struct mmoe_schedule *s = start(&order);
    struct mmoe_schedule_step step = next(s, MMOE_SCHEDULE_TRAIN, 0);
    path_of(p, "plain", path, sizeof path); /* the part in progress needs its file no more */
    remove(path);
    path_of(p, "chooses", path, sizeof path);
    remove(path);
    step = next(s, MMOE_SCHEDULE_TRAIN, 0);
    tell(s, &step, 1);
    next(s, MMOE_SCHEDULE_FILES, 0);
    done(s);
    assert_false(mmoe_schedule_is_over(s));
    assert_int_equal(mmoe_schedule_next(s, &step, &err), MMOE_UNKNOWN);
    assert_non_null(strstr(err.text, "chooses"));
    assert_true(mmoe_schedule_is_over(s));
    next(s, MMOE_SCHEDULE_OVER, 0);
    assert_int_equal(parts_of(s), 1);
    mmoe_schedule_free(s);
}

/* Once its first step was asked for, a part is done as its file was then. */
static void a_part_in_progress_needs_no_file(void **state)
{
    const struct place *p = *state;
    char path[200];
    struct mmoe_schedule_order order = order_of("chooses");
    struct mmoe_schedule *s = start(&order);
    next(s, MMOE_SCHEDULE_CHOOSE, 0);
    path_of(p, "chooses", path, sizeof path);
    remove(path);
    choose_and_train(s, 0, 2);
    mmoe_schedule_free(s);
}

/* --- nothing that can be refused is refused later --- */

static void what_cannot_be_done_is_refused_at_once(void **state)
{
    const struct place *p = *state;
    struct mmoe_schedule_pair pair;
    struct mmoe_schedule_order order = order_of("both");
    order.set = &pair;
    order.set_count = 1;
    pair = (struct mmoe_schedule_pair){"stepz", "40"};
    refuse(&order, MMOE_UNKNOWN, "steps");
    pair = (struct mmoe_schedule_pair){"p", "0.5,1.5"};
    refuse(&order, MMOE_RANGE, "p");
    pair = (struct mmoe_schedule_pair){"batch", "20,50000"}; /* more than there are rows */
    refuse(&order, MMOE_RANGE, "batch");
    pair = (struct mmoe_schedule_pair){"r1", "2"}; /* none of these models has it: allowed */
    struct mmoe_schedule *s = start(&order);
    mmoe_schedule_free(s);
    pair = (struct mmoe_schedule_pair){"r1", "2,3"};
    refuse(&order, MMOE_INVALID, "r1 changes nothing");
    order = order_of("nowhere");
    refuse(&order, MMOE_UNKNOWN, "nowhere");
    write_study(p, "nested", "parts plain both\n");
    order = order_of("nested");
    refuse(&order, MMOE_INVALID, "both");
    write_study(p, "lacks", "parts plain nowhere\n");
    order = order_of("lacks");
    refuse(&order, MMOE_UNKNOWN, "nowhere");
    order = order_of("plain");
    order.seeds = MMOE_RUNS_MAX;
    refuse(&order, MMOE_LIMIT, "runs");
    char *longer = calloc(1, MMOE_FILE_MAX + 1);
    memset(longer, '/', MMOE_FILE_MAX);
    order = order_of(longer);
    refuse(&order, MMOE_RANGE, "name of a study");
    free(longer);
}

/* A value that only the choice's own grid refuses. */
static void a_choice_that_cannot_be_done_is_refused_at_once(void **state)
{
    const struct place *p = *state;
    const struct mmoe_schedule_pair set[] = {{"rows", "300"}};
    write_study(p, "one",
                SMALL "seeds 2\naxis model=mmoe,omoe\nchoose batch=10,400 for model seeds=2\n");
    struct mmoe_schedule_order order = order_of("one");
    struct mmoe_schedule *s = start(&order);
    mmoe_schedule_free(s);
    order.set = set;
    order.set_count = 1;
    refuse(&order, MMOE_RANGE, "batch");
}

/* Trials, their values and numbers of tasks as a study would have them. */
static struct mmoe_tally *of_trials(const struct mmoe_grid *g)
{
    static const char *const names[] = {"A", "B"};
    struct mmoe_tally *t = mmoe_tally_new(g, false);
    for (size_t run = 0; run < mmoe_grid_runs(g); run++) {
        struct mmoe_record r;
        struct mmoe_options o;
        mmoe_grid_options(g, run, &o);
        mmoe_record_clear(&r, &o);
        r.failed = false;
        r.run = run;
        r.tasks = 2;
        for (size_t k = 0; k < 2; k++) {
            snprintf(r.task[k].name, sizeof r.task[k].name, "%s", names[k]);
            r.choice[MMOE_OVER_VAR][k] = pow(log10(o.lr) + 2, 2) + 0.01 * (double)o.experts;
            r.value[MMOE_OVER_VAR][k] = 9;
        }
        mmoe_tally_add(t, &r);
    }
    return t;
}

static void tell_trials(struct mmoe_schedule *s, const struct mmoe_grid *g, int64_t study)
{
    struct mmoe_tally *t = of_trials(g);
    mmoe_schedule_told(s, study, t);
    mmoe_tally_free(t);
}

static void a_search_grows_by_batches(void **state)
{
    (void)state;
    const struct mmoe_schedule_order order = order_of("searches");
    struct mmoe_schedule *s = start(&order), *cut;
    struct mmoe_schedule_step step = next(s, MMOE_SCHEDULE_TRAIN, 0);
    struct mmoe_grid first = *step.grid, all;
    assert_true(step.grows);
    assert_int_equal(mmoe_grid_cells(&first), 4);
    assert_int_equal(first.axis_count, 3); /* trial, lr, experts */
    tell_trials(s, &first, 7);
    step = next(s, MMOE_SCHEDULE_TRAIN, 0);
    all = *step.grid;
    assert_int_equal(mmoe_grid_cells(&all), 8);
    assert_true(mmoe_grid_begins(&first, &all) && !mmoe_grid_begins(&all, &first));
    cut = start(&order); /* the store has all of it: nothing is proposed anew */
    next(cut, MMOE_SCHEDULE_TRAIN, 0);
    tell_trials(cut, &all, 7);
    next(cut, MMOE_SCHEDULE_FILES, 0);
    mmoe_schedule_free(cut);
    cut = start(&order); /* the store has half of it: the same points follow */
    next(cut, MMOE_SCHEDULE_TRAIN, 0);
    tell_trials(cut, &first, 7);
    assert_true(mmoe_grid_same(next(cut, MMOE_SCHEDULE_TRAIN, 0).grid, &all));
    mmoe_schedule_free(cut);
    tell_trials(s, &all, 7);
    next(s, MMOE_SCHEDULE_FILES, 0);
    mmoe_schedule_free(s);
}

static void the_best_trials_are_trained_again(void **state)
{
    (void)state;
    const struct mmoe_schedule_order order = order_of("searches");
    struct mmoe_schedule *s = start(&order);
    for (size_t part = 0; part < 4; part += 2) { /* of mmoe, then of shared-bottom */
        for (size_t batch = 0; batch < 2; batch++)
            tell_trials(s, next(s, MMOE_SCHEDULE_TRAIN, part).grid, 7);
        next(s, MMOE_SCHEDULE_FILES, part);
        done(s);
        struct mmoe_schedule_step step = next(s, MMOE_SCHEDULE_TRAIN, part + 1);
        const struct mmoe_grid *g = step.grid;
        assert_false(step.grows);
        assert_true(mmoe_grid_cells(g) >= 2 && mmoe_grid_cells(g) <= 5);
        assert_int_equal(g->seeds, 5);
        assert_true(g->base.seed_init == MMOE_CHOICE_SEEDS);
        struct mmoe_options o;
        mmoe_grid_cell_options(g, 0, &o); /* the best one is not far from the best rate */
        assert_true(fabs(log10(o.lr) + 2) < 0.7);
        tell_trials(s, g, 8);
        next(s, MMOE_SCHEDULE_FILES, part + 1);
        done(s);
    }
    assert_string_equal(part_of(s, 0)->name, "searches-mmoe");
    assert_string_equal(part_of(s, 3)->name, "searches-shared-bottom-again");
    next(s, MMOE_SCHEDULE_REPORT, 0);
    mmoe_schedule_free(s);
}

static void what_cannot_be_searched_is_refused(void **state)
{
    const struct place *p = *state;
    static const struct {
        const char *text, *part;
    } wrong[] = {
        {"search 8 lr=1e-1..1e-4", "lr=1e-1..1e-4 is no range"},
        {"search 8 init=glorot/he", "init has no range"},
        {"search 3 lr=1e-4..1e-1", "from 4 to 64"},
        {"search lr=1e-4..1e-1", "number of trials"},
        {"search 8", "the ranges are missing"},
        {"search model=mmoe lr=1e-4..1e-1", "number of trials"},
        {"search 8 lr=1e-4..1e-1 lr=1e-4..1e-2", "lr is searched twice"},
        {"search 8 lr=1e-4..1e9", "lr must be"},
        {"search 8 sines=2..4\nset model=mmoe alpha=1,2", "alpha"},
        {"search 8 lr=1e-4..1e-1\nseeds 3", "one seed"},
        {"search 8 lr=1e-4..1e-1\nminimise lss", "loss"},
        {"search 8 lr=1e-4..1e-1\naxis p=0.5,1\naxis model=mmoe,omoe", "one axis"},
        {"search 8 lr=1e-4..1e-1\nset model=shared-bottom\nsearch model=mmoe experts=2..3",
         "axis model="},
        {"search 8 r1=2..3\nset model=shared-bottom", "r1 changes nothing"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct mmoe_schedule_order order = order_of("wrong");
        struct mmoe_error err = {.text = ""};
        char text[400];
        snprintf(text, sizeof text, SMALL "%s\n", wrong[i].text);
        write_study(p, "wrong", text);
        struct mmoe_schedule *s = mmoe_schedule_new(&order, &err);
        if (s || !strstr(err.text, wrong[i].part))
            fail_msg("%s: '%s' says nothing of '%s'", wrong[i].text, err.text, wrong[i].part);
    }
    struct mmoe_schedule_order order = order_of("searches");
    order.seeds = 3;
    refuse(&order, MMOE_INVALID, "one seed");
}

TESTS(DEFINED(a_choice_that_is_kept_is_not_made_again), DEFINED(a_plain_study_is_trained_and_shown),
      DEFINED(a_choice_comes_first_and_is_trained_with), DEFINED(parts_follow_each_other),
      DEFINED(a_file_is_a_study_too), DEFINED(pairs_and_seeds_replace_the_definition_s),
      DEFINED(seeds_and_pairs_of_a_study_that_chooses), DEFINED(what_the_order_names_is_not_chosen),
      DEFINED(a_choice_by_nothing_is_refused), DEFINED(a_stop_ends_it),
      DEFINED(a_definition_that_is_gone_ends_it_once), DEFINED(a_part_in_progress_needs_no_file),
      DEFINED(what_cannot_be_done_is_refused_at_once),
      DEFINED(a_choice_that_cannot_be_done_is_refused_at_once), DEFINED(a_search_grows_by_batches),
      DEFINED(the_best_trials_are_trained_again), DEFINED(what_cannot_be_searched_is_refused))
