/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions in files: what comes back, and that a file which is none gives one line and nothing
 * else. */
#include <mmoe/exchange.h>
#include <mmoe/lane.h>
#include <mmoe/rng.h>

#include "src/work/files.h"
#include "tests/runs.h"
#include "tests/stores.h"

static void options_of(struct mmoe_options *o)
{
    mmoe_mat_init();
    small_options(o);
    put(o, "steps", "40");
}

/* A session that trained 20 steps, in a file of that place. */
static void save_session(struct place *p, const char *name, const struct mmoe_options *o)
{
    struct mmoe_filed file = {.what = MMOE_FILE_SAVE, .options = *o};
    struct mmoe_error why;
    struct mmoe_dataset *d = mmoe_source_make(o, NULL, &why);
    struct mmoe_run *run = mmoe_run_new(o, d, &why);
    assert_non_null(run);
    for (int i = 0; i < 20; i++)
        mmoe_run_step(run);
    snprintf(p->file, sizeof p->file, "%s/%s", p->folder, name);
    snprintf(file.path, sizeof file.path, "%s", p->file);
    assert_fine(files_write(&file, d, run, NULL, &err));
    mmoe_run_free(run);
    mmoe_dataset_free(d);
}

static void refuse(const struct place *p, const char *part)
{
    const struct session none = {0};
    struct session s;
    struct mmoe_error err = {.text = ""};
    assert_true(mmoe_failed(files_load(p->file, &none, &s, NULL, &err)));
    if (!strstr(err.text, part) || !strstr(err.text, p->file))
        fail_msg("%s: instead of '%s'", err.text, part);
    assert_null(strchr(err.text, '\n'));
    assert_true(s.run == NULL && s.data == NULL);
}

static void what_is_cut_off_is_refused(void **state)
{
    struct place *p = *state;
    static const char *const names[] = {"s.npz", "s.safetensors"};
    struct mmoe_options o;
    options_of(&o);
    for (size_t i = 0; i < 2; i++) {
        size_t n;
        save_session(p, names[i], &o);
        char *bytes = read_file(p->file, &n);
        for (size_t cut = 0; cut < 64; cut++) {
            write_file(p->file, bytes, n * cut / 64);
            refuse(p, "");
        }
        free(bytes);
    }
}

/* Bytes turned at random places: refused, or read as what they then say, and never worse. */
static void what_was_turned_does_no_harm(void **state)
{
    struct place *p = *state;
    const struct session none = {0};
    struct mmoe_options o;
    size_t n;
    options_of(&o);
    save_session(p, "s.safetensors", &o);
    char *bytes = read_file(p->file, &n);
    const struct mmoe_rng rng = mmoe_rng_stream(1, MMOE_RNG_DATA, "damage");
    for (uint32_t i = 0; i < 300; i++) {
        struct session s;
        struct mmoe_error err;
        size_t at = mmoe_rng_below(rng, i, 0, i % 2 ? n : 4096);
        char kept = bytes[at];
        bytes[at] = (char)mmoe_rng_below(rng, i, 1, 256);
        write_file(p->file, bytes, n);
        bytes[at] = kept;
        if (mmoe_failed(files_load(p->file, &none, &s, NULL, &err)))
            continue;
        for (int k = 0; k < 20 && s.run; k++)
            mmoe_run_step(s.run);
        mmoe_run_free(s.run);
        mmoe_dataset_free(s.data);
    }
    free(bytes);
}

/* The array of that name holds a text instead; NULL: there is none. */
static void retell(const struct place *p, const char *name, const char *text)
{
    struct mmoe_arrays in = {0}, out = {0};
    assert_fine(mmoe_arrays_read(&in, p->file, &err));
    for (size_t i = 0; i < in.count; i++) {
        struct mmoe_error why;
        const struct mmoe_array *v = &in.list[i];
        if (strcmp(v->name, name) != 0)
            memcpy(mmoe_arrays_add(&out, v->name, v->type, v->ndim, v->dim, &why)->data, v->data,
                   v->n * (v->type == MMOE_U8    ? 1
                           : v->type == MMOE_F32 ? 4
                                                 : 8));
        else if (text)
            assert_fine(mmoe_arrays_add_text(&out, name, text, &err));
    }
    assert_fine(mmoe_arrays_write(&out, p->file, &err));
    mmoe_arrays_done(&in);
    mmoe_arrays_done(&out);
}

static void what_is_foreign_or_newer_is_refused(void **state)
{
    struct place *p = *state;
    static const struct {
        const char *name, *text, *part;
    } cases[] = {
        {"checkpoint", "mmoe checkpoint 2",
         "'mmoe checkpoint 2', which this program does not know"},
        {"checkpoint", NULL, "no session that save wrote"},
        {"options", NULL, "options are missing"},
        {"run.options", "p=0.5\nwarp=9\n", "warp"},
        {"run.options", "experts=1000000000\n", "experts must be"},
        {"run.options", "p\n", "'p' is no option with its value"},
        {"run.options", "dim=10\nrows=500\ntest-rows=100\nbatch=20\nmodel=moe\n",
         "there is no array"},
        {"run.counts", "abc", "the run is missing or damaged"},
        {"run.curve", NULL, "the curve is missing or damaged"},
        {"weights.gates.weight", "abc", "gates.weight is (3)"},
        {"sum1.towers.out.bias", NULL, "no array sum1.towers.out.bias"},
    };
    struct mmoe_options o;
    options_of(&o);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        save_session(p, "s.npz", &o);
        retell(p, cases[i].name, cases[i].text);
        refuse(p, cases[i].part);
    }
}

