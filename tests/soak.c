/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Soak: whole studies again and again in one process, which must not grow.
 *
 *   soak SECONDS STUDY.yaml PLUGIN.so FOLDER
 *
 * FOLDER holds a data set `set` of `misid synth`. Each round runs the
 * study with a matcher in misid and one beside it, records, packs and verifies the run and
 * compares templates, in a fresh folder. After WARM rounds, memory in use and descriptors
 * are taken after every round; the median of the last third of them may be ROOM above that
 * of the first. Prints the figures; exit status 1 if it grew.
 */
#undef main /* misid's own is misid_main() here */
#include <dirent.h>
#include <ftw.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#include "base/clock.h"

#define WARM 8
#define ROOM ((long)4 << 20) /* bytes */

int misid_main(int argc, char **argv);

struct sample {
    long bytes, descriptors;
};

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

/* A command of misid, its words apart by blanks. */
static void command(const char *line)
{
    char *copy = mem_strdup(line), *words[32], *rest = copy;
    int n = 0, status;

    words[n++] = (char *)"misid";
    for (char *word; n < 31 && (word = strsep(&rest, " "));)
        words[n++] = word;
    words[n] = NULL;
    status = misid_main(n, words);
    if (status) {
        fprintf(stderr, "soak: misid %s: exit status %d\n", line, status);
        exit(2);
    }
    free(copy);
}

static void play(const char *study, const char *plugin)
{
    char *run = mem_printf("run %s --backend lbp --backend %s --dataset synthetic --root set "
                           "--out at/run --no-cache --quiet", study, plugin);

    nftw("at", remove_one, 16, FTW_DEPTH | FTW_PHYS);
    command(run);
    command("record at/run --history at/h.sqlite --quiet");
    command("history check --history at/h.sqlite");
    command("bundle at/run --out at/b.tar --quiet");
    command("verify at/b.tar --quiet");
    command("embed --dataset synthetic --root set --backend lbp --out at/e --cache at/c --quiet");
    command("score at/e --thresholds 0.1 --out at/s --quiet");
    free(run);
}

static struct sample look(void)
{
    struct sample s = { 0, -1 }; /* but for the one that looks */
    long pages = 0;

    malloc_trim(0);
    FILE *fp = fopen("/proc/self/statm", "re");
    if (!fp || fscanf(fp, "%*d %ld", &pages) != 1)
        exit(2);
    fclose(fp);
    s.bytes = pages * sysconf(_SC_PAGESIZE);
    DIR *d = opendir("/proc/self/fd");
    for (struct dirent *e; d && (e = readdir(d));)
        s.descriptors += e->d_name[0] != '.';
    if (d)
        closedir(d);
    return s;
}

static int by_size(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;

    return (x > y) - (x < y);
}

static long median(const struct sample *s, size_t n, bool descriptors)
{
    long *v = mem_array(n, sizeof *v);

    for (size_t i = 0; i < n; i++)
        v[i] = descriptors ? s[i].descriptors : s[i].bytes;
    qsort(v, n, sizeof *v, by_size);
    long middle = v[n / 2];
    free(v);
    return middle;
}

int main(int argc, char **argv)
{
    struct sample *s = NULL;
    size_t n = 0, cap = 0, rounds = 0;

    if (argc != 5 || atof(argv[1]) <= 0 || chdir(argv[4]) < 0) {
        fputs("usage: soak SECONDS STUDY.yaml PLUGIN.so FOLDER\n", stderr);
        return 2;
    }
    const double seconds = atof(argv[1]), start = clock_now();
    while (clock_now() - start < seconds || n < 6) {
        if (!freopen("/dev/null", "w", stdout))
            return 2;
        play(argv[2], argv[3]);
        if (++rounds <= WARM)
            continue;
        MEM_ROOM(s, n, cap);
        s[n++] = look();
    }
    const size_t third = n / 3;
    const long before = median(s, third, false), after = median(s + n - third, third, false);
    const long few = median(s, third, true), many = median(s + n - third, third, true);
    fprintf(stderr, "%zu studies in %.0f s: %.1f MiB at first, %.1f MiB at last; %ld and %ld "
            "descriptors\n", rounds, clock_now() - start, (double)before / 1048576,
            (double)after / 1048576, few, many);
    free(s);
    return after > before + ROOM || many > few;
}
