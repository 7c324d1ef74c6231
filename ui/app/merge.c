/* SPDX-License-Identifier: GPL-3.0-or-later */
/* merge.c - what shards have published, merged into a store by a job. */
#include <string.h>

#include <mmoe/audit.h>
#include <mmoe/mem.h>
#include <mmoe/shards.h>

#include "ui/app/parts.h"

struct merge_job {
    struct mmoe_merge merge;
    struct mmoe_audit audit; /* count 0: none is asked for */
    char *dir;
    struct mmoe_text store, bad; /* bad: a line for every segment that is left out */
    struct mmoe_job *job;
};

static bool goes_on(void *context, double share)
{
    return mmoe_job_goes_on(((struct merge_job *)context)->job, share);
}

static void complain(void *context, const char *of)
{
    mmoe_text_add(&((struct merge_job *)context)->bad, "%s\n", of);
}

static bool goes_on_waiting(void *context, bool locked)
{
    (void)locked;
    return mmoe_job_goes_on(context, 0);
}

static enum mmoe_status merge(void *context, struct mmoe_job *j, struct mmoe_error *err)
{
    struct merge_job *m = context;
    m->job = j;
    m->merge.go_on = goes_on;
    m->merge.complain = complain;
    m->merge.context = m;
    if (mmoe_failed(mmoe_shards_study(m->dir, NULL, NULL, err)))
        return err->status; /* before a store is made */
    struct mmoe_store *s = mmoe_store_open(m->store.s, MMOE_STORE_WRITE,
                                           &(struct mmoe_store_watch){goes_on_waiting, j}, err);
    enum mmoe_status status = s ? mmoe_shards_merge(m->dir, s, &m->merge, err) : err->status;
    if (!mmoe_failed(status) && m->audit.count) {
        m->audit.go_on = goes_on;
        m->audit.context = m;
        status = mmoe_audit(s, m->merge.study, &m->audit, err);
    }
    mmoe_store_close(s);
    return status;
}

/* A complaint for each line. */
static void complain_of(struct app *a, char *lines)
{
    char *line;
    while ((line = strsep(&lines, "\n")) && *line) {
        struct mmoe_error err;
        mmoe_fail(&err, MMOE_INVALID, "%s; it is left out", line);
        app_complain(a, &err);
        a->failed = true;
    }
}

static void tell_audit(struct app *a, const struct mmoe_audit *audit)
{
    struct mmoe_error err;
    if (audit->equal == audit->count) {
        app_say(a, "audit: %s trained here again, all with the same losses to the bit",
                MMOE_COUNTED(audit->count, "run"));
        return;
    }
    mmoe_fail(&err, MMOE_INVALID,
              "audit: of %s trained here again %zu have the same losses to the bit: another "
              "processor or program made the others, or they were changed",
              MMOE_COUNTED(audit->count, "run"), audit->equal);
    app_complain(a, &err);
    a->failed = true;
}

static void tell_merged(struct app *a, void *context, enum mmoe_status status,
                        const struct mmoe_error *err)
{
    struct merge_job *j = context;
    const struct mmoe_merge *m = &j->merge;
    char finished[32], added[32];
    complain_of(a, j->bad.s);
    if (mmoe_failed(status)) {
        app_complain(a, err);
        a->failed = true;
        return;
    }
    if (m->foreign)
        app_say(a, "%s of other names in %s/runs, not read", MMOE_COUNTED(m->foreign, "file"),
                j->dir);
    if (m->kinds > 1)
        app_say(a,
                "runs are of more than one kind of processor (%s, and %s): single losses differ in "
                "the last digits, verdicts rarely; kernels=avx2 makes one kind",
                m->kernels[0], m->kernels[1]);
    if (m->different)
        app_say(a, "%s of other processors had other results than those there: the first one stays",
                MMOE_COUNTED(m->different, "run"));
    app_say(a, "study %lld: %s of %s are there, %s of them new, in %s: study open %lld shows it%s",
            (long long)m->study, mmoe_format_count(m->finished, finished, sizeof finished),
            MMOE_COUNTED(m->runs, "run"), mmoe_format_count(m->added, added, sizeof added),
            MMOE_COUNTED(m->segments, "segment"), (long long)m->study,
            m->finished < m->runs ? ", study resume trains what is missing" : "");
    if (j->audit.count)
        tell_audit(a, &j->audit);
}

static void free_merge(void *context)
{
    struct merge_job *m = context;
    mmoe_text_done(&m->store);
    mmoe_text_done(&m->bad);
    mmoe_free(m->dir);
    mmoe_free(m);
}

void app_merge(struct app *a, const char *dir, const char *store, bool strict, size_t audit)
{
    struct merge_job *m = mmoe_alloc(1, sizeof *m);
    m->dir = mmoe_strdup(dir);
    m->merge.strict = strict;
    m->audit.count = audit;
    app_store_path(store, &m->store);
    app_job(a, &(struct app_job){.what = "merge",
                                 .work = merge,
                                 .done = tell_merged,
                                 .late = tell_merged,
                                 .free = free_merge,
                                 .context = m});
}
