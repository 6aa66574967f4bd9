/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/chain.h"

#include <stdlib.h>

static int channels_of(const struct net *net)
{
    return net->order == ORDER_GREY ? 1 : 3;
}

/* Opens a net and runs it once, on black: so that the first image finds it warm, and a
 * net that cannot run is told before any image. */
static int open_net(struct chain *chain, const struct net *net, bool fixed,
                    struct session *s, struct err *err)
{
    char *path = find_model(net, err);
    int code;

    if (!path)
        return ERR_INPUT;
    chain->files[chain->n_files++] = path;
    code = session_open(s, chain->engine, path, channels_of(net), net->width, net->height,
                        fixed, err);
    return code < 0 ? code : session_run(s, err);
}

static int check_detector(struct chain *chain, struct err *err)
{
    if (chain_decode(chain) < 0)
        return err_add(err, ERR_INPUT, "%s: its outputs are not those of a detector of the "
                       "card's family", chain->detector.path);
    return 0;
}

static int check_landmarks(struct chain *chain, struct err *err)
{
    const struct session *s = &chain->landmarks;

    if (s->n_outputs != 1 || tensor_count(&s->outputs[0]) != 2 * 68)
        return err_add(err, ERR_INPUT, "%s: does not give 68 points", s->path);
    return 0;
}

static int check_embedder(struct chain *chain, struct err *err)
{
    const struct session *s = &chain->embedder;
    const int said = chain->card->dimension;

    if (s->n_outputs != 1)
        return err_add(err, ERR_INPUT, "%s: gives %zu outputs, expected one template",
                       s->path, s->n_outputs);
    chain->dimension = tensor_count(&s->outputs[0]);
    if (!chain->dimension || chain->dimension > CARD_DIMENSION_MAX)
        return err_add(err, ERR_INPUT, "%s: gives templates of %zu numbers, expected 1 to %d",
                       s->path, chain->dimension, CARD_DIMENSION_MAX);
    if (said && (size_t)said != chain->dimension)
        return err_add(err, ERR_INPUT, "%s: gives templates of %zu numbers, its card says %d",
                       s->path, chain->dimension, said);
    return 0;
}

static int check_attribute(struct chain *chain, size_t i, struct err *err)
{
    double male, age;

    if (chain_estimate(chain, i, &male, &age) < 0)
        return err_add(err, ERR_INPUT, "%s: its outputs are not those of the card's estimator",
                       chain->attributes[i].path);
    return 0;
}

static int open_nets(struct chain *chain, struct err *err)
{
    const struct card *card = chain->card;
    int code = open_net(chain, &card->detector.net, false, &chain->detector, err);

    if (code == 0)
        code = check_detector(chain, err);
    if (code == 0 && card->has_landmarks)
        code = open_net(chain, &card->landmarks, true, &chain->landmarks, err);
    if (code == 0 && card->has_landmarks)
        code = check_landmarks(chain, err);
    if (code == 0 && card->has_embedder)
        code = open_net(chain, &card->embedder, true, &chain->embedder, err);
    if (code == 0 && card->has_embedder)
        code = check_embedder(chain, err);
    for (size_t i = 0; code == 0 && i < card->n_attributes; i++) {
        code = open_net(chain, &card->attributes[i].net, true, &chain->attributes[i], err);
        if (code == 0)
            code = check_attribute(chain, i, err);
    }
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
