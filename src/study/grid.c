/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grid.c - a grid of options times seeds: which runs a study has.
 *
 * A cell is a number with a digit for each axis that follows none; the first axis has the
 * most significant digit. An axis that follows has the digit of its leader.
 *
 * The runs of a seed come in another order of the same digits. Axes that change the rows,
 * themselves or through a follower, come first: cells with the same rows are neighbours,
 * and the rows are made once.
 *
 * Values are kept as mmoe_option_show writes them: 0.50 and .5 are one value, and a grid
 * read back from a store equals the one that was stored.
 */
#include <string.h>

#include <mmoe/grid.h>
#include <mmoe/mem.h>
#include <mmoe/record.h>

/* --- axes --- */

/* The values of an option that is a list have commas themselves. */
char mmoe_grid_separator(const struct mmoe_option *option)
{
    return option->type == MMOE_TYPE_SIZES || option->type == MMOE_TYPE_REALS ? '/' : ',';
}

static enum mmoe_status may_vary(const struct mmoe_option *option, struct mmoe_error *err)
{
    if (option->type == MMOE_TYPE_SEED)
        return mmoe_fail(err, MMOE_INVALID, "%s cannot vary: every cell is run with the same seeds",
                         option->name);
    if (option->group == MMOE_GROUP_SESSION && strcmp(option->name, "trial") != 0)
        return mmoe_fail(err, MMOE_INVALID, "%s cannot vary: results do not depend on it",
                         option->name);
    return MMOE_OK;
}

static const char *value_at(const struct mmoe_axis *axis, size_t i)
{
    return axis->text + axis->at[i];
}

/* Append a value to the axis; *used bytes of its text are taken. */
static enum mmoe_status append(struct mmoe_axis *axis, size_t *used, const struct mmoe_text *shown,
                               struct mmoe_error *err)
{
    const char *name = axis->option->name;
    for (size_t i = 0; i < axis->count && !axis->follows; i++)
        if (strcmp(value_at(axis, i), shown->s) == 0)
            return mmoe_fail(err, MMOE_INVALID, "%s lists %s twice: leave one out", name, shown->s);
    if (axis->count == MMOE_AXIS_VALUES_MAX)
        return mmoe_fail(err, MMOE_LIMIT, "%s has more than %d values: split it over two studies",
                         name, MMOE_AXIS_VALUES_MAX);
    if (shown->n + 1 > sizeof axis->text - *used)
        return mmoe_fail(err, MMOE_LIMIT,
                         "the values of %s are longer than %d bytes: split them over two studies",
                         name, MMOE_AXIS_TEXT_MAX);
    memcpy(axis->text + *used, shown->s, shown->n + 1);
    axis->at[axis->count++] = *used;
    *used += shown->n + 1;
    return MMOE_OK;
}

/* Append the value that the option has in o. */
static enum mmoe_status add_value(struct mmoe_axis *axis, size_t *used,
                                  const struct mmoe_options *o, struct mmoe_error *err)
{
    struct mmoe_text shown = {0};
    mmoe_option_show(o, axis->option, &shown);
    enum mmoe_status status = append(axis, used, &shown, err);
    mmoe_text_done(&shown);
    return status;
}

/* Values as they are given: n bytes, parted by the mark. */
struct values {
    const char *text;
    size_t n;
    char mark;
};

static struct values typed(const struct mmoe_option *option, const char *text)
{
    return (struct values){text, strlen(text), mmoe_grid_separator(option)};
}

/* Set the option in *o to one value; where that fails and has a slash, several were meant. */
static enum mmoe_status set_value(struct mmoe_options *o, const struct mmoe_option *option,
                                  const char *value, struct mmoe_error *err)
{
    enum mmoe_status status = mmoe_option_set(o, option->name, value, err);
    if (mmoe_failed(status) && mmoe_grid_separator(option) == ',' && strchr(value, '/') &&
        option->type != MMOE_TYPE_FILE)
        mmoe_fail(err, status, "values of %s are parted by commas: '%.200s'", option->name, value);
    return status;
}

