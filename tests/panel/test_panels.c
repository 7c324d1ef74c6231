/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What panels say in words, give as CSV, and how the log scrolls; how they look is test_layout's.
 */
#include <locale.h>

#include <mmoe/model.h>

#include "tests/views.h"
#include "ui/panel/panels.h"
#include "ui/panel/status.h"
#include "ui/panel/view_names.h"

/* An mmoe of two experts that was evaluated twice. */
static struct mmoe_snapshot *add_run(struct view *v)
{
    struct mmoe_snapshot *s = show(v, 0, 4);
    mmoe_snapshot_reserve(s, 2);
    s->state = MMOE_RUN_PAUSED;
    s->step = 100;
    s->steps = 200;
    s->curve_count = 2;
    s->curve[0] = (struct mmoe_eval){0, {[MMOE_LOSS] = {1.5, 2}}};
    s->curve[1] = (struct mmoe_eval){100, {[MMOE_LOSS] = {0.25, 0.125}}};
    s->value[MMOE_LOSS][0] = 0.25;
    s->value[MMOE_LOSS][1] = 0.125;
    s->value[MMOE_OVER_VAR][0] = 0.05;
    s->gate = (struct mmoe_gates){.gates = 2,
                                  .experts = 2,
                                  .mean = {{0.75f, 0.25f}, {0.5f, 0.5f}},
                                  .entropy = {0.5, 0.69},
                                  .overlap = {{1, 0.75}, {0.75, 1}},
                                  .copies = 1,
                                  .copy_b = 1};
    return s;
}

static void check_csv(int panel, const struct view *v, const char *expected)
{
    struct mmoe_text t = {0};
    panel_table[panel]->csv(v, &t);
    assert_string_equal(t.s, expected);
    mmoe_text_done(&t);
}

