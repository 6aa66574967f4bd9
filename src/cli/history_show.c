/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/history_show.h"

#include <math.h>
#include <string.h>

#include "base/csv.h"
#include "base/json.h"

#define PIECE ((size_t)1 << 16) /* bytes that are printed at a time */

/* What is being printed, and in which form. */
struct shower {
    enum history_form form;
    FILE *to;
    struct text text;
    struct json_out json;
    struct csv_out csv;
    size_t rows;
};

static void begin(struct shower *s, enum history_form form, FILE *to)
{
    *s = (struct shower){ .form = form, .to = to, .text = TEXT_INIT };
    s->json = json_out(&s->text);
    s->csv = csv_out(&s->text);
    if (form == FORM_JSON)
        json_list(&s->json, NULL);
}

static void flush(struct shower *s, size_t least)
{
    if (s->text.len < least)
        return;
    fwrite(s->text.s, 1, s->text.len, s->to);
    text_reset(&s->text);
}

static void finish(struct shower *s, const char *if_none)
{
    if (s->form == FORM_JSON) {
        json_end(&s->json);
        text_addch(&s->text, '\n');
    } else if (s->form == FORM_TABLE && !s->rows) {
        text_addf(&s->text, "%s\n", if_none);
    }
    flush(s, 0);
    text_release(&s->text);
}

static void header(struct shower *s, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        csv_put(&s->csv, names[i]);
    csv_end(&s->csv);
}


int history_show_studies(struct history *h, enum history_form form, FILE *to,
                         struct err *err)
{
    static const char *const names[] = { "study", "runs", "first", "last" };
    struct history_head *heads;
    struct shower s;
    size_t n;
    int code = history_list(h, &(struct history_filter){ 0 }, &heads, &n, err);

    if (code)
        return code;
    begin(&s, form, to);
    if (form == FORM_CSV)
        header(&s, names, 4);
    for (size_t i = 0; i < n; i++) {
        size_t runs = 0, last = i;
        bool known = false;
        for (size_t k = 0; k < i && !known; k++)
            known = !strcmp(heads[k].study, heads[i].study);
        for (size_t k = i; k < n && !known; k++)
            if (!strcmp(heads[k].study, heads[i].study)) {
                runs++;
                last = k;
            }
        if (known)
            continue;
        s.rows++;
        if (form == FORM_JSON) {
            json_map(&s.json, NULL);
            json_string(&s.json, "study", heads[i].study);
            json_int(&s.json, "runs", (int64_t)runs);
            json_string(&s.json, "first", heads[i].started);
            json_string(&s.json, "last", heads[last].started);
            json_end(&s.json);
        } else if (form == FORM_CSV) {
            csv_put(&s.csv, heads[i].study);
            csv_put_int(&s.csv, (long long)runs);
            csv_put(&s.csv, heads[i].started);
            csv_put(&s.csv, heads[last].started);
            csv_end(&s.csv);
        } else {
            text_addf(&s.text, "%-24s %6zu run%s  %.10s to %.10s\n", heads[i].study, runs,
                      runs == 1 ? " " : "s", heads[i].started, heads[last].started);
        }
    }
    finish(&s, "The history has no runs.");
    history_heads_free(heads);
    return 0;
}

int history_show_runs(struct history *h, const struct history_filter *f,
                      enum history_form form, FILE *to, struct err *err)
{
    static const char *const names[] = { "run", "study", "dataset", "dataset_hash", "started",
                                         "misid", "host", "command", "folder" };
    struct history_head *heads;
    struct shower s;
    size_t n;
    int code = history_list(h, f, &heads, &n, err);

