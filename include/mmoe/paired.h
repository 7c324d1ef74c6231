/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paired.h - two settings compared over the seeds they share.
 *
 * Ownership: none. Threads: safe.
 *
 *   struct mmoe_paired p;
 *   mmoe_paired_compare(a, b, seeds, false, &p);
 *   if (p.difference.high < p.same) ... a's values are lower
 */
#ifndef MMOE_PAIRED_H
#define MMOE_PAIRED_H

#include <mmoe/infer.h>

struct mmoe_paired {
    size_t n;        /* seeds that both have */
    size_t lower;    /* of these, those on which a's is lower */
    size_t diverged; /* of these, those on which a run diverged */
    bool ratio;      /* all values are positive */
    double same;     /* what the difference of equal settings is: 1 of a ratio, else 0 */
    /* Of a to b with its 95 % interval (Student's t): the geometric mean of the ratios, else the
     * mean of the differences. NAN where n is 0, its interval where n is 1. */
    struct mmoe_interval difference;
    double needed; /* pairs that show it at 95 % in 4 of 5 if it is what was measured; NAN where no
                      number would */
};

/*
 * Values by seed, as mmoe_tally_values has them: MMOE_ABSENT where there is no run, NAN where it
 * diverged, which counts as the worst value of both. upwards: more is better.
 */
void mmoe_paired_compare(const double *a, const double *b, size_t seeds, bool upwards,
                         struct mmoe_paired *out);

#endif
