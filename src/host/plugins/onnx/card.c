/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/card.h"

#include <string.h>

#include "base/text.h"
#include "base/yaml.h"

const char *const order_names[] = { "rgb", "bgr", "grey", NULL };
static const char *const family_names[] = { "ultraface", "scrfd", "yunet", NULL };
static const char *const fit_names[] = { "keep", "stretch", NULL };
static const char *const boxes_names[] = { "corners", "priors", NULL };
static const char *const side_names[] = { "height", "longer", NULL };
static const char *const estimator_names[] = { "ssr-net", "genderage", NULL };
static const char *const given_names[] = { "gender", "age", NULL };

/* A word of a list; the first where nothing is said. */
static int get_word(struct yaml_doc *doc, struct yaml_node *map, const char *key,
                    const char *const *words)
{
    int i = yaml_get_choice(doc, map, key, words, false);

    return i < 0 ? 0 : i;
}

bool card_parse_channels(const char *s, double to[3])
{
    char part[NUM_MAX];
    size_t n = 0;

    for (;; s++) {
        size_t len = strcspn(s, ";");
        if (n == 3 || len >= sizeof part)
            return false;
        memcpy(part, s, len);
        part[len] = 0;
        if (!num_parse_double(part, &to[n++]))
            return false;
        s += len;
        if (!*s)
            break;
    }
    if (n == 1)
        to[1] = to[2] = to[0];
    return n != 2;
}

bool card_parse_size(const char *s, int *width, int *height)
{
    char part[NUM_MAX];
    const char *by = strchr(s, 'x');
    size_t len = by ? (size_t)(by - s) : strlen(s);
    int64_t w, h;

    if (len >= sizeof part)
        return false;
    memcpy(part, s, len);
    part[len] = 0;
    if (!num_parse_int64(part, &w) || !num_parse_int64(by ? by + 1 : part, &h) ||
        w < 1 || h < 1 || w > CARD_SIDE_MAX || h > CARD_SIDE_MAX)
        return false;
    *width = (int)w;
    *height = (int)h;
    return true;
}

static void get_channels(struct yaml_doc *doc, struct yaml_node *map, const char *key,
                         double otherwise, double to[3])
{
    size_t n;
    const char **items = yaml_get_strings(doc, map, key, &n, false);
    bool good = n == 0 || n == 1 || n == 3;

    for (size_t i = 0; i < 3; i++) {
        to[i] = otherwise;
        if (good && n)
            good = num_parse_double(items[n == 1 ? 0 : i], &to[i]);
    }
    if (!good)
        yaml_fault(doc, map, key, "expected a number, or three in a list");
}

static void get_net(struct yaml_doc *doc, struct card *card, struct yaml_node *map,
                    bool size_needed, struct net *net)
{
    const char *size;
    const char **files = yaml_get_strings(doc, map, "file", &net->n_files, false);

    net->files = arena_array(&card->arena, net->n_files, sizeof *net->files);
    for (size_t i = 0; i < net->n_files; i++)
        net->files[i] = arena_strdup(&card->arena, files[i]);
    net->get = arena_strdup(&card->arena, yaml_get_string(doc, map, "get", "", false));
    size = yaml_get_string(doc, map, "size", "", size_needed);
    if (*size && !card_parse_size(size, &net->width, &net->height))
        yaml_fault(doc, map, "size", "is %s, expected a number or WIDTHxHEIGHT, at most %d",
                   size, CARD_SIDE_MAX);
    net->order = (enum order)get_word(doc, map, "order", order_names);
    get_channels(doc, map, "mean", 0, net->mean);
    get_channels(doc, map, "scale", 1, net->scale);
    for (int i = 0; i < 3; i++)
        if (net->scale[i] == 0) {
            yaml_fault(doc, map, "scale", "is 0, and is divided by");
            break;
        }
}

static void get_crop(struct yaml_doc *doc, struct yaml_node *map, struct crop *crop)
{
    struct yaml_node *node = yaml_get_map(doc, map, "crop", false);

    crop->scale = node ? yaml_get_number(doc, node, "scale", .1, 10, 1, false) : 1;
    crop->longer = node && get_word(doc, node, "of", side_names);
    crop->inside = node && yaml_get_bool(doc, node, "inside", false);
}

