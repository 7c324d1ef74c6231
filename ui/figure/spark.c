/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spark.c - the last values as one row of bars, between the least and the greatest of those shown.
 */
#include <math.h>

#include "ui/figure/figure.h"

static double scaled(const struct figure_spark *s, size_t i)
{
    double v = (double)s->values[i];
    return s->log_y ? (v > 0 ? log(v) : NAN) : v;
}

void figure_spark_draw(const struct figure_spark *s, struct canvas *c)
{
    double least = INFINITY, most = -INFINITY;
    size_t shown = c->width > 0 ? (size_t)c->width : 0, first = s->n > shown ? s->n - shown : 0;
    for (size_t i = first; i < s->n; i++) {
        double v = scaled(s, i);
        if (isfinite(v)) {
            least = fmin(least, v);
            most = fmax(most, v);
        }
    }
    int x = c->width - (int)(s->n - first);
    for (size_t i = first; i < s->n; i++, x++) {
        double v = scaled(s, i);
        if (!isfinite(v)) /* a batch without a label has no loss */
            continue;
        int level = most > least ? 1 + (int)lround(7 * (v - least) / (most - least)) : 4;
        canvas_put(c, x, 0, s->role, 0, c->glyphs->bar[level]);
    }
}
