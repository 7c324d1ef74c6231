/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_facts.c - what a net has learned, in sentences and as numbers. */
#include "ui/panel/fit_facts.h"

#include <math.h>

#include <mmoe/model.h>

#define HARDLY 0.5 /* units that are on, below which it is hardly one */
#define NONE 0.05  /* below which it is none */

const struct mmoe_fit *fit_shown(const struct view *v)
{
    const struct mmoe_snapshot *s = view_live(v);
    return s->state != MMOE_RUN_EMPTY && s->fit && s->fit->task[0].bins ? s->fit : NULL;
}

/* --- in words --- */

/* "Beyond s = 2.1", "Below s = -2.1", "Between s = 1 and 2". */
static void add_range(const struct mmoe_fit_task *t, size_t from, size_t to, struct mmoe_text *out)
{
    double half = t->bins > 1 ? (t->bin[1].s - t->bin[0].s) / 2 : 0;
    char low[24], high[24];
    mmoe_format_fixed(t->bin[from].s - half, 1, low, sizeof low);
    mmoe_format_fixed(t->bin[to].s + half, 1, high, sizeof high);
    if (to + 1 == t->bins)
        mmoe_text_add(out, "Beyond s = %s", low);
    else if (from == 0)
        mmoe_text_add(out, "Below s = %s", high);
    else
        mmoe_text_add(out, "Between s = %s and %s", low, high);
}

/* Bins from..to-1 together. */
struct stretch {
    size_t from, to;
    double rows, on, mean, loss;
};

static struct stretch stretch_from(const struct mmoe_fit_task *t, size_t from)
{
    struct stretch x = {.from = from, .to = from};
    for (; x.to < t->bins && !(t->bin[x.to].on >= HARDLY); x.to++) {
        const struct mmoe_fit_bin *b = &t->bin[x.to];
        double n = (double)b->rows;
        if (b->rows == 0)
            continue;
        x.rows += n;
        x.on += n * b->on;
        x.mean += n * b->mean;
        x.loss += isfinite(b->loss) ? b->loss : 0;
    }
    x.on /= x.rows;
    x.mean /= x.rows;
    return x;
}

/* A sentence for each stretch of s where no unit is on, or hardly one. */
static void describe_off(const struct mmoe_fit_task *t, struct mmoe_text *out)
{
    double all = 0;
    for (size_t i = 0; i < t->bins; i++)
        all += (double)t->bin[i].rows;
    for (size_t i = 0; i < t->bins; i++) {
        char value[24], share[24], loss[24];
        if (!(t->bin[i].on < HARDLY))
            continue;
        struct stretch x = stretch_from(t, i);
        mmoe_text_add(out, " ");
        add_range(t, i, x.to - 1, out);
        mmoe_text_add(out,
                      " (%s %% of the rows) %s of its last hidden layer is on; it predicts %s "
                      "there, and %s %% of its loss lies there.",
                      mmoe_format_fixed(100 * x.rows / all, 0, share, sizeof share),
                      x.on < NONE ? "no unit" : "hardly a unit",
                      mmoe_format_fixed(x.mean, 2, value, sizeof value),
                      mmoe_format_fixed(100 * x.loss, 0, loss, sizeof loss));
        i = x.to;
    }
}

/* " Units 2, 4 and 7 of the 8 in its last hidden layer are never on.", of those that are told one
 * by one. */
static void describe_never(const struct mmoe_fit_task *t, struct mmoe_text *out)
{
    size_t told = t->units < MMOE_FIT_UNITS ? t->units : MMOE_FIT_UNITS, never[MMOE_FIT_UNITS],
           n = 0;
    for (size_t j = 0; j < told; j++) {
        bool on = false;
        for (size_t i = 0; i < t->bins; i++)
            on = on || t->bin[i].unit[j] > 0;
        never[n] = j + 1;
        n += !on;
    }
    for (size_t k = 0; k < n; k++)
        mmoe_text_add(out, "%s%zu",
                      k == 0       ? n == 1 ? " Unit " : " Units "
                      : k + 1 == n ? " and "
                                   : ", ",
                      never[k]);
    if (n)
        mmoe_text_add(out, " of the %s%zu in its last hidden layer %s never on.",
                      told < t->units ? "first " : "", told, n == 1 ? "is" : "are");
    else if (told)
        mmoe_text_add(out, " Each of the %s%zu units in its last hidden layer is on for some row.",
                      told < t->units ? "first " : "", told);
}