static void check_words(int panel, const struct view *v, const char *const *words, size_t count)
{
    struct mmoe_text t = {0};
    panel_table[panel]->describe(v, &t);
    for (size_t i = 0; i < count; i++)
        if (!strstr(t.s, words[i]))
            fail_msg("no '%s' in '%s'", words[i], t.s);
    mmoe_text_done(&t);
}
#define WORDS(...) \
    (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

static void the_table_is_complete(void **state)
{
    (void)state;
    for (int i = 0; i < PANEL_COUNT; i++) {
        const struct panel *p = panel_table[i];
        assert_true(p->draw && p->describe && strlen(p->title) > 0 && strlen(p->explain) > 60);
        assert_int_equal(panel_find(p->name), i);
    }
    assert_int_equal(panel_find("losses"), -1);
}

static void numbers_come_as_csv(void **state)
{
    (void)state;
    struct view *v = make_view();
    add_run(v);
    check_csv(PANEL_LOSS, v, "step,loss_a,loss_b\n0,1.5,2\n100,0.25,0.125\n");
    check_csv(
        PANEL_GATES, v,
        "gate,expert,mean_weight,share_of_rows\n1,1,0.75,0\n1,2,0.25,0\n2,1,0.5,0\n2,2,0.5,0\n");
    check_csv(PANEL_RUNS, v,
              "run,model,p,seed_data,seed_init,seed_order,lr,step,diverged_step,loss_a,loss_b,"
              "divergence\n"
              "4,mmoe,0.5,0,0,0,0.01,100,,0.25,0.125,\n");
    struct view_group *g = view_group_begin(v, &v->options, 2);
    add_seed(g, 0.5);
    add_seed(g, NAN);
    check_csv(PANEL_HIST, v, "group,seed_index,loss_a\nmmoe,0,0.5\nmmoe,1,null\n");
    strcpy(v->groups[0].name, "mmoe tower-units=8,4");
    check_csv(PANEL_HIST, v,
              "group,seed_index,loss_a\n\"mmoe tower-units=8,4\",0,0.5\n\"mmoe "
              "tower-units=8,4\",1,null\n");
    strcpy(v->groups[0].name, "=HYPERLINK(1).npz");
    check_csv(PANEL_HIST, v,
              "group,seed_index,loss_a\n'=HYPERLINK(1).npz,0,0.5\n'=HYPERLINK(1).npz,1,null\n");
    view_log(v, LOG_ERROR, "=1+\"2\"");
    check_csv(PANEL_LOG, v, "kind,text\nerror,\"'=1+\"\"2\"\"\"\n");
    drop_view(v);
}

static void panels_are_said_in_words(void **state)
{
    (void)state;
    struct view *v = make_view();
    check_words(PANEL_LOSS, v, WORDS("no run yet", "run"));
    check_words(PANEL_GATES, v, WORDS("no run yet"));
    check_words(PANEL_HIST, v, WORDS("repeat 20"));
    struct mmoe_snapshot *s = add_run(v);
    check_words(PANEL_LOSS, v, WORDS("mmoe", "step 100 of 200", "from 1.500 to .2500", "5.0%"));
    check_words(
        PANEL_GATES, v,
        WORDS("Task A's gate leans most on expert 1 (75%", "overlap by .75", "copies (1 and 2)"));
    check_words(PANEL_RUNS, v, WORDS("run 4: mmoe", ".2500", ".1250", "paused"));
    view_log(v, LOG_ERROR, "no");
    check_words(PANEL_LOG, v, WORDS("1 line, with 1 error"));
    s->gate.gates = 0;
    s->options.model = 0;
    check_words(PANEL_GATES, v, WORDS("single-task has no gates: moe, omoe and mmoe have"));
    drop_view(v);
}

static void check_drawn(int panel, const struct view *v, int width, int height,
                        const char *expected)
{
    struct canvas c;
    canvas_init(&c, width, height, glyphs_find("ascii"));
    panel_table[panel]->draw(v, &c);
    char *drawn = canvas_dump(&c);
    assert_string_equal(drawn, expected);
    mmoe_free(drawn);
    canvas_done(&c);
}

static void the_log_wraps_and_scrolls(void **state)
{
    (void)state;
    struct view *v = make_view();
    view_log(v, LOG_COMMAND, "run");
    view_log(v, LOG_DATA, "alpha beta gamma");
    view_log(v, LOG_ERROR, "bad");
    check_drawn(PANEL_LOG, v, 12, 5, "\n> run\n  alpha beta\n  gamma\n! bad\n");
    check_drawn(PANEL_LOG, v, 12, 2, "  gamma\n! bad\n");
    check_drawn(PANEL_LOG, v, 8, 3, "  beta\n  gamma\n! bad\n");
    v->log_scroll = 1;
    check_drawn(PANEL_LOG, v, 12, 3, "> run\n  alpha beta\n  gamma\n");
    drop_view(v);
}

/* Numbers are whole or not there: a digit that is cut would be another number. */
static void a_long_name_gives_way(void **state)
{
    (void)state;
    struct view *v = make_view();
    put(&add_run(v)->options, "model", "tensor-factorization");
    view_rename(v);
    check_drawn(PANEL_RUNS, v, 34, 1, " 4 tensor-factorizat. .2500 .1250\n");
    check_drawn(PANEL_RUNS, v, 60, 1,
                " 4 tensor-factorization .2500 .1250  step 100         paused\n");
    put(&v->options, "lr", "0.02");
    view_rename(v);
    check_drawn(PANEL_RUNS, v, 60, 1,
                " 4 tensor-factorization lr=0.01 .2500 .1250           paused\n");
    drop_view(v);
}

/* A run that came to nothing is told in the first row, in words and in the list of runs. */
static void a_run_that_came_to_nothing_is_told(void **state)
{
    (void)state;
    static const struct {
        enum mmoe_divergence how;
        const char *head, *words, *listed;
    } ends[] = {
        {MMOE_NOT_FINITE, "DIVERGED at step 100", "the loss was not finite", "diverged"},
        {MMOE_OVERFLOW, "DIVERGED at step 100", "squares of gradients", "diverged"},
        {MMOE_FAR_ABOVE, "DIVERGED at step 100", "ended at .2500, from 1.500", "diverged"},
        {MMOE_STILL, "STILL at step 100", "no weight has changed since step 50", "still"},
    };
    struct view *v = make_view();
    struct mmoe_snapshot *s = add_run(v);
    s->resting = true;
    s->resting_since = 50;
    check_words(PANEL_LOSS, v, WORDS("No weight has changed since step 50."));
    s->state = MMOE_RUN_DIVERGED;
    s->diverged_step = 100;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char head[64];
        s->divergence = ends[i].how;
        assert_string_equal(status_state(v, head, sizeof head), ends[i].head);
        check_words(PANEL_LOSS, v, WORDS("at step 100", ends[i].words, "try "));
        check_words(PANEL_RUNS, v, WORDS(ends[i].listed));
    }
    drop_view(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_complete),
        cmocka_unit_test(numbers_come_as_csv),
        cmocka_unit_test(panels_are_said_in_words),
        cmocka_unit_test(the_log_wraps_and_scrolls),
        cmocka_unit_test(a_long_name_gives_way),
        cmocka_unit_test(a_run_that_came_to_nothing_is_told),
    };
    setlocale(LC_ALL, "C.UTF-8");
    setlocale(LC_NUMERIC, "C");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
