/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stores.h - a store that may be anything is read, told, exported and added to. */
#ifndef MMOE_TESTS_FUZZ_STORES_H
#define MMOE_TESTS_FUZZ_STORES_H

#include <mmoe/export.h>
#include <mmoe/mem.h>
#include <mmoe/results.h>
#include <mmoe/store.h>

#include "tests/fuzz/fuzz.h"

/* The limits of both are for the fuzzer's sake. */
enum { STUDIES_MOST = 4, RECORDS_MOST = 200 };

static inline bool take_record(void *context, const struct mmoe_record *record)
{
    size_t *count = context;
    fuzz_assert(record);
    return ++*count < RECORDS_MOST;
}

static inline void read_study(struct mmoe_store *s, int64_t id)
{
    static struct mmoe_grid g;
    struct mmoe_study_info info;
    struct mmoe_error err;
    size_t count = 0;
    enum mmoe_status status = mmoe_store_study(s, id, &info, &g, &err);
    fuzz_check_error(status, &err);
    if (!mmoe_failed(status))
        fuzz_check_error(mmoe_results_read(s, id, &g, true, take_record, &count, &err), &err);
}

static inline void read_studies(struct mmoe_store *s)
{
    struct mmoe_study_info *list = NULL;
    struct mmoe_error err;
    size_t count = 0;
    enum mmoe_status status = mmoe_store_studies(s, &list, &count, &err);
    fuzz_check_error(status, &err);
    if (mmoe_failed(status))
        return;
    for (size_t i = 0; i < count && i < STUDIES_MOST; i++)
        read_study(s, list[i].id);
    mmoe_free(list);
}

static inline void read_store(const char *path, enum mmoe_store_mode mode)
{
    struct mmoe_error err;
    struct mmoe_store *s = mmoe_store_open(path, mode, NULL, &err);
    if (!s) {
        fuzz_check_error(err.status, &err);
        return;
    }
    read_studies(s);
    mmoe_store_close(s);
}

#endif
