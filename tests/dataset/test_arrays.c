/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrays through files and back, NumPy's files, and files that are cut off, foreign or hostile. */
#include <signal.h>
#include <sys/resource.h>

#include <mmoe/arrays.h>

#include "tests/stores.h"

static struct mmoe_error why;

static char *path_in(const struct place *p, const char *name)
{
    static char path[160];
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    return path;
}

static void fill(struct mmoe_arrays *a)
{
    static const size_t shape[] = {2, 3, 5}, none[] = {0, 4}, one[] = {7};
    float *f = mmoe_arrays_add(a, "a.weight", MMOE_F32, 3, shape, &why)->data;
    for (size_t i = 0; i < 30; i++)
        f[i] = (float)sin((double)i);
    double *d = mmoe_arrays_add(a, "b", MMOE_F64, 1, one, &why)->data;
    for (size_t i = 0; i < 7; i++)
        d[i] = i == 3 ? (double)NAN : 1.0 / (double)(i + 1);
    mmoe_arrays_add(a, "empty", MMOE_F32, 2, none, &why);
    *(int64_t *)mmoe_arrays_add(a, "step", MMOE_I64, 0, NULL, &why)->data = -12345678901;
    assert_fine(mmoe_arrays_add_text(a, "text", "p=0.5\n", &err));
}

static void check_equal(const struct mmoe_arrays *a, const struct mmoe_arrays *b)
{
    static const size_t each[] = {[MMOE_F32] = 4, [MMOE_F64] = 8, [MMOE_I64] = 8, [MMOE_U8] = 1};
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct mmoe_array *x = &a->list[i], *y = mmoe_arrays_find(b, x->name);
        assert_non_null(y);
        assert_true(x->type == y->type && x->ndim == y->ndim && x->n == y->n);
        assert_memory_equal(x->dim, y->dim, x->ndim * sizeof *x->dim);
        if (x->n)
            assert_memory_equal(x->data, y->data, x->n * each[x->type]);
    }
}

static void files_give_back_every_bit(void **state)
{
    static const char *const names[] = {"a.npz", "a.safetensors"};
    for (size_t i = 0; i < 2; i++) {
        struct mmoe_arrays a = {0}, b = {0};
        fill(&a);
        assert_fine(mmoe_arrays_write(&a, path_in(*state, names[i]), &err));
        assert_fine(mmoe_arrays_read(&b, path_in(*state, names[i]), &err));
        check_equal(&a, &b);
        char *text = mmoe_arrays_text(&b, "text");
        assert_string_equal(text, "p=0.5\n");
        mmoe_free(text);
        assert_near(mmoe_array_number(mmoe_arrays_find(&b, "step"), 0), -12345678901.0, 0);
        struct mmoe_text t = {0};
        mmoe_array_shape(mmoe_arrays_find(&b, "a.weight"), &t);
        assert_string_equal(t.s, "(2, 3, 5)");
        mmoe_text_done(&t);
        /* twice the same names: refused, and nothing is added */
        assert_refused(mmoe_arrays_read(&b, path_in(*state, names[i]), &err), MMOE_INVALID,
                       "two arrays named a.weight");
        check_equal(&a, &b);
        mmoe_arrays_done(&a);
        mmoe_arrays_done(&b);
    }
}

static unsigned char *slurp(const char *path, size_t *n)
{
    static unsigned char bytes[1 << 16];
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    *n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    return bytes;
}

