/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options shown and changed by command. */
#include "tests/typed.h"
#include "ui/term/theme.h"

static void changes_several_at_once(void **state)
{
    (void)state;
    assert_says(typed("set p 0.9 lr 1e-3 batch=10"),
                "p 0.9 (was 0.5), lr 0.001 (was 0.01), batch 10 (was 20)");
    assert_near(app->view.options.p, 0.9, 0);
    assert_near(app->view.options.lr, 1e-3, 0);
    assert_int_equal(app->view.options.batch, 10);
}

static void changes_all_or_nothing(void **state)
{
    (void)state;
    assert_refused("set p 0.9 lr 7e9", "lr must be");
    assert_refused("set p 0.9 lr", "lr lacks a value");
    assert_refused("set p 0.9 momentun 0.5", "did you mean momentum?");
    assert_refused("set p 0.9 batch 501", "batch 501 is more than rows 500");
    assert_refused("set p 0.9 experts=65", "experts must be 1 to 64");
    assert_near(app->view.options.p, 0.5, 0);
    assert_int_equal(app->undo_count, 0);
}

static void restores_a_default(void **state)
{
    (void)state;
    typed("set lr 3; set lr default batch=default dim default");
    assert_near(app->view.options.lr, 0.01, 0);
    assert_int_equal(app->view.options.batch, 100);
    assert_int_equal(app->view.options.dim, 100);
}

/* In scripts of before, with the word for none it had then. */
static void knows_an_old_name(void **state)
{
    (void)state;
    assert_says(typed("set data-file rows.npz"), "data rows.npz (was synthetic)");
    assert_says(typed("set data-file none"), "data synthetic (was rows.npz)");
}

static void says_when_nothing_changes(void **state)
{
    (void)state;
    assert_says(typed("set p 0.5"), "nothing changes");
    assert_null(strstr(typed("set p 0.6"), "nothing changes"));
    assert_int_equal(app->undo_count, 1);
}

static void tells_of_one_option(void **state)
{
    (void)state;
    const char *text = typed("set p");
    assert_says(text, "p 0.5  (default 0.5)");
    assert_says(text, "-1 to 1; a change makes rows and run anew");
    assert_says(typed("set batch"), "a change starts the run anew");
    assert_says(typed("set lr"), "a change applies at once");
    assert_refused("set lrr", "did you mean lr?");
}

static void lists_them_all(void **state)
{
    (void)state;
    const char *text = typed("set");
    for (size_t i = 0; i < mmoe_option_count; i++)
        assert_says(text, mmoe_option_table[i].name);
    assert_says(text, "* dim             10            2 to 10,000  (default 100)\n");
    assert_says(text, "  p               0.5           -1 to 1\n");
    assert_says(text, "\ntraining\n");
    assert_says(text, "\n  not in use now: bottom-units, l2-alpha, stitch, r1, r2, r3, "
                      "embedding-units, hash\n");
    assert_says(typed("set r1"), "with this data and model it changes nothing");
    assert_says(typed("set model tensor-factorization; set"), "\n  r1              16 ");
}

static void says_what_is_reset(void **state)
{
    (void)state;
    assert_null(strstr(typed("set p 0.9"), "resets"));
    typed("step");
    assert_says(typed("set p 0.8"), "resets rows and run");
    typed("step");
    assert_says(typed("set batch 10"), "resets the run");
    assert_null(strstr(typed("set lr 0.1"), "resets"));
}

/* The seed of a stream, to be compared with what is expected. */
static void assert_seeds(uint64_t data, uint64_t init, uint64_t order)
{
    assert_int_equal(app->view.options.seed_data, data);
    assert_int_equal(app->view.options.seed_init, init);
    assert_int_equal(app->view.options.seed_order, order);
}

static void reseeds_one_stream_or_all(void **state)
{
    (void)state;
    assert_says(typed("reseed"), "seed 1 (was 0)");
    assert_seeds(1, 1, 1);
    assert_says(typed("reseed init"), "seed.init 2 (was 1)");
    assert_seeds(1, 2, 1);
    typed("reseed order 9");
    assert_seeds(1, 2, 9);
    typed("reseed data");
    assert_seeds(2, 2, 9);
    typed("reseed all");
    assert_seeds(3, 3, 10);
    typed("reseed 5");
    assert_seeds(5, 5, 5);
    typed("reseed all 18446744073709551615");
    assert_seeds(UINT64_MAX, UINT64_MAX, UINT64_MAX);
}

