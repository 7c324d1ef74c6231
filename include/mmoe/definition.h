/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * definition.h - studies and presets in plain text files, documented in mmoe-formats(5).
 *
 * A preset is settings under a name: presets/NAME.conf. A definition is a
 * study under a name, studies/NAME.conf: the grid, the figure drawn of it, and
 * where an option is to be chosen first, from what and for what. Both are
 * looked for in the folders of mmoe_folders_list (folders.h), the first one wins; a name
 * is no path.
 *
 * Ownership: definitions are plain values; lists are freed with mmoe_free.
 * Threads:   safe; they read the environment and files.
 *
 *   struct mmoe_definition def;
 *   mmoe_definition_read("figure-c", &def, &err);
 *   mmoe_definition_choice_grid(&def, &options, &tuning, &err);  ... choose ...
 *   mmoe_definition_grid(&def, &options, &grid, &err);
 *   mmoe_grid_follow(&grid, def.choose->name, "0.001,0.01,0.01", def.choose_for->name, &err);
 */
#ifndef MMOE_DEFINITION_H
#define MMOE_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/choice.h>
#include <mmoe/grid.h>
#include <mmoe/metrics.h>
#include <mmoe/option.h>
#include <mmoe/recommender.h>
#include <mmoe/search.h>
#include <mmoe/status.h>
#include <mmoe/tasks.h>
#include <mmoe/text.h>

enum {
    MMOE_NAME_MAX = 64,
    MMOE_PARTS_MAX = 8,
    MMOE_CHOSEN_MAX = 512,
    MMOE_SAID_MAX = 32,
    MMOE_SEARCHED_MAX = 40,
    MMOE_CHOICE_SEEDS = 1000000 /* how far seeds are moved on for a choice */
};

/* What a file says of itself. */
struct mmoe_about {
    char name[MMOE_NAME_MAX];
    char title[128]; /* the name where it has none */
    char note[2048]; /* lines, parted by '\n'; "": none */
};

/* What a study draws. */
enum mmoe_drawing {
    MMOE_DRAWING_LABELS,     /* the labels' correlation over p */
    MMOE_DRAWING_CURVES,     /* losses over steps */
    MMOE_DRAWING_HISTOGRAMS, /* final losses */
    MMOE_DRAWING_PROFILES,   /* share of the runs whose final loss is below x */
    MMOE_DRAWING_DOTS,       /* models on rows of a file: a dot for each run */
    MMOE_DRAWING_CHECKPOINTS /* models at checkpoints, on rows with a known truth */
};
/* The one of that name: labels, curves, histograms, profiles, dots, checkpoints. MMOE_UNKNOWN and
 * the nearest where there is none. */
enum mmoe_status mmoe_definition_drawing(const char *name, enum mmoe_drawing *out,
                                         struct mmoe_error *err);

/* What the paper has of a model and a task, to be set beside what is found: two values are a mean
 * and the best; others AUC at each checkpoint, then R2 at each. */
enum { MMOE_SAID_VALUES = 6 };
struct mmoe_said {
    char model[MMOE_NAME_MAX], task[MMOE_TASK_NAME_MAX];
    size_t count;
    double value[MMOE_SAID_VALUES];
};

/*
 * Settings are searched in ranges (search.h), to make a metric of a task small or large: on the
 * validation rows where there are some, else on the test rows. Where the definition has an axis,
 * each of its values is searched by itself, in the ranges for all and in its own.
 */
struct mmoe_searched {
    size_t trials;                  /* 0: nothing is searched */
    const struct mmoe_option *axis; /* or NULL */
    size_t count;
    struct mmoe_searched_range {
        const struct mmoe_option *option;
        struct mmoe_range range;
        char only[32]; /* the value of the axis whose range it is; "": of all */
    } ranges[MMOE_SEARCHED_MAX];
    /* those of one search, by mmoe_trials_narrow: */
    const struct mmoe_option *option[MMOE_SEARCH_DIMS];
    struct mmoe_space space; /* of these options */
    enum mmoe_metric metric;
    bool largest;
    char task[MMOE_TASK_NAME_MAX]; /* "": the first */
};

