/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roster.csv and attributes.csv, written and read back. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "model/roster.h"

/* The columns before the attributes, in their order. */
enum fixed {
    FIXED_SAMPLE, FIXED_SUBJECT, FIXED_PATH, FIXED_STATUS, FIXED_REASON, FIXED_SHA256,
    FIXED_SOURCE, FIXED_BOX, FIXED_LANDMARKS, FIXED_COLUMNS
};
static const char *const fixed_names[FIXED_COLUMNS] = {
    "sample", "subject", "path", "status", "reason", "sha256", "source", "box", "landmarks"
};

bool roster_is_reserved(const char *name)
{
    for (size_t i = 0; i < FIXED_COLUMNS; i++)
        if (!strcmp(fixed_names[i], name))
            return true;
    return false;
}

void roster_add_encoded(struct text *to, const char *bytes)
{
    for (size_t n, left = strlen(bytes); left; bytes += n, left -= n) {
        uint32_t c;
        n = text_decode(bytes, &c);
        if (n == 0 || c < 32 || c == 127 || c == '%') {
            n = 1;
            text_addf(to, "%%%02X", (unsigned char)*bytes);
        } else {
            text_addn(to, bytes, n);
        }
    }
}

static void put_encoded(struct csv_out *w, struct text *scratch, const char *bytes)
{
    text_reset(scratch);
    roster_add_encoded(scratch, bytes);
    csv_put(w, scratch->s);
}

static void write_row(struct csv_out *w, const struct roster *r, size_t row,
                      struct text *scratch)
{
    struct text t = TEXT_INIT;

    put_encoded(w, scratch, roster_sample(r, row));
    put_encoded(w, scratch, roster_subject(r, row));
    roster_add_path(r, row, &t);
    put_encoded(w, scratch, t.s);
    csv_put(w, status_name(roster_status(r, row)));
    csv_put(w, roster_reason(r, row));
    csv_put(w, roster_text(r, row, ROSTER_SHA256));
    text_reset(&t);
    roster_add_encoded(&t, roster_file(r, row));
    if (roster_line(r, row))
        text_addf(&t, ":%zu", roster_line(r, row));
    csv_put(w, t.s);
    csv_put(w, roster_text(r, row, ROSTER_BOX));
    csv_put(w, roster_text(r, row, ROSTER_LANDMARKS));
    for (size_t a = 0; a < r->n_attributes; a++)
        csv_put(w, roster_value(r, row, a));
    csv_end(w);
    text_release(&t);
}

static void write_header(struct csv_out *w, const struct roster *r)
{
    for (size_t i = 0; i < FIXED_COLUMNS; i++)
        csv_put(w, fixed_names[i]);
    for (size_t a = 0; a < r->n_attributes; a++)
        csv_put(w, r->attributes[a].name);
    csv_end(w);
}

void roster_add_rows(const struct roster *r, const size_t *rows, size_t n,
                     struct text *to)
{
    struct text scratch = TEXT_INIT;
    struct csv_out w = csv_out(to);

    write_header(&w, r);
    for (size_t i = 0; i < n; i++)
        write_row(&w, r, rows[i], &scratch);
    text_release(&scratch);
}

int roster_write_rows(const struct roster *r, const size_t *rows, size_t n,
                      const char *path, struct err *err)
{
    struct text t = TEXT_INIT;

    roster_add_rows(r, rows, n, &t);
    int code = file_write(path, t.s, t.len, err);
    text_release(&t);
    return code;
}

int roster_write(const struct roster *r, const char *path, struct err *err)
{
    struct outfile out = OUTFILE_INIT;
    struct text t = TEXT_INIT, scratch = TEXT_INIT;
    struct csv_out w = csv_out(&t);
    int code = outfile_begin(&out, path, err);

    if (code)
        return code;
    write_header(&w, r);
    for (size_t row = 0; row < r->n; row++) {
        write_row(&w, r, row, &scratch);
        if (t.len < 65536)
            continue;
        fwrite(t.s, 1, t.len, out.fp);
        text_reset(&t);
    }
    fwrite(t.s, 1, t.len, out.fp);
    text_release(&t);
    text_release(&scratch);
    return outfile_commit(&out, err);
}

