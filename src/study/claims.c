/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * claims.c - what the paper claims of its synthetic experiments, put to the test.
 *
 * The paper shows means and histograms; where it says "better", "same", "far
 * larger" or "comparable" it gives no number. The list is this program's reading.
 * S, O, M are the losses of Shared-Bottom, OMoE and MMoE at one seed, low and high
 * the lowest and the highest p of the study (0.5 and 1 in the paper).
 *
 *  1  Every model does better at higher p: for each, mean (low - high) > 0.
 *     Only the ends are compared: how far apart the values between are depends on
 *     which p were taken.
 *
 *  2  MMoE's loss changes least: |mean change| of S and of O less that of M > 0.
 *     The test swaps the names of the two models at each seed to see how large the
 *     difference would be by chance.
 *
 *  3  Same at high: mean (O - M) within 10% of their mean.
 *     OMoE falls behind at low: mean (O - M) > 0.
 *     MMoE hardly: the gap O - M grows from high to low.
 *
 *  4  Both beat Shared-Bottom everywhere: mean (S - O) > 0 and mean (S - M) > 0 at
 *     every p.
 *
 *  5  S spreads more than O and than M at every p: ratio of variances > 1.
 *     A long tail weighs much in a variance and little in a logarithm; to hold, the
 *     log losses must spread more as well (Brown and Forsythe).
 *
 *  6  O as steady as M at high: ratio of variances within 1/2 and 2, which is 1.4 in
 *     standard deviations. Less so at low: as in 5.
 *
 *  7  Lowest losses comparable: ratio of the 5% quantiles of each two models within
 *     1/1.5 and 1.5 at every p, so that the largest of the three is at most 1.5 times
 *     the smallest. Models are compared pair by pair, as the largest of several
 *     ratios is above 1 whatever the truth. The 5% quantile stands for the lowest
 *     loss, which itself falls with the number of seeds.
 *
 * Sameness has to be shown, not just not refuted: it is tested as equivalence, with
 * an interval of 90% (two tests at 0.05). All others are one-sided tests beside a 95%
 * interval. The chance of a false claim among all seven is at most 0.05 (Holm). The
 * failure of a part is read from its interval alone, uncorrected: of parts that are at
 * the border one in forty will seem false.
 */
#include <math.h>
#include <string.h>

#include <mmoe/claims.h>
#include <mmoe/mem.h>

#include "src/base/c_locale.h"
#include "src/study/terms.h"

const char *const mmoe_claims_models[MMOE_CLAIMS_MODELS] = {"shared-bottom", "omoe", "mmoe"};

#define SAME_MEAN 0.10
#define SAME_VARIANCE 2.0
#define LOWEST 0.05 /* the quantile that stands for the lowest losses */
#define SAME_LOWEST 1.5
#define CELL_LEVEL 0.95

enum { S = MMOE_CLAIMS_SHARED_BOTTOM, O = MMOE_CLAIMS_OMOE, M = MMOE_CLAIMS_MMOE };

static const char *const name[] = {[S] = "Shared-Bottom", [O] = "OMoE", [M] = "MMoE"};

const char *mmoe_claims_verdict(enum mmoe_verdict verdict)
{
    return verdict == MMOE_HOLDS ? "holds" : verdict == MMOE_FAILS ? "does not hold" : "undecided";
}

/* --- the seven --- */

enum { WORDS = sizeof((struct mmoe_claim_term *)0)->label };

__attribute__((format(printf, 2, 3))) static void print(char out[WORDS], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    mmoe_c_vsnprintf(out, WORDS, format, args);
    va_end(args);
}

static struct mmoe_claim_term *add(struct mmoe_claim *claim)
{
    return &claim->part[claim->parts++];
}

static size_t highest(const struct terms *h)
{
    return h->in->p_count - 1;
}

/* mean (a - b) > 0 at the k-th p. */
static void behind(struct terms *h, int a, int b, size_t k, const char *format,
                   struct mmoe_claim *claim)
{
    struct mmoe_claim_term *part = add(claim);
    struct weighted terms[] = {{1, h->in->loss[a][k]}, {-1, h->in->loss[b][k]}};
    term_mean(h, terms, 2, part);
    print(part->label, format, name[a], name[b], h->in->p[k]);
    print(part->statistic, "mean paired difference, %s - %s at p = %g", name[a], name[b],
          h->in->p[k]);
}

static void better_at_higher_p(struct terms *h, struct mmoe_claim *claim)
{
    double low = h->in->p[0], high = h->in->p[highest(h)];
    for (int m = 0; m < MMOE_CLAIMS_MODELS; m++) {
        struct mmoe_claim_term *part = add(claim);
        struct weighted terms[] = {{1, h->in->loss[m][0]}, {-1, h->in->loss[m][highest(h)]}};
        term_mean(h, terms, 2, part);
        print(part->label, "%s does better at p = %g than at %g", name[m], high, low);
        print(part->statistic, "mean paired difference, %s at p = %g - at p = %g", name[m], low,
              high);
    }
}

