/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/prose.h"

#include <math.h>
#include <string.h>

#include "model/metric.h"
#include "report/doses.h"
#include "report/format.h"
#include "report/lookup.h"

/* A placeholder taken apart; strings belong to `parts`. */
struct placeholder {
    struct text parts;
    const char *metric, *point, *backend, *group, *versus;
    bool interval;
};

/* Reads the n bytes between the braces; false if the form is wrong. */
static bool parse_placeholder(struct placeholder *ph, const char *s, size_t n)
{
    char *field[5] = { NULL };
    size_t fields = 1;

    *ph = (struct placeholder){ .parts = TEXT_INIT, .versus = "" };
    text_addn(&ph->parts, s, n);
    field[0] = ph->parts.s;
    for (char *p = ph->parts.s; *p; p++)
        if (*p == '|') {
            if (fields == 5)
                return false;
            *p = '\0';
            field[fields++] = p + 1;
        }
    if (fields > 3 && !strcmp(field[fields - 1], "ci")) {
        ph->interval = true;
        fields--;
    }
    if (fields < 3 || fields > 4)
        return false;
    char *at = strchr(field[0], '@');
    if (at) {
        *at = '\0';
        ph->point = at + 1;
    }
    ph->metric = field[0];
    ph->backend = field[1];
    ph->group = field[2];
    if (fields == 4)
        ph->versus = field[3];
    return *ph->metric && *ph->group;
}

/* The name a group has in the findings; `s` itself if it is none (max_min
 * names a set of axes). */
static void add_canonical(struct text *to, const struct study *study, const char *s)
{
    struct text why = TEXT_INIT;
    struct group g;

    if (*s && group_parse(&g, &study->axes, s, &why) == 0)
        group_add(to, &study->axes, &g);
    else
        text_add(to, s);
    text_release(&why);
}

static int bad_form(const char *where, const char *s, size_t n, struct err *err)
{
    return err_add(err, ERR_INPUT, "%s: placeholder '%.*s' is not well formed, expected "
                   "{metric|backend|group} or {metric|backend|group|versus}, with |ci "
                   "at its end for the interval", where, (int)(n > 120 ? 120 : n), s);
}

static bool is_left_out(const struct study *study, const struct findings *f,
                        const char *backend)
{
    for (size_t i = 0; i < f->n; i++)
        if (!strcmp(f->rows[i].backend, backend))
            return false;
    for (size_t i = 0; i < study->n_backends; i++)
        if (!strcmp(study->backends[i].text, backend))
            return true;
    /* of a study that was run for some backends only, the claims name all */
    for (size_t i = 0; i < study->n_claims; i++)
        for (size_t k = 0; k < study->claims[i].n_backends; k++)
            if (!strcmp(study->claims[i].backends[k], backend))
                return true;
    return false;
}

/* The row a placeholder names, or NULL with an error; `s`, `n` for the line. */
static const struct finding *find_named(const struct study *study,
                                        const struct findings *f,
                                        const struct placeholder *ph, const char *s,
                                        size_t n, const char *where, struct err *err)
{
    struct text group = TEXT_INIT, versus = TEXT_INIT;
    struct arena arena = ARENA_INIT;
    const struct finding *row = NULL;

    add_canonical(&group, study, ph->group);
    if (metric_is_paired(ph->metric))
        text_add(&versus, ph->versus); /* a point or a backend */
    else
        add_canonical(&versus, study, ph->versus);
    if (!ph->point && lookup_points(&arena, f, ph->metric).n > 1) {
        err_add(err, ERR_INPUT, "%s: placeholder '{%.*s}' could mean several operating "
                "points, expected one behind an @ as in %s@%s|…", where, (int)n, s,
                ph->metric, lookup_points(&arena, f, ph->metric).names[0]);
    } else {
        row = lookup_row(study, f, ph->backend, lookup_base(&arena, ph->metric),
                         metric_kind(ph->metric), group.s, versus.s, ph->point);
        if (!row)
            err_add(err, ERR_INPUT, "%s: placeholder '{%.*s}' names no finding, expected "
                    "metric, backend and group of a row of findings.csv", where, (int)n,
                    s);
    }
    text_release(&group);
    text_release(&versus);
    arena_release(&arena);
    return row;
}

