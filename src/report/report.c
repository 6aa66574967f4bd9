/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/report.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "report/latex.h"
#include "report/page.h"
#include "report/prose.h"
#include "report/tables.h"

static void add_claims(struct json_out *w, const struct study *study,
                       const struct claims *claims)
{
    json_list(w, "claims");
    for (size_t i = 0; i < claims->n; i++) {
        const struct claim *c = &claims->claims[i];
        json_map(w, NULL);
        json_string(w, "claim", c->spec->id);
        json_string(w, "says", c->spec->says);
        json_string(w, "source", c->spec->source);
        json_string(w, "type", claim_type_names[c->spec->type]);
        json_string(w, "verdict", verdict_word(c->verdict, study->evidence));
        json_number(w, "p", c->p);
        json_number(w, "p_holm", c->p_holm);
        json_bool(w, "undone", c->undone);
        if (c->figures) {
            json_int(w, "hits", (int64_t)c->hits);
            json_int(w, "figures", (int64_t)c->figures);
        }
        if (*c->sensitivity)
            json_string(w, "sensitivity", c->sensitivity);
        if (c->spec->why)
            json_string(w, "why", c->spec->why);
        json_list(w, "parts");
        for (size_t k = 0; k < c->n_parts; k++) {
            json_map(w, NULL);
            json_string(w, "backend", c->parts[k].backend);
            json_string(w, "verdict", verdict_word(c->parts[k].verdict, study->evidence));
            json_number(w, "p", c->parts[k].p);
            json_list(w, "rows");
            for (size_t r = 0; r < c->parts[k].n_rows; r++)
                json_int(w, NULL, (int64_t)c->parts[k].rows[r]);
            json_end(w);
            json_end(w);
        }
        json_end(w);
        json_end(w);
    }
    json_end(w);
}

/* A number or a text that is absent in findings.csv is absent here too; an
 * infinite limit is null. */
static void add_real(struct json_out *w, const char *key, double v)
{
    if (v == v)
        json_number(w, key, v);
}

static void add_integer(struct json_out *w, const char *key, int64_t v)
{
    if (v >= 0)
        json_int(w, key, v);
}

static void add_words(struct json_out *w, const char *key, const char *s)
{
    if (*s)
        json_string(w, key, s);
}

static void add_findings(struct json_out *w, const struct study *study,
                         const struct findings *findings)
{
    struct text words = TEXT_INIT;

    json_list(w, "findings");
    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *f = &findings->rows[i];
        json_map(w, NULL);
        text_reset(&words);
        prose_row(study, f, &words);
        json_int(w, "row", (int64_t)i + 1);
        json_string(w, "words", words.s);
        add_words(w, "backend", f->backend);
        json_string(w, "metric", f->metric);
        json_string(w, "group", f->group);
        add_words(w, "versus", f->versus);
        add_words(w, "point", f->point);
        add_real(w, "threshold", f->threshold);
        add_real(w, "estimate", f->estimate);
        add_real(w, "lo", f->lo);
        add_real(w, "hi", f->hi);
        add_real(w, "confidence", f->confidence);
        add_words(w, "method", f->method);
        add_integer(w, "x", f->x);
        add_integer(w, "n", f->n);
        add_integer(w, "n_lo", f->n_lo);
        add_integer(w, "n_hi", f->n_hi);
        add_real(w, "n_eff", f->n_eff);
        add_real(w, "df", f->df);
        add_integer(w, "failed", f->failed);
        add_integer(w, "clusters", f->clusters);
        add_real(w, "p", f->p);
        add_real(w, "p_adj", f->p_adj);
        json_string(w, "flag", finding_flag_names[f->flag]);
        add_words(w, "note", f->note);
        json_end(w);
    }
    json_end(w);
    text_release(&words);
}

static void add_cases(struct json_out *w, const struct cases *cases)
{
    json_list(w, "cases");
    for (size_t i = 0; i < cases->n; i++) {
        const struct named_case *c = &cases->cases[i];
        json_map(w, NULL);
        json_string(w, "case", c->id);
        add_words(w, "person", c->person);
        add_words(w, "backend", c->backend);
        add_words(w, "said", c->said);
        add_real(w, "confidence", c->confidence);
        add_words(w, "wrong", c->wrong);
        add_words(w, "source", c->source);
        json_end(w);
    }
    json_end(w);
}

static int report_json(const struct page *page, struct text *to, struct err *err)
{
    const struct study *study = page->study;
    struct json_out w = json_out(to);
    struct text answer = TEXT_INIT;
    int code = prose_answer(study, page->findings, page->claims, &answer, err);

    json_map(&w, NULL);
    json_int(&w, "format", RUN_FORMAT);
    json_string(&w, "study", study->name);
    json_string(&w, "title", study->title);
    json_string(&w, "question", study->question);
    json_string(&w, "answer", answer.len ? answer.s : NULL);
    json_list(&w, "conclusions");
    for (size_t i = 0; i < study->n_conclusions; i++)
        json_string(&w, NULL, study->conclusions[i]);
    json_end(&w);
    json_string(&w, "answer_claim", study->answer.claim);
    json_string(&w, "evidence", study_evidence_names[study->evidence]);
    json_number(&w, "confidence", study->confidence);
    json_string(&w, "misid", page->run->version);
    json_string(&w, "command", page->run->command);
    add_claims(&w, study, page->claims);
    add_findings(&w, study, page->findings);
    if (page->cases && page->cases->n)
        add_cases(&w, page->cases);
    json_end(&w);
    text_addch(to, '\n');
    text_release(&answer);
    return code;
}

static int put(const char *dir, const char *name, struct text *t, struct err *err)
{
    char *path = path_join(dir, name);
    int code = file_write(path, t->s, t->len, err);

    free(path);
    text_reset(t);
    return code;
}

int report_write(const struct study *study, const struct findings *findings,
                 const struct findings *curves, const struct claims *claims,
                 const struct cases *cases, const struct run *run, const char *dir,
                 struct err *err)
{
    struct page page = { study, findings, curves, claims, cases, run, dir };
    struct tables tables;
    struct text t = TEXT_INIT;
    int code = page_write(&page, &t, err);

    if (!code)
        code = put(dir, "report.html", &t, err);
    if (!code) {
        tables_build(&tables, study, findings, claims, cases, false);
        latex_tables(&tables, study->name, &t);
        tables_release(&tables);
        code = put(dir, "tables.tex", &t, err);
    }
    if (!code)
        code = report_json(&page, &t, err);
    if (!code)
        code = put(dir, "report.json", &t, err);
    text_release(&t);
    return code;
}
