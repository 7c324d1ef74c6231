/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * definition.c - studies and presets in plain text files.
 *
 * A line is a key and its values; a table has the keys, one reader each. Lines are read in
 * their order, so that a later one wins. The axes are known at the end of the file: a key
 * that names an axis remembers its line, and is checked then.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/definition.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/trials.h>

#include "src/study/draws.h"
#include "src/study/each.h"
#include "src/study/library.h"

static const char *const drawing_words[] = {"labels",   "curves", "histograms",
                                            "profiles", "dots",   "checkpoints"};
enum { DRAWINGS = sizeof drawing_words / sizeof *drawing_words };
static const char blanks[] = " \t";

/* A file that is being read. */
struct reader {
    const char *path;
    size_t line; /* from 1; 0: the file as a whole */
    struct mmoe_about *about;
    struct mmoe_options *options;       /* what `set` sets */
    struct mmoe_definition *definition; /* NULL in a preset */
    bool has_figure;
    size_t panels_line, series_line, choose_line, chosen_line, search_line;
    struct each each; /* of a study */
    struct mmoe_error *err;
};

/* --- words and errors --- */

/* Fail with the file, the line, and the remedy. */
__attribute__((format(printf, 3, 4))) static enum mmoe_status wrong(struct reader *r,
                                                                    enum mmoe_status status,
                                                                    const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (r->line == 0)
        return mmoe_fail(r->err, status, "%.150s: %.230s", r->path, text);
    return mmoe_fail(r->err, status, "%.150s:%zu: %.230s", r->path, r->line, text);
}

/* The next word of a line, terminated in place; NULL: there is none. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, blanks), *end = word + strcspn(word, blanks);
    if (word == end)
        return NULL;
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

/* The one word a key takes. */
static enum mmoe_status one_word(struct reader *r, char *rest, const char *what, char **word)
{
    *word = next_word(&rest);
    if (!*word)
        return wrong(r, MMOE_INVALID, "%s is missing at the end of the line", what);
    char *more = next_word(&rest);
    return more ? wrong(r, MMOE_INVALID, "'%.60s' is too much: leave it out", more) : MMOE_OK;
}

/* Part KEY=VALUE at its sign. */
static enum mmoe_status part_pair(struct reader *r, char *word, char **value)
{
    *value = strchr(word, '=');
    if (!*value || *value == word)
        return wrong(r, MMOE_INVALID, "'%.60s' is no KEY=VALUE: write it without blanks", word);
    *(*value)++ = '\0';
    return MMOE_OK;
}

static enum mmoe_status read_count(struct reader *r, const char *word, size_t most, size_t *out)
{
    size_t n;
    if (!mmoe_parse_size(word, &n) || n < 1 || n > most)
        return wrong(r, MMOE_RANGE, "seeds must be a whole number from 1 to %zu, not '%.60s'", most,
                     word);
    *out = n;
    return MMOE_OK;
}

static enum mmoe_status read_option(struct reader *r, const char *name,
                                    const struct mmoe_option **option)
{
    struct mmoe_error why;
    *option = mmoe_option_get(name, &why);
    return *option ? MMOE_OK : wrong(r, why.status, "%s", why.text);
}

/* --- keys of both --- */

static enum mmoe_status read_title(struct reader *r, char *rest)
{
    if (strlen(rest) >= sizeof r->about->title)
        return wrong(r, MMOE_LIMIT, "a title has at most %zu bytes: the rest can be a note",
                     sizeof r->about->title - 1);
    snprintf(r->about->title, sizeof r->about->title, "%s", rest);
    return MMOE_OK;
}

static enum mmoe_status read_note(struct reader *r, char *rest)
{
    char *note = r->about->note;
    size_t n = strlen(note), room = sizeof r->about->note - n;
    if (strlen(rest) + 2 > room)
        return wrong(r, MMOE_LIMIT, "notes have at most %zu bytes together",
                     sizeof r->about->note - 1);
    snprintf(note + n, room, "%s%s", n ? "\n" : "", rest);
    return MMOE_OK;
}

