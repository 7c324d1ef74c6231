/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit_facts.h - what a net has learned, in sentences and as numbers.
 *
 * Ownership: none. Threads: pure functions.
 */
#ifndef MMOE_UI_FIT_FACTS_H
#define MMOE_UI_FIT_FACTS_H

#include "ui/panel/panels.h"

/* What the run in front has learned; NULL: it is not known. */
const struct mmoe_fit *fit_shown(const struct view *v);
/* Why it is not, in a sentence. */
const char *fit_missing(const struct view *v);

/* As struct panel has them. */
void fit_describe(const struct view *v, struct mmoe_text *t);
void fit_csv(const struct view *v, struct mmoe_text *t);
void fit_json(const struct view *v, struct mmoe_text *t);

#endif
