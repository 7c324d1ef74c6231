/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys, pastes and noise, whole and split at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <mmoe/rng.h>
#include <mmoe/text.h>

#include "ui/term/input.h"

static const char *const kind_names[] = {"none", "keys", "paste", "escape", "page-up", "page-down"};

static void write_event(const struct input_event *e, struct mmoe_text *t)
{
    mmoe_text_add(t, "%s%s", kind_names[e->kind], e->cut ? " cut" : "");
    for (size_t i = 0; i < e->n; i++) {
        const unsigned char c = (unsigned char)e->bytes[i];
        if (c > ' ' && c < 0x7f)
            mmoe_text_add(t, i == 0 ? " %c" : "%c", c);
        else
            mmoe_text_add(t, i == 0 ? " <%02x>" : "<%02x>", c);
    }
    mmoe_text_add(t, "|");
}

static void drain(struct input *in, double now, struct mmoe_text *t)
{
    struct input_event e;
    while (input_next(in, now, &e))
        write_event(&e, t);
}

/* Feed bytes in pieces of the given sizes without a pause, then fall silent. */
static void play(const char *bytes, size_t n, const size_t *pieces, size_t count,
                 struct mmoe_text *t)
{
    struct input in;
    input_init(&in);
    size_t at = 0;
    for (size_t i = 0; at < n; i++) {
        size_t piece = pieces[i % count];
        if (piece > n - at)
            piece = n - at;
        assert_true(piece <= input_room(&in));
        input_feed(&in, bytes + at, piece, 1.0);
        drain(&in, 1.0, t);
        at += piece;
    }
    drain(&in, 1.0 + INPUT_ESCAPE_MS / 1000.0 + 0.001, t);
    drain(&in, 1.0 + INPUT_PASTE_MS / 1000.0 + 0.001, t);
    assert_int_equal(input_timeout(&in, 9.0), -1);
    input_done(&in);
}

static const struct {
    const char *bytes, *events;
} cases[] = {
    {"ab", "keys a|keys b|"},
    {"\x01\t\r\x7f", "keys <01>|keys <09>|keys <0d>|keys <7f>|"},
    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
     "keys <c3><a9>|keys <e2><82><ac>|keys <f0><9f><98><80>|"},
    {"\x1b[A\x1b[D\x1b[3~\x1b[1;5C", "keys <1b>[A|keys <1b>[D|keys <1b>[3~|keys <1b>[1;5C|"},
    {"\x1bOAx", "keys <1b>OA|keys x|"},
    {"\x1b[5~\x1b[6~", "page-up <1b>[5~|page-down <1b>[6~|"},
    {"\x1b", "escape|"},
    {"\x1b\x1b[A", "escape|keys <1b>[A|"},
    {"\x1b"
     "f\x1b\x7f",
     "keys <1b>f|keys <1b><7f>|"},
    {"\x1b]", "keys <1b>]|"},
    /* noise */
    {"\x1b[15~a\x1bOPb\x1b[Ic\x1b[O", "keys a|keys b|keys c|"},
    {"\x1b[<0;5;5Ma\x1b[<0;5;5m", "keys a|"},
    {"\x1b[M !!b", "keys b|"},
    {"\x1b]11;rgb:0000/0000/0000\x1b\\a\x1b]10;?\x07"
     "b",
     "keys a|keys b|"},
    {"\x1bP>|term 1\x1b\\c\x1b_Gi=1;OK\x1b\\d", "keys c|keys d|"},
    {"\x1b[97;5ua\x1b[?62;c", "keys a|"},
    {"\x1b[201~a\x1b[", "keys a|"},
    {"\xff\xc3(\xe2\x82z\xc2\x85\xed\xa0\x80", "keys (|keys z|"},
    /* pastes */
    {"\x1b[200~set p 1\x1b[201~q", "paste set<20>p<20>1|keys q|"},
    {"\x1b[200~a\r\nb\rc\nd\x1b[201~", "paste a<0a>b<0a>c<0a>d|"},
    {"\x1b[200~a\x03\x1b[Ab\x1b[20\tc\xc3\xa9\xff\xc2\x9b"
     "e\x1b[201~",
     "paste a[Ab[20<09>c<c3><a9>e|"},
    {"\x1b[200~\x1b[201~", "paste|"},
    {"\x1b[200~lost", "paste cut lost|"},
};

