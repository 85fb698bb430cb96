#include "multipart.hpp"

#include "net/hmac.hpp"

namespace haat::messaging {

Multipart& Multipart::field(std::string_view name, std::string_view value) {
    parts_.push_back({.head = "Content-Disposition: form-data; name=\"" + std::string(name) + "\"",
                      .bytes = std::string(value)});
    return *this;
}

Multipart& Multipart::file(std::string_view name, std::string_view file_name,
                           std::string_view mime_type, std::string_view bytes) {
    parts_.push_back({.head = "Content-Disposition: form-data; name=\"" + std::string(name) +
                              "\"; filename=\"" + std::string(file_name) +
                              "\"\r\nContent-Type: " + std::string(mime_type),
                      .bytes = std::string(bytes)});
    return *this;
}

Multipart::Finished Multipart::finish() const {
    std::string all;
    for (const Part& part : parts_) {
        all += part.bytes;
    }
    // A hash of the content cannot stand in the content, short of a fixed point of SHA-256.
    const std::string boundary = "haat-" + net::hex(net::sha256(all)).substr(0, 40);
    Finished finished{.content_type = "multipart/form-data; boundary=" + boundary, .body = {}};
    for (const Part& part : parts_) {
        finished.body += "--" + boundary + "\r\n" + part.head + "\r\n\r\n" + part.bytes + "\r\n";
    }
    finished.body += "--" + boundary + "--\r\n";
    return finished;
}

}  // namespace haat::messaging
