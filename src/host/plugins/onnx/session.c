/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/session.h"

#include <dlfcn.h>
#include <onnxruntime_c_api.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define SESSION_SIDE_MAX 4096

struct engine {
    OrtEnv *env;
    OrtSessionOptions *options;
    OrtMemoryInfo *memory;
    OrtAllocator *allocator; /* the default one; not owned */
};

static const OrtApi *ort;

/* True if it went well; else the engine's own words become one line of `err`. */
static bool good(OrtStatus *status, const char *about, struct err *err)
{
    if (!status)
        return true;
    const char *message = ort->GetErrorMessage(status);
    err_add(err, ERR_INPUT, "%s: ONNX Runtime: %.*s", about, (int)strcspn(message, "\n"),
            message);
    ort->ReleaseStatus(status);
    return false;
}

const char *engine_version(void)
{
    return OrtGetApiBase()->GetVersionString();
}

char *engine_path(void)
{
    const OrtApiBase *(*function)(void) = OrtGetApiBase;
    void *address;
    Dl_info found;

    memcpy(&address, &function, sizeof address);
    if (!dladdr(address, &found) || !found.dli_fname)
        return NULL;
    return realpath(found.dli_fname, NULL);
}

int engine_new(struct engine **engine, int threads, struct err *err)
{
    static const char about[] = "onnx";

    *engine = NULL;
    ort = OrtGetApiBase()->GetApi(ORT_API_VERSION);
    if (!ort)
        return err_add(err, ERR_PROGRAM, "ONNX Runtime %s is too old, expected 1.%d or newer",
                       engine_version(), ORT_API_VERSION);
    struct engine *e = mem_alloc(sizeof *e);
    if (!good(ort->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "misid", &e->env), about, err) ||
        !good(ort->DisableTelemetryEvents(e->env), about, err) ||
        !good(ort->CreateSessionOptions(&e->options), about, err) ||
        !good(ort->SetIntraOpNumThreads(e->options, threads), about, err) ||
        !good(ort->SetInterOpNumThreads(e->options, 1), about, err) ||
        !good(ort->SetSessionExecutionMode(e->options, ORT_SEQUENTIAL), about, err) ||
        !good(ort->SetSessionGraphOptimizationLevel(e->options, ORT_ENABLE_ALL), about,
              err) ||
        !good(ort->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &e->memory),
              about, err) ||
        !good(ort->GetAllocatorWithDefaultOptions(&e->allocator), about, err)) {
        engine_free(e);
        return ERR_PROGRAM;
    }
    *engine = e;
    return 0;
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    if (e->memory)
        ort->ReleaseMemoryInfo(e->memory);
    if (e->options)
        ort->ReleaseSessionOptions(e->options);
    if (e->env)
        ort->ReleaseEnv(e->env);
    free(e);
}

/* Of a tensor of floats with at most TENSOR_DIMS dimensions; otherwise a line. */
static int read_shape(const OrtTensorTypeAndShapeInfo *info, const char *path,
                      const char *name, int64_t dims[TENSOR_DIMS], size_t *n,
                      struct err *err)
{
    enum ONNXTensorElementDataType type;

    if (!good(ort->GetTensorElementType(info, &type), path, err) ||
        !good(ort->GetDimensionsCount(info, n), path, err))
        return ERR_INPUT;
    if (type != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT || *n > TENSOR_DIMS)
        return err_add(err, ERR_INPUT, "%s: %s is not of float32, or has more than %d "
                       "dimensions", path, name, TENSOR_DIMS);
    return good(ort->GetDimensions(info, dims, *n), path, err) ? 0 : ERR_INPUT;
}

static int input_shape(struct session *s, int64_t dims[TENSOR_DIMS], size_t *n,
                       struct err *err)
{
    OrtTypeInfo *type;
    const OrtTensorTypeAndShapeInfo *info;
    int code = ERR_INPUT;

    if (!good(ort->SessionGetInputTypeInfo(s->handle, 0, &type), s->path, err))
        return ERR_INPUT;
    if (good(ort->CastTypeInfoToTensorInfo(type, &info), s->path, err))
        code = info ? read_shape(info, s->path, s->input_name, dims, n, err)
                    : err_add(err, ERR_INPUT, "%s: its input is no tensor", s->path);
    ort->ReleaseTypeInfo(type);
    return code;
}

/* One dimension of the input: what the model says, or else what is asked for. */
static bool settle(int64_t said, int *asked, bool fixed)
{
    if (said < 1)
        return *asked > 0;
    if (said > SESSION_SIDE_MAX || (fixed && *asked && *asked != said))
        return false;
    *asked = (int)said;
    return true;
}

