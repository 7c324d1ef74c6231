/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stuck.h - how many of a cell's runs got stuck, and whether its losses have two modes: told in
 * one way wherever cells are told.
 *
 * Ownership: texts are the caller's. Threads: as the tally.
 */
#ifndef MMOE_UI_STUCK_H
#define MMOE_UI_STUCK_H

#include <mmoe/tally.h>

enum { STUCK_SHORT = 24 };

/* "44%", "<1%", "0%"; "-" where no run tells. Into buf, returns buf. */
const char *stuck_percent(const struct mmoe_tally *t, size_t cell, size_t task,
                          char buf[STUCK_SHORT]);
/* "44% stuck", "<1% stuck"; "" where no run is, or none tells. Into buf, returns buf. */
const char *stuck_short(const struct mmoe_tally *t, size_t cell, size_t task,
                        char buf[STUCK_SHORT]);
/* " Task A is stuck in 8 of 20 (40 % [22, 61]), some task in 12 (60 % [39, 78])."; nothing where no
 * run tells. */
void stuck_add_words(const struct mmoe_tally *t, size_t cell, size_t task, struct mmoe_text *out);
/* "35 % [18, 57]"; "-" where no run tells. Into buf, returns buf. */
const char *stuck_interval(const struct mmoe_tally *t, size_t cell, size_t task,
                           char buf[STUCK_SHORT]);
/* " Its losses have two modes: 56 % about .135, 44 % about .81."; nothing where they have one, are
 * too few, or the metric is no loss. */
void stuck_add_modes(enum mmoe_metric metric, const struct mmoe_spread *s, struct mmoe_text *out);
/* "stuck":{...},"modes":{...}; null where nothing is known. */
void stuck_add_json(const struct mmoe_tally *t, size_t cell, size_t task, enum mmoe_metric metric,
                    const struct mmoe_spread *s, struct mmoe_text *out);

#endif
