/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * claims.c - what the paper claims of its synthetic experiments, put to the test.
 *
 * The paper shows means and histograms; where it says "better", "same", "far
 * larger" or "comparable" it gives no number. The list is this program's reading.
 * S, O, M are the losses of Shared-Bottom, OMoE and MMoE at one seed, low and high
 * the lowest and the highest p of the study (0.5 and 1 in the paper). All is of
 * logarithms, and told as ratios.
 *
 *  1  Every model does better at higher p: for each, low / high > 1. Only the ends are
 *     compared: how far apart the values between are depends on which p were taken.
 *
 *  2  MMoE's loss changes least: O gains more from a higher p than M, and so does S:
 *     (low / high of O or S) / (low / high of M) > 1.
 *
 *  3  Same at high: O / M within 1.1. OMoE falls behind at low: O / M > 1. MMoE hardly:
 *     low / high of M within 1.1.
 *
 *  4  Both beat Shared-Bottom everywhere: S / O > 1 and S / M > 1 at every p.
 *
 *  5  S spreads far more than O and than M at every p: ratio of spreads > 1.2.
 *
 *  6  O as steady as M at high: ratio of spreads within 1.4. Less so at low: > 1.
 *
 *  7  Lowest losses comparable: ratio of the 25% quantiles of each two models within 1.5
 *     at every p. Models are compared pair by pair, as the largest of several ratios is
 *     above 1 whatever the truth. A quartile stands for the lowest losses: the lowest of
 *     all falls with the number of seeds, and of a 5% quantile 200 seeds know little.
 *
 *  8  The tasks' gates overlap more the higher p is: of MMoE, overlap at high less that at
 *     low > 0.
 *
 * Sameness has to be shown, not just not refuted: it is tested as equivalence (Schuirmann,
 * 1987). A claim is an intersection of its terms: the largest of their p-values is its own
 * (Berger, 1982). What holds is corrected over the claims, what fails over all terms (Holm,
 * 1979).
 */
#include <math.h>
#include <string.h>

#include <mmoe/claims.h>
#include <mmoe/mem.h>

#include "src/base/c_locale.h"
#include "src/study/terms.h"

const char *const mmoe_claims_models[MMOE_CLAIMS_MODELS] = {"shared-bottom", "omoe", "mmoe"};

#define SAME 1.1
#define FAR_WIDER 1.2
#define SAME_SPREAD 1.4
#define LOWEST 0.25 /* the quantile that stands for the lowest losses */
#define SAME_LOWEST 1.5
#define CELL_LEVEL 0.95

enum { S = MMOE_CLAIMS_SHARED_BOTTOM, O = MMOE_CLAIMS_OMOE, M = MMOE_CLAIMS_MMOE };

static const char *const name[] = {[S] = "Shared-Bottom", [O] = "OMoE", [M] = "MMoE"};

const char *mmoe_claims_verdict(enum mmoe_verdict verdict)
{
    return verdict == MMOE_HOLDS ? "holds" : verdict == MMOE_FAILS ? "does not hold" : "undecided";
}

/* --- the eight --- */

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
    return &claim->term[claim->terms++];
}

static size_t highest(const struct terms *h)
{
    return h->in->p_count - 1;
}

static double low_p(const struct terms *h)
{
    return h->in->p[0];
}

static double high_p(const struct terms *h)
{
    return h->in->p[highest(h)];
}

/* a's loss is above b's at the k-th p. */
static void behind(struct terms *h, int a, int b, size_t k, const char *format,
                   struct mmoe_claim *claim)
{
    struct mmoe_claim_term *term = add(claim);
    term_ratio(h, (struct weighted[]){{1, h->in->loss[a][k]}, {-1, h->in->loss[b][k]}}, 2, 1, term);
    print(term->label, format, name[a], name[b], h->in->p[k]);
    print(term->statistic, "loss of %s / loss of %s at p = %g", name[a], name[b], h->in->p[k]);
}

