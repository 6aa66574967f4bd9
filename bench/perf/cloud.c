/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What misid adds to a call of a service on the network.
 *
 * A stand-in that looks at nothing answers DetectFaces on this machine, from a process of
 * its own. It is asked for 10,000 pictures, 16 at once, three ways in the same run:
 *
 *   bare      libcurl's multi interface in a loop: the same signed requests, bodies ready
 *             made, answers thrown away
 *   misid     the rekognition backend with two sessions: files read and hashed, bodies
 *             made, answers read into outputs
 *   cassette  the same, and every request and answer written to a cassette
 *
 * Given are microseconds a call (wall), and what misid's are beyond the bare ones'. The
 * best of the rounds counts.
 *
 *     bench/perf/cloud [--json] [--calls N] [--rounds N]
 */
#include <curl/curl.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "backends/backend.h"
#include "backends/base64.h"
#include "base/file.h"
#include "base/json.h"
#include "images/encode.h"

#define IN_FLIGHT 16
#define SESSIONS 2
#define SIDE 256
#define DIGITS "00000000"

static const char answer[] =
    "{\"FaceDetails\":[{\"AgeRange\":{\"High\":38,\"Low\":22},\"BoundingBox\":{\"Height\":0.5,"
    "\"Left\":0.25,\"Top\":0.2,\"Width\":0.4},\"Confidence\":99.99,\"Emotions\":[{"
    "\"Confidence\":90.1,\"Type\":\"CALM\"},{\"Confidence\":3.2,\"Type\":\"HAPPY\"}],"
    "\"EyesOpen\":{\"Confidence\":99.1,\"Value\":true},\"Gender\":{\"Confidence\":99.2,"
    "\"Value\":\"Female\"},\"Landmarks\":[{\"Type\":\"eyeLeft\",\"X\":0.3,\"Y\":0.4},{\"Type\":"
    "\"eyeRight\",\"X\":0.5,\"Y\":0.4}],\"Pose\":{\"Pitch\":1.5,\"Roll\":-2.25,\"Yaw\":3.5},"
    "\"Quality\":{\"Brightness\":60.5,\"Sharpness\":80.25},\"Smile\":{\"Confidence\":70.5,"
    "\"Value\":false}}]}";

struct bench {
    const char *folder;
    struct image image;
    int port;
    size_t calls;
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void must(bool done, const char *what)
{
    if (done)
        return;
    fprintf(stderr, "cloud: %s\n", what);
    exit(2);
}

/* --- the stand-in --- */

/* The length of the body that a whole header announces, or -1 if it is not whole. */
static long body_of(const char *buffer, size_t len, size_t *header)
{
    const char *end = memmem(buffer, len, "\r\n\r\n", 4);
    const char *field = end ? memmem(buffer, (size_t)(end - buffer), "Content-Length: ", 16)
                            : NULL;

    if (!end)
        return -1;
    *header = (size_t)(end - buffer) + 4;
    return field ? strtol(field + 16, NULL, 10) : 0;
}

static void *serve_one(void *arg)
{
    int fd = (int)(intptr_t)arg, one = 1;
    size_t cap = 1 << 20, len = 0, header = 0;
    char *buffer = malloc(cap), out[2048];
    int n = snprintf(out, sizeof out, "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-"
                     "json-1.1\r\nContent-Length: %zu\r\n\r\n%s", sizeof answer - 1, answer);

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    for (ssize_t got; buffer && (got = read(fd, buffer + len, cap - len)) > 0;) {
        len += (size_t)got;
        long body = body_of(buffer, len, &header);
        if (body < 0 || len < header + (size_t)body)
            continue;
        len = 0;
        if (write(fd, out, (size_t)n) != n)
            break;
    }
    close(fd);
    free(buffer);
    return NULL;
}

static void serve(int listening)
{
    for (int fd; (fd = accept(listening, NULL, NULL)) >= 0;) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve_one, (void *)(intptr_t)fd))
            break;
        pthread_detach(thread);
    }
    _exit(1);
}

static pid_t start_server(int *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    must(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 128) == 0 &&
         getsockname(fd, (struct sockaddr *)&at, &len) == 0, "no port to listen at");
    *port = ntohs(at.sin_port);
    pid_t pid = fork();
    must(pid >= 0, "no process can be started");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(fd);
    }
    close(fd);
    return pid;
}

/* --- pictures: one drawing, each file with its number in a comment --- */

static void add_path(struct text *to, const struct bench *b, size_t i)
{
    text_reset(to);
    text_addf(to, "%s/%08zu.jpg", b->folder, i);
}