static enum mmoe_status read_values(struct mmoe_axis *axis, const struct mmoe_options *base,
                                    const struct values *values, struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    struct mmoe_options o = *base;
    struct mmoe_text piece = {0};
    size_t used = 0;
    const char *end = values->text + values->n;
    for (const char *rest = values->text; rest;) {
        const char *mark = memchr(rest, values->mark, (size_t)(end - rest));
        mmoe_text_clear(&piece);
        mmoe_text_add(&piece, "%.*s", (int)((mark ? mark : end) - rest), rest);
        rest = mark ? mark + 1 : NULL;
        status = set_value(&o, axis->option, piece.s, err);
        if (mmoe_failed(status))
            goto done;
        status = add_value(axis, &used, &o, err);
        if (mmoe_failed(status))
            goto done;
    }
done:
    mmoe_text_done(&piece);
    return status;
}

/* The place of the option's axis, or of a new axis. */
static size_t place_of(const struct mmoe_grid *g, const struct mmoe_option *option)
{
    size_t i = 0;
    while (i < g->axis_count && g->axes[i].option != option)
        i++;
    return i;
}

bool mmoe_grid_has_axis(const struct mmoe_grid *g, const struct mmoe_option *option)
{
    return place_of(g, option) < g->axis_count;
}

bool mmoe_grid_may_validate(const struct mmoe_grid *g)
{
    return g->base.validation_rows > 0 || mmoe_options_of_file(g->base.data) ||
           mmoe_grid_has_axis(g, mmoe_option_find("validation-rows")) ||
           mmoe_grid_has_axis(g, mmoe_option_find("data"));
}

/* The axis that follows the one at that place, or NULL. */
static const struct mmoe_axis *follower(const struct mmoe_grid *g, size_t place)
{
    for (size_t a = 0; a < g->axis_count; a++)
        if (g->axes[a].follows == place + 1)
            return &g->axes[a];
    return NULL;
}

/* Read the values of an axis at `place`, which may be a new one, into *axis. Its option and leader
 * are set. Fails if the option may not be an axis there. */
static enum mmoe_status make_axis(const struct mmoe_grid *g, size_t place,
                                  const struct values *values, struct mmoe_axis *axis,
                                  struct mmoe_error *err)
{
    const char *name = axis->option->name;
    const struct mmoe_axis *tied = follower(g, place);
    enum mmoe_status status = may_vary(axis->option, err);
    if (mmoe_failed(status))
        return status;
    if (tied)
        return mmoe_fail(err, MMOE_STATE, "%s stays as it is, since %s follows it: set %s first",
                         name, tied->option->name, tied->option->name);
    if (place == MMOE_AXES_MAX)
        return mmoe_fail(err, MMOE_LIMIT, "%s would be axis %d: a study has at most %d", name,
                         MMOE_AXES_MAX + 1, MMOE_AXES_MAX);
    return read_values(axis, &g->base, values, err);
}

static enum mmoe_status put_axis(struct mmoe_grid *g, const struct mmoe_option *option,
                                 const struct values *values, struct mmoe_error *err)
{
    struct mmoe_axis axis = {.option = option};
    size_t place = place_of(g, option);
    enum mmoe_status status = make_axis(g, place, values, &axis, err);
    if (mmoe_failed(status))
        return status;
    g->axes[place] = axis;
    if (place == g->axis_count)
        g->axis_count++;
    return status;
}

enum mmoe_status mmoe_grid_axis(struct mmoe_grid *g, const char *key, const char *values,
                                struct mmoe_error *err)
{
    const struct mmoe_option *option = mmoe_option_get(key, err);
    if (!option)
        return MMOE_UNKNOWN;
    const struct values given = typed(option, values);
    return put_axis(g, option, &given, err);
}

enum mmoe_status mmoe_grid_put(struct mmoe_grid *g, const char *key, const char *values,
                               struct mmoe_error *err)
{
    const struct mmoe_option *option = mmoe_option_get(key, err);
    if (!option)
        return MMOE_UNKNOWN;
    if (place_of(g, option) < g->axis_count || strchr(values, mmoe_grid_separator(option)))
        return mmoe_grid_axis(g, key, values, err);
    enum mmoe_status status = may_vary(option, err);
    return mmoe_failed(status) ? status : set_value(&g->base, option, values, err);
}

/* --- axes that follow --- */

/* The axis named `key`, or the one it follows, as in mmoe_axis.follows; 0 and *err if there is
 * none. */
