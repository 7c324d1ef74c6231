/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cli.h - what the program was called with, and the files it keeps.
 *
 * Ownership: cli_parse borrows argv; cli_done frees the rest. Paths are freed with mmoe_free.
 * Threads:   user-interface thread.
 */
#ifndef MMOE_UI_CLI_H
#define MMOE_UI_CLI_H

#include <mmoe/option.h>
#include <mmoe/status.h>
#include <mmoe/text.h>

#include "ui/term/screen.h"

struct cli {
    bool help, version;
    bool batch, json, plain, ascii, quiet;
    enum screen_colour colour;
    const char *theme, *seed; /* checked; NULL: not given */
    const char **commands;    /* of each -e, in order */
    size_t command_count;
    const char *script; /* "-": standard input; NULL: none */
};

/* Read the command line; fails with a line that names the argument and the remedy. */
enum mmoe_status cli_parse(struct cli *c, int argc, char **argv, struct mmoe_error *err);
void cli_done(struct cli *c);

/* Set in *o what --seed, --theme and --ascii ask for. */
enum mmoe_status cli_apply(const struct cli *c, struct mmoe_options *o, struct mmoe_error *err);

/* Does the terminal say in COLORFGBG (NULL allowed) that its background is light? "0;15" does. */
bool cli_is_light(const char *colours);
/* No screen: asked for, no terminal on stdin or stdout, or one that can do nothing. */
bool cli_is_batch(const struct cli *c, bool stdin_terminal, bool stdout_terminal, const char *term);

void cli_help(struct mmoe_text *t);
void cli_version(struct mmoe_text *t);

/* Append a whole file of commands to *t. Streams are read to their end, or else refused: signals
 * are not caught yet, and end the program. */
enum mmoe_status cli_read(const char *path, bool streams, struct mmoe_text *t,
                          struct mmoe_error *err);

/* $XDG_CONFIG_HOME/mmoe/mmoerc; NULL where there is no home. The file need not exist. */
char *cli_config_path(void);
/* $XDG_STATE_HOME/mmoe/history, its directories made (0700); NULL where that fails. */
char *cli_history_path(void);

#endif
