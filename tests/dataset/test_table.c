/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of text: schemas, files, levels, numbers, labels; and what is wrong with them. */
#include <mmoe/table.h>

#include "tests/runs.h"
#include "tests/stores.h"

#define SCHEMA                                                                                     \
    "title Shops\nfile shops.csv 50 25 25\nheader\nmissing ?\nnumber size staff\n"                 \
    "category town kind\nlabel profit\nignore id\ntask profit profit\ntask good profit = 4 | 5 | " \
    "6 | 7\n"
static const char shops[] = "\xEF\xBB\xBFid,town,size,kind,staff,profit\r\n"
                            "1,\"North, upper\", 10 ,food,1,1.5\r\n"
                            "2,\"The \"\"Mill\"\"\",20,food,?,2\r\n"
                            "\r\n"
                            "3,South,30,books,3,?\r\n"
                            "4,South,90,food,4,4\r\n"
                            "5,South,50,food,5,5\r\n"
                            "6,\"North, upper\",80,food,6,6\r\n"
                            "7,South,70,food,7,7\r\n"
                            "8,South,80,food,8,8";

static void put_text(const struct place *p, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    write_file(path, text, strlen(text));
}

static void options_of(const struct place *p, struct mmoe_options *o)
{
    char path[200];
    snprintf(path, sizeof path, "%s/shops.conf", p->folder);
    mmoe_options_default(o);
    put(o, "data", path);
    put(o, "batch", "2");
}

static struct mmoe_dataset *make(const struct place *p, const char *numbers)
{
    struct mmoe_options o;
    options_of(p, &o);
    put(&o, "numbers", numbers);
    return make_rows(&o);
}

/* The level that a row has in a category, by its name. */
static const char *level_of(const struct mmoe_dataset *d, const struct mmoe_rows *rows, size_t row,
                            size_t category)
{
    uint32_t level = mmoe_table_level(rows, row, category);
    return level == MMOE_TABLE_NONE ? "-" : d->table->level[level];
}

static size_t count_level(const struct mmoe_dataset *d, const char *name)
{
    const struct mmoe_rows *part[] = {&d->train, &d->validation, &d->test};
    size_t n = 0;
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < part[k]->n; i++)
            n += strcmp(level_of(d, part[k], i, 0), name) == 0;
    return n;
}

static void fields_are_read(void **state)
{
    struct place *p = *state;
    put_text(p, "shops.conf", SCHEMA);
    put_text(p, "shops.csv", shops);
    struct mmoe_dataset *d = make(p, "raw");
    const struct mmoe_table *m = d->table;
    assert_non_null(m);
    assert_true(d->train.n == 4 && d->validation.n == 2 && d->test.n == 2 && d->tasks == 2);
    assert_string_equal(m->category[0], "town");
    assert_string_equal(m->number[1], "staff");
    assert_int_equal(m->fold.columns, 2);
    assert_int_equal(d->dim, m->fold.levels + 2);
    assert_true(!d->task[0].binary && d->task[1].binary);
    size_t known = count_level(d, "South") + count_level(d, "North, upper") +
                   count_level(d, "The \"Mill\"") + count_level(d, "-");
    assert_int_equal(known, 8);
    for (size_t i = 1; i < m->first[1]; i++) /* by name */
        assert_true(strcmp(m->level[i - 1], m->level[i]) < 0);
    mmoe_real x[16];
    for (size_t i = 0; i < d->train.n; i++) { /* a row written out: a one for each level, numbers */
        mmoe_real ones = 0;
        mmoe_table_dense(&d->train, i, x);
        for (size_t l = 0; l < m->fold.levels; l++)
            ones += x[l];
        assert_true(ones == 2 && x[m->fold.levels] == m->raw_train[2 * i]);
    }
    mmoe_dataset_free(d);
}

/* Sizes of the training rows as inputs, by how they are scaled. */
static void check_scale(const struct place *p, const char *numbers, double low, double high,
                        double mean)
{
    struct mmoe_dataset *d = make(p, numbers);
    mmoe_real x[16], least = INFINITY, most = -INFINITY;
    double sum = 0;
    for (size_t i = 0; i < d->train.n; i++) {
        mmoe_table_dense(&d->train, i, x);
        mmoe_real v = x[d->table->fold.levels];
        least = v < least ? v : least;
        most = v > most ? v : most;
        sum += (double)v / (double)d->train.n;
    }
    if (!isnan(low))
        assert_near(least, low, 1e-5);
    if (!isnan(high))
        assert_near(most, high, 1e-5);
    assert_near(sum, mean, isnan(mean) ? INFINITY : 1e-5);
    mmoe_dataset_free(d);
}

