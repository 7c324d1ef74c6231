/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inputrc.h - the user's file of keys, looked at before readline reads it.
 *
 * Readline opens the file and those it includes without asking what they are: a pipe would
 * hold the program, a file that includes itself would end it.
 *
 * Ownership: none. Threads: before any other thread starts, since it sets INPUTRC.
 */
#ifndef MMOE_UI_INPUTRC_H
#define MMOE_UI_INPUTRC_H

#include <mmoe/status.h>

/* Look at the file that readline will read: $INPUTRC, else ~/.inputrc, else /etc/inputrc; none is
 * fine. If it cannot be read, readline is made to read none, and the error names the file. */
enum mmoe_status inputrc_check(struct mmoe_error *err);

#endif
