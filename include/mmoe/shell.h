/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shell.h - a command of the system's shell, run to its end.
 *
 * It runs in a process group of its own, with all signals as a login shell has them, and with
 * nothing to read. What it leaves in the background goes on.
 *
 * Ownership: texts are the caller's. Threads: blocks the caller.
 *
 *   char said[200];
 *   int code;
 *   mmoe_shell("sbatch job.sh", &stop, said, sizeof said, &code, &err);
 */
#ifndef MMOE_SHELL_H
#define MMOE_SHELL_H

#include <stdatomic.h>
#include <stddef.h>

#include <mmoe/status.h>

/* said: the last line that it wrote to stdout or stderr, cut to the size; *code: its exit status,
 * or 128 and the signal that ended it. MMOE_STATE where `stop` (NULL allowed) was raised, which
 * ends it by SIGTERM; MMOE_IO where it could not be started. */
enum mmoe_status mmoe_shell(const char *command, atomic_bool *stop, char *said, size_t size,
                            int *code, struct mmoe_error *err);

#endif
