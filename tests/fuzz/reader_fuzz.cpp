// Any bytes are the body of a request, and any bytes its query: the reader refuses by name or keeps
// every promise of what it gives. Built with HAAT_FUZZ.
#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "net/url.hpp"
#include "reader.hpp"

namespace {

using namespace haat;
using namespace haat::http;

void read_body(std::string_view text) {
    Result<Body> body = Body::parse(text);
    if (!body) {
        return;
    }
    Reader in = body->root();
    const std::string device_id = in.token("device_id", kDeviceId);
    const std::int64_t quantity = in.integer("quantity_milli", 1, kMaxMilli);
    const auto note = in.maybe_text("note", {.min = 0, .max = 50});
    const std::vector<std::int64_t> ids = in.maybe_ids("ids", 20);
    const std::vector<std::string> products = in.maybe_tokens("products", kProductKey, 20);
    const std::vector<std::string> texts =
        in.has("texts") ? in.texts("texts", {.max = 20}, 5) : std::vector<std::string>();
    std::size_t inputs = 0;
    in.objects("inputs", 1, 3, [&](Reader& input) {
        ++inputs;
        HAAT_ASSERT(input.id<LotId>("lot_id").value >= 0);
        (void)input.nullable_integer("kg", 0, 100);
    });
    if (in.has("flag")) {
        (void)in.boolean("flag");
    }
    if (!in.done()) {
        return;
    }
    HAAT_ASSERT(fits_rule(device_id, kDeviceId));
    HAAT_ASSERT(quantity >= 1 && quantity <= kMaxMilli);
    HAAT_ASSERT(!note || is_utf8(*note));
    HAAT_ASSERT(ids.size() <= 20 && products.size() <= 20 && texts.size() <= 5);
    HAAT_ASSERT(inputs >= 1 && inputs <= 3);
}

void read_query(std::string_view text) {
    net::Request request;
    auto query = net::parse_query(text);
    if (!query) {
        return;
    }
    request.query = std::move(*query);
    QueryReader in(request);
    const Paging paging = read_paging(in);
    const auto cursor = read_cursor(in, paging);
    (void)in.maybe_integer("place_id", 1, kMaxId);
    (void)in.maybe_token("product", kProductKey);
    if (in.done() && cursor) {
        HAAT_ASSERT(paging.limit >= 1);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (!text.empty() && text.front() == '?') {
        read_query(text.substr(1));
    } else {
        read_body(text);
    }
    return 0;
}
