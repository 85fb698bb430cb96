#include "net/hmac.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "net/http.hpp"

namespace haat::net {

namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes, std::string_view alphabet, bool pad) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t group = 0;
    int bits = 0;
    for (const char c : bytes) {
        group = group << 8 | static_cast<unsigned char>(c);
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            out += alphabet[group >> bits & 63];
        }
    }
    if (bits > 0) {
        out += alphabet[group << (6 - bits) & 63];
    }
    while (pad && out.size() % 4 != 0) {
        out += '=';
    }
    return out;
}

std::optional<std::string> decode(std::string_view text, std::string_view alphabet, bool pad) {
    std::string out;
    std::string_view digits = text;
    while (pad && digits.ends_with('=') && text.size() - digits.size() < 2) {
        digits.remove_suffix(1);
    }
    std::uint32_t group = 0;
    int bits = 0;
    for (const char c : digits) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        group = group << 6 | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(group >> bits & 255);
        }
    }
    // Only the one spelling that the encoder writes: no stray bits, no missing or extra padding.
    if (encode(out, alphabet, pad) != text) return std::nullopt;
    return out;
}

}  // namespace

struct HmacSha256::Context {
    EVP_MAC_CTX* keyed = nullptr;

    explicit Context(std::string_view key) {
        EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
        keyed = EVP_MAC_CTX_new(mac);
        EVP_MAC_free(mac);
        char digest[] = "SHA256";
        const OSSL_PARAM params[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
            OSSL_PARAM_construct_end()};
        const unsigned char none = 0;  // an empty key must not read as "keep the old one"
        const bool is_set =
            keyed != nullptr &&
            EVP_MAC_init(keyed, key.empty() ? &none : bytes_of(key), key.size(), params) == 1;
        if (!is_set) {
            EVP_MAC_CTX_free(keyed);
            throw Failure("OpenSSL gives no HMAC-SHA256");
        }
    }
    ~Context() { EVP_MAC_CTX_free(keyed); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
};

HmacSha256::HmacSha256(std::string_view key) : context_(std::make_unique<Context>(key)) {}
HmacSha256::~HmacSha256() = default;
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;

Sha256 HmacSha256::sign(std::string_view message) {
    Sha256 digest{};
    std::size_t length = 0;
    const bool is_ok = EVP_MAC_init(context_->keyed, nullptr, 0, nullptr) == 1 &&
                       EVP_MAC_update(context_->keyed, bytes_of(message), message.size()) == 1 &&
                       EVP_MAC_final(context_->keyed, digest.data(), &length, digest.size()) == 1;
    HAAT_ASSERT(is_ok && length == digest.size());
    return digest;
}

bool HmacSha256::verify_hex(std::string_view message, std::string_view hex_text) {
    std::string given(hex_text);
    for (char& c : given) {
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    }
    return equal_in_constant_time(hex(sign(message)), given);
}

Sha256 sha256(std::string_view bytes) {
    Sha256 digest{};
    unsigned length = 0;
    const int is_ok =
        EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
    HAAT_ASSERT(is_ok == 1 && length == digest.size());
    return digest;
}

std::string hex(const Sha256& digest) {
    return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string base64_encode(std::string_view bytes) { return encode(bytes, kBase64, true); }
std::string base64url_encode(std::string_view bytes) { return encode(bytes, kBase64Url, false); }
std::optional<std::string> base64_decode(std::string_view text) {
    return decode(text, kBase64, true);
}
std::optional<std::string> base64url_decode(std::string_view text) {
    return decode(text, kBase64Url, false);
}

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
        throw Failure("the system gives no random bytes");
    }
    return bytes;
}

}  // namespace haat::net
