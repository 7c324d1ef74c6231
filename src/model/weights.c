/* SPDX-License-Identifier: GPL-3.0-or-later */
/* weights.c - a net's tensors as named arrays, row-major whatever their layout in the arena, and
 * back. */
#include <math.h>
#include <stdio.h>
#include <string.h>

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

enum mmoe_status mmoe_net_export(const struct mmoe_net *net, const mmoe_real *values,
                                 const char *prefix, struct mmoe_arrays *out,
                                 struct mmoe_error *err)
{
    char name[MMOE_ARRAY_NAME_MAX];
    for (size_t k = 0; k < net->tensor_count; k++) {
        const struct mmoe_tensor *t = &net->tensors[k];
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

static enum mmoe_status check(const struct mmoe_net *net, const char *prefix,
                              const struct mmoe_arrays *in, struct mmoe_error *err)
{
    char name[MMOE_ARRAY_NAME_MAX];
    for (size_t k = 0; k < net->tensor_count; k++) {
        name_of(&net->tensors[k], prefix, name);
        const struct mmoe_array *v = mmoe_arrays_find(in, name);
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

/* How many arrays begin with the prefix. */
static size_t count_prefixed(const struct mmoe_arrays *in, const char *prefix)
{
    size_t count = 0;
    for (size_t i = 0; i < in->count; i++)
        count += strncmp(in->list[i].name, prefix, strlen(prefix)) == 0;
    return count;
}

enum mmoe_status mmoe_net_import(const struct mmoe_net *net, const struct mmoe_arrays *in,
                                 const char *prefix, mmoe_real *values, struct mmoe_error *err)
{
    char name[MMOE_ARRAY_NAME_MAX];
    enum mmoe_status status = check(net, prefix, in, err);
    if (mmoe_failed(status))
        return status;
    size_t count = count_prefixed(in, prefix);
    if (count != net->tensor_count)
        return mmoe_fail(
            err, MMOE_INVALID, "the file has %s, but %s has %zu: set the options it was made with",
            MMOE_COUNTED(count, "array"), mmoe_model_name(net->model), net->tensor_count);
    for (size_t k = 0; k < net->tensor_count; k++) {
        const struct mmoe_tensor *t = &net->tensors[k];
        name_of(t, prefix, name);
        const struct mmoe_array *v = mmoe_arrays_find(in, name);
        EACH_ELEMENT(t, i, at, values[at] = (mmoe_real)mmoe_array_number(v, i))
    }
    return MMOE_OK;
}
