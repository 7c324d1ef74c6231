/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recommender.c - what happens in the world of the simulated recommender.
 *
 * Ten aspects z of a visit and an item, each standardised over random rows: four products of
 * factors of user and item, the user's bias, the item's quality, which is related to its popularity
 * and drifts, its freshness, and what hour and category, device and duration, country and category
 * have for each other. As in the synthetic section (Ma et al., KDD 2018, section 3.1)
 *
 *   w_e = u1,  w_s = p u1 + sqrt(1 - p^2) u2         u1, u2 orthonormal in R^10
 *   g_k = w_k'z + sum_i sin(alpha_i w_k'z + beta_i)  standardised over random rows
 *   P_k = (position + 1)^-.1 / (1 + exp(-(b_k + s_k g_k)))
 *
 * b_k is found by bisection, so that the log has the rates that were asked for. The log has one
 * item of random popularity in ten visits, else that of three with the best noisy score of
 * engagement. A nested task is satisfied only where it engages: its probability is the product.
 */
#include "src/dataset/recommender.h"

#include <math.h>

#include <mmoe/recommender.h>

#include "src/math/special.h"

#define FRESH_DAYS 10.0
#define SCORE_NOISE 2.0 /* scale of the logistic noise of the logging policy's score */
enum { LABEL_WORDS = 4 };

static const double alpha[SINES] = {0.7, 1.3, 1.9, 2.5}, beta[SINES] = {0, 0.5, 1, 1.5};
static const double steepness[MMOE_RECOMMENDER_TASKS] = {2.0, 1.8};

/* --- the truth of a row --- */

void recommender_aspects(const struct mmoe_recommender *r, const struct mmoe_visit *v, uint32_t at,
                         double *z)
{
    const struct user *user = &r->user[v->user];
    const struct item *item = &r->item[at];
    double age = (double)(v->day + OLDEST - item->born);
    for (size_t i = 0; i < PRODUCTS; i++)
        z[i] = (double)(user->factor[2 * i] * item->factor[2 * i] +
                        user->factor[2 * i + 1] * item->factor[2 * i + 1]);
    z[PRODUCTS] = (double)user->bias;
    z[PRODUCTS + 1] = (double)item->quality +
                      r->drift * sin(2 * M_PI * (double)v->day / DAYS + (double)item->phase);
    z[PRODUCTS + 2] = exp(-age / FRESH_DAYS);
    z[PRODUCTS + 3] = r->hour_category[v->hour][item->category];
    z[PRODUCTS + 4] = r->device[v->device] * (double)item->duration;
    z[PRODUCTS + 5] = r->country_category[user->country][item->category];
}

double recommender_raw_score(const struct mmoe_recommender *r, size_t task, const double *z)
{
    double s = r->shift[task];
    for (size_t i = 0; i < ASPECTS; i++)
        s += r->w[task][i] * z[i];
    double g = s;
    for (size_t i = 0; i < SINES; i++)
        g += sin(alpha[i] * s + beta[i]);
    return g;
}

double recommender_score(const struct mmoe_recommender *r, size_t task, const double *z)
{
    return (recommender_raw_score(r, task, z) - r->mean[task]) / r->sd[task];
}

double recommender_chance(const struct mmoe_recommender *r, size_t task, double g,
                          uint32_t position)
{
    return r->depth[position] / (1 + exp(-(r->b[task] + steepness[task] * g)));
}

void mmoe_recommender_truth(const struct mmoe_recommender *r, const struct mmoe_visit *v,
                            uint32_t item, uint32_t position, double *truth)
{
    double z[ASPECTS];
    recommender_aspects(r, v, item, z);
    for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++)
        truth[k] = recommender_chance(r, k, recommender_score(r, k, z), position);
    if (r->nested)
        truth[MMOE_SATISFACTION] *= truth[MMOE_ENGAGEMENT];
}

/* u and v are uniform; w is so, too, and their normal scores correlate by `residual`. */
static double related(double residual, double u, double v)
{
    if (residual == 0)
        return v;
    return special_normal_cdf(residual * special_normal_quantile(u) +
                              sqrt(1 - residual * residual) * special_normal_quantile(v));
}

void mmoe_recommender_labels(const struct mmoe_recommender *r, const struct mmoe_visit *v,
                             uint32_t item, const double *truth, mmoe_real *label)
{
    const uint32_t counter[LABEL_WORDS] = {(uint32_t)v->number, (uint32_t)(v->number >> 32), item,
                                           (uint32_t)v->part};
    uint32_t word[LABEL_WORDS];
    mmoe_philox(counter, r->labels.key, word);
    double u = recommender_uniform(word[0]),
           w = related(r->residual, u, recommender_uniform(word[1]));
    bool engaged = u < truth[MMOE_ENGAGEMENT];
    double satisfied = truth[MMOE_SATISFACTION];
    if (r->nested)
        satisfied = engaged ? satisfied / truth[MMOE_ENGAGEMENT] : 0;
    label[MMOE_ENGAGEMENT] = engaged;
    label[MMOE_SATISFACTION] = w < satisfied;
}

