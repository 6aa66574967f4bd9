#!/usr/bin/env python3
# SPDX-License-Identifier: 0BSD
"""InsightFace's FaceAnalysis as an external program for misid.

It needs the Python packages insightface, onnxruntime and numpy, and the models of a pack
in ~/.insightface/models/PACK, where InsightFace itself puts them: bring them once with

    python3 -c 'from insightface.app import FaceAnalysis; FaceAnalysis("buffalo_l")'

Here nothing is looked for in the network: a pack that is not there is a fault.

    misid backend check 'exec:command=python3 insightface_backend.py,pack=buffalo_l'
"""
import os
from pathlib import Path

import misid_program


class InsightFace(misid_program.Matcher):
    name = "insightface"
    about = "a model pack of InsightFace: SCRFD, ArcFace, gender and age"
    options = {
        "pack": ("buffalo_l", "the model pack: buffalo_l, buffalo_s, ..."),
        "root": ("~/.insightface", "the folder in which models/PACK lies"),
        "size": ("640", "side of the detector's input, a multiple of 32"),
        "score": ("0.5", "a face is what the detector scores this at least, 0 to 1"),
        "choose": misid_program.CHOOSE,
    }

    def version(self):
        import insightface
        return insightface.__version__

    def open(self, settings):
        side = misid_program.whole(settings, "size", 32, 4096)
        score = misid_program.number(settings, "score", 0, 1)
        if side % 32:
            raise ValueError(f"size is {side}, expected a multiple of 32")
        root = Path(settings["root"]).expanduser()
        models = sorted((root / "models" / settings["pack"]).glob("*.onnx"))
        if not models:
            raise ValueError(f"{root / 'models' / settings['pack']}: no models there")
        from insightface.app import FaceAnalysis
        self.app = FaceAnalysis(name=settings["pack"], root=str(root),
                                allowed_modules=["detection", "recognition", "genderage"],
                                providers=["CPUExecutionProvider"])
        self.app.prepare(ctx_id=-1, det_thresh=score, det_size=(side, side))
        return {"dimension": 512, "similarity": "cosine",
                "files": [os.fspath(m) for m in models]}

    def look(self, pixels, want):
        # It wants blue, green, red.
        for found in self.app.get(pixels[:, :, ::-1].copy()):
            left, top, right, bottom = (float(v) for v in found.bbox)
            face = {"box": [left, top, right - left, bottom - top],
                    "quality": float(found.det_score)}
            if "class" in want:
                face["label"] = "male" if found.sex == "M" else "female"
                face["attributes"] = {"age": str(int(found.age))}
            if "template" in want:
                face["template"] = found.normed_embedding
            yield face


misid_program.run(InsightFace())
