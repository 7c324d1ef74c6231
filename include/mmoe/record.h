/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * record.h - what is kept of a finished run, and how a worker trains one.
 *
 * Ownership: a record is a plain value; a result owns its snapshot.
 * Threads:   values.
 */
#ifndef MMOE_RECORD_H
#define MMOE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mmoe/dataset.h>
#include <mmoe/option.h>
#include <mmoe/phase.h>
#include <mmoe/real.h>
#include <mmoe/snapshot.h>
#include <mmoe/status.h>

enum { MMOE_RECORD_CURVE = 64 };

/* A point of a curve: each task's held-out loss, NAN where it was not finite; and, where the rows
 * know their true probabilities, what checkpoints are compared by, else NAN. */
struct mmoe_point {
    uint32_t step;
    float loss[MMOE_TASKS_MAX];
    float auc[MMOE_TASKS_MAX], r2[MMOE_TASKS_MAX], auc_true[MMOE_TASKS_MAX];
};

/* A point without values. */
struct mmoe_point mmoe_point_none(size_t step);
/* Where a point has the values (T) of that metric; NULL: it has none of it. */
float *mmoe_point_values(struct mmoe_point *p, enum mmoe_metric metric);

/* One finished run. */
struct mmoe_record {
    struct mmoe_options options;
    bool failed;                       /* it could not be made: nothing else is there */
    size_t run;                        /* its number in the grid it is of */
    size_t tasks, step, diverged_step; /* diverged_step 0: it did not */
    enum mmoe_divergence divergence;   /* how it did */
    struct mmoe_task task[MMOE_TASKS_MAX];
    double value[MMOE_METRICS][MMOE_TASKS_MAX]; /* final, on the test rows; NAN where diverged */
    /* the same on the rows that choices are made by (dataset.h), but for rows off */
    double choice[MMOE_METRICS][MMOE_TASKS_MAX];
    char rows[MMOE_DIGEST_MAX]; /* the digest of the rows of a file; "": none, or not known */
    double pearson; /* of the first two labels over the rows trained on; NAN where not known */
    double overlap; /* of the first two gates (snapshot.h); NAN where there are not two */
    double seconds;
    size_t curve_count;
    struct mmoe_point curve[MMOE_RECORD_CURVE]; /* first and last among them:
                                                   mmoe_record_curve */
};

/* A finished run with what it went through. */
struct mmoe_result {
    struct mmoe_record record;
    struct mmoe_snapshot shot; /* its last: curve, gates */
};

/* A record of a run of o that could not be made: failed, no value, no curve. */
void mmoe_record_clear(struct mmoe_record *record, const struct mmoe_options *o);
/* Take over n points in the order of steps: where there are more than MMOE_RECORD_CURVE every 2nd,
   4th, 8th ..., and the last; so that runs of any length have steps in common. */
void mmoe_record_curve(struct mmoe_record *record, const struct mmoe_point *points, size_t n);

/* Who looks after a run while it is trained; each may be NULL. */
struct mmoe_watch {
    bool (*go_on)(void *context); /* asked before every step; may take its time */
    void *context;
    struct mmoe_phases *phases; /* where its time goes */
    /* A file: what a run that is stopped is kept in, to be gone on with the next time, where it
     * was trained for so long; whoever has the result removes it. */
    const char *kept;
    double keep_after; /* seconds */
};

/*
 * Train o on those rows to `steps` and fill the result, whose snapshot must be
 * initialised: what a worker does. With steps 0 nothing is trained: rows and first weights are
 * measured. Where watch->go_on says no: MMOE_STATE; another failure where the run could not be
 * kept then. A file that is no such run is passed over. MMOE_OK also where the run diverged (the
 * record says so); fails where the run cannot be made. The seconds are those of training and
 * evaluation, and of waiting in go_on, which knows of it.
 */
enum mmoe_status mmoe_record_train(const struct mmoe_options *o, struct mmoe_dataset *data,
                                   const struct mmoe_watch *watch, struct mmoe_result *result,
                                   struct mmoe_error *err);

#endif