const struct finding *prose_find(const struct study *study, const struct findings *f,
                                 const char *with, const char *where, struct err *err)
{
    struct placeholder ph;
    const struct finding *row = NULL;
    size_t n = strlen(with);

    if (!parse_placeholder(&ph, with, n))
        bad_form(where, with, n, err);
    else
        row = find_named(study, f, &ph, with, n, where, err);
    text_release(&ph.parts);
    return row;
}

static int fill_one(const struct study *study, const struct findings *f,
                    const char *s, size_t n, const char *where, struct text *to,
                    struct err *err)
{
    struct placeholder ph;
    int code = 0;

    if (!parse_placeholder(&ph, s, n)) {
        code = bad_form(where, s, n, err);
    } else if (*ph.backend && is_left_out(study, f, ph.backend)) {
        text_addf(to, "(%s: not in this run)", ph.backend);
    } else {
        const struct finding *row = find_named(study, f, &ph, s, n, where, err);
        if (!row)
            code = ERR_INPUT;
        else if (row->flag == FLAG_SUPPRESSED)
            text_add(to, "(suppressed)");
        else if (ph.interval)
            format_estimate(to, unit_of(row->metric), row->estimate, row->lo, row->hi);
        else if (unit_of(row->metric) == UNIT_RATIO && fabs(row->estimate) < 9.95)
            format_value(to, UNIT_RATIO, row->estimate, 1);
        else
            format_value(to, unit_of(row->metric), row->estimate, FORMAT_OWN);
    }
    text_release(&ph.parts);
    return code;
}

/* Calls `one` for each placeholder and adds what is between them. */
int prose_fill(const struct study *study, const struct findings *f, const char *with,
               const char *where, struct text *to, struct err *err)
{
    int code = 0;

    while (*with) {
        size_t plain = strcspn(with, "{");
        text_addn(to, with, plain);
        with += plain;
        if (!*with)
            break;
        size_t n = strcspn(with, "}");
        int one = with[n] ? fill_one(study, f, with + 1, n - 1, where, to, err)
                          : bad_form(where, with, n, err);
        code = code ? code : one;
        with += with[n] ? n + 1 : n;
    }
    return code;
}

static int check_group(const struct study *study, const char *name, const char *where,
                       struct err *err)
{
    struct text why = TEXT_INIT;
    struct group g;
    int code = 0;

    if (group_parse(&g, &study->axes, name, &why) < 0)
        code = err_add(err, ERR_INPUT, "%s: placeholder: %s", where, why.s);
    text_release(&why);
    return code;
}

/* What an improvement or an excess is set against. */
static int check_pair(const struct placeholder *ph, const char *where, struct err *err)
{
    bool excess = !strncmp(metric_kind(ph->metric), "excess", strlen("excess"));

    if (excess ? !strncmp(ph->versus, "backend=", strlen("backend=")) : *ph->versus != 0)
        return 0;
    return err_add(err, ERR_INPUT, "%s: placeholder: %s is set against '%.60s', expected "
                   "%s behind the group", where, ph->metric, ph->versus,
                   excess ? "a backend such as backend=IBM"
                          : "an earlier point such as audit=2017");
}

int prose_check(const struct study *study, const char *with, const char *where,
                struct err *err)
{
    int code = 0;

    for (; (with = strchr(with, '{')); with++) {
        struct placeholder ph;
        size_t n = strcspn(with, "}");
        int one = 0;
        if (!with[n])
            return bad_form(where, with, n, err);
        if (!parse_placeholder(&ph, with + 1, n - 1))
            one = bad_form(where, with, n + 1, err);
        else if (!metric_find(ph.metric))
            one = err_add(err, ERR_INPUT, "%s: placeholder: '%.60s' is not a metric, "
                          "expected one such as error or error.ratio", where, ph.metric);
        else if (strcmp(metric_kind(ph.metric), "max_min")) {
            one = check_group(study, ph.group, where, err);
            if (!one && metric_is_paired(ph.metric))
                one = check_pair(&ph, where, err);
            else if (!one && *ph.versus)
                one = check_group(study, ph.versus, where, err);
        }
        text_release(&ph.parts);
        code = code ? code : one;
    }
    return code;
}

