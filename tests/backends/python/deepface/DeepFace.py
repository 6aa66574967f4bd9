# SPDX-License-Identifier: GPL-3.0-or-later
import numpy

import standin


def extract_faces(img_path, detector_backend="opencv", enforce_detection=True, align=True,
                  color_face="rgb", normalize_face=True):
    assert detector_backend == "retinaface" and align
    assert enforce_detection and color_face == "bgr" and not normalize_face
    print("looking")
    box = standin.find(img_path)
    if not box:
        raise ValueError("Face could not be detected in numpy array.")
    x, y, w, h = box
    return [{"face": img_path[y:y + h, x:x + w].astype(numpy.float32),
             "facial_area": {"x": x, "y": y, "w": w, "h": h, "left_eye": None},
             "confidence": 0.75}]


def analyze(img_path, actions, enforce_detection, detector_backend, silent):
    assert detector_backend == "skip" and not enforce_detection and silent
    assert img_path.dtype == numpy.uint8 and actions == ["gender", "age"]
    man = standin.is_man(img_path)
    return [{"gender": {"Woman": 25.0 if man else 75.0, "Man": 75.0 if man else 25.0},
             "dominant_gender": "Man" if man else "Woman", "age": 40}]


def represent(img_path, model_name, enforce_detection, detector_backend):
    assert detector_backend == "skip" and model_name == "Facenet512"
    return [{"embedding": standin.embed(img_path, 512).tolist()}]
