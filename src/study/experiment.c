/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * experiment.c - a live A/B experiment on the simulated recommender.
 *
 * Users' totals grow visit by visit, and the sums over users with them (abtest.h), so that a look
 * costs the same however many visits there were. Everything known of a user beforehand is what the
 * user engaged with in logged visits of another part.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <mmoe/experiment.h>
#include <mmoe/mem.h>
#include <mmoe/rng.h>

enum {
    TASKS = MMOE_RECOMMENDER_TASKS,
    FIELDS = MMOE_RECOMMENDER_FIELDS,
    NUMBERS = MMOE_RECOMMENDER_NUMBERS,
    BEFORE = 10, /* logged visits a user, in the mean, that are known beforehand */
    HEAD = 100   /* the most shown hundredth of all items */
};

/* What a user came to so far. */
struct total {
    float impressions, label[TASKS];
};

struct mmoe_experiment {
    const struct mmoe_recommender *r;
    struct mmoe_experiment_plan plan;
    struct mmoe_policy policy[MMOE_ARMS];
    struct mmoe_rng split;
    struct total *total; /* (users) */
    double *before;      /* (users) */
    size_t *shown;       /* (arms, items) */
    size_t done, visits[MMOE_ARMS];
    struct mmoe_arm arm[MMOE_ARMS][TASKS][MMOE_EXPERIMENT_BUCKETS];
    struct {
        double y[TASKS], n;
    } net[MMOE_ARMS][MMOE_POLICY_NETS]; /* of the users of each net */
    size_t looks;
    struct mmoe_look look[MMOE_LOOKS_MAX];
    /* of one visit */
    uint32_t item[MMOE_CANDIDATES], id[MMOE_CANDIDATES * FIELDS];
    mmoe_real x[MMOE_CANDIDATES * NUMBERS];
};

static void know_before(struct mmoe_experiment *e)
{
    size_t users = mmoe_recommender_users(e->r);
    for (uint64_t n = 0; n < (uint64_t)users * BEFORE; n++) {
        struct mmoe_visit v;
        uint32_t item, position;
        double truth[TASKS];
        mmoe_real label[TASKS];
        mmoe_recommender_visit(e->r, MMOE_VISITS_VALIDATION, n, &v);
        mmoe_recommender_logged(e->r, &v, &item, &position);
        mmoe_recommender_truth(e->r, &v, item, position, truth);
        mmoe_recommender_labels(e->r, &v, item, truth, label);
        e->before[v.user] += (double)label[MMOE_ENGAGEMENT];
    }
}

struct mmoe_experiment *mmoe_experiment_new(const struct mmoe_recommender *r,
                                            const struct mmoe_experiment_plan *plan,
                                            const struct mmoe_policy arms[MMOE_ARMS])
{
    size_t users = mmoe_recommender_users(r);
    struct mmoe_experiment *e = mmoe_alloc(1, sizeof *e);
    e->r = r;
    e->plan = *plan;
    memcpy(e->policy, arms, sizeof e->policy);
    e->split = mmoe_rng_stream(plan->seed, MMOE_RNG_INFERENCE, "experiment.split");
    e->total = mmoe_try_alloc(users, sizeof *e->total);
    e->before = mmoe_try_alloc(users, sizeof *e->before);
    e->shown = mmoe_try_alloc(MMOE_ARMS * mmoe_recommender_items(r), sizeof *e->shown);
    if (e->total && e->before && e->shown) {
        know_before(e);
        return e;
    }
    mmoe_experiment_free(e);
    return NULL;
}

void mmoe_experiment_free(struct mmoe_experiment *e)
{
    if (!e)
        return;
    mmoe_free(e->total);
    mmoe_free(e->before);
    mmoe_free(e->shown);
    mmoe_free(e);
}

/* --- a visit --- */

/* Whole numbers that a user has: of the arm, of the net, of the bucket. */
enum { OF_ARM, OF_NET, OF_BUCKET };

static size_t hash_of(const struct mmoe_experiment *e, uint32_t user, uint32_t what, size_t bound)
{
    return (size_t)mmoe_rng_below(e->split, user, what, bound);
}

static double chance(mmoe_real logit)
{
    return 1 / (1 + exp(-(double)logit));
}

