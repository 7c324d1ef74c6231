/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audit.h - stored runs trained again here, and compared to the bit.
 *
 * Ownership: values. Threads: blocks the caller; a job's work.
 *
 *   struct mmoe_audit a = {.count = 20};
 *   mmoe_audit(store, study, &a, &err);  ... a.equal of a.count ...
 */
#ifndef MMOE_AUDIT_H
#define MMOE_AUDIT_H

#include <mmoe/store.h>

enum { MMOE_AUDIT_MOST = 1000 };

struct mmoe_audit {
    size_t count;                               /* runs, evenly spread over those that are finished;
                                                   afterwards how many there were */
    bool (*go_on)(void *context, double share); /* asked before every step; NULL: to the end */
    void *context;
    size_t equal; /* of them with the same losses, to the bit */
};

/* MMOE_STATE where it was stopped; fails where a run cannot be made here. */
enum mmoe_status mmoe_audit(struct mmoe_store *s, int64_t study, struct mmoe_audit *a,
                            struct mmoe_error *err);

#endif
