/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a study: what stands in it, and when there is none (tests/report.sh has the rest). */
#include "tests/stores.h"
#include "ui/report/html.h"

static const char command[] = "sweep seeds=2 p=0.5,0.9 # a < b";

/* Where pages go. */
static const char *page_of(const struct place *p)
{
    static char path[96];
    snprintf(path, sizeof path, "%s/page.html", p->folder);
    return path;
}

/* Two models at two p of two seeds, all of them there, as study 1. */
static struct html_page store_study(const struct place *p, const struct html_part *part)
{
    struct mmoe_grid *g = calloc(1, sizeof *g);
    make_store(p->file, g, 2, 8);
    free(g);
    return (struct html_page){
        .title = command, .command = command, .store = p->file, .parts = part, .count = 1};
}

/* The page that is written; free it. */
static char *written(const struct place *p, const struct html_page *page)
{
    assert_fine(html_write(page, page_of(p), NULL, NULL, &err));
    return read_file(page_of(p), NULL);
}

#define assert_has(bytes, part)                         \
    do {                                                \
        if (!strstr(bytes, part))                       \
            fail_msg("there is no '%s' in it", (part)); \
    } while (0)

static void assert_no_page(const struct place *p)
{
    assert_int_not_equal(access(page_of(p), F_OK), 0);
}

static void a_study_is_a_page(void **state)
{
    const struct place *p = *state;
    const struct html_page page = store_study(p, &(struct html_part){.id = 1});
    char *bytes = written(p, &page);
    assert_has(bytes, "<h1>sweep seeds=2 p=0.5,0.9 # a &lt; b</h1>");
    assert_has(bytes, "<svg"); /* runs 0 and 4, of losses 1/3 and 1/7: */
    assert_has(bytes, "final held-out loss of task A</summary>");
    assert_has(bytes, "<td>mmoe p=0.5</td><td class=\"n\">2</td><td class=\"n\">0</td>"
                      "<td class=\"n\">.2381</td>");
    assert_has(bytes, "</body></html>\n");
    free(bytes);
}

/* Of another metric and task: so are the figure and the numbers. */
static void the_measure_is_the_pages(void **state)
{
    const struct place *p = *state;
    struct html_page page = store_study(p, &(struct html_part){.id = 1});
    page.metric = MMOE_OVER_VAR;
    page.task = 1;
    char *bytes = written(p, &page);
    assert_has(bytes, "final held-out loss / variance of task B</summary>");
    assert_has(bytes, "<td>mmoe p=0.5</td><td class=\"n\">2</td><td class=\"n\">0</td>"
                      "<td class=\"n\">.0268</td>");
    free(bytes);
}

/* What is on the screen need not be what any file defines. */
static void a_study_is_drawn_as_it_is_shown(void **state)
{
    const struct place *p = *state;
    const struct mmoe_definition shown = {.about = {.title = "Mine", .note = "a & b"},
                                          .figure = MMOE_DRAWING_CURVES,
                                          .series = mmoe_option_find("model")};
    const struct html_page page = store_study(p, &(struct html_part){.def = &shown, .id = 1});
    char *bytes = written(p, &page);
    assert_has(bytes, "<h2>Mine</h2>"); /* the page is called another way */
    assert_has(bytes, "a &amp; b<br>");
    assert_has(bytes, "bands from the 10 % to the 90 % quantile");
    free(bytes);
}

static size_t count(const char *bytes, const char *part)
{
    size_t n = 0;
    while ((bytes = strstr(bytes, part)))
        n++, bytes += strlen(part);
    return n;
}

static void the_title_of_one_study_stands_once(void **state)
{
    const struct place *p = *state;
    const struct html_part parts[] = {{.id = 1}, {.id = 1}};
    struct html_page page = store_study(p, parts);
    char *bytes = written(p, &page);
    assert_int_equal(count(bytes, "<h2>"), 0);
    assert_int_equal(count(bytes, "<figure>"), 1); /* as wide as the page */
    free(bytes);
    page.title = "Both";
    page.count = 2;
    bytes = written(p, &page);
    assert_int_equal(count(bytes, "<h2>sweep seeds=2"), 2);
    free(bytes);
}

