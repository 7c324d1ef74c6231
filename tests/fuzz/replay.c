/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay.c - runs a target's seeds without libFuzzer: each as it is, then cut and changed.
 *
 *   fuzz_NAME [-runs=N] FILE|FOLDER...
 *
 * The changes are drawn from a stream of their own for each file, so that two calls do the
 * same. -runs=N is how many of them each seed goes through. The options of libFuzzer are left
 * alone.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "tests/fuzz/fuzz.h"

enum { SEED_MAX = 1 << 20, PATH_MOST = 4096 };

__attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most,
                                                     unsigned seed);

static uint64_t state;

/* splitmix64 (Steele, Lea and Flood 2014). */
static uint64_t draw(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Changes, removes or doubles some bytes in place; the new length. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t most)
{
    static const uint8_t telling[] = {0,   1,   '\n', ' ',  '"',  '%',  '-',  '/',
                                      '=', ',', ';',  0x1b, 0x7f, 0x80, 0xc3, 0xff};
    for (size_t times = 1 + draw() % 4; times > 0 && n > 0; times--) {
        size_t at = draw() % n, part = 1 + draw() % (n - at < 16 ? n - at : 16);
        switch (draw() % 5) {
        case 0: bytes[at] ^= (uint8_t)(1u << draw() % 8); break;
        case 1: bytes[at] = telling[draw() % sizeof telling]; break;
        case 2: bytes[at] = (uint8_t)draw(); break;
        case 3:
            memmove(bytes + at, bytes + at + part, n - at - part);
            n -= part;
            break;
        default:
            if (n + part > most)
                break;
            memmove(bytes + at + part, bytes + at, n - at);
            n += part;
        }
    }
    return n;
}

static size_t mutate(uint8_t *bytes, size_t n, size_t most)
{
    if (LLVMFuzzerCustomMutator)
        return LLVMFuzzerCustomMutator(bytes, n, most, (unsigned)draw());
    return LLVMFuzzerMutate(bytes, n, most);
}

static size_t runs, inputs;

/* Run an exact copy, so that a sanitizer sees what is read behind its end. */
static void run(const uint8_t *bytes, size_t n)
{
    uint8_t *copy = malloc(n ? n : 1);
    fuzz_assert(copy);
    memcpy(copy, bytes, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
    inputs++;
}

static void run_file(const char *path)
{
    static uint8_t seed[SEED_MAX], changed[SEED_MAX];
    FILE *f = fopen(path, "rb");
    fuzz_assert(f);
    size_t n = fread(seed, 1, sizeof seed, f);
    fclose(f);
    run(seed, n);
    state = n;
    for (size_t i = 0; i < runs && n > 0; i++) {
        memcpy(changed, seed, n);
        run(changed, i % 4 == 3 ? draw() % n : mutate(changed, n, sizeof changed));
    }
}

static int by_name(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void run_path(const char *path)
{
    struct dirent **list;
    struct stat st;
    char name[PATH_MOST];
    fuzz_assert(stat(path, &st) == 0);
    if (!S_ISDIR(st.st_mode)) {
        run_file(path);
        return;
    }
    int count = scandir(path, &list, by_name, alphasort);
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s/%s", path, list[i]->d_name);
        run_path(name);
        free(list[i]);
    }
    if (count >= 0)
        free(list);
}

int main(int argc, char **argv)
{
    const char *names[64];
    char *whole[64];
    size_t count = 0;
    for (int i = 1; i < argc && count < 64; i++)
        if (argv[i][0] != '-')
            names[count++] = argv[i];
        else if (strncmp(argv[i], "-runs=", 6) == 0)
            runs = strtoul(argv[i] + 6, NULL, 10);
    for (size_t i = 0; i < count; i++)
        fuzz_assert((whole[i] = realpath(names[i], NULL))); /* a target changes folder */
    for (size_t i = 0; i < count; i++) {
        run_path(whole[i]);
        free(whole[i]);
    }
    printf("%zu inputs\n", inputs);
    return inputs ? EXIT_SUCCESS : EXIT_FAILURE;
}
