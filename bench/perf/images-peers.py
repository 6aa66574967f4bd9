#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What bench/perf/images does, by Pillow or OpenCV:

  MISID_BENCH_FOLDER=DIR images-peers.py pillow|opencv PROCESSES PASSES SIDE

decodes the *.jpg of DIR to upright 8-bit RGB, at most SIDE pixels a side (0: as
they are), and prints the seconds, without those of starting.
"""
import glob
import multiprocessing
import os
import sys
import time

peer, processes, passes, side = sys.argv[1], *map(int, sys.argv[2:])

if peer == "pillow":
    from PIL import Image, ImageOps

    def load(path):
        with Image.open(path) as im:
            if side:
                im.draft("RGB", (side, side))
            im = ImageOps.exif_transpose(im).convert("RGB")
            if side and max(im.size) > side:
                scale = side / max(im.size)
                im = im.resize([max(1, round(v * scale)) for v in im.size], Image.BOX)
            im.load()
            return im.size
else:
    import cv2
    cv2.setNumThreads(1)

    def load(path):
        im = cv2.cvtColor(cv2.imread(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        if side and max(im.shape) > side:
            scale = side / max(im.shape)
            size = [max(1, round(v * scale)) for v in im.shape[1::-1]]
            im = cv2.resize(im, size, interpolation=cv2.INTER_AREA)
        return im.shape


def work(paths):
    for _ in range(passes):
        for path in paths:
            load(path)


paths = sorted(glob.glob(os.environ["MISID_BENCH_FOLDER"] + "/*.jpg"))
with multiprocessing.Pool(processes) as pool:
    pool.map(load, paths[:processes])
    begun = time.monotonic()
    pool.map(work, [paths[i::processes] for i in range(processes)], chunksize=1)
    print(time.monotonic() - begun)
