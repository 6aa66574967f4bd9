/* SPDX-License-Identifier: GPL-3.0-or-later */
/* study.json: a study written back in the keys it is read by. */
#include "model/study.h"

#include "base/json.h"

/* A key whose text may be absent. */
static void put(struct json_out *w, const char *key, const char *s)
{
    if (s && *s)
        json_string(w, key, s);
}

static void put_names(struct json_out *w, const char *key,
                      const struct study_name *names, size_t n)
{
    if (!n)
        return;
    json_list(w, key);
    for (size_t i = 0; i < n; i++)
        json_string(w, NULL, names[i].text);
    json_end(w);
}

static void put_list(struct json_out *w, const char *key, const char **texts, size_t n)
{
    if (!n)
        return;
    json_list(w, key);
    for (size_t i = 0; i < n; i++)
        json_string(w, NULL, texts[i]);
    json_end(w);
}

static void put_axis_set(struct json_out *w, const char *key, const struct study *s,
                         unsigned set)
{
    json_list(w, key);
    for (size_t i = 0; i < s->axes.n; i++)
        if (set & 1u << i)
            json_string(w, NULL, s->axes.axes[i].name);
    json_end(w);
}

static void put_axis_sets(struct json_out *w, const char *key, const struct study *s,
                          const unsigned *sets, size_t n)
{
    if (!n)
        return;
    json_list(w, key);
    for (size_t i = 0; i < n; i++)
        put_axis_set(w, NULL, s, sets[i]);
    json_end(w);
}

static void put_contrasts(struct json_out *w, const struct study *s)
{
    json_list(w, "contrasts");
    for (size_t i = 0; i < s->n_contrasts; i++) {
        const struct study_contrast *c = &s->contrasts[i];
        json_map(w, NULL);
        put(w, "metric", c->metric);
        put(w, "point", c->point);
        put(w, "group", c->group);
        put(w, "versus", c->versus);
        json_list(w, "kinds");
        if (c->difference)
            json_string(w, NULL, "difference");
        if (c->ratio)
            json_string(w, NULL, "ratio");
        json_end(w);
        json_end(w);
    }
    json_end(w);
}

static void put_pairs(struct json_out *w, const struct study *s)
{
    json_list(w, "changes");
    for (size_t i = 0; i < s->n_changes; i++) {
        json_map(w, NULL);
        put(w, "metric", s->changes[i].metric);
        put(w, "before", s->changes[i].before);
        put(w, "after", s->changes[i].after);
        json_end(w);
    }
    json_end(w);
    json_list(w, "rivals");
    for (size_t i = 0; i < s->n_rivals; i++) {
        const struct study_rivals *r = &s->rivals[i];
        json_map(w, NULL);
        put(w, "metric", r->metric);
        put(w, "point", r->point);
        put_list(w, "backends", r->backends, r->n_backends);
        put_list(w, "against", r->against, r->n_against);
        json_end(w);
    }
    json_end(w);
}

/* By kind, as they are read. */
static void put_doses(struct json_out *w, const struct study *s)
{
    if (!s->n_doses)
        return;
    json_map(w, "doses");
    for (size_t i = 0; i < s->n_doses; i++) {
        const struct dose d = s->doses[i].change.steps[0];
        if (!i || s->doses[i - 1].change.steps[0].kind != d.kind)
            json_list(w, dose_kinds[d.kind].name);
        json_number(w, NULL, d.value);
        if (i + 1 == s->n_doses || s->doses[i + 1].change.steps[0].kind != d.kind)
            json_end(w);
    }
    json_end(w);
}

static void put_claims(struct json_out *w, const struct study *s)
{
    json_list(w, "claims");
    for (size_t i = 0; i < s->n_claims; i++) {
        const struct claim_spec *c = &s->claims[i];
        json_map(w, NULL);
        put(w, "id", c->id);
        put(w, "says", c->says);
        put(w, "source", c->source);
        put(w, "type", claim_type_names[c->type]);
        put(w, "metric", c->metric);
        put(w, "point", c->point);
        put(w, "group", c->group);
        put(w, "versus", c->versus);
        put(w, "before", c->before);
        put(w, "after", c->after);
        put_list(w, "against", c->against, c->n_against);
        if (c->among)
            put_axis_set(w, "among", s, c->among);
        if (c->type == CLAIM_DIFFERENCE || c->type == CLAIM_RATIO ||
            c->type == CLAIM_RISE || c->type == CLAIM_RISE_DIFFERENCE)
            json_number(w, "margin", c->margin);
        put_list(w, "backends", c->backends, c->n_backends);
        put(w, "why", c->why);
        put(w, "plain", c->plain);
        put(w, "published", c->published);
        put(w, "verdict_then", c->verdict_then);
        json_end(w);
    }
    json_end(w);
}

