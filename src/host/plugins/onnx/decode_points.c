/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/decode.h"

static struct point mean_of(const struct point *from, const int *which, int n)
{
    struct point sum = { 0, 0 };

    for (int i = 0; i < n; i++) {
        sum.x += from[which[i]].x;
        sum.y += from[which[i]].y;
    }
    return (struct point){ sum.x / n, sum.y / n };
}

void points_of_68(const struct point from[68], struct point to[LANDMARKS])
{
    /* Of the lids without the corners, counted from 0. */
    static const int eye_left[] = { 37, 38, 40, 41 }, eye_right[] = { 43, 44, 46, 47 };
    static const int mouth_left[] = { 48, 60 }, mouth_right[] = { 54, 64 };

    to[LANDMARK_EYE_LEFT] = mean_of(from, eye_left, 4);
    to[LANDMARK_EYE_RIGHT] = mean_of(from, eye_right, 4);
    to[LANDMARK_NOSE] = from[30];
    to[LANDMARK_MOUTH_LEFT] = mean_of(from, mouth_left, 2);
    to[LANDMARK_MOUTH_RIGHT] = mean_of(from, mouth_right, 2);
}
