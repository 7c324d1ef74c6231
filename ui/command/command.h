/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command.h - the language: VERB [ARG...] [key=value...].
 *
 * One const table has every verb with its arguments, help and function; the
 * prompt, scripts, -e, help, completion and the manual's check all read it.
 * `;` and newline separate commands, `#` starts a comment outside quotes,
 * quotes "..." and '...' keep blanks. A line is parsed whole before its first
 * command runs, so a typing error anywhere in it does nothing.
 *
 * Ownership: command_parse returns a list the caller frees with command_free.
 * Threads:   user-interface thread.
 */
#ifndef MMOE_UI_COMMAND_H
#define MMOE_UI_COMMAND_H

#include <mmoe/status.h>

#include "ui/app/app.h"

enum { COMMAND_WORDS_MAX = 64 };

struct command;

/* Verbs, in the order help lists them. */
struct command_table {
    const struct command *verbs;
    size_t count;
};

/* One parsed command. Plain words before and between key=value pairs are args. */
struct invocation {
    const struct command_table *table; /* the verbs it was read by */
    const struct command *command;
    size_t argc;
    char *argv[COMMAND_WORDS_MAX]; /* without the verb */
    size_t pair_count;
    struct {
        char *key, *value;
    } pairs[COMMAND_WORDS_MAX];
    char *text;       /* as typed, the verb in full, for log and echo */
    bool abbreviated; /* the verb was typed in part */
    struct invocation *next;
    /* the interpreter's own: which text it came in, how deep in `source`, what must be over before
     * it runs */
    size_t batch;
    int depth;
    enum app_wait wait;
    bool again; /* it was run, and waited for what it tells */
};

/* What may stand in an argument's place, for completion. */
enum completes {
    COMPLETES_NOTHING,
    COMPLETES_OPTION,
    COMPLETES_MODEL,
    COMPLETES_FILE,
    COMPLETES_VERB,
    COMPLETES_TOPIC,
    COMPLETES_WORDS,
    COMPLETES_PRESET,
    COMPLETES_STUDY,
    COMPLETES_LESSON
};

/*
 * Which key=value a verb accepts: of options, checked as the line is parsed; or some of its own,
 * checked by the verb, and besides these axes of a grid, KEY=v1,v2,... of options.
 */
enum pairs { PAIRS_NONE, PAIRS_OPTIONS, PAIRS_OWN, PAIRS_GRID };

struct command {
    const char *name;
    const char *synopsis; /* "[NAME] [key=value]..." */
    const char *help;     /* one line */
    const char *more;     /* a paragraph: details and an example */
    enum completes completes;
    const char *const *words; /* for COMPLETES_WORDS; those that end in = are keys of its own */
    int pairs;                /* enum pairs: accepts key=value */
    size_t most_args;
    /* MMOE_OK; or MMOE_CONTINUE: started something, the rest of the line waits for app->wait; or a
     * failure. */
    enum mmoe_status (*exec)(struct app *a, const struct invocation *i, struct mmoe_error *err);
    /* Seconds that what it starts will take, NAN where that is not known, and into what (empty
     * before) what that is: "360 runs". 0 also where it will be refused. NULL: it is quick. */
    double (*cost)(const struct app *a, const struct invocation *i, struct mmoe_text *what);
};

/* All there are (table.c). */
extern const struct command_table command_table;

/* NULL where the table has no such verb. */
const struct command *command_find(const struct command_table *table, const char *name);
/* The verb that this is a unique prefix of (or is), or an error with the nearest one. */
const struct command *command_match(const struct command_table *table, const char *word,
                                    bool prefixes, struct mmoe_error *err);

/* Parse a whole text; NULL with err->status MMOE_OK where it holds no command. prefixes: unique
 * ones accepted. */
struct invocation *command_parse(const struct command_table *table, const char *text, bool prefixes,
                                 struct mmoe_error *err);
void command_free(struct invocation *list);

/*
 * Completions of the word that ends at line[point]: appends them to *out
 * (NULL-terminated array to be freed with command_completions_free) and tells
 * where the word starts. A completion includes the part already typed.
 */
char **command_complete(const struct command_table *table, const char *line, size_t point,
                        size_t *start, size_t *count);
void command_completions_free(char **list);

/* A word of the field and what it means here, for `explain`, `apropos` and completion. */
struct command_term {
    const char *name, *also; /* also: other words for it, parted by commas; or NULL */
    const char *text;
};
extern const struct command_term command_terms[];
extern const size_t command_term_count;

/* --- what the families share (arguments.c) --- */

/* Options o changed by the pairs of i; o is untouched on failure. */
enum mmoe_status command_pairs(const struct invocation *i, struct mmoe_options *o,
                               struct mmoe_error *err);
/* The value of the pair of that key, or NULL. */
const char *command_pair(const struct invocation *i, const char *key);
/* Whether key is one of a list ended by NULL. */
bool command_among(const char *key, const char *const *list);
/* Fails where a pair is not of those known, a list ended by NULL, which words tells. */
enum mmoe_status command_known(const struct invocation *i, const char *const *known,
                               const char *words, struct mmoe_error *err);
