/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine.h - what all parts of a net compute with.
 *
 * Ownership: the net's; the kernels are const, the phases borrowed. Threads: as its net.
 */
#ifndef MMOE_ENGINE_H
#define MMOE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include <mmoe/phase.h>
#include <mmoe/real.h>
#include <mmoe/rows.h>

#include "src/math/kernels.h"

struct engine {
    const struct kernels *k;
    struct mmoe_phases *phases;     /* who wants to know where the time goes; NULL: nobody */
    const struct mmoe_rows *inputs; /* of the last forward */
    bool training;                  /* with dropout and noise; else an evaluation */
    uint64_t step;                  /* addresses what a step draws */
    mmoe_real dropout;              /* probability of a unit to be dropped */
};

#endif
