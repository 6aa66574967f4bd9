/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/study.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/yaml.h"
#include "model/metric.h"
#include "model/point.h"
#include "model/study_load.h"

const char *const study_task_names[] = { "classify", "verify", "identify", NULL };
const char *const study_evidence_names[] = {
    "published", "replication", "new", NULL
};
const char *const study_quantity_names[QUANTITY_N + 1] = {
    "proportion", "difference", "ratio", NULL
};
const char *const claim_type_names[CLAIM_TYPES + 1] = {
    "printed", "difference", "ratio", "worst", "best", "improvement", "excess",
    "over-representation", "rise", "rise-difference", "not-testable", NULL
};

const char *loading_keep(struct loading *l, const char *s)
{
    return arena_strdup(&l->study->arena, s);
}

const char *loading_text(struct loading *l, struct yaml_node *map, const char *key,
                            bool required)
{
    const char *s = yaml_get_string(l->doc, map, key, NULL, required);

    if (s && *s)
        return loading_keep(l, s);
    if (s && required)
        yaml_fault(l->doc, map, key, "is empty, expected a text");
    return NULL;
}

const char *loading_point(struct loading *l, struct yaml_node *map, const char *key,
                          bool required)
{
    return point_spelled(&l->study->arena, loading_text(l, map, key, required));
}

const char *loading_id(struct loading *l, struct yaml_node *map, const char *key)
{
    const char *s = loading_text(l, map, key, true);
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-_";

    if (s && (!*s || s[strspn(s, allowed)] || strlen(s) > 80)) {
        yaml_fault(l->doc, map, key, "'%.80s' is not a name, expected letters, digits, "
                   "'-' and '_', at most 80", s);
        return NULL;
    }
    return s;
}

struct yaml_node *loading_next_map(struct loading *l, struct yaml_node *list, size_t *i)
{
    while (list && *i < list->n) {
        struct yaml_node *item = list->items[(*i)++];
        if (item->kind == YAML_MAP)
            return item;
        yaml_fault(l->doc, item, NULL, "not a mapping, expected 'key: value' pairs");
    }
    return NULL;
}

static void load_axes(struct loading *l, struct yaml_node *root)
{
    struct study *s = l->study;
    struct yaml_node *list = yaml_get_list(l->doc, root, "axes", false), *map;

    if (!list)
        return;
    if (list->n == 0 || list->n > GROUP_MAX_AXES) {
        yaml_fault(l->doc, list, NULL, "%zu axes, expected 1 to %d", list->n,
                   GROUP_MAX_AXES);
        return;
    }
    s->axes.axes = arena_array(&s->arena, list->n, sizeof *s->axes.axes);
    s->more = arena_array(&s->arena, list->n, sizeof *s->more);
    for (size_t i = 0; (map = loading_next_map(l, list, &i));) {
        struct axis *axis = &s->axes.axes[s->axes.n];
        struct study_axis *more = &s->more[s->axes.n];
        axis->name = loading_text(l, map, "name", true);
        more->open = yaml_get_bool(l->doc, map, "open", false);
        more->from = loading_list(l, map, "from", &more->n_from);
        const char **values = yaml_get_strings(l->doc, map, "values", &axis->n,
                                               !more->open);
        if (!axis->name || (!values && !more->open))
            continue;
        if (!*axis->name || !strcmp(axis->name, "all"))
            yaml_fault(l->doc, map, "name", "'%s' cannot be an axis, expected another "
                       "name", axis->name);
        if (axes_find(&s->axes, axis->name) >= 0)
            yaml_fault(l->doc, map, "name", "the axis '%.60s' stands twice, expected "
                       "each once", axis->name);
        if ((axis->n < 1 && !more->open) || axis->n > STUDY_MAX_GROUPS) {
            yaml_fault(l->doc, map, "values", "%zu values, expected 1 to %d", axis->n,
                       STUDY_MAX_GROUPS);
            continue;
        }
        axis->values = arena_array(&s->arena, axis->n, sizeof *axis->values);
        for (size_t v = 0; v < axis->n; v++) {
            axis->values[v] = loading_keep(l, values[v]);
            for (size_t w = 0; w < v; w++)
                if (!strcmp(axis->values[w], values[v])) {
                    yaml_fault(l->doc, map, "values", "'%.60s' stands twice, expected "
                               "each once", values[v]);
                    break;
                }
        }
        s->axes.n++;
    }
}

