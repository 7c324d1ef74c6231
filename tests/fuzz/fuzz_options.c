/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Options and grids: an input is lines of NAME=VALUE. What an option shows sets it to the same
 * value again, and a refusal changes nothing.
 */
#include <mmoe/grid.h>
#include <mmoe/option.h>
#include <mmoe/text.h>
#include <mmoe/ties.h>

#include "tests/fuzz/fuzz.h"

static void set(struct mmoe_options *o, const char *name, const char *value)
{
    struct mmoe_error err;
    struct mmoe_options was = *o, again;
    enum mmoe_status s = mmoe_option_set(o, name, value, &err);
    fuzz_check_error(s, &err);
    if (mmoe_failed(s)) {
        fuzz_assert(memcmp(&was, o, sizeof was) == 0);
        return;
    }
    struct mmoe_text shown = {0};
    const struct mmoe_option *option = mmoe_option_find(name);
    fuzz_assert(option);
    mmoe_option_show(o, option, &shown);
    again = was;
    if (shown.n > 0 && !strchr(shown.s, '/')) { /* `seed` of three numbers shows all of them */
        fuzz_assert(!mmoe_failed(mmoe_option_set(&again, name, shown.s, &err)));
        fuzz_assert(mmoe_option_same(&again, o, option));
    }
    mmoe_text_done(&shown);
    fuzz_check_error(mmoe_options_check(o, &err), &err);
}

/* Every cell of a sound grid can be named and made. */
static void walk(const struct mmoe_grid *g)
{
    struct mmoe_text t = {0};
    struct mmoe_options o;
    size_t cells = mmoe_grid_cells(g);
    for (size_t i = 0; i < cells && i < 100; i++) {
        mmoe_grid_cell_options(g, i, &o);
        mmoe_grid_cell_text(g, i, &t);
    }
    size_t last = mmoe_grid_runs(g) - 1;
    fuzz_assert(mmoe_grid_cell(g, last) < cells && mmoe_grid_seed(g, last) < g->seeds);
    mmoe_grid_options(g, last, &o);
    mmoe_text_done(&t);
}

static void line(struct mmoe_options *o, struct mmoe_grid *g, char *text)
{
    struct mmoe_error err;
    char *value = strchr(text, '=');
    if (!value)
        return;
    *value++ = '\0';
    set(o, text, value);
    struct mmoe_grid was = *g;
    enum mmoe_status s = strchr(value, '!') ? mmoe_grid_follow(g, text, value, "model", &err)
                                            : mmoe_grid_axis(g, text, value, &err);
    fuzz_check_error(s, &err);
    if (mmoe_failed(s))
        fuzz_assert(memcmp(&was, g, sizeof was) == 0);
    fuzz_check_error(mmoe_ties_put(g, text, value, &err), &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct mmoe_grid g;
    struct mmoe_options o, read;
    struct mmoe_error err;
    char *text = fuzz_text(bytes, n), *rest = text;
    mmoe_options_default(&o);
    read = o;
    fuzz_check_error(mmoe_options_read(&read, text, &err), &err);
    memset(&g, 0, sizeof g);
    g.base = o;
    g.seeds = 1 + n % 5;
    for (char *next; (next = strsep(&rest, "\n"));)
        line(&o, &g, next);
    enum mmoe_status s = mmoe_grid_check(&g, &err);
    fuzz_check_error(s, &err);
    if (!mmoe_failed(s))
        walk(&g);
    free(text);
    return 0;
}