    if (code)
        return code;
    begin(&s, form, to);
    if (form == FORM_CSV)
        header(&s, names, 9);
    for (size_t i = 0; i < n; i++, s.rows++) {
        const struct history_head *r = &heads[i];
        const char *const texts[] = { r->id, r->study, r->dataset, r->dataset_hash,
                                      r->started, r->version, r->host, r->command,
                                      r->folder };
        if (form == FORM_JSON) {
            json_map(&s.json, NULL);
            for (int k = 0; k < 9; k++)
                json_string(&s.json, names[k], texts[k]);
            json_end(&s.json);
        } else if (form == FORM_CSV) {
            for (int k = 0; k < 9; k++)
                csv_put(&s.csv, texts[k]);
            csv_end(&s.csv);
        } else {
            text_addf(&s.text, "%.12s  %s  data %.8s  misid %s  %s\n", r->id, r->started,
                      r->dataset_hash, r->version, r->host);
        }
        flush(&s, PIECE);
    }
    finish(&s, "No run of the history is like that.");
    history_heads_free(heads);
    return 0;
}

/* Columns of a finding over time: what run, then those of findings.csv. */
static const char *const finding_names[] = {
    "run", "started", "misid", "host", "dataset_hash", "row",
};
enum { OF_RUN = sizeof finding_names / sizeof *finding_names };

static void add_finding_csv(struct shower *s, const struct history_point *p)
{
    struct findings one = { .rows = (struct finding *)p->finding, .n = 1, .cap = 1 };
    struct text row = TEXT_INIT;

    csv_put(&s->csv, p->run->id);
    csv_put(&s->csv, p->run->started);
    csv_put(&s->csv, p->run->version);
    csv_put(&s->csv, p->run->host);
    csv_put(&s->csv, p->run->dataset_hash);
    csv_put_int(&s->csv, (long long)p->row);
    findings_write_csv(&one, &row); /* a header, and the row */
    text_addch(&s->text, ',');
    text_add(&s->text, strchr(row.s, '\n') + 1);
    s->csv.cell = 0;
    text_release(&row);
}

static void put_int(struct json_out *w, const char *key, int64_t v)
{
    if (v < 0)
        json_string(w, key, NULL);
    else
        json_int(w, key, v);
}

static void add_finding_json(struct shower *s, const struct history_point *p)
{
    const struct finding *f = p->finding;
    struct json_out *w = &s->json;

    json_map(w, NULL);
    json_string(w, "run", p->run->id);
    json_string(w, "started", p->run->started);
    json_string(w, "misid", p->run->version);
    json_string(w, "host", p->run->host);
    json_string(w, "dataset_hash", p->run->dataset_hash);
    json_int(w, "row", (int64_t)p->row);
    json_string(w, "study", f->study);
    json_string(w, "dataset", f->dataset);
    json_string(w, "backend", f->backend);
    json_string(w, "metric", f->metric);
    json_string(w, "group", f->group);
    json_string(w, "versus", f->versus);
    json_string(w, "point", f->point);
    json_number(w, "threshold", f->threshold);
    json_number(w, "estimate", f->estimate);
    json_number(w, "lo", f->lo);
    json_number(w, "hi", f->hi);
    json_number(w, "confidence", f->confidence);
    json_string(w, "method", f->method);
    put_int(w, "x", f->x);
    put_int(w, "n", f->n);
    put_int(w, "failed", f->failed);
    put_int(w, "clusters", f->clusters);
    json_number(w, "p", f->p);
    json_number(w, "p_adj", f->p_adj);
    json_string(w, "flag", finding_flag_names[f->flag]);
    json_string(w, "note", f->note);
    json_end(w);
}

static void add_finding_line(struct shower *s, const struct history_point *p)
{
    const struct finding *f = p->finding;

    if (p->begins)
        text_addf(&s->text, "%s%s%s%s  %s%s%s%s%s  (%s)\n", s->rows ? "\n" : "", f->metric,
                  *f->point ? "@" : "", f->point, f->group, *f->versus ? " against " : "",
                  f->versus, *f->backend ? "  " : "", f->backend,
                  *f->method ? f->method : "no interval");
    text_addf(&s->text, "  %s  %.12s  %10.4g", p->run->started, p->run->id, f->estimate);
    if (!isnan(f->lo))
        text_addf(&s->text, "  [%.4g, %.4g]", f->lo, f->hi);
    if (f->n >= 0)
        text_addf(&s->text, "  %lld of %lld", (long long)f->x, (long long)f->n);
    if (f->flag != FLAG_OK)
        text_addf(&s->text, "  %s", finding_flag_names[f->flag]);
    text_addch(&s->text, '\n');
}

