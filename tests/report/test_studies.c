/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of repeats and studies byte for byte, for programs and for people. */
#include <mmoe/mem.h>

#include "tests/report/sink.h"
#include "ui/report/studies.h"

static void records(void **state)
{
    (void)state;
    struct mmoe_record r = {.tasks = 2,
                            .step = 6000,
                            .value[MMOE_LOSS] = {0.1, 0.2},
                            .value[MMOE_OVER_VAR] = {0.5, 0.25}};
    mmoe_options_default(&r.options);
    r.options.seed_data = r.options.seed_init = r.options.seed_order = 7;
    studies_record(&sink, &r, 3, 20);
    assert_said("{\"event\":\"repeat.run\",\"seed\":7,\"model\":\"mmoe\","
                "\"loss\":[0.1,0.2],\"loss_over_var\":[0.5,0.25],\"diverged\":false}\n");
    r.options.seed_init = 9;
    r.diverged_step = 12;
    r.value[MMOE_LOSS][0] = r.value[MMOE_LOSS][1] = NAN;
    studies_record(&sink, &r, 3, 20);
    assert_said("{\"event\":\"repeat.run\",\"seed\":7,\"seed_init\":9,\"seed_order\":7,"
                "\"model\":\"mmoe\",\"loss\":[null,null],\"loss_over_var\":[0.5,0.25],"
                "\"diverged\":true}\n");
    sink.mode = EVENT_PLAIN;
    studies_record(&sink, &r, 3, 20);
    assert_said("   3/20  mmoe  seed 7/9/7  diverged at step 12\n");
}

static void repeats(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct view *v = mmoe_alloc(1, sizeof *v);
    view_init(v);
    mmoe_options_default(&o);
    struct view_group *g = view_group_begin(v, &o, 4);
    view_group_add(g, 0.5);
    view_group_add(g, 0.25);
    view_group_add(g, NAN);
    view_group_add(g, 0.75);
    studies_repeat(&sink, g);
    assert_said("{\"event\":\"repeat.done\",\"model\":\"mmoe\",\"n\":3,\"diverged\":1,"
                "\"mean\":0.5,\"sd\":0.25,\"median\":0.5,\"q10\":0.3,\"q90\":0.7,"
                "\"min\":0.25,\"max\":0.75}\n");
    sink.mode = EVENT_PLAIN;
    studies_repeat(&sink, g);
    assert_said("mmoe  4 seeds, 1 diverged; final loss of task A:\n"
                "median .5000 [.3750, .6250]  mean .5000  sd .2500  q10 .3000  "
                "q90 .7000  min .2500  max .7500\n");
    view_done(v);
    mmoe_free(v);
}

/* Two settings of two seeds; the second's last run diverged. */
static void fill(struct view_study *s)
{
    struct mmoe_error err;
    struct mmoe_grid g = {.seeds = 2};
    small_options(&g.base);
    assert_int_equal(mmoe_grid_axis(&g, "p", "0.5,1", &err), MMOE_OK);
    view_study_begin(s, 1, &g, "sweep seeds=2 p=0.5,1", NULL);
    for (size_t run = 0; run < 4; run++) {
        struct mmoe_record r;
        mmoe_record_clear(&r, &g.base);
        r.run = run;
        r.tasks = 2;
        r.pearson = 0.25;
        size_t cell = mmoe_grid_cell(&g, run), seed = mmoe_grid_seed(&g, run);
        r.diverged_step = cell + seed == 2 ? 20 : 0;
        r.value[MMOE_LOSS][0] = r.diverged_step ? NAN : (double)(2 * cell + seed + 1);
        r.value[MMOE_OVER_VAR][0] = r.value[MMOE_LOSS][0] / 2;
        view_study_add(s, &r);
    }
}

static void studies(void **state)
{
    (void)state;
    struct view_study s = {0};
    struct mmoe_record r = {.run = 1, .tasks = 1, .value[MMOE_LOSS] = {3}, .pearson = 0.5};
    fill(&s);
    r.options = s.grid.base;
    studies_run(&sink, &s, &r);
    assert_said("{\"event\":\"sweep.run\",\"run\":1,\"cell\":1,\"options\":{\"p\":1,"
                "\"model\":\"mmoe\"},\"seed\":0,\"loss\":[3],\"loss_over_var\":[0],"
                "\"pearson\":0.5,\"diverged\":false}\n");
    studies_cells(&sink, &s);
    assert_said(
        "{\"event\":\"sweep.cell\",\"cell\":0,\"options\":{\"p\":0.5,\"model\":\"mmoe\"},\"n\":2,"
        "\"diverged\":0,\"mean\":1.5,\"sd\":0.7071067811865476,\"median\":1.5,\"q10\":1.1,"
        "\"q90\":1.9,\"min\":1,\"max\":2,\"over_var\":{\"n\":2,\"diverged\":0,\"mean\":0.75,"
        "\"sd\":0.3535533905932738,\"median\":0.75,\"q10\":0.55,\"q90\":0.95,\"min\":0.5,"
        "\"max\":1},\"pearson_mean\":0.25,\"pearson_sd\":0}\n"
        "{\"event\":\"sweep.cell\",\"cell\":1,\"options\":{\"p\":1,\"model\":\"mmoe\"},\"n\":1,"
        "\"diverged\":1,\"mean\":3,\"sd\":null,\"median\":3,\"q10\":3,\"q90\":3,\"min\":3,"
        "\"max\":3,\"over_var\":{\"n\":1,\"diverged\":1,\"mean\":1.5,\"sd\":null,\"median\":1.5,"
        "\"q10\":1.5,\"q90\":1.5,\"min\":1.5,\"max\":1.5},\"pearson_mean\":0.25,"
        "\"pearson_sd\":0}\n");
    sink.mode = EVENT_SCREEN; /* the histograms show them */
    studies_run(&sink, &s, &r);
    studies_cells(&sink, &s);
    assert_said("");
    view_study_close(&s);
}

TESTS(REPORTS(records), REPORTS(repeats), REPORTS(studies))