/* The same rows with embedded categories: level 0 is what no training row has. */
static void categories_are_embedded(void **state)
{
    struct place *p = *state;
    struct mmoe_options o;
    put_text(p, "shops.conf", SCHEMA);
    put_text(p, "shops.csv", shops);
    struct mmoe_dataset *plain = make(p, "z");
    options_of(p, &o);
    assert_false(mmoe_source_embeds(&o));
    put(&o, "categories", "embedded");
    assert_true(mmoe_source_embeds(&o));
    struct mmoe_dataset *d = make_rows(&o);
    const struct mmoe_fields *fields = d->train.fields;
    assert_null(d->table);
    assert_true(fields && fields->count == 2 && d->dim == 2);
    assert_string_equal(fields->of[0].name, "town");
    assert_int_equal(fields->of[0].levels, 1 + plain->table->first[1]);
    const struct mmoe_rows *a[] = {&plain->train, &plain->validation, &plain->test},
                           *b[] = {&d->train, &d->validation, &d->test};
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < a[k]->n; i++) {
            mmoe_real x[64];
            for (size_t c = 0; c < 2; c++) {
                uint32_t level = mmoe_table_level(a[k], i, c);
                bool none = level == MMOE_TABLE_NONE;
                assert_int_equal(b[k]->id[2 * i + c],
                                 none ? 0 : 1 + level - plain->table->first[c]);
            }
            mmoe_table_dense(a[k], i, x);
            for (size_t c = 0; c < 2; c++) /* numbers as ever */
                assert_true(fabs((double)(x[plain->table->fold.levels + c] - b[k]->x[2 * i + c])) <
                            1e-6);
            for (size_t t = 0; t < 2; t++)
                assert_true(isnan(a[k]->y[2 * i + t]) == isnan(b[k]->y[2 * i + t]));
        }
    assert_string_not_equal(d->digest, plain->digest);
    mmoe_dataset_free(plain);
    mmoe_dataset_free(d);
}

/* Users and items beyond what has an input each, and no number at all. */
static void logs_have_many_levels(void **state)
{
    struct place *p = *state;
    enum { ROWS = 70000 };
    struct mmoe_options o;
    struct mmoe_error why;
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "user,item,click\n");
    for (int i = 0; i < ROWS; i++)
        mmoe_text_add(&t, "u%d,i%d,%d\n", i * 3 % ROWS, i % 300, i % 300 < 150);
    put_text(p, "shops.conf",
             "file log.csv 98 1 1\nheader\ncategory user item\nlabel click\ntask click click = "
             "1\n");
    put_text(p, "log.csv", t.s);
    mmoe_text_done(&t);
    options_of(p, &o);
    assert_null(mmoe_source_make(&o, NULL, &why));
    assert_non_null(strstr(why.text, "set categories embedded"));
    put(&o, "categories", "embedded");
    put(&o, "embedding-units", "4");
    put(&o, "bottom-units", "4");
    put(&o, "model", "shared-bottom");
    put(&o, "batch", "200");
    put(&o, "steps", "300");
    struct mmoe_dataset *d = make_rows(&o);
    assert_int_equal(d->train.fields->of[0].levels, 1 + d->train.n); /* each came once */
    ;
    assert_int_equal(d->train.fields->of[1].levels, 301);
    assert_int_equal(d->dim, 1);
    struct mmoe_run *run = make_run_on(&o, d);
    finish(run);
    assert_true(mmoe_run_snapshot(run)->value[MMOE_AUC][0] > 0.9); /* an item tells all */
    mmoe_run_free(run);
    mmoe_dataset_free(d);
}

static void numbers_are_scaled(void **state)
{
    struct place *p = *state;
    put_text(p, "shops.conf", SCHEMA);
    put_text(p, "shops.csv", shops);
    check_scale(p, "z", NAN, NAN, 0);
    check_scale(p, "log", NAN, NAN, 0);
    struct mmoe_dataset *d = make(p, "minmax");
    mmoe_real x[16];
    size_t zeros = 0, ones = 0;
    for (size_t i = 0; i < d->train.n; i++) {
        mmoe_table_dense(&d->train, i, x);
        mmoe_real v = x[d->table->fold.levels];
        assert_true(v >= 0 && v <= 1);
        zeros += v == 0;
        ones += v == 1;
    }
    assert_true(zeros >= 1 && ones >= 1);
    mmoe_dataset_free(d);
}

