/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * battery.h - the experiments of a study, told beside the paper's: a table, claims, a page.
 *
 * Ownership: borrows. Threads: any.
 */
#ifndef MMOE_UI_REPORT_BATTERY_H
#define MMOE_UI_REPORT_BATTERY_H

#include <mmoe/battery.h>

#include "ui/report/event.h"

/* experiment.compared for each experiment and task: control, treatment, task, lift, low, high,
 * stars, nets, nets_low, nets_high, true, paper, paper_stars; then claim events. */
void battery_add(const struct mmoe_battery *b, bool json, struct mmoe_text *t);

/* All of it with figures, numbers and claims as a page for a browser, whole or not at all. */
struct battery_page {
    const char *title, *note, *command;
    const struct mmoe_battery *battery;
};
enum mmoe_status battery_write(const struct battery_page *page, const char *path,
                               struct mmoe_error *err);

#endif
