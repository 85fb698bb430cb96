#include "static_files.hpp"

#include <zlib.h>

#include <array>

#include "base/assert.hpp"
#include "net/hmac.hpp"

namespace haat::embedded {
std::span<const std::pair<std::string_view, std::string_view>> web();
}

namespace haat::http {
namespace {

struct Kind {
    std::string_view ending;
    std::string_view content_type;
    bool compresses;
};

constexpr std::array kKinds{
    Kind{".html", "text/html; charset=utf-8", true},
    Kind{".js", "text/javascript; charset=utf-8", true},
    Kind{".css", "text/css; charset=utf-8", true},
    Kind{".json", "application/json", true},
    Kind{".geojson", "application/geo+json", true},
    Kind{".svg", "image/svg+xml", true},
    Kind{".txt", "text/plain; charset=utf-8", true},
    Kind{".webmanifest", "application/manifest+json", true},
    Kind{".woff2", "font/woff2", false},
    Kind{".png", "image/png", false},
    Kind{".ico", "image/x-icon", false},
};
constexpr Kind kUnknownKind{"", "application/octet-stream", false};

const Kind& kind_of(std::string_view path) {
    for (const Kind& kind : kKinds) {
        if (path.ends_with(kind.ending)) {
            return kind;
        }
    }
    return kUnknownKind;
}

std::string gzip(std::string_view bytes) {
    z_stream stream{};
    constexpr int kGzipWindow = 15 + 16;
    HAAT_ASSERT(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 9,
                             Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    // zlib takes its input without const and does not write to it.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    HAAT_ASSERT(result == Z_STREAM_END);
    return out.size() < bytes.size() ? out : std::string();
}

/// True if the client takes gzip: listed, and not with q=0.
bool accepts_gzip(std::string_view header) {
    while (!header.empty()) {
        const std::size_t comma = header.find(',');
        std::string_view one = header.substr(0, comma);
        header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
        const std::size_t start = one.find_first_not_of(' ');
        one.remove_prefix(start == std::string_view::npos ? one.size() : start);
        if (one.starts_with("gzip") && !one.contains("q=0;") && !one.ends_with("q=0")) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::span<const std::pair<std::string_view, std::string_view>> web_files() {
    return embedded::web();
}

StaticFiles::StaticFiles(std::span<const std::pair<std::string_view, std::string_view>> files) {
    for (const auto& [path, bytes] : files) {
        const Kind& kind = kind_of(path);
        StaticFile file;
        file.bytes = bytes;
        file.content_type = kind.content_type;
        file.gzip = kind.compresses ? gzip(bytes) : std::string();
        file.etag = "\"" + net::hex(net::sha256(bytes)).substr(0, 20) + "\"";
        file.cache_control =
            path.starts_with("assets/") ? "public, max-age=31536000, immutable" : "no-cache";
        files_.emplace("/" + std::string(path), std::move(file));
    }
}

const StaticFile* StaticFiles::find(std::string_view path, std::string_view accept) const {
    if (const auto file = files_.find(path); file != files_.end()) {
        return &file->second;
    }
    const bool is_page =
        path == "/" || (accept.contains("text/html") && !path.starts_with("/api") &&
                        !path.starts_with("/hooks") && !path.starts_with("/assets"));
    const auto index = files_.find("/index.html");
    return is_page && index != files_.end() ? &index->second : nullptr;
}

net::Response StaticFiles::answer(const StaticFile& file, const net::Request& request) {
    net::Response response;
    response.headers = {{"ETag", file.etag},
                        {"Cache-Control", std::string(file.cache_control)},
                        {"Vary", "Accept-Encoding"}};
    if (request.header("if-none-match").contains(file.etag)) {
        response.status = 304;
        response.content_type.clear();
        return response;
    }
    response.content_type = file.content_type;
    if (!file.gzip.empty() && accepts_gzip(request.header("accept-encoding"))) {
        response.headers.push_back({"Content-Encoding", "gzip"});
        response.body = file.gzip;
    } else {
        response.body = file.bytes;
    }
    return response;
}

}  // namespace haat::http
