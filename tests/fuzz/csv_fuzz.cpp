// Any bytes are a file of people: the reader ends, counts its bytes and lines, and loses nothing
// that is written again. Built with HAAT_FUZZ.
#include <cstddef>
#include <cstdint>
#include <sstream>

#include "base/assert.hpp"
#include "base/csv.hpp"
#include "base/csv_table.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"

namespace {

using namespace haat;

std::string quoted(const std::vector<std::string>& fields) {
    std::string line;
    for (const std::string& field : fields) {
        line += line.empty() ? "\"" : ",\"";
        for (const char c : field) {
            line += c == '"' ? "\"\"" : std::string(1, c);
        }
        line += '"';
    }
    return line + "\n";
}

/// What was read reads the same once it is written with all its quotes; carriage returns before the
/// end of a line are no part of it.
void read_again(const std::vector<std::string>& fields) {
    for (const std::string& field : fields) {
        if (field.find('\r') != std::string::npos) {
            return;
        }
    }
    std::istringstream in(quoted(fields));
    CsvReader reader(in);
    std::vector<std::string> again;
    if (reader.next(again) == CsvRead::kRecord) {
        HAAT_ASSERT(again == fields);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    std::istringstream in(text);
    CsvReader reader(in);
    std::vector<std::string> fields;
    std::int64_t line = 0;
    for (CsvRead read = reader.next(fields); read != CsvRead::kEnd; read = reader.next(fields)) {
        HAAT_ASSERT(reader.bytes() <= static_cast<std::int64_t>(size));
        if (read == CsvRead::kUtf16) {
            break;
        }
        HAAT_ASSERT(reader.line() > line);
        line = reader.line();
        if (read == CsvRead::kRecord) {
            read_again(fields);
            for (const std::string& field : fields) {
                (void)normalise_phone(field);
                (void)mask_phone(field);
            }
        }
    }
    CsvTable table("fuzz.csv", text, "fuzz.bad_file");
    if (table.open({"name", "phone"})) {
        for (Result<bool> more = table.next(); more && *more; more = table.next()) {
            HAAT_ASSERT(is_utf8(table.text("name")));
            (void)table.number("phone");
        }
    }
    return 0;
}
