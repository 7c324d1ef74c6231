/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * activity.h - which units are on, gathered over held-out batches.
 *
 * Ownership: activity_init / activity_done. Threads: one at a time.
 *
 *   activity_begin(&a);
 *   forward ...; activity_add(&a, net, rows);   for each batch
 *   activity_end(&a, net, &snapshot.activity);
 */
#ifndef MMOE_TRAIN_ACTIVITY_H
#define MMOE_TRAIN_ACTIVITY_H

#include <mmoe/activity.h>

struct activity {
    size_t units, rows;          /* of all hidden layers; added so far */
    unsigned char *on;           /* (units) was above 0 on some row */
    size_t off[MMOE_HIDDEN_MAX]; /* rows for which none of a part's units was on */
};

bool activity_init(struct activity *a, const struct mmoe_net *net); /* false: no memory */
void activity_done(struct activity *a);
void activity_begin(struct activity *a);
/* Add the results of the net's last forward pass over that many rows. */
void activity_add(struct activity *a, const struct mmoe_net *net, size_t rows);
void activity_end(const struct activity *a, const struct mmoe_net *net, struct mmoe_activity *out);
/* Of the last forward's rows, those for which no unit that the task's prediction is made of was on.
 */
size_t activity_rows_off(const struct mmoe_net *net, size_t task, size_t rows);

#endif