/* --- visits --- */

uint32_t recommender_popular(const struct mmoe_recommender *r, uint32_t word)
{
    uint32_t item = (uint32_t)exp(recommender_uniform(word) * log((double)r->items + 1)) - 1;
    return item < r->items ? item : (uint32_t)r->items - 1;
}

void recommender_words(const struct mmoe_recommender *r, const struct mmoe_visit *v, uint32_t *word)
{
    mmoe_rng_words(r->visits[v->part], v->number, WORDS, word);
}

void recommender_visit_of(const struct mmoe_recommender *r, const uint32_t *word,
                          struct mmoe_visit *v)
{
    double u = recommender_uniform(word[USER]);
    v->user = (uint32_t)((double)r->users * u * u);
    v->hour = (uint32_t)(HOURS * recommender_uniform(word[HOUR]));
    v->day = (uint32_t)(DAYS * recommender_uniform(word[DAY]));
    v->device = (uint32_t)(DEVICES * recommender_uniform(word[DEVICE]));
}

void mmoe_recommender_visit(const struct mmoe_recommender *r, enum mmoe_visits part,
                            uint64_t number, struct mmoe_visit *v)
{
    uint32_t word[WORDS];
    *v = (struct mmoe_visit){.part = part, .number = number};
    recommender_words(r, v, word);
    recommender_visit_of(r, word, v);
}

void mmoe_recommender_candidates(const struct mmoe_recommender *r, const struct mmoe_visit *v,
                                 size_t n, uint32_t *item)
{
    mmoe_rng_words(r->candidates, v->number, n, item);
    for (size_t i = 0; i < n; i++)
        item[i] = recommender_popular(r, item[i]);
}

uint32_t recommender_shown(const struct mmoe_recommender *r, const struct mmoe_visit *v,
                           const uint32_t *word)
{
    if (recommender_uniform(word[EXPLORE]) < r->explore)
        return recommender_popular(r, word[RANDOM]);
    uint32_t best = 0;
    double most = -INFINITY;
    for (size_t i = 0; i < CHOICES; i++) {
        uint32_t item = recommender_popular(r, word[CHOICE + i]);
        double z[ASPECTS], u = recommender_uniform(word[NOISE + i]);
        recommender_aspects(r, v, item, z);
        double found = recommender_score(r, MMOE_ENGAGEMENT, z) + SCORE_NOISE * log(u / (1 - u));
        if (found > most) {
            most = found;
            best = item;
        }
    }
    return best;
}

uint32_t recommender_position(const uint32_t *word)
{
    return (uint32_t)(MMOE_POSITIONS * recommender_uniform(word[POSITION]));
}

void mmoe_recommender_logged(const struct mmoe_recommender *r, const struct mmoe_visit *v,
                             uint32_t *item, uint32_t *position)
{
    uint32_t word[WORDS];
    recommender_words(r, v, word);
    *item = recommender_shown(r, v, word);
    *position = recommender_position(word);
}

/* --- inputs --- */

float recommender_squash(double v)
{
    return (float)(1 / (1 + exp(-v)));
}

double recommender_popularity(const struct mmoe_recommender *r, size_t item)
{
    return 1 - log((double)item + 1) / log((double)r->items + 1);
}

static uint32_t bucket(double v, double low, double high)
{
    double at = (v - low) / (high - low) * BUCKETS;
    return at < 0 ? 0 : at >= BUCKETS ? BUCKETS - 1 : (uint32_t)at;
}

void mmoe_recommender_inputs(const struct mmoe_recommender *r, const struct mmoe_visit *v,
                             uint32_t at, uint32_t position, uint32_t *id, mmoe_real *x)
{
    const struct user *user = &r->user[v->user];
    const struct item *item = &r->item[at];
    double age = (double)(v->day + OLDEST - item->born), most = OLDEST + DAYS;
    uint32_t length = bucket((double)item->duration, -3, 3);
    const uint32_t ids[MMOE_RECOMMENDER_FIELDS] = {v->user,
                                                   at,
                                                   item->category,
                                                   user->country,
                                                   v->device,
                                                   v->hour,
                                                   v->day,
                                                   bucket(log1p(age), 0, log1p(most)),
                                                   item->bucket,
                                                   length,
                                                   user->country * CATEGORIES + item->category,
                                                   v->hour * CATEGORIES + item->category,
                                                   v->device * BUCKETS + length,
                                                   position};
    const double numbers[MMOE_RECOMMENDER_NUMBERS] = {
        recommender_popularity(r, at),
        log1p(age) / log1p(most),
        (double)recommender_squash((double)item->duration),
        log1p((double)v->user) / log1p((double)r->users),
        (double)item->rate,
        (double)user->rate,
        (double)v->hour / HOURS,
        (double)v->day / DAYS};
    for (size_t i = 0; i < MMOE_RECOMMENDER_FIELDS; i++)
        id[i] = ids[i];
    for (size_t i = 0; i < MMOE_RECOMMENDER_NUMBERS; i++)
        x[i] = (mmoe_real)numbers[i];
}
