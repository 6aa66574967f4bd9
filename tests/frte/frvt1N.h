/* SPDX-License-Identifier: 0BSD */
/* A stand-in for NIST's header of this name, as frvt_structs.h tells; STAND_IN_API is the
 * major version of the 1:N API, 1, 2 or 3. */
#ifndef FRVT1N_H_
#define FRVT1N_H_

#include <frvt_structs.h>

namespace FRVT_1N {

#if STAND_IN_STRUCTS >= 3
enum class GalleryType { Consolidated, Unconsolidated };

struct Candidate {
    bool isAssigned = false;
    std::string templateId;
    double score = -1;

    Candidate() {}
    Candidate(bool is, std::string id, double score_)
        : isAssigned(is), templateId(id), score(score_)
    {
    }
};
#else
using FRVT::Candidate;
using FRVT::GalleryType;
#endif

class Interface {
public:
    using Images = std::vector<FRVT::Image>;
    using Bytes = std::vector<uint8_t>;
    using Eyes = std::vector<FRVT::EyePair>;
    using String = const std::string &;

    virtual ~Interface() {}
    virtual FRVT::ReturnStatus initializeTemplateCreation(String configDir,
                                                          FRVT::TemplateRole) = 0;
#if STAND_IN_API < 3
    virtual FRVT::ReturnStatus createTemplate(const Images &, FRVT::TemplateRole, Bytes &,
                                              Eyes &) = 0;
#else
    virtual FRVT::ReturnStatus createFaceTemplate(const Images &, FRVT::TemplateRole,
                                                  Bytes &, Eyes &) = 0;
#endif
#if STAND_IN_API == 2
    virtual FRVT::ReturnStatus createTemplate(const FRVT::Image &, FRVT::TemplateRole,
                                              std::vector<Bytes> &, Eyes &) = 0;
#elif STAND_IN_API > 2
    virtual FRVT::ReturnStatus createFaceTemplate(const FRVT::Image &, FRVT::TemplateRole,
                                                  std::vector<Bytes> &, Eyes &) = 0;
    virtual FRVT::ReturnStatus createIrisTemplate(const Images &, FRVT::TemplateRole,
                                                  Bytes &,
                                                  std::vector<FRVT::IrisAnnulus> &) = 0;
    virtual FRVT::ReturnStatus createFaceAndIrisTemplate(const Images &, FRVT::TemplateRole,
                                                         Bytes &) = 0;
#endif
    virtual FRVT::ReturnStatus finalizeEnrollment(String configDir, String enrollmentDir,
                                                  String edbName, String manifestName,
                                                  GalleryType) = 0;
    virtual FRVT::ReturnStatus initializeIdentification(String configDir,
                                                        String enrollmentDir) = 0;
#if STAND_IN_API < 3
    virtual FRVT::ReturnStatus identifyTemplate(const Bytes &, const uint32_t most,
                                                std::vector<Candidate> &,
                                                bool &decision) = 0;
    virtual FRVT::ReturnStatus galleryInsertID(const Bytes &, String id) = 0;
#else
    virtual FRVT::ReturnStatus identifyTemplate(const Bytes &, const uint32_t most,
                                                std::vector<Candidate> &) = 0;
#endif
    static std::shared_ptr<Interface> getImplementation();
};

#ifdef NIST_EXTERN_API_VERSION
extern uint16_t API_MAJOR_VERSION, API_MINOR_VERSION;
#else
uint16_t API_MAJOR_VERSION{STAND_IN_API};
uint16_t API_MINOR_VERSION{0};
#endif

} // namespace FRVT_1N

#endif
