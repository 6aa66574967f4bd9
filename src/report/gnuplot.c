/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/gnuplot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
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

static int run(const char *dir, const char *id, bool *missing, struct err *err)
{
    struct text said = TEXT_INIT, line = TEXT_INIT;
    char *script = mem_printf("%s.gp", id);
    char *const argv[] = { (char *)"gnuplot", (char *)"-d", script, NULL };
    int code = 0;

    switch (program_run(argv, dir, GNUPLOT_SECONDS, COMPLAINT_MAX, &said)) {
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
    int code = path_is_file(a) ? file_read(a, PICTURE_MAX, &data, &len, err)
                               : err_add(err, ERR_PROGRAM, "gnuplot: ended well, but made "
                                         "no %s", name);

    if (!code)
        code = file_write(b, data, len, err);
    free(data);
    free(a);
    free(b);
    return code;
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
    static const char *const in[] = { "gp", "tsv" }, *const out[] = { "svg", "png" };
    char *names[4] = { NULL }, *private;
    int code = make_private(dir, &private, err);

    *missing = false;
    if (code)
        return code;
    for (int i = 0; i < 2; i++) {
        names[i] = mem_printf("%s.%s", id, in[i]);
        names[2 + i] = mem_printf("%s.%s", id, out[i]);
    }
    for (int i = 0; i < 2 && !code; i++)
        code = copy(dir, private, names[i], err);
    if (!code)
        code = run(private, id, missing, err);
    for (int i = 2; i < 4 && !code; i++)
        code = copy(private, dir, names[i], err);
    for (int i = 0; i < 4; i++) {
        char *path = path_join(private, names[i]);
        unlink(path);
        free(path);
        free(names[i]);
    }
    rmdir(private);
    free(private);
    return code;
}
