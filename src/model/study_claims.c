/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a study: what it compares and what it holds its numbers against. */
#include "model/study_load.h"

#include <string.h>

static void load_contrasts(struct loading *l, struct yaml_node *root)
{
    struct study *s = l->study;
    struct yaml_node *list = loading_maps(l, root, "contrasts"), *map;

    if (!list)
        return;
    s->contrasts = arena_array(&s->arena, list->n, sizeof *s->contrasts);
    for (size_t i = 0; (map = loading_next_map(l, list, &i));) {
        struct study_contrast *c = &s->contrasts[s->n_contrasts++];
        size_t n;
        c->line = map->line;
        c->metric = loading_rate(l, map);
        c->point = loading_point(l, map, "point", false);
        c->group = loading_group(l, map, "group", true);
        c->versus = loading_group(l, map, "versus", true);
        const char **kinds = yaml_get_strings(l->doc, map, "kinds", &n, false);
        for (size_t k = 0; k < n; k++) {
            if (!strcmp(kinds[k], "difference"))
                c->difference = true;
            else if (!strcmp(kinds[k], "ratio"))
                c->ratio = true;
            else
                yaml_fault(l->doc, map, "kinds", "'%.60s' is not a kind of contrast, "
                           "expected difference or ratio", kinds[k]);
        }
        if (!kinds)
            c->difference = c->ratio = true;
    }
}

/* A list of different names at `key`. */
static const char **get_backends(struct loading *l, struct yaml_node *map,
                                 const char *key, size_t *n)
{
    const char **names = loading_list(l, map, key, n);

    for (size_t i = 0; i < *n; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(names[i], names[k])) {
                yaml_fault(l->doc, map, key, "'%.60s' stands twice, expected each once",
                           names[i]);
                break;
            }
    return names;
}

/* The same, which must be there, not be empty and hold none of `others`. */
static const char **get_against(struct loading *l, struct yaml_node *map,
                                const char **others, size_t n_others, size_t *n)
{
    const char **names = get_backends(l, map, "against", n);

    if (*n == 0)
        yaml_fault(l->doc, map, "against", "names nobody, expected backends");
    for (size_t i = 0; i < *n; i++)
        for (size_t k = 0; k < n_others; k++)
            if (!strcmp(names[i], others[k])) {
                yaml_fault(l->doc, map, "against", "'%.60s' is set against itself, "
                           "expected others than in backends", names[i]);
                break;
            }
    return names;
}

/* The points at keys before and after. */
static void get_points(struct loading *l, struct yaml_node *map, const char **before,
                       const char **after)
{
    *before = loading_point(l, map, "before", true);
    *after = loading_point(l, map, "after", true);
    if (*before && *after && !strcmp(*before, *after))
        yaml_fault(l->doc, map, "after", "'%.60s' is also the point before, expected "
                   "another", *after);
}

static void load_changes(struct loading *l, struct yaml_node *root)
{
    struct study *s = l->study;
    struct yaml_node *list = loading_maps(l, root, "changes"), *map;

    if (!list)
        return;
    s->changes = arena_array(&s->arena, list->n, sizeof *s->changes);
    for (size_t i = 0; (map = loading_next_map(l, list, &i)); s->n_changes++) {
        struct study_change *c = &s->changes[s->n_changes];
        c->line = map->line;
        c->metric = loading_rate(l, map);
        get_points(l, map, &c->before, &c->after);
    }
}

static void load_rivals(struct loading *l, struct yaml_node *root)
{
    struct study *s = l->study;
    struct yaml_node *list = loading_maps(l, root, "rivals"), *map;

    if (!list)
        return;
    s->rivals = arena_array(&s->arena, list->n, sizeof *s->rivals);
    for (size_t i = 0; (map = loading_next_map(l, list, &i)); s->n_rivals++) {
        struct study_rivals *r = &s->rivals[s->n_rivals];
        r->line = map->line;
        r->metric = loading_rate(l, map);
        r->point = loading_point(l, map, "point", false);
        if (!r->point)
            r->point = "";
        r->backends = get_backends(l, map, "backends", &r->n_backends);
        if (r->n_backends == 0)
            yaml_fault(l->doc, map, "backends", "names nobody, expected backends");
        r->against = get_against(l, map, r->backends, r->n_backends, &r->n_against);
    }
}

void loading_contrasts(struct loading *l, struct yaml_node *root)
{
    load_contrasts(l, root);
    load_changes(l, root);
    load_rivals(l, root);
}

/* What a type of claim takes beside id, says and source. */
enum need { NO, MAY, MUST };
static const struct {
    enum need groups; /* group and versus */
    enum need among;  /* group and among, no versus */
    enum need margin, why;
    enum need points; /* group, before and after */
    enum need against; /* group, and backends on both sides */
} claim_needs[CLAIM_TYPES] = {
    [CLAIM_PRINTED] = { .groups = MAY },
    [CLAIM_DIFFERENCE] = { .groups = MUST, .margin = MAY },
    [CLAIM_RATIO] = { .groups = MUST, .margin = MAY },
    [CLAIM_WORST] = { .among = MUST },
    [CLAIM_BEST] = { .among = MUST },
    [CLAIM_IMPROVEMENT] = { .points = MUST },
    [CLAIM_EXCESS] = { .against = MUST },
    [CLAIM_OVER] = { .groups = MUST },
    [CLAIM_RISE] = { .margin = MAY },
    [CLAIM_RISE_DIFFERENCE] = { .groups = MUST, .margin = MAY },
    [CLAIM_NOT_TESTABLE] = { .groups = MAY, .why = MUST },
};

