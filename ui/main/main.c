/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main.c - from the command line to a session.
 *
 * OpenBLAS chooses its kernels while it is loaded, and older ones do not know
 * newer processors. Where the library's choice is not the best for this one
 * and the user has made none, the program starts itself once more with
 * OPENBLAS_CORETYPE set; MMOE_BLAS_CHOSEN says that this was done.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mmoe/mat.h>
#include <mmoe/mem.h>

#include "ui/command/inputrc.h"
#include "ui/main/batch.h"
#include "ui/main/cli.h"
#include "ui/main/loop.h"
#include "ui/term/guard.h"

enum { EXIT_USAGE = 2, STACK_BYTES = 1 << 20 };

/* Out of memory, or a broken invariant: the terminal first, then the line. */
static void die(const char *line)
{
    guard_restore();
    fprintf(stderr, "mmoe: %s\n", line);
    _exit(EXIT_FAILURE);
}

/* Returns who chose the kernels; may start the program anew instead. */
static const char *choose_kernels(char **argv)
{
    bool chosen = getenv("MMOE_BLAS_CHOSEN") != NULL;
    if (getenv("OPENBLAS_CORETYPE"))
        return chosen ? "program" : "user";
    const char *better = mmoe_mat_better_kernel();
    if (!better || chosen)
        return "library";
    setenv("OPENBLAS_CORETYPE", better, 1);
    setenv("MMOE_BLAS_CHOSEN", "1", 1);
    execv("/proc/self/exe", argv);
    unsetenv("OPENBLAS_CORETYPE"); /* there is no /proc: the library's choice stands */
    unsetenv("MMOE_BLAS_CHOSEN");
    return "library";
}

static int complain(const char *text, int status)
{
    fprintf(stderr, "mmoe: %s\n", text);
    return status;
}

static int show(void (*add)(struct mmoe_text *t))
{
    struct mmoe_text t = {0};
    add(&t);
    struct mmoe_error err = {.status = MMOE_OK};
    if (fputs(t.s, stdout) < 0 || fflush(stdout) != 0)
        mmoe_fail(&err, MMOE_IO, "cannot write to standard output: %s", strerror(errno));
    mmoe_text_done(&t);
    return mmoe_failed(err.status) ? complain(err.text, EXIT_FAILURE) : EXIT_SUCCESS;
}

/* The user's commands at the start of a session on the screen; a missing file is no error. */
static void run_configuration(struct app *a, struct interp *interp)
{
    char *path = cli_config_path();
    struct mmoe_text text = {0};
    struct mmoe_error err;
    if (path && access(path, F_OK) == 0) {
        if (mmoe_failed(cli_read(path, false, &text, &err)))
            app_complain(a, &err);
        else if (text.n > 0)
            interp_submit(interp, a, text.s);
        interp_advance(interp, a);
    }
    mmoe_text_done(&text);
    mmoe_free(path);
}

/* --seed, --theme, --ascii; then -e in order; then SCRIPT. */
static enum mmoe_status submit(const struct cli *c, struct app *a, struct interp *interp,
                               struct mmoe_error *err)
{
    struct mmoe_options o = a->view.options;
    if (mmoe_failed(cli_apply(c, &o, err)) || mmoe_failed(app_change(a, &o, err)))
        return err->status;
    a->undo_count = 0; /* what the session starts with cannot be undone */
    for (size_t i = 0; i < c->command_count && !a->quit; i++)
        interp_submit(interp, a, c->commands[i]);
    if (!c->script || strcmp(c->script, "-") == 0)
        return MMOE_OK;
    struct mmoe_text text = {0};
    enum mmoe_status s = cli_read(c->script, true, &text, err);
    if (!mmoe_failed(s) && text.n > 0 && !a->quit)
        interp_submit(interp, a, text.s);
    mmoe_text_done(&text);
    return s;
}

/* Where the commands of a session without a screen come from, besides -e and a file. */
static int command_stream(const struct cli *c)
{
    bool given = c->command_count > 0 || c->script;
    bool dash = c->script && strcmp(c->script, "-") == 0;
    return !given || dash ? STDIN_FILENO : -1;
}

static int run_batch(const struct cli *c, struct app *a, struct interp *interp)
{
    int fd = command_stream(c);
    bool person = c->plain && fd >= 0 && isatty(fd);
    interp->prefixes = person;
    interp->stop_at_error = !person;
    guard_install(false);
    int status = batch_run(a, interp, fd);
    return person && status <= 1 ? EXIT_SUCCESS : status;
}

static int run_screen(const struct cli *c, struct app *a, struct interp *interp)
{
    struct mmoe_error err;
    char *history = cli_history_path();
    int status = loop_run(a, interp, c->colour, history, &err);
    mmoe_free(history);
    if (status >= 0)
        return status;
    fprintf(stderr, "mmoe: %s; going on without a screen (--plain)\n", err.text);
    a->sink.mode = EVENT_PLAIN;
    return run_batch(&(struct cli){.plain = true}, a, interp);
}

static int session(const struct cli *c, const char *blas_choice)
{
    bool batch = cli_is_batch(c, isatty(STDIN_FILENO), isatty(STDOUT_FILENO), getenv("TERM"));
    struct app *a = mmoe_alloc(1, sizeof *a);
    struct interp interp;
    struct mmoe_error err, keys = {MMOE_OK, ""};
    int status;
    if (!batch)
        inputrc_check(&keys);
    app_init(a, c->json ? EVENT_JSON : batch ? EVENT_PLAIN : EVENT_SCREEN);
    if (mmoe_failed(keys.status))
        app_complain(a, &keys);
    a->quiet = c->quiet;
    a->blas_choice = blas_choice;
    interp_init(&interp, &command_table, !batch);
    if (!batch && cli_is_light(getenv("COLORFGBG")))
        mmoe_option_set(&a->view.options, "theme", "light", &err);
    if (!batch)
        run_configuration(a, &interp);
    if (mmoe_failed(submit(c, a, &interp, &err)))
        status = complain(err.text, EXIT_FAILURE);
    else
        status = batch ? run_batch(c, a, &interp) : run_screen(c, a, &interp);
    if (mmoe_failed(app_record_end(a, &err)))
        status = complain(err.text, EXIT_FAILURE);
    interp_done(&interp);
    app_done(a);
    mmoe_free(a);
    return status;
}

/* Closed ones of the descriptors 0 to 2 would be given to the next files that are opened, and read
 * and written in their place. Now reading finds the end, and writing fails. */
static void fill_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* Where memory runs out the stack cannot grow, and a process that needs more of it dies without a
 * word: what commands need is taken now. */
static void reserve_stack(void)
{
    volatile char room[STACK_BYTES];
    for (size_t i = 0; i < sizeof room; i += 1024)
        room[i] = 0;
}

int main(int argc, char **argv)
{
    struct cli c;
    struct mmoe_error err;
    int status;
    reserve_stack();
    fill_descriptors();
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* numbers are the language's, not the country's */
    guard_write_errors();
    mmoe_fatal_hook(die);
    if (mmoe_failed(cli_parse(&c, argc, argv, &err))) {
        status = complain(err.text, EXIT_USAGE);
    } else if (c.help || c.version) {
        status = show(c.help ? cli_help : cli_version);
    } else {
        const char *blas_choice = choose_kernels(argv);
        mmoe_mat_init();
        status = session(&c, blas_choice);
    }
    cli_done(&c);
    return status;
}