/* How far the net is from the truth, in the mean over bins. */
static double distance(const struct mmoe_fit_task *t)
{
    double sum = 0, rows = 0;
    for (size_t i = 0; i < t->bins; i++)
        if (t->bin[i].rows && isfinite(t->bin[i].truth)) {
            sum += fabs(t->bin[i].mean - t->bin[i].truth) * (double)t->bin[i].rows;
            rows += (double)t->bin[i].rows;
        }
    return rows > 0 ? sum / rows : (double)NAN;
}

/* " (at step 100)" where the loss was measured before what is told with it. */
static void add_evaluated(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    size_t step = s->curve_count ? s->curve[s->curve_count - 1].step : s->fit->step;
    if (step != s->fit->step)
        mmoe_text_add(t, " (at step %s)", mmoe_format_count(step, MMOE_NUMBER));
}

static void describe_task(const struct mmoe_snapshot *s, size_t k, struct mmoe_text *t)
{
    const struct mmoe_fit_task *f = &s->fit->task[k];
    char loss[24], off[24];
    mmoe_text_add(t, " Task %s has loss %s", s->task[k].name,
                  mmoe_format_loss(s->value[MMOE_LOSS][k], loss, sizeof loss));
    add_evaluated(s, t);
    mmoe_text_add(t, "; %s is %s from %s in the mean.",
                  s->fit->along ? "its curve" : "what it predicts",
                  mmoe_format_loss(distance(f), off, sizeof off),
                  s->fit->along ? "the true one" : "what is observed");
    if (mmoe_is_stuck(f->rows_off))
        mmoe_text_add(t, " It is stuck: for %s %% of the rows no unit is on.",
                      mmoe_format_fixed(100 * f->rows_off, 0, MMOE_NUMBER));
    if (s->fit->along)
        describe_off(f, t);
    describe_never(f, t);
}

const char *fit_missing(const struct view *v)
{
    switch (view_live(v)->state) {
    case MMOE_RUN_EMPTY: return "There is no run yet, and nothing was learned: run makes one.";
    case MMOE_RUN_DIVERGED: return "The run came to nothing, and has learned nothing.";
    default: return "What the run has learned is being measured.";
    }
}

void fit_describe(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = view_live(v);
    if (!fit_shown(v)) {
        mmoe_text_add(t, "%s", fit_missing(v));
        return;
    }
    mmoe_text_add(t, "%s at step %s, on the held-out rows.",
                  mmoe_model_name(mmoe_model_at((size_t)s->options.model)),
                  mmoe_format_count(s->fit->step, MMOE_NUMBER));
    for (size_t k = 0; k < s->tasks; k++)
        describe_task(s, k, t);
}

/* --- numbers --- */

static size_t units_told(const struct mmoe_fit *fit)
{
    size_t most = 0;
    for (size_t k = 0; k < fit->tasks; k++)
        most = fit->task[k].units > most ? fit->task[k].units : most;
    return most < MMOE_FIT_UNITS ? most : MMOE_FIT_UNITS;
}

