/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grid.c - a grid of options times seeds: which runs a study has.
 *
 * A cell is a number with a digit for each axis, the first axis' the most
 * significant one. The place of a cell within its seed is the same digits in
 * another order: those of axes that change the rows come first, so that cells
 * which share their rows follow each other and the rows are made once.
 *
 * Values are kept as mmoe_option_show writes them: 0.50 and .5 are one value,
 * and a grid read back from a store equals the one that was stored.
 */
#include <mmoe/grid.h>
#include <mmoe/study.h>

#include <string.h>

/* --- axes --- */

/* Lists have commas of their own. */
char mmoe_grid_separator(const struct mmoe_option *option)
{
    return option->type == MMOE_TYPE_SIZES || option->type == MMOE_TYPE_REALS ? '/' : ',';
}

static enum mmoe_status may_vary(const struct mmoe_option *option, struct mmoe_error *err)
{
    if (option->type == MMOE_TYPE_SEED)
        return mmoe_fail(err, MMOE_INVALID, "%s cannot vary: every cell is run with the same seeds", option->name);
    if (option->group == MMOE_GROUP_SESSION)
        return mmoe_fail(err, MMOE_INVALID, "%s cannot vary: results do not depend on it", option->name);
    return MMOE_OK;
}

static const char *value_at(const struct mmoe_axis *axis, size_t i)
{
    return axis->text + axis->at[i];
}

/* Append what is set in o as one more value. */
static enum mmoe_status add_value(struct mmoe_axis *axis, size_t *used, const struct mmoe_options *o,
                                  struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    const char *name = axis->option->name;
    struct mmoe_text shown = {0};
    mmoe_option_show(o, axis->option, &shown);
    for (size_t i = 0; i < axis->count && !mmoe_failed(status); i++)
        if (strcmp(value_at(axis, i), shown.s) == 0)
            status = mmoe_fail(err, MMOE_INVALID, "%s lists %s twice: leave one out", name, shown.s);
    if (!mmoe_failed(status) && axis->count == MMOE_AXIS_VALUES_MAX)
        status = mmoe_fail(err, MMOE_LIMIT, "%s has more than %d values: split it over two studies", name,
                           MMOE_AXIS_VALUES_MAX);
    if (!mmoe_failed(status) && shown.n + 1 > sizeof axis->text - *used)
        status = mmoe_fail(err, MMOE_LIMIT, "the values of %s are longer than %d bytes: split them over two studies",
                           name, MMOE_AXIS_TEXT_MAX);
    if (!mmoe_failed(status)) {
        memcpy(axis->text + *used, shown.s, shown.n + 1);
        axis->at[axis->count++] = *used;
        *used += shown.n + 1;
    }
    mmoe_text_done(&shown);
    return status;
}

static enum mmoe_status read_values(struct mmoe_axis *axis, const struct mmoe_options *base, const char *values,
                                    struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    const char mark[] = {mmoe_grid_separator(axis->option), '\0'};
    struct mmoe_options o = *base;
    struct mmoe_text piece = {0};
    size_t used = 0;
    for (const char *rest = values; rest && !mmoe_failed(status);) {
        size_t n = strcspn(rest, mark);
        mmoe_text_clear(&piece);
        mmoe_text_add(&piece, "%.*s", (int)n, rest);
        rest = rest[n] ? rest + n + 1 : NULL;
        status = mmoe_option_set(&o, axis->option->name, piece.s, err);
        if (!mmoe_failed(status))
            status = add_value(axis, &used, &o, err);
    }
    mmoe_text_done(&piece);
    return status;
}

/* The place of the option's axis, or of a new one. */
static size_t place_of(const struct mmoe_grid *g, const struct mmoe_option *option)
{
    size_t i = 0;
    while (i < g->axis_count && g->axes[i].option != option)
        i++;
    return i;
}

enum mmoe_status mmoe_grid_axis(struct mmoe_grid *g, const char *key, const char *values, struct mmoe_error *err)
{
    struct mmoe_axis axis = {.option = mmoe_option_get(key, err)};
    if (!axis.option)
        return MMOE_UNKNOWN;
    enum mmoe_status status = may_vary(axis.option, err);
    size_t place = place_of(g, axis.option);
    if (!mmoe_failed(status) && place == MMOE_AXES_MAX)
        status = mmoe_fail(err, MMOE_LIMIT, "%s would be axis %d: a study has at most %d", key, MMOE_AXES_MAX + 1,
                           MMOE_AXES_MAX);
    if (!mmoe_failed(status))
        status = read_values(&axis, &g->base, values, err);
    if (mmoe_failed(status))
        return status;
    g->axes[place] = axis;
    if (place == g->axis_count)
        g->axis_count++;
    return status;
}

