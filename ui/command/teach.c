/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * teach.c - explain, describe, help, apropos: the program says what it shows and how it is spoken
 * to.
 *
 * All texts come from the tables: verbs, options, models, panels, terms. A word
 * may be several of these (`loss` is a verb, a panel and a term): `explain`
 * tells all it is, what is seen before how it is set.
 */
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <mmoe/moot.h>
#include <mmoe/run.h>
#include <mmoe/source.h>

#include "ui/command/command.h"
#include "ui/panel/panels.h"

enum { WRAP = 78 };

/* --- telling --- */

/* text broken at blanks, so that a terminal of 80 columns does not break words. */
static void add_wrapped(struct mmoe_text *t, const char *text)
{
    size_t column = 0;
    for (;;) {
        size_t n = strcspn(text, " \n");
        if (column > 0 && column + 1 + n > WRAP) {
            mmoe_text_add(t, "\n");
            column = 0;
        }
        mmoe_text_add(t, "%s%.*s", column ? " " : "", (int)n, text);
        column += n + (column > 0);
        text += n;
        if (*text == '\0')
            return;
        if (*text == '\n') {
            mmoe_text_add(t, "\n");
            column = 0;
        }
        text++;
    }
}

/* A heading and its text, after what is there. */
static void add_section(struct mmoe_text *t, const char *head, const char *text)
{
    mmoe_text_add(t, "%s%s\n%s", t->n ? "\n\n" : "", head, text);
}

/* A list, whose lines stay as they are. */
static void tell_lines(struct app *a, struct mmoe_text *t)
{
    app_tell(a, t->s ? t->s : "");
    mmoe_text_done(t);
}

/* Paragraphs, wrapped once: by the log at the width it has, elsewhere here. */
static void tell(struct app *a, struct mmoe_text *t)
{
    struct mmoe_text wrapped = {0};
    if (a->sink.mode != EVENT_SCREEN)
        add_wrapped(&wrapped, t->s ? t->s : "");
    app_tell(a, wrapped.s ? wrapped.s : t->s ? t->s : "");
    mmoe_text_done(&wrapped);
    mmoe_text_done(t);
}

/* The words of a command as one: `explain dead ReLU`. */
static struct mmoe_text join(const struct invocation *i)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%s", "");
    for (size_t k = 0; k < i->argc; k++)
        mmoe_text_add(&t, "%s%s", k ? " " : "", i->argv[k]);
    return t;
}

/* --- topics --- */

/* Is word one of those parted by commas in list? */
static bool is_among(const char *word, const char *list)
{
    size_t n = strlen(word);
    while (list && *list) {
        size_t k = strcspn(list, ",");
        if (k == n && strncasecmp(list, word, n) == 0)
            return true;
        list += k + (list[k] == ',');
    }
    return false;
}

static const struct command_term *find_term(const char *name)
{
    for (size_t i = 0; i < command_term_count; i++)
        if (is_among(name, command_terms[i].name) || is_among(name, command_terms[i].also))
            return &command_terms[i];
    return NULL;
}

static void add_verb(struct mmoe_text *t, const struct command *c)
{
    struct mmoe_text head = {0};
    mmoe_text_add(&head, "%s%s%s\n%s", c->name, *c->synopsis ? " " : "", c->synopsis, c->help);
    add_section(t, head.s, c->more);
    mmoe_text_done(&head);
}

/* now: the present settings, beside which the option may change nothing. */
static void add_option(struct mmoe_text *t, const struct mmoe_option *option,
                       const struct mmoe_options *now)
{
    struct mmoe_text head = {0}, moot = {0};
    const struct mmoe_moot *rule = mmoe_moot_find(now, option);
    mmoe_text_add(&head, "option %s: %s\n", option->name, option->help);
    mmoe_option_range(option, &head);
    mmoe_text_add(&head, "; default ");
    mmoe_option_tell_default(option, &head);
    if (!mmoe_run_heeds(now, option))
        mmoe_text_add(&head, "; with this data and model it changes nothing");
    add_section(t, head.s, option->more);
    if (rule) {
        mmoe_moot_tell(rule, now, &moot);
        add_section(t, "as it is set now", moot.s);
    }
    mmoe_text_done(&moot);
    mmoe_text_done(&head);
}

