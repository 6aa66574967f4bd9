/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/chain.h"

#include <stdlib.h>

static int channels_of(const struct net *net)
{
    return net->order == ORDER_GREY ? 1 : 3;
}

static int open_net(struct chain *chain, const struct net *net, struct session *s,
                    struct err *err)
{
    char *path = find_model(net, err);

    if (!path)
        return ERR_INPUT;
    chain->files[chain->n_files++] = path;
    return session_open(s, chain->engine, path, channels_of(net), net->width, net->height,
                        err);
}

/* The length of a template, by a run on black. */
static int measure_embedder(struct chain *chain, struct err *err)
{
    struct session *s = &chain->embedder;
    const int said = chain->card->dimension;
    int code = session_run(s, err);

    if (code < 0)
        return code;
    chain->dimension = s->n_outputs ? tensor_count(&s->outputs[0]) : 0;
    if (s->n_outputs != 1 || !chain->dimension || chain->dimension > 1 << 16)
        return err_add(err, ERR_INPUT, "%s: gives %zu outputs, the first of %zu numbers, "
                       "expected one template", s->path, s->n_outputs, chain->dimension);
    if (said && (size_t)said != chain->dimension)
        return err_add(err, ERR_INPUT, "%s: gives templates of %zu numbers, its card says %d",
                       s->path, chain->dimension, said);
    return 0;
}

static int open_nets(struct chain *chain, struct err *err)
{
    const struct card *card = chain->card;
    int code = open_net(chain, &card->detector.net, &chain->detector, err);

    if (code == 0 && card->has_landmarks)
        code = open_net(chain, &card->landmarks, &chain->landmarks, err);
    if (code == 0 && card->has_embedder)
        code = open_net(chain, &card->embedder, &chain->embedder, err);
    if (code == 0 && card->has_embedder)
        code = measure_embedder(chain, err);
    for (size_t i = 0; code == 0 && i < card->n_attributes; i++)
        code = open_net(chain, &card->attributes[i].net, &chain->attributes[i], err);
    return code;
}

int chain_open(struct chain *chain, const struct card *card, int threads, struct err *err)
{
    int code;

    *chain = (struct chain){ .card = card, .score = card->detector.score };
    text_init(&chain->reason);
    chain->files = mem_array(CARD_ATTRIBUTES + 4, sizeof *chain->files);
    code = engine_new(&chain->engine, threads, err);
    if (code == 0)
        code = open_nets(chain, err);
    if (code < 0)
        chain_release(chain);
    return code;
}

void chain_release(struct chain *chain)
{
    session_release(&chain->detector);
    session_release(&chain->landmarks);
    session_release(&chain->embedder);
    for (size_t i = 0; i < CARD_ATTRIBUTES; i++)
        session_release(&chain->attributes[i]);
    engine_free(chain->engine);
    for (size_t i = 0; i < chain->n_files; i++)
        free(chain->files[i]);
    free(chain->files);
    canvas_release(&chain->canvas);
    faces_release(&chain->faces);
    text_release(&chain->reason);
    *chain = (struct chain){ 0 };
}
