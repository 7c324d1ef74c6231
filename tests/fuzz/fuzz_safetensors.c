/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrays behind a header in JSON. */
#include "tests/fuzz/arrays.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    fuzz_home();
    check_arrays("rows.safetensors", "copy.safetensors", bytes, n);
    return 0;
}
