/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs of one task, of three and of eight: names on the screen, and no number that is cut. */
#include <locale.h>

#include "tests/views.h"
#include "ui/panel/layout.h"

static const char *const names[MMOE_TASKS_MAX] = {"watch",      "click", "share",   "satisfaction",
                                                  "dwell_time", "like",  "comment", "follow"};

/* A run of n tasks with those names: task k has loss .1111 (k + 1), and top-1 gates over two
 * experts. */
static struct mmoe_snapshot *add_run(struct view *v, size_t n)
{
    struct mmoe_snapshot *s = show(v, 0, 1);
    mmoe_snapshot_reserve(s, 2);
    s->tasks = s->gate.gates = n;
    s->state = MMOE_RUN_PAUSED;
    s->step = 100;
    s->steps = 200;
    s->curve_count = 2;
    s->curve[1].step = 100;
    s->gate.experts = 2;
    for (size_t k = 0; k < n; k++) {
        strcpy(s->task[k].name, names[k]);
        s->curve[0].value[MMOE_LOSS][k] = 2 + (double)k;
        s->curve[1].value[MMOE_LOSS][k] = s->value[MMOE_LOSS][k] = (double)(1111 * (k + 1)) / 10000;
        s->recent[k][s->recent_count = 0] = 1;
        s->gate.mean[k][0] = s->gate.mean[k][1] = 0.5f;
        s->gate.entropy[k] = 0.69;
    }
    s->recent_count = 1;
    return s;
}

/* Three seeds of n tasks. */
static void add_seeds(struct view *v, size_t n)
{
    struct view_group *g = view_group_begin(v, &v->options, 3);
    for (size_t i = 0; i < 3; i++) {
        struct mmoe_record r = record_of(&v->options, 0.5);
        r.tasks = n;
        memcpy(r.task, view_live(v)->task, sizeof r.task);
        for (size_t k = 0; k < n; k++)
            r.value[MMOE_LOSS][k] = (double)(k + 1) + 0.125 * (double)i;
        view_group_add(g, &r);
    }
}

static struct view *make(size_t n)
{
    struct view *v = make_view();
    add_run(v, n);
    add_seeds(v, n);
    return v;
}

/* The frame of that size; free it. */
static char *frame(const struct view *v, int width, int height)
{
    const struct layout_prompt prompt = {"mmoe> ", "", 0, NULL, 0};
    struct canvas c;
    int x, y;
    canvas_init(&c, width, height, glyphs_find("ascii"));
    layout_draw(v, &prompt, &c, &x, &y);
    char *text = canvas_dump(&c);
    canvas_done(&c);
    return text;
}

/* A panel alone on a canvas of that size; free it. */
static char *drawn(const struct view *v, int panel, int width, int height)
{
    struct canvas c;
    canvas_init(&c, width, height, glyphs_find(panel == PANEL_LOSS ? "blocks" : "ascii"));
    panel_table[panel]->draw(v, &c);
    char *text = canvas_dump(&c);
    canvas_done(&c);
    return text;
}

static void assert_names(const char *text, size_t n)
{
    for (size_t k = 0; k < MMOE_TASKS_MAX; k++) {
        char name[PANEL_TASK_SIZE];
        snprintf(name, sizeof name, "%s", names[k]);
        if ((strstr(text, name) != NULL) != (k < n))
            fail_msg("%s %s of %zu tasks:\n%s", k < n ? "no" : "unexpected", name, n, text);
    }
}

static const size_t counts[] = {1, 3, 8};
enum { COUNTS = sizeof counts / sizeof *counts };

static void panels_name_all_tasks(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTS; i++) {
        struct view *v = make(counts[i]);
        char *loss = drawn(v, PANEL_LOSS, 90, 40), *gates = drawn(v, PANEL_GATES, 60, 30);
        assert_names(loss, counts[i]);
        if (counts[i] > 1) /* the gate of one task is that of all */
            assert_names(gates, counts[i]);
        mmoe_free(loss);
        mmoe_free(gates);
        drop_view(v);
    }
}

