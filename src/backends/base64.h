/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base64: bytes as text, RFC 4648, section 4, with padding and without line ends. */
#ifndef BACKENDS_BASE64_H
#define BACKENDS_BASE64_H

#include <stdbool.h>

#include "base/text.h"

void base64_add(struct text *to, const char *bytes, size_t n);
/* Adds what `s` stands for; false, and nothing added, if it is not what base64_add()
 * writes. */
bool base64_read(struct text *to, const char *s);

#endif
