/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz.c - what the targets share. */
#include "tests/fuzz/fuzz.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[64];
static pid_t owner;

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

/* Children that libFuzzer forks leave the folder alone. */
static void remove_home(void)
{
    if (getpid() == owner)
        nftw(home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void fuzz_home(void)
{
    static const char *const kept[] = {"HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "MMOE_DATA"};
    if (*home)
        return;
    const char *top = getenv("TMPDIR");
    snprintf(home, sizeof home, "%s/mmoe-fuzz-XXXXXX", top && strlen(top) < 40 ? top : "/tmp");
    fuzz_assert(mkdtemp(home));
    fuzz_assert(chdir(home) == 0);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        setenv(kept[i], home, 1);
    owner = getpid();
    atexit(remove_home);
}

void fuzz_file(const char *name, const void *bytes, size_t n)
{
    FILE *f = fopen(name, "wb");
    fuzz_assert(f);
    fuzz_assert(n == 0 || fwrite(bytes, 1, n, f) == n);
    fuzz_assert(fclose(f) == 0);
}

char *fuzz_text(const uint8_t *bytes, size_t n)
{
    char *text = malloc(n + 1);
    fuzz_assert(text);
    for (size_t i = 0; i < n; i++)
        text[i] = bytes[i] ? (char)bytes[i] : ' ';
    text[n] = '\0';
    return text;
}

void fuzz_check_error(enum mmoe_status status, const struct mmoe_error *err)
{
    if (!mmoe_failed(status))
        return;
    fuzz_assert(err->status == status);
    fuzz_assert(memchr(err->text, '\0', sizeof err->text));
    fuzz_assert(err->text[0] && !strchr(err->text, '\n'));
}

unsigned fuzz_take(struct fuzz_input *in, unsigned below)
{
    if (in->n == 0)
        return 0;
    in->n--;
    return *in->bytes++ % below;
}

int __wrap_fsync(int file);

/* Linked in place of fsync. */
int __wrap_fsync(int file)
{
    return file < 0 ? -1 : 0;
}
