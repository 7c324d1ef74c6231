/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registry.c - the sources of rows there are, and which of them options choose. */
#include <string.h>

#include <mmoe/source.h>

const struct mmoe_source *mmoe_source_of(const struct mmoe_options *o)
{
    if (!o->data[0])
        return &mmoe_source_synthetic;
    if (!mmoe_options_of_file(o->data))
        return &mmoe_source_recommender;
    bool arrays = mmoe_text_ends(o->data, ".npz") || mmoe_text_ends(o->data, ".safetensors");
    return arrays ? &mmoe_source_arrays : &mmoe_source_table;
}

struct mmoe_dataset *mmoe_source_make(const struct mmoe_options *o, struct mmoe_dataset *like,
                                      struct mmoe_error *err)
{
    return mmoe_source_make_until(o, like, NULL, err);
}

struct mmoe_dataset *mmoe_source_make_until(const struct mmoe_options *o, struct mmoe_dataset *like,
                                            atomic_bool *stop, struct mmoe_error *err)
{
    return mmoe_source_of(o)->make(o, like, stop, err);
}

bool mmoe_source_embeds(const struct mmoe_options *o)
{
    return mmoe_source_of(o)->embeds || (mmoe_source_heeds(o, mmoe_option_find("categories")) &&
                                         o->categories == MMOE_CATEGORIES_EMBEDDED);
}

bool mmoe_source_heeds(const struct mmoe_options *o, const struct mmoe_option *option)
{
    const char *const *name = mmoe_source_of(o)->heeds;
    while (*name && strcmp(*name, option->name) != 0)
        name++;
    return *name != NULL;
}

/* Do the rows of o depend on the option itself? The alias `seed` stands for options that are asked
 * for one by one. */
static bool counts(const struct mmoe_options *o, const struct mmoe_option *option)
{
    return !mmoe_option_is_alias(option) && mmoe_source_heeds(o, option);
}

void mmoe_source_key(const struct mmoe_options *o, struct mmoe_text *t)
{
    mmoe_text_add(t, "%s", mmoe_source_of(o)->name);
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        if (!counts(o, option))
            continue;
        mmoe_text_add(t, " %s=", option->name);
        mmoe_option_show(o, option, t);
    }
}

bool mmoe_source_same(const struct mmoe_options *a, const struct mmoe_options *b)
{
    if (mmoe_source_of(a) != mmoe_source_of(b))
        return false;
    for (size_t i = 0; i < mmoe_option_count; i++) {
        const struct mmoe_option *option = &mmoe_option_table[i];
        if (counts(a, option) && !mmoe_option_same(a, b, option))
            return false;
    }
    return true;
}
