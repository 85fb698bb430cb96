/// @file One JSON object a line on standard error. No personal data: fields carry ids, counts and
/// codes; a phone number goes through mask_phone first. Safe from any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace haat {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// A field of a log line: text or a number.
struct LogField {
    std::string_view name;
    std::string text;
    bool is_number = false;

    LogField(std::string_view field_name, std::string_view value) : name(field_name), text(value) {}
    LogField(std::string_view field_name, const char* value) : name(field_name), text(value) {}
    LogField(std::string_view field_name, const std::string& value)
        : name(field_name), text(value) {}
    template <typename Integer>
        requires std::is_integral_v<Integer>
    LogField(std::string_view field_name, Integer value)
        : name(field_name), text(std::to_string(value)), is_number(true) {}
};

/// Lines below this level are dropped; kInfo at start.
void set_log_level(LogLevel level);

/// Writes {"at":…,"level":…,"event":…, fields…}. `event` is a stable dotted name, as
/// "delivery.flushed"; never a sentence.
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

inline void log_info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    log(LogLevel::kInfo, event, fields);
}
inline void log_warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
    log(LogLevel::kWarning, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    log(LogLevel::kError, event, fields);
}

}  // namespace haat
