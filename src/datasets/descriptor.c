/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "datasets/descriptor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *const layout_names[LAYOUTS + 1] = {
    "table", "filename", "tree", "pairs", "people", "json", "roster", NULL
};
const char *const table_format_names[TABLE_FORMATS + 1] = { "csv", "tsv", "spaces", "tabs",
                                                           NULL };
const char *const join_names[JOINS + 1] = {
    "", "subject", "sample", "path", "file", "stem", NULL
};

/* One reading. */
struct reader {
    struct yaml_doc *doc;
    struct arena *arena;
    struct descriptor *x;
};

static const char *keep(struct reader *r, const char *s)
{
    return arena_strdup(r->arena, s);
}

static const char **get_list(struct reader *r, struct yaml_node *map, const char *key,
                             size_t *n, bool required)
{
    const char **from = yaml_get_strings(r->doc, map, key, n, required);
    const char **to = arena_array(r->arena, *n, sizeof *to);

    for (size_t i = 0; i < *n; i++)
        to[i] = keep(r, from[i]);
    return to;
}

/* A template, or the name of a field where there is no brace. */
static bool parse_text(struct reader *r, struct yaml_node *map, const char *key,
                       const char *s, struct template *t)
{
    struct text why = TEXT_INIT;
    bool good = true;

    if (!strpbrk(s, "{}")) {
        template_of_field(t, s);
    } else if (template_parse(t, s, &why) < 0) {
        yaml_fault(r->doc, map, key, "%s", why.s);
        good = false;
    }
    text_release(&why);
    return good;
}

static struct texts get_texts(struct reader *r, struct yaml_node *map, const char *key,
                              bool required)
{
    struct texts texts = { NULL, 0 };
    size_t n;
    const char **items = yaml_get_strings(r->doc, map, key, &n, required);

    texts.items = arena_array(r->arena, n, sizeof *texts.items);
    for (size_t i = 0; i < n; i++)
        if (parse_text(r, map, key, items[i], &texts.items[texts.n]))
            texts.n++;
    return texts;
}

static struct value_map get_map(struct reader *r, struct yaml_node *map, const char *key)
{
    struct value_map m = { NULL, NULL, 0 };
    struct yaml_node *node = yaml_get_map(r->doc, map, key, false);

    if (!node)
        return m;
    m.raw = arena_array(r->arena, node->n, sizeof *m.raw);
    m.value = arena_array(r->arena, node->n, sizeof *m.value);
    for (size_t i = 0; i < node->n; i++) {
        const char *value = yaml_get_string(r->doc, node, node->keys[i], "", false);
        m.raw[m.n] = keep(r, node->keys[i]);
        m.value[m.n++] = keep(r, value);
    }
    return m;
}

/* each: {fold: [0, 1, 2]} */
static void read_each(struct reader *r, struct yaml_node *node, struct source *s)
{
    struct yaml_node *each = yaml_get_map(r->doc, node, "each", false);

    if (!each)
        return;
    if (each->n != 1) {
        yaml_fault(r->doc, node, "each", "%zu fields, expected one and its values",
                   each->n);
        yaml_ignore(each);
        return;
    }
    s->each = keep(r, each->keys[0]);
    s->each_values = get_list(r, each, each->keys[0], &s->n_each, true);
}

/* views: [{path: p1, id: id1}, {path: p2, id: id2}], or
 * views: [{prefix: probe_}, {prefix: bio_ref_}] */
