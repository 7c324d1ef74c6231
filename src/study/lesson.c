/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson.c - lessons in plain text files. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mmoe/lesson.h>
#include <mmoe/mem.h>

#include "src/study/library.h"

enum { STEPS_MOST = 64 };

struct reader {
    const char *path;
    size_t line; /* from 1 */
    struct mmoe_lesson *lesson;
    struct mmoe_error *err;
};

__attribute__((format(printf, 2, 3))) static bool wrong(struct reader *r, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    mmoe_fail(r->err, MMOE_INVALID, "%.150s:%zu: %.230s", r->path, r->line, text);
    return false;
}

static struct mmoe_step *last_step(struct reader *r)
{
    return r->lesson->count ? &r->lesson->step[r->lesson->count - 1] : NULL;
}

/* --- checks and values --- */

enum mmoe_status mmoe_check_parse(const char *text, struct mmoe_check *out, struct mmoe_error *err)
{
    size_t n = strcspn(text, "<>");
    *out = (struct mmoe_check){.below = text[n] == '<'};
    if (n == 0 || n >= sizeof out->name || !text[n] || strcspn(text, " \t") < strlen(text) ||
        !mmoe_parse_double(text + n + 1, &out->value) || !isfinite(out->value))
        return mmoe_fail(err, MMOE_INVALID, "'%.60s' is no check: NAME<NUMBER or NAME>NUMBER",
                         text);
    memcpy(out->name, text, n);
    return MMOE_OK;
}

bool mmoe_check_holds(const struct mmoe_check *c, double value)
{
    return c->below ? value < c->value : value > c->value;
}

void mmoe_lesson_expand(const char *text,
                        bool (*value)(const void *context, const char *name, struct mmoe_text *t),
                        const void *context, struct mmoe_text *out)
{
    mmoe_text_add(out, "%s", "");
    while (*text) {
        size_t n = strcspn(text, "{"), end = text[n] ? strcspn(text + n, "}") : 0;
        char name[MMOE_VALUE_NAME_MAX];
        mmoe_text_add(out, "%.*s", (int)n, text);
        text += n;
        if (!*text)
            return;
        if (!text[end] || end < 2 || end > sizeof name) { /* no name: it stands for itself */
            mmoe_text_add(out, "{");
            text++;
            continue;
        }
        snprintf(name, sizeof name, "%.*s", (int)end - 1, text + 1);
        if (!value(context, name, out))
            mmoe_text_add(out, "-");
        text += end + 1;
    }
}

/* --- lines --- */

/* Append to a text of the step: words of a paragraph, or an empty line, which begins another. */
static void add_words(char **text, const char *words)
{
    struct mmoe_text t = {0};
    size_t n = *text ? strlen(*text) : 0;
    bool begins = n == 0 || (*text)[n - 1] == '\n';
    if (*text)
        mmoe_text_add(&t, "%s", *text);
    if (!*words)
        mmoe_text_add(&t, "\n");
    else
        mmoe_text_add(&t, "%s%s", begins ? "" : " ", words);
    mmoe_free(*text);
    *text = t.s;
}

static void add_line(char **text, const char *line)
{
    struct mmoe_text t = {0};
    if (*text)
        mmoe_text_add(&t, "%s\n", *text);
    mmoe_text_add(&t, "%s", line);
    mmoe_free(*text);
    *text = t.s;
}

static bool add_step(struct reader *r, const char *headline)
{
    struct mmoe_lesson *l = r->lesson;
    if (l->count == STEPS_MOST)
        return wrong(r, "a lesson has at most %d steps", STEPS_MOST);
    l->step = mmoe_regrow(l->step, l->count, l->count + 1, sizeof *l->step);
    l->step[l->count++] = (struct mmoe_step){.headline = mmoe_strdup(headline)};
    return true;
}

static bool add_choice(struct reader *r, struct mmoe_step *s, const char *text, bool right)
{
    if (s->choices == MMOE_LESSON_CHOICES)
        return wrong(r, "a question has at most %d choices", MMOE_LESSON_CHOICES);
    if (right && s->choices && s->right != MMOE_LESSON_CHOICES)
        return wrong(r, "a question has one right choice");
    if (s->choices == 0)
        s->right = MMOE_LESSON_CHOICES; /* none yet */
    if (right)
        s->right = s->choices;
    s->choice[s->choices++] = mmoe_strdup(text);
    return true;
}

/* "loss.A within 0.2" */
static bool read_prediction(struct reader *r, struct mmoe_step *s, const char *words)
{
    static const char within[] = " within ";
    const char *at = strstr(words, within);
    size_t n = at ? (size_t)(at - words) : 0;
    if (!at || n == 0 || n >= sizeof s->predict ||
        !mmoe_parse_double(at + sizeof within - 1, &s->within) || !(s->within > 0))
        return wrong(r, "predict NAME within SHARE, such as loss.A within 0.2");
    memcpy(s->predict, words, n);
    return true;
}

static bool add_check(struct reader *r, struct mmoe_step *s, const char *words)
{
    struct mmoe_error why;
    if (s->checks == MMOE_LESSON_CHECKS)
        return wrong(r, "a step has at most %d checks", MMOE_LESSON_CHECKS);
    if (mmoe_failed(mmoe_check_parse(words, &s->check[s->checks], &why)))
        return wrong(r, "%s", why.text);
    s->checks++;
    return true;
}