static void words_tell_all_tasks(void **state)
{
    (void)state;
    static const int panels[] = {PANEL_LOSS, PANEL_RUNS};
    for (size_t i = 0; i < COUNTS; i++) {
        struct view *v = make(counts[i]);
        for (size_t p = 0; p < sizeof panels / sizeof *panels; p++) {
            struct mmoe_text t = {0};
            panel_table[panels[p]]->describe(v, &t);
            for (size_t k = 0; k < MMOE_TASKS_MAX; k++)
                assert_int_equal(strstr(t.s, names[k]) != NULL, k < counts[i]);
            mmoe_text_done(&t);
        }
        drop_view(v);
    }
}

static void numbers_have_a_column_a_task(void **state)
{
    (void)state;
    struct view *v = make(3);
    struct mmoe_text t = {0};
    panel_table[PANEL_LOSS]->csv(v, &t);
    assert_string_equal(t.s, "step,loss_watch,loss_click,loss_share\n0,2,3,4\n"
                             "100,0.1111,0.2222,0.3333\n");
    mmoe_text_clear(&t);
    panel_table[PANEL_RUNS]->csv(v, &t);
    assert_non_null(strstr(t.s, ",diverged_step,loss_watch,loss_click,loss_share,divergence\n"));
    assert_non_null(strstr(t.s, ",0.1111,0.2222,0.3333,\n"));
    mmoe_text_done(&t);
    drop_view(v);
}

/* Every number on the screen that looks like a loss of the run is one of them, whole. */
static void assert_whole_losses(const char *text, const char *head)
{
    for (const char *at = strstr(text, head); at && *at != '\n'; at++) {
        bool fraction = *at == '.' && at[1] >= '0' && at[1] <= '9';
        if (!fraction || (at[-1] >= '0' && at[-1] <= '9'))
            continue;
        for (int i = 1; i <= 4; i++)
            if (at[i] != at[1])
                fail_msg("'%.6s' is cut in:\n%s", at, text);
        at += 4;
    }
}

/* At the smallest size, too: what has no room is left out. */
static void nothing_is_cut_or_drawn_over(void **state)
{
    (void)state;
    static const int sizes[][2] = {{40, 10}, {80, 24}, {100, 30}, {160, 48}};
    for (size_t i = 0; i < COUNTS; i++)
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            for (int focus = 0; focus < PANEL_COUNT; focus++) {
                struct view *v = make(counts[i]);
                v->focus = focus;
                char *text = frame(v, sizes[k][0], sizes[k][1]);
                assert_whole_losses(text, " loss");
                assert_whole_losses(text, "1 mmoe ");
                assert_true(strstr(text, "PAUSED step 100/200") || strstr(text, "PAUSED 100/200"));
                mmoe_free(text);
                drop_view(v);
            }
}

static void runs_have_as_many_losses_as_there_is_room_for(void **state)
{
    (void)state;
    struct view *v = make(8);
    for (int width = 32; width < 100; width++) {
        char *text = drawn(v, PANEL_RUNS, width, 2);
        assert_non_null(strstr(text, " .1111 .2222"));
        assert_whole_losses(text, "1 mmoe ");
        assert_int_equal(strstr(text, ".8888") != NULL, width >= 68);
        mmoe_free(text);
    }
    drop_view(v);
}

static void a_note_names_whole_losses(void **state)
{
    (void)state;
    struct view *v = make(8);
    char note[64];
    panel_loss.note(v, note, sizeof note);
    assert_string_equal(note, "watch .1111  click .2222  share .3333  satisfac .4444 ...");
    panel_runs.note(v, note, sizeof note);
    assert_string_equal(note, "loss watch, click ...");
    drop_view(v);
}

