/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theme.c - what a role looks like, for terminals of 256, 16, 8 and no colours.
 *
 * Series colours are those of Okabe and Ito (2008), magnitudes on dark backgrounds
 * the cividis map (Nunez, Anderton, Renslow, PLoS ONE 2018), and on light ones, where
 * what is small has to be light, blues that grow dark; all at the nearest colours of
 * the xterm cube: colour n >= 16 is 16 + 36 r + 6 g + b with levels 0, 95, 135, 175,
 * 215, 255; n >= 232 is grey 8 + 10 (n - 232). Text in a heat cell is black or
 * white, whichever contrasts more.
 */
#include "ui/term/theme.h"

#include <stddef.h>

enum { NONE = -1, BLACK = 0, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };
enum { HEAT_STEPS = 16, X_BLACK = 16, X_WHITE = 231 };

struct theme {
    const char *name, *help;
    /* roles before the heat ramp, at 256 colours and at 8 */
    struct look many[ROLE_HEAT_0], few[ROLE_HEAT_0];
    bool heat;  /* magnitudes have colours */
    bool light; /* and grow dark, on a light background */
    bool plain; /* no colours on any terminal */
};

#define MONO_LOOKS                                                                               \
    [ROLE_TEXT] = {NONE, NONE, 0, false}, [ROLE_DIM] = {NONE, NONE, 0, true},                    \
    [ROLE_TITLE] = {NONE, NONE, CELL_BOLD, false}, [ROLE_BORDER] = {NONE, NONE, 0, true},        \
    [ROLE_FOCUS] = {NONE, NONE, CELL_BOLD | CELL_REVERSE, false},                                \
    [ROLE_STATUS] = {NONE, NONE, CELL_REVERSE, false},                                           \
    [ROLE_KEY] = {NONE, NONE, CELL_BOLD, false}, [ROLE_PROMPT] = {NONE, NONE, CELL_BOLD, false}, \
    [ROLE_INPUT] = {NONE, NONE, 0, false}, [ROLE_GOOD] = {NONE, NONE, CELL_BOLD, false},         \
    [ROLE_WARN] = {NONE, NONE, CELL_BOLD, false},                                                \
    [ROLE_BAD] = {NONE, NONE, CELL_BOLD | CELL_REVERSE, false},                                  \
    [ROLE_SERIES_1] = {NONE, NONE, CELL_BOLD, false}, [ROLE_SERIES_2] = {NONE, NONE, 0, false},  \
    [ROLE_SERIES_3] = {NONE, NONE, 0, true}, [ROLE_SERIES_4] = {NONE, NONE, 0, true},            \
    [ROLE_SERIES_5] = {NONE, NONE, 0, true}, [ROLE_SERIES_6] = {NONE, NONE, 0, true},            \
    [ROLE_SERIES_7] = {NONE, NONE, 0, true}, [ROLE_SERIES_8] = {NONE, NONE, 0, true}

static const struct look mono_looks[ROLE_HEAT_0] = {MONO_LOOKS};