static size_t find_leader(const struct mmoe_grid *g, const struct mmoe_option *option,
                          const char *key, struct mmoe_error *err)
{
    const char *names[MMOE_AXES_MAX] = {0};
    for (size_t a = 0; a < g->axis_count; a++) {
        names[a] = g->axes[a].option->name;
        if (strcmp(names[a], key) == 0 && g->axes[a].option != option)
            return g->axes[a].follows ? g->axes[a].follows : a + 1;
    }
    const char *near = mmoe_nearest(key, names, g->axis_count);
    if (strcmp(key, option->name) == 0)
        mmoe_fail(err, MMOE_INVALID, "%s cannot follow itself: name another axis", key);
    else if (near)
        mmoe_fail(err, MMOE_UNKNOWN, "no axis '%.60s' to follow: did you mean %s?", key, near);
    else
        mmoe_fail(err, MMOE_UNKNOWN, "no axis '%.60s' to follow: give it values first", key);
    return 0;
}

static void remove_axis(struct mmoe_grid *g, size_t place)
{
    g->axis_count--;
    memmove(&g->axes[place], &g->axes[place + 1], (g->axis_count - place) * sizeof g->axes[0]);
    memset(&g->axes[g->axis_count], 0, sizeof g->axes[0]);
    for (size_t a = 0; a < g->axis_count; a++)
        g->axes[a].follows -= g->axes[a].follows > place + 1;
}

/* leader: as mmoe_axis.follows. */
static enum mmoe_status put_follower(struct mmoe_grid *g, const struct mmoe_option *option,
                                     const struct values *values, size_t leader_at,
                                     struct mmoe_error *err)
{
    struct mmoe_axis axis = {.option = option, .follows = leader_at};
    size_t place = place_of(g, option);
    const struct mmoe_axis *leader = &g->axes[leader_at - 1];
    enum mmoe_status status = make_axis(g, place, values, &axis, err);
    if (mmoe_failed(status))
        return status;
    if (axis.count != leader->count)
        return mmoe_fail(err, MMOE_RANGE, "%s lists %s for the %zu of %s: give one for each",
                         option->name, MMOE_COUNTED(axis.count, "value"), leader->count,
                         leader->option->name);
    if (place < g->axis_count) {
        remove_axis(g, place);
        axis.follows -= axis.follows > place + 1;
    }
    g->axes[g->axis_count++] = axis;
    return status;
}

enum mmoe_status mmoe_grid_follow(struct mmoe_grid *g, const char *key, const char *values,
                                  const char *leader_key, struct mmoe_error *err)
{
    const struct mmoe_option *option = mmoe_option_get(key, err);
    if (!option)
        return MMOE_UNKNOWN;
    const struct values given = typed(option, values);
    size_t leader = find_leader(g, option, leader_key, err);
    return leader ? put_follower(g, option, &given, leader, err) : err->status;
}

/* --- out of a store, and into one --- */

enum mmoe_status mmoe_grid_stored_axis(struct mmoe_grid *g, const char *key, const char *values,
                                       size_t n, int64_t leader, struct mmoe_error *err)
{
    const struct mmoe_option *option = mmoe_option_get(key, err);
    const struct values given = {values, n, '\0'};
    if (!option)
        return MMOE_UNKNOWN;
    if (leader < 0)
        return put_axis(g, option, &given, err);
    bool there = (uint64_t)leader < g->axis_count;
    size_t at = find_leader(g, option, there ? g->axes[leader].option->name : "", err);
    return at ? put_follower(g, option, &given, at, err) : err->status;
}

/* The same axis with whole paths. */
static enum mmoe_status whole_axis(const struct mmoe_grid *g, struct mmoe_axis *axis,
                                   struct mmoe_error *err)
{
    struct mmoe_axis made = {.option = axis->option, .follows = axis->follows};
    enum mmoe_status status = MMOE_OK;
    size_t used = 0;
    for (size_t i = 0; i < axis->count && !mmoe_failed(status); i++) {
        struct mmoe_options o = g->base;
        mmoe_option_set(&o, axis->option->name, value_at(axis, i), err);
        mmoe_options_whole(&o);
        status = add_value(&made, &used, &o, err);
    }
    if (!mmoe_failed(status))
        *axis = made;
    return status;
}

enum mmoe_status mmoe_grid_whole(struct mmoe_grid *g, struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    mmoe_options_whole(&g->base);
    for (size_t a = 0; a < g->axis_count && !mmoe_failed(status); a++)
        if (g->axes[a].option->type == MMOE_TYPE_FILE)
            status = whole_axis(g, &g->axes[a], err);
    return status;
}