const struct claim *prose_answer_claim(const struct study *study,
                                       const struct claims *claims)
{
    for (size_t i = 0; study->answer.claim && i < claims->n; i++)
        if (!strcmp(claims->claims[i].spec->id, study->answer.claim))
            return &claims->claims[i];
    return NULL;
}

int prose_answer(const struct study *study, const struct findings *f,
                 const struct claims *claims, struct text *to, struct err *err)
{
    if (doses_metric(study, f)) {
        doses_answer(study, f, to);
        return 0;
    }
    const struct claim *claim = prose_answer_claim(study, claims);
    const char *text = study->answer.open;
    struct text where = TEXT_INIT;

    if (claim) {
        if (claim->verdict == VERDICT_YES || claim->verdict == VERDICT_REPRODUCED)
            text = study->answer.yes;
        else if (claim->verdict == VERDICT_NO ||
                 claim->verdict == VERDICT_NOT_REPRODUCED)
            text = study->answer.no;
    }
    if (!text)
        return 0;
    text_addf(&where, "%s: answer", study->path ? study->path : study->name);
    int code = prose_fill(study, f, text, where.s, to, err);
    if (claim && claim->undone)
        text_add(to, " That verdict is " VERDICT_UNDONE ".");
    text_release(&where);
    return code;
}

void prose_verdict_counts(const struct claims *claims, struct text *to)
{
    bool any = false;

    for (int v = 0; v < 2 * VERDICT_N; v++) {
        const enum verdict verdict = (enum verdict)(v / 2);
        const bool undone = v % 2;
        size_t n = 0;
        for (size_t i = 0; i < claims->n; i++)
            n += claims->claims[i].verdict == verdict && claims->claims[i].undone == undone;
        if (!n)
            continue;
        text_addf(to, undone ? "%s%zu \"%s\" but " VERDICT_UNDONE : "%s%zu %s",
                  any ? ", " : "", n, verdict_word(verdict, claims->study->evidence));
        any = true;
    }
}

/* Two rates of one group on the same faces. */
static void add_pair(const struct finding *row, const char *what, const char *group,
                     struct text *to)
{
    if (!strncmp(metric_kind(row->metric), "improvement", strlen("improvement"))) {
        text_addf(to, "fall in %s of %s from ", what, group);
        lookup_point_name(to, row->versus);
        text_add(to, " to ");
        lookup_point_name(to, row->point);
    } else if (!strcmp(metric_kind(row->metric), "rise")) {
        text_addf(to, "rise in %s of %s", what, group);
    } else {
        text_addf(to, "%s of %s by %s minus that by ", what, group, row->backend);
        lookup_rival(to, row->versus);
    }
}

void prose_row(const struct study *study, const struct finding *row, struct text *to)
{
    const struct metric *metric = metric_find(row->metric);
    const char *kind = metric_kind(row->metric);
    const char *what = metric ? metric->axis : row->metric;
    struct text a = TEXT_INIT, b = TEXT_INIT;
    const char *group = study_label(study, row->group, &a);
    const char *versus = study_label(study, row->versus, &b);

    if (!strcmp(kind, "difference"))
        text_addf(to, "%s of %s minus that of %s", what, group, versus);
    else if (!strcmp(kind, "ratio"))
        text_addf(to, "%s of %s divided by that of %s", what, group, versus);
    else if (!strcmp(kind, "share"))
        text_addf(to, "share of %s among the %s", group, metric ? metric->hits : what);
    else if (!strcmp(kind, "base_share"))
        text_addf(to, "share of %s among the %s", group, metric ? metric->trials : what);
    else if (!strcmp(kind, "share_ratio"))
        text_addf(to, "share of %s among the %s over their share of the %s", group,
                  metric ? metric->hits : what, metric ? metric->trials : what);
    else if (!strcmp(kind, "rise_difference"))
        text_addf(to, "rise in %s of %s minus that of %s", what, group, versus);
    else if (!strcmp(kind, "max_min"))
        text_addf(to, "largest %s over smallest, by %s", what, row->group);
    else if (metric_is_paired(row->metric))
        add_pair(row, what, group, to);
    else
        text_addf(to, "%s of %s", what, group);
    if (*row->point && strncmp(kind, "improvement", strlen("improvement"))) {
        text_addch(to, ' ');
        lookup_point_phrase(to, row->point);
    }
    if (metric_is_paired(row->metric) && strstr(kind, "_worst_case"))
        text_add(to, ", the same faces paired at worst");
    text_release(&a);
    text_release(&b);
}

