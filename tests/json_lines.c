/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names each line of stdin that begins as a JSON object and is none, or has a name twice. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, stdin)) >= 0;) {
        json_error_t why;
        json_t *object = line[0] == '{' ? json_loadb(line, (size_t)n, JSON_REJECT_DUPLICATES, &why)
                                        : NULL;
        if (line[0] == '{' && !object)
            printf("NO JSON: %s: %s", why.text, line);
        json_decref(object);
    }
    free(line);
    return 0;
}
