/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * print_axis.c - axes on paper: a thin line, ticks outside, labels that agree in their decimals.
 *
 * Powers of ten beyond what is read at a glance are written as such, 10 with a
 * raised exponent, since fonts do not agree on which raised digits they have.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/figure/print.h"

const struct face face_title = {9.5, true, false}, face_head = {8, true, false},
                  face_text = {8, false, false}, face_tick = {7, false, false},
                  face_note = {6.8, false, false};
static const struct face face_raised = {5.2, false, false};
#define LINE_WIDTH 0.6
#define MINUS "\xE2\x88\x92"
#define TIMES "\xC3\x97"
enum { TICKS_MAX = 16, DECADES_WITH_MINOR = 8 };

/* --- places --- */

double print_place(const struct print_axis *a, double v)
{
    double t = a->log_scale ? log(v / a->low) / log(a->high / a->low)
                            : (v - a->low) / (a->high - a->low);
    return a->from + t * (a->to - a->from);
}

struct print_axis print_axis_make(double low, double high, bool log_scale, double from, double to,
                                  double most)
{
    struct print_axis a = {
        .low = low, .high = high, .log_scale = log_scale, .from = from, .to = to};
    most = fmin(fmax(most, 2), TICKS_MAX);
    a.count = figure_ticks(low, high, log_scale, (size_t)most, a.ticks);
    a.labels = figure_labels_of(a.ticks, a.count, log_scale);
    return a;
}

/* --- labels --- */

struct label {
    char base[FIGURE_LABEL_SIZE + 16], raised[16];
};

static struct label label_of(const struct print_axis *a, double v)
{
    struct label l = {"", ""};
    struct figure_label parts = figure_label_of(&a->labels, v);
    const char *minus = parts.negative ? MINUS : "", *times = *parts.base ? TIMES : "";
    char digits[FIGURE_LABEL_SIZE];
    if (*parts.power) {
        bool below = *parts.power == '-';
        snprintf(l.base, sizeof l.base, "%s%s%s10", minus, parts.base, times);
        snprintf(l.raised, sizeof l.raised, "%s%s", below ? MINUS : "", parts.power + below);
        return l;
    }
    if (fabs(v) >= 1000 && !strchr(parts.base, '.'))
        mmoe_format_count((uint64_t)llround(fabs(v)), digits, sizeof digits);
    else
        snprintf(digits, sizeof digits, "%s", parts.base);
    snprintf(l.base, sizeof l.base, "%s%s", minus, digits);
    return l;
}

static double label_width(struct paper *p, const struct label *l)
{
    return paper_width(p, face_tick, l->base) +
           (*l->raised ? 0.5 + paper_width(p, face_raised, l->raised) : 0);
}

/* The label's left end at x. */
static void put_label(struct paper *p, const struct label *l, double x, double y)
{
    paper_text(p, x, y, HOLD_LEFT, face_tick, ink_text, l->base);
    if (*l->raised)
        paper_text(p, x + 0.5 + paper_width(p, face_tick, l->base), y - 2.6, HOLD_LEFT, face_raised,
                   ink_text, l->raised);
}

double print_axis_width(struct paper *p, const struct print_axis *a)
{
    double most = 0;
    for (size_t i = 0; i < a->count; i++) {
        struct label l = label_of(a, a->ticks[i]);
        most = fmax(most, label_width(p, &l));
    }
    return most;
}

/* --- lines --- */

/* Ticks without labels between the powers of ten, where there are not too many. */
static size_t minor_ticks(const struct print_axis *a, double out[DECADES_WITH_MINOR * 9])
{
    size_t n = 0;
    if (!a->log_scale || log10(a->high / a->low) > DECADES_WITH_MINOR - 1)
        return 0;
    for (int k = (int)floor(log10(a->low));
         pow(10, k) <= a->high && n + 9 <= DECADES_WITH_MINOR * 9; k++)
        for (int i = 2; i < 10; i++)
            if (i * pow(10, k) >= a->low && i * pow(10, k) <= a->high)
                out[n++] = i * pow(10, k);
    return n;
}