void fit_csv(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = view_live(v);
    const struct mmoe_fit *fit = fit_shown(v);
    size_t units = fit ? units_told(fit) : 0;
    mmoe_text_add(t, "task,s,rows,truth,low,high,mean,sd,units_on,loss_share");
    for (size_t j = 0; j < units; j++)
        mmoe_text_add(t, ",unit%zu", j + 1);
    mmoe_text_add(t, "\n");
    for (size_t k = 0; fit && k < fit->tasks; k++)
        for (size_t i = 0; i < fit->task[k].bins; i++) {
            const struct mmoe_fit_bin *b = &fit->task[k].bin[i];
            const double told[] = {b->truth, b->low, b->high, b->mean, b->sd, b->on, b->loss};
            mmoe_text_add_csv(t, s->task[k].name);
            panel_add_value(t, b->s);
            mmoe_text_add(t, ",%zu", b->rows);
            for (size_t j = 0; j < sizeof told / sizeof *told; j++)
                panel_add_value(t, told[j]);
            for (size_t j = 0; j < units; j++)
                panel_add_value(t, b->rows ? (double)b->unit[j] : (double)NAN);
            mmoe_text_add(t, "\n");
        }
}

/* One member: a number of every bin. */
static void add_bins(struct mmoe_text *t, const char *key, const struct mmoe_fit_task *f,
                     double (*number)(const struct mmoe_fit_bin *b))
{
    double v[MMOE_FIT_BINS];
    for (size_t i = 0; i < f->bins; i++)
        v[i] = number(&f->bin[i]);
    mmoe_json_numbers(t, key, v, f->bins);
}

/* For each unit that is told the shares of a bin's rows for which it is on. */
static void add_units(struct mmoe_text *t, const struct mmoe_fit_task *f)
{
    size_t told = f->units < MMOE_FIT_UNITS ? f->units : MMOE_FIT_UNITS;
    mmoe_json_key(t, "unit");
    mmoe_text_add(t, "[");
    for (size_t j = 0; j < told; j++) {
        mmoe_text_add(t, j ? ",[" : "[");
        for (size_t i = 0; i < f->bins; i++)
            mmoe_text_add(t, f->bin[i].rows ? "%s%.6g" : "%snull", i ? "," : "",
                          (double)f->bin[i].unit[j]);
        mmoe_text_add(t, "]");
    }
    mmoe_text_add(t, "]");
}

static double s_of(const struct mmoe_fit_bin *b)
{
    return b->s;
}
static double rows_of(const struct mmoe_fit_bin *b)
{
    return (double)b->rows;
}
static double truth_of(const struct mmoe_fit_bin *b)
{
    return b->truth;
}
static double mean_of(const struct mmoe_fit_bin *b)
{
    return b->mean;
}
static double sd_of(const struct mmoe_fit_bin *b)
{
    return b->sd;
}
static double on_of(const struct mmoe_fit_bin *b)
{
    return b->on;
}
static double low_of(const struct mmoe_fit_bin *b)
{
    return b->low;
}
static double high_of(const struct mmoe_fit_bin *b)
{
    return b->high;
}
static double loss_of(const struct mmoe_fit_bin *b)
{
    return b->loss;
}

void fit_json(const struct view *v, struct mmoe_text *t)
{
    const struct mmoe_snapshot *s = view_live(v);
    const struct mmoe_fit *fit = fit_shown(v);
    for (size_t k = 0; fit && k < fit->tasks; k++) {
        const struct mmoe_fit_task *f = &fit->task[k];
        mmoe_text_add(t, "{");
        mmoe_json_word(t, "event", "fit");
        mmoe_json_count(t, "step", fit->step);
        mmoe_json_word(t, "task", s->task[k].name);
        mmoe_json_word(t, "bins", fit->along ? "s" : "deciles");
        mmoe_json_count(t, "units", f->units);
        mmoe_json_number(t, "rows_off", f->rows_off);
        mmoe_json_truth(t, "stuck", mmoe_is_stuck(f->rows_off));
        add_bins(t, "s", f, s_of);
        add_bins(t, "rows", f, rows_of);
        add_bins(t, "truth", f, truth_of);
        add_bins(t, "low", f, low_of);
        add_bins(t, "high", f, high_of);
        add_bins(t, "mean", f, mean_of);
        add_bins(t, "sd", f, sd_of);
        add_bins(t, "units_on", f, on_of);
        add_bins(t, "loss_share", f, loss_of);
        add_units(t, f);
        mmoe_text_add(t, "}\n");
    }
}