const char *prose_flag(enum finding_flag flag)
{
    switch (flag) {
    case FLAG_TOO_FEW: return "too few to say";
    case FLAG_ZERO: return "none seen";
    case FLAG_SUPPRESSED: return "suppressed";
    case FLAG_DERIVED: return "computed from rounded print";
    case FLAG_OK:
    case FLAG_N: break;
    }
    return "";
}

void prose_remark(const struct finding *row, bool thin, struct text *to)
{
    const struct metric *metric = metric_find(row->metric);

    if (metric && metric->mean && row->x >= 0) {
        text_add(to, "a mean over runs, no count: no interval");
        return;
    }
    if (row->flag != FLAG_DERIVED)
        text_add(to, prose_flag(row->flag));
    if (row->n_lo >= 0 && row->n_hi > row->n_lo) {
        text_add(to, to->len ? "; n " : "n ");
        format_count(to, row->n_lo, thin);
        text_add(to, "–");
        format_count(to, row->n_hi, thin);
    }
}

/* Walks the parts of a note, which are joined by "; ". */
static void add_parts(const struct finding *row, bool printed, struct text *to)
{
    static const char mark[] = "printed ";
    const char *s = row->note;
    size_t start = to->len;

    while (*s) {
        const char *end = strstr(s, "; ");
        size_t n = end ? (size_t)(end - s) : strlen(s);
        size_t skip = strncmp(s, mark, strlen(mark)) ? 0 : strlen(mark);
        if (printed == (skip > 0)) {
            text_add(to, to->len > start ? "; " : "");
            text_addn(to, s + skip, n - skip);
        }
        s += n;
        s += *s ? 2 : 0;
    }
}

void prose_note(const struct finding *row, struct text *to)
{
    add_parts(row, false, to);
}

void prose_printed(const struct finding *row, struct text *to)
{
    add_parts(row, true, to);
}

/* The rate that a contrast takes away or divides by. Of a fall that is the later
 * one, at the row's own point; of a rise that of the images as they are. */
static const struct finding *other_rate(struct arena *a, const struct study *study,
                                        const struct findings *f,
                                        const struct finding *row)
{
    const char *base = lookup_base(a, row->metric), *kind = metric_kind(row->metric);
    struct text rival = TEXT_INIT;
    const struct finding *other;

    if (!strcmp(kind, "rise")) {
        other = lookup_row(study, f, row->backend, base, "", row->group, "", study->clean);
    } else if (!strcmp(kind, "rise_difference")) {
        other = lookup_row(study, f, row->backend, base, "rise", row->versus, "clean",
                           row->point);
    } else if (!strncmp(kind, "improvement", strlen("improvement"))) {
        other = lookup_row(study, f, row->backend, base, "", row->group, "", row->point);
    } else if (metric_is_paired(row->metric)) {
        lookup_rival(&rival, row->versus);
        other = lookup_row(study, f, rival.s, base, "", row->group, "", row->point);
        text_release(&rival);
    } else {
        other = lookup_row(study, f, row->backend, base, "", row->versus, "", row->point);
    }
    return other;
}

void prose_counts(const struct study *study, const struct findings *f,
                  const struct finding *row, bool thin, struct text *to)
{
    struct arena arena = ARENA_INIT;

    if (!strcmp(metric_kind(row->metric), "share_ratio"))
        return;
    const struct finding *own = strcmp(metric_kind(row->metric), "rise") ? row
        : lookup_row(study, f, row->backend, lookup_base(&arena, row->metric), "",
                     row->group, "", row->point);
    format_counts(to, own ? own->x : -1, own ? own->n : -1, thin);
    if (*row->versus) {
        const struct finding *other = other_rate(&arena, study, f, row);
        text_add(to, " : ");
        format_counts(to, other ? other->x : -1, other ? other->n : -1, thin);
    }
    arena_release(&arena);
}
