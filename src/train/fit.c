/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit.c - what a net has learned of a task.
 *
 * Where the truth is known, the held-out rows lie along s = w_k'x, which is normal with the
 * standard deviation |w_k|: bins cover three of them on either side, and rows beyond count in the
 * first and the last. A label y = f(s) + noise is 1 with the chance Phi(f(s) / noise) where
 * it is decided by its sign. Elsewhere the rows are put in the order of their predictions and
 * cut into tenths; of very many rows the first stand for all.
 */
#include "src/train/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <mmoe/infer.h>
#include <mmoe/mem.h>

#include "src/math/special.h"

enum { ROWS_MOST = 5000 }; /* that are put in order */
#define WIDTH 3.0          /* standard deviations on either side */

/* Sums over the rows of a bin. */
struct sums {
    size_t rows;
    double p, pp, y, yy, labelled, on, loss;
    size_t unit[MMOE_FIT_UNITS];
};

/* What is kept of a row of a task, to be put in order. */
struct row {
    float p, y, loss;
    unsigned on;    /* units that are on */
    uint32_t units; /* which of the first of them: a bit each */
};

struct fit {
    const struct mmoe_dataset *data;
    const struct mmoe_rows *rows;
    bool along;
    double noise;
    size_t kept;                                 /* rows that take part */
    double reach[MMOE_TASKS_MAX];                /* along: s at the end of the last bin */
    double truth[MMOE_TASKS_MAX][MMOE_FIT_FINE]; /* along: between its ends */
    unsigned char *bin;                          /* along: (T, kept) of each row */
    struct row *row;                             /* else: (T, kept) */
    size_t units[MMOE_TASKS_MAX], off[MMOE_TASKS_MAX], added;
    struct sums sum[MMOE_TASKS_MAX][MMOE_FIT_BINS];
};

/* --- where the rows lie --- */

static double dot(const double *w, const mmoe_real *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += w[i] * (double)x[i];
    return sum;
}

static size_t bin_of(double s, double reach)
{
    double place = (s + reach) / (2 * reach) * MMOE_FIT_BINS;
    return place > 0 ? (size_t)fmin(place, MMOE_FIT_BINS - 1) : 0;
}

static void place_rows(struct fit *f, size_t task)
{
    const struct mmoe_dataset *d = f->data;
    const double *w = d->w + task * d->dim;
    double square = 0;
    for (size_t i = 0; i < d->dim; i++)
        square += w[i] * w[i];
    f->reach[task] = square > 0 ? WIDTH * sqrt(square) : 1;
    for (size_t i = 0; i < f->kept; i++)
        f->bin[task * f->kept + i] =
            (unsigned char)bin_of(dot(w, f->rows->x + i * d->dim, d->dim), f->reach[task]);
}

static double truth_at(const struct fit *f, size_t task, double s)
{
    double y = s;
    for (size_t i = 0; i < f->data->sines; i++)
        y += sin(f->data->alpha[i] * s + f->data->beta[i]);
    if (!f->data->task[task].binary)
        return y;
    return f->noise > 0 ? special_normal_cdf(y / f->noise) : y > 0;
}

static void trace(struct fit *f, size_t task)
{
    for (size_t i = 0; i < MMOE_FIT_FINE; i++)
        f->truth[task][i] =
            truth_at(f, task, f->reach[task] * (2 * (double)i / (MMOE_FIT_FINE - 1) - 1));
}

static bool is_known(const struct mmoe_dataset *d, double noise)
{
    bool known = d->w && (d->sines == 0 || (d->alpha && d->beta));
    for (size_t k = 0; k < d->tasks; k++)
        known = known && !(d->task[k].binary && isnan(noise));
    return known;
}

struct fit *fit_new(const struct mmoe_dataset *data, double noise)
{
    struct fit *f = mmoe_alloc(1, sizeof *f);
    f->data = data;
    f->rows = mmoe_dataset_held_out(data);
    f->along = is_known(data, noise);
    f->noise = noise;
    f->kept = f->along || f->rows->n < ROWS_MOST ? f->rows->n : ROWS_MOST;
    if (f->along)
        f->bin = mmoe_alloc(data->tasks * f->kept, 1);
    else
        f->row = mmoe_alloc(data->tasks * f->kept, sizeof *f->row);
    for (size_t k = 0; k < data->tasks && f->along; k++) {
        place_rows(f, k);
        trace(f, k);
    }
    return f;
}

void fit_free(struct fit *f)
{
    if (!f)
        return;
    mmoe_free(f->bin);
    mmoe_free(f->row);
    mmoe_free(f);
}

/* --- gathering --- */

void fit_begin(struct fit *f)
{
    f->added = 0;
    memset(f->off, 0, sizeof f->off);
    memset(f->sum, 0, sizeof f->sum);
}

static double sigmoid(double x)
{
    return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}

/* The net's output p for a task as a prediction, and what it costs beside the label. */
static struct row row_of(bool binary, double p, double y)
{
    struct row r = {.y = (float)y};
    double output = p;
    p = binary ? sigmoid(p) : p;
    r.p = (float)p;
    if (isnan(y))
        r.loss = 0;
    else if (binary) /* ln(1 + e^-x) without overflow */
        r.loss = (float)(fmax(output, 0) - output * y + log1p(exp(-fabs(output))));
    else
        r.loss = (float)((p - y) * (p - y));
    return r;
}

