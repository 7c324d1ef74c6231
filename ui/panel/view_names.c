/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_names.c - what runs and rows of a view are called, and their colours.
 *
 * Options a run does not heed tell nothing of it and are never named. Seeds tell
 * runs apart, not rows, which are of many seeds. A run at the end of a curve is
 * told from the other curves alone, since room is scarce there; in a list it is
 * told from all listed and from the settings.
 */
#include "ui/panel/view_names.h"

#include <stdio.h>
#include <string.h>

#include <mmoe/cells.h>
#include <mmoe/model.h>
#include <mmoe/run.h>

enum { OTHERS_MAX = VIEW_RUNS_MAX + VIEW_LANES_MAX + VIEW_GROUPS_MAX };

/* What something is told from. */
struct company {
    const struct mmoe_options *settings; /* NULL: not from these */
    size_t count;
    const struct mmoe_options *others[OTHERS_MAX];
};

/* --- differences --- */

/* Options that set results apart, but for the seeds. */
static bool tells(const struct mmoe_option *option)
{
    return option->group != MMOE_GROUP_SESSION && option->type != MMOE_TYPE_SEED;
}

bool view_same_setting(const struct mmoe_options *a, const struct mmoe_options *b)
{
    for (size_t i = 0; i < mmoe_option_count; i++)
        if (tells(&mmoe_option_table[i]) && mmoe_run_heeds(a, &mmoe_option_table[i]) &&
            !mmoe_option_same(a, b, &mmoe_option_table[i]))
            return false;
    return true;
}

/* Others that do not heed the option have no value to differ by; the settings show theirs. */
static bool differs(const struct mmoe_options *o, const struct company *c,
                    const struct mmoe_option *option)
{
    if (c->settings && !mmoe_option_same(o, c->settings, option))
        return true;
    for (size_t i = 0; i < c->count; i++)
        if (mmoe_run_heeds(c->others[i], option) && !mmoe_option_same(o, c->others[i], option))
            return true;
    return false;
}

/* The name of a file without its folders; any other value as it is. */
static const char *short_value(const struct mmoe_option *option, const struct mmoe_text *value)
{
    const char *slash = option->type == MMOE_TYPE_FILE ? strrchr(value->s, '/') : NULL;
    return slash ? slash + 1 : value->s;
}

/* Of a file its name: whole paths are long. */
static void add_option(const struct mmoe_options *o, const struct mmoe_option *option,
                       struct mmoe_text *t)
{
    struct mmoe_text value = {0};
    mmoe_option_show(o, option, &value);
    mmoe_text_add(t, " %s=%s", option->name, short_value(option, &value));
    mmoe_text_done(&value);
}

/* Are they two files of one name? */
static bool are_namesakes(const struct mmoe_options *a, const struct mmoe_options *b,
                          const struct mmoe_option *option)
{
    struct mmoe_text x = {0}, y = {0};
    mmoe_option_show(a, option, &x);
    mmoe_option_show(b, option, &y);
    bool are = strcmp(x.s, y.s) != 0 &&
               strcmp(short_value(option, &x), short_value(option, &y)) == 0;
    mmoe_text_done(&x);
    mmoe_text_done(&y);
    return are;
}

/* Files of one name are told apart by their folders. */
static void add_difference(const struct mmoe_options *o, const struct company *c,
                           const struct mmoe_option *option, struct mmoe_text *t)
{
    bool namesakes = c->settings && are_namesakes(o, c->settings, option);
    for (size_t i = 0; i < c->count && option->type == MMOE_TYPE_FILE; i++)
        namesakes = namesakes || are_namesakes(o, c->others[i], option);
    if (!namesakes) {
        add_option(o, option, t);
        return;
    }
    mmoe_text_add(t, " %s=", option->name);
    mmoe_option_show(o, option, t);
}