static void add_model(struct mmoe_text *t, const struct mmoe_model *model)
{
    struct mmoe_text head = {0};
    mmoe_text_add(&head, "model %s: %s", mmoe_model_name(model), mmoe_model_title(model));
    add_section(t, head.s, mmoe_model_help(model));
    mmoe_text_done(&head);
}

static void add_panel(struct mmoe_text *t, const struct panel *panel)
{
    struct mmoe_text head = {0};
    mmoe_text_add(&head, "panel %s: %s", panel->name, panel->title);
    add_section(t, head.s, panel->explain);
    mmoe_text_done(&head);
}

static void add_term(struct mmoe_text *t, const struct command_term *term)
{
    struct mmoe_text head = {0};
    mmoe_text_add(&head, "%s", term->name);
    for (const char *word = term->also; word && *word; word += strspn(word, ",")) {
        int n = (int)strcspn(word, ",");
        mmoe_text_add(&head, ", %.*s", n, word);
        word += n;
    }
    add_section(t, head.s, term->text);
    mmoe_text_done(&head);
}

/* --- help --- */

static void help_all(struct app *a, const struct command_table *table)
{
    struct mmoe_text t = {0};
    for (size_t i = 0; i < table->count; i++)
        mmoe_text_add(&t, "%-9s %s\n", table->verbs[i].name, table->verbs[i].help);
    mmoe_text_add(&t, "; or a new line separates commands, # begins a comment\n"
                      "help VERB tells more of one, help keys the keys\n"
                      "`set` lists the options, explain X tells of all else");
    tell_lines(a, &t);
}

enum mmoe_status command_help(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_text t = {0};
    if (i->argc == 0) {
        help_all(a, i->table);
        return MMOE_OK;
    }
    const char *word = i->argv[0];
    if (strcmp(word, "keys") == 0) {
        add_term(&t, find_term("keys"));
        tell_lines(a, &t);
        return MMOE_OK;
    }
    const struct command *c = command_match(i->table, word, true, err);
    if (!c && find_term(word))
        return mmoe_fail(err, MMOE_UNKNOWN, "'%.60s' is no command: explain %.60s tells what it is",
                         word, word);
    if (!c)
        return MMOE_UNKNOWN;
    add_verb(&t, c);
    tell(a, &t);
    return MMOE_OK;
}

/* --- explain --- */

/* The nearest of everything that can be explained. */
static enum mmoe_status unknown_topic(const struct command_table *table, const char *word,
                                      struct mmoe_error *err)
{
    size_t count = 0, room = command_term_count + PANEL_COUNT + mmoe_option_count + table->count +
                             mmoe_model_count();
    const char **words = mmoe_alloc(room, sizeof *words);
    for (size_t i = 0; i < command_term_count; i++)
        words[count++] = command_terms[i].name;
    for (size_t i = 0; i < PANEL_COUNT; i++)
        words[count++] = panel_table[i]->name;
    for (size_t i = 0; i < mmoe_option_count; i++)
        words[count++] = mmoe_option_table[i].name;
    for (size_t i = 0; i < table->count; i++)
        words[count++] = table->verbs[i].name;
    for (size_t i = 0; i < mmoe_model_count(); i++)
        words[count++] = mmoe_model_name(mmoe_model_at(i));
    const char *near = mmoe_nearest(word, words, count);
    mmoe_free(words);
    if (near)
        return mmoe_fail(err, MMOE_UNKNOWN, "nothing to explain under '%.60s': did you mean %s?",
                         word, near);
    return mmoe_fail(err, MMOE_UNKNOWN, "nothing to explain under '%.60s': apropos WORD searches",
                     word);
}

