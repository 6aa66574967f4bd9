/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "report/program.h"

#define PICTURE_MAX ((size_t)256 << 20)
#define COMPLAINT_MAX 4096

/* gnuplot's complaint in one line: it repeats the command with a caret under
 * the fault and then says `"file" line N: what`. */
static void complaint(const struct text *said, struct text *to)
{
    const char *line = strstr(said->s, " line ");

    while (line && line > said->s && line[-1] != '\n')
        line--;
    if (!line)
        line = said->s + strspn(said->s, " \t\n^");
    text_addn(to, line, strcspn(line, "\n"));
    if (!to->len)
        text_add(to, "it said nothing");
}

static const char *const in_exts[] = { "gp", "tsv" }, *const out_exts[] = { "svg", "png" };

/* So many charts are drawn by one gnuplot: starting it takes longer than a chart. */
#define BATCH 8

/* What one gnuplot draws, in a folder of its own. Pictures come through FIFOs where the
 * disk can have them: gnuplot does not look whether what it writes to a file arrives
 * there. */
struct batch {
    const char *dir;
    char *private;
    const char *const *ids;
    size_t n;
    struct text pictures[2 * BATCH];
    struct program_fifo fifos[2 * BATCH];
    size_t n_fifos;
};

_Static_assert(2 * BATCH <= PROGRAM_FIFOS, "a FIFO a picture");

static int batch_init(struct batch *b, const char *dir, const char *const *ids, size_t n,
                      struct err *err)
{
    *b = (struct batch){ .dir = dir, .ids = ids, .n = n };
    b->private = mem_printf("%s/.gnuplot.%ld.XXXXXX", dir, (long)getpid());
    for (size_t i = 0; i < 2 * n; i++)
        b->pictures[i] = (struct text)TEXT_INIT;
    if (mkdtemp(b->private))
        return 0;
    int code = err_add_errno(err, ERR_IO, errno, "%s: cannot make a folder for gnuplot",
                             dir);
    free(b->private);
    b->private = NULL;
    return code;
}

static void remove_file(const char *dir, const char *id, const char *ext)
{
    char *path = mem_printf("%s/%s.%s", dir, id, ext);

    unlink(path);
    free(path);
}

static void batch_release(struct batch *b)
{
    for (size_t i = 0; i < b->n_fifos; i++)
        close(b->fifos[i].fd);
    for (size_t i = 0; i < 2 * b->n; i++)
        text_release(&b->pictures[i]);
    for (size_t i = 0; i < b->n && b->private; i++)
        for (int e = 0; e < 2; e++) {
            remove_file(b->private, b->ids[i], in_exts[e]);
            remove_file(b->private, b->ids[i], out_exts[e]);
        }
    if (b->private)
        rmdir(b->private);
    free(b->private);
}

static void open_fifos(struct batch *b)
{
    for (size_t i = 0; i < 2 * b->n; i++) {
        char *path = mem_printf("%s/%s.%s", b->private, b->ids[i / 2], out_exts[i % 2]);
        int fd = mkfifo(path, 0600) < 0 ? -1
                 : open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0)
            b->fifos[b->n_fifos++] = (struct program_fifo){ fd, PICTURE_MAX,
                                                            &b->pictures[i] };
        else
            unlink(path); /* then it is a file */
        free(path);
    }
}

/* gnuplot -d A.gp -e reset B.gp …: each begins with nothing of the one before. */
static char **arguments_of(const struct batch *b)
{
    char **argv = mem_array(3 * b->n + 2, sizeof *argv);
    size_t n = 0;

    argv[n++] = mem_strdup("gnuplot");
    argv[n++] = mem_strdup("-d");
    for (size_t i = 0; i < b->n; i++) {
        if (i) {
            argv[n++] = mem_strdup("-e");
            argv[n++] = mem_strdup("reset");
        }
        argv[n++] = mem_printf("%s.gp", b->ids[i]);
    }
    return argv;
}

static int run(struct batch *b, bool *missing, struct err *err)
{
    struct text said = TEXT_INIT, line = TEXT_INIT;
    char **argv = arguments_of(b);
    int code = 0;

    open_fifos(b);
    switch (program_run_fifos(argv, b->private, GNUPLOT_SECONDS, COMPLAINT_MAX, &said,
                              b->fifos, b->n_fifos)) {
    case PROGRAM_DONE:
        break;
    case PROGRAM_MISSING:
        *missing = true;
        code = ERR_PROGRAM;
        break;
    case PROGRAM_UNSTARTED:
        code = err_add_errno(err, ERR_PROGRAM, errno, "gnuplot: cannot start");
        break;
    case PROGRAM_LATE:
        code = err_add(err, ERR_PROGRAM, "gnuplot: %s took longer than %d s and was "
                       "stopped", argv[2], GNUPLOT_SECONDS);
        break;
    case PROGRAM_FAILED:
        complaint(&said, &line);
        code = err_add(err, ERR_PROGRAM, "gnuplot: %s failed: %s", argv[2], line.s);
        break;
    }
    for (size_t i = 0; argv[i]; i++)
        free(argv[i]);
    free(argv);
    text_release(&said);
    text_release(&line);
    return code;
}

