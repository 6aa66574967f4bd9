/* SPDX-License-Identifier: 0BSD */
/*
 * An external program that speaks the protocol of misid-backend(7) without any library,
 * well or as badly as its first argument says. It tells of each image the grey of the
 * first pixel, as label and as template of 4 numbers; with a second argument, `ppm` or
 * `png`, it reads pixels from files.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEMORY 3

static const char *mode = "good", *pixels = "memory";
static unsigned long calls;
static char *last_path;

static int is(const char *name)
{
    return !strcmp(mode, name);
}

/* The number behind "key": in the text, -1 if there is none. */
static long number(const char *text, const char *key)
{
    char quoted[64];

    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *at = text ? strstr(text, quoted) : NULL;
    return at ? strtol(at + strlen(quoted), NULL, 10) : -1;
}

static int calls_for(const char *line, const char *call)
{
    char quoted[64];

    snprintf(quoted, sizeof quoted, "\"call\":\"%s\"", call);
    return strstr(line, quoted) != NULL;
}

static void hello(long id)
{
    if (is("hello-garbage"))
        puts("Loading weights, please wait");
    if (is("hello-protocol"))
        printf("{\"id\":%ld,\"protocol\":2,\"name\":\"talker\",\"version\":\"1\"}\n", id);
    else if (is("hello-empty"))
        printf("{\"id\":%ld,\"protocol\":1}\n", id);
    else if (is("hello-option"))
        printf("{\"id\":%ld,\"protocol\":1,\"name\":\"talker\",\"version\":\"1\","
               "\"capabilities\":[\"class\"],\"options\":[{\"name\":\"memory\"}]}\n", id);
    else
        printf("{\"id\":%ld,\"protocol\":1,\"name\":\"talker\",\"version\":\"1\","
               "\"about\":\"for tests\",\"capabilities\":[\"class\",\"template\"%s],"
               "\"pixels\":\"%s\",\"options\":[{\"name\":\"dim\",\"default\":\"4\","
               "\"help\":\"length of the templates\"}]}\n", id,
               is("hello-capability") ? ",\"telepathy\"" : "", pixels);
}

static void open_it(long id)
{
    if (is("open-error"))
        printf("{\"id\":%ld,\"error\":\"no weights\\nhere\"}\n", id);
    else if (is("open-deep"))
        for (int i = 0; i < 100000; i++)
            putchar('[');
    else
        printf("{\"id\":%ld,\"dimension\":4,\"similarity\":\"euclidean\",\"batch\":%d,"
               "\"native\":[0.5]}\n", id, is("good") || is("shared") ? 1 : 3);
    if (is("open-deep"))
        putchar('\n');
}

/* The value of the first pixel of the image that `image` begins. */
static int grey_of(const char *image)
{
    unsigned char c = 0;

    if (!strcmp(pixels, "memory")) {
        if (pread(MEMORY, &c, 1, number(image, "at")) != 1)
            exit(9);
        return c;
    }
    const char *path = strstr(image, "\"path\":\"") + 8;
    free(last_path);
    last_path = strndup(path, strcspn(path, "\""));
    FILE *fp = fopen(last_path, "rb");
    unsigned char data[64];
    if (!fp || fread(data, 1, sizeof data, fp) != sizeof data)
        exit(9);
    fclose(fp);
    return data[strcmp(pixels, "ppm") ? 62 : 13]; /* behind the headers */
}

static void template_of(int grey, const char *image)
{
    const char *room = strstr(image, "\"template\":{");
    float v[4] = { (float)grey, 1, 2, 3 };

    if (!room)
        return;
    if (is("template-outside")) {
        printf(",\"template\":{\"at\":0,\"len\":16}");
    } else if (is("template-huge")) {
        printf(",\"template\":{\"at\":9223372036854775807,\"len\":9223372036854775807}");
    } else if (is("template-number")) {
        printf(",\"template\":[1e39,1,2,3]");
    } else if (is("template-text")) {
        printf(",\"template\":[\"1\",1,2,3]");
    } else if (is("template-short")) {
        printf(",\"template\":[1,2,3]");
    } else if (is("shared")) {
        long at = number(room, "at");
        if (pwrite(MEMORY, v, sizeof v, at) != (ssize_t)sizeof v)
            exit(8);
        printf(",\"template\":{\"at\":%ld,\"len\":16}", at);
    } else {
        printf(",\"template\":[%d,1,2,3]", grey);
    }
}

