/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vt.c - a program under a pseudo-terminal, and what its screen shows (ECMA-48, xterm's control
 * sequences). */
#include "tests/vt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- the screen --- */

static void blank(struct vt *t, int y, int from, int to)
{
    for (int x = from; x < to && x < t->width; x++)
        t->cells[y][x] = L' ';
}

static void blank_rows(struct vt *t, int from, int to)
{
    for (int y = from; y < to; y++)
        blank(t, y, 0, t->width);
}

static int clamp(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

static void go(struct vt *t, int x, int y)
{
    t->x = clamp(x, 0, t->width - 1);
    t->y = clamp(y, 0, t->height - 1);
}

/* Move the rows from..bottom by n down (n > 0) or up. */
static void shift_rows(struct vt *t, int from, int n)
{
    int rows = t->bottom + 1 - from, k = clamp(n < 0 ? -n : n, 0, rows);
    size_t size = (size_t)(rows - k) * sizeof t->cells[0];
    if (n > 0) {
        memmove(t->cells[from + k], t->cells[from], size);
        blank_rows(t, from, from + k);
    } else {
        memmove(t->cells[from], t->cells[from + k], size);
        blank_rows(t, t->bottom + 1 - k, t->bottom + 1);
    }
}

static void shift_cells(struct vt *t, int n)
{
    wchar_t *row = t->cells[t->y];
    int cells = t->width - t->x, k = clamp(n < 0 ? -n : n, 0, cells);
    size_t size = (size_t)(cells - k) * sizeof *row;
    if (n > 0) {
        memmove(row + t->x + k, row + t->x, size);
        blank(t, t->y, t->x, t->x + k);
    } else {
        memmove(row + t->x, row + t->x + k, size);
        blank(t, t->y, t->width - k, t->width);
    }
}

static void line_feed(struct vt *t)
{
    if (t->y == t->bottom)
        shift_rows(t, t->top, -1);
    else if (t->y < t->height - 1)
        t->y++;
}

static void put(struct vt *t, wchar_t c)
{
    int columns = wcwidth(c);
    if (columns <= 0)
        return;
    if (t->x + columns > t->width) {
        t->x = 0;
        line_feed(t);
    }
    t->cells[t->y][t->x++] = c;
    if (columns == 2 && t->x < t->width)
        t->cells[t->y][t->x++] = 0;
    t->last = c;
}

static void set_mode(struct vt *t, int mode, bool on)
{
    if (mode == 1049 || mode == 47 || mode == 1047) {
        t->alternate = on;
        blank_rows(t, 0, t->height);
    } else if (mode == 2004) {
        t->pasting = on;
    } else if (mode == 25) {
        t->hidden = !on;
    }
}

static void erase_display(struct vt *t, int how)
{
    if (how == 0) {
        blank(t, t->y, t->x, t->width);
        blank_rows(t, t->y + 1, t->height);
    } else if (how == 1) {
        blank_rows(t, 0, t->y);
        blank(t, t->y, 0, t->x + 1);
    } else {
        blank_rows(t, 0, t->height);
    }
}

static void erase_line(struct vt *t, int how)
{
    blank(t, t->y, how == 0 ? t->x : 0, how == 1 ? t->x + 1 : t->width);
}

/* CSI with its first two parameters, 0 where there are none. */
static void control(struct vt *t, bool private, int a, int b, char final)
{
    int n = a > 0 ? a : 1;
    switch (final) {
    case 'A': go(t, t->x, t->y - n); break;
    case 'B': go(t, t->x, t->y + n); break;
    case 'C': go(t, t->x + n, t->y); break;
    case 'D': go(t, t->x - n, t->y); break;
    case 'G': go(t, n - 1, t->y); break;
    case 'd': go(t, t->x, n - 1); break;
    case 'H':
    case 'f': go(t, (b > 0 ? b : 1) - 1, n - 1); break;
    case 'J': erase_display(t, a); break;
    case 'K': erase_line(t, a); break;
    case 'X': blank(t, t->y, t->x, t->x + n); break;
    case '@': shift_cells(t, n); break;
    case 'P': shift_cells(t, -n); break;
    case 'L': shift_rows(t, t->y, n); break;
    case 'M': shift_rows(t, t->y, -n); break;
    case 'S': shift_rows(t, t->top, -n); break;
    case 'T': shift_rows(t, t->top, n); break;
    case 'b':
        while (n-- > 0)
            put(t, t->last);
        break;
    case 'r':
        t->top = n - 1;
        t->bottom = (b > 0 ? b : t->height) - 1;
        go(t, 0, 0);
        break;
    case 'h':
    case 'l':
        if (private)
            set_mode(t, a, final == 'h');
        break;
    default: break;
    }
}

/* Bytes of the sequence at s (after ESC), carried out; 0 where it is cut short. */
static size_t sequence(struct vt *t, const unsigned char *s, size_t n)
{
    if (n < 2)
        return 0;
    if (s[1] == '(' || s[1] == ')')
        return n < 3 ? 0 : 3;
    if (s[1] == 'M' && t->y == t->top)
        shift_rows(t, t->top, 1);
    else if (s[1] == 'M')
        go(t, t->x, t->y - 1);
    if (s[1] != '[')
        return 2;
    int parameters[8] = {0}, count = 0;
    bool private = false;
    for (size_t i = 2; i < n; i++) {
        if (s[i] >= '0' && s[i] <= '9')
            parameters[count] = clamp(parameters[count] * 10 + s[i] - '0', 0, 9999);
        else if (s[i] == ';')
            count = clamp(count + 1, 0, 7);
        else if (s[i] == '?' || s[i] == '>')
        private = true;
        else if (s[i] >= 0x40)
        {
            control(t, private, parameters[0], parameters[1], (char)s[i]);
            return i + 1;
        }
    }
    return 0;
}

static size_t character(struct vt *t, const unsigned char *s, size_t n)
{
    size_t length = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : s[0] >= 0xC0 ? 2 : 1;
    if (length > n)
        return 0;
    wchar_t c = length == 1 ? s[0] : s[0] & (0x7F >> length);
    for (size_t i = 1; i < length; i++)
        c = (c << 6) | (s[i] & 0x3F);
    put(t, c);
    return length;
}

static size_t take(struct vt *t, const unsigned char *s, size_t n)
{
    switch (s[0]) {
    case 0x1b: return sequence(t, s, n);
    case '\r': t->x = 0; return 1;
    case '\n': line_feed(t); return 1;
    case '\b': go(t, t->x - 1, t->y); return 1;
    case '\t': go(t, (t->x / 8 + 1) * 8, t->y); return 1;
    default: return s[0] < ' ' ? 1 : character(t, s, n);
    }
}

static void show(struct vt *t, const unsigned char *bytes, size_t n)
{
    unsigned char all[sizeof t->pending + 4096];
    memcpy(all, t->pending, t->pending_n);
    memcpy(all + t->pending_n, bytes, n);
    n += t->pending_n;
    size_t at = 0;
    while (at < n) {
        size_t used = take(t, all + at, n - at);
        if (used == 0 && n - at < sizeof t->pending)
            break;
        at += used ? used : 1;
    }
    t->pending_n = n - at;
    memcpy(t->pending, all + at, t->pending_n);
}

const char *vt_text(struct vt *t)
{
    char *to = t->text;
    for (int y = 0; y < t->height; y++) {
        for (int x = 0; x < t->width; x++) {
            int n = t->cells[y][x] ? wctomb(to, t->cells[y][x]) : 0;
            to += n > 0 ? n : 0;
        }
        *to++ = '\n';
    }
    *to = '\0';
    return t->text;
}

/* --- the program --- */

static void set_size(struct vt *t, int width, int height)
{
    struct winsize size = {.ws_col = (unsigned short)width, .ws_row = (unsigned short)height};
    t->width = width;
    t->height = height;
    t->top = 0;
    t->bottom = height - 1;
    ioctl(t->master, TIOCSWINSZ, &size);
}

static void become(struct vt *t, const char *term, char *const argv[])
{
    setpgid(0, 0);
    signal(SIGTTOU, SIG_IGN);
    tcsetpgrp(t->slave, getpid());
    for (int i = 1; i < SIGRTMIN;
         i++) /* whatever who runs the tests ignores, tmux TTIN, sh & INT */
        signal(i, SIG_DFL);
    for (int fd = 0; fd < 3; fd++)
        dup2(t->slave, fd);
    setenv("TERM", term, 1);
    execv(argv[0], argv);
    _exit(127);
}

/* As a shell does: lead the session, give the program the terminal, tell what becomes of it. */
static void lead(struct vt *t, const char *term, char *const argv[], int reports)
{
    int status;
    close(t->master);
    setsid();
    signal(SIGHUP, SIG_IGN);
    ioctl(t->slave, TIOCSCTTY, 0);
    pid_t pid = fork();
    if (pid == 0)
        become(t, term, argv);
    bool told = write(reports, &pid, sizeof pid) == sizeof pid;
    close(t->slave);
    while (told && waitpid(pid, &status, WUNTRACED) == pid) {
        told = write(reports, &status, sizeof status) == sizeof status;
        if (WIFEXITED(status) || WIFSIGNALED(status))
            break;
    }
    _exit(0);
}

bool vt_start(struct vt *t, int width, int height, const char *term, char *const argv[])
{
    memset(t, 0, sizeof *t);
    if (openpty(&t->master, &t->slave, NULL, NULL, NULL) != 0)
        return false;
    fcntl(t->master, F_SETFD, FD_CLOEXEC);
    tcgetattr(t->slave, &t->before);
    set_size(t, width, height);
    for (int y = 0; y < VT_HEIGHT_MAX; y++)
        for (int x = 0; x < VT_WIDTH_MAX; x++)
            t->cells[y][x] = L' ';
    int reports[2];
    if (pipe(reports) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        fcntl(reports[i], F_SETFD, FD_CLOEXEC);
    t->reports = reports[0];
    t->leader = fork();
    if (t->leader == 0)
        lead(t, term, argv, reports[1]);
    close(reports[1]);
    return t->leader > 0 && read(t->reports, &t->pid, sizeof t->pid) == sizeof t->pid;
}

void vt_send(struct vt *t, const void *bytes, size_t n)
{
    const char *from = bytes;
    while (n > 0) {
        size_t piece = n < 512 ? n : 512;
        ssize_t sent = write(t->master, from, piece);
        if (sent <= 0)
            return;
        from += sent;
        n -= (size_t)sent;
        if (n > 0)
            vt_read(t, 1); /* a full pipe on either side must not hold both up */
    }
}

void vt_type(struct vt *t, const char *keys)
{
    vt_send(t, keys, strlen(keys));
}

void vt_resize(struct vt *t, int width, int height)
{
    set_size(t, width, height);
    kill(t->pid, SIGWINCH);
}

bool vt_read(struct vt *t, int ms)
{
    unsigned char bytes[4096];
    struct pollfd fd = {.fd = t->master, .events = POLLIN};
    if (poll(&fd, 1, ms) <= 0)
        return true;
    ssize_t n = read(t->master, bytes, sizeof bytes);
    if (n <= 0)
        return false;
    t->bytes += (unsigned long)n;
    show(t, bytes, (size_t)n);
    return true;
}

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bool vt_until(struct vt *t, const char *text)
{
    double end = now_seconds() + 60;
    while (!strstr(vt_text(t), text))
        if (now_seconds() > end || !vt_read(t, 100))
            return false;
    return true;
}

int vt_wait(struct vt *t)
{
    double end = now_seconds() + 60;
    int status = -1;
    struct pollfd report = {.fd = t->reports, .events = POLLIN},
                  out = {.fd = t->master, .events = POLLIN};
    while (poll(&report, 1, 0) == 0 && now_seconds() < end)
        vt_read(t, 20);
    if (poll(&report, 1, 0) <= 0 || read(t->reports, &status, sizeof status) != sizeof status)
        return -1;
    if (!WIFSTOPPED(status))
        t->pid = 0;
    while (poll(&out, 1, 50) > 0 && vt_read(t, 0)) /* what it said last */
        continue;
    return status;
}

bool vt_settings_restored(const struct vt *t)
{
    struct termios now;
    return tcgetattr(t->slave, &now) == 0 && now.c_iflag == t->before.c_iflag &&
           now.c_oflag == t->before.c_oflag && now.c_lflag == t->before.c_lflag &&
           now.c_cflag == t->before.c_cflag &&
           memcmp(now.c_cc, t->before.c_cc, sizeof now.c_cc) == 0;
}

void vt_end(struct vt *t)
{
    if (t->pid > 0)
        kill(t->pid, SIGKILL);
    waitpid(t->leader, NULL, 0);
    close(t->reports);
    close(t->master);
    if (t->slave >= 0)
        close(t->slave);
}
