#include "base/log.hpp"

#include <unistd.h>

#include <atomic>

#include "base/clock.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"

namespace haat {
namespace {

std::atomic<LogLevel> lowest_level{LogLevel::kInfo};

std::string_view level_name(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug: return "debug";
        case LogLevel::kInfo: return "info";
        case LogLevel::kWarning: return "warning";
        case LogLevel::kError: return "error";
    }
    return "error";
}

}  // namespace

void set_log_level(LogLevel level) { lowest_level = level; }

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (level < lowest_level.load()) {
        return;
    }
    JsonWriter json;
    json.begin_object();
    json.field("at", iso_utc(system_clock().now()));
    json.field("level", level_name(level)).field("event", event);
    for (const LogField& field : fields) {
        json.key(field.name);
        if (field.is_number) {
            json.raw(field.text);
        } else {
            json.string(to_utf8_lossy(field.text));
        }
    }
    json.end_object();
    std::string line = json.take();
    line += '\n';
    // One write a line, so that lines of several threads do not mix. A log that cannot be written
    // must not stop the work.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace haat
