/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files are replaced whole or not at all. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mmoe/file.h>

#include "tests/test.h"

static char directory[] = "/tmp/mmoe-file-XXXXXX";

static size_t empty_directory(void)
{
    DIR *d = opendir(directory);
    size_t n = 0;
    for (struct dirent *e; (e = readdir(d));)
        n += unlink(e->d_name) == 0;
    closedir(d);
    return n;
}

static int make_directory(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    return chdir(directory);
}

static int drop_directory(void **state)
{
    (void)state;
    empty_directory();
    return chdir("/") || rmdir(directory);
}

static void put_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static const char *read_file(const char *name)
{
    static char text[1 << 12];
    FILE *f = fopen(name, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}

static void replaces_a_file_whole(void **state)
{
    (void)state;
    struct mmoe_error err;
    bool replaced = true;
    assert_int_equal(mmoe_file_replace("f", "one\n", 4, &replaced, &err), MMOE_OK);
    assert_false(replaced);
    assert_int_equal(mmoe_file_replace("f", "2\n", 2, &replaced, &err), MMOE_OK);
    assert_true(replaced);
    assert_string_equal(read_file("f"), "2\n");
    assert_int_equal(empty_directory(), 1); /* no temporary is left */
}

static void follows_a_link(void **state)
{
    (void)state;
    struct mmoe_error err;
    struct stat st;
    put_file("f", "one\n");
    assert_int_equal(symlink("f", "l"), 0);
    assert_int_equal(mmoe_file_replace("l", "2\n", 2, NULL, &err), MMOE_OK);
    assert_int_equal(lstat("l", &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_string_equal(read_file("f"), "2\n");
}

static void leaves_nothing_where_it_cannot_write(void **state)
{
    (void)state;
    struct mmoe_error err;
    empty_directory();
    assert_int_equal(mmoe_file_replace("no/such", "x", 1, NULL, &err), MMOE_IO);
    assert_string_equal(err.text,
                        "cannot write no/such: No such file or directory: make the folder first");
    assert_int_equal(mmoe_file_replace(".", "x", 1, NULL, &err), MMOE_IO);
    assert_int_equal(mmoe_file_replace("/dev/full", "x", 1, NULL, &err), MMOE_IO);
    assert_string_equal(
        err.text,
        "cannot write /dev/full: No space left on device: make room or name a file elsewhere");
    assert_int_equal(mmoe_file_replace("/dev/null", "x", 1, NULL, &err), MMOE_OK);
    struct stat st;
    assert_true(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
    assert_int_equal(empty_directory(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_a_file_whole),
        cmocka_unit_test(follows_a_link),
        cmocka_unit_test(leaves_nothing_where_it_cannot_write),
    };
    return cmocka_run_group_tests(tests, make_directory, drop_directory);
}
