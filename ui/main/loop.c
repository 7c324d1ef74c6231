/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop.c - one poll over keys, workers and signals, and a frame when something changed.
 *
 * Frames are counted over the last second. What workers report is drawn up to
 * FRAMES_OF_WORKERS times in it, what the user does up to FRAMES_MAX times and
 * at once: typing never waits behind the curves, and there are never more than
 * FRAMES_MAX frames in any second. With nothing to draw and nothing to decode,
 * poll waits without limit. A study of very many runs takes its time to be summed
 * up: a twentieth of the time at most goes into that.
 */
#include "ui/main/loop.h"

#include <errno.h>
#include <langinfo.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mmoe/clock.h>
#include <mmoe/lane.h>
#include <mmoe/mailbox.h>

#include "ui/command/finder.h"
#include "ui/command/repl.h"
#include "ui/panel/pick.h"
#include "ui/panel/reading.h"
#include "ui/panel/view_study.h"
#include "ui/term/guard.h"
#include "ui/term/input.h"

enum { FRAMES_MAX = 30, FRAMES_OF_WORKERS = 20, PAGE_LINES = 5 };
enum { CTRL_C = 0x03, CTRL_Z = 0x1a, CTRL_BACKSLASH = 0x1c };
#define WORKER_FRAME_GAP 0.033 /* seconds */
#define STUDY_GAP 20 /* times as long as a study takes to be described, until it is again */

struct loop {
    struct app *a;
    struct interp *interp;
    struct screen *screen;
    struct canvas canvas;
    struct input input;
    unsigned long drawn;       /* app->changes of the last frame */
    double frames[FRAMES_MAX]; /* times of the last frames, a ring */
    size_t frame_count;
    double study_due; /* when the study may be described again */
    bool touched;     /* the user did something since the last frame */
    bool warned;      /* Ctrl-D was pressed while something runs */
    int theme;
    int status; /* exit status; -1 while the loop goes on */
};

/* --- frames --- */

/* The time of the n-th last frame, 1 being the last; long ago where there were not so many. */
static double frame_time(const struct loop *l, size_t n)
{
    return n > l->frame_count ? -INFINITY : l->frames[(l->frame_count - n) % FRAMES_MAX];
}

/* When the next frame may be drawn; INFINITY where there is nothing to draw. */
static double frame_due(const struct loop *l)
{
    if (l->touched)
        return frame_time(l, FRAMES_MAX) + 1.0;
    bool stale = view_study_is_stale(&l->a->view);
    if (l->a->changes == l->drawn && !stale)
        return INFINITY;
    double due = fmax(frame_time(l, FRAMES_OF_WORKERS) + 1.0, frame_time(l, 1) + WORKER_FRAME_GAP);
    return l->a->changes == l->drawn ? fmax(due, l->study_due) : due;
}

/* The Linux console has no braille in its fonts. */
static const struct glyphs *glyphs_of(const struct mmoe_options *o)
{
    const char *name = mmoe_option_find("glyphs")->words[o->glyphs], *term = getenv("TERM");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        return glyphs_find("ascii");
    if (strcmp(name, "auto") != 0)
        return glyphs_find(name);
    return glyphs_find(term && strcmp(term, "linux") == 0 ? "blocks" : "braille");
}

static void fit(struct loop *l)
{
    int width, height;
    screen_size(l->screen, &width, &height);
    canvas_resize(&l->canvas, width, height);
    repl_resize(width, height);
    l->touched = true;
}

static void renew_study(struct loop *l, double now)
{
    struct view *v = &l->a->view;
    if (!view_study_is_stale(v) || (v->study.sheet.page.count > 0 && now < l->study_due))
        return;
    view_study_renew(v);
    double end = mmoe_clock_now();
    l->study_due = end + STUDY_GAP * (end - now);
}

static void draw(struct loop *l, double now)
{
    const struct view *v = &l->a->view;
    struct layout_prompt prompt = repl_prompt();
    int x, y;
    reading_look(&l->a->view, &l->canvas);
    app_show(l->a, layout_needs(&l->a->view, &l->canvas));
    if (v->options.theme != l->theme) {
        l->theme = v->options.theme;
        screen_theme(l->screen, theme_at((size_t)l->theme));
        screen_repaint(l->screen);
    }
    renew_study(l, now);
    l->canvas.glyphs = glyphs_of(&v->options);
    l->drawn = l->a->changes;
    l->touched = false;
    canvas_clear(&l->canvas);
    layout_draw(v, &prompt, &l->canvas, &x, &y);
    screen_show(l->screen, &l->canvas, x, y);
    l->frames[l->frame_count++ % FRAMES_MAX] = now;
}

