/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may stand at the cursor of any line. The first two bytes say where that is. */
#include "tests/fuzz/fuzz.h"
#include "ui/command/command.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    fuzz_home();
    struct fuzz_input in = {bytes, n};
    size_t at = fuzz_take(&in, 256) | fuzz_take(&in, 256) << 8, start, count;
    char *line = fuzz_text(in.bytes, in.n);
    size_t point = at % (in.n + 1);
    char **list = command_complete(&command_table, line, point, &start, &count);
    fuzz_assert(start <= point);
    for (size_t i = 0; i < count; i++)
        fuzz_assert(list[i] && *list[i]);
    fuzz_assert(!list || !list[count]);
    command_completions_free(list);
    free(line);
    return 0;
}
