#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the pixels and measures of `misid image show` with OpenCV's.

  opencv-images.py MISID FOLDER

makes pictures in FOLDER, and prints a line a comparison, "ok NAME" or "not ok
NAME: what". Exit status 77 without OpenCV.
"""
import json
import subprocess
import sys

try:
    import cv2
    import numpy as np
except ImportError:
    sys.exit(77)

misid, folder = sys.argv[1:]
random = np.random.default_rng(4)
TEMPLATE = np.array([(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366),
                     (41.5493, 92.3655), (70.7299, 92.2041)])


def normalised(path, *options):
    """The image that misid makes of a file, and what it says about it."""
    out = folder + "/out.png"
    text = subprocess.run([misid, "image", "show", path, "--json", "--out", out, *options],
                          check=True, stdout=subprocess.PIPE).stdout
    return cv2.imread(out, cv2.IMREAD_COLOR), json.loads(text)


def compare(name, got, expected, share_within_1, worst):
    """At least a share of the values within a level, and none further than `worst`."""
    if got.shape != expected.shape:
        print(f"not ok {name}: {got.shape}, expected {expected.shape}")
        return
    apart = np.abs(got.astype(int) - expected.astype(int))
    within = (apart <= 1).mean()
    verdict = "ok" if within >= share_within_1 and apart.max() <= worst else "not ok"
    print(f"{verdict} {name}: {100 * within:.3f} % within 1, none past {apart.max()}")


def pictures():
    """From what is hardest on positions and rounding to what faces are like."""
    noise = random.integers(0, 256, (300, 400, 3), dtype=np.uint8)
    yield "noise", noise
    yield "black and white", (noise > 127).astype(np.uint8) * 255
    y, x = np.mgrid[0:417, 0:333]
    yield "stripes", np.dstack([((x // 3 + y // 5) % 2 * 255), x % 256, y % 256]).astype(np.uint8)
    yield "smooth", cv2.GaussianBlur(random.integers(0, 256, (640, 480, 3), dtype=np.uint8),
                                     (0, 0), 3)


def points(height, width, i):
    """Five points of a face, turned and scaled by chance, in the picture or partly out."""
    angle, scale = random.uniform(-1, 1), random.uniform(.4, 4)
    a = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([width, height]) * (random.uniform(.3, .7, 2) if i else (.5, .5))
    return (TEMPLATE - TEMPLATE.mean(0)) @ a.T + middle + random.normal(0, scale, (5, 2))


for name, picture in pictures():
    path = f"{folder}/{name}.png"
    cv2.imwrite(path, picture)
    height, width = picture.shape[:2]
    for i in range(8):
        place = points(height, width, i)
        text = ",".join(repr(float(v)) for v in place.ravel())
        got, said = normalised(path, "--align=" + text)
        transform = np.array(said["image"]["to_pixels"]).reshape(2, 3)
        expected = cv2.warpAffine(picture, transform, (112, 112), flags=cv2.INTER_LINEAR)
        compare(f"warpAffine of {name} {i + 1}", got, expected, .999, 4)
        # the transform itself: least squares over similarities, by its normal equations
        x, y = place.T
        rows = np.vstack([np.c_[x, -y, np.ones(5), np.zeros(5)],
                          np.c_[y, x, np.zeros(5), np.ones(5)]])
        a, b, u, v = np.linalg.lstsq(rows, TEMPLATE.T.ravel(), rcond=None)[0]
        apart = np.abs(transform - [[a, -b, u], [b, a, v]]).max()
        if not apart < 1e-9:
            print(f"not ok transform of {name} {i + 1}: {apart} apart")
    for side in (200, 150, 137, 64, 31, 1):
        got, said = normalised(path, "--size", str(side))
        size = (said["image"]["width"], said["image"]["height"])
        expected = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        compare(f"INTER_AREA of {name} to {side}", got, expected, 1, 1)

    got, said = normalised(path)
    compare(f"pixels of {name}", got, picture, 1, 0)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    sharpness = cv2.Laplacian(grey, cv2.CV_64F).var()
    near = abs(said["image"]["sharpness"] / sharpness - 1) < .002
    print("ok" if near else "not ok", f"Laplacian of {name}:", said["image"]["sharpness"],
          sharpness)
    v = picture.astype(float) / 255
    linear = np.where(v <= .04045, v / 12.92, ((v + .055) / 1.055) ** 2.4)
    light = linear @ [.0722, .7152, .2126]
    for key, expected in (("luminance", light.mean()), ("under_exposed", (light < .1).mean()),
                          ("over_exposed", (light >= 246.5 / 255).mean())):
        near = abs(said["image"][key] - expected) < 1e-6
        print("ok" if near else "not ok", f"{key} of {name}:", said["image"][key], expected)

    # JPEG: libjpeg decodes for both
    png = path
    path = f"{folder}/{name}.jpg"
    cv2.imwrite(path, picture, [cv2.IMWRITE_JPEG_QUALITY, 87])
    got, said = normalised(path)
    compare(f"JPEG of {name}", got, cv2.imread(path, cv2.IMREAD_COLOR), 1, 0)
    print("ok" if said["quality"] == 87 else "not ok", f"quality of {name}:", said["quality"])

    # changes: blur by the same kernel in floats, JPEG by the same library
    for dose in (1, 6):
        got, said = normalised(png, "--change", f"blur={dose}")
        sigma = dose * height / 250
        side = 2 * int(np.ceil(4 * sigma)) + 1
        compare(f"GaussianBlur of {name}, {dose}", got,
                cv2.GaussianBlur(picture.astype(np.float32), (side, side), sigma) + .5, 1, 1)
    for quality in (5, 40):
        got, said = normalised(png, "--change", f"jpeg={quality}")
        coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        compare(f"JPEG {quality} of {name}", got, cv2.imdecode(coded, cv2.IMREAD_COLOR), 1, 0)
    got, said = normalised(png, "--change", "resolution=0.3")
    size = (said["image"]["width"], said["image"]["height"])
    compare(f"resolution of {name}", got,
            cv2.resize(picture, size, interpolation=cv2.INTER_AREA), 1, 1)
