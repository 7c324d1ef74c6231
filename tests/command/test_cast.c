/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log FILE.cast: a session recorded twice differs in times alone, and is what players read. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/typed.h"

static char folder[] = "/tmp/mmoe-cast-XXXXXX";

/* Under a name that is the same each time: it is seen in the log. */
static void record(const char *file)
{
    char path[60], line[80];
    snprintf(path, sizeof path, "%s/x.cast", folder);
    snprintf(line, sizeof line, "log %s", path);
    typed(line);
    typed("model shared-bottom; ab mmoe; run; gates map; goto 20; ab off; dial p 0,1");
    typed("log off");
    assert_int_equal(rename(path, file), 0);
}

/* Durations and rates in a frame become one letter, with the spaces behind them. */
static char *without_times(const char *frame)
{
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "%s", "");
    while (*frame) {
        size_t n = strspn(frame, "0123456789,.");
        const char *unit = frame + n;
        size_t word = strncmp(unit, " s ", 3) == 0 ? 2 : strncmp(unit, " steps/s", 8) == 0 ? 8 : 0;
        if (n && word) {
            mmoe_text_add(&t, "T");
            n += word + strspn(unit + word, " ");
        } else {
            mmoe_text_add_bytes(&t, frame, n ? n : 1);
        }
        frame += n ? n : 1;
    }
    return t.s;
}

static json_t *read_line(FILE *f)
{
    static char line[1 << 20];
    json_error_t why;
    if (!fgets(line, sizeof line, f))
        return NULL;
    json_t *value = json_loads(line, 0, &why);
    if (!value)
        fail_msg("no JSON: %s: %s", why.text, line);
    return value;
}

static void check_header(FILE *f)
{
    json_t *head = read_line(f);
    assert_int_equal(json_integer_value(json_object_get(head, "version")), 2);
    assert_int_equal(json_integer_value(json_object_get(head, "width")), 100);
    assert_int_equal(json_integer_value(json_object_get(head, "height")), 30);
    json_decref(head);
}

static void two_recordings_differ_in_times_alone(void **state)
{
    char file[2][80];
    size_t frames = 0;
    FILE *f[2];
    for (int i = 0; i < 2; i++) {
        snprintf(file[i], sizeof file[i], "%s/%d.cast", folder, i);
        record(file[i]);
        assert_int_equal(errors(), 0);
        end(state);
        begin(state);
        f[i] = fopen(file[i], "r");
        assert_non_null(f[i]);
        check_header(f[i]);
    }
    double before = 0;
    for (json_t *a, *b; (a = read_line(f[0])); frames++) {
        b = read_line(f[1]);
        assert_non_null(b);
        assert_string_equal(json_string_value(json_array_get(a, 1)), "o");
        double at = json_real_value(json_array_get(a, 0));
        assert_true(at >= before);
        before = at;
        char *x = without_times(json_string_value(json_array_get(a, 2))),
             *y = without_times(json_string_value(json_array_get(b, 2)));
        assert_string_equal(x, y);
        mmoe_free(x);
        mmoe_free(y);
        json_decref(a);
        json_decref(b);
    }
    assert_null(read_line(f[1]));
    assert_true(frames > 15); /* three runs have evaluations, seven commands are typed */
    for (int i = 0; i < 2; i++) {
        fclose(f[i]);
        unlink(file[i]);
    }
}

static void what_cannot_be_recorded_is_refused(void **state)
{
    (void)state;
    assert_refused("log off", "nothing is recorded");
    typed("log /nowhere/x.cast; run 20");
    assert_refused("log off", "/nowhere/x.cast");
    assert_null(app->cast);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TYPED(two_recordings_differ_in_times_alone),
                                       TYPED(what_cannot_be_recorded_is_refused)};
    if (!mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
