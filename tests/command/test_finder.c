/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of all there is: what is found first, and what Enter on it stands for. */
#include "tests/typed.h"
#include "ui/command/finder.h"
#include "ui/panel/found.h"

static const struct view_finder *found(const char *typed_text)
{
    finder_search(&app->view, &command_table, typed_text);
    return &app->view.finder;
}

static size_t place_of(const char *kind, const char *name)
{
    const struct view_finder *f = &app->view.finder;
    size_t i = 0;
    while (i < f->count &&
           !(strcmp(f->found[i].kind, kind) == 0 && strcmp(f->found[i].name, name) == 0))
        i++;
    return i;
}

static void all_there_is_is_found(void **state)
{
    (void)state;
    const struct view_finder *f = found("");
    assert_true(f->count < VIEW_FINDER_MAX); /* nothing was left out */
    for (size_t i = 0; i < command_table.count; i++)
        assert_true(place_of("verb", command_table.verbs[i].name) < f->count);
    for (size_t i = 0; i < mmoe_option_count; i++)
        assert_true(place_of("option", mmoe_option_table[i].name) < f->count);
    assert_true(place_of("lesson", "correlation") < f->count);
    assert_true(place_of("term", "entropy") < f->count);
    assert_true(place_of("model", "mmoe") < f->count);
    assert_true(place_of("preset", "cosine") < f->count);
}

static void names_come_before_words(void **state)
{
    (void)state;
    const struct view_finder *f = found("ga");
    assert_string_equal(f->found[0].name, "gates");
    assert_true(place_of("term", "overlap") < f->count); /* its words have gates in them */
    assert_true(place_of("option", "gate-noise") < place_of("term", "overlap"));
    assert_int_equal(found("nothing like it")->count, 0);
    struct mmoe_text t = {0};
    assert_false(finder_command(&app->view, &t));
    assert_null(finder_name(&app->view));
}

/* Whatever is chosen can be run. */
static void enter_is_understood(void **state)
{
    (void)state;
    size_t count = found("")->count;
    for (size_t i = 0; i < count; i++) {
        struct mmoe_text t = {0};
        struct mmoe_error err;
        app->view.finder.at = i;
        assert_true(finder_command(&app->view, &t));
        struct invocation *list = command_parse(&command_table, t.s, true, &err);
        if (!list)
            fail_msg("%s: %s", t.s, err.text);
        command_free(list);
        if (strncmp(t.s, "help", 4) == 0 || strncmp(t.s, "explain", 7) == 0) {
            typed(t.s);
            if (errors())
                fail_msg("%s is refused", t.s);
        }
        mmoe_text_done(&t);
    }
}

static void it_is_drawn_at_any_size(void **state)
{
    (void)state;
    struct canvas c;
    canvas_init(&c, 1, 1, glyphs_find("ascii"));
    found("e");
    app->view.finder.at = app->view.finder.count - 1;
    for (int width = 0; width < 110; width += 5)
        for (int height = 0; height < 30; height++) {
            canvas_resize(&c, width, height);
            found_draw(&app->view, &c);
        }
    char *drawn = canvas_dump(&c);
    assert_says(drawn, app->view.finder.found[app->view.finder.count - 1].name);
    mmoe_free(drawn);
    canvas_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TYPED(all_there_is_is_found), TYPED(names_come_before_words),
                                       TYPED(enter_is_understood), TYPED(it_is_drawn_at_any_size)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
