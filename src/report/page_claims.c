/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdicts of a page: a line each at its head, and what they rest on. */
#include <math.h>
#include <string.h>

#include "model/metric.h"
#include "report/format.h"
#include "report/html.h"
#include "report/lookup.h"
#include "report/page.h"
#include "report/prose.h"

void page_badge(struct text *to, const struct claim *claim, enum study_evidence e)
{
    static const char *const classes[VERDICT_N] = {
        [VERDICT_YES] = "yes", [VERDICT_NO] = "no", [VERDICT_INCONCLUSIVE] = "open",
        [VERDICT_NOT_TESTABLE] = "none", [VERDICT_REPRODUCED] = "same",
        [VERDICT_NOT_REPRODUCED] = "no",
    };
    html_addf(to, "<span class=\"badge %s%s\">%s</span>", classes[claim->verdict],
              claim->undone ? " undone" : "", verdict_word(claim->verdict, e));
}

static const struct finding *row_of(const struct page *page, size_t number)
{
    return number >= 1 && number <= page->findings->n
               ? &page->findings->rows[number - 1] : NULL;
}

static void estimate_words(const struct finding *f, struct text *to)
{
    format_estimate(to, unit_of(f->metric), f->estimate, f->lo, f->hi);
}

static void part_row(const struct page *page, const struct finding *f, struct text *to)
{
    struct text what = TEXT_INIT, value = TEXT_INIT, counts = TEXT_INIT;

    prose_row(page->study, f, &what);
    estimate_words(f, &value);
    prose_counts(page->study, page->findings, f, true, &counts);
    html_addf(to, "<tr><th scope=\"row\">%q</th><td class=\"num\">%s</td>"
              "<td class=\"num\">%s</td><td class=\"wide\">%s</td></tr>\n", what.s,
              value.s, counts.s, prose_method(f->method));
    text_release(&what);
    text_release(&value);
    text_release(&counts);
}

/* What the parts of a claim rest on: their contrasts, or where there is none
 * the rates themselves. */
static void part_rows(const struct page *page, const struct claim_part *part,
                      struct text *to)
{
    bool contrasts = false;

    for (size_t i = 0; i < part->n_rows; i++) {
        const struct finding *f = row_of(page, part->rows[i]);
        contrasts = contrasts || (f && *metric_kind(f->metric));
    }
    for (size_t i = 0; i < part->n_rows; i++) {
        const struct finding *f = row_of(page, part->rows[i]);
        if (f && (!contrasts || *metric_kind(f->metric)))
            part_row(page, f, to);
    }
}

static void parts_table(const struct page *page, const struct claim *claim,
                        struct text *to)
{
    struct text confidence = TEXT_INIT;

    format_confidence(&confidence, page->study->confidence);
    html_addf(to, "<div class=\"scroll\"><table class=\"parts\"><thead><tr>"
              "<th scope=\"col\">What it rests on</th><th scope=\"col\" class=\"num\">"
              "estimate, %s %% interval</th><th scope=\"col\" class=\"num\">counts</th>"
              "<th scope=\"col\" class=\"wide\">method</th></tr></thead><tbody>\n",
              confidence.s);
    for (size_t i = 0; i < claim->n_parts; i++) {
        const struct claim_part *part = &claim->parts[i];
        html_addf(to, "<tr class=\"section\"><th scope=\"rowgroup\" colspan=\"4\">%s: %s"
                  "</th></tr>\n", part->backend,
                  verdict_word(part->verdict, page->study->evidence));
        part_rows(page, part, to);
    }
    text_add(to, "</tbody></table></div>\n");
    text_release(&confidence);
}

/* Figures of print: how many came out, and those that did not. */
static void printed_result(const struct page *page, const struct claim *claim,
                           struct text *to)
{
    struct text t = TEXT_INIT;

    html_addf(to, "<p>Printed figures that come out of the counts, rounded as printed: "
              "%zu of %zu (<a href=\"#printed\">table</a>).</p>\n",
              claim->hits, claim->figures);
    if (claim->hits == claim->figures)
        return;
    text_add(to, "<ul>");
    for (size_t i = 0; i < claim->n_parts; i++)
        for (size_t k = 0; k < claim->parts[i].n_rows; k++) {
            const struct finding *f = row_of(page, claim->parts[i].rows[k]);
            if (!f || !strstr(f->note, "do not give"))
                continue;
            text_reset(&t);
            lookup_backend_words(&t, f->backend, "");
            text_add(&t, ", ");
            prose_row(page->study, f, &t);
            text_add(&t, ": computed ");
            estimate_words(f, &t);
            text_add(&t, "; printed ");
            prose_printed(f, &t);
            html_addf(to, "<li>%q</li>", t.s);
        }
    text_add(to, "</ul>\n");
    text_release(&t);
}

