/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "datasets/guess.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/csv.h"
#include "base/dict.h"
#include "base/file.h"
#include "datasets/walk.h"

/* Columns with more values than this are names or numbers, not groups. */
#define GROUP_VALUES 40

struct guess {
    const char *dir;
    struct walk walk;
    struct dict names;   /* of the images: paths, file names, stems */
    struct text *to;
};

static void add_names(struct guess *g)
{
    for (size_t i = 0; i < g->walk.n; i++) {
        const char *path = g->walk.files[i], *base = path_basename(path);
        const char *dot = strrchr(base, '.');
        dict_add(&g->names, path, NULL);
        dict_add(&g->names, base, NULL);
        if (dot && dot > base) {
            char *stem = mem_strndup(base, (size_t)(dot - base));
            dict_add(&g->names, stem, NULL);
            free(stem);
        }
    }
}

/* A YAML scalar that is read back as this text. */
static void add_quoted(struct text *to, const char *s)
{
    text_addch(to, '"');
    for (size_t n; *s; s += n) {
        uint32_t c;
        n = text_decode(s, &c);
        if (n == 0 || c < 32 || c == 127) {
            n = 1;
            text_addf(to, "\\x%02X", (unsigned char)*s);
        } else {
            text_add(to, c == '"' || c == '\\' ? "\\" : "");
            text_addn(to, s, n);
        }
    }
    text_addch(to, '"');
}

/* The name of an attribute: letters, digits and underscores. */
static void add_key(struct text *to, const char *s)
{
    size_t begin = to->len;

    for (; *s; s++)
        text_addch(to, isalnum((unsigned char)*s) ? (char)tolower((unsigned char)*s) : '_');
    static const char *const reserved[] = { "sample", "subject", "path", "status",
                                            "reason", "sha256", "source", "box",
                                            "landmarks" };
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (!strcmp(to->s + begin, reserved[i]))
            text_addch(to, '_');
}

static void add_head(struct guess *g)
{
    const char *name = path_basename(g->dir);

    text_add(g->to, "# A guess: correct what is wrong, and say where the labels come from "
                    "(self-reported,\n# official-record, annotator, predicted, "
                    "measured).\nname: ");
    add_quoted(g->to, *name ? name : "mine");
    text_add(g->to, "\ntitle: \"what the set is called\"\nabout: \"what it is\"\n"
                    "source: \"who made it\"\n");
}

/* Whether more than half of a column's cells name images. */
static bool names_images(const struct guess *g, const struct csv_table *t, size_t column)
{
    size_t hits = 0;

    for (size_t row = 0; row < t->rows; row++)
        hits += dict_find(&g->names, csv_table_cell(t, row, column)) != DICT_NONE;
    return t->rows && 2 * hits > t->rows;
}

static size_t distinct(const struct csv_table *t, size_t column, struct dict *values)
{
    for (size_t row = 0; row < t->rows; row++)
        dict_add(values, csv_table_cell(t, row, column), NULL);
    return values->n;
}

static bool is_person(const char *name)
{
    static const char *const words[] = { "subject", "identity", "person", "people",
                                         "class_id", "user_id", "id_num" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasestr(name, words[i]))
            return true;
    return false;
}

/* One column as an attribute, its values in a comment. */
static void add_attribute(struct guess *g, const struct csv_table *t, size_t column)
{
    struct dict values = DICT_INIT;
    size_t n = distinct(t, column, &values);
    bool groups = n <= GROUP_VALUES && (n < t->rows || t->rows < 2);

    text_add(g->to, "  ");
    add_key(g->to, t->names[column]);
    text_add(g->to, ":\n    from: ");
    add_quoted(g->to, t->names[column]);
    text_addf(g->to, "\n    provenance: unstated\n%s", groups ? "" : "    axis: false\n");
    if (groups) {
        text_add(g->to, "    # map: {");
        for (uint32_t i = 0; i < n; i++) {
            text_add(g->to, i ? ", " : "");
            add_quoted(g->to, dict_at(&values, i));
            text_add(g->to, ": ");
            add_quoted(g->to, dict_at(&values, i));
        }
        text_add(g->to, "}\n");
    }
    dict_release(&values);
}

