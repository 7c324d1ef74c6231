/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Saved sessions. One that was loaded goes on and can be saved. */
#include <mmoe/mat.h>

#include "src/work/files.h"
#include "tests/fuzz/archive.h"
#include "tests/fuzz/limits.h"

enum { STEPS = 3 };

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed)
{
    return archive_mutate(bytes, n, most, seed);
}

/* A checkpoint's own run is made with wrapped functions, but its rows are its own. */
static void go_on(struct session *s)
{
    struct mmoe_error err;
    struct mmoe_filed file = {.what = MMOE_FILE_SAVE, .path = "again.npz", .options = s->options};
    for (size_t i = 0; s->run && i < STEPS && mmoe_run_step(s->run) == MMOE_CONTINUE; i++)
        continue;
    fuzz_check_error(files_write(&file, s->data, s->run, NULL, &err), &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static bool begun;
    struct session was = {0}, s = {0};
    struct mmoe_error err;
    fuzz_home();
    if (!begun)
        mmoe_mat_init();
    begun = true;
    fuzz_file("session.npz", bytes, n);
    enum mmoe_status status = files_load("session.npz", &was, &s, NULL, &err);
    fuzz_check_error(status, &err);
    if (!mmoe_failed(status))
        go_on(&s);
    mmoe_run_free(s.run);
    if (s.data)
        mmoe_dataset_free(s.data);
    return 0;
}
