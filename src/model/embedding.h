/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * embedding.h - vectors for the levels of categories, which a net reads beside the row's numbers.
 *
 * The tables of all fields lie in one block of R rows of `units` numbers, behind the net's other
 * parameters. Where hashing is on, a field with more than 2^bits levels has 2^bits rows, and some
 * levels share one. Backward, what a batch's entries add to a row of the tables is summed in the
 * order of the batch; a step moves those rows alone.
 *
 * Shapes: x (B,D), D = F units + K: the vectors field by field, then the numbers.
 * Ownership: points into its net's arena and owns nothing. Threads: as its net.
 *
 *   embedding_forward(&e, rows);    ... e.x ...    embedding_backward(&e, dx);
 *   embedding_step(&e, MMOE_EMBEDDING_ADAGRAD, lr);
 */
#ifndef MMOE_EMBEDDING_H
#define MMOE_EMBEDDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mmoe/option.h>
#include <mmoe/real.h>
#include <mmoe/rows.h>

struct embedding {
    size_t fields, units, numbers; /* F, width of a vector, K */
    size_t rows;                   /* R, of all fields together */
    uint32_t first[MMOE_FIELDS_MAX];
    uint32_t kept[MMOE_FIELDS_MAX]; /* rows of a field */
    bool hashed[MMOE_FIELDS_MAX];
    mmoe_real *table;  /* (R,units) */
    mmoe_real *state;  /* (R) Adagrad's sums of mean squares */
    mmoe_real *x, *dx; /* (B,D) */
    /* of the last forward */
    size_t batch;
    uint32_t *at; /* (B,F) rows of the table */
    /* of the last backward */
    size_t touched;
    uint32_t *row;  /* (B F) those that have a gradient, each once */
    mmoe_real *sum; /* (B F,units) their gradients */
    uint32_t *slot; /* (R) place in row, from 1; 0 between two passes */
};

/* Rows of a field's table with that many levels; bits 0: every level has its own. */
uint32_t embedding_rows(uint32_t levels, size_t bits);
/* The row of a level in its field's table. */
uint32_t embedding_row(const struct embedding *e, size_t field, uint32_t level);

/* Look the rows up: fills x. */
void embedding_forward(struct embedding *e, const struct mmoe_rows *rows);
/* Sum the gradients dx (batch,D) of the last forward's x up, row by row of the tables. */
void embedding_backward(struct embedding *e);
/* Move the rows of the last backward: w -= lr g, or w -= lr g / sqrt(G), G += mean(g^2) (Duchi et
 * al., JMLR 2011, with one sum a row). */
void embedding_step(struct embedding *e, enum mmoe_embedding_optimizer how, double lr);

#endif
