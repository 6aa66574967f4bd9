/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history_show: what the history holds, as a table for a terminal, as CSV or as JSON:
 * studies, runs, findings over time, speeds over time.
 */
#ifndef CLI_HISTORY_SHOW_H
#define CLI_HISTORY_SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include "history/history.h"

enum history_form { FORM_TABLE, FORM_CSV, FORM_JSON };

int history_show_studies(struct history *h, enum history_form form, FILE *to,
                         struct err *err);
int history_show_runs(struct history *h, const struct history_filter *f,
                      enum history_form form, FILE *to, struct err *err);
int history_show_findings(struct history *h, const struct history_filter *f,
                          enum history_form form, FILE *to, struct err *err);
int history_show_speed(struct history *h, const struct history_filter *f,
                       enum history_form form, FILE *to, struct err *err);

#endif
