/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * folders.h - the folders in which files of data are looked for.
 *
 * Ownership: texts are the caller's. Threads: safe; they read the environment.
 */
#ifndef MMOE_FOLDERS_H
#define MMOE_FOLDERS_H

#include <mmoe/text.h>

/* Append the folders, the first one wins, each ended by '\n': $MMOE_DATA, $XDG_CONFIG_HOME/mmoe or
   ~/.config/mmoe, the one that was installed, the source's. */
void mmoe_folders_list(struct mmoe_text *t);

#endif
