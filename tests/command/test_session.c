/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source, log, export, quit: files, and the end. */
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/sights.h"
#include "tests/typed.h"
#include "ui/panel/panels.h"

static char directory[] = "/tmp/mmoe-session-XXXXXX";

static int make_directory(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    setenv("HOME", directory, 1);
    return chdir(directory);
}

static size_t empty_directory(void)
{
    DIR *d = opendir(directory);
    size_t n = 0;
    for (struct dirent *e; (e = readdir(d));)
        n += unlink(e->d_name) == 0;
    closedir(d);
    return n;
}

static int drop_directory(void **state)
{
    (void)state;
    empty_directory();
    return chdir("/") || rmdir(directory);
}

static int begin_empty(void **state)
{
    empty_directory();
    return begin(state);
}

/* The answer as one line. */
static const char *answered(const char *line)
{
    const char *text = typed(line);
    for (char *c = said.s; (c = strchr(c, '\n'));)
        *c = ' ';
    return text;
}

/* Rows that are on their way are not those at hand. */
static void rows_that_come_are_not_those_there_are(void **state)
{
    (void)state;
    typed("data gen");
    assert_says(answered("describe model"), "1,858 parameters");
    interp_now(&interp, app, "data gen dim=12 p=0.9");
    size_t before = app->view.log_count;
    interp_now(&interp, app, "describe model; describe data; data info");
    const char *twelve = said_since(before);
    assert_says(twelve, "2,146 parameters"); /* of the net that will be trained */
    assert_says(twelve, "500 rows to train on and 100 held out, of 10 inputs");
    assert_says(twelve, "Other rows are being made.");
    assert_says(twelve, "p 0.5 ");
    settle();
    assert_says(answered("describe model"), "2,146 parameters");
    assert_says(answered("describe data"), "of 12 inputs");
}

static void what_is_read_may_have_any_shape(void **state)
{
    (void)state;
    typed("data gen");
    typed("export data rows.npz");
    interp_now(&interp, app, "import data rows.npz");
    size_t before = errors();
    interp_now(&interp, app, "model mmoe");
    assert_int_equal(errors(), before + 1);
    assert_says(app->view.log[app->view.log_count - 1].text, "a file is being read");
    settle();
    assert_says(typed("model mmoe"), "1,858");
}

static void rows_of_a_file_are_not_told_as_drawn(void **state)
{
    (void)state;
    typed("data gen");
    assert_says(answered("describe data"), "through 10 sines and the noise");
    typed("export data rows.npz");
    typed("import data rows.npz");
    const char *text = answered("describe data");
    assert_says(text, "rows.npz. ");
    assert_says(text,
                "By the file the weight vectors of tasks A and B have cosine .500. The labels");
    assert_null(strstr(text, "sines"));
    assert_null(strstr(text, "changed"));
    assert_says(answered("explain p"), "with this data and model it changes nothing");
    typed("set data synthetic");
    assert_says(answered("describe data"), "Options changed since they were made");
    assert_null(strstr(answered("explain p"), "it changes nothing"));
}

