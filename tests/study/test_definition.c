/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Studies and presets in files: those there are, those one writes, and what is refused. */
#include <mmoe/definition.h>
#include <mmoe/folders.h>

#include "tests/stores.h"

/* --- folders of one's own --- */

static char source_data[200];

static void make_folder(const char *top, const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", top, name);
    mkdir(path, 0700);
}

/* Write text to FOLDER/studies/one.conf or FOLDER/presets/NAME.conf. */
static void write_conf(const struct place *p, const char *kind, const char *name, const char *text,
                       size_t n)
{
    char folder[100], path[200];
    make_folder(p->folder, kind, folder, sizeof folder);
    snprintf(path, sizeof path, "%s/%s.conf", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    fclose(f);
}

static void write_study(const struct place *p, const char *text)
{
    write_conf(p, "studies", "one", text, strlen(text));
}

static int set_up(void **state)
{
    const char *top = getenv("srcdir");
    if (make_place(state))
        return -1;
    snprintf(source_data, sizeof source_data, "%s/data", top ? top : ".");
    setenv("MMOE_DATA", ((struct place *)*state)->folder, 1);
    setenv("XDG_CONFIG_HOME", "/nowhere", 1);
    return 0;
}

#define DEFINED(test) cmocka_unit_test_setup_teardown(test, set_up, remove_place)

static void refuse_study(const struct place *p, const char *text, enum mmoe_status status,
                         const char *part)
{
    struct mmoe_definition d;
    memset(&d, 7, sizeof d);
    struct mmoe_definition before = d;
    write_study(p, text);
    assert_refused(mmoe_definition_read("one", &d, &err), status, part);
    assert_memory_equal(&d, &before, sizeof d);
}

static void assert_value(const struct mmoe_options *o, const char *name, const char *value)
{
    struct mmoe_text t = {0};
    mmoe_option_show(o, mmoe_option_find(name), &t);
    assert_string_equal(t.s, value);
    mmoe_text_done(&t);
}

/* --- what is there --- */

static void read_ours(const char *name, struct mmoe_definition *d)
{
    setenv("MMOE_DATA", source_data, 1);
    assert_fine(mmoe_definition_read(name, d, &err));
    assert_string_equal(d->about.name, name);
    assert_true(strlen(d->about.title) > 20 && strstr(d->about.note, "The paper's figure"));
}

static void the_figures_of_the_paper_are_there(void **state)
{
    (void)state;
    struct mmoe_definition d;
    read_ours("figure-a", &d);
    assert_true(d.figure == MMOE_DRAWING_LABELS && !d.panels &&
                strcmp(d.series->name, "sines") == 0);
    assert_true(mmoe_grid_runs(&d.grid) == 4200 && d.grid.base.steps == 0 &&
                d.grid.base.rows == 10000);
    assert_true(!d.claims && !d.choose);
    read_ours("figure-b", &d);
    assert_true(d.figure == MMOE_DRAWING_CURVES && strcmp(d.panels->name, "p") == 0 && !d.series);
    assert_true(d.grid.seeds == 200 && d.grid.base.lr == 0.001);
    assert_value(&d.grid.base, "bottom-units", "16");
    assert_value(&d.grid.base, "model", "shared-bottom");
    struct mmoe_definition c;
    read_ours("figure-c", &c);
    read_ours("figure-d", &d);
    assert_true(c.figure == MMOE_DRAWING_CURVES && d.figure == MMOE_DRAWING_HISTOGRAMS &&
                !c.claims && d.claims);
    assert_true(mmoe_grid_same(&c.grid, &d.grid) && mmoe_grid_runs(&c.grid) == 1800);
    assert_string_equal(c.choose->name, "lr");
    assert_string_equal(c.choose_for->name, "model");
}

static void the_preset_of_the_paper_is_its_setting(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"scale", "2"},    {"sines", "10"},        {"alpha", "random"},  {"noise", "0.1"},
        {"rows", "40000"}, {"test-rows", "2000"},  {"batch", "100"},     {"order", "replace"},
        {"steps", "6000"}, {"optimizer", "adam"},  {"lr", "0.01"},       {"init", "glorot"},
        {"experts", "8"},  {"expert-units", "16"}, {"tower-units", "8"}, {"dropout", "0"}};
    struct mmoe_options o;
    struct mmoe_about about;
    setenv("MMOE_DATA", source_data, 1);
    mmoe_options_default(&o);
    put(&o, "dropout", "0.5");
    put(&o, "batch", "7");
    put(&o, "p", "0.25");
    put(&o, "theme", "light");
    assert_fine(mmoe_definition_preset("paper", &o, &about, &err));
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_value(&o, pairs[i][0], pairs[i][1]);
    assert_value(&o, "p", "0.25"); /* not named there */
    assert_value(&o, "theme", "light");
    assert_string_equal(about.name, "paper");
    assert_non_null(strstr(about.note, "\nLeft open"));
}

