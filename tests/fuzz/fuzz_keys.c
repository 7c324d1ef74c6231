/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes of a terminal, through the decoder and readline to a drawn prompt. A byte 0xfe is a
 * silence in which a lone Esc or half a paste comes to its end; 0xfd changes the size.
 */
#include "tests/fuzz/fuzz.h"
#include "ui/command/repl.h"
#include "ui/panel/layout.h"
#include "ui/term/input.h"

static struct view view;
static struct canvas canvas;
static struct input input;
static double now;

/* Readline's own commands that open files or start programs are left out. */
static bool reaches_out(const char *bytes, size_t n)
{
    return n == 2 && bytes[0] == 0x18; /* C-x C-e, C-x C-r */
}

static void handle(const struct input_event *event)
{
    struct repl_result r = {0};
    if (event->kind == INPUT_PASTE)
        repl_paste(event->bytes, event->n);
    else if (event->kind == INPUT_ESCAPE || event->kind == INPUT_KEYS)
        r = repl_keys(event->bytes, event->n);
    free(r.line);
}

static void draw(void)
{
    int x, y;
    struct layout_prompt prompt = repl_prompt();
    fuzz_assert(prompt.cursor <= strlen(prompt.line));
    canvas_clear(&canvas);
    layout_draw(&view, &prompt, &canvas, &x, &y);
    fuzz_assert(x < canvas.width && y < canvas.height);
}

static void resize(unsigned by)
{
    int width = 1 + (int)(by * 7 % 170), height = 1 + (int)(by % 50);
    canvas_resize(&canvas, width, height);
    repl_resize(width, height);
}

static void begin(void)
{
    struct mmoe_error err;
    fuzz_home();
    view_init(&view);
    fuzz_assert(!mmoe_failed(repl_open(&command_table, NULL, &err)));
    canvas_init(&canvas, 80, 24, glyphs_find("ascii"));
    input_init(&input);
    repl_resize(80, 24);
}

static void take_events(void)
{
    struct input_event event;
    while (input_next(&input, now, &event))
        if (!reaches_out(event.bytes, event.n))
            handle(&event);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static bool begun;
    if (!begun)
        begin();
    begun = true;
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == 0xfe)
            now += 3;
        else if (bytes[i] == 0xfd)
            resize((unsigned)i);
        else
            input_feed(&input, bytes + i, 1, now);
        take_events();
    }
    draw();
    now += 3;
    take_events();
    repl_cancel();
    repl_cancel();
    draw();
    return 0;
}
