/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * option.h - the settings, in one table.
 *
 * Every named setting is one row: type, range, default, help, and what a
 * change of it resets. `set`, the command line, completion, help, the records
 * of runs and the check of the man page all read this table; struct
 * mmoe_options holds the values in plain fields for the code that uses them.
 *
 * Ownership: struct mmoe_options is a plain value: copy it freely.
 * Threads:   the table is const; values belong to whoever holds them.
 *
 *   struct mmoe_options o;
 *   mmoe_options_default(&o);
 *   if (mmoe_failed(mmoe_option_set(&o, "lr", "1e-3", &err))) ...
 */
#ifndef MMOE_OPTION_H
#define MMOE_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mmoe/status.h>
#include <mmoe/text.h>

enum { MMOE_DEPTH_MAX = 8, MMOE_REALS_MAX = 32, MMOE_FILE_MAX = 512 };

/* Widths of a part's layers, input side first; n = 0 means auto. */
struct mmoe_sizes {
    size_t n;
    size_t v[MMOE_DEPTH_MAX];
};
/* Given numbers, or n = 0: drawn from N(0, 1) per seed. */
struct mmoe_reals {
    size_t n;
    double v[MMOE_REALS_MAX];
};

/* Values of the word options, in the order of their words in the table. */
enum mmoe_init { MMOE_INIT_GLOROT, MMOE_INIT_HE };
enum mmoe_optimizer { MMOE_OPTIMIZER_ADAM, MMOE_OPTIMIZER_SGD };
enum mmoe_weighting { MMOE_WEIGHTING_FIXED, MMOE_WEIGHTING_UNCERTAINTY };
enum mmoe_lr_schedule { MMOE_LR_CONSTANT, MMOE_LR_STEP, MMOE_LR_COSINE };
enum mmoe_data_shape { MMOE_SHAPE_EACH, MMOE_SHAPE_ONCE };
enum mmoe_categories { MMOE_CATEGORIES_ONEHOT, MMOE_CATEGORIES_EMBEDDED };
enum mmoe_numbers { MMOE_NUMBERS_Z, MMOE_NUMBERS_MINMAX, MMOE_NUMBERS_LOG, MMOE_NUMBERS_RAW };
enum mmoe_embedding_optimizer { MMOE_EMBEDDING_ADAGRAD, MMOE_EMBEDDING_SGD };
enum mmoe_order { MMOE_ORDER_SHUFFLE, MMOE_ORDER_REPLACE, MMOE_ORDER_SEQUENTIAL };

struct mmoe_options {
    /* data */
    double p, scale, noise;
    size_t dim, sines, rows, validation_rows, test_rows; /* rows 0: a stream without end */
    struct mmoe_reals alpha, beta;
    int shape;                /* enum mmoe_data_shape */
    double shape_sd;          /* of the alpha and beta that are drawn */
    char data[MMOE_FILE_MAX]; /* "": synthetic rows; "recommender": a log's; else a file */
    struct mmoe_sizes binary; /* numbers of the tasks, from 1, whose labels are 0 or 1 */
    int numbers;              /* enum mmoe_numbers */
    int categories;           /* enum mmoe_categories */
    double missing;           /* share of the labels to train on that are missing */
    size_t users, items;      /* of a recommender */
    size_t first_row;         /* of its log */
    double engagement, satisfaction, drift, explore, residual;
    int nested; /* 0: off */
    /* model */
    int model; /* index into the registry */
    size_t experts;
    struct mmoe_sizes expert_units, bottom_units, tower_units;
    size_t layers, top_k; /* top_k 0: all experts */
    int gate_noise;       /* 0: off */
    double balance, l2_alpha;
    struct mmoe_sizes stitch; /* n = 0: all */
    size_t r1, r2, r3;
    double dropout;
    int init;
    size_t embedding_units;
    size_t hash;                   /* bits; 0: off */
    struct mmoe_sizes lower_units; /* n = 0: none */
    /* training */
    int optimizer, order;
    struct mmoe_reals task_weights; /* n = 0: equal */
    int weighting;                  /* enum mmoe_weighting */
    int schedule;                   /* enum mmoe_lr_schedule */
    double decay;
    size_t decay_every;
    double weight_decay, clip; /* clip 0: off */
    int keep_best;             /* 0: off */
    size_t patience, monitor;  /* 0: never; 0: all tasks */
    int kernels;               /* enum mmoe_kernels */
    double lr, momentum;
    int embedding_optimizer; /* enum mmoe_embedding_optimizer */
    double embedding_lr;
    size_t batch, steps, eval_every;
    uint64_t seed_data, seed_init, seed_order, seed_shape, seed_split;
    /* session */
    size_t jobs;  /* 0: one per core */
    double speed; /* steps a second; 0: as fast as it goes */
    int theme, glyphs;
    size_t trial; /* of a search; 0: none */
};

