/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a study: what stands in it, and when there is none (tests/report.sh has the rest). */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/test.h"
#include "ui/report/html.h"

static char folder[32], page[64], bytes[1 << 18];
static struct mmoe_error err;

static int begin(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/mmoe-html-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(page, sizeof page, "%s/page.html", folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    unlink(page);
    assert_int_equal(rmdir(folder), 0);
    return 0;
}

/* Two settings of two seeds. */
static void fill(struct view_study *s)
{
    struct mmoe_grid g = {.seeds = 2};
    small_options(&g.base);
    assert_int_equal(mmoe_grid_axis(&g, "p", "0.5,1", &err), MMOE_OK);
    view_study_begin(s, 1, &g, "sweep seeds=2 p=0.5,1 # a < b", NULL);
    for (size_t run = 0; run < 4; run++) {
        struct mmoe_record r;
        mmoe_record_clear(&r, &g.base);
        r.run = run;
        r.tasks = 1;
        r.value[MMOE_LOSS][0] = (double)run + 1;
        r.value[MMOE_OVER_VAR][0] = 1;
        view_study_add(s, &r);
    }
}

static void read_page(void)
{
    FILE *f = fopen(page, "re");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes - 1, f);
    bytes[n] = '\0';
    fclose(f);
}

static void a_study_is_a_page(void **state)
{
    (void)state;
    struct view_study s = {0};
    fill(&s);
    assert_int_equal(html_write(&s, NULL, page, &err), MMOE_OK);
    read_page();
    assert_non_null(strstr(bytes, "<h1>sweep seeds=2 p=0.5,1 # a &lt; b</h1>"));
    assert_non_null(strstr(bytes, "<svg"));
    assert_non_null(strstr(bytes, "<td>p=0.5</td><td class=\"n\">2</td>"));
    assert_non_null(strstr(bytes, "</body></html>\n"));
    view_study_close(&s);
}

static void without_a_study_there_is_no_page(void **state)
{
    (void)state;
    struct view_study s = {0};
    assert_int_equal(html_write(&s, NULL, page, &err), MMOE_STATE);
    assert_non_null(strstr(err.text, "there is no study to report"));
    assert_int_not_equal(access(page, F_OK), 0);
}

/* A plan's studies are read out of their store, all of them or none. */
static void a_plan_without_its_store_is_no_page(void **state)
{
    (void)state;
    struct view_study s = {0};
    char store[64];
    const struct html_part part = {.source = "figure-d", .id = 1};
    const struct html_plan plan = {
        .title = "All", .command = "study all", .store = store, .parts = &part, .count = 1};
    snprintf(store, sizeof store, "%s/none.db", folder);
    fill(&s);
    assert_true(mmoe_failed(html_write(&s, &plan, page, &err)));
    assert_non_null(strstr(err.text, "none.db"));
    assert_int_not_equal(access(page, F_OK), 0);
    view_study_close(&s);
}

#define PAGES(test) cmocka_unit_test_setup_teardown(test, begin, end)
TESTS(PAGES(a_study_is_a_page), PAGES(without_a_study_there_is_no_page),
      PAGES(a_plan_without_its_store_is_no_page))
