/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cli.c - the command line and the program's files.
 *
 * Options follow the GNU habits: long ones may be shortened, `--` ends them,
 * --help and --version write to standard output. One table feeds getopt, the
 * help and the guess at a misspelt option. Files follow the XDG base directory
 * specification 0.8: a relative path in one of its variables counts as unset.
 */
#include "ui/main/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <mmoe/file.h>
#include <mmoe/mem.h>

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

enum { SCRIPT_MAX = 16 << 20 }; /* bytes */

enum {
    OPTION_JSON = 256,
    OPTION_PLAIN,
    OPTION_ASCII,
    OPTION_COLOUR,
    OPTION_THEME,
    OPTION_SEED,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct {
    int code; /* the short option's letter, where there is one */
    const char *name, *argument, *help;
} table[] = {
    {'e', "execute", "COMMANDS", "run COMMANDS; may be given many times"},
    {'b', "batch", NULL, "no screen: data to stdout, talk to stderr"},
    {OPTION_JSON, "json", NULL, "the same, data as one JSON object a line"},
    {OPTION_PLAIN, "plain", NULL, "line by line on a terminal too, for screen readers"},
    {OPTION_ASCII, "ascii", NULL, "draw with ASCII characters alone"},
    {OPTION_COLOUR, "color", "WHEN", "auto, always or never; auto honours NO_COLOR"},
    {OPTION_THEME, "theme", "NAME", "colours: see `explain theme`"},
    {OPTION_SEED, "seed", "N", "seed of data, weights and batch order"},
    {'q', "quiet", NULL, "no talk on stderr, errors alone"},
    {OPTION_HELP, "help", NULL, "show this help and exit"},
    {OPTION_VERSION, "version", NULL, "show the version and exit"},
};
enum { TABLE_COUNT = sizeof table / sizeof *table };

/* --- parsing --- */

static const char *nearest_option(const char *word)
{
    const char *names[TABLE_COUNT];
    char name[64];
    for (size_t i = 0; i < TABLE_COUNT; i++)
        names[i] = table[i].name;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    return mmoe_nearest(name, names, TABLE_COUNT);
}

static bool is_known(int code)
{
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (table[i].code == code)
            return true;
    return false;
}

/* getopt_long returned '?' or ':' for the argument at hand. */
static enum mmoe_status refuse(int result, char **argv, struct mmoe_error *err)
{
    const char *word = argv[optind - 1];
    if (result == ':')
        return mmoe_fail(err, MMOE_INVALID, "option '%.80s' lacks its argument: try --help", word);
    if (is_known(optopt))
        return mmoe_fail(err, MMOE_INVALID, "option '%.80s' takes no argument: try --help", word);
    if (optopt)
        return mmoe_fail(err, MMOE_UNKNOWN, "unknown option '-%c': try --help", optopt);
    const char *near = nearest_option(word + strspn(word, "-"));
    if (near)
        return mmoe_fail(err, MMOE_UNKNOWN, "unknown option '%.80s': did you mean --%s?", word,
                         near);
    return mmoe_fail(err, MMOE_UNKNOWN, "unknown option '%.80s': try --help", word);
}

static enum mmoe_status set_colour(struct cli *c, const char *when, struct mmoe_error *err)
{
    static const char *const words[] = {"auto", "always", "never"};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(when, words[i]) == 0) {
            c->colour = (enum screen_colour)i;
            return MMOE_OK;
        }
    }
    return mmoe_fail(err, MMOE_INVALID, "--color '%.40s': auto, always or never", when);
}

static enum mmoe_status take(struct cli *c, int code, const char *argument, struct mmoe_error *err)
{
    switch (code) {
    case 'e': c->commands[c->command_count++] = argument; break;
    case 'b': c->batch = true; break;
    case 'q': c->quiet = true; break;
    case OPTION_JSON: c->json = true; break;
    case OPTION_PLAIN: c->plain = true; break;
    case OPTION_ASCII: c->ascii = true; break;
    case OPTION_COLOUR: return set_colour(c, argument, err);
    case OPTION_THEME: c->theme = argument; break;
    case OPTION_SEED: c->seed = argument; break;
    case OPTION_HELP: c->help = true; break;
    case OPTION_VERSION: c->version = true; break;
    }
    return MMOE_OK;
}

static enum mmoe_status take_operands(struct cli *c, int argc, char **argv, struct mmoe_error *err)
{
    if (optind < argc)
        c->script = argv[optind++];
    if (optind < argc)
        return mmoe_fail(err, MMOE_INVALID,
                         "one SCRIPT at most: '%.80s' is too much (commands go after -e)",
                         argv[optind]);
    struct mmoe_options scratch;
    mmoe_options_default(&scratch);
    return cli_apply(c, &scratch, err);
}

