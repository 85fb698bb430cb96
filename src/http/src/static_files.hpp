/// @file The web front end, inside the binary. Compressed once at start; names with a hash are kept
/// by browsers for a year, all others are asked for again with their ETag.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "net/http.hpp"

namespace haat::http {

struct StaticFile {
    std::string_view bytes;
    std::string gzip;  ///< Empty where it does not help.
    std::string etag;
    std::string_view content_type;
    std::string_view cache_control;
};

class StaticFiles {
 public:
    /// (path below the root, bytes); the bytes must outlive this object.
    explicit StaticFiles(std::span<const std::pair<std::string_view, std::string_view>> files);

    /// The answer to a GET or HEAD of a path that is not the API's: a file, or index.html for the
    /// address of a page (the front end routes by itself). None: there is no such file.
    [[nodiscard]] const StaticFile* find(std::string_view path, std::string_view accept) const;

    [[nodiscard]] static net::Response answer(const StaticFile& file, const net::Request& request);

 private:
    std::map<std::string, StaticFile, std::less<>> files_;
};

/// The files of the front end, as they were built into this binary.
[[nodiscard]] std::span<const std::pair<std::string_view, std::string_view>> web_files();

}  // namespace haat::http