/* --- what the user does --- */

static void notice(struct loop *l, const char *text)
{
    snprintf(l->a->view.notice, sizeof l->a->view.notice, "%s", text);
}

/* A line while there is a question is its answer; true where it is nothing else. */
static bool answer(struct loop *l, const char *line)
{
    line += strspn(line, " \t");
    size_t n = strcspn(line, " \t");
    bool whole = line[n + strspn(line + n, " \t")] == '\0';
    bool yes = n == 0 || (whole && (strncmp(line, "y", n) == 0 || strncmp(line, "yes", n) == 0));
    bool no = whole && (strncmp(line, "n", n) == 0 || strncmp(line, "no", n) == 0);
    interp_answer(l->interp, l->a, yes);
    return yes || no;
}

static void command(struct loop *l, const char *line)
{
    l->a->view.log_scroll = 0;
    reading_close(&l->a->view);
    if (interp_asks(l->interp) && answer(l, line))
        return;
    interp_now(l->interp, l->a, line);
}

static bool repeats_run(const struct loop *l)
{
    return !app_idle(l->a, APP_WAIT_SEEDS);
}

/* Ctrl-C: the line, or else what runs, or else a hint; never the program. */
static void interrupt(struct loop *l)
{
    l->touched = true;
    if (repl_cancel())
        return;
    if (interp_asks(l->interp)) {
        interp_answer(l->interp, l->a, false);
        return;
    }
    interp_drop(l->interp);
    if (!app_idle(l->a, APP_WAIT_LANE))
        command(l, "pause");
    else if (repeats_run(l))
        command(l, "stop");
    else
        notice(l, "nothing is running; quit or Ctrl-D leaves");
}

static void suspend(struct loop *l)
{
    screen_suspend(l->screen);
    guard_stop_self();
    screen_resume(l->screen);
    fit(l);
}

static void leave(struct loop *l)
{
    if (!l->warned && (!app_idle(l->a, APP_WAIT_LANE) || repeats_run(l))) {
        notice(l, "still training: Ctrl-D again leaves, Ctrl-C stops");
        l->warned = true;
        return;
    }
    l->status = 0;
}

static void scroll_log(struct loop *l, bool back)
{
    struct view *v = &l->a->view;
    if (v->page.open) {
        reading_scroll(v, back, &l->canvas);
        return;
    }
    if (back)
        v->log_scroll += PAGE_LINES;
    else
        v->log_scroll -= v->log_scroll < PAGE_LINES ? v->log_scroll : PAGE_LINES;
    if (v->log_scroll >= v->log_count)
        v->log_scroll = v->log_count ? v->log_count - 1 : 0;
}

static void keys(struct loop *l, const struct input_event *event)
{
    struct repl_result r = repl_keys(event->bytes, event->n);
    if (r.redraw)
        screen_repaint(l->screen);
    if (r.end)
        leave(l);
    else
        l->warned = false;
    if (r.line)
        command(l, r.line);
    free(r.line);
}

static void paste(struct loop *l, const struct input_event *event)
{
    repl_paste(event->bytes, event->n);
    if (event->cut)
        notice(l, "the paste was cut: its end did not come, or it is above 1 MiB");
    else if (memchr(event->bytes, '\n', event->n))
        notice(l, "pasted as one line: Enter runs it, Ctrl-C forgets it");
}

/* q, Enter or Escape on an empty line. */
static bool closes_page(const struct loop *l, const struct input_event *event)
{
    if (!l->a->view.page.open)
        return false;
    if (event->kind == INPUT_ESCAPE)
        return true;
    return event->kind == INPUT_KEYS && event->n == 1 && event->bytes[0] &&
           strchr("q\r\n", event->bytes[0]) && repl_is_idle();
}

/* Left and Right on an empty line turn the dial that is in front, Escape leaves it: the command a
 * key stands for is run as if it were typed. */
static bool turns(struct loop *l, const struct input_event *event)
{
    struct mmoe_text line = {0};
    if (!l->a->view.dial.option || l->a->view.focus != PANEL_DIAL || !repl_is_idle())
        return false;
    bool right = mmoe_text_ends(event->bytes, "C"), left = mmoe_text_ends(event->bytes, "D");
    bool arrow = event->kind == INPUT_KEYS && event->n == 3 && (left || right);
    if (event->kind == INPUT_ESCAPE)
        mmoe_text_add(&line, "dial off");
    else if (arrow)
        command_dial_turned(l->a, right ? 1 : -1, &line);
    if (line.n)
        command(l, line.s);
    mmoe_text_done(&line);
    return arrow || event->kind == INPUT_ESCAPE;
}