/* Predict the candidates of a visit with a net of the policy: (MMOE_CANDIDATES, T). */
static const mmoe_real *predict(struct mmoe_experiment *e, const struct mmoe_policy *p,
                                const struct mmoe_visit *v)
{
    const struct mmoe_rows rows = {.n = MMOE_CANDIDATES,
                                   .dim = NUMBERS,
                                   .tasks = TASKS,
                                   .x = e->x,
                                   .fields = mmoe_recommender_fields(e->r),
                                   .id = e->id};
    mmoe_recommender_candidates(e->r, v, MMOE_CANDIDATES, e->item);
    for (size_t i = 0; i < MMOE_CANDIDATES; i++)
        mmoe_recommender_inputs(e->r, v, e->item[i], 0, e->id + i * FIELDS, e->x + i * NUMBERS);
    struct mmoe_net *net = p->net[hash_of(e, v->user, OF_NET, p->count)];
    mmoe_net_evaluating(net);
    return mmoe_net_forward(net, &rows);
}

/* item = the first MMOE_SHOWN of the candidates by what was predicted of them. */
static void choose(const struct mmoe_experiment *e, bool satisfies, double lambda,
                   const mmoe_real *y, uint32_t *item)
{
    double score[MMOE_SHOWN];
    size_t n = 0;
    for (size_t i = 0; i < MMOE_CANDIDATES; i++) {
        double s = chance(y[i * TASKS + MMOE_ENGAGEMENT]);
        if (satisfies)
            s += lambda * chance(y[i * TASKS + MMOE_SATISFACTION]);
        bool twice = false;
        for (size_t k = 0; k < n; k++)
            twice = twice || item[k] == e->item[i];
        if (twice || (n == MMOE_SHOWN && !(s > score[n - 1])))
            continue;
        size_t at = n < MMOE_SHOWN ? n++ : n - 1;
        for (; at > 0 && score[at - 1] < s; at--) {
            score[at] = score[at - 1];
            item[at] = item[at - 1];
        }
        score[at] = s;
        item[at] = e->item[i];
    }
    for (; n < MMOE_SHOWN; n++)
        item[n] = item[0]; /* a catalogue of fewer items shows some twice */
}

static void rank(struct mmoe_experiment *e, const struct mmoe_policy *p, const struct mmoe_visit *v,
                 uint32_t *item)
{
    choose(e, p->satisfies, e->plan.lambda, predict(e, p, v), item);
}

/* What the user does with the items shown: sums of labels and of their probabilities (T). */
static void act(const struct mmoe_experiment *e, const struct mmoe_visit *v, const uint32_t *item,
                double *labels, double *truths)
{
    memset(labels, 0, TASKS * sizeof *labels);
    memset(truths, 0, TASKS * sizeof *truths);
    for (uint32_t i = 0; i < MMOE_SHOWN; i++) {
        double truth[TASKS];
        mmoe_real label[TASKS];
        mmoe_recommender_truth(e->r, v, item[i], i, truth);
        mmoe_recommender_labels(e->r, v, item[i], truth, label);
        for (size_t k = 0; k < TASKS; k++) {
            labels[k] += (double)label[k];
            truths[k] += truth[k];
        }
    }
}

static void visit(struct mmoe_experiment *e, uint64_t number)
{
    struct mmoe_visit v;
    uint32_t item[MMOE_SHOWN];
    double labels[TASKS], truths[TASKS];
    mmoe_recommender_visit(e->r, MMOE_VISITS_LIVE, number, &v);
    size_t arm = hash_of(e, v.user, OF_ARM, MMOE_ARMS);
    size_t bucket = hash_of(e, v.user, OF_BUCKET, MMOE_EXPERIMENT_BUCKETS);
    rank(e, &e->policy[arm], &v, item);
    act(e, &v, item, labels, truths);
    struct total *t = &e->total[v.user];
    for (size_t k = 0; k < TASKS; k++) {
        struct mmoe_arm *a = &e->arm[arm][k][bucket];
        double before = e->before[v.user];
        if (t->impressions > 0)
            mmoe_arm_more(a, (double)t->label[k], (double)t->impressions, labels[k], MMOE_SHOWN,
                          before);
        else
            mmoe_arm_add(a, labels[k], MMOE_SHOWN, before);
        t->label[k] += (float)labels[k];
    }
    size_t net = hash_of(e, v.user, OF_NET, e->policy[arm].count);
    for (size_t k = 0; k < TASKS; k++)
        e->net[arm][net].y[k] += labels[k];
    e->net[arm][net].n += MMOE_SHOWN;
    t->impressions += MMOE_SHOWN;
    e->visits[arm]++;
    for (size_t i = 0; i < MMOE_SHOWN; i++)
        e->shown[arm * mmoe_recommender_items(e->r) + item[i]]++;
}

