/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run kept as arrays and restored goes on as if it had never stopped; what is damaged is refused.
 */
#include "src/dataset/arrays.h"
#include "src/dataset/dataset.h"
#include "tests/runs.h"
#include "tests/stores.h"

/* All but those whose name is left out (NULL: none) are the same bits. */
static void assert_same_arrays(const struct mmoe_arrays *a, const struct mmoe_arrays *b,
                               bool (*is_left_out)(const char *name))
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct mmoe_array *x = &a->list[i], *y = &b->list[i];
        assert_string_equal(x->name, y->name);
        if (is_left_out && is_left_out(x->name))
            continue;
        assert_int_equal(x->n, y->n);
        if (x->n)
            assert_memory_equal(x->data, y->data, x->n * arrays_each(x->type));
    }
}

static void check_same(struct mmoe_run *a, struct mmoe_run *b)
{
    const struct mmoe_snapshot *x = mmoe_run_snapshot(a), *y = mmoe_run_snapshot(b);
    struct mmoe_arrays left = {0}, right = {0};
    assert_true(x->step == y->step && x->curve_count == y->curve_count && x->stopped == y->stopped);
    assert_fine(mmoe_run_save(a, &left, &err));
    assert_fine(mmoe_run_save(b, &right, &err));
    assert_same_arrays(&left, &right, NULL);
    assert_memory_equal(x->gate.mean, y->gate.mean, sizeof x->gate.mean);
    mmoe_arrays_done(&left);
    mmoe_arrays_done(&right);
}

static void damage(struct mmoe_arrays *a, const char *name, size_t at, double value)
{
    const struct mmoe_array *v = mmoe_arrays_find(a, name);
    if (v->type == MMOE_I64)
        ((int64_t *)v->data)[at] = (int64_t)value;
    else if (v->type == MMOE_F64)
        ((double *)v->data)[at] = value;
    else
        ((float *)v->data)[at] = (float)value;
}

static void a_restored_run_goes_on(void **state)
{
    struct place *p = *state;
    static const char *const extras[][4] = {{"optimizer", "sgd", "lr", "0.01"},
                                            {"keep-best", "on", "patience", "2"},
                                            {"dropout", "0.2", "schedule", "cosine"},
                                            {"top-k", "2", "clip", "1"}};
    for (size_t m = 0; m < mmoe_model_count(); m++) {
        struct mmoe_options o;
        struct mmoe_arrays out = {0}, in = {0};
        small_options(&o);
        put(&o, "model", mmoe_model_name(mmoe_model_at(m)));
        put(&o, extras[m % 4][0], extras[m % 4][1]);
        put(&o, extras[m % 4][2], extras[m % 4][3]);
        struct mmoe_run *straight = make_run(&o), *stopped = make_run(&o), *restored = make_run(&o);
        train(straight, 60);
        train(stopped, 33);
        assert_fine(mmoe_run_save(stopped, &out, &err));
        snprintf(p->file, sizeof p->file, "%s/c.npz", p->folder);
        assert_fine(mmoe_arrays_write(&out, p->file, &err));
        assert_fine(mmoe_arrays_read(&in, p->file, &err));
        assert_fine(mmoe_run_restore(restored, &in, &err));
        train(restored, 27);
        check_same(straight, restored);
        mmoe_arrays_done(&out);
        mmoe_arrays_done(&in);
        mmoe_run_free(straight);
        mmoe_run_free(stopped);
        mmoe_run_free(restored);
    }
}

