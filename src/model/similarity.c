/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/scores.h"

const char *const similarity_names[SIMILARITIES + 1] = {
    [SIMILARITY_COSINE] = "cosine",
    [SIMILARITY_INNER] = "inner",
    [SIMILARITY_EUCLIDEAN] = "euclidean",
    [SIMILARITY_CHI_SQUARE] = "chi-square",
};

bool similarity_is_distance(enum similarity s)
{
    return s == SIMILARITY_EUCLIDEAN || s == SIMILARITY_CHI_SQUARE;
}