/* " p=0.5 lr=0.003" */
static void add_differences(const struct mmoe_options *o, const struct company *c,
                            struct mmoe_text *t)
{
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        if (tells(option) && strcmp(option->name, "model") != 0 && mmoe_run_heeds(o, option) &&
            differs(o, c, option))
            add_difference(o, c, option, t);
    }
}

/* " seed=3", or " seed=1/2/3" where its three parts differ. */
static void add_seeds(const struct mmoe_options *o, const struct company *c, struct mmoe_text *t)
{
    bool told = false;
    for (size_t i = 0; i < mmoe_option_count; i++)
        told = told || (mmoe_option_table[i].type == MMOE_TYPE_SEED &&
                        differs(o, c, &mmoe_option_table[i]));
    if (told)
        add_option(o, mmoe_option_find("seed"), t);
}

static const char *model_name(const struct mmoe_options *o)
{
    return mmoe_model_name(mmoe_model_at((size_t)o->model));
}

/* What has no room is left out word by word: a number that is cut would be another one. */
static void keep_name(struct mmoe_text *t, char *name, size_t size)
{
    static const char more[] = " ...";
    const char *all = t->n ? t->s + (t->s[0] == ' ') : "";
    snprintf(name, size, "%s", all);
    if (strlen(all) >= size) {
        name[size - sizeof more + 1] = '\0';
        char *last = strrchr(name, ' ');
        if (last)
            strcpy(last, more);
    }
    mmoe_text_done(t);
}

/* --- names --- */

static bool has_run(const struct view_lane *l)
{
    return l->id != 0 && l->live->state != MMOE_RUN_EMPTY;
}

static bool is_live(const struct view *v, size_t id)
{
    bool live = false;
    for (size_t i = 0; i < v->lane_count; i++)
        live = live || (v->lanes[i].id == id && has_run(&v->lanes[i]));
    return live;
}

/* The runs that have curves, or all that are listed. */
static void add_runs(const struct view *v, bool listed, struct company *c)
{
    for (size_t i = 0; i < v->lane_count; i++)
        if (has_run(&v->lanes[i]))
            c->others[c->count++] = &v->lanes[i].live->options;
    for (size_t i = 0; i < v->run_count; i++)
        if ((listed || v->runs[i].pinned) && !is_live(v, v->runs[i].id))
            c->others[c->count++] = &v->runs[i].shot->options;
}

/* What the newest branch it came from was called; "": nothing. */
static const char *branch_of(const struct mmoe_snapshot *s)
{
    for (size_t i = mmoe_journal_count(s->journal); i-- > 0;)
        if (mmoe_journal_at(s->journal, i)->kind == MMOE_MARK_BRANCH)
            return mmoe_journal_at(s->journal, i)->text;
    return "";
}

static void add_branch(const struct mmoe_snapshot *s, struct mmoe_text *t)
{
    if (*branch_of(s))
        mmoe_text_add(t, " %s", branch_of(s));
}

static void name_in_list(const struct mmoe_snapshot *s, const struct company *c,
                         char name[VIEW_NAME_SIZE])
{
    const struct mmoe_options *o = &s->options;
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%s", model_name(o));
    add_branch(s, &t);
    add_differences(o, c, &t);
    add_seeds(o, c, &t);
    keep_name(&t, name, VIEW_NAME_SIZE);
}

/* At a curve the model is named where others have another one. */
static void name_at_curve(const struct mmoe_snapshot *s, const struct company *c,
                          char name[VIEW_NAME_SIZE])
{
    const struct mmoe_options *o = &s->options;
    struct mmoe_text t = {0};
    add_branch(s, &t);
    if (differs(o, c, mmoe_option_find("model")))
        mmoe_text_add(&t, " %s", model_name(o));
    add_differences(o, c, &t);
    add_seeds(o, c, &t);
    keep_name(&t, name, VIEW_NAME_SIZE);
}

