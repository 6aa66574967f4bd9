/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The method of a page in plain words: only what this run used. */
#include <math.h>
#include <string.h>

#include "model/metric.h"
#include "report/format.h"
#include "report/html.h"
#include "report/lookup.h"
#include "report/page.h"
#include "report/prose.h"

static bool has_kind(const struct page *page, const char *kind)
{
    for (size_t i = 0; i < page->findings->n; i++)
        if (!strcmp(metric_kind(page->findings->rows[i].metric), kind))
            return true;
    return false;
}

static bool has_flag(const struct page *page, enum finding_flag flag)
{
    for (size_t i = 0; i < page->findings->n; i++)
        if (page->findings->rows[i].flag == flag)
            return true;
    return false;
}

static bool has_note(const struct page *page, const char *words)
{
    for (size_t i = 0; i < page->findings->n; i++)
        if (!isnan(page->findings->rows[i].p) && strstr(page->findings->rows[i].note, words))
            return true;
    return false;
}

static bool has_p(const struct page *page)
{
    for (size_t i = 0; i < page->findings->n; i++)
        if (!isnan(page->findings->rows[i].p))
            return true;
    return false;
}

static bool has_mean(const struct page *page)
{
    for (size_t i = 0; i < page->findings->n; i++) {
        const struct metric *m = metric_find(page->findings->rows[i].metric);
        if (m && m->mean)
            return true;
    }
    return false;
}

static bool has_range(const struct page *page)
{
    for (size_t i = 0; i < page->findings->n; i++)
        if (page->findings->rows[i].n_lo >= 0 &&
            page->findings->rows[i].n_hi > page->findings->rows[i].n_lo)
            return true;
    return false;
}

static bool has_claim(const struct page *page, enum claim_type type)
{
    for (size_t i = 0; i < page->study->n_claims; i++)
        if (page->study->claims[i].type == type)
            return true;
    return false;
}

static void counted(const struct page *page, struct text *to)
{
    struct arena arena = ARENA_INIT;
    struct names metrics = lookup_metrics(&arena, page->study, page->findings, NULL);

    text_add(to, "<h3>What is counted</h3>\n<ul>\n");
    for (size_t i = 0; i < metrics.n; i++) {
        const struct metric *m = metric_find(metrics.names[i]);
        if (m && !m->census)
            html_addf(to, "<li>%s: %s over %s.</li>\n", m->title, m->hits, m->trials);
    }
    text_add(to, "</ul>\n");
    arena_release(&arena);
}

static void intervals(const struct page *page, struct text *to)
{
    struct text confidence = TEXT_INIT;

    format_confidence(&confidence, page->study->confidence);
    html_addf(to, "<h3>What an interval is about</h3>\n<p>A rate from a few hundred faces "
              "could have come out otherwise. The %s %% interval holds the rates that the "
              "counts do not speak against: of many intervals made in this way, about %s in "
              "100 hold the rate they are after. It speaks of a hypothetical larger "
              "population of similar people. Of the people counted themselves the rate is "
              "simply what was counted.", confidence.s, confidence.s);
    if (page->study->task == TASK_IDENTIFY)
        text_add(to, " A rate of false matches also depends on the gallery and the threshold "
                 "of the search: the interval holds for these, and says nothing about "
                 "others.");
    text_add(to, " What describes the set itself, such as who is in it, has no interval.</p>"
             "\n<h3>Interval methods</h3>\n<ul>\n");
    text_release(&confidence);
}