static void read_views(struct reader *r, struct yaml_node *node, struct source *s)
{
    struct yaml_node *views = yaml_get_list(r->doc, node, "views", false);

    if (!views)
        return;
    s->views = arena_array(r->arena, views->n, sizeof *s->views);
    for (size_t v = 0; v < views->n; v++) {
        struct yaml_node *item = views->items[v];
        if (item->kind != YAML_MAP || (v && item->n != s->views[0].n)) {
            yaml_fault(r->doc, item, NULL, "expected a mapping of new names to fields, "
                       "as many in each view");
            yaml_ignore(item);
            return;
        }
        struct source_view *view = &s->views[v];
        view->n = item->n;
        view->names = arena_array(r->arena, item->n, sizeof *view->names);
        view->fields = arena_array(r->arena, item->n, sizeof *view->fields);
        for (size_t i = 0; i < item->n; i++) {
            view->names[i] = keep(r, item->keys[i]);
            view->fields[i] = keep(r, yaml_get_string(r->doc, item, item->keys[i], "",
                                                      true));
            if (item->n == 1 && !strcmp(view->names[i], "prefix"))
                view->prefix = view->fields[i];
            if (v && strcmp(view->names[i], s->views[0].names[i]))
                yaml_fault(r->doc, item, item->keys[i], "expected the names of the first "
                           "view in its order");
        }
        s->n_views++;
    }
}

/* join: {subject: id} */
static void read_join(struct reader *r, struct yaml_node *node, struct source *s)
{
    struct yaml_node *join = yaml_get_map(r->doc, node, "join", false);

    if (!join)
        return;
    for (int j = JOIN_SUBJECT; j < JOINS; j++) {
        struct texts key = get_texts(r, join, join_names[j], false);
        if (key.n && s->join == JOIN_NONE) {
            s->join = (enum join)j;
            s->key_text = key;
        } else if (key.n) {
            yaml_fault(r->doc, node, "join", "two keys, expected one of subject, sample, "
                       "path, file, stem");
        }
    }
    if (s->join == JOIN_NONE)
        yaml_fault(r->doc, node, "join", "expected one of subject, sample, path, file, "
                   "stem, with the field it is matched with");
}

static void read_pattern(struct reader *r, struct yaml_node *node, struct source *s)
{
    bool filename = s->layout == LAYOUT_FILENAME;
    const char *pattern = filename ? yaml_get_string(r->doc, node, "pattern", NULL, true)
                                   : "(?:.*/)?(?<folder>[^/]+)/(?<file>[^/]+)";
    bool ignore_case = filename && yaml_get_bool(r->doc, node, "ignore_case", false);
    struct text why = TEXT_INIT;

    if (pattern && !(s->pattern = regex_new(pattern, ignore_case, &why)))
        yaml_fault(r->doc, node, "pattern", "%s", why.s);
    text_release(&why);
}

static void read_json_keys(struct reader *r, struct yaml_node *node, struct source *s)
{
    s->key = keep(r, yaml_get_string(r->doc, node, "key", "key", false));
    struct yaml_node *lists = yaml_get_map(r->doc, node, "lists", false);
    if (!lists)
        return;
    s->lists = arena_array(r->arena, lists->n, sizeof *s->lists);
    for (size_t i = 0; i < lists->n; i++) {
        s->lists[s->n_lists].member = keep(r, lists->keys[i]);
        s->lists[s->n_lists++].value =
            keep(r, yaml_get_string(r->doc, lists, lists->keys[i], "", true));
    }
}

static void read_table_keys(struct reader *r, struct yaml_node *node, struct source *s)
{
    s->format = yaml_get_choice(r->doc, node, "format", table_format_names, false);
    s->columns = get_list(r, node, "columns", &s->n_columns, false);
    s->unnamed = get_list(r, node, "unnamed", &s->n_unnamed, false);
    s->skip = (size_t)yaml_get_int(r->doc, node, "skip", 0, 1000, 0, false);
    s->comments = yaml_get_bool(r->doc, node, "comments", false);
    s->header = keep(r, yaml_get_string(r->doc, node, "header", NULL, false));
    if (s->header && s->format != TABLE_SPACES && s->format != TABLE_TABS)
        yaml_fault(r->doc, node, "header", "is for the formats spaces and tabs");
}