/* A key that the claim's type has no use for would be passed over in silence. */
static void refuse_key(struct loading *l, struct yaml_node *map, const char *key,
                       enum claim_type type)
{
    if (yaml_get(l->doc, map, key, false))
        yaml_fault(l->doc, map, key, "is not a key of a claim of type %s, expected none",
                   claim_type_names[type]);
}

static double get_margin(struct loading *l, struct yaml_node *map, enum claim_type type)
{
    if (type == CLAIM_RATIO)
        return yaml_get_number(l->doc, map, "margin", 1e-6, 1e6, 1, false);
    return yaml_get_number(l->doc, map, "margin", -1, 1, 0, false);
}

static void load_claim_terms(struct loading *l, struct yaml_node *map,
                             struct claim_spec *c)
{
    enum need groups = claim_needs[c->type].groups, among = claim_needs[c->type].among;

    c->metric = groups == MAY ? loading_metric(l, map, false) : loading_rate(l, map);
    c->group = loading_group(l, map, "group", groups != MAY);
    if (groups != NO)
        c->versus = loading_group(l, map, "versus", groups == MUST);
    else
        refuse_key(l, map, "versus", c->type);
    if (among != NO)
        c->among = loading_axis_set(l, map, "among", true);
    else
        refuse_key(l, map, "among", c->type);
    if (claim_needs[c->type].points != NO) {
        get_points(l, map, &c->before, &c->after);
        refuse_key(l, map, "point", c->type);
    } else {
        refuse_key(l, map, "before", c->type);
        refuse_key(l, map, "after", c->type);
    }
    if (claim_needs[c->type].against != NO) {
        c->against = get_against(l, map, c->backends, c->n_backends, &c->n_against);
        if (c->n_backends == 0)
            yaml_fault(l->doc, map, "backends", "is missing, expected the backends whose "
                       "rate is said to be higher");
    } else {
        refuse_key(l, map, "against", c->type);
    }
    if ((c->type == CLAIM_RISE || c->type == CLAIM_RISE_DIFFERENCE) &&
        !study_dose_at(l->study, c->point))
        yaml_fault(l->doc, map, *c->point ? "point" : NULL, "'%.60s' is no dose of this "
                   "study, expected the point to be one of doses, such as exposure=-2",
                   c->point);
    c->margin = c->type == CLAIM_OVER ? 1 : 0;
    if (claim_needs[c->type].margin != NO)
        c->margin = get_margin(l, map, c->type);
    else
        refuse_key(l, map, "margin", c->type);
    if (claim_needs[c->type].why != NO)
        c->why = loading_text(l, map, "why", true);
    else
        refuse_key(l, map, "why", c->type);
}

static void load_claim(struct loading *l, struct yaml_node *map, struct claim_spec *c)
{
    int type = yaml_get_choice(l->doc, map, "type", claim_type_names, true);

    c->line = map->line;
    c->id = loading_id(l, map, "id");
    c->says = loading_text(l, map, "says", true);
    c->source = loading_text(l, map, "source", true);
    c->plain = loading_text(l, map, "plain", false);
    c->published = loading_text(l, map, "published", false);
    c->verdict_then = loading_text(l, map, "verdict_then", false);
    if (c->published && (!strchr(c->published, '/') || strchr(c->published, '.') ||
                         strchr(c->published, '/') != strrchr(c->published, '/')))
        yaml_fault(l->doc, map, "published", "'%.60s', expected STUDY/CLAIM", c->published);
    for (size_t i = 0; c->id && i < l->study->n_claims; i++)
        if (l->study->claims[i].id && !strcmp(l->study->claims[i].id, c->id))
            yaml_fault(l->doc, map, "id", "two claims are called '%s', expected "
                       "different ids", c->id);
    c->point = loading_point(l, map, "point", false);
    if (!c->point)
        c->point = "";
    c->backends = get_backends(l, map, "backends", &c->n_backends);
    if (type < 0) { /* a fault already: what it takes is not known */
        yaml_ignore(map);
        c->type = CLAIM_NOT_TESTABLE;
        return;
    }
    c->type = (enum claim_type)type;
    load_claim_terms(l, map, c);
    struct yaml_node *among = yaml_get(l->doc, map, "among", false);
    if (among && among->kind == YAML_LIST && among->n == 0)
        yaml_fault(l->doc, map, "among", "is empty, expected the axes whose groups are "
                   "compared");
    if (c->among && c->group) {
        struct group g;
        group_parse(&g, &l->study->axes, c->group, NULL);
        if (group_axes(&g, l->study->axes.n) != c->among)
            yaml_fault(l->doc, map, "group", "'%s' is not one of the groups of "
                       "'among', expected a value for each of its axes", c->group);
    }
}

void loading_claims(struct loading *l, struct yaml_node *root)
{
    struct study *s = l->study;
    struct yaml_node *list = loading_maps(l, root, "claims"), *map;

    if (!list)
        return;
    s->claims = arena_array(&s->arena, list->n, sizeof *s->claims);
    for (size_t i = 0; (map = loading_next_map(l, list, &i)); s->n_claims++)
        load_claim(l, map, &s->claims[s->n_claims]);
}