/* Embedded rows, of a stream: vectors, their sums and what the truth says of curves. */
static void a_restored_run_of_a_recommender_goes_on(void **state)
{
    struct place *p = *state;
    static const char *const optimizers[] = {"adagrad", "sgd"};
    for (size_t i = 0; i < 2; i++) {
        struct mmoe_options o;
        struct mmoe_arrays out = {0}, in = {0};
        small_options(&o);
        put(&o, "data", "recommender");
        put(&o, "users", "300");
        put(&o, "items", "100");
        put(&o, "rows", "stream");
        put(&o, "hash", "6");
        put(&o, "lower-units", "12");
        put(&o, "keep-best", "on");
        put(&o, "embedding-optimizer", optimizers[i]);
        struct mmoe_run *straight = make_run(&o), *stopped = make_run(&o), *restored = make_run(&o);
        train(straight, 60);
        train(stopped, 33);
        assert_fine(mmoe_run_save(stopped, &out, &err));
        snprintf(p->file, sizeof p->file, "%s/c.npz", p->folder);
        assert_fine(mmoe_arrays_write(&out, p->file, &err));
        assert_fine(mmoe_arrays_read(&in, p->file, &err));
        assert_fine(mmoe_run_restore(restored, &in, &err));
        train(restored, 27);
        check_same(straight, restored);
        assert_memory_equal(mmoe_net_params(mmoe_run_net(straight)),
                            mmoe_net_params(mmoe_run_net(restored)),
                            mmoe_net_kept(mmoe_run_net(straight)) * sizeof(mmoe_real));
        const struct mmoe_snapshot *a = mmoe_run_snapshot(straight),
                                   *b = mmoe_run_snapshot(restored);
        assert_int_equal(a->curve_count, b->curve_count);
        assert_memory_equal(a->curve, b->curve, a->curve_count * sizeof *a->curve);
        assert_true(a->value[MMOE_AUC_TRUE][0] > 0 && a->value[MMOE_R2][0] < 1);
        damage(&in, "sum.embeddings", 3, -1);
        if (i == 0)
            assert_refused(mmoe_run_restore(stopped, &in, &err), MMOE_INVALID, "of the embeddings");
        damage(&in, "sum.embeddings", 3, 0);
        damage(&in, "embeddings.rows", 3, 1);
        if (i == 0) /* not ascending */
            assert_refused(mmoe_run_restore(stopped, &in, &err), MMOE_INVALID, "of the embeddings");
        mmoe_arrays_done(&out);
        mmoe_arrays_done(&in);
        mmoe_run_free(straight);
        mmoe_run_free(stopped);
        mmoe_run_free(restored);
    }
}

/* One step of twenty rows moves few of twenty thousand embeddings. */
static void embeddings_that_did_not_move_are_not_kept(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_arrays out = {0};
    size_t rows;
    small_options(&o);
    put(&o, "data", "recommender");
    put(&o, "users", "20000");
    put(&o, "batch", "20");
    struct mmoe_run *run = make_run(&o), *other = make_run(&o);
    train(run, 1);
    mmoe_net_embedding_sums(mmoe_run_net(run), &rows);
    assert_fine(mmoe_run_save(run, &out, &err));
    const struct mmoe_array *kept = mmoe_arrays_find(&out, "embeddings.rows");
    assert_true(rows > 20000 && kept && kept->n >= 20 && kept->n <= 20 * 14);
    assert_fine(mmoe_run_restore(other, &out, &err));
    assert_memory_equal(mmoe_net_params(mmoe_run_net(run)), mmoe_net_params(mmoe_run_net(other)),
                        mmoe_net_kept(mmoe_run_net(run)) * sizeof(mmoe_real));
    mmoe_arrays_done(&out);
    mmoe_run_free(run);
    mmoe_run_free(other);
}

/* --- what mmoe 0.1 saved --- */

/* What the driver of a run adds, its state and seconds; and metrics that mmoe 0.1 did not
 * know.
 */
static bool is_left_out(const char *name)
{
    return strcmp(name, "run.rows_off") == 0 || strcmp(name, "run.r2") == 0 ||
           strcmp(name, "run.auc_true") == 0 || strcmp(name, "run.auc_gap") == 0 ||
           strncmp(name, "run.gate_", 9) == 0 || strcmp(name, "run.counts") == 0 ||
           strcmp(name, "run.numbers") == 0 || strcmp(name, "run.journal") == 0;
}

/* A session at step 10 of 20, saved before tasks had names and rows three parts. Going on gives the
 * bits of a run from the start. */
static void a_session_of_mmoe_0_1_goes_on(void **state)
{
    struct place *p = *state;
    struct mmoe_options o;
    struct mmoe_arrays in = {0}, restored = {0}, fresh = {0};
    snprintf(p->file, sizeof p->file, "%s/s.npz", p->folder);
    copy_case("session-0.1.npz", p->file);
    assert_fine(mmoe_arrays_read(&in, p->file, &err));
    char *options = mmoe_arrays_text(&in, "run.options");
    assert_non_null(strstr(options, "data-file=none"));
    mmoe_options_default(&o);
    assert_fine(mmoe_options_read(&o, options, &err));
    mmoe_free(options);
    struct mmoe_run *a = make_run(&o), *b = make_run(&o);
    assert_fine(mmoe_run_restore(a, &in, &err));
    assert_int_equal(mmoe_run_at(a), 10);
    train(b, 10);
    for (size_t step = 10; step <= 20; step += 10) {
        const struct mmoe_snapshot *x = mmoe_run_snapshot(a), *y = mmoe_run_snapshot(b);
        assert_memory_equal(x->value, y->value, sizeof x->value);
        assert_memory_equal(x->gate.mean, y->gate.mean, sizeof x->gate.mean);
        assert_fine(mmoe_run_save(a, &restored, &err));
        assert_fine(mmoe_run_save(b, &fresh, &err));
        assert_same_arrays(&restored, &fresh, is_left_out);
        mmoe_arrays_done(&restored);
        mmoe_arrays_done(&fresh);
        train(a, 10);
        train(b, 10);
    }
    mmoe_run_test(a);
    mmoe_run_test(b);
    assert_memory_equal(mmoe_run_snapshot(a)->final, mmoe_run_snapshot(b)->final,
                        sizeof mmoe_run_snapshot(a)->final);
    mmoe_arrays_done(&in);
    mmoe_run_free(a);
    mmoe_run_free(b);
}