/* The number of groups that a set of axes has; a double, as it may be large. */
static double groups_of(const struct axes *axes, unsigned set)
{
    double groups = 1;

    for (size_t a = 0; a < axes->n; a++)
        groups *= set & 1u << a ? (double)axes->axes[a].n : 1;
    return groups;
}

struct yaml_node *loading_maps(struct loading *l, struct yaml_node *root,
                                  const char *key)
{
    struct yaml_node *list = yaml_get_list(l->doc, root, key, false);

    if (list && list->n > STUDY_MAX_GROUPS) {
        yaml_fault(l->doc, list, NULL, "%zu items, expected at most %d", list->n,
                   STUDY_MAX_GROUPS);
        yaml_ignore(list);
        return NULL;
    }
    return list;
}

/* A set of axes written as a list of their names. */
static unsigned axis_set(struct loading *l, struct yaml_node *node)
{
    unsigned set = 0;

    if (node->kind != YAML_LIST) {
        yaml_fault(l->doc, node, NULL, "not a list, expected names of axes such as "
                   "[%s]", l->study->axes.n ? l->study->axes.axes[0].name : "axis");
        return 0;
    }
    for (size_t i = 0; i < node->n; i++) {
        const char *name = yaml_scalar(l->doc, node->items[i]);
        int axis = name ? axes_find(&l->study->axes, name) : -1;
        if (axis >= 0 && set & 1u << axis)
            yaml_fault(l->doc, node->items[i], NULL, "the axis '%.60s' stands twice, "
                       "expected each once", name);
        else if (axis >= 0)
            set |= 1u << axis;
        else if (name)
            yaml_fault(l->doc, node->items[i], NULL, "'%.60s' is not an axis of this "
                       "study, expected one listed under axes", name);
    }
    double groups = groups_of(&l->study->axes, set);
    if (groups > STUDY_MAX_GROUPS) {
        yaml_fault(l->doc, node, NULL, "%.0f groups, expected at most %d", groups,
                   STUDY_MAX_GROUPS);
        return 0;
    }
    return set;
}

unsigned loading_axis_set(struct loading *l, struct yaml_node *map, const char *key,
                             bool required)
{
    struct yaml_node *node = yaml_get(l->doc, map, key, required);
    return node ? axis_set(l, node) : 0;
}

unsigned *loading_axis_sets(struct loading *l, struct yaml_node *root, const char *key,
                            size_t *n)
{
    struct yaml_node *list = yaml_get_list(l->doc, root, key, false);

    double groups = 0;

    *n = 0;
    if (!list)
        return NULL;
    if (list->n > STUDY_MAX_GROUPS) {
        yaml_fault(l->doc, list, NULL, "%zu sets of axes, expected at most %d", list->n,
                   STUDY_MAX_GROUPS);
        return NULL;
    }
    unsigned *sets = arena_array(&l->study->arena, list->n, sizeof *sets);
    for (size_t i = 0; i < list->n; i++) {
        unsigned set = axis_set(l, list->items[i]);
        for (size_t k = 0; k < *n; k++)
            if (sets[k] == set)
                yaml_fault(l->doc, list->items[i], NULL, "the same axes as in item %zu, "
                           "expected each set once", k);
        sets[(*n)++] = set;
        groups += groups_of(&l->study->axes, set);
    }
    if (groups > STUDY_MAX_GROUPS)
        yaml_fault(l->doc, list, NULL, "%.0f groups together, expected at most %d", groups,
                   STUDY_MAX_GROUPS);
    return sets;
}