/* Another split is another one, and the same seed the same; data that none of it depends on. */
static void rows_are_parted_by_a_seed(void **state)
{
    struct place *p = *state;
    struct mmoe_options o;
    put_text(p, "shops.conf", SCHEMA);
    put_text(p, "shops.csv", shops);
    options_of(p, &o);
    struct mmoe_dataset *d = make_rows(&o), *same;
    put(&o, "seed", "7");
    same = make_rows(&o);
    assert_memory_equal(d->train.y, same->train.y, d->train.n * 2 * sizeof *d->train.y);
    mmoe_dataset_free(same);
    size_t other = 0;
    for (int seed = 1; seed < 9; seed++) {
        char word[8];
        snprintf(word, sizeof word, "%d", seed);
        put(&o, "seed.split", word);
        same = make_rows(&o);
        other += memcmp(d->test.y, same->test.y, d->test.n * 2 * sizeof *d->test.y) != 0;
        mmoe_dataset_free(same);
    }
    assert_true(other > 3);
    mmoe_dataset_free(d);
}

/* What a schema or a file says wrongly is told with its place, and nothing is left of it. */
static void check_wrong(const struct place *p, const char *schema, const char *rows,
                        const char *part)
{
    struct mmoe_options o;
    struct mmoe_error why = {.text = ""};
    put_text(p, "shops.conf", schema);
    put_text(p, "shops.csv", rows);
    options_of(p, &o);
    struct mmoe_dataset *d = mmoe_source_make(&o, NULL, &why);
    if (d || !strstr(why.text, part))
        fail_msg("'%s' says nothing of '%s'", why.text, part);
}

static void what_is_wrong_is_told(void **state)
{
    struct place *p = *state;
    static const struct {
        const char *schema, *part;
    } schemas[] = {
        {"fiel shops.csv 50 25 25\n", "shops.conf:1: no key 'fiel': did you mean file?"},
        {"file shops.csv 50 25 20\n", ":1: shares of the rows sum to 95"},
        {"file shops.csv 50 25\n", ":1: file NAME TRAIN VALIDATION TEST"},
        {"separator two\n", ":1: separator CHARACTER"},
        {"columns a b a\n", ":1: column 'a' is there twice"},
        {"columns a b\nnumber a\ncategory a\n", ":3: column 'a' has a role already"},
        {"columns a bc\nnumber a bd\n", ":2: no column 'bd': did you mean bc?"},
        {"file shops.csv 50 25 25\ncolumns a b\nnumber a\ntask t a\n", "column 'b' has no role"},
        {"file shops.csv 50 25 25\ncolumns a b\nlabel a b\ntask t a\n", "no column is an input"},
        {"file shops.csv 50 25 25\ncolumns a b\nnumber a\nlabel b\n", "it has no task"},
        {"columns a b\nnumber a\nlabel b\ntask t b\n", "name the files"},
        {"file shops.csv 50 25 25\ncolumns a b\nnumber a\nlabel b\ntask t b = \n", "is empty"},
        {"file none.csv 50 25 25\ncolumns a b\nnumber a\nlabel b\ntask t b\n", "none.csv"},
    };
    static const struct {
        const char *rows, *part;
    } files[] = {
        {"id,town,size,kind,staff,profit\n1,a,2,b,3\n", "shops.csv:2:"},
        {"id,town,size,kind,staff,profit\n1,a,2,b,3,4,5\n", "shops.csv:2:"},
        {"id,town,size,kind,staff,profit\n1,a,2,b,3,4\n2,a,two,b,3,4\n", ":3: column size: 'two'"},
        {"id,town,size,kind,staff,profit\n1,a,1e99,b,3,4\n", ":2: column size: '1e99'"},
        {"id,town,size,kind,staff,profit\n1,\"a,2,b,3,4\n", "shops.csv:2:"},
        {"id,town,size,kind,staff\n1,a,2,b,3\n", "profit"},
        {"", "shops.csv"},
        {"id,town,size,kind,staff,profit\n", "shops.csv"},
        {"id,town,size,kind,staff,profit\n1,a,2,b,3,4\n2,a,2,b,3,4\n3,a,2,b,3,4\n4,a,2,b,3,4\n",
         "label good is always true"},
    };
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++)
        check_wrong(p, schemas[i].schema, shops, schemas[i].part);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        check_wrong(p, SCHEMA, files[i].rows, files[i].part);
}

static void an_unknown_table_is_told(void **state)
{
    struct place *p = *state;
    struct mmoe_options o;
    struct mmoe_error why = {.text = ""};
    (void)p;
    mmoe_options_default(&o);
    put(&o, "data", "no-such-table");
    assert_null(mmoe_source_make(&o, NULL, &why));
    assert_int_equal(why.status, MMOE_UNKNOWN);
    assert_non_null(strstr(why.text, "no-such-table"));
}

TESTS(PLACED(fields_are_read), PLACED(categories_are_embedded), PLACED(logs_have_many_levels),
      PLACED(numbers_are_scaled), PLACED(rows_are_parted_by_a_seed), PLACED(what_is_wrong_is_told),
      PLACED(an_unknown_table_is_told))
