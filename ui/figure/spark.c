/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spark.c - the last values as one row of bars. */
#include <math.h>

#include "ui/figure/figure.h"

static size_t first_shown(const struct figure_spark *s, int width)
{
    size_t shown = width > 0 ? (size_t)width : 0;
    return s->n > shown ? s->n - shown : 0;
}

bool figure_spark_range(const struct figure_spark *s, int width, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = first_shown(s, width); i < s->n; i++) {
        double v = (double)s->values[i];
        if (!isfinite(v) || (s->log_y && v <= 0))
            continue;
        *low = fmin(*low, v);
        *high = fmax(*high, v);
    }
    return *low <= *high;
}

/* The bar of v, 1 to 8; half way up where all are alike. */
static int level_of(double v, double low, double high, bool log_scale)
{
    double t = log_scale ? log(v / low) / log(high / low) : (v - low) / (high - low);
    return high > low ? 1 + (int)lround(7 * fmin(fmax(t, 0), 1)) : 4;
}

void figure_spark_draw(const struct figure_spark *s, struct canvas *c)
{
    double low = s->low, high = s->high;
    size_t first = first_shown(s, c->width);
    if (!(high > low) && !figure_spark_range(s, c->width, &low, &high))
        return;
    int x = c->width - (int)(s->n - first);
    for (size_t i = first; i < s->n; i++, x++) {
        double v = (double)s->values[i];
        if (!isfinite(v) || (s->log_y && v <= 0)) /* a batch without a label has no loss */
            continue;
        canvas_put(c, x, 0, s->role, 0, c->glyphs->bar[level_of(v, low, high, s->log_y)]);
    }
}
