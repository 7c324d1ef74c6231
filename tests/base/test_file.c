/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files are read without waiting, and replaced whole or not at all. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mmoe/file.h>

#include "src/base/beside.h"
#include "tests/test.h"

#define LEFT ".mmoe-0123456789abcdef~" /* a name as a killed writer leaves it */

static char directory[] = "/tmp/mmoe-file-XXXXXX";
static struct mmoe_error err;

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

static bool is_there(const char *name)
{
    struct stat st;
    return lstat(name, &st) == 0;
}

static mode_t mode_of(const char *name)
{
    struct stat st;
    assert_int_equal(stat(name, &st), 0);
    return st.st_mode & 07777;
}

static void assert_replaces(const char *path, const char *text)
{
    if (mmoe_failed(mmoe_file_replace(path, text, strlen(text), &err)))
        fail_msg("%s", err.text);
    assert_string_equal(read_file(path), text);
}

static void assert_refuses_to_write(const char *path, const char *line)
{
    assert_int_equal(mmoe_file_replace(path, "x", 1, &err), MMOE_IO);
    assert_string_equal(err.text, line);
}

/* A program that waits for the other end of a pipe is ended. */
static int begin(void **state)
{
    (void)state;
    empty_directory();
    alarm(60);
    return 0;
}

/* --- files are replaced --- */

static void replaces_a_file_whole(void **state)
{
    (void)state;
    assert_string_equal(mmoe_file_note("f"), "");
    assert_replaces("f", "one\n");
    assert_string_equal(mmoe_file_note("f"), ", replacing what was there");
    assert_replaces("f", "2\n");
    assert_int_equal(empty_directory(), 1); /* no temporary is left */
}

static void follows_links(void **state)
{
    (void)state;
    assert_int_equal(mkdir("far", 0700), 0);
    put_file("far/f", "one\n");
    assert_int_equal(symlink("f", "far/near"), 0);
    assert_int_equal(symlink("far/near", "l"), 0);
    assert_replaces("l", "2\n");
    assert_string_equal(read_file("far/f"), "2\n");
    assert_int_equal(unlink("far/f"), 0);
    assert_replaces("l", "3\n"); /* where the link leads is made, too */
    assert_string_equal(read_file("far/f"), "3\n");
    struct stat st;
    assert_true(lstat("l", &st) == 0 && S_ISLNK(st.st_mode));
    assert_int_equal(symlink("round", "round"), 0);
    assert_int_equal(mmoe_file_replace("round", "x", 1, &err), MMOE_IO);
    assert_int_equal(unlink("far/f") | unlink("far/near") | rmdir("far"), 0);
}