static void refuses_strange_seeds(void **state)
{
    (void)state;
    assert_refused("reseed dta", "did you mean reseed data?");
    assert_refused("reseed init x", "whole number");
    assert_refused("reseed init -1", "whole number");
    assert_refused("reseed 1 2", "'2' is too much");
    assert_seeds(0, 0, 0);
}

static void undoes_and_redoes(void **state)
{
    (void)state;
    typed("set p 0.9; set lr 1 batch 10");
    assert_says(typed("undo"), "lr 0.01 (was 1), batch 20 (was 10)");
    assert_near(app->view.options.lr, 0.01, 0);
    assert_near(app->view.options.p, 0.9, 0);
    assert_says(typed("redo"), "lr 1 (was 0.01)");
    assert_near(app->view.options.lr, 1, 0);
    typed("undo; undo");
    assert_near(app->view.options.p, 0.5, 0);
    assert_refused("undo", "nothing to undo");
    typed("set p 0.1");
    assert_refused("redo", "nothing to redo");
}

static void has_words_for_speed_and_theme(void **state)
{
    (void)state;
    typed("speed 20; theme light");
    assert_near(app->view.options.speed, 20, 0);
    assert_string_equal(theme_name(theme_at((size_t)app->view.options.theme)), "light");
    assert_says(typed("theme"), "* light");
    assert_says(typed("speed"), "speed 2");
    typed("speed max");
    assert_near(app->view.options.speed, 0, 0);
    assert_refused("speed fast", "0.1 to");
    assert_refused("theme lihgt", "did you mean light?");
}

static void use_presets_of_the_source(void)
{
    const char *top = getenv("srcdir");
    struct mmoe_text data = {0};
    mmoe_text_add(&data, "%s/data", top ? top : ".");
    setenv("MMOE_DATA", data.s, 1);
    mmoe_text_done(&data);
}

static void sets_a_preset_as_one_change(void **state)
{
    (void)state;
    use_presets_of_the_source();
    const struct mmoe_options before = app->view.options;
    const char *text = typed("preset keras-mmoe");
    assert_says(text, "scale 0.3 (was 2)");
    assert_says(text, "keras-mmoe: The demo of keras-mmoe");
    assert_says(text, "synthetic_demo.py");
    assert_near(app->view.options.scale, 0.3, 0);
    assert_int_equal(app->view.options.steps, 31250);
    assert_int_equal(app->undo_count, 1);
    assert_says(typed("preset keras-mmoe"), "nothing changes");
    assert_int_equal(app->undo_count, 1);
    typed("undo");
    assert_memory_equal(&app->view.options, &before, sizeof before);
    text = typed("preset");
    assert_says(text, "keras-mmoe         The demo of keras-mmoe");
    assert_says(text, "paper              The paper's");
    assert_refused("preset papr", "did you mean paper?");
    assert_refused("preset ../paper", "is no name of a preset");
}

static void reads_whole_numbers(void **state)
{
    (void)state;
    struct mmoe_error err;
    size_t n = 7;
    assert_int_equal(command_whole("2k", "it", 1, 2000, &n, &err), MMOE_OK);
    assert_int_equal(n, 2000);
    assert_int_equal(command_whole("2001", "it", 1, 2000, &n, &err), MMOE_RANGE);
    assert_string_equal(err.text, "it must be a whole number from 1 to 2,000, not '2001'");
    assert_int_equal(command_whole("0", "it", 1, 2000, &n, &err), MMOE_RANGE);
    assert_int_equal(command_whole("1.5", "it", 1, 2000, &n, &err), MMOE_INVALID);
    assert_int_equal(n, 2000);
}

TESTS(TYPED(changes_several_at_once), TYPED(changes_all_or_nothing), TYPED(restores_a_default),
      TYPED(knows_an_old_name), TYPED(says_when_nothing_changes), TYPED(tells_of_one_option),
      TYPED(lists_them_all), TYPED(says_what_is_reset), TYPED(reseeds_one_stream_or_all),
      TYPED(refuses_strange_seeds), TYPED(undoes_and_redoes), TYPED(has_words_for_speed_and_theme),
      TYPED(sets_a_preset_as_one_change), cmocka_unit_test(reads_whole_numbers))
