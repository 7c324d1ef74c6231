/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench.c - bench: how fast studies go on this machine, and how fast they could. */
#include <string.h>

#include "ui/command/command.h"

enum { ROUNDS = 4, CASES_MAX = 32, CASE_SECONDS = 2 * ROUNDS };

double command_cost_bench(const struct app *a, const struct invocation *i, struct mmoe_text *what)
{
    size_t count = 0;
    while (mmoe_bench_name(count))
        count++;
    if (a->repeating)
        return 0;
    count = i->argc ? 1 : count;
    mmoe_text_add(what, "%s", MMOE_COUNTED(count, "case"));
    return CASE_SECONDS * (double)count;
}

enum mmoe_status command_bench(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    const char *names[CASES_MAX];
    size_t count = 0;
    while (mmoe_bench_name(count) && count < CASES_MAX) {
        names[count] = mmoe_bench_name(count);
        count++;
    }
    if (a->repeating)
        return mmoe_fail(err, MMOE_STATE,
                         "%s in progress would be measured too: stop it first, or wait",
                         a->sweeping ? "the study" : "the repeats");
    if (i->argc == 0) {
        app_say(a, "%zu cases, a few seconds each: pause ends it", count);
        app_bench(a, 0, count - 1, ROUNDS);
        return MMOE_CONTINUE;
    }
    for (size_t k = 0; k < count; k++)
        if (strcmp(names[k], i->argv[0]) == 0) {
            app_bench(a, k, k, ROUNDS);
            return MMOE_CONTINUE;
        }
    const char *near = mmoe_nearest(i->argv[0], names, count);
    return mmoe_fail(err, MMOE_UNKNOWN, "no case '%.60s': did you mean %s?", i->argv[0],
                     near ? near : names[0]);
}