/* The entry that was found is explained, or taken to the prompt. */
static void take_found(struct loop *l, bool to_prompt)
{
    struct mmoe_text line = {0};
    const char *name = finder_name(&l->a->view);
    l->a->view.finder.on = false;
    if (to_prompt && name)
        mmoe_text_add(&line, "%s ", name);
    else if (!to_prompt)
        finder_command(&l->a->view, &line);
    repl_cancel();
    if (line.n && to_prompt)
        repl_paste(line.s, line.n);
    else if (line.n)
        command(l, line.s);
    mmoe_text_done(&line);
}

/* "?" on an empty line opens the list of all there is; then keys go to the line that it is searched
 * by, but for those that choose. */
static bool finds(struct loop *l, const struct input_event *event)
{
    struct view_finder *f = &l->a->view.finder;
    bool one = event->kind == INPUT_KEYS && event->n == 1,
         arrow = event->kind == INPUT_KEYS && event->n == 3;
    char key = one ? event->bytes[0] : arrow ? event->bytes[2] : '\0';
    if (!f->on) {
        f->on = one && key == '?' && repl_is_idle() && !interp_asks(l->interp);
        if (f->on)
            finder_search(&l->a->view, l->interp->table, "");
        return f->on;
    }
    if (event->kind == INPUT_ESCAPE || (one && key == CTRL_C)) {
        f->on = false;
        repl_cancel();
    } else if (arrow && (key == 'A' || key == 'B')) {
        f->at = key == 'A' ? f->at - (f->at > 0) : f->at + (f->at + 1 < f->count);
    } else if (one && (key == '\r' || key == '\n' || key == '\t')) {
        take_found(l, key == '\t');
    } else {
        keys(l, event);
        finder_search(&l->a->view, l->interp->table, repl_prompt().line);
    }
    return true;
}

/* What is pointed at is opened, as if it were typed. */
static void open_picked(struct loop *l)
{
    struct mmoe_text line = {0};
    struct pick p;
    if (!pick_at(&l->a->view, &p))
        return;
    if (p.run)
        mmoe_text_add(&line, "open %zu", p.run);
    else
        mmoe_text_add(&line, "open %zu:%zu", p.row, p.seed);
    l->a->view.pick.on = false;
    command(l, line.s);
    mmoe_text_done(&line);
}

static bool is_enter(const struct input_event *event)
{
    return event->kind == INPUT_KEYS && event->n == 1 &&
           (event->bytes[0] == '\r' || event->bytes[0] == '\n');
}

/* Arrows on an empty line go through the runs of the panel in front, Enter opens one, Escape
 * leaves.
 */
static bool picks(struct loop *l, const struct input_event *event)
{
    struct view *v = &l->a->view;
    bool arrow = event->kind == INPUT_KEYS && event->n == 3 && strchr("ABCD", event->bytes[2]);
    bool enter = is_enter(event);
    char key = arrow ? event->bytes[2] : '\0';
    if (!pick_is_possible(v) || !repl_is_idle() || interp_asks(l->interp)) {
        v->pick.on = v->pick.on && repl_is_idle();
        return false;
    }
    if (!v->pick.on && (key == 'C' || key == 'D')) {
        pick_begin(v);
        return true;
    }
    if (!v->pick.on)
        return false;
    if (event->kind == INPUT_ESCAPE)
        v->pick.on = false;
    else if (arrow)
        pick_move(v, key == 'C' ? 1 : key == 'D' ? -1 : 0, key == 'B' ? 1 : key == 'A' ? -1 : 0);
    else if (enter)
        open_picked(l);
    return arrow || enter || event->kind == INPUT_ESCAPE;
}

/* Enter on an empty line goes on in a lesson; a number is an answer where it asks. */
static bool goes_on(struct loop *l, const struct input_event *event)
{
    bool enter = is_enter(event);
    if (!enter || !l->a->view.lesson.lesson || interp_asks(l->interp))
        return false;
    const struct layout_prompt prompt = repl_prompt();
    char line[64];
    double answer;
    if (repl_is_idle()) {
        command(l, "lesson next");
        return true;
    }
    if (!app_lesson_asks(l->a) || !mmoe_parse_double(prompt.line, &answer))
        return false;
    snprintf(line, sizeof line, "lesson %.40s", prompt.line);
    repl_cancel();
    command(l, line);
    return true;
}

