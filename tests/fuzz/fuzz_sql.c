/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A store that somebody's SQL was run on before: columns, views, triggers, types, values. */
#include <sqlite3.h>
#include <unistd.h>

#include <mmoe/origin.h>

#include "tests/fuzz/stores.h"

enum { OPERATIONS_MOST = 20000, CELLS_MOST = 100000 };

static uint8_t *sound;
static size_t sound_n;

/* A store of one study with two runs, kept as bytes. */
static void begin(void)
{
    static struct mmoe_grid g;
    static struct mmoe_result r[2];
    const struct mmoe_result *both[] = {&r[0], &r[1]};
    struct mmoe_origin origin = {"mmoe", "a machine", "kernels"};
    struct mmoe_error err;
    int64_t id;
    mmoe_options_default(&g.base);
    g.seeds = 2;
    struct mmoe_store *s = mmoe_store_open("sound.db", MMOE_STORE_WRITE, NULL, &err);
    fuzz_assert(s);
    fuzz_assert(!mmoe_failed(mmoe_store_study_new(s, &g, "sweep", "", &origin, &id, &err)));
    for (size_t i = 0; i < 2; i++) {
        mmoe_snapshot_init(&r[i].shot, 4);
        mmoe_record_clear(&r[i].record, &g.base);
        r[i].record.failed = false;
        r[i].record.run = i;
        r[i].record.tasks = r[i].shot.tasks = 2;
        mmoe_tasks_letters(r[i].record.task, 2);
    }
    fuzz_assert(!mmoe_failed(mmoe_results_add(s, id, &origin, both, 2, &err)));
    mmoe_store_close(s);
    FILE *f = fopen("sound.db", "rb");
    fuzz_assert(f);
    sound = malloc(1 << 20);
    fuzz_assert(sound);
    sound_n = fread(sound, 1, 1 << 20, f);
    fclose(f);
}

static int enough(void *operations)
{
    return --*(int *)operations < 0;
}

static void run_sql(const char *text)
{
    sqlite3 *db;
    int operations = OPERATIONS_MOST / 100;
    fuzz_assert(sqlite3_open("studies.db", &db) == SQLITE_OK);
    sqlite3_progress_handler(db, 100, enough, &operations);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, CELLS_MOST);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_exec(db, text, NULL, NULL, NULL);
    sqlite3_close(db);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    fuzz_home();
    if (!sound)
        begin();
    unlink("studies.db-wal");
    unlink("studies.db-shm");
    unlink("studies.db-journal");
    fuzz_file("studies.db", sound, sound_n);
    char *text = fuzz_text(bytes, n);
    run_sql(text);
    free(text);
    read_store("studies.db", MMOE_STORE_READ);
    read_store("studies.db", MMOE_STORE_WRITE);
    return 0;
}