static void leaves_nothing_where_it_cannot_write(void **state)
{
    (void)state;
    struct stat st;
    assert_refuses_to_write(
        "no/such", "cannot write no/such: No such file or directory: make the folder first");
    assert_refuses_to_write(".", "cannot write .: Is a directory: name a file in it");
    assert_refuses_to_write(
        "/dev/full",
        "cannot write /dev/full: No space left on device: make room or name a file elsewhere");
    assert_int_equal(mmoe_file_replace("/dev/null", "x", 1, &err), MMOE_OK);
    assert_true(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
    assert_int_equal(empty_directory(), 0);
}

static void keeps_mode_and_owner(void **state)
{
    (void)state;
    mode_t mask = umask(027);
    assert_replaces("new", "one\n");
    umask(mask);
    assert_int_equal(mode_of("new"), 0640);
    put_file("f", "one\n");
    assert_int_equal(chmod("f", 0604), 0);
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(chown("f", 1, 2), 0);
    assert_replaces("f", "2\n");
    struct stat st;
    assert_int_equal(stat("f", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0604);
    assert_int_equal(st.st_uid, root ? 1 : geteuid());
    if (root)
        assert_int_equal(st.st_gid, 2);
}

/* Nobody may write to it, root neither. */
static void a_protected_file_is_refused(void **state)
{
    (void)state;
    put_file("f", "precious\n");
    assert_int_equal(chmod("f", 0444), 0);
    assert_refuses_to_write("f", "cannot write f: Permission denied: change the permissions "
                                 "(chmod u+w) or name a file elsewhere");
    assert_string_equal(read_file("f"), "precious\n");
    assert_int_equal(mode_of("f"), 0444);
    assert_int_equal(empty_directory(), 1);
}

static void other_names_are_told(void **state)
{
    (void)state;
    put_file("f", "one\n");
    assert_int_equal(link("f", "hard"), 0);
    assert_non_null(strstr(mmoe_file_note("f"), "its other names, hard links, keep the old bytes"));
    assert_replaces("f", "2\n");
    assert_string_equal(read_file("hard"), "one\n");
    assert_string_equal(mmoe_file_note("f"), ", replacing what was there");
}

static void devices_named_as_files_are_none(void **state)
{
    (void)state;
    char path[64];
    if (access("/dev/shm", W_OK) == 0) { /* files lie there as in any folder */
        snprintf(path, sizeof path, "/dev/shm/mmoe-file-%ld", (long)getpid());
        assert_replaces(path, "one\n");
        assert_replaces(path, "2\n");
        assert_int_equal(unlink(path), 0);
    }
    int fd = open("f", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "one\n", 4), 4);
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    assert_string_equal(mmoe_file_note(path), "");
    assert_int_equal(mmoe_file_replace(path, "2\n", 2, &err), MMOE_OK);
    close(fd);
    assert_string_equal(read_file("f"), "one\n2\n"); /* others write on after that */
}

/* --- what others put into the folder --- */

/* Names a writer could have guessed, made links to a file of the user's. */
static void a_planted_link_is_not_followed(void **state)
{
    (void)state;
    char name[40];
    put_file("victim", "precious\n");
    snprintf(name, sizeof name, "f.%ld~", (long)getpid());
    assert_int_equal(symlink("victim", name), 0);
    assert_int_equal(symlink("victim", LEFT), 0);
    assert_replaces("f", "x");
    assert_string_equal(read_file("victim"), "precious\n");
    struct stat st;
    assert_true(lstat("f", &st) == 0 && S_ISREG(st.st_mode));
}

static void what_killed_writers_left_is_removed(void **state)
{
    (void)state;
    int ends[2];
    char byte;
    assert_int_equal(pipe(ends), 0);
    pid_t writer = fork();
    if (writer == 0) {
        struct beside file;
        bool begun = !mmoe_failed(beside_open(&file, "f", &err)) && beside_put(&file, "half", 4);
        _exit(begun && write(ends[1], "!", 1) == 1 ? pause() : 1);
    }
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_replaces("f", "while the other writes\n");
    DIR *d = opendir(".");
    char left[300] = "";
    for (struct dirent *e; (e = readdir(d));)
        if (strncmp(e->d_name, ".mmoe-", 6) == 0)
            snprintf(left, sizeof left, "%s", e->d_name);
    closedir(d);
    assert_true(left[0] && is_there(left)); /* its writer is not gone */
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    assert_replaces("f", "after\n");
    assert_false(is_there(left));
    assert_int_equal(empty_directory(), 1);
}

static void nothing_else_is_removed(void **state)
{
    (void)state;
    static const char *const names[] = {".mmoe-0123456789abcde~", ".mmoe-0123456789abcdeg~",
                                        ".mmoe-0123456789abcdef", ".mmoe-0123456789abcdef~~",
                                        "mmoe-0123456789abcdef~", "f.1~"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put_file(names[i], "");
    assert_int_equal(mkfifo(LEFT, 0600), 0);
    put_file(".mmoe-00000000000000ff~", "");
    assert_replaces("f", "x");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(is_there(names[i]));
    assert_true(is_there(LEFT));
    assert_false(is_there(".mmoe-00000000000000ff~"));
}

static void two_writers_do_not_meet(void **state)
{
    (void)state;
    struct beside a, b;
    assert_int_equal(beside_open(&a, "f", &err), MMOE_OK);
    assert_int_equal(beside_open(&b, "f", &err), MMOE_OK);
    assert_true(beside_put(&a, "a", 1) && beside_put(&b, "b", 1));
    assert_int_equal(beside_close(&a, "f", &err), MMOE_OK);
    assert_string_equal(read_file("f"), "a");
    assert_int_equal(beside_close(&b, "f", &err), MMOE_OK);
    assert_string_equal(read_file("f"), "b");
    assert_int_equal(empty_directory(), 1);
}

/* --- pipes that are written to --- */

static void a_pipe_is_written_where_someone_reads(void **state)
{
    (void)state;
    char bytes[8] = "";
    assert_int_equal(mkfifo("p", 0600), 0);
    assert_refuses_to_write("p", "cannot write p: nobody reads from this pipe: start its reader "
                                 "first");
    int reader = open("p", O_RDONLY | O_NONBLOCK);
    assert_string_equal(mmoe_file_note("p"), "");
    assert_int_equal(mmoe_file_replace("p", "one\n", 4, &err), MMOE_OK);
    assert_int_equal(read(reader, bytes, sizeof bytes - 1), 4);
    assert_string_equal(bytes, "one\n");
    struct beside file;
    assert_int_equal(beside_open(&file, "p", &err), MMOE_IO);
    assert_non_null(strstr(err.text, "this is no ordinary file"));
    close(reader);
}

static void wake(int signal)
{
    (void)signal;
}

/* A signal ends the wait at once, and without one it ends after some seconds. */
static void a_reader_that_stands_still_is_not_waited_for(void **state)
{
    (void)state;
    static char much[1 << 21];
    const struct sigaction act = {.sa_handler = wake};
    struct sigaction before;
    assert_int_equal(mkfifo("p", 0600), 0);
    int reader = open("p", O_RDONLY | O_NONBLOCK);
    sigaction(SIGALRM, &act, &before);
    alarm(1);
    assert_int_equal(mmoe_file_replace("p", much, sizeof much, &err), MMOE_IO);
    assert_non_null(strstr(err.text, "cannot write p: "));
    sigaction(SIGALRM, &before, NULL);
    close(reader);
}

/* --- files are read --- */

static void assert_refuses_to_open(const char *path, const char *line)
{
    assert_int_equal(mmoe_file_open(path, &err), -1);
    assert_string_equal(err.text, line);
}

static void what_is_no_file_is_not_opened(void **state)
{
    (void)state;
    char bytes[8] = "";
    assert_int_equal(mkfifo("p", 0600), 0);
    assert_refuses_to_open("p", "cannot read p: it is a pipe: name a file");
    assert_refuses_to_open("/dev/zero", "cannot read /dev/zero: it is a device: name a file");
    assert_refuses_to_open(".", "cannot read .: Is a directory: name a file in it");
    assert_refuses_to_open("none",
                           "cannot read none: No such file or directory: name another file");
    assert_int_equal(err.status, MMOE_UNKNOWN);
    put_file("f", "one\n");
    int fd = mmoe_file_open("f", &err);
    assert_int_equal(mmoe_file_read(fd, bytes, sizeof bytes), 4);
    assert_string_equal(bytes, "one\n");
    close(fd);
}

/* The text of the file after "> ", or the line that says why there is none. */
static const char *text_of(const char *path, const struct mmoe_file_reading *how)
{
    static char out[500];
    struct mmoe_text t = {0};
    mmoe_text_add(&t, "> ");
    bool failed = mmoe_failed(mmoe_file_text(path, how, &t, &err));
    if (failed)
        assert_string_equal(t.s, "> "); /* nothing is half done */
    snprintf(out, sizeof out, "%s", failed ? err.text : t.s);
    mmoe_text_done(&t);
    return out;
}

static const struct mmoe_file_reading few = {.max = 8, .stop = -1};

static void put_bytes(const char *name, const char *bytes, size_t n)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static void text_begins_after_its_mark(void **state)
{
    (void)state;
    put_file("f", "\xef\xbb\xbfset");
    assert_string_equal(text_of("f", &few), "> set");
    put_file("f", "a\xef\xbb\xbf"); /* a mark within is what it is */
    assert_string_equal(text_of("f", &few), "> a\xef\xbb\xbf");
    put_file("f", "\xef\xbb\xbf");
    assert_string_equal(text_of("f", &few), "> ");
    put_bytes("f", "\xff\xfes\0e\0t\0", 8);
    assert_string_equal(text_of("f", &few), "cannot read f: it is UTF-16: save it as UTF-8");
    put_bytes("f", "\xfe\xff\0s\0e\0t", 8);
    assert_string_equal(text_of("f", &few), "cannot read f: it is UTF-16: save it as UTF-8");
    put_bytes("f", "set\0", 4);
    assert_string_equal(text_of("f", &few),
                        "cannot read f: it has a NUL byte and is no text: name another file");
}

static void long_files_are_no_text(void **state)
{
    (void)state;
    put_file("f", "12345678");
    assert_string_equal(text_of("f", &few), "> 12345678");
    put_file("f", "123456789");
    assert_string_equal(text_of("f", &few),
                        "cannot read f: it is longer than 8 bytes: name another file");
    assert_string_equal(text_of("/dev/null", &few), "> ");
    assert_string_equal(text_of("/dev/zero", &few),
                        "cannot read /dev/zero: it is a device: name a file");
    const struct mmoe_file_reading streams = {.max = 8, .streams = true, .stop = -1};
    assert_string_equal(
        text_of("/dev/zero", &streams),
        "cannot read /dev/zero: it has a NUL byte and is no text: name another file");
}

static void a_stream_is_read_until_it_is_stopped(void **state)
{
    (void)state;
    int stop[2];
    assert_int_equal(pipe(stop), 0);
    const struct mmoe_file_reading streams = {.max = 100, .streams = true, .stop = stop[0]};
    assert_int_equal(mkfifo("p", 0600), 0);
    assert_string_equal(text_of("p", &few), "cannot read p: it is a pipe: name a file");
    pid_t writer = fork();
    if (writer == 0) {
        int fd = open("p", O_WRONLY);
        _exit(write(fd, "set ", 4) == 4 && write(fd, "p 1\n", 4) == 4 ? 0 : 1);
    }
    assert_string_equal(text_of("p", &streams), "> set p 1\n");
    waitpid(writer, NULL, 0);
    assert_int_equal(write(stop[1], "!", 1), 1);
    assert_string_equal(text_of("p", &streams), "reading p was interrupted");
    put_file("f", "one\n"); /* of a file nobody waits */
    assert_string_equal(text_of("f", &streams), "> one\n");
    close(stop[0]);
    close(stop[1]);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(replaces_a_file_whole),
        TEST(follows_links),
        TEST(leaves_nothing_where_it_cannot_write),
        TEST(keeps_mode_and_owner),
        TEST(a_protected_file_is_refused),
        TEST(other_names_are_told),
        TEST(devices_named_as_files_are_none),
        TEST(a_planted_link_is_not_followed),
        TEST(what_killed_writers_left_is_removed),
        TEST(nothing_else_is_removed),
        TEST(two_writers_do_not_meet),
        TEST(a_pipe_is_written_where_someone_reads),
        TEST(a_reader_that_stands_still_is_not_waited_for),
        TEST(what_is_no_file_is_not_opened),
        TEST(text_begins_after_its_mark),
        TEST(long_files_are_no_text),
        TEST(a_stream_is_read_until_it_is_stopped),
    };
    return cmocka_run_group_tests(tests, make_directory, drop_directory);
}
