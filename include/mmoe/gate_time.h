/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gate_time.h - the mean weights of gates at the evaluations of a run: when did they part?
 *
 * Of very many evaluations every second one is dropped, and so on; the newest is always the last.
 *
 * Ownership: _new / mmoe_free; a snapshot owns its own. Threads: one at a time.
 */
#ifndef MMOE_GATE_TIME_H
#define MMOE_GATE_TIME_H

#include <stddef.h>

#include <mmoe/arrays.h>

struct mmoe_gates;

enum { MMOE_GATE_TIME_MAX = 256 };

struct mmoe_gate_time {
    size_t gates, experts;
    size_t count;          /* evaluations kept */
    size_t pushed, stride; /* evaluations so far; every stride-th is kept */
    size_t step[MMOE_GATE_TIME_MAX];
    float mean[]; /* (MMOE_GATE_TIME_MAX, gates, experts) */
};

struct mmoe_gate_time *mmoe_gate_time_new(size_t gates, size_t experts);
/* from in the room of `to`, of which it is a copy of an earlier state, or which is made (NULL). */
struct mmoe_gate_time *mmoe_gate_time_copy(struct mmoe_gate_time *to,
                                           const struct mmoe_gate_time *from);
void mmoe_gate_time_clear(struct mmoe_gate_time *t);
void mmoe_gate_time_push(struct mmoe_gate_time *t, size_t step, const struct mmoe_gates *g);
static inline float mmoe_gate_time_at(const struct mmoe_gate_time *t, size_t i, size_t gate,
                                      size_t expert)
{
    return t->mean[(i * t->gates + gate) * t->experts + expert];
}

/* As arrays of a checkpoint, and back; false where they are damaged. Without any: none were kept.
 */
enum mmoe_status mmoe_gate_time_save(const struct mmoe_gate_time *t, struct mmoe_arrays *out,
                                     struct mmoe_error *err);
bool mmoe_gate_time_restore(struct mmoe_gate_time *t, const struct mmoe_arrays *in, size_t step);

#endif