static const struct theme
    themes[] =
        {
            {
                .name = "dark",
                .help = "for dark backgrounds",
                .heat = true,
                .many =
                    {
                        [ROLE_TEXT] = {NONE, NONE, 0, false},
                        [ROLE_DIM] = {246, NONE, 0, false},
                        [ROLE_TITLE] = {NONE, NONE, CELL_BOLD, false},
                        [ROLE_BORDER] = {240, NONE, 0, false},
                        [ROLE_FOCUS] = {X_BLACK, 117, CELL_BOLD, false},
                        [ROLE_STATUS] = {255, 24, 0, false},
                        [ROLE_KEY] = {117, NONE, CELL_BOLD, false},
                        [ROLE_PROMPT] = {117, NONE, CELL_BOLD, false},
                        [ROLE_INPUT] = {NONE, NONE, 0, false},
                        [ROLE_GOOD] = {79, NONE, 0, false},
                        [ROLE_WARN] = {221, NONE, 0, false},
                        [ROLE_BAD] = {209, NONE, CELL_BOLD, false},
                        [ROLE_SERIES_1] = {214, NONE, 0, false}, /* orange */
                        [ROLE_SERIES_2] = {75, NONE, 0, false},  /* sky blue */
                        [ROLE_SERIES_3] = {36, NONE, 0, false},  /* bluish green */
                        [ROLE_SERIES_4] = {227, NONE, 0, false}, /* yellow */
                        [ROLE_SERIES_5] = {175, NONE, 0, false}, /* reddish purple */
                        [ROLE_SERIES_6] = {166, NONE, 0, false}, /* vermilion */
                        [ROLE_SERIES_7] = {141, NONE, 0, false}, /* violet */
                        [ROLE_SERIES_8] = {252, NONE, 0, false}, /* light grey */
                    },
                .few =
                    {
                        [ROLE_TEXT] = {NONE, NONE, 0, false},
                        [ROLE_DIM] = {NONE, NONE, 0, true},
                        [ROLE_TITLE] = {NONE, NONE, CELL_BOLD, false},
                        [ROLE_BORDER] = {NONE, NONE, 0, true},
                        [ROLE_FOCUS] = {BLACK, CYAN, 0, false},
                        [ROLE_STATUS] = {NONE, NONE, CELL_REVERSE, false},
                        [ROLE_KEY] = {CYAN, NONE, CELL_BOLD, false},
                        [ROLE_PROMPT] = {CYAN, NONE, CELL_BOLD, false},
                        [ROLE_INPUT] = {NONE, NONE, 0, false},
                        [ROLE_GOOD] = {GREEN, NONE, 0, false},
                        [ROLE_WARN] = {YELLOW, NONE, CELL_BOLD, false},
                        [ROLE_BAD] = {RED, NONE, CELL_BOLD, false},
                        [ROLE_SERIES_1] = {YELLOW, NONE, 0, false},
                        [ROLE_SERIES_2] = {CYAN, NONE, 0, false},
                        [ROLE_SERIES_3] = {GREEN, NONE, 0, false},
                        [ROLE_SERIES_4] = {WHITE, NONE, 0, false},
                        [ROLE_SERIES_5] = {MAGENTA, NONE, 0, false},
                        [ROLE_SERIES_6] = {RED, NONE, 0, false},
                        [ROLE_SERIES_7] = {BLUE, NONE, CELL_BOLD, false},
                        [ROLE_SERIES_8] = {NONE, NONE, CELL_BOLD, false},
                    },
            },
            {
                .name = "light",
                .help = "for light backgrounds and projectors",
                .heat = true,
                .light = true,
                .many =
                    {
                        [ROLE_TEXT] = {NONE, NONE, 0, false},
                        [ROLE_DIM] = {242, NONE, 0, false},
                        [ROLE_TITLE] = {NONE, NONE, CELL_BOLD, false},
                        [ROLE_BORDER] = {249, NONE, 0, false},
                        [ROLE_FOCUS] = {X_WHITE, 25, CELL_BOLD, false},
                        [ROLE_STATUS] = {X_BLACK, 153, 0, false},
                        [ROLE_KEY] = {25, NONE, CELL_BOLD, false},
                        [ROLE_PROMPT] = {25, NONE, CELL_BOLD, false},
                        [ROLE_INPUT] = {NONE, NONE, 0, false},
                        [ROLE_GOOD] = {22, NONE, 0, false},
                        [ROLE_WARN] = {94, NONE, 0, false},
                        [ROLE_BAD] = {124, NONE, CELL_BOLD, false},
                        [ROLE_SERIES_1] = {130, NONE, 0, false}, /* dark orange */
                        [ROLE_SERIES_2] = {25, NONE, 0, false},  /* blue */
                        [ROLE_SERIES_3] = {23, NONE, 0, false},  /* bluish green */
                        [ROLE_SERIES_4] = {94, NONE, 0, false},  /* dark yellow */
                        [ROLE_SERIES_5] = {90, NONE, 0, false},  /* purple */
                        [ROLE_SERIES_6] = {124, NONE, 0, false}, /* vermilion */
                        [ROLE_SERIES_7] = {62, NONE, 0, false},  /* violet */
                        [ROLE_SERIES_8] = {238, NONE, 0, false}, /* dark grey */
                    },
                .few =
                    {
                        [ROLE_TEXT] = {NONE, NONE, 0, false},
                        [ROLE_DIM] = {NONE, NONE, 0, true},
                        [ROLE_TITLE] = {NONE, NONE, CELL_BOLD, false},
                        [ROLE_BORDER] = {NONE, NONE, 0, true},
                        [ROLE_FOCUS] = {WHITE, BLUE, CELL_BOLD, false},
                        [ROLE_STATUS] = {NONE, NONE, CELL_REVERSE, false},
                        [ROLE_KEY] = {BLUE, NONE, CELL_BOLD, false},
                        [ROLE_PROMPT] = {BLUE, NONE, CELL_BOLD, false},
                        [ROLE_INPUT] = {NONE, NONE, 0, false},
                        [ROLE_GOOD] = {GREEN, NONE, 0, false},
                        [ROLE_WARN] = {MAGENTA, NONE, CELL_BOLD, false},
                        [ROLE_BAD] = {RED, NONE, CELL_BOLD, false},
                        [ROLE_SERIES_1] = {RED, NONE, 0, false},
                        [ROLE_SERIES_2] = {BLUE, NONE, 0, false},
                        [ROLE_SERIES_3] = {GREEN, NONE, 0, false},
                        [ROLE_SERIES_4] = {BLACK, NONE, 0, false},
                        [ROLE_SERIES_5] = {MAGENTA, NONE, 0, false},
                        [ROLE_SERIES_6] = {CYAN, NONE, 0, false},
                        [ROLE_SERIES_7] = {YELLOW, NONE, 0, false},
                        [ROLE_SERIES_8] = {NONE, NONE, CELL_BOLD, false},
                    },
            },
            {
                .name = "contrast",
                .help = "black and white with strong colours, for weak projectors and weak eyes",
                .heat = true,
                .many =
                    {
                        [ROLE_TEXT] = {X_WHITE, X_BLACK, 0, false},
                        [ROLE_DIM] = {252, X_BLACK, 0, false},
                        [ROLE_TITLE] = {X_WHITE, X_BLACK, CELL_BOLD, false},
                        [ROLE_BORDER] = {X_WHITE, X_BLACK, 0, false},
                        [ROLE_FOCUS] = {X_BLACK, X_WHITE, CELL_BOLD, false},
                        [ROLE_STATUS] = {X_BLACK, X_WHITE, CELL_BOLD, false},
                        [ROLE_KEY] = {226, X_BLACK, CELL_BOLD, false},
                        [ROLE_PROMPT] = {226, X_BLACK, CELL_BOLD, false},
                        [ROLE_INPUT] = {X_WHITE, X_BLACK, CELL_BOLD, false},
                        [ROLE_GOOD] = {46, X_BLACK, CELL_BOLD, false},
                        [ROLE_WARN] = {226, X_BLACK, CELL_BOLD, false},
                        [ROLE_BAD] = {X_BLACK, 215, CELL_BOLD, false},
                        [ROLE_SERIES_1] = {214, X_BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_2] = {87, X_BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_3] = {48, X_BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_4] = {227, X_BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_5] = {219, X_BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_6] = {209, X_BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_7] = {147, X_BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_8] = {252, X_BLACK, CELL_BOLD, false},
                    },
                .few =
                    {
                        [ROLE_TEXT] = {WHITE, BLACK, CELL_BOLD, false},
                        [ROLE_DIM] = {WHITE, BLACK, 0, false},
                        [ROLE_TITLE] = {WHITE, BLACK, CELL_BOLD, false},
                        [ROLE_BORDER] = {WHITE, BLACK, 0, false},
                        [ROLE_FOCUS] = {BLACK, WHITE, 0, false},
                        [ROLE_STATUS] = {BLACK, WHITE, 0, false},
                        [ROLE_KEY] = {YELLOW, BLACK, CELL_BOLD, false},
                        [ROLE_PROMPT] = {YELLOW, BLACK, CELL_BOLD, false},
                        [ROLE_INPUT] = {WHITE, BLACK, CELL_BOLD, false},
                        [ROLE_GOOD] = {GREEN, BLACK, CELL_BOLD, false},
                        [ROLE_WARN] = {YELLOW, BLACK, CELL_BOLD, false},
                        [ROLE_BAD] = {BLACK, YELLOW, 0, false},
                        [ROLE_SERIES_1] = {YELLOW, BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_2] = {CYAN, BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_3] = {GREEN, BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_4] = {WHITE, BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_5] = {MAGENTA, BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_6] = {RED, BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_7] = {BLUE, BLACK, CELL_BOLD, false},
                        [ROLE_SERIES_8] = {WHITE, BLACK, 0, false},
                    },
            },
            {
                .name = "mono",
                .help = "no colours: bold, reverse and dim only",
                .plain = true,
                .many = {MONO_LOOKS},
                .few = {MONO_LOOKS},
            },
};