static enum mmoe_status read_set(struct reader *r, char *rest)
{
    char *word = next_word(&rest), *value;
    if (!word)
        return wrong(r, MMOE_INVALID, "set KEY=VALUE...: the options are missing");
    for (; word; word = next_word(&rest)) {
        struct mmoe_error why;
        enum mmoe_status status = part_pair(r, word, &value);
        if (mmoe_failed(status))
            return status;
        if (mmoe_failed(mmoe_option_set(r->options, word, value, &why)))
            return wrong(r, why.status, "%s", why.text);
    }
    return MMOE_OK;
}

/* --- keys of a study --- */

static enum mmoe_status read_figure(struct reader *r, char *rest)
{
    char *word;
    struct mmoe_error why;
    enum mmoe_status status =
        one_word(r, rest, "labels, curves, histograms, profiles, dots or checkpoints", &word);
    r->has_figure = true;
    if (mmoe_failed(status))
        return status;
    status = mmoe_definition_drawing(word, &r->definition->figure, &why);
    return mmoe_failed(status) ? wrong(r, status, "%s", why.text) : MMOE_OK;
}

/* Names of studies. Whether they exist is seen when one begins. */
static enum mmoe_status read_parts(struct reader *r, char *rest)
{
    struct mmoe_definition *d = r->definition;
    for (char *word = next_word(&rest); word; word = next_word(&rest)) {
        if (!library_is_name(word))
            return wrong(r, MMOE_INVALID, "'%.60s' is no name of a study", word);
        if (d->part_count == MMOE_PARTS_MAX)
            return wrong(r, MMOE_LIMIT, "more than %d parts: '%.60s' is too much", MMOE_PARTS_MAX,
                         word);
        snprintf(d->parts[d->part_count++], MMOE_NAME_MAX, "%s", word);
    }
    return d->part_count
               ? MMOE_OK
               : wrong(r, MMOE_INVALID, "parts NAME...: the names of studies are missing");
}

/* "19.72**" */
static bool read_lift(char *word, double *lift, int *stars)
{
    size_t n = strlen(word);
    for (*stars = 0; n > 0 && *stars < 2 && word[n - 1] == '*'; ++*stars)
        word[--n] = '\0';
    bool read = mmoe_parse_double(word, lift) && isfinite(*lift) && *lift > -100;
    *lift /= 100;
    return read;
}

/* "satisfaction=raised:19.72**": what is claimed of a metric, and the paper's lift in percent. */
static enum mmoe_status read_claimed(struct reader *r, char *word, struct mmoe_compared *c)
{
    static const char *const words[] = {
        [MMOE_CLAIMED_RAISED] = "raised", [MMOE_CLAIMED_KEPT] = "kept"};
    char *value;
    if (mmoe_failed(part_pair(r, word, &value)))
        return r->err->status;
    size_t task = strcmp(word, "engagement") == 0     ? MMOE_ENGAGEMENT
                  : strcmp(word, "satisfaction") == 0 ? MMOE_SATISFACTION
                                                      : MMOE_RECOMMENDER_TASKS;
    if (task == MMOE_RECOMMENDER_TASKS)
        return wrong(r, MMOE_UNKNOWN, "no metric '%.60s': engagement or satisfaction", word);
    char *lift = strchr(value, ':');
    if (lift)
        *lift++ = '\0';
    for (size_t k = MMOE_CLAIMED_RAISED; k <= MMOE_CLAIMED_KEPT; k++)
        if (strcmp(value, words[k]) == 0)
            c->said[task].claim = (enum mmoe_claimed)k;
    if (c->said[task].claim == MMOE_CLAIMED_NOTHING)
        return wrong(r, MMOE_INVALID, "'%.60s' of %s: raised or kept", value, word);
    if (lift && !read_lift(lift, &c->said[task].lift, &c->said[task].stars))
        return wrong(r, MMOE_INVALID, "'%.60s' is no lift: percent, and * or **", lift);
    return MMOE_OK;
}

