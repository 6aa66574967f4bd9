/* SPDX-License-Identifier: 0BSD */
/* A library of the 1:N API, VENDOR_API its major version. */
#include <algorithm>
#include <memory>

#include <frvt1N.h>

#include "vendor.hpp"

#if VENDOR_API < 3
#define CREATE createTemplate
using FRVT::Candidate;
using FRVT::GalleryType;
#define MORE , bool &decision
#else
#define CREATE createFaceTemplate
using FRVT_1N::Candidate;
using FRVT_1N::GalleryType;
#define MORE
#endif

using namespace vendor;
using Role = FRVT::TemplateRole;
using Eyes = std::vector<FRVT::EyePair>;
using String = const std::string &;

/* Kept for the process, as the API allows. */
static struct {
    int templates, finalised, searching; /* how often it was initialised so */
    Role role;
    std::vector<std::pair<std::string, Bytes>> gallery;
} state;

static std::string line_of(const std::string &path)
{
    std::ifstream file(path);
    std::string line;

    std::getline(file, line);
    return line;
}

/* Templates and their names from the two files. */
static bool read_gallery(const std::string &edb, const std::string &manifest)
{
    std::ifstream bytes(edb, std::ios::binary), lines(manifest);
    std::string id;
    size_t len, at;

    if (!bytes || !lines)
        return false;
    while (lines >> id >> len >> at) {
        Bytes t(len);
        bytes.seekg(static_cast<std::streamoff>(at));
        bytes.read(reinterpret_cast<char *>(t.data()), static_cast<std::streamsize>(len));
        state.gallery.emplace_back(id, t);
    }
    return bytes.good();
}

static void copy(const std::string &from, const std::string &to)
{
    std::ifstream in(from, std::ios::binary);
    std::ofstream out(to, std::ios::binary);

    out << in.rdbuf();
}

class Matcher : public FRVT_1N::Interface {
    Mode mode;

    ReturnStatus check(Role role) const
    {
        return state.templates == 1 && state.role == role && !state.finalised
                   ? well() : status(17, "not the role that it was initialised for");
    }

public:
    ReturnStatus initializeTemplateCreation(String config, Role role)
    {
        mode = read_mode(config);
        if (mode.is("init-throw"))
            throw std::runtime_error("no licence");
        if (mode.is("init-code"))
            return status(mode.number, "no licence");
        state.role = role;
        return state.templates++ ? status(17, "initialised twice") : well();
    }

    ReturnStatus CREATE(const std::vector<FRVT::Image> &images, Role role, Bytes &t,
                        Eyes &eyes)
    {
        const ReturnStatus s = check(role);

        see_eyes(1, eyes);
        if (s.code != ReturnCode::Success)
            return s;
        return make(mode, images.at(0), role == Role::Search_1N, t);
    }

#if VENDOR_API > 1
    ReturnStatus CREATE(const FRVT::Image &image, Role role, std::vector<Bytes> &list,
                        Eyes &eyes)
    {
        const ReturnStatus s = make_several(mode, image, role == Role::Search_1N, list);

        see_eyes(list.size(), eyes);
        return s;
    }
#endif

#if VENDOR_API >= 3
    ReturnStatus createIrisTemplate(const std::vector<FRVT::Image> &, Role, Bytes &,
                                    std::vector<FRVT::IrisAnnulus> &)
    {
        return status(16);
    }

    ReturnStatus createFaceAndIrisTemplate(const std::vector<FRVT::Image> &, Role, Bytes &)
    {
        return status(16);
    }
#endif

    ReturnStatus finalizeEnrollment(String config, String folder, String edb,
                                    String manifest, GalleryType type)
    {
        mode = read_mode(config);
        if (mode.is("finalize-crash"))
            crash();
        if (mode.is("finalize-code"))
            return status(mode.number);
        if (state.templates || state.finalised++ || type != GalleryType::Unconsolidated)
            return status(17, "finalised beside something else");
        if (mode.is("lazy")) { /* which the API forbids */
            std::ofstream(folder + "/where") << edb << "\n";
            return well();
        }
        copy(edb, folder + "/templates");
        copy(manifest, folder + "/list");
        return well();
    }

    ReturnStatus initializeIdentification(String config, String folder)
    {
        mode = read_mode(config);
        if (mode.is("load-code"))
            return status(mode.number);
        if (state.searching++)
            return status(17, "a second gallery");
        const std::string edb = mode.is("lazy") ? line_of(folder + "/where")
                                                : folder + "/templates";
        return read_gallery(edb, folder + "/list") ? well() : status(11);
    }

    ReturnStatus identifyTemplate(const Bytes &probe, const uint32_t most,
                                  std::vector<Candidate> &list MORE)
    {
#if VENDOR_API < 3
        decision = true;
#endif
        if (mode.is("identify-crash"))
            crash();
        if (mode.is("identify-slow"))
            sleep(20);
        if (mode.is("identify-code"))
            return status(mode.number);
        if (!is_template(probe, 'P'))
            return status(10);
        for (const auto &entry : state.gallery)
            if (is_template(entry.second, 'E') && entry.second[1])
                list.push_back(Candidate(true, entry.first, alike(probe, entry.second)));
        std::stable_sort(list.begin(), list.end(), [](const Candidate &a, const Candidate &b) {
#if VENDOR_API < 3
            return a.similarityScore > b.similarityScore;
#else
            return a.score > b.score;
#endif
        });
        if (list.size() > most)
            list.resize(most);
        if (mode.is("unsorted"))
            std::reverse(list.begin(), list.end());
        if (mode.is("twice"))
            for (size_t i = list.size(); i-- > 0;)
                list.push_back(Candidate(list[i]));
        if (mode.is("stranger"))
            list.push_back(Candidate(true, "t99999999", 1));
        while (list.size() < most)
            list.push_back(Candidate());
        return well();
    }

#if VENDOR_API < 3
    ReturnStatus galleryInsertID(const Bytes &, String)
    {
        return status(16);
    }
#endif
};

std::shared_ptr<FRVT_1N::Interface> FRVT_1N::Interface::getImplementation()
{
    return std::make_shared<Matcher>();
}
