/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zip files as other programs write them, and what of them is read. */
#include <mmoe/arrays.h>

#include "tests/stores.h"

static struct mmoe_error why;

/* An entry, stored: a .npy file with one number unless the test wants something else. */
struct entry {
    const char *name;
    size_t n;          /* of the name; 0: its length */
    const char *descr; /* NULL: '<f4' */
    const char *shape; /* NULL: (1,) */
    const void *data;
    size_t bytes;
    bool descriptor; /* sizes behind the numbers, as a stream has them */
    bool wide;       /* sizes and offset in 64 bits */
    bool locked, damaged;
    int method;
};

/* A zip file that is being made. */
struct zip {
    char bytes[1 << 16], directory[1 << 14];
    size_t n, m, count;
};

static void add(char *to, size_t *at, uint64_t v, size_t size)
{
    memcpy(to + *at, &v, size);
    *at += size;
}

static void add_bytes(char *to, size_t *at, const void *bytes, size_t n)
{
    if (n)
        memcpy(to + *at, bytes, n);
    *at += n;
}

/* CRC-32 bit by bit (ISO 3309). */
static uint32_t crc_of(const char *bytes, size_t n)
{
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < n; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

static size_t npy(const struct entry *e, char *out)
{
    char header[200] = "";
    const char *descr = e->descr ? e->descr : "'<f4'", *shape = e->shape ? e->shape : "(1,)";
    static const float one = 1;
    size_t at = 0,
           n = (size_t)sprintf(header, "{'descr': %s, 'fortran_order': False, 'shape': %s, }\n",
                               descr, shape);
    add_bytes(out, &at, "\x93NUMPY\1\0", 8);
    add(out, &at, n, 2);
    add_bytes(out, &at, header, n);
    add_bytes(out, &at, e->data ? e->data : &one, e->data ? e->bytes : sizeof one);
    return at;
}

/* Version to time: what local and central headers share. */
static void add_common(char *to, size_t *at, const struct entry *e)
{
    add(to, at, e->wide ? 45 : 20, 2);
    add(to, at, (e->locked ? 1u : 0) | (e->descriptor ? 8u : 0), 2);
    add(to, at, (uint64_t)e->method, 2);
    add(to, at, 0x21u << 16, 4);
}

static void add_entry(struct zip *z, const struct entry *e)
{
    static char body[1 << 14];
    size_t name = e->n ? e->n : strlen(e->name), n = npy(e, body), offset = z->n;
    uint32_t crc = crc_of(body, n);
    bool folder = e->name[name - 1] == '/';
    n = folder ? 0 : n;
    add_bytes(z->bytes, &z->n, "PK\3\4", 4);
    add_common(z->bytes, &z->n, e);
    add(z->bytes, &z->n, e->descriptor ? 0 : crc, 4);
    add(z->bytes, &z->n, e->descriptor ? 0 : n, 4);
    add(z->bytes, &z->n, e->descriptor ? 0 : n, 4);
    add(z->bytes, &z->n, name, 2);
    add(z->bytes, &z->n, 5, 2);
    add_bytes(z->bytes, &z->n, e->name, name);
    add_bytes(z->bytes, &z->n, "\x99\x99\1\0x", 5); /* an extra field of nobody */
    add_bytes(z->bytes, &z->n, body, n);
    if (e->descriptor) {
        add_bytes(z->bytes, &z->n, "PK\7\10", 4);
        add(z->bytes, &z->n, crc, 4);
        add(z->bytes, &z->n, n | (uint64_t)n << 32, 8);
    }
    if (e->damaged)
        z->bytes[offset + 30 + name + 5 + n - 1] ^= 1;
    add_bytes(z->directory, &z->m, "PK\1\2\55\0", 6);
    add_common(z->directory, &z->m, e);
    add(z->directory, &z->m, crc, 4);
    add(z->directory, &z->m, e->wide ? UINT32_MAX : n, 4);
    add(z->directory, &z->m, e->wide ? UINT32_MAX : n, 4);
    add(z->directory, &z->m, name, 2);
    add(z->directory, &z->m, 5 + (e->wide ? 28u : 0), 2);
    add(z->directory, &z->m, 4, 2); /* a comment */
    add(z->directory, &z->m, 0, 8);
    add(z->directory, &z->m, e->wide ? UINT32_MAX : offset, 4);
    add_bytes(z->directory, &z->m, e->name, name);
    add_bytes(z->directory, &z->m, "\x99\x99\1\0x", 5);
    if (e->wide) {
        add(z->directory, &z->m, 1 | 24u << 16, 4);
        add(z->directory, &z->m, n, 8);
        add(z->directory, &z->m, n, 8);
        add(z->directory, &z->m, offset, 8);
    }
    add_bytes(z->directory, &z->m, "note", 4);
    z->count++;
}

/* The directory, and behind it its end; wide: as of a large file. */
static void end_zip(struct zip *z, bool wide, const char *comment)
{
    size_t start = z->n;
    add_bytes(z->bytes, &z->n, z->directory, z->m);
    size_t end = z->n;
    if (wide) {
        add_bytes(z->bytes, &z->n, "PK\6\6", 4);
        add(z->bytes, &z->n, 44, 8);
        add(z->bytes, &z->n, 45 | 45u << 16, 4);
        add(z->bytes, &z->n, 0, 8);
        add(z->bytes, &z->n, z->count, 8);
        add(z->bytes, &z->n, z->count, 8);
        add(z->bytes, &z->n, z->m, 8);
        add(z->bytes, &z->n, start, 8);
        add_bytes(z->bytes, &z->n, "PK\6\7\0\0\0\0", 8);
        add(z->bytes, &z->n, end, 8);
        add(z->bytes, &z->n, 1, 4);
    }
    add_bytes(z->bytes, &z->n, "PK\5\6\0\0\0\0", 8);
    add(z->bytes, &z->n, wide ? UINT16_MAX : z->count, 2);
    add(z->bytes, &z->n, wide ? UINT16_MAX : z->count, 2);
    add(z->bytes, &z->n, wide ? UINT32_MAX : z->m, 4);
    add(z->bytes, &z->n, wide ? UINT32_MAX : start, 4);
    add(z->bytes, &z->n, strlen(comment), 2);
    add_bytes(z->bytes, &z->n, comment, strlen(comment));
}

/* A file of these entries. */
static const char *spill(struct place *p, const struct entry *entries, size_t n, bool wide,
                         const char *comment)
{
    static struct zip z;
    memset(&z, 0, sizeof z);
    for (size_t i = 0; i < n; i++)
        add_entry(&z, &entries[i]);
    end_zip(&z, wide, comment);
    snprintf(p->file, sizeof p->file, "%s/a.npz", p->folder);
    write_file(p->file, z.bytes, z.n);
    return p->file;
}

static const char *const x_alone[] = {"x", NULL};
static const struct mmoe_wanted x_only = {.names = x_alone};

/* x is 1, whatever else the file has; what: of which file. */
static void assert_x(struct place *p, const struct entry *entries, size_t n, bool wide,
                     const char *comment, const char *what)
{
    struct mmoe_arrays a = {0};
    spill(p, entries, n, wide, comment);
    if (mmoe_failed(mmoe_arrays_read_some(&a, p->file, &x_only, &why)))
        fail_msg("%s: %s", what, why.text);
    assert_int_equal(a.count, 1);
    assert_string_equal(a.list[0].name, "x");
    assert_near(mmoe_array_number(&a.list[0], 0), 1, 0);
    mmoe_arrays_done(&a);
}

static void archives_of_other_programs_are_read(void **state)
{
    struct place *p = *state;
    struct entry x = {.name = "x.npy"};
    assert_x(p, &x, 1, false, "", "a plain file");
    assert_x(p, &x, 1, false, "made by hand, PK\5\6 in it, and long enough for another end",
             "a comment");
    assert_x(p, &x, 1, true, "", "a directory of 64 bits");
    x.wide = true;
    assert_x(p, &x, 1, false, "", "an entry of 64 bits");
    assert_x(p, &x, 1, true, "note", "all of 64 bits");
    x = (struct entry){.name = "x.npy", .descriptor = true};
    assert_x(p, &x, 1, false, "", "sizes behind the numbers");
    x = (struct entry){.name = "x"};
    assert_x(p, &x, 1, false, "", "a name without .npy");
    struct mmoe_arrays a = {0};
    x = (struct entry){.name = ".npy"}; /* numpy.savez of an array named "" */
    assert_fine(mmoe_arrays_read(&a, spill(p, &x, 1, false, ""), &err));
    assert_string_equal(a.list[0].name, "");
    mmoe_arrays_done(&a);
    x = (struct entry){.name = "x.npy", .shape = "(1L,)"};
    assert_x(p, &x, 1, false, "", "a shape of Python 2");
}

/* None of these is asked for; each would be refused otherwise. */
static void what_nobody_asked_for_is_let_be(void **state)
{
    static const struct entry others[] = {
        {.name = "meta.npy", .descr = "'|O'", .shape = "()"},
        {.name = "names.npy", .descr = "'<U2'"},
        {.name = "when.npy", .descr = "'<M8[D]'"},
        {.name = "rec.npy", .descr = "[('a', '<f4'), ('descr', '<i4')]"},
        {.name = "complex.npy", .descr = "'<c16'"},
        {.name = "images.npy", .shape = "(1, 1, 1, 1, 1)"},
        {.name = "damaged.npy", .damaged = true},
        {.name = "locked.npy", .locked = true},
        {.name = "lzma.npy", .method = 14},
        {.name = "folder/"},
        {.name = "folder/x.npy"},
        {.name = "README.txt", .descr = "no array"},
        {.name = "x\0y.npy", .n = 7},
        {.name = "caf\x82.npy"}, /* code page 437 */
        {.name =
             "a name of more than a hundred bytes, which is longer than arrays of ours may have, "
             "but not than those of others.npy"},
    };
    enum { N = sizeof others / sizeof *others };
    struct place *p = *state;
    for (size_t i = 0; i < N; i++) {
        const struct entry both[] = {others[i], {.name = "x.npy"}, others[i]};
        assert_x(p, both, 3, false, "", others[i].name);
    }
    struct mmoe_arrays a = {0};
    struct mmoe_text t = {0};
    assert_fine(mmoe_arrays_read_some(&a, spill(p, others, N, false, ""), &x_only, &err));
    mmoe_arrays_tell_unread(&a, &t);
    assert_string_equal(t.s,
                        "meta, names, when, rec, complex and 9 more"); /* a folder is no array */
    assert_null(mmoe_arrays_unread(&a, "meta"));
    mmoe_text_clear(&t);
    mmoe_arrays_done(&a);
    assert_fine(mmoe_arrays_read_some(&a, spill(p, &others[13], 1, false, ""), &x_only, &err));
    mmoe_arrays_tell_unread(&a, &t);
    assert_string_equal(t.s, "caf?");
    mmoe_text_done(&t);
    mmoe_arrays_done(&a);
}

/* An array that is asked for and has no numbers stays unread, and says why. */
static void what_cannot_be_read_says_why(void **state)
{
    static const struct {
        const char *descr, *shape, *why;
    } cases[] = {
        {"'|O'", "()", "has numbers of type |O: save it as float32"},
        {"'<M8[25us]'", NULL, "has numbers of type <M8[25us]: save it as float32"},
        {"[('a', '<f4')]", NULL, "has numbers of type record: save it as float32"},
        {"'<f16'", NULL, "has numbers of type <f16: save it as float32"},
        {"'|i2'", NULL, "has numbers of type |i2: save it as float32"},
        {NULL, "(1, 1, 1, 1, 1)", "has 5 dimensions: at most 4 can be read"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct entry x = {.name = "x.npy", .descr = cases[i].descr, .shape = cases[i].shape};
        struct mmoe_arrays a = {0};
        assert_fine(mmoe_arrays_read_some(&a, spill(*state, &x, 1, false, ""), &x_only, &err));
        assert_int_equal(a.count, 0);
        assert_non_null(mmoe_arrays_unread(&a, "x"));
        assert_string_equal(mmoe_arrays_unread(&a, "x"), cases[i].why);
        mmoe_arrays_done(&a);
    }
}

static void what_is_wanted_must_be_whole(void **state)
{
    static const struct {
        struct entry x;
        const char *part;
    } cases[] = {
        {{.name = "x.npy", .damaged = true}, "entry x is damaged"},
        {{.name = "x.npy", .locked = true}, "entry x is packed in a way"},
        {{.name = "x.npy", .method = 14}, "entry x is packed in a way"},
        {{.name = "x.npy", .shape = "(2,)"}, "not what its shape takes"},
        {{.name = "x.npy", .shape = "2"}, "entry x is no array"},
    };
    struct mmoe_arrays a = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(
            mmoe_arrays_read_some(&a, spill(*state, &cases[i].x, 1, false, ""), &x_only, &err),
            MMOE_INVALID, cases[i].part);
    const struct entry twice[] = {{.name = "x.npy"}, {.name = "x"}};
    assert_refused(mmoe_arrays_read_some(&a, spill(*state, twice, 2, false, ""), &x_only, &err),
                   MMOE_INVALID, "two arrays named x");
    assert_int_equal(a.count + a.unread_count, 0);
    mmoe_arrays_done(&a);
}

/* Each array is below the limit, their sum is beyond it. */
static void all_arrays_together_have_a_limit(void **state)
{
    static const char *const names[] = {"a.npz", "a.safetensors"}, *const all[] = {"x.", NULL};
    static const size_t dim[] = {100};
    struct place *p = *state;
    for (size_t i = 0; i < 2; i++) {
        struct mmoe_arrays a = {0}, b = {0};
        snprintf(p->file, sizeof p->file, "%s/%s", p->folder, names[i]);
        for (int k = 0; k < 3; k++)
            mmoe_arrays_add(&a, (const char *const[]){"x.a", "x.b", "x.c"}[k], MMOE_F32, 1, dim,
                            &why);
        assert_fine(mmoe_arrays_write(&a, p->file, &err));
        struct mmoe_wanted wanted = {.names = all, .limit = 1199};
        assert_refused(mmoe_arrays_read_some(&b, p->file, &wanted, &err), MMOE_LIMIT,
                       "with array x.c it takes");
        assert_int_equal(b.count + b.bytes, 0);
        wanted.limit = i ? 1200 : 1400; /* .npz: with the header of the one that is unpacked */
        assert_fine(mmoe_arrays_read_some(&b, p->file, &wanted, &err));
        assert_int_equal(b.bytes, 1200);
        mmoe_arrays_done(&a);
        mmoe_arrays_done(&b);
    }
}

TESTS(PLACED(archives_of_other_programs_are_read), PLACED(what_nobody_asked_for_is_let_be),
      PLACED(what_cannot_be_read_says_why), PLACED(what_is_wanted_must_be_whole),
      PLACED(all_arrays_together_have_a_limit))
