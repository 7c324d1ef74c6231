/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot.c - a value copied out of a run; all but its curve is plain. */
#include <math.h>
#include <string.h>

#include <mmoe/mem.h>
#include <mmoe/snapshot.h>

void mmoe_snapshot_init(struct mmoe_snapshot *s, size_t curve_room)
{
    memset(s, 0, sizeof *s);
    s->pearson = s->cosine = NAN;
    mmoe_snapshot_reserve(s, curve_room);
}

void mmoe_snapshot_done(struct mmoe_snapshot *s)
{
    mmoe_free(s->curve);
    memset(s, 0, sizeof *s);
}

void mmoe_snapshot_reserve(struct mmoe_snapshot *s, size_t curve_room)
{
    if (curve_room <= s->curve_room)
        return;
    s->curve = mmoe_regrow(s->curve, s->curve_count, curve_room, sizeof *s->curve);
    s->curve_room = curve_room;
}

void mmoe_snapshot_copy(struct mmoe_snapshot *to, const struct mmoe_snapshot *from)
{
    struct mmoe_eval *curve = to->curve;
    size_t room = to->curve_room;
    if (room < from->curve_count) {
        room = from->curve_count > 2 * room ? from->curve_count : 2 * room;
        mmoe_free(curve);
        curve = mmoe_alloc(room, sizeof *curve);
    }
    *to = *from;
    to->curve = curve;
    to->curve_room = room;
    if (from->curve_count)
        memcpy(curve, from->curve, from->curve_count * sizeof *curve);
}
