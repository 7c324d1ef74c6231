/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of orders: one after the other, errands before their turn, dropped by their number. */
#include <mmoe/mem.h>

#include "src/work/orders.h"
#include "tests/test.h"

struct list {
    struct orders orders;
    struct thread_monitor *monitor;
    bool working;
    atomic_int rests;
};

static void make_list(struct list *l)
{
    memset(l, 0, sizeof *l);
    l->monitor = thread_monitor_new(CONDITIONS);
}

static void free_list(struct list *l)
{
    orders_done(&l->orders);
    thread_monitor_free(l->monitor);
}

/* Orders are told apart by `until`. */
static void give(struct list *l, enum order_kind kind, size_t until)
{
    orders_give(&l->orders, l->monitor, &(struct order){.kind = kind, .until = until});
}

static void give_file(struct list *l, enum mmoe_file what, size_t until)
{
    orders_give(&l->orders, l->monitor,
                &(struct order){.kind = ORDER_FILE, .file.what = what, .until = until});
}

static void rest(void *context)
{
    struct list *l = context;
    assert_false(l->working);
    atomic_fetch_add(&l->rests, 1);
}

static size_t free_order(struct order *o)
{
    size_t until = o ? o->until : 0;
    mmoe_free(o);
    return until;
}

/* `until` of the next order; 0: there is none any more. */
static size_t take(struct list *l)
{
    return free_order(orders_next(&l->orders, l->monitor, &l->working, rest, l));
}

static size_t take_errand(struct list *l)
{
    return free_order(orders_next_errand(&l->orders, l->monitor));
}

static void orders_are_taken_as_they_were_given(void **state)
{
    (void)state;
    struct list l;
    make_list(&l);
    for (size_t i = 1; i <= 3; i++)
        give(&l, ORDER_TRAIN, i);
    for (size_t i = 1; i <= 3; i++) {
        assert_int_equal(take(&l), i);
        assert_true(l.working && atomic_load(&l.rests) == (int)i);
    }
    assert_true(l.orders.first == NULL && l.orders.last == NULL);
    give(&l, ORDER_TRAIN, 4);
    assert_int_equal(take(&l), 4);
    free_list(&l);
}

/* A pause is of the orders there were: the next one that is taken lowers it. */
static void an_order_lowers_the_interrupt(void **state)
{
    (void)state;
    struct list l;
    make_list(&l);
    give(&l, ORDER_TRAIN, 1);
    orders_drop(&l.orders, l.monitor, ORDERS_ALL);
    atomic_store(&l.orders.interrupt, true);
    give(&l, ORDER_TRAIN, 2);
    assert_true(atomic_load(&l.orders.interrupt));
    assert_int_equal(take(&l), 2);
    assert_false(atomic_load(&l.orders.interrupt));
    free_list(&l);
}

static void at_the_end_there_is_no_order(void **state)
{
    (void)state;
    struct list l;
    make_list(&l);
    give(&l, ORDER_TRAIN, 1);
    l.orders.quit = true;
    assert_int_equal(take(&l), 0);
    assert_false(l.working);
    free_list(&l);
}

static void take_in_thread(void *context)
{
    struct list *l = context;
    assert_int_equal(take(l), 7);
}

static void an_order_is_waited_for(void **state)
{
    (void)state;
    struct list l;
    make_list(&l);
    struct thread *t = thread_start(take_in_thread, &l);
    while (atomic_load(&l.rests) == 0)
        continue;
    give(&l, ORDER_MAKE, 7);
    thread_join(t);
    free_list(&l);
}

/* --- errands --- */

static void orders_about_files_are_errands(void **state)
{
    (void)state;
    struct list l;
    for (int what = MMOE_FILE_EXPORT_WEIGHTS; what <= MMOE_FILE_IMPORT_DATA; what++) {
        make_list(&l);
        give_file(&l, (enum mmoe_file)what, 1);
        assert_true(atomic_load(&l.orders.errands));
        assert_int_equal(take_errand(&l), 1);
        free_list(&l);
    }
    for (enum order_kind kind = ORDER_MAKE; kind < ORDER_FILE; kind++) {
        make_list(&l);
        give(&l, kind, 1);
        assert_false(atomic_load(&l.orders.errands));
        assert_int_equal(take_errand(&l), 0);
        free_list(&l);
    }
}

