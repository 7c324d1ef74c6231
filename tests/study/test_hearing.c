/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims heard on a tally are those tested on its values by hand; a hearing can be stopped. */
#include <mmoe/hearing.h>
#include <mmoe/mem.h>
#include <mmoe/rng.h>

#include "tests/test.h"

enum { SEEDS = 12, P = 2, MODELS = MMOE_CLAIMS_MODELS, DRAWS = 10000, DRAWS_OF_MANY = 2000 };

static struct mmoe_error err;
static const double correlations[P] = {0.5, 1};

static void axis(struct mmoe_grid *g, const char *key, const char *values)
{
    if (mmoe_failed(mmoe_grid_axis(g, key, values, &err)))
        fail_msg("%s", err.text);
}

/* The three models at two p; with `groups`, that twice. */
static void make_grid(struct mmoe_grid *g, bool groups)
{
    *g = (struct mmoe_grid){.seeds = SEEDS};
    small_options(&g->base);
    if (groups)
        axis(g, "scale", "1,2");
    axis(g, "p", "1,0.5");
    axis(g, "model", "mmoe,omoe,shared-bottom");
}

/* The model of a cell as the claims count them, its p and its group. */
static void place_of(const struct mmoe_grid *g, size_t cell, size_t *model, size_t *p,
                     size_t *group)
{
    *model = 2 - cell % 3;
    *p = 1 - cell / 3 % 2;
    *group = mmoe_grid_cells(g) > 6 ? cell / 6 : 0;
}

static double noise(size_t group, size_t model, size_t p, size_t seed)
{
    double z;
    struct mmoe_rng own = mmoe_rng_stream(group, MMOE_RNG_DATA, "hearing");
    mmoe_rng_normal_double(own, (model * P + p) * SEEDS + seed, 1, &z);
    return z * z;
}

/* A loss as the paper has it: MMoE is best. */
static double loss_of(size_t group, size_t model, size_t p, size_t seed)
{
    return 0.1 + 0.05 * (double)(MODELS - model) * (1 + noise(group, model, p, seed));
}

/* The gates of MMoE overlap more at the higher p. */
static double overlap_of(size_t p, size_t seed)
{
    return 0.5 + 0.2 * (double)p + 0.01 * (double)(seed % 5);
}

enum ending { ENDED, DIVERGED, ABSENT };
static enum ending ending_of(size_t model, size_t p, size_t seed)
{
    if (model == 0 && p == 1 && seed == 5)
        return DIVERGED;
    return model == 2 && seed == 11 ? ABSENT : ENDED;
}

/* Task A has losses, task B an AUC of 1 minus half of them. */
static struct mmoe_tally *make_tally(bool groups)
{
    struct mmoe_grid g;
    make_grid(&g, groups);
    struct mmoe_tally *t = mmoe_tally_new(&g, false);
    for (size_t run = mmoe_grid_runs(&g); run-- > 0;) {
        struct mmoe_record r;
        size_t model, p, group, seed = mmoe_grid_seed(&g, run);
        place_of(&g, mmoe_grid_cell(&g, run), &model, &p, &group);
        enum ending ending = ending_of(model, p, seed);
        if (ending == ABSENT)
            continue;
        mmoe_record_clear(&r, &g.base);
        r.failed = false;
        r.run = run;
        r.tasks = 2;
        r.diverged_step = ending == DIVERGED ? 9 : 0;
        mmoe_tasks_letters(r.task, 2);
        double loss = ending == DIVERGED ? (double)NAN : loss_of(group, model, p, seed);
        r.value[MMOE_LOSS][0] = loss;
        r.value[MMOE_AUC][1] = 1 - loss / 2;
        r.overlap = model == 2 && ending == ENDED ? overlap_of(p, seed) : (double)NAN;
        assert_true(mmoe_tally_add(t, &r));
    }
    return t;
}

/* The same values as claims.h takes them, `unit` times each. */
struct input {
    double loss[MODELS][P][SEEDS], overlap[P][SEEDS];
    struct mmoe_claims_input in;
};