static void note_units(struct row *r, const mmoe_real *y, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        bool on = y[j] > 0;
        r->on += on;
        if (j < MMOE_FIT_UNITS)
            r->units |= (uint32_t)on << j;
    }
}

static void add_row(struct sums *s, const struct row *r)
{
    s->rows++;
    s->p += (double)r->p;
    s->pp += (double)r->p * (double)r->p;
    s->on += r->on;
    s->loss += (double)r->loss;
    if (!isnan(r->y)) {
        s->labelled++;
        s->y += (double)r->y;
        s->yy += (double)r->y * (double)r->y;
    }
    for (size_t j = 0; j < MMOE_FIT_UNITS; j++)
        s->unit[j] += r->units >> j & 1;
}

static void add_task(struct fit *f, const struct mmoe_net *net, size_t k, size_t first, size_t rows,
                     const mmoe_real *p)
{
    size_t tasks = f->data->tasks, units, ld;
    const mmoe_real *y = mmoe_net_last_hidden(net, k, &units, &ld);
    f->units[k] = units;
    for (size_t i = 0; i < rows && first + i < f->kept; i++, y += ld) {
        size_t at = first + i;
        struct row r = row_of(f->data->task[k].binary, (double)p[i * tasks + k],
                              (double)f->rows->y[at * tasks + k]);
        note_units(&r, y, units);
        f->off[k] += r.on == 0;
        if (f->along)
            add_row(&f->sum[k][f->bin[k * f->kept + at]], &r);
        else
            f->row[k * f->kept + at] = r;
    }
}

void fit_add(struct fit *f, const struct mmoe_net *net, size_t first, size_t rows,
             const mmoe_real *p)
{
    for (size_t k = 0; k < f->data->tasks; k++)
        add_task(f, net, k, first, rows, p);
    f->added += first < f->kept ? (rows < f->kept - first ? rows : f->kept - first) : 0;
}

/* --- what it comes to --- */

static void take(const struct sums *s, double loss, struct mmoe_fit_bin *b)
{
    double n = (double)s->rows;
    b->rows = s->rows;
    b->low = b->high = b->mean = b->sd = b->on = b->loss = NAN;
    if (s->rows == 0)
        return;
    b->mean = s->p / n;
    b->sd = sqrt(fmax(0, s->pp / n - b->mean * b->mean));
    b->on = s->on / n;
    b->loss = loss > 0 ? s->loss / loss : (double)NAN;
    for (size_t j = 0; j < MMOE_FIT_UNITS; j++)
        b->unit[j] = (float)((double)s->unit[j] / n);
}

static double loss_of(const struct sums *s, size_t bins)
{
    double sum = 0;
    for (size_t i = 0; i < bins; i++)
        sum += s[i].loss;
    return sum;
}

static void end_along(const struct fit *f, size_t k, struct mmoe_fit_task *t)
{
    double loss = loss_of(f->sum[k], MMOE_FIT_BINS);
    t->bins = MMOE_FIT_BINS;
    t->reach = f->reach[k];
    memcpy(t->truth, f->truth[k], sizeof t->truth);
    for (size_t i = 0; i < t->bins; i++) {
        take(&f->sum[k][i], loss, &t->bin[i]);
        t->bin[i].s = f->reach[k] * ((2 * (double)i + 1) / MMOE_FIT_BINS - 1);
        t->bin[i].truth = truth_at(f, k, t->bin[i].s);
    }
}

static int by_prediction(const void *a, const void *b)
{
    float x = ((const struct row *)a)->p, y = ((const struct row *)b)->p;
    return (x > y) - (x < y);
}

/* The mean label of a tenth, and its interval: Wilson's of a share, else a normal one. */
static void observe(const struct sums *s, bool binary, struct mmoe_fit_bin *b)
{
    double n = s->labelled;
    b->s = b->mean;
    b->truth = n > 0 ? s->y / n : (double)NAN;
    if (!(n > 0))
        return;
    if (binary) {
        struct mmoe_interval share = mmoe_wilson(s->y, (size_t)n, 0.95);
        b->low = share.low;
        b->high = share.high;
    } else if (n > 1) {
        double half = special_normal_quantile(0.975) *
                      sqrt(fmax(0, s->yy / n - b->truth * b->truth) / (n - 1));
        b->low = b->truth - half;
        b->high = b->truth + half;
    }
}

static void end_deciles(const struct fit *f, size_t k, struct mmoe_fit_task *t)
{
    struct row *row = f->row + k * f->kept;
    struct sums sum[MMOE_FIT_DECILES] = {{0}};
    qsort(row, f->kept, sizeof *row, by_prediction);
    for (size_t i = 0; i < f->kept; i++)
        add_row(&sum[i * MMOE_FIT_DECILES / f->kept], &row[i]);
    double loss = loss_of(sum, MMOE_FIT_DECILES);
    t->bins = MMOE_FIT_DECILES;
    for (size_t i = 0; i < t->bins; i++) {
        take(&sum[i], loss, &t->bin[i]);
        observe(&sum[i], f->data->task[k].binary, &t->bin[i]);
    }
}

void fit_end(const struct fit *f, struct mmoe_fit *out)
{
    memset(out->task, 0, sizeof out->task);
    out->along = f->along;
    out->tasks = f->data->tasks;
    for (size_t k = 0; k < out->tasks && f->added > 0; k++) {
        (f->along ? end_along : end_deciles)(f, k, &out->task[k]);
        out->task[k].units = f->units[k];
        out->task[k].rows_off = (double)f->off[k] / (double)f->added;
    }
}
