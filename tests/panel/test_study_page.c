/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study as a page: which cell is drawn where, and the numbers that are drawn. */
#include "tests/views.h"
#include "ui/panel/view_study.h"

enum { SEEDS = 5 };

/* Of cell c and seed s: loss 10 c + s + 1 at step 0, half of that at step 20; correlation c / 10 +
 * s / 100. */
static void fill(struct view *v)
{
    const struct mmoe_grid *g = mmoe_tally_grid(v->study.tally);
    for (size_t run = 0; run < mmoe_grid_runs(g); run++) {
        size_t cell = mmoe_grid_cell(g, run), seed = mmoe_grid_seed(g, run);
        double loss = 10 * (double)cell + (double)seed + 1;
        struct mmoe_record r = record_of(&g->base, loss / 2);
        r.run = run;
        r.value[MMOE_OVER_VAR][0] = loss / 2;
        r.value[MMOE_LOSS][1] = loss / 4;
        r.pearson = (double)cell / 10 + (double)seed / 100;
        r.curve_count = 2;
        r.curve[0] = (struct mmoe_point){.step = 0, .loss = {(float)loss, (float)loss / 2}};
        r.curve[1] =
            (struct mmoe_point){.step = 20, .loss = {(float)(loss / 2), (float)(loss / 4)}};
        assert_true(mmoe_tally_add(v->study.tally, &r));
    }
    view_study_renew(v);
}

/* p = 0.5, 1, beside model = omoe, mmoe where `models`. */
static struct view *begin(enum mmoe_drawing figure, bool models)
{
    struct view *v = make_view();
    struct mmoe_error err;
    struct mmoe_grid g = {.seeds = SEEDS};
    const struct mmoe_definition def = {.about = {.name = "mine", .title = "Mine"},
                                        .figure = figure,
                                        .panels = mmoe_option_find("p"),
                                        .series = models ? mmoe_option_find("model") : NULL};
    small_options(&g.base);
    assert_int_equal(mmoe_grid_axis(&g, "p", "0.5,1", &err), MMOE_OK);
    if (models)
        assert_int_equal(mmoe_grid_axis(&g, "model", "omoe,mmoe", &err), MMOE_OK);
    view_study_begin(&v->study, 1, &g, "study mine", &def);
    fill(v);
    return v;
}

static void assert_point(const struct figure_series *s, size_t i, double x, double y)
{
    double at, value;
    s->point(s, i, &at, &value);
    assert_near(at, x, 1e-9);
    assert_near(value, y, 1e-6);
}

static void assert_spread(const struct figure_series *s, size_t i, double low, double high)
{
    double least, most;
    s->spread(s, i, &least, &most);
    assert_near(least, low, 1e-6);
    assert_near(most, high, 1e-6);
}

static void curves_are_means_and_quantiles_figure_by_figure(void **state)
{
    (void)state;
    struct view *v = begin(MMOE_DRAWING_CURVES, true);
    const struct figure_page *page = &v->study.sheet.page;
    assert_true(page->count == 2 && page->columns == 2 && page->shared);
    assert_string_equal(page->title, "Mine");
    for (size_t f = 0; f < 2; f++) {
        const struct figure_plot *plot = &page->figures[f].plot;
        assert_string_equal(plot->title, f ? "p = 1" : "p = 0.5");
        assert_true(plot->count == 2 && plot->log_y);
        assert_string_equal(plot->series[0].name, "omoe");
        assert_string_equal(plot->series[1].name, "mmoe");
        for (size_t k = 0; k < 2;
             k++) { /* losses 1 to 5 above ten times the cell: quantiles of type 7 */
            double base = 10 * (double)(2 * f + k);
            assert_int_equal(plot->series[k].n, 2);
            assert_point(&plot->series[k], 0, 0, base + 3);
            assert_spread(&plot->series[k], 0, base + 1.4, base + 4.6);
            assert_point(&plot->series[k], 1, 20, (base + 3) / 2);
        }
    }
    drop_view(v);
}

