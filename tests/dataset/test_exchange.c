/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows out to a file and in again; rows that are not whole. */
#include <mmoe/exchange.h>

#include "src/dataset/digest.h"
#include "tests/runs.h"
#include "tests/stores.h"

static struct mmoe_error why;

static void to_file(const char *path, const struct mmoe_arrays *a)
{
    assert_fine(mmoe_arrays_write(a, path, &err));
}

static void assert_same_part(const struct mmoe_rows *a, const struct mmoe_rows *b)
{
    assert_true(a->n == b->n && a->dim == b->dim && a->tasks == b->tasks);
    assert_memory_equal(a->x, b->x, a->n * a->dim * sizeof *a->x);
    assert_memory_equal(a->y, b->y, a->n * a->tasks * sizeof *a->y); /* NaN by its bits */
}

static void rows_come_back(void **state)
{
    struct place *p = *state;
    struct mmoe_options o;
    struct mmoe_arrays a = {0};
    small_options(&o);
    put(&o, "missing", "0.2");
    put(&o, "binary", "2");
    put(&o, "validation-rows", "40");
    struct mmoe_dataset *d = make_rows(&o);
    assert_fine(mmoe_exchange_export(d, &a, &err));
    snprintf(p->file, sizeof p->file, "%s/rows.npz", p->folder);
    to_file(p->file, &a);
    put(&o, "data", p->file);
    put(&o, "dim", "77"); /* means nothing now */
    struct mmoe_dataset *e = make_rows(&o);
    assert_true(e->train.n == 500 && e->test.n == 100 && e->dim == 10 && e->tasks == 2);
    assert_same_part(&d->validation, &e->validation);
    assert_null(mmoe_arrays_find(&a, "tasks")); /* letters need no telling */
    assert_memory_equal(d->train.x, e->train.x, 500 * 10 * sizeof *d->train.x);
    assert_memory_equal(d->train.y, e->train.y, 500 * 2 * sizeof *d->train.y);
    assert_memory_equal(d->test.y, e->test.y, 100 * 2 * sizeof *d->train.y);
    size_t missing = 0;
    for (size_t i = 0; i < 1000; i++)
        missing += isnan(d->train.y[i]);
    assert_true(missing > 150 && missing < 250);
    assert_near(e->var[0], d->var[0], 0);
    assert_near(e->var[1], d->var[1], 0);
    assert_near(e->pearson, d->pearson, 0);
    assert_near(e->cosine, d->cosine, 1e-12);
    struct mmoe_run *run = make_run_on(&o, e); /* a run learns from the labels there are */
    finish(run);
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    assert_true(s->task[1].binary && !s->task[0].binary && s->state != MMOE_RUN_DIVERGED);
    assert_true(s->value[MMOE_LOSS][0] < s->curve[0].value[MMOE_LOSS][0] &&
                s->value[MMOE_AUC][1] > 0.7 && s->value[MMOE_AUC][1] <= 1);
    mmoe_run_free(run);
    mmoe_arrays_done(&a);
    mmoe_dataset_free(d);
    mmoe_dataset_free(e);
}

/* --- any number of tasks --- */

enum { DIM = 3, TRAIN = 30, VALIDATION = 7, TEST = 11 };

/* Labels of every second task are 0 or 1; some are missing, and of the last task all held-out ones
 * where there are several. */
static void add_part(struct mmoe_arrays *a, const char *name, size_t rows, size_t tasks)
{
    const size_t x[] = {rows, DIM}, y[] = {rows, tasks};
    char full[40];
    snprintf(full, sizeof full, "x_%s", name);
    struct mmoe_array *v = mmoe_arrays_add(a, full, MMOE_F32, 2, x, &why);
    for (size_t i = 0; i < v->n; i++)
        ((float *)v->data)[i] = (float)sin((double)(i + rows));
    snprintf(full, sizeof full, "y_%s", name);
    v = mmoe_arrays_add(a, full, MMOE_F32, 2, y, &why);
    for (size_t i = 0; i < v->n; i++) {
        size_t k = i % tasks;
        double label = cos((double)(3 * i + rows));
        bool missing = i % 13 == 4 || (tasks > 1 && k == tasks - 1 && rows != TRAIN);
        ((float *)v->data)[i] = missing ? (float)NAN : k % 2 ? (float)(label > 0) : (float)label;
    }
}

