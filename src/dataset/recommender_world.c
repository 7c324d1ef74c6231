/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recommender_world.c - the world of the simulated recommender: who there is, what tasks depend on,
 * and how often they are 1 in its log.
 *
 * Every user and item has a row of a stream of its own under seed.data. Aspects and scores are
 * standardised over visits that are shown items by popularity; offsets are found on logged ones.
 */
#include <math.h>
#include <stdio.h>

#include <mmoe/mem.h>

#include "src/dataset/recommender.h"
#include "src/math/special.h"

enum { TASKS = MMOE_RECOMMENDER_TASKS, CALIBRATION = 20000, BISECTIONS = 60 };
#define POSITION_POWER (-0.1)

/* --- the world --- */

static void draw_users(struct mmoe_recommender *r, uint64_t seed)
{
    struct mmoe_rng rng = mmoe_rng_stream(seed, MMOE_RNG_DATA, "recommender.users");
    for (size_t u = 0; u < r->users; u++) {
        double z[FACTORS + 3];
        struct user *user = &r->user[u];
        mmoe_rng_normal_double(rng, u, FACTORS + 3, z);
        for (size_t i = 0; i < FACTORS; i++)
            user->factor[i] = (float)z[i];
        user->bias = (float)z[FACTORS];
        user->rate = recommender_squash(z[FACTORS] + z[FACTORS + 1]);
        user->country = (uint32_t)(COUNTRIES * pow(special_normal_cdf(z[FACTORS + 2]), 2));
    }
}

static void draw_items(struct mmoe_recommender *r, uint64_t seed)
{
    struct mmoe_rng rng = mmoe_rng_stream(seed, MMOE_RNG_DATA, "recommender.items");
    for (size_t i = 0; i < r->items; i++) {
        double z[FACTORS + 6];
        struct item *item = &r->item[i];
        mmoe_rng_normal_double(rng, i, FACTORS + 6, z);
        for (size_t j = 0; j < FACTORS; j++)
            item->factor[j] = (float)z[j];
        double popular = recommender_popularity(r, i);
        item->quality = (float)(2 * popular + 0.8 * z[FACTORS]);
        item->rate = recommender_squash((double)item->quality + z[FACTORS + 1] - 0.5);
        item->phase = (float)(2 * M_PI * special_normal_cdf(z[FACTORS + 2]));
        item->duration = (float)z[FACTORS + 3];
        item->category = (uint32_t)(CATEGORIES * pow(special_normal_cdf(z[FACTORS + 4]), 2));
        item->born = (uint32_t)(OLDEST * special_normal_cdf(z[FACTORS + 5]));
        item->bucket = (uint32_t)(popular * (BUCKETS - 1));
    }
}

static void draw_tables(struct mmoe_recommender *r, uint64_t seed)
{
    struct mmoe_rng rng = mmoe_rng_stream(seed, MMOE_RNG_DATA, "recommender.tables");
    mmoe_rng_normal_double(rng, 0, (size_t)HOURS * CATEGORIES, &r->hour_category[0][0]);
    mmoe_rng_normal_double(rng, 1, (size_t)COUNTRIES * CATEGORIES, &r->country_category[0][0]);
    mmoe_rng_normal_double(rng, 2, DEVICES, r->device);
    for (size_t i = 0; i < MMOE_POSITIONS; i++)
        r->depth[i] = pow((double)i + 1, POSITION_POWER);
}

/* A product of factors weighs half as much as another aspect: who likes what is learnt last. */
static double weight_of(size_t aspect)
{
    double product = 0.5, all = PRODUCTS * product * product + (ASPECTS - PRODUCTS);
    return (aspect < PRODUCTS ? product : 1) / sqrt(all);
}

/*
 * w_e = u1 and w_s = p u1 + sqrt(1 - p^2) u2, of standardised aspects. In u1 all products weigh the
 * same, and all others, with signs that are drawn; u2 is u1 with the signs of half the products and
 * of half the others turned. So worlds are about as hard to learn as each other.
 */