/* The canonical name of a group said in the file; a fault if it is none. */
static const char *canonical_group(struct loading *l, struct yaml_node *node,
                                   const char *key, const char *said)
{
    struct text t = TEXT_INIT;
    struct group g;
    const char *name = NULL;

    if (group_parse(&g, &l->study->axes, said, &t) < 0) {
        yaml_fault(l->doc, node, key, "%s", t.s);
    } else {
        text_reset(&t);
        group_add(&t, &l->study->axes, &g);
        name = loading_keep(l, t.s);
    }
    text_release(&t);
    return name;
}

const char *loading_group(struct loading *l, struct yaml_node *map, const char *key,
                             bool required)
{
    const char *said = yaml_get_string(l->doc, map, key, NULL, required);
    return said ? canonical_group(l, map, key, said) : NULL;
}

static void check_metric(struct loading *l, const struct yaml_node *node,
                         const char *key, const char *name)
{
    if (name && (!metric_find(name) || *metric_kind(name))) {
        struct text known = TEXT_INIT;
        metric_add_names(&known);
        yaml_fault(l->doc, node, key, "'%.60s' is not a metric, expected one of %s",
                   name, known.s);
        text_release(&known);
    }
}

/* Any metric, whether the study lists it or not. */
static const char *any_metric(struct loading *l, struct yaml_node *map, bool required)
{
    const char *name = loading_text(l, map, "metric", required);

    check_metric(l, map, "metric", name);
    return name;
}

const char *loading_metric(struct loading *l, struct yaml_node *map, bool required)
{
    const char *name = any_metric(l, map, required);

    if (!name)
        return l->study->n_metrics ? l->study->metrics[0].text : "";
    for (size_t i = 0; i < l->study->n_metrics; i++)
        if (!strcmp(l->study->metrics[i].text, name))
            return name;
    if (metric_find(name))
        yaml_fault(l->doc, map, "metric", "'%.60s' is not listed under metrics, expected "
                   "one that is", name);
    return name;
}

const char *loading_rate(struct loading *l, struct yaml_node *map)
{
    const char *name = loading_metric(l, map, false);
    const struct metric *m = metric_find(name);

    if (m && m->census)
        yaml_fault(l->doc, map, "metric", "'%s' describes the data set itself, expected "
                   "a rate of a backend", name);
    if (m && m->mean)
        yaml_fault(l->doc, map, "metric", "'%s' is a mean over runs, which cannot be "
                   "tested, expected a rate", name);
    return name;
}

static struct study_name *get_names(struct loading *l, struct yaml_node *map,
                                    const char *key, size_t *n)
{
    const char **texts = yaml_get_strings(l->doc, map, key, n, false);
    struct yaml_node *node = yaml_get(l->doc, map, key, false);

    if (!texts)
        return NULL;
    if (*n > STUDY_MAX_GROUPS) {
        yaml_fault(l->doc, node, NULL, "%zu names, expected at most %d", *n,
                   STUDY_MAX_GROUPS);
        *n = 0;
        return NULL;
    }
    struct study_name *names = arena_array(&l->study->arena, *n, sizeof *names);
    for (size_t i = 0; i < *n; i++) {
        names[i].text = loading_keep(l, texts[i]);
        names[i].line = node->kind == YAML_LIST ? node->items[i]->line : node->line;
        for (size_t j = 0; j < i; j++)
            if (!strcmp(names[j].text, texts[i]))
                yaml_fault(l->doc, node, NULL, "'%.60s' stands twice, expected each "
                           "once", texts[i]);
    }
    return names;
}

const char **loading_list(struct loading *l, struct yaml_node *map, const char *key,
                             size_t *n)
{
    const char **texts = yaml_get_strings(l->doc, map, key, n, false);

    if (!texts)
        return NULL;
    if (*n > STUDY_MAX_GROUPS) {
        yaml_fault(l->doc, map, key, "%zu items, expected at most %d", *n,
                   STUDY_MAX_GROUPS);
        *n = 0;
        return NULL;
    }
    const char **kept = arena_array(&l->study->arena, *n, sizeof *kept);
    for (size_t i = 0; i < *n; i++)
        kept[i] = loading_keep(l, texts[i]);
    return kept;
}

