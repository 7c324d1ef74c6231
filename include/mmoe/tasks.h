/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tasks.h - what the tasks of a dataset are called, and which of them are yes or no.
 *
 * A task has one name everywhere: on the screen, in files, events and stores.
 *
 * Ownership: plain values. Threads: safe.
 */
#ifndef MMOE_TASKS_H
#define MMOE_TASKS_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/real.h>
#include <mmoe/status.h>

enum { MMOE_TASK_NAME_MAX = 24 };

struct mmoe_task {
    char name[MMOE_TASK_NAME_MAX]; /* letters, digits, - and _; each task another */
    bool binary;                   /* its labels are 0 or 1 */
};

/* Name n tasks A, B, ...; they are not binary. */
void mmoe_tasks_letters(struct mmoe_task *task, size_t n);
/* Make text the name of task k of those before it: other bytes become _; false where nothing is
 * left of it, or an earlier task is called so: then the task keeps the name it had. */
bool mmoe_tasks_name(struct mmoe_task *task, size_t k, const char *text);
/*
 * Name n tasks by the names in text, parted by that byte. A task without a name, or whose name is
 * none, has its letter; where two tasks would be called the same, all have their letters.
 */
void mmoe_tasks_names(struct mmoe_task *task, size_t n, const char *text, char separator);
/* Whether any of n tasks is binary. */
bool mmoe_tasks_any_binary(const struct mmoe_task *task, size_t n);
/* *k = the place of the task of that name; MMOE_UNKNOWN and the names there are where there is
 * none. */
enum mmoe_status mmoe_tasks_find(const struct mmoe_task *task, size_t n, const char *name,
                                 size_t *k, struct mmoe_error *err);

#endif