static void read_source(struct reader *r, struct yaml_node *node, struct source *s)
{
    struct yaml_node *root = r->doc->root;

    *s = (struct source){ .line = node->line, .format = -1 };
    if (node->kind != YAML_MAP) {
        yaml_fault(r->doc, node, NULL, "expected a mapping");
        yaml_ignore(node);
        return;
    }
    s->name = keep(r, yaml_get_string(r->doc, node, "name", "", true));
    int layout = yaml_get_choice(r->doc, node, "layout", layout_names, true);
    if (layout < 0) {
        yaml_ignore(node);
        return;
    }
    s->layout = (enum layout)layout;
    bool in_names = s->layout == LAYOUT_FILENAME || s->layout == LAYOUT_TREE;
    if (in_names) {
        read_pattern(r, node, s);
    } else {
        s->files = get_list(r, node, "file", &s->n_files, true);
        read_each(r, node, s);
        /* `--set dataset.metadata=FILE` names the file of the source metadata */
        s->named = *s->name && yaml_find(root, s->name) >= 0;
        if (s->named)
            s->files = get_list(r, root, s->name, &s->n_files, true);
    }
    if (s->layout == LAYOUT_TABLE)
        read_table_keys(r, node, s);
    else if (s->layout == LAYOUT_JSON)
        read_json_keys(r, node, s);
    read_views(r, node, s);
    read_join(r, node, s);
    s->optional = yaml_get_bool(r->doc, node, "optional", false);
    s->fallback = yaml_get_bool(r->doc, node, "fallback", false);
    s->path = get_texts(r, node, "path", !in_names && s->join == JOIN_NONE &&
                                             s->layout != LAYOUT_ROSTER);
    s->sample = get_texts(r, node, "sample", false);
    s->subject = get_texts(r, node, "subject", false);
    s->box = get_texts(r, node, "box", false);
    s->landmarks = get_texts(r, node, "landmarks", false);
    s->fold = get_texts(r, node, "fold", false);
    s->mated = get_texts(r, node, "mated", false);
    s->scores = get_list(r, node, "scores", &s->n_scores, false);
    s->trials = yaml_get_bool(r->doc, node, "trials", false);
    if (s->trials && s->n_views != 2)
        yaml_fault(r->doc, node, "trials", "%zu views, expected two, one a side of the "
                   "comparison", s->n_views);
    if (s->join != JOIN_NONE && (s->path.n || s->trials))
        yaml_fault(r->doc, node, "join", "a source with a path or trials makes samples "
                   "and is not joined to them, expected one or the other");
}

/* "under 18", "18-29", "45 and over". */
static const char *bin_name(struct reader *r, const struct attribute *a, size_t i)
{
    long long lo = i ? (long long)a->cuts[i - 1] : 0;
    long long hi = i < a->n_cuts ? (long long)a->cuts[i] : 0;

    if (i == 0)
        return arena_printf(r->arena, "under %lld", hi);
    if (i == a->n_cuts)
        return arena_printf(r->arena, "%lld and over", lo);
    return hi - lo == 1 ? arena_printf(r->arena, "%lld", lo)
                        : arena_printf(r->arena, "%lld-%lld", lo, hi - 1);
}

/* bins: {cuts: [18, 30], values: [young, …]} */
static void read_bins(struct reader *r, struct yaml_node *node, struct attribute *a)
{
    struct yaml_node *bins = yaml_get_map(r->doc, node, "bins", false);
    size_t n_cuts, n_values;
    bool whole = true;

    if (!bins)
        return;
    const char **cuts = yaml_get_strings(r->doc, bins, "cuts", &n_cuts, true);
    const char **values = get_list(r, bins, "values", &n_values, false);
    a->cuts = arena_array(r->arena, n_cuts, sizeof *a->cuts);
    for (size_t i = 0; i < n_cuts; i++) {
        if (!num_parse_double(cuts[i], &a->cuts[i]) ||
            (i && a->cuts[i] <= a->cuts[i - 1])) {
            yaml_fault(r->doc, bins, "cuts", "'%.40s', expected rising numbers", cuts[i]);
            return;
        }
        whole = whole && fabs(a->cuts[i]) < 1e15 && a->cuts[i] == trunc(a->cuts[i]);
    }
    a->n_cuts = n_cuts;
    if (n_values ? n_values != n_cuts + 1 : !whole) {
        yaml_fault(r->doc, bins, "values", "%zu values for %zu cuts, expected one more "
                   "than cuts%s", n_values, n_cuts,
                   n_values ? "" : " (they may be left out only for whole numbers)");
        a->n_cuts = 0;
        return;
    }
    a->bins = values;
    if (n_values)
        return;
    a->bins = arena_array(r->arena, n_cuts + 1, sizeof *a->bins);
    for (size_t i = 0; i <= n_cuts; i++)
        a->bins[i] = bin_name(r, a, i);
}

