/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * npy.h - the header of NumPy's .npy format.
 *
 *   "\x93NUMPY"   and a version
 *   header        its length, and a Python literal such as
 *                 {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
 *   numbers       as the header says
 *
 * (NumPy, "A simple file format for NumPy arrays".)
 *
 * Ownership, threads: pure functions.
 */
#ifndef MMOE_DATASET_NPY_H
#define MMOE_DATASET_NPY_H

#include <mmoe/arrays.h>

#include "src/dataset/raw.h"

struct npy {
    char descr[32]; /* its beginning, where it is longer */
    bool columns;
    size_t ndim, dim[MMOE_ARRAY_DIMS_MAX];
    size_t start; /* of the numbers */
};

/* Append the header of an array, padded so that the numbers are aligned. */
void npy_header(const struct mmoe_array *v, struct mmoe_text *t);
/* Read the header that n bytes begin with, with the first MMOE_ARRAY_DIMS_MAX dimensions; false if
 * they are no array. */
bool npy_read(const unsigned char *bytes, size_t n, struct npy *h);
/* The type of numbers that NumPy describes so, "<f4"; kind 0 where they are no numbers. */
struct raw npy_raw(const char *descr);

#endif