/* A name stands alone or not at all, however few rows there are. */
static void names_do_not_cover_each_other(void **state)
{
    (void)state;
    struct view *v = make(8);
    for (int height = 3; height < 20; height++) {
        char *text = drawn(v, PANEL_LOSS, 40, height);
        size_t whole = 0;
        for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
            char last[64];
            snprintf(last, sizeof last, "%.*s", (int)strcspn(line, "\n"), line);
            size_t n = strlen(last);
            while (n > 0 && ((last[n - 1] >= 'a' && last[n - 1] <= 'z') || last[n - 1] == '_'))
                n--;
            bool known = !last[n] || strcmp(last + n, "step") == 0;
            for (size_t k = 0; k < 8; k++)
                known = known || strncmp(last + n, names[k], PANEL_TASK_SIZE - 1) == 0;
            if (!known)
                fail_msg("'%s' is no name, at %d rows:\n%s", last + n, height, text);
            whole += last[n] && strcmp(last + n, "step") != 0;
        }
        assert_true(whole > 0);
        mmoe_free(text);
    }
    drop_view(v);
}

static void entropies_are_whole_or_left_out(void **state)
{
    (void)state;
    struct view *v = make(8);
    for (int width = 16; width < 160; width++) {
        char *text = drawn(v, PANEL_GATES, width, 20);
        const char *at = strstr(text, "entropy");
        size_t end = at ? strcspn(at, "\n") : 0;
        bool all = end > 5 && (strncmp(at + end - 5, " nats", 5) == 0 ||
                               strncmp(at + end - 7, " of .69", 7) == 0);
        bool range = (end == 18 || (end == 25 && width >= 25)) &&
                     strncmp(at, "entropy .69 to .69 of .69", end) == 0;
        if (width < 18 ? at != NULL : !all && !range)
            fail_msg("at %d columns: %.*s", width, (int)end, at ? at : "");
        mmoe_free(text);
    }
    drop_view(v);
}

/* Squared errors and log losses have no axis in common. */
static void kinds_of_loss_have_plots_of_their_own(void **state)
{
    (void)state;
    struct view *v = make(3);
    struct figure_sheet sheet = {0};
    ((struct mmoe_snapshot *)view_live(v))->task[1].binary = true;
    static const int sizes[][2] = {{90, 12}, {60, 20}, {42, 9}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *text = drawn(v, PANEL_LOSS, sizes[i][0], sizes[i][1]);
        if (!strstr(text, "squared error") || !strstr(text, "log loss"))
            fail_msg("of two kinds there are not two plots:\n%s", text);
        mmoe_free(text);
    }
    char *text = drawn(v, PANEL_LOSS, 38, 5);
    assert_non_null(strstr(text, "log loss: needs more room"));
    mmoe_free(text);
    panel_loss.page(v, &sheet);
    assert_int_equal(sheet.page.count, 2);
    assert_int_equal(sheet.page.figures[0].plot.count, 2);
    assert_string_equal(sheet.page.figures[1].plot.y_label, "held-out log loss");
    assert_int_equal(sheet.page.figures[1].plot.series[0].style, 1); /* of its place in the run */
    figure_sheet_done(&sheet);
    drop_view(v);
}

/* Of 32 experts, which have no room for their numbers in the map, the largest weights are told, as
 * many of them as are whole. */
static void many_experts_have_numbers(void **state)
{
    (void)state;
    struct view *v = make(2);
    struct mmoe_gates *g = &((struct mmoe_snapshot *)view_live(v))->gate;
    g->gates = 2;
    g->experts = 32;
    for (size_t i = 0; i < 2; i++)
        for (size_t e = 0; e < 32; e++)
            g->mean[i][e] = e == 6 + i ? 0.33f : e == 2 ? 0.29f : 0.01f;
    char *text = drawn(v, PANEL_GATES, 34, 9);
    assert_non_null(strstr(text, "watch e7 .33  e3 .29  e1 .01"));
    assert_non_null(strstr(text, "click e8 .33  e3 .29  e1 .01"));
    assert_non_null(strstr(text, "e1 e4 e7 e10 e14 e18 e22 e2."));
    mmoe_free(text);
    text = drawn(v, PANEL_GATES, 60, 24); /* where all have room, in the map */
    assert_null(strstr(text, "e7 .33"));
    assert_non_null(strstr(text, " .33"));
    mmoe_free(text);
    drop_view(v);
}

/* The shares of the rows an expert is kept for stand below its column, whatever tasks are called.
 */
