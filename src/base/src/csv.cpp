#include "base/csv.hpp"

#include "base/text.hpp"

namespace haat {
namespace {

constexpr std::size_t kMaxRecordBytes = 64 * 1024;
constexpr std::size_t kMaxFields = 200;
constexpr int kMaxLines = 100;

enum : int { kFieldComma, kFieldEnd, kFieldOpen, kFieldBroken };

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

/// Looks at the first bytes: a UTF-8 mark is skipped, another one makes the file unreadable.
bool CsvReader::read_start() {
    started_ = true;
    const int first = in_.peek();
    if (first == 0xFE || first == 0xFF) {
        return false;
    }
    if (first == 0xEF) {
        char mark[3] = {};
        in_.read(mark, 3);
        bytes_ += in_.gcount();
        if (std::string_view(mark, 3) != "\xEF\xBB\xBF") {
            in_.clear();
            in_.seekg(0);
            bytes_ = 0;
        }
    }
    return true;
}

/// One line without its end; at most kMaxRecordBytes of it are kept. False at the end of the file.
bool CsvReader::read_line(std::string& line) {
    line.clear();
    std::streambuf& buffer = *in_.rdbuf();
    bool any = false;
    while (true) {
        const int c = buffer.sbumpc();
        if (c == std::char_traits<char>::eof()) {
            break;
        }
        any = true;
        ++bytes_;
        if (c == '\n') {
            break;
        }
        if (line.size() <= kMaxRecordBytes) {
            line += static_cast<char>(c);
        }
    }
    if (any) {
        ++line_;
    }
    return any;
}

/// Reads one field of `text` from `at`, and moves `at` behind its comma.
int CsvReader::field_end(const std::string& text, std::size_t& at, std::string& field) {
    field.clear();
    if (at >= text.size() || text[at] != '"') {
        const std::size_t comma = text.find(',', at);
        field = text.substr(at, comma == std::string::npos ? comma : comma - at);
        if (field.find('"') != std::string::npos) {
            return kFieldBroken;
        }
        at = comma == std::string::npos ? text.size() : comma + 1;
        return comma == std::string::npos ? kFieldEnd : kFieldComma;
    }
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] != '"') {
            field += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == '"') {
            field += '"';
            ++i;
        } else if (i + 1 == text.size()) {
            at = text.size();
            return kFieldEnd;
        } else if (text[i + 1] == ',') {
            at = i + 2;
            return kFieldComma;
        } else {
            return kFieldBroken;
        }
    }
    return kFieldOpen;
}

CsvRead CsvReader::next(std::vector<std::string>& fields) {
    fields.clear();
    if (unreadable_ || (!started_ && !read_start())) {
        unreadable_ = true;
        return CsvRead::kUtf16;
    }
    std::string record;
    do {
        if (!read_line(record)) {
            return CsvRead::kEnd;
        }
        if (record.ends_with('\r')) {
            record.pop_back();
        }
        if (record.find('\0') != std::string::npos) {
            unreadable_ = line_ == 1;  // UTF-16 without its mark shows in the first line
            record_line_ = line_;
            return unreadable_ ? CsvRead::kUtf16 : CsvRead::kBroken;
        }
    } while (record.empty());
    record_line_ = line_;

    std::size_t at = 0;
    std::string field;
    while (true) {
        const int end = field_end(record, at, field);
        if (end == kFieldOpen && record.size() <= kMaxRecordBytes) {
            // A quoted field goes on in the next line. If it never ends, the lines that it would
            // swallow are read again as records of their own.
            const std::streampos back = in_.tellg();
            const std::int64_t back_line = line_;
            const std::int64_t back_bytes = bytes_;
            std::string more;
            std::string joined = record;
            bool closed = false;
            for (int lines = 1; !closed && lines < kMaxLines && joined.size() <= kMaxRecordBytes &&
                                read_line(more);
                 ++lines) {
                joined += '\n';
                joined += more.ends_with('\r') ? more.substr(0, more.size() - 1) : more;
                std::size_t probe = at;
                closed = field_end(joined, probe, field) != kFieldOpen;
            }
            if (!closed) {
                in_.clear();
                in_.seekg(back);
                line_ = back_line;
                bytes_ = back_bytes;
                return CsvRead::kBroken;
            }
            record = std::move(joined);
            continue;
        }
        fields.push_back(field);
        if (end == kFieldBroken || end == kFieldOpen || record.size() > kMaxRecordBytes ||
            fields.size() > kMaxFields) {
            fields.clear();
            return CsvRead::kBroken;
        }
        if (end == kFieldEnd) {
            return CsvRead::kRecord;
        }
        if (at == record.size()) {  // a comma ended the record: one more, empty field
            fields.emplace_back();
            return CsvRead::kRecord;
        }
    }
}

int csv_column(const std::vector<std::string>& header, std::string_view name) {
    for (std::size_t i = 0; i < header.size(); ++i) {
        const std::string_view candidate = trim(header[i]);
        bool same = candidate.size() == name.size();
        for (std::size_t k = 0; same && k < name.size(); ++k) {
            same = lower(candidate[k]) == lower(name[k]);
        }
        if (same) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

}  // namespace haat
