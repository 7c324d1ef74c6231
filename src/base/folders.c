/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * folders.c - the folders in which files of data are looked for.
 *
 * The user's folder comes first, then the installed one, then that of the source, for a
 * program that was built and not installed. The makefile names the last two
 * (MMOE_DATADIR, MMOE_SOURCE_DATADIR).
 */
#include <stdlib.h>

#include <mmoe/folders.h>

void mmoe_folders_list(struct mmoe_text *t)
{
    const char *data = getenv("MMOE_DATA"), *config = getenv("XDG_CONFIG_HOME"),
               *home = getenv("HOME");
    if (data && *data)
        mmoe_text_add(t, "%s\n", data);
    if (config && config[0] == '/')
        mmoe_text_add(t, "%s/mmoe\n", config);
    else if (home && home[0] == '/')
        mmoe_text_add(t, "%s/.config/mmoe\n", home);
#ifdef MMOE_DATADIR
    mmoe_text_add(t, "%s\n", MMOE_DATADIR);
#endif
#ifdef MMOE_SOURCE_DATADIR
    mmoe_text_add(t, "%s\n", MMOE_SOURCE_DATADIR);
#endif
}
