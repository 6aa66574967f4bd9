/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "datasets/problems.h"

#include <stdlib.h>

#include "base/csv.h"
#include "base/file.h"

const struct problem_kind problem_kinds[PROBLEMS] = {
    [PROBLEM_MISSING] = { "missing-file", "named in a table, not on disk", false },
    [PROBLEM_UNLISTED] = { "unlisted-file", "on disk, in no table", false },
    [PROBLEM_OUTSIDE] = { "outside-root", "paths that leave the root; refused", false },
    [PROBLEM_UNREADABLE] = { "unreadable", "images that cannot be read", false },
    [PROBLEM_DUPLICATE_ROW] = { "duplicate-row", "rows that repeat an earlier one",
                                false },
    [PROBLEM_CONFLICTING_ROWS] = { "conflicting-rows",
                                   "rows that contradict an earlier one of the same "
                                   "sample; the earlier holds", false },
    [PROBLEM_SHARED_PATH] = { "shared-path", "images under several samples", false },
    [PROBLEM_CONTRADICTION] = { "contradictory-labels",
                                "people with two values of one label", false },
    [PROBLEM_LABEL] = { "unknown-label", "values the description does not know", false },
    [PROBLEM_UNMATCHED] = { "unmatched-row", "rows of labels that fit no sample", false },
    [PROBLEM_UNLABELLED] = { "unlabelled", "samples that a table has nothing on", false },
    [PROBLEM_SAME_CONTENT] = { "duplicate-content", "equal images of one person", false },
    [PROBLEM_SAME_CONTENT_TWO] = { "duplicate-identity",
                                   "equal images under two people", false },
    [PROBLEM_NO_NAME] = { "no-image-name", "rows that name no image; left out", false },
    [PROBLEM_TRIAL] = { "contradictory-trial",
                        "comparisons whose label contradicts the people in it", false },
    [PROBLEM_LIST] = { "list-length", "lists with fewer or more lines than they say",
                       false },
    [PROBLEM_LOOP] = { "folder-again",
                       "folders reached a second time; not entered again", false },
    [PROBLEM_SPREADSHEET] = { "spreadsheet-dates",
                              "values that a spreadsheet has turned into dates", true },
    [PROBLEM_SMALL_CELL] = { "small-cell", "groups too small for the effect asked for",
                             true },
    [PROBLEM_PEOPLE_WITHOUT] = { "people-without-image",
                                 "people in a table with no image here", true },
    [PROBLEM_ABSENT] = { "absent", "tables or fields that are not there", true },
    [PROBLEM_LEFT_OUT] = { "left-out", "samples that 'where' does not ask for", true },
};

void problems_init(struct problems *p)
{
    *p = (struct problems){ .arena = ARENA_INIT };
}

void problems_release(struct problems *p)
{
    for (size_t i = 0; i < PROBLEMS; i++)
        free(p->lists[i].items);
    arena_release(&p->arena);
    problems_init(p);
}

/* Controls and bytes that are not UTF-8 as \xNN: labels are other people's bytes,
 * and are not to drive a terminal. */
static void add_safe(struct text *to, const char *s)
{
    while (*s) {
        uint32_t c;
        size_t n = text_decode(s, &c);
        if (n == 0 || c < 32 || (c >= 127 && c < 160)) {
            n = n ? n : 1;
            for (size_t i = 0; i < n; i++)
                text_addf(to, "\\x%02x", (unsigned char)s[i]);
        } else {
            text_addn(to, s, n);
        }
        s += n;
    }
}

void problems_add(struct problems *p, enum problem kind, size_t weight, const char *fmt,
                  ...)
{
    va_list ap;

    if (!p)
        return;
    struct problem_list *list = &p->lists[kind];
    list->n += weight;
    if (list->listed == PROBLEM_MAX_LISTED)
        return;
    struct text t = TEXT_INIT, safe = TEXT_INIT;
    va_start(ap, fmt);
    text_addfv(&t, fmt, ap);
    va_end(ap);
    add_safe(&safe, t.s);
    MEM_ROOM(list->items, list->listed, list->cap);
    list->items[list->listed++] = arena_strndup(&p->arena, safe.s, safe.len);
    text_release(&t);
    text_release(&safe);
}

bool problems_any(const struct problems *p)
{
    for (size_t i = 0; i < PROBLEMS; i++)
        if (p->lists[i].n && !problem_kinds[i].note)
            return true;
    return false;
}

int problems_write(const struct problems *p, const char *path, struct err *err)
{
    struct text t = TEXT_INIT;
    struct csv_out w = csv_out(&t);

    text_add(&t, "problem,kind,text\n");
    for (size_t i = 0; i < PROBLEMS; i++) {
        for (size_t k = 0; k < p->lists[i].listed; k++) {
            csv_put(&w, problem_kinds[i].name);
            csv_put(&w, problem_kinds[i].note ? "note" : "problem");
            csv_put(&w, p->lists[i].items[k]);
            csv_end(&w);
        }
    }
    int code = file_write(path, t.s, t.len, err);
    text_release(&t);
    return code;
}
