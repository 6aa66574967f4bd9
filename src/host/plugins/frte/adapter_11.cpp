/* SPDX-License-Identifier: 0BSD */
/* A library of the 1:1 API. */
#include <memory>

#include <frvt11.h>

#include "host/plugins/frte/adapter.hpp"

using namespace frte;
using Mine = Instance<FRVT_11::Interface>;

static void initialize(void *self, const char *config, frte_role, frte_said *said)
{
    guarded(said, [&] { say(said, Mine::of(self).initialize(config)); });
}

static void create(void *self, const frte_picture *picture, frte_role role, int several,
                   frte_made *made)
{
    static_cast<Mine *>(self)->create(picture,
                                      role == FRTE_ENROL
                                          ? FRVT::TemplateRole::Enrollment_11
                                          : FRVT::TemplateRole::Verification_11,
                                      several != 0, made);
}

static double match(void *self, const frte_template *probe, const frte_template *enrolled,
                    frte_said *said)
{
    double score = -1;

    guarded(said, [&] {
        const Bytes a(probe->bytes, probe->bytes + probe->len);
        const Bytes b(enrolled->bytes, enrolled->bytes + enrolled->len);
        say(said, Mine::of(self).matchTemplates(a, b, score));
    });
    return score;
}

const frte_adapter *frte_adapter_get()
{
    static const frte_adapter me = {
        FRTE_ADAPTER,
        FRTE_11,
        { FRVT_11::API_MAJOR_VERSION, FRVT_11::API_MINOR_VERSION,
          FRVT::FRVT_STRUCTS_MAJOR_VERSION, FRVT::FRVT_STRUCTS_MINOR_VERSION },
        uses_cxx11,
        Mine::has_several,
        describe,
        Mine::make,
        Mine::unmake,
        initialize,
        create,
        match,
        nullptr,
        nullptr,
        nullptr,
    };
    return &me;
}
