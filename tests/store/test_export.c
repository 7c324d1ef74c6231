/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exports: the bytes, and what a failed one leaves behind. */
#include <dirent.h>

#include <mmoe/export.h>
#include <mmoe/results.h>

#include "tests/stores.h"

static size_t count_files(const char *folder)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

static void add_result(struct mmoe_store *s, int64_t id, const struct mmoe_result *r)
{
    const struct mmoe_result *list[] = {r};
    assert_fine(mmoe_results_add(s, id, &test_origin, list, 1, &err));
}

/* Run 1 as made up, run 2 diverged, task B of both binary; in a study with an axis of lists. */
static struct mmoe_store *make_study(const struct place *p)
{
    struct mmoe_grid g;
    struct mmoe_result r;
    small_grid(&g, 1);
    g.axis_count = 0;
    put(&g.base, "theme", "light");
    put(&g.base, "seed.init", "18446744073709551615");
    assert_fine(mmoe_grid_axis(&g, "expert-units", "16/32,16", &err));
    assert_fine(mmoe_grid_axis(&g, "p", "0.1,1", &err));
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    int64_t id = new_study(s, &g);
    make_result(&r, &g, 2, 2);
    r.record.diverged_step = r.record.step = 31;
    r.record.divergence = MMOE_OVERFLOW;
    r.record.task[1].binary = true;
    r.record.pearson = r.record.overlap = NAN;
    for (size_t k = 0; k < 2; k++)
        r.record.value[MMOE_LOSS][k] = r.record.value[MMOE_OVER_VAR][k] =
            r.shot.curve[1].value[MMOE_LOSS][k] = NAN;
    r.shot.gate.gates = 0;
    add_result(s, id, &r);
    mmoe_snapshot_done(&r.shot);
    make_result(&r, &g, 1, 2);
    r.record.task[1].binary = true;
    r.record.value[MMOE_LOSS][0] = 0.1;
    r.record.value[MMOE_LOSS][1] = 1.0 / 3;
    r.record.value[MMOE_OVER_VAR][0] = 1e-300;
    r.record.value[MMOE_OVER_VAR][1] = 5;
    r.record.value[MMOE_R2][0] = -0.5;
    r.record.value[MMOE_AUC][1] = 0.75;
    r.record.value[MMOE_ROWS_OFF][1] = 0.125;
    r.record.overlap = 0.625;
    add_result(s, id, &r);
    mmoe_snapshot_done(&r.shot);
    return s;
}

static void a_csv_has_a_line_for_each_run(void **state)
{
    struct place *p = *state;
    struct mmoe_store *s = make_study(p);
    char path[200];
    size_t runs = 0;
    snprintf(path, sizeof path, "%s/out.csv", p->folder);
    assert_fine(mmoe_export_write(s, 1, path, NULL, &runs, &err));
    assert_int_equal(runs, 2);
    char *text = read_file(path, NULL);
    assert_string_equal(
        text, "run,cell,expert-units,p,seed.data,seed.init,seed.order,model,step,diverged_step,"
              "loss.A,loss.B,over_var.A,over_var.B,pearson,auc.B,r2.A,rows_off.B,"
              "overlap,divergence\n"
              "1,2,\"32,16\",0.1,0,18446744073709551615,0,mmoe,60,,0.1,0.3333333333333333,1e-300,5,"
              "0.26,0.75,-0.5,0.125,0.625,\n"
              "2,1,16,1,0,18446744073709551615,0,mmoe,31,31,,,,,,,,,,overflow\n");
    free(text);
    mmoe_store_close(s);
}

