/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pace.h - lanes that train in lockstep: none begins a step before all that train have
 * ended the one before.
 *
 * A member counts from when a training of it is ordered until that ends or is dropped; one
 * that does not train holds nobody up. What a run computes does not depend on its pace.
 *
 * Ownership: pace_new has one reference, pace_ref adds one, pace_free drops one.
 * Threads:   any; a member's place is its own.
 */
#ifndef MMOE_WORK_PACE_H
#define MMOE_WORK_PACE_H

#include <stdbool.h>
#include <stddef.h>

enum { PACE_MEMBERS_MAX = 8 };

struct pace;
struct pace *pace_new(void);
struct pace *pace_ref(struct pace *p);
void pace_free(struct pace *p); /* NULL allowed */

/* The place of one more member. */
size_t pace_join(struct pace *p);
/* One more training of the member is ordered. */
void pace_begin(struct pace *p, size_t member);
/* So many of them ended, or were dropped before they began; those who wait look again. */
void pace_end(struct pace *p, size_t member, size_t trainings);
/* The member is at that step: wait until it may begin the next one. go_on is asked now and then
 * where it has to wait; where it says no, the wait ends, and false is returned. */
bool pace_wait(struct pace *p, size_t member, size_t step, bool (*go_on)(void *context),
               void *context);

#endif