/* A curve alone in its figure has those of the others behind it. */
static void other_figures_stand_behind_a_lone_curve(void **state)
{
    (void)state;
    struct view *v = begin(MMOE_DRAWING_CURVES, false);
    const struct figure_plot *second = &v->study.sheet.page.figures[1].plot;
    assert_int_equal(second->count, 2);
    assert_true(!second->series[0].context && second->series[1].context &&
                !second->series[1].spread);
    assert_point(&second->series[0], 0, 0, 13);
    assert_point(&second->series[1], 0, 0, 3);
    drop_view(v);
}

static void labels_are_means_with_two_standard_deviations(void **state)
{
    (void)state;
    struct view *v = begin(MMOE_DRAWING_LABELS, true);
    assert_int_equal(v->study.sheet.page.count, 1); /* p lies along the axis */
    const struct figure_plot *plot = &v->study.sheet.page.figures[0].plot;
    assert_int_equal(plot->count, 2);
    double sd = sqrt(0.1 / 4) / 10; /* of 0, .01 ... .04 */
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < 2; i++) {
            double mean = (double)(2 * i + k) / 10 + 0.02;
            assert_point(&plot->series[k], i, i ? 1 : 0.5, mean);
            assert_spread(&plot->series[k], i, mean - 2 * sd, mean + 2 * sd);
        }
    drop_view(v);
}

static void histograms_and_profiles_have_the_final_losses(void **state)
{
    (void)state;
    struct view *v = begin(MMOE_DRAWING_HISTOGRAMS, true);
    const struct figure_histograms *h = &v->study.sheet.page.figures[1].histograms;
    assert_true(v->study.sheet.page.count == 2 && h->count == 2 && h->overlay);
    assert_string_equal(h->rows[1].name, "mmoe");
    assert_true(h->rows[1].n == SEEDS && h->rows[1].wanted == SEEDS);
    assert_near(h->rows[1].sorted[0], 15.5, 0);
    assert_near(h->rows[1].summary.median, 16.5, 0);
    drop_view(v);
    v = begin(MMOE_DRAWING_PROFILES, true);
    const struct figure_plot *plot = &v->study.sheet.page.figures[0].plot;
    assert_point(&plot->series[0], 2, 1, 0.2); /* a step: two of five are at most 1 */
    assert_point(&plot->series[0], 3, 1, 0.4);
    assert_point(&plot->series[1], 9, 7.5, 1);
    drop_view(v);
}

/* The metric and the task that the view names; curves are of losses whatever the metric. */
static void a_study_is_drawn_by_the_measure_that_is_chosen(void **state)
{
    (void)state;
    struct view *v = begin(MMOE_DRAWING_HISTOGRAMS, true);
    v->task = 1;
    view_study_renew(v);
    const struct figure_histograms *h = &v->study.sheet.page.figures[1].histograms;
    assert_string_equal(h->x_label, "held-out loss of task B");
    assert_near(h->rows[1].summary.median, 8.25, 0);
    v->metric = MMOE_OVER_VAR;
    v->task = 0;
    view_study_renew(v);
    h = &v->study.sheet.page.figures[1].histograms;
    assert_string_equal(h->x_label, "held-out loss / variance of task A");
    assert_near(h->rows[1].summary.median, 16.5, 0);
    v->metric = MMOE_AUC; /* no task is binary: nothing is drawn, and nothing fails */
    view_study_renew(v);
    assert_int_equal(v->study.sheet.page.figures[1].histograms.rows[1].n, 0);
    drop_view(v);
    v = begin(MMOE_DRAWING_CURVES, true);
    v->metric = MMOE_AUC;
    v->task = 1;
    view_study_renew(v);
    const struct figure_plot *plot = &v->study.sheet.page.figures[0].plot;
    assert_string_equal(plot->y_label, "held-out loss of task B");
    assert_point(&plot->series[0], 0, 0, 1.5);
    drop_view(v);
}

