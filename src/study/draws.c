/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draws.c - settings drawn at random: "lr=1e-4..1e-1 batch=16..512 init=glorot/he".
 *
 * Each option is drawn by itself, uniformly on its scale (Bergstra and Bengio, Random search for
 * hyper-parameter optimization, JMLR 2012). Real numbers are rounded to four digits, so that
 * what is stored and shown is what was trained.
 */
#include "src/study/draws.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/rng.h>
#include <mmoe/ties.h>

bool draws_read(const char *values, double *low, double *high)
{
    char first[40];
    const char *dots = strstr(values, "..");
    size_t n = dots ? (size_t)(dots - values) : 0;
    if (!dots || n == 0 || n >= sizeof first)
        return false;
    memcpy(first, values, n);
    first[n] = '\0';
    return mmoe_parse_double(first, low) && mmoe_parse_double(dots + 2, high) && *low < *high;
}

/* u of [0, 1) on the option's scale. */
static void add_number(const struct mmoe_option *option, double low, double high, double u,
                       struct mmoe_text *t)
{
    bool whole = option->type != MMOE_TYPE_REAL;
    double top = whole ? high + 1 : high; /* each whole number has its share */
    double v = option->logarithmic && low > 0 ? low * pow(top / low, u) : low + (top - low) * u;
    if (whole)
        mmoe_text_add_number(t, fmin(floor(v), high));
    else
        mmoe_text_add(t, "%.4g", v);
}

/* The word at place floor(u n) of n, parted by slashes. */
static void add_word(const char *words, double u, struct mmoe_text *t)
{
    size_t n = 1, at;
    for (const char *c = words; *c; c++)
        n += *c == '/';
    for (at = (size_t)(u * (double)n); at > 0; at--)
        words = strchr(words, '/') + 1;
    mmoe_text_add(t, "%.*s", (int)strcspn(words, "/"), words);
}

static enum mmoe_status add_value(const struct draws_range *r, uint64_t seed, size_t i,
                                  struct mmoe_text *t, struct mmoe_error *err)
{
    const struct mmoe_option *option = mmoe_option_get(r->key, err);
    double low, high;
    mmoe_real u;
    if (!option)
        return err->status;
    mmoe_rng_uniform(mmoe_rng_stream(seed, MMOE_RNG_SETTINGS, option->name), i, 1, 0, 1, &u);
    bool ranges = option->type == MMOE_TYPE_REAL || option->type == MMOE_TYPE_COUNT ||
                  option->type == MMOE_TYPE_SIZES;
    if (ranges && draws_read(r->values, &low, &high))
        add_number(option, low, high, (double)u, t);
    else if (*r->values && !strstr(r->values, ".."))
        add_word(r->values, (double)u, t);
    else
        return mmoe_fail(err, MMOE_INVALID,
                         "%s=%.60s is nothing to draw from: give LOW..HIGH, or words parted by "
                         "slashes",
                         option->name, r->values);
    return MMOE_OK;
}

enum mmoe_status draws_put(struct mmoe_grid *g, size_t n, uint64_t seed,
                           const struct draws_range *ranges, size_t n_ranges,
                           struct mmoe_error *err)
{
    struct mmoe_text keys = {0}, values = {0};
    enum mmoe_status status = MMOE_OK;
    for (size_t k = 0; k < n_ranges; k++)
        mmoe_text_add(&keys, "%s%s", k ? "," : "", ranges[k].key);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_ranges && !mmoe_failed(status); k++) {
            mmoe_text_add(&values, "%s", k ? "," : i ? "/" : "");
            status = add_value(&ranges[k], seed, i, &values, err);
        }
    if (!mmoe_failed(status))
        status = mmoe_ties_put(g, keys.s, values.s, err);
    mmoe_text_done(&keys);
    mmoe_text_done(&values);
    return status;
}