static void draw_tasks(struct mmoe_recommender *r, uint64_t seed, double p)
{
    struct mmoe_rng rng = mmoe_rng_stream(seed, MMOE_RNG_DATA, "recommender.tasks");
    double sign[ASPECTS], order[ASPECTS], q = sqrt((1 - p) * (1 + p));
    mmoe_rng_normal_double(rng, 0, ASPECTS, sign);
    mmoe_rng_normal_double(rng, 1, ASPECTS, order);
    for (size_t i = 0; i < ASPECTS; i++) {
        bool product = i < PRODUCTS;
        size_t from = product ? 0 : PRODUCTS, to = product ? PRODUCTS : ASPECTS, below = 0;
        for (size_t j = from; j < to; j++)
            below += order[j] < order[i];
        double u1 = sign[i] < 0 ? -weight_of(i) : weight_of(i);
        double u2 = below < (to - from) / 2 ? -u1 : u1;
        r->w[MMOE_ENGAGEMENT][i] = u1;
        r->w[MMOE_SATISFACTION][i] = p * u1 + q * u2;
    }
}

static const char *const field_names[MMOE_RECOMMENDER_FIELDS] = {"user",
                                                                 "item",
                                                                 "category",
                                                                 "country",
                                                                 "device",
                                                                 "hour",
                                                                 "day",
                                                                 "age",
                                                                 "popularity",
                                                                 "duration",
                                                                 "country-category",
                                                                 "hour-category",
                                                                 "device-duration",
                                                                 "position"};

static void name_fields(struct mmoe_recommender *r)
{
    const uint32_t levels[MMOE_RECOMMENDER_FIELDS] = {(uint32_t)r->users,
                                                      (uint32_t)r->items,
                                                      CATEGORIES,
                                                      COUNTRIES,
                                                      DEVICES,
                                                      HOURS,
                                                      DAYS,
                                                      BUCKETS,
                                                      BUCKETS,
                                                      BUCKETS,
                                                      COUNTRIES * CATEGORIES,
                                                      HOURS * CATEGORIES,
                                                      DEVICES * BUCKETS,
                                                      MMOE_POSITIONS};
    r->fields.count = MMOE_RECOMMENDER_FIELDS;
    for (size_t i = 0; i < MMOE_RECOMMENDER_FIELDS; i++) {
        snprintf(r->fields.of[i].name, sizeof r->fields.of[i].name, "%s", field_names[i]);
        r->fields.of[i].levels = levels[i];
    }
}

/* --- calibration --- */

/* Standardise the aspects, then the scores, over visits that are shown items by popularity. */
static void standardise(struct mmoe_recommender *r)
{
    double sum[ASPECTS] = {0}, squares[ASPECTS] = {0};
    double(*z)[ASPECTS] = mmoe_alloc(CALIBRATION, sizeof *z);
    for (size_t i = 0; i < CALIBRATION; i++) {
        struct mmoe_visit v;
        uint32_t word[WORDS];
        mmoe_recommender_visit(r, MMOE_VISITS_CALIBRATION, i, &v);
        recommender_words(r, &v, word);
        recommender_aspects(r, &v, recommender_popular(r, word[RANDOM]), z[i]);
        for (size_t a = 0; a < ASPECTS; a++) {
            sum[a] += z[i][a];
            squares[a] += z[i][a] * z[i][a];
        }
    }
    for (size_t a = 0; a < ASPECTS; a++) {
        double mean = sum[a] / CALIBRATION, sd = sqrt(squares[a] / CALIBRATION - mean * mean);
        for (size_t k = 0; k < TASKS; k++) {
            r->w[k][a] = sd > 0 ? r->w[k][a] / sd : 0; /* of one item, say, all are alike */
            r->shift[k] -= r->w[k][a] * mean;
        }
    }
    for (size_t k = 0; k < TASKS; k++) {
        double total = 0, square = 0;
        for (size_t i = 0; i < CALIBRATION; i++) {
            double g = recommender_raw_score(r, k, z[i]);
            total += g;
            square += g * g;
        }
        r->mean[k] = total / CALIBRATION;
        r->sd[k] = sqrt(square / CALIBRATION - r->mean[k] * r->mean[k]);
        r->sd[k] = r->sd[k] > 0 ? r->sd[k] : 1;
    }
    mmoe_free(z);
}