static void shares_stand_below_their_experts(void **state)
{
    (void)state;
    struct view *v = make_view();
    struct mmoe_snapshot *s = add_run(v, 3);
    s->gate.top_k = 1;
    s->gate.chosen[0][0] = 0.75f;
    s->gate.chosen[1][1] = 0.25f;
    char *text = drawn(v, PANEL_GATES, 46, 20);
    const char *line[20];
    size_t n = 0;
    for (const char *at = text; *at && n < 20; at += strcspn(at, "\n") + 1)
        line[n++] = at;
    size_t percent = 0;
    while (percent < n && line[percent][0] != '%')
        percent++;
    assert_true(percent < n);
    for (int e = 0; e < 2; e++) {
        const char *expert = strstr(line[0], e ? "e2" : "e1"),
                   *share = strstr(line[percent], e ? "25" : "75");
        assert_true(expert && share);
        long off = (share - line[percent]) - (expert - line[0]);
        if (off < -2 || off > 2)
            fail_msg("%ld columns off:\n%s", off, text);
    }
    mmoe_free(text);
    drop_view(v);
}

/* The task that is chosen, by its name. */
static void histograms_are_of_the_task_that_is_chosen(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTS; i++) {
        struct view *v = make(counts[i]);
        for (v->task = 0; v->task < counts[i]; v->task++) {
            char *text = drawn(v, PANEL_HIST, 90, 6), label[64], median[16];
            snprintf(label, sizeof label, "loss of task %s", names[v->task]);
            snprintf(median, sizeof median, "%.3f", (double)(v->task + 1) + 0.125);
            if (!strstr(text, label) || !strstr(text, median))
                fail_msg("no '%s' or %s in:\n%s", label, median, text);
            mmoe_free(text);
        }
        drop_view(v);
    }
}

/* Rows without room are counted. */
static void settings_without_room_are_counted(void **state)
{
    (void)state;
    struct view *v = make(1);
    for (size_t i = 0; i < 5; i++) {
        struct mmoe_options o = v->options;
        o.batch += i + 1;
        view_group_begin(v, &o, 1);
    }
    char *text = drawn(v, PANEL_HIST, 90, 5);
    assert_non_null(strstr(text, "+2 more"));
    mmoe_free(text);
    text = drawn(v, PANEL_HIST, 90, 7);
    assert_null(strstr(text, "more"));
    mmoe_free(text);
    drop_view(v);
}

/* Without a value of that metric there is no number that could be taken for one. */
static void a_metric_that_tasks_do_not_have_is_a_dash(void **state)
{
    (void)state;
    struct view *v = make(3);
    struct mmoe_text t = {0};
    v->metric = MMOE_AUC;
    v->task = 2;
    char *text = drawn(v, PANEL_HIST, 90, 6);
    assert_null(strstr(text, "nan"));
    panel_table[PANEL_HIST]->describe(v, &t);
    assert_non_null(strstr(t.s, ": no run has a final AUC of task share; 0 diverged."));
    mmoe_text_clear(&t);
    panel_table[PANEL_HIST]->csv(v, &t);
    assert_string_equal(t.s, "group,seed_index,auc_share\n");
    mmoe_text_done(&t);
    mmoe_free(text);
    drop_view(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(panels_name_all_tasks),
        cmocka_unit_test(words_tell_all_tasks),
        cmocka_unit_test(numbers_have_a_column_a_task),
        cmocka_unit_test(nothing_is_cut_or_drawn_over),
        cmocka_unit_test(runs_have_as_many_losses_as_there_is_room_for),
        cmocka_unit_test(a_note_names_whole_losses),
        cmocka_unit_test(names_do_not_cover_each_other),
        cmocka_unit_test(entropies_are_whole_or_left_out),
        cmocka_unit_test(many_experts_have_numbers),
        cmocka_unit_test(kinds_of_loss_have_plots_of_their_own),
        cmocka_unit_test(shares_stand_below_their_experts),
        cmocka_unit_test(histograms_are_of_the_task_that_is_chosen),
        cmocka_unit_test(settings_without_room_are_counted),
        cmocka_unit_test(a_metric_that_tasks_do_not_have_is_a_dash),
    };
    setlocale(LC_ALL, "C.UTF-8");
    setlocale(LC_NUMERIC, "C");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