static void handle(struct loop *l, const struct input_event *event)
{
    l->touched = true;
    l->a->view.notice[0] = '\0';
    if (closes_page(l, event)) {
        reading_close(&l->a->view);
        return;
    }
    if (!interp_asks(l->interp) && turns(l, event))
        return;
    if (finds(l, event) || picks(l, event) || goes_on(l, event))
        return;
    if (event->kind == INPUT_ESCAPE)
        interp_answer(l->interp, l->a, false);
    int control = event->kind == INPUT_KEYS && event->n == 1 ? event->bytes[0] : -1;
    if (control == CTRL_C)
        interrupt(l);
    else if (control == CTRL_Z)
        suspend(l);
    else if (control == CTRL_BACKSLASH)
        raise(SIGQUIT);
    else if (event->kind == INPUT_PASTE)
        paste(l, event);
    else if (event->kind == INPUT_PAGE_UP || event->kind == INPUT_PAGE_DOWN)
        scroll_log(l, event->kind == INPUT_PAGE_UP);
    else
        keys(l, event);
}

/* --- what poll reports --- */

static void read_terminal(struct loop *l)
{
    char bytes[4096];
    size_t room = input_room(&l->input);
    ssize_t n = read(STDIN_FILENO, bytes, room < sizeof bytes ? room : sizeof bytes);
    if (n > 0)
        input_feed(&l->input, bytes, (size_t)n, mmoe_clock_now());
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        l->status = 128 + SIGHUP; /* the terminal is gone */
}

static void take_signals(struct loop *l)
{
    int flags = guard_take();
    if (flags & GUARD_END)
        l->status = 128 + guard_end_signal();
    if (flags & GUARD_INTERRUPT)
        interrupt(l);
    guard_settled(); /* the screen goes on, whatever becomes of what it stopped */
    if (flags & GUARD_STOP)
        suspend(l);
    else if (flags & GUARD_CONTINUE) { /* stopped by SIGSTOP, without notice */
        screen_suspend(l->screen);
        screen_resume(l->screen);
        fit(l);
    }
    if (flags & GUARD_RESIZE)
        fit(l);
}

static int wait_ms(const struct loop *l, double now)
{
    double due = frame_due(l);
    int input = input_timeout(&l->input, now);
    if (isinf(due) && due > 0)
        return input;
    int frame = due <= now ? 0 : (int)ceil((due - now) * 1e3);
    return input >= 0 && input < frame ? input : frame;
}

static void turn(struct loop *l)
{
    struct pollfd fds[] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = guard_fd(), .events = POLLIN},
        {.fd = mmoe_mailbox_fd(l->a->mailbox), .events = POLLIN},
    };
    if (poll(fds, sizeof fds / sizeof *fds, wait_ms(l, mmoe_clock_now())) < 0 && errno != EINTR)
        l->status = 1;
    if (fds[1].revents)
        take_signals(l);
    if (fds[0].revents && l->status < 0)
        read_terminal(l);
    struct input_event event;
    while (l->status < 0 && !l->a->quit && input_next(&l->input, mmoe_clock_now(), &event))
        handle(l, &event);
    if (fds[2].revents)
        app_take_in(l->a);
    interp_advance(l->interp, l->a);
    double now = mmoe_clock_now();
    if (l->status < 0 && !l->a->quit && frame_due(l) <= now)
        draw(l, now);
}

/* --- start and end --- */

int loop_run(struct app *a, struct interp *interp, enum screen_colour colour,
             const char *history_file, struct mmoe_error *err)
{
    struct loop l = {.a = a, .interp = interp, .theme = -1, .status = -1};
    struct mmoe_error why;
    guard_install(true);
    /* before curses: both keep a terminal description in one library */
    if (mmoe_failed(repl_open(interp->table, history_file, &why)))
        app_complain(a, &why);
    l.screen = screen_open(colour, err);
    if (!l.screen) {
        repl_close(&why);
        return -1;
    }
    guard_keep_stderr();
    input_init(&l.input);
    canvas_init(&l.canvas, 1, 1, glyphs_of(&a->view.options));
    fit(&l);
    while (l.status < 0 && !a->quit)
        turn(&l);
    screen_close(l.screen);
    guard_give_stderr();
    canvas_done(&l.canvas);
    input_done(&l.input);
    if (mmoe_failed(repl_close(&why)))
        fprintf(stderr, "mmoe: %s\n", why.text);
    return l.status < 0 ? 0 : l.status;
}
