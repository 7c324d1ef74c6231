/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdicts.h - the paper's claims on a study, told.
 *
 * Texts are made apart from where they go, so that a job can make them: for people, or,
 * json, an event a line.
 *
 * Ownership: the caller's. Threads: the texts any; verdicts_choice user-interface thread.
 */
#ifndef MMOE_UI_VERDICTS_H
#define MMOE_UI_VERDICTS_H

#include <mmoe/choice.h>
#include <mmoe/hearing.h>

#include "ui/report/event.h"

/* Append the claims that were tested: claim events, or a list; of several groups a table. brief: of
 * each claim the term alone that decides. */
void verdicts_add_claims(const struct mmoe_hearing *h, bool json, bool brief, struct mmoe_text *t);
/* Append a claim event without what it was heard on. */
void verdicts_add_claim(const struct mmoe_claim *claim, struct mmoe_text *t);
/* Append "1.14 [1.08, 1.19]", with digits as far as a term's draws tell them. */
void verdicts_add_estimate(const struct mmoe_claim_term *term, struct mmoe_text *t);
/* Append "  holds  loss of OMoE / ...: 1.14 [1.08, 1.19], p .003" and a line's end. */
void verdicts_add_term(const struct mmoe_claim_term *term, struct mmoe_text *t);
/* The corrected p-value that speaks for its verdict; and ".023", "< .001" or "-" into buf. */
double verdicts_p_of(const struct mmoe_claim_term *term);
const char *verdicts_p(double p, char *buf, size_t size);
/* Append cells and pairs: claim.cell and claim.pair events, or tables. Takes its time. */
void verdicts_add_cells(const struct mmoe_hearing *h, double threshold, bool json,
                        struct mmoe_text *t);
/* choice: option, for, value, chosen, median by value. */
void verdicts_choice(const struct event_sink *sink, const struct mmoe_grid *g,
                     const struct mmoe_choice *c);

#endif
