/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * experiment.h - ordering a live experiment, by itself or with others.
 *
 * Ownership: an order is read and not kept. Threads: user-interface thread.
 */
#ifndef MMOE_UI_COMMAND_EXPERIMENT_H
#define MMOE_UI_COMMAND_EXPERIMENT_H

#include <mmoe/experiment.h>

#include "ui/command/command.h"

struct experiment_order {
    const struct mmoe_options *options; /* of all arms */
    const char *control, *treatment;
    const struct invocation *i; /* the keys of the command experiment, and out */
    size_t nets;                /* an arm, where the keys say nothing */
    /* When all visits were made and all is computed. NULL: nobody asks. */
    void (*over)(void *context, const struct mmoe_sight *s);
    void *context;
};
enum mmoe_status experiment_begin(struct app *a, const struct experiment_order *order,
                                  struct mmoe_error *err);

#endif