static void changes_least(struct terms *h, struct mmoe_claim *claim)
{
    double low = h->in->p[0], high = h->in->p[highest(h)];
    for (int m = S; m <= O; m++) {
        struct mmoe_claim_term *part = add(claim);
        const double *cell[] = {h->in->loss[m][0], h->in->loss[m][highest(h)], h->in->loss[M][0],
                                h->in->loss[M][highest(h)]};
        term_change(h, cell, part);
        print(part->label, "MMoE changes less with p than %s", name[m]);
        print(part->statistic, "|mean change| from p = %g to %g, %s - MMoE", low, high, name[m]);
    }
}

static void one_gate_falls_behind(struct terms *h, struct mmoe_claim *claim)
{
    double low = h->in->p[0], high = h->in->p[highest(h)];
    const double *const *o = h->in->loss[O], *const *m = h->in->loss[M];
    size_t last = highest(h);
    struct mmoe_claim_term *part = add(claim);
    term_same_mean(h, (const double *const[]){o[last], m[last]}, SAME_MEAN, part);
    print(part->label, "OMoE and MMoE are the same at p = %g", high);
    print(part->statistic, "mean difference / mean loss, OMoE - MMoE at p = %g", high);
    behind(h, O, M, 0, "%s falls behind %s at p = %g", claim);
    part = add(claim);
    term_mean(h, (struct weighted[]){{1, o[0]}, {-1, m[0]}, {-1, o[last]}, {1, m[last]}}, 4, part);
    print(part->label, "the gap of OMoE grows towards p = %g, MMoE hardly falls", low);
    print(part->statistic, "mean paired growth of OMoE - MMoE, p = %g to %g", high, low);
}

static void beat_shared_bottom(struct terms *h, struct mmoe_claim *claim)
{
    for (size_t k = 0; k < h->in->p_count; k++)
        for (int m = O; m <= M; m++)
            behind(h, S, m, k, "%s is beaten by %s at p = %g", claim);
}

/* The losses of a spread more than those of b at the k-th p. */
static void wider(struct terms *h, int a, int b, size_t k, struct mmoe_claim *claim)
{
    struct mmoe_claim_term *part = add(claim);
    term_wider(h, (const double *const[]){h->in->loss[a][k], h->in->loss[b][k]}, part);
    print(part->label, "%s spreads more than %s at p = %g", name[a], name[b], h->in->p[k]);
    print(part->statistic, "ratio of variances, %s / %s at p = %g", name[a], name[b], h->in->p[k]);
}

static void shared_bottom_spreads(struct terms *h, struct mmoe_claim *claim)
{
    for (size_t k = 0; k < h->in->p_count; k++)
        for (int m = O; m <= M; m++)
            wider(h, S, m, k, claim);
}

static void one_gate_is_less_steady(struct terms *h, struct mmoe_claim *claim)
{
    size_t last = highest(h);
    struct mmoe_claim_term *part = add(claim);
    term_same_variance(h, (const double *const[]){h->in->loss[O][last], h->in->loss[M][last]},
                       SAME_VARIANCE, part);
    print(part->label, "OMoE is as steady as MMoE at p = %g", h->in->p[last]);
    print(part->statistic, "ratio of variances, OMoE / MMoE at p = %g", h->in->p[last]);
    wider(h, O, M, 0, claim);
}

static void lowest_are_comparable(struct terms *h, struct mmoe_claim *claim)
{
    static const int pair[][2] = {{S, O}, {S, M}, {O, M}};
    for (size_t k = 0; k < h->in->p_count; k++)
        for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
            int a = pair[i][0], b = pair[i][1];
            struct mmoe_claim_term *part = add(claim);
            term_same_quantile(h, (const double *const[]){h->in->loss[a][k], h->in->loss[b][k]},
                               LOWEST, SAME_LOWEST, part);
            print(part->label, "the lowest losses of %s and %s at p = %g", name[a], name[b],
                  h->in->p[k]);
            print(part->statistic, "ratio of 5%% quantiles, %s / %s at p = %g", name[a], name[b],
                  h->in->p[k]);
        }
}

static const struct {
    const char *text;
    void (*hear)(struct terms *h, struct mmoe_claim *claim);
} claims[MMOE_CLAIMS] = {
    {"every model does better at higher p", better_at_higher_p},
    {"MMoE's loss changes least with p", changes_least},
    {"OMoE and MMoE are the same at the highest p; at the lowest OMoE falls behind, MMoE hardly",
     one_gate_falls_behind},
    {"OMoE and MMoE beat Shared-Bottom at every p", beat_shared_bottom},
    {"Shared-Bottom's losses spread far more than those of OMoE and MMoE", shared_bottom_spreads},
    {"OMoE is as steady as MMoE at the highest p and less steady at the lowest",
     one_gate_is_less_steady},
    {"the lowest losses of all three are comparable", lowest_are_comparable},
};

/* --- verdicts --- */

static enum mmoe_verdict verdict_of(const struct mmoe_claim_term *part)
{
    if (part->pairs < MMOE_CLAIMS_LEAST)
        return MMOE_UNDECIDED;
    if (part->high < part->from || part->low > part->to)
        return MMOE_FAILS;
    bool inside = part->low > part->from && (part->high < part->to || isinf(part->to));
    return inside && part->p_holm < MMOE_CLAIMS_ALPHA ? MMOE_HOLDS : MMOE_UNDECIDED;
}

