/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tasks.c - what the tasks of a dataset are called. */
#include <ctype.h>
#include <string.h>

#include <mmoe/tasks.h>
#include <mmoe/text.h>

void mmoe_tasks_letters(struct mmoe_task *task, size_t n)
{
    for (size_t k = 0; k < n; k++)
        task[k] = (struct mmoe_task){.name = {(char)('A' + k)}};
}

bool mmoe_tasks_name(struct mmoe_task *task, size_t k, const char *text)
{
    char name[MMOE_TASK_NAME_MAX] = "";
    size_t n = strlen(text);
    if (n == 0 || n >= sizeof name)
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        name[i] = (char)(c < 128 && (isalnum(c) || c == '-') ? c : '_');
    }
    for (size_t i = 0; i < k; i++)
        if (strcmp(task[i].name, name) == 0)
            return false;
    memcpy(task[k].name, name, sizeof name);
    return true;
}

static bool differ(const struct mmoe_task *task, size_t n)
{
    for (size_t k = 1; k < n; k++)
        for (size_t i = 0; i < k; i++)
            if (strcmp(task[i].name, task[k].name) == 0)
                return false;
    return true;
}

void mmoe_tasks_names(struct mmoe_task *task, size_t n, const char *text, char separator)
{
    const char ends[] = {separator, '\0'};
    char name[MMOE_TASK_NAME_MAX];
    mmoe_tasks_letters(task, n);
    for (size_t k = 0; *text && k < n; k++) {
        size_t length = strcspn(text, ends);
        if (length < sizeof name) {
            memcpy(name, text, length);
            name[length] = '\0';
            mmoe_tasks_name(task, k, name);
        }
        text += length + (text[length] != '\0');
    }
    if (!differ(task, n)) /* a name given to one task is the letter that another task kept */
        mmoe_tasks_letters(task, n);
}

bool mmoe_tasks_any_binary(const struct mmoe_task *task, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (task[k].binary)
            return true;
    return false;
}

enum mmoe_status mmoe_tasks_find(const struct mmoe_task *task, size_t n, const char *name,
                                 size_t *k, struct mmoe_error *err)
{
    struct mmoe_text there = {0};
    for (size_t i = 0; i < n; i++) {
        if (strcmp(task[i].name, name) == 0) {
            *k = i;
            mmoe_text_done(&there);
            return MMOE_OK;
        }
        mmoe_text_add(&there, "%s%s", i ? ", " : "", task[i].name);
    }
    mmoe_fail(err, MMOE_UNKNOWN, "no task '%.60s': there %s %s", name, n == 1 ? "is" : "are",
              there.n ? there.s : "none");
    mmoe_text_done(&there);
    return MMOE_UNKNOWN;
}
