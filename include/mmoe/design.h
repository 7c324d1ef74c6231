/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * design.h - which cells of a grid the paper's claims compare.
 *
 * The claims need the three models shared-bottom, omoe and mmoe at two or more values of p. What
 * else varies makes groups, each with claims of its own: a study of what a claim depends on has a
 * group for each value it tries.
 *
 * Ownership: values. Threads: safe.
 *
 *   struct mmoe_design d;
 *   mmoe_design_find(&grid, &d, &err);
 *   for (size_t g = 0; g < d.groups; g++)
 *       ... mmoe_design_cell(&grid, &d, g, MMOE_CLAIMS_MMOE, 0) ...
 */
#ifndef MMOE_DESIGN_H
#define MMOE_DESIGN_H

#include <mmoe/claims.h>
#include <mmoe/grid.h>

struct mmoe_design {
    size_t model_axis, p_axis;                  /* their places among the grid's axes */
    size_t model_place[MMOE_CLAIMS_MODELS];     /* where in the model's axis each is */
    size_t p_count, p_place[MMOE_CLAIMS_P_MAX]; /* in ascending order of p */
    double p[MMOE_CLAIMS_P_MAX];
    size_t groups;
};

/* MMOE_STATE and what is missing where the claims cannot be tested on that grid. */
enum mmoe_status mmoe_design_find(const struct mmoe_grid *g, struct mmoe_design *d,
                                  struct mmoe_error *err);
/* The cell of a model at the i-th p, in a group. */
size_t mmoe_design_cell(const struct mmoe_grid *g, const struct mmoe_design *d, size_t group,
                        enum mmoe_claims_model model, size_t i);
/* Append what sets a group apart, "scale=1 sines=5"; nothing where there is but one. */
void mmoe_design_group_text(const struct mmoe_grid *g, const struct mmoe_design *d, size_t group,
                            struct mmoe_text *t);
/* The values of a group, out of those of all cells (cells, seeds), and the overlaps of MMoE's gates
 * (cells, seeds; NULL: not known). Borrows d->p, value and overlap. */
void mmoe_design_input(const struct mmoe_grid *g, const struct mmoe_design *d, size_t group,
                       const double *value, const double *overlap, struct mmoe_claims_input *in);

#endif