#define SESSION(test) cmocka_unit_test_setup_teardown(test, begin_empty, end)

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static const char *read_file(const char *name)
{
    static char text[1 << 16];
    FILE *f = fopen(name, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}

/* --- paths and writing --- */

static void assert_path(const char *word, const char *path)
{
    char *found = command_path(word);
    assert_string_equal(found, path);
    mmoe_free(found);
}

static void knows_the_home_directory(void **state)
{
    (void)state;
    char path[80];
    snprintf(path, sizeof path, "%s/a b", directory);
    assert_path("~/a b", path);
    assert_path("~", directory);
    assert_path("a~/b", "a~/b");
    assert_path("~user/x", "~user/x");
    assert_path("", "");
}

/* --- source --- */

static void runs_a_script(void **state)
{
    (void)state;
    write_file("s.mmoe", "set p 0.9 # two tasks much alike\r\nset lr 0.1; set batch 10");
    typed("source ~/s.mmoe; set dim 11");
    assert_near(app->view.options.p, 0.9, 0);
    assert_int_equal(app->view.options.batch, 10);
    assert_int_equal(app->view.options.dim, 11);
    write_file("s.mmoe", "");
    assert_string_equal(typed("source s.mmoe"), "");
}

static void names_file_and_line_of_an_error(void **state)
{
    (void)state;
    write_file("s.mmoe", "set p 0.9\n\n# about\nstp 3; run\n");
    assert_refused("source s.mmoe; set lr 1", "s.mmoe:4: no command 'stp': did you mean step?");
    assert_near(app->view.options.p, 0.5, 0); /* nothing of it was done */
    assert_near(app->view.options.lr, 0.01, 0);
    write_file("s.mmoe", "set p 0.9\nlog 'never closed\n\n");
    assert_refused("source s.mmoe", "s.mmoe: the quote before");
    write_file("s.mmoe", "set p 0.9; set p 7\nset p 0.8\n");
    assert_refused("source s.mmoe", "p must be -1 to 1");
    assert_near(app->view.options.p, 0.9, 0);
}

static void refuses_what_is_no_script(void **state)
{
    (void)state;
    assert_refused("source", "which file?");
    assert_refused("source nowhere", "cannot read nowhere: No such file or directory");
    assert_refused("source .", "cannot read .: Is a directory");
    FILE *f = fopen("b", "w");
    fwrite("quit\0", 1, 5, f);
    fclose(f);
    assert_refused("source b", "cannot read b: it has a NUL byte and is no text");
    f = fopen("b", "w");
    for (size_t i = 0; i < 200000; i++)
        fputs("help\n\n", f);
    fclose(f);
    assert_refused("source b", "cannot read b: it is longer than 1048576 bytes");
    assert_false(app->quit);
}

static void scripts_nest_but_not_for_ever(void **state)
{
    (void)state;
    write_file("a", "source b; set lr 0.1\n");
    write_file("b", "set p 0.9\n");
    typed("source a");
    assert_near(app->view.options.p, 0.9, 0);
    assert_near(app->view.options.lr, 0.1, 0);
    write_file("b", "source a");
    assert_refused("source a", "does a script source itself?");
}

/* --- log, export, quit --- */

static void the_log_runs_again(void **state)
{
    (void)state;
    assert_says(typed("log"), "# no commands yet");
    typed("set p 0.9; run 20; set lr 7e9");
    double loss = view_live(&app->view)->value[MMOE_LOSS][0];
    assert_says(typed("log"), "set p 0.9\nrun 20\n");
    assert_says(typed("log 'my log'"), "saved the session to my log");
    assert_string_equal(read_file("my log"), "set p 0.9\nrun 20\n");
    typed("set p 0.1; run 40; source 'my log'");
    assert_int_equal(view_live(&app->view)->step, 20);
    assert_true(view_live(&app->view)->value[MMOE_LOSS][0] == loss);
    assert_says(typed("log 'my log'"), "replacing what was there");
    assert_refused("log no/such", "cannot write no/such");
}

/* The file holds what the panel says. */
static void assert_exports(const char *line, const char *file, int panel)
{
    struct mmoe_text t = {0};
    panel_table[panel]->csv(&app->view, &t);
    assert_says(typed(line), panel_table[panel]->name);
    assert_string_equal(read_file(file), t.s);
    mmoe_text_done(&t);
}

static void exports_panels(void **state)
{
    (void)state;
    typed("run 40; repeat 2");
    assert_exports("export loss.csv", "loss.csv", PANEL_LOSS);
    assert_exports("export gates.csv", "gates.csv", PANEL_GATES);
    assert_exports("export hist.2.csv", "hist.2.csv", PANEL_HIST);
    assert_exports("runs; export ./x.csv", "x.csv", PANEL_RUNS);
    assert_exports("hist; export ~/x.csv", "x.csv", PANEL_HIST);
    assert_says(read_file("loss.csv"), "step,");
}

/* A file may take its time: the loop goes on, and what follows on the line waits. */
static void exports_leave_the_loop(void **state)
{
    (void)state;
    typed("run 40");
    static const char *const lines[] = {"export loss.csv", "export loss.json", "export loss.svg"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        interp_now(&interp, app, lines[i]);
        assert_true(app_has_jobs(app));
        settle();
        assert_true(strlen(read_file(strchr(lines[i], ' ') + 1)) > 0);
    }
    assert_says(typed("export no/loss.csv; set p 0.25"), "cannot write no/loss.csv");
    assert_true(app->view.options.p != 0.25);
}

static size_t size_of(const char *name)
{
    FILE *f = fopen(name, "r");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    long n = ftell(f);
    fclose(f);
    return (size_t)n;
}

static void exports_every_panel_in_every_form(void **state)
{
    (void)state;
    static const char *const forms[] = {".svg", ".pdf", ".png", ".csv", ".json"};
    typed("lesson correlation");
    typed("set steps 40; model mmoe; dial p 0.4,0.5; run; repeat 2");
    view_log(&app->view, LOG_ERROR, "a \"word\" <of> caution");
    fill_whole_sight(&app->view.experiment.sight);
    app->view.experiment.any = true;
    for (int p = 0; p < PANEL_COUNT; p++)
        for (size_t k = 0; k < 5; k++) {
            char line[60], file[40];
            snprintf(file, sizeof file, "%s%s", panel_table[p]->name, forms[k]);
            snprintf(line, sizeof line, "export %s", file);
            assert_non_null(strstr(typed(line), file));
            assert_true(size_of(file) > 20);
        }
    assert_non_null(strstr(read_file("loss.json"), "{\"panel\":\"loss\",\"program\":\"mmoe "));
    assert_non_null(strstr(
        read_file("loss.json"),
        "\"command\":\"set steps 40; model mmoe; dial p 0.4,0.5; run; repeat 2; export loss.svg"));
    assert_non_null(strstr(read_file("hist.json"),
                           "\"events\":[{\"event\":\"hist\",\"group\":\"mmoe\",\"n\":2"));
    assert_non_null(strstr(read_file("log.csv"), "error,\"a \"\"word\"\" <of> caution\"\n"));
}

static void refuses_strange_exports(void **state)
{
    (void)state;
    assert_refused("export", "export to which file?");
    assert_refused(
        "export loss.eps",
        "export writes .svg, .pdf, .png, .csv and .json, not '.eps': name the file 'loss.svg'");
    assert_refused("export a.b/loss", "name the file 'a.b/loss.svg'");
    assert_refused("export .csv", ".csv");
    static const char *const panels[] = {"loss", "gates", "hist", "runs"}, *const forms[] = {
                                                                               "svg", "png", "csv",
                                                                               "json"};
    for (size_t k = 0; k < 16; k++) {
        char line[40];
        snprintf(line, sizeof line, "export %s.%s", panels[k / 4], forms[k % 4]);
        assert_refused(line, "has nothing to export: ");
    }
    typed("data gen; model mmoe");
    assert_refused("export no/loss.csv",
                   "cannot write no/loss.csv: No such file or directory: make the folder first");
    assert_int_equal(empty_directory(), 0);
}

static void quits(void **state)
{
    (void)state;
    typed("quit; set p 0.9");
    assert_true(app->quit);
    assert_near(app->view.options.p, 0.5, 0);
    assert_null(app->session.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_home_directory),
        SESSION(runs_a_script),
        SESSION(names_file_and_line_of_an_error),
        SESSION(refuses_what_is_no_script),
        SESSION(scripts_nest_but_not_for_ever),
        SESSION(the_log_runs_again),
        SESSION(exports_panels),
        SESSION(exports_leave_the_loop),
        SESSION(exports_every_panel_in_every_form),
        SESSION(refuses_strange_exports),
        SESSION(quits),
        SESSION(rows_that_come_are_not_those_there_are),
        SESSION(what_is_read_may_have_any_shape),
        SESSION(rows_of_a_file_are_not_told_as_drawn),
    };
    return cmocka_run_group_tests(tests, make_directory, drop_directory);
}