static void get_detector(struct yaml_doc *doc, struct card *card, struct detector *d)
{
    struct yaml_node *map = yaml_get_map(doc, doc->root, "detector", true);

    if (!map)
        return;
    get_net(doc, card, map, false, &d->net);
    d->family = (enum family)get_word(doc, map, "family", family_names);
    d->priors = get_word(doc, map, "boxes", boxes_names);
    d->fit = (enum fit)get_word(doc, map, "fit", fit_names);
    d->enlarge = yaml_get_bool(doc, map, "enlarge", false);
    d->score = yaml_get_number(doc, map, "score", 0, 1, .5, true);
    d->overlap = yaml_get_number(doc, map, "overlap", 0, 1, .4, true);
}

static void get_attribute(struct yaml_doc *doc, struct card *card, struct yaml_node *map,
                          struct attribute *a)
{
    size_t n;
    const char **labels;

    a->estimator = (enum estimator)get_word(doc, map, "estimator", estimator_names);
    a->given = (enum given)get_word(doc, map, "gives", given_names);
    get_net(doc, card, map, true, &a->net);
    get_crop(doc, map, &a->crop);
    a->span = yaml_get_number(doc, map, "span", 1, 1000, 100, false);
    a->cut = yaml_get_number(doc, map, "cut", 0, 1, .5, false);
    labels = yaml_get_strings(doc, map, "labels", &n, false);
    if (n && n != 2)
        yaml_fault(doc, map, "labels", "%zu labels, expected two", n);
    a->labels[0] = arena_strdup(&card->arena, n == 2 ? labels[0] : "female");
    a->labels[1] = arena_strdup(&card->arena, n == 2 ? labels[1] : "male");
}

static void get_attributes(struct yaml_doc *doc, struct card *card)
{
    struct yaml_node *list = yaml_get_list(doc, doc->root, "attributes", false);

    if (list && list->n > CARD_ATTRIBUTES) {
        yaml_fault(doc, list, NULL, "%zu of them, expected at most %d", list->n,
                   CARD_ATTRIBUTES);
        yaml_ignore(list);
        return;
    }
    for (size_t i = 0; list && i < list->n; i++)
        get_attribute(doc, card, list->items[i], &card->attributes[card->n_attributes++]);
}

static void get_card(struct yaml_doc *doc, struct card *card)
{
    struct yaml_node *map;

    card->name = arena_strdup(&card->arena, yaml_get_string(doc, doc->root, "card", "", true));
    card->about = arena_strdup(&card->arena,
                               yaml_get_string(doc, doc->root, "about", "", true));
    get_detector(doc, card, &card->detector);
    map = yaml_get_map(doc, doc->root, "landmarks", false);
    card->has_landmarks = map;
    if (map) {
        get_net(doc, card, map, true, &card->landmarks);
        get_crop(doc, map, &card->landmarks_crop);
    }
    map = yaml_get_map(doc, doc->root, "embedder", false);
    card->has_embedder = map;
    if (map) {
        get_net(doc, card, map, true, &card->embedder);
        card->dimension = (int)yaml_get_int(doc, map, "dimension", 1,
                                            CARD_DIMENSION_MAX, 0, false);
        card->normalise = yaml_get_bool(doc, map, "normalise", true);
    }
    get_attributes(doc, card);
    if (doc->root->kind == YAML_MAP && !card->has_embedder && !card->n_attributes)
        yaml_fault(doc, doc->root, NULL, "neither embedder nor attributes: nothing to do");
    if (card->has_embedder && !card->has_landmarks &&
        card->detector.family == FAMILY_ULTRAFACE)
        yaml_fault(doc, doc->root, NULL, "this detector gives no points: the embedder "
                   "needs landmarks");
}

int card_load(struct card *card, const char *path, struct err *err)
{
    struct yaml_doc doc;
    int code;

    *card = (struct card){ .path = "" };
    code = yaml_load(&doc, path, err);
    if (code == 0) {
        card->path = arena_strdup(&card->arena, path);
        get_card(&doc, card);
        code = yaml_finish(&doc);
    }
    yaml_release(&doc);
    if (code < 0)
        card_release(card);
    return code;
}

void card_release(struct card *card)
{
    arena_release(&card->arena);
    *card = (struct card){ .path = "" };
}
