/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of repeats and studies byte for byte, for programs and for people. */
#include <stdlib.h>

#include "tests/report/sink.h"
#include "tests/views.h"
#include "ui/panel/view_study.h"
#include "ui/report/studies.h"

static void records(void **state)
{
    (void)state;
    struct mmoe_record r = {.tasks = 2,
                            .task = {{.name = "A"}, {.name = "B"}},
                            .step = 6000,
                            .value[MMOE_AUC] = {NAN, NAN},
                            .value[MMOE_R2] = {NAN, NAN},
                            .value[MMOE_AUC_TRUE] = {NAN, NAN},
                            .value[MMOE_AUC_GAP] = {NAN, NAN},
                            .value[MMOE_GATE_ENTROPY] = {NAN, NAN},
                            .value[MMOE_GATE_LEAD] = {NAN, NAN},
                            .value[MMOE_ROWS_OFF] = {0.25, 0},
                            .value[MMOE_LOSS] = {0.1, 0.2},
                            .value[MMOE_OVER_VAR] = {0.5, 0.25}};
    mmoe_options_default(&r.options);
    r.options.seed_data = r.options.seed_init = r.options.seed_order = 7;
    studies_record(&sink, &r, 3, 20);
    assert_said("{\"event\":\"repeat.run\",\"seed\":7,\"model\":\"mmoe\","
                "\"loss\":[0.1,0.2],\"loss_over_var\":[0.5,0.25],\"rows_off\":[0.25,0],"
                "\"tasks\":[\"A\",\"B\"],\"diverged\":false}\n");
    r.options.seed_init = 9;
    r.diverged_step = 12;
    r.divergence = MMOE_STILL;
    r.value[MMOE_LOSS][0] = r.value[MMOE_LOSS][1] = NAN;
    studies_record(&sink, &r, 3, 20);
    assert_said("{\"event\":\"repeat.run\",\"seed\":7,\"seed_init\":9,\"seed_order\":7,"
                "\"model\":\"mmoe\",\"loss\":[null,null],\"loss_over_var\":[0.5,0.25],"
                "\"rows_off\":[0.25,0],"
                "\"tasks\":[\"A\",\"B\"],\"diverged\":true,\"divergence\":\"still\"}\n");
    sink.mode = EVENT_PLAIN;
    studies_record(&sink, &r, 3, 20);
    assert_said("   3/20  mmoe  seed 7/9/7  stood still at step 12\n");
}

static void repeats(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct view *v = make_view();
    mmoe_options_default(&o);
    struct view_group *g = view_group_begin(v, &o, 4);
    add_seed(g, 0.5);
    add_seed(g, 0.25);
    add_seed(g, NAN);
    add_seed(g, 0.75);
    studies_repeat(&sink, v, g);
    assert_said("{\"event\":\"repeat.done\",\"model\":\"mmoe\",\"n\":3,\"diverged\":1,"
                "\"mean\":0.5,\"sd\":0.25,\"median\":0.5,\"q10\":0.3,\"q90\":0.7,"
                "\"min\":0.25,\"max\":0.75,\"stuck\":null,\"modes\":null,\"metric\":\"loss\","
                "\"task\":\"A\"}\n");
    sink.mode = EVENT_PLAIN;
    studies_repeat(&sink, v, g);
    assert_said("mmoe  4 seeds, 1 diverged; final loss of task A:\n"
                "median .5000 [.3750, .6250]  mean .5000  sd .2500  q10 .3000  "
                "q90 .7000  min .2500  max .7500\n");
    drop_view(v);
}

/* Two settings of two seeds; the second's last run diverged. */
static void fill(struct view *v)
{
    struct mmoe_error err;
    struct mmoe_grid g = {.seeds = 2};
    small_options(&g.base);
    assert_int_equal(mmoe_grid_axis(&g, "p", "0.5,1", &err), MMOE_OK);
    view_study_begin(&v->study, 1, &g, "sweep seeds=2 p=0.5,1", NULL);
    for (size_t run = 0; run < 4; run++) {
        size_t cell = mmoe_grid_cell(&g, run), seed = mmoe_grid_seed(&g, run);
        bool last = cell + seed == 2;
        struct mmoe_record r =
            record_of(&g.base, last ? (double)NAN : (double)(2 * cell + seed + 1));
        r.run = run;
        r.pearson = 0.25;
        r.value[MMOE_OVER_VAR][0] = r.value[MMOE_LOSS][0] / 2;
        assert_true(mmoe_tally_add(v->study.tally, &r));
    }
}

static void tell_cells(const struct view *v)
{
    struct studies_table table = {0};
    assert_false(studies_cells(&sink, v, &table, 100));
}