/* What is told of a task's training labels: how many are missing, which share is yes. */
static void check_labels(const struct mmoe_dataset *d, size_t k)
{
    size_t missing = 0;
    double yes = 0;
    for (size_t i = 0; i < d->train.n; i++) {
        mmoe_real y = d->train.y[i * d->tasks + k];
        missing += isnan(y);
        yes += isnan(y) ? 0 : (double)y;
    }
    assert_int_equal(d->missing[k], missing);
    assert_int_equal(isnan(d->yes[k]), !d->task[k].binary);
    if (d->task[k].binary)
        assert_near(d->yes[k], yes / (double)(d->train.n - missing), 1e-12);
}

/* What comes in of rows with so many tasks goes out and comes in again. */
static void check_tasks(struct place *p, size_t tasks, bool validation, const char *names,
                        const char *const *want)
{
    static const char *const binary[] = {"none", "none", "2", "2", "2", "2", "2", "2", "2,4,6,8"};
    struct mmoe_options o;
    struct mmoe_arrays in = {0}, out = {0};
    small_options(&o);
    put(&o, "binary", binary[tasks]);
    add_part(&in, "train", TRAIN, tasks);
    if (validation)
        add_part(&in, "validation", VALIDATION, tasks);
    add_part(&in, "test", TEST, tasks);
    if (names)
        assert_fine(mmoe_arrays_add_text(&in, "tasks", names, &err));
    snprintf(p->file, sizeof p->file, "%s/in.npz", p->folder);
    to_file(p->file, &in);
    put(&o, "data", p->file);
    struct mmoe_dataset *d = make_rows(&o);
    assert_true(d->tasks == tasks && d->dim == DIM && d->train.n == TRAIN && d->test.n == TEST);
    assert_int_equal(d->validation.n, validation ? VALIDATION : 0);
    for (size_t k = 0; k < tasks; k++) {
        assert_string_equal(d->task[k].name, want[k]);
        assert_int_equal(d->task[k].binary, k % 2);
        assert_true(isfinite(d->var[k]) && d->var[k] > 0);
        check_labels(d, k);
    }
    assert_int_equal(isnan(d->pearson), tasks == 1);
    assert_memory_equal(d->train.y, mmoe_arrays_find(&in, "y_train")->data,
                        TRAIN * tasks * sizeof(float));
    assert_true(isnan(d->test.y[4]) && (tasks == 1 || isnan(d->test.y[tasks - 1])));
    assert_true(isnan(d->cosine) && !d->w); /* nobody told the truth */

    assert_fine(mmoe_exchange_export(d, &out, &err));
    snprintf(p->file, sizeof p->file, "%s/out.safetensors", p->folder);
    to_file(p->file, &out);
    put(&o, "data", p->file);
    struct mmoe_dataset *e = make_rows(&o);
    assert_same_part(&d->train, &e->train);
    assert_same_part(&d->validation, &e->validation);
    assert_same_part(&d->test, &e->test);
    assert_memory_equal(d->task, e->task, sizeof d->task);
    assert_memory_equal(d->var, e->var, sizeof d->var);
    mmoe_dataset_free(d);
    mmoe_dataset_free(e);
    mmoe_arrays_done(&in);
    mmoe_arrays_done(&out);
}

static void any_number_of_tasks_comes_back(void **state)
{
    struct place *p = *state;
    static const char *const letters[] = {"A", "B", "C", "D", "E", "F", "G", "H"};
    static const char *const three[] = {"income", "never_married", "C"};
    static const char *const eight[] = {"z", "y", "x", "w", "v", "u", "t", "s"};
    static const char *const one[] = {"of_age"};
    check_tasks(p, 1, false, NULL, letters);
    check_tasks(p, 1, true, "of age", one);
    check_tasks(p, 3, true, NULL, letters);
    check_tasks(p, 3, true, "income\nnever married\n", three);
    check_tasks(p, 3, false, "income\nnever married\n\n", three);
    check_tasks(p, 3, true, "C\n", letters); /* the third is called so */
    check_tasks(p, 8, false, NULL, letters);
    check_tasks(p, 8, true, "z\ny\nx\nw\nv\nu\nt\ns", eight);
}