static void everything_there_can_be_read(void **state)
{
    (void)state;
    char(*names)[MMOE_NAME_MAX];
    size_t count;
    struct mmoe_definition d;
    struct mmoe_options o;
    struct mmoe_about about;
    setenv("MMOE_DATA", source_data, 1);
    mmoe_library_names(MMOE_PRESETS, &names, &count);
    assert_true(count >= 4);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || strcmp(names[i - 1], names[i]) < 0);
        mmoe_options_default(&o);
        assert_fine(mmoe_definition_preset(names[i], &o, &about, &err));
        assert_fine(mmoe_options_check(&o, &err));
        assert_true(about.note[0] && strcmp(about.title, about.name) != 0);
    }
    mmoe_free(names);
    mmoe_library_names(MMOE_STUDIES, &names, &count);
    assert_true(count >= 4);
    for (size_t i = 0; i < count; i++)
        assert_fine(mmoe_definition_read(names[i], &d, &err));
    mmoe_free(names);
}

/* The example of the manual, as it stands there. */
static void the_manual_s_example_is_a_study(void **state)
{
    struct place *p = *state;
    char path[300], *page = calloc(1, 1 << 17), text[2000] = "", *to = text;
    struct mmoe_definition d;
    snprintf(path, sizeof path, "%s/../man/mmoe-formats.5", source_data);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_true(fread(page, 1, (1 << 17) - 1, f) > 1000);
    fclose(f);
    const char *from = strstr(page, "title Two models");
    assert_non_null(from);
    for (const char *end = strstr(from, "\n.EE"); from < end; from++)
        if (*from != '\\')
            *to++ = *from;
    free(page);
    write_study(p, text);
    assert_fine(mmoe_definition_read("one", &d, &err));
    assert_true(mmoe_grid_runs(&d.grid) == 200 && d.grid.base.steps == 2000 &&
                d.choose_seeds == 10);
}

/* --- what one writes --- */

#define SMALL "figure curves\nseeds 3\n"

