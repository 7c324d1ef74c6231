/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source.h - where rows come from: one const type for each kind of data.
 *
 * Option data chooses the source: `synthetic`, `recommender`, or the path of a file. A source says
 * which of the data options its rows depend on; an option that the source in use
 * does not heed changes nothing.
 *
 * Ownership: const tables; made datasets are the caller's. Threads: safe.
 *
 *   const struct mmoe_source *s = mmoe_source_of(&options);
 *   struct mmoe_dataset *d = mmoe_source_make(&options, NULL, &err);
 */
#ifndef MMOE_SOURCE_H
#define MMOE_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>

#include <mmoe/dataset.h>
#include <mmoe/option.h>
#include <mmoe/status.h>

struct mmoe_source {
    const char *name;         /* "synthetic", "arrays" */
    const char *title;        /* "synthetic rows", "rows of a file" */
    const char *const *heeds; /* names of the data options its rows depend on, ended by NULL */
    size_t tasks;             /* of all its datasets; 0: each has its own */
    bool embeds;              /* its rows have categories that are embedded (rows.h) */
    /* as mmoe_source_make_until */
    struct mmoe_dataset *(*make)(const struct mmoe_options *o, struct mmoe_dataset *like,
                                 atomic_bool *stop, struct mmoe_error *err);
};
extern const struct mmoe_source mmoe_source_synthetic, mmoe_source_arrays, mmoe_source_table,
    mmoe_source_recommender;

/* The source that option data names. */
const struct mmoe_source *mmoe_source_of(const struct mmoe_options *o);

/*
 * The rows the options ask for. The arrays of `like` (NULL allowed) are shared where they are the
 * same ones, or reused where it is spare (mmoe_dataset_spare). NULL and *err where the rows cannot
 * be made.
 */
struct mmoe_dataset *mmoe_source_make(const struct mmoe_options *o, struct mmoe_dataset *like,
                                      struct mmoe_error *err);

/* The same; any thread may raise `stop` (NULL allowed): then soon NULL, and MMOE_STATE. */
struct mmoe_dataset *mmoe_source_make_until(const struct mmoe_options *o, struct mmoe_dataset *like,
                                            atomic_bool *stop, struct mmoe_error *err);

/* Have the rows of o categories that a net embeds? */
bool mmoe_source_embeds(const struct mmoe_options *o);

/* Do the rows of o depend on the option? False for options of other groups than data. */
bool mmoe_source_heeds(const struct mmoe_options *o, const struct mmoe_option *option);
/* Append what the rows of o depend on: "synthetic p=0.5 dim=100 ..."; the same rows, the same
 * text. */
void mmoe_source_key(const struct mmoe_options *o, struct mmoe_text *t);
/* Do both ask for the same rows? */
bool mmoe_source_same(const struct mmoe_options *a, const struct mmoe_options *b);

#endif
