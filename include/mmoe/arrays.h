/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arrays.h - named arrays in files: NumPy's .npz and safetensors.
 *
 * Of a file the arrays are read that somebody asks for; what else is in it, whatever it is, stays
 * unread and is known by its name.
 * Arrays are row-major. Whatever a file says of itself is checked against its size
 * before it is believed: a truncated, foreign or hostile file gives one line and
 * leaves the arrays as they were. A file is written beside its place and renamed
 * into it, so that the old file stays whole until the new one is.
 *
 * Ownership: mmoe_arrays_done gives everything back; {0} is empty.
 * Threads:   one at a time.
 *
 *   struct mmoe_arrays a = {0};
 *   if (!mmoe_failed(mmoe_arrays_read(&a, "weights.npz", &err)))
 *       ... mmoe_arrays_find(&a, "gates.weight") ...
 *   mmoe_arrays_done(&a);
 */
#ifndef MMOE_ARRAYS_H
#define MMOE_ARRAYS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <mmoe/status.h>
#include <mmoe/text.h>

enum mmoe_dtype { MMOE_F32, MMOE_F64, MMOE_I64, MMOE_U16, MMOE_U8 };
enum { MMOE_ARRAY_DIMS_MAX = 4, MMOE_ARRAY_NAME_MAX = 96 };

struct mmoe_array {
    char name[MMOE_ARRAY_NAME_MAX];
    enum mmoe_dtype type;
    size_t ndim, dim[MMOE_ARRAY_DIMS_MAX];
    size_t n; /* elements */
    void *data;
};

/* An array of a file that was not read. */
struct mmoe_unread {
    char name[MMOE_ARRAY_NAME_MAX]; /* its beginning, where it is longer */
    char why[80];                   /* "has 5 dimensions: ..."; empty where nobody asked for it */
};

struct mmoe_arrays {
    size_t count, room;
    struct mmoe_array *list;
    size_t bytes; /* of all in the list */
    size_t unread_count, unread_room;
    struct mmoe_unread *unread;
    /* Any thread may raise it: reading and writing then end soon, with MMOE_STATE. NULL: nobody. */
    atomic_bool *stop;
};

void mmoe_arrays_done(struct mmoe_arrays *a);

/* Append an array of zeros; NULL and *err where it does not fit in memory. Valid until the next one
 * is added. */
struct mmoe_array *mmoe_arrays_add(struct mmoe_arrays *a, const char *name, enum mmoe_dtype type,
                                   size_t ndim, const size_t *dim, struct mmoe_error *err);
/* Append a text as bytes, and read one; NULL where there is none of that name (free with
 * mmoe_free). */
enum mmoe_status mmoe_arrays_add_text(struct mmoe_arrays *a, const char *name, const char *text,
                                      struct mmoe_error *err);
char *mmoe_arrays_text(const struct mmoe_arrays *a, const char *name);

const struct mmoe_array *mmoe_arrays_find(const struct mmoe_arrays *a,
                                          const char *name); /* or NULL */
/* Element i in row-major order, whatever the type. */
double mmoe_array_number(const struct mmoe_array *a, size_t i);
/* Append "(8, 100, 16)". */
void mmoe_array_shape(const struct mmoe_array *a, struct mmoe_text *t);

/* Why the array of that name was not read, as what follows its name in a sentence; NULL where there
 * is none, or nobody asked for it. */
const char *mmoe_arrays_unread(const struct mmoe_arrays *a, const char *name);
/* Append the names of the arrays that were not read, "when, meta and 3 more"; nothing where there
 * are none. */
void mmoe_arrays_tell_unread(const struct mmoe_arrays *a, struct mmoe_text *t);

/* What is asked of a file. */
struct mmoe_wanted {
    /* NULL at their end; a name that ends in a point stands for all that begin so; NULL: every
       array of numbers */
    const char *const *names;
    size_t limit; /* of bytes that the arrays may take in all; 0: half of the machine's memory */
};

/* The file's ending, .npz or .safetensors, chooses the format. */
enum mmoe_status mmoe_arrays_write(const struct mmoe_arrays *a, const char *path,
                                   struct mmoe_error *err);
/*
 * Append the arrays that are wanted; a is untouched on failure. A wanted one that has no numbers or
 * too many dimensions is left unread; one that is damaged, or there twice, fails. MMOE_LIMIT where
 * they are larger than allowed, or too many.
 */
enum mmoe_status mmoe_arrays_read_some(struct mmoe_arrays *a, const char *path,
                                       const struct mmoe_wanted *wanted, struct mmoe_error *err);
/* The same for every array of numbers in the file. */
enum mmoe_status mmoe_arrays_read(struct mmoe_arrays *a, const char *path, struct mmoe_error *err);

#endif
