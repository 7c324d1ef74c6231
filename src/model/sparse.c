/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sparse.c - experts computed for the rows that chose them.
 *
 * The rows of an expert are gathered side by side, all experts' in one list, so
 * that a layer of an expert is one product over its rows: with k of E experts
 * kept a step costs k/E of the dense one's products. Outputs are added to the
 * mixture row by row, experts in ascending order.
 */
#include "src/model/sparse.h"

#include <string.h>

#include "src/model/fold.h"

static size_t rows_of(const struct sparse *s, size_t expert)
{
    return s->start[expert + 1] - s->start[expert];
}

/* --- forward --- */

/* Which rows any gate gives to which expert. */
static void list_rows(struct sparse *s, const struct gating *q, size_t rows)
{
    uint32_t n = 0;
    for (size_t j = 0; j < q->experts; j++) {
        s->start[j] = n;
        for (size_t i = 0; i < rows; i++) {
            bool chosen = false;
            for (size_t k = 0; k < q->gates; k++)
                chosen |= q->g[(i * q->gates + k) * q->experts + j] > 0;
            if (chosen)
                s->row[n++] = (uint32_t)i;
        }
    }
    s->start[q->experts] = n;
}

/* What a layer of an expert reads: the rows gathered, or the layer below. */
static mmoe_real *input_of(const struct sparse *s, const struct stack *experts, size_t level,
                           size_t expert, bool slope)
{
    mmoe_real *of = level == 0 ? slope ? s->dx : s->x : slope ? s->dy[level - 1] : s->y[level - 1];
    return of + s->start[expert] * experts->layers[level].in;
}

static void expert_forward(const struct sparse *s, const struct stack *experts,
                           const struct engine *e, size_t expert)
{
    size_t n = rows_of(s, expert), ld;
    for (size_t i = 0; i < experts->count && n > 0; i++) {
        const struct layer *l = &experts->layers[i];
        mmoe_real *y = s->y[i] + s->start[expert] * l->out;
        const mmoe_real *w = l->w + layer_weights(l, expert, &ld);
        if (fold_is_on(l))
            fold_forward(l, e, n, s->row + s->start[expert], expert * l->out, l->out, y, l->out);
        else
            e->k->product(n, l->out, l->in, input_of(s, experts, i, expert, false), l->in, false, w,
                          ld, y, l->out);
        e->k->activate(n, l->out, y, l->out, l->params + l->bias + expert * l->out, l->relu);
        for (size_t r = 0; r < n; r++)
            layer_drop_row(l, e, s->row[s->start[expert] + r], expert, y + r * l->out);
    }
}

/* mix of the rows of an expert += its weights times its outputs y (room,units). */
static void add_expert(const struct sparse *s, const struct gating *q, size_t expert,
                       const mmoe_real *outputs, size_t units, mmoe_real *mix)
{
    for (size_t r = s->start[expert]; r < s->start[expert + 1]; r++) {
        const mmoe_real *restrict y = outputs + r * units;
        for (size_t k = 0; k < q->gates; k++) {
            size_t at = s->row[r] * q->gates + k;
            mmoe_real *restrict f = mix + at * units, g = q->g[at * q->experts + expert];
            for (size_t h = 0; h < units; h++)
                f[h] += g * y[h];
        }
    }
}

/* The outputs of layer `level` where diagnostics look for them; 0 where an expert was not computed.
 */
static void spread(const struct sparse *s, const struct stack *experts, size_t level, size_t rows)
{
    const struct layer *l = &experts->layers[level];
    size_t ld = layer_ld(l);
    for (size_t i = 0; i < rows; i++)
        memset(l->y + i * ld, 0, l->groups * l->out * sizeof *l->y);
    for (size_t j = 0; j < l->groups; j++)
        for (size_t r = s->start[j]; r < s->start[j + 1]; r++)
            memcpy(l->y + s->row[r] * ld + j * l->out, s->y[level] + r * l->out,
                   l->out * sizeof *l->y);
}