static void p_line(const struct claim *claim, struct text *to)
{
    struct text t = TEXT_INIT;

    if (isnan(claim->p))
        return;
    format_p(&t, claim->p);
    if (!isnan(claim->p_holm)) {
        text_add(&t, "; by Holm over the claims of this study ");
        format_p(&t, claim->p_holm);
    }
    if (claim->undone)
        text_add(&t, ". At that p the verdict would not stand");
    html_addf(to, "<p class=\"fine\">%q.</p>\n", t.s);
    text_release(&t);
}

static void one_claim(const struct page *page, const struct claim *claim,
                      struct text *to)
{
    const struct claim_spec *spec = claim->spec;

    html_addf(to, "<article class=\"claim\" id=\"claim-%s\">\n<h3>", spec->id);
    page_badge(to, claim, page->study->evidence);
    html_addf(to, " %q</h3>\n<p class=\"fine\">Source: %q</p>\n", spec->says, spec->source);
    if (spec->verdict_then)
        html_addf(to, "<p>On the counts that the original published: <b>%q</b> (study %q). "
                  "Population, images and algorithms were others: the two verdicts are about "
                  "different things.</p>\n", spec->verdict_then, spec->published);
    if (spec->type == CLAIM_NOT_TESTABLE)
        html_addf(to, "<p>%q</p>\n", spec->why ? spec->why : "");
    else if (spec->type == CLAIM_PRINTED)
        printed_result(page, claim, to);
    else
        parts_table(page, claim, to);
    p_line(claim, to);
    if (*claim->sensitivity)
        html_addf(to, "<p class=\"fine\">Sensitivity of the verdict: %s.</p>\n",
                  claim->sensitivity);
    text_add(to, "</article>\n");
}

/* One line: the verdict, and the claim that leads to its evidence. */
static void verdict_row(const struct page *page, const struct claim *claim, bool answers,
                        struct text *to)
{
    html_addf(to, "<tr%s><td>", answers ? " class=key" : "");
    page_badge(to, claim, page->study->evidence);
    html_addf(to, "</td><th scope=\"row\"><a href=\"#claim-%s\">%q</a>", claim->spec->id,
              claim->spec->says);
    if (claim->spec->verdict_then)
        html_addf(to, " <span class=\"fine\">on the published counts: %q</span>",
                  claim->spec->verdict_then);
    if (claim->undone)
        html_addf(to, "<span class=\"fine\">%s %s</span>",
                  claim->spec->verdict_then ? "; here" : "", VERDICT_UNDONE);
    if (answers)
        html_addf(to, "<span class=\"fine\">%s the answer rests on this</span>",
                  claim->spec->verdict_then || claim->undone ? ";" : "");
    text_add(to, "</th></tr>\n");
}

void page_verdicts(const struct page *page, struct text *to)
{
    const struct claim *key = prose_answer_claim(page->study, page->claims);
    struct text counts = TEXT_INIT;

    if (!page->claims->n)
        return;
    prose_verdict_counts(page->claims, &counts);
    html_addf(to, "<section id=\"verdicts\">\n<table class=\"verdicts\">\n<caption><h2>What "
              "was claimed</h2> <span class=\"fine\">in our words; each leads to its source "
              "and evidence: %s</span></caption>\n<tbody>\n", counts.s);
    for (size_t i = 0; i < page->claims->n; i++)
        verdict_row(page, &page->claims->claims[i], &page->claims->claims[i] == key, to);
    text_add(to, "</tbody>\n</table>\n</section>\n");
    text_release(&counts);
}

void page_evidence(const struct page *page, struct text *to)
{
    if (!page->claims->n)
        return;
    text_add(to, "<section id=\"evidence\"><h2>What each verdict rests on</h2>\n");
    for (size_t i = 0; i < page->claims->n; i++)
        one_claim(page, &page->claims->claims[i], to);
    text_add(to, "</section>\n");
}
