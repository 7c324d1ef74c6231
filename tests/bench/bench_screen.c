/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_screen.c - what the screen costs: from key to echo while every core
 * trains, bytes a frame, frames a second, bytes when nothing happens.
 *
 * A frame is a burst of bytes with 3 ms of silence before it.
 * Usage: MMOE=build/mmoe bench_screen [KEYS [WIDTH HEIGHT]]
 */
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/vt.h"

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

struct traffic {
    double seconds;
    unsigned long bytes, frames, most_in_a_second;
};

/* Watch what comes for that long. */
static struct traffic watch(struct vt *t, double seconds)
{
    struct traffic seen = {.seconds = seconds};
    double start = now_seconds(), last = 0, times[4096] = {0};
    unsigned long bytes = t->bytes;
    while (now_seconds() < start + seconds) {
        unsigned long before = t->bytes;
        vt_read(t, 5);
        double now = now_seconds();
        if (t->bytes == before)
            continue;
        if (now - last > 0.003 && seen.frames < 4096) {
            times[seen.frames++] = now;
            for (unsigned long i = seen.frames, n = 1; i-- > 0 && now - times[i] < 1.0; n++)
                if (n > seen.most_in_a_second)
                    seen.most_in_a_second = n;
        }
        last = now;
    }
    seen.bytes = t->bytes - bytes;
    return seen;
}

static void say(const char *what, const struct traffic *seen)
{
    printf("%-34s %7.1f bytes/s %6.1f frames/s (at most %lu in a second) %7.1f bytes/frame\n", what,
           (double)seen->bytes / seen->seconds, (double)seen->frames / seen->seconds,
           seen->most_in_a_second, seen->frames ? (double)seen->bytes / (double)seen->frames : 0.0);
}

static int ascending(const void *a, const void *b)
{
    double d = *(const double *)a - *(const double *)b;
    return d < 0 ? -1 : d > 0;
}

/* Milliseconds from a key to its echo, n times. */
static void echoes(struct vt *t, size_t n, double *ms)
{
    uint32_t x = 7;
    char shown[64] = "mmoe> ";
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        double next = now_seconds() + 0.06 + 0.08 * (x >> 8) / 16777216.0;
        while (now_seconds() < next)
            vt_read(t, 1);
        if (i % 40 == 39) { /* start the line anew */
            vt_type(t, "\025");
            shown[6] = '\0';
            vt_read(t, 30);
        }
        char key[2] = {(char)('a' + (x >> 12) % 26), 0};
        strcat(shown, key);
        double start = now_seconds();
        vt_type(t, key);
        while (!strstr(vt_text(t), shown) && now_seconds() < start + 2)
            vt_read(t, 1);
        ms[i] = 1e3 * (now_seconds() - start);
    }
    qsort(ms, n, sizeof *ms, ascending);
    printf("key to echo, every core training:  median %.2f ms, 99th percentile %.2f ms, most %.2f "
           "ms (%zu keys)\n",
           ms[n / 2], ms[n * 99 / 100], ms[n - 1], n);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    char *program[] = {getenv("MMOE"), NULL};
    size_t keys = argc > 1 ? strtoul(argv[1], NULL, 10) : 300;
    int width = argc > 3 ? atoi(argv[2]) : 80, height = argc > 3 ? atoi(argv[3]) : 24;
    struct vt *t = calloc(1, sizeof *t);
    double *ms = calloc(keys + 1, sizeof *ms);
    if (!program[0] || !t || !ms || keys == 0 ||
        !vt_start(t, width, height, "xterm-256color", program))
        return 1;
    double start = now_seconds();
    vt_until(t, "mmoe>");
    printf("open after %.0f ms\n", 1e3 * (now_seconds() - start));
    vt_type(t, "model shared-bottom; ab mmoe; set steps 10M; run\r");
    if (!vt_until(t, "RUN"))
        return 1;
    watch(t, 1);
    struct traffic seen = watch(t, 5);
    say("two sides train:", &seen);
    vt_type(t, "repeat 500 steps=3000\r");
    watch(t, 2);
    seen = watch(t, 5);
    say("every core trains:", &seen);
    echoes(t, keys, ms);
    vt_type(t, "\025stop\rpause\r");
    watch(t, 2);
    seen = watch(t, 3);
    say("nothing runs:", &seen);
    vt_end(t);
    free(t);
    free(ms);
    return 0;
}
