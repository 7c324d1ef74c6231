/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shim.c - a preloaded library in which one call of the system fails.
 *
 * FAULT=CALL:N:HOW says which: the N-th CALL (malloc, write, fsync, rename or open, each with its
 * kin) that the program makes from main on fails as HOW says:
 *
 *   an errno's name (ENOSPC, EIO, EMFILE, EACCES, EINTR, ENOMEM); with + before it that call and
 *   all after it; short: half is written; kill: the program is killed before the call.
 *
 * Writes are those to files: a pipe between threads has no disk that could be full. But EINTR meets
 * them all.
 *
 * FAULT_COUNT names a file that gets the number of calls when the program ends. Writes to stderr
 * are left alone, so that what is said of a fault can be read.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum call { MALLOC, WRITE, FSYNC, RENAME, OPEN, CALLS };
enum how { FAILS, FAILS_ON, SHORT, KILL };

static const char *const names[CALLS] = {"malloc", "write", "fsync", "rename", "open"};
static const struct {
    const char *name;
    int number;
} errors[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO},     {"EMFILE", EMFILE},
              {"EACCES", EACCES}, {"EINTR", EINTR}, {"ENOMEM", ENOMEM}};

static bool counting;
static enum call faulty = CALLS;
static enum how how;
static int why;
static long at, seen;

static void (*real(const char *name))(void)
{
    void *found = dlsym(RTLD_NEXT, name);
    void (*function)(void);
    memcpy(&function, &found, sizeof function);
    return function;
}

/* The function this library stands before, of the same type. */
#define REAL(name) ((__typeof__(&name))real(#name))

static void read_how(const char *text)
{
    how = text[0] == '+' ? FAILS_ON : FAILS;
    if (strcmp(text, "short") == 0)
        how = SHORT;
    if (strcmp(text, "kill") == 0)
        how = KILL;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(text + (text[0] == '+'), errors[i].name) == 0)
            why = errors[i].number;
}

static void read_fault(void)
{
    char call[16] = "", text[16] = "";
    const char *fault = getenv("FAULT");
    if (!fault || sscanf(fault, "%15[^:]:%ld:%15s", call, &at, text) != 3)
        return;
    for (int i = 0; i < CALLS; i++)
        if (strcmp(call, names[i]) == 0)
            faulty = (enum call)i;
    read_how(text);
}

static void tell_count(void)
{
    const char *path = getenv("FAULT_COUNT");
    counting = false;
    FILE *f = path ? fopen(path, "w") : NULL;
    if (f) {
        fprintf(f, "%ld\n", seen);
        fclose(f);
    }
}

/* Count the call; true where it is to fail, and errno says how. */
static bool fails(enum call call)
{
    if (!counting || call != faulty)
        return false;
    long now = __atomic_add_fetch(&seen, 1, __ATOMIC_RELAXED);
    if (how == FAILS_ON ? now < at : now != at)
        return false;
    if (how == KILL)
        raise(SIGKILL);
    errno = why;
    return true;
}

/* --- the program's beginning --- */

static int (*program)(int, char **, char **);

static int counted_main(int argc, char **argv, char **environment)
{
    read_fault();
    atexit(tell_count);
    counting = true;
    return program(argc, argv, environment);
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end);

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
    program = main;
    return REAL(__libc_start_main)(counted_main, argc, argv, init, fini, rtld_fini, stack_end);
}

/* --- memory: glibc's own entry points, since dlsym itself allocates --- */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *old, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

void *malloc(size_t n)
{
    return fails(MALLOC) ? NULL : __libc_malloc(n);
}

void *calloc(size_t count, size_t n)
{
    return fails(MALLOC) ? NULL : __libc_calloc(count, n);
}

void *realloc(void *old, size_t n)
{
    return fails(MALLOC) ? NULL : __libc_realloc(old, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    return fails(MALLOC) ? NULL : __libc_memalign(alignment, n);
}

int posix_memalign(void **out, size_t alignment, size_t n)
{
    void *memory = fails(MALLOC) ? NULL : __libc_memalign(alignment, n);
    if (!memory)
        return ENOMEM;
    *out = memory;
    return 0;
}

/* --- files --- */

static bool write_fails(int file)
{
    struct stat st;
    bool meant = counting && faulty == WRITE && file != STDERR_FILENO;
    if (meant && why != EINTR && (fstat(file, &st) != 0 || !S_ISREG(st.st_mode)))
        meant = false;
    return meant && fails(WRITE);
}

ssize_t write(int file, const void *bytes, size_t n)
{
    if (write_fails(file)) {
        if (how != SHORT || n < 2)
            return -1;
        n /= 2;
    }
    return REAL(write)(file, bytes, n);
}

ssize_t pwrite(int file, const void *bytes, size_t n, off_t place)
{
    if (write_fails(file)) {
        if (how != SHORT || n < 2)
            return -1;
        n /= 2;
    }
    return REAL(pwrite)(file, bytes, n, place);
}

ssize_t pwrite64(int file, const void *bytes, size_t n, off_t place)
{
    return pwrite(file, bytes, n, place);
}

int fsync(int file)
{
    return fails(FSYNC) ? -1 : REAL(fsync)(file);
}

int fdatasync(int file)
{
    return fails(FSYNC) ? -1 : REAL(fdatasync)(file);
}

int rename(const char *from, const char *to)
{
    return fails(RENAME) ? -1 : REAL(rename)(from, to);
}

/* The program's own files, not what its libraries keep in the system's folders. */
static bool is_own(const char *path)
{
    static const char *const others[] = {"/etc/", "/usr/", "/var/", "/proc/", "/sys/"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strncmp(path, others[i], strlen(others[i])) == 0)
            return false;
    return true;
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return is_own(path) && fails(OPEN) ? -1 : REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return open(path, flags, mode);
}
