/// @file The body of an upload, multipart/form-data (RFC 7578).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace haat::messaging {

class Multipart {
 public:
    /// Neither name nor value may hold quotes or line breaks, except the value of a file.
    Multipart& field(std::string_view name, std::string_view value);
    Multipart& file(std::string_view name, std::string_view file_name, std::string_view mime_type,
                    std::string_view bytes);

    struct Finished {
        std::string content_type;  ///< With its boundary, which occurs nowhere in the body.
        std::string body;
    };
    [[nodiscard]] Finished finish() const;

 private:
    struct Part {
        std::string head;
        std::string bytes;
    };
    std::vector<Part> parts_;
};

}  // namespace haat::messaging
