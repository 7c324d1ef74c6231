/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain, describe, help, apropos, and the terms they tell of. */
#include <stdio.h>

#include "tests/typed.h"
#include "ui/panel/panels.h"

/* No line is wider than a terminal of 80 columns. */
static void assert_narrow(const char *text)
{
    for (size_t n; *text; text += n + (text[n] != '\0')) {
        n = strcspn(text, "\n");
        if (n > 79)
            fail_msg("too wide: %.300s", text);
    }
}

/* The answer to "verb word", which is no error and fits, as one line. */
static const char *answer(const char *verb, const char *word)
{
    char line[120];
    size_t before = errors();
    snprintf(line, sizeof line, "%s %s", verb, word);
    const char *text = typed(line);
    if (errors() != before)
        fail_msg("%s: %s", line, text);
    for (char *c = said.s; (c = strchr(c, '\n'));)
        *c = ' ';
    return text;
}

/* Without a screen, whose log wraps at its own width. */
static void take_narrow(void *context, const char *text)
{
    (void)context;
    assert_narrow(text);
    mmoe_text_add(&said, "%s", text);
}

static void explain_plainly(const char *verb, const char *word)
{
    char line[120];
    snprintf(line, sizeof line, "%s %s", verb, word);
    mmoe_text_clear(&said);
    interp_now(&interp, app, line);
    assert_true(said.n > 0);
}

static void lines_are_wrapped_where_there_is_no_screen(void **state)
{
    (void)state;
    app->sink.mode = EVENT_PLAIN;
    app->sink.emit = take_narrow;
    for (size_t i = 0; i < command_table.count; i++) {
        explain_plainly("explain", command_table.verbs[i].name);
        explain_plainly("help", command_table.verbs[i].name);
    }
    for (size_t i = 0; i < mmoe_option_count; i++)
        explain_plainly("explain", mmoe_option_table[i].name);
    for (size_t i = 0; i < command_term_count; i++)
        explain_plainly("explain", command_terms[i].name);
    for (int i = 0; i < PANEL_COUNT; i++)
        explain_plainly("describe", panel_table[i]->name);
    explain_plainly("help", "keys");
    explain_plainly("explain", "");
    explain_plainly("apropos", "rows");
}

/* On the screen a paragraph is a line of the log: it is wrapped once, there. */
static void paragraphs_are_whole_on_the_screen(void **state)
{
    (void)state;
    typed("explain steps");
    for (size_t i = 0; i < app->view.log_count; i++)
        assert_null(strchr(app->view.log[i].text, '\n'));
    assert_non_null(strstr(said.s, mmoe_option_find("steps")->more));
    assert_non_null(strstr(typed("help sweep"), command_find(&command_table, "sweep")->more));
    assert_non_null(strstr(typed("apropos dead"), "no gradient reaches it, so it stays dead."));
}

static void explains_all_there_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_table.count; i++)
        assert_says(answer("explain", command_table.verbs[i].name), command_table.verbs[i].help);
    for (size_t i = 0; i < mmoe_option_count; i++)
        assert_says(answer("explain", mmoe_option_table[i].name), mmoe_option_table[i].help);
    for (size_t i = 0; i < mmoe_model_count(); i++)
        assert_says(answer("explain", mmoe_model_name(mmoe_model_at(i))),
                    mmoe_model_title(mmoe_model_at(i)));
    for (size_t i = 0; i < command_term_count; i++)
        assert_true(strlen(answer("explain", command_terms[i].name)) > 40);
    for (int i = 0; i < PANEL_COUNT; i++)
        assert_says(answer("explain", panel_table[i]->name), panel_table[i]->title);
}

/* loss is on a panel, has a meaning, and is a verb. */
static void explains_all_that_a_word_is(void **state)
{
    (void)state;
    const char *text = answer("explain", "loss");
    assert_says(text, "panel loss");
    assert_says(text, "Mean squared error");
    assert_says(text, "loss [linear|log]");
}

static void finds_terms_by_other_words(void **state)
{
    (void)state;
    assert_says(answer("explain", "dead ReLU"), "stays dead");
    assert_says(answer("explain", "DEAD"), "stays dead");
    assert_says(answer("explain", "label correlation"), "With no sines it is p");
    assert_says(answer("explain", "IQR"), "nterquartile");
    assert_says(answer("explain", "MMoE"), "Multi-gate");
    assert_says(answer("explain", ""), "terms expert");
}

