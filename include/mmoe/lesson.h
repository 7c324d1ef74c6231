/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson.h - lessons: plain text files of steps, each with words, a question, commands, and what
 * must hold afterwards (mmoe-formats(5)).
 *
 * What a step says, asks and reveals may have {NAME} in it, which stands for a value of the session
 * (loss.A, p, overlap, ...); who shows a lesson gives these values. So no number in a text can be
 * other than what came out.
 *
 * Ownership: a lesson owns its texts; mmoe_lesson_free. Threads: one at a time.
 *
 *   struct mmoe_lesson *l = mmoe_lesson_read("correlation", &err);
 *   l->step[0].say ...  mmoe_lesson_free(l);
 */
#ifndef MMOE_LESSON_H
#define MMOE_LESSON_H

#include <stdbool.h>
#include <stddef.h>

#include <mmoe/definition.h>
#include <mmoe/text.h>

enum { MMOE_LESSON_CHOICES = 9, MMOE_LESSON_CHECKS = 8, MMOE_VALUE_NAME_MAX = 64 };

/* "loss.A<0.06" */
struct mmoe_check {
    char name[MMOE_VALUE_NAME_MAX];
    bool below; /* else above */
    double value;
};

struct mmoe_step {
    char *headline, *say;              /* say: paragraphs, a line each */
    char *ask;                         /* NULL: nothing is asked */
    size_t choices;                    /* 0: a number is asked for, or nothing */
    char *choice[MMOE_LESSON_CHOICES]; /* */
    size_t right;                      /* which of them */
    char predict[MMOE_VALUE_NAME_MAX]; /* the value a number is asked for; "": none is */
    double within;                     /* share by which an answer may be off */
    char *commands;                    /* a line each; NULL: none */
    char *reveal;                      /* paragraphs; NULL: nothing */
    size_t checks;
    struct mmoe_check check[MMOE_LESSON_CHECKS];
    char *hint; /* NULL: none */
};

struct mmoe_lesson {
    char name[MMOE_NAME_MAX], title[128], note[256];
    size_t count;
    struct mmoe_step *step;
};

/* The lesson of that name, or of that file where there is a '/' in it. NULL and a line that names
 * file, line and remedy. */
struct mmoe_lesson *mmoe_lesson_read(const char *name, struct mmoe_error *err);
void mmoe_lesson_free(struct mmoe_lesson *l); /* NULL allowed */

/* "loss.A<0.06", "p>0.5"; MMOE_INVALID where it is none. */
enum mmoe_status mmoe_check_parse(const char *text, struct mmoe_check *out, struct mmoe_error *err);
bool mmoe_check_holds(const struct mmoe_check *c, double value); /* false of NAN */

/* Append text with the value of each {NAME} in its place; `value` gives it and false where there is
 * no such, which is shown as "-". */
void mmoe_lesson_expand(const char *text,
                        bool (*value)(const void *context, const char *name, struct mmoe_text *t),
                        const void *context, struct mmoe_text *out);

#endif