static void list_topics(struct app *a)
{
    struct mmoe_text t = {0}, words = {0};
    for (size_t i = 0; i < command_term_count; i++)
        mmoe_text_add(&words, "%s%s", i ? ", " : "", command_terms[i].name);
    add_section(&t, "terms", words.s);
    mmoe_text_clear(&words);
    for (size_t i = 0; i < PANEL_COUNT; i++)
        mmoe_text_add(&words, "%s%s", i ? ", " : "", panel_table[i]->name);
    add_section(&t, "panels", words.s);
    mmoe_text_clear(&words);
    for (size_t i = 0; i < mmoe_model_count(); i++)
        mmoe_text_add(&words, "%s%s", i ? ", " : "", mmoe_model_name(mmoe_model_at(i)));
    add_section(&t, "models", words.s);
    mmoe_text_add(&t, "\n\nand every option (`set` lists them) and verb (`help` lists them)");
    mmoe_text_done(&words);
    tell(a, &t);
}

/* "what is a gate?" comes to "gate". */
static void strip_question(struct mmoe_text *word)
{
    static const char *const before[] = {"what ", "is ", "are ", "does ", "a ", "an ", "the "};
    char *s = word->s;
    for (size_t k = 0; k < sizeof before / sizeof *before; k++)
        if (strncmp(s, before[k], strlen(before[k])) == 0)
            s += strlen(before[k]);
    size_t n = strlen(s), mean = strlen(" mean"), digits = strspn(s + (*s == 'e'), "0123456789");
    if (*s == 'e' && digits && s[1 + digits] == '\0') /* the name of an expert */
        s[2] = '\0', s[1] = '1', n = 2;
    while (n > 0 && (s[n - 1] == '?' || s[n - 1] == '.'))
        s[--n] = '\0';
    if (n > mean && strcmp(s + n - mean, " mean") == 0)
        s[n - mean] = '\0';
    memmove(word->s, s, strlen(s) + 1);
    word->n = strlen(word->s);
}

/* The options that have the word for a value: adam, glorot, ... */
static void add_options_with(struct mmoe_text *t, const char *word, const struct mmoe_options *now)
{
    for (size_t k = 0; k < mmoe_option_count; k++) {
        const char *const *value = mmoe_option_table[k].words;
        while (value && *value && strcmp(*value, word) != 0)
            value++;
        if (value && *value && strcmp(mmoe_option_table[k].name, "model") != 0)
            add_option(t, &mmoe_option_table[k], now);
    }
}

