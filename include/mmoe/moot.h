/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * moot.h - settings that change nothing beside the others, and what would make them count.
 *
 * An option that neither the source nor the model heeds (run.h) changes nothing whatever the other
 * options are. A moot one is heeded, but for the values of others: momentum beside adam, balance
 * beside one expert; or it makes a part of the net moot, as top-k 1 does the gates. An option at
 * its default is never moot, since nobody asked for it.
 *
 * Ownership: const rules. Threads: safe.
 *
 *   const struct mmoe_moot *rule = mmoe_moot_find(&o, option);
 *   if (rule) mmoe_moot_tell(rule, &o, &text);
 */
#ifndef MMOE_MOOT_H
#define MMOE_MOOT_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/option.h>
#include <mmoe/text.h>

struct mmoe_moot {
    const char *option;
    bool (*when)(const struct mmoe_options *o);
    const char *why, *remedy; /* "changes nothing, since adam has none", "set optimizer sgd" */
};

/* The rule by which the option is moot, or NULL. */
const struct mmoe_moot *mmoe_moot_find(const struct mmoe_options *o,
                                       const struct mmoe_option *option);
/* Append "momentum 0.5 changes nothing, since adam has none: set optimizer sgd". */
void mmoe_moot_tell(const struct mmoe_moot *rule, const struct mmoe_options *o,
                    struct mmoe_text *t);

#endif