static void a_file_is_read_line_by_line(void **state)
{
    struct place *p = *state;
    struct mmoe_definition d;
    static const char preset[] = "set lr=0.5 batch=9\nset experts=3";
    write_conf(p, "presets", "mine", preset, strlen(preset));
    write_study(
        p,
        "\xef\xbb\xbf# a comment\r\n\r\n  title  Of #1 and more \r\nnote a\r\nnote b # c\r\n"
        "figure histograms # that one\r\n\tset batch=8\r\npreset mine\r\nset lr=0.25 "
        "expert-units=4,2\r\n"
        "panels p\r\naxis p=0.5,1\r\naxis expert-units=16/32,16\r\nclaims\r\nseeds 4\r\nseeds 5");
    assert_fine(mmoe_definition_read("one", &d, &err));
    assert_string_equal(d.about.title, "Of #1 and more");
    assert_string_equal(d.about.note, "a\nb # c");
    assert_string_equal(d.about.name, "one");
    assert_true(d.figure == MMOE_DRAWING_HISTOGRAMS && d.claims && !d.series);
    assert_ptr_equal(d.panels, mmoe_option_find("p"));
    assert_true(d.grid.seeds == 5 && mmoe_grid_cells(&d.grid) == 4);
    assert_value(&d.grid.base, "batch", "9"); /* what comes later wins */
    assert_value(&d.grid.base, "lr", "0.25");
    assert_value(&d.grid.base, "experts", "3");
    assert_value(&d.grid.base, "rows", "40000");
    write_study(p, SMALL);
    assert_fine(mmoe_definition_read("one", &d, &err));
    assert_string_equal(d.about.title, "one");
    assert_int_equal(d.about.note[0], '\0');
    char path[200];
    snprintf(path, sizeof path, "%s/studies/one.conf", p->folder);
    setenv("MMOE_DATA", "/nowhere", 1);
    assert_fine(mmoe_definition_read(path, &d, &err)); /* a path is taken as it is */
    assert_string_equal(d.about.name, "one");
}

static void the_session_keeps_what_is_its_own(void **state)
{
    struct place *p = *state;
    struct mmoe_definition d;
    struct mmoe_options session;
    struct mmoe_grid g;
    write_study(p, SMALL "set theme=mono\naxis p=0,1\n");
    assert_fine(mmoe_definition_read("one", &d, &err));
    mmoe_options_default(&session);
    put(&session, "theme", "light");
    put(&session, "jobs", "7");
    put(&session, "lr", "0.7");
    put(&session, "seed", "9");
    assert_fine(mmoe_definition_grid(&d, &session, &g, &err));
    assert_value(&g.base, "theme", "light");
    assert_value(&g.base, "jobs", "7");
    assert_value(&g.base, "lr", "0.01");
    assert_value(&g.base, "seed", "0");
    assert_refused(mmoe_definition_choice_grid(&d, &session, &g, &err), MMOE_STATE,
                   "nothing to choose");
}

static void a_choice_has_seeds_of_its_own(void **state)
{
    struct place *p = *state;
    struct mmoe_definition d;
    struct mmoe_grid g;
    struct mmoe_options o;
    write_study(
        p, SMALL
        "axis p=0,1\nchoose lr=1e-3,1e-2 for model seeds=2\naxis model=mmoe,omoe\nset seed=5\n");
    assert_fine(mmoe_definition_read("one", &d, &err));
    assert_fine(mmoe_definition_choice_grid(&d, &d.grid.base, &g, &err));
    assert_true(g.axis_count == 3 && g.seeds == 2 && mmoe_grid_runs(&g) == 16);
    assert_string_equal(g.axes[2].option->name, "lr");
    mmoe_grid_options(&g, 15, &o);
    assert_true(o.seed_data == 1000006 && o.seed_init == 1000006 && o.seed_order == 1000006 &&
                o.lr == 0.01);
    assert_fine(mmoe_definition_grid(&d, &d.grid.base, &g, &err));
    assert_true(g.base.seed_data == 5 && g.axis_count == 2 && g.seeds == 3);
}

/* --- what is refused --- */

