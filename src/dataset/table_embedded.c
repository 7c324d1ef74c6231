/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table_embedded.c - the rows of a table whose categories are embedded.
 *
 * Level 0 of a category stands for all that no training row has; the others follow by name. Rows
 * have the scaled numbers for inputs; a table without any has one that is 0.
 */
#include <stdio.h>

#include <mmoe/mem.h>

#include "src/dataset/dataset.h"
#include "src/dataset/table.h"

/* Number the levels of a category that training rows have; returns how many, with level 0. */
static uint32_t number_levels(struct table *m, size_t category)
{
    const struct levels *l = &m->columns.levels[category];
    size_t *count = table_count_levels(m, category);
    uint32_t *place = mmoe_alloc(l->count, sizeof *place),
             *by_name = mmoe_alloc(l->count, sizeof *by_name), next = 1;
    levels_sort(l, place);
    for (uint32_t i = 0; i < l->count; i++)
        by_name[place[i]] = i;
    for (size_t i = 0; i < l->count; i++)
        place[by_name[i]] = count[by_name[i]] ? next++ : 0;
    m->row_of[category] = place;
    mmoe_free(by_name);
    mmoe_free(count);
    return next;
}

enum mmoe_status table_embed_levels(struct table *m, struct mmoe_fields *fields,
                                    struct mmoe_error *err)
{
    const struct columns *c = &m->columns;
    if (c->categories > MMOE_FIELDS_MAX)
        return mmoe_fail(err, MMOE_LIMIT, "%.200s: %s, and at most %d are embedded: ignore some",
                         m->schema.path, MMOE_COUNTED(c->categories, "category"), MMOE_FIELDS_MAX);
    if (c->categories == 0)
        return mmoe_fail(err, MMOE_STATE, "%.200s has no category to embed: set categories onehot",
                         m->schema.path);
    m->row_of = mmoe_alloc(c->categories, sizeof *m->row_of);
    fields->count = c->categories;
    for (size_t i = 0; i < c->categories; i++) {
        snprintf(fields->of[i].name, sizeof fields->of[i].name, "%s",
                 m->schema.column[c->category_column[i]].name);
        fields->of[i].levels = number_levels(m, i);
    }
    return MMOE_OK;
}

void table_embed_part(const struct table *m, int part, int how, const struct mmoe_rows *to)
{
    const struct columns *c = &m->columns;
    mmoe_real *x = mmoe_dataset_fill(to->x), *y = mmoe_dataset_fill(to->y);
    uint32_t *id = mmoe_dataset_fill(to->id);
    size_t row = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (m->part[i] != part)
            continue;
        for (size_t k = 0; k < c->categories; k++)
            id[row * c->categories + k] = m->row_of[k][c->id[i * c->categories + k]];
        if (c->numbers == 0)
            x[row] = 0;
        for (size_t k = 0; k < c->numbers; k++)
            x[row * c->numbers + k] = table_input(m, k, c->number[i * c->numbers + k], how);
        for (size_t k = 0; k < c->tasks; k++)
            y[row * c->tasks + k] = (mmoe_real)c->label[i * c->tasks + k];
        row++;
    }
}
