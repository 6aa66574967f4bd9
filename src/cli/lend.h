/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lend: what backends get from other stages and from the terminal (backends/outside.h). */
#ifndef CLI_LEND_H
#define CLI_LEND_H

void lend_to_backends(void); /* once, at the start */

#endif
