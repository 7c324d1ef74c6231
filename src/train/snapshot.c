/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot.c - a value copied out of a run; all but its curve and what is measured on demand is
 * plain. */
#include <math.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/snapshot.h>

#include "src/base/share.h"

void mmoe_snapshot_init(struct mmoe_snapshot *s, size_t curve_room)
{
    memset(s, 0, sizeof *s);
    s->pearson = s->cosine = NAN;
    mmoe_snapshot_reserve(s, curve_room);
}

void mmoe_snapshot_done(struct mmoe_snapshot *s)
{
    mmoe_free(s->curve);
    mmoe_free(s->fit);
    mmoe_free(s->scatter);
    mmoe_free(s->gate_time);
    mmoe_journal_free(s->journal);
    memset(s, 0, sizeof *s);
}

void mmoe_snapshot_reserve(struct mmoe_snapshot *s, size_t curve_room)
{
    if (curve_room <= s->curve_room)
        return;
    s->curve = mmoe_regrow(s->curve, s->curve_count, curve_room, sizeof *s->curve);
    s->curve_room = curve_room;
}

/* from, of that size, in the room of `to`, which is made where there is none. */
static void *copy(void *to, const void *from, size_t size)
{
    if (!from) {
        mmoe_free(to);
        return NULL;
    }
    if (!to)
        to = mmoe_alloc(1, size);
    memcpy(to, from, size);
    return to;
}

void mmoe_snapshot_copy(struct mmoe_snapshot *to, const struct mmoe_snapshot *from)
{
    struct mmoe_eval *curve = to->curve;
    struct mmoe_fit *fit = to->fit;
    struct mmoe_scatter *scatter = to->scatter;
    struct mmoe_gate_time *gate_time = to->gate_time;
    size_t room = to->curve_room;
    if (room < from->curve_count) {
        room = from->curve_count > 2 * room ? from->curve_count : 2 * room;
        mmoe_free(curve);
        curve = mmoe_alloc(room, sizeof *curve);
    }
    const struct mmoe_journal *before = to->journal;
    *to = *from;
    mmoe_journal_ref(to->journal);
    mmoe_journal_free(before);
    to->curve = curve;
    to->curve_room = room;
    to->fit = copy(fit, from->fit, sizeof *fit);
    to->gate_time = mmoe_gate_time_copy(gate_time, from->gate_time);
    to->scatter = copy(scatter, from->scatter, sizeof *scatter);
    if (from->curve_count)
        memcpy(curve, from->curve, from->curve_count * sizeof *curve);
}

/* --- shared by reference --- */

struct shared {
    struct mmoe_snapshot shot;
    struct share share;
};

static struct shared *shared_of(const struct mmoe_snapshot *s)
{
    return (struct shared *)(uintptr_t)s; /* its first member */
}

struct mmoe_snapshot *mmoe_snapshot_new(void)
{
    struct shared *s = mmoe_alloc(1, sizeof *s);
    mmoe_snapshot_init(&s->shot, 0);
    share_init(&s->share);
    return &s->shot;
}

const struct mmoe_snapshot *mmoe_snapshot_ref(const struct mmoe_snapshot *s)
{
    share_add(&shared_of(s)->share);
    return s;
}

void mmoe_snapshot_free(const struct mmoe_snapshot *s)
{
    if (!s || !share_drop(&shared_of(s)->share))
        return;
    mmoe_snapshot_done(&shared_of(s)->shot);
    mmoe_free(shared_of(s));
}

struct mmoe_snapshot *mmoe_snapshot_reuse(const struct mmoe_snapshot *s)
{
    if (s && share_is_sole(&shared_of(s)->share))
        return &shared_of(s)->shot;
    mmoe_snapshot_free(s);
    return NULL;
}
