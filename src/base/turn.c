/* SPDX-License-Identifier: GPL-3.0-or-later */
/* turn.c - a numeric option as a dial. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/turn.h>

#define TENTHS 10
#define NEAR 1e-9         /* of a step: so near a round value is that value */
#define LEAST_OVER_0 1e-3 /* where 0 is in range, what comes after it */

enum mmoe_status mmoe_turn_check(const struct mmoe_option *option, struct mmoe_error *err)
{
    switch (option->type) {
    case MMOE_TYPE_REAL:
    case MMOE_TYPE_COUNT:
    case MMOE_TYPE_SIZES:
    case MMOE_TYPE_SEED: return MMOE_OK;
    case MMOE_TYPE_WORD:
        return mmoe_fail(err, MMOE_INVALID,
                         "%s is a word, which no dial turns: ab sets two of them side by side",
                         option->name);
    default:
        return mmoe_fail(err, MMOE_INVALID, "%s is no number that a dial could turn", option->name);
    }
}

double mmoe_turn_number(const struct mmoe_options *o, const struct mmoe_option *option)
{
    const void *at = (const char *)o + option->offset;
    switch (option->type) {
    case MMOE_TYPE_REAL: {
        double v = *(const double *)at;
        return option->special && v == 0 && option->min > 0 ? (double)NAN : v;
    }
    case MMOE_TYPE_COUNT: {
        size_t n = *(const size_t *)at;
        return option->special && n == 0 ? (double)NAN : (double)n;
    }
    case MMOE_TYPE_SIZES: {
        const struct mmoe_sizes *s = at;
        return s->n == 1 ? (double)s->v[0] : (double)NAN;
    }
    case MMOE_TYPE_SEED: return (double)*(const uint64_t *)at;
    default: return NAN;
    }
}

static double tenth(double v, int by)
{
    return by > 0 ? (floor(v * TENTHS + NEAR) + 1) / TENTHS
                  : (ceil(v * TENTHS - NEAR) - 1) / TENTHS;
}

/* 1, 2, 5, 10, ... */
static double one_two_five(double v, int by)
{
    static const int round[] = {1, 2, 5, 10};
    if (v <= 0)
        return by > 0 ? LEAST_OVER_0 : 0;
    int power = (int)floor(log10(v) + NEAR);
    double unit = pow(10, power), next = 0;
    for (int i = 0; i < 4 && by > 0 && next == 0; i++)
        next = round[i] * unit > v * (1 + NEAR) ? round[i] * unit : 0;
    for (int i = 2; i >= 0 && by < 0 && next == 0; i--)
        next = round[i] * unit < v * (1 - NEAR) ? round[i] * unit : 0;
    return next > 0 ? next : unit / 2;
}

static double doubled(double v, int by)
{
    return by > 0 ? fmax(2 * v, 1) : floor(v / 2);
}

/* The next round number, cut to the range; v where there is none. */
static double next_of(const struct mmoe_option *option, double v, int by)
{
    double next;
    if (option->type == MMOE_TYPE_SEED)
        return fmax(v + by, 0);
    if (option->type != MMOE_TYPE_REAL)
        next = doubled(v, by);
    else if (option->max <= 1 && !option->logarithmic)
        next = tenth(v, by);
    else
        next = one_two_five(v, by);
    if (option->type == MMOE_TYPE_REAL && option->min <= 0 && option->max > 1 && by < 0 &&
        next < LEAST_OVER_0 * (1 - NEAR))
        next = option->min;
    return fmin(fmax(next, option->min), option->max);
}

/* As one would type it: no more digits than a round number has, whole numbers with all of them. */
static void write(double v, char out[MMOE_TURN_SIZE])
{
    bool whole = fabs(v) < 1e15 && v == floor(v);
    snprintf(out, MMOE_TURN_SIZE, whole ? "%.0f" : "%.10g", v == 0 ? 0.0 : v);
}

bool mmoe_turn_next(const struct mmoe_options *o, const struct mmoe_option *option, int by,
                    struct mmoe_text *out)
{
    char text[MMOE_TURN_SIZE];
    double v = mmoe_turn_number(o, option);
    double next = isnan(v) ? v : next_of(option, v, by);
    if (isnan(v) || (by > 0 ? next <= v : next >= v))
        return false;
    write(next, text);
    mmoe_text_add(out, "%s", text);
    return true;
}

/* --- values in a row --- */

static enum mmoe_status add(struct mmoe_turn_row *row, const struct mmoe_option *option,
                            const char *value, struct mmoe_error *err)
{
    struct mmoe_options o;
    mmoe_options_default(&o);
    if (row->count == MMOE_TURN_VALUES)
        return mmoe_fail(err, MMOE_LIMIT, "%d values in a row are the most: a longer step",
                         MMOE_TURN_VALUES);
    if (strlen(value) >= MMOE_TURN_SIZE)
        return mmoe_fail(err, MMOE_INVALID, "%s '%.60s' is no number", option->name, value);
    if (mmoe_failed(mmoe_option_set(&o, option->name, value, err)))
        return err->status;
    if (isnan(mmoe_turn_number(&o, option)))
        return mmoe_fail(err, MMOE_INVALID, "%s '%.60s' is no number", option->name, value);
    snprintf(row->value[row->count++], MMOE_TURN_SIZE, "%s", value);
    return MMOE_OK;
}

static enum mmoe_status add_list(struct mmoe_turn_row *row, const struct mmoe_option *option,
                                 char *text, struct mmoe_error *err)
{
    for (char *value; (value = strsep(&text, ","));)
        if (mmoe_failed(add(row, option, value, err)))
            return err->status;
    return MMOE_OK;
}

/* From low to high, both in range. */
static enum mmoe_status add_range(struct mmoe_turn_row *row, const struct mmoe_option *option,
                                  double low, double high, double step, struct mmoe_error *err)
{
    char value[MMOE_TURN_SIZE];
    struct mmoe_turn_row last = {0};
    double v = low;
    write(high, value);
    if (mmoe_failed(add(&last, option, value, err)))
        return err->status;
    for (size_t i = 1; v <= high + NEAR * (step > 0 ? step : 1); i++) {
        write(v, value);
        if (mmoe_failed(add(row, option, value, err)))
            return err->status;
        double next = step > 0 ? low + (double)i * step : next_of(option, v, 1);
        if (next <= v)
            return MMOE_OK;
        v = next;
    }
    return MMOE_OK;
}

enum mmoe_status mmoe_turn_row(const struct mmoe_option *option, const char *text,
                               struct mmoe_turn_row *out, struct mmoe_error *err)
{
    char copy[MMOE_TURN_VALUES * MMOE_TURN_SIZE];
    double low, high, step = 0;
    *out = (struct mmoe_turn_row){0};
    if (mmoe_failed(mmoe_turn_check(option, err)))
        return err->status;
    snprintf(copy, sizeof copy, "%s", text);
    char *dots = strstr(copy, "..");
    if (!dots)
        return add_list(out, option, copy, err);
    char *colon = strchr(dots, ':');
    *dots = '\0';
    if (colon)
        *colon++ = '\0';
    if (!mmoe_parse_double(copy, &low) || !mmoe_parse_double(dots + 2, &high) || high < low ||
        (colon && (!mmoe_parse_double(colon, &step) || !(step > 0))))
        return mmoe_fail(err, MMOE_INVALID,
                         "'%.60s' is no range of %s: LOW..HIGH, or LOW..HIGH:STEP such as "
                         "0..1:0.1",
                         text, option->name);
    return add_range(out, option, low, high, step, err);
}