static void make_pictures(struct bench *b)
{
    struct text jpeg = TEXT_INIT, path = TEXT_INIT;

    must(image_resize(&b->image, SIDE, SIDE), "no memory");
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < 3 * SIDE; x++)
            image_row(&b->image, y)[x] = (uint8_t)(128 + 100 * sin(x * .03) * cos(y * .05));
    must(image_encode_jpeg(&b->image, 90, "number " DIGITS, &jpeg, NULL) == 0, "no picture");
    char *digits = memmem(jpeg.s, jpeg.len, DIGITS, sizeof DIGITS - 1);
    must(digits, "no comment in the picture");
    for (size_t i = 0; i < b->calls; i++) {
        char number[24];
        snprintf(number, sizeof number, "%08zu", i);
        memcpy(digits, number, sizeof DIGITS - 1);
        add_path(&path, b, i);
        FILE *f = fopen(path.s, "wb");
        must(f && fwrite(jpeg.s, 1, jpeg.len, f) == jpeg.len && fclose(f) == 0,
             "no picture can be written");
    }
    text_release(&jpeg);
    text_release(&path);
}

/* --- bare --- */

static size_t throw_away(char *bytes, size_t size, size_t n, void *arg)
{
    (void)bytes;
    (void)arg;
    return size * n;
}

static char *make_body(const struct bench *b, size_t i)
{
    struct text body = TEXT_INIT, path = TEXT_INIT;
    char *data;
    size_t len;

    add_path(&path, b, i);
    must(file_read(path.s, 1 << 24, &data, &len, NULL) == 0, "no picture");
    text_add(&body, "{\"Attributes\":[\"ALL\"],\"Image\":{\"Bytes\":\"");
    base64_add(&body, data, len);
    text_add(&body, "\"}}");
    free(data);
    text_release(&path);
    return text_detach(&body);
}

static double run_bare(const struct bench *b, char **bodies)
{
    char *url = mem_printf("http://127.0.0.1:%d/", b->port);
    CURLM *multi = curl_multi_init();
    CURL *easy[IN_FLIGHT];
    struct curl_slist *list = NULL;
    size_t next = 0, done = 0;

    list = curl_slist_append(list, "Content-Type: application/x-amz-json-1.1");
    list = curl_slist_append(list, "X-Amz-Target: RekognitionService.DetectFaces");
    double start = now();
    for (size_t k = 0; k < IN_FLIGHT; k++) {
        easy[k] = curl_easy_init();
        curl_easy_setopt(easy[k], CURLOPT_URL, url);
        curl_easy_setopt(easy[k], CURLOPT_HTTPHEADER, list);
        curl_easy_setopt(easy[k], CURLOPT_AWS_SIGV4, "aws:amz:us-east-1:rekognition");
        curl_easy_setopt(easy[k], CURLOPT_USERPWD, "key:secret");
        curl_easy_setopt(easy[k], CURLOPT_WRITEFUNCTION, throw_away);
        curl_easy_setopt(easy[k], CURLOPT_POSTFIELDS, bodies[next++]);
        curl_multi_add_handle(multi, easy[k]);
    }
    while (done < b->calls) {
        int running, left;
        curl_multi_perform(multi, &running);
        for (CURLMsg *m; (m = curl_multi_info_read(multi, &left));) {
            must(m->msg == CURLMSG_DONE && m->data.result == CURLE_OK, "a bare call failed");
            CURL *one = m->easy_handle;
            curl_multi_remove_handle(multi, one);
            done++;
            if (next < b->calls) {
                curl_easy_setopt(one, CURLOPT_POSTFIELDS, bodies[next++]);
                curl_multi_add_handle(multi, one);
            }
        }
        if (done < b->calls)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    double took = now() - start;
    for (size_t k = 0; k < IN_FLIGHT; k++)
        curl_easy_cleanup(easy[k]);
    curl_multi_cleanup(multi);
    curl_slist_free_all(list);
    free(url);
    return took;
}

/* --- misid --- */

struct job {
    const struct bench *b;
    struct backend *backend;
    atomic_size_t *next;
    size_t good;
};

static void *work(void *arg)
{
    struct job *job = arg;
    struct answer answers[IN_FLIGHT];
    struct view views[IN_FLIGHT];
    struct text paths[IN_FLIGHT];
    struct session *session;

    must(job->backend->session(job->backend, &session, NULL) == 0, "no session");
    memset(answers, 0, sizeof answers);
    for (size_t k = 0; k < IN_FLIGHT; k++)
        text_init(&paths[k]);
    for (size_t at; (at = atomic_fetch_add(job->next, IN_FLIGHT)) < job->b->calls;) {
        size_t n = job->b->calls - at < IN_FLIGHT ? job->b->calls - at : IN_FLIGHT;
        for (size_t k = 0; k < n; k++) {
            add_path(&paths[k], job->b, at + k);
            views[k] = (struct view){ .image = &job->b->image, .path = paths[k].s };
            answer_reset(&answers[k]);
        }
        must(job->backend->process(session, MISID_CLASS, views, n, answers, NULL) == 0,
             "a call of misid's failed");
        for (size_t k = 0; k < n; k++)
            job->good += answers[k].status == STATUS_OK;
    }
    for (size_t k = 0; k < IN_FLIGHT; k++) {
        answer_release(&answers[k]);
        text_release(&paths[k]);
    }
    job->backend->end(session);
    return NULL;
}

static double run_misid(const struct bench *b, bool cassette)
{
    char *spec = mem_printf("rekognition:endpoint=http://127.0.0.1:%d,in_flight=%d", b->port,
                            IN_FLIGHT);
    char *path = path_join(b->folder, "cassette.jsonl");
    struct job jobs[SESSIONS];
    pthread_t threads[SESSIONS];
    struct backend *backend;
    struct err err = ERR_INIT;
    atomic_size_t next = 0;
    size_t good = 0;

    if (backend_open(&backend, spec, &err) < 0)
        must(false, err_text(&err));
    if (cassette)
        must(backend->keep(backend, b->folder, NULL) == 0, "no cassette");
    double start = now();
    for (int k = 0; k < SESSIONS; k++) {
        jobs[k] = (struct job){ b, backend, &next, 0 };
        must(pthread_create(&threads[k], NULL, work, &jobs[k]) == 0, "no thread");
    }
    for (int k = 0; k < SESSIONS; k++) {
        pthread_join(threads[k], NULL);
        good += jobs[k].good;
    }
    double took = now() - start;
    must(good == b->calls, "an answer of misid's is not ok");
    backend_close(backend);
    unlink(path);
    free(path);
    free(spec);
    return took;
}

static void report(const struct bench *b, const double best[3], bool as_json)
{
    static const char *const names[] = { "bare", "misid", "cassette" };
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);
    double us[3];

    for (int i = 0; i < 3; i++)
        us[i] = 1e6 * best[i] / (double)b->calls;
    if (!as_json) {
        printf("%zu calls, %d in flight, microseconds a call:\n", b->calls, IN_FLIGHT);
        for (int i = 0; i < 3; i++)
            printf("  %-9s %8.1f  (%.0f a second), beyond the bare loop %.1f\n", names[i], us[i],
                   1e6 / us[i], us[i] - us[0]);
        return;
    }
    json_map(&w, NULL);
    json_int(&w, "calls", (int64_t)b->calls);
    json_int(&w, "in_flight", IN_FLIGHT);
    for (int i = 0; i < 3; i++)
        json_number(&w, names[i], us[i]);
    json_number(&w, "overhead", us[1] - us[0]);
    json_number(&w, "overhead_cassette", us[2] - us[0]);
    json_end(&w);
    puts(t.s);
    text_release(&t);
}

