/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz.h - what the targets share: a folder of their own, bytes taken apart, and what must hold.
 *
 * A target is a file fuzz_NAME.c with libFuzzer's entry point. It runs one input, and aborts
 * where a promise is broken. Built with --enable-fuzzing it is a fuzzer; else replay.c runs
 * its seeds and some mutations of them.
 *
 * Ownership: inputs are the caller's. Threads: one.
 */
#ifndef MMOE_TESTS_FUZZ_H
#define MMOE_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mmoe/status.h>

/* libFuzzer's entry points. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t most);

/* Abort with a line that says what does not hold. */
#define fuzz_assert(truth)                                                             \
    do {                                                                               \
        if (!(truth)) {                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #truth); \
            abort();                                                                   \
        }                                                                              \
    } while (0)

/* Make a temporary folder the working directory, the home and the place of all files the
 * program keeps. Does it once; the folder goes when the program ends. */
void fuzz_home(void);
/* Write a file of the working directory. */
void fuzz_file(const char *name, const void *bytes, size_t n);
/* A terminated copy, to be freed; bytes that are 0 become blanks. */
char *fuzz_text(const uint8_t *bytes, size_t n);
/* A failure says one line. */
void fuzz_check_error(enum mmoe_status status, const struct mmoe_error *err);

/* Numbers taken from the front of an input; 0 where it is used up. */
struct fuzz_input {
    const uint8_t *bytes;
    size_t n;
};
unsigned fuzz_take(struct fuzz_input *in, unsigned below);

#endif