static void make_input(struct input *x, size_t group, double unit)
{
    x->in = (struct mmoe_claims_input){.seeds = SEEDS, .p_count = P, .p = correlations};
    for (size_t m = 0; m < MODELS; m++)
        for (size_t k = 0; k < P; k++) {
            for (size_t s = 0; s < SEEDS; s++) {
                enum ending ending = ending_of(m, k, s);
                x->loss[m][k][s] = ending == ABSENT     ? MMOE_CLAIMS_ABSENT
                                   : ending == DIVERGED ? (double)NAN
                                                        : unit * loss_of(group, m, k, s);
            }
            x->in.loss[m][k] = x->loss[m][k];
        }
    for (size_t k = 0; k < P; k++) {
        for (size_t s = 0; s < SEEDS; s++)
            x->overlap[k][s] = ending_of(2, k, s) == ENDED ? overlap_of(k, s) : MMOE_CLAIMS_ABSENT;
        x->in.overlap[k] = x->overlap[k];
    }
}

static bool same_number(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void assert_claims(const struct mmoe_claim *a, const struct mmoe_claim *b, double tolerance)
{
    for (size_t c = 0; c < MMOE_CLAIMS; c++) {
        assert_true(a[c].number == b[c].number && a[c].verdict == b[c].verdict &&
                    a[c].terms == b[c].terms && a[c].decisive == b[c].decisive);
        for (size_t i = 0; i < a[c].terms; i++) {
            const struct mmoe_claim_term *x = &a[c].term[i], *y = &b[c].term[i];
            assert_string_equal(x->label, y->label);
            assert_true(x->pairs == y->pairs && x->diverged == y->diverged);
            if (tolerance > 0) {
                assert_near(x->value, y->value, tolerance);
                continue;
            }
            assert_true(same_number(x->value, y->value) && same_number(x->low, y->low) &&
                        same_number(x->high, y->high) && same_number(x->p_value, y->p_value) &&
                        same_number(x->p_holm, y->p_holm));
        }
    }
}

static struct mmoe_hearing *hear(const struct mmoe_tally *t, enum mmoe_metric metric, size_t task)
{
    struct mmoe_hearing *h = mmoe_hearing_new(t, metric, task, &err);
    if (!h)
        fail_msg("%s", err.text);
    return h;
}

/* --- claims --- */

static void claims_are_those_tested_by_hand(void **state)
{
    (void)state;
    static struct mmoe_claim want[MMOE_CLAIMS];
    static struct input x;
    struct mmoe_tally *t = make_tally(false);
    struct mmoe_hearing *h = hear(t, MMOE_LOSS, 0);
    mmoe_tally_free(t); /* it has a copy */
    assert_true(h->metric == MMOE_LOSS && h->design.groups == 1);
    assert_string_equal(h->task.name, "A");
    assert_int_equal(mmoe_hearing_claims(h, NULL, NULL, &err), MMOE_OK);
    make_input(&x, 0, 1);
    assert_true(mmoe_claims_test(&x.in, DRAWS, h->stream, want));
    assert_claims(h->claim, want, 0);
    assert_int_equal(h->claim[0].number, 1);
    assert_int_equal(mmoe_hearing_claims(h, NULL, NULL, &err), MMOE_OK); /* again: the same */
    assert_claims(h->claim, want, 0);
    mmoe_hearing_free(h);
    mmoe_hearing_free(NULL);
}

/* Draws follow from what the study is, not from how many seeds it has. */
static void other_studies_have_other_draws(void **state)
{
    (void)state;
    struct mmoe_tally *one = make_tally(false), *two = make_tally(true);
    struct mmoe_hearing *a = hear(one, MMOE_LOSS, 0), *b = hear(two, MMOE_LOSS, 0);
    assert_true(a->stream != b->stream && !a->secondary);
    mmoe_hearing_free(b);
    mmoe_tally_extend(one, SEEDS + 10);
    b = hear(one, MMOE_AUC, 1);
    assert_true(a->stream == b->stream && b->secondary);
    mmoe_hearing_free(a);
    mmoe_hearing_free(b);
    mmoe_tally_free(one);
    mmoe_tally_free(two);
}

static void every_group_has_its_claims(void **state)
{
    (void)state;
    static struct mmoe_claim want[MMOE_CLAIMS];
    static struct input x;
    struct mmoe_tally *t = make_tally(true);
    struct mmoe_hearing *h = hear(t, MMOE_LOSS, 0);
    mmoe_tally_free(t);
    assert_int_equal(h->design.groups, 2);
    assert_int_equal(mmoe_hearing_claims(h, NULL, NULL, &err), MMOE_OK);
    for (size_t group = 0; group < 2; group++) {
        make_input(&x, group, 1);
        assert_true(mmoe_claims_test(&x.in, DRAWS_OF_MANY, h->stream, want));
        assert_claims(h->claim + group * MMOE_CLAIMS, want, 0);
    }
    mmoe_hearing_free(h);
}

/* Of an AUC more is better: it is heard as 1 - AUC, here half the loss. */
static void what_is_better_upwards_is_heard_from_one(void **state)
{
    (void)state;
    static struct mmoe_claim want[MMOE_CLAIMS];
    static struct input x;
    struct mmoe_tally *t = make_tally(false);
    struct mmoe_hearing *h = hear(t, MMOE_AUC, 1);
    const double *auc = mmoe_tally_column(t, MMOE_AUC, 1);
    for (size_t i = 0; i < 6 * SEEDS; i++)
        assert_true(same_number(h->value[i], auc[i] == MMOE_ABSENT ? auc[i] : 1 - auc[i]));
    mmoe_tally_free(t);
    assert_string_equal(h->task.name, "B");
    assert_int_equal(mmoe_hearing_claims(h, NULL, NULL, &err), MMOE_OK);
    make_input(&x, 0, 0.5);
    assert_true(mmoe_claims_test(&x.in, DRAWS, h->stream, want));
    assert_claims(h->claim, want, 1e-9);
    mmoe_hearing_free(h);
}

/* --- progress, and a stop --- */

struct watch {
    size_t asked, until; /* it goes on until then */
    double first, last;
    bool rises;
};

static bool watch(void *context, double share)
{
    struct watch *w = context;
    if (w->asked++ == 0)
        w->first = share;
    else
        w->rises = w->rises && share >= w->last;
    w->rises = w->rises && share >= 0 && share <= 1;
    w->last = share;
    return w->asked < w->until;
}

static void the_share_that_is_done_rises(void **state)
{
    (void)state;
    for (int groups = 0; groups < 2; groups++) {
        struct mmoe_tally *t = make_tally(groups);
        struct mmoe_hearing *h = hear(t, MMOE_LOSS, 0);
        struct watch w = {.until = SIZE_MAX, .rises = true};
        assert_int_equal(mmoe_hearing_claims(h, watch, &w, &err), MMOE_OK);
        assert_true(w.rises && w.asked > MMOE_CLAIMS && w.first == 0 && w.last > 0.8);
        mmoe_hearing_free(h);
        mmoe_tally_free(t);
    }
}

/* Who stopped nothing while claims were tested may stop what comes after them. */
static void cells_can_be_stopped(void **state)
{
    (void)state;
    static struct mmoe_claims_cell cell[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX];
    struct mmoe_tally *t = make_tally(false);
    struct mmoe_hearing *h = hear(t, MMOE_LOSS, 0);
    mmoe_tally_free(t);
    struct watch w = {.until = SIZE_MAX, .rises = true};
    assert_int_equal(mmoe_hearing_claims(h, watch, &w, &err), MMOE_OK);
    size_t asked = w.asked;
    mmoe_hearing_cells(h, 0, 1, cell);
    assert_true(w.asked > asked + 100);
    asked = w.asked;
    w.until = asked + 5;
    mmoe_hearing_cells(h, 0, 1, cell);
    assert_int_equal(w.asked, asked + 5);
    mmoe_hearing_free(h);
}

static void a_hearing_can_be_stopped(void **state)
{
    (void)state;
    static struct mmoe_claim want[MMOE_CLAIMS];
    static struct input x;
    struct mmoe_tally *t = make_tally(false);
    struct mmoe_hearing *h = hear(t, MMOE_LOSS, 0);
    mmoe_tally_free(t);
    static const size_t until[] = {1, 2, 9};
    for (size_t i = 0; i < 3; i++) {
        struct watch w = {.until = until[i], .rises = true};
        err.text[0] = '\0';
        assert_int_equal(mmoe_hearing_claims(h, watch, &w, &err), MMOE_STATE);
        assert_non_null(strstr(err.text, "stopped"));
        assert_int_equal(w.asked, until[i]); /* not asked again */
        assert_null(h->claim);               /* half of them are of no use */
    }
    assert_int_equal(mmoe_hearing_claims(h, NULL, NULL, &err), MMOE_OK);
    make_input(&x, 0, 1);
    assert_true(mmoe_claims_test(&x.in, DRAWS, h->stream, want));
    assert_claims(h->claim, want, 0);
    mmoe_hearing_free(h);
}

/* --- cells, pairs, thresholds --- */

static void cells_are_those_measured_by_hand(void **state)
{
    (void)state;
    static struct mmoe_claims_cell cell[MODELS][MMOE_CLAIMS_P_MAX], want[MODELS][MMOE_CLAIMS_P_MAX];
    static struct input x;
    struct mmoe_tally *t = make_tally(true);
    struct mmoe_hearing *h = hear(t, MMOE_LOSS, 0);
    mmoe_tally_free(t);
    mmoe_hearing_cells(h, 1, 0.25, cell);
    make_input(&x, 1, 1);
    mmoe_claims_cells(&x.in, 0.25, DRAWS_OF_MANY, h->stream, want);
    for (size_t m = 0; m < MODELS; m++)
        for (size_t k = 0; k < P; k++) {
            const struct mmoe_claims_cell *a = &cell[m][k], *b = &want[m][k];
            assert_int_equal(a->n, m == 2 ? SEEDS - 1 : SEEDS);
            assert_int_equal(a->diverged, m == 0 && k == 1);
            assert_memory_equal(&a->median, &b->median, sizeof a->median);
            assert_memory_equal(&a->iqm, &b->iqm, sizeof a->iqm);
            assert_memory_equal(&a->failure, &b->failure, sizeof a->failure);
        }
    mmoe_hearing_free(h);
}

/* Pairs of which one is not there do not count; a run that diverged loses. */
static void a_model_is_below_another_by_pairs(void **state)
{
    (void)state;
    struct mmoe_tally *t = make_tally(true);
    struct mmoe_hearing *h = hear(t, MMOE_LOSS, 0);
    mmoe_tally_free(t);
    for (size_t group = 0; group < 2; group++)
        for (size_t k = 0; k < P; k++) {
            double wins = 0;
            for (size_t s = 0; s < SEEDS - 1; s++)
                wins += ending_of(0, k, s) == DIVERGED ||
                        loss_of(group, 2, k, s) < loss_of(group, 0, k, s);
            struct mmoe_interval want = mmoe_wilson(wins, SEEDS - 1, 0.95);
            struct mmoe_interval got =
                mmoe_hearing_below(h, group, MMOE_CLAIMS_MMOE, MMOE_CLAIMS_SHARED_BOTTOM, k);
            assert_near(got.value, want.value, 1e-15);
            assert_near(got.low, want.low, 1e-15);
            assert_near(got.high, want.high, 1e-15);
            got = mmoe_hearing_below(h, group, MMOE_CLAIMS_SHARED_BOTTOM, MMOE_CLAIMS_MMOE, k);
            assert_near(got.value, 1 - want.value, 1e-15);
        }
    mmoe_hearing_free(h);
}

static void the_threshold_is_twice_the_median(void **state)
{
    (void)state;
    struct mmoe_tally *t = make_tally(true);
    struct mmoe_hearing *h = hear(t, MMOE_LOSS, 0);
    mmoe_tally_free(t);
    double all[2 * MODELS * P * SEEDS];
    size_t n = 0;
    for (size_t group = 0; group < 2; group++)
        for (size_t m = 0; m < MODELS; m++)
            for (size_t k = 0; k < P; k++)
                for (size_t s = 0; s < SEEDS; s++)
                    if (ending_of(m, k, s) == ENDED)
                        all[n++] = loss_of(group, m, k, s);
    assert_int_equal(n, 2 * (6 * SEEDS - 3));
    assert_near(mmoe_hearing_threshold(h), 2 * mmoe_summarize(all, n).median, 0);
    mmoe_hearing_free(h);
}

static void a_claim_leans_where_all_estimates_do(void **state)
{
    (void)state;
    static struct mmoe_claim c;
    c.terms = 2;
    c.term[0] = (struct mmoe_claim_term){.value = 0.1, .from = 0, .to = INFINITY};
    c.term[1] = (struct mmoe_claim_term){.value = -0.1, .from = -0.5, .to = 0.5};
    assert_true(mmoe_hearing_leans(&c));
    c.term[1].value = 0.5;
    assert_false(mmoe_hearing_leans(&c));
    c.term[1].value = -0.1;
    c.term[0].value = (double)NAN; /* too few pairs */
    assert_false(mmoe_hearing_leans(&c));
}

/* --- what is refused --- */

static void refuse(const struct mmoe_tally *t, enum mmoe_metric metric, size_t task,
                   const char *part)
{
    err.text[0] = '\0';
    assert_null(mmoe_hearing_new(t, metric, task, &err));
    assert_int_equal(err.status, MMOE_STATE);
    if (!strstr(err.text, part))
        fail_msg("'%s' says nothing of '%s'", err.text, part);
}

static void studies_of_another_kind_are_refused(void **state)
{
    (void)state;
    struct mmoe_grid g = {.seeds = SEEDS};
    small_options(&g.base);
    axis(&g, "model", "mmoe,omoe,shared-bottom");
    struct mmoe_tally *t = mmoe_tally_new(&g, false);
    refuse(t, MMOE_LOSS, 0, "values of p");
    mmoe_tally_free(t);
    make_grid(&g, false);
    t = mmoe_tally_new(&g, false);
    refuse(t, MMOE_LOSS, 0, "no run of the study has a value of");
    mmoe_tally_free(t);
    t = make_tally(false);
    refuse(t, MMOE_AUC, 0, mmoe_metrics_table[MMOE_AUC].title);
    refuse(t, MMOE_ROWS_OFF, 0, "rows off measure no predictions");
    refuse(t, MMOE_LOSS, 2, "no run of the study");
    refuse(t, MMOE_LOSS, MMOE_TASKS_MAX + 1, "no run of the study");
    refuse(t, MMOE_R2, 1000000, "no run of the study");
    mmoe_tally_free(t);
}

TESTS(cmocka_unit_test(other_studies_have_other_draws),
      cmocka_unit_test(claims_are_those_tested_by_hand),
      cmocka_unit_test(every_group_has_its_claims),
      cmocka_unit_test(what_is_better_upwards_is_heard_from_one),
      cmocka_unit_test(the_share_that_is_done_rises), cmocka_unit_test(a_hearing_can_be_stopped),
      cmocka_unit_test(cells_can_be_stopped), cmocka_unit_test(cells_are_those_measured_by_hand),
      cmocka_unit_test(a_model_is_below_another_by_pairs),
      cmocka_unit_test(the_threshold_is_twice_the_median),
      cmocka_unit_test(a_claim_leans_where_all_estimates_do),
      cmocka_unit_test(studies_of_another_kind_are_refused))