enum mmoe_option_type {
    MMOE_TYPE_REAL,  /* double */
    MMOE_TYPE_COUNT, /* size_t; 0 is "auto" where the row says so */
    MMOE_TYPE_WORD,  /* int, index into words */
    MMOE_TYPE_SIZES, /* struct mmoe_sizes: 64 or 64,32, or auto where allowed */
    MMOE_TYPE_REALS, /* struct mmoe_reals: 1,2,3 or random */
    MMOE_TYPE_SEED,  /* uint64_t */
    MMOE_TYPE_FILE   /* char[MMOE_FILE_MAX]: a path; "" is the special word */
};

/* What a change of the option makes stale; each includes those before it. */
enum mmoe_resets {
    MMOE_RESETS_NOTHING, /* applies at once, mid-run too */
    MMOE_RESETS_RUN,     /* back to step 0 on the same rows */
    MMOE_RESETS_DATA     /* new rows, then back to step 0 */
};

enum mmoe_option_group {
    MMOE_GROUP_DATA,
    MMOE_GROUP_MODEL,
    MMOE_GROUP_TRAINING,
    MMOE_GROUP_SESSION
};

struct mmoe_option {
    const char *name;
    enum mmoe_option_type type;
    enum mmoe_option_group group;
    enum mmoe_resets resets;
    size_t offset;            /* of its field in struct mmoe_options */
    bool logarithmic;         /* values are as far apart as their ratio is: so it is drawn */
    double min, max;          /* of each number; unused for words and seeds */
    const char *special;      /* the word for "none given" (auto, random, max), or NULL */
    const char *const *words; /* NULL-terminated; NULL unless MMOE_TYPE_WORD */
    const char *fallback;     /* the default, as one would type it */
    const char *help;         /* one line */
    const char *more;         /* a sentence or two for `explain` */
};

extern const struct mmoe_option mmoe_option_table[];
extern const size_t mmoe_option_count;

void mmoe_options_default(struct mmoe_options *o);
size_t mmoe_options_size(void); /* bytes of the struct, for who has no C */

/* The row of that name, or of a name it had before (data-file: data), or NULL. */
const struct mmoe_option *mmoe_option_find(const char *name);
/* The same, or an error that names the nearest option. */
const struct mmoe_option *mmoe_option_get(const char *name, struct mmoe_error *err);

/* Is that value of data a file or a table? Rows of any other follow from the options alone. */
bool mmoe_options_of_file(const char *data);

/* Replace the paths of files by whole ones, without links, so that they are found from any folder.
 * A path that leads to no file, or would be too long, stays as it is; so does the name of a table.
 */
void mmoe_options_whole(struct mmoe_options *o);

/*
 * Set one option from text. Fails with MMOE_UNKNOWN, MMOE_INVALID or
 * MMOE_RANGE, and then changes nothing. `seed` sets the three streams' seeds.
 */
enum mmoe_status mmoe_option_set(struct mmoe_options *o, const char *name, const char *value,
                                 struct mmoe_error *err);

/* Append the value as one would type it; `seed` shows one number, or "data/init/order" where they
 * differ. */
void mmoe_option_show(const struct mmoe_options *o, const struct mmoe_option *option,
                      struct mmoe_text *t);
/* Append the value as people read it: like mmoe_option_show, but numbers as in text.h: "40,000",
 * "1e-5". */
void mmoe_option_tell(const struct mmoe_options *o, const struct mmoe_option *option,
                      struct mmoe_text *t);
/* Append the default, the same way. */
void mmoe_option_tell_default(const struct mmoe_option *option, struct mmoe_text *t);

/* Append "0.1 to 5" / "a, b or c": what the option accepts. */
void mmoe_option_range(const struct mmoe_option *option, struct mmoe_text *t);

/* Append all of them, "name=value" a line; and set those of such a text, of which *o is untouched
 * on failure. */
void mmoe_options_text(const struct mmoe_options *o, struct mmoe_text *t);
enum mmoe_status mmoe_options_read(struct mmoe_options *o, const char *text,
                                   struct mmoe_error *err);

/* The value of that one option becomes that of from. */
void mmoe_option_copy(struct mmoe_options *o, const struct mmoe_options *from,
                      const struct mmoe_option *option);
/* Does it stand for other options of the table, as `seed` does for the three seeds? */
bool mmoe_option_is_alias(const struct mmoe_option *option);
/* True where all options have the same values in both. */
bool mmoe_options_same(const struct mmoe_options *a, const struct mmoe_options *b);
/* True where that one option has the same value in both. */
bool mmoe_option_same(const struct mmoe_options *a, const struct mmoe_options *b,
                      const struct mmoe_option *option);

/* The options of the i-th of N repeats: the three seeds each moved on by i. */
void mmoe_options_seeded(const struct mmoe_options *o, size_t i, struct mmoe_options *out);

/* Settings that are each in range but impossible together (alpha's length is not sines, batch above
 * rows, ...). */
enum mmoe_status mmoe_options_check(const struct mmoe_options *o, struct mmoe_error *err);

#endif
