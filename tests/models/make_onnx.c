/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "make_onnx.h"

#include <assert.h>
#include <string.h>

#include "base/file.h"

enum { TYPE_FLOAT = 1, TYPE_INT64 = 7 };

static void add_varint(struct text *t, uint64_t v)
{
    for (; v > 127; v >>= 7)
        text_addch(t, (char)(v | 128));
    text_addch(t, (char)v);
}

static void add_number(struct text *t, int field, int64_t v)
{
    add_varint(t, (uint64_t)field << 3);
    add_varint(t, (uint64_t)v);
}

static void add_bytes(struct text *t, int field, const void *bytes, size_t n)
{
    add_varint(t, (uint64_t)field << 3 | 2);
    add_varint(t, n);
    text_addn(t, bytes, n);
}

static void add_string(struct text *t, int field, const char *s)
{
    add_bytes(t, field, s, strlen(s));
}

/* Moves a message into a field. */
static void add_message(struct text *t, int field, struct text *message)
{
    add_bytes(t, field, message->s, message->len);
    text_release(message);
}

struct model model_new(int64_t channels, int64_t height, int64_t width)
{
    return (struct model){ TEXT_INIT, TEXT_INIT, TEXT_INIT,
                           { 1, channels, height, width }, TYPE_FLOAT };
}

/* TensorProto: dims 1, data_type 2, name 8, raw_data 9. */
static void add_constant(struct model *m, const char *name, int type, const void *raw,
                         size_t bytes, const int64_t *dims, size_t n_dims)
{
    struct text tensor = TEXT_INIT;

    for (size_t i = 0; i < n_dims; i++)
        add_number(&tensor, 1, dims[i]);
    add_number(&tensor, 2, type);
    add_string(&tensor, 8, name);
    add_bytes(&tensor, 9, raw, bytes);
    add_message(&m->constants, 5, &tensor);
}

void model_floats(struct model *m, const char *name, const float *v, const int64_t *dims,
                  size_t n_dims)
{
    size_t n = 1;

    for (size_t i = 0; i < n_dims; i++)
        n *= (size_t)dims[i];
    add_constant(m, name, TYPE_FLOAT, v, n * sizeof *v, dims, n_dims);
}

void model_shape(struct model *m, const char *name, const int64_t *v, size_t n)
{
    const int64_t dims[] = { (int64_t)n };

    add_constant(m, name, TYPE_INT64, v, n * sizeof *v, dims, 1);
}

/* NodeProto: input 1, output 2, op_type 4. */
void model_node(struct model *m, const char *op, const char *a, const char *b,
                const char *to)
{
    struct text node = TEXT_INIT;

    add_string(&node, 1, a);
    if (b)
        add_string(&node, 1, b);
    add_string(&node, 2, to);
    add_string(&node, 4, op);
    add_message(&m->nodes, 1, &node);
}

/* ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1; its elem_type 1, shape 2;
 * TensorShapeProto: dim 1; its dim_value 1, dim_param 2. */
static void add_value(struct text *t, int field, const char *name, int type,
                      const int64_t *dims, size_t n_dims)
{
    struct text value = TEXT_INIT, kind = TEXT_INIT, tensor = TEXT_INIT, shape = TEXT_INIT;

    for (size_t i = 0; i < n_dims; i++) {
        struct text dim = TEXT_INIT;
        if (dims[i] > 0)
            add_number(&dim, 1, dims[i]);
        else
            add_string(&dim, 2, i == 2 ? "height" : "width");
        add_message(&shape, 1, &dim);
    }
    add_number(&tensor, 1, type);
    if (n_dims)
        add_message(&tensor, 2, &shape);
    add_message(&kind, 1, &tensor);
    add_string(&value, 1, name);
    add_message(&value, 2, &kind);
    add_message(t, field, &value);
}

void model_output(struct model *m, const char *name)
{
    add_value(&m->outputs, 12, name, TYPE_FLOAT, NULL, 0);
}

/* ModelProto: ir_version 1, graph 7, opset_import 8 (domain 1, version 2); GraphProto:
 * node 1, name 2, initializer 5, input 11, output 12. */
void model_write(struct model *m, const char *path)
{
    struct text model = TEXT_INIT, graph = TEXT_INIT, operators = TEXT_INIT;

    text_addn(&graph, m->nodes.s, m->nodes.len);
    add_string(&graph, 2, "graph");
    text_addn(&graph, m->constants.s, m->constants.len);
    add_value(&graph, 11, "input", m->type, m->input, 4);
    text_addn(&graph, m->outputs.s, m->outputs.len);
    add_number(&model, 1, 7);
    add_message(&model, 7, &graph);
    add_string(&operators, 1, "");
    add_number(&operators, 2, 13);
    add_message(&model, 8, &operators);
    const int code = file_write(path, model.s, model.len, NULL);
    assert(code == 0);
    (void)code;
    text_release(&model);
    text_release(&m->nodes);
    text_release(&m->constants);
    text_release(&m->outputs);
}