static long find_attribute(const struct descriptor *x, const char *name)
{
    for (size_t i = 0; i < x->n_attributes; i++)
        if (!strcmp(x->attributes[i].name, name))
            return (long)i;
    return -1;
}

static void read_attribute(struct reader *r, struct yaml_node *all, size_t i,
                           const char **unknown, size_t n_unknown)
{
    const char *name = keep(r, all->keys[i]);
    struct yaml_node *node = yaml_get_map(r->doc, all, name, true);
    struct descriptor *x = r->x;
    struct attribute *a = &x->attributes[x->n_attributes];

    if (!node)
        return;
    *a = (struct attribute){ .name = name, .line = node->line, .of = -1 };
    if (roster_is_reserved(name) || !*name)
        yaml_fault(r->doc, all, name, "is a column that every roster has, expected "
                   "another name");
    int provenance = yaml_get_choice(r->doc, node, "provenance", provenance_names, true);
    a->provenance = provenance < 0 ? PROVENANCE_UNSTATED : (enum provenance)provenance;
    a->about = keep(r, yaml_get_string(r->doc, node, "about", "", false));
    a->id = yaml_get_bool(r->doc, node, "id", false);
    a->axis = yaml_get_bool(r->doc, node, "axis", !a->id);
    a->fixed = yaml_get_bool(r->doc, node, "fixed", false);
    const char *of = yaml_get_string(r->doc, node, "of", NULL, false);
    if (of && (a->of = find_attribute(x, of)) < 0)
        yaml_fault(r->doc, node, "of", "'%.60s' is no attribute above this one", of);
    a->largest = get_map(r, node, "largest");
    a->from = get_texts(r, node, "from", !of && !a->largest.n);
    if (a->largest.n && (of || a->from.n))
        yaml_fault(r->doc, node, "largest", "beside from or of, expected it alone");
    a->map = get_map(r, node, "map");
    a->keep = yaml_get_bool(r->doc, node, "keep", a->map.n == 0);
    read_bins(r, node, a);
    if (a->n_cuts && yaml_find(node, "keep") < 0)
        a->keep = false;
    a->unknown = get_list(r, node, "unknown", &a->n_unknown, false);
    if (!a->n_unknown) {
        a->unknown = unknown;
        a->n_unknown = n_unknown;
    }
    x->n_attributes++;
}

static void read_attributes(struct reader *r)
{
    struct yaml_node *all = yaml_get_map(r->doc, r->doc->root, "attributes", false);
    size_t n_unknown;
    const char **unknown = get_list(r, r->doc->root, "unknown", &n_unknown, false);

    if (!all)
        return;
    if (all->n > ROSTER_MAX_ATTRIBUTES) {
        yaml_fault(r->doc, r->doc->root, "attributes", "%zu attributes, expected at most "
                   "%d", all->n, ROSTER_MAX_ATTRIBUTES);
        yaml_ignore(all);
        return;
    }
    r->x->attributes = arena_array(r->arena, all->n, sizeof *r->x->attributes);
    for (size_t i = 0; i < all->n; i++)
        read_attribute(r, all, i, unknown, n_unknown);
}

