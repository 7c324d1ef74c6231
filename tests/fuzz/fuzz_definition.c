/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Definitions of studies. One that was read has a sound grid and a sound choice. */
#include <mmoe/definition.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct mmoe_definition def;
    static struct mmoe_grid grid;
    struct mmoe_options session;
    struct mmoe_error err;
    fuzz_home();
    fuzz_file("study.conf", bytes, n);
    enum mmoe_status s = mmoe_definition_read("./study.conf", &def, &err);
    fuzz_check_error(s, &err);
    if (mmoe_failed(s) || def.part_count > 0 || def.experiment_count > 0)
        return 0;
    mmoe_options_default(&session);
    s = mmoe_definition_grid(&def, &session, &grid, &err);
    fuzz_check_error(s, &err);
    fuzz_assert(mmoe_grid_runs(&grid) > 0);
    if (mmoe_failed(s)) { /* its figure may be one that its rows do not have */
        fuzz_assert(mmoe_failed(mmoe_definition_draws(def.figure, &grid, &err)));
        return 0;
    }
    if (def.choose)
        fuzz_assert(!mmoe_failed(mmoe_definition_choice_grid(&def, &session, &grid, &err)));
    return 0;
}
