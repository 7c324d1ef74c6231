/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson.c - lesson: lists lessons, begins one, and goes on in it. */
#include <string.h>

#include <mmoe/lesson.h>
#include <mmoe/mem.h>

#include "ui/command/command.h"
#include "ui/panel/panels.h"

static void json_lesson(struct app *a, const char *name, const struct mmoe_lesson *l)
{
    struct mmoe_text t = {0};
    event_begin(&t, "lesson");
    mmoe_json_word(&t, "name", name);
    mmoe_json_word(&t, "title", l->title);
    mmoe_json_word(&t, "note", l->note);
    mmoe_json_count(&t, "steps", l->count);
    event_end(&a->sink, &t);
}

/* One that cannot be read is in the list with what is wrong. */
static void list_lessons(struct app *a)
{
    char(*names)[MMOE_NAME_MAX];
    size_t count;
    struct mmoe_text t = {0};
    mmoe_library_names(MMOE_LESSONS, &names, &count);
    for (size_t i = 0; i < count; i++) {
        struct mmoe_error err;
        struct mmoe_lesson *l = mmoe_lesson_read(names[i], &err);
        if (a->sink.mode == EVENT_JSON && l)
            json_lesson(a, names[i], l);
        else
            mmoe_text_add(&t, "lesson %-12s %s%s%s\n", names[i], l ? l->title : err.text,
                          l && l->note[0] ? ": " : "", l ? l->note : "");
        mmoe_lesson_free(l);
    }
    if (t.n)
        app_tell(a, t.s);
    else if (count == 0)
        app_say(a, "no lessons are here: set MMOE_DATA to the folder of data");
    mmoe_text_done(&t);
    mmoe_free(names);
}

enum mmoe_status command_lesson(struct app *a, const struct invocation *i, struct mmoe_error *err)
{
    static const struct {
        const char *word;
        enum mmoe_status (*does)(struct app *a, struct mmoe_error *err);
    } words[] = {{"next", app_lesson_next},
                 {"back", app_lesson_back},
                 {"hint", app_lesson_hint},
                 {"reveal", app_lesson_reveal},
                 {"leave", app_lesson_leave}};
    double answer;
    bool reveals = i->argc && strcmp(i->argv[0], "reveal") == 0;
    if (reveals && app_awaits(a, panel_needs(&a->view, a->view.focus)))
        return MMOE_CONTINUE;
    if (i->argc == 0) {
        list_lessons(a);
        return MMOE_OK;
    }
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (strcmp(i->argv[0], words[k].word) == 0)
            return words[k].does(a, err);
    if (mmoe_parse_double(i->argv[0], &answer))
        return app_lesson_answer(a, answer, err);
    return app_lesson_begin(a, i->argv[0], err);
}