/* CONTROL TREATMENT [METRIC=CLAIM[:LIFT]]... */
static enum mmoe_status read_experiment(struct reader *r, char *rest)
{
    struct mmoe_definition *d = r->definition;
    char *control = next_word(&rest), *treatment = next_word(&rest);
    if (!treatment)
        return wrong(r, MMOE_INVALID, "experiment CONTROL TREATMENT: two models");
    if (!mmoe_model_find(control) || !mmoe_model_find(treatment))
        return wrong(r, MMOE_UNKNOWN, "no model '%.60s'",
                     mmoe_model_find(control) ? treatment : control);
    if (d->experiment_count == MMOE_EXPERIMENTS_MAX)
        return wrong(r, MMOE_LIMIT, "more than %d experiments", MMOE_EXPERIMENTS_MAX);
    struct mmoe_compared *c = &d->experiments[d->experiment_count++];
    snprintf(c->control, sizeof c->control, "%s", control);
    snprintf(c->treatment, sizeof c->treatment, "%s", treatment);
    for (size_t k = 0; k < MMOE_RECOMMENDER_TASKS; k++)
        c->said[k].lift = NAN;
    for (char *word; (word = next_word(&rest));)
        if (mmoe_failed(read_claimed(r, word, c)))
            return r->err->status;
    return MMOE_OK;
}

static enum mmoe_status read_panels(struct reader *r, char *rest)
{
    char *word;
    enum mmoe_status status = one_word(r, rest, "an axis", &word);
    r->panels_line = r->line;
    return mmoe_failed(status) ? status : read_option(r, word, &r->definition->panels);
}

static enum mmoe_status read_series(struct reader *r, char *rest)
{
    char *word;
    enum mmoe_status status = one_word(r, rest, "an axis", &word);
    r->series_line = r->line;
    return mmoe_failed(status) ? status : read_option(r, word, &r->definition->series);
}

static enum mmoe_status read_preset(struct reader *r, char *rest)
{
    char *word;
    struct mmoe_error why;
    enum mmoe_status status = one_word(r, rest, "the preset's name", &word);
    if (mmoe_failed(status))
        return status;
    status = mmoe_definition_preset(word, r->options, NULL, &why);
    return mmoe_failed(status) ? wrong(r, status, "%s", why.text) : MMOE_OK;
}

static enum mmoe_status read_axis(struct reader *r, char *rest)
{
    char *word, *values;
    struct mmoe_error why;
    enum mmoe_status status = one_word(r, rest, "KEY=v1,v2,...", &word);
    if (mmoe_failed(status))
        return status;
    status = part_pair(r, word, &values);
    if (mmoe_failed(status))
        return status;
    status = mmoe_grid_axis(&r->definition->grid, word, values, &why);
    return mmoe_failed(status) ? wrong(r, status, "%s", why.text) : MMOE_OK;
}

/* MODEL TASK MEAN BEST, or MODEL TASK and AUC and R2 at checkpoints */
static enum mmoe_status read_paper(struct reader *r, char *rest)
{
    struct mmoe_definition *d = r->definition;
    char *model = next_word(&rest), *task = next_word(&rest), *word = next_word(&rest);
    if (!word)
        return wrong(r, MMOE_INVALID, "paper MODEL TASK MEAN BEST: what the paper has of them");
    if (d->said_count == MMOE_SAID_MAX)
        return wrong(r, MMOE_LIMIT, "more than %d lines of the paper", MMOE_SAID_MAX);
    struct mmoe_said *said = &d->said[d->said_count++];
    if (!mmoe_model_find(model))
        return wrong(r, MMOE_UNKNOWN, "no model '%.60s'", model);
    if (strlen(task) >= sizeof said->task)
        return wrong(r, MMOE_LIMIT, "'%.60s' is no name of a task", task);
    for (; word; word = next_word(&rest)) {
        if (said->count == MMOE_SAID_VALUES || !mmoe_parse_double(word, &said->value[said->count]))
            return wrong(r, MMOE_INVALID, "'%.40s': up to %d numbers", word, MMOE_SAID_VALUES);
        said->count++;
    }
    if (said->count % 2)
        return wrong(r, MMOE_INVALID, "a mean and the best, or as many values of AUC as of R2");
    snprintf(said->model, sizeof said->model, "%s", model);
    snprintf(said->task, sizeof said->task, "%s", task);
    return MMOE_OK;
}

/* AXIS=VALUE KEY=VALUE ... */
static enum mmoe_status read_for(struct reader *r, char *rest)
{
    char *axis = next_word(&rest), *at, *word = next_word(&rest), *value;
    struct mmoe_error why;
    if (!word)
        return wrong(r, MMOE_INVALID, "for AXIS=VALUE KEY=VALUE...: the options are missing");
    if (mmoe_failed(part_pair(r, axis, &at)))
        return r->err->status;
    for (; word; word = next_word(&rest)) {
        if (mmoe_failed(part_pair(r, word, &value)))
            return r->err->status;
        if (mmoe_failed(each_add(&r->each, axis, at, word, value, r->line, &why)))
            return wrong(r, why.status, "%s", why.text);
    }
    return MMOE_OK;
}

