/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lockstep: never more than a step apart, and nobody waits for one that does not train. */
#include <stdatomic.h>

#include "src/base/thread.h"
#include "src/work/pace.h"
#include "tests/test.h"

enum { MEMBERS = 3, STEPS = 2000 };

/* Asked while a member waits. */
struct asked {
    atomic_int count;
    int until; /* it goes on until then */
};

static bool go_on(void *context)
{
    struct asked *a = context;
    return atomic_fetch_add(&a->count, 1) + 1 < a->until;
}

/* Would the member have to wait at that step? */
static bool waits(struct pace *p, size_t member, size_t step)
{
    struct asked a = {.until = 1};
    bool may = pace_wait(p, member, step, go_on, &a);
    assert_int_equal(atomic_load(&a.count), !may); /* who need not wait is not asked */
    return !may;
}

/* --- threads in lockstep --- */

struct walker {
    struct pace *pace;
    size_t member, steps;
    struct walker *all;
    atomic_size_t at;
    atomic_size_t apart; /* how often another was behind */
};

static bool always(void *context)
{
    (void)context;
    return true;
}

static void walk(void *context)
{
    struct walker *w = context;
    for (size_t step = 0; step < w->steps; step++) {
        if (!pace_wait(w->pace, w->member, step, always, NULL))
            atomic_fetch_add(&w->apart, 1);
        for (size_t i = 0; i < MEMBERS; i++) {
            size_t at = atomic_load(&w->all[i].at);
            if (at < step && at < w->all[i].steps)
                atomic_fetch_add(&w->apart, 1);
        }
        atomic_store(&w->at, step + 1);
    }
    pace_end(w->pace, w->member, 1);
}

/* One has fewer steps than the others: when it has ended they go on. */
static void members_are_never_more_than_a_step_apart(void **state)
{
    (void)state;
    struct walker w[MEMBERS];
    struct thread *thread[MEMBERS];
    struct pace *p = pace_new();
    memset(w, 0, sizeof w);
    for (size_t i = 0; i < MEMBERS; i++) {
        w[i].pace = pace_ref(p);
        w[i].member = pace_join(p);
        w[i].steps = i == 1 ? STEPS / 2 : STEPS;
        w[i].all = w;
        assert_int_equal(w[i].member, i);
        pace_begin(p, i);
    }
    pace_free(p);
    for (size_t i = 0; i < MEMBERS; i++)
        thread[i] = thread_start(walk, &w[i]);
    for (size_t i = 0; i < MEMBERS; i++) {
        thread_join(thread[i]);
        assert_true(w[i].at == w[i].steps && w[i].apart == 0);
    }
    for (size_t i = 0; i < MEMBERS; i++)
        pace_free(w[i].pace);
    pace_free(NULL);
}

/* --- who is waited for --- */

static struct pace *pace_of_two(void)
{
    struct pace *p = pace_new();
    pace_join(p);
    pace_join(p);
    pace_begin(p, 0);
    return p;
}

static void one_that_does_not_train_holds_nobody_up(void **state)
{
    (void)state;
    struct pace *p = pace_of_two();
    assert_false(waits(p, 0, 100));
    pace_begin(p, 1);
    assert_true(waits(p, 0, 101)); /* from when it is ordered */
    assert_false(waits(p, 1, 101));
    assert_false(waits(p, 0, 101));
    assert_true(waits(p, 0, 102));
    pace_end(p, 1, 1);
    assert_false(waits(p, 0, 103));
    pace_free(p);
}

/* Where the training before was says nothing of the next one. */
static void a_training_is_at_step_0_until_it_says_more(void **state)
{
    (void)state;
    struct pace *p = pace_of_two();
    pace_begin(p, 1);
    assert_false(waits(p, 1, 0));
    assert_false(waits(p, 0, 0));
    pace_end(p, 1, 1);
    pace_begin(p, 1);
    assert_false(waits(p, 0, 0));
    assert_true(waits(p, 0, 1));
    waits(p, 1, 500);
    assert_false(waits(p, 0, 2));
    pace_begin(p, 1); /* ordered before the one in progress ends */
    assert_false(waits(p, 0, 3));
    pace_end(p, 1, 1);
    assert_true(waits(p, 0, 4));
    waits(p, 1, 500);
    assert_false(waits(p, 0, 5));
    pace_end(p, 1, 1);
    pace_free(p);
}

static void trainings_are_counted(void **state)
{
    (void)state;
    struct pace *p = pace_of_two();
    for (int i = 0; i < 3; i++)
        pace_begin(p, 1);
    pace_end(p, 1, 0);
    assert_true(waits(p, 0, 1));
    pace_end(p, 1, 2); /* two were dropped */
    assert_true(waits(p, 0, 1));
    pace_end(p, 1, 1);
    assert_false(waits(p, 0, 1));
    pace_free(p);
}

/* --- ends of a wait --- */

struct waiter {
    struct pace *pace;
    struct asked asked;
    bool may;
};

static void wait_at_1(void *context)
{
    struct waiter *w = context;
    w->may = pace_wait(w->pace, 0, 1, go_on, &w->asked);
}

/* Begin a wait of member 0 for member 1, and see it waiting. */
static struct thread *begin_wait(struct waiter *w, int until)
{
    w->pace = pace_of_two();
    w->asked.until = until;
    pace_begin(w->pace, 1);
    struct thread *t = thread_start(wait_at_1, w);
    while (atomic_load(&w->asked.count) == 0)
        continue;
    return t;
}

static void who_says_no_ends_the_wait(void **state)
{
    (void)state;
    struct waiter w = {.may = true};
    thread_join(begin_wait(&w, 3));
    assert_false(w.may);
    assert_int_equal(atomic_load(&w.asked.count), 3);
    pace_free(w.pace);
}

static void the_one_behind_ends_the_wait(void **state)
{
    (void)state;
    for (int how = 0; how < 2; how++) {
        struct waiter w = {.may = false};
        struct thread *t = begin_wait(&w, INT32_MAX);
        if (how)
            pace_end(w.pace, 1, 1);
        else
            assert_false(waits(w.pace, 1, 1));
        thread_join(t);
        assert_true(w.may);
        pace_free(w.pace);
    }
}

TESTS(cmocka_unit_test(members_are_never_more_than_a_step_apart),
      cmocka_unit_test(one_that_does_not_train_holds_nobody_up),
      cmocka_unit_test(a_training_is_at_step_0_until_it_says_more),
      cmocka_unit_test(trainings_are_counted), cmocka_unit_test(who_says_no_ends_the_wait),
      cmocka_unit_test(the_one_behind_ends_the_wait))
