// Runs a fuzz target over corpus files: what the ordinary test build does with every target.
//   NAME_replay [--mutate N] FILE|FOLDER...
// With --mutate each file is also run N times with a few bytes changed by a fixed generator, so
// that a machine without libFuzzer looks a little around the corpus.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> Files(int argc, char** argv, int first) {
  std::vector<fs::path> files;
  for (int i = first; i < argc; ++i) {
    if (fs::is_directory(argv[i])) {
      for (const auto& entry : fs::directory_iterator(argv[i])) {
        if (entry.is_regular_file()) {
          files.push_back(entry.path());
        }
      }
      continue;
    }
    files.emplace_back(argv[i]);
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  int first = 1;
  long mutations = 0;
  if (argc > 2 && std::strcmp(argv[1], "--mutate") == 0) {
    mutations = std::strtol(argv[2], nullptr, 10);
    first = 3;
  }
  const std::vector<fs::path> files = Files(argc, argv, first);
  if (files.empty()) {
    std::fprintf(stderr, "%s: no corpus files given\n", argv[0]);
    return 1;
  }
  std::mt19937 random(1);
  for (const fs::path& path : files) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "%s: cannot read %s\n", argv[0], path.c_str());
      return 1;
    }
    const std::vector<uint8_t> input{std::istreambuf_iterator<char>(in), {}};
    std::printf("%s (%zu bytes)\n", path.filename().c_str(), input.size());
    std::fflush(stdout);
    LLVMFuzzerTestOneInput(input.data(), input.size());
    for (long i = 0; i < mutations && !input.empty(); ++i) {
      std::vector<uint8_t> changed = input;
      for (unsigned k = 0; k <= random() % 4; ++k) {
        changed[random() % changed.size()] = static_cast<uint8_t>(random());
      }
      LLVMFuzzerTestOneInput(changed.data(), changed.size());
    }
  }
  std::printf("%zu inputs replayed, %ld mutations of each\n", files.size(), mutations);
  return 0;
}
