/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * repl.c - GNU readline as an editor without a terminal.
 *
 * Readline takes its bytes from a queue that repl_keys fills with one key at a
 * time, so it never finds half a character and never blocks; it writes to
 * /dev/null, has no terminal to prepare, catches no signal, and its redisplay
 * does nothing: the screen asks for the line when it draws a frame. Pastes are
 * inserted as text, so that no pasted newline reaches a binding. Completion
 * asks the command tables directly, which know where a word starts.
 *
 * A command of readline's that reads on by itself finds the queue empty, and
 * must come back: next_byte says how. What one key may make of the line has a
 * limit, too, since a count times a killed line is soon more than there is room.
 *
 * The keys that act on the screen (Ctrl-X o, ...) come back as the line of the
 * command they stand for: whoever presses one sees the command in the log.
 */
#include "ui/command/repl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <readline/history.h>
#include <readline/readline.h>

#include <mmoe/file.h>
#include <mmoe/text.h>
#include <mmoe/utf8.h>

enum { HISTORY_MAX = 2000 /* lines */, HISTORY_BYTES = 4 << 20 };
enum { COUNT_MOST = 9999, LINE_MOST = 1 << 20 /* bytes, as of a paste */ };

#define PROMPT "mmoe> "
#define SEARCHING (RL_STATE_ISEARCH | RL_STATE_NSEARCH)
#define UNDER_WAY (SEARCHING | RL_STATE_NUMERICARG | RL_STATE_MULTIKEY | RL_STATE_METANEXT)

static struct {
    const struct command_table *table;
    unsigned char queue[256]; /* bytes of the key being fed */
    size_t head, tail;
    struct repl_result result; /* of the key being fed */
    int longest;               /* bytes of the longest line there was: no kill is longer */
    char **list;               /* completions to choose from, or NULL */
    size_t list_count;
    char *history_file;
    char **entered; /* lines added to the history in this session */
    size_t entered_count, entered_room;
    FILE *nowhere;
} repl;

/* --- what readline calls --- */

/* An empty queue ends what is being read: a sequence, a paste, a quoted character. Where readline
 * reads the key of its next command, an end of input would enter the line or leave the session, so
 * that it gets the key that aborts. */
static int next_byte(FILE *stream)
{
    (void)stream;
    if (repl.head < repl.tail)
        return repl.queue[repl.head++];
    return RL_ISSTATE(RL_STATE_READCMD) ? '\a' : EOF;
}

static int byte_waits(void)
{
    return repl.head < repl.tail;
}

static void draw_nothing(void)
{
}

static char *complete_nothing(const char *text, int state)
{
    (void)text;
    (void)state;
    return NULL;
}

static void remember(const char *line)
{
    HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
    if (!line[strspn(line, " \t")] || line[0] == ' ' || (last && strcmp(last->line, line) == 0))
        return;
    add_history(line);
    if (repl.entered_count == repl.entered_room) {
        size_t room = repl.entered_room ? 2 * repl.entered_room : 32;
        char **grown = realloc(repl.entered, room * sizeof *grown);
        if (!grown)
            return;
        repl.entered = grown;
        repl.entered_room = room;
    }
    char *copy = strdup(line);
    if (copy)
        repl.entered[repl.entered_count++] = copy;
}

/* The history file has a line an entry: a pasted block is kept line by line. */
static void remember_lines(const char *text)
{
    char *copy = strdup(text), *rest = copy, *line;
    if (!copy)
        return;
    while ((line = strsep(&rest, "\n")))
        remember(line);
    free(copy);
}

static void take_line(char *line)
{
    if (!line) {
        repl.result.end = true;
        return;
    }
    remember_lines(line);
    free(repl.result.line);
    repl.result.line = line;
}

/* --- keys of our own --- */

static int press(const char *command)
{
    free(repl.result.line);
    repl.result.line = strdup(command);
    return 0;
}

static int press_next(int count, int key)
{
    (void)count;
    (void)key;
    return press("layout next");
}

static int press_zoom(int count, int key)
{
    (void)count;
    (void)key;
    return press("layout zoom");
}

static int press_help(int count, int key)
{
    (void)count;
    (void)key;
    return press("help keys");
}

static int press_look(int count, int key)
{
    (void)count;
    (void)key;
    return press("experiment");
}

static int press_truth(int count, int key)
{
    (void)count;
    (void)key;
    return press("experiment truth");
}

static int press_same(int count, int key)
{
    (void)count;
    (void)key;
    return press("experiment aa=1000");
}

static int press_redraw(int count, int key)
{
    (void)count;
    (void)key;
    repl.result.redraw = true;
    return 0;
}