/* Rows in a file: found from another folder, and told from others that took their place. */
static void rows_of_a_file_are_found_again(void **state)
{
    struct place *p = *state;
    struct mmoe_options o, other;
    struct mmoe_error why;
    const struct session none = {0};
    struct session s;
    struct mmoe_arrays a = {0};
    char before[4096];
    options_of(&o);
    other = o;
    other.p = -0.9;
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(p->folder), 0);
    struct mmoe_dataset *d = mmoe_source_make(&o, NULL, &why),
                        *e = mmoe_source_make(&other, NULL, &why);
    assert_fine(mmoe_exchange_export(d, &a, &err));
    assert_fine(mmoe_arrays_write(&a, "rows.npz", &err));
    mmoe_arrays_done(&a);
    put(&o, "data", "rows.npz");
    save_session(p, "s.npz", &o);
    assert_int_equal(chdir("/"), 0);
    assert_fine(files_load(p->file, &none, &s, NULL, &err));
    assert_int_equal(mmoe_run_at(s.run), 20);
    mmoe_run_free(s.run);
    mmoe_dataset_free(s.data);
    assert_int_equal(chdir(p->folder), 0);
    assert_fine(mmoe_exchange_export(e, &a, &err));
    assert_fine(mmoe_arrays_write(&a, "rows.npz", &err));
    refuse(p, "rows.npz': its rows are others than those the run was trained on: put the file");
    mmoe_arrays_done(&a);
    /* one input is another: nothing else tells it */
    assert_fine(mmoe_exchange_export(d, &a, &err));
    float *x = mmoe_arrays_find(&a, "x_train")->data;
    x[0] = -x[0];
    assert_fine(mmoe_arrays_write(&a, "rows.npz", &err));
    refuse(p, "rows.npz': its rows are others");
    mmoe_arrays_done(&a);
    mmoe_dataset_free(d);
    mmoe_dataset_free(e);
    assert_int_equal(chdir(before), 0);
}

/* What mmoe 0.1 saved: settings and run are there, and go on to the end. */
static void a_session_of_mmoe_0_1_is_loaded(void **state)
{
    struct place *p = *state;
    const struct session none = {0};
    struct session s;
    mmoe_mat_init();
    snprintf(p->file, sizeof p->file, "%s/s.npz", p->folder);
    copy_case("session-0.1.npz", p->file);
    assert_fine(files_load(p->file, &none, &s, NULL, &err));
    assert_true(s.has_run && s.options.rows == 50 && s.made_with.data[0] == '\0');
    const struct mmoe_snapshot *shot = mmoe_run_snapshot(s.run);
    assert_true(shot->state == MMOE_RUN_PAUSED && shot->step == 10 && shot->steps == 20);
    assert_int_equal(finish(s.run), MMOE_DONE);
    assert_int_equal(shot->curve_count, 3);
    mmoe_run_free(s.run);
    mmoe_dataset_free(s.data);
}

/* --- files that others have had in hand --- */

/* The session or the weights of p->file with two arrays more, of which one has no numbers. */
static void add_others(const struct place *p)
{
    struct mmoe_arrays a = {0};
    size_t n;
    assert_fine(mmoe_arrays_read(&a, p->file, &err));
    assert_fine(mmoe_arrays_add_text(&a, "epoch", "3", &err));
    assert_fine(mmoe_arrays_add_text(&a, "meta", "12345678", &err));
    assert_fine(mmoe_arrays_write(&a, p->file, &err));
    mmoe_arrays_done(&a);
    char *bytes = read_file(p->file, &n),
         *at = memmem(bytes, n, "meta\":{\"dtype\":\"U8\"", strlen("meta\":{\"dtype\":\"U8\""));
    assert_non_null(at);
    memcpy(at + strlen("meta\":{\"dtype\":\""), "X8", 2);
    write_file(p->file, bytes, n);
    free(bytes);
}

static void others_arrays_in_a_session_are_let_be(void **state)
{
    struct place *p = *state;
    struct mmoe_options o;
    const struct session none = {0};
    struct session s;
    options_of(&o);
    save_session(p, "s.safetensors", &o);
    add_others(p);
    assert_fine(files_load(p->file, &none, &s, NULL, &err));
    assert_int_equal(mmoe_run_at(s.run), 20);
    mmoe_run_free(s.run);
    mmoe_dataset_free(s.data);
}

static void others_arrays_among_weights_are_named(void **state)
{
    struct place *p = *state;
    struct mmoe_options o;
    struct mmoe_filed file = {.what = MMOE_FILE_EXPORT_WEIGHTS};
    struct mmoe_error why;
    options_of(&o);
    struct mmoe_dataset *d = mmoe_source_make(&o, NULL, &why);
    struct mmoe_run *run = mmoe_run_new(&o, d, &why);
    snprintf(p->file, sizeof p->file, "%s/w.safetensors", p->folder);
    snprintf(file.path, sizeof file.path, "%s", p->file);
    assert_fine(files_write(&file, d, run, NULL, &err));
    assert_fine(files_import(run, &file, NULL, &err));
    assert_string_equal(file.unread, "");
    add_others(p);
    assert_fine(files_import(run, &file, NULL, &err));
    assert_string_equal(file.unread, "epoch, meta");
    atomic_bool stop = true;
    assert_refused(files_import(run, &file, &stop, &err), MMOE_STATE, "stopped");
    mmoe_run_free(run);
    mmoe_dataset_free(d);
}

TESTS(PLACED(a_session_of_mmoe_0_1_is_loaded), PLACED(what_is_cut_off_is_refused),
      PLACED(what_was_turned_does_no_harm), PLACED(what_is_foreign_or_newer_is_refused),
      PLACED(rows_of_a_file_are_found_again), PLACED(others_arrays_in_a_session_are_let_be),
      PLACED(others_arrays_among_weights_are_named))