/* --- comparing --- */

static bool same_axis(const struct mmoe_axis *a, const struct mmoe_axis *b)
{
    bool same = a->option == b->option && a->count == b->count && a->follows == b->follows;
    for (size_t i = 0; same && i < a->count; i++)
        same = strcmp(value_at(a, i), value_at(b, i)) == 0;
    return same;
}

bool mmoe_grid_same(const struct mmoe_grid *a, const struct mmoe_grid *b)
{
    bool same = a->seeds == b->seeds && a->axis_count == b->axis_count &&
                memcmp(a->rows, b->rows, sizeof a->rows) == 0;
    for (size_t i = 0; same && i < a->axis_count; i++)
        same = same_axis(&a->axes[i], &b->axes[i]);
    for (size_t i = 0; same && i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        if (option->group != MMOE_GROUP_SESSION && place_of(a, option) == a->axis_count)
            same = mmoe_option_same(&a->base, &b->base, option);
    }
    return same;
}

bool mmoe_grid_begins(const struct mmoe_grid *a, const struct mmoe_grid *b)
{
    size_t leaders = 0;
    bool begins = a->axis_count == b->axis_count;
    for (size_t i = 0; begins && i < a->axis_count; i++) {
        leaders += a->axes[i].follows == 0;
        begins = a->axes[i].count <= b->axes[i].count;
        for (size_t k = 0; begins && k < a->axes[i].count; k++)
            begins = strcmp(value_at(&a->axes[i], k), value_at(&b->axes[i], k)) == 0;
    }
    if (!begins || leaders != 1 || a->seeds != 1)
        return false;
    struct mmoe_grid *cut = mmoe_alloc(1, sizeof *cut);
    *cut = *b;
    for (size_t i = 0; i < a->axis_count; i++)
        cut->axes[i].count = a->axes[i].count;
    begins = mmoe_grid_same(a, cut);
    mmoe_free(cut);
    return begins;
}

/* --- numbers --- */

size_t mmoe_grid_cells(const struct mmoe_grid *g)
{
    size_t cells = 1;
    for (size_t a = 0; a < g->axis_count; a++)
        cells *= g->axes[a].follows ? 1 : g->axes[a].count;
    return cells;
}

size_t mmoe_grid_runs(const struct mmoe_grid *g)
{
    return mmoe_grid_cells(g) * g->seeds;
}

/* Give each axis that follows the digit of its leader. */
static void fill_in(const struct mmoe_grid *g, size_t digits[MMOE_AXES_MAX])
{
    for (size_t a = 0; a < g->axis_count; a++)
        if (g->axes[a].follows)
            digits[a] = digits[g->axes[a].follows - 1];
}

/* Split a cell into the digit of each axis. */
static void digits_of_cell(const struct mmoe_grid *g, size_t cell, size_t digits[MMOE_AXES_MAX])
{
    for (size_t a = g->axis_count; a-- > 0;) {
        if (g->axes[a].follows)
            continue;
        digits[a] = cell % g->axes[a].count;
        cell /= g->axes[a].count;
    }
    fill_in(g, digits);
}

/* Does the axis at that place change the rows, or one that follows it? */
static bool changes_rows(const struct mmoe_grid *g, size_t place)
{
    bool data = g->axes[place].option->resets == MMOE_RESETS_DATA;
    for (size_t a = 0; a < g->axis_count; a++)
        data = data ||
               (g->axes[a].follows == place + 1 && g->axes[a].option->resets == MMOE_RESETS_DATA);
    return data;
}

/* Split the place of a cell within its seed: axes that change the rows turn slowest. */
static void digits_of_place(const struct mmoe_grid *g, size_t place, size_t digits[MMOE_AXES_MAX])
{
    for (int data = 0; data < 2; data++)
        for (size_t a = g->axis_count; a-- > 0;)
            if (!g->axes[a].follows && changes_rows(g, a) == data) {
                digits[a] = place % g->axes[a].count;
                place /= g->axes[a].count;
            }
    fill_in(g, digits);
}

size_t mmoe_grid_cell(const struct mmoe_grid *g, size_t run)
{
    size_t digits[MMOE_AXES_MAX], cell = 0;
    digits_of_place(g, run % mmoe_grid_cells(g), digits);
    for (size_t a = 0; a < g->axis_count; a++)
        if (!g->axes[a].follows)
            cell = cell * g->axes[a].count + digits[a];
    return cell;
}