static void drop_list(void)
{
    command_completions_free(repl.list);
    repl.list = NULL;
    repl.list_count = 0;
}

static size_t common_prefix(char *const *list, size_t count)
{
    size_t n = strlen(list[0]);
    for (size_t i = 1; i < count; i++) {
        size_t k = 0;
        while (k < n && list[i][k] == list[0][k])
            k++;
        n = k;
    }
    while (n > 0 && ((unsigned char)list[0][n] & 0xC0) == 0x80)
        n--;
    return n;
}

static void replace_word(size_t start, const char *text, size_t n, bool whole)
{
    char *word = strndup(text, n);
    if (!word)
        return;
    rl_begin_undo_group();
    rl_delete_text((int)start, rl_point);
    rl_point = (int)start;
    rl_insert_text(word);
    char last = n ? word[n - 1] : '\0';
    if (whole && last != '=' && last != '/' && rl_line_buffer[rl_point] != ' ')
        rl_insert_text(" ");
    rl_end_undo_group();
    free(word);
}

/* TAB: as far as the choices agree; where that adds nothing, the choices are shown. */
static int press_complete(int count, int key)
{
    (void)count;
    (void)key;
    size_t start = 0, found = 0;
    char **list = command_complete(repl.table, rl_line_buffer, (size_t)rl_point, &start, &found);
    drop_list();
    if (found == 0 || start > (size_t)rl_point) {
        command_completions_free(list);
        return 0;
    }
    size_t typed = (size_t)rl_point - start, n = common_prefix(list, found);
    if (found == 1 || n > typed)
        replace_word(start, list[0], n, found == 1);
    if (found == 1) {
        command_completions_free(list);
        return 0;
    }
    repl.list = list;
    repl.list_count = found;
    return 0;
}

static int ignore(int count, int key)
{
    (void)count;
    (void)key;
    return 0;
}

/* What a search begun by M-p, M-n or vi's / and ? leaves is a line to be edited, no entry of the
 * history: readline 8.2 has forgotten which line was left for the history, and would let two lines
 * have the same changes. */
static void leave_entry(void)
{
    HIST_ENTRY *entry = current_history();
    if (entry && entry->data == (histdata_t)rl_undo_list)
        entry->data = NULL;
    using_history();
}

static int press_search_again(int count, int key)
{
    rl_vi_search_again(count, key);
    leave_entry();
    return 0;
}

struct binding {
    const char *keys;
    rl_command_func_t *function;
};

/* Pastes are put together in input.c; readline would read on. A macro that is recorded within a
 * macro ends readline 8.2's callbacks with a segmentation fault; a forward search that is turned
 * back looks behind the end of a line. */
static const struct binding always[] = {
    {"\\C-xo", press_next},
    {"\\C-xz", press_zoom},
    {"\\C-xl", press_look},
    {"\\C-xt", press_truth},
    {"\\C-xa", press_same},
    {"\\C-x?", press_help},
    {"\\C-l", press_redraw},
    {"\\e\\C-l", press_redraw},
    {"\\C-i", press_complete},
    {"\\e?", press_complete},
    {"\\C-s", ignore},
    {"\\e[200~", ignore},
    {"\\e[201~", ignore},
    {"\\C-x(", ignore},
    {"\\C-x)", ignore},
    {"\\C-xe", ignore},
    {"\\e[", rl_skip_csi_sequence}, /* what else begins so */
};

static const struct binding unless_bound[] = {
    {"\\e[3~", rl_delete},          {"\\e[1~", rl_beg_of_line},    {"\\e[4~", rl_end_of_line},
    {"\\e[7~", rl_beg_of_line},     {"\\e[8~", rl_end_of_line},    {"\\e[1;5C", rl_forward_word},
    {"\\e[1;5D", rl_backward_word}, {"\\e[1;3C", rl_forward_word}, {"\\e[Z", ignore},
    {"\\e[1;3D", rl_backward_word},
};

/* In all keymaps: Meta-Ctrl-J and inputrc change from one to the other. */
static void bind_keys(void)
{
    Keymap maps[] = {emacs_standard_keymap, vi_insertion_keymap, vi_movement_keymap};
    for (size_t m = 0; m < sizeof maps / sizeof *maps; m++) {
        for (size_t i = 0; i < sizeof always / sizeof *always; i++)
            rl_bind_keyseq_in_map(always[i].keys, always[i].function, maps[m]);
        for (size_t i = 0; i < sizeof unless_bound / sizeof *unless_bound; i++)
            rl_bind_keyseq_if_unbound_in_map(unless_bound[i].keys, unless_bound[i].function,
                                             maps[m]);
    }
    rl_bind_key_in_map('n', press_search_again, vi_movement_keymap);
    rl_bind_key_in_map('N', press_search_again, vi_movement_keymap);
}

