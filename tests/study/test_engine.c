/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Engines: templates filled in, and values that a shell would take apart. */
#include <mmoe/engine.h>

#include "tests/stores.h"

static void times_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        double seconds;
    } all[] = {{"55m", 3300}, {"2h", 7200}, {"90s", 90}, {"1h30m", 5400}, {"1.5h", 5400}};
    static const char *const none[] = {"",   "5",     "m",    "0s",      "-1m",
                                       "1d", "1h-5m", "1e3s", "999999h", "11111111111111111111s"};
    double v;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_true(mmoe_engine_seconds(all[i].word, &v));
        assert_near(v, all[i].seconds, 0);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (mmoe_engine_seconds(none[i], &v))
            fail_msg("'%s' is %g s", none[i], v);
}

static char *template_in(const struct place *p, const char *text)
{
    struct mmoe_text path = {0};
    mmoe_text_add(&path, "%s/own.sh", p->folder);
    write_file(path.s, text, strlen(text));
    return path.s;
}

static void a_template_is_filled_in(void **state)
{
    const struct place *p = *state;
    struct mmoe_text script = {0}, start = {0};
    struct mmoe_error err;
    char *engine =
        template_in(p, "#!/bin/sh\n#start sbatch @dir@/job.sh &\n"
                       "@program@ @name@ 0-@last@ of @shards@ in @time@, @until@, a@b @@\n");
    struct mmoe_engine_job job = {
        .dir = "/shared/d", .name = "t-1", .shards = 16, .time = "59.7s", .program = "/bin/mmoe"};
    assert_int_equal(mmoe_engine_script(engine, &job, &script, &start, &err), MMOE_OK);
    assert_string_equal(start.s, "sbatch /shared/d/job.sh &");
    assert_string_equal(script.s, "#!/bin/sh\n/bin/mmoe t-1 0-15 of 16 in 0:59, 45s, a@b @@\n");
    mmoe_text_clear(&script);
    mmoe_text_clear(&start);
    job.time = NULL; /* an hour */
    assert_int_equal(mmoe_engine_script(engine, &job, &script, &start, &err), MMOE_OK);
    assert_non_null(strstr(script.s, "in 60:00, 3300s"));
    mmoe_text_done(&script);
    mmoe_text_done(&start);
    mmoe_free(engine);
}

static enum mmoe_status fill(const char *engine, const struct mmoe_engine_job *job,
                             struct mmoe_error *err)
{
    struct mmoe_text script = {0}, start = {0};
    enum mmoe_status status = mmoe_engine_script(engine, job, &script, &start, err);
    mmoe_text_done(&script);
    mmoe_text_done(&start);
    return status;
}

static void what_a_shell_would_take_apart_is_refused(void **state)
{
    const struct place *p = *state;
    static const char *const dirs[] = {"/a b", "/a;reboot", "/$(x)", "/a'b",     "-rf",
                                       "",     "/a\nb",     "/a*",   "/\xc3\xa4"};
    char *engine = template_in(p, "@dir@ @hosts@\n");
    struct mmoe_engine_job job = {
        .name = "x", .shards = 2, .hosts = "8/a,user@b", .program = "mmoe"};
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
        job.dir = dirs[i];
        assert_refused(fill(engine, &job, &err), MMOE_INVALID, "more than one word");
    }
    job.dir = "/d";
    assert_fine(fill(engine, &job, &err));
    job.hosts = NULL;
    assert_refused(fill(engine, &job, &err), MMOE_INVALID, "needs hosts=");
    job.time = "soon";
    assert_refused(fill(engine, &job, &err), MMOE_INVALID, "55m");
    job.time = NULL;
    assert_refused(fill("nothing", &job, &err), MMOE_UNKNOWN, "slurm, ssh, script");
    assert_refused(fill("/nowhere/own.sh", &job, &err), MMOE_UNKNOWN, "/nowhere/own.sh");
    mmoe_free(engine);
}

/* Those that come with the program go with what a user gives. */
static void all_engines_are_there(void **state)
{
    (void)state;
    static const char *const engines[] = {"slurm", "ssh", "script"};
    const struct mmoe_engine_job job = {
        .dir = "/d", .name = "x", .shards = 4, .hosts = "a,b", .program = "mmoe"};
    char data[4096];
    source_path(data, sizeof data, "data");
    setenv("MMOE_DATA", data, 1);
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
        assert_fine(fill(engines[i], &job, &err));
    unsetenv("MMOE_DATA");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read), PLACED(a_template_is_filled_in),
        PLACED(what_a_shell_would_take_apart_is_refused), cmocka_unit_test(all_engines_are_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
