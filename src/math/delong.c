/* SPDX-License-Identifier: GPL-3.0-or-later */
/* delong.c - the error of an AUC, and of a difference of two. */
#include <math.h>
#include <stdlib.h>

#include <mmoe/delong.h>
#include <mmoe/mem.h>

struct row {
    double score;
    size_t at;
    bool positive;
};

static int by_score(const void *a, const void *b)
{
    double x = ((const struct row *)a)->score, y = ((const struct row *)b)->score;
    return (x > y) - (x < y);
}

/* place (n): the placements of all rows that have a label; count: positives, negatives. */
static void placements(size_t n, const double *label, const double *score, const size_t count[2],
                       struct row *rows, double *place)
{
    size_t used = 0;
    double below[2] = {0}; /* positives and negatives with a lower score */
    for (size_t i = 0; i < n; i++)
        if (!isnan(label[i]))
            rows[used++] = (struct row){score[i], i, label[i] > 0.5};
    qsort(rows, used, sizeof *rows, by_score);
    for (size_t i = 0, end; i < used; i = end) {
        double tied[2] = {0};
        for (end = i; end < used && rows[end].score <= rows[i].score; end++)
            tied[!rows[end].positive]++;
        for (size_t k = i; k < end; k++)
            place[rows[k].at] = rows[k].positive ? (below[1] + tied[1] / 2) / (double)count[1]
                                                 : 1 - (below[0] + tied[0] / 2) / (double)count[0];
        below[0] += tied[0];
        below[1] += tied[1];
    }
}

/* The covariance of two AUCs, by their placements. */
static double covariance(size_t n, const double *label, const size_t count[2], const double *v,
                         const double *w, double v_auc, double w_auc)
{
    double sum[2] = {0};
    for (size_t i = 0; i < n; i++)
        if (!isnan(label[i]))
            sum[!(label[i] > 0.5)] += (v[i] - v_auc) * (w[i] - w_auc);
    return sum[0] / (double)(count[0] - 1) / (double)count[0] +
           sum[1] / (double)(count[1] - 1) / (double)count[1];
}

static double mean_of_positives(size_t n, const double *label, size_t positives, const double *v)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += label[i] > 0.5 ? v[i] : 0;
    return sum / (double)positives;
}

bool mmoe_delong(size_t n, const double *label, const double *a, const double *b,
                 struct mmoe_delong *out)
{
    const double *score[2] = {a, b};
    double *place[2] = {NULL, NULL};
    size_t count[2] = {0}, models = b ? 2 : 1;
    *out = (struct mmoe_delong){{NAN, NAN}, {NAN, NAN}, NAN};
    for (size_t i = 0; i < n; i++)
        if (!isnan(label[i]))
            count[!(label[i] > 0.5)]++;
    if (count[0] < 2 || count[1] < 2)
        return false;
    struct row *rows = mmoe_alloc(count[0] + count[1], sizeof *rows);
    for (size_t k = 0; k < models; k++) {
        place[k] = mmoe_alloc(n, sizeof *place[k]);
        placements(n, label, score[k], count, rows, place[k]);
        out->auc[k] = mean_of_positives(n, label, count[0], place[k]);
        out->se[k] =
            sqrt(covariance(n, label, count, place[k], place[k], out->auc[k], out->auc[k]));
    }
    if (b) {
        double both = covariance(n, label, count, place[0], place[1], out->auc[0], out->auc[1]);
        out->difference_se =
            sqrt(fmax(out->se[0] * out->se[0] + out->se[1] * out->se[1] - 2 * both, 0));
    }
    mmoe_free(rows);
    mmoe_free(place[0]);
    mmoe_free(place[1]);
    return true;
}
