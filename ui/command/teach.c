/* SPDX-License-Identifier: GPL-3.0-or-later */
/* teach.c - explain, describe, help, apropos: the program says what it shows and how it is spoken to. */
#include "ui/command/command.h"
#include "ui/panel/panels.h"

#include <mmoe/mat.h>
#include <mmoe/mem.h>
#include <mmoe/model.h>
#include <string.h>
#include <unistd.h>

enum { WRAP = 78 };

/* --- telling --- */

/* text broken at blanks, so that a terminal of 80 columns does not break words. */
static void add_wrapped(struct mmoe_text *t, const char *text, int indent)
{
    int column = 0;
    while (*text) {
        size_t n = strcspn(text, " \n");
        if (column > 0 && column + 1 + (int)n > WRAP - indent) {
            mmoe_text_add(t, "\n");
            column = 0;
        }
        mmoe_text_add(t, "%*s%.*s", column ? 1 : indent, "", (int)n, text);
        column += (int)n + (column > 0);
        text += n;
        if (*text == '\n') {
            mmoe_text_add(t, "\n");
            column = 0;
        }
        text += *text != '\0';
        while (*text == ' ' && column == 0)
            text++;
    }
}

static void tell_wrapped(struct app *a, const char *head, const char *text)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%s\n", head);
    add_wrapped(&t, text, 0);
    app_page(a, t.s);
    mmoe_text_done(&t);
}

/* --- help --- */

static void help_verb(struct app *a, const struct command *c)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%s %s\n%s\n", c->name, c->synopsis, c->help);
    add_wrapped(&t, c->more, 0);
    app_page(a, t.s);
    mmoe_text_done(&t);
}

static void help_all(struct app *a)
{
    struct mmoe_text t = {0};
    for (size_t i = 0; i < command_count; i++) {
        const struct command *c = &command_table[i];
        mmoe_text_add(&t, "%-9s %s\n", c->name, c->help);
    }
    mmoe_text_add(&t, "; or a new line separates commands, # begins a comment; help VERB tells more, help keys the keys");
    app_page(a, t.s);
    mmoe_text_done(&t);
}

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

enum mmoe_status command_help(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    if (i->argc == 0) {
        help_all(a);
        return MMOE_OK;
    }
    if (strcmp(i->argv[0], "keys") == 0) {
        tell_wrapped(a, "keys", find_term("keys")->text);
        return MMOE_OK;
    }
    const struct command *c = command_match(i->argv[0], true, err);
    if (!c)
        return MMOE_UNKNOWN;
    help_verb(a, c);
    return MMOE_OK;
}

/* --- explain --- */

/* The nearest of everything that can be explained. */
static enum mmoe_status unknown_topic(const char *word, struct mmoe_error *err)
{
    size_t count = 0, room = command_term_count + PANEL_COUNT + mmoe_option_count + command_count + mmoe_model_count();
    const char **words = mmoe_alloc(room, sizeof *words);
    for (size_t i = 0; i < command_term_count; i++)
        words[count++] = command_terms[i].name;
    for (size_t i = 0; i < PANEL_COUNT; i++)
        words[count++] = panel_table[i]->name;
    for (size_t i = 0; i < mmoe_option_count; i++)
        words[count++] = mmoe_option_table[i].name;
    for (size_t i = 0; i < command_count; i++)
        words[count++] = command_table[i].name;
    for (size_t i = 0; i < mmoe_model_count(); i++)
        words[count++] = mmoe_model_name(mmoe_model_at(i));
    const char *near = mmoe_nearest(word, words, count);
    mmoe_free(words);
    if (near)
        return mmoe_fail(err, MMOE_UNKNOWN, "nothing to explain under '%s': did you mean %s?", word, near);
    return mmoe_fail(err, MMOE_UNKNOWN, "nothing to explain under '%s': apropos WORD searches", word);
}

static void explain_option(struct app *a, const struct mmoe_option *option)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%s: %s (", option->name, option->help);
    mmoe_option_range(option, &t);
    mmoe_text_add(&t, "; default %s)", option->fallback);
    tell_wrapped(a, t.s, option->more);
    mmoe_text_done(&t);
}

enum mmoe_status command_explain(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    const char *word = i->argc > 0 ? i->argv[0] : panel_table[a->view.focus]->name;
    int panel = panel_find(word);
    const struct command_term *term = find_term(word);
    const struct mmoe_option *option = mmoe_option_find(word);
    const struct mmoe_model *model = mmoe_model_find(word);
    const struct command *command = command_find(word);
    if (panel >= 0)
        tell_wrapped(a, panel_table[panel]->title, panel_table[panel]->explain);
    else if (term)
        tell_wrapped(a, term->name, term->text);
    else if (option)
        explain_option(a, option);
    else if (model)
        tell_wrapped(a, mmoe_model_title(model), mmoe_model_help(model));
    else if (command)
        help_verb(a, command);
    else
        return unknown_topic(word, err);
    return MMOE_OK;
}

