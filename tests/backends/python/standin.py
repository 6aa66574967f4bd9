# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-ins of insightface and deepface share: a face is the middle half of a
picture that has 16 pixels each way and is not black; red pictures are men's."""
import numpy


def find(bgr):
    """x, y, width, height; None."""
    assert bgr.dtype == numpy.uint8 and bgr.ndim == 3 and bgr.shape[2] == 3
    height, width = bgr.shape[:2]
    if width < 16 or height < 16 or not bgr.any():
        return None
    return width // 4, height // 4, width // 2, height // 2


def is_man(bgr):
    return bool(bgr[:, :, 2].mean() > bgr[:, :, 0].mean())


def embed(bgr, n):
    height, width = bgr.shape[:2]
    k = numpy.arange(n)
    grey = bgr.astype(numpy.float32).mean(axis=2)
    return grey[(k * 7919) % height, (k * 104729) % width] + 1