size_t mmoe_grid_seed(const struct mmoe_grid *g, size_t run)
{
    return run / mmoe_grid_cells(g);
}

size_t mmoe_grid_place(const struct mmoe_grid *g, size_t cell, size_t axis)
{
    size_t digits[MMOE_AXES_MAX];
    digits_of_cell(g, cell, digits);
    return digits[axis];
}

const char *mmoe_grid_value(const struct mmoe_grid *g, size_t axis, size_t i)
{
    return value_at(&g->axes[axis], i);
}

/* --- what a run is --- */

static void set_axis(const struct mmoe_axis *axis, size_t digit, struct mmoe_options *o)
{
    struct mmoe_error err;
    if (mmoe_failed(mmoe_option_set(o, axis->option->name, value_at(axis, digit), &err)))
        mmoe_fatal("an axis holds what it refused: %s", err.text);
}

void mmoe_grid_cell_options(const struct mmoe_grid *g, size_t cell, struct mmoe_options *out)
{
    size_t digits[MMOE_AXES_MAX];
    digits_of_cell(g, cell, digits);
    *out = g->base;
    for (size_t a = 0; a < g->axis_count; a++)
        set_axis(&g->axes[a], digits[a], out);
}

/* From the options of the cell before, with its digits, to those of a cell: what stays as it is is
 * not read again. */
static void next_options(const struct mmoe_grid *g, size_t cell, size_t digits[MMOE_AXES_MAX],
                         struct mmoe_options *o)
{
    size_t before[MMOE_AXES_MAX];
    memcpy(before, digits, sizeof before);
    digits_of_cell(g, cell, digits);
    for (size_t a = 0; a < g->axis_count; a++)
        if (digits[a] != before[a])
            set_axis(&g->axes[a], digits[a], o);
}

void mmoe_grid_options(const struct mmoe_grid *g, size_t run, struct mmoe_options *out)
{
    struct mmoe_options cell;
    mmoe_grid_cell_options(g, mmoe_grid_cell(g, run), &cell);
    mmoe_options_seeded(&cell, mmoe_grid_seed(g, run), out);
}

void mmoe_grid_cell_text(const struct mmoe_grid *g, size_t cell, struct mmoe_text *t)
{
    size_t digits[MMOE_AXES_MAX];
    digits_of_cell(g, cell, digits);
    const char *between = "";
    for (size_t a = 0; a < g->axis_count; a++) {
        if (g->axes[a].count == 1 || g->axes[a].follows)
            continue;
        mmoe_text_add(t, "%s%s=%s", between, g->axes[a].option->name,
                      value_at(&g->axes[a], digits[a]));
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
        if (!g->axes[a].follows)
            over = __builtin_mul_overflow(runs, g->axes[a].count, &runs) || over;
    if (over || runs > MMOE_RUNS_MAX) {
        char most[40];
        return mmoe_fail(err, MMOE_LIMIT,
                         "the study has more than %s runs: take fewer seeds or values",
                         mmoe_format_count(MMOE_RUNS_MAX, most, sizeof most));
    }
    return MMOE_OK;
}

/* The options of a cell do not go together. */
static enum mmoe_status refuse_cell(const struct mmoe_grid *g, size_t cell,
                                    const struct mmoe_error *why, struct mmoe_error *err)
{
    struct mmoe_text where = {0};
    mmoe_grid_cell_text(g, cell, &where);
    mmoe_fail(err, why->status, "%s%s%s", where.n ? where.s : "", where.n ? ": " : "", why->text);
    mmoe_text_done(&where);
    return err->status;
}

enum mmoe_status mmoe_grid_check(const struct mmoe_grid *g, struct mmoe_error *err)
{
    struct mmoe_options o;
    struct mmoe_error why;
    size_t digits[MMOE_AXES_MAX] = {0};
    if (mmoe_failed(check_size(g, err)))
        return err->status;
    mmoe_grid_cell_options(g, 0, &o);
    for (size_t cell = 0; cell < mmoe_grid_cells(g); cell++) {
        next_options(g, cell, digits, &o);
        if (mmoe_failed(mmoe_options_check(&o, &why)))
            return refuse_cell(g, cell, &why, err);
    }
    return MMOE_OK;
}
