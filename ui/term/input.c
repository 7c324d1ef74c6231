/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * input.c - bytes from the terminal, cut into keys, pastes and noise.
 *
 * The head of the queue decides. A byte below 0x80 is a key; a UTF-8 lead byte
 * waits for its continuation; ESC opens one of the sequences of ECMA-48:
 *
 *   ESC [ params final       CSI: cursor keys, pastes, mouse and focus reports
 *   ESC O final              SS3: cursor keys in application mode
 *   ESC ] ... BEL | ESC \    strings (OSC, DCS, APC): replies of the terminal
 *   ESC char                 Meta and that character
 *
 * Each cutter looks at the queue without taking anything and tells how many
 * bytes it would take; 0 means that the sequence is not complete. What stays
 * incomplete for INPUT_ESCAPE_MS was no sequence: a lone ESC is then a key of
 * its own, anything longer is dropped.
 */
#include "ui/term/input.h"

#include <string.h>

#include <mmoe/mem.h>

enum { ESC = 0x1b, BEL = 0x07, DEL = 0x7f, STRING_MAX = 4096 };

static const char paste_end[] = "\x1b[201~";
enum { PASTE_END_LENGTH = sizeof paste_end - 1 };

void input_init(struct input *in)
{
    memset(in, 0, sizeof *in);
}

void input_done(struct input *in)
{
    mmoe_free(in->paste);
    memset(in, 0, sizeof *in);
}

size_t input_room(const struct input *in)
{
    return sizeof in->queue - (in->tail - in->head);
}

void input_feed(struct input *in, const void *bytes, size_t n, double now)
{
    if (in->head > 0) {
        memmove(in->queue, in->queue + in->head, in->tail - in->head);
        in->tail -= in->head;
        in->head = 0;
    }
    if (n > sizeof in->queue - in->tail)
        n = sizeof in->queue - in->tail;
    memcpy(in->queue + in->tail, bytes, n);
    in->tail += n;
    in->last_byte = now;
}

static bool silent_for(const struct input *in, double now, int ms)
{
    return (now - in->last_byte) * 1000.0 >= ms;
}

/* Bytes of the UTF-8 character that starts with lead; 0 where none does. */
static size_t utf8_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    if (lead >= 0xf0 && lead <= 0xf4)
        return 4;
    return 0;
}

/* True where s[0..n) is one well-formed character outside the C1 controls. */
static bool utf8_valid(const unsigned char *s, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return false;
    if (n == 2 && s[0] == 0xc2 && s[1] < 0xa0)
        return false;
    if (n == 3 && ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] >= 0xa0)))
        return false;
    return !(n == 4 && ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] >= 0x90)));
}

/* --- pastes --- */

static void paste_begin(struct input *in)
{
    in->pasting = true;
    in->overflowed = false;
    in->paste_n = 0;
}

static void paste_add(struct input *in, const unsigned char *s, size_t n)
{
    if (n > INPUT_PASTE_MAX - in->paste_n) {
        n = INPUT_PASTE_MAX - in->paste_n;
        in->overflowed = true;
    }
    if (in->paste_n + n + 1 > in->paste_room) {
        size_t room = in->paste_room == 0 ? 4096 : in->paste_room;
        while (room < in->paste_n + n + 1)
            room *= 2;
        in->paste = mmoe_regrow(in->paste, in->paste_room, room, 1);
        in->paste_room = room;
    }
    memcpy(in->paste + in->paste_n, s, n);
    in->paste_n += n;
}

/* Keep text, TAB and line ends (CR, CR LF become LF); drop other controls and what is not UTF-8. */
static size_t paste_clean(unsigned char *s, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n;) {
        const size_t length = utf8_length(s[i]);
        if (length == 0 || length > n - i || !utf8_valid(s + i, length)) {
            i++;
            continue;
        }
        if (s[i] == '\r') {
            if (i + 1 == n || s[i + 1] != '\n')
                s[kept++] = '\n';
        } else if (length > 1 || (s[i] >= ' ' && s[i] != DEL) || s[i] == '\t' || s[i] == '\n') {
            memmove(s + kept, s + i, length);
            kept += length;
        }
        i += length;
    }
    return kept;
}

static void paste_finish(struct input *in, struct input_event *event, bool cut)
{
    paste_add(in, (const unsigned char *)"", 0);
    in->paste_n = paste_clean((unsigned char *)in->paste, in->paste_n);
    in->paste[in->paste_n] = '\0';
    in->pasting = false;
    event->kind = INPUT_PASTE;
    event->bytes = in->paste;
    event->n = in->paste_n;
    event->cut = cut || in->overflowed;
}

/* Move what has come of a paste out of the queue; true when it ended. */
static bool paste_continue(struct input *in, double now, struct input_event *event)
{
    const unsigned char *s = in->queue + in->head;
    const size_t n = in->tail - in->head;
    const unsigned char *end = memmem(s, n, paste_end, PASTE_END_LENGTH);
    if (end != NULL) {
        paste_add(in, s, (size_t)(end - s));
        in->head += (size_t)(end - s) + PASTE_END_LENGTH;
        paste_finish(in, event, false);
        return true;
    }
    const bool over = silent_for(in, now, INPUT_PASTE_MS);
    const size_t held = over ? 0 : PASTE_END_LENGTH - 1; /* may be the start of the end */
    if (n > held) {
        paste_add(in, s, n - held);
        in->head += n - held;
    }
    if (over)
        paste_finish(in, event, true);
    return over;
}

/* --- sequences: each cutter gets s[0] == ESC, returns the bytes to take, 0 for incomplete --- */

static void emit_keys(struct input_event *event, const unsigned char *s, size_t n)
{
    memcpy(event->keys, s, n);
    event->keys[n] = '\0';
    event->kind = INPUT_KEYS;
    event->n = n;
}

