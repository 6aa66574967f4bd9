/* SPDX-License-Identifier: GPL-3.0-or-later */
/* describe: a data set's description in words, for `misid dataset show`. */
#ifndef DATASETS_DESCRIBE_H
#define DATASETS_DESCRIBE_H

#include "base/text.h"
#include "datasets/dataset.h"

void describe_text(const struct dataset *d, struct text *to);
void describe_json(const struct dataset *d, struct text *to);

#endif
