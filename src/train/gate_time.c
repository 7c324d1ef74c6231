/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gate_time.c - the mean weights of gates at the evaluations of a run. */
#include <math.h>
#include <string.h>

#include <mmoe/gate_time.h>
#include <mmoe/mem.h>
#include <mmoe/snapshot.h>

static const char means[] = "run.gate_time", counts[] = "run.gate_counts";
enum { PUSHED, STRIDE, COUNTS };

static size_t row(const struct mmoe_gate_time *t)
{
    return t->gates * t->experts;
}

struct mmoe_gate_time *mmoe_gate_time_new(size_t gates, size_t experts)
{
    struct mmoe_gate_time *t =
        mmoe_alloc(1, sizeof *t + MMOE_GATE_TIME_MAX * gates * experts * sizeof t->mean[0]);
    t->gates = gates;
    t->experts = experts;
    t->stride = 1;
    return t;
}

struct mmoe_gate_time *mmoe_gate_time_copy(struct mmoe_gate_time *to,
                                           const struct mmoe_gate_time *from)
{
    if (!from || (to && row(to) != row(from))) {
        mmoe_free(to);
        to = NULL;
    }
    if (!from)
        return NULL;
    if (!to)
        to = mmoe_gate_time_new(from->gates, from->experts);
    memcpy(to, from, sizeof *from + from->count * row(from) * sizeof from->mean[0]);
    return to;
}

void mmoe_gate_time_clear(struct mmoe_gate_time *t)
{
    t->count = t->pushed = 0;
    t->stride = 1;
}

static void thin(struct mmoe_gate_time *t)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->count; i += 2, kept++) {
        t->step[kept] = t->step[i];
        memmove(t->mean + kept * row(t), t->mean + i * row(t), row(t) * sizeof t->mean[0]);
    }
    t->count = kept;
    t->stride *= 2;
}

/* The last one is replaced where it is off the stride, or of the same step. */
void mmoe_gate_time_push(struct mmoe_gate_time *t, size_t step, const struct mmoe_gates *g)
{
    bool again = t->count && t->step[t->count - 1] == step;
    size_t index = again ? t->pushed - 1 : t->pushed++;
    if (t->count && (again || (index > 0 && (index - 1) % t->stride != 0)))
        t->count--;
    if (t->count == MMOE_GATE_TIME_MAX)
        thin(t);
    t->step[t->count] = step;
    for (size_t k = 0; k < t->gates; k++)
        memcpy(t->mean + (t->count * t->gates + k) * t->experts, g->mean[k],
               t->experts * sizeof t->mean[0]);
    t->count++;
}

enum mmoe_status mmoe_gate_time_save(const struct mmoe_gate_time *t, struct mmoe_arrays *out,
                                     struct mmoe_error *err)
{
    const size_t dim[] = {t->count, 1 + row(t)}, n = COUNTS;
    struct mmoe_array *v = mmoe_arrays_add(out, means, MMOE_F64, 2, dim, err);
    if (!v)
        return err->status;
    for (size_t i = 0; i < t->count; i++) {
        double *to = (double *)v->data + i * dim[1];
        to[0] = (double)t->step[i];
        for (size_t k = 0; k < row(t); k++)
            to[1 + k] = (double)t->mean[i * row(t) + k];
    }
    if (!(v = mmoe_arrays_add(out, counts, MMOE_I64, 1, &n, err)))
        return err->status;
    ((int64_t *)v->data)[PUSHED] = (int64_t)t->pushed;
    ((int64_t *)v->data)[STRIDE] = (int64_t)t->stride;
    return MMOE_OK;
}

/* As many as are left of so many pushed: those on the stride, and the last. */
static size_t count_of(size_t pushed, size_t stride)
{
    size_t last = pushed ? pushed - 1 : 0;
    return pushed ? last / stride + 1 + (last % stride != 0) : 0;
}

static bool take_row(struct mmoe_gate_time *t, size_t i, const double *from, size_t step)
{
    double least = i ? (double)t->step[i - 1] + 1 : 0;
    if (!(from[0] >= least && from[0] <= (double)step))
        return false;
    t->step[i] = (size_t)from[0];
    for (size_t k = 0; k < row(t); k++) {
        if (!(from[1 + k] >= 0 && from[1 + k] <= 1.0001))
            return false;
        t->mean[i * row(t) + k] = (float)from[1 + k];
    }
    return true;
}

bool mmoe_gate_time_restore(struct mmoe_gate_time *t, const struct mmoe_arrays *in, size_t step)
{
    const struct mmoe_array *v = mmoe_arrays_find(in, means), *c = mmoe_arrays_find(in, counts);
    mmoe_gate_time_clear(t);
    if (!v && !c)
        return true;
    if (!v || !c || v->type != MMOE_F64 || v->ndim != 2 || v->dim[1] != 1 + row(t) ||
        v->dim[0] > MMOE_GATE_TIME_MAX || c->type != MMOE_I64 || c->n != COUNTS)
        return false;
    const int64_t *n = c->data;
    if (n[PUSHED] < 0 || n[STRIDE] < 1 || n[PUSHED] > 1000000000 || n[STRIDE] > 1000000000 ||
        (n[STRIDE] & (n[STRIDE] - 1)) ||
        v->dim[0] != count_of((size_t)n[PUSHED], (size_t)n[STRIDE]))
        return false;
    for (size_t i = 0; i < v->dim[0]; i++)
        if (!take_row(t, i, (const double *)v->data + i * v->dim[1], step))
            return false;
    t->count = v->dim[0];
    t->pushed = (size_t)n[PUSHED];
    t->stride = (size_t)n[STRIDE];
    return true;
}
