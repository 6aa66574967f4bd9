/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A kernel for machines that are seldom there. It has no dot() and no score(). */
#ifndef COARSE_EMULATED_H
#define COARSE_EMULATED_H

#include "core/coarse.h"

extern const struct coarse coarse_emulated;

#endif