/* --- describe --- */

static void describe_machine(const struct app *a, struct mmoe_text *t)
{
    bool user = strcmp(a->blas_choice, "user") == 0, program = strcmp(a->blas_choice, "program") == 0;
    mmoe_text_add(t, "%ld cores; BLAS: %s\nkernels: %s, chosen by %s", sysconf(_SC_NPROCESSORS_ONLN),
                  mmoe_mat_library(), mmoe_mat_kernel(),
                  user      ? "OPENBLAS_CORETYPE in the environment"
                  : program ? "this program, which knows this processor better than the library does"
                            : "the library itself");
}

static void describe_data(const struct app *a, struct mmoe_text *t)
{
    const struct mmoe_dataset *d = a->data;
    if (!d) {
        mmoe_text_add(t, "There are no rows yet: data gen makes them.");
        return;
    }
    char rows[40], held_out[40];
    mmoe_text_add(t, "%s rows to train on and %s held out, of %zu inputs and %zu labels.",
                  mmoe_format_count(d->rows, rows, sizeof rows),
                  mmoe_format_count(d->test_rows, held_out, sizeof held_out), d->dim, d->tasks);
    mmoe_text_add(t, " The tasks' weight vectors have cosine %.3f; through %zu sines and the noise the labels' "
                  "correlation became %.3f.", d->cosine, d->sines, d->pearson);
}

static void describe_model(const struct app *a, struct mmoe_text *t)
{
    const struct mmoe_options *o = &a->view.options;
    const struct mmoe_model *m = mmoe_model_at((size_t)o->model);
    struct mmoe_spec spec;
    char count[40];
    size_t tasks = a->data ? a->data->tasks : 2;
    mmoe_spec_resolve(o, m, o->dim, tasks, &spec);
    mmoe_text_add(t, "%s: %s. %s parameters", mmoe_model_title(m), mmoe_model_help(m),
                  mmoe_format_count(mmoe_model_parameters(m, &spec), count, sizeof count));
    if (mmoe_model_gates(m, tasks))
        mmoe_text_add(t, ", %zu experts, %zu gates.", spec.experts, mmoe_model_gates(m, tasks));
    else
        mmoe_text_add(t, ", bottom of %zu units.", spec.bottom_units.v[0]);
}

enum mmoe_status command_describe(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    const char *word = i->argc > 0 ? i->argv[0] : panel_table[a->view.focus]->name;
    int panel = panel_find(word);
    struct mmoe_text t = {0}, wrapped = {0};
    if (panel >= 0)
        panel_table[panel]->describe(&a->view, &t);
    else if (strcmp(word, "machine") == 0)
        describe_machine(a, &t);
    else if (strcmp(word, "data") == 0)
        describe_data(a, &t);
    else if (strcmp(word, "model") == 0)
        describe_model(a, &t);
    else
        return mmoe_fail(err, MMOE_UNKNOWN,
                         "nothing to describe under '%s': loss, gates, hist, runs, log, data, model or machine", word);
    add_wrapped(&wrapped, t.s, 0);
    app_page(a, wrapped.s);
    mmoe_text_done(&t);
    mmoe_text_done(&wrapped);
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

static void find(struct mmoe_text *t, const char *kind, const char *name, const char *text, const char *more,
                 const char *word)
{
    if (mentions(name, word) || mentions(text, word) || mentions(more, word))
        mmoe_text_add(t, "%s%-8s %-13s %.54s", t->n ? "\n" : "", kind, name, text);
}

enum mmoe_status command_apropos(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    struct mmoe_text t = {0};
    const char *word = i->argc > 0 ? i->argv[0] : "";
    if (!*word)
        return mmoe_fail(err, MMOE_INVALID, "apropos of what? apropos WORD");
    for (size_t k = 0; k < command_count; k++)
        find(&t, "verb", command_table[k].name, command_table[k].help, command_table[k].more, word);
    for (size_t k = 0; k < mmoe_option_count; k++)
        find(&t, "option", mmoe_option_table[k].name, mmoe_option_table[k].help, mmoe_option_table[k].more, word);
    for (size_t k = 0; k < mmoe_model_count(); k++)
        find(&t, "model", mmoe_model_name(mmoe_model_at(k)), mmoe_model_help(mmoe_model_at(k)),
             mmoe_model_title(mmoe_model_at(k)), word);
    for (size_t k = 0; k < command_term_count; k++)
        find(&t, "term", command_terms[k].name, command_terms[k].text, "", word);
    if (t.n == 0)
        mmoe_text_add(&t, "nothing is said of '%s'", word);
    app_page(a, t.s);
    mmoe_text_done(&t);
    return MMOE_OK;
}