static bool guess_table(struct guess *g, const char *name, const struct csv_table *t)
{
    size_t path = 0;
    long person = -1;

    while (path < t->columns && !names_images(g, t, path))
        path++;
    if (path == t->columns)
        return false;
    for (size_t c = 0; c < t->columns && person < 0; c++)
        if (c != path && is_person(t->names[c]))
            person = (long)c;
    /* whole paths, or names in one folder, or stems */
    const char *folder = "", *first = NULL;
    bool stem = true;
    for (size_t row = 0; row < t->rows && !first; row++)
        if (dict_find(&g->names, csv_table_cell(t, row, path)) != DICT_NONE)
            first = csv_table_cell(t, row, path);
    stem = !walk_is_image_name(first);
    char *found = NULL;
    for (size_t i = 0; i < g->walk.n && !found; i++) {
        const char *file = g->walk.files[i], *base = path_basename(file);
        size_t n = strlen(first);
        if (!strcmp(file, first))
            break;
        if (!strncmp(base, first, n) && (!base[n] || (stem && base[n] == '.')))
            found = mem_strndup(file, base > file ? (size_t)(base - file) - 1 : 0);
    }
    folder = found ? found : "";
    add_head(g);
    text_add(g->to, "images: ");
    add_quoted(g->to, *folder ? folder : ".");
    if (stem)
        text_add(g->to, "\nextensions: [jpg, jpeg, png]");
    text_add(g->to, "\nunknown: [NA, N/A, nan, None, \"null\"]\nsources:\n  - name: "
                    "metadata\n    layout: table\n    file: ");
    add_quoted(g->to, name);
    text_add(g->to, "\n    path: ");
    add_quoted(g->to, t->names[path]);
    if (person >= 0) {
        text_add(g->to, "\n    subject: ");
        add_quoted(g->to, t->names[person]);
    }
    text_add(g->to, "\nattributes:\n");
    for (size_t c = 0; c < t->columns; c++)
        if (c != path && (long)c != person)
            add_attribute(g, t, c);
    free(found);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_table_name(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot && (!strcasecmp(dot, ".csv") || !strcasecmp(dot, ".tsv") ||
                   !strcasecmp(dot, ".txt"));
}

/* The tables at the top of the folder, in byte order. */
static bool guess_tables(struct guess *g)
{
    char **names = NULL;
    size_t n = 0, cap = 0;
    bool done = false;
    DIR *dir = opendir(g->dir);

    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (!is_table_name(e->d_name))
            continue;
        MEM_ROOM(names, n, cap);
        names[n++] = mem_strdup(e->d_name);
    }
    if (dir)
        closedir(dir);
    if (n)
        qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        char *path = path_join(g->dir, names[i]);
        for (const char *d = ",\t;"; *d && !done; d++) {
            const struct csv_options opt = { .delimiter = *d, .trim = true,
                                             .foreign = true };
            struct csv_table t;
            if (csv_table_load(&t, path, &opt, NULL) == 0)
                done = t.columns > 1 && guess_table(g, names[i], &t);
            csv_table_release(&t);
        }
        free(path);
        free(names[i]);
    }
    free(names);
    return done;
}

/* Fields of a name between underscores and hyphens. */
static size_t count_fields(const char *name)
{
    size_t n = 1;

    for (; *name && *name != '.'; name++)
        n += *name == '_' || *name == '-';
    return n;
}

/* A pattern of the first name's shape, a group a field. */
static void add_pattern(struct text *to, const char *path, bool folder)
{
    const char *base = path_basename(path), *s = base;
    size_t field = 1;

    text_add(to, folder ? "'(?:.*/)?(?<person>[^/]+)/" : "'(?:.*/)?");
    while (*s && *s != '.') {
        size_t n = strcspn(s, "_-.");
        text_addf(to, "(?<field%zu>%s)", field++,
                  strspn(s, "0123456789") >= n && n ? "\\d+" : "[^/_-]+");
        s += n;
        if (*s && *s != '.')
            text_addch(to, *s++);
    }
    text_add(to, "\\.[A-Za-z]+'");
}

static void guess_names(struct guess *g)
{
    const char *first = g->walk.files[0];
    size_t fields = count_fields(path_basename(first)), same = 0, folders = 0;

    for (size_t i = 0; i < g->walk.n; i++) {
        same += count_fields(path_basename(g->walk.files[i])) == fields;
        folders += strchr(g->walk.files[i], '/') != NULL;
    }
    bool tree = folders == g->walk.n;
    add_head(g);
    if (same != g->walk.n || fields < 2) {
        text_addf(g->to, "sources:\n  - name: images\n    layout: %s\n", tree ? "tree"
                  : "filename\n    pattern: '.*'");
        if (tree)
            text_add(g->to, "    subject: folder\n");
        return;
    }
    text_add(g->to, "sources:\n  - name: images\n    layout: filename\n    pattern: ");
    add_pattern(g->to, first, tree);
    text_addf(g->to, "\n%s# which field is what? for instance\n# attributes:\n#   gender:\n"
              "#     from: field1\n#     provenance: annotator\n"
              "#     map: {F: female, M: male}\n", tree ? "    subject: person\n"
              : "    # subject: field1\n");
}

int guess_dataset(const char *dir, struct text *to, struct err *err)
{
    char *clean = mem_strdup(dir);
    for (size_t n = strlen(clean); n > 1 && clean[n - 1] == '/';)
        clean[--n] = '\0';
    struct guess g = { .dir = clean, .to = to };
    int code = walk_images(&g.walk, clean, err);

    if (!code && !g.walk.n)
        code = err_add(err, ERR_INPUT, "%s: no images in it, expected some", dir);
    if (!code) {
        add_names(&g);
        if (!guess_tables(&g))
            guess_names(&g);
    }
    dict_release(&g.names);
    walk_release(&g.walk);
    free(clean);
    return code;
}