static void test_cases_in_every_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t n = strlen(cases[i].bytes);
        for (size_t piece = 1; piece <= n; piece++) {
            struct mmoe_text t = {0};
            play(cases[i].bytes, n, &piece, 1, &t);
            assert_string_equal(t.s, cases[i].events);
            mmoe_text_done(&t);
        }
    }
}

static void test_time_tells_escape_from_meta(void **state)
{
    (void)state;
    struct input in;
    struct mmoe_text t = {0};
    input_init(&in);
    assert_int_equal(input_timeout(&in, 5.0), -1);
    input_feed(&in, "\x1b", 1, 5.0);
    drain(&in, 5.0, &t);
    assert_null(t.s);
    const int wait = input_timeout(&in, 5.0);
    assert_in_range(wait, INPUT_ESCAPE_MS, INPUT_ESCAPE_MS + 1);
    drain(&in, 5.0 + wait / 1000.0, &t);
    input_feed(&in, "f", 1, 5.7);
    drain(&in, 5.7, &t);
    assert_string_equal(t.s, "escape|keys f|");
    mmoe_text_done(&t);
    input_done(&in);
}

static void test_huge_paste_is_cut_and_said(void **state)
{
    (void)state;
    struct input in;
    struct input_event e;
    char block[4096];
    memset(block, 'x', sizeof block);
    input_init(&in);
    input_feed(&in, "\x1b[200~", 6, 1.0);
    for (size_t i = 0; i < INPUT_PASTE_MAX / sizeof block + 3; i++) {
        assert_false(input_next(&in, 1.0, &e));
        input_feed(&in, block, sizeof block, 1.0);
    }
    assert_false(input_next(&in, 1.0, &e));
    input_feed(&in, "\x1b[201~y", 7, 1.0);
    assert_true(input_next(&in, 1.0, &e));
    assert_int_equal(e.kind, INPUT_PASTE);
    assert_int_equal(e.n, INPUT_PASTE_MAX);
    assert_true(e.cut);
    assert_true(input_next(&in, 1.0, &e));
    assert_string_equal(e.bytes, "y");
    input_done(&in);
}

/* Random bytes rich in the characters that matter mean the same however they arrive. */
static void test_splits_never_matter(void **state)
{
    (void)state;
    static const char rich[] = "\x1b\x1b\x1b[[OM<;0123~~AZ]P_\\\x07\r\n\x7f\xc3\xa9\xe2\x82\xff";
    const struct mmoe_rng rng = mmoe_rng_stream(11, MMOE_RNG_ORDER, "bytes");
    for (uint64_t round = 0; round < 3000; round++) {
        char bytes[96];
        size_t n = 0;
        while (n < 80) {
            const uint64_t pick = mmoe_rng_below(rng, round, (uint32_t)n, sizeof rich + 1);
            const char *mark = pick == sizeof rich - 1 ? "\x1b[200~" : "\x1b[201~";
            if (pick < sizeof rich - 1) {
                bytes[n++] = rich[pick];
            } else {
                memcpy(bytes + n, mark, 6);
                n += 6;
            }
        }
        struct mmoe_text whole = {0}, split = {0};
        play(bytes, n, &n, 1, &whole);
        const size_t pieces[3] = {1 + round % 7, 1 + round % 3, 1 + round % 11};
        play(bytes, n, pieces, 3, &split);
        assert_string_equal(whole.s == NULL ? "" : whole.s, split.s == NULL ? "" : split.s);
        mmoe_text_done(&whole);
        mmoe_text_done(&split);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases_in_every_split),
        cmocka_unit_test(test_time_tells_escape_from_meta),
        cmocka_unit_test(test_huge_paste_is_cut_and_said),
        cmocka_unit_test(test_splits_never_matter),
    };
    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
