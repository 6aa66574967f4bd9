/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/same_person.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "model/image.h"

#define LISTED_MOST 100000 /* lines of duplicates.csv */

/* What is known of the picture of a row; sha256 "": nothing. */
struct picture {
    char sha256[65];
    bool has_dhash;
    uint64_t dhash[IMAGE_DHASH_WORDS];
};

struct side {
    struct score_side *s;
    struct picture *pictures;  /* a row, or NULL */
    uint32_t *person;
};

struct settling {
    struct same_person *to;
    struct side sides[2];
    size_t n_sides;
    uint32_t *up;              /* of a person, the one it is joined to */
    const char **because;      /* of a person that is joined */
    size_t persons;
    struct dict decided;       /* "row row" of the pairs in the list */
    bool *same;                /* what was decided of each */
    size_t listed;
    struct csv_out out;
};

static uint32_t root(struct settling *k, uint32_t person)
{
    while (k->up[person] != person)
        person = k->up[person] = k->up[k->up[person]];
    return person;
}

static void join(struct settling *k, uint32_t a, uint32_t b, const char *because)
{
    uint32_t x = root(k, a), y = root(k, b);

    if (x == y)
        return;
    k->up[x < y ? y : x] = x < y ? x : y;
    if (!k->because[a])
        k->because[a] = because;
    if (!k->because[b])
        k->because[b] = because;
}

/* outputs.csv, of which these columns matter here; the hashes may not be there. */
struct reading {
    struct side *side;
    long sample, face, sha256, dhash;
    bool any;
    struct text name;
};

static long find_column(const struct csv_row *row, const char *name)
{
    for (size_t i = 0; i < row->n; i++)
        if (!strcmp(row->cells[i], name))
            return (long)i;
    return -1;
}

static int read_row(const struct csv_row *row, void *arg, struct err *err)
{
    struct reading *r = arg;

    (void)err;
    if (row->is_header) {
        r->sample = find_column(row, "sample");
        r->face = find_column(row, "face");
        r->sha256 = find_column(row, "attr.image.sha256");
        r->dhash = find_column(row, "attr.image.dhash");
        return 0;
    }
    if (r->sample < 0 || r->face < 0 || r->sha256 < 0 || r->dhash < 0 ||
        strcmp(row->cells[r->face], "0") || strlen(row->cells[r->sha256]) != 64)
        return 0;
    text_reset(&r->name);
    const char *name = row->cells[r->sample];
    long at = text_add_unpercent(&r->name, name, strlen(name)) < 0
                  ? -1 : roster_find(&r->side->s->roster, r->name.s);
    if (at < 0)
        return 0;
    struct picture *p = &r->side->pictures[at];
    memcpy(p->sha256, row->cells[r->sha256], sizeof p->sha256);
    p->has_dhash = image_dhash_parse(row->cells[r->dhash], p->dhash);
    r->any = true;
    return 0;
}

static int read_pictures(struct side *side, const char *outputs, struct err *err)
{
    struct reading r = { .side = side, .name = TEXT_INIT };
    int code;

    if (!outputs || !path_is_file(outputs))
        return 0;
    side->pictures = mem_array(side->s->roster.n, sizeof *side->pictures);
    code = csv_read(outputs, NULL, read_row, &r, err);
    if (!r.any) {
        free(side->pictures);
        side->pictures = NULL;
    }
    text_release(&r.name);
    return code;
}

static long find_sample(const struct settling *k, size_t side, const char *encoded)
{
    struct text name = TEXT_INIT;
    long row = text_add_unpercent(&name, encoded, strlen(encoded)) < 0
                   ? -1 : roster_find(&k->sides[side].s->roster, name.s);

    text_release(&name);
    return row;
}

/* The number of a pair of rows, of the first side and the last, in `decided`. */
static uint32_t find_pair(struct settling *k, size_t a, size_t b, bool add)
{
    char *key = k->n_sides == 1 && a > b ? mem_printf("%zu %zu", b, a)
                                         : mem_printf("%zu %zu", a, b);
    uint32_t at = add ? dict_add(&k->decided, key, NULL) : dict_find(&k->decided, key);

    free(key);
    return at;
}

