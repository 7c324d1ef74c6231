/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scores.c - what a run predicts for all rows it was not trained on, and what it makes of one. */
#include <math.h>
#include <string.h>

#include <mmoe/delong.h>
#include <mmoe/mem.h>
#include <mmoe/table.h>

#include "src/train/run.h"

/* score (n,T) of a part. */
static void predict(struct mmoe_run *run, const struct mmoe_rows *part, mmoe_real *score)
{
    for (size_t i = 0, most; i < part->n; i += most) {
        most = run_batch_of(run, part->n - i);
        const struct mmoe_rows rows = mmoe_rows_slice(part, i, most);
        memcpy(score + i * part->tasks, mmoe_net_forward(run->net, &rows),
               rows.n * part->tasks * sizeof *score);
    }
}

/* (T) AUC of a part, and its standard error over rows. */
static void add_auc(const struct mmoe_dataset *d, const struct mmoe_rows *part,
                    const mmoe_real *score, double *auc, double *se)
{
    double *label = mmoe_alloc(part->n, sizeof *label),
           *scores = mmoe_alloc(part->n, sizeof *scores);
    for (size_t k = 0; k < d->tasks; k++) {
        struct mmoe_delong found;
        for (size_t i = 0; i < part->n; i++) {
            label[i] = (double)part->y[i * d->tasks + k];
            scores[i] = (double)score[i * d->tasks + k];
        }
        mmoe_delong(d->task[k].binary ? part->n : 0, label, scores, NULL, &found);
        auc[k] = found.auc[0];
        se[k] = found.se[0];
    }
    mmoe_free(label);
    mmoe_free(scores);
}

/* The rows of both parts, in the order of the file. */
static void put_in_order(const struct mmoe_dataset *d, const mmoe_real *validation,
                         const mmoe_real *test, float *out)
{
    for (size_t m = 0; m < d->validation.n + d->test.n; m++) {
        bool validates = d->table ? d->table->validates[m] : m < d->validation.n;
        const mmoe_real **from = validates ? &validation : &test;
        for (size_t k = 0; k < d->tasks; k++)
            *out++ = (float)*(*from)++;
    }
}

enum mmoe_status mmoe_run_scores(struct mmoe_run *run, struct mmoe_arrays *out,
                                 struct mmoe_error *err)
{
    const struct mmoe_dataset *d = run->data;
    const size_t shape[] = {d->validation.n + d->test.n, d->tasks}, parts[] = {2, d->tasks};
    struct mmoe_array *score, *auc, *se;
    mmoe_run_evaluate(run);
    if (run->shot.state == MMOE_RUN_DIVERGED)
        return mmoe_fail(err, MMOE_STATE, "a run that diverged predicts nothing: reset it first");
    if (!(score = mmoe_arrays_add(out, "score", MMOE_F32, 2, shape, err)) ||
        !(auc = mmoe_arrays_add(out, "auc", MMOE_F64, 2, parts, err)) ||
        !(se = mmoe_arrays_add(out, "auc_se", MMOE_F64, 2, parts, err)))
        return err->status;
    mmoe_real *validation = mmoe_alloc(d->validation.n * d->tasks, sizeof *validation),
              *test = mmoe_alloc(d->test.n * d->tasks, sizeof *test);
    run_best_begin(run);
    predict(run, &d->validation, validation);
    predict(run, &d->test, test);
    run_best_end(run);
    put_in_order(d, validation, test, score->data);
    add_auc(d, &d->validation, validation, auc->data, se->data);
    add_auc(d, &d->test, test, (double *)auc->data + d->tasks, (double *)se->data + d->tasks);
    mmoe_free(validation);
    mmoe_free(test);
    return MMOE_OK;
}

/* Where row m, from 0, of all rows not trained on is. */
static const struct mmoe_rows *find_row(const struct mmoe_dataset *d, size_t m, size_t *at)
{
    size_t validating = 0;
    if (!d->table) {
        bool validates = m < d->validation.n;
        *at = validates ? m : m - d->validation.n;
        return validates ? &d->validation : &d->test;
    }
    for (size_t i = 0; i < m; i++)
        validating += d->table->validates[i];
    *at = d->table->validates[m] ? validating : m - validating;
    return d->table->validates[m] ? &d->validation : &d->test;
}

enum mmoe_status mmoe_run_see(struct mmoe_run *run, size_t row, struct mmoe_seen *out,
                              struct mmoe_error *err)
{
    const struct mmoe_dataset *d = run->data;
    size_t rows = d->validation.n + d->test.n;
    if (row < 1 || row > rows)
        return mmoe_fail(err, MMOE_RANGE, "row %s: there are rows 1 to %s that are not trained on",
                         mmoe_format_count(row, MMOE_NUMBER), mmoe_format_count(rows, MMOE_NUMBER));
    *out = (struct mmoe_seen){.row = row, .tasks = d->tasks};
    const struct mmoe_rows *part = find_row(d, row - 1, &out->at);
    const struct mmoe_rows one = mmoe_rows_slice(part, out->at, 1);
    out->validates = part == &d->validation;
    struct mmoe_gates gate;
    struct mmoe_activity activity;
    mmoe_net_evaluating(run->net);
    mmoe_net_profile(run->net, NULL);
    diagnosis_begin(&run->diagnosis);
    const mmoe_real *p = mmoe_net_forward(run->net, &one);
    diagnosis_add(&run->diagnosis, run->net, 1);
    diagnosis_end(&run->diagnosis, run->net, &gate, &activity);
    mmoe_net_profile(run->net, run->phases);
    out->gates = gate.gates;
    out->experts = gate.experts;
    memcpy(out->weight, gate.mean, sizeof out->weight);
    for (size_t k = 0; k < d->tasks; k++) {
        out->predicted[k] = (double)p[k];
        out->label[k] = (double)one.y[k];
    }
    return MMOE_OK;
}
