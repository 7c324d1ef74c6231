/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recommender.h - the world of the simulated recommender, for the files that share it: how it is
 * drawn (recommender_world.c), what happens in it (recommender.c), and its log (recommender_log.c).
 *
 * Ownership, threads: as include/mmoe/recommender.h.
 */
#ifndef MMOE_DATASET_RECOMMENDER_H
#define MMOE_DATASET_RECOMMENDER_H

#include <stdbool.h>

#include <mmoe/recommender.h>
#include <mmoe/rng.h>

enum {
    FACTORS = 8,
    PRODUCTS = FACTORS / 2,
    ASPECTS = 10,
    SINES = 4,
    HOURS = 24,
    DAYS = 30,
    DEVICES = 3,
    COUNTRIES = 20,
    CATEGORIES = 20,
    BUCKETS = 16, /* of ages, durations and popularity */
    OLDEST = 60,  /* days before the first */
    CHOICES = 3,  /* items the logging policy chooses from */
    WORDS = 16    /* that a visit draws */
};

/* Which word of a visit is for what. */
enum { USER, HOUR, DAY, DEVICE, POSITION, EXPLORE, RANDOM, CHOICE, NOISE = CHOICE + CHOICES };

struct user {
    float factor[FACTORS], bias;
    float rate; /* what is known of the bias, in [0, 1] */
    uint32_t country;
};

struct item {
    float factor[FACTORS], quality, phase, duration;
    float rate; /* what is known of the quality, in [0, 1] */
    uint32_t category, born, bucket;
};

struct mmoe_recommender {
    uint64_t first_row; /* of the log that is trained on */
    size_t users, items;
    double drift, explore, residual;
    bool nested;
    struct mmoe_fields fields;
    struct mmoe_rng visits[MMOE_VISITS_PARTS], candidates, labels;
    struct user *user; /* (U) */
    struct item *item; /* (I) in the order of popularity */
    double hour_category[HOURS][CATEGORIES], country_category[COUNTRIES][CATEGORIES];
    double device[DEVICES], depth[MMOE_POSITIONS];
    double w[MMOE_RECOMMENDER_TASKS][ASPECTS],
        shift[MMOE_RECOMMENDER_TASKS]; /* of aspects as they are */
    double mean[MMOE_RECOMMENDER_TASKS],
        sd[MMOE_RECOMMENDER_TASKS]; /* of g before it is standardised */
    double b[MMOE_RECOMMENDER_TASKS], rate[MMOE_RECOMMENDER_TASKS];
};

/* A word as a number in (0, 1). */
static inline double recommender_uniform(uint32_t word)
{
    return ((double)word + 0.5) * 0x1p-32;
}

/* 1 / (1 + e^-v) */
float recommender_squash(double v);
/* Popularity of an item in [0, 1], 1 for the first. */
double recommender_popularity(const struct mmoe_recommender *r, size_t item);
/* The item at a place of the order of popularity: floor((I + 1)^u) - 1. */
uint32_t recommender_popular(const struct mmoe_recommender *r, uint32_t word);

/* The words (WORDS) of a visit, and who comes when by them. */
void recommender_words(const struct mmoe_recommender *r, const struct mmoe_visit *v,
                       uint32_t *word);
void recommender_visit_of(const struct mmoe_recommender *r, const uint32_t *word,
                          struct mmoe_visit *v);
/* The item the logging policy shows for the words of a visit, and where. */
uint32_t recommender_shown(const struct mmoe_recommender *r, const struct mmoe_visit *v,
                           const uint32_t *word);
uint32_t recommender_position(const uint32_t *word);

/* z (ASPECTS) of a visit and an item. */
void recommender_aspects(const struct mmoe_recommender *r, const struct mmoe_visit *v, uint32_t at,
                         double *z);
/* g of a task before and after it is standardised. */
double recommender_raw_score(const struct mmoe_recommender *r, size_t task, const double *z);
double recommender_score(const struct mmoe_recommender *r, size_t task, const double *z);
/* The probability of a task for its score, without what another task has to do with it. */
double recommender_chance(const struct mmoe_recommender *r, size_t task, double g,
                          uint32_t position);

#endif