/* A study of models on a recommender's log, whose runs have AUC at two steps, and gates. */
static struct view *compare(enum mmoe_drawing figure, const char *models)
{
    struct view *v = make_view();
    struct mmoe_error err;
    struct mmoe_grid g = {.seeds = SEEDS};
    const struct mmoe_definition def = {.about = {.name = "log", .title = "Log"}, .figure = figure};
    small_options(&g.base);
    put(&g.base, "data", "recommender");
    assert_int_equal(mmoe_grid_axis(&g, "model", models, &err), MMOE_OK);
    view_study_begin(&v->study, 1, &g, "study log", &def);
    for (size_t run = 0; run < mmoe_grid_runs(&g); run++) {
        struct mmoe_record r = record_of(&g.base, 1);
        double auc = 0.6 + 0.01 * (double)mmoe_grid_cell(&g, run);
        r.run = run;
        mmoe_tasks_names(r.task, 2, "click,like", ',');
        for (size_t k = 0; k < 2; k++) {
            r.task[k].binary = true;
            r.value[MMOE_AUC][k] = r.value[MMOE_AUC_TRUE][k] = auc;
            r.value[MMOE_GATE_LEAD][k] = 0.5 + 0.1 * (double)k;
            r.value[MMOE_GATE_ENTROPY][k] = 0.9;
        }
        r.curve_count = 2;
        for (size_t i = 0; i < 2; i++) {
            r.curve[i] = mmoe_point_none(20 * i);
            for (size_t k = 0; k < 2; k++) {
                r.curve[i].auc[k] = r.curve[i].auc_true[k] = (float)(auc - 0.1 * (double)(1 - i));
                r.curve[i].r2[k] = 0.05f;
            }
        }
        assert_true(mmoe_tally_add(v->study.tally, &r));
    }
    view_study_renew(v);
    return v;
}

/* Names are the page's own: what they were taken from is gone when it is drawn. */
static void dots_and_gates_of_models(void **state)
{
    (void)state;
    struct view *v = compare(MMOE_DRAWING_DOTS, "omoe,mmoe");
    const struct figure_page *page = &v->study.sheet.page;
    assert_int_equal(page->count, 2);
    assert_string_equal(page->figures[1].plot.title, "like");
    assert_string_equal(page->figures[1].plot.series[1].name, "mmoe");
    assert_int_equal(page->figures[1].plot.series[1].n, SEEDS);
    drop_view(v);
    v = compare(MMOE_DRAWING_DOTS, "mmoe");
    page = &v->study.sheet.page;
    assert_int_equal(page->count, 4); /* what its gates do, too */
    assert_string_equal(page->figures[0].plot.title, "click");
    assert_string_equal(page->figures[2].plot.title, "rows led by one expert");
    assert_string_equal(page->figures[2].plot.series[1].name, "like");
    assert_point(&page->figures[2].plot.series[1], 0, 2, 0.6);
    drop_view(v);
}

static void checkpoints_of_models(void **state)
{
    (void)state;
    struct view *v = compare(MMOE_DRAWING_CHECKPOINTS, "omoe,mmoe");
    const struct figure_page *page = &v->study.sheet.page;
    assert_int_equal(page->count, 4);
    assert_string_equal(page->figures[0].plot.title, "click, AUC");
    assert_string_equal(page->figures[1].plot.title, "click, R2");
    assert_string_equal(page->figures[3].plot.title, "like, AUC without label noise");
    const struct figure_series *mmoe = &page->figures[3].plot.series[1];
    assert_string_equal(mmoe->name, "mmoe");
    assert_int_equal(mmoe->n, 1); /* step 0 is no checkpoint */
    assert_point(mmoe, 0, 20.0 * 20 / 1e6, 0.61);
    drop_view(v);
}

TESTS(cmocka_unit_test(curves_are_means_and_quantiles_figure_by_figure),
      cmocka_unit_test(other_figures_stand_behind_a_lone_curve),
      cmocka_unit_test(labels_are_means_with_two_standard_deviations),
      cmocka_unit_test(histograms_and_profiles_have_the_final_losses),
      cmocka_unit_test(a_study_is_drawn_by_the_measure_that_is_chosen),
      cmocka_unit_test(dots_and_gates_of_models), cmocka_unit_test(checkpoints_of_models))