static int add_finding(const struct history_point *p, void *arg, struct err *err)
{
    struct shower *s = arg;

    (void)err;
    if (s->form == FORM_CSV)
        add_finding_csv(s, p);
    else if (s->form == FORM_JSON)
        add_finding_json(s, p);
    else
        add_finding_line(s, p);
    s->rows++;
    flush(s, PIECE);
    return 0;
}

int history_show_findings(struct history *h, const struct history_filter *f,
                          enum history_form form, FILE *to, struct err *err)
{
    struct findings none = { .n = 0 };
    struct shower s;

    begin(&s, form, to);
    if (form == FORM_CSV) {
        for (int i = 0; i < OF_RUN; i++)
            csv_put(&s.csv, finding_names[i]);
        text_addch(&s.text, ',');
        findings_write_csv(&none, &s.text); /* its header */
        s.csv.cell = 0;
    }
    int code = history_each(h, f, add_finding, &s, err);
    finish(&s, "No finding of the history is like that.");
    return code;
}

static int add_speed(const struct history_speed *p, void *arg, struct err *err)
{
    struct shower *s = arg;
    const struct history_backend *b = p->backend;
    double ratio = b->images_per_second / b->calibration;

    (void)err;
    if (s->form == FORM_JSON) {
        json_map(&s->json, NULL);
        json_string(&s->json, "run", p->run->id);
        json_string(&s->json, "study", p->run->study);
        json_string(&s->json, "started", p->run->started);
        json_string(&s->json, "host", p->run->host);
        json_string(&s->json, "backend", b->name);
        json_string(&s->json, "fingerprint", b->fingerprint);
        json_number(&s->json, "images_per_second", b->images_per_second);
        json_number(&s->json, "calibration", b->calibration);
        json_number(&s->json, "ratio", ratio);
        json_number(&s->json, "threads", b->threads);
        json_number(&s->json, "load", b->load);
        json_end(&s->json);
    } else if (s->form == FORM_CSV) {
        csv_put(&s->csv, p->run->id);
        csv_put(&s->csv, p->run->study);
        csv_put(&s->csv, p->run->started);
        csv_put(&s->csv, p->run->host);
        csv_put(&s->csv, b->name);
        csv_put(&s->csv, b->fingerprint);
        csv_put_num(&s->csv, b->images_per_second);
        csv_put_num(&s->csv, b->calibration);
        csv_put_num(&s->csv, ratio);
        csv_put_num(&s->csv, b->threads);
        csv_put_num(&s->csv, b->load);
        csv_end(&s->csv);
    } else {
        text_addf(&s->text, "%s  %.12s  %s", p->run->started, p->run->id, b->name);
        if (isnan(b->images_per_second))
            text_add(&s->text, "  not timed");
        else
            text_addf(&s->text, "  %.4g images a second", b->images_per_second);
        if (!isnan(ratio))
            text_addf(&s->text, ", %.4g a round of the calibration", ratio);
        text_addf(&s->text, "  (%s)\n", p->run->host);
    }
    s->rows++;
    flush(s, PIECE);
    return 0;
}

int history_show_speed(struct history *h, const struct history_filter *f,
                       enum history_form form, FILE *to, struct err *err)
{
    static const char *const names[] = { "run", "study", "started", "host", "backend",
                                         "fingerprint", "images_per_second", "calibration",
                                         "ratio", "threads", "load" };
    struct shower s;

    begin(&s, form, to);
    if (form == FORM_CSV)
        header(&s, names, 11);
    int code = history_each_speed(h, f, add_speed, &s, err);
    finish(&s, "No backend was timed in such a run.");
    return code;
}
