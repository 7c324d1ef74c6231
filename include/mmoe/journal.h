/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal.h - what happened to a run and at which step: options changed, notes, branches.
 *
 * With the options a run was made with it is all that the run's bits depend on: the changes, made
 * again at their steps, give the run again. Marks stand in the order of their steps; those of a
 * step apply before it is taken.
 *
 * Ownership: a journal does not change any more and is shared by reference: _ref, _free. Adding
 * makes another one. NULL is an empty one.
 * Threads:   references are counted atomically.
 *
 *   const struct mmoe_journal *j = mmoe_journal_add(NULL, 3000, MMOE_MARK_CHANGE, "lr=0.001");
 *   mmoe_journal_at(j, 0)->step;  mmoe_journal_free(j);
 */
#ifndef MMOE_JOURNAL_H
#define MMOE_JOURNAL_H

#include <stddef.h>

#include <mmoe/option.h>
#include <mmoe/status.h>
#include <mmoe/text.h>

enum { MMOE_MARK_TEXT_MAX = 200, MMOE_MARKS_MOST = 65536 /* that are read */ };

enum mmoe_mark_kind {
    MMOE_MARK_CHANGE, /* options that reset nothing: "lr=0.001 momentum=0.8" */
    MMOE_MARK_NOTE,   /* what a person had to say */
    MMOE_MARK_BRANCH, /* here it became another run: its name, or "" */
    MMOE_MARK_IMPORT, /* it went on with what no journal has: where that came from */
    MMOE_MARKS
};

struct mmoe_mark {
    size_t step;
    enum mmoe_mark_kind kind;
    char text[MMOE_MARK_TEXT_MAX];
};

struct mmoe_journal;

/* What was otherwise when the run began than it is now: "lr=0.01"; "" where nothing was. */
const char *mmoe_journal_start(const struct mmoe_journal *j);
size_t mmoe_journal_count(const struct mmoe_journal *j);
const struct mmoe_mark *mmoe_journal_at(const struct mmoe_journal *j, size_t i);

/* j and one more mark, behind those of its step; gives the reference to j back. A text that is too
 * long is cut. */
const struct mmoe_journal *mmoe_journal_add(const struct mmoe_journal *j, size_t step,
                                            enum mmoe_mark_kind kind, const char *text);
/* j with another beginning; likewise. */
const struct mmoe_journal *mmoe_journal_begin(const struct mmoe_journal *j, const char *start);
/* What of j happened at steps up to that one; gives the reference to j back. */
const struct mmoe_journal *mmoe_journal_until(const struct mmoe_journal *j, size_t step);
const struct mmoe_journal *mmoe_journal_ref(const struct mmoe_journal *j);
void mmoe_journal_free(const struct mmoe_journal *j);

/* Append "lr=0.001 momentum=0.8": what of the options that change a run in progress, and reset
 * nothing, differs in b. */
void mmoe_journal_changes(const struct mmoe_options *a, const struct mmoe_options *b,
                          struct mmoe_text *t);
/* Those options become what they are in from. */
void mmoe_journal_copy(struct mmoe_options *o, const struct mmoe_options *from);
/* Make the changes of such a text in *o, which is untouched on failure: of no other options. */
enum mmoe_status mmoe_journal_apply(const char *text, struct mmoe_options *o,
                                    struct mmoe_error *err);

/* Append it as lines, "start lr=0.01" and "3000 change lr=0.001", and read such lines: MMOE_INVALID
 * where they are no journal that _text wrote. *out may be NULL, and is the caller's. */
void mmoe_journal_text(const struct mmoe_journal *j, struct mmoe_text *t);
enum mmoe_status mmoe_journal_read(const char *text, const struct mmoe_journal **out,
                                   struct mmoe_error *err);

#endif