static void better_at_higher_p(struct terms *h, struct mmoe_claim *claim)
{
    for (int m = 0; m < MMOE_CLAIMS_MODELS; m++) {
        struct mmoe_claim_term *term = add(claim);
        const double *const *loss = h->in->loss[m];
        term_ratio(h, (struct weighted[]){{1, loss[0]}, {-1, loss[highest(h)]}}, 2, 1, term);
        print(term->label, "%s does better at p = %g than at %g", name[m], high_p(h), low_p(h));
        print(term->statistic, "loss of %s at p = %g / at p = %g", name[m], low_p(h), high_p(h));
    }
}

static void changes_least(struct terms *h, struct mmoe_claim *claim)
{
    const double *const *mmoe = h->in->loss[M];
    for (int m = O; m >= S; m--) {
        struct mmoe_claim_term *term = add(claim);
        const double *const *loss = h->in->loss[m];
        term_ratio(h,
                   (struct weighted[]){
                       {1, loss[0]}, {-1, loss[highest(h)]}, {-1, mmoe[0]}, {1, mmoe[highest(h)]}},
                   4, 1, term);
        print(term->label, "%s gains more from a higher p than MMoE", name[m]);
        print(term->statistic, "gain of %s / gain of MMoE from p = %g to %g", name[m], low_p(h),
              high_p(h));
    }
}

static void one_gate_falls_behind(struct terms *h, struct mmoe_claim *claim)
{
    const double *const *o = h->in->loss[O], *const *m = h->in->loss[M];
    size_t last = highest(h);
    struct mmoe_claim_term *term = add(claim);
    term_same(h, (const double *const[]){o[last], m[last]}, SAME, term);
    print(term->label, "OMoE and MMoE are the same at p = %g", high_p(h));
    print(term->statistic, "loss of OMoE / loss of MMoE at p = %g", high_p(h));
    behind(h, O, M, 0, "%s falls behind %s at p = %g", claim);
    term = add(claim);
    term_same(h, (const double *const[]){m[0], m[last]}, SAME, term);
    print(term->label, "MMoE hardly falls behind towards p = %g", low_p(h));
    print(term->statistic, "loss of MMoE at p = %g / at p = %g", low_p(h), high_p(h));
}

static void beat_shared_bottom(struct terms *h, struct mmoe_claim *claim)
{
    for (size_t k = 0; k < h->in->p_count; k++)
        for (int m = O; m <= M; m++)
            behind(h, S, m, k, "%s is beaten by %s at p = %g", claim);
}

/* The losses of a spread `from` times as far as those of b at the k-th p, or more. */
static void wider(struct terms *h, int a, int b, size_t k, double from, struct mmoe_claim *claim)
{
    struct mmoe_claim_term *term = add(claim);
    term_wider(h, (const double *const[]){h->in->loss[a][k], h->in->loss[b][k]}, from, term);
    print(term->label, "%s spreads %s than %s at p = %g", name[a], from > 1 ? "far more" : "more",
          name[b], h->in->p[k]);
    print(term->statistic, "spread of %s / spread of %s at p = %g", name[a], name[b], h->in->p[k]);
}

static void shared_bottom_spreads(struct terms *h, struct mmoe_claim *claim)
{
    for (size_t k = 0; k < h->in->p_count; k++)
        for (int m = O; m <= M; m++)
            wider(h, S, m, k, FAR_WIDER, claim);
}

static void one_gate_is_less_steady(struct terms *h, struct mmoe_claim *claim)
{
    size_t last = highest(h);
    struct mmoe_claim_term *term = add(claim);
    term_same_spread(h, (const double *const[]){h->in->loss[O][last], h->in->loss[M][last]},
                     SAME_SPREAD, term);
    print(term->label, "OMoE is as steady as MMoE at p = %g", high_p(h));
    print(term->statistic, "spread of OMoE / spread of MMoE at p = %g", high_p(h));
    wider(h, O, M, 0, 1, claim);
}

static void lowest_are_comparable(struct terms *h, struct mmoe_claim *claim)
{
    static const int pair[][2] = {{S, O}, {S, M}, {O, M}};
    for (size_t k = 0; k < h->in->p_count; k++)
        for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
            int a = pair[i][0], b = pair[i][1];
            struct mmoe_claim_term *term = add(claim);
            term_same_quantile(h, (const double *const[]){h->in->loss[a][k], h->in->loss[b][k]},
                               LOWEST, SAME_LOWEST, term);
            print(term->label, "the lowest losses of %s and %s at p = %g", name[a], name[b],
                  h->in->p[k]);
            print(term->statistic, "25%% quantile of %s / of %s at p = %g", name[a], name[b],
                  h->in->p[k]);
        }
}