static void mistakes_are_told_with_their_line(void **state)
{
    struct place *p = *state;
    refuse_study(p, "titel x\n", MMOE_UNKNOWN,
                 "/studies/one.conf:1: no key 'titel': did you mean title?");
    refuse_study(p, "\n\nxyzzy\n", MMOE_UNKNOWN,
                 "one.conf:3: no key 'xyzzy': a line has title, note, set");
    refuse_study(p, "figure curvs", MMOE_UNKNOWN, ":1: no figure 'curvs': did you mean curves?");
    refuse_study(p, "figure", MMOE_INVALID,
                 ":1: labels, curves, histograms, profiles, dots or checkpoints is missing");
    refuse_study(p, "figure curves now", MMOE_INVALID, "'now' is too much");
    refuse_study(p, "claims here", MMOE_INVALID, "'here' is too much");
    refuse_study(p, "set\n", MMOE_INVALID, ":1: set KEY=VALUE");
    refuse_study(p, "set lr = 3\n", MMOE_INVALID, ":1: 'lr' is no KEY=VALUE");
    refuse_study(p, "set =3\n", MMOE_INVALID, "'=3' is no KEY=VALUE");
    refuse_study(p, "set lr=0.1 bach=3\n", MMOE_UNKNOWN,
                 ":1: no option 'bach': did you mean batch?");
    refuse_study(p, "set p=2\n", MMOE_RANGE, ":1: p must be -1 to 1, not '2'");
    refuse_study(p, "axis p=0.5,0.50", MMOE_INVALID, ":1: p lists 0.5 twice");
    refuse_study(p, "axis p 0.5", MMOE_INVALID, "'0.5' is too much");
    refuse_study(p, "axis seed=1,2", MMOE_INVALID, "seed cannot vary");
    refuse_study(p, "panels pp", MMOE_UNKNOWN, "no option 'pp'");
    refuse_study(p, "preset none-such", MMOE_UNKNOWN, ":1: no preset 'none-such': there are");
    refuse_study(p, "preset ../x", MMOE_INVALID, "'../x' is no name of a preset");
    refuse_study(p, "seeds 0", MMOE_RANGE,
                 ":1: seeds must be a whole number from 1 to 1000000, not '0'");
    refuse_study(p, "seeds many", MMOE_RANGE, "not 'many'");
    static const char *const choices[] = {"",
                                          "lr=1,2",
                                          "lr=1,2 for model",
                                          "lr=1,2 of model seeds=2",
                                          "lr=1,2 for model 2",
                                          "lr=1,2 for model seed=2"};
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        char line[100];
        snprintf(line, sizeof line, "choose %s\n", choices[i]);
        refuse_study(p, line, MMOE_INVALID,
                     ":1: not as it should be: choose KEY=v1,v2,... for AXIS seeds=N");
    }
    refuse_study(p, "choose lr=1,2 for model seeds=2 by=mean 3", MMOE_INVALID,
                 "'3' is too much: choose KEY");
    refuse_study(p, "choose lr=1,2 for model seeds=2 by=luck", MMOE_INVALID,
                 "not as it should be: choose KEY");
    refuse_study(p, "chosen", MMOE_INVALID, "what was chosen is missing");
    refuse_study(p, SMALL "axis model=mmoe\nchosen 1", MMOE_INVALID,
                 "what it was chosen of is missing: add `choose KEY=...`");
    refuse_study(p, SMALL "axis model=mmoe\nchoose lr=1,2 for model seeds=2\nchosen 1,2",
                 MMOE_RANGE, "lr");
    refuse_study(p, "choose lr=1,2 for model seeds=0", MMOE_RANGE, "not '0'");
    refuse_study(p, "choose lr for model seeds=2", MMOE_INVALID, "'lr' is no KEY=VALUE");
}

