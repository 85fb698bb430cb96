#include "net/certificate.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "net/http.hpp"

namespace haat::net {

namespace {

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
    void operator()(std::FILE* file) const { std::fclose(file); }
};

template <typename T>
using Owned = std::unique_ptr<T, Free>;

bool add_extension(X509* certificate, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Owned<X509> make_certificate(EVP_PKEY* key) {
    constexpr long kYearSeconds = 365L * 86'400;
    Owned<X509> certificate(X509_new());
    X509* const raw = certificate.get();
    X509_set_version(raw, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(raw), 1);
    X509_gmtime_adj(X509_getm_notBefore(raw), -3600);
    X509_gmtime_adj(X509_getm_notAfter(raw), kYearSeconds);
    X509_NAME* const name = X509_get_subject_name(raw);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    const bool is_ok =
        X509_set_issuer_name(raw, name) == 1 && X509_set_pubkey(raw, key) == 1 &&
        add_extension(raw, NID_basic_constraints, "critical,CA:TRUE") &&
        add_extension(raw, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") &&
        X509_sign(raw, key, EVP_sha256()) != 0;
    return is_ok ? std::move(certificate) : nullptr;
}

Owned<std::FILE> open_private(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return Owned<std::FILE>(descriptor < 0 ? nullptr : ::fdopen(descriptor, "w"));
}

}  // namespace

CertificateFiles write_self_signed_certificate(const std::string& folder) {
    CertificateFiles files{folder + "/certificate.pem", folder + "/key.pem"};
    const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
    const Owned<X509> certificate = key ? make_certificate(key.get()) : nullptr;
    if (!certificate) {
        throw Failure("OpenSSL makes no certificate");
    }
    const Owned<std::FILE> certificate_file = open_private(files.certificate_file);
    const Owned<std::FILE> key_file = open_private(files.key_file);
    const bool is_written =
        certificate_file && key_file &&
        PEM_write_X509(certificate_file.get(), certificate.get()) == 1 &&
        PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
    if (!is_written) {
        throw Failure("cannot write " + files.certificate_file + " or " + files.key_file);
    }
    return files;
}

}  // namespace haat::net