/* Names are bytes, a line each. */
static void names_go_out_as_text(void **state)
{
    struct place *p = *state;
    struct mmoe_options o;
    struct mmoe_arrays in = {0}, out = {0};
    small_options(&o);
    add_part(&in, "train", TRAIN, 2);
    add_part(&in, "test", TEST, 2);
    assert_fine(mmoe_arrays_add_text(&in, "tasks", "of age\nincome", &err));
    snprintf(p->file, sizeof p->file, "%s/in.npz", p->folder);
    to_file(p->file, &in);
    put(&o, "data", p->file);
    struct mmoe_dataset *d = make_rows(&o);
    assert_fine(mmoe_exchange_export(d, &out, &err));
    const struct mmoe_array *v = mmoe_arrays_find(&out, "tasks");
    assert_true(v && v->type == MMOE_U8 && v->ndim == 1 && v->n == strlen("of_age\nincome\n"));
    assert_memory_equal(v->data, "of_age\nincome\n", v->n);
    assert_null(mmoe_arrays_find(&out, "x_validation"));
    assert_null(mmoe_arrays_find(&out, "w"));
    mmoe_dataset_free(d);
    mmoe_arrays_done(&in);
    mmoe_arrays_done(&out);
}

/* --- what tells rows apart --- */

/* Two rows to train on and one to test on; of float64 where `wide`, and with what `change` names.
 */
static void digest_of(struct place *p, const char *name, bool wide, const char *change,
                      char out[MMOE_DIGEST_MAX])
{
    static const char *const names[] = {"x_train", "y_train", "x_test", "y_test"};
    static const double numbers[4][2] = {{1, 2}, {3}, {4, 5}, {(double)NAN}};
    struct mmoe_options o;
    struct mmoe_arrays in = {0};
    small_options(&o);
    for (size_t i = 0; i < 4; i++) {
        const size_t dim[] = {1, i % 2 ? 1 : 2};
        bool other = change && strcmp(change, names[i]) == 0;
        struct mmoe_array *v =
            mmoe_arrays_add(&in, names[i], wide ? MMOE_F64 : MMOE_F32, 2, dim, &why);
        for (size_t k = 0; k < dim[1]; k++) {
            double number = numbers[i][k] + (other && !isnan(numbers[i][k]) ? 0.5 : 0);
            if (other && isnan(number))
                number = 0;
            if (wide)
                ((double *)v->data)[k] = number;
            else
                ((float *)v->data)[k] = (float)number;
        }
    }
    if (change && strcmp(change, "tasks") == 0)
        assert_fine(mmoe_arrays_add_text(&in, "tasks", "income", &err));
    if (change && strcmp(change, "x_validation") == 0) {
        const size_t x[] = {1, 2}, y[] = {1, 1};
        mmoe_arrays_add(&in, "x_validation", MMOE_F32, 2, x, &why);
        mmoe_arrays_add(&in, "y_validation", MMOE_F32, 2, y, &why);
    }
    snprintf(p->file, sizeof p->file, "%s/%s", p->folder, name);
    to_file(p->file, &in);
    put(&o, "data", p->file);
    struct mmoe_dataset *d = make_rows(&o);
    memcpy(out, d->digest, MMOE_DIGEST_MAX);
    mmoe_dataset_free(d);
    mmoe_arrays_done(&in);
}

/* The digest was computed with Python's hashlib from what mmoe-formats(5) says. */
static void rows_have_a_digest(void **state)
{
    static const char want[] = "b4a889fc12c9e31d18b02e36dfa65e5d989047de2f09207a5913fd854a27f7f8";
    static const char *const changes[] = {"x_train", "y_train", "x_test",
                                          "y_test",  "tasks",   "x_validation"};
    struct place *p = *state;
    char digest[MMOE_DIGEST_MAX];
    digest_of(p, "a.npz", false, NULL, digest);
    assert_string_equal(digest, want);
    digest_of(p, "a.safetensors", true, NULL, digest); /* the container does not matter */
    assert_string_equal(digest, want);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        digest_of(p, "b.npz", false, changes[i], digest);
        assert_int_equal(strlen(digest), strlen(want));
        if (strcmp(digest, want) == 0)
            fail_msg("%s makes no difference", changes[i]);
    }
    struct mmoe_options o;
    small_options(&o);
    struct mmoe_dataset *d = make_rows(&o);
    assert_string_equal(d->digest, "");
    mmoe_dataset_free(d);
}

