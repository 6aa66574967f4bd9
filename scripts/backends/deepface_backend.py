#!/usr/bin/env python3
# SPDX-License-Identifier: 0BSD
"""DeepFace as an external program for misid.

It needs the Python packages deepface (with its own needs) and numpy, and the weights in
~/.deepface/weights, where DeepFace itself puts them at its first use: use it once with
the same detector and model before. Here weights that are not there are a fault, as
nothing is looked for in the network.

    misid backend check 'exec:command=python3 deepface_backend.py,model=Facenet512'
"""
import os
from pathlib import Path

import misid_program

# Of each model: how its file's name begins, the length of its templates.
MODELS = {
    "VGG-Face": ("vgg_face_weights", 4096),
    "Facenet": ("facenet_weights", 128),
    "Facenet512": ("facenet512_weights", 512),
    "ArcFace": ("arcface_weights", 512),
    "SFace": ("face_recognition_sface", 128),
    "GhostFaceNet": ("ghostfacenet", 512),
}
# Of each detector: how its files' names begin.
DETECTORS = {
    "opencv": (),
    "yunet": ("face_detection_yunet",),
    "ssd": ("res10_300x300_ssd", "deploy.prototxt"),
    "retinaface": ("retinaface",),
}


class DeepFaceMatcher(misid_program.Matcher):
    name = "deepface"
    about = "DeepFace: its detectors, models, gender and age"
    options = {
        "model": ("Facenet512", ", ".join(MODELS)),
        "detector": ("retinaface", ", ".join(DETECTORS)),
        "align": ("yes", "yes or no: turn the eyes level first"),
        "choose": misid_program.CHOOSE,
    }

    def version(self):
        import deepface
        return deepface.__version__

    def open(self, settings):
        prefix, dimension = MODELS[misid_program.one_of(settings, "model", MODELS)]
        begins = DETECTORS[misid_program.one_of(settings, "detector", DETECTORS)]
        misid_program.one_of(settings, "align", ("yes", "no"))
        weights = Path(os.environ.get("DEEPFACE_HOME", Path.home())) / ".deepface/weights"
        needed = (prefix, *begins, "gender_model_weights", "age_model_weights")
        files = []
        for begin in needed:
            found = sorted(weights.glob(begin + "*"))
            if not found:
                raise ValueError(f"{weights}: no {begin}*")
            files += [os.fspath(f) for f in found]
        from deepface import DeepFace
        self.library = DeepFace
        self.how = {"detector_backend": settings["detector"],
                    "align": settings["align"] == "yes"}
        self.model = settings["model"]
        return {"dimension": dimension, "similarity": "cosine", "files": files}

    def look(self, pixels, want):
        bgr = pixels[:, :, ::-1].copy()
        try:
            found = self.library.extract_faces(bgr, enforce_detection=True,
                                               color_face="bgr", normalize_face=False,
                                               **self.how)
        except ValueError as e:
            # So it tells that there is no face: newer releases by a class of its own.
            if type(e).__name__ != "FaceNotDetected" and "could not be detected" not in str(e):
                raise
            return
        for one in found:
            area = one["facial_area"]
            yield {"box": [area["x"], area["y"], area["w"], area["h"]],
                   "quality": float(one["confidence"]), "crop": one["face"]}

    def finish(self, face, want):
        crop = face.pop("crop").astype("uint8")
        given = {"detector_backend": "skip", "enforce_detection": False}
        if "class" in want:
            said = self.library.analyze(crop, actions=["gender", "age"], silent=True,
                                        **given)[0]
            face["label"] = {"Woman": "female", "Man": "male"}[said["dominant_gender"]]
            face["confidence"] = min(1.0, float(said["gender"][said["dominant_gender"]]) / 100)
            face["attributes"] = {"age": str(int(said["age"]))}
        if "template" in want:
            face["template"] = self.library.represent(
                crop, model_name=self.model, **given)[0]["embedding"]


misid_program.run(DeepFaceMatcher())
