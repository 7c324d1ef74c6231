/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NumPy's archives. */
#include "tests/fuzz/archive.h"
#include "tests/fuzz/arrays.h"

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed)
{
    return archive_mutate(bytes, n, most, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    fuzz_home();
    check_arrays("rows.npz", "copy.npz", bytes, n);
    return 0;
}