static void spill(const char *path, const unsigned char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

/* Every length short of the whole is refused; every bit that is turned is refused, or read as
 * something whole. */
static void broken_files_are_told(void **state)
{
    static const char *const names[] = {"b.npz", "b.safetensors"};
    for (size_t k = 0; k < 2; k++) {
        struct mmoe_arrays a = {0}, b = {0};
        size_t n;
        fill(&a);
        assert_fine(mmoe_arrays_write(&a, path_in(*state, names[k]), &err));
        unsigned char *bytes = slurp(path_in(*state, names[k]), &n);
        for (size_t cut = 0; cut < n; cut++) {
            spill(path_in(*state, names[k]), bytes, cut);
            assert_refused(mmoe_arrays_read(&b, path_in(*state, names[k]), &err), MMOE_INVALID,
                           names[k]);
            assert_int_equal(b.count, 0);
        }
        for (size_t i = 0; i < n; i++)
            for (int bit = 0; bit < 8; bit += 3) {
                bytes[i] ^= (unsigned char)(1 << bit);
                spill(path_in(*state, names[k]), bytes, n);
                if (mmoe_failed(mmoe_arrays_read(&b, path_in(*state, names[k]), &why)))
                    assert_int_equal(b.count, 0);
                mmoe_arrays_done(&b);
                bytes[i] ^= (unsigned char)(1 << bit);
            }
        mmoe_arrays_done(&a);
    }
}

static void foreign_files_are_told(void **state)
{
    struct mmoe_arrays a = {0};
    assert_refused(mmoe_arrays_read(&a, "weights.pt", &err), MMOE_INVALID, ".npz or .safetensors");
    assert_refused(mmoe_arrays_write(&a, "weights.csv", &err), MMOE_INVALID,
                   ".npz or .safetensors");
    assert_refused(mmoe_arrays_read(&a, path_in(*state, "none.npz"), &err), MMOE_UNKNOWN,
                   "none.npz");
    spill(path_in(*state, "c.npz"), (const unsigned char *)"hello", 5);
    atomic_bool stop = false;
    a.stop = &stop;
    assert_refused(mmoe_arrays_read(&a, path_in(*state, "c.npz"), &err), MMOE_INVALID,
                   "no .npz file");
    assert_ptr_equal(a.stop, &stop); /* untouched */
    a.stop = NULL;
    static const unsigned char deep[] =
        "\x40\0\0\0\0\0\0\0{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,64],"
        "\"data_offsets\":[0,0]}}     ";
    spill(path_in(*state, "d.safetensors"), deep, sizeof deep - 1);
    assert_true(mmoe_failed(mmoe_arrays_read(&a, path_in(*state, "d.safetensors"), &why)));
    assert_int_equal(a.count, 0);
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    static const char *const names[] = {"e.npz", "e.safetensors"};
    static const size_t large[] = {100000};
    for (size_t k = 0; k < 2; k++) {
        struct mmoe_arrays a = {0}, b = {0}, big = {0};
        struct rlimit was, limit;
        fill(&a);
        assert_fine(mmoe_arrays_write(&a, path_in(*state, names[k]), &err));
        float *f = mmoe_arrays_add(&big, "x", MMOE_F32, 1, large, &why)->data;
        for (size_t i = 0; i < large[0]; i++)
            f[i] = (float)cos((double)i * (double)i);
        getrlimit(RLIMIT_FSIZE, &was);
        limit = was;
        limit.rlim_cur = 50000;
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        enum mmoe_status status = mmoe_arrays_write(&big, path_in(*state, names[k]), &why);
        setrlimit(RLIMIT_FSIZE, &was);
        assert_int_equal(status, MMOE_IO);
        assert_fine(mmoe_arrays_read(&b, path_in(*state, names[k]), &err));
        check_equal(&a, &b);
        mmoe_arrays_done(&a);
        mmoe_arrays_done(&b);
        mmoe_arrays_done(&big);
    }
}

/* Does a Python with NumPy agree? The system's own may have it where another comes first in PATH.
 */
static bool python(const char *script, const char *folder)
{
    char command[2048];
    snprintf(command, sizeof command,
             "cd '%s' && p=python3; python3 -c 'import numpy' 2>/dev/null || p=/usr/bin/python3; "
             "$p -c \"%s\" >/dev/null 2>&1",
             folder, script);
    return system(command) == 0;
}

static void numpy_agrees(void **state)
{
    struct place *p = *state;
    struct mmoe_arrays a = {0}, b = {0};
    if (!python("import numpy", p->folder))
        skip();
    fill(&a);
    assert_fine(mmoe_arrays_write(&a, path_in(p, "f.npz"), &err));
    assert_true(
        python("import numpy as n; f=n.load('f.npz'); assert f['a.weight'].shape==(2,3,5); "
               "assert abs(f['a.weight']-n.sin(n.arange(30)).reshape(2,3,5)).max()<1e-6; "
               "assert f['step']==-12345678901 and f['empty'].shape==(0,4) and f['b'].dtype=='f8'",
               p->folder));
    assert_true(python(
        "import numpy as n; x=n.arange(6.).reshape(2,3); "
        "n.savez_compressed('g.npz', c=n.asfortranarray(x), half=x.astype('f2'), i=x.astype('i4'), "
        "s=n.float32(2.5)); n.savez('h.npz', f=x.astype('f4'), bool=x>2); "
        "n.savez('i.npz', big=x.astype('>f4')); n.savez('j.npz', o=n.array([None]))",
        p->folder));
    assert_fine(mmoe_arrays_read(&b, path_in(p, "g.npz"), &err));
    assert_fine(mmoe_arrays_read(&b, path_in(p, "h.npz"), &err));
    static const char *const names[] = {"c", "half", "i", "f"};
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < 6; i++)
            assert_near(mmoe_array_number(mmoe_arrays_find(&b, names[k]), i), (double)i, 0);
    assert_near(mmoe_array_number(mmoe_arrays_find(&b, "s"), 0), 2.5, 0);
    assert_near(mmoe_array_number(mmoe_arrays_find(&b, "bool"), 3), 1, 0);
    assert_fine(mmoe_arrays_read(&b, path_in(p, "i.npz"), &err));
    assert_near(mmoe_array_number(mmoe_arrays_find(&b, "big"), 5), 5, 0);
    assert_fine(mmoe_arrays_read(&b, path_in(p, "j.npz"), &err));
    assert_null(mmoe_arrays_find(&b, "o"));
    assert_string_equal(mmoe_arrays_unread(&b, "o"), "has numbers of type |O: save it as float32");
    mmoe_arrays_done(&a);
    mmoe_arrays_done(&b);
}

