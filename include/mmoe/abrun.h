/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * abrun.h - an experiment from training to verdict, as a job that others look at.
 *
 * Requests are timed, the nets of all arms are trained, then visits come piece by piece; when they
 * are over, or were stopped, what only a simulator knows is computed: the true lift, the front over
 * lambda, tests of the statistics. What there is to see is published after every piece. Publishing
 * and looking change no number.
 *
 * Ownership: mmoe_abrun_new / _free. Threads: one works; mmoe_abrun_look from any.
 *
 *   struct mmoe_abrun *r = mmoe_abrun_new(&order);
 *   job = mmoe_job_start(mailbox, mmoe_abrun_work, r);  ...  mmoe_abrun_look(r, &sight);
 */
#ifndef MMOE_ABRUN_H
#define MMOE_ABRUN_H

#include <mmoe/experiment.h>
#include <mmoe/job.h>
#include <mmoe/option.h>

struct mmoe_abrun_order {
    struct mmoe_options arm[MMOE_ARMS]; /* on the simulated recommender */
    size_t nets;                        /* an arm, 1 to MMOE_POLICY_NETS */
    size_t jobs;                        /* threads that train; 0: one a core */
    size_t tests;                       /* of the statistics; 0: none */
    struct mmoe_experiment_plan plan;
};

struct mmoe_abrun;
struct mmoe_abrun *mmoe_abrun_new(const struct mmoe_abrun_order *order);
void mmoe_abrun_free(struct mmoe_abrun *r); /* NULL allowed */

/* A job (job.h) with the run for a context. Stopped in its visits or later, it ends well with what
 * there is by then; stopped before, it fails with MMOE_STATE. */
enum mmoe_status mmoe_abrun_work(void *run, struct mmoe_job *j, struct mmoe_error *err);
/* A job, too, of a run whose visits are over or were stopped: so many tests of the statistics more.
 * Stopped, it ends well with those that were made. */
void mmoe_abrun_ask(struct mmoe_abrun *run, size_t tests);
enum mmoe_status mmoe_abrun_test(void *run, struct mmoe_job *j, struct mmoe_error *err);
/* Visits beside the planned ones that the truth is computed from, and the tests. */
size_t mmoe_abrun_beside(size_t planned, size_t tests);

/* Copy what was published last. */
void mmoe_abrun_look(struct mmoe_abrun *r, struct mmoe_sight *out);

#endif
