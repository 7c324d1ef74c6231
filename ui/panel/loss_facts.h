/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loss_facts.h - losses in words and numbers: what panel loss tells beside its curves.
 *
 * Ownership: the caller's texts. Threads: as panels.h.
 */
#ifndef MMOE_UI_LOSS_FACTS_H
#define MMOE_UI_LOSS_FACTS_H

#include "ui/panel/view.h"

/* As those of a struct panel. */
void loss_facts_note(const struct view *v, char *buf, size_t size);
void loss_facts_describe(const struct view *v, struct mmoe_text *t);
void loss_facts_csv(const struct view *v, struct mmoe_text *t);
void loss_facts_json(const struct view *v, struct mmoe_text *t);

#endif