/* Does a decide its claim rather than b? Failed goes before undecided, and undecided before held.
 * Within these the larger p-value decides, and NAN is the largest. */
static bool weaker(const struct mmoe_claim_term *a, const struct mmoe_claim_term *b)
{
    static const int order[] = {[MMOE_FAILS] = 0, [MMOE_UNDECIDED] = 1, [MMOE_HOLDS] = 2};
    if (a->verdict != b->verdict)
        return order[a->verdict] < order[b->verdict];
    return isnan(a->p_value) ? !isnan(b->p_value) : a->p_value > b->p_value;
}

/* The largest p-value of the parts, NAN where one has none. */
static double largest_p(const struct mmoe_claim *claim)
{
    double most = 0;
    for (size_t i = 0; i < claim->parts; i++) {
        double p = claim->part[i].p_value;
        if (isnan(p))
            return NAN;
        most = fmax(most, p);
    }
    return most;
}

static void conclude(struct mmoe_claim *claim)
{
    for (size_t i = 1; i < claim->parts; i++)
        if (weaker(&claim->part[i], &claim->part[claim->decisive]))
            claim->decisive = i;
    const struct mmoe_claim_term *part = &claim->part[claim->decisive];
    memcpy(claim->statistic, part->statistic, sizeof claim->statistic);
    claim->value = part->value;
    claim->low = part->low;
    claim->high = part->high;
    claim->verdict = part->verdict;
}

/* Correct each part as if it were the only one of its claim, with the other claims as they are. */
static void correct(struct mmoe_claim *claim)
{
    double raw[MMOE_CLAIMS], p[MMOE_CLAIMS];
    for (size_t c = 0; c < MMOE_CLAIMS; c++)
        raw[c] = claim[c].p_value;
    for (size_t c = 0; c < MMOE_CLAIMS; c++) {
        mmoe_holm(raw, MMOE_CLAIMS, p);
        claim[c].p_holm = p[c];
        for (size_t i = 0; i < claim[c].parts; i++) {
            raw[c] = claim[c].part[i].p_value;
            mmoe_holm(raw, MMOE_CLAIMS, p);
            claim[c].part[i].p_holm = p[c];
            claim[c].part[i].verdict = verdict_of(&claim[c].part[i]);
        }
        raw[c] = claim[c].p_value;
    }
}

bool mmoe_claims_test(const struct mmoe_claims_input *in, size_t draws, uint64_t seed,
                      struct mmoe_claim *out)
{
    struct terms h;
    terms_init(&h, in, draws, seed);
    for (size_t c = 0; c < MMOE_CLAIMS; c++) {
        h.share = (double)c / MMOE_CLAIMS;
        memset(&out[c], 0, sizeof out[c]);
        out[c].number = (int)c + 1;
        out[c].text = claims[c].text;
        claims[c].hear(&h, &out[c]);
        out[c].p_value = largest_p(&out[c]);
    }
    bool stopped = h.stopped;
    terms_done(&h);
    if (stopped)
        return false;
    correct(out);
    for (size_t c = 0; c < MMOE_CLAIMS; c++)
        conclude(&out[c]);
    return true;
}

/* --- cells --- */

/* `what` of n ascending values in h->work[0], with its interval. */
static struct mmoe_interval cell_interval(struct terms *h, size_t n,
                                          double (*what)(const double *, size_t))
{
    struct mmoe_ranked ranked = {h->work[0], what, n, h->count, h->work[1]};
    struct mmoe_interval out = {what(h->work[0], n), NAN, NAN};
    if (n < 2)
        return out;
    struct mmoe_boot boot;
    mmoe_boot_init(&boot, mmoe_ranked_at, &ranked, n, h->draws);
    mmoe_boot_interval(&boot, CELL_LEVEL, &out);
    mmoe_boot_done(&boot);
    return out;
}

void mmoe_claims_cells(const struct mmoe_claims_input *in, double threshold, size_t draws,
                       uint64_t seed,
                       struct mmoe_claims_cell out[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX])
{
    struct terms h;
    terms_init(&h, in, draws, seed);
    for (size_t m = 0; m < MMOE_CLAIMS_MODELS; m++)
        for (size_t k = 0; k < in->p_count; k++) {
            struct mmoe_claims_cell *cell = &out[m][k];
            cell->n = terms_sorted(in->loss[m][k], in->seeds, h.work[0], &cell->diverged);
            size_t failed = 0;
            for (size_t i = 0; i < cell->n; i++)
                failed +=
                    !(h.work[0][i] <= threshold); /* without a finite loss there is no threshold */
            cell->failure = mmoe_wilson((double)failed, cell->n, CELL_LEVEL);
            cell->median = cell_interval(&h, cell->n, mmoe_median);
            cell->iqm = cell_interval(&h, cell->n, mmoe_iqm);
        }
    terms_done(&h);
}
