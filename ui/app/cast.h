/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cast.h - a session recorded as an asciicast, version 2 (https://docs.asciinema.org), which any
 * player of such files plays again.
 *
 * A frame is taken when a command is typed, when what it began is over, and at every evaluation of
 * the live runs, not by the clock: two recordings of the same commands differ in times alone, those
 * of the frames and those that are told in words.
 *
 * Ownership: cast_new / cast_free. Threads: user-interface thread.
 */
#ifndef MMOE_UI_CAST_H
#define MMOE_UI_CAST_H

#include <mmoe/status.h>

#include "ui/panel/view.h"

struct cast;

struct cast *cast_new(const char *path, int width, int height);
void cast_free(struct cast *c); /* NULL allowed; writes nothing */
/* What v shows now, with that text at the prompt; nothing where it is as the frame before. */
void cast_frame(struct cast *c, const struct view *v, const char *typed);
/* Write the file, whole or not at all. */
enum mmoe_status cast_write(const struct cast *c, struct mmoe_error *err);
const char *cast_path(const struct cast *c);
size_t cast_frames(const struct cast *c);

#endif