static void knows_the_terms_of_the_field(void **state)
{
    (void)state;
    static const char *const terms[] = {"gate", "expert",   "tower",    "entropy", "overlap",
                                        "loss", "loss/var", "diverged", "seed",    "pearson",
                                        "dead", "copies",   "iqr",      "p"};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        answer("explain", terms[i]);
    for (size_t i = 0; i < command_term_count; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(command_terms[i].name, command_terms[k].name);
}

static void suggests_what_was_meant(void **state)
{
    (void)state;
    assert_refused("explain entrpy", "did you mean entropy?");
    assert_refused("explain qqqqqq", "apropos WORD searches");
    assert_refused("help stp", "did you mean step?");
    assert_refused("help entropy", "explain entropy tells what it is");
    assert_refused("help r", "could be any of");
    assert_refused("describe gate", "did you mean gates?");
    assert_refused("describe 42", "a panel, run, data, model, serving or machine");
    assert_refused("apropos", "apropos of what?");
}

static void helps(void **state)
{
    (void)state;
    const char *text = answer("help", "");
    for (size_t i = 0; i < command_table.count; i++)
        assert_says(text, command_table.verbs[i].help);
    text = answer("help", "repeat");
    assert_says(text, command_find(&command_table, "repeat")->synopsis);
    assert_says(text, "Example:");
    assert_says(answer("help", "repe"), "repeat N");
    assert_says(answer("help", "keys"), "Ctrl-R");
}

static void finds_words_anywhere(void **state)
{
    (void)state;
    const char *text = answer("apropos", "overlap");
    assert_says(text, "panel    gates");
    assert_says(text, "term     overlap");
    text = answer("apropos", "HISTOGRAM");
    assert_says(text, "verb     hist ");
    assert_says(text, "verb     repeat ");
    assert_says(answer("apropos", "learning rate"), "option   lr ");
    assert_says(answer("apropos", "xyzzy"), "nothing is said of 'xyzzy'");
}

static void describes_what_is_there(void **state)
{
    (void)state;
    assert_says(answer("describe", "data"), "no rows yet");
    for (int i = 0; i < PANEL_COUNT; i++)
        assert_true(strlen(answer("describe", panel_table[i]->name)) > 10);
    typed("data gen; model omoe expert-units=16,12");
    assert_says(answer("describe", "data"), "500 rows to train on and 100 held out");
    const char *text = answer("describe", "model");
    assert_says(text, "8 experts of 16,12 units, 1 gate, 2 towers of 8 units.");
    typed("model shared-bottom bottom-units=9");
    assert_says(answer("describe", "model"), "bottom of 9 units");
    typed("gates");
    assert_says(answer("describe", ""), "has no gates");
}

static void describes_the_machine(void **state)
{
    (void)state;
    const char *text = answer("describe", "machine");
    assert_says(text, "cores");
    assert_says(text, mmoe_mat_kernel());
    assert_says(text, "chosen by the library itself");
    app->blas_choice = "user";
    assert_says(answer("describe", "machine"), "OPENBLAS_CORETYPE");
    app->blas_choice = "program";
    assert_says(answer("describe", "machine"), "chosen by this program");
}

/* What stands on a screen, and what a stranger types. */
static void every_visible_word_is_explained(void **state)
{
    (void)state;
    static const char *const words[] = {"e1",
                                        "e12",
                                        "A",
                                        "mean weight",
                                        "nats",
                                        "label r",
                                        "over variance",
                                        "READY",
                                        "DONE",
                                        "RUN",
                                        "PAUSED",
                                        "MAKING",
                                        "log y",
                                        "FLOPs",
                                        "8x16",
                                        "held-out",
                                        "median",
                                        "softmax",
                                        "adam",
                                        "IQR",
                                        "sd",
                                        "q25",
                                        "entropy",
                                        "overlap",
                                        "dead ReLU",
                                        "unused",
                                        "stuck",
                                        "batch",
                                        "seed",
                                        "p",
                                        "relu",
                                        "glorot",
                                        "logit",
                                        "auc",
                                        "r2",
                                        "mde",
                                        "a/a",
                                        "front",
                                        "params",
                                        "lockstep",
                                        "calibration",
                                        "gates",
                                        "bottom",
                                        "tower",
                                        "what is a gate",
                                        "what does nats mean?",
                                        "the experts",
                                        "trainability",
                                        "AUC",
                                        "side"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char line[80];
        size_t before = errors();
        snprintf(line, sizeof line, "explain %s", words[i]);
        typed(line);
        if (errors() != before)
            fail_msg("%s: %s", words[i], said.s);
    }
}

static void a_question_is_explained(void **state)
{
    (void)state;
    assert_says(typed("gate?"), "softmax over the experts");
    assert_says(typed("what is a gate"), "softmax over the experts");
    assert_says(typed("?"), "every option");
    assert_refused("zzz?", "nothing to explain under 'zzz'");
}

/* Fourteen words of every day lead to one that is known. */
static void everyday_words_lead_somewhere(void **state)
{
    (void)state;
    static const char *const words[][2] = {
        {"exit", "quit"},       {"go", "run"},         {"start", "run"}, {"demo", "ab mmoe"},
        {"tutorial", "lesson"}, {"why", "explain"},    {"train", "run"}, {"plot", "export"},
        {"close", "quit"},      {"options", "set"},    {"kill", "stop"}, {"clear", "Ctrl-L"},
        {"versus", "compare"},  {"examples", "repeat"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_refused(words[i][0], words[i][1]);
}

TESTS(TYPED(lines_are_wrapped_where_there_is_no_screen), TYPED(paragraphs_are_whole_on_the_screen),
      TYPED(explains_all_there_is), TYPED(explains_all_that_a_word_is),
      TYPED(finds_terms_by_other_words), TYPED(knows_the_terms_of_the_field),
      TYPED(every_visible_word_is_explained), TYPED(a_question_is_explained),
      TYPED(everyday_words_lead_somewhere), TYPED(suggests_what_was_meant), TYPED(helps),
      TYPED(finds_words_anywhere), TYPED(describes_what_is_there), TYPED(describes_the_machine))