/* A logged row for the search of b. */
struct logged {
    double g[TASKS], before; /* before: what the probability is multiplied by */
    uint32_t position;
};

static double rate_at(const struct mmoe_recommender *r, const struct logged *row, size_t k)
{
    double sum = 0;
    for (size_t i = 0; i < CALIBRATION; i++)
        sum += row[i].before * recommender_chance(r, k, row[i].g[k], row[i].position);
    return sum / CALIBRATION;
}

static void calibrate(struct mmoe_recommender *r)
{
    struct logged *row = mmoe_alloc(CALIBRATION, sizeof *row);
    for (size_t i = 0; i < CALIBRATION; i++) {
        struct mmoe_visit v;
        uint32_t item;
        double z[ASPECTS];
        mmoe_recommender_visit(r, MMOE_VISITS_CALIBRATION, i, &v);
        mmoe_recommender_logged(r, &v, &item, &row[i].position);
        recommender_aspects(r, &v, item, z);
        for (size_t k = 0; k < TASKS; k++)
            row[i].g[k] = recommender_score(r, k, z);
        row[i].before = 1;
    }
    for (size_t k = 0; k < TASKS; k++) {
        double low = -40, high = 40;
        for (size_t i = 0; i < CALIBRATION && k == MMOE_SATISFACTION && r->nested; i++)
            row[i].before = recommender_chance(r, MMOE_ENGAGEMENT, row[i].g[0], row[i].position);
        for (int i = 0; i < BISECTIONS; i++) {
            r->b[k] = (low + high) / 2;
            *(rate_at(r, row, k) < r->rate[k] ? &low : &high) = r->b[k];
        }
        r->rate[k] = rate_at(r, row, k); /* a rate may be more than there can be */
    }
    mmoe_free(row);
}

struct mmoe_recommender *mmoe_recommender_new(const struct mmoe_options *o)
{
    static const char *const names[MMOE_VISITS_PARTS] = {
        "recommender.train", "recommender.validation", "recommender.test",
        "recommender.calibration", "recommender.live"};
    struct mmoe_recommender *r = mmoe_try_alloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->first_row = o->first_row;
    r->users = o->users;
    r->items = o->items;
    r->drift = o->drift;
    r->explore = o->explore;
    r->residual = o->residual;
    r->nested = o->nested;
    r->rate[MMOE_ENGAGEMENT] = o->engagement;
    r->rate[MMOE_SATISFACTION] = o->satisfaction;
    r->user = mmoe_try_alloc(r->users, sizeof *r->user);
    r->item = mmoe_try_alloc(r->items, sizeof *r->item);
    if (!r->user || !r->item) {
        mmoe_recommender_free(r);
        return NULL;
    }
    for (size_t i = 0; i < MMOE_VISITS_PARTS; i++)
        r->visits[i] = mmoe_rng_stream(o->seed_data, MMOE_RNG_DATA, names[i]);
    r->candidates = mmoe_rng_stream(o->seed_data, MMOE_RNG_DATA, "recommender.candidates");
    r->labels = mmoe_rng_stream(o->seed_data, MMOE_RNG_DATA, "recommender.labels");
    name_fields(r);
    draw_users(r, o->seed_data);
    draw_items(r, o->seed_data);
    draw_tables(r, o->seed_data);
    draw_tasks(r, o->seed_data, o->p);
    standardise(r);
    calibrate(r);
    return r;
}

void mmoe_recommender_free(struct mmoe_recommender *r)
{
    if (!r)
        return;
    mmoe_free(r->user);
    mmoe_free(r->item);
    mmoe_free(r);
}

const struct mmoe_fields *mmoe_recommender_fields(const struct mmoe_recommender *r)
{
    return &r->fields;
}

double mmoe_recommender_rate(const struct mmoe_recommender *r, size_t task)
{
    return r->rate[task];
}

size_t mmoe_recommender_users(const struct mmoe_recommender *r)
{
    return r->users;
}

size_t mmoe_recommender_items(const struct mmoe_recommender *r)
{
    return r->items;
}