size_t theme_count(void)
{
    return sizeof themes / sizeof *themes;
}

const struct theme *theme_at(size_t index)
{
    return &themes[index < theme_count() ? index : 0];
}

const char *theme_name(const struct theme *theme)
{
    return theme->name;
}

const char *theme_help(const struct theme *theme)
{
    return theme->help;
}

/* On light: from the paper's white to dark blue. */
static struct look light_heat_look(int step, int colours)
{
    static const short blues[HEAT_STEPS] = {255, 254, 189, 153, 152, 117, 111, 110,
                                            74,  68,  67,  32,  26,  25,  24,  18};
    static const short few[HEAT_STEPS] = {NONE, NONE, NONE, NONE, NONE, CYAN, CYAN, CYAN,
                                          CYAN, CYAN, BLUE, BLUE, BLUE, BLUE, BLUE, BLUE};
    if (colours >= 256)
        return (struct look){step < 12 ? X_BLACK : X_WHITE, blues[step], 0, false};
    short background = few[step];
    return (struct look){background == NONE   ? NONE
                         : background == BLUE ? WHITE
                                              : BLACK,
                         background, background == BLUE ? CELL_BOLD : 0, false};
}

/* Magnitude as a background: cividis where there are 256 colours, fewer steps of luminance below.
 */