/* Each method the findings name, once. */
static void methods(const struct page *page, struct text *to)
{
    struct text seen = TEXT_INIT, key = TEXT_INIT;

    text_add(&seen, " ");
    for (size_t i = 0; i < page->findings->n; i++) {
        const char *name = page->findings->rows[i].method, *about;
        text_reset(&key);
        text_addf(&key, " %s ", name);
        if (!*name || strstr(seen.s, key.s))
            continue;
        text_add(&seen, key.s);
        about = prose_method_text(name);
        html_addf(to, "<li><b>%s.</b> %q</li>\n", prose_method(name), about ? about : "");
    }
    if (has_kind(page, "improvement_worst_case") || has_kind(page, "excess_worst_case"))
        text_add(to, "<li><b>The same faces, paired at worst.</b> Where the same faces were "
                 "measured twice and the print does not say which of them erred both times, "
                 "the number that changed lies between |x<sub>1</sub> − x<sub>2</sub>| and "
                 "min(x<sub>1</sub> + x<sub>2</sub>, 2n − x<sub>1</sub> − x<sub>2</sub>). The "
                 "upper end leaves the difference least certain. Its interval is that for "
                 "paired rates (Newcombe, Statistics in Medicine 17, 1998, 2635–2650, method "
                 "10), its p McNemar's exact test.</li>\n");
    if (has_kind(page, "excess_paired"))
        text_add(to, "<li><b>Backends face by face.</b> Two backends that saw the same faces "
                 "are set against each other by the faces that only one of them got wrong: "
                 "the interval is that for paired rates (Newcombe, Statistics in Medicine 17, "
                 "1998, 2635–2650, method 10), p McNemar's exact test; where people have several "
                 "images, each person's influence on the difference, and p is from the "
                 "interval. A face that was not classified counts as an error (the primary "
                 "way); of faces that both "
                 "classified the table of errors speaks. Holm's correction is over all groups "
                 "and pairs of backends of one table.</li>\n");
    if (has_kind(page, "rise"))
        text_add(to, "<li><b>The same faces, changed.</b> Every image was shown again changed by "
                 "a known dose, and each face paired with itself as it is. The rise is the "
                 "share of faces wrong only when changed minus that of faces wrong only as "
                 "they are: the interval is that for paired rates (Newcombe, Statistics in "
                 "Medicine 17, 1998, 2635–2650, method 10), p McNemar's exact test; of people "
                 "with several images, and of comparisons, each person's influence on the "
                 "difference. How much more one group's rate rises than another's: each rise "
                 "with its own limits, put together by MOVER (Zou and Donner, Statistics in "
                 "Medicine 27, 2008, 1693–1702). Holm's correction is over all doses of one "
                 "change, groups and backends. Exposure is changed in linear light "
                 "and clipped; blur is Gaussian, its sigma in 1/250 of the picture's height; "
                 "noise is Gaussian, in levels of 255; resolution is the area filter; JPEG is "
                 "libjpeg's, 4:2:0.</li>\n");
    if (has_kind(page, "share_ratio"))
        text_add(to, "<li><b>Over-representation.</b> A group's share of the hits over its "
                 "share of the trials. With RR the ratio of its rate to that of everyone "
                 "else and b its share of the trials this is RR/(b·RR + 1 − b); the limits "
                 "of RR are mapped in the same way.</li>\n");
    text_add(to, "</ul>\n");
    text_release(&seen);
    text_release(&key);
}

static void verdict_rules(const struct page *page, struct text *to)
{
    struct text alpha = TEXT_INIT;

    text_addf(&alpha, "%.3g", 1 - page->study->confidence);
    text_add(to, "<h3>How a verdict is reached</h3>\n<p>A verdict rests on an interval, "
             "never on a point. L and U are its limits.</p>\n<ul>\n");
    if (has_claim(page, CLAIM_DIFFERENCE) || has_claim(page, CLAIM_RATIO))
        text_add(to, "<li>A difference or ratio of at least m: yes if L reaches m, no if U "
                 "stays below it. Where m is no difference at all, L must be past it.</li>\n");
    if (has_claim(page, CLAIM_IMPROVEMENT))
        text_add(to, "<li>An improvement: yes if the interval of the fall lies above 0; no if "
                 "it lies at or below 0.</li>\n");
    if (has_claim(page, CLAIM_EXCESS))
        text_add(to, "<li>An excess over other backends: yes if, against each of them, the "
                 "interval of the difference lies above 0; no if against one of them it "
                 "lies wholly below.</li>\n");
    if (has_claim(page, CLAIM_IMPROVEMENT) || has_claim(page, CLAIM_EXCESS))
        text_add(to, "<li>Improvements and excesses are judged as if the two measurements were "
                 "independent; where the faces paired at worst give another verdict, that "
                 "is said as the sensitivity of the verdict.</li>\n");
    if (has_claim(page, CLAIM_WORST) || has_claim(page, CLAIM_BEST))
        html_addf(to, "<li>The worst (best) of K groups: yes if its rate is above (below) "
                  "that of each other group, every one of the K − 1 differences having all "
                  "its interval on that side; no if for some group it lies wholly on the "
                  "other side at confidence 1 − %s/(K − 1).</li>\n", alpha.s);
    if (has_claim(page, CLAIM_OVER))
        text_add(to, "<li>Over-representation: yes if the ratio of the group's rate to that "
                 "of the others has L above 1; no if U is at most 1.</li>\n");
    if (has_claim(page, CLAIM_RISE) || has_claim(page, CLAIM_RISE_DIFFERENCE))
        text_add(to, "<li>A rise at a dose (larger than another group's): yes if its interval "
                 "reaches the margin, and lies above it where that is none at all; no if it "
                 "stays below.</li>\n");
    if (has_claim(page, CLAIM_PRINTED))
        text_add(to, "<li>Printed figures: reproduced if each comes out of the counts, "
                 "rounded as it was printed.</li>\n");
    if (has_p(page))
        html_addf(to, "<li>A claim about several backends: yes if all bear it out; no if one "
                  "speaks against it at confidence 1 − %s/(backends).</li>\n", alpha.s);
    html_addf(to, "<li>Otherwise the "
              "verdict is “%s”; without denominators it is “%s”.</li>\n</ul>\n",
              verdict_word(VERDICT_INCONCLUSIVE, page->study->evidence),
              verdict_word(VERDICT_NOT_TESTABLE, page->study->evidence));
    text_release(&alpha);
}

