/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a store. */
#include <unistd.h>

#include "tests/fuzz/stores.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    fuzz_home();
    unlink("studies.db-wal");
    unlink("studies.db-shm");
    unlink("studies.db-journal");
    fuzz_file("studies.db", bytes, n);
    read_store("studies.db", MMOE_STORE_READ);
    read_store("studies.db", MMOE_STORE_WRITE);
    return 0;
}