static struct look heat_look(const struct theme *theme, int step, int colours)
{
    static const short cividis[HEAT_STEPS] = {17,  18,  237, 238, 239, 240, 241, 242,
                                              243, 101, 137, 143, 179, 185, 221, 227};
    static const short few[HEAT_STEPS] = {NONE, NONE, NONE, NONE, BLUE,   BLUE,   BLUE,   BLUE,
                                          CYAN, CYAN, CYAN, CYAN, YELLOW, YELLOW, YELLOW, YELLOW};
    if (theme->plain || !theme->heat || colours < 8)
        return (struct look){NONE, NONE, step >= 8 ? CELL_REVERSE : 0, false};
    if (theme->light)
        return light_heat_look(step, colours);
    if (colours >= 256)
        return (struct look){step >= 8 ? X_BLACK : X_WHITE, cividis[step], 0, false};
    short background = few[step];
    return (struct look){background == NONE   ? NONE
                         : background == BLUE ? WHITE
                                              : BLACK,
                         background, background == BLUE ? CELL_BOLD : 0, false};
}

struct look theme_look(const struct theme *theme, enum role role, int colours)
{
    if (role >= ROLE_HEAT_0 && role <= ROLE_HEAT_15)
        return heat_look(theme, (int)role - ROLE_HEAT_0, colours);
    if (role >= ROLE_HEAT_0)
        return mono_looks[ROLE_TEXT];
    if (theme->plain || colours < 8)
        return mono_looks[role];
    return colours >= 256 ? theme->many[role] : theme->few[role];
}
