/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows and weights with training. An input is options, a NAME=VALUE a line, a NUL, then numbers
 * that are laid over the rows and the first weights. A run that does not say it diverged has
 * finite weights and losses.
 */
#include <math.h>

#include <mmoe/arrays.h>
#include <mmoe/mat.h>
#include <mmoe/record.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/limits.h"

enum { STEPS = 4 };

static void settings(struct mmoe_options *o, const char *text)
{
    static const char small[] = "rows=24\ntest-rows=9\ndim=5\nbatch=8\nsteps=4\neval-every=2\n"
                                "experts=3\nexpert-units=4\ntower-units=3\nbottom-units=5\n";
    struct mmoe_error err;
    mmoe_options_default(o);
    fuzz_assert(!mmoe_failed(mmoe_options_read(o, small, &err)));
    fuzz_check_error(mmoe_options_read(o, text, &err), &err);
    if (o->steps > STEPS)
        o->steps = STEPS;
    o->speed = 0;
}

/* Numbers over an array of n; those of the input may be any bits. */
static void overlay(mmoe_real *v, size_t n, const uint8_t *bytes, size_t count)
{
    size_t most = count / sizeof *v < n ? count / sizeof *v : n;
    if (most > 0)
        memcpy(v, bytes, most * sizeof *v);
}

/* The rows of o with other numbers, by way of a file: what is not finite is refused there. */
static struct mmoe_dataset *rows(struct mmoe_options *o, const uint8_t *bytes, size_t n)
{
    struct mmoe_error err;
    size_t x[] = {24, 5}, y[] = {24, 2}, held[] = {9, 5}, held_y[] = {9, 2};
    static const char *const names[] = {"x_train", "y_train", "x_test", "y_test"};
    size_t *const shapes[] = {x, y, held, held_y};
    struct mmoe_arrays a = {0};
    for (size_t k = 0; k < 4; k++) {
        struct mmoe_array *v = mmoe_arrays_add(&a, names[k], MMOE_F32, 2, shapes[k], &err);
        for (size_t i = 0; i < v->n; i++)
            ((float *)v->data)[i] = (float)(i * 37 % 11) / 8 - 1;
        size_t part = n / 4;
        overlay(v->data, v->n, bytes + k * part, part);
    }
    fuzz_assert(!mmoe_failed(mmoe_arrays_write(&a, "rows.npz", &err)));
    mmoe_arrays_done(&a);
    snprintf(o->data, sizeof o->data, "rows.npz");
    struct mmoe_dataset *d = mmoe_source_make_until(o, NULL, NULL, &err);
    if (!d)
        fuzz_check_error(err.status, &err);
    return d;
}

static void check(const struct mmoe_run *run)
{
    const struct mmoe_snapshot *s = mmoe_run_snapshot(run);
    if (s->state == MMOE_RUN_DIVERGED)
        return;
    for (size_t t = 0; t < s->tasks; t++)
        fuzz_assert(!isinf(s->value[MMOE_LOSS][t]));
}

static void train(const struct mmoe_options *o, struct mmoe_dataset *d, const uint8_t *bytes,
                  size_t n)
{
    struct mmoe_error err;
    struct mmoe_run *run = mmoe_run_new(o, d, &err);
    if (!run) {
        fuzz_check_error(err.status, &err);
        return;
    }
    overlay(mmoe_net_params(mmoe_run_net(run)), mmoe_net_size(mmoe_run_net(run)), bytes, n);
    while (mmoe_run_step(run) == MMOE_CONTINUE)
        continue;
    mmoe_run_test(run);
    check(run);
    mmoe_run_free(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static bool begun;
    struct mmoe_options o;
    fuzz_home();
    if (!begun)
        mmoe_mat_init();
    begun = true;
    const uint8_t *end = n ? memchr(bytes, 0, n) : NULL;
    size_t head = end ? (size_t)(end - bytes) : n, tail = end ? n - head - 1 : 0;
    char *text = fuzz_text(bytes, head);
    settings(&o, text);
    free(text);
    struct mmoe_error err;
    struct mmoe_dataset *d = tail % 2 ? rows(&o, end + 1, tail)
                                      : mmoe_source_make_until(&o, NULL, NULL, &err);
    if (d) {
        train(&o, d, end ? end + 1 : bytes, tail);
        mmoe_dataset_free(d);
    }
    return 0;
}
