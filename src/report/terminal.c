/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report for a terminal: answer, tables of rates, named cases, verdicts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/metric.h"
#include "report/format.h"
#include "report/prose.h"
#include "report/report.h"
#include "report/terminal.h"

#define GAP 1
#define WORDS_MIN 24 /* room beside a verdict for the words of its claim */

/* Text that is not ours must not move the cursor; no-break spaces, which bound
 * the words until the lines were made, become blanks. */
static void add_clean(struct text *to, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        unsigned char next = i + 1 < n ? (unsigned char)s[i + 1] : 0;
        if (c == 0xC2 && next >= 0x80 && next <= 0xA0) { /* C1 controls, U+00A0 */
            text_addch(to, next == 0xA0 ? ' ' : '?');
            i++;
        } else {
            text_addch(to, c < 32 || c == 127 ? '?' : s[i]);
        }
    }
}

void sheet_emphasis(struct sheet *s, const char *code)
{
    if (s->colour)
        text_addf(s->to, "\x1b[%sm", code);
}

void sheet_spaces(struct text *to, size_t n)
{
    while (n--)
        text_addch(to, ' ');
}

/* Display columns of a character: two for those of East Asia and most pictures,
 * none for marks that stand on another. */
static size_t width_of(uint32_t c)
{
    static const struct { uint32_t from, to; size_t width; } table[] = {
        { 0x0300, 0x036F, 0 }, { 0x1100, 0x115F, 2 }, { 0x200B, 0x200F, 0 },
        { 0x2E80, 0x303E, 2 }, { 0x3041, 0xA4CF, 2 }, { 0xA960, 0xA97F, 2 },
        { 0xAC00, 0xD7A3, 2 }, { 0xF900, 0xFAFF, 2 }, { 0xFE00, 0xFE0F, 0 },
        { 0xFE30, 0xFE6F, 2 }, { 0xFF00, 0xFF60, 2 }, { 0xFFE0, 0xFFE6, 2 },
        { 0x1F300, 0x1FAFF, 2 }, { 0x20000, 0x3FFFD, 2 },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (c >= table[i].from && c <= table[i].to)
            return table[i].width;
    return 1;
}

/* Reads on; returns the columns of the character. */
static size_t next_width(const char **s)
{
    uint32_t c;
    size_t n = text_decode(*s, &c);

    *s += n ? n : 1;
    return n ? width_of(c) : 1;
}

size_t sheet_columns(const char *s)
{
    size_t sum = 0;

    while (*s)
        sum += next_width(&s);
    return sum;
}

/* Bytes of s that make at most `columns` display columns, without splitting a
 * character. */
static size_t fitting(const char *s, size_t columns)
{
    const char *start = s, *end = s;
    size_t used = 0;

    while (*s) {
        used += next_width(&s);
        if (used > columns)
            break;
        end = s;
    }
    return (size_t)(end - start);
}

void sheet_wrap(struct sheet *s, size_t indent, const char *words)
{
    size_t width = s->columns > indent ? s->columns - indent : 1;
    struct text bound = TEXT_INIT;
    bool first = true;

    format_bind(&bound, words);
    for (words = bound.s; *words;) {
        size_t n = fitting(words, width), cut = n;
        if (words[n] && words[n] != ' ') {
            while (cut && words[cut - 1] != ' ')
                cut--;
            n = cut ? cut : n ? n : fitting(words, 2); /* a wide one in one column */
        }
        if (!first)
            sheet_spaces(s->to, indent);
        size_t end = n;
        while (end && words[end - 1] == ' ')
            end--;
        add_clean(s->to, words, end);
        text_addch(s->to, '\n');
        first = false;
        words += n;
        words += strspn(words, " ");
    }
    if (first)
        text_addch(s->to, '\n');
    text_release(&bound);
}

/* s in a field of `width` columns, cut with an ellipsis if too long. */
void sheet_field(struct text *to, const char *s, size_t width, bool right)
{
    size_t have = sheet_columns(s);

    if (have > width) {
        size_t n = fitting(s, width - 1);
        char *head = mem_strndup(s, n);
        add_clean(to, s, n);
        text_add(to, "…");
        sheet_spaces(to, width - 1 - sheet_columns(head));
        free(head);
        return;
    }
    if (right)
        sheet_spaces(to, width - have);
    add_clean(to, s, strlen(s));
    if (!right)
        sheet_spaces(to, width - have);
}

/* True if Holm's correction has something to say of the verdict. */
static bool bears_on(const struct claim *c)
{
    return !isnan(c->p_holm) &&
           (c->undone || c->verdict == VERDICT_YES || c->verdict == VERDICT_NO);
}

/* Beside the verdict if there is room for words there, else below it. */
static void verdict_line(struct sheet *s, const struct claim *c, size_t width)
{
    static const char *const colours[VERDICT_N] = {
        [VERDICT_YES] = "1;34", [VERDICT_REPRODUCED] = "1;34", [VERDICT_NO] = "1;31",
        [VERDICT_NOT_REPRODUCED] = "1;31", [VERDICT_INCONCLUSIVE] = "1",
        [VERDICT_NOT_TESTABLE] = "2",
    };
    const char *word = verdict_word(c->verdict, s->study->evidence);
    bool beside = s->columns >= width + GAP + WORDS_MIN;
    struct text t = TEXT_INIT;

    sheet_emphasis(s, colours[c->verdict]);
    if (beside) {
        sheet_field(s->to, word, width, false);
        sheet_emphasis(s, "0");
        sheet_spaces(s->to, GAP);
    } else {
        sheet_wrap(s, 0, word);
        sheet_emphasis(s, "0");
    }
    text_add(&t, c->spec->says);
    if (c->figures)
        text_addf(&t, " (%zu of %zu figures)", c->hits, c->figures);
    if (bears_on(c)) {
        text_add(&t, " (Holm ");
        format_p(&t, c->p_holm);
        text_add(&t, c->undone ? ", which undoes it)" : ")");
    }
    sheet_wrap(s, beside ? width + GAP : 0, t.s);
    text_release(&t);
}

static void verdicts(struct sheet *s)
{
    struct text counts = TEXT_INIT;
    size_t width = 0;

    if (!s->claims->n)
        return;
    for (size_t i = 0; i < s->claims->n; i++) {
        size_t n = sheet_columns(verdict_word(s->claims->claims[i].verdict,
                                              s->study->evidence));
        width = n > width ? n : width;
    }
    text_add(&counts, "Claims: ");
    prose_verdict_counts(s->claims, &counts);
    text_addch(s->to, '\n');
    sheet_emphasis(s, "1");
    sheet_wrap(s, 0, counts.s);
    sheet_emphasis(s, "0");
    text_release(&counts);
    for (size_t i = 0; i < s->claims->n; i++)
        verdict_line(s, &s->claims->claims[i], width);
}

/* "1: Oprah Winfrey; shown to IBM; it said male, stated confidence 76.5 %; wrong" */
static void case_words(const struct named_case *c, struct text *to)
{
    text_addf(to, "%s: ", c->id);
    text_add(to, *c->person ? c->person : "person not stated");
    if (*c->backend)
        text_addf(to, "; shown to %s", c->backend);
    else
        text_add(to, "; to whom shown, not stated");
    if (*c->said)
        text_addf(to, "; it said %s", c->said);
    if (!isnan(c->confidence)) {
        text_add(to, ", stated confidence ");
        format_value(to, UNIT_RATE, c->confidence, FORMAT_OWN);
    }
    if (*c->wrong)
        text_add(to, !strcmp(c->wrong, "yes") ? "; wrong" : "; not wrong");
    else
        text_add(to, "; whether wrong, not stated");
}

static void named_cases(struct sheet *s, const struct cases *cases)
{
    struct text t = TEXT_INIT;

    if (!cases || !cases->n)
        return;
    text_addch(s->to, '\n');
    sheet_emphasis(s, "1");
    sheet_wrap(s, 0, s->study->evidence == EVIDENCE_PUBLISHED
                         ? "Named cases (no rate: nobody published how many faces were shown)"
                         : "Named cases (no rate: somebody chose these people and portraits)");
    sheet_emphasis(s, "0");
    for (size_t i = 0; i < cases->n; i++) {
        text_reset(&t);
        case_words(&cases->cases[i], &t);
        sheet_wrap(s, s->columns > WORDS_MIN ? 3 : 0, t.s);
    }
    text_release(&t);
}

/* True if the study asks for the metric, or for none in particular. */
static bool is_asked(const struct study *study, const struct metric *metric)
{
    for (size_t i = 0; i < study->n_asked; i++)
        if (!strcmp(study->asked[i].text, metric->name))
            return true;
    return !study->n_asked;
}

void report_terminal(const struct study *study, const struct findings *findings,
                     const struct claims *claims, const struct cases *cases,
                     int columns, bool colour, struct text *to)
{
    struct sheet s = { study, findings, claims, columns < 1 ? 1 : (size_t)columns, colour,
                       to };
    struct text answer = TEXT_INIT;

    sheet_emphasis(&s, "1");
    sheet_wrap(&s, 0, study->title);
    sheet_emphasis(&s, "0");
    sheet_wrap(&s, 0, study->question);
    if (prose_answer(study, findings, claims, &answer, NULL) == 0 && answer.len) {
        text_addch(to, '\n');
        sheet_emphasis(&s, "1");
        sheet_wrap(&s, 0, answer.s);
        sheet_emphasis(&s, "0");
    }
    for (size_t i = 0; i < study->n_conclusions; i++)
        sheet_wrap(&s, 2, study->conclusions[i]);
    for (size_t i = 0; i < study->n_metrics; i++) {
        const struct metric *metric = metric_find(study->metrics[i].text);
        if (metric && !metric->census && !metric->detail && is_asked(study, metric))
            sheet_rates(&s, metric);
    }
    named_cases(&s, cases);
    verdicts(&s);
    text_release(&answer);
}