/* --- numbers --- */

size_t mmoe_grid_cells(const struct mmoe_grid *g)
{
    size_t cells = 1;
    for (size_t a = 0; a < g->axis_count; a++)
        cells *= g->axes[a].count;
    return cells;
}

size_t mmoe_grid_runs(const struct mmoe_grid *g)
{
    return mmoe_grid_cells(g) * g->seeds;
}

/* Which value of each axis a cell has. */
static void digits_of_cell(const struct mmoe_grid *g, size_t cell, size_t digits[MMOE_AXES_MAX])
{
    for (size_t a = g->axis_count; a-- > 0;) {
        digits[a] = cell % g->axes[a].count;
        cell /= g->axes[a].count;
    }
}

/* The same of the cell at a place within a seed: axes that change the rows turn slowest. */
static void digits_of_place(const struct mmoe_grid *g, size_t place, size_t digits[MMOE_AXES_MAX])
{
    for (int data = 0; data < 2; data++)
        for (size_t a = g->axis_count; a-- > 0;)
            if ((g->axes[a].option->resets == MMOE_RESETS_DATA) == data) {
                digits[a] = place % g->axes[a].count;
                place /= g->axes[a].count;
            }
}

size_t mmoe_grid_cell(const struct mmoe_grid *g, size_t run)
{
    size_t digits[MMOE_AXES_MAX], cell = 0;
    digits_of_place(g, run % mmoe_grid_cells(g), digits);
    for (size_t a = 0; a < g->axis_count; a++)
        cell = cell * g->axes[a].count + digits[a];
    return cell;
}

size_t mmoe_grid_seed(const struct mmoe_grid *g, size_t run)
{
    return run / mmoe_grid_cells(g);
}

/* --- what a run is --- */

void mmoe_grid_cell_options(const struct mmoe_grid *g, size_t cell, struct mmoe_options *out)
{
    size_t digits[MMOE_AXES_MAX];
    struct mmoe_error err;
    digits_of_cell(g, cell, digits);
    *out = g->base;
    for (size_t a = 0; a < g->axis_count; a++)
        if (mmoe_failed(mmoe_option_set(out, g->axes[a].option->name, value_at(&g->axes[a], digits[a]), &err)))
            mmoe_fatal("an axis holds what it refused: %s", err.text);
}

void mmoe_grid_options(const struct mmoe_grid *g, size_t run, struct mmoe_options *out)
{
    struct mmoe_options cell;
    mmoe_grid_cell_options(g, mmoe_grid_cell(g, run), &cell);
    mmoe_study_seeded(&cell, mmoe_grid_seed(g, run), out);
}

void mmoe_grid_cell_text(const struct mmoe_grid *g, size_t cell, struct mmoe_text *t)
{
    size_t digits[MMOE_AXES_MAX];
    digits_of_cell(g, cell, digits);
    const char *between = "";
    for (size_t a = 0; a < g->axis_count; a++) {
        if (g->axes[a].count == 1)
            continue;
        mmoe_text_add(t, "%s%s=%s", between, g->axes[a].option->name, value_at(&g->axes[a], digits[a]));
        between = " ";
    }
}

/* --- checking --- */

static enum mmoe_status check_size(const struct mmoe_grid *g, struct mmoe_error *err)
{
    size_t runs = g->seeds;
    if (runs == 0)
        return mmoe_fail(err, MMOE_RANGE, "a study needs seeds: 1 or more");
    bool over = false;
    for (size_t a = 0; a < g->axis_count; a++)
        over = __builtin_mul_overflow(runs, g->axes[a].count, &runs) || over;
    if (over || runs > MMOE_RUNS_MAX) {
        char most[40];
        return mmoe_fail(err, MMOE_LIMIT, "the study has more than %s runs: take fewer seeds or values",
                         mmoe_format_count(MMOE_RUNS_MAX, most, sizeof most));
    }
    return MMOE_OK;
}

enum mmoe_status mmoe_grid_check(const struct mmoe_grid *g, struct mmoe_error *err)
{
    enum mmoe_status status = check_size(g, err);
    struct mmoe_error why;
    for (size_t cell = 0; !mmoe_failed(status) && cell < mmoe_grid_cells(g); cell++) {
        struct mmoe_options o;
        mmoe_grid_cell_options(g, cell, &o);
        status = mmoe_options_check(&o, &why);
        if (mmoe_failed(status)) {
            struct mmoe_text where = {0};
            mmoe_grid_cell_text(g, cell, &where);
            mmoe_fail(err, status, "%s%s%s", where.n ? where.s : "", where.n ? ": " : "", why.text);
            mmoe_text_done(&where);
        }
    }
    return status;
}
