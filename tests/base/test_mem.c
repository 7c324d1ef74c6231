/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory, and the one way out where there is none. */
#include <sys/wait.h>
#include <unistd.h>

#include <mmoe/mem.h>

#include "tests/test.h"

static void blocks_are_zeroed_and_aligned(void **state)
{
    (void)state;
    for (size_t n = 0; n < 300; n += 7) {
        unsigned char *block = mmoe_alloc(n, 3);
        assert_int_equal((uintptr_t)block % MMOE_ALIGN, 0);
        for (size_t i = 0; i < 3 * n; i++)
            assert_int_equal(block[i], 0);
        mmoe_free(block);
    }
    mmoe_free(NULL);
}

/* Large ones as well, that are made of what another left. */
static void large_blocks_are_zeroed(void **state)
{
    enum { BYTES = 33000001 };
    (void)state;
    for (size_t round = 0; round < 3; round++) {
        unsigned char *block = mmoe_alloc(BYTES, 1), *small = mmoe_alloc(100, 1);
        assert_int_equal((uintptr_t)block % MMOE_ALIGN, 0);
        for (size_t i = 0; i < BYTES; i++)
            assert_int_equal(block[i], 0);
        memset(block, 1, BYTES);
        mmoe_free(block);
        mmoe_free(small);
    }
}

static void regrown_blocks_keep_what_they_had(void **state)
{
    (void)state;
    int *v = mmoe_alloc(3, sizeof *v);
    for (int i = 0; i < 3; i++)
        v[i] = i + 1;
    v = mmoe_regrow(v, 3, 100, sizeof *v);
    assert_true(v[0] == 1 && v[2] == 3 && v[3] == 0 && v[99] == 0);
    v = mmoe_regrow(v, 100, 2, sizeof *v);
    assert_true(v[0] == 1 && v[1] == 2);
    mmoe_free(v);
    v = mmoe_regrow(NULL, 0, 5, sizeof *v);
    assert_int_equal(v[4], 0);
    mmoe_free(v);
}

static void what_is_not_there_is_refused(void **state)
{
    (void)state;
    assert_null(mmoe_try_alloc(SIZE_MAX / 2, 4));
    assert_null(mmoe_try_alloc(SIZE_MAX, 1));
    assert_null(mmoe_try_alloc((size_t)1 << 50, 1));
}

static void arenas_give_aligned_parts(void **state)
{
    (void)state;
    size_t bytes = mmoe_arena_cost(10, 1) + mmoe_arena_cost(100, 8);
    struct mmoe_arena a = {mmoe_alloc(bytes, 1), bytes, 0};
    char *first = mmoe_arena_take(&a, 10, 1);
    double *second = mmoe_arena_take(&a, 100, 8);
    assert_true((char *)second >= first + 10 && (uintptr_t)second % MMOE_ALIGN == 0);
    assert_int_equal(a.used, a.size);
    mmoe_arena_done(&a);
}

static void say_and_exit(const char *line)
{
    _exit(strstr(line, "out of memory") ? 7 : 8);
}

static void running_out_goes_to_the_hook(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        mmoe_fatal_hook(say_and_exit);
        mmoe_alloc((size_t)1 << 50, 1);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

TESTS(cmocka_unit_test(blocks_are_zeroed_and_aligned), cmocka_unit_test(large_blocks_are_zeroed),
      cmocka_unit_test(regrown_blocks_keep_what_they_had),
      cmocka_unit_test(what_is_not_there_is_refused), cmocka_unit_test(arenas_give_aligned_parts),
      cmocka_unit_test(running_out_goes_to_the_hook))
