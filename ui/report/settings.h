/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings.h - what a study of settings that vary together comes to, told.
 *
 * Ownership: everything is the caller's. Threads: user-interface thread.
 */
#ifndef MMOE_UI_SETTINGS_H
#define MMOE_UI_SETTINGS_H

#include "ui/panel/view.h"
#include "ui/report/event.h"

/*
 * study.settings for each choice of the other axes: options, settings, runs, diverged, median, q25,
 * q75, between, within, stuck, stuck_settings; study.gain where p varies: options, low, high,
 * settings, gaining, share, median, task. Nothing where the study's grid has no settings.
 */
void settings_add(const struct view_study *v, size_t task, bool json, struct mmoe_text *t);

#endif