static void gates_overlap(struct terms *h, struct mmoe_claim *claim)
{
    struct mmoe_claim_term *term = add(claim);
    term_difference(h, (const double *const[]){h->in->overlap[highest(h)], h->in->overlap[0]},
                    term);
    print(term->label, "MMoE's gates overlap more at p = %g than at %g", high_p(h), low_p(h));
    print(term->statistic, "overlap of MMoE's gates at p = %g - at p = %g", high_p(h), low_p(h));
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
    {"the tasks' gates overlap more the higher p is", gates_overlap},
};

/* --- verdicts --- */

static enum mmoe_verdict verdict_of(const struct mmoe_claim_term *term)
{
    if (term->pairs < MMOE_CLAIMS_LEAST || term->too_many)
        return MMOE_UNDECIDED;
    if (term->p_against_holm < MMOE_CLAIMS_ALPHA)
        return MMOE_FAILS;
    return term->p_holm < MMOE_CLAIMS_ALPHA ? MMOE_HOLDS : MMOE_UNDECIDED;
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

/* The largest p-value of the terms, NAN where one has none. */
static double largest_p(const struct mmoe_claim *claim)
{
    double most = 0;
    for (size_t i = 0; i < claim->terms; i++) {
        double p = claim->term[i].p_value;
        if (isnan(p))
            return NAN;
        most = fmax(most, p);
    }
    return most;
}

static void conclude(struct mmoe_claim *claim)
{
    for (size_t i = 0; i < claim->terms; i++)
        claim->term[i].verdict = verdict_of(&claim->term[i]);
    claim->decisive = 0;
    for (size_t i = 1; i < claim->terms; i++)
        if (weaker(&claim->term[i], &claim->term[claim->decisive]))
            claim->decisive = i;
    claim->verdict = claim->term[claim->decisive].verdict;
}

/* Correct each term as if it were the only one of its claim, with the other claims as they are. */
static void correct_for(struct mmoe_claim *claim, size_t n)
{
    double raw[MMOE_CLAIMS], p[MMOE_CLAIMS];
    for (size_t c = 0; c < n; c++)
        raw[c] = claim[c].p_value;
    for (size_t c = 0; c < n; c++) {
        mmoe_holm(raw, n, p);
        claim[c].p_holm = p[c];
        for (size_t i = 0; i < claim[c].terms; i++) {
            raw[c] = claim[c].term[i].p_value;
            mmoe_holm(raw, n, p);
            claim[c].term[i].p_holm = p[c];
        }
        raw[c] = claim[c].p_value;
    }
}

/* Correct the p-values of the opposites over all terms. */
static void correct_against(struct mmoe_claim *claim, size_t all)
{
    double *p = mmoe_alloc(all * MMOE_CLAIMS_TERMS_MAX, sizeof *p);
    size_t n = 0;
    for (size_t c = 0; c < all; c++)
        for (size_t i = 0; i < claim[c].terms; i++)
            p[n++] = claim[c].term[i].p_against;
    mmoe_holm(p, n, p);
    n = 0;
    for (size_t c = 0; c < all; c++)
        for (size_t i = 0; i < claim[c].terms; i++)
            claim[c].term[i].p_against_holm = p[n++];
    mmoe_free(p);
}

void claims_judge(struct mmoe_claim *claim, size_t n)
{
    for (size_t c = 0; c < n; c++)
        claim[c].p_value = largest_p(&claim[c]);
    correct_for(claim, n);
    correct_against(claim, n);
    for (size_t c = 0; c < n; c++)
        conclude(&claim[c]);
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
    }
    bool stopped = h.stopped;
    terms_done(&h);
    if (stopped)
        return false;
    claims_judge(out, MMOE_CLAIMS);
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
    out = mmoe_boot_interval(&boot, CELL_LEVEL);
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
