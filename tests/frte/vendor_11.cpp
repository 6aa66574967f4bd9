/* SPDX-License-Identifier: 0BSD */
/* A library of the 1:1 API, VENDOR_API its major version; with VENDOR_LIES it says that it
 * is of another, or does not say it if that is 0. */
#include <memory>

#ifdef VENDOR_LIES
#define NIST_EXTERN_API_VERSION
#endif
#include <frvt11.h>
#if defined VENDOR_LIES && VENDOR_LIES
namespace FRVT_11 {
uint16_t API_MAJOR_VERSION{VENDOR_LIES};
uint16_t API_MINOR_VERSION{3};
}
#endif

#include "vendor.hpp"

#if VENDOR_API < 6
#define CREATE createTemplate
#else
#define CREATE createFaceTemplate
#endif

using namespace vendor;
using Eyes = std::vector<FRVT::EyePair>;

static int initialised; /* in this process */

/* Without `override`, for a version may not have the function. */
class Matcher : public FRVT_11::Interface {
    Mode mode;

public:
    ReturnStatus initialize(const std::string &config)
    {
        mode = read_mode(config);
        if (mode.is("init-throw"))
            throw std::runtime_error("no licence");
        if (mode.is("init-code"))
            return status(mode.number, "no licence");
        return initialised++ ? status(17, "initialised twice") : well();
    }

    ReturnStatus CREATE(const std::vector<FRVT::Image> &images, FRVT::TemplateRole role,
                        Bytes &t, Eyes &eyes)
    {
        if (images.size() != 1 || !t.empty() || !eyes.empty())
            return status(9);
        see_eyes(1, eyes);
        return make(mode, images[0], role == FRVT::TemplateRole::Verification_11, t);
    }

#if VENDOR_API >= 6
    ReturnStatus createIrisTemplate(const std::vector<FRVT::Image> &, FRVT::TemplateRole,
                                    Bytes &, std::vector<FRVT::IrisAnnulus> &)
    {
        return status(16);
    }
#endif

#if VENDOR_API >= 5
    ReturnStatus CREATE(const FRVT::Image &image, FRVT::TemplateRole role,
                        std::vector<Bytes> &list, Eyes &eyes)
    {
        const ReturnStatus s = make_several(
            mode, image, role == FRVT::TemplateRole::Verification_11, list);
        see_eyes(list.size(), eyes);
        return s;
    }
#endif

    ReturnStatus matchTemplates(const Bytes &verif, const Bytes &enroll, double &score)
    {
        if (mode.is("match-throw"))
            throw std::runtime_error("cannot");
        if (mode.is("match-code")) {
            score = 5;
            return status(mode.number);
        }
        if (!is_template(verif, 'P') || !is_template(enroll, 'E')) {
            score = -1;
            return status(10);
        }
        score = mode.is("negative") ? -3 : mode.is("nan") ? NAN : mode.is("infinite")
                ? INFINITY : alike(verif, enroll);
        return score == -1 ? status(7) : well();
    }
};

std::shared_ptr<FRVT_11::Interface> FRVT_11::Interface::getImplementation()
{
    return std::make_shared<Matcher>();
}