static void load_labels(struct loading *l, struct yaml_node *root)
{
    struct study *s = l->study;
    struct yaml_node *map = yaml_get_map(l->doc, root, "labels", false);

    if (!map)
        return;
    s->labels = arena_array(&s->arena, map->n, sizeof *s->labels);
    for (size_t i = 0; i < map->n; i++) {
        const char *text = loading_text(l, map, map->keys[i], true);
        const char *group = canonical_group(l, map, map->keys[i], map->keys[i]);
        for (size_t k = 0; group && k < s->n_labels; k++)
            if (!strcmp(s->labels[k].group, group)) {
                yaml_fault(l->doc, map, map->keys[i], "the group '%.60s' has a label "
                           "already, expected each group once", group);
                group = NULL;
            }
        if (text && group)
            s->labels[s->n_labels++] = (struct study_label){ group, text };
    }
}

static void load_facts(struct loading *l, struct yaml_node *root)
{
    struct study *s = l->study;
    struct yaml_node *map = yaml_get_map(l->doc, root, "facts", false);

    if (!map)
        return;
    s->facts = arena_array(&s->arena, map->n, sizeof *s->facts);
    for (size_t i = 0; i < map->n; i++) {
        const char *text = loading_text(l, map, map->keys[i], true);
        if (text)
            s->facts[s->n_facts++] = (struct study_fact){ loading_keep(l, map->keys[i]), text };
    }
}

static void load_methods(struct loading *l, struct yaml_node *root)
{
    static const char *const defaults[QUANTITY_N] = { "wilson", "newcombe", "koopman" };
    struct study *s = l->study;
    struct yaml_node *map = yaml_get_map(l->doc, root, "estimators", false);

    for (int q = 0; q < QUANTITY_N; q++) {
        struct study_methods *m = &s->methods[q];
        m->names = get_names(l, map, study_quantity_names[q], &m->n);
        if (m->n)
            continue;
        m->names = arena_alloc(&s->arena, sizeof *m->names);
        m->names[0] = (struct study_name){ defaults[q], 0 };
        m->n = 1;
    }
}

struct study_chart *loading_charts(struct loading *l, struct yaml_node *root, bool any,
                                   size_t *n)
{
    struct yaml_node *list = loading_maps(l, root, "charts"), *map;

    *n = 0;
    if (!list)
        return NULL;
    struct study_chart *charts = arena_array(&l->study->arena, list->n, sizeof *charts);
    for (size_t i = 0; (map = loading_next_map(l, list, &i)); ++*n) {
        struct study_chart *c = &charts[*n];
        struct yaml_node *name = yaml_get(l->doc, map, "chart", true);
        c->line = map->line;
        if (name)
            c->chart = (struct study_name){ loading_text(l, map, "chart", true),
                                            name->line };
        c->id = loading_id(l, map, "id");
        c->metric = any ? any_metric(l, map, true) : loading_metric(l, map, false);
        c->point = loading_point(l, map, "point", false);
        c->by = loading_axis_set(l, map, "by", false);
        c->group = loading_group(l, map, "group", false);
        c->versus = loading_group(l, map, "versus", false);
        c->before = loading_point(l, map, "before", false);
        c->after = loading_point(l, map, "after", false);
        c->backend = loading_text(l, map, "backend", false);
        c->title = loading_text(l, map, "title", true);
        c->caption = loading_text(l, map, "caption", false);
        c->fold = loading_text(l, map, "fold", false);
        for (size_t j = 0; c->id && j < *n; j++)
            if (charts[j].id && !strcmp(charts[j].id, c->id))
                yaml_fault(l->doc, map, "id", "two charts are called '%s', expected "
                           "different ids", c->id);
    }
    return charts;
}

