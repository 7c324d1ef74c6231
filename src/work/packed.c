/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packed.c - records of finished runs as they wait for their reader. */
#include "src/work/packed.h"

#include <string.h>

#include <mmoe/mem.h>

/* What is kept of a record: from the member behind the options to the last point of the curve. */
enum { FROM = offsetof(struct mmoe_record, failed), CURVE = offsetof(struct mmoe_record, curve) };

struct packed {
    size_t readers, run, bytes;
    char body[]; /* (bytes) */
};

struct packed *packed_new(const struct mmoe_record *record)
{
    size_t bytes = CURVE - FROM + record->curve_count * sizeof *record->curve;
    struct packed *p = mmoe_alloc(1, sizeof *p + bytes);
    p->readers = 1;
    p->run = record->run;
    p->bytes = bytes;
    memcpy(p->body, (const char *)record + FROM, bytes);
    return p;
}

void packed_drop(struct packed *p)
{
    if (p && --p->readers == 0)
        mmoe_free(p);
}

void packed_share(struct packed *p)
{
    p->readers++;
}

size_t packed_run(const struct packed *p)
{
    return p->run;
}

void packed_open(struct packed *p, const struct mmoe_grid *g, size_t run, struct mmoe_record *out)
{
    memcpy((char *)out + FROM, p->body, p->bytes);
    memset((char *)out + FROM + p->bytes, 0, sizeof *out - FROM - p->bytes);
    mmoe_grid_options(g, run, &out->options);
    out->run = run;
    packed_drop(p);
}
