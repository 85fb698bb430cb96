/// @file A certificate of one's own, for trying TLS without an authority: simulators and tests.
#pragma once

#include <string>

namespace haat::net {

struct CertificateFiles {
    std::string certificate_file;  ///< PEM; also what a client takes as its ca_file.
    std::string key_file;          ///< PEM, readable by the owner only.
};

/// Writes "certificate.pem" and "key.pem" (P-256, valid for a year, for "localhost" and 127.0.0.1)
/// into an existing folder. @throws Failure if they cannot be made or written.
[[nodiscard]] CertificateFiles write_self_signed_certificate(const std::string& folder);

}  // namespace haat::net
