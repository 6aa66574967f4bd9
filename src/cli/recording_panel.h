/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recording_panel: samples or people on their way into a panel of the history. */
#ifndef CLI_RECORDING_PANEL_H
#define CLI_RECORDING_PANEL_H

#include "base/dict.h"
#include "cli/recording.h"

struct panel_entry {
    unsigned char key[HISTORY_KEY];
    uint32_t group, person;  /* person < n of the panel */
    uint32_t row;            /* where it was before it was sorted */
};

/* Sorts the entries by key into a panel of the run, if it has none like that; its
 * index. */
size_t panel_add(const struct recording *rec, struct panel_entry *entries, size_t n,
                 const struct dict *groups);

#endif
