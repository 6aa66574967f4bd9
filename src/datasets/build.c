/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "datasets/build.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "model/trials.h"

const char *shown(struct text *t, const char *name)
{
    text_reset(t);
    roster_add_encoded(t, name);
    return t->s;
}

size_t build_column(struct build *b, size_t attribute)
{
    const struct attribute *a = &b->x->attributes[attribute];

    if (b->column[attribute] < 0) {
        long there = roster_attribute(b->r, a->name);
        if (there < 0)
            there = (long)roster_add_attribute(b->r, a->name, a->provenance, a->about);
        struct roster_attribute *to = &b->r->attributes[there];
        to->axis = a->axis;
        to->fixed = a->fixed;
        to->id = a->id;
        b->column[attribute] = there;
    }
    return (size_t)b->column[attribute];
}

/* Lists that a row says something else of a sample than was known. */
static void contradict(struct build *b, size_t row, const char *what, const char *new,
                       const char *old, const struct record *record)
{
    struct text sample = TEXT_INIT, file = TEXT_INIT;

    problems_add(b->problems, PROBLEM_CONFLICTING_ROWS, 1, "%s: %s is '%.80s' in %s:%zu, "
                 "but '%.80s' before", shown(&sample, roster_sample(b->r, row)), what, new,
                 shown(&file, record->file), record->line, old);
    text_release(&sample);
    text_release(&file);
}

bool build_set(struct build *b, size_t row, size_t column, const char *value,
               const struct record *record)
{
    const char *old = roster_value(b->r, row, column);

    if (!*value || !strcmp(old, value))
        return true;
    if (!*old) {
        roster_set(b->r, row, column, value);
        return true;
    }
    contradict(b, row, b->r->attributes[column].name, value, old, record);
    return false;
}

/* The value whose field is the largest number, if that is above 0. */
static const char *pick_largest(const struct attribute *a, const size_t *fields,
                                const struct record *record)
{
    const char *value = "";
    double most = 0, x;

    for (size_t k = 0; k < a->largest.n; k++) {
        if (fields[k] == SIZE_MAX || !num_parse_double(record->values[fields[k]], &x) ||
            x <= most)
            continue;
        most = x;
        value = a->largest.value[k];
    }
    return value;
}

static bool take_attributes(struct build *b, size_t row, const struct record *record)
{
    bool agrees = true;

    for (size_t i = 0; i < b->x->n_attributes; i++) {
        const struct attribute *a = &b->x->attributes[i];
        const char *value;
        if (b->largest[i]) {
            value = pick_largest(a, b->largest[i], record);
        } else if (b->from[i]) {
            text_reset(&b->c);
            if (!template_fill(b->from[i], record->values, &b->c))
                continue;
            value = values_get(&b->values[i], b->c.s, record->file, record->line);
        } else {
            continue;
        }
        agrees = build_set(b, row, (size_t)b->column[i], value, record) && agrees;
    }
    for (size_t i = 0; i < b->n_rest; i++) {
        const char *value = record->values[b->rest[i]];
        if (!text_is_utf8(value, strlen(value), NULL))
            value = shown(&b->c, value);
        agrees = build_set(b, row, b->rest_column[i], value, record) && agrees;
    }
    return agrees;
}

/* A text column: subject, box, landmarks. */
static bool take_text(struct build *b, size_t row, const char *what,
                      const struct template *from, const char *old,
                      const struct record *record)
{
    text_reset(&b->c);
    if (!from || !template_fill(from, record->values, &b->c) || !strcmp(old, b->c.s))
        return true;
    if (*old) {
        struct text was = TEXT_INIT, is = TEXT_INIT;
        contradict(b, row, what, shown(&is, b->c.s), shown(&was, old), record);
        text_release(&was);
        text_release(&is);
        return false;
    }
    if (from == b->subject)
        roster_set_subject(b->r, row, b->c.s);
    else
        roster_set_text(b->r, row, from == b->box ? ROSTER_BOX : ROSTER_LANDMARKS, b->c.s);
    return true;
}

bool build_take(struct build *b, size_t row, const struct record *record)
{
    struct roster *r = b->r;
    const char *subject = r->has_subjects ? roster_subject(r, row) : "";
    bool agrees = take_text(b, row, "subject", b->subject, subject, record);

    agrees = take_text(b, row, "box", b->box, roster_text(r, row, ROSTER_BOX), record) &&
             agrees;
    agrees = take_text(b, row, "landmarks", b->landmarks,
                       roster_text(r, row, ROSTER_LANDMARKS), record) && agrees;
    return take_attributes(b, row, record) && agrees;
}

