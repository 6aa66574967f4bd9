/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/policy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/yaml.h"
#include "model/metric.h"
#include "model/point.h"

#define MOST_RULES 1000

const char *const policy_kind_names[POLICY_KINDS + 1] = {
    "at_most", "at_least", "rise_at_most", "times_at_most", "times_at_least", NULL
};

static const char throughput[] = "throughput";

struct reading {
    struct policy *policy;
    struct yaml_doc doc;
};

static void get_list(struct reading *r, struct yaml_node *map, const char *key,
                     struct policy_list *list)
{
    const char **names = yaml_get_strings(&r->doc, map, key, &list->n, false);

    list->names = arena_array(&r->policy->arena, list->n, sizeof *list->names);
    for (size_t i = 0; i < list->n; i++)
        list->names[i] = arena_strdup(&r->policy->arena, names[i]);
}

/* A number; of rates and their differences also "0.2 points" and "3 %". */
static bool parse_amount(const char *s, bool rate, double *v)
{
    static const char *const units[] = { "points", "point", "%" };
    size_t n = strlen(s);

    for (size_t i = 0; i < sizeof units / sizeof *units && rate; i++) {
        size_t m = strlen(units[i]);
        if (n <= m || strcmp(s + n - m, units[i]))
            continue;
        for (n -= m; n && s[n - 1] == ' '; n--)
            ;
        char *number = mem_strndup(s, n);
        bool good = num_parse_double(number, v);
        free(number);
        *v /= 100;
        return good;
    }
    return num_parse_double(s, v);
}

static double get_amount(struct reading *r, struct yaml_node *map, const char *key, bool rate,
                         double most)
{
    const char *s = yaml_get_string(&r->doc, map, key, NULL, false);
    char limit[NUM_MAX];
    double v;

    if (!s)
        return NAN;
    if (parse_amount(s, rate, &v) && v >= (rate ? 0 : 1e-9) && v <= most)
        return v;
    yaml_fault(&r->doc, map, key, "'%.60s', expected %s", s,
               rate ? "a number from 0 to 1, or one with 'points' or '%'"
                    : most > 1e6 ? "a number above 0" : num_shortest(limit, most));
    return NAN;
}

/* Of a rate or a difference of rates; a quotient else. */
static bool is_of_rates(const char *metric)
{
    const char *kind = metric_kind(metric);

    return !*kind || !strcmp(kind, "difference");
}

static bool known_metric(const char *metric)
{
    static const char *const kinds[] = { "", "difference", "ratio", "max_min" };
    const struct metric *m = metric_find(metric);

    if (!strcmp(metric, throughput))
        return true;
    for (size_t i = 0; m && i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(metric_kind(metric), kinds[i]))
            return !m->census && !m->mean && !m->rival;
    return false;
}

/* Which of the five, and its number. */
static void get_margin(struct reading *r, struct yaml_node *map, struct policy_rule *rule)
{
    bool speed = !strcmp(rule->metric, throughput), any = false;

    rule->margin = rule->bound = NAN;
    for (int k = 0; k < POLICY_KINDS; k++) {
        bool relative = k == POLICY_TIMES_AT_MOST || k == POLICY_TIMES_AT_LEAST;
        bool rate = !relative && is_of_rates(rule->metric) && !speed;
        const char *key = policy_kind_names[k];
        if (yaml_find(map, key) < 0)
            continue;
        if (any)
            yaml_fault(&r->doc, map, key, "stands beside %s, expected one of them a rule",
                       policy_kind_names[rule->kind]);
        else if (speed && !relative)
            yaml_fault(&r->doc, map, key, "is no limit for throughput, whose numbers depend "
                       "on the machine, expected times_at_least");
        else if (k == POLICY_RISE_AT_MOST && !is_of_rates(rule->metric))
            yaml_fault(&r->doc, map, key, "is no limit for a quotient, expected "
                       "times_at_most");
        else if (relative && !strcmp(metric_kind(rule->metric), "difference"))
            yaml_fault(&r->doc, map, key, "is no limit for a difference, which may be 0, "
                       "expected rise_at_most");
        any = true;
        rule->kind = (enum policy_kind)k;
        rule->margin = get_amount(r, map, key, rate, rate ? 1 : 1e9);
    }
    if (!any)
        yaml_fault(&r->doc, map, NULL, "says no limit, expected at_most, at_least, "
                   "rise_at_most, times_at_most or times_at_least");
    static const struct {
        const char *key;
        enum policy_kind beside;
    } bounds[] = { { "upper_at_most", POLICY_AT_MOST }, { "lower_at_least", POLICY_AT_LEAST } };
    for (size_t i = 0; i < 2; i++) {
        if (yaml_find(map, bounds[i].key) < 0)
            continue;
        double v = get_amount(r, map, bounds[i].key, is_of_rates(rule->metric), 1e9);
        if (!any || rule->kind != bounds[i].beside)
            yaml_fault(&r->doc, map, bounds[i].key, "stands alone, expected %s beside it",
                       policy_kind_names[bounds[i].beside]);
        else if (i ? v > rule->margin : v < rule->margin)
            yaml_fault(&r->doc, map, bounds[i].key, "is stricter than %s, expected it to be "
                       "wider", policy_kind_names[bounds[i].beside]);
        rule->bound = v;
    }
}