static int read_decision(struct settling *k, const struct csv_table *t, size_t row,
                         const int *at, struct err *err)
{
    const char *probe = csv_table_cell(t, row, (size_t)at[0]);
    const char *reference = csv_table_cell(t, row, (size_t)at[1]);
    const char *verdict = csv_table_cell(t, row, (size_t)at[2]);
    long a = find_sample(k, 0, probe), b = find_sample(k, k->n_sides - 1, reference);
    bool same = !strcmp(verdict, "same");

    if (a < 0 || b < 0)
        return err_add(err, ERR_INPUT, "%s:%zu: no sample '%.60s', expected one of the %s",
                       t->path, t->lines[row], a < 0 ? probe : reference,
                       k->n_sides == 1 ? "roster" : a < 0 ? "probes" : "gallery");
    if (!same && strcmp(verdict, "different"))
        return err_add(err, ERR_INPUT, "%s:%zu: verdict '%.40s', expected same or different",
                       t->path, t->lines[row], verdict);
    if (k->n_sides == 1 && a == b)
        return err_add(err, ERR_INPUT, "%s:%zu: '%.60s' twice, expected two samples",
                       t->path, t->lines[row], probe);
    size_t before = k->decided.n;
    uint32_t pair = find_pair(k, (size_t)a, (size_t)b, true);
    if (pair < before && k->same[pair] != same)
        return err_add(err, ERR_INPUT, "%s:%zu: '%.60s' and '%.60s' had the other verdict "
                       "before", t->path, t->lines[row], probe, reference);
    k->same[pair] = same;
    return 0;
}

static int read_list(struct settling *k, const char *path, struct err *err)
{
    static const char *const columns[] = { "probe", "reference", "verdict" };
    struct csv_table t;
    int at[3], code = csv_table_load(&t, path, &(struct csv_options){ 0 }, err);

    if (code)
        return code;
    k->same = mem_array(t.rows + 1, sizeof *k->same);
    code = csv_table_columns(&t, columns, 3, at, err);
    for (size_t i = 0; i < t.rows && !code; i++)
        code = read_decision(k, &t, i, at, err);
    struct csv_out w = csv_out(&k->to->list);
    for (int c = 0; c < 3; c++)
        csv_put(&w, columns[c]);
    csv_end(&w);
    for (size_t i = 0; i < t.rows && !code; i++) {
        for (int c = 0; c < 3; c++)
            csv_put(&w, csv_table_cell(&t, i, (size_t)at[c]));
        csv_end(&w);
    }
    csv_table_release(&t);
    return code;
}

static void join_decided(struct settling *k)
{
    for (uint32_t i = 0; i < k->decided.n; i++) {
        size_t a = 0, b = 0;
        if (k->same[i] && sscanf(dict_at(&k->decided, i), "%zu %zu", &a, &b) == 2)
            join(k, k->sides[0].person[a], k->sides[k->n_sides - 1].person[b], "decided");
    }
}

/* Two rows whose pictures may be held against each other: of the same place, not of one
 * file, and not failed to be looked at. */
static bool comparable(const struct side *x, size_t i, const struct side *y, size_t j)
{
    struct text one = TEXT_INIT, two = TEXT_INIT;
    bool can = !strcmp(roster_text(&x->s->roster, i, ROSTER_BOX),
                       roster_text(&y->s->roster, j, ROSTER_BOX));

    roster_add_path(&x->s->roster, i, &one);
    roster_add_path(&y->s->roster, j, &two);
    can = can && (x != y || strcmp(one.s, two.s));
    text_release(&one);
    text_release(&two);
    return can;
}

static const char *sides_of(const struct settling *k, size_t a, size_t b)
{
    if (k->n_sides == 1)
        return "all";
    return a != b ? "probe-gallery" : a ? "gallery" : "probes";
}

/* True if somebody has decided that two rows, not of one side of two, are different. */
static bool is_different(struct settling *k, size_t sa, size_t a, size_t sb, size_t b)
{
    uint32_t pair = k->n_sides == 2 && sa == sb ? DICT_NONE : find_pair(k, a, b, false);

    return pair != DICT_NONE && !k->same[pair];
}

static void take_pair(struct settling *k, size_t sa, size_t a, size_t sb, size_t b,
                      unsigned distance, bool identical)
{
    struct side *x = &k->sides[sa], *y = &k->sides[sb];
    struct text name = TEXT_INIT;

    if (!comparable(x, a, y, b))
        return;
    bool one = x->person[a] == y->person[b];
    bool joins = identical && !one && !is_different(k, sa, a, sb, b) &&
                 !*roster_text(&x->s->roster, a, ROSTER_BOX);
    k->to->identical += identical;
    k->to->near += !identical;
    if (joins)
        join(k, x->person[a], y->person[b], "identical-image");
    if (k->listed++ >= LISTED_MOST)
        return;
    roster_add_encoded(&name, roster_sample(&x->s->roster, a));
    csv_put(&k->out, name.s);
    text_reset(&name);
    roster_add_encoded(&name, roster_sample(&y->s->roster, b));
    csv_put(&k->out, name.s);
    csv_put(&k->out, sides_of(k, sa, sb));
    if (identical)
        csv_put(&k->out, "identical");
    else
        csv_put_int(&k->out, distance);
    csv_put(&k->out, one ? "same" : joins ? "joined" : "different");
    csv_end(&k->out);
    text_release(&name);
}

