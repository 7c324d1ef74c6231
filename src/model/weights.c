/* SPDX-License-Identifier: GPL-3.0-or-later */
/* weights.c - a net's tensors as named arrays, row-major whatever their layout in the arena, and
 * back. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/mem.h>

#include "src/model/net.h"

/* Call body with `at`, the place in the arena of element i, for all elements of t in row-major
 * order. */
#define EACH_ELEMENT(t, i, at, body)                                                               \
    for (size_t i = 0, j0 = 0; j0 < (t)->dim[0]; j0++)                                             \
        for (size_t j1 = 0; j1 < (t)->dim[1]; j1++)                                                \
            for (size_t j2 = 0; j2 < (t)->dim[2]; j2++, i++) {                                     \
                size_t at =                                                                        \
                    (t)->offset + j0 * (t)->stride[0] + j1 * (t)->stride[1] + j2 * (t)->stride[2]; \
                body;                                                                              \
            }

static void name_of(const struct mmoe_tensor *t, const char *prefix, char out[MMOE_ARRAY_NAME_MAX])
{
    snprintf(out, MMOE_ARRAY_NAME_MAX, "%s%.*s", prefix, MMOE_ARRAY_NAME_MAX - 16, t->name);
}

enum mmoe_status mmoe_net_export(const struct mmoe_net *net, const mmoe_real *values, size_t n,
                                 const char *prefix, struct mmoe_arrays *out,
                                 struct mmoe_error *err)
{
    char name[MMOE_ARRAY_NAME_MAX];
    for (size_t k = 0; k < net->tensor_count; k++) {
        const struct mmoe_tensor *t = &net->tensors[k];
        if (t->offset >= n)
            continue;
        name_of(t, prefix, name);
        struct mmoe_array *v =
            mmoe_arrays_add(out, name, MMOE_F32, t->ndim, t->dim + t->first, err);
        if (!v)
            return err->status;
        float *to = v->data;
        EACH_ELEMENT(t, i, at, to[i] = (float)values[at])
    }
    return MMOE_OK;
}

static bool same_shape(const struct mmoe_tensor *t, const struct mmoe_array *v)
{
    return v->ndim == t->ndim && memcmp(v->dim, t->dim + t->first, t->ndim * sizeof *v->dim) == 0;
}

static enum mmoe_status refuse_shape(const struct mmoe_tensor *t, const struct mmoe_array *v,
                                     struct mmoe_error *err)
{
    struct mmoe_text is = {0}, wanted = {0};
    struct mmoe_array like = {.ndim = t->ndim};
    memcpy(like.dim, t->dim + t->first, t->ndim * sizeof *like.dim);
    mmoe_array_shape(v, &is);
    mmoe_array_shape(&like, &wanted);
    mmoe_fail(err, MMOE_INVALID,
              "array %s is %s, but the net's is %s: set the options it was made with", v->name,
              is.s, wanted.s);
    mmoe_text_done(&is);
    mmoe_text_done(&wanted);
    return err->status;
}

static enum mmoe_status check(const struct mmoe_net *net, size_t n, const char *prefix,
                              const struct mmoe_arrays *in, struct mmoe_error *err)
{
    char name[MMOE_ARRAY_NAME_MAX];
    for (size_t k = 0; k < net->tensor_count; k++) {
        if (net->tensors[k].offset >= n)
            continue;
        name_of(&net->tensors[k], prefix, name);
        const struct mmoe_array *v = mmoe_arrays_find(in, name);
        const char *unread = mmoe_arrays_unread(in, name);
        if (!v && unread)
            return mmoe_fail(err, MMOE_INVALID, "array %s %s", name, unread);
        if (!v)
            return mmoe_fail(err, MMOE_INVALID,
                             "there is no array %s, which %s has: set the model it was made with",
                             name, mmoe_model_name(net->model));
        if (!same_shape(&net->tensors[k], v))
            return refuse_shape(&net->tensors[k], v, err);
        for (size_t i = 0; i < v->n; i++)
            if (!isfinite((float)mmoe_array_number(v, i)))
                return mmoe_fail(err, MMOE_INVALID, "array %s has a number that is not finite",
                                 name);
    }
    return MMOE_OK;
}

/* Is the name that of a tensor of the net? */
static bool is_own(const struct mmoe_net *net, const char *prefix, const char *name)
{
    char own[MMOE_ARRAY_NAME_MAX];
    for (size_t k = 0; k < net->tensor_count; k++) {
        name_of(&net->tensors[k], prefix, own);
        if (strcmp(own, name) == 0)
            return true;
    }
    return false;
}

/* Is the name, behind the prefix, one that a tensor of some net may have? It begins with the word
 * of a part of this net ("towers."), or names weights or a bias. */
static bool belongs(const struct mmoe_net *net, const char *name)
{
    for (size_t k = 0; k < net->tensor_count; k++) {
        size_t word = strcspn(net->tensors[k].name, ".") + 1;
        if (strncmp(net->tensors[k].name, name, word) == 0)
            return true;
    }
    return mmoe_text_ends(name, ".weight") || mmoe_text_ends(name, ".bias");
}

/* Fail if an array, read or not, is of another net: without it the net would not be the one the
 * arrays were made with. */
static enum mmoe_status refuse_others(const struct mmoe_net *net, const char *prefix,
                                      const struct mmoe_arrays *in, struct mmoe_error *err)
{
    for (size_t i = 0; i < in->count + in->unread_count; i++) {
        const char *name = i < in->count ? in->list[i].name : in->unread[i - in->count].name;
        if (strncmp(name, prefix, strlen(prefix)) == 0 && belongs(net, name + strlen(prefix)) &&
            !is_own(net, prefix, name))
            return mmoe_fail(err, MMOE_INVALID,
                             "there is an array %s, which %s has not: set the options it was made "
                             "with",
                             name, mmoe_model_name(net->model));
    }
    return MMOE_OK;
}

const char **mmoe_net_names(const struct mmoe_net *net)
{
    const char **names = mmoe_alloc(net->tensor_count + 1, sizeof *names);
    for (size_t k = 0; k < net->tensor_count; k++)
        names[k] = net->tensors[k].name;
    return names;
}

enum mmoe_status mmoe_net_import(const struct mmoe_net *net, const struct mmoe_arrays *in,
                                 const char *prefix, mmoe_real *values, size_t n,
                                 struct mmoe_error *err)
{
    char name[MMOE_ARRAY_NAME_MAX];
    if (mmoe_failed(check(net, n, prefix, in, err)) ||
        mmoe_failed(refuse_others(net, prefix, in, err)))
        return err->status;
    for (size_t k = 0; k < net->tensor_count; k++) {
        const struct mmoe_tensor *t = &net->tensors[k];
        if (t->offset >= n)
            continue;
        name_of(t, prefix, name);
        const struct mmoe_array *v = mmoe_arrays_find(in, name);
        EACH_ELEMENT(t, i, at, values[at] = (mmoe_real)mmoe_array_number(v, i))
    }
    return MMOE_OK;
}