enum mmoe_status cli_parse(struct cli *c, int argc, char **argv, struct mmoe_error *err)
{
    struct option options[TABLE_COUNT + 1] = {{0}};
    for (size_t i = 0; i < TABLE_COUNT; i++)
        options[i] = (struct option){.name = table[i].name,
                                     .has_arg = table[i].argument ? required_argument : no_argument,
                                     .val = table[i].code};
    *c = (struct cli){0};
    c->commands = mmoe_alloc((size_t)argc + 1, sizeof *c->commands);
    opterr = 0;
    optind = 0;
    for (;;) {
        optopt = 0;
        int code = getopt_long(argc, argv, ":e:bq", options, NULL);
        if (code == -1)
            return take_operands(c, argc, argv, err);
        enum mmoe_status s = code == '?' || code == ':' ? refuse(code, argv, err)
                                                        : take(c, code, optarg, err);
        if (mmoe_failed(s))
            return s;
    }
}

void cli_done(struct cli *c)
{
    mmoe_free(c->commands);
    *c = (struct cli){0};
}

enum mmoe_status cli_apply(const struct cli *c, struct mmoe_options *o, struct mmoe_error *err)
{
    if (c->seed && mmoe_failed(mmoe_option_set(o, "seed", c->seed, err)))
        return err->status;
    if (c->theme && mmoe_failed(mmoe_option_set(o, "theme", c->theme, err)))
        return err->status;
    return c->ascii ? mmoe_option_set(o, "glyphs", "ascii", err) : MMOE_OK;
}

bool cli_is_light(const char *colours)
{
    const char *last = colours ? strrchr(colours, ';') : NULL;
    size_t ground;
    return last && mmoe_parse_size(last + 1, &ground) &&
           (ground == 7 || (ground > 8 && ground < 16));
}

bool cli_is_batch(const struct cli *c, bool stdin_terminal, bool stdout_terminal, const char *term)
{
    bool able = stdin_terminal && stdout_terminal && term && *term && strcmp(term, "dumb") != 0;
    return c->batch || c->json || c->plain || !able;
}

/* --- help --- */

void cli_help(struct mmoe_text *t)
{
    mmoe_text_add(t, "Usage: mmoe [OPTION]... [SCRIPT]\n"
                     "Watch mixtures of experts learn two tasks of a given relation.\n\n");
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        char left[48];
        bool brief = table[i].code < 256;
        const char *argument = table[i].argument ? table[i].argument : "";
        snprintf(left, sizeof left, "%c%c%s--%s%s%s", brief ? '-' : ' ',
                 brief ? table[i].code : ' ', brief ? ", " : "  ", table[i].name,
                 *argument ? "=" : "", argument);
        mmoe_text_add(t, "  %-25s %s\n", left, table[i].help);
    }
    mmoe_text_add(t, "\nWithout a terminal on stdin and stdout there is no screen, and commands\n"
                     "come from stdin where neither -e nor SCRIPT gives them; a SCRIPT of - is\n"
                     "stdin.\n\n"
                     "Exit status: 0 done, 1 a command failed, 2 usage, 3 a run diverged.\n\n"
                     "Example: mmoe -b -e 'set p 0.5; data gen; model mmoe; run 2000'\n"
                     "Type `help` inside, or see mmoe(1) and mmoe-commands(7).\n");
}

void cli_version(struct mmoe_text *t)
{
    mmoe_text_add(t, "mmoe " PACKAGE_VERSION "\n"
                     "License GPLv3+: GNU GPL version 3 or later "
                     "<https://gnu.org/licenses/gpl.html>\n"
                     "This is free software: you are free to change and redistribute it.\n"
                     "There is NO WARRANTY, to the extent permitted by law.\n");
}

/* --- files --- */

enum mmoe_status cli_read(const char *path, bool streams, struct mmoe_text *t,
                          struct mmoe_error *err)
{
    return mmoe_file_text(
        path, &(struct mmoe_file_reading){.max = SCRIPT_MAX, .streams = streams, .stop = -1}, t,
        err);
}

/* "$VARIABLE/mmoe/name", or "$HOME/fallback/mmoe/name"; NULL without either. */
static char *xdg_path(const char *variable, const char *fallback, const char *name)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    struct mmoe_text t = {0};
    if (base && base[0] == '/')
        mmoe_text_add(&t, "%s/mmoe/%s", base, name);
    else if (home && home[0] == '/')
        mmoe_text_add(&t, "%s/%s/mmoe/%s", home, fallback, name);
    return t.s;
}

/* Make the directories above the last part of path; false where one cannot be. */
static bool make_directories(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
        if (!made) { /* a read-only parent is no harm where the directory is there */
            struct stat st;
            made = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
        }
        *slash = '/';
        if (!made)
            return false;
    }
    return true;
}

char *cli_config_path(void)
{
    return xdg_path("XDG_CONFIG_HOME", ".config", "mmoerc");
}

char *cli_history_path(void)
{
    char *path = xdg_path("XDG_STATE_HOME", ".local/state", "history");
    if (path && !make_directories(path)) {
        mmoe_free(path);
        return NULL;
    }
    return path;
}