/* N KEY=LOW..HIGH KEY=a/b ... [draw=SEED] */
static enum mmoe_status read_random(struct reader *r, char *rest)
{
    struct draws_range range[DRAWS_KEYS_MAX];
    struct mmoe_error why;
    size_t n, count = 0;
    uint64_t seed = 0;
    char *word = next_word(&rest), *value;
    if (!word || !mmoe_parse_size(word, &n) || n < 2 || n > MMOE_AXIS_VALUES_MAX)
        return wrong(r, MMOE_RANGE,
                     "random N KEY=LOW..HIGH ...: N is a number of settings from 2 to %d",
                     MMOE_AXIS_VALUES_MAX);
    while ((word = next_word(&rest))) {
        if (mmoe_failed(part_pair(r, word, &value)))
            return r->err->status;
        if (strcmp(word, "draw") == 0) {
            if (!mmoe_parse_u64(value, &seed))
                return wrong(r, MMOE_INVALID, "draw=%.60s: give a whole number", value);
        } else if (count == DRAWS_KEYS_MAX) {
            return wrong(r, MMOE_LIMIT, "at most %d options can be drawn together", DRAWS_KEYS_MAX);
        } else {
            range[count++] = (struct draws_range){word, value};
        }
    }
    if (count == 0)
        return wrong(r, MMOE_INVALID, "random N KEY=LOW..HIGH ...: the options are missing");
    enum mmoe_status status = draws_put(&r->definition->grid, n, seed, range, count, &why);
    return mmoe_failed(status) ? wrong(r, status, "%s", why.text) : MMOE_OK;
}

/* N KEY=LOW..HIGH ..., or AXIS=VALUE KEY=LOW..HIGH ... */
static enum mmoe_status read_search(struct reader *r, char *rest)
{
    struct mmoe_searched *s = &r->definition->searched;
    struct mmoe_error why;
    char *word = next_word(&rest), *value, *only = "";
    size_t n, before = s->count;
    r->search_line = r->line;
    if (word && strchr(word, '=') && !strstr(word, "..")) {
        if (mmoe_failed(part_pair(r, word, &only)) || mmoe_failed(read_option(r, word, &s->axis)))
            return r->err->status;
    } else if (!word || !mmoe_parse_size(word, &n) || n < 4 || n > MMOE_AXIS_VALUES_MAX) {
        return wrong(r, MMOE_RANGE,
                     "search N KEY=LOW..HIGH ...: N is a number of trials from 4 to %d",
                     MMOE_AXIS_VALUES_MAX);
    } else {
        s->trials = n;
    }
    while ((word = next_word(&rest))) {
        if (mmoe_failed(part_pair(r, word, &value)))
            return r->err->status;
        if (mmoe_failed(mmoe_trials_range(s, only, word, value, &why)))
            return wrong(r, why.status, "%s", why.text);
    }
    return s->count > before
               ? MMOE_OK
               : wrong(r, MMOE_INVALID, "search N KEY=LOW..HIGH ...: the ranges are missing");
}

static enum mmoe_status read_objective(struct reader *r, char *rest, bool largest)
{
    char *word;
    struct mmoe_error why;
    enum mmoe_status status = one_word(r, rest, "a metric, such as loss or auc.income", &word);
    if (!mmoe_failed(status) &&
        mmoe_failed(status = mmoe_trials_objective(&r->definition->searched, word, largest, &why)))
        return wrong(r, status, "%s", why.text);
    return status;
}

static enum mmoe_status read_minimise(struct reader *r, char *rest)
{
    return read_objective(r, rest, false);
}

static enum mmoe_status read_maximise(struct reader *r, char *rest)
{
    return read_objective(r, rest, true);
}

/* [by=median|mean] */
static bool read_by(const char *word, enum mmoe_choose_by *by)
{
    *by = MMOE_BY_MEDIAN;
    if (!word || strcmp(word, "by=median") == 0)
        return true;
    *by = MMOE_BY_MEAN;
    return strcmp(word, "by=mean") == 0;
}