void roster_add_attributes(const struct roster *r, struct text *to)
{
    struct csv_out w = csv_out(to);

    text_add(to, "attribute,provenance,axis,fixed,id,about\n");
    for (size_t a = 0; a < r->n_attributes; a++) {
        const struct roster_attribute *attribute = &r->attributes[a];
        csv_put(&w, attribute->name);
        csv_put(&w, provenance_names[attribute->provenance]);
        csv_put(&w, attribute->axis ? "yes" : "no");
        csv_put(&w, attribute->fixed ? "yes" : "no");
        csv_put(&w, attribute->id ? "yes" : "no");
        csv_put(&w, attribute->about);
        csv_end(&w);
    }
}

int roster_write_attributes(const struct roster *r, const char *path, struct err *err)
{
    struct text t = TEXT_INIT;

    roster_add_attributes(r, &t);
    int code = file_write(path, t.s, t.len, err);
    text_release(&t);
    return code;
}

struct reading {
    struct roster *r;
    const char *path;
    bool plain;                 /* any fixed column may be missing */
    long fixed[FIXED_COLUMNS];  /* a cell's place, or -1 */
    size_t *attribute;          /* by cell, or SIZE_MAX */
    struct text decoded[3];
    bool people;                /* a subject is not its sample's own name */
};

static int read_header(struct reading *s, const struct csv_row *row, struct err *err)
{
    int code = 0;

    s->attribute = mem_array(row->n, sizeof *s->attribute);
    for (size_t i = 0; i < FIXED_COLUMNS; i++)
        s->fixed[i] = -1;
    for (size_t c = 0; c < row->n; c++) {
        s->attribute[c] = SIZE_MAX;
        size_t i = 0;
        while (i < FIXED_COLUMNS && strcmp(fixed_names[i], row->cells[c]))
            i++;
        if (i < FIXED_COLUMNS)
            s->fixed[i] = (long)c;
        else if (s->r->n_attributes == ROSTER_MAX_ATTRIBUTES)
            return err_add(err, ERR_LIMIT, "%s:%zu: more than %d attributes", s->path,
                           row->line, ROSTER_MAX_ATTRIBUTES);
        else
            s->attribute[c] = roster_add_attribute(s->r, row->cells[c],
                                                   PROVENANCE_UNSTATED, "");
    }
    for (size_t i = FIXED_SAMPLE; i <= FIXED_REASON && !s->plain; i++)
        if (s->fixed[i] < 0)
            code = err_add(err, ERR_INPUT, "%s:%zu: no column '%s', expected the columns "
                           "of a roster: sample, subject, path, status, reason", s->path,
                           row->line, fixed_names[i]);
    return code;
}

static const char *cell(const struct reading *s, const struct csv_row *row, enum fixed i)
{
    return s->fixed[i] < 0 ? "" : row->cells[s->fixed[i]];
}

/* A cell with its %XX undone, or NULL with a fault. */
static const char *decode(struct reading *s, const struct csv_row *row, enum fixed i,
                          struct text *to, struct err *err)
{
    const char *text = cell(s, row, i);

    text_reset(to);
    if (s->fixed[i] < 0) {
        if (i == FIXED_SAMPLE)
            text_addf(to, "%zu", s->r->n + 1);
        else
            text_add(to, s->decoded[FIXED_SAMPLE].s);
        return to->s;
    }
    if (text_add_unpercent(to, text, strlen(text)) == 0)
        return to->s;
    err_add(err, ERR_INPUT, "%s:%zu: %s '%.60s' has a '%%' that is not followed by two "
            "hexadecimal digits of a byte other than 0", s->path, row->line,
            fixed_names[i], text);
    return NULL;
}

/* "members.csv:12" as file and line. */
static void set_source(struct reading *s, size_t at, const char *source)
{
    const char *colon = strrchr(source, ':');
    struct text file = TEXT_INIT;
    int64_t line = 0;

    if (!colon || !num_parse_int64(colon + 1, &line) || line < 1) {
        line = 0;
        colon = source + strlen(source);
    }
    if (text_add_unpercent(&file, source, (size_t)(colon - source)) == 0)
        roster_set_source(s->r, at, file.s, (size_t)line);
    text_release(&file);
}

