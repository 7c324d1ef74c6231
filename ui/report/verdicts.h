/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdicts.h - the paper's claims, tested on a study and told.
 *
 * Ownership: as the functions say. Threads: user-interface thread.
 */
#ifndef MMOE_UI_VERDICTS_H
#define MMOE_UI_VERDICTS_H

#include <mmoe/choice.h>
#include <mmoe/design.h>

#include "ui/panel/view.h"
#include "ui/report/event.h"

/* All groups' claims of a study on losses or losses over variance: (groups, MMOE_CLAIMS), to be
   freed with mmoe_free; NULL and *err where the study is not of that kind. */
struct mmoe_claim *verdicts_test(const struct view_study *s, bool over_var, struct mmoe_design *d,
                                 struct mmoe_error *err);
/* One group's cells, the same way. */
void verdicts_cells(const struct view_study *s, const struct mmoe_design *d, size_t group,
                    bool over_var, double threshold,
                    struct mmoe_claims_cell out[MMOE_CLAIMS_MODELS][MMOE_CLAIMS_P_MAX]);

/* P(a < b) of two models at the i-th p: how often a ends with the lower loss of a seed, ties
   counting half; a run that diverged loses. */
struct mmoe_interval verdicts_below(const struct view_study *s, const struct mmoe_design *d,
                                    size_t group, bool over_var, enum mmoe_claims_model a,
                                    enum mmoe_claims_model b, size_t i);

/* Test the claims on a study and report them: claim events, or a list; of several groups a table.
 */
enum mmoe_status verdicts_tell(const struct event_sink *sink, const struct view_study *s,
                               bool over_var, struct mmoe_error *err);
/* Report its cells and pairs: claim.cell and claim.pair events, or tables. */
enum mmoe_status verdicts_tell_cells(const struct event_sink *sink, const struct view_study *s,
                                     bool over_var, double threshold, struct mmoe_error *err);
/* choice: option, for, value, chosen, median by value. */
void verdicts_tell_choice(const struct event_sink *sink, const struct mmoe_grid *g,
                          const struct mmoe_choice *c);

#endif
