/* SPDX-License-Identifier: 0BSD */
/*
 * adapter: the one part of the frte plug-in that is compiled against NIST's headers.
 *
 * A laboratory's library is a C++ class whose vtable and structs differ from version to
 * version of those headers, and under the same names. So for each version there is an
 * adapter, a shared object of its own, that turns the class into these C functions. It
 * knows the versions that it was compiled with; library.h chooses the adapter by those
 * that the library exports. What the library throws ends in the adapter.
 *
 * Ownership: what an adapter gives is its own, and stays until the next call for the same
 * instance. Threads: one.
 */
#ifndef FRTE_ADAPTER_H
#define FRTE_ADAPTER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FRTE_ADAPTER 1      /* of this interface */
#define FRTE_INFO 256       /* bytes of what a library says of a failure */

/* In place of a return code: the library threw; the plug-in itself could not. */
#define FRTE_THREW (-1)
#define FRTE_FAILED (-2)

enum frte_api { FRTE_11, FRTE_1N };
enum frte_role { FRTE_ENROL, FRTE_PROBE };

struct frte_versions {
    uint16_t api_major, api_minor, structs_major, structs_minor;
};

/* How a call ended: the library's return code, and its own words. */
struct frte_said {
    int code;
    char info[FRTE_INFO];
};

struct frte_picture {
    uint16_t width, height;
    uint8_t depth;          /* 8 or 24 bits; rows without gaps */
    int description;        /* by describe() */
    const uint8_t *pixels;
};

/* The subject's left and right eye; what is not assigned is 0. */
struct frte_eyes {
    uint8_t left, right;
    uint16_t xleft, yleft, xright, yright;
};

struct frte_template {
    const uint8_t *bytes;
    size_t len;
    struct frte_eyes eyes;
};

struct frte_made {
    struct frte_said said;
    size_t n;
    const struct frte_template *templates;
};

struct frte_candidate {
    const char *id;
    double score;
};

struct frte_found {
    struct frte_said said;
    size_t n;               /* those that the library has assigned */
    const struct frte_candidate *items;
};

struct frte_adapter {
    uint32_t adapter;       /* FRTE_ADAPTER */
    enum frte_api api;
    struct frte_versions versions;
    int cxx11;              /* it was compiled with the std::string of GCC 5 and later */
    int several;            /* this version has a function for several faces */

    /* The number of an image's description, one of frte_descriptions, in this version;
     * -1: it has none such. */
    int (*describe)(const char *word);

    /* An instance from the library's getImplementation(); NULL: `said` tells why. */
    void *(*make)(void *factory, struct frte_said *said);
    void (*unmake)(void *self);

    void (*initialize)(void *self, const char *config, enum frte_role role,
                       struct frte_said *said);
    /* With `several` one template a face that it finds, else one. */
    void (*create)(void *self, const struct frte_picture *picture, enum frte_role role,
                   int several, struct frte_made *made);
    /* 1:1 only. */
    double (*match)(void *self, const struct frte_template *probe,
                    const struct frte_template *enrolled, struct frte_said *said);
    /* 1:N only. */
    void (*finalize)(void *self, const char *config, const char *folder, const char *edb,
                     const char *manifest, struct frte_said *said);
    void (*load)(void *self, const char *config, const char *folder,
                 struct frte_said *said);
    void (*identify)(void *self, const uint8_t *bytes, size_t len, uint32_t most,
                     struct frte_found *found);
};

#define FRTE_DESCRIPTIONS "unknown, iso, mugshot, photojournalism, exploitation, wild"

/* What an adapter exports. */
#define FRTE_ADAPTER_SYMBOL "frte_adapter_get"
typedef const struct frte_adapter *frte_adapter_function(void);
__attribute__((visibility("default"))) const struct frte_adapter *frte_adapter_get(void);

#ifdef __cplusplus
}
#endif
#endif