static void load_alternatives(struct loading *l, struct yaml_node *root)
{
    struct study *s = l->study;
    struct yaml_node *list = loading_maps(l, root, "alternatives"), *map;

    if (!list)
        return;
    s->alternatives = arena_array(&s->arena, list->n, sizeof *s->alternatives);
    for (size_t i = 0; (map = loading_next_map(l, list, &i)); s->n_alternatives++) {
        struct study_alternative *a = &s->alternatives[s->n_alternatives];
        a->line = map->line;
        a->name = loading_id(l, map, "name");
        for (size_t j = 0; a->name && j < s->n_alternatives; j++)
            if (s->alternatives[j].name && !strcmp(s->alternatives[j].name, a->name))
                yaml_fault(l->doc, map, "name", "two alternatives are called '%s', "
                           "expected different names", a->name);
        a->counts = loading_text(l, map, "counts", true);
        a->why = loading_text(l, map, "why", true);
    }
}

static void load_answer(struct loading *l, struct yaml_node *root)
{
    struct study *s = l->study;
    struct yaml_node *map = yaml_get_map(l->doc, root, "answer", false);

    if (!map)
        return;
    s->answer.claim = loading_text(l, map, "claim", true);
    s->answer.yes = loading_text(l, map, "yes", true);
    s->answer.no = loading_text(l, map, "no", true);
    s->answer.open = loading_text(l, map, "open", true);
    for (size_t i = 0; s->answer.claim && i < s->n_claims; i++)
        if (s->claims[i].id && !strcmp(s->claims[i].id, s->answer.claim))
            return;
    if (s->answer.claim)
        yaml_fault(l->doc, map, "claim", "'%.60s' is not a claim of this study, "
                   "expected the id of one", s->answer.claim);
}

static void load_all(struct loading *l)
{
    struct study *s = l->study;
    struct yaml_node *root = l->doc->root, *node;

    if (root->kind != YAML_MAP) {
        yaml_fault(l->doc, root, NULL, "not a mapping, expected the keys of a study");
        return;
    }
    s->name = loading_id(l, root, "study");
    s->title = loading_text(l, root, "title", true);
    s->question = loading_text(l, root, "question", true);
    int task = yaml_get_choice(l->doc, root, "task", study_task_names, true);
    s->task = task < 0 ? TASK_CLASSIFY : (enum study_task)task;
    int evidence = yaml_get_choice(l->doc, root, "evidence", study_evidence_names, true);
    s->evidence = evidence < 0 ? EVIDENCE_PUBLISHED : (enum study_evidence)evidence;
    s->dataset = loading_id(l, root, "dataset");
    if ((node = yaml_get(l->doc, root, "dataset", false)))
        s->dataset_line = node->line;
    load_axes(l, root);
    s->by = loading_axis_sets(l, root, "by", &s->n_by);
    s->shares = loading_axis_sets(l, root, "shares", &s->n_shares);
    s->spread = loading_axis_sets(l, root, "spread", &s->n_spread);
    s->backends = get_names(l, root, "backends", &s->n_backends);
    s->metrics = get_names(l, root, "metrics", &s->n_metrics);
    node = yaml_get(l->doc, root, "metrics", false);
    if (node && s->n_metrics == 0)
        yaml_fault(l->doc, node, NULL, "no metric, expected at least one");
    for (size_t i = 0; i < s->n_metrics; i++)
        check_metric(l, node, NULL, s->metrics[i].text);
    load_methods(l, root);
    s->confidence = yaml_get_number(l->doc, root, "confidence", .5, .999999, .95, false);
    s->suppress = yaml_get_int(l->doc, root, "suppress", 0, 1000000, 0, false);
    load_labels(l, root);
    load_facts(l, root);
    loading_doses(l, root);
    loading_contrasts(l, root);
    loading_claims(l, root);
    s->charts = loading_charts(l, root, false, &s->n_charts);
    load_alternatives(l, root);
    s->conclusions = loading_list(l, root, "conclusions", &s->n_conclusions);
    s->caveats = loading_list(l, root, "caveats", &s->n_caveats);
    s->cite = loading_list(l, root, "cite", &s->n_cite);
    load_answer(l, root);
    loading_own(l, root);
    loading_compare(l, root);
    loading_clean(l);
}