static const struct {
    const char *sequence; /* after ESC [ */
    enum input_kind kind;
} csi_keys[] = {
    {"A", INPUT_KEYS},    {"B", INPUT_KEYS},     {"C", INPUT_KEYS},       {"D", INPUT_KEYS},
    {"H", INPUT_KEYS},    {"F", INPUT_KEYS},     {"Z", INPUT_KEYS},       {"1~", INPUT_KEYS},
    {"3~", INPUT_KEYS},   {"4~", INPUT_KEYS},    {"7~", INPUT_KEYS},      {"8~", INPUT_KEYS},
    {"1;3C", INPUT_KEYS}, {"1;3D", INPUT_KEYS},  {"1;5C", INPUT_KEYS},    {"1;5D", INPUT_KEYS},
    {"3;5~", INPUT_KEYS}, {"5~", INPUT_PAGE_UP}, {"6~", INPUT_PAGE_DOWN},
};

static size_t cut_csi(struct input *in, const unsigned char *s, size_t n, struct input_event *event)
{
    size_t i = 2;
    while (i < n && s[i] >= 0x20 && s[i] <= 0x3f)
        i++;
    if (i == n)
        return n >= sizeof event->keys ? n : 0; /* no terminal sends parameters that long */
    if (s[i] < 0x40 || s[i] > 0x7e)
        return i; /* broken off by another byte, which stays */
    const size_t length = i + 1;
    if (s[i] == 'M' && i == 2) /* X10 mouse report: three bytes follow */
        return n >= length + 3 ? length + 3 : 0;
    if (length == PASTE_END_LENGTH && memcmp(s, "\x1b[200~", length) == 0) {
        paste_begin(in);
        return length;
    }
    for (size_t k = 0; k < sizeof csi_keys / sizeof *csi_keys; k++) {
        const char *sequence = csi_keys[k].sequence;
        if (strlen(sequence) == length - 2 && memcmp(s + 2, sequence, length - 2) == 0) {
            emit_keys(event, s, length);
            event->kind = csi_keys[k].kind;
        }
    }
    return length;
}

static size_t cut_ss3(const unsigned char *s, size_t n, struct input_event *event)
{
    if (n < 3)
        return 0;
    if (strchr("ABCDHF", s[2]) != NULL && s[2] != '\0')
        emit_keys(event, s, 3);
    return 3;
}

/* OSC, DCS and APC look like Meta-], Meta-P and Meta-_ but for what follows at once. */
static bool opens_string(const unsigned char *s, size_t n)
{
    if (n < 3)
        return false;
    const bool digit = s[2] >= '0' && s[2] <= '9';
    return (s[1] == ']' && digit) || (s[1] == 'P' && (digit || s[2] == '>' || s[2] == '!')) ||
           (s[1] == '_' && s[2] == 'G');
}

static size_t cut_string(const unsigned char *s, size_t n)
{
    for (size_t i = 2; i < n; i++) {
        if (s[i] == BEL)
            return i + 1;
        if (s[i] == '\\' && s[i - 1] == ESC)
            return i + 1;
    }
    return n >= STRING_MAX ? n : 0;
}

static size_t cut_escape(struct input *in, const unsigned char *s, size_t n,
                         struct input_event *event)
{
    if (n == 1)
        return 0;
    if (s[1] == '[')
        return n == 2 ? 0 : cut_csi(in, s, n, event);
    if (s[1] == 'O')
        return cut_ss3(s, n, event);
    if (s[1] == ']' || s[1] == 'P' || s[1] == '_') {
        if (n == 2)
            return 0;
        if (opens_string(s, n))
            return cut_string(s, n);
    }
    if (s[1] == ESC) {
        event->kind = INPUT_ESCAPE;
        return 1;
    }
    if (s[1] >= 0x80)
        return 1; /* Meta means nothing to a character of several bytes: it stays, alone */
    emit_keys(event, s, 2);
    return 2;
}

static size_t cut_character(const unsigned char *s, size_t n, struct input_event *event)
{
    const size_t length = utf8_length(s[0]);
    if (length == 0)
        return 1;
    for (size_t i = 1; i < length && i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return i;
    if (length > n)
        return 0;
    if (utf8_valid(s, length))
        emit_keys(event, s, length);
    return length;
}

/* Nothing more came: a lone ESC is a key, Meta-[ and the like are Meta keys, the rest is noise. */
static size_t cut_by_silence(const unsigned char *s, size_t n, struct input_event *event)
{
    if (n == 1 && s[0] == ESC)
        event->kind = INPUT_ESCAPE;
    else if (n == 2 && s[0] == ESC && s[1] != '[')
        emit_keys(event, s, 2);
    return n;
}

bool input_next(struct input *in, double now, struct input_event *event)
{
    memset(event, 0, sizeof *event);
    event->bytes = event->keys;
    while (!in->pasting && in->head < in->tail) {
        const unsigned char *s = in->queue + in->head;
        const size_t n = in->tail - in->head;
        size_t taken = s[0] == ESC ? cut_escape(in, s, n, event) : cut_character(s, n, event);
        if (taken == 0 && silent_for(in, now, INPUT_ESCAPE_MS))
            taken = cut_by_silence(s, n, event);
        if (taken == 0)
            return false;
        in->head += taken;
        if (event->kind != INPUT_NONE)
            return true;
    }
    return in->pasting && paste_continue(in, now, event);
}

int input_timeout(const struct input *in, double now)
{
    if (!in->pasting && in->head == in->tail)
        return -1;
    const double limit = in->pasting ? INPUT_PASTE_MS : INPUT_ESCAPE_MS;
    const double left = limit - (now - in->last_byte) * 1000.0;
    return left <= 0.0 ? 0 : (int)left + 1;
}
