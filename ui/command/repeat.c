/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repeat.c - repeat: many seeds of one setting, in the background. */
#include "ui/command/command.h"

#include <string.h>

enum { REPEATS_MAX = 100000 };

static enum mmoe_status stop(struct app *a)
{
    if (!a->repeating) {
        app_say(a, "no repeats are in progress");
        return MMOE_OK;
    }
    mmoe_runner_stop(a->runner);
    app_take_in(a);
    return MMOE_OK;
}

enum mmoe_status command_repeat(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    size_t n;
    if (i->argc == 0)
        return mmoe_fail(err, MMOE_INVALID, "how many seeds? repeat 20, or repeat stop");
    if (strcmp(i->argv[0], "stop") == 0)
        return stop(a);
    enum mmoe_status s = command_whole(i->argv[0], "the number of seeds", 1, REPEATS_MAX, &n, err);
    if (!mmoe_failed(s))
        s = command_pairs(i, &o, err);
    if (!mmoe_failed(s))
        s = mmoe_options_check(&o, err);
    if (mmoe_failed(s))
        return s;
    app_repeat(a, &o, n);
    return MMOE_CONTINUE;
}
