/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * archive.h - changes to .npz files that leave their checksums right, for targets that read them.
 *
 * A target that is to have them calls archive_mutate from LLVMFuzzerCustomMutator.
 */
#ifndef MMOE_TESTS_ARCHIVE_H
#define MMOE_TESTS_ARCHIVE_H

#include "tests/fuzz/fuzz.h"

/* Change n bytes in room for `most`: entries that were deflated are stored, and the checksum of
 * each entry is mended; the new length. */
size_t archive_mutate(uint8_t *bytes, size_t n, size_t most, unsigned seed);
#endif