/* Without "./" and doubled slashes. */
static void clean_path(struct text *path)
{
    char *to = path->s;

    if (!path->len)
        return;
    for (const char *s = path->s; *s;) {
        bool begin = to == path->s || to[-1] == '/';
        if (begin && s[0] == '.' && s[1] == '/')
            s += 2;
        else if (begin && to != path->s && *s == '/')
            s++;
        else
            *to++ = *s++;
    }
    *to = '\0';
    path->len = (size_t)(to - path->s);
}

/* Below the root: the folder and a path in it. */
static void below_root(struct text *to, const char *folder, const char *path)
{
    text_reset(to);
    if (*folder && path[0] != '/')
        text_addf(to, "%s/", folder);
    text_add(to, path);
}

static bool is_there(const struct build *b, const char *path)
{
    char *full = path_join(b->root, path);
    bool there = path_is_file(full);

    free(full);
    return there;
}

/* A path without an extension gets the first that is on disk. */
static void complete(struct build *b, struct text *path)
{
    size_t n = path->len;

    if (!b->x->n_extensions || walk_is_image_name(path->s))
        return;
    for (size_t i = 0; b->root && i < b->x->n_extensions; i++) {
        path->s[path->len = n] = '\0';
        text_addf(path, ".%s", b->x->extensions[i]);
        struct text full = TEXT_INIT;
        below_root(&full, b->images, path->s);
        bool there = is_there(b, full.s);
        text_release(&full);
        if (there)
            return;
    }
    path->s[path->len = n] = '\0';
    text_addf(path, ".%s", b->x->extensions[0]);
}

void build_status(struct build *b, size_t row, const char *path)
{
    const char *reason = "";

    if (b->x->no_images)
        return;
    enum status status = check_file(b->root, path, b->x->outside, &reason);
    if (status != STATUS_OK)
        roster_set_status(b->r, row, status, reason);
}

/* Lists a row that names a sample again. */
static void repeated(struct build *b, size_t row, bool agrees, const struct record *record)
{
    const struct source *s = b->s;
    bool expected = s->n_views || s->layout == LAYOUT_PEOPLE || b->x->faces ||
                    b->maker[row] != (uint8_t)(s - b->x->sources);
    struct text sample = TEXT_INIT, was = TEXT_INIT;

    if (!agrees || expected)
        return; /* a contradiction is listed already */
    problems_add(b->problems, PROBLEM_DUPLICATE_ROW, 1, "%s: %s:%zu repeats %s:%zu",
                 shown(&sample, roster_sample(b->r, row)), record->file, record->line,
                 shown(&was, roster_file(b->r, row)), roster_line(b->r, row));
    text_release(&sample);
    text_release(&was);
}

/* The sample of one record in one folder of images: its row, or an error. */
static long take_sample(struct build *b, const char *sample, const char *folder,
                        const char *path, const struct record *record, struct err *err)
{
    bool fresh;
    long row = roster_add(b->r, sample, &fresh);

    if (row < 0)
        return err_add(err, ERR_LIMIT, "%s:%zu: more than %zu samples", record->file,
                       record->line, ROSTER_MAX_SAMPLES);
    below_root(&b->b, folder, path);
    if (fresh) {
        if ((size_t)row >= b->maker_cap) {
            b->maker_cap = 2 * (size_t)row + 64;
            b->maker = mem_grow(b->maker, b->maker_cap, sizeof *b->maker);
        }
        b->maker[row] = (uint8_t)(b->s - b->x->sources);
        roster_set_path(b->r, (size_t)row, b->b.s);
        roster_set_source(b->r, (size_t)row, record->file, record->line);
        build_status(b, (size_t)row, b->b.s);
    } else {
        struct text was = TEXT_INIT;
        roster_add_path(b->r, (size_t)row, &was);
        if (strcmp(was.s, b->b.s)) {
            struct text new = TEXT_INIT, old = TEXT_INIT;
            contradict(b, (size_t)row, "path", shown(&new, b->b.s), shown(&old, was.s),
                       record);
            text_release(&new);
            text_release(&old);
        }
        text_release(&was);
    }
    bool agrees = build_take(b, (size_t)row, record);
    if (!fresh)
        repeated(b, (size_t)row, agrees, record);
    return row;
}