static void put_charts(struct json_out *w, const struct study *s,
                       const struct study_chart *charts, size_t n)
{
    json_list(w, "charts");
    for (size_t i = 0; i < n; i++) {
        const struct study_chart *c = &charts[i];
        json_map(w, NULL);
        put(w, "chart", c->chart.text);
        put(w, "id", c->id);
        put(w, "metric", c->metric);
        put(w, "point", c->point);
        if (c->by)
            put_axis_set(w, "by", s, c->by);
        put(w, "group", c->group);
        put(w, "versus", c->versus);
        put(w, "before", c->before);
        put(w, "after", c->after);
        put(w, "backend", c->backend);
        put(w, "title", c->title);
        put(w, "caption", c->caption);
        put(w, "fold", c->fold);
        json_end(w);
    }
    json_end(w);
}

static void put_prose(struct json_out *w, const struct study *s)
{
    json_list(w, "alternatives");
    for (size_t i = 0; i < s->n_alternatives; i++) {
        json_map(w, NULL);
        put(w, "name", s->alternatives[i].name);
        put(w, "counts", s->alternatives[i].counts);
        put(w, "why", s->alternatives[i].why);
        json_end(w);
    }
    json_end(w);
    json_map(w, "facts");
    for (size_t i = 0; i < s->n_facts; i++)
        json_string(w, s->facts[i].name, s->facts[i].text);
    json_end(w);
    put_list(w, "conclusions", s->conclusions, s->n_conclusions);
    put_list(w, "caveats", s->caveats, s->n_caveats);
    put_list(w, "cite", s->cite, s->n_cite);
    if (s->answer.claim) {
        json_map(w, "answer");
        put(w, "claim", s->answer.claim);
        put(w, "yes", s->answer.yes);
        put(w, "no", s->answer.no);
        put(w, "open", s->answer.open);
        json_end(w);
    }
}

static void put_own(struct json_out *w, const struct study *s)
{
    const struct study_own *own = &s->own;

    if (!own->there)
        return;
    json_map(w, "own");
    put(w, "title", own->title);
    put(w, "question", own->question);
    put(w, "target", own->target);
    put(w, "cases", own->cases);
    put_list(w, "same_kind", own->same_kind, own->n_same_kind);
    put_axis_sets(w, "by", s, own->by, own->n_by);
    put_charts(w, s, own->charts, own->n_charts);
    put_list(w, "caveats", own->caveats, own->n_caveats);
    json_end(w);
}

/* None at all is no key: an empty list is a fault in a study. */
static void put_axes(struct json_out *w, const struct study *s)
{
    const struct axes *axes = &s->axes;

    if (!axes->n)
        return;
    json_list(w, "axes");
    for (size_t i = 0; i < axes->n; i++) {
        json_map(w, NULL);
        json_string(w, "name", axes->axes[i].name);
        put_list(w, "values", axes->axes[i].values, axes->axes[i].n);
        if (s->more) {
            put_list(w, "from", s->more[i].from, s->more[i].n_from);
            if (s->more[i].open)
                json_bool(w, "open", true);
        }
        json_end(w);
    }
    json_end(w);
}

static void put_compare(struct json_out *w, const struct study *s)
{
    const struct study_compare *c = &s->compare;

    if (!c->there)
        return;
    json_map(w, "compare");
    json_list(w, "fmr");
    for (size_t i = 0; i < c->n_targets; i++)
        json_number(w, NULL, c->targets[i]);
    json_end(w);
    json_bool(w, "native", c->native);
    put_axis_set(w, "by", s, c->by);
    if (c->alike)
        put_axis_set(w, "alike", s, c->alike);
    put_list(w, "rivals", c->rivals, c->n_rivals);
    json_int(w, "top", c->top);
    json_end(w);
}

void study_to_json(const struct study *s, struct text *to)
{
    struct json_out w = json_out(to);

    json_map(&w, NULL);
    put(&w, "study", s->name);
    put(&w, "title", s->title);
    put(&w, "question", s->question);
    put(&w, "task", study_task_names[s->task]);
    put(&w, "evidence", study_evidence_names[s->evidence]);
    put(&w, "dataset", s->dataset);
    put_axes(&w, s);
    json_map(&w, "labels");
    for (size_t i = 0; i < s->n_labels; i++)
        json_string(&w, s->labels[i].group, s->labels[i].text);
    json_end(&w);
    put_axis_sets(&w, "by", s, s->by, s->n_by);
    put_axis_sets(&w, "shares", s, s->shares, s->n_shares);
    put_axis_sets(&w, "spread", s, s->spread, s->n_spread);
    put_names(&w, "backends", s->backends, s->n_backends);
    put_names(&w, "metrics", s->metrics, s->n_metrics);
    json_map(&w, "estimators");
    for (int q = 0; q < QUANTITY_N; q++)
        put_names(&w, study_quantity_names[q], s->methods[q].names, s->methods[q].n);
    json_end(&w);
    json_number(&w, "confidence", s->confidence);
    if (s->suppress)
        json_int(&w, "suppress", s->suppress);
    put_contrasts(&w, s);
    put_pairs(&w, s);
    put_doses(&w, s);
    put_claims(&w, s);
    put_charts(&w, s, s->charts, s->n_charts);
    put_prose(&w, s);
    put_own(&w, s);
    put_compare(&w, s);
    json_end(&w);
    text_addch(to, '\n');
}