/* Each value of an axis with options of its own; a later line wins. */
static void values_of_an_axis_have_options_of_their_own(void **state)
{
    struct place *p = *state;
    struct mmoe_definition def;
    struct mmoe_options o;
    write_study(p, SMALL "set lr=0.5 tower-units=7\naxis model=mmoe,omoe,shared-bottom\n"
                         "for model=omoe lr=0.1\nfor model=shared-bottom lr=0.2 bottom-units=9,3\n"
                         "for model=omoe lr=0.3 tower-units=5\n");
    assert_fine(mmoe_definition_read("one", &def, &err));
    assert_int_equal(mmoe_grid_cells(&def.grid), 3);
    static const double lr[] = {0.5, 0.3, 0.2};
    static const size_t tower[] = {7, 5, 7}, bottom[] = {0, 0, 2};
    for (size_t i = 0; i < 3; i++) {
        mmoe_grid_cell_options(&def.grid, i, &o);
        assert_true(o.lr == lr[i] && o.tower_units.v[0] == tower[i]);
        assert_int_equal(o.bottom_units.n, bottom[i]);
    }
    refuse_study(p, SMALL "axis model=mmoe,omoe\nfor model=moe lr=1", MMOE_INVALID,
                 "moe is no value of axis model");
    refuse_study(p, SMALL "axis p=0,1\nfor model=mmoe lr=1", MMOE_INVALID, ":4:");
    refuse_study(p, SMALL "axis model=mmoe,omoe\nfor model=mmoe", MMOE_INVALID, "for AXIS=VALUE");
    refuse_study(p, SMALL "axis model=mmoe,omoe\nfor model=mmoe lrr=1", MMOE_UNKNOWN, "lrr");
    refuse_study(p, SMALL "axis model=mmoe,omoe\nfor model=mmoe lr=-1", MMOE_RANGE, ":4:");
}

static void what_the_paper_has_is_kept(void **state)
{
    struct place *p = *state;
    struct mmoe_definition def;
    write_study(p, SMALL "paper mmoe income .9359 .9410\n");
    assert_fine(mmoe_definition_read("one", &def, &err));
    assert_int_equal(def.said_count, 1);
    assert_string_equal(def.said[0].task, "income");
    assert_true(def.said[0].value[0] == .9359 && def.said[0].value[1] == .9410);
    refuse_study(p, SMALL "paper mmoe income", MMOE_INVALID, "paper MODEL TASK MEAN BEST");
    refuse_study(p, SMALL "paper mmoe income .9", MMOE_INVALID, "a mean and the best");
    refuse_study(p, SMALL "paper mmo income .9 .9", MMOE_UNKNOWN, "no model 'mmo'");
    refuse_study(p, SMALL "paper mmoe income .9 best", MMOE_INVALID, "'best': up to 6 numbers");
    refuse_study(p, SMALL "paper mmoe income 1 2 3 4 5 6 7", MMOE_INVALID, "'7': up to 6");
    refuse_study(p, SMALL "experiment mmoe", MMOE_INVALID, "experiment CONTROL TREATMENT");
    refuse_study(p, SMALL "experiment mmoe mmo", MMOE_UNKNOWN, "no model 'mmo'");
    refuse_study(p, SMALL "experiment mmoe omoe", MMOE_INVALID, "title, notes and settings alone");
    refuse_study(p, "experiment mmoe omoe engagement", MMOE_INVALID, "is no KEY=VALUE");
    refuse_study(p, "experiment mmoe omoe clicks=raised", MMOE_UNKNOWN, "no metric 'clicks'");
    refuse_study(p, "experiment mmoe omoe engagement=up", MMOE_INVALID, "raised or kept");
    refuse_study(p, "experiment mmoe omoe engagement=kept:-100", MMOE_INVALID, "is no lift");
    refuse_study(p, "experiment mmoe omoe engagement=kept:***", MMOE_INVALID, "is no lift");
    write_study(p, "set data=recommender\nexperiment single-task mmoe satisfaction=raised:19.72** "
                   "engagement=kept\n");
    assert_fine(mmoe_definition_read("one", &def, &err));
    assert_int_equal(def.experiments[0].said[MMOE_ENGAGEMENT].claim, MMOE_CLAIMED_KEPT);
    assert_true(isnan(def.experiments[0].said[MMOE_ENGAGEMENT].lift));
    assert_int_equal(def.experiments[0].said[MMOE_SATISFACTION].claim, MMOE_CLAIMED_RAISED);
    assert_true(fabs(def.experiments[0].said[MMOE_SATISFACTION].lift - 0.1972) < 1e-12);
    assert_int_equal(def.experiments[0].said[MMOE_SATISFACTION].stars, 2);
    write_study(p, "set data=recommender p=0.4\nexperiment shared-bottom mmoe\n");
    assert_fine(mmoe_definition_read("one", &def, &err));
    assert_int_equal(def.experiment_count, 1);
    assert_string_equal(def.experiments[0].control, "shared-bottom");
    assert_string_equal(def.grid.base.data, "recommender");
    static struct mmoe_grid none;
    assert_refused(mmoe_definition_grid(&def, &def.grid.base, &none, &err), MMOE_INVALID,
                   "which have no runs");
    write_study(p, SMALL "figure dots\naxis model=mmoe,omoe\n");
    assert_fine(mmoe_definition_read("one", &def, &err));
    struct mmoe_options session;
    struct mmoe_error err;
    struct mmoe_grid grid;
    mmoe_options_default(&session);
    assert_int_equal(mmoe_definition_grid(&def, &session, &grid, &err), MMOE_INVALID);
    assert_non_null(strstr(err.text, "dots are drawn of models compared on rows of a file"));
}

