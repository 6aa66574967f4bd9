/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/scores.h"

const char *const similarity_names[SIMILARITIES + 1] = {
    [SIMILARITY_COSINE] = "cosine",
    [SIMILARITY_INNER] = "inner",
    [SIMILARITY_EUCLIDEAN] = "euclidean",
    [SIMILARITY_CHI_SQUARE] = "chi-square",
    [SIMILARITY_OWN] = "own",
    [SIMILARITY_OWN_DISTANCE] = "own-distance",
};

bool similarity_is_from_0(enum similarity s)
{
    return s == SIMILARITY_EUCLIDEAN || s == SIMILARITY_CHI_SQUARE;
}

bool similarity_is_distance(enum similarity s)
{
    return similarity_is_from_0(s) || s == SIMILARITY_OWN_DISTANCE;
}

bool similarity_is_own(enum similarity s)
{
    return s == SIMILARITY_OWN || s == SIMILARITY_OWN_DISTANCE;
}
