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

/* Pictures come through FIFOs where the disk can have them: gnuplot does not look whether
 * what it writes to a file arrives there. */
struct pictures {
    struct text bytes[2];
    struct program_fifo fifos[2];
    size_t n;
};

static void open_fifos(struct pictures *p, const char *dir, const char *id)
{
    for (int i = 0; i < 2; i++) {
        char *path = mem_printf("%s/%s.%s", dir, id, out_exts[i]);
        int fd = mkfifo(path, 0600) < 0 ? -1
                 : open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0)
            p->fifos[p->n++] = (struct program_fifo){ fd, PICTURE_MAX, &p->bytes[i] };
        else
            unlink(path); /* then it is a file */
        free(path);
    }
}

static void release_pictures(struct pictures *p)
{
    for (size_t i = 0; i < p->n; i++)
        close(p->fifos[i].fd);
    text_release(&p->bytes[0]);
    text_release(&p->bytes[1]);
}

static int run(const char *dir, const char *id, struct pictures *pictures, bool *missing,
               struct err *err)
{
    struct text said = TEXT_INIT, line = TEXT_INIT;
    char *script = mem_printf("%s.gp", id);
    char *const argv[] = { (char *)"gnuplot", (char *)"-d", script, NULL };
    int code = 0;

    open_fifos(pictures, dir, id);
    switch (program_run_fifos(argv, dir, GNUPLOT_SECONDS, COMPLAINT_MAX, &said,
                              pictures->fifos, pictures->n)) {
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
                       "stopped", script, GNUPLOT_SECONDS);
        break;
    case PROGRAM_FAILED:
        complaint(&said, &line);
        code = err_add(err, ERR_PROGRAM, "gnuplot: %s failed: %s", script, line.s);
        break;
    }
    free(script);
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

/* A picture that gnuplot made, to dir/NAME. */
static int keep(struct text *bytes, const char *private, const char *dir, const char *name,
                struct err *err)
{
    char *path = path_join(private, name);
    const bool is_file = path_is_file(path);

    free(path);
    if (is_file)
        return copy(private, dir, name, err);
    if (!bytes->len)
        return err_add(err, ERR_PROGRAM, "gnuplot: ended well, but made no %s", name);
    if (bytes->len >= PICTURE_MAX)
        return err_add(err, ERR_LIMIT, "gnuplot: %s is too large, expected less than %zu "
                       "bytes", name, PICTURE_MAX);
    return file_write_text(dir, name, bytes, err);
}

static int make_private(const char *dir, char **made, struct err *err)
{
    *made = mem_printf("%s/.gnuplot.%ld.XXXXXX", dir, (long)getpid());
    if (mkdtemp(*made))
        return 0;
    int code = err_add_errno(err, ERR_IO, errno, "%s: cannot make a folder for gnuplot",
                             dir);
    free(*made);
    *made = NULL;
    return code;
}

int gnuplot_draw(const char *dir, const char *id, bool *missing, struct err *err)
{
    struct pictures pictures = { .bytes = { TEXT_INIT, TEXT_INIT } };
    char *names[4] = { NULL }, *private;
    int code = make_private(dir, &private, err);

    *missing = false;
    if (code)
        return code;
    for (int i = 0; i < 2; i++) {
        names[i] = mem_printf("%s.%s", id, in_exts[i]);
        names[2 + i] = mem_printf("%s.%s", id, out_exts[i]);
    }
    for (int i = 0; i < 2 && !code; i++)
        code = copy(dir, private, names[i], err);
    if (!code)
        code = run(private, id, &pictures, missing, err);
    for (int i = 2; i < 4 && !code; i++)
        code = keep(&pictures.bytes[i - 2], private, dir, names[i], err);
    for (int i = 0; i < 4; i++) {
        char *path = path_join(private, names[i]);
        unlink(path);
        free(path);
        free(names[i]);
    }
    release_pictures(&pictures);
    rmdir(private);
    free(private);
    return code;
}