void gnuplot_version(struct text *to)
{
    static const char name[] = "gnuplot ";
    char *const argv[] = { (char *)"gnuplot", (char *)"--version", NULL };
    struct text said = TEXT_INIT;

    if (program_run(argv, ".", GNUPLOT_SECONDS, COMPLAINT_MAX, &said) == PROGRAM_DONE) {
        const char *s = said.s;
        s += strncmp(s, name, strlen(name)) ? 0 : strlen(name);
        text_addn(to, s, strcspn(s, "\n"));
    }
    text_release(&said);
}

/* Copies from/NAME to to/NAME, complete or not at all. */
static int copy(const char *from, const char *to, const char *name, struct err *err)
{
    char *a = path_join(from, name), *b = path_join(to, name), *data = NULL;
    size_t len;
    int code = file_read(a, PICTURE_MAX, &data, &len, err);

    if (!code)
        code = file_write(b, data, len, err);
    free(data);
    free(a);
    free(b);
    return code;
}

/* dir/ID.EXT, into the private folder. */
static int bring(const struct batch *b, const char *id, const char *ext, struct err *err)
{
    char *name = mem_printf("%s.%s", id, ext);
    char *from = path_join(b->dir, name), *to = path_join(b->private, name);
    int code = link(from, to) < 0 ? copy(b->dir, b->private, name, err) : 0;

    free(from);
    free(to);
    free(name);
    return code;
}

/* A picture that gnuplot made, to dir/NAME. */
static int keep(struct batch *b, size_t i, struct err *err)
{
    char *name = mem_printf("%s.%s", b->ids[i / 2], out_exts[i % 2]);
    char *path = path_join(b->private, name);
    struct text *bytes = &b->pictures[i];
    int code = 0;

    if (path_is_file(path))
        code = copy(b->private, b->dir, name, err);
    else if (!bytes->len)
        code = err_add(err, ERR_PROGRAM, "gnuplot: ended well, but made no %s", name);
    else if (bytes->len >= PICTURE_MAX)
        code = err_add(err, ERR_LIMIT, "gnuplot: %s is too large, expected less than %zu "
                       "bytes", name, PICTURE_MAX);
    else
        code = file_write_text(b->dir, name, bytes, err);
    free(path);
    free(name);
    return code;
}

static int draw(const char *dir, const char *const *ids, size_t n, bool *missing,
                struct err *err)
{
    struct batch b;
    int code = batch_init(&b, dir, ids, n, err);

    for (size_t i = 0; i < 2 * n && !code; i++)
        code = bring(&b, ids[i / 2], in_exts[i % 2], err);
    if (!code)
        code = run(&b, missing, err);
    for (size_t i = 0; i < 2 * n && !code; i++)
        code = keep(&b, i, err);
    batch_release(&b);
    return code;
}

/* Several at once; false if they are to be drawn one by one, which tells what failed. A
 * fault of the disk is told at once: what it took is not made good by another try. */
static bool draw_together(const char *dir, const char *const *ids, size_t n, bool *missing,
                          int *code, struct err *err)
{
    struct err why = ERR_INIT;
    int drawn = n > 1 ? draw(dir, ids, n, missing, &why) : ERR_PROGRAM;

    if (drawn == ERR_IO) {
        drawn = err_add(err, drawn, "%s", err_text(&why));
        *code = *code ? *code : drawn;
    }
    err_release(&why);
    return !drawn || drawn == ERR_IO || *missing;
}

int gnuplot_draw(const char *dir, const char *const *ids, size_t n, bool *missing,
                 struct err *err)
{
    int code = 0;

    *missing = false;
    for (size_t from = 0, to; from < n && !*missing && code != ERR_IO; from = to) {
        to = n - from < BATCH ? n : from + BATCH;
        if (draw_together(dir, ids + from, to - from, missing, &code, err))
            continue;
        for (size_t i = from; i < to && !*missing && code != ERR_IO; i++) {
            int one = draw(dir, ids + i, 1, missing, err);
            code = code ? code : one;
        }
    }
    return *missing ? ERR_PROGRAM : code;
}
