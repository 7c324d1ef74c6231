/* SPDX-License-Identifier: GPL-3.0-or-later */
/* study.c - many runs: records of finished ones, and the run a worker makes of some options. */
#include <mmoe/mem.h>
#include <mmoe/run.h>
#include <mmoe/study.h>

#include <math.h>
#include <string.h>
#include <time.h>

void mmoe_study_add(struct mmoe_study *study, const struct mmoe_record *record)
{
    if (study->count == study->room) {
        size_t room = study->room ? 2 * study->room : 64;
        study->records = mmoe_regrow(study->records, study->count, room, sizeof *study->records);
        study->room = room;
    }
    study->records[study->count++] = *record;
}

void mmoe_study_clear(struct mmoe_study *study)
{
    study->count = 0;
}

void mmoe_study_done(struct mmoe_study *study)
{
    mmoe_free(study->records);
    memset(study, 0, sizeof *study);
}

void mmoe_study_seeded(const struct mmoe_options *o, size_t i, struct mmoe_options *out)
{
    *out = *o;
    out->seed_data += i;
    out->seed_init += i;
    out->seed_order += i;
}

static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fill(struct mmoe_record *record, const struct mmoe_snapshot *s)
{
    bool diverged = s->state == MMOE_RUN_DIVERGED;
    record->tasks = s->tasks;
    record->step = s->step;
    record->diverged_step = s->diverged_step;
    for (size_t k = 0; k < s->tasks; k++) {
        record->loss[k] = diverged ? (double)NAN : s->loss[k];
        record->loss_over_var[k] = diverged ? (double)NAN : s->loss_over_var[k];
    }
}

enum mmoe_status mmoe_study_run(const struct mmoe_options *o, const atomic_bool *stop,
                                struct mmoe_record *record, struct mmoe_error *err)
{
    double start = now_seconds();
    enum mmoe_status status = MMOE_OK;
    struct mmoe_run *run = NULL;
    memset(record, 0, sizeof *record);
    record->options = *o;
    for (size_t k = 0; k < MMOE_TASKS_MAX; k++)
        record->loss[k] = record->loss_over_var[k] = NAN;

    struct mmoe_dataset *data = mmoe_synthetic_new(o, NULL, err);
    if (data)
        run = mmoe_run_new(o, data, err);
    if (!run)
        status = err ? err->status : MMOE_LIMIT;
    while (run && !(stop && atomic_load_explicit(stop, memory_order_relaxed)))
        if (mmoe_run_step(run) != MMOE_CONTINUE) {
            fill(record, mmoe_run_snapshot(run));
            break;
        }
    if (run && record->tasks == 0)
        status = mmoe_fail(err, MMOE_STATE, "the run was stopped at step %zu", mmoe_run_at(run));
    record->seconds = now_seconds() - start;
    mmoe_run_free(run);
    mmoe_dataset_free(data);
    return status;
}
