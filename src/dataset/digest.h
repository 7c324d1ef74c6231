/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * digest.h - what tells the rows of a file from all others.
 *
 * Ownership: plain values. Threads: one at a time for one dataset.
 */
#ifndef MMOE_DATASET_DIGEST_H
#define MMOE_DATASET_DIGEST_H

#include <mmoe/dataset.h>

/* Fill d->digest from the rows and the names of the tasks. */
void digest_fill(struct mmoe_dataset *d);

#endif
