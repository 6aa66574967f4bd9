/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history_chart: one series of the history as a chart (report/trend.h), with its steps in
 * words or as JSON.
 *
 * Fails (ERR_INPUT), listing those there are, where no series or several fit.
 */
#ifndef CLI_HISTORY_CHART_H
#define CLI_HISTORY_CHART_H

#include "cli/history_show.h"

int history_chart(struct history *h, const struct history_filter *f, const char *path,
                  enum history_form form, FILE *to, struct err *err);

#endif