int study_load(struct study *study, const char *path, const char *const *sets,
               size_t n_sets, struct err *err)
{
    struct yaml_doc doc;
    struct loading l = { study, &doc };
    char *data;
    size_t len;

    *study = (struct study){ .arena = ARENA_INIT };
    int code = file_read(path, YAML_MAX_BYTES, &data, &len, err);
    if (code)
        return code;
    hash_bytes(study->sha256, data, len);
    study->path = arena_strdup(&study->arena, path);
    code = yaml_parse(&doc, data, len, path, err);
    free(data);
    if (code) {
        study_release(study);
        return code;
    }
    for (size_t i = 0; i < n_sets; i++)
        yaml_set(&doc, sets[i]);
    load_all(&l);
    code = yaml_finish(&doc);
    yaml_release(&doc);
    if (code)
        study_release(study);
    return code;
}

void study_add_fact(struct study *s, const char *name, const char *text)
{
    STUDY_ROOM(s, s->facts, s->n_facts, 1);
    s->facts[s->n_facts++] = (struct study_fact){ arena_strdup(&s->arena, name),
                                                  arena_strdup(&s->arena, text) };
}

int study_fault(const struct study *study, size_t line, struct err *err,
                const char *fmt, ...)
{
    struct text t = TEXT_INIT;
    va_list ap;

    text_add(&t, study->path);
    if (line)
        text_addf(&t, ":%zu", line);
    text_add(&t, ": ");
    va_start(ap, fmt);
    text_addfv(&t, fmt, ap);
    va_end(ap);
    int code = err_add(err, ERR_INPUT, "%s", t.s);
    text_release(&t);
    return code;
}

void study_release(struct study *study)
{
    arena_release(&study->arena);
    *study = (struct study){ .arena = ARENA_INIT };
}

const struct study_dose *study_dose_at(const struct study *study, const char *point)
{
    for (size_t i = 0; i < study->n_doses; i++)
        if (!strcmp(study->doses[i].point, point))
            return &study->doses[i];
    return NULL;
}

static const char *find_label(const struct study *study, const char *group)
{
    for (size_t i = 0; i < study->n_labels; i++)
        if (!strcmp(study->labels[i].group, group))
            return study->labels[i].text;
    return NULL;
}

/* What the study calls the people of one value of an axis, else the value. */
static const char *value_label(const struct study *study, size_t axis, int value)
{
    struct group g = group_all();
    struct text name = TEXT_INIT;

    g.value[axis] = value;
    group_add(&name, &study->axes, &g);
    const char *label = find_label(study, name.s);
    text_release(&name);
    return label ? label : study->axes.axes[axis].values[value];
}

void study_add_axis(struct text *to, const struct axis *axis)
{
    for (const char *c = axis->name; *c; c++)
        text_addch(to, *c == '_' ? ' ' : *c);
}

const struct claim_spec *study_answer_claim(const struct study *study)
{
    for (size_t i = 0; study->answer.claim && i < study->n_claims; i++)
        if (!strcmp(study->claims[i].id, study->answer.claim))
            return &study->claims[i];
    return NULL;
}

const char *study_label(const struct study *study, const char *group,
                        struct text *scratch)
{
    const char *label = find_label(study, group);
    struct group g;

    if (label)
        return label;
    if (!strcmp(group, "all"))
        return "everyone";
    if (group_parse(&g, &study->axes, group, NULL) < 0)
        return group;
    text_reset(scratch);
    for (size_t i = 0; i < study->axes.n; i++)
        if (g.value[i] != GROUP_OPEN)
            text_addf(scratch, "%s%s", scratch->len ? ", " : "",
                      value_label(study, i, g.value[i]));
    return scratch->s;
}