/* KEY=v1,v2,... for AXIS seeds=N [by=median|mean] */
static enum mmoe_status read_choose(struct reader *r, char *rest)
{
    static const char usage[] = "choose KEY=v1,v2,... for AXIS seeds=N [by=median|mean]";
    struct mmoe_definition *d = r->definition;
    char *pair = next_word(&rest), *link = next_word(&rest), *axis = next_word(&rest),
         *seeds = next_word(&rest), *by = next_word(&rest);
    char *more = next_word(&rest), *values;
    r->choose_line = r->line;
    if (more)
        return wrong(r, MMOE_INVALID, "'%.60s' is too much: %s", more, usage);
    if (!seeds || strcmp(link, "for") != 0 || strncmp(seeds, "seeds=", 6) != 0 ||
        !read_by(by, &d->choose_by))
        return wrong(r, MMOE_INVALID, "not as it should be: %s", usage);
    if (mmoe_failed(part_pair(r, pair, &values)) || mmoe_failed(read_option(r, pair, &d->choose)) ||
        mmoe_failed(read_option(r, axis, &d->choose_for)) ||
        mmoe_failed(read_count(r, seeds + 6, MMOE_RUNS_MAX, &d->choose_seeds)))
        return r->err->status;
    if (strlen(values) >= sizeof d->choose_values)
        return wrong(r, MMOE_LIMIT, "the values of %s are too many", pair);
    snprintf(d->choose_values, sizeof d->choose_values, "%s", values);
    return MMOE_OK;
}

/* The values that were chosen. */
static enum mmoe_status read_chosen(struct reader *r, char *rest)
{
    char *word;
    enum mmoe_status status = one_word(r, rest, "what was chosen", &word);
    r->chosen_line = r->line;
    if (mmoe_failed(status))
        return status;
    if (strlen(word) >= sizeof r->definition->chosen)
        return wrong(r, MMOE_LIMIT, "the values are too many");
    snprintf(r->definition->chosen, sizeof r->definition->chosen, "%s", word);
    return MMOE_OK;
}

static enum mmoe_status read_seeds(struct reader *r, char *rest)
{
    char *word;
    enum mmoe_status status = one_word(r, rest, "the number of seeds", &word);
    return mmoe_failed(status) ? status
                               : read_count(r, word, MMOE_RUNS_MAX, &r->definition->grid.seeds);
}

static enum mmoe_status read_claims(struct reader *r, char *rest)
{
    char *more = next_word(&rest);
    r->definition->claims = true;
    return more ? wrong(r, MMOE_INVALID, "'%.60s' is too much: claims stands alone", more)
                : MMOE_OK;
}

/* --- lines --- */

static const struct {
    const char *name;
    bool text; /* takes the rest of the line as it is, with '#' */
    enum mmoe_status (*read)(struct reader *r, char *rest);
} keys[] = {
    /* those of a preset first */
    {"title", true, read_title},        {"note", true, read_note},
    {"set", false, read_set},           {"figure", false, read_figure},
    {"panels", false, read_panels},     {"series", false, read_series},
    {"preset", false, read_preset},     {"axis", false, read_axis},
    {"choose", false, read_choose},     {"chosen", false, read_chosen},
    {"seeds", false, read_seeds},       {"claims", false, read_claims},
    {"parts", false, read_parts},       {"random", false, read_random},
    {"for", false, read_for},           {"paper", false, read_paper},
    {"search", false, read_search},     {"minimise", false, read_minimise},
    {"maximise", false, read_maximise}, {"experiment", false, read_experiment},
};
enum { PRESET_KEYS = 3, STUDY_KEYS = sizeof keys / sizeof *keys };

