/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guess: a first dataset.yaml for a folder, to be corrected by whoever knows it.
 *
 * What is looked at: the first table (.csv, .tsv, .txt) at the top of the folder
 * that has a column whose cells are names of images in it, with or without
 * extension; otherwise the names of the images: a folder a person, or fields
 * between `_` and `-`. What cannot be known (where labels come from, what codes
 * mean) is left as `unstated` and said in comments.
 *
 * Fails when the folder cannot be read or holds no images.
 */
#ifndef DATASETS_GUESS_H
#define DATASETS_GUESS_H

#include "base/err.h"
#include "base/text.h"

int guess_dataset(const char *dir, struct text *to, struct err *err);

#endif