static void take_trial(struct build *b, long row, const struct record *record)
{
    struct roster *r = b->r;
    struct text mated = TEXT_INIT, fold = TEXT_INIT;
    bool same;

    if (record->view == 0)
        b->pair = row;
    if (record->view == 0 || row < 0 || b->pair < 0)
        return;
    if (b->mated && template_fill(b->mated, record->values, &mated))
        same = !strcmp(mated.s, "yes") || !strcmp(mated.s, "1") ||
               !strcmp(mated.s, "1.0") || !strcasecmp(mated.s, "true");
    else
        same = !strcmp(roster_subject(r, (size_t)b->pair), roster_subject(r, (size_t)row));
    if (b->fold)
        template_fill(b->fold, record->values, &fold);
    size_t i = trials_add(b->trials, (size_t)b->pair, (size_t)row, same, fold.s,
                          record->file, record->line);
    for (size_t k = 0; k < b->n_score; k++)
        num_parse_double(record->values[b->score[k]],
                         &b->trials->scores[b->matcher[k]][i]);
    text_release(&mated);
    text_release(&fold);
}

/* The sink's row() of a source that makes samples. */
static int take_record(void *arg, const struct record *record, struct err *err)
{
    struct build *b = arg;
    long row = -1;

    text_reset(&b->a);
    if (b->path ? template_fill(b->path, record->values, &b->a) : record->path != NULL) {
        if (!b->path)
            text_add(&b->a, record->path);
        clean_path(&b->a);
    }
    if (b->a.len) {
        complete(b, &b->a);
        const char *sample = b->a.s;
        text_reset(&b->name);
        if (b->sample && template_fill(b->sample, record->values, &b->name))
            sample = b->name.s;
        row = take_sample(b, sample, b->images, b->a.s, record, err);
        for (size_t i = 0; i < b->x->n_more && b->root && row >= 0; i++) {
            const char *folder = b->x->more_images[i];
            below_root(&b->b, folder, b->a.s);
            if (check_leaves(b->b.s) || !is_there(b, b->b.s))
                continue;
            char *name = mem_printf("%s/%s", folder, sample);
            long more = take_sample(b, name, folder, b->a.s, record, err);
            free(name);
            if (more < 0)
                row = more;
        }
    } else {
        problems_add(b->problems, PROBLEM_NO_NAME, 1, "%s:%zu", record->file,
                     record->line);
    }
    if (b->s->trials && b->trials)
        take_trial(b, row, record);
    return b->a.len && row < 0 ? (int)row : 0;
}

/* Values of an attribute that follow from another's. */
static void derive(struct build *b, size_t i)
{
    const struct attribute *a = &b->x->attributes[i];

    if (a->of < 0 || b->column[a->of] < 0)
        return;
    size_t base = (size_t)b->column[a->of], column = build_column(b, i);
    for (size_t row = 0; row < b->r->n; row++) {
        const struct record record = { .file = roster_file(b->r, row),
                                       .line = roster_line(b->r, row) };
        const char *raw = roster_value(b->r, row, base);
        if (*raw)
            build_set(b, row, column, values_get(&b->values[i], raw, record.file,
                                                 record.line), &record);
    }
}

/* More values than anybody groups people by. */
#define REST_AXIS_VALUES 50

static void mark_rest(struct build *b)
{
    for (size_t a = 0; a < b->r->n_attributes; a++) {
        struct roster_attribute *attribute = &b->r->attributes[a];
        bool described = false;
        for (size_t i = 0; i < b->x->n_attributes; i++)
            described = described || b->column[i] == (long)a;
        if (!described)
            attribute->axis = attribute->column.values.n <= REST_AXIS_VALUES + 1;
    }
}

/* The folder the images lie in: the first of the descriptor's that is there. */
static void choose_images(struct build *b)
{
    b->images = b->x->n_images ? b->x->images[0] : "";
    for (size_t i = 0; b->root && i < b->x->n_images; i++) {
        char *path = path_join(b->root, b->x->images[i]);
        bool there = path_is_dir(path);
        free(path);
        if (there) {
            b->images = b->x->images[i];
            break;
        }
    }
    if (!strcmp(b->images, "."))
        b->images = "";
    free(b->r->path_prefix);
    b->r->path_prefix = mem_printf("%s%s", b->images, *b->images ? "/" : "");
}

static int list_images(struct build *b, struct err *err)
{
    /* a roster may be a part of its set: what is not in it is no matter */
    if (!b->root || b->x->no_images || b->x->sources[0].layout == LAYOUT_ROSTER)
        return 0;
    char *dir = *b->images ? path_join(b->root, b->images) : mem_strdup(b->root);
    int code = 0;
    if (path_is_dir(dir))
        code = walk_images(&b->walk, dir, err);
    free(dir);
    for (size_t i = 0; i < b->walk.n_again; i++)
        problems_add(b->problems, PROBLEM_LOOP, 1, "%s", shown(&b->a, b->walk.again[i]));
    return code;
}

