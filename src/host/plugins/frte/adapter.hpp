/* SPDX-License-Identifier: 0BSD */
/*
 * What the adapters of both APIs share. Include NIST's header first. Which of its
 * functions, types and members a version has is asked of the compiler, not of a number:
 * of two overloads, the one with an `int` is taken if it compiles, else that with `long`.
 */
#ifndef FRTE_ADAPTER_HPP
#define FRTE_ADAPTER_HPP

#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "host/plugins/frte/adapter.h"

#ifndef _GLIBCXX_USE_CXX11_ABI
#error "libraries for FRTE are built with GNU's C++ library, and so must this be"
#endif

namespace frte {

constexpr int uses_cxx11 = _GLIBCXX_USE_CXX11_ABI;

using Bytes = std::vector<uint8_t>;
using Description = decltype(FRVT::Image::description);

inline void say(frte_said *said, int code, const char *info)
{
    said->code = code;
    std::snprintf(said->info, sizeof said->info, "%s", info);
}

inline void say(frte_said *said, const FRVT::ReturnStatus &status)
{
    say(said, static_cast<int>(status.code), status.info.c_str());
}

/* Does what may throw. */
template <class Call> void guarded(frte_said *said, Call call)
{
    try {
        call();
    } catch (const std::exception &e) {
        say(said, FRTE_THREW, e.what());
    } catch (...) {
        say(said, FRTE_THREW, "");
    }
}

/* The number of an enumerator by either of two names, or -1. */
#define FRTE_ENUMERATOR(WORD, NAME, OTHER)                                         \
    template <class E> auto WORD##_of(int, int) -> decltype(E::NAME, int())        \
    {                                                                              \
        return static_cast<int>(E::NAME);                                          \
    }                                                                              \
    template <class E> auto WORD##_of(int, long) -> decltype(E::OTHER, int())      \
    {                                                                              \
        return static_cast<int>(E::OTHER);                                         \
    }                                                                              \
    template <class E> int WORD##_of(long, long)                                   \
    {                                                                              \
        return -1;                                                                 \
    }

FRTE_ENUMERATOR(unknown, FaceUnknown, Unknown)
FRTE_ENUMERATOR(iso, FaceIso, Iso)
FRTE_ENUMERATOR(mugshot, FaceMugshot, Mugshot)
FRTE_ENUMERATOR(photojournalism, FacePhotojournalism, Photojournalism)
FRTE_ENUMERATOR(exploitation, FaceExploitation, Exploitation)
FRTE_ENUMERATOR(wild, FaceWild, Wild)

inline int describe(const char *word)
{
    const struct {
        const char *word;
        int number;
    } known[] = {
        { "unknown", unknown_of<Description>(0, 0) },
        { "iso", iso_of<Description>(0, 0) },
        { "mugshot", mugshot_of<Description>(0, 0) },
        { "photojournalism", photojournalism_of<Description>(0, 0) },
        { "exploitation", exploitation_of<Description>(0, 0) },
        { "wild", wild_of<Description>(0, 0) },
    };

    for (const auto &k : known)
        if (!std::strcmp(k.word, word))
            return k.number;
    return -1;
}

inline FRVT::Image image_of(const frte_picture *p)
{
    const size_t n = size_t(p->width) * p->height * (p->depth / 8);
    FRVT::Image image;

    image.width = p->width;
    image.height = p->height;
    image.depth = p->depth;
    image.data = std::shared_ptr<uint8_t>(new uint8_t[n], std::default_delete<uint8_t[]>());
    std::memcpy(image.data.get(), p->pixels, n);
    image.description = static_cast<Description>(p->description);
    return image;
}

/* createFaceTemplate(), or createTemplate() as it was called before there were irises:
 * one template from images of one person … */
template <class I>
auto create_one(I &i, const std::vector<FRVT::Image> &images, FRVT::TemplateRole role,
                Bytes &t, std::vector<FRVT::EyePair> &eyes, int)
    -> decltype(i.createFaceTemplate(images, role, t, eyes))
{
    return i.createFaceTemplate(images, role, t, eyes);
}

template <class I>
auto create_one(I &i, const std::vector<FRVT::Image> &images, FRVT::TemplateRole role,
                Bytes &t, std::vector<FRVT::EyePair> &eyes, long)
    -> decltype(i.createTemplate(images, role, t, eyes))
{
    return i.createTemplate(images, role, t, eyes);
}

/* … and of all people in one image. */
template <class I>
auto create_several(I &i, const FRVT::Image &image, FRVT::TemplateRole role,
                    std::vector<Bytes> &t, std::vector<FRVT::EyePair> &eyes, int, int)
    -> decltype(i.createFaceTemplate(image, role, t, eyes))
{
    return i.createFaceTemplate(image, role, t, eyes);
}

template <class I>
auto create_several(I &i, const FRVT::Image &image, FRVT::TemplateRole role,
                    std::vector<Bytes> &t, std::vector<FRVT::EyePair> &eyes, int, long)
    -> decltype(i.createTemplate(image, role, t, eyes))
{
    return i.createTemplate(image, role, t, eyes);
}

struct Nothing {};

template <class I>
Nothing create_several(I &, const FRVT::Image &, FRVT::TemplateRole, std::vector<Bytes> &,
                       std::vector<FRVT::EyePair> &, long, long)
{
    return {};
}

inline FRVT::ReturnStatus settle(const FRVT::ReturnStatus &status)
{
    return status;
}

inline FRVT::ReturnStatus settle(Nothing)
{
    return FRVT::ReturnStatus(FRVT::ReturnCode::NotImplemented);
}

template <class I>
using several_type = decltype(create_several(std::declval<I &>(),
                                             std::declval<const FRVT::Image &>(),
                                             std::declval<FRVT::TemplateRole>(),
                                             std::declval<std::vector<Bytes> &>(),
                                             std::declval<std::vector<FRVT::EyePair> &>(),
                                             0, 0));

/* An instance of the library, and what it gave last. */
template <class Interface> struct Instance {
    std::shared_ptr<Interface> library;
    std::vector<Bytes> bytes;
    std::vector<frte_template> templates;
    std::vector<std::string> ids;
    std::vector<frte_candidate> candidates;

    static constexpr bool has_several =
        !std::is_same<several_type<Interface>, Nothing>::value;

    static Interface &of(void *self)
    {
        return *static_cast<Instance *>(self)->library;
    }

    static void *make(void *factory, frte_said *said)
    {
        using Factory = std::shared_ptr<Interface> (*)();
        std::unique_ptr<Instance> instance;

        say(said, 0, "");
        guarded(said, [&] {
            instance.reset(new Instance);
            instance->library = reinterpret_cast<Factory>(factory)();
            if (!instance->library)
                say(said, FRTE_FAILED, "getImplementation() gives none");
        });
        return said->code ? nullptr : instance.release();
    }

    static void unmake(void *self)
    {
        frte_said said;

        guarded(&said, [&] { delete static_cast<Instance *>(self); });
    }

    /* Templates and eyes of them, as far as there are any. */
    void keep(const std::vector<FRVT::EyePair> &eyes, frte_made *made)
    {
        templates.clear();
        for (size_t i = 0; i < bytes.size(); i++) {
            frte_template t = { bytes[i].data(), bytes[i].size(), { 0, 0, 0, 0, 0, 0 } };
            if (i < eyes.size() && eyes[i].isLeftAssigned) {
                t.eyes.left = 1;
                t.eyes.xleft = eyes[i].xleft;
                t.eyes.yleft = eyes[i].yleft;
            }
            if (i < eyes.size() && eyes[i].isRightAssigned) {
                t.eyes.right = 1;
                t.eyes.xright = eyes[i].xright;
                t.eyes.yright = eyes[i].yright;
            }
            templates.push_back(t);
        }
        made->n = templates.size();
        made->templates = templates.data();
    }

    void create(const frte_picture *picture, FRVT::TemplateRole role, bool several,
                frte_made *made)
    {
        made->n = 0;
        made->templates = nullptr;
        guarded(&made->said, [&] {
            std::vector<FRVT::EyePair> eyes;
            bytes.clear();
            if (several) {
                say(&made->said, settle(create_several(*library, image_of(picture), role,
                                                       bytes, eyes, 0, 0)));
            } else {
                const std::vector<FRVT::Image> images(1, image_of(picture));
                bytes.resize(1);
                say(&made->said, create_one(*library, images, role, bytes[0], eyes, 0));
            }
            keep(eyes, made);
        });
    }
};

} // namespace frte

#endif
