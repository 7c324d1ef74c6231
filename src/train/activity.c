/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * activity.c - which units are on, of every hidden layer.
 *
 * A layer of tasks (towers, bottoms of their own) has a part for each task; any other layer is
 * one part, all experts together. Units of experts that a gate leaves out for a row are off for it.
 */
#include "src/train/activity.h"

#include <string.h>

#include <mmoe/mem.h>

#include "src/base/versions.h"

static size_t parts_of(const struct mmoe_hidden *h)
{
    return h->of_tasks ? h->groups : 1;
}

bool activity_init(struct activity *a, const struct mmoe_net *net)
{
    struct mmoe_hidden h;
    *a = (struct activity){0};
    for (size_t i = 0; mmoe_net_hidden_at(net, i, &h); i++)
        a->units += h.groups * h.units;
    a->on = mmoe_try_alloc(a->units, 1);
    return a->on != NULL;
}

void activity_done(struct activity *a)
{
    mmoe_free(a->on);
    *a = (struct activity){0};
}

void activity_begin(struct activity *a)
{
    a->rows = 0;
    memset(a->on, 0, a->units);
    memset(a->off, 0, sizeof a->off);
}

/* Note the units of n that are on for any of the rows; returns the rows for which none is. */
VERSIONS static size_t note(size_t rows, size_t n, const mmoe_real *y, size_t ld,
                            unsigned char *restrict on)
{
    size_t off = 0;
    for (size_t i = 0; i < rows; i++, y += ld) {
        unsigned char any = 0;
        for (size_t j = 0; j < n; j++) {
            unsigned char is = y[j] > 0;
            on[j] |= is;
            any |= is;
        }
        off += !any;
    }
    return off;
}

/* A unit behind a stitch may be below 0. The first unit that is on ends the search: of most rows
 * one of the first is. */
static bool is_off(size_t n, const mmoe_real *y)
{
    for (size_t j = 0; j < n; j++)
        if (y[j] > 0 || y[j] < 0)
            return false;
    return true;
}

void activity_add(struct activity *a, const struct mmoe_net *net, size_t rows)
{
    struct mmoe_hidden h;
    unsigned char *on = a->on;
    size_t *off = a->off;
    for (size_t i = 0; mmoe_net_hidden_at(net, i, &h); i++) {
        size_t parts = parts_of(&h), width = h.groups * h.units / parts;
        for (size_t k = 0; k < parts; k++, on += width)
            *off++ += note(rows, width, h.y + k * width, h.ld, on);
    }
    a->rows += rows;
}

static double share_never(const unsigned char *on, size_t n)
{
    size_t never = 0;
    for (size_t j = 0; j < n; j++)
        never += !on[j];
    return (double)never / (double)n;
}

void activity_end(const struct activity *a, const struct mmoe_net *net, struct mmoe_activity *out)
{
    struct mmoe_hidden h;
    const unsigned char *on = a->on;
    out->count = 0;
    for (size_t i = 0; mmoe_net_hidden_at(net, i, &h); i++) {
        size_t parts = parts_of(&h), width = h.groups * h.units / parts;
        for (size_t k = 0; k < parts; k++, on += width) {
            struct mmoe_activity_part *p = &out->part[out->count];
            p->task = h.alone ? h.task + 1 : h.of_tasks ? k + 1 : 0;
            p->units = width;
            p->never = share_never(on, width);
            p->off = (double)a->off[out->count++] / (double)a->rows;
            memcpy(p->layer, h.name, sizeof p->layer);
        }
    }
}

size_t activity_rows_off(const struct mmoe_net *net, size_t task, size_t rows)
{
    size_t units, ld, off = 0;
    const mmoe_real *y = mmoe_net_last_hidden(net, task, &units, &ld);
    for (size_t i = 0; i < rows; i++)
        off += is_off(units, y + i * ld);
    return off;
}
