/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - the session recorded: begun, a frame taken, ended. */
#include <mmoe/file.h>

#include "ui/app/cast.h"
#include "ui/app/parts.h"

static void see_each(struct app *a, bool each)
{
    for (size_t i = 0; i < a->view.lane_count; i++)
        mmoe_lane_each(a->lanes[i].lane, each);
}

void app_record(struct app *a, const char *path, int width, int height)
{
    cast_free(a->cast);
    a->cast = cast_new(path, width, height);
    see_each(a, true);
}

void app_record_frame(struct app *a, const char *typed)
{
    if (a->cast)
        cast_frame(a->cast, &a->view, typed);
}

enum mmoe_status app_record_end(struct app *a, struct mmoe_error *err)
{
    if (!a->cast)
        return MMOE_OK;
    struct cast *c = a->cast;
    app_record_frame(a, "");
    a->cast = NULL;
    see_each(a, false);
    const char *note = mmoe_file_note(cast_path(c));
    enum mmoe_status status = cast_write(c, err);
    if (!mmoe_failed(status))
        app_say(a, "saved %s to %s%s", MMOE_COUNTED(cast_frames(c), "frame"), cast_path(c), note);
    cast_free(c);
    return status;
}
