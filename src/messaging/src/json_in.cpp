#include "json_in.hpp"

#include "base/text.hpp"

namespace haat::messaging {
namespace {

const boost::json::value* find(const boost::json::object& parent, std::string_view key) {
    return parent.if_contains({key.data(), key.size()});
}

}  // namespace

std::optional<boost::json::object> parse_object(std::string_view text) {
    if (!is_utf8(text)) {
        return std::nullopt;
    }
    boost::system::error_code error;
    boost::json::parse_options limits;
    limits.max_depth = 32;
    boost::json::value value =
        boost::json::parse(boost::json::string_view(text.data(), text.size()), error, {}, limits);
    return !error && value.is_object() ? std::optional(std::move(value.get_object()))
                                       : std::nullopt;
}

const boost::json::object& object_in(const boost::json::object& parent, std::string_view key) {
    static const boost::json::object kNone;
    const boost::json::value* found = find(parent, key);
    return found != nullptr && found->is_object() ? found->get_object() : kNone;
}

const boost::json::array& array_in(const boost::json::object& parent, std::string_view key) {
    static const boost::json::array kNone;
    const boost::json::value* found = find(parent, key);
    return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

std::string text_in(const boost::json::object& parent, std::string_view key) {
    const boost::json::value* found = find(parent, key);
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string();
}

std::optional<std::int64_t> integer_in(const boost::json::object& parent, std::string_view key) {
    const boost::json::value* found = find(parent, key);
    return found != nullptr && found->is_int64() ? std::optional(found->get_int64()) : std::nullopt;
}

}  // namespace haat::messaging