static enum mmoe_status no_key(struct reader *r, const char *word, size_t count)
{
    const char *names[STUDY_KEYS];
    struct mmoe_text all = {0};
    for (size_t i = 0; i < count; i++) {
        names[i] = keys[i].name;
        mmoe_text_add(&all, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", names[i]);
    }
    const char *near = mmoe_nearest(word, names, count);
    enum mmoe_status status =
        near ? wrong(r, MMOE_UNKNOWN, "no key '%.60s': did you mean %s?", word, near)
             : wrong(r, MMOE_UNKNOWN, "no key '%.60s': a line has %s", word, all.s);
    mmoe_text_done(&all);
    return status;
}

/* '#' begins a comment at the start of a line or after a blank. */
static void cut_comment(char *line)
{
    for (char *c = line; (c = strchr(c, '#')); c++)
        if (c == line || strchr(blanks, c[-1])) {
            *c = '\0';
            return;
        }
}

static enum mmoe_status read_line(struct reader *r, char *line)
{
    size_t count = r->definition ? STUDY_KEYS : PRESET_KEYS, key = 0;
    line += strspn(line, blanks);
    if (*line == '#')
        return MMOE_OK;
    char *word = next_word(&line);
    if (!word)
        return MMOE_OK;
    while (key < count && strcmp(keys[key].name, word) != 0)
        key++;
    if (key == count)
        return no_key(r, word, count);
    line += strspn(line, blanks);
    if (!keys[key].text)
        cut_comment(line);
    return keys[key].read(r, line);
}

static enum mmoe_status read_lines(struct reader *r)
{
    struct mmoe_text text = {0};
    enum mmoe_status status = library_read(r->path, &text, r->err);
    char *rest = text.s, *line;
    r->line = 1;
    while (!mmoe_failed(status) && (line = library_next_line(&rest))) {
        status = read_line(r, line);
        r->line++;
    }
    mmoe_text_done(&text);
    return status;
}

/* The file's name without its ending, as far as it fits. */
static void name_after(const char *path, struct mmoe_about *about)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path,
               *dot = strrchr(base, '.');
    size_t n = dot && dot > base ? (size_t)(dot - base) : strlen(base);
    snprintf(about->name, sizeof about->name, "%.*s", (int)n, base);
    if (!about->title[0])
        snprintf(about->title, sizeof about->title, "%s", about->name);
}

/* --- a study as a whole --- */

enum mmoe_status mmoe_definition_drawing(const char *name, enum mmoe_drawing *out,
                                         struct mmoe_error *err)
{
    for (size_t i = 0; i < DRAWINGS; i++)
        if (strcmp(name, drawing_words[i]) == 0) {
            *out = (enum mmoe_drawing)i;
            return MMOE_OK;
        }
    const char *near = mmoe_nearest(name, drawing_words, DRAWINGS);
    if (near)
        return mmoe_fail(err, MMOE_UNKNOWN, "no figure '%.60s': did you mean %s?", name, near);
    return mmoe_fail(err, MMOE_UNKNOWN,
                     "no figure '%.60s': labels, curves, histograms, profiles, dots or checkpoints",
                     name);
}

static enum mmoe_status must_be_axis(struct reader *r, const struct mmoe_option *option,
                                     size_t line)
{
    const struct mmoe_grid *g = &r->definition->grid;
    r->line = line;
    for (size_t a = 0; a < g->axis_count; a++)
        if (g->axes[a].option == option)
            return MMOE_OK;
    return option ? wrong(r, MMOE_INVALID, "%s is no axis: name one, or add `axis %s=v1,v2,...`",
                          option->name, option->name)
                  : MMOE_OK;
}

static enum mmoe_status check_choice(struct reader *r)
{
    struct mmoe_definition *d = r->definition;
    struct mmoe_error why;
    if (!d->choose && d->chosen[0]) {
        r->line = r->chosen_line;
        return wrong(r, MMOE_INVALID, "what it was chosen of is missing: add `choose KEY=...`");
    }
    if (!d->choose)
        return MMOE_OK;
    enum mmoe_status status = must_be_axis(r, d->choose_for, r->choose_line);
    if (mmoe_failed(status))
        return status;
    for (size_t a = 0; a < d->grid.axis_count; a++)
        if (d->grid.axes[a].option == d->choose)
            return wrong(r, MMOE_INVALID,
                         "%s is an axis, so it cannot be chosen: leave out one of both",
                         d->choose->name);
    struct mmoe_grid *grid = mmoe_alloc(1, sizeof *grid);
    status = mmoe_definition_choice_grid(d, &d->grid.base, grid, &why);
    if (!mmoe_failed(status) && d->chosen[0]) {
        *grid = d->grid;
        r->line = r->chosen_line;
        status = mmoe_grid_follow(grid, d->choose->name, d->chosen, d->choose_for->name, &why);
    }
    mmoe_free(grid);
    return mmoe_failed(status) ? wrong(r, status, "%s", why.text) : MMOE_OK;
}

