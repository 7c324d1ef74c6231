/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calibration.c - how often the claims' tests err, measured on made-up studies. */
#include <math.h>

#include <mmoe/calibration.h>
#include <mmoe/claims.h>
#include <mmoe/mem.h>

#define TOGETHER 0.6 /* correlation of the logarithms of two cells at a seed */
#define SD 0.8
#define SAME 1.1 /* margins of the third and the seventh claim (claims.c) */
#define SAME_LOWEST 1.5
#define BEHIND 3.0 /* far enough for every study to see it */

enum { P = 3, S = MMOE_CLAIMS_SHARED_BOTTOM, O = MMOE_CLAIMS_OMOE, M = MMOE_CLAIMS_MMOE };
enum { EQUAL, AT_MARGIN_3, AT_MARGIN_7, WORLDS };

static const double correlations[P] = {0.5, 0.9, 1};

/* A made-up study: (models, P, seeds) losses and (P, seeds) overlaps. */
struct made {
    size_t seeds;
    double *loss, *overlap;
    struct mmoe_claims_input in;
    struct mmoe_claim claim[MMOE_CLAIMS];
};

static double *cell(const struct made *m, size_t model, size_t p)
{
    return m->loss + (model * P + p) * m->seeds;
}

/* How much above the others a cell's losses are. */
static double factor_of(int world, size_t model, size_t p)
{
    if (world == AT_MARGIN_3 && model == O)
        return p == P - 1 ? SAME : BEHIND;
    return world == AT_MARGIN_7 && model == S ? 1 / SAME_LOWEST : 1;
}

static void make(struct made *m, int world, uint64_t study)
{
    struct mmoe_rng rng = mmoe_rng_stream(study, MMOE_RNG_INFERENCE, "calibration");
    for (size_t i = 0; i < m->seeds; i++) {
        double z[1 + (MMOE_CLAIMS_MODELS + 1) * P];
        size_t at = 1;
        mmoe_rng_normal_double(rng, i * sizeof z / sizeof *z, sizeof z / sizeof *z, z);
        for (size_t k = 0; k < P; k++) {
            for (size_t a = 0; a < MMOE_CLAIMS_MODELS; a++)
                cell(m, a, k)[i] = factor_of(world, a, k) *
                                   exp(SD * (sqrt(TOGETHER) * z[0] + sqrt(1 - TOGETHER) * z[at++]));
            m->overlap[k * m->seeds + i] = z[at++];
        }
    }
}

static void begin(struct made *m, size_t seeds)
{
    *m = (struct made){.seeds = seeds};
    m->loss = mmoe_alloc(MMOE_CLAIMS_MODELS * P * seeds, sizeof *m->loss);
    m->overlap = mmoe_alloc(P * seeds, sizeof *m->overlap);
    m->in = (struct mmoe_claims_input){.seeds = seeds, .p_count = P, .p = correlations};
    for (size_t k = 0; k < P; k++) {
        m->in.overlap[k] = m->overlap + k * seeds;
        for (size_t a = 0; a < MMOE_CLAIMS_MODELS; a++)
            m->in.loss[a][k] = cell(m, a, k);
    }
}

static void end(struct made *m)
{
    mmoe_free(m->loss);
    mmoe_free(m->overlap);
}

/* What is counted over studies. */
struct counts {
    size_t holds, fails, margin[2], location[MMOE_POPULATIONS], spread[MMOE_POPULATIONS];
};

static void count_verdicts(const struct made *m, int world, struct counts *c)
{
    bool holds = false, fails = false;
    for (size_t k = 0; k < MMOE_CLAIMS; k++) {
        holds = holds || (m->claim[k].verdict == MMOE_HOLDS && m->claim[k].number != 7);
        fails = fails || m->claim[k].verdict == MMOE_FAILS;
    }
    if (world == EQUAL) {
        c->holds += holds;
        c->fails += fails;
    } else {
        c->margin[world == AT_MARGIN_7] += m->claim[world == AT_MARGIN_7 ? 6 : 2].verdict ==
                                           MMOE_HOLDS;
    }
}

static bool covers(struct mmoe_interval i, double truth)
{
    return i.low <= truth && truth <= i.high;
}

/* Two cells of a population, and whether the intervals of their ratios cover the truth. */
static void count_cover(struct made *m, const double sd[2], uint64_t study, size_t *location,
                        size_t *spread)
{
    struct mmoe_rng rng = mmoe_rng_stream(study, MMOE_RNG_INFERENCE, "calibration.cover");
    double *a = cell(m, S, 0), *b = cell(m, O, 0), *d = cell(m, M, 0);
    for (size_t i = 0; i < m->seeds; i++) {
        double z[3];
        mmoe_rng_normal_double(rng, 3 * i, 3, z);
        a[i] = sd[0] * (sqrt(TOGETHER) * z[0] + sqrt(1 - TOGETHER) * z[1]);
        b[i] = sd[1] * (sqrt(TOGETHER) * z[0] + sqrt(1 - TOGETHER) * z[2]);
        d[i] = a[i] - b[i];
    }
    struct mmoe_student s = mmoe_student(d, m->seeds);
    *location += covers(mmoe_student_interval(&s, 0.95), 0);
    mmoe_distances(a, m->seeds, a);
    mmoe_distances(b, m->seeds, b);
    *spread += covers(mmoe_ratio_of_means(a, b, m->seeds, 0.95), sd[0] / sd[1]);
}

static struct mmoe_interval share(size_t n, size_t of)
{
    return mmoe_wilson((double)n, of, 0.95);
}

enum mmoe_status mmoe_calibrate(size_t seeds, size_t studies, size_t draws,
                                bool (*go_on)(void *context, double share), void *context,
                                struct mmoe_calibration *out, struct mmoe_error *err)
{
    struct made *m = mmoe_alloc(1, sizeof *m);
    struct counts c = {0};
    bool on = true;
    *out = (struct mmoe_calibration){seeds, studies, draws, .sd = {{0.8, 0.8}, {1.1, 0.6}}};
    begin(m, seeds);
    for (size_t i = 0; i < studies && on; i++) {
        for (int world = 0; world < WORLDS; world++) {
            make(m, world, (uint64_t)i * WORLDS + (uint64_t)world);
            mmoe_claims_test(&m->in, draws, i, m->claim);
            count_verdicts(m, world, &c);
        }
        for (size_t p = 0; p < MMOE_POPULATIONS; p++)
            count_cover(m, out->sd[p], i * MMOE_POPULATIONS + p, &c.location[p], &c.spread[p]);
        on = !go_on || go_on(context, (double)(i + 1) / (double)studies);
    }
    end(m);
    mmoe_free(m);
    if (!on)
        return mmoe_fail(err, MMOE_STATE, "the calibration was stopped");
    out->holds = share(c.holds, studies);
    out->fails = share(c.fails, studies);
    out->margin3 = share(c.margin[0], studies);
    out->margin7 = share(c.margin[1], studies);
    for (size_t p = 0; p < MMOE_POPULATIONS; p++) {
        out->location[p] = share(c.location[p], studies);
        out->spread[p] = share(c.spread[p], studies);
    }
    return MMOE_OK;
}