/* One source, first pass (those that make samples) or second (those joined).
 * Returns whether anything of it was there. */
static int run_source(struct build *b, const struct source *s, struct err *err)
{
    const struct place place = { b->root ? b->root : "", &b->walk, &b->arena };
    const struct sink sink = { build_bind, take_record, b, b->problems };

    b->s = s;
    int code = s->layout == LAYOUT_ROSTER ? build_again(b, &place, err)
             : s->join == JOIN_NONE       ? source_read(s, &place, &sink, err)
                                          : build_join(b, &place, err);
    if (code == 0 && s->named)
        code = err_add(err, ERR_IO, "%s: not there, expected the table that --set "
                       "dataset.%s names (below %s, or absolute)", s->files[0], s->name,
                       b->root ? b->root : "the current folder");
    if (code == 0 && s->n_files)
        problems_add(b->problems, PROBLEM_ABSENT, 1, "%s: %s", s->name, s->files[0]);
    return code;
}

/* What could have been there, for the line that says that nothing was. */
static int nothing(const struct build *b, struct err *err)
{
    struct text wanted = TEXT_INIT;

    for (size_t i = 0; i < b->x->n_sources; i++) {
        const struct source *s = &b->x->sources[i];
        if (s->join != JOIN_NONE)
            continue;
        text_add(&wanted, wanted.len ? ", or " : "");
        if (s->n_files)
            text_addf(&wanted, "%.80s (--set dataset.%s=FILE names another)", s->files[0],
                      s->name);
        else
            text_add(&wanted, "images with the set's names");
    }
    int code = err_add(err, ERR_INPUT, "%s: nothing of the data set '%s' is there, expected "
                       "%s", b->root ? b->root : ".", b->d->name, wanted.s);
    text_release(&wanted);
    return code;
}

static int run_sources(struct build *b, struct err *err)
{
    int found = 0;

    for (int joined = 0; joined < 2; joined++) {
        for (size_t i = 0; i < b->x->n_sources; i++) {
            const struct source *s = &b->x->sources[i];
            if ((s->join != JOIN_NONE) != joined || (s->fallback && found))
                continue;
            int code = run_source(b, s, err);
            if (code < 0)
                return code;
            found += joined ? 0 : code;
        }
        if (!found)
            return nothing(b, err);
    }
    return 0;
}

int dataset_roster(const struct dataset *d, const char *root,
                   const struct dataset_options *options, struct roster *r,
                   struct err *err)
{
    static const struct dataset_options none = { NULL, NULL };
    const struct dataset_options *o = options ? options : &none;
    struct build b = { .d = d, .x = d->reading, .root = root, .r = r,
                       .trials = o->trials, .problems = o->problems,
                       .name = TEXT_INIT, .a = TEXT_INIT, .b = TEXT_INIT,
                       .c = TEXT_INIT };

    roster_init(r);
    if (!b.x)
        return err_add(err, ERR_INPUT, "%s: has published counts and no images, expected "
                       "a data set with 'sources'", d->name);
    if (root && !path_is_dir(root))
        return err_add(err, ERR_IO, "%s: is no folder, expected the root of the data set "
                       "'%s'", root, d->name);
    b.values = mem_array(b.x->n_attributes, sizeof *b.values);
    b.column = mem_array(b.x->n_attributes, sizeof *b.column);
    for (size_t i = 0; i < b.x->n_attributes; i++) {
        values_init(&b.values[i], &b.x->attributes[i]);
        b.column[i] = -1;
    }
    choose_images(&b);
    int code = list_images(&b, err);
    if (!code)
        code = run_sources(&b, err);
    if (!code) {
        for (size_t i = 0; i < b.x->n_attributes; i++)
            derive(&b, i);
        if (b.x->rest)
            mark_rest(&b);
        code = build_choose(&b, err);
    }
    if (!code) {
        check_labels(&b);
        check_people(&b);
        check_paths(&b);
        check_trials(&b);
        roster_shrink(r);
    }
    build_unbind(&b);
    for (size_t i = 0; i < b.x->n_attributes; i++)
        values_release(&b.values[i]);
    free(b.values);
    free(b.column);
    free(b.maker);
    walk_release(&b.walk);
    text_release(&b.name);
    text_release(&b.a);
    text_release(&b.b);
    text_release(&b.c);
    arena_release(&b.arena);
    if (code)
        roster_release(r);
    return code;
}
