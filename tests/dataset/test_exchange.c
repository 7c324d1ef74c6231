/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows out to a file and in again; rows that are not whole. */
#include <mmoe/dataset.h>
#include <mmoe/mat.h>
#include <mmoe/run.h>

#include "tests/stores.h"

static struct mmoe_error why;

static void to_file(const char *path, const struct mmoe_arrays *a)
{
    assert_fine(mmoe_arrays_write(a, path, &err));
}

static void rows_come_back(void **state)
{
    struct place *p = *state;
    struct mmoe_options o;
    struct mmoe_arrays a = {0};
    small_options(&o);
    put(&o, "missing", "0.2");
    put(&o, "binary", "2");
    struct mmoe_dataset *d = mmoe_source_make(&o, NULL, &why);
    assert_fine(mmoe_exchange_export(d, &a, &err));
    snprintf(p->file, sizeof p->file, "%s/rows.npz", p->folder);
    to_file(p->file, &a);
    put(&o, "data", p->file);
    put(&o, "dim", "77"); /* means nothing now */
    struct mmoe_dataset *e = mmoe_source_make(&o, NULL, &why);
    if (!e)
        fail_msg("%s", why.text);
    assert_true(e->train.n == 500 && e->test.n == 100 && e->dim == 10 && e->tasks == 2);
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
    mmoe_mat_init();
    struct mmoe_run *run = mmoe_run_new(&o, e, &why); /* a run learns from the labels there are */
    while (mmoe_run_step(run) == MMOE_CONTINUE)
        continue;
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    assert_true(s->binary[1] && !s->binary[0] && s->state != MMOE_RUN_DIVERGED);
    assert_true(s->value[MMOE_LOSS][0] < s->curve[0].value[MMOE_LOSS][0] && s->quality[1] > 0.7 &&
                s->quality[1] <= 1);
    mmoe_run_free(run);
    mmoe_arrays_done(&a);
    mmoe_dataset_free(d);
    mmoe_dataset_free(e);
}

/* The rows of a small file with one array replaced by what the case says. */
static void refused(struct place *p, const char *name, size_t rows, size_t columns, float bad,
                    const char *part)
{
    static const struct {
        const char *name;
        size_t rows, columns;
    } arrays[] = {{"x_train", 30, 3}, {"y_train", 30, 2}, {"x_test", 10, 3}, {"y_test", 10, 2}};
    struct mmoe_options o;
    struct mmoe_arrays a = {0};
    struct mmoe_error err;
    small_options(&o);
    put(&o, "binary", "2");
    for (size_t i = 0; i < 4; i++) {
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
    refused(p, "x_train", 30, 3, (float)NAN, "row 29, column 2 is not finite: inputs");
    refused(p, "y_train", 30, 2, INFINITY, "row 29, column 1 is not finite");
    refused(p, "y_train", 30, 2, 0.5f, "task 2 is binary, but its label is 0.5");
}

TESTS(PLACED(rows_come_back), PLACED(rows_that_are_not_whole_are_refused))
