/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The onnx backend: any chain of nets that a model card describes, run by ONNX Runtime.
 * A plug-in as any other (misid-backend.h), in a process of misid-host.
 */
#include "host/plugins/onnx/chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

struct onnx {
    struct card card;
    struct chain chain;
};

static const struct misid_option options[] = {
    { "card", "faceplugin-yunet", "the model card, by name, or a path with a / in it" },
    { "choose", "prominent", "among several faces: prominent (area less twice the squared "
      "distance from the centre), largest, central, box (the data set's), or only (several "
      "are an outcome)" },
    { "detector", "", "a file in place of the card's detector, of the same family" },
    { "mean", "", "of the embedder, in place of the card's: a number, or three with ;" },
    { "model", "", "a file in place of the card's embedder" },
    { "order", "", "of the embedder's channels: rgb, bgr or grey" },
    { "scale", "", "of the embedder: (pixel - mean) / scale" },
    { "score", "", "a face scores this at least, 0 to 1" },
    { "size", "", "of the embedder's input: 112, or 112x112" },
    { "threads", "1", "of ONNX Runtime within one answer" },
    { NULL, NULL, NULL },
};

/* The value of an option; "" where it is not given. */
static const char *value_of(const struct misid_setting *settings, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(settings[i].name, name))
            return settings[i].value ? settings[i].value : "";
    return "";
}

static int wrong(struct err *err, const char *option, const char *value, const char *expected)
{
    return err_add(err, ERR_INPUT, "%s=%s: expected %s", option, value, expected);
}

/* The place of a word in a list, or -1. */
static int word_index(const char *const *words, const char *word)
{
    for (int i = 0; words[i]; i++)
        if (!strcmp(words[i], word))
            return i;
    return -1;
}

static void set_file(struct card *card, struct net *net, const char *path)
{
    net->files = arena_alloc(&card->arena, sizeof *net->files);
    net->files[0] = arena_strdup(&card->arena, path);
    net->n_files = 1;
    net->get = "give its path, with a / in it";
}

/* What the options say in place of the card. */
static int change_card(struct card *card, const struct misid_setting *settings, size_t n,
                       struct err *err)
{
    struct net *net = &card->embedder;
    const char *v;
    int order;

    if (*(v = value_of(settings, n, "detector")))
        set_file(card, &card->detector.net, v);
    if (*(v = value_of(settings, n, "model")))
        set_file(card, net, v);
    if (*(v = value_of(settings, n, "size")) &&
        !card_parse_size(v, &net->width, &net->height))
        return wrong(err, "size", v, "a number or WIDTHxHEIGHT");
    if (*(v = value_of(settings, n, "mean")) && !card_parse_channels(v, net->mean))
        return wrong(err, "mean", v, "a number, or three with ; between them");
    if (*(v = value_of(settings, n, "scale")) &&
        (!card_parse_channels(v, net->scale) || net->scale[0] == 0 || net->scale[1] == 0 ||
         net->scale[2] == 0))
        return wrong(err, "scale", v, "a number other than 0, or three with ; between them");
    if (*(v = value_of(settings, n, "order"))) {
        order = word_index(order_names, v);
        if (order < 0)
            return wrong(err, "order", v, "rgb, bgr or grey");
        net->order = (enum order)order;
    }
    return 0;
}

static int open_all(struct onnx *x, const struct misid_setting *settings, size_t n,
                    struct err *err)
{
    const char *score = value_of(settings, n, "score");
    const char *choose = value_of(settings, n, "choose");
    const char *count = value_of(settings, n, "threads");
    const int choice = word_index(choice_names, choose);
    double least = 0;
    int64_t threads;
    int code;

