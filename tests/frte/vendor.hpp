/* SPDX-License-Identifier: 0BSD */
/*
 * What a laboratory might hand over, for the tests: a matcher that compares the mean greys
 * of 8 × 8 fields. It does wrong as the first word of the file `mode` in its folder of
 * configuration says. Include NIST's header, or the stand-in, first.
 */
#ifndef VENDOR_HPP
#define VENDOR_HPP

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace vendor {

using Bytes = std::vector<uint8_t>;
using FRVT::ReturnCode;
using FRVT::ReturnStatus;

struct Mode {
    std::string word{"good"};
    int number{0};

    bool is(const char *w) const
    {
        return word == w;
    }
};

inline Mode read_mode(const std::string &folder)
{
    std::ifstream file(folder + "/mode");
    Mode m;

    file >> m.word >> m.number;
    return m;
}

inline ReturnStatus status(int code, const char *info = "so the mode says")
{
    return ReturnStatus(static_cast<ReturnCode>(code), info);
}

inline ReturnStatus well()
{
    return ReturnStatus(ReturnCode::Success);
}

/* A template is: E or P, for its role; 1 or 0, whether it worked; the image's depth and
 * description; 64 means. */
constexpr size_t head = 4, fields = 8, size = head + fields * fields;

inline int grey(const FRVT::Image &im, size_t x, size_t y)
{
    const size_t bytes = im.depth / 8;
    const uint8_t *p = im.data.get() + (y * im.width + x) * bytes;

    return bytes == 1 ? p[0] : (p[0] + p[1] + p[2]) / 3;
}

inline uint8_t mean(const FRVT::Image &im, size_t row, size_t column)
{
    const size_t top = row * im.height / fields, left = column * im.width / fields;
    const size_t bottom = (row + 1) * im.height / fields;
    const size_t right = (column + 1) * im.width / fields;
    size_t sum = 0, n = 0;

    for (size_t y = top; y < bottom || y == top; y++)
        for (size_t x = left; x < right || x == left; x++, n++)
            sum += static_cast<size_t>(grey(im, x, y));
    return static_cast<uint8_t>(sum / n);
}

inline bool is_dark(const Bytes &t)
{
    size_t sum = 0;

    for (size_t i = head; i < size; i++)
        sum += t[i];
    return sum < 64 * fields * fields;
}

/* As a bad pointer does, whatever a sanitizer makes of those. */
inline void crash()
{
    std::signal(SIGSEGV, SIG_DFL);
    std::raise(SIGSEGV);
}

/* What every call may do wrong, before it does anything. */
inline void misbehave(const Mode &mode)
{
    if (mode.is("throw"))
        throw std::runtime_error("out of\ntokens");
    if (mode.is("throw-int"))
        throw 42;
    if (mode.is("crash"))
        crash();
    if (mode.is("exit"))
        _exit(mode.number);
    if (mode.is("slow"))
        usleep(static_cast<useconds_t>(mode.number) * 1000);
}

inline ReturnStatus make(const Mode &mode, const FRVT::Image &im, bool probe, Bytes &t)
{
    misbehave(mode);
    t.assign(size, 0);
    t[0] = probe ? 'P' : 'E';
    t[1] = 0;
    t[2] = im.depth;
    t[3] = static_cast<uint8_t>(im.description);
    if (mode.is("code") || (mode.is("code-probe") && probe))
        return status(mode.number);
    for (size_t i = 0; i < fields * fields; i++)
        t[head + i] = mean(im, i / fields, i % fields);
    if (mode.is("scribble"))
        std::memset(im.data.get(), 0, size_t(im.width) * im.height * (im.depth / 8));
    if (mode.is("dark") && is_dark(t))
        return status(8, "it is too dark to see");
    t[1] = 1;
    if (mode.is("empty"))
        t.clear();
    if (mode.is("long"))
        t.resize(static_cast<size_t>(mode.number));
    return well();
}

/* As many faces as the mode says, or two; each further one a little lighter. */
inline ReturnStatus make_several(const Mode &mode, const FRVT::Image &im, bool probe,
                                 std::vector<Bytes> &list)
{
    size_t n = mode.is("faces") ? static_cast<size_t>(mode.number) : 2;
    Bytes t;
    const ReturnStatus s = make(mode, im, probe, t);

    if (mode.is("uneven") && probe)
        n++;
    if (s.code != ReturnCode::Success)
        n = 1;
    for (size_t i = 0; i < n; i++) {
        list.push_back(t);
        for (size_t k = head; k < t.size(); k++)
            list[i][k] = static_cast<uint8_t>(list[i][k] / 2 + 20 * i);
    }
    return s;
}

inline void see_eyes(size_t n, std::vector<FRVT::EyePair> &eyes)
{
    for (size_t i = 0; i < n; i++)
        eyes.push_back(FRVT::EyePair(true, i == 0, static_cast<uint16_t>(20 + i), 10,
                                     static_cast<uint16_t>(10 + i), 11));
}

/* -1 where one of them failed; else up to 1000. */
inline double alike(const Bytes &a, const Bytes &b)
{
    int sum = 0;

    if (!a[1] || !b[1])
        return -1;
    for (size_t i = head; i < size; i++)
        sum += std::abs(a[i] - b[i]);
    return 1000.0 / (1 + sum / 64.0);
}

inline bool is_template(const Bytes &t, char role)
{
    return t.size() == size && t[0] == role;
}

} // namespace vendor

#endif