/* --- what is refused --- */

/* The rows of a small file with one array replaced by what the case says. */
static void refused(struct place *p, const char *name, size_t rows, size_t columns, float bad,
                    const char *part)
{
    static const struct {
        const char *name;
        size_t rows, columns;
    } arrays[] = {{"x_train", 30, 3},     {"y_train", 30, 2}, {"x_validation", 8, 3},
                  {"y_validation", 8, 2}, {"x_test", 10, 3},  {"y_test", 10, 2}};
    struct mmoe_options o;
    struct mmoe_arrays a = {0};
    struct mmoe_error err;
    small_options(&o);
    put(&o, "binary", "2");
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        bool it = strcmp(name, arrays[i].name) == 0;
        const size_t dim[] = {it ? rows : arrays[i].rows, it ? columns : arrays[i].columns};
        if (dim[0] == 0)
            continue;
        struct mmoe_array *v = mmoe_arrays_add(&a, arrays[i].name, MMOE_F32, 2, dim, &why);
        for (size_t k = 0; k < v->n; k++)
            ((float *)v->data)[k] = (float)(k % 4 > 1);
        if (it)
            ((float *)v->data)[v->n - 1] = bad;
    }
    snprintf(p->file, sizeof p->file, "%s/bad.safetensors", p->folder);
    to_file(p->file, &a);
    put(&o, "data", p->file);
    struct mmoe_dataset *d = mmoe_source_make(&o, NULL, &err);
    if (!part && !d)
        fail_msg("%s", err.text);
    if (part && (d || !strstr(err.text, part)))
        fail_msg("%s %zu x %zu: '%s' is not in '%s'", name, rows, columns, part,
                 d ? "nothing" : err.text);
    mmoe_dataset_free(d);
    mmoe_arrays_done(&a);
}

static void rows_that_are_not_whole_are_refused(void **state)
{
    struct place *p = *state;
    refused(p, "x_train", 30, 3, 1, NULL);
    refused(p, "y_train", 30, 2, (float)NAN, NULL); /* missing */
    refused(p, "y_test", 0, 0, 1, "no array y_test");
    refused(p, "y_train", 29, 2, 1, "y_train is (29, 2)");
    refused(p, "x_test", 10, 4, 1, "x_test is (10, 4)");
    refused(p, "y_test", 10, 1, 1, "y_test is (10, 1)");
    refused(p, "x_validation", 0, 0, 1, "no array x_validation");
    refused(p, "y_validation", 0, 0, 1, "no array y_validation");
    refused(p, "x_validation", 8, 4, 1, "x_validation is (8, 4)");
    refused(p, "y_validation", 7, 2, 1, "y_validation is (7, 2)");
    refused(p, "y_validation", 8, 2, 0.5f, "y_validation, row 7: task B is binary");
    refused(p, "x_validation", 8, 3, (float)NAN, "array x_validation, row 7, column 2");
    refused(p, "x_train", 30, 3, (float)NAN, "row 29, column 2 is not finite: inputs");
    refused(p, "y_train", 30, 2, INFINITY, "row 29, column 1 is not finite");
    refused(p, "y_train", 30, 2, 0.5f, "task B is binary, but its label is 0.5");
}

static void too_many_tasks_are_refused(void **state)
{
    struct place *p = *state;
    struct mmoe_options o;
    struct mmoe_arrays a = {0};
    small_options(&o);
    add_part(&a, "train", TRAIN, MMOE_TASKS_MAX + 1);
    add_part(&a, "test", TEST, MMOE_TASKS_MAX + 1);
    snprintf(p->file, sizeof p->file, "%s/in.npz", p->folder);
    to_file(p->file, &a);
    put(&o, "data", p->file);
    assert_null(mmoe_source_make(&o, NULL, &why));
    assert_int_equal(why.status, MMOE_LIMIT);
    assert_non_null(strstr(why.text, "y_train has 9 tasks: at most 8"));
    mmoe_arrays_done(&a);
}

/* --- what else may be in a file --- */

static void take_case(struct place *p, const char *name)
{
    snprintf(p->file, sizeof p->file, "%s/%s", p->folder, name);
    copy_case(name, p->file);
}

