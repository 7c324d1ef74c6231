/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines typed one after the other, a frame drawn after each at another size. Files are named
 * without folders, so that all that is written is written here; what measures, and what trains
 * for long, is left out.
 */
#include <poll.h>

#include <mmoe/mailbox.h>
#include <mmoe/mat.h>
#include <mmoe/mem.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/limits.h"
#include "ui/command/interp.h"
#include "ui/panel/layout.h"

enum { LINES_MOST = 12, TURNS_MOST = 200, TURN_MS = 2 };

static void draw(const struct app *a, unsigned size)
{
    struct canvas c;
    struct layout_prompt prompt = {.prompt = "mmoe> ", .line = ""};
    int x, y;
    canvas_init(&c, 1 + (int)(size * 37 % 170), 1 + (int)(size * 11 % 50), glyphs_find("ascii"));
    layout_draw(&a->view, &prompt, &c, &x, &y);
    fuzz_assert(x < c.width && y < c.height);
    canvas_done(&c);
}

/* Is the line one whose work the fuzzer cannot wait for? */
static bool is_long(const char *line)
{
    static const char *const verbs[] = {"bench", "study", "what-if", "sweep", "log"};
    struct mmoe_error err;
    struct invocation *list = command_parse(&command_table, line, true, &err);
    bool found = false;
    for (const struct invocation *i = list; i; i = i->next)
        for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
            found = found || strcmp(i->command->name, verbs[k]) == 0;
    command_free(list);
    return found;
}

/* Take in what the workers say, for a while; then stop them. */
static void listen(struct app *a, struct interp *interp)
{
    for (size_t i = 0; i < TURNS_MOST; i++) {
        struct pollfd ready = {mmoe_mailbox_fd(a->mailbox), POLLIN, 0};
        bool waits = interp_advance(interp, a);
        if (!waits && app_idle(a, APP_WAIT_LANE) && app_idle(a, APP_WAIT_SEEDS))
            return;
        poll(&ready, 1, TURN_MS);
        app_take_in(a);
    }
    interp_drop(interp);
    mmoe_lane_pause(app_lane(a)->lane);
    app_stop(a);
    while (!app_idle(a, APP_WAIT_LANE) || !app_idle(a, APP_WAIT_SEEDS)) {
        struct pollfd ready = {mmoe_mailbox_fd(a->mailbox), POLLIN, 0};
        poll(&ready, 1, TURN_MS);
        app_take_in(a);
    }
}

static void type(struct app *a, struct interp *interp, char *text)
{
    size_t lines = 0;
    for (char *line, *rest = text; lines < LINES_MOST && (line = strsep(&rest, "\n")); lines++) {
        if (is_long(line))
            continue;
        interp_now(interp, a, line);
        listen(a, interp);
        draw(a, (unsigned)(lines + strlen(line)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static bool begun;
    static const char small[] = "rows=60\ntest-rows=20\ndim=6\nbatch=10\nsteps=20\njobs=1\n";
    struct mmoe_error err;
    struct interp interp;
    fuzz_home();
    if (!begun)
        mmoe_mat_init();
    begun = true;
    struct app *a = mmoe_alloc(1, sizeof *a);
    app_init(a, EVENT_SCREEN);
    fuzz_assert(!mmoe_failed(mmoe_options_read(&a->view.options, small, &err)));
    app_lane(a)->made = a->view.options;
    interp_init(&interp, &command_table, true);
    char *text = fuzz_text(bytes, n);
    for (char *c = text; *c; c++)
        if (*c == '/' || *c == '~')
            *c = '.';
    type(a, &interp, text);
    free(text);
    interp_done(&interp);
    app_done(a);
    mmoe_free(a);
    return 0;
}