/* Nobody writes to the other end: who waited for it would wait for ever. */
static void a_pipe_is_refused_at_once(void **state)
{
    static const char *const names[] = {"pipe.npz", "pipe.safetensors"};
    struct mmoe_arrays a = {0};
    for (size_t i = 0; i < 2; i++) {
        const char *path = path_in(*state, names[i]);
        assert_int_equal(mkfifo(path, 0600), 0);
        alarm(30); /* ends a program that waits */
        assert_refused(mmoe_arrays_read(&a, path, &err), MMOE_IO, "it is a pipe");
        alarm(0);
        mmoe_arrays_done(&a);
    }
}

/* The kernel calls its files longer than they are, as a file is that someone cuts meanwhile. */
static void a_file_that_ends_early_says_so(void **state)
{
    static const char longer[] = "/sys/kernel/mm/transparent_hugepage/enabled";
    const char *path = path_in(*state, "short.npz");
    struct mmoe_arrays a = {0};
    if (access(longer, R_OK) != 0)
        skip();
    assert_int_equal(symlink(longer, path), 0);
    assert_refused(mmoe_arrays_read(&a, path, &err), MMOE_IO, "it became shorter");
}

/* What is there stays, and nothing is left beside it. */
static void a_stop_leaves_the_old_file(void **state)
{
    static const char *const names[] = {"a.npz", "a.safetensors"};
    const struct place *p = *state;
    for (size_t i = 0; i < 2; i++) {
        atomic_bool stop = false;
        struct mmoe_arrays a = {.stop = &stop}, b = {.stop = &stop}, whole = {0};
        const char *path = path_in(p, names[i]);
        char beside[200];
        fill(&a);
        assert_fine(mmoe_arrays_write(&a, path, &err));
        atomic_store(&stop, true);
        assert_refused(mmoe_arrays_write(&a, path, &err), MMOE_STATE, "it was stopped");
        assert_refused(mmoe_arrays_read(&b, path, &err), MMOE_STATE, "it was stopped");
        assert_int_equal(b.count, 0);
        snprintf(beside, sizeof beside, "%s.%ld~", path, (long)getpid());
        assert_int_not_equal(access(beside, F_OK), 0);
        assert_fine(mmoe_arrays_read(&whole, path, &err));
        check_equal(&a, &whole);
        mmoe_arrays_done(&whole);
        mmoe_arrays_done(&a);
    }
}

TESTS(PLACED(a_stop_leaves_the_old_file), PLACED(files_give_back_every_bit),
      PLACED(broken_files_are_told), PLACED(foreign_files_are_told),
      PLACED(a_full_disk_leaves_the_old_file), PLACED(numpy_agrees),
      PLACED(a_pipe_is_refused_at_once), PLACED(a_file_that_ends_early_says_so))