static int read_row(const struct csv_row *row, void *arg, struct err *err)
{
    struct reading *s = arg;
    struct roster *r = s->r;
    bool fresh;

    if (row->is_header)
        return read_header(s, row, err);
    const char *sample = decode(s, row, FIXED_SAMPLE, &s->decoded[0], err);
    const char *subject = decode(s, row, FIXED_SUBJECT, &s->decoded[1], err);
    const char *path = decode(s, row, FIXED_PATH, &s->decoded[2], err);
    if (!sample || !subject || !path)
        return 0;
    long at = *sample ? roster_add(r, sample, &fresh) : -1;
    if (at < 0 || !fresh) {
        err_add(err, ERR_INPUT, "%s:%zu: sample '%.60s' %s", s->path, row->line,
                cell(s, row, FIXED_SAMPLE), !*sample ? "is empty, expected a name" :
                at < 0 ? "is one too many" : "was there before, expected each once");
        return 0;
    }
    size_t i = (size_t)at;
    roster_set_subject(r, i, subject);
    s->people = s->people || strcmp(subject, sample);
    roster_set_path(r, i, path);
    enum status status = STATUS_OK;
    if (s->fixed[FIXED_STATUS] >= 0 && !status_parse(cell(s, row, FIXED_STATUS), &status))
        err_add(err, ERR_INPUT, "%s:%zu: status is '%.60s', expected ok or another of "
                "misid-formats(5)", s->path, row->line, cell(s, row, FIXED_STATUS));
    roster_set_status(r, i, status, cell(s, row, FIXED_REASON));
    roster_set_text(r, i, ROSTER_SHA256, cell(s, row, FIXED_SHA256));
    roster_set_text(r, i, ROSTER_BOX, cell(s, row, FIXED_BOX));
    roster_set_text(r, i, ROSTER_LANDMARKS, cell(s, row, FIXED_LANDMARKS));
    set_source(s, i, cell(s, row, FIXED_SOURCE));
    for (size_t c = 0; c < row->n; c++)
        if (s->attribute[c] != SIZE_MAX)
            roster_set(r, i, s->attribute[c], row->cells[c]);
    return 0;
}

static bool is_yes(const struct csv_table *t, size_t row, const char *name)
{
    long c = csv_table_column(t, name);

    return c >= 0 && !strcmp(csv_table_cell(t, row, (size_t)c), "yes");
}

static int read_attributes(struct roster *r, const char *path, struct err *err)
{
    struct csv_table t;
    int code = csv_table_load(&t, path, NULL, err);

    if (code)
        return code;
    long name = csv_table_column(&t, "attribute");
    long provenance = csv_table_column(&t, "provenance");
    long about = csv_table_column(&t, "about");
    if (name < 0 || provenance < 0 || about < 0)
        code = err_add(err, ERR_INPUT, "%s:1: expected the columns attribute, provenance "
                       "and about", path);
    for (size_t i = 0; !code && i < t.rows; i++) {
        long a = roster_attribute(r, csv_table_cell(&t, i, (size_t)name));
        size_t p = 0;
        while (provenance_names[p] && strcmp(provenance_names[p],
                                             csv_table_cell(&t, i, (size_t)provenance)))
            p++;
        if (a < 0 || p == PROVENANCES) {
            code = err_add(err, ERR_INPUT, "%s:%zu: expected an attribute of the roster "
                           "and its provenance, one of self-reported, official-record, "
                           "annotator, predicted, measured, drawn, unstated", path,
                           t.lines[i]);
            break;
        }
        struct roster_attribute *attribute = &r->attributes[a];
        attribute->provenance = (enum provenance)p;
        attribute->about = arena_strdup(&r->arena, csv_table_cell(&t, i, (size_t)about));
        attribute->axis = is_yes(&t, i, "axis");
        attribute->fixed = is_yes(&t, i, "fixed");
        attribute->id = is_yes(&t, i, "id");
    }
    csv_table_release(&t);
    return code;
}

static int read_table(struct roster *r, const char *path, bool plain,
                      const char *attributes_path, struct err *err)
{
    struct reading s = { .r = r, .path = path, .plain = plain,
                         .decoded = { TEXT_INIT, TEXT_INIT, TEXT_INIT } };

    roster_init(r);
    int code = csv_read(path, NULL, read_row, &s, err);
    if (!code && attributes_path)
        code = read_attributes(r, attributes_path, err);
    for (size_t i = 0; i < 3; i++)
        text_release(&s.decoded[i]);
    free(s.attribute);
    if (code) {
        roster_release(r);
        return code;
    }
    if (!s.people) { /* every sample is a person of its own, as it was */
        column_release(&r->subject);
        r->has_subjects = false;
    }
    roster_shrink(r);
    return 0;
}

int roster_read(struct roster *r, const char *path, const char *attributes_path,
                struct err *err)
{
    return read_table(r, path, false, attributes_path, err);
}

int roster_read_plain(struct roster *r, const char *path, struct err *err)
{
    return read_table(r, path, true, NULL, err);
}