int main(int argc, char **argv)
{
    struct bench b = { .calls = 10000 };
    double best[3] = { INFINITY, INFINITY, INFINITY };
    int rounds = 3;
    bool as_json = false;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--json"))
            as_json = true;
        else if (!strcmp(argv[i], "--calls") && i + 1 < argc)
            b.calls = strtoul(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--rounds") && i + 1 < argc)
            rounds = atoi(argv[++i]);
        else
            must(false, "usage: cloud [--json] [--calls N] [--rounds N]");
    }
    must(b.calls >= IN_FLIGHT && b.calls <= 1000000 && rounds > 0, "16 to 1000000 calls");
    const char *tmp = getenv("TMPDIR");
    char *folder = mem_printf("%s/misid-cloud.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    must(mkdtemp(folder), "no folder for the pictures");
    b.folder = folder;
    setenv("AWS_ACCESS_KEY_ID", "key", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    unsetenv("AWS_SESSION_TOKEN");
    pid_t server = start_server(&b.port);
    make_pictures(&b);
    char **bodies = mem_array(b.calls, sizeof *bodies);
    for (size_t i = 0; i < b.calls; i++)
        bodies[i] = make_body(&b, i);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    for (int i = 0; i < rounds; i++) {
        best[0] = fmin(best[0], run_bare(&b, bodies));
        best[1] = fmin(best[1], run_misid(&b, false));
        best[2] = fmin(best[2], run_misid(&b, true));
    }
    report(&b, best, as_json);
    kill(server, SIGKILL);
    struct text path = TEXT_INIT;
    for (size_t i = 0; i < b.calls; i++) {
        add_path(&path, &b, i);
        unlink(path.s);
        free(bodies[i]);
    }
    rmdir(folder);
    text_release(&path);
    free(bodies);
    free(folder);
    image_release(&b.image);
    return 0;
}