static void read_wheres(struct reader *r)
{
    struct yaml_node *map = yaml_get_map(r->doc, r->doc->root, "where", false);
    struct descriptor *x = r->x;

    if (!map)
        return;
    x->wheres = arena_array(r->arena, map->n, sizeof *x->wheres);
    for (size_t i = 0; i < map->n; i++) {
        struct where *w = &x->wheres[x->n_wheres++];
        w->attribute = keep(r, map->keys[i]);
        w->values = get_list(r, map, map->keys[i], &w->n, true);
        if (!w->n)
            yaml_fault(r->doc, map, map->keys[i], "no values, expected one or more");
    }
}

static void read_sources(struct reader *r, struct yaml_node *list)
{
    struct descriptor *x = r->x;
    size_t makers = 0;

    x->sources = arena_array(r->arena, list->n, sizeof *x->sources);
    for (size_t i = 0; i < list->n; i++) {
        struct source *s = &x->sources[x->n_sources++];
        read_source(r, list->items[i], s);
        makers += s->join == JOIN_NONE;
        for (size_t k = 0; k < i; k++)
            if (s->name && x->sources[k].name && !strcmp(x->sources[k].name, s->name))
                yaml_fault(r->doc, list->items[i], "name", "'%.60s' is the name of an "
                           "earlier source", s->name);
    }
    for (size_t i = 0; i < x->n_sources; i++)
        if (x->sources[i].layout == LAYOUT_ROSTER && x->n_sources > 1)
            yaml_fault(r->doc, list->items[i], "layout", "a roster beside other sources, "
                       "expected it alone");
    if (!makers)
        yaml_fault(r->doc, r->doc->root, "sources", "expected at least one that is not "
                   "joined to another, to make the samples");
}

struct descriptor *descriptor_read(struct yaml_doc *doc, struct arena *arena)
{
    struct yaml_node *sources = yaml_get_list(doc, doc->root, "sources", false);

    if (sources && sources->n > DESCRIPTOR_MAX_SOURCES) {
        yaml_fault(doc, doc->root, "sources", "%zu sources, expected at most %d",
                   sources->n, DESCRIPTOR_MAX_SOURCES);
        yaml_ignore(doc->root);
        sources = NULL;
    }
    if (!sources)
        return NULL;
    struct reader r = { doc, arena, mem_alloc(sizeof *r.x) };
    struct descriptor *x = r.x;
    x->path = keep(&r, doc->path);
    x->images = get_list(&r, doc->root, "images", &x->n_images, false);
    x->more_images = get_list(&r, doc->root, "more_images", &x->n_more, false);
    x->extensions = get_list(&r, doc->root, "extensions", &x->n_extensions, false);
    x->templates = keep(&r, yaml_get_string(doc, doc->root, "templates", NULL, false));
    x->outside = yaml_get_bool(doc, doc->root, "outside", false);
    x->faces = yaml_get_bool(doc, doc->root, "faces", false);
    x->no_images = yaml_get_bool(doc, doc->root, "no_images", false);
    int rest = yaml_get_choice(doc, doc->root, "rest", provenance_names, false);
    x->rest = rest >= 0;
    x->rest_provenance = rest < 0 ? PROVENANCE_UNSTATED : (enum provenance)rest;
    read_sources(&r, sources);
    read_attributes(&r);
    read_wheres(&r);
    return x;
}

static void texts_release(struct texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        template_release(&texts->items[i]);
}

void descriptor_release(struct descriptor *x)
{
    if (!x)
        return;
    for (size_t i = 0; i < x->n_sources; i++) {
        struct source *s = &x->sources[i];
        struct texts *const all[] = { &s->path, &s->sample, &s->subject, &s->box,
                                      &s->landmarks, &s->fold, &s->mated, &s->key_text };
        regex_free(s->pattern);
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            texts_release(all[k]);
    }
    for (size_t i = 0; i < x->n_attributes; i++)
        texts_release(&x->attributes[i].from);
    free(x);
}