static void image(const char *at)
{
    int grey = grey_of(at);

    if (is("status"))
        printf("{\"status\":\"crashed\",\"faces\":[]}");
    else if (is("missing"))
        printf("{\"status\":\"missing\"}");
    else if (is("faces"))
        printf("{\"status\":\"ok\",\"faces\":[{\"status\":\"ok\"},{\"status\":\"ok\"}]}");
    else if (is("types"))
        printf("{\"status\":7,\"faces\":{}}");
    else if (is("refused"))
        printf("{\"status\":\"refused\",\"reason\":\"too\\tsmall\"}");
    else {
        printf("{\"status\":\"ok\",\"faces\":[{\"status\":\"ok\",\"box\":[0,0,1,1],"
               "\"label\":\"%d\",\"confidence\":%s", grey, is("confidence") ? "1.5" : "1");
        template_of(grey, at);
        printf("}]}");
    }
}

static void process(const char *line, long id)
{
    int n = 0;

    printf("{\"id\":%ld,\"images\":[", is("id") ? id + 1 : id);
    for (const char *at = line; (at = strstr(at, "{\"width\":")); at++) {
        if (n && is("short"))
            break;
        if (n++)
            putchar(',');
        image(at);
    }
    printf("]}\n");
}

/* True if it has answered, in its way. */
static int misbehave(void)
{
    calls++;
    if (is("silent"))
        pause();
    if (is("stop"))
        raise(SIGSTOP);
    if (is("end") || (is("end-third") && calls == 3))
        exit(3);
    if (is("close"))
        close(STDOUT_FILENO);
    if (is("close"))
        pause();
    if (is("half")) {
        printf("{\"id\":");
        fflush(stdout);
        exit(0);
    }
    if (is("garbage"))
        puts("W0000 something was deprecated");
    while (is("flood"))
        if (printf("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx") < 0)
            exit(1);
    if (is("null"))
        return (int)fwrite("{\"id\":3,\0\"images\":[]}\n", 1, 22, stdout);
    if (is("json"))
        return puts("{\"id\":3,\"images\":[}") >= 0;
    if (is("twice"))
        return puts("{\"id\":3,\"id\":3,\"images\":[]}") >= 0;
    if (is("shrink") && ftruncate(MEMORY, 0) == 0)
        exit(7);
    if (is("grow") && ftruncate(MEMORY, (off_t)1 << 40) == 0)
        exit(7);
    if (is("child") && fork() == 0)
        for (;;)
            pause();
    for (int i = 0; is("children") && i < 5; i++) /* 32 of them */
        if (fork() < 0)
            break;
    if (is("children"))
        pause();
    return 0;
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t cap = 0;

    if (argc > 1)
        mode = argv[1];
    if (argc > 2)
        pixels = argv[2];
    signal(SIGXFSZ, SIG_IGN);
    if (is("start-end")) {
        fputs("talker: a library is missing\n", stderr);
        return 4;
    }
    while (getline(&line, &cap, stdin) > 0) {
        long id = number(line, "id");
        if (calls_for(line, "hello"))
            hello(id);
        else if (calls_for(line, "open"))
            open_it(id);
        else if (calls_for(line, "close"))
            printf("{\"id\":%ld}\n", id);
        else if (!misbehave())
            process(line, id);
        if (is("extra") && calls && !calls_for(line, "close"))
            puts("{\"id\":99}");
        fflush(stdout);
        if (is("late-garbage"))
            usleep(20000);
        if (is("late-garbage"))
            puts("done."), fflush(stdout);
    }
    free(line);
    free(last_path);
    return 0;
}