static enum mmoe_status check_search(struct reader *r)
{
    struct mmoe_definition *d = r->definition;
    struct mmoe_error why;
    if (d->searched.count == 0)
        return MMOE_OK;
    r->line = r->search_line;
    if (d->choose || d->claims)
        return wrong(r, MMOE_INVALID, "a search has no choice and no claims");
    r->has_figure = true; /* it has a page of its own */
    d->figure = MMOE_DRAWING_PROFILES;
    return mmoe_failed(mmoe_trials_check(&d->searched, &d->grid, &why))
               ? wrong(r, why.status, "%s", why.text)
               : MMOE_OK;
}

static enum mmoe_status check_study(struct reader *r)
{
    struct mmoe_definition *d = r->definition;
    struct mmoe_error why;
    if (mmoe_failed(each_apply(&r->each, &d->grid, &r->line, &why)))
        return wrong(r, why.status, "%s", why.text);
    r->line = 0;
    if (mmoe_failed(check_search(r)))
        return r->err->status;
    r->line = 0;
    bool bare = !r->has_figure && d->grid.axis_count == 0 && d->grid.seeds == 0 && !d->choose;
    if (d->experiment_count && bare && !d->part_count)
        return MMOE_OK;
    if (d->experiment_count)
        return wrong(r, MMOE_INVALID, "a study of experiments has title, notes and settings alone");
    if (d->part_count && bare)
        return MMOE_OK;
    if (d->part_count)
        return wrong(r, MMOE_INVALID,
                     "a study of parts has nothing but title and notes of its own");
    if (!r->has_figure)
        return wrong(r, MMOE_INVALID,
                     "the figure is missing: add `figure labels`, curves, histograms or profiles");
    if (d->grid.seeds == 0)
        return wrong(r, MMOE_INVALID, "the number of seeds is missing: add `seeds N`");
    if (mmoe_failed(mmoe_grid_check(&d->grid, &why)))
        return wrong(r, why.status, "%s", why.text);
    enum mmoe_status status = must_be_axis(r, d->panels, r->panels_line);
    if (mmoe_failed(status))
        return status;
    status = must_be_axis(r, d->series, r->series_line);
    return mmoe_failed(status) ? status : check_choice(r);
}

static enum mmoe_status read_study(const char *path, struct mmoe_definition *d,
                                   struct mmoe_error *err)
{
    struct reader r = {
        .path = path, .about = &d->about, .options = &d->grid.base, .definition = d, .err = err};
    mmoe_options_default(&d->grid.base);
    enum mmoe_status status = read_lines(&r);
    name_after(path, &d->about);
    return mmoe_failed(status) ? status : check_study(&r);
}

/* Find the path of a study: `name` itself if it has a slash, else a file of the library. */
static enum mmoe_status find_study(const char *name, struct mmoe_text *path, struct mmoe_error *err)
{
    if (!strchr(name, '/'))
        return library_find(MMOE_STUDIES, name, path, err);
    mmoe_text_add(path, "%s", name);
    return MMOE_OK;
}

enum mmoe_status mmoe_definition_read(const char *name, struct mmoe_definition *def,
                                      struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    enum mmoe_status status = find_study(name, &path, err);
    struct mmoe_definition *d = mmoe_alloc(1, sizeof *d);
    if (mmoe_failed(status))
        goto done;
    status = read_study(path.s, d, err);
    if (mmoe_failed(status))
        goto done;
    *def = *d;
done:
    mmoe_free(d);
    mmoe_text_done(&path);
    return status;
}

enum mmoe_status mmoe_definition_preset(const char *name, struct mmoe_options *o,
                                        struct mmoe_about *about, struct mmoe_error *err)
{
    struct mmoe_text path = {0};
    struct mmoe_options set = *o;
    struct mmoe_about said = {.name = ""};
    struct reader r = {.about = &said, .options = &set, .err = err};
    enum mmoe_status status = library_find(MMOE_PRESETS, name, &path, err);
    if (mmoe_failed(status))
        goto done;
    r.path = path.s;
    status = read_lines(&r);
    if (mmoe_failed(status))
        goto done;
    name_after(path.s, &said);
    *o = set;
    if (about)
        *about = said;
done:
    mmoe_text_done(&path);
    return status;
}