static void a_study_is_checked_as_a_whole(void **state)
{
    struct place *p = *state;
    refuse_study(p, "", MMOE_INVALID, "one.conf: the figure is missing: add `figure labels`");
    refuse_study(p, "seeds 3\n", MMOE_INVALID, "one.conf: the figure is missing");
    refuse_study(p, "figure curves\n", MMOE_INVALID,
                 "one.conf: the number of seeds is missing: add `seeds N`");
    refuse_study(p, SMALL "panels model\naxis p=0,1\n", MMOE_INVALID, ":3: model is no axis");
    refuse_study(p, SMALL "\nseries lr\n", MMOE_INVALID, ":4: lr is no axis: name one, or add");
    refuse_study(p, SMALL "choose lr=1,2 for model seeds=2\naxis p=0,1", MMOE_INVALID,
                 ":3: model is no axis");
    refuse_study(p, SMALL "axis model=mmoe\naxis lr=1,2\nchoose lr=1,2 for model seeds=2",
                 MMOE_INVALID, ":5: lr is an axis, so it cannot be chosen");
    refuse_study(p, SMALL "axis model=mmoe\nchoose lr=1,x for model seeds=2", MMOE_INVALID,
                 ":4: lr must be");
    refuse_study(p, SMALL "axis batch=10,50000", MMOE_RANGE,
                 "one.conf: batch=50000: batch 50,000 is more than rows");
    refuse_study(p, SMALL "axis model=mmoe\nchoose batch=10,50000 for model seeds=2", MMOE_RANGE,
                 ":4: batch=50000");
}

static void strange_files_are_refused(void **state)
{
    struct place *p = *state;
    struct mmoe_definition d;
    struct mmoe_options o, before;
    char *text = malloc(70000);
    write_conf(p, "studies", "one", "figure\0curves", 13);
    assert_refused(mmoe_definition_read("one", &d, &err), MMOE_INVALID,
                   "one.conf: it has a NUL byte");
    write_conf(p, "studies", "one", "title \x1b]0;mine\n", 15);
    assert_refused(mmoe_definition_read("one", &d, &err), MMOE_INVALID, "one.conf: it is no text");
    memset(text, '#', 70000);
    write_conf(p, "studies", "one", text, 70000);
    assert_refused(mmoe_definition_read("one", &d, &err), MMOE_LIMIT, "longer than 65536 bytes");
    memset(text, 'a', 70000);
    memcpy(text, "title ", 6);
    text[200] = '\0';
    refuse_study(p, text, MMOE_LIMIT, "a title has at most 127 bytes");
    memcpy(text, "note  ", 6);
    text[200] = 'a';
    text[3000] = '\0';
    refuse_study(p, text, MMOE_LIMIT, "notes have at most 2047 bytes");
    free(text);
    char path[200];
    snprintf(path, sizeof path, "%s/studies", p->folder);
    assert_refused(mmoe_definition_read(path, &d, &err), MMOE_IO, "Is a directory");
    assert_refused(mmoe_definition_read("/no/where.conf", &d, &err), MMOE_UNKNOWN, "No such file");
    assert_refused(mmoe_definition_read("on", &d, &err), MMOE_UNKNOWN,
                   "no study 'on': did you mean one?");
    assert_refused(mmoe_definition_read(".one", &d, &err), MMOE_INVALID,
                   "'.one' is no name of a study");
    assert_refused(mmoe_definition_read("", &d, &err), MMOE_INVALID, "is no name");

    static const char preset[] = "set lr=0.5\nseeds 3\n";
    write_conf(p, "presets", "bad", preset, strlen(preset));
    mmoe_options_default(&o);
    before = o;
    assert_refused(mmoe_definition_preset("bad", &o, NULL, &err), MMOE_UNKNOWN,
                   "bad.conf:2: no key 'seeds'");
    assert_memory_equal(&o, &before, sizeof o);
    assert_refused(mmoe_definition_preset("../presets/bad", &o, NULL, &err), MMOE_INVALID,
                   "is no name of a preset");
    assert_refused(mmoe_definition_preset(".bad", &o, NULL, &err), MMOE_INVALID,
                   "is no name of a preset");
}

