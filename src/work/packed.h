/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packed.h - records of finished runs as they wait for their reader.
 *
 * A packed record leaves out the options, which the grid knows, and the room of its curve that has
 * no point: of a short run a seventh is left. Runs that are the same to the bit share one.
 *
 * Ownership: packed_new makes one with one reader; packed_open by the last of its readers frees it.
 * Threads:   one at a time.
 *
 *   struct packed *p = packed_new(&record);
 *   packed_open(p, &grid, run, &record);
 */
#ifndef MMOE_WORK_PACKED_H
#define MMOE_WORK_PACKED_H

#include <mmoe/grid.h>
#include <mmoe/record.h>

struct packed;

struct packed *packed_new(const struct mmoe_record *record);
/* Drop one of its readers, who does not want it; NULL allowed. */
void packed_drop(struct packed *p);
/* One reader more. */
void packed_share(struct packed *p);
size_t packed_run(const struct packed *p); /* of the record it was made of */
/* The record, as that of a run of the grid; drops its reader. */
void packed_open(struct packed *p, const struct mmoe_grid *g, size_t run, struct mmoe_record *out);

#endif