/* --- tasks without labels --- */

/* Task 2 has no label anywhere: no variance, no loss. mmoe 0.1 wrote 0 for both. */
static void a_task_without_labels_comes_back(void **state)
{
    (void)state;
    for (int before = 0; before < 2; before++) {
        struct mmoe_options o;
        struct mmoe_arrays a = {0};
        small_options(&o);
        put(&o, "keep-best", "on");
        struct mmoe_dataset *d = make_rows(&o);
        const struct mmoe_rows *parts[] = {&d->train, &d->test};
        for (size_t p = 0; p < 2; p++)
            for (size_t i = 0; i < parts[p]->n; i++)
                ((mmoe_real *)mmoe_dataset_fill(parts[p]->y))[i * 2 + 1] = (mmoe_real)NAN;
        assert_fine(mmoe_dataset_measure(d, &err));
        assert_true(isnan(d->var[1]) && isfinite(d->var[0]));
        struct mmoe_run *straight = make_run_on(&o, d), *restored = make_run_on(&o, d);
        train(straight, 33);
        assert_fine(mmoe_run_save(straight, &a, &err));
        if (before) {
            damage(&a, "run.data", 3, 0);
            for (size_t i = 0; i < mmoe_run_snapshot(straight)->curve_count; i++)
                damage(&a, "run.curve", 5 * i + 2, 0);
            damage(&a, "run.best", 2, 0);
        }
        assert_fine(mmoe_run_restore(restored, &a, &err));
        train(straight, 27);
        train(restored, 27);
        check_same(straight, restored);
        const struct mmoe_snapshot *s = mmoe_run_snapshot(restored);
        for (size_t m = 0; m < MMOE_METRICS; m++)
            assert_true(isnan(s->value[m][1]) && isnan(s->best.value[m][1]) &&
                        isnan(s->curve[0].value[m][1]));
        mmoe_arrays_done(&a);
        mmoe_run_free(straight);
        mmoe_run_free(restored);
        mmoe_dataset_free(d);
    }
}

/* --- what is refused --- */

static void what_is_damaged_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t at;
        double value;
        const char *part;
    } cases[] = {
        {"run.counts", 0, -1, "the run"},
        {"run.counts", 0, 1e15, "the run"},
        {"run.counts", 3, 0, "the run"},
        {"run.counts", 7, 99, "the run"},
        {"run.counts", 7, 5, "the run"}, /* diverged, by nothing */
        {"run.ending", 0, 1, "the run"},
        {"run.ending", 0, 9, "the run"},
        {"run.ending", 1, 2, "the run"},
        {"run.ending", 2, 1e6, "the run"},
        {"run.curve", 0, -5, "the curve"},
        {"run.curve", 0, NAN, "the curve"},
        {"run.best", 0, 1e9, "the curve"},
        {"run.counts", 2, 7, "the curve"},
        {"run.curve", 5, 0, "the curve"},
        {"run.curve", 1, INFINITY, "the curve"},
        {"run.recent", 3, NAN, "the curve"},
        {"run.rows_off", 0, -0.1, "the curve"},
        {"run.rows_off", 3, 1.1, "the curve"},
        {"run.numbers", 0, 2, "the run"},
        {"run.numbers", 1, NAN, "the run"},
        {"run.numbers", 2, -1, "the run"},
        {"run.data", 0, 7, "the rows are not those"},
        {"run.data", 3, 1e-3, "the rows are not those"},
        {"sum2.gates.weight", 1, -1, "sum2"},
        {"weights.gates.weight", 3, NAN, "gates.weight"},
        {"sum2.towers.out.bias", 0, INFINITY, "towers.out.bias"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mmoe_options o;
        struct mmoe_arrays a = {0};
        small_options(&o);
        struct mmoe_run *run = make_run(&o), *other = make_run(&o);
        train(run, 25);
        assert_fine(mmoe_run_save(run, &a, &err));
        damage(&a, cases[i].name, cases[i].at, cases[i].value);
        assert_refused(mmoe_run_restore(other, &a, &err), MMOE_INVALID, cases[i].part);
        mmoe_arrays_done(&a);
        mmoe_run_free(run);
        mmoe_run_free(other);
    }
    struct mmoe_options o;
    struct mmoe_arrays none = {0};
    small_options(&o);
    struct mmoe_run *run = make_run(&o);
    assert_refused(mmoe_run_restore(run, &none, &err), MMOE_INVALID, "the run is missing");
    mmoe_run_free(run);
}