/* One's own folder comes before the others, and each name once. */
static void the_first_folder_wins(void **state)
{
    struct place *p = *state;
    static const char mine[] = "title Mine\nset lr=0.125\n",
                      theirs[] = "title Theirs\nset lr=0.25\n";
    char config[100], deeper[120], (*names)[MMOE_NAME_MAX];
    struct place other;
    struct mmoe_options o;
    struct mmoe_about about;
    struct mmoe_text t = {0};
    size_t count, seen = 0;
    make_folder(p->folder, "config", config, sizeof config);
    make_folder(config, "mmoe", deeper, sizeof deeper);
    snprintf(other.folder, sizeof other.folder, "%.63s", deeper);
    write_conf(p, "presets", "paper", mine, strlen(mine));
    write_conf(&other, "presets", "paper", theirs, strlen(theirs));
    write_conf(&other, "presets", "third", theirs, strlen(theirs));
    write_conf(&other, "presets", ".hidden", theirs, strlen(theirs));
    setenv("XDG_CONFIG_HOME", config, 1);
    mmoe_options_default(&o);
    assert_fine(mmoe_definition_preset("paper", &o, &about, &err));
    assert_true(o.lr == 0.125 && strcmp(about.title, "Mine") == 0);
    assert_fine(mmoe_definition_preset("third", &o, NULL, &err));
    assert_true(o.lr == 0.25);
    mmoe_library_names(MMOE_PRESETS, &names, &count);
    for (size_t i = 0; i < count; i++) {
        assert_true(names[i][0] != '.');
        seen += strcmp(names[i], "paper") == 0 || strcmp(names[i], "third") == 0;
    }
    assert_int_equal(seen, 2);
    mmoe_free(names);
    unsetenv("MMOE_DATA");
    assert_fine(mmoe_definition_preset("paper", &o, &about, &err));
    assert_string_equal(about.title, "Theirs");
    mmoe_folders_list(&t);
    assert_int_equal(strncmp(t.s, deeper, strlen(deeper)), 0);
    mmoe_text_done(&t);
}

TESTS(DEFINED(the_figures_of_the_paper_are_there), DEFINED(the_preset_of_the_paper_is_its_setting),
      DEFINED(everything_there_can_be_read), DEFINED(the_manual_s_example_is_a_study),
      DEFINED(a_file_is_read_line_by_line), DEFINED(the_session_keeps_what_is_its_own),
      DEFINED(a_choice_has_seeds_of_its_own), DEFINED(mistakes_are_told_with_their_line),
      DEFINED(a_study_is_checked_as_a_whole), DEFINED(strange_files_are_refused),
      DEFINED(the_first_folder_wins), DEFINED(values_of_an_axis_have_options_of_their_own),
      DEFINED(what_the_paper_has_is_kept))
