#include "base/csv_table.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace haat {

CsvTable::CsvTable(std::string_view file, const std::string& text, std::string_view refusal_code)
    : file_(file), refusal_code_(refusal_code), in_(text), reader_(in_) {}

Result<void> CsvTable::open(std::initializer_list<std::string_view> columns) {
    if (reader_.next(header_) != CsvRead::kRecord) {
        return refusal();
    }
    for (const std::string_view column : columns) {
        if (csv_column(header_, column) < 0) {
            return refusal();
        }
    }
    return {};
}

Result<bool> CsvTable::next() {
    const CsvRead read = reader_.next(fields_);
    if (read == CsvRead::kEnd) {
        return false;
    }
    if (read != CsvRead::kRecord || fields_.size() != header_.size() ||
        !std::ranges::all_of(fields_, is_utf8)) {
        return refusal();
    }
    return true;
}

const std::string& CsvTable::text(std::string_view column) const {
    return fields_.at(static_cast<std::size_t>(csv_column(header_, column)));
}

Result<std::int64_t> CsvTable::number(std::string_view column) const {
    const std::optional<long long> value = parse_integer(text(column));
    if (!value || *value <= 0) {
        return refusal();
    }
    return *value;
}

std::unexpected<Error> CsvTable::refusal() const {
    return refuse(ErrorKind::kInvalid, refusal_code_,
                  {{"file", file_}, {"line", std::to_string(reader_.line())}});
}

}  // namespace haat
