/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gates_facts.c - what gates and experts do, in a few words: overlap, entropy, health, the largest.
 */
#include "ui/panel/gates_facts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/panel/gates_views.h"

#define LEAST_TOLD 0.005f /* what is less would be .00 */
#define WHOLE_FROM 0.995f /* 1.0 is as wide as .99 */

/* The next of the facts on a row, whole or not at all: a digit that is cut would be another number.
 * Returns where the one after begins. */
static int draw_fact(struct canvas *c, int x, int y, enum role role, const char *fact)
{
    int n = canvas_columns(fact);
    if (x + n > c->width)
        return x;
    canvas_text(c, x, y, role, 0, fact);
    return x + n + 2;
}

/* What is wrong with the experts, and how many units are dead. */
static void draw_health(const struct mmoe_gates *g, struct canvas *c, int y)
{
    char fact[64];
    int x = 0;
    snprintf(fact, sizeof fact, "%zu unused", g->unused);
    if (g->unused)
        x = draw_fact(c, x, y, ROLE_WARN, fact);
    snprintf(fact, sizeof fact, "e%zu=e%zu copies", g->copy_a + 1, g->copy_b + 1);
    if (g->copies)
        x = draw_fact(c, x, y, ROLE_WARN, fact);
    snprintf(fact, sizeof fact, "dead ReLU %s%%",
             mmoe_format_fixed(100 * g->dead_share, 0, MMOE_NUMBER));
    draw_fact(c, x, y, g->dead_share > 0.25 ? ROLE_WARN : ROLE_DIM, fact);
}

/* Of two tasks, or the range over the pairs there are. */
static void draw_overlap(const struct mmoe_gates *g, const struct gates_names *n, struct canvas *c,
                         int y)
{
    double low = 1, high = 0;
    for (size_t a = 0; a < g->gates; a++)
        for (size_t b = a + 1; b < g->gates; b++) {
            low = fmin(low, g->overlap[a][b]);
            high = fmax(high, g->overlap[a][b]);
        }
    if (g->gates == 2)
        canvas_printf(c, 0, y, ROLE_TEXT, 0, "overlap %s,%s %s", n->task[0], n->task[1],
                      mmoe_format_fixed(low, 2, MMOE_NUMBER));
    else
        canvas_printf(c, 0, y, ROLE_TEXT, 0, "overlap %s to %s",
                      mmoe_format_fixed(low, 2, MMOE_NUMBER),
                      mmoe_format_fixed(high, 2, MMOE_NUMBER));
}

/* The longest of the ways to say it that has room; the last one is the shortest. */
static void draw_longest(const char *const *ways, size_t count, enum role role, struct canvas *c,
                         int y)
{
    for (size_t i = 0; i < count; i++)
        if (canvas_columns(ways[i]) <= c->width) {
            canvas_text(c, 0, y, role, 0, ways[i]);
            return;
        }
}

/* The entropy of each gate, or from the least to the largest, and where it is even. */
static void draw_entropy(const struct mmoe_gates *g, const struct gates_names *n, struct canvas *c,
                         int y)
{
    char all[MMOE_TASKS_MAX * (PANEL_TASK_SIZE + 8) + 32] = "entropy", nats[sizeof all + 32],
                                                      of[sizeof all + 32], range[48], range_of[96],
                                                      even[32];
    double low = g->entropy[0], high = g->entropy[0];
    size_t at = strlen(all);
    for (size_t i = 0; i < g->gates; i++) {
        const char *name = g->gates > 1 ? n->task[i] : "";
        at += (size_t)snprintf(all + at, sizeof all - at, "%s%s %s", *name ? " " : "", name,
                               mmoe_format_fixed(g->entropy[i], 2, MMOE_NUMBER));
        low = fmin(low, g->entropy[i]);
        high = fmax(high, g->entropy[i]);
    }
    mmoe_format_fixed(log((double)g->experts), 2, even, sizeof even);
    snprintf(nats, sizeof nats, "%s of %s nats", all, even);
    snprintf(of, sizeof of, "%s of %s", all, even);
    snprintf(range, sizeof range, "entropy %s to %s", mmoe_format_fixed(low, 2, MMOE_NUMBER),
             mmoe_format_fixed(high, 2, MMOE_NUMBER));
    snprintf(range_of, sizeof range_of, "%s of %s", range, even);
    const char *const ways[] = {nats, of, range_of, all, range};
    draw_longest(ways, sizeof ways / sizeof *ways, ROLE_DIM, c, y);
}

void gates_draw_facts(const struct mmoe_gates *g, const struct gates_names *n, struct canvas *c)
{
    int y = 0;
    if (g->gates > 1 && c->height > 2)
        draw_overlap(g, n, c, y++);
    draw_entropy(g, n, c, y);
    draw_health(g, c, y + 1);
}

void gates_draw_largest(const struct mmoe_gates *g, size_t gate, const char *name, struct canvas *c,
                        int y)
{
    bool drawn[MMOE_EXPERTS_MAX] = {false};
    int x = canvas_text(c, 0, y, ROLE_TEXT, CELL_BOLD, name) + 1;
    for (size_t k = 0; k < g->experts; k++) {
        size_t most = g->experts;
        for (size_t e = 0; e < g->experts; e++)
            if (!drawn[e] && (most == g->experts || g->mean[gate][e] > g->mean[gate][most]))
                most = e;
        float v = g->mean[gate][most];
        char fact[32];
        int next;
        if (v < LEAST_TOLD)
            return;
        drawn[most] = true;
        snprintf(fact, sizeof fact, "e%zu %s", most + 1,
                 mmoe_format_fixed((double)v, v < WHOLE_FROM ? 2 : 1, MMOE_NUMBER));
        if ((next = draw_fact(c, x, y, ROLE_TEXT, fact)) == x)
            return;
        x = next;
    }
}

const char *gates_gate(const struct mmoe_snapshot *s, size_t gates, size_t k,
                       char buf[PANEL_TASK_SIZE])
{
    if (gates > 1)
        return panel_task(s, k, buf);
    snprintf(buf, PANEL_TASK_SIZE, "all");
    return buf;
}

const char *gates_whole(const struct mmoe_snapshot *s, size_t gates, size_t k)
{
    return gates > 1 ? s->task[k].name : "all";
}

bool gates_measured(const struct mmoe_snapshot *s, struct canvas *c)
{
    bool measured = s->scatter && s->scatter->rows && s->scatter->gates;
    if (!measured && c)
        canvas_text(c, 1, c->height / 2, ROLE_DIM, 0,
                    s->state == MMOE_RUN_DIVERGED
                        ? "nothing is measured of a run that came to nothing"
                        : "measuring ...");
    return measured;
}
