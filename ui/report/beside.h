/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * beside.h - stored studies side by side: a row for each setting, and the verdicts on the claims.
 *
 * Settings are matched by what they are called. What is told is the final loss of the first task.
 *
 * Ownership: the caller's. Threads: any; reading and claims take their time.
 */
#ifndef MMOE_UI_BESIDE_H
#define MMOE_UI_BESIDE_H

#include <stdint.h>

#include <mmoe/store.h>
#include <mmoe/tally.h>

enum { BESIDE_MAX = 6 };

struct beside {
    size_t count;
    int64_t id[BESIDE_MAX]; /* of the studies, in this order */
};

/* Append the table of those studies of a store, or, json, an event a setting and claim. go_on is
 * asked now and then; where it says no: MMOE_STATE. */
enum mmoe_status beside_add(struct mmoe_store *store, const struct beside *b, bool json,
                            bool (*go_on)(void *context, double share), void *context,
                            struct mmoe_text *t, struct mmoe_error *err);

#endif
