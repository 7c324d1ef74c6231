/* SPDX-License-Identifier: GPL-3.0-or-later */
/* share and load: a run in one line, made again to the bit, and what is said where it is not. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/typed.h"

/* The line that share tells. */
static char *shared(void)
{
    const char *text = typed("share"), *line = strstr(text, "mmoe:1");
    if (!line)
        fail_msg("no line in: %s", text);
    char *copy = mmoe_strdup(line);
    copy[strcspn(copy, "\n")] = '\0';
    return copy;
}

/* The part of text from `from` on is `to` of as many bytes. */
static void replace(char *text, const char *from, const char *to)
{
    char *at = strstr(text, from);
    assert_non_null(at);
    memcpy(at, to, strlen(to));
}

static const char *loaded(const char *line)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "load %s", line);
    const char *text = typed(t.s);
    mmoe_text_done(&t);
    return text;
}

static void a_line_is_made_again(void **state)
{
    (void)state;
    static const char *const sessions[] = {
        "run 40",
        "model shared-bottom; set p 0.25 lr 0.02; run 20; set lr 0.003 eval-every 7; run 35; set "
        "lr 0.001; run 60; note x",
        "set alpha 1,2 beta 0,0 sines 2 optimizer sgd schedule cosine; reseed init 5; run 30; set "
        "momentum 0.5 lr 0.3; run 50",
        "set top-k 2 keep-best on; run 60; goto 30",
        "run 40; goto 20; branch other; set lr 0.1; run 60",
    };
    for (size_t i = 0; i < sizeof sessions / sizeof *sessions; i++) {
        end(state);
        begin(state);
        typed(sessions[i]);
        size_t step = view_live(&app->view)->step;
        double lr = app->view.options.lr, loss = view_live(&app->view)->value[MMOE_LOSS][1];
        char *line = shared();
        end(state);
        begin(state);
        mmoe_options_default(&app->view.options); /* somewhere else */
        if (!strstr(loaded(line), "the same bits"))
            fail_msg("%s: %s", line, said.s);
        assert_int_equal(view_live(&app->view)->step, step);
        assert_true(app->view.options.lr == lr);
        assert_true(i == 3 || view_live(&app->view)->value[MMOE_LOSS][1] == loss);
        char *again = shared();
        assert_string_equal(again, line);
        assert_int_equal(errors(), 0);
        mmoe_free(line);
        mmoe_free(again);
    }
}

static void what_is_other_is_told(void **state)
{
    (void)state;
    typed("set p 0.3; run 40");
    char *line = shared(), *other = mmoe_strdup(line);
    replace(other, "p=0.3", "p=0.4");
    assert_says(loaded(other), "other bits");
    assert_says(said.s, "or a line that was changed");
    mmoe_free(other);
    other = mmoe_strdup(line);
    replace(other, "p=0.3", "p=0.4");
    replace(other, "by=", "by=9");
    assert_says(loaded(other), "it was made by 9");
    assert_says(loaded(line), "the same bits");
    *strstr(line, " bits=") = '\0'; /* without what there is to compare it is trained alike */
    assert_says(loaded(line), "at step 40");
    mmoe_free(other);
    mmoe_free(line);
}

static void what_is_no_line_is_refused(void **state)
{
    (void)state;
    assert_refused("share", "no run to share");
    assert_refused("load mmoe:1 foo=1", "no option 'foo'");
    assert_refused("load mmoe:1 p=7", "p must be");
    assert_refused("load mmoe:1 @x:lr=1", "no change");
    assert_refused("load mmoe:1 @5:p=1 at=9", "not changed during a run");
    assert_refused("load mmoe:1 @50:lr=1 @5:lr=1 at=90", "ascending");
    assert_refused("load mmoe:1 at=-1", "no step");
    assert_refused("load mmoe:1 word", "no part of a line");
    assert_refused("load mmoe:2 p=1", "begins with mmoe:1");
    assert_refused("load x.npz lr=1", "begins with mmoe:1");
    assert_int_equal(view_live(&app->view)->state, MMOE_RUN_EMPTY);
    typed("model shared-bottom; ab mmoe; run 10");
    assert_refused("load mmoe:1 at=5", "ab off");
}

/* Weights of elsewhere are in no line. */
static void what_was_imported_has_no_line(void **state)
{
    (void)state;
    char folder[] = "/tmp/mmoe-share-XXXXXX", line[120];
    assert_non_null(mkdtemp(folder));
    snprintf(line, sizeof line, "run 10; export weights %s/w.npz; run 20; import weights %s/w.npz",
             folder, folder);
    typed(line);
    assert_refused("share", "save keeps the session");
    snprintf(line, sizeof line, "%s/w.npz", folder);
    unlink(line);
    rmdir(folder);
}

/* What is set after a run diverged did not make it what it is. */
static void a_diverged_run_tells_its_own_settings(void **state)
{
    (void)state;
    typed("set lr 1e6; run 60");
    char *before = shared();
    typed("set lr 0.01");
    char *after = shared();
    assert_string_equal(before, after);
    mmoe_free(before);
    mmoe_free(after);
}

/* A line that failed leaves no question about the run there is. */
static void a_failed_line_is_forgotten(void **state)
{
    (void)state;
    loaded("mmoe:1 data=/nowhere/rows.npz at=10 bits=0000000000000000 by=x");
    assert_int_equal(errors(), 1);
    typed("undo; run 20");
    mmoe_free(shared());
}

int main(void)
{
    const struct CMUnitTest tests[] = {TYPED(a_line_is_made_again),
                                       TYPED(what_is_other_is_told),
                                       TYPED(what_is_no_line_is_refused),
                                       TYPED(what_was_imported_has_no_line),
                                       TYPED(a_diverged_run_tells_its_own_settings),
                                       TYPED(a_failed_line_is_forgotten)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