static void compare(struct settling *k, size_t sa, size_t sb)
{
    const struct side *x = &k->sides[sa], *y = &k->sides[sb];

    for (size_t i = 0; i < x->s->roster.n; i++) {
        const struct picture *p = &x->pictures[i];
        for (size_t j = sa == sb ? i + 1 : 0; *p->sha256 && j < y->s->roster.n; j++) {
            const struct picture *q = &y->pictures[j];
            if (!*q->sha256)
                continue;
            unsigned distance = p->has_dhash && q->has_dhash
                                    ? image_dhash_distance(p->dhash, q->dhash)
                                    : IMAGE_DHASH_NEAR + 1;
            bool identical = (!distance || distance > IMAGE_DHASH_NEAR) &&
                             !memcmp(p->sha256, q->sha256, 64);
            if (identical || distance <= IMAGE_DHASH_NEAR)
                take_pair(k, sa, i, sb, j, distance, identical);
        }
    }
}

struct hashed {
    const char *sha256;
    size_t side, row;
};

static int by_hash(const void *a, const void *b)
{
    const struct hashed *x = a, *y = b;
    int order = memcmp(x->sha256, y->sha256, 64);

    if (order)
        return order;
    if (x->side != y->side)
        return x->side < y->side ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Equal pictures alone, each with the first of its kind. */
static void compare_equal(struct settling *k)
{
    size_t n = 0, first = 0;
    struct hashed *all;

    for (size_t s = 0; s < k->n_sides; s++)
        n += k->sides[s].s->roster.n;
    all = mem_array(n, sizeof *all);
    n = 0;
    for (size_t s = 0; s < k->n_sides; s++)
        for (size_t i = 0; k->sides[s].pictures && i < k->sides[s].s->roster.n; i++)
            if (*k->sides[s].pictures[i].sha256)
                all[n++] = (struct hashed){ k->sides[s].pictures[i].sha256, s, i };
    qsort(all, n, sizeof *all, by_hash);
    for (size_t i = 1; i < n; i++)
        if (memcmp(all[i].sha256, all[first].sha256, 64))
            first = i;
        else
            take_pair(k, all[first].side, all[first].row, all[i].side, all[i].row, 0, true);
    free(all);
}

static void look_at_pictures(struct settling *k)
{
    static const char *const columns[] = { "probe", "reference", "sides", "distance",
                                           "people" };
    double pairs = 0;

    for (size_t a = 0; a < k->n_sides; a++)
        for (size_t b = a; b < k->n_sides; b++)
            pairs += (double)k->sides[a].s->roster.n * (double)k->sides[b].s->roster.n /
                     (a == b ? 2 : 1);
    k->out = csv_out(&k->to->duplicates);
    for (int i = 0; i < 5; i++)
        csv_put(&k->out, columns[i]);
    csv_end(&k->out);
    k->to->too_many = pairs > SAME_PERSON_MOST_PAIRS;
    if (k->to->too_many) {
        compare_equal(k);
        return;
    }
    for (size_t a = 0; a < k->n_sides; a++)
        for (size_t b = a; b < k->n_sides; b++)
            if (k->sides[a].pictures && k->sides[b].pictures)
                compare(k, a, b);
}

/* The subject of the first row that shows each person; a sample without one gives its own
 * name. */
static void rename_rows(struct settling *k)
{
    char **name = mem_array(k->persons, sizeof *name);
    struct csv_out w = csv_out(&k->to->joined);
    struct text sample = TEXT_INIT, before = TEXT_INIT;

    for (size_t s = 0; s < k->n_sides; s++)
        for (size_t i = 0; i < k->sides[s].s->roster.n; i++) {
            const struct roster *r = &k->sides[s].s->roster;
            uint32_t person = k->sides[s].person[i];
            if (name[person])
                continue;
            const char *subject = roster_subject(r, i);
            name[person] = mem_strdup(*subject ? subject : roster_sample(r, i));
        }
    for (size_t s = 0; s < k->n_sides; s++)
        for (size_t i = 0; i < k->sides[s].s->roster.n; i++) {
            struct roster *r = &k->sides[s].s->roster;
            uint32_t person = k->sides[s].person[i], first = root(k, person);
            if (!k->because[person] && !k->because[first])
                continue;
            if (!k->to->rows++) {
                csv_put(&w, "side"), csv_put(&w, "sample"), csv_put(&w, "subject");
                csv_put(&w, "because"), csv_end(&w);
            }
            text_reset(&sample), text_reset(&before);
            roster_add_encoded(&sample, roster_sample(r, i));
            roster_add_encoded(&before, roster_subject(r, i));
            csv_put(&w, k->n_sides == 1 ? "all" : s ? "gallery" : "probe");
            csv_put(&w, sample.s);
            csv_put(&w, before.s);
            csv_put(&w, k->because[person] ? k->because[person] : k->because[first]);
            csv_end(&w);
            roster_set_subject(r, i, name[first]);
        }
    for (size_t i = 0; i < k->persons; i++)
        free(name[i]);
    free(name);
    text_release(&sample);
    text_release(&before);
}

/* A decision that joins and one that keeps apart cannot both hold. */
static int check_apart(struct settling *k, const char *list, struct err *err)
{
    int code = 0;

    for (uint32_t i = 0; i < k->decided.n; i++) {
        size_t a = 0, b = 0;
        if (k->same[i] || sscanf(dict_at(&k->decided, i), "%zu %zu", &a, &b) != 2)
            continue;
        const struct side *x = &k->sides[0], *y = &k->sides[k->n_sides - 1];
        if (root(k, x->person[a]) == root(k, y->person[b]))
            code = err_add(err, ERR_INPUT, "%s: '%.60s' and '%.60s' are different there, but "
                           "one person by the rosters, by equal images or by other lines",
                           list, roster_sample(&x->s->roster, a),
                           roster_sample(&y->s->roster, b));
    }
    return code;
}

int same_person_settle(struct same_person *s, struct score_side *a, const char *outputs,
                       struct score_side *gallery, const char *gallery_outputs,
                       const char *list, struct scores *scores, struct err *err)
{
    struct settling k = { .to = s, .sides = { { .s = a }, { .s = gallery } },
                          .n_sides = gallery ? 2 : 1, .decided = DICT_INIT };
    int code = read_pictures(&k.sides[0], outputs, err);

    if (!code && gallery)
        code = read_pictures(&k.sides[1], gallery_outputs, err);
    s->looked = k.sides[0].pictures || k.sides[1].pictures;
    if (!code && (s->looked || list)) {
        for (size_t i = 0; i < k.n_sides; i++)
            k.sides[i].person = mem_array(k.sides[i].s->roster.n, sizeof(uint32_t));
        k.persons = scores_people(&a->roster, gallery ? &gallery->roster : NULL,
                                  k.sides[0].person, k.sides[1].person);
        k.up = mem_array(k.persons, sizeof *k.up);
        k.because = mem_array(k.persons, sizeof *k.because);
        for (uint32_t i = 0; i < k.persons; i++)
            k.up[i] = i;
        if (list && !(code = read_list(&k, list, err)))
            code = score_add_input(scores, "same-person", list, err);
        if (!code) {
            join_decided(&k);
            if (s->looked)
                look_at_pictures(&k);
            code = check_apart(&k, list ? list : "", err);
        }
        if (!code)
            rename_rows(&k);
    }
    for (int i = 0; i < 2; i++) {
        free(k.sides[i].pictures);
        free(k.sides[i].person);
    }
    free(k.up);
    free(k.because);
    free(k.same);
    dict_release(&k.decided);
    return code;
}

int same_person_write(const struct same_person *s, const char *dir, struct err *err)
{
    static const char *const names[] = { "duplicates.csv", "joined.csv", "same-person.csv" };
    const struct text *const texts[] = { &s->duplicates, &s->joined, &s->list };
    int code = 0;

    for (int i = 0; i < 3 && !code; i++) {
        char *path = path_join(dir, names[i]);
        code = texts[i]->len ? file_write(path, texts[i]->s, texts[i]->len, err)
                             : file_remove(dir, names[i], err);
        free(path);
    }
    return code;
}

void same_person_release(struct same_person *s)
{
    text_release(&s->duplicates);
    text_release(&s->joined);
    text_release(&s->list);
}
