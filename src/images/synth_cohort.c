/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "images/encode.h"
#include "images/synth_labels.h"

/* What the threads share; all below the lock is guarded by it. */
struct cohort {
    const struct synth_options *o;
    const char *dir;
    synth_progress_fn *progress;
    void *arg;

    pthread_mutex_t lock;
    size_t next;           /* subject nobody has begun */
    struct text *rows;     /* a subject: its rows, until they are written */
    bool *done;            /* a subject */
    size_t written;        /* subjects whose rows are in `labels` */
    struct outfile labels;
    struct synth_summary summary;
    int code;              /* of the first failure; ends the work */
    struct err *err;
};

static int check_range(const char *what, size_t v, size_t lo, size_t hi,
                       struct err *err)
{
    if (v >= lo && v <= hi)
        return 0;
    return err_add(err, ERR_INPUT, "%s: %zu, expected %zu to %zu", what, v, lo, hi);
}

static int check(const struct synth_options *o, struct err *err)
{
    int code = check_range("subjects", o->subjects, 1, SYNTH_SUBJECTS_MAX, err);

    if (!code)
        code = check_range("images a subject", o->images, 1, SYNTH_IMAGES_MAX, err);
    if (!code && o->subjects * o->images > SYNTH_TOTAL_MAX)
        code = err_add(err, ERR_INPUT, "%zu images in all, expected at most %d",
                       o->subjects * o->images, SYNTH_TOTAL_MAX);
    if (!code)
        code = check_range("size", (size_t)(o->size > 0 ? o->size : 0), SYNTH_SIZE_MIN,
                           SYNTH_SIZE_MAX, err);
    if (!code)
        code = check_range("darker from tone",
                           (size_t)(o->darker_from > 0 ? o->darker_from : 0), 2, 10,
                           err);
    if (!code)
        code = check_range("threads", (size_t)(o->threads > 0 ? o->threads : 0), 1,
                           SYNTH_THREADS_MAX, err);
    if (!code && !(o->underexpose >= 0 && o->underexpose <= SYNTH_PLANT_MAX))
        code = err_add(err, ERR_INPUT, "plant underexpose: %g, expected 0 to %g stops",
                       o->underexpose, SYNTH_PLANT_MAX);
    return code;
}

/* `dir` is made, or is an empty folder already. */
static int claim_folder(const char *dir, struct err *err)
{
    DIR *d = opendir(dir);

    if (!d && errno != ENOENT)
        return err_add_errno(err, errno == ENOTDIR ? ERR_INPUT : ERR_IO, errno,
                             "%s: cannot be the folder of the set", dir);
    if (!d)
        return path_make_dirs(dir, err);
    int code = 0;
    for (struct dirent *e; !code && (e = readdir(d));)
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
            code = err_add(err, ERR_INPUT,
                           "%s: is not empty, expected a new or empty folder", dir);
    closedir(d);
    return code;
}

static int write_image(const struct cohort *c, const char *path,
                       const struct text *bytes, struct err *err)
{
    char *full = path_join(c->dir, path);
    FILE *fp = fopen(full, "wbe");
    bool good = fp && fwrite(bytes->s, 1, bytes->len, fp) == bytes->len;
    int why = errno;

    if (fp && fclose(fp) && good) {
        good = false;
        why = errno;
    }
    int code = good ? 0 : err_add_errno(err, ERR_IO, why, "%s: cannot write", full);
    if (fp && !good)
        unlink(full);
    free(full);
    return code;
}

/* A thread's own things. */
struct desk {
    struct cohort *c;
    struct synth_sheet sheet;
    struct image image;
    struct text file, comment;
    struct synth_summary summary;
};

static int make_image(struct desk *k, const struct synth_subject *s, size_t number,
                      struct text *rows, struct err *err)
{
    const struct synth_options *o = k->c->o;
    struct synth_view v;
    struct synth_truth truth;
    char path[SYNTH_LABEL_PATH];

    synth_view_make(&v, o, s, number);
    synth_draw(&k->sheet, o->seed, s, &v, k->image.pixels, &truth);
    text_reset(&k->file);
    text_reset(&k->comment);
    synth_label_comment(&k->comment, o, s, &v);
    int code = v.jpeg
        ? image_encode_jpeg(&k->image, v.quality, k->comment.s, &k->file, err)
        : image_encode_png(&k->image, k->comment.s, &k->file, err);
    if (code)
        return code;
    synth_label_path(path, s, &v);
    synth_label_row(rows, o, s, &v, &truth);
    k->summary.images++;
    k->summary.jpeg += v.jpeg;
    k->summary.planted += v.planted > 0;
    return write_image(k->c, path, &k->file, err);
}