static void an_axis_over_models_has_one_column(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    char path[200];
    small_grid(&g, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    add_runs(s, new_study(s, &g), &g, 1, 1);
    snprintf(path, sizeof path, "%s/out.csv", p->folder);
    assert_fine(mmoe_export_write(s, 0, path, NULL, NULL, &err));
    char *text = read_file(path, NULL);
    assert_ptr_equal(
        strstr(text,
               "run,cell,model,p,seed.data,seed.init,seed.order,step,diverged_step,loss.A,loss.B,"
               "over_var.A,over_var.B,pearson,overlap,divergence\n1,2,shared-bottom,0.5,0,0,0,60,,"
               "0.25,0.2,"),
        text);
    free(text);
    mmoe_store_close(s);
}

#define UNITS                                                                     \
    "\"units\":[{\"layer\":\"experts\",\"units\":12,\"never\":0.25,\"off\":0.5}," \
    "{\"layer\":\"towers.hidden\",\"task\":\"B\",\"units\":8,\"never\":0,\"off\":0.125}]"

static void json_lines_have_curve_and_gates(void **state)
{
    struct place *p = *state;
    struct mmoe_store *s = make_study(p);
    char path[200];
    size_t runs = 0;
    snprintf(path, sizeof path, "%s/out.jsonl", p->folder);
    assert_fine(mmoe_export_write(s, 1, path, NULL, &runs, &err));
    assert_int_equal(runs, 2);
    char *text = read_file(path, NULL), *line = strchr(text, '\n');
    assert_non_null(strstr(
        text, "{\"run\":1,\"cell\":2,\"options\":{\"data\":\"synthetic\",\"p\":0.1,\"dim\":10,"));
    assert_non_null(strstr(text, "\"expert-units\":\"32,16\""));
    assert_non_null(strstr(text, "\"seed.init\":18446744073709551615,"));
    assert_non_null(strstr(
        text,
        "},\"step\":60,\"diverged_step\":null,\"divergence\":null,"
        "\"loss\":[0.1,0.3333333333333333],"
        "\"over_var\":[1e-300,5],\"auc\":[null,0.75],\"r2\":[-0.5,null],"
        "\"rows_off\":[null,0.125],"
        "\"tasks\":[\"A\",\"B\"],\"pearson\":0.26,\"overlap\":0.625,\"curve\":{\"step\":[0,20],"
        "\"loss\":[[2,1.5],[1,1.1]]},"
        "\"gates\":[[0.5,0.3333333432674408,0.25],[0,0.25,0.5]]," UNITS "}\n"));
    assert_null(strstr(text, "light")); /* settings of the screen are no results */
    assert_null(strstr(text, "seconds"));
    assert_non_null(line);
    assert_int_equal(strncmp(line + 1, "{\"run\":2,\"cell\":1,", 18), 0);
    assert_non_null(strstr(
        line,
        "\"diverged_step\":31,\"divergence\":\"overflow\",\"loss\":[null,null],\"over_"
        "var\":[null,null],\"auc\":[null,null],"
        "\"r2\":[null,null],\"rows_off\":[null,null],\"tasks\":[\"A\",\"B\"],\"pearson\":null,"
        "\"overlap\":null,\"curve\":{\"step\":[0,20],\"loss\":[[3,null],[2,null]]},\"gates\":[]"
        "," UNITS "}\n"));
    free(text);
    mmoe_store_close(s);
}

/* The same runs in another store, added in another order at another time. */
static void the_same_runs_give_the_same_bytes(void **state)
{
    struct place *p = *state;
    static const char *const extensions[] = {"csv", "jsonl"};
    struct mmoe_grid g;
    char second[200], path[2][200];
    small_grid(&g, 3);
    snprintf(second, sizeof second, "%s/second.db", p->folder);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE),
                      *t = open_store(second, MMOE_STORE_WRITE);
    new_study(t, &g);
    int64_t a = new_study(s, &g), b = new_study(t, &g);
    add_runs(s, a, &g, 0, 12);
    for (size_t r = 12; r-- > 0;)
        add_runs(t, b, &g, r, 1);
    for (size_t i = 0; i < 2; i++) {
        snprintf(path[0], sizeof path[0], "%s/a.%s", p->folder, extensions[i]);
        snprintf(path[1], sizeof path[1], "%s/b.%s", p->folder, extensions[i]);
        assert_fine(mmoe_export_write(s, a, path[0], NULL, NULL, &err));
        assert_fine(mmoe_export_write(t, b, path[1], NULL, NULL, &err));
        char *x = read_file(path[0], NULL), *y = read_file(path[1], NULL);
        assert_string_equal(x, y);
        free(x);
        free(y);
    }
    mmoe_store_close(s);
    mmoe_store_close(t);
}