static void line(struct paper *p, double x0, double y0, double x1, double y1)
{
    paper_move(p, x0, y0);
    paper_line(p, x1, y1);
}

void print_x_axis(struct paper *p, const struct print_axis *a, struct box area, const char *label,
                  bool bare)
{
    double minor[DECADES_WITH_MINOR * 9], y = area.y + area.height, end = -INFINITY;
    size_t minors = minor_ticks(a, minor);
    line(p, area.x, y, area.x + area.width, y);
    for (size_t i = 0; i < a->count; i++)
        line(p, print_place(a, a->ticks[i]), y, print_place(a, a->ticks[i]), y + PRINT_TICK);
    for (size_t i = 0; i < minors; i++)
        line(p, print_place(a, minor[i]), y, print_place(a, minor[i]), y + PRINT_TICK / 2.0);
    paper_stroke(p, ink_axis, LINE_WIDTH, 0);
    for (size_t i = 0; i < a->count && !bare; i++) {
        struct label l = label_of(a, a->ticks[i]);
        double width = label_width(p, &l), x = print_place(a, a->ticks[i]) - width / 2;
        if (x < end + 4)
            continue;
        put_label(p, &l, x, y + PRINT_TICK + 7.5);
        end = x + width;
    }
    if (label && !bare)
        paper_text(p, area.x + area.width / 2, y + PRINT_TICK + 7.5 + PRINT_LINE, HOLD_MIDDLE,
                   face_text, ink_text, label);
}

void print_y_axis(struct paper *p, const struct print_axis *a, struct box area, const char *label,
                  double margin, bool bare)
{
    double minor[DECADES_WITH_MINOR * 9];
    size_t minors = minor_ticks(a, minor);
    line(p, area.x, area.y, area.x, area.y + area.height);
    for (size_t i = 0; i < a->count; i++)
        line(p, area.x, print_place(a, a->ticks[i]), area.x - PRINT_TICK,
             print_place(a, a->ticks[i]));
    for (size_t i = 0; i < minors; i++)
        line(p, area.x, print_place(a, minor[i]), area.x - PRINT_TICK / 2.0,
             print_place(a, minor[i]));
    paper_stroke(p, ink_axis, LINE_WIDTH, 0);
    for (size_t i = 0; i < a->count && !bare; i++) {
        struct label l = label_of(a, a->ticks[i]);
        put_label(p, &l, area.x - PRINT_TICK - 1.5 - label_width(p, &l),
                  print_place(a, a->ticks[i]) + 2.5);
    }
    if (label && !bare)
        paper_text_up(p, area.x - margin + 7, area.y + area.height / 2, face_text, ink_text, label);
}

void print_grid(struct paper *p, const struct print_axis *a, struct box area, bool across)
{
    for (size_t i = 0; i < a->count; i++) {
        double at = print_place(a, a->ticks[i]);
        if (across)
            line(p, area.x, at, area.x + area.width, at);
        else
            line(p, at, area.y, at, area.y + area.height);
    }
    paper_stroke(p, ink_grid, 0.5, 0);
}

/* --- words --- */

void print_head(struct paper *p, struct box area, double head, const char *title, const char *note)
{
    double y = area.y - head + 8;
    if (title)
        paper_text(p, area.x, y, HOLD_LEFT, face_head, ink_text, title);
    if (note)
        paper_text(p, area.x + area.width, y, HOLD_RIGHT, face_note, ink_dim, note);
}

char *print_number(double v, char *buf, size_t size)
{
    double a = fabs(v);
    int decimals = a >= 1000 ? 0 : a >= 100 ? 1 : a >= 10 ? 2 : a >= 0.01 ? 3 : 4;
    if (a > 0 && (a >= 1e5 || a < 1e-3))
        snprintf(buf, size, "%.2e", v);
    else
        snprintf(buf, size, "%.*f", decimals, v);
    return buf;
}