    if (choice < 0)
        return wrong(err, "choose", choose, "prominent, largest, central, box or only");
    if (*score && (!num_parse_double(score, &least) || least < 0 || least > 1))
        return wrong(err, "score", score, "a number from 0 to 1");
    if (!num_parse_int64(count, &threads) || threads < 1 || threads > 1024)
        return wrong(err, "threads", count, "a whole number from 1 to 1024");
    char *path = find_card(value_of(settings, n, "card"), err);
    if (!path)
        return ERR_INPUT;
    code = card_load(&x->card, path, err);
    free(path);
    if (code == 0)
        code = change_card(&x->card, settings, n, err);
    if (code == 0)
        code = chain_open(&x->chain, &x->card, (int)threads, err);
    if (code < 0)
        return code;
    x->chain.choice = (enum choice)choice;
    if (*score)
        x->chain.score = least;
    return 0;
}

/* Text into a buffer of the host's; false if it does not fit. */
static bool say(struct misid_text *to, const char *s)
{
    return to->cap && snprintf(to->s, to->cap, "%s", s) < (int)to->cap;
}

/* Everything that the answers rest on, one a line. */
static int say_files(const struct onnx *x, struct misid_info *info, struct err *err)
{
    struct text files = TEXT_INIT;
    char *engine = engine_path(), *card = realpath(x->card.path, NULL);
    int code = 0;

    text_addf(&files, "%s\n", card ? card : x->card.path);
    for (size_t i = 0; i < x->chain.n_files; i++) {
        char *path = realpath(x->chain.files[i], NULL);
        text_addf(&files, "%s\n", path ? path : x->chain.files[i]);
        free(path);
    }
    if (engine)
        text_add(&files, engine);
    else
        code = err_add(err, ERR_PROGRAM, "the file of ONNX Runtime cannot be told");
    if (code == 0 && !say(&info->files, files.s))
        code = err_add(err, ERR_LIMIT, "the paths of the models are too long");
    free(engine);
    free(card);
    text_release(&files);
    return code;
}

static int say_info(const struct onnx *x, struct misid_info *info, struct err *err)
{
    char about[200];

    info->capabilities = MISID_FACES | MISID_QUALITY;
    if (x->card.n_attributes)
        info->capabilities |= MISID_CLASS;
    if (x->chain.dimension)
        info->capabilities |= MISID_TEMPLATE;
    info->dimension = (uint32_t)x->chain.dimension;
    info->template_bytes = (uint32_t)(x->chain.dimension * sizeof(float));
    info->batch = 1;
    if (x->chain.dimension)
        say(&info->similarity, "cosine");
    snprintf(about, sizeof about, "%s; ONNX Runtime %s", x->card.about, engine_version());
    say(&info->about, about);
    return say_files(x, info, err);
}

static void onnx_close(void *self)
{
    struct onnx *x = self;

    chain_release(&x->chain);
    card_release(&x->card);
    free(x);
}

static void *onnx_open(const struct misid_setting *settings, size_t n,
                       struct misid_info *info, struct misid_text *why)
{
    struct onnx *x = mem_alloc(sizeof *x);
    struct err err = ERR_INIT;
    int code = open_all(x, settings, n, &err);

    if (code == 0)
        code = say_info(x, info, &err);
    if (code < 0) {
        const char *text = err_text(&err);
        if (why->cap)
            snprintf(why->s, why->cap, "%.*s", (int)strcspn(text, "\n"), text);
        onnx_close(x);
        x = NULL;
    }
    err_release(&err);
    return x;
}

static int onnx_process(void *self, uint32_t want, const struct misid_image *const *images,
                        size_t n, struct misid_result *const *results,
                        struct misid_text *why)
{
    struct onnx *x = self;

    (void)why;
    for (size_t i = 0; i < n; i++)
        chain_process(&x->chain, want, images[i], results[i]);
    return 0;
}

static const struct misid_backend onnx = {
    .abi = MISID_ABI,
    .size = sizeof onnx,
    .name = "onnx",
    .version = "1",
    .about = "nets that a model card describes, by ONNX Runtime on the CPU",
    .capabilities = MISID_CLASS | MISID_TEMPLATE | MISID_FACES | MISID_QUALITY,
    .options = options,
    .open = onnx_open,
    .close = onnx_close,
    .process = onnx_process,
};

const struct misid_backend *misid_backend(uint32_t abi)
{
    return abi == MISID_ABI ? &onnx : NULL;
}
