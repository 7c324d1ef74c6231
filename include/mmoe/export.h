/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export.h - a study's finished runs as CSV or JSON lines.
 *
 * Ownership: the store is the caller's. Threads: as store.h.
 */
#ifndef MMOE_EXPORT_H
#define MMOE_EXPORT_H

#include <mmoe/store.h>

/* Who looks after an export: asked after every run, of which there were so many; where the answer
 * is no, the file is as it was. */
struct mmoe_export_watch {
    bool (*go_on)(void *context, size_t runs);
    void *context;
};

/*
 * Write a study's finished runs (id 0: the newest's) to a file (replaced whole through a
 * temporary): .csv has a line a run, .jsonl an object a run with curve and gate means as well.
 * Results alone, no times: the same study gives the same bytes. watch may be NULL; *runs (NULL
 * allowed) is how many. MMOE_STATE where it was stopped.
 */
enum mmoe_status mmoe_export_write(struct mmoe_store *s, int64_t study, const char *path,
                                   const struct mmoe_export_watch *watch, size_t *runs,
                                   struct mmoe_error *err);

#endif
