/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phase.c - the names of what the time of a training is spent on. */
#include <mmoe/phase.h>

const char *mmoe_phase_name(enum mmoe_phase phase)
{
    static const char *const names[] = {"rows",       "batch", "products",  "units",      "gates",
                                        "embeddings", "loss",  "optimizer", "evaluation", "store"};
    return names[phase];
}
