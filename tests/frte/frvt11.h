/* SPDX-License-Identifier: 0BSD */
/* A stand-in for NIST's header of this name, as frvt_structs.h tells; STAND_IN_API is the
 * major version of the 1:1 API, 4, 5 or 6. */
#ifndef FRVT11_H_
#define FRVT11_H_

#include <frvt_structs.h>

namespace FRVT_11 {

class Interface {
public:
    using Images = std::vector<FRVT::Image>;
    using Bytes = std::vector<uint8_t>;
    using Eyes = std::vector<FRVT::EyePair>;

    virtual ~Interface() {}
    virtual FRVT::ReturnStatus initialize(const std::string &configDir) = 0;
#if STAND_IN_API < 6
    virtual FRVT::ReturnStatus createTemplate(const Images &, FRVT::TemplateRole, Bytes &,
                                              Eyes &) = 0;
#else
    virtual FRVT::ReturnStatus createFaceTemplate(const Images &, FRVT::TemplateRole,
                                                  Bytes &, Eyes &) = 0;
    virtual FRVT::ReturnStatus createIrisTemplate(const Images &, FRVT::TemplateRole,
                                                  Bytes &,
                                                  std::vector<FRVT::IrisAnnulus> &) = 0;
#endif
#if STAND_IN_API == 5
    virtual FRVT::ReturnStatus createTemplate(const FRVT::Image &, FRVT::TemplateRole,
                                              std::vector<Bytes> &, Eyes &) = 0;
#elif STAND_IN_API > 5
    virtual FRVT::ReturnStatus createFaceTemplate(const FRVT::Image &, FRVT::TemplateRole,
                                                  std::vector<Bytes> &, Eyes &) = 0;
#endif
    virtual FRVT::ReturnStatus matchTemplates(const Bytes &verif, const Bytes &enroll,
                                              double &similarity) = 0;
    static std::shared_ptr<Interface> getImplementation();
};

#ifdef NIST_EXTERN_API_VERSION
extern uint16_t API_MAJOR_VERSION, API_MINOR_VERSION;
#else
uint16_t API_MAJOR_VERSION{STAND_IN_API};
uint16_t API_MINOR_VERSION{0};
#endif

} // namespace FRVT_11

#endif