/* Two models to be compared live (experiment.h). */
enum { MMOE_EXPERIMENTS_MAX = 4 };
enum mmoe_claimed {
    MMOE_CLAIMED_NOTHING,
    MMOE_CLAIMED_RAISED,
    MMOE_CLAIMED_KEPT /* it falls by less than so much: */
};
#define MMOE_CLAIMED_KEPT_ABOVE (-0.01)
struct mmoe_compared {
    char control[MMOE_NAME_MAX], treatment[MMOE_NAME_MAX];
    struct {
        enum mmoe_claimed claim;
        double lift; /* the paper's; NAN: it has none */
        int stars;   /* 1: at 90 %, 2: at 95 % */
    } said[MMOE_RECOMMENDER_TASKS];
};

struct mmoe_definition {
    struct mmoe_about about;
    enum mmoe_drawing figure;
    const struct mmoe_option *panels; /* the axis whose values are the small multiples, or NULL */
    const struct mmoe_option *series; /* the axis whose values are curves or histograms, or NULL */
    const struct mmoe_option *choose; /* the option to be chosen, or NULL ... */
    const struct mmoe_option *choose_for;   /* ... for each value of this axis */
    char choose_values[MMOE_AXIS_TEXT_MAX]; /* ... from these, as mmoe_grid_axis reads them */
    size_t choose_seeds;
    enum mmoe_choose_by choose_by; /* which value is the best */
    char chosen[MMOE_CHOSEN_MAX];  /* what was chosen for each value of that axis, as
                                      mmoe_grid_follow  reads it; "": it has to be chosen first */
    struct mmoe_searched searched;
    size_t part_count; /* it is these studies, one after the other, and has nothing of its own; 0:
                          it is one */
    char parts[MMOE_PARTS_MAX][MMOE_NAME_MAX];
    size_t
        experiment_count; /* it is these experiments with the settings of grid.base, and no runs */
    struct mmoe_compared experiments[MMOE_EXPERIMENTS_MAX];
    size_t said_count;
    struct mmoe_said said[MMOE_SAID_MAX];
    bool claims;           /* the claims of the paper are tested on it */
    struct mmoe_grid grid; /* defaults, preset and settings; axes; seeds */
};

enum mmoe_definition_kind { MMOE_STUDIES, MMOE_PRESETS, MMOE_LESSONS };

/*
 * Read the study of that name or, where there is a '/' in it, of that file. Fails with a line that
 * names file and line, the word, and the nearest one: MMOE_UNKNOWN where there is none, MMOE_IO
 * where it cannot be read, else as what is wrong in it. *def is untouched on failure. A study that
 * was read has a sound grid, a sound choice and a sound search.
 */
enum mmoe_status mmoe_definition_read(const char *name, struct mmoe_definition *def,
                                      struct mmoe_error *err);

/* Whether a study of that grid can be drawn so: MMOE_INVALID for labels of rows without a p. */
enum mmoe_status mmoe_definition_draws(enum mmoe_drawing drawing, const struct mmoe_grid *grid,
                                       struct mmoe_error *err);
/* Its grid, with the session's options of `session`. */
enum mmoe_status mmoe_definition_grid(const struct mmoe_definition *def,
                                      const struct mmoe_options *session, struct mmoe_grid *grid,
                                      struct mmoe_error *err);
/*
 * The grid to choose on: its axes and, last, def->choose with its values; choose_seeds seeds from
 * MMOE_CHOICE_SEEDS on from the study's, of which none is reported. MMOE_STATE where nothing is to
 * be chosen.
 */
enum mmoe_status mmoe_definition_choice_grid(const struct mmoe_definition *def,
                                             const struct mmoe_options *session,
                                             struct mmoe_grid *grid, struct mmoe_error *err);

/*
 * Set what the preset of that name sets; other options stay as they are. *about (NULL allowed) is
 * what it says of itself. Fails like mmoe_definition_read; *o is untouched then.
 */
enum mmoe_status mmoe_definition_preset(const char *name, struct mmoe_options *o,
                                        struct mmoe_about *about, struct mmoe_error *err);

/* The names there are, ascending, each once: a block of *count to be freed with mmoe_free. */
void mmoe_library_names(enum mmoe_definition_kind kind, char (**names)[MMOE_NAME_MAX],
                        size_t *count);

#endif