static void get_rule(struct reading *r, struct yaml_node *map, struct policy_rule *rule)
{
    struct text known = TEXT_INIT;
    const char *metric = yaml_get_string(&r->doc, map, "metric", "", true);

    rule->line = map->line;
    rule->metric = arena_strdup(&r->policy->arena, metric);
    if (*metric && !known_metric(metric)) {
        metric_add_names(&known);
        yaml_fault(&r->doc, map, "metric", "'%.60s' is not a rate of a backend, expected "
                   "throughput, one of %s, or one of those with .difference, .ratio or "
                   ".max_min", metric, known.s);
    }
    get_list(r, map, "backend", &rule->backends);
    get_list(r, map, "point", &rule->points);
    for (size_t i = 0; i < rule->points.n; i++)
        rule->points.names[i] = point_spelled(&r->policy->arena, rule->points.names[i]);
    get_list(r, map, "group", &rule->groups);
    get_list(r, map, "versus", &rule->versus);
    get_margin(r, map, rule);
    text_release(&known);
}

static void get_rules(struct reading *r, struct yaml_node *root)
{
    struct yaml_node *list = yaml_get_list(&r->doc, root, "rules", true);

    if (!list)
        return;
    if (!list->n || list->n > MOST_RULES)
        yaml_fault(&r->doc, list, NULL, "%zu rules, expected 1 to %d", list->n, MOST_RULES);
    r->policy->rules = arena_array(&r->policy->arena, list->n, sizeof *r->policy->rules);
    for (size_t i = 0; i < list->n && i < MOST_RULES; i++) {
        if (list->items[i]->kind != YAML_MAP)
            yaml_fault(&r->doc, list->items[i], NULL, "not a mapping, expected a rule such "
                       "as {metric: error, rise_at_most: 1 points}");
        else
            get_rule(r, list->items[i], &r->policy->rules[r->policy->n_rules++]);
    }
}

static double get_share(struct reading *r, struct yaml_node *map, const char *key)
{
    double v = get_amount(r, map, key, true, 1);

    return isnan(v) ? 0 : v;
}

static void get_allow(struct reading *r, struct yaml_node *root)
{
    struct policy *p = r->policy;
    struct yaml_node *map = yaml_get_map(&r->doc, root, "allow", false);

    p->allow.version = true;
    if (!map)
        return;
    p->allow.fingerprint = yaml_get_bool(&r->doc, map, "fingerprint", false);
    p->allow.dataset = yaml_get_bool(&r->doc, map, "dataset", false);
    p->allow.version = yaml_get_bool(&r->doc, map, "version", true);
    p->allow.lost_samples = get_share(r, map, "lost_samples");
    p->allow.moved_samples = get_share(r, map, "moved_samples");
    p->allow.fewer_trials = get_share(r, map, "fewer_trials");
    get_list(r, map, "missing_groups", &p->allow.missing_groups);
}

int policy_load(struct policy *p, const char *path, struct err *err)
{
    struct reading r = { .policy = p };
    int code;

    *p = (struct policy){ .confidence = .95 };
    if ((code = yaml_load(&r.doc, path, err)))
        return code;
    p->path = arena_strdup(&p->arena, path);
    if (r.doc.root->kind != YAML_MAP) {
        yaml_fault(&r.doc, r.doc.root, NULL, "not a mapping, expected a policy");
    } else {
        struct yaml_node *root = r.doc.root;
        p->name = arena_strdup(&p->arena,
                               yaml_get_string(&r.doc, root, "policy", "", true));
        get_list(&r, root, "study", &p->studies);
        p->confidence = yaml_get_number(&r.doc, root, "confidence", .5, .999999, .95, false);
        p->speed_noise = yaml_get_number(&r.doc, root, "speed_noise", 1e-6, 1, NAN, false);
        get_rules(&r, root);
        get_allow(&r, root);
    }
    code = yaml_finish(&r.doc);
    yaml_release(&r.doc);
    return code ? code : hash_file(p->sha256, path, err);
}

void policy_release(struct policy *p)
{
    arena_release(&p->arena);
    *p = (struct policy){ .path = NULL };
}

bool policy_names(const struct policy_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (!strcmp(list->names[i], name))
            return true;
    return list->n == 0;
}

static void add_amount(struct text *to, double v, bool rate, const char *unit)
{
    char number[NUM_MAX];

    /* as the policy says it: 0.2 points are no 0.20000000000000001 */
    snprintf(number, sizeof number, "%.10g", rate ? 100 * v : v);
    text_addf(to, "%s%s", number, rate ? unit : "");
}

static void add_selector(struct text *to, const char *word, const struct policy_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        text_addf(to, "%s%s", i ? " or " : word, list->names[i]);
}

void policy_rule_words(const struct policy_rule *r, struct text *to)
{
    bool rate = is_of_rates(r->metric) && strcmp(r->metric, throughput) != 0;
    const char *points = strchr(r->metric, '.') ? " points" : " %";

    text_add(to, r->metric);
    add_selector(to, " of ", &r->backends);
    add_selector(to, " at ", &r->points);
    add_selector(to, " for ", &r->groups);
    add_selector(to, " against ", &r->versus);
    switch (r->kind) {
    case POLICY_AT_MOST: text_add(to, " at most "); break;
    case POLICY_AT_LEAST: text_add(to, " at least "); break;
    case POLICY_RISE_AT_MOST:
        text_add(to, " may rise by at most ");
        points = " points";
        break;
    case POLICY_TIMES_AT_MOST: text_add(to, " at most "); rate = false; break;
    default: text_add(to, " at least "); rate = false; break;
    }
    add_amount(to, r->margin, rate, points);
    if (r->kind == POLICY_TIMES_AT_MOST || r->kind == POLICY_TIMES_AT_LEAST)
        text_add(to, " times the baseline's");
    if (!isnan(r->bound)) {
        text_add(to, r->kind == POLICY_AT_MOST ? ", its upper limit at most "
                                               : ", its lower limit at least ");
        add_amount(to, r->bound, rate, points);
    }
}
