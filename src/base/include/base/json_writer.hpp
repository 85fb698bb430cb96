/// @file Appends JSON to a string: for answers and messages, where the shape is known and speed
/// counts (about 100 ns for 400 bytes). Reading JSON is Boost.JSON's or simdjson's work.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace haat {

/// Appends `text` (well-formed UTF-8) as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

/// Writes one JSON value. Commas are put by themselves; nesting is the caller's duty and checked by
/// assertion when the writer is asked for its text.
///
///     JsonWriter json;
///     json.begin_object().key("id").number(7).key("name").string("दीदी").end_object();
///     send(json.text());
class JsonWriter {
  public:
    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);  ///< ASCII without quotes or backslashes.
    JsonWriter& string(std::string_view text);
    JsonWriter& number(std::int64_t value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    JsonWriter& raw(std::string_view json);  ///< Already JSON.

    template <typename Value>
    JsonWriter& field(std::string_view name, const Value& value) {
        key(name);
        if constexpr (std::is_same_v<Value, bool>) {
            return boolean(value);
        } else if constexpr (std::is_integral_v<Value>) {
            return number(static_cast<std::int64_t>(value));
        } else if constexpr (requires { value.value; }) {
            return number(value.value);  // ids, paise, times
        } else {
            return string(value);
        }
    }

    /// The finished text. @throws Bug if something is still open.
    [[nodiscard]] const std::string& text() const;
    [[nodiscard]] std::string take();

  private:
    void separate();

    std::string out_;
    int depth_ = 0;
    bool needs_comma_ = false;
};

}  // namespace haat