/* A run whose first losses were not finite has an empty curve, and comes back as it was. */
static void what_diverged_at_once_comes_back(void **state)
{
    (void)state;
    struct mmoe_options o;
    struct mmoe_arrays a = {0};
    small_options(&o);
    struct mmoe_run *run = make_run(&o), *other = make_run(&o);
    for (size_t i = 0; i < mmoe_net_size(mmoe_run_net(run)); i++)
        mmoe_net_params(mmoe_run_net(run))[i] = (mmoe_real)1e30;
    mmoe_run_step(run);
    assert_int_equal(mmoe_run_snapshot(run)->state, MMOE_RUN_DIVERGED);
    assert_fine(mmoe_run_save(run, &a, &err));
    assert_fine(mmoe_run_restore(other, &a, &err));
    assert_int_equal(mmoe_run_snapshot(other)->diverged_step, 1);
    assert_int_equal(mmoe_run_step(other), MMOE_DIVERGED);
    mmoe_arrays_done(&a);
    mmoe_run_free(run);
    mmoe_run_free(other);
}

static void options_survive_as_text(void **state)
{
    (void)state;
    struct mmoe_options o, back;
    struct mmoe_text t = {0};
    mmoe_options_default(&o);
    mmoe_options_default(&back);
    put(&o, "p", "0.123456789012345");
    put(&o, "model", "cross-stitch");
    put(&o, "expert-units", "64,32");
    put(&o, "data", "/tmp/a=b.npz");
    put(&o, "seed.order", "18446744073709551615");
    mmoe_options_text(&o, &t);
    assert_fine(mmoe_options_read(&back, t.s, &err));
    assert_memory_equal(&o, &back, sizeof o);
    assert_refused(mmoe_options_read(&back, "p=0.5\nspeed of light=1\n", &err), MMOE_UNKNOWN,
                   "speed of light");
    assert_refused(mmoe_options_read(&back, "p=0.5\nlr", &err), MMOE_INVALID,
                   "'lr' is no option with its value");
    assert_refused(mmoe_options_read(&back, "p=7\n", &err), MMOE_RANGE, "p must be");
    assert_memory_equal(&o, &back, sizeof o);
    mmoe_text_done(&t);
}

/* Rows that choices are made by are among those it was trained with, and test rows give what they
 * gave. */
static void validation_rows_are_compared_and_test_rows_measured(void **state)
{
    (void)state;
    struct mmoe_options o, without;
    struct mmoe_arrays a = {0};
    small_options(&o);
    without = o;
    put(&o, "validation-rows", "70");
    struct mmoe_run *run = make_run(&o), *same = make_run(&o), *other = make_run(&without);
    train(run, mmoe_run_snapshot(run)->steps);
    mmoe_run_test(run);
    mmoe_run_mark(run, MMOE_RUN_FINISHED, 0);
    assert_fine(mmoe_run_save(run, &a, &err));
    assert_refused(mmoe_run_restore(other, &a, &err), MMOE_INVALID, "the rows are not those");
    assert_fine(mmoe_run_restore(same, &a, &err));
    const struct mmoe_snapshot *was = mmoe_run_snapshot(run), *is = mmoe_run_snapshot(same);
    assert_true(was->tested && is->tested);
    assert_memory_equal(is->final[MMOE_LOSS], was->final[MMOE_LOSS], was->tasks * sizeof(double));
    mmoe_arrays_done(&a);
    mmoe_run_free(run);
    mmoe_run_free(same);
    mmoe_run_free(other);
}

TESTS(PLACED(a_restored_run_goes_on), PLACED(a_restored_run_of_a_recommender_goes_on),
      PLACED(embeddings_that_did_not_move_are_not_kept), PLACED(a_session_of_mmoe_0_1_goes_on),
      cmocka_unit_test(a_task_without_labels_comes_back),
      cmocka_unit_test(what_is_damaged_is_refused),
      cmocka_unit_test(validation_rows_are_compared_and_test_rows_measured),
      cmocka_unit_test(what_diverged_at_once_comes_back), cmocka_unit_test(options_survive_as_text))