static void studies(void **state)
{
    (void)state;
    struct view *v = make_view();
    fill(v);
    struct mmoe_record r = record_of(&mmoe_tally_grid(v->study.tally)->base, 3);
    r.run = 1;
    r.pearson = 0.5;
    studies_run(&sink, &v->study, &r);
    assert_said("{\"event\":\"sweep.run\",\"run\":1,\"cell\":1,\"options\":{\"p\":1,"
                "\"model\":\"mmoe\"},\"seed\":0,\"loss\":[3,null],\"loss_over_var\":[null,null],"
                "\"tasks\":[\"A\",\"B\"],\"pearson\":0.5,\"diverged\":false}\n");
    tell_cells(v);
    assert_said(
        "{\"event\":\"sweep.cell\",\"cell\":0,\"options\":{\"p\":0.5,\"model\":\"mmoe\"},\"n\":2,"
        "\"diverged\":0,\"mean\":1.5,\"sd\":0.7071067811865476,\"median\":1.5,\"q10\":1.1,"
        "\"q90\":1.9,\"min\":1,\"max\":2,\"stuck\":null,\"modes\":null,\"over_var\":{\"n\":2,"
        "\"diverged\":0,\"mean\":0.75,"
        "\"sd\":0.3535533905932738,\"median\":0.75,\"q10\":0.55,\"q90\":0.95,\"min\":0.5,"
        "\"max\":1},\"pearson_mean\":0.25,\"pearson_sd\":0,\"metric\":\"loss\",\"task\":\"A\"}\n"
        "{\"event\":\"sweep.cell\",\"cell\":1,\"options\":{\"p\":1,\"model\":\"mmoe\"},\"n\":1,"
        "\"diverged\":1,\"mean\":3,\"sd\":null,\"median\":3,\"q10\":3,\"q90\":3,\"min\":3,"
        "\"max\":3,\"stuck\":null,\"modes\":null,\"over_var\":{\"n\":1,\"diverged\":1,\"mean\":1.5,"
        "\"sd\":null,\"median\":1.5,"
        "\"q10\":1.5,\"q90\":1.5,\"min\":1.5,\"max\":1.5},\"pearson_mean\":0.25,"
        "\"pearson_sd\":0,\"metric\":\"loss\",\"task\":\"A\"}\n");
    sink.mode = EVENT_SCREEN; /* the histograms show them */
    studies_run(&sink, &v->study, &r);
    tell_cells(v);
    assert_said("");
    drop_view(v);
}

/* A table told a piece at a time is that told at once. */
static void cells_come_piece_by_piece(void **state)
{
    (void)state;
    struct view *v = make_view();
    fill(v);
    for (int people = 0; people < 2; people++) {
        sink.mode = people ? EVENT_PLAIN : EVENT_JSON;
        tell_cells(v);
        char *whole = strdup(emitted.s);
        size_t calls = 1;
        mmoe_text_clear(&emitted);
        struct studies_table table = {0};
        while (studies_cells(&sink, v, &table, 1))
            calls++;
        assert_int_equal(calls, people ? 4 : 2);
        assert_said(whole);
        free(whole);
    }
    sink.mode = EVENT_JSON;
    drop_view(v);
}

/* Summaries are of the metric and the task that histograms show, and say which. */
static void another_measure_is_named(void **state)
{
    (void)state;
    struct view *v = make_view();
    struct view_group *g = view_group_begin(v, &v->options, 2);
    fill(v);
    for (size_t i = 0; i < 2; i++) {
        struct mmoe_record r = record_of(&v->options, 0.5);
        strcpy(r.task[1].name, "click");
        r.task[1].binary = true;
        r.value[MMOE_AUC][1] = 0.75 + 0.125 * (double)i;
        view_group_add(g, &r);
    }
    v->metric = MMOE_OVER_VAR;
    tell_cells(v);
    assert_non_null(strstr(emitted.s, "\"diverged\":0,\"mean\":0.75,"));
    assert_non_null(strstr(emitted.s, "\"metric\":\"loss_over_var\",\"task\":\"A\"}\n"));
    mmoe_text_clear(&emitted);
    sink.mode = EVENT_PLAIN;
    tell_cells(v);
    assert_non_null(strstr(emitted.s, " sd  stuck   final loss / variance of task A\n"));
    mmoe_text_clear(&emitted);
    view_study_close(&v->study);
    v->metric = MMOE_AUC;
    v->task = 1;
    studies_repeat(&sink, v, g);
    assert_said("mmoe  2 seeds, 0 diverged; final AUC of task click:\n"
                "median .8125 [.7812, .8438]  mean .8125  sd .0884  q10 .7625  q90 .8625  "
                "min .7500  max .8750\n");
    sink.mode = EVENT_JSON;
    studies_repeat(&sink, v, g);
    assert_non_null(strstr(
        emitted.s,
        "\"max\":0.875,\"stuck\":null,\"modes\":null,\"metric\":\"auc\",\"task\":\"click\"}\n"));
    drop_view(v);
}

TESTS(REPORTS(records), REPORTS(repeats), REPORTS(studies), REPORTS(cells_come_piece_by_piece),
      REPORTS(another_measure_is_named))
