/* SPDX-License-Identifier: GPL-3.0-or-later */
/* formats.c - arrays in files, whose names say the format. */
#include "src/dataset/formats.h"

#include <mmoe/mem.h>

static const struct format *const formats[] = {&format_npz, &format_safetensors};

static const struct format *format_of(const char *path, struct mmoe_error *err)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (mmoe_text_ends(path, formats[i]->ending))
            return formats[i];
    mmoe_fail(err, MMOE_INVALID, "%.200s: arrays are kept in .npz or .safetensors files", path);
    return NULL;
}

enum mmoe_status mmoe_arrays_write(const struct mmoe_arrays *a, const char *path,
                                   struct mmoe_error *err)
{
    struct bytes_out file;
    const struct format *format = format_of(path, err);
    if (!format || mmoe_failed(bytes_out_open(&file, path, a->stop, err)))
        return err->status;
    if (!mmoe_failed(format->write(a, &file)))
        return bytes_out_close(&file);
    bytes_out_drop(&file);
    return err->status;
}

/* Remove the arrays that came after those there were. */
static void shrink(struct mmoe_arrays *a, const struct mmoe_arrays *before)
{
    while (a->count > before->count)
        mmoe_free(a->list[--a->count].data);
    a->bytes = before->bytes;
    a->unread_count = before->unread_count;
    if (a->count == 0 && a->unread_count == 0)
        mmoe_arrays_done(a);
    a->stop = before->stop;
}

enum mmoe_status mmoe_arrays_read_some(struct mmoe_arrays *a, const char *path,
                                       const struct mmoe_wanted *wanted, struct mmoe_error *err)
{
    struct bytes_in file;
    const struct mmoe_arrays before = *a;
    const struct format *format = format_of(path, err);
    if (!format || mmoe_failed(bytes_in_read(&file, path, a->stop, err)))
        return err->status;
    enum mmoe_status status = format->read(&(struct reading){a, &file, wanted});
    bytes_in_done(&file);
    if (mmoe_failed(status))
        shrink(a, &before);
    return status;
}

enum mmoe_status mmoe_arrays_read(struct mmoe_arrays *a, const char *path, struct mmoe_error *err)
{
    return mmoe_arrays_read_some(a, path, &(struct mmoe_wanted){0}, err);
}