enum word { TITLE, NOTE, STEP, SAY, ASK, CHOICE, RIGHT, PREDICT, DO, REVEAL, CHECK, HINT, WORDS };
static const char *const words[WORDS] = {"title", "note",    "step", "say",    "ask",   "choice",
                                         "right", "predict", "do",   "reveal", "check", "hint"};

static bool read_line(struct reader *r, enum word word, const char *rest)
{
    struct mmoe_step *s = last_step(r);
    if (word > STEP && !s)
        return wrong(r, "%s before the first step", words[word]);
    if (!*rest && word != STEP && word != SAY && word != REVEAL)
        return wrong(r, "nothing stands behind %s", words[word]);
    switch (word) {
    case TITLE: snprintf(r->lesson->title, sizeof r->lesson->title, "%s", rest); return true;
    case NOTE: snprintf(r->lesson->note, sizeof r->lesson->note, "%s", rest); return true;
    case STEP: return add_step(r, rest);
    case SAY: add_words(&s->say, rest); return true;
    case ASK: add_words(&s->ask, rest); return true;
    case CHOICE: return add_choice(r, s, rest, false);
    case RIGHT: return add_choice(r, s, rest, true);
    case PREDICT: return read_prediction(r, s, rest);
    case DO: add_line(&s->commands, rest); return true;
    case REVEAL: add_words(&s->reveal, rest); return true;
    case CHECK: return add_check(r, s, rest);
    case HINT: add_words(&s->hint, rest); return true;
    case WORDS: break;
    }
    return false;
}

static bool check_step(struct reader *r, const struct mmoe_step *s, size_t number)
{
    bool answered = s->choices || s->predict[0];
    if (!s->say)
        return wrong(r, "step %zu says nothing: say WORDS", number);
    if (s->ask && !answered)
        return wrong(r, "step %zu asks, but has no choice, right or predict", number);
    if (!s->ask && answered)
        return wrong(r, "step %zu has answers, but asks nothing: ask WORDS", number);
    if (s->choices && s->predict[0])
        return wrong(r, "step %zu has choices and a number to predict: one of them", number);
    if (s->choices && (s->choices < 2 || s->right == MMOE_LESSON_CHOICES))
        return wrong(r, "step %zu needs two choices and more, one of them right", number);
    return true;
}

static bool check_lesson(struct reader *r)
{
    const struct mmoe_lesson *l = r->lesson;
    if (!l->title[0])
        return wrong(r, "the title is missing: title WORDS");
    if (l->count == 0)
        return wrong(r, "there is no step: step, then say WORDS");
    for (size_t i = 0; i < l->count; i++)
        if (!check_step(r, &l->step[i], i + 1))
            return false;
    return true;
}

static bool read_text(struct reader *r, char *text)
{
    for (char *line; (line = library_next_line(&text));) {
        size_t n = strcspn(line, " \t"), word = 0;
        r->line++;
        if (*line == '#' || !*line)
            continue;
        char *rest = line + n + strspn(line + n, " \t");
        line[n] = '\0';
        while (word < WORDS && strcmp(words[word], line) != 0)
            word++;
        if (word == WORDS) {
            const char *near = mmoe_nearest(line, words, WORDS);
            return wrong(r, "'%.40s' begins no line of a lesson%s%s", line,
                         near ? ": did you mean " : "", near ? near : "");
        }
        if (!read_line(r, (enum word)word, rest))
            return false;
    }
    return check_lesson(r);
}

struct mmoe_lesson *mmoe_lesson_read(const char *name, struct mmoe_error *err)
{
    struct mmoe_text path = {0}, text = {0};
    struct mmoe_lesson *l = mmoe_alloc(1, sizeof *l);
    enum mmoe_status status = strchr(name, '/') ? MMOE_OK
                                                : library_find(MMOE_LESSONS, name, &path, err);
    if (strchr(name, '/'))
        mmoe_text_add(&path, "%s", name);
    if (!mmoe_failed(status))
        status = library_read(path.s, &text, err);
    struct reader r = {.path = path.s, .lesson = l, .err = err};
    const char *slash = strrchr(name, '/');
    snprintf(l->name, sizeof l->name, "%s", slash ? slash + 1 : name);
    mmoe_text_add(&text, "%s", "");
    bool sound = !mmoe_failed(status) && read_text(&r, text.s);
    mmoe_text_done(&path);
    mmoe_text_done(&text);
    if (sound)
        return l;
    mmoe_lesson_free(l);
    return NULL;
}

static void free_step(struct mmoe_step *s)
{
    mmoe_free(s->headline);
    mmoe_free(s->say);
    mmoe_free(s->ask);
    for (size_t i = 0; i < s->choices; i++)
        mmoe_free(s->choice[i]);
    mmoe_free(s->commands);
    mmoe_free(s->reveal);
    mmoe_free(s->hint);
}

void mmoe_lesson_free(struct mmoe_lesson *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->count; i++)
        free_step(&l->step[i]);
    mmoe_free(l->step);
    mmoe_free(l);
}