static void p_values(const struct page *page, struct text *to)
{
    bool shared = has_note(page, "p: from the interval");

    text_addf(to, "<h3>p-values</h3>\n<p>p of a contrast%s is Fisher's exact test, two-sided "
              "(Fisher, Statistical Methods for Research Workers, 5th edition, 1934)",
              shared ? " of trials that share no person" : "");
    if (shared)
        text_add(to, "; that of a contrast whose trials share people is where its interval "
                 "would just leave equality out");
    if (has_note(page, "studentised permutation test"))
        text_add(to, "; that of the largest rate over the smallest is from permuting the "
                 "groups among the people, with differences of logarithms over their "
                 "standard errors (Chung and Romano, Annals of Statistics 41, 2013, 484–507)");
    if (has_kind(page, "share"))
        text_add(to, "; that of a share is the exact binomial test against the group's share "
                 "of the trials");
    text_add(to, ". The p of a claim goes with its interval: it is below 1 minus the "
             "confidence exactly where the interval leaves the claim's margin out. Where "
             "many tests are made, the smallest p is small by chance alone: Holm's "
             "correction (Holm, Scandinavian Journal of Statistics 6, 1979, 65–70) is given "
             "beside each.</p>\n");
}

/* What is particular about the rows there are. */
static void remarks(const struct page *page, struct text *to)
{
    if (has_flag(page, FLAG_TOO_FEW) || has_flag(page, FLAG_ZERO))
        text_add(to, "<h3>Too few to say</h3>\n<p>Rates that rest on fewer than five hits, or "
                 "whose interval has fewer than five degrees of freedom (few people carry the "
                 "hits, or the few comparisons that are none), are marked “too few to say”, those on none “none seen”. Their "
                 "intervals are honest; their estimates should not be quoted alone.</p>\n");
    if (has_range(page))
        text_add(to, "<h3>Counts that were not published</h3>\n<p>A remark such as “n "
                 "559–561” gives every number of trials that the published figures allow. "
                 "The rate beside it is at the n that is shown; the further tables give the "
                 "rate and interval at the others.</p>\n");
    if (has_mean(page))
        text_add(to, "<h3>Means over runs</h3>\n<p>Where the source gives the mean of several "
                 "runs, the figure is no count: how much the runs differed was not "
                 "published, and the same people were searched in each. No interval can be "
                 "given, and none of the tests applies.</p>\n");
}

void page_method(const struct page *page, struct text *to)
{
    text_add(to, "<section id=\"method\"><h2>Method</h2>\n");
    if (page->findings->n) {
        counted(page, to);
        intervals(page, to);
        methods(page, to);
    } else {
        html_addf(to, "<p>Nothing is estimated here. %s</p>\n",
                  page->study->evidence == EVIDENCE_PUBLISHED
                      ? "A rate needs to know how many faces were shown, and that was not "
                        "published."
                      : "A rate of people whom somebody chose would be one of that choice.");
    }
    if (page->claims->n)
        verdict_rules(page, to);
    if (has_p(page))
        p_values(page, to);
    remarks(page, to);
    text_add(to, "</section>\n");
}
