/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_scale.c - what a store of that many runs costs: filled with made-up runs, opened and summed
 * up, its claims tested, exported, merged from segments.
 *
 *   bench_scale RUNS... writes a table, in processor seconds; a line for each number of runs.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/export.h>
#include <mmoe/hearing.h>
#include <mmoe/mem.h>
#include <mmoe/results.h>
#include <mmoe/rng.h>
#include <mmoe/shards.h>
#include <mmoe/tally.h>

enum { CELLS = 9, POINTS = 31, EXPERTS = 8, BATCH = 256, TASKS = 2 };

static void check(enum mmoe_status status, const struct mmoe_error *err)
{
    if (!mmoe_failed(status))
        return;
    fprintf(stderr, "bench_scale: %s\n", err->text);
    exit(1);
}

static double cpu(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           1e-6 * (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

/* MiB that are in memory now. */
static double resident(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%*s %ld", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

static void make_grid(struct mmoe_grid *g, size_t runs)
{
    struct mmoe_error err;
    memset(g, 0, sizeof *g);
    mmoe_options_default(&g->base);
    g->seeds = (runs + CELLS - 1) / CELLS;
    check(mmoe_grid_axis(g, "model", "shared-bottom,omoe,mmoe", &err), &err);
    check(mmoe_grid_axis(g, "p", "0.5,0.9,1", &err), &err);
}

/* A run as it could be: its numbers follow from its own alone. */
static void make_result(struct mmoe_result *r, const struct mmoe_grid *g, size_t run)
{
    double luck = sin((double)run * 12.9898) * 43758.5453;
    luck -= floor(luck);
    r->record.run = run;
    mmoe_grid_options(g, run, &r->record.options);
    r->record.tasks = r->shot.tasks = TASKS;
    mmoe_tasks_letters(r->record.task, TASKS);
    r->record.step = 6000;
    r->record.seconds = 0.5;
    r->record.pearson = r->record.overlap = 0.5;
    mmoe_metrics_none(r->record.value);
    for (size_t k = 0; k < TASKS; k++) {
        r->record.value[MMOE_LOSS][k] = 0.05 + 0.05 * luck + 0.01 * (double)k;
        r->record.value[MMOE_OVER_VAR][k] = r->record.value[MMOE_LOSS][k] / 8;
    }
    for (size_t i = 0; i < POINTS; i++) {
        r->shot.curve[i].step = 200 * i;
        mmoe_metrics_none(r->shot.curve[i].value);
        for (size_t k = 0; k < TASKS; k++)
            r->shot.curve[i].value[MMOE_LOSS][k] =
                r->record.value[MMOE_LOSS][k] * (1 + 30 / (1 + (double)i));
    }
    r->shot.curve_count = POINTS;
    r->shot.gate.gates = TASKS;
    r->shot.gate.experts = EXPERTS;
    for (size_t e = 0; e < TASKS * EXPERTS; e++)
        r->shot.gate.mean[e / EXPERTS][e % EXPERTS] = 1.0f / EXPERTS;
}

/* --- what is measured --- */

struct made {
    struct mmoe_result result[BATCH];
    const struct mmoe_result *list[BATCH];
};

static struct made *make(void)
{
    struct made *m = mmoe_alloc(1, sizeof *m);
    for (size_t i = 0; i < BATCH; i++) {
        mmoe_snapshot_init(&m->result[i].shot, POINTS);
        m->list[i] = &m->result[i];
    }
    return m;
}

static double fill(const char *path, const struct mmoe_grid *g, size_t runs, struct made *m)
{
    static const struct mmoe_origin origin = {"mmoe", "made up", "none"};
    struct mmoe_error err;
    int64_t id;
    double start = cpu();
    struct mmoe_store *s = mmoe_store_open(path, MMOE_STORE_WRITE, NULL, &err);
    check(s ? mmoe_store_study_new(s, g, "made up", "", &origin, &id, &err) : err.status, &err);
    for (size_t at = 0; at < runs; at += BATCH) {
        size_t n = runs - at < BATCH ? runs - at : BATCH;
        for (size_t i = 0; i < n; i++)
            make_result(&m->result[i], g, at + i);
        check(mmoe_results_add(s, id, &origin, m->list, n, &err), &err);
    }
    mmoe_store_close(s);
    return cpu() - start;
}

static bool take(void *context, const struct mmoe_record *record)
{
    return mmoe_tally_add(context, record);
}

/* Read all of it, and sum it up. */
static struct mmoe_tally *open_study(const char *path, const struct mmoe_grid *g, double *seconds)
{
    struct mmoe_error err;
    double start = cpu();
    struct mmoe_tally *t = mmoe_tally_new(g, false);
    struct mmoe_store *s = mmoe_store_open(path, MMOE_STORE_READ, NULL, &err);
    check(s ? mmoe_results_read(s, 1, g, false, take, t, &err) : err.status, &err);
    mmoe_store_close(s);
    for (size_t c = 0; c < CELLS; c++)
        for (size_t k = 0; k < TASKS; k++)
            mmoe_tally_spread(t, c, MMOE_LOSS, k);
    *seconds = cpu() - start;
    return t;
}

static double claims(const struct mmoe_tally *t)
{
    struct mmoe_error err;
    double start = cpu();
    struct mmoe_hearing *h = mmoe_hearing_new(t, MMOE_LOSS, 0, &err);
    check(h ? mmoe_hearing_claims(h, NULL, NULL, &err) : err.status, &err);
    mmoe_hearing_free(h);
    return cpu() - start;
}

static double export_all(const char *path, const char *to)
{
    struct mmoe_error err;
    double start = cpu();
    struct mmoe_store *s = mmoe_store_open(path, MMOE_STORE_READ, NULL, &err);
    check(s ? mmoe_export_write(s, 1, to, NULL, NULL, &err) : err.status, &err);
    mmoe_store_close(s);
    unlink(to);
    return cpu() - start;
}

/* As if 16 shards had published all of it; publishing is not counted. */
static double merge(const char *dir, const struct mmoe_grid *g, size_t runs, struct made *m,
                    const char *to)
{
    static const struct mmoe_origin origin = {"mmoe", "made up", "none"};
    struct mmoe_error err;
    struct mmoe_merge came = {0};
    check(mmoe_shards_make(dir, g, "made up", "", &err), &err);
    struct mmoe_publisher *p = mmoe_publisher_new(dir, &(struct mmoe_shard){0, 1}, &err);
    check(p ? MMOE_OK : err.status, &err);
    for (size_t at = 0; at < runs; at += BATCH) {
        size_t n = runs - at < BATCH ? runs - at : BATCH;
        for (size_t i = 0; i < n; i++)
            make_result(&m->result[i], g, at + i);
        check(mmoe_publisher_add(p, &origin, m->list, n, &err), &err);
    }
    check(mmoe_publisher_end(p, &err), &err);
    mmoe_publisher_free(p);
    double start = cpu();
    struct mmoe_store *s = mmoe_store_open(to, MMOE_STORE_WRITE, NULL, &err);
    check(s ? mmoe_shards_merge(dir, s, &came, &err) : err.status, &err);
    mmoe_store_close(s);
    if (came.finished != runs)
        fprintf(stderr, "bench_scale: %zu of %zu runs were merged\n", came.finished, runs);
    return cpu() - start;
}

static void remove_all(const char *folder)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "rm -rf '%s'", folder);
    if (system(t.s) != 0)
        fprintf(stderr, "bench_scale: %s stays\n", folder);
    mmoe_text_done(&t);
}

static void measure(size_t runs)
{
    char folder[] = "/var/tmp/mmoe-scale-XXXXXX", path[64], csv[64], jsonl[64], dir[64], to[64];
    struct stat st;
    struct mmoe_grid *g = mmoe_alloc(1, sizeof *g);
    struct made *m = make();
    double opened, before;
    if (!mkdtemp(folder))
        exit(1);
    snprintf(path, sizeof path, "%s/runs.db", folder);
    snprintf(csv, sizeof csv, "%s/runs.csv", folder);
    snprintf(jsonl, sizeof jsonl, "%s/runs.jsonl", folder);
    snprintf(dir, sizeof dir, "%s/shards", folder);
    snprintf(to, sizeof to, "%s/merged.db", folder);
    make_grid(g, runs);
    runs = mmoe_grid_runs(g);
    double filled = fill(path, g, runs, m);
    stat(path, &st);
    before = resident();
    struct mmoe_tally *t = open_study(path, g, &opened);
    double memory = resident() - before, tested = claims(t);
    mmoe_tally_free(t);
    double csv_s = export_all(path, csv), jsonl_s = export_all(path, jsonl);
    unlink(path);
    double merged = merge(dir, g, runs, m, to);
    printf("| %zu | %.2f | %.1f | %.1f | %.0f | %.1f | %.1f | %.1f | %.1f |\n", runs,
           (double)st.st_size / 1e9, filled, opened, memory, tested, csv_s, jsonl_s, merged);
    fflush(stdout);
    remove_all(folder);
    for (size_t i = 0; i < BATCH; i++)
        mmoe_snapshot_done(&m->result[i].shot);
    mmoe_free(m);
    mmoe_free(g);
}

int main(int argc, char **argv)
{
    printf("| runs | GB | fill | open and sum up | MiB | claims | export .csv | export .jsonl | "
           "merge |\n|---|---|---|---|---|---|---|---|---|\n");
    fflush(stdout);
    for (int i = 1; i < argc; i++)
        measure((size_t)strtoul(argv[i], NULL, 10));
    return argc < 2;
}