/* The rows of a case from the field. */
static struct mmoe_dataset *rows_of(struct place *p, const char *name)
{
    struct mmoe_options o;
    small_options(&o);
    take_case(p, name);
    put(&o, "data", p->file);
    return make_rows(&o);
}

static void rows_are_read_whatever_lies_beside_them(void **state)
{
    static const struct {
        const char *name, *unread;
    } cases[] = {
        {"mixobj.npz", "meta"},
        {"mixstr.npz", "names"},
        {"datetime.npz", "when"},
        {"rec.npz", "rec"},
        {"big.npz", NULL},
        {"m4.safetensors", NULL},
        {"esc.safetensors", NULL},
        {"uni.safetensors", "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E-\xC3\xA9-\xF0\x9F\x9A\x80"},
    };
    struct place *p = *state;
    struct mmoe_dataset *ok = rows_of(p, "ok.npz");
    assert_null(ok->unread);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mmoe_dataset *d = rows_of(p, cases[i].name);
        assert_same_part(&ok->train, &d->train);
        assert_same_part(&ok->test, &d->test);
        assert_int_equal(!d->unread, !cases[i].unread);
        if (d->unread)
            assert_string_equal(d->unread, cases[i].unread);
        mmoe_dataset_free(d);
    }
    mmoe_dataset_free(ok);
}

static void whole_numbers_without_a_sign_are_rows(void **state)
{
    struct mmoe_dataset *d = rows_of(*state, "u32.npz"), *e = rows_of(*state, "u32.safetensors");
    assert_near(d->train.x[0], 53, 0);
    assert_near(d->train.y[0], 50, 0);
    assert_same_part(&d->train, &e->train);
    assert_same_part(&d->test, &e->test);
    mmoe_dataset_free(d);
    mmoe_dataset_free(e);
}

/* Put `to` in the file where `from`, which is as long, comes first. */
static void replace(const struct place *p, const char *from, const char *to)
{
    size_t n;
    char *bytes = read_file(p->file, &n), *at = memmem(bytes, n, from, strlen(from));
    assert_non_null(at);
    memcpy(at, to, strlen(to));
    write_file(p->file, bytes, n);
    free(bytes);
}

/* What is asked for must be numbers; what may be left out is, if it has none. */
static void rows_must_be_numbers(void **state)
{
    struct place *p = *state;
    struct mmoe_options o;
    small_options(&o);
    take_case(p, "m4.safetensors");
    put(&o, "data", p->file);
    replace(p, "\"F32\"", "\"C32\""); /* that of x_train, which comes first */
    assert_null(mmoe_source_make(&o, NULL, &why));
    assert_non_null(strstr(why.text, "array x_train has numbers of type C32: save it as float32"));
    take_case(p, "mixstr.npz");
    put(&o, "data", p->file);
    for (int i = 0; i < 2; i++) /* the local name, and that in the directory */
        replace(p, "names.npy", "tasks.npy");
    struct mmoe_dataset *d = make_rows(&o);
    assert_string_equal(d->unread, "tasks");
    assert_string_equal(d->task[0].name, "A");
    mmoe_dataset_free(d);
}

/* Of many rows it takes as long as reading them. */
static void a_digest_can_be_stopped(void **state)
{
    struct mmoe_options o;
    atomic_bool stop = true;
    (void)state;
    small_options(&o);
    struct mmoe_dataset *d = make_rows(&o);
    assert_false(digest_fill(d, &stop));
    assert_string_equal(d->digest, "");
    atomic_store(&stop, false);
    assert_true(digest_fill(d, &stop));
    assert_int_equal(strlen(d->digest), MMOE_DIGEST_MAX - 1);
    mmoe_dataset_free(d);
}

TESTS(PLACED(rows_come_back), PLACED(any_number_of_tasks_comes_back), PLACED(names_go_out_as_text),
      PLACED(rows_have_a_digest), cmocka_unit_test(a_digest_can_be_stopped),
      PLACED(too_many_tasks_are_refused), PLACED(rows_that_are_not_whole_are_refused),
      PLACED(rows_are_read_whatever_lies_beside_them),
      PLACED(whole_numbers_without_a_sign_are_rows), PLACED(rows_must_be_numbers))