static int open_input(struct session *s, bool fixed, struct err *err)
{
    int64_t dims[TENSOR_DIMS];
    size_t n, count, n_inputs;
    int one = 1, code;

    if (!good(ort->SessionGetInputCount(s->handle, &n_inputs), s->path, err))
        return ERR_INPUT;
    if (n_inputs != 1)
        return err_add(err, ERR_INPUT, "%s: has %zu inputs, expected one", s->path, n_inputs);
    if (!good(ort->SessionGetInputName(s->handle, 0, s->engine->allocator,
                                       &s->input_name), s->path, err))
        return ERR_INPUT;
    code = input_shape(s, dims, &n, err);
    if (code < 0)
        return code;
    const int width = s->width, height = s->height;
    if (n != 4 || !settle(dims[0], &one, true) || !settle(dims[1], &s->channels, true) ||
        !settle(dims[2], &s->height, fixed) || !settle(dims[3], &s->width, fixed)) {
        struct text shape = TEXT_INIT;
        for (size_t i = 0; i < n; i++)
            text_addf(&shape, "%s%lld", i ? "," : "", (long long)dims[i]);
        code = err_add(err, ERR_INPUT, "%s: its input is [%s] (-1: open), expected "
                       "[1,%d,%d,%d] (0: any)", s->path, shape.s, s->channels, height, width);
        text_release(&shape);
        return code;
    }
    count = (size_t)s->channels * (size_t)s->width * (size_t)s->height;
    s->pixels = mem_try_array(count, sizeof *s->pixels);
    if (!s->pixels)
        return err_add(err, ERR_LIMIT, "%s: its input is too large", s->path);
    const int64_t shape[] = { 1, s->channels, s->height, s->width };
    return good(ort->CreateTensorWithDataAsOrtValue(
                    s->engine->memory, s->pixels, count * sizeof *s->pixels, shape, 4,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &s->input),
                s->path, err) ? 0 : ERR_INPUT;
}

static int open_outputs(struct session *s, struct err *err)
{
    if (!good(ort->SessionGetOutputCount(s->handle, &s->n_outputs), s->path, err))
        return ERR_INPUT;
    s->names = mem_array(s->n_outputs, sizeof *s->names);
    s->values = mem_array(s->n_outputs, sizeof *s->values);
    s->outputs = mem_array(s->n_outputs, sizeof *s->outputs);
    for (size_t i = 0; i < s->n_outputs; i++) {
        if (!good(ort->SessionGetOutputName(s->handle, i, s->engine->allocator,
                                            &s->names[i]), s->path, err))
            return ERR_INPUT;
        s->outputs[i].name = s->names[i];
    }
    return 0;
}

int session_open(struct session *s, struct engine *engine, const char *path, int channels,
                 int width, int height, bool fixed, struct err *err)
{
    int code;

    *s = (struct session){ .engine = engine, .path = path, .channels = channels,
                           .width = width, .height = height };
    if (!path_is_file(path))
        return err_add(err, ERR_INPUT, "%s: is not a file", path);
    if (!good(ort->CreateSession(engine->env, path, engine->options,
                                 &s->handle), path, err))
        return ERR_INPUT;
    code = open_input(s, fixed, err);
    if (code == 0)
        code = open_outputs(s, err);
    if (code < 0)
        session_release(s);
    return code;
}

static void drop_outputs(struct session *s)
{
    for (size_t i = 0; i < s->n_outputs; i++) {
        if (s->values[i])
            ort->ReleaseValue(s->values[i]);
        s->values[i] = NULL;
        s->outputs[i].values = NULL;
        s->outputs[i].n_dims = 0;
    }
}

static int read_output(struct session *s, size_t i, struct err *err)
{
    struct tensor *t = &s->outputs[i];
    OrtTensorTypeAndShapeInfo *info;
    int is_tensor = 0, code;
    void *data;

    if (!good(ort->IsTensor(s->values[i], &is_tensor), s->path, err))
        return ERR_INPUT;
    if (!is_tensor)
        return err_add(err, ERR_INPUT, "%s: its output %s is no tensor", s->path, t->name);
    if (!good(ort->GetTensorTypeAndShape(s->values[i], &info), s->path, err))
        return ERR_INPUT;
    code = read_shape(info, s->path, t->name, t->dims, &t->n_dims, err);
    ort->ReleaseTensorTypeAndShapeInfo(info);
    if (code < 0)
        return code;
    if (!good(ort->GetTensorMutableData(s->values[i], &data), s->path, err))
        return ERR_INPUT;
    t->values = data;
    return 0;
}

int session_run(struct session *s, struct err *err)
{
    const char *const inputs[] = { s->input_name };
    const OrtValue *const input[] = { s->input };

    drop_outputs(s);
    if (!good(ort->Run(s->handle, NULL, inputs, input, 1, (const char *const *)s->names,
                       s->n_outputs, s->values), s->path, err))
        return ERR_INPUT;
    for (size_t i = 0; i < s->n_outputs; i++) {
        int code = read_output(s, i, err);
        if (code < 0)
            return code;
    }
    return 0;
}

static void free_name(struct session *s, char *name)
{
    /* Freeing by the default allocator does not fail. */
    if (name)
        good(ort->AllocatorFree(s->engine->allocator, name), s->path, NULL);
}

void session_release(struct session *s)
{
    if (s->values)
        drop_outputs(s);
    for (size_t i = 0; s->names && i < s->n_outputs; i++)
        free_name(s, s->names[i]);
    free_name(s, s->input_name);
    if (s->input)
        ort->ReleaseValue(s->input);
    if (s->handle)
        ort->ReleaseSession(s->handle);
    free(s->names);
    free(s->values);
    free(s->outputs);
    free(s->pixels);
    *s = (struct session){ 0 };
}
