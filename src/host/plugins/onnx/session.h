/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session: one net, loaded into ONNX Runtime: pixels in, tensors out. ONNX Runtime is
 * known here only; it runs on the CPU, with a fixed number of threads, one image a run,
 * so that an answer never depends on what it is asked beside.
 *
 * The net has one input, float32 of [1, C, H, W], C 3 or 1; a dimension that it leaves
 * open is set by who opens it. Its outputs are float32 and have at most TENSOR_DIMS
 * dimensions. Anything else is refused on opening, or, where only running tells, then.
 *
 * Ownership: an engine outlives its sessions. A session owns its input and the outputs
 * of its last run. Threads: one session a thread. Fails when: the library is older than
 * the header it was built with, the file is not a model it can run (in its own words,
 * one line), the net's shape is another than that asked for.
 */
#ifndef ONNX_SESSION_H
#define ONNX_SESSION_H

#include "base/err.h"
#include "host/plugins/onnx/decode.h"

struct OrtSession;
struct OrtValue;

struct engine;
int engine_new(struct engine **engine, int threads, struct err *err);
void engine_free(struct engine *engine);
const char *engine_version(void);
/* Of the shared library; malloc'd, NULL if it cannot be told. */
char *engine_path(void);

struct session {
    struct engine *engine;
    const char *path;
    struct OrtSession *handle;
    struct OrtValue *input, **values; /* values of the outputs */
    char *input_name, **names;
    float *pixels;           /* channels × height × width, to be filled before a run */
    int channels, width, height;
    struct tensor *outputs;  /* of the last run */
    size_t n_outputs;
};

/* `width` and `height` are for what the model leaves open (0: it must say it); where it
 * says another size, it is refused if `fixed`. `path` is kept. */
int session_open(struct session *s, struct engine *engine, const char *path, int channels,
                 int width, int height, bool fixed, struct err *err);
int session_run(struct session *s, struct err *err);
void session_release(struct session *s);

#endif
