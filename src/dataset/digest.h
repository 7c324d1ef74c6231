/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * digest.h - what tells the rows of a file from all others.
 *
 * Ownership: plain values. Threads: one at a time for one dataset.
 */
#ifndef MMOE_DATASET_DIGEST_H
#define MMOE_DATASET_DIGEST_H

#include <stdatomic.h>
#include <stdbool.h>

#include <mmoe/dataset.h>

/* Fill d->digest from the rows and the names of the tasks; false where it was stopped before. stop:
 * as in arrays.h. */
bool digest_fill(struct mmoe_dataset *d, atomic_bool *stop);

/* The beginning of the SHA-256 of n numbers, in 16 hexadecimal digits. */
enum { DIGEST_SHORT = 17 };
void digest_numbers(const mmoe_real *v, size_t n, char out[DIGEST_SHORT]);
/* The same of n bytes. */
void digest_bytes(const void *bytes, size_t n, char out[DIGEST_SHORT]);
/* The same of what is left of an open file; false where it cannot be read to its end. */
bool digest_file(int fd, char out[DIGEST_SHORT]);

#endif