/* The whole number from min to max that word gives, or an error that says what it is for. */
enum mmoe_status command_whole(const char *word, const char *what, size_t min, size_t max,
                               size_t *out, struct mmoe_error *err);
/* jobs=N where it is given, else the setting. */
enum mmoe_status command_jobs(const struct app *a, const struct invocation *i, size_t *jobs,
                              struct mmoe_error *err);
/* Say of each pair that looks like several values of an axis, but is one list: which it is, and how
 * several are written. */
void command_say_lists(struct app *a, const struct invocation *i);
/* word as a path, ~ at its start replaced by the home directory; free with mmoe_free. */
char *command_path(const char *word);
/* study submit, shard, watch, merge (shards.c); false: it is none of these. */
bool command_shards(struct app *a, const struct invocation *i, enum mmoe_status *status,
                    struct mmoe_error *err);
/* Say each option that differs. */
void command_say_changes(struct app *a, const struct mmoe_options *before,
                         const struct mmoe_options *after);
/* app_change, saying before it each option that changes; quiet where none does. */
enum mmoe_status command_change(struct app *a, const struct mmoe_options *o,
                                struct mmoe_error *err);
/* What a net of the model would be built from now; fails where that depends on a file that was not
 * read yet. */
enum mmoe_status command_spec(const struct app *a, const struct mmoe_model *model,
                              struct mmoe_spec *spec, struct mmoe_error *err);
/* What the first word and the pair task=NAME choose to look at. Without a word it is metric as it
 * comes in; without the pair it is the task as it comes in, or the first that has such values.
 * Fails where the task has none. */
enum mmoe_status command_measure(const struct app *a, const struct invocation *i,
                                 enum mmoe_metric *metric, size_t *task, struct mmoe_error *err);

/* What verbs that take long cost; each stands beside its verb. */
double command_cost_rows(const struct app *, const struct invocation *, struct mmoe_text *);
double command_cost_step(const struct app *, const struct invocation *, struct mmoe_text *);
double command_cost_run(const struct app *, const struct invocation *, struct mmoe_text *);
double command_cost_dial(const struct app *, const struct invocation *, struct mmoe_text *);
double command_cost_repeat(const struct app *, const struct invocation *, struct mmoe_text *);
double command_cost_compare(const struct app *, const struct invocation *, struct mmoe_text *);
double command_cost_sweep(const struct app *, const struct invocation *, struct mmoe_text *);
double command_cost_what_if(const struct app *, const struct invocation *, struct mmoe_text *);
double command_cost_experiment(const struct app *, const struct invocation *, struct mmoe_text *);
double command_cost_claims(const struct app *, const struct invocation *, struct mmoe_text *);
double command_cost_bench(const struct app *, const struct invocation *, struct mmoe_text *);

/* The families; each entry of the table is in one of them. */
enum mmoe_status command_set(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_undo(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_redo(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_data(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_model(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_preset(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_step(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_run(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_pause(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_reset(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_reseed(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_repeat(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_sweep(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_experiment(struct app *, const struct invocation *, struct mmoe_error *);
/* Order the experiments of a definition (study table-4); i has the keys of experiment. */
enum mmoe_status command_bench_embedding(struct app *a); /* bench embedding */
enum mmoe_status command_experiments(struct app *a, const struct mmoe_definition *def,
                                     const struct invocation *i, struct mmoe_error *err);
/* describe serving: measures as a job. */
enum mmoe_status command_serving(struct app *a);
enum mmoe_status command_what_if(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_studies(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_study(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_claims(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_report(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_resume(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_stop(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_bench(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_speed(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_gates(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_panel(struct app *, const struct invocation *,
                               struct mmoe_error *); /* gates, hist, loss, runs: by its own name */
enum mmoe_status command_ab(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_dial(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_goto(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_branch(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_note(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_lesson(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_pin(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_compare(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_explain(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_describe(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_help(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_apropos(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_source(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_log(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_export(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_import(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_share(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_open(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_save(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_load(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_theme(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_layout(struct app *, const struct invocation *, struct mmoe_error *);
enum mmoe_status command_quit(struct app *, const struct invocation *, struct mmoe_error *);

/* --- teach.c --- */

/* Tell a text of paragraphs, wrapped where there is no screen; frees it. */
void command_tell(struct app *a, struct mmoe_text *t);

/* --- dial.c --- */

/* Append the command that an arrow key stands for while an option is turned: "dial p=0.6"; false
 * where there is none, or it is at its end. */
bool command_dial_turned(const struct app *a, int by, struct mmoe_text *line);

/* --- panels.c --- */

/* The run of that number, or NULL; and the complaint that there is none. */
const struct mmoe_snapshot *command_find_run(const struct app *a, const char *word, size_t *id);
enum mmoe_status command_no_run(const struct app *a, const char *word, struct mmoe_error *err);

#endif