/* --- history --- */

/* Put the file's lines into the empty history; no file is an empty one. */
static enum mmoe_status load_history(struct mmoe_error *err)
{
    static const struct mmoe_file_reading how = {.max = HISTORY_BYTES, .stop = -1};
    struct mmoe_text text = {0};
    char *line;
    using_history();
    stifle_history(HISTORY_MAX);
    enum mmoe_status status = mmoe_file_text(repl.history_file, &how, &text, err);
    for (char *rest = text.s; (line = strsep(&rest, "\n"));)
        if (*line)
            add_history(line);
    mmoe_text_done(&text);
    using_history();
    return status == MMOE_UNKNOWN ? MMOE_OK : status;
}

/* The newest lines of the history that the file has room for. */
static void add_newest(struct mmoe_text *t)
{
    int from = history_length;
    size_t bytes = 0;
    for (; from > 0; from--) {
        bytes += strlen(history_get(history_base + from - 1)->line) + 1;
        if (bytes > HISTORY_BYTES)
            break;
    }
    for (int i = from; i < history_length; i++)
        mmoe_text_add(t, "%s\n", history_get(history_base + i)->line);
}

/* What other sessions wrote meanwhile stays: our lines go behind it. A file that cannot be read is
 * not replaced. */
static enum mmoe_status save_history(struct mmoe_error *err)
{
    struct mmoe_text text = {0};
    clear_history();
    enum mmoe_status status = load_history(err);
    for (size_t i = 0; i < repl.entered_count; i++)
        add_history(repl.entered[i]);
    add_newest(&text);
    mode_t mask = umask(0077);
    if (!mmoe_failed(status))
        status = mmoe_file_replace(repl.history_file, text.s, text.n, err);
    umask(mask);
    mmoe_text_done(&text);
    return status;
}

/* --- the interface --- */

enum mmoe_status repl_open(const struct command_table *table, const char *history_file,
                           struct mmoe_error *err)
{
    memset(&repl, 0, sizeof repl);
    repl.table = table;
    repl.history_file = history_file ? strdup(history_file) : NULL;
    repl.nowhere = fopen("/dev/null", "we");

    rl_readline_name = "mmoe";
    rl_outstream = repl.nowhere;
    rl_getc_function = next_byte;
    rl_input_available_hook = byte_waits;
    rl_redisplay_function = draw_nothing;
    rl_prep_term_function = NULL;
    rl_deprep_term_function = NULL;
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_completion_entry_function = complete_nothing;
    rl_callback_handler_install(PROMPT, take_line);
    rl_variable_bind("bell-style", "none");
    rl_variable_bind("enable-bracketed-paste", "off");
    bind_keys();
    if (!repl.history_file || !mmoe_failed(load_history(err)))
        return MMOE_OK;
    free(repl.history_file);
    repl.history_file = NULL;
    return err->status;
}

enum mmoe_status repl_close(struct mmoe_error *err)
{
    enum mmoe_status status = MMOE_OK;
    repl_cancel();
    rl_callback_handler_remove();
    if (repl.history_file && repl.entered_count > 0)
        status = save_history(err);
    clear_history();
    drop_list();
    free(repl.result.line);
    for (size_t i = 0; i < repl.entered_count; i++)
        free(repl.entered[i]);
    free(repl.entered);
    free(repl.history_file);
    rl_outstream = stdout;
    if (repl.nowhere)
        fclose(repl.nowhere);
    memset(&repl, 0, sizeof repl);
    return status;
}

/* Cut a line that is too long, and a count by which the next command would make it so. */
static void keep_in_bounds(void)
{
    if (rl_end > LINE_MOST) {
        int end = LINE_MOST;
        while (end > 0 && ((unsigned char)rl_line_buffer[end] & 0xC0) == 0x80)
            end--;
        rl_delete_text(end, rl_end);
        rl_point = rl_point < end ? rl_point : end;
        rl_mark = rl_mark < end ? rl_mark : end;
        rl_free_undo_list();
    }
    repl.longest = rl_end > repl.longest ? rl_end : repl.longest;
    int most = LINE_MOST / (repl.longest + 1);
    most = most < 1 ? 1 : most < COUNT_MOST ? most : COUNT_MOST;
    if (RL_ISSTATE(RL_STATE_NUMERICARG) && rl_numeric_arg > most)
        rl_numeric_arg = most;
}

/* Commands of vi's go round for ever in a line that is no UTF-8: from the history, a file's name.
 */
