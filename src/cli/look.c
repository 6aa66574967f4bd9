/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/look.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "images/load.h"

/* A picture is decoded only to see that it can be: small is enough, and with the
 * scaled DCT quick. */
#define GLANCE_SIDE 64

struct sized {
    off_t size;
    size_t row;
    char hash[HASH_HEX];
};

static int by_size(const void *a, const void *b)
{
    const struct sized *x = a, *y = b;

    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static int by_hash(const void *a, const void *b)
{
    const struct sized *x = a, *y = b;
    int order = strcmp(x->hash, y->hash);

    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static char *full_path(const struct roster *r, const char *root, size_t row)
{
    struct text path = TEXT_INIT;

    roster_add_path(r, row, &path);
    char *full = path_join(root, path.s);
    text_release(&path);
    return full;
}

static void decode_rows(struct roster *r, const char *root, size_t from, size_t to,
                        struct problems *problems)
{
    struct image_workspace *ws = image_workspace_new();
    struct image_options options = IMAGE_OPTIONS_INIT;
    struct image im = IMAGE_INIT;
    struct image_facts facts = { 0 };
    struct text reason = TEXT_INIT, name = TEXT_INIT;

    options.max_side = GLANCE_SIDE;
    for (size_t row = from; row < to; row++) {
        enum status status = roster_status(r, row);
        if (status == STATUS_MISSING || status == STATUS_REFUSED_PATH)
            continue;
        char *path = full_path(r, root, row);
        status = image_load(ws, path, &options, NULL, &im, &facts, &reason);
        roster_set_status(r, row, status, reason.s);
        if (status != STATUS_OK) {
            text_reset(&name);
            roster_add_encoded(&name, roster_sample(r, row));
            problems_add(problems, PROBLEM_UNREADABLE, 1, "%s: %s%s%s", name.s,
                         status_name(status), reason.len ? ": " : "", reason.s);
        }
        free(path);
    }
    image_release(&im);
    image_workspace_free(ws);
    text_release(&reason);
    text_release(&name);
}

/* Two images of equal bytes. */
static void report_same(const struct roster *r, size_t one, size_t two,
                        struct problems *problems)
{
    struct text a = TEXT_INIT, b = TEXT_INIT, path = TEXT_INIT;
    const char *who = roster_subject(r, one), *other = roster_subject(r, two);

    roster_add_path(r, one, &path);
    roster_add_path(r, two, &a);
    bool same_file = !strcmp(path.s, a.s);
    text_reset(&a);
    if (!same_file) {
        roster_add_encoded(&a, roster_sample(r, one));
        roster_add_encoded(&b, roster_sample(r, two));
        bool one_person = r->has_subjects && !strcmp(who, other);
        problems_add(problems, one_person ? PROBLEM_SAME_CONTENT : PROBLEM_SAME_CONTENT_TWO,
                     1, "%s and %s", a.s, b.s);
    }
    text_release(&a);
    text_release(&b);
    text_release(&path);
}

/* Files with their hashes. */
static void report_equal(const struct roster *r, struct sized *files, size_t n,
                         struct problems *problems)
{
    if (n)
        qsort(files, n, sizeof *files, by_hash);
    for (size_t i = 1, first = 0; i < n; i++) {
        if (strcmp(files[first].hash, files[i].hash))
            first = i;
        else
            report_same(r, files[first].row, files[i].row, problems);
    }
}

/* Of the rows [from, to) the files that have a size of which there is another, or all,
 * which then go into the roster; how many there are. */
static size_t hash_rows(struct roster *r, const char *root, size_t from, size_t to, bool all,
                        struct sized *files)
{
    size_t n = 0, hashed = 0;

    for (size_t row = from; row < to; row++) {
        struct stat st;
        char *path = full_path(r, root, row);
        enum status status = roster_status(r, row);
        if (status != STATUS_MISSING && status != STATUS_REFUSED_PATH &&
            stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
            files[n++] = (struct sized){ .size = st.st_size, .row = row };
        free(path);
    }
    if (n)
        qsort(files, n, sizeof *files, by_size);
    for (size_t i = 0; i < n; i++) {
        bool alone = (i == 0 || files[i - 1].size != files[i].size) &&
                     (i + 1 == n || files[i + 1].size != files[i].size);
        if (alone && !all)
            continue;
        char *path = full_path(r, root, files[i].row);
        struct sized *file = &files[hashed];
        *file = files[i];
        if (hash_file(file->hash, path, NULL) == 0) {
            if (all)
                roster_set_text(r, file->row, ROSTER_SHA256, file->hash);
            hashed++;
        }
        free(path);
    }
    return hashed;
}

void look_at_images(struct roster *r, const char *root, bool all,
                    struct problems *problems)
{
    struct sized *files = mem_array(r->n, sizeof *files);

    decode_rows(r, root, 0, r->n, problems);
    report_equal(r, files, hash_rows(r, root, 0, r->n, all, files), problems);
    free(files);
}

void look_at_rows(struct roster *r, const char *root, size_t from, size_t to,
                  struct problems *problems)
{
    struct sized *files = mem_array(to - from, sizeof *files);

    decode_rows(r, root, from, to, problems);
    hash_rows(r, root, from, to, true, files);
    free(files);
}

void look_for_equal_images(const struct roster *r, struct problems *problems)
{
    struct sized *files = mem_array(r->n, sizeof *files);
    size_t n = 0;

    for (size_t row = 0; row < r->n; row++) {
        const char *hash = roster_text(r, row, ROSTER_SHA256);
        if (strlen(hash) != HASH_HEX - 1)
            continue;
        files[n].row = row;
        memcpy(files[n++].hash, hash, HASH_HEX);
    }
    report_equal(r, files, n, problems);
    free(files);
}
