/* SPDX-License-Identifier: 0BSD */
#include "host/plugins/frte/engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* FRVT::ReturnCode, which is the same in all versions. */
static const char *const codes[] = {
    "Success", "UnknownError", "ConfigError", "RefuseInput", "ExtractError", "ParseError",
    "TemplateCreationError", "VerifTemplateError", "FaceDetectionError", "NumDataError",
    "TemplateFormatError", "EnrollDirError", "InputLocationError", "MemoryError",
    "MatchError", "QualityAssessmentError", "NotImplemented", "VendorError",
};

#define CODE_VERIF_TEMPLATE 7

const char *engine_reason(const struct frte_said *said, char text[FRTE_REASON])
{
    const char *colon = *said->info ? ": " : "";

    if (said->code == FRTE_FAILED)
        snprintf(text, FRTE_REASON, "%s", said->info);
    else if (said->code == FRTE_THREW)
        snprintf(text, FRTE_REASON, "the library threw an exception%s%s", colon, said->info);
    else if (said->code >= 0 && (size_t)said->code < sizeof codes / sizeof *codes)
        snprintf(text, FRTE_REASON, "return code %d, %s%s%s", said->code,
                 codes[said->code], colon, said->info);
    else
        snprintf(text, FRTE_REASON, "return code %d%s%s", said->code, colon, said->info);
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = ' ';
    return text;
}

static int open_phase(struct engine *e, enum frte_role role, struct frte_said *said)
{
    static const char *const what[] = { "makes enrolment templates",
                                        "makes search templates" };
    struct phase *p = &e->phases[role];

    if (phase_start(p, &e->library, what[role], said) == 0)
        phase_initialize(p, e->config, role, said);
    return said->code ? -1 : 0;
}

int engine_open(struct engine *e, struct misid_text *why)
{
    const struct frte_adapter *a = e->library.adapter;
    struct frte_said said = { .code = 0 };
    const char *call = "initializeTemplateCreation()";
    char reason[FRTE_REASON];

    if (e->library.api == FRTE_11) {
        call = "initialize()";
        e->self = a->make(e->library.factory, &said);
        if (e->self)
            a->initialize(e->self, e->config, FRTE_ENROL, &said);
    } else if (open_phase(e, FRTE_ENROL, &said) == 0) {
        open_phase(e, FRTE_PROBE, &said);
    }
    if (!said.code)
        return 0;
    return frte_complain(why, "%s: %s: %s", e->library.path, call,
                         engine_reason(&said, reason));
}

void engine_close(struct engine *e)
{
    if (e->self)
        e->library.adapter->unmake(e->self);
    phase_stop(&e->phases[FRTE_ENROL]);
    phase_stop(&e->phases[FRTE_PROBE]);
    library_release(&e->library);
    free(e->config);
}

void engine_create(struct engine *e, const struct frte_picture *picture,
                   enum frte_role role, int several, struct frte_made *made)
{
    if (e->library.api == FRTE_11)
        e->library.adapter->create(e->self, picture, role, several, made);
    else
        phase_create(&e->phases[role], picture, role, several, made);
}

double engine_match(struct engine *e, const struct frte_template *probe,
                    const struct frte_template *enrolled)
{
    struct frte_said said = { .code = 0 };
    char reason[FRTE_REASON];
    double score = e->library.adapter->match(e->self, probe, enrolled, &said);

    if (!said.code && isfinite(score) && score >= 0)
        return score;
    if (!said.code)
        fprintf(stderr, "frte: matchTemplates() gives %g and says that all is well\n",
                score);
    else if (said.code != CODE_VERIF_TEMPLATE)
        fprintf(stderr, "frte: matchTemplates(): %s\n", engine_reason(&said, reason));
    return NAN;
}