static void name_runs(struct view *v)
{
    struct company listed = {.settings = &v->options}, curves = {0};
    add_runs(v, true, &listed);
    add_runs(v, false, &curves);
    for (size_t i = 0; i < v->lane_count; i++) {
        if (!has_run(&v->lanes[i]))
            continue;
        name_in_list(v->lanes[i].live, &listed, v->lanes[i].name);
        name_at_curve(v->lanes[i].live, &curves, v->lanes[i].label);
    }
    for (size_t i = 0; i < v->run_count; i++) {
        name_in_list(v->runs[i].shot, &listed, v->runs[i].name);
        name_at_curve(v->runs[i].shot, &curves, v->runs[i].label);
    }
}

static void name_groups(struct view *v)
{
    struct company c = {.settings = &v->options};
    for (size_t i = 0; i < v->group_count; i++)
        c.others[c.count++] = &v->groups[i].options;
    for (size_t i = 0; i < v->group_count; i++) {
        struct mmoe_text t = {0};
        mmoe_text_add(&t, "%s", model_name(&v->groups[i].options));
        add_differences(&v->groups[i].options, &c, &t);
        keep_name(&t, v->groups[i].name, sizeof v->groups[i].name);
    }
}

/* Does the option vary in the study? */
static bool varies(const struct mmoe_grid *g, const struct mmoe_option *option)
{
    bool any = false;
    for (size_t a = 0; a < g->axis_count; a++)
        any = any || (g->axes[a].option == option && g->axes[a].count > 1);
    return any;
}

static bool is_axis(const struct mmoe_grid *g, const struct mmoe_option *option)
{
    bool any = false;
    for (size_t a = 0; a < g->axis_count; a++)
        any = any || g->axes[a].option == option;
    return any;
}

void view_study_fixed(const struct mmoe_grid *g, const struct mmoe_options *than,
                      struct mmoe_text *t)
{
    struct mmoe_options o;
    mmoe_grid_cell_options(g, 0, &o);
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        if (tells(option) && !varies(g, option) && mmoe_cells_heed(g, option) &&
            (is_axis(g, option) || !mmoe_option_same(&o, than, option)))
            add_option(&o, option, t);
    }
}

static void name_study(struct view *v)
{
    struct mmoe_options settings = v->options;
    struct mmoe_text t = {0};
    mmoe_options_whole(&settings); /* as grids have paths */
    if (v->study.tally)
        view_study_fixed(mmoe_tally_grid(v->study.tally), &settings, &t);
    keep_name(&t, v->study.fixed, sizeof v->study.fixed);
}

/* --- settings --- */

static bool is_among(const char *word, const char *const *words)
{
    bool found = false;
    for (size_t i = 0; words[i]; i++)
        found = found || strcmp(words[i], word) == 0;
    return found;
}

void view_add_settings(const struct mmoe_options *o, const char *const *told, struct mmoe_text *t)
{
    struct mmoe_options defaults;
    mmoe_options_default(&defaults);
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        if (option->group == MMOE_GROUP_SESSION || option->type == MMOE_TYPE_SEED ||
            is_among(option->name, told) || !mmoe_run_heeds(o, option) ||
            mmoe_option_same(o, &defaults, option))
            continue;
        mmoe_text_add(t, " %s=", option->name);
        mmoe_option_show(o, option, t);
    }
}

/* What the first row shows by its own words is left out. */
static void name_settings(struct view *v)
{
    static const char *const told[] = {"data",         "p",      "model", "experts", "expert-units",
                                       "bottom-units", "layers", "top-k", "lr",      NULL};
    struct mmoe_text t = {0};
    view_add_settings(&v->options, told, &t);
    snprintf(v->others, sizeof v->others, "%s", t.n ? t.s : "");
    mmoe_text_done(&t);
}

/* --- colours --- */

size_t view_model_look(int model)
{
    static const char *const first[] = {
        "mmoe",         "shared-bottom", "omoe",           "moe",
        "cross-stitch", "single-task",   "l2-constrained", "tensor-factorization"};
    const char *name = mmoe_model_name(mmoe_model_at((size_t)model));
    size_t i = 0;
    while (i < sizeof first / sizeof *first && strcmp(first[i], name) != 0)
        i++;
    return i;
}

