/* SPDX-License-Identifier: 0BSD */
/* A library of the 1:N API. */
#include <memory>

#include <frvt1N.h>

#include "host/plugins/frte/adapter.hpp"

using namespace frte;
using Interface = FRVT_1N::Interface;
using Mine = Instance<Interface>;
using Status = FRVT::ReturnStatus;
using String = const std::string &;

/* Types that moved from one namespace to another, by the functions that take them. */
template <class G> G gallery_type(Status (Interface::*)(String, String, String, String, G));
using Gallery = decltype(gallery_type(&Interface::finalizeEnrollment));

template <class C>
C candidate_type(Status (Interface::*)(const Bytes &, uint32_t, std::vector<C> &));
template <class C>
C candidate_type(Status (Interface::*)(const Bytes &, uint32_t, std::vector<C> &, bool &));
using Candidate = decltype(candidate_type(&Interface::identifyTemplate));

/* Until version 3 there was a decision too, which has no place in misid's interface. */
template <class I>
auto identify_by(I &i, const Bytes &t, uint32_t most, std::vector<Candidate> &list, int)
    -> decltype(i.identifyTemplate(t, most, list))
{
    return i.identifyTemplate(t, most, list);
}

template <class I>
auto identify_by(I &i, const Bytes &t, uint32_t most, std::vector<Candidate> &list, long)
    -> decltype(i.identifyTemplate(t, most, list, std::declval<bool &>()))
{
    bool decision = false;

    return i.identifyTemplate(t, most, list, decision);
}

template <class C> auto score_of(const C &c, int) -> decltype(c.score)
{
    return c.score;
}

template <class C> auto score_of(const C &c, long) -> decltype(c.similarityScore)
{
    return c.similarityScore;
}

static FRVT::TemplateRole role_of(frte_role role)
{
    return role == FRTE_ENROL ? FRVT::TemplateRole::Enrollment_1N
                              : FRVT::TemplateRole::Search_1N;
}

static void initialize(void *self, const char *config, frte_role role, frte_said *said)
{
    guarded(said, [&] {
        say(said, Mine::of(self).initializeTemplateCreation(config, role_of(role)));
    });
}

static void create(void *self, const frte_picture *picture, frte_role role, int several,
                   frte_made *made)
{
    static_cast<Mine *>(self)->create(picture, role_of(role), several != 0, made);
}

static void finalize(void *self, const char *config, const char *folder, const char *edb,
                     const char *manifest, frte_said *said)
{
    guarded(said, [&] {
        say(said, Mine::of(self).finalizeEnrollment(config, folder, edb, manifest,
                                                    Gallery::Unconsolidated));
    });
}

static void load(void *self, const char *config, const char *folder, frte_said *said)
{
    guarded(said, [&] {
        say(said, Mine::of(self).initializeIdentification(config, folder));
    });
}

static void identify(void *self, const uint8_t *bytes, size_t len, uint32_t most,
                     frte_found *found)
{
    Mine *mine = static_cast<Mine *>(self);

    found->n = 0;
    found->items = nullptr;
    guarded(&found->said, [&] {
        const Bytes t(bytes, bytes + len);
        std::vector<Candidate> list;
        mine->ids.clear();
        mine->candidates.clear();
        say(&found->said, identify_by(*mine->library, t, most, list, 0));
        for (const Candidate &c : list)
            if (c.isAssigned)
                mine->ids.push_back(c.templateId);
        for (const Candidate &c : list)
            if (c.isAssigned)
                mine->candidates.push_back({ mine->ids[mine->candidates.size()].c_str(),
                                             score_of(c, 0) });
        found->n = mine->candidates.size();
        found->items = mine->candidates.data();
    });
}

const frte_adapter *frte_adapter_get()
{
    static const frte_adapter me = {
        FRTE_ADAPTER,
        FRTE_1N,
        { FRVT_1N::API_MAJOR_VERSION, FRVT_1N::API_MINOR_VERSION,
          FRVT::FRVT_STRUCTS_MAJOR_VERSION, FRVT::FRVT_STRUCTS_MINOR_VERSION },
        uses_cxx11,
        Mine::has_several,
        describe,
        Mine::make,
        Mine::unmake,
        initialize,
        create,
        nullptr,
        finalize,
        load,
        identify,
    };
    return &me;
}
