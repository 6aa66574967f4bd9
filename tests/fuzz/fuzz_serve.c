/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests to misid-host, a line each, to a well-behaved plug-in that is open already
 * (the first byte says how). Each gets one answer, which can be written as one line.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "host/serve.h"

#define MEMORY 65536

static void answer(struct server *s, const char *line, size_t len)
{
    json_t *got = serve_line(s, line, len);
    char *text;

    assert(json_is_object(got));
    text = json_dumps(got, JSON_COMPACT);
    assert(text && !strchr(text, '\n'));
    free(text);
    json_decref(got);
}

static int make_memory(void)
{
    static uint8_t bytes[MEMORY];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7 + 60);
    assert(fd >= 0 && write(fd, bytes, sizeof bytes) == sizeof bytes);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char *const opens[] = {
        "{\"id\":1,\"call\":\"open\",\"settings\":{\"faces\":\"2\",\"file\":\"\","
        "\"scores\":\"cosine\"}}",
        "{\"id\":1,\"call\":\"open\",\"settings\":{\"faces\":\"1\",\"file\":\"\","
        "\"scores\":\"own\"}}",
    };
    static int fd = -1;
    struct server s = { .path = NULL };
    char why[256];
    struct misid_text why_text = { why, sizeof why };

    if (len == 0)
        return 0;
    if (fd < 0)
        fd = make_memory();
    s.memory.fd = fd;
    assert(plugin_take(&s.plugin, misid_backend(MISID_ABI), "good", &why_text));
    if (data[0] & 2)
        answer(&s, opens[data[0] & 1], strlen(opens[data[0] & 1]));
    for (size_t at = 1, end; at < len; at = end + 1) {
        for (end = at; end < len && data[end] != '\n'; end++)
            ;
        answer(&s, (const char *)data + at, end - at);
    }
    server_release(&s);
    return 0;
}
