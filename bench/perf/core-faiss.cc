// SPDX-License-Identifier: GPL-3.0-or-later
// FAISS's side of bench/perf/core:
//
//     core-faiss FILE PROBES GALLERY DIM THREADS
//
// FILE holds probes, then gallery, as they are compared. Prints "ready"; then for every
// line "range THRESHOLD" or "search K" that it reads, the seconds that
// IndexFlatIP::range_search() or search() takes for all probes.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <faiss/IndexFlat.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <omp.h>

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;
    const long probes = std::atol(argv[2]), gallery = std::atol(argv[3]);
    const int dim = std::atoi(argv[4]);
    std::vector<float> rows((size_t)(probes + gallery) * (size_t)dim);
    std::FILE *f = std::fopen(argv[1], "rb");

    if (!f || std::fread(rows.data(), sizeof(float), rows.size(), f) != rows.size())
        return 2;
    std::fclose(f);
    omp_set_num_threads(std::atoi(argv[5]));
    faiss::IndexFlatIP index(dim);
    index.add(gallery, rows.data() + (size_t)probes * (size_t)dim);
    std::puts("ready");
    std::fflush(stdout);

    char line[100];
    while (std::fgets(line, sizeof line, stdin)) {
        double threshold = 0;
        long k = 0;
        const bool range = std::sscanf(line, "range %lf", &threshold) == 1;
        if (!range && std::sscanf(line, "search %ld", &k) != 1)
            return 2;
        std::vector<float> scores((size_t)(probes * k));
        std::vector<faiss::Index::idx_t> labels((size_t)(probes * k));
        const auto begun = std::chrono::steady_clock::now();
        if (range) {
            faiss::RangeSearchResult found((size_t)probes);
            index.range_search(probes, rows.data(), (float)threshold, &found);
        } else {
            index.search(probes, rows.data(), k, scores.data(), labels.data());
        }
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
        std::printf("%.9f\n", taken.count());
        std::fflush(stdout);
    }
    return 0;
}
