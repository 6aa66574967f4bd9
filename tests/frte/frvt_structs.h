/* SPDX-License-Identifier: 0BSD */
/*
 * A stand-in for NIST's header of this name, written for the tests: only what the binary
 * interface needs, so that a library and an adapter that are both compiled against it
 * meet as they would with NIST's. STAND_IN_STRUCTS is the major version of the structs, 1
 * or 3. It is for the tests alone: never build what speaks to a laboratory's library with
 * it.
 */
#ifndef FRVT_STRUCTS_H_
#define FRVT_STRUCTS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace FRVT {

struct Image {
#if STAND_IN_STRUCTS < 3
    enum class Label { Unknown, Iso, Mugshot, Photojournalism, Exploitation, Wild };
    using Description = Label;
    static constexpr Label none = Label::Unknown;
#else
    enum class ImageDescription {
        FaceUnknown, FaceIso, FaceMugshot, FacePhotojournalism, FaceWild, IrisUnknown,
        IrisNIR, IrisWild
    };
    enum class Illuminant { Unspecified, Visible, NIR, SWIR, MWIR, LWIR };
    enum class IrisLR { Unspecified, RightIris, LeftIris };
    using Description = ImageDescription;
    static constexpr ImageDescription none = ImageDescription::FaceUnknown;
#endif
    uint16_t width = 0, height = 0;
    uint8_t depth = 24;
    std::shared_ptr<uint8_t> data;
    Description description = none;
#if STAND_IN_STRUCTS >= 3
    Illuminant illuminant = Illuminant::Unspecified;
    IrisLR irisLR = IrisLR::Unspecified;
#endif
};

#if STAND_IN_STRUCTS < 3
using Multiface = std::vector<Image>;
#else
struct IrisAnnulus {
    uint16_t limbusCenterX = 0, limbusCenterY = 0, pupilRadius = 0, limbusRadius = 0;
};
#endif

enum class TemplateRole { Enrollment_11, Verification_11, Enrollment_1N, Search_1N };

enum class ReturnCode {
    Success, UnknownError, ConfigError, RefuseInput, ExtractError, ParseError,
    TemplateCreationError, VerifTemplateError, FaceDetectionError, NumDataError,
    TemplateFormatError, EnrollDirError, InputLocationError, MemoryError, MatchError,
    QualityAssessmentError, NotImplemented, VendorError
};

struct ReturnStatus {
    ReturnCode code = ReturnCode::UnknownError;
    std::string info;

    ReturnStatus() {}
    ReturnStatus(ReturnCode code_, const std::string &info_ = "") : code(code_), info(info_) {}
};

struct EyePair {
    bool isLeftAssigned = false, isRightAssigned = false;
    uint16_t xleft = 0, yleft = 0, xright = 0, yright = 0;

    EyePair() {}
    EyePair(bool l, bool r, uint16_t xl, uint16_t yl, uint16_t xr, uint16_t yr)
        : isLeftAssigned(l), isRightAssigned(r), xleft(xl), yleft(yl), xright(xr), yright(yr)
    {
    }
};

#if STAND_IN_STRUCTS < 3
enum class GalleryType { Consolidated, Unconsolidated };

struct Candidate {
    bool isAssigned = false;
    std::string templateId;
    double similarityScore = -1;

    Candidate() {}
    Candidate(bool is, std::string id, double score)
        : isAssigned(is), templateId(id), similarityScore(score)
    {
    }
};
#endif

#ifdef NIST_EXTERN_FRVT_STRUCTS_VERSION
extern uint16_t FRVT_STRUCTS_MAJOR_VERSION, FRVT_STRUCTS_MINOR_VERSION;
#else
uint16_t FRVT_STRUCTS_MAJOR_VERSION{STAND_IN_STRUCTS};
uint16_t FRVT_STRUCTS_MINOR_VERSION{0};
#endif

} // namespace FRVT

#endif