void sparse_forward(struct sparse *s, const struct stack *experts, const struct gating *q,
                    const struct engine *e, size_t rows, const mmoe_real *x, size_t ldx,
                    mmoe_real *mix)
{
    size_t in = experts->layers[0].in, level = experts->count - 1;
    const struct layer *top = &experts->layers[level];
    list_rows(s, q, rows);
    for (size_t r = 0; r < s->start[q->experts] && !fold_is_on(&experts->layers[0]); r++)
        memcpy(s->x + r * in, x + s->row[r] * ldx, in * sizeof *x);
    memset(mix, 0, rows * q->gates * top->out * sizeof *mix);
    mmoe_phases_mark(e->phases, MMOE_PHASE_GATES);
    for (size_t j = 0; j < q->experts; j++) {
        expert_forward(s, experts, e, j);
        add_expert(s, q, j, s->y[level], top->out, mix);
    }
    mmoe_phases_mark(e->phases, MMOE_PHASE_PRODUCTS);
    for (size_t i = 0; i <= level && !e->training; i++)
        spread(s, experts, i, rows);
}

/* --- backward --- */

/* dg, and the slope of an expert's outputs, which are those of layer `level`. */
static void mixture_backward(const struct sparse *s, const struct gating *q, size_t expert,
                             size_t level, size_t units, const mmoe_real *dmix)
{
    for (size_t r = s->start[expert]; r < s->start[expert + 1]; r++) {
        const mmoe_real *restrict y = s->y[level] + r * units;
        mmoe_real *restrict dy = s->dy[level] + r * units;
        memset(dy, 0, units * sizeof *dy);
        for (size_t k = 0; k < q->gates; k++) {
            size_t at = s->row[r] * q->gates + k;
            const mmoe_real *restrict df = dmix + at * units;
            mmoe_real g = q->g[at * q->experts + expert], sum = 0;
            for (size_t h = 0; h < units; h++) {
                sum += df[h] * y[h];
                dy[h] += g * df[h];
            }
            q->dg[at * q->experts + expert] = sum;
        }
    }
}

static void layer_of_expert_backward(const struct sparse *s, const struct stack *experts,
                                     const struct engine *e, size_t level, size_t expert,
                                     bool wants_dx)
{
    const struct layer *l = &experts->layers[level];
    size_t n = rows_of(s, expert), at = s->start[expert] * l->out, ld;
    size_t place = layer_weights(l, expert, &ld);
    mmoe_real *dy = s->dy[level] + at, *db = l->grads + l->bias + expert * l->out;
    if (n == 0) {
        memset(db, 0, l->out * sizeof *db);
        for (size_t i = 0; i < l->in && !fold_is_on(l); i++)
            memset(l->dw + place + i * ld, 0, l->out * sizeof *l->dw);
        return;
    }
    e->k->deactivate(n, l->out, s->y[level] + at, dy, l->out, db, l->relu);
    if (l->relu)
        layer_drop_backward(e, n, l->out, dy, l->out, db);
    if (fold_is_on(l))
        fold_backward(l, e, n, s->row + s->start[expert], expert * l->out, l->out, dy, l->out);
    else
        e->k->product(l->in, l->out, n, input_of(s, experts, level, expert, false), l->in, true, dy,
                      l->out, l->dw + place, ld);
    if (!wants_dx)
        return;
    e->k->transpose(l->in, l->out, l->w + place, ld, l->wt);
    e->k->product(n, l->in, l->out, dy, l->out, false, l->wt, l->in,
                  input_of(s, experts, level, expert, true), l->in);
}

void sparse_backward(const struct sparse *s, const struct stack *experts, const struct gating *q,
                     const struct engine *e, size_t rows, const mmoe_real *dmix, mmoe_real *dx,
                     size_t ldx)
{
    size_t in = experts->layers[0].in, top = experts->count - 1;
    memset(q->dg, 0, rows * q->gates * q->experts * sizeof *q->dg);
    for (size_t j = 0; j < q->experts; j++) {
        mixture_backward(s, q, j, top, experts->layers[top].out, dmix);
        for (size_t i = experts->count; i-- > 0;)
            layer_of_expert_backward(s, experts, e, i, j, i > 0 || dx);
    }
    for (size_t i = 0; dx && i < rows; i++)
        memset(dx + i * ldx, 0, in * sizeof *dx);
    for (size_t r = 0; dx && r < s->start[q->experts]; r++)
        for (size_t c = 0; c < in; c++)
            dx[s->row[r] * ldx + c] += s->dx[r * in + c];
    mmoe_phases_mark(e->phases, MMOE_PHASE_PRODUCTS);
}
