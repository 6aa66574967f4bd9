/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange: a run as text. */
#ifndef HISTORY_EXCHANGE_H
#define HISTORY_EXCHANGE_H

#include "history/store.h"

#define EXCHANGE_FORMAT 1

/* The record of a run as JSON, with its sum at the end. */
void exchange_add_run(const struct history_run *r, struct text *to);
/* Hash of that record without the sum. */
void exchange_sum(const struct history_run *r, char sum[HASH_HEX]);
void exchange_add_panel(const struct history_panel *p, struct text *to);
void exchange_add_hex(struct text *to, const unsigned char *bytes, size_t n);
/* False unless it is hexadecimal digits of n bytes and no more. */
bool exchange_read_hex(const char *hex, unsigned char *bytes, size_t n);

#endif
