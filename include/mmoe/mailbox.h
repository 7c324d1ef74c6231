/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mailbox.h - what threads tell the one who reads: that there is something new, and what failed.
 *
 * Ownership: _new / _free. Threads: mmoe_mailbox_wake and mmoe_mailbox_complain from any, the rest
 * from the reader's.
 *
 *   poll(mmoe_mailbox_fd(m)) ... mmoe_mailbox_drain(m); look whether what is waited for is there;
 */
#ifndef MMOE_MAILBOX_H
#define MMOE_MAILBOX_H

#include <mmoe/status.h>

struct mmoe_mailbox;
struct mmoe_mailbox *mmoe_mailbox_new(void);
void mmoe_mailbox_free(struct mmoe_mailbox *m); /* NULL allowed */

void mmoe_mailbox_wake(struct mmoe_mailbox *m);
/* Kept until it is read; the same line again is one error, and of very many the first are kept. */
void mmoe_mailbox_complain(struct mmoe_mailbox *m, const struct mmoe_error *err);

int mmoe_mailbox_fd(const struct mmoe_mailbox
                        *m); /* readable where mmoe_mailbox_wake was called since the last drain */
void mmoe_mailbox_drain(struct mmoe_mailbox *m);
/* The oldest error, which is forgotten; MMOE_OK where there is none. */
enum mmoe_status mmoe_mailbox_error(struct mmoe_mailbox *m, struct mmoe_error *err);

#endif