/* An errand behind a making is meant for what is made: it is told of when it is the next. */
static void errands_wait_for_their_turn(void **state)
{
    (void)state;
    struct list l;
    make_list(&l);
    assert_int_equal(take_errand(&l), 0);
    give(&l, ORDER_MAKE, 1);
    give(&l, ORDER_TRAIN, 2);
    give(&l, ORDER_TRAIN, 3);
    give_file(&l, MMOE_FILE_SAVE, 4);
    give_file(&l, MMOE_FILE_IMPORT_DATA, 5);
    assert_int_equal(take_errand(&l), 0);
    atomic_store(&l.orders.errands, false); /* as one does who looked */
    assert_int_equal(take(&l), 1);
    assert_false(atomic_load(&l.orders.errands));
    assert_int_equal(take(&l), 2);
    assert_true(atomic_load(&l.orders.errands));
    assert_int_equal(take_errand(&l), 4);
    assert_int_equal(take_errand(&l), 5); /* the last of the list */
    assert_int_equal(take_errand(&l), 0);
    assert_int_equal(take(&l), 3);
    give_file(&l, MMOE_FILE_SAVE, 6); /* the only one */
    assert_int_equal(take_errand(&l), 6);
    assert_true(l.orders.first == NULL && l.orders.last == NULL);
    give_file(&l, MMOE_FILE_SAVE, 7); /* in its turn it is an order like any other */
    assert_int_equal(take(&l), 7);
    free_list(&l);
}

/* --- dropped --- */

static void dropped_trainings_are_counted(void **state)
{
    (void)state;
    struct list l;
    make_list(&l);
    assert_int_equal(orders_drop(&l.orders, l.monitor, ORDERS_ALL), 0);
    give(&l, ORDER_TRAIN, 1);
    give(&l, ORDER_RESET, 2);
    give(&l, ORDER_TRAIN, 3);
    assert_int_equal(orders_drop(&l.orders, l.monitor, ORDERS_ALL), 2);
    assert_true(l.orders.first == NULL && l.orders.last == NULL);
    give(&l, ORDER_TRAIN, 4);
    assert_int_equal(take(&l), 4);
    free_list(&l);
}

/* What was given behind an order is not dropped with what was given before. */
static void orders_are_dropped_up_to_one(void **state)
{
    (void)state;
    struct list l;
    make_list(&l);
    give(&l, ORDER_TRAIN, 1);
    give(&l, ORDER_TRAIN, 2);
    give_file(&l, MMOE_FILE_LOAD, 3);
    give(&l, ORDER_TRAIN, 4);
    give(&l, ORDER_TRAIN, 5);
    assert_int_equal(orders_drop(&l.orders, l.monitor, 3), 2);
    assert_int_equal(take_errand(&l), 3);
    assert_int_equal(take(&l), 4);
    assert_int_equal(orders_drop(&l.orders, l.monitor, 5), 0);
    assert_int_equal(take(&l), 5);
    free_list(&l);
}

/* What is shown is no work: a pause leaves it, and the list is whole. */
static void what_is_shown_is_not_dropped(void **state)
{
    (void)state;
    struct list l;
    make_list(&l);
    give(&l, ORDER_TRAIN, 1);
    give(&l, ORDER_SHOW, 2);
    give(&l, ORDER_TRAIN, 3);
    assert_int_equal(orders_drop(&l.orders, l.monitor, ORDERS_ALL), 2);
    assert_ptr_equal(l.orders.first, l.orders.last);
    give(&l, ORDER_TRAIN, 4);
    struct order *shown = orders_next_errand(&l.orders, l.monitor);
    assert_non_null(shown);
    assert_int_equal(shown->until, 2);
    mmoe_free(shown);
    assert_int_equal(orders_drop(&l.orders, l.monitor, ORDERS_ALL), 1);
    assert_null(l.orders.first);
    assert_null(l.orders.last);
    free_list(&l);
}

TESTS(cmocka_unit_test(what_is_shown_is_not_dropped),
      cmocka_unit_test(orders_are_taken_as_they_were_given),
      cmocka_unit_test(an_order_lowers_the_interrupt),
      cmocka_unit_test(at_the_end_there_is_no_order), cmocka_unit_test(an_order_is_waited_for),
      cmocka_unit_test(orders_about_files_are_errands),
      cmocka_unit_test(errands_wait_for_their_turn),
      cmocka_unit_test(dropped_trainings_are_counted),
      cmocka_unit_test(orders_are_dropped_up_to_one))