static void what_fails_leaves_the_old_file(void **state)
{
    struct place *p = *state;
    struct mmoe_store *s = make_study(p);
    char path[200], link[200];
    size_t runs = 77;
    snprintf(path, sizeof path, "%s/out.csv", p->folder);
    assert_refused(mmoe_export_write(s, 1, "out.txt", NULL, &runs, &err), MMOE_INVALID,
                   "'out.txt': a name ends in .csv or .jsonl");
    assert_refused(mmoe_export_write(s, 1, ".csv", NULL, &runs, &err), MMOE_INVALID, ".jsonl");
    assert_refused(mmoe_export_write(s, 1, "/nowhere/at/all.csv", NULL, &runs, &err), MMOE_IO,
                   "/nowhere/at/all.csv");
    assert_fine(mmoe_export_write(s, 1, path, NULL, NULL, &err));
    size_t files = count_files(p->folder);
    char *before = read_file(path, NULL);
    assert_refused(mmoe_export_write(s, 9, path, NULL, &runs, &err), MMOE_UNKNOWN, "no study 9");
    run_sql(p->file, "UPDATE runs SET run = 99 WHERE run = 2");
    assert_refused(mmoe_export_write(s, 1, path, NULL, &runs, &err), MMOE_INVALID, "damaged");
    char *after = read_file(path, NULL);
    assert_string_equal(before, after);
    assert_int_equal(count_files(p->folder), files);
    assert_int_equal(runs, 77);
    free(before);
    free(after);

    /* a link stays one, and what it leads to is written */
    run_sql(p->file, "DELETE FROM runs WHERE run = 99");
    snprintf(link, sizeof link, "%s/link.csv", p->folder);
    assert_int_equal(symlink("out.csv", link), 0);
    assert_fine(mmoe_export_write(s, 1, link, NULL, &runs, &err));
    struct stat st;
    assert_true(lstat(link, &st) == 0 && S_ISLNK(st.st_mode) && runs == 1);
    snprintf(link, sizeof link, "%s/folder.csv", p->folder);
    assert_int_equal(mkdir(link, 0700), 0);
    assert_refused(mmoe_export_write(s, 1, link, NULL, &runs, &err), MMOE_IO, "Is a directory");
    mmoe_store_close(s);
}

static bool until_two(void *context, size_t runs)
{
    *(size_t *)context = runs;
    return runs < 2;
}

static bool always(void *context, size_t runs)
{
    *(size_t *)context = runs;
    return true;
}

static void what_is_stopped_leaves_the_old_file(void **state)
{
    static const char *const extensions[] = {"csv", "jsonl"};
    struct place *p = *state;
    struct mmoe_grid g;
    char path[200];
    make_store(p->file, &g, 1, 3);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_READ);
    for (size_t i = 0; i < 2; i++) {
        size_t runs = 77, told = 0;
        const struct mmoe_export_watch stops = {until_two, &told}, goes_on = {always, &told};
        snprintf(path, sizeof path, "%s/out.%s", p->folder, extensions[i]);
        assert_refused(mmoe_export_write(s, 1, path, &stops, &runs, &err), MMOE_STATE, "stopped");
        assert_int_equal(access(path, F_OK), -1); /* there was none */
        write_file(path, "mine", 4);
        size_t files = count_files(p->folder);
        assert_refused(mmoe_export_write(s, 1, path, &stops, &runs, &err), MMOE_STATE, "stopped");
        assert_true(runs == 77 && told == 2);
        char *text = read_file(path, NULL);
        assert_string_equal(text, "mine");
        free(text);
        assert_int_equal(count_files(p->folder), files);
        assert_fine(mmoe_export_write(s, 1, path, &goes_on, &runs, &err));
        assert_true(runs == 3 && told == 3);
        text = read_file(path, NULL);
        assert_null(strstr(text, "mine"));
        free(text);
    }
    mmoe_store_close(s);
}

/* Not that it was stopped. */
static void what_went_wrong_is_told(void **state)
{
    struct place *p = *state;
    struct mmoe_store *s = make_study(p);
    char path[200];
    run_sql(p->file, "DROP TABLE gates");
    snprintf(path, sizeof path, "%s/out.jsonl", p->folder);
    assert_refused(mmoe_export_write(s, 1, path, NULL, NULL, &err), MMOE_IO, "gates");
    assert_int_equal(access(path, F_OK), -1);
    mmoe_store_close(s);
}

static void a_study_without_runs_has_a_head(void **state)
{
    struct place *p = *state;
    struct mmoe_grid g;
    char path[200];
    size_t runs = 77;
    small_grid(&g, 1);
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    new_study(s, &g);
    snprintf(path, sizeof path, "%s/out.csv", p->folder);
    assert_fine(mmoe_export_write(s, 1, path, NULL, &runs, &err));
    assert_int_equal(runs, 0);
    char *text = read_file(path, NULL);
    assert_string_equal(text, "run,cell,model,p,seed.data,seed.init,seed.order,step,diverged_step,"
                              "pearson,overlap,divergence\n");
    free(text);
    mmoe_store_close(s);
}

TESTS(PLACED(a_csv_has_a_line_for_each_run), PLACED(an_axis_over_models_has_one_column),
      PLACED(json_lines_have_curve_and_gates), PLACED(the_same_runs_give_the_same_bytes),
      PLACED(what_fails_leaves_the_old_file), PLACED(what_is_stopped_leaves_the_old_file),
      PLACED(what_went_wrong_is_told), PLACED(a_study_without_runs_has_a_head))