/* The runs with curves, and the rows, that have the look. */
static size_t users_of(const struct view *v, size_t look, bool runs, bool rows)
{
    size_t n = 0;
    for (size_t i = 0; i < v->lane_count && runs; i++)
        n += has_run(&v->lanes[i]) && v->lanes[i].look_of == v->lanes[i].id &&
             v->lanes[i].look == look;
    for (size_t i = 0; i < v->run_count && runs; i++)
        n += v->runs[i].pinned && v->runs[i].has_look && v->runs[i].look == look &&
             !is_live(v, v->runs[i].id);
    for (size_t i = 0; i < v->group_count && rows; i++)
        n += v->groups[i].has_look && v->groups[i].look == look;
    return n;
}

/* The model's, else the first that nothing has, else none. */
static size_t free_look(const struct view *v, int model)
{
    size_t look = view_model_look(model);
    if (look < FIGURE_LOOKS && users_of(v, look, true, true) == 0)
        return look;
    for (look = 0; look < FIGURE_LOOKS && users_of(v, look, true, true) > 0; look++)
        continue;
    return look;
}

/* A run shares the look of the row of its setting, where no other run has it. */
static size_t look_of_run(const struct view *v, const struct mmoe_options *o)
{
    for (size_t i = 0; i < v->group_count; i++)
        if (v->groups[i].has_look && view_same_setting(&v->groups[i].options, o) &&
            users_of(v, v->groups[i].look, true, false) == 0)
            return v->groups[i].look;
    return free_look(v, o->model);
}

/* And the other way round. */
static size_t look_of_row(const struct view *v, const struct mmoe_options *o)
{
    for (size_t i = 0; i < v->lane_count; i++)
        if (has_run(&v->lanes[i]) && v->lanes[i].look_of == v->lanes[i].id &&
            view_same_setting(&v->lanes[i].live->options, o) &&
            users_of(v, v->lanes[i].look, false, true) == 0)
            return v->lanes[i].look;
    for (size_t i = 0; i < v->run_count; i++)
        if (v->runs[i].pinned && v->runs[i].has_look &&
            view_same_setting(&v->runs[i].shot->options, o) &&
            users_of(v, v->runs[i].look, false, true) == 0)
            return v->runs[i].look;
    return free_look(v, o->model);
}

static void colour_lane(struct view *v, struct view_lane *l)
{
    if (!has_run(l) || l->look_of == l->id)
        return;
    l->look = look_of_run(v, &l->live->options);
    l->look_of = l->id;
}

/* A run that is pinned again takes its old colour where that is still free. */
static void colour_run(struct view *v, struct view_run *r)
{
    for (size_t i = 0; i < v->lane_count; i++)
        if (v->lanes[i].id == r->id && has_run(&v->lanes[i])) {
            r->look = v->lanes[i].look;
            r->has_look = true;
            return;
        }
    bool kept = r->has_look && users_of(v, r->look, true, true) <= (size_t)r->pinned;
    if (!r->pinned || kept)
        return;
    r->has_look = false;
    r->look = look_of_run(v, &r->shot->options);
    r->has_look = true;
}

static void colour(struct view *v)
{
    for (size_t i = 0; i < v->lane_count; i++)
        colour_lane(v, &v->lanes[i]);
    for (size_t i = 0; i < v->run_count; i++)
        colour_run(v, &v->runs[i]);
    for (size_t i = 0; i < v->group_count; i++) {
        struct view_group *g = &v->groups[i];
        g->look = g->has_look ? g->look : look_of_row(v, &g->options);
        g->has_look = true;
    }
}

void view_rename(struct view *v)
{
    name_runs(v);
    name_groups(v);
    name_study(v);
    name_settings(v);
    colour(v);
}