/* The models and correlations of the paper, as a plain sweep. */
static struct html_page store_sweep(const struct place *p, const struct html_part *part)
{
    struct mmoe_grid *g = calloc(1, sizeof *g);
    small_options(&g->base);
    g->seeds = 10;
    assert_fine(mmoe_grid_axis(g, "model", "shared-bottom,omoe,mmoe", &err));
    assert_fine(mmoe_grid_axis(g, "p", "0.5,1", &err));
    struct mmoe_store *s = open_store(p->file, MMOE_STORE_WRITE);
    assert_int_equal(new_study(s, g), 1);
    add_runs(s, 1, g, 0, mmoe_grid_runs(g));
    mmoe_store_close(s);
    free(g);
    return (struct html_page){
        .title = command, .command = command, .store = p->file, .parts = part, .count = 1};
}

static void claims_of_a_sweep_are_in_its_page(void **state)
{
    const struct place *p = *state;
    struct html_part part = {.id = 1};
    const struct html_page page = store_sweep(p, &part);
    char *bytes = written(p, &page);
    assert_int_equal(count(bytes, "<h3>Claims on the loss</h3>"), 1);
    assert_int_equal(count(bytes, "<h3>Claims on the loss over the label's variance (secondary"),
                     1);
    assert_int_equal(count(bytes, "<h3>Claims"), 2);
    free(bytes);
    /* Those that were asked for come besides, what is there already does not come twice. */
    part.heard = (const struct view_heard[]){{MMOE_LOSS, 0, NAN}, {MMOE_OVER_VAR, 1, 0.25}};
    part.heard_count = 2;
    bytes = written(p, &page);
    assert_int_equal(count(bytes, "<h3>Claims"), 3);
    assert_has(bytes, "<h3>Claims on the loss over the label's variance of task B (secondary");
    assert_has(bytes, "share above .2500</th>");
    free(bytes);
}

/* An axis is told as one; what its option is besides says nothing of the study. */
static void settings_are_those_of_all_cells(void **state)
{
    const struct place *p = *state;
    const struct html_page page = store_study(p, &(struct html_part){.id = 1});
    char *bytes = written(p, &page);
    assert_has(bytes, "p = 0.5, 0.9");
    assert_int_equal(count(bytes, "<td>p</td>"), 0);
    assert_int_equal(count(bytes, "<td>lr</td>"), 1);
    free(bytes);
}

/* All of its parts, or nothing; and what was there before stays. */
static void a_page_that_fails_is_no_page(void **state)
{
    const struct place *p = *state;
    const struct html_part parts[] = {{.id = 1}, {.id = 9}}, lost = {.source = "lost", .id = 1};
    struct html_page page = store_study(p, parts);
    page.count = 2;
    assert_refused(html_write(&page, page_of(p), NULL, NULL, &err), MMOE_UNKNOWN, "9");
    assert_no_page(p);
    write_file(page_of(p), "mine", 4);
    page.parts = &lost;
    page.count = 1;
    assert_refused(html_write(&page, page_of(p), NULL, NULL, &err), MMOE_UNKNOWN, "lost");
    page.store = "none.db";
    assert_refused(html_write(&page, page_of(p), NULL, NULL, &err), MMOE_UNKNOWN, "none.db");
    char *bytes = read_file(page_of(p), NULL);
    assert_string_equal(bytes, "mine");
    free(bytes);
}

/* How often it is asked, and the share that is done; after `most` times the answer is no. */
struct watch {
    size_t asked, most;
    double share;
};

static bool go_on(void *context, double share)
{
    struct watch *w = context;
    assert_true(share >= w->share && share <= 1);
    w->share = share;
    return ++w->asked != w->most;
}

static void who_waits_is_asked_and_may_say_no(void **state)
{
    const struct place *p = *state;
    const struct html_part parts[] = {{.id = 1}, {.id = 1}};
    struct html_page page = store_study(p, parts);
    struct watch watch = {0};
    page.count = 2;
    assert_fine(html_write(&page, page_of(p), go_on, &watch, &err));
    assert_true(watch.asked >= 16 && watch.share >= 0.5);
    assert_int_equal(unlink(page_of(p)), 0);
    watch = (struct watch){.most = 12}; /* a run of the second part */
    assert_int_equal(html_write(&page, page_of(p), go_on, &watch, &(struct mmoe_error){0}),
                     MMOE_STATE);
    assert_int_equal(watch.asked, 12);
    assert_no_page(p);
}

TESTS(PLACED(a_study_is_a_page), PLACED(the_measure_is_the_pages),
      PLACED(a_study_is_drawn_as_it_is_shown), PLACED(the_title_of_one_study_stands_once),
      PLACED(claims_of_a_sweep_are_in_its_page), PLACED(settings_are_those_of_all_cells),
      PLACED(a_page_that_fails_is_no_page), PLACED(who_waits_is_asked_and_may_say_no))