static void look(struct mmoe_experiment *e)
{
    struct mmoe_look *l = &e->look[e->looks++];
    l->visits = e->done;
    for (size_t arm = 0; arm < MMOE_ARMS; arm++)
        for (size_t k = 0; k < TASKS; k++)
            l->lift[arm][k] = mmoe_experiment_lift(e, arm, k, MMOE_BY_DELTA);
}

void mmoe_experiment_go(struct mmoe_experiment *e, size_t visits)
{
    for (; visits && e->done < e->plan.visits; visits--) {
        visit(e, e->done++);
        if (e->looks < e->plan.looks && e->done * e->plan.looks >= e->plan.visits * (e->looks + 1))
            look(e);
    }
}

/* --- telling --- */

const struct mmoe_experiment_plan *mmoe_experiment_plan(const struct mmoe_experiment *e)
{
    return &e->plan;
}

size_t mmoe_experiment_visits(const struct mmoe_experiment *e, size_t arm)
{
    return e->visits[arm];
}

static struct mmoe_arm whole(const struct mmoe_arm *bucket)
{
    struct mmoe_arm sum = {0};
    for (size_t i = 0; i < MMOE_EXPERIMENT_BUCKETS; i++)
        mmoe_arm_merge(&sum, &bucket[i]);
    return sum;
}

double mmoe_experiment_users(const struct mmoe_experiment *e, size_t arm)
{
    return whole(e->arm[arm][0]).users;
}

double mmoe_experiment_rate(const struct mmoe_experiment *e, size_t arm, size_t task)
{
    struct mmoe_arm a = whole(e->arm[arm][task]);
    return a.n > 0 ? a.y / a.n : (double)NAN;
}

/* The rates of an arm's nets, behind those there are. */
static void add_rates(const struct mmoe_experiment *e, size_t arm, size_t task, double *rate,
                      size_t *n)
{
    for (size_t i = 0; i < e->policy[arm].count; i++)
        rate[(*n)++] = e->net[arm][i].y[task] / e->net[arm][i].n;
}

static struct mmoe_lift lift_of_nets(const struct mmoe_experiment *e, size_t arm, size_t task)
{
    double control[2 * MMOE_POLICY_NETS], other[MMOE_POLICY_NETS];
    size_t n = 0, m = 0;
    add_rates(e, MMOE_CONTROL, task, control, &n);
    if (arm == MMOE_TREATMENT)
        add_rates(e, MMOE_SECOND_CONTROL, task, control, &n);
    add_rates(e, arm, task, other, &m);
    return mmoe_lift_nets(control, n, other, m);
}

struct mmoe_lift mmoe_experiment_lift(const struct mmoe_experiment *e, size_t arm, size_t task,
                                      enum mmoe_lift_method method)
{
    const struct mmoe_arm *control = e->arm[MMOE_CONTROL][task], *other = e->arm[arm][task];
    struct mmoe_arm c = whole(control), t = whole(other);
    if (arm == MMOE_CONTROL)
        return (struct mmoe_lift){NAN, NAN, INFINITY};
    switch (method) {
    case MMOE_NAIVELY: return mmoe_lift_naive(&c, &t);
    case MMOE_BY_CUPED: return mmoe_lift_cuped(&c, &t);
    case MMOE_BY_JACKKNIFE: return mmoe_lift_jackknife(control, other, MMOE_EXPERIMENT_BUCKETS);
    case MMOE_BY_NETS: return lift_of_nets(e, arm, task);
    case MMOE_BY_DELTA:
    case MMOE_LIFT_METHODS: break;
    }
    return mmoe_lift_delta(&c, &t);
}

struct mmoe_interval mmoe_experiment_always(const struct mmoe_experiment *e, size_t arm,
                                            size_t task, double level)
{
    struct mmoe_lift l = mmoe_experiment_lift(e, arm, task, MMOE_BY_DELTA);
    return mmoe_lift_sequence(&l, level, (double)e->done, (double)e->plan.visits);
}

struct mmoe_split_check mmoe_experiment_split(const struct mmoe_experiment *e, size_t arm)
{
    return mmoe_split_check(mmoe_experiment_users(e, MMOE_CONTROL), mmoe_experiment_users(e, arm));
}

