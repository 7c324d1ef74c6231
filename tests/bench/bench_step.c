/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_step.c - training steps a second of every model, on one thread, over
 * real time, at the default options.
 *
 * A step with B rows multiplies each weight into the rows, into the gradient
 * of the weight and, above the first layer, into the gradient of the input:
 * 6 B operations a weight, 4 B in the first layer. What that comes to a second
 * is set in relation to square products of 512 in the same minute, so that
 * figures of different machines and loads can be compared. Rounds go through
 * all that is measured in turn, and the median counts.
 *
 * Usage: bench_step [SECONDS a measurement [ROUNDS]]
 */
#include <mmoe/dataset.h>
#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/run.h>
#include <mmoe/stats.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SQUARE = 512, MODELS_MAX = 16, ROUNDS_MAX = 99, CHUNK = 20 };
enum { ENDLESS = 1000000000 };

struct lane {
    struct mmoe_run *run;
    size_t chunk; /* steps between two looks at the clock */
    double flop;  /* operations a step */
    double alone[ROUNDS_MAX], evaluated[ROUNDS_MAX]; /* steps a second */
};

static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The program's own choice of kernels: see ui/main/main.c. */
static void choose_kernels(char **argv)
{
    const char *better = mmoe_mat_better_kernel();
    if (!better || getenv("OPENBLAS_CORETYPE"))
        return;
    setenv("OPENBLAS_CORETYPE", better, 1);
    execv("/proc/self/exe", argv);
}

/* GFLOP/s of square products. */
static double products(double seconds)
{
    size_t n = (size_t)SQUARE * SQUARE, count = 0;
    mmoe_real *a = mmoe_alloc(3 * n, sizeof *a), *b = a + n, *c = b + n;
    for (size_t i = 0; i < 2 * n; i++)
        a[i] = (mmoe_real)((double)(i % 97) / 97 - 0.5);
    double start = now_seconds(), now;
    do {
        mmoe_mat_product(SQUARE, SQUARE, SQUARE, a, SQUARE, false, b, SQUARE, c, SQUARE);
        count++;
        now = now_seconds();
    } while (now - start < seconds);
    mmoe_free(a);
    return 2e-9 * (double)n * SQUARE * (double)count / (now - start);
}

static double operations(struct mmoe_net *net)
{
    const struct mmoe_spec *spec = mmoe_net_spec(net);
    double sum = 0;
    for (size_t i = 0; i < mmoe_net_tensor_count(net); i++) {
        const struct mmoe_tensor *t = mmoe_net_tensor(net, i);
        double weights = 1;
        for (size_t k = 0; k < t->ndim; k++)
            weights *= (double)t->dim[k];
        if (t->fan_in)
            sum += (t->fan_in == spec->dim ? 4 : 6) * weights;
    }
    return sum * (double)spec->batch;
}

static double steps(struct lane *lane, double seconds)
{
    size_t count = 0;
    double start = now_seconds(), now;
    do {
        for (size_t i = 0; i < lane->chunk; i++)
            mmoe_run_step(lane->run);
        count += lane->chunk;
        now = now_seconds();
    } while (now - start < seconds);
    return (double)count / (now - start);
}

/* With the default evaluations, then with none. */
static void measure(struct lane *lane, const struct mmoe_options *o, size_t round, double seconds)
{
    struct mmoe_options none = *o;
    mmoe_run_tune(lane->run, o);
    lane->chunk = o->eval_every;
    lane->evaluated[round] = steps(lane, seconds);
    none.eval_every = ENDLESS;
    mmoe_run_tune(lane->run, &none);
    lane->chunk = CHUNK;
    lane->alone[round] = steps(lane, seconds);
}

static double median(double *v, size_t n)
{
    return mmoe_summarize(v, n).median;
}

static void report(struct lane *lanes, size_t count, double gflops, size_t rounds)
{
    printf("%s, kernels %s: products of %d at %.1f GFLOP/s on one thread\n\n", mmoe_mat_library(),
           mmoe_mat_kernel(), SQUARE, gflops);
    printf("%-14s %10s %14s %14s %9s %12s\n", "model", "weights", "steps/s", "with tests", "GFLOP/s",
           "of products");
    for (size_t i = 0; i < count; i++) {
        double alone = median(lanes[i].alone, rounds), rate = 1e-9 * alone * lanes[i].flop;
        struct mmoe_net *net = mmoe_run_net(lanes[i].run);
        printf("%-14s %10zu %14.0f %14.0f %9.1f %11.1f%%\n", mmoe_model_name(mmoe_net_model(net)),
               mmoe_net_size(net), alone, median(lanes[i].evaluated, rounds), rate,
               100 * rate / gflops);
    }
}

static void fail(const char *text)
{
    fprintf(stderr, "bench_step: %s\n", text);
    exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    static struct lane lanes[MODELS_MAX];
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 0.3, square[ROUNDS_MAX];
    size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 5, count = mmoe_model_count();
    struct mmoe_options o;
    struct mmoe_error err;
    if (rounds < 1 || rounds > ROUNDS_MAX || !(seconds > 0) || count > MODELS_MAX)
        fail("usage: bench_step [SECONDS [ROUNDS]], at most 99 rounds");
    choose_kernels(argv);
    mmoe_mat_init();
    mmoe_options_default(&o);
    o.steps = ENDLESS;
    struct mmoe_dataset *data = mmoe_synthetic_new(&o, NULL, &err);
    for (size_t i = 0; i < count && data; i++) {
        o.model = (int)i;
        lanes[i].run = mmoe_run_new(&o, data, &err);
        if (!lanes[i].run)
            fail(err.text);
        lanes[i].flop = operations(mmoe_run_net(lanes[i].run));
    }
    if (!data)
        fail(err.text);
    for (size_t r = 0; r < rounds; r++) {
        square[r] = products(seconds);
        for (size_t i = 0; i < count; i++)
            measure(&lanes[i], &o, r, seconds);
    }
    report(lanes, count, median(square, rounds), rounds);
    for (size_t i = 0; i < count; i++)
        mmoe_run_free(lanes[i].run);
    mmoe_dataset_free(data);
    return EXIT_SUCCESS;
}
