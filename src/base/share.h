/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * share.h - a count of references to what several threads share.
 *
 * Ownership: whoever drops the last reference frees. Threads: any.
 *
 *   share_init(&o->share);  share_add(&o->share);  if (share_drop(&o->share)) free(o);
 */
#ifndef MMOE_BASE_SHARE_H
#define MMOE_BASE_SHARE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct share {
    atomic_size_t references;
};

/* One reference. */
static inline void share_init(struct share *s)
{
    atomic_init(&s->references, 1);
}

static inline void share_add(struct share *s)
{
    atomic_fetch_add_explicit(&s->references, 1, memory_order_relaxed);
}

/* Drop a reference. True if it was the last: no other thread uses the object, and the changes of
 * all of them are visible. */
static inline bool share_drop(struct share *s)
{
    return atomic_fetch_sub_explicit(&s->references, 1, memory_order_acq_rel) == 1;
}

/* Has the caller the only reference? */
static inline bool share_is_sole(struct share *s)
{
    return atomic_load_explicit(&s->references, memory_order_acquire) == 1;
}

#endif