static int make_subject(struct desk *k, size_t number, struct text *rows,
                        struct err *err)
{
    const struct cohort *c = k->c;
    struct synth_subject s;
    struct synth_view first = { .number = 0 };
    char path[SYNTH_LABEL_PATH];

    synth_subject_make(&s, c->o->seed, number);
    synth_label_path(path, &s, &first);
    char *file = path_join(c->dir, path), *folder = path_dirname(file);
    int code = path_make_dirs(folder, err);
    free(folder);
    free(file);
    for (size_t i = 0; i < c->o->images && !code; i++)
        code = make_image(k, &s, i, rows, err);
    return code;
}

/* Under the lock: rows go out in the order of subjects, whoever is first. */
static void hand_in(struct cohort *c, size_t number, struct text *rows, int code,
                    const struct err *err)
{
    if (code && !c->code) {
        c->code = code;
        err_add(c->err, code, "%s", err_text(err));
    }
    c->rows[number] = *rows;
    c->done[number] = true;
    for (; c->written < c->o->subjects && c->done[c->written]; c->written++) {
        struct text *t = &c->rows[c->written];
        fwrite(t->s, 1, t->len, c->labels.fp); /* a fault is found at commit */
        text_release(t);
    }
    if (c->progress && !c->code)
        c->progress(c->arg, c->summary.images, c->o->subjects * c->o->images);
}

static void *work(void *arg)
{
    struct cohort *c = arg;
    struct desk k = {
        .c = c, .image = IMAGE_INIT, .file = TEXT_INIT, .comment = TEXT_INIT
    };

    if (!image_resize(&k.image, c->o->size, c->o->size))
        mem_exhausted();
    sheet_init(&k.sheet, c->o->size);
    pthread_mutex_lock(&c->lock);
    while (!c->code && c->next < c->o->subjects) {
        size_t number = c->next++;
        pthread_mutex_unlock(&c->lock);
        struct text rows = TEXT_INIT;
        struct err err = ERR_INIT;
        k.summary = (struct synth_summary){ 0, 0, 0 };
        int code = make_subject(&k, number, &rows, &err);
        pthread_mutex_lock(&c->lock);
        c->summary.images += k.summary.images;
        c->summary.jpeg += k.summary.jpeg;
        c->summary.planted += k.summary.planted;
        hand_in(c, number, &rows, code, &err);
        err_release(&err);
    }
    pthread_mutex_unlock(&c->lock);
    sheet_release(&k.sheet);
    image_release(&k.image);
    text_release(&k.file);
    text_release(&k.comment);
    return NULL;
}

/* The calling thread works too; where no more threads are to be had, alone. */
static void run_threads(struct cohort *c)
{
    size_t wanted = (size_t)c->o->threads - 1, n = 0;
    pthread_t *threads;

    if (wanted >= c->o->subjects)
        wanted = c->o->subjects - 1;
    threads = mem_array(wanted, sizeof *threads);
    while (n < wanted && pthread_create(&threads[n], NULL, work, c) == 0)
        n++;
    work(c);
    while (n)
        pthread_join(threads[--n], NULL);
    free(threads);
}

static int write_set(struct cohort *c)
{
    struct text t = TEXT_INIT;
    char *readme = path_join(c->dir, "README.txt"),
         *labels = path_join(c->dir, "labels.csv");

    synth_label_readme(&t, c->o);
    int code = file_write(readme, t.s, t.len, c->err);
    if (!code)
        code = outfile_begin(&c->labels, labels, c->err);
    if (!code) {
        text_reset(&t);
        synth_label_header(&t);
        fwrite(t.s, 1, t.len, c->labels.fp);
        run_threads(c);
        code = c->code;
        if (!code)
            code = outfile_commit(&c->labels, c->err);
        outfile_abort(&c->labels);
    }
    free(labels);
    free(readme);
    text_release(&t);
    return code;
}

int synth_cohort(const struct synth_options *o, const char *dir,
                 synth_progress_fn *progress, void *arg, struct synth_summary *summary,
                 struct err *err)
{
    int code = check(o, err);

    if (!code)
        code = claim_folder(dir, err);
    if (code)
        return code;
    struct cohort c = { .o = o, .dir = dir, .progress = progress, .arg = arg,
                        .labels = OUTFILE_INIT, .err = err };
    pthread_mutex_init(&c.lock, NULL);
    c.rows = mem_array(o->subjects, sizeof *c.rows);
    c.done = mem_array(o->subjects, sizeof *c.done);
    code = write_set(&c);
    for (size_t i = c.written; i < o->subjects; i++)
        if (c.done[i])
            text_release(&c.rows[i]);
    free(c.rows);
    free(c.done);
    pthread_mutex_destroy(&c.lock);
    *summary = c.summary;
    return code;
}
