// Any bytes are a message: no crash, no broken promise of Understanding. Built with HAAT_FUZZ.
#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "fixture.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace haat;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const language::Understanding meaning = language::read(text);
    HAAT_ASSERT(meaning.items.size() <= 32);
    HAAT_ASSERT(meaning.confidence.overall >= 0 && meaning.confidence.overall <= 1000);
    HAAT_ASSERT(!language::understanding_to_json("f", meaning).empty());
    return 0;
}