static int downwards(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x < y) - (x > y);
}

double mmoe_experiment_head(const struct mmoe_experiment *e, size_t arm)
{
    size_t items = mmoe_recommender_items(e->r), sum = 0, most = 0;
    size_t *sorted = mmoe_alloc(items, sizeof *sorted);
    memcpy(sorted, e->shown + arm * items, items * sizeof *sorted);
    qsort(sorted, items, sizeof *sorted, downwards);
    for (size_t i = 0; i < items; i++) {
        sum += sorted[i];
        most += i < (items + HEAD - 1) / HEAD ? sorted[i] : 0;
    }
    mmoe_free(sorted);
    return sum ? (double)most / (double)sum : (double)NAN;
}

const struct mmoe_look *mmoe_experiment_looks(const struct mmoe_experiment *e, size_t *n)
{
    *n = e->looks;
    return e->look;
}

/* --- what only a simulator knows --- */

void mmoe_outcomes_add(const struct mmoe_experiment *e, size_t first, size_t n, size_t a, size_t b,
                       struct mmoe_outcomes *out)
{
    struct mmoe_experiment *room = (struct mmoe_experiment *)(uintptr_t)e; /* of one visit */
    if (!out->before) {
        out->users = mmoe_recommender_users(e->r);
        out->before = mmoe_alloc(out->users, sizeof *out->before);
        memcpy(out->before, e->before, out->users * sizeof *out->before);
    }
    out->of = mmoe_regrow(out->of, out->visits, out->visits + n, sizeof *out->of);
    for (size_t i = 0; i < n; i++) {
        struct mmoe_outcome *o = &out->of[out->visits++];
        const size_t arm[2] = {a, b};
        struct mmoe_visit v;
        mmoe_recommender_visit(e->r, MMOE_VISITS_TEST, first + i, &v);
        o->user = v.user;
        for (size_t p = 0; p < 2; p++) {
            uint32_t item[MMOE_SHOWN];
            double labels[TASKS], truths[TASKS];
            rank(room, &e->policy[arm[p]], &v, item);
            act(e, &v, item, labels, truths);
            for (size_t k = 0; k < TASKS; k++) {
                o->label[p][k] = (float)labels[k];
                o->truth[p][k] = (float)truths[k];
            }
        }
    }
}

void mmoe_outcomes_done(struct mmoe_outcomes *o)
{
    mmoe_free(o->of);
    mmoe_free(o->before);
    *o = (struct mmoe_outcomes){0};
}

double mmoe_outcomes_lift(const struct mmoe_outcomes *o, size_t task)
{
    double sum[2] = {0};
    for (size_t i = 0; i < o->visits; i++)
        for (size_t p = 0; p < 2; p++)
            sum[p] += (double)o->of[i].truth[p][task];
    return sum[0] > 0 ? sum[1] / sum[0] - 1 : (double)NAN;
}

const double mmoe_front_lambda[MMOE_FRONT_POINTS] = {0, 0.5, 1, 2, 4, 8, 16, 32, 64};

void mmoe_experiment_front(const struct mmoe_experiment *e, size_t first, size_t n,
                           struct mmoe_front *out)
{
    static const size_t arms[2] = {MMOE_CONTROL, MMOE_TREATMENT};
    struct mmoe_experiment *room = (struct mmoe_experiment *)(uintptr_t)e; /* of one visit */
    for (size_t i = 0; i < n; i++)
        for (size_t p = 0; p < 2; p++) {
            struct mmoe_visit v;
            mmoe_recommender_visit(e->r, MMOE_VISITS_TEST, first + i, &v);
            const struct mmoe_policy *policy = &e->policy[arms[p]];
            const mmoe_real *y = predict(room, policy, &v);
            for (size_t l = 0; l < MMOE_FRONT_POINTS; l++) {
                uint32_t item[MMOE_SHOWN];
                double labels[TASKS], truths[TASKS];
                choose(e, policy->satisfies, mmoe_front_lambda[l], y, item);
                act(e, &v, item, labels, truths);
                for (size_t k = 0; k < TASKS; k++)
                    out->sum[p][l][k] += truths[k];
            }
        }
    out->visits += n;
}

double mmoe_front_rate(const struct mmoe_front *f, size_t arm, size_t point, size_t task)
{
    double shown = (double)f->visits * MMOE_SHOWN;
    return shown > 0 ? f->sum[arm][point][task] / shown : (double)NAN;
}