static void mend_characters(void)
{
    for (char *s = rl_line_buffer; s && *s;) {
        size_t n = mmoe_utf8_length(s);
        if (n == 0)
            *s = '?';
        s += n ? n : 1;
    }
}

/* A key that has a NUL in it is dropped whole: a quoted NUL would end the line in its middle, and
 * what is left of Meta-NUL would be the beginning of another key. */
static void feed(const char *bytes, size_t n)
{
    if (n > sizeof repl.queue || memchr(bytes, '\0', n))
        return; /* no key is that long */
    repl.head = 0;
    repl.tail = n;
    memcpy(repl.queue, bytes, n);
    while (repl.head < repl.tail && !repl.result.end) {
        bool searching = RL_ISSTATE(RL_STATE_NSEARCH);
        rl_callback_read_char();
        if (searching && !RL_ISSTATE(RL_STATE_NSEARCH))
            leave_entry();
        keep_in_bounds();
        if (rl_done && repl.head == repl.tail) /* after a count: readline hands it over with the */
            repl.queue[--repl.head] = '\n';    /* next key, which is to be no key of the user's */
    }
    mend_characters();
}

/* Keys that act on a search; any other control key ends it first: readline 8.2 can lose its way
 * there. */
static bool for_search(unsigned char key)
{
    static const char keys[] = "\022\007\b\027\031\n\r";
    return key >= ' ' || (key && strchr(keys, key));
}

/* Alone it means: enough of what is under way. A search keeps what it found. In vi's keymaps it is
 * a key like others, but begins no sequence. */
static void press_escape(void)
{
    bool vi = rl_editing_mode == 0;
    if (RL_ISSTATE(SEARCHING))
        feed("\n", 1);
    else if (!vi && RL_ISSTATE(UNDER_WAY))
        feed("\a", 1);
    else if (vi)
        feed("\033", 1);
    if (vi && RL_ISSTATE(RL_STATE_MULTIKEY))
        feed("\a", 1);
}

struct repl_result repl_keys(const char *bytes, size_t n)
{
    memset(&repl.result, 0, sizeof repl.result);
    bool tab = n == 1 && bytes[0] == '\t';
    if (!tab)
        drop_list();
    if (n == 1 && bytes[0] == '\033') {
        press_escape();
    } else {
        if (n > 0 && RL_ISSTATE(RL_STATE_ISEARCH) && !for_search((unsigned char)bytes[0]))
            feed("\n", 1);
        feed(bytes, n);
    }
    struct repl_result result = repl.result;
    memset(&repl.result, 0, sizeof repl.result);
    return result;
}

void repl_paste(const char *text, size_t n)
{
    drop_list();
    if (RL_ISSTATE(SEARCHING))
        feed("\n", 1);
    else if (RL_ISSTATE(UNDER_WAY))
        feed("\a", 1);
    char *copy = strndup(text, n);
    if (!copy)
        return;
    rl_begin_undo_group();
    rl_insert_text(copy);
    rl_end_undo_group();
    free(copy);
    keep_in_bounds();
    mend_characters();
}

bool repl_is_idle(void)
{
    return rl_end == 0 && !repl.list && !RL_ISSTATE(UNDER_WAY);
}

/* An entry of the history that was edited is as it was, and the line that was left for it is back,
 * which readline would keep for the line after. */
static void return_from_history(void)
{
    if (current_history() && rl_undo_list) {
        rl_revert_line(1, 0);
        HIST_ENTRY *edited = replace_history_entry(where_history(), rl_line_buffer, NULL);
        free_history_entry(edited);
    }
    using_history();
    rl_maybe_unsave_line();
}

bool repl_cancel(void)
{
    bool something = !repl_is_idle();
    drop_list();
    rl_callback_sigcleanup();
    return_from_history();
    rl_free_line_state();
    rl_replace_line("", 1);
    rl_point = rl_end = 0;
    using_history();
    if (rl_editing_mode == 0)
        rl_vi_insertion_mode(1, 0);
    return something;
}

void repl_resize(int width, int height)
{
    rl_set_screen_size(height, width);
}

struct layout_prompt repl_prompt(void)
{
    const char *line = rl_line_buffer ? rl_line_buffer : "";
    size_t length = strlen(line), point = rl_point > 0 ? (size_t)rl_point : 0;
    return (struct layout_prompt){
        .prompt = rl_display_prompt ? rl_display_prompt : PROMPT,
        .line = line,
        .cursor = point < length ? point : length, /* a failing search leaves it beyond */
        .list = (const char *const *)repl.list,
        .list_count = repl.list_count,
    };
}