enum mmoe_status command_explain(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_text word = join(i), t = {0};
    enum mmoe_status s = MMOE_OK;
    if (i->argc == 0) {
        list_topics(a);
        goto done;
    }
    for (char *c = word.s; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    strip_question(&word);
    int panel = panel_find(word.s);
    const struct command_term *term = find_term(word.s);
    const struct mmoe_model *model = mmoe_model_find(word.s);
    const struct mmoe_option *option = mmoe_option_find(word.s);
    const struct command *command = command_find(i->table, word.s);
    if (panel >= 0)
        add_panel(&t, panel_table[panel]);
    if (term)
        add_term(&t, term);
    if (model)
        add_model(&t, model);
    if (option)
        add_option(&t, option, &a->view.options);
    if (command)
        add_verb(&t, command);
    if (t.n == 0)
        add_options_with(&t, word.s, &a->view.options);
    if (t.n == 0)
        s = unknown_topic(i->table, word.s, err);
    else
        tell(a, &t);
done:
    mmoe_text_done(&word);
    return s;
}

/* --- describe --- */

static void describe_machine(const struct app *a, struct mmoe_text *t)
{
    bool user = strcmp(a->blas_choice, "user") == 0,
         program = strcmp(a->blas_choice, "program") == 0;
    mmoe_text_add(t, "%ld cores; BLAS: %s\nkernels: %s, chosen by %s",
                  sysconf(_SC_NPROCESSORS_ONLN), mmoe_mat_library(), mmoe_mat_kernel(),
                  user ? "OPENBLAS_CORETYPE in the environment"
                  : program
                      ? "this program, which knows this processor better than the library does"
                      : "the library itself");
}

/* What the first two labels have to do with each other, and what is known of why: of drawn rows all
 * of it, of a file's rows what the file tells. */
static void describe_truth(const struct mmoe_dataset *d, bool drawn, struct mmoe_text *t)
{
    const char *pearson = mmoe_format_fixed(d->pearson, 3, MMOE_NUMBER);
    if (d->tasks < 2)
        return;
    if (isfinite(d->cosine) && drawn)
        mmoe_text_add(t,
                      " The weight vectors of tasks %s and %s have cosine %s; through %s and the "
                      "noise the labels' correlation became %s.",
                      d->task[0].name, d->task[1].name,
                      mmoe_format_fixed(d->cosine, 3, MMOE_NUMBER), MMOE_COUNTED(d->sines, "sine"),
                      pearson);
    if (isfinite(d->cosine) && !drawn)
        mmoe_text_add(t, " By the file the weight vectors of tasks %s and %s have cosine %s.",
                      d->task[0].name, d->task[1].name,
                      mmoe_format_fixed(d->cosine, 3, MMOE_NUMBER));
    if (isfinite(d->pearson) && !(isfinite(d->cosine) && drawn))
        mmoe_text_add(t, " The labels of tasks %s and %s have correlation %s.", d->task[0].name,
                      d->task[1].name, pearson);
}

/* What the training rows know of a task: how its labels are spread, and how many there are. */
static void describe_label(const struct mmoe_dataset *d, size_t k, struct mmoe_text *t)
{
    char var[24];
    mmoe_text_add(t, " Task %s ", d->task[k].name);
    if (d->missing[k] == d->train.n) {
        mmoe_text_add(t, "has no label to train on.");
        return;
    }
    if (d->task[k].binary)
        mmoe_text_add(t, "is yes or no, with %s%% yes",
                      mmoe_format_fixed(100 * d->yes[k], 1, MMOE_NUMBER));
    else if (isfinite(d->var[k]))
        mmoe_text_add(t, "has labels of variance %s", mmoe_format_loss(d->var[k], var, sizeof var));
    else
        mmoe_text_add(t, "has one label, and so no variance");
    if (d->missing[k])
        mmoe_text_add(t, "; %s %s missing", MMOE_COUNTED(d->missing[k], "label"),
                      d->missing[k] == 1 ? "is" : "are");
    mmoe_text_add(t, ".");
}

/* How much longer a step takes than one with rows that are there. */
static void describe_stream(const struct app *a, const struct mmoe_options *made,
                            struct mmoe_text *t)
{
    struct mmoe_options stored = *made;
    stored.rows = made->batch;
    double slower = app_forecast_run(a, made, 1) / app_forecast_run(a, &stored, 1);
    mmoe_text_add(t, " Each step makes %s, and takes about %s times as long as with rows stored.",
                  MMOE_COUNTED(made->batch, "fresh row"),
                  mmoe_format_fixed(slower, 1, MMOE_NUMBER));
}

/* Where alpha and beta come from. */
static void describe_shape(const struct mmoe_options *o, struct mmoe_text *t)
{
    bool given = o->alpha.n && o->beta.n;
    if (o->sines == 0)
        return;
    mmoe_text_add(t, " alpha and beta are %s",
                  given        ? "given"
                  : o->alpha.n ? "given and drawn"
                  : o->beta.n  ? "drawn and given"
                               : "drawn");
    if (!given && o->shape == MMOE_SHAPE_ONCE)
        mmoe_text_add(t, " once, from seed.shape %llu", (unsigned long long)o->seed_shape);
    else if (!given)
        mmoe_text_add(t, " anew for each seed.data");
    mmoe_text_add(t, ".");
}

static void describe_data(const struct app *a, struct mmoe_text *t)
{
    const struct mmoe_dataset *d = app_data(a);
    const struct mmoe_options *made = &app_lane_of(a)->data_made;
    bool drawn = mmoe_source_of(made)->tasks > 0;
    char validation[40], held_out[40];
    if (!d) {
        mmoe_text_add(t, "There are no rows yet: data gen makes them.");
        return;
    }
    if (d->stream)
        mmoe_text_add(t, "A stream of rows to train on, of which the first %s tell of the labels",
                      mmoe_format_count(d->train.n, validation, sizeof validation));
    else
        mmoe_text_add(t, "%s to train on", MMOE_COUNTED(d->train.n, "row"));
    if (d->validation.n)
        mmoe_text_add(t, ", %s to choose by",
                      mmoe_format_count(d->validation.n, validation, sizeof validation));
    mmoe_text_add(t, " and %s held out, of ",
                  mmoe_format_count(d->test.n, held_out, sizeof held_out));
    if (d->train.fields)
        mmoe_text_add(t, "%zu embedded categories, ", d->train.fields->count);
    mmoe_text_add(t, "%s and %s", MMOE_COUNTED(d->dim, d->train.fields ? "number" : "input"),
                  MMOE_COUNTED(d->tasks, "label"));
    if (drawn)
        mmoe_text_add(t, ".");
    else
        mmoe_text_add(t, ", read from %s.", made->data);
    if (d->stream)
        describe_stream(a, made, t);
    if (drawn && !d->recommender)
        describe_shape(made, t);
    if (!d->validation.n)
        mmoe_text_add(t, " Choices are made by the held-out rows, since there are no others.");
    for (size_t k = 0; k < d->tasks; k++)
        describe_label(d, k, t);
    describe_truth(d, drawn, t);
    if (a->view.lanes[a->view.lane].making && !mmoe_source_same(made, &app_lane_of(a)->made))
        mmoe_text_add(t, " Other rows are being made.");
    else if (!mmoe_source_same(made, &a->view.options))
        mmoe_text_add(t, " Options changed since they were made: data gen makes new ones.");
}

/* "16 units", "64,32 units". */
static void add_units(struct mmoe_text *t, const struct mmoe_sizes *sizes)
{
    for (size_t k = 0; k + 1 < sizes->n; k++)
        mmoe_text_add(t, "%zu,", sizes->v[k]);
    mmoe_text_add(t, "%zu unit%s", sizes->v[sizes->n - 1],
                  sizes->n == 1 && sizes->v[0] == 1 ? "" : "s");
}

/* How much of its parameters are embeddings, what they take with what moves them, and how many
 * levels share theirs. */
static void describe_embeddings(const struct mmoe_model *m, const struct mmoe_spec *spec,
                                struct mmoe_text *t)
{
    struct mmoe_outline o;
    char levels[40], bytes[40];
    if (!spec->fields)
        return;
    mmoe_model_outline(m, spec, &o);
    mmoe_text_add(t, " Of its parameters %s embed %s levels",
                  mmoe_format_count(o.parts[0].parameters, MMOE_NUMBER),
                  mmoe_format_count(o.levels, levels, sizeof levels));
    size_t sums = o.parts[0].parameters / spec->embedding_units; /* of Adagrad, one a vector */
    mmoe_text_add(t, " in %s kB",
                  mmoe_format_count((o.parts[0].parameters + sums) * sizeof(mmoe_real) / 1000,
                                    bytes, sizeof bytes));
    if (o.colliding)
        mmoe_text_add(t, ", of which %s share a vector with others",
                      mmoe_format_count(o.colliding, MMOE_NUMBER));
    mmoe_text_add(t, ".");
}

static enum mmoe_status describe_model(const struct app *a, struct mmoe_text *t,
                                       struct mmoe_error *err)
{
    const struct mmoe_model *m = mmoe_model_at((size_t)a->view.options.model);
    struct mmoe_spec spec;
    if (mmoe_failed(command_spec(a, m, &spec, err)))
        return err->status;
    size_t gates = mmoe_model_gates(m, spec.tasks);
    mmoe_text_add(t, "%s: %s. With the present options it has %s: ", mmoe_model_title(m),
                  mmoe_model_help(m), MMOE_COUNTED(mmoe_model_parameters(m, &spec), "parameter"));
    if (gates) {
        mmoe_text_add(t, "%s of ", MMOE_COUNTED(spec.experts, "expert"));
        add_units(t, &spec.expert_units);
        mmoe_text_add(t, ", %s", MMOE_COUNTED(gates, "gate"));
        if (spec.lower_units.n) {
            mmoe_text_add(t, " on shared layers of ");
            add_units(t, &spec.lower_units);
        }
    } else {
        mmoe_text_add(t, "a bottom of ");
        add_units(t, &spec.bottom_units);
    }
    mmoe_text_add(t, ", %s of ", MMOE_COUNTED(spec.tasks, "tower"));
    add_units(t, &spec.tower_units);
    mmoe_text_add(t, ".");
    describe_embeddings(m, &spec, t);
    panel_add_moot(&a->view.options, t);
    return MMOE_OK;
}

static enum mmoe_status refuse_description(const char *const *words, const char *word,
                                           struct mmoe_error *err)
{
    size_t count = 0;
    while (words[count])
        count++;
    const char *near = mmoe_nearest(word, words, count);
    if (near)
        return mmoe_fail(err, MMOE_UNKNOWN, "nothing to describe under '%.60s': did you mean %s?",
                         word, near);
    return mmoe_fail(err, MMOE_UNKNOWN,
                     "nothing to describe under '%.60s': a panel, data, model, serving or machine",
                     word);
}

enum mmoe_status command_describe(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    const char *word = i->argc > 0 ? i->argv[0] : panel_table[a->view.focus]->name;
    int panel = panel_find(word);
    struct mmoe_text t = {0};
    if (panel == PANEL_FIT && app_awaits_fit(a))
        return MMOE_CONTINUE;
    if (panel == PANEL_FIT && a->sink.mode == EVENT_JSON) { /* a sentence has no room for it all */
        app_tell_panel(a, panel);
        return MMOE_CONTINUE;
    }
    if (strcmp(word, "serving") == 0)
        return command_serving(a);
    if (panel >= 0)
        panel_table[panel]->describe(&a->view, &t);
    else if (strcmp(word, "machine") == 0)
        describe_machine(a, &t);
    else if (strcmp(word, "data") == 0)
        describe_data(a, &t);
    else if (strcmp(word, "model") == 0) {
        if (mmoe_failed(describe_model(a, &t, err)))
            return err->status;
    } else
        return refuse_description(i->command->words, word, err);
    tell(a, &t);
    return MMOE_OK;
}

/* --- apropos --- */

static bool mentions(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (; *text; text++)
        if (strncasecmp(text, word, n) == 0)
            return true;
    return false;
}

enum { LINE_START = 24 }; /* columns before the text of a line */

/* What is looked for, and where it is told. */
struct search {
    struct mmoe_text *t;
    const char *word;
    int room; /* columns of a line's text */
};

/* A line for a topic that mentions the word anywhere; its text is cut to the terminal. */
static void find(const struct search *s, const char *kind, const char *name, const char *text,
                 const char *more)
{
    bool cut = strlen(text) > (size_t)s->room;
    if (mentions(name, s->word) || mentions(text, s->word) || mentions(more, s->word))
        mmoe_text_add(s->t, "%s%-8s %-14s %.*s%s", s->t->n ? "\n" : "", kind, name,
                      s->room - (cut ? 3 : 0), text, cut ? "..." : "");
}

static void find_all(const struct command_table *table, const struct search *s)
{
    for (size_t k = 0; k < table->count; k++)
        find(s, "verb", table->verbs[k].name, table->verbs[k].help, table->verbs[k].more);
    for (size_t k = 0; k < mmoe_option_count; k++)
        find(s, "option", mmoe_option_table[k].name, mmoe_option_table[k].help,
             mmoe_option_table[k].more);
    for (size_t k = 0; k < mmoe_model_count(); k++) {
        const struct mmoe_model *model = mmoe_model_at(k);
        find(s, "model", mmoe_model_name(model), mmoe_model_help(model), mmoe_model_title(model));
    }
    for (size_t k = 0; k < PANEL_COUNT; k++)
        find(s, "panel", panel_table[k]->name, panel_table[k]->title, panel_table[k]->explain);
    for (size_t k = 0; k < command_term_count; k++)
        find(s, "term", command_terms[k].name, command_terms[k].text,
             command_terms[k].also ? command_terms[k].also : "");
}

enum mmoe_status command_apropos(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_text word = join(i), t = {0};
    enum mmoe_status s = MMOE_OK;
    if (word.n == 0) {
        s = mmoe_fail(err, MMOE_INVALID, "apropos of what? apropos WORD");
    } else {
        bool screen = a->sink.mode == EVENT_SCREEN; /* the log wraps at its own width */
        find_all(i->table, &(struct search){&t, word.s, screen ? INT_MAX : WRAP - LINE_START});
        if (t.n == 0)
            mmoe_text_add(&t, "nothing is said of '%s'", word.s);
        tell_lines(a, &t);
    }
    mmoe_text_done(&word);
    return s;
}
