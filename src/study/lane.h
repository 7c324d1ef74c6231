/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lane.h - the live run on a thread of its own.
 *
 * The functions are those of runner.h of the same names; what they promise is said there.
 *
 * Ownership: lane_free joins the thread. Threads: one caller.
 */
#ifndef MMOE_STUDY_LANE_H
#define MMOE_STUDY_LANE_H

#include <mmoe/runner.h>

#include "src/study/news.h"

struct lane;
struct lane *lane_new(struct news *news);
/* Let it end soon: a runner's other threads need not wait for it. */
void lane_end(struct lane *l);
void lane_free(struct lane *l); /* NULL allowed */

void lane_make(struct lane *l, const struct mmoe_options *o, bool with_run);
void lane_train(struct lane *l, size_t until);
void lane_tune(struct lane *l, const struct mmoe_options *o);
void lane_pause(struct lane *l);
void lane_reset(struct lane *l);
void lane_file(struct lane *l, enum mmoe_file what, const char *path, const struct mmoe_options *o);
bool lane_filed(struct lane *l, struct mmoe_filed *out);
void lane_bench(struct lane *l, size_t index, size_t rounds);
bool lane_benched(struct lane *l, struct mmoe_bench *out);

bool lane_busy(struct lane *l);
bool lane_snapshot(struct lane *l, struct mmoe_snapshot *out);
struct mmoe_dataset *lane_data(struct lane *l);

#endif
