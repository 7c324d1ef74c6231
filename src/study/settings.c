/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.c - how losses vary over settings, and over seeds within one. */
#include <math.h>
#include <string.h>

#include <mmoe/infer.h>
#include <mmoe/mem.h>
#include <mmoe/settings.h>
#include <mmoe/stats.h>

enum { SETTINGS_LEAST = 8 };
#define LEVEL 0.95

size_t mmoe_settings_axis(const struct mmoe_grid *g)
{
    for (size_t a = 0; a < g->axis_count; a++)
        if (g->axes[a].follows && g->axes[a].count >= SETTINGS_LEAST &&
            strcmp(g->axes[g->axes[a].follows - 1].option->name, "trial") != 0)
            return g->axes[a].follows - 1;
    return g->axis_count;
}

/* How far apart cells are whose places on the axis differ by one. */
static size_t stride_of(const struct mmoe_grid *g, size_t axis)
{
    size_t stride = 1;
    for (size_t a = axis + 1; a < g->axis_count; a++)
        stride *= g->axes[a].follows ? 1 : g->axes[a].count;
    return stride;
}

static bool is_first(const struct mmoe_grid *g, size_t cell, size_t *axis)
{
    *axis = mmoe_settings_axis(g);
    return *axis < g->axis_count && mmoe_grid_place(g, cell, *axis) == 0;
}

/* Mean and sum of squared distances of n log losses; false without any. */
static bool moments(const double *loss, size_t seeds, size_t *n, double *mean, double *squares)
{
    *n = 0;
    *mean = *squares = 0;
    for (size_t i = 0; i < seeds; i++)
        if (isfinite(loss[i]) && loss[i] > 0) {
            double distance = log(loss[i]) - *mean;
            *mean += distance / (double)++*n;
            *squares += distance * (log(loss[i]) - *mean);
        }
    return *n > 0;
}

/* Sums over settings while they are gone through. */
struct sums {
    double means[MMOE_AXIS_VALUES_MAX];
    double squares, harmonic; /* sum of 1 / n */
    size_t freedom;
};

static void add_setting(const struct mmoe_tally *t, size_t cell, size_t task, struct sums *sums,
                        struct mmoe_settings *out)
{
    const double *loss = mmoe_tally_values(t, cell, MMOE_LOSS, task);
    double mean, squares;
    size_t n, stuck, told;
    out->diverged += mmoe_tally_cell_diverged(t, cell);
    mmoe_tally_stuck(t, cell, task, &stuck, &told);
    out->stuck.value += (double)stuck;
    out->stuck_settings += stuck > 0;
    if (!loss || !moments(loss, mmoe_tally_grid(t)->seeds, &n, &mean, &squares))
        return;
    sums->means[out->settings++] = mean;
    sums->squares += squares;
    sums->freedom += n - 1;
    sums->harmonic += 1 / (double)n;
    out->runs += n;
}

static void part_variance(const struct sums *sums, struct mmoe_settings *out)
{
    double mean = 0, squares = 0, n = (double)out->settings;
    out->within = out->between = NAN;
    if (sums->freedom == 0 || out->settings < 2)
        return;
    for (size_t i = 0; i < out->settings; i++)
        mean += sums->means[i] / n;
    for (size_t i = 0; i < out->settings; i++)
        squares += pow(sums->means[i] - mean, 2);
    double within = sums->squares / (double)sums->freedom;
    out->within = sqrt(within);
    out->between = sqrt(fmax(0, squares / (n - 1) - within * sums->harmonic / n));
}

bool mmoe_settings_of(const struct mmoe_tally *t, size_t cell, size_t task,
                      struct mmoe_settings *out)
{
    const struct mmoe_grid *g = mmoe_tally_grid(t);
    struct sums sums = {0};
    size_t axis;
    *out = (struct mmoe_settings){.median = NAN, .q25 = NAN, .q75 = NAN};
    if (!is_first(g, cell, &axis))
        return false;
    size_t stride = stride_of(g, axis);
    for (size_t i = 0; i < g->axes[axis].count; i++)
        add_setting(t, cell + i * stride, task, &sums, out);
    part_variance(&sums, out);
    out->stuck = mmoe_wilson(out->stuck.value, out->runs, LEVEL);
    if (out->settings == 0)
        return true;
    mmoe_sort(sums.means, out->settings);
    out->median = exp(mmoe_quantile(sums.means, out->settings, 0.5));
    out->q25 = exp(mmoe_quantile(sums.means, out->settings, 0.25));
    out->q75 = exp(mmoe_quantile(sums.means, out->settings, 0.75));
    return true;
}

/* The axis p, and its lowest and highest place; false if p does not vary. */
static bool find_p(const struct mmoe_grid *g, size_t *axis, size_t *low, size_t *high,
                   struct mmoe_settings_gain *out)
{
    *axis = *low = *high = 0;
    while (*axis < g->axis_count &&
           (g->axes[*axis].follows || strcmp(g->axes[*axis].option->name, "p") != 0))
        ++*axis;
    out->low = INFINITY;
    out->high = -INFINITY;
    for (size_t i = 0; *axis < g->axis_count && i < g->axes[*axis].count; i++) {
        double p = NAN;
        mmoe_parse_double(mmoe_grid_value(g, *axis, i), &p);
        if (p < out->low) {
            out->low = p;
            *low = i;
        }
        if (p > out->high) {
            out->high = p;
            *high = i;
        }
    }
    return *low != *high;
}

/* Mean of log loss at one cell less that at another over the seeds both have; NAN without any. */
static double mean_gain(const struct mmoe_tally *t, size_t from, size_t to, size_t task)
{
    const double *a = mmoe_tally_values(t, from, MMOE_LOSS, task),
                 *b = mmoe_tally_values(t, to, MMOE_LOSS, task);
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; a && b && i < mmoe_tally_grid(t)->seeds; i++)
        if (isfinite(a[i]) && isfinite(b[i]) && a[i] > 0 && b[i] > 0) {
            sum += log(a[i] / b[i]);
            n++;
        }
    return n ? sum / (double)n : (double)NAN;
}

bool mmoe_settings_gain(const struct mmoe_tally *t, size_t cell, size_t task,
                        struct mmoe_settings_gain *out)
{
    const struct mmoe_grid *g = mmoe_tally_grid(t);
    double gain[MMOE_AXIS_VALUES_MAX];
    size_t axis, p, low, high;
    *out = (struct mmoe_settings_gain){.median = NAN};
    if (!is_first(g, cell, &axis) || !find_p(g, &p, &low, &high, out) ||
        mmoe_grid_place(g, cell, p) != low)
        return false;
    size_t stride = stride_of(g, axis), between = stride_of(g, p);
    for (size_t i = 0; i < g->axes[axis].count; i++) {
        size_t from = cell + i * stride;
        double d = mean_gain(t, from, from + (high - low) * between, task);
        if (isnan(d))
            continue;
        gain[out->settings++] = d;
        out->gaining += d > 0;
    }
    out->share = mmoe_wilson((double)out->gaining, out->settings, LEVEL);
    if (out->settings == 0)
        return true;
    mmoe_sort(gain, out->settings);
    out->median = exp(mmoe_quantile(gain, out->settings, 0.5));
    return true;
}
