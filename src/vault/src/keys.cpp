#include "vault/keys.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "base/assert.hpp"
#include "base/text.hpp"

namespace haat::vault {
namespace {

constexpr std::size_t kKeyBytes = 32;

/// Closes a file descriptor at the end of its scope.
class File {
 public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int get() const { return descriptor_; }

 private:
    int descriptor_;
};

/// A key that is derived from the outer key for one use, so that no key serves two.
void derive(OuterKey::Bytes& out, const unsigned char* outer, std::uint64_t number) {
    crypto_kdf_derive_from_key(out.data(), out.size(), number, "haatvlt1", outer);
}

}  // namespace

Result<OuterKey> OuterKey::from_hex(std::string_view hex) {
    HAAT_ASSERT(sodium_init() >= 0);
    hex = trim(hex);
    std::array<unsigned char, kKeyBytes> outer{};
    std::size_t written = 0;
    const char* end = nullptr;
    if (hex.size() != 2 * kKeyBytes ||
        sodium_hex2bin(outer.data(), outer.size(), hex.data(), hex.size(), nullptr, &written,
                       &end) != 0 ||
        written != kKeyBytes) {
        return refuse(ErrorKind::kInvalid, "vault.bad_key");
    }
    OuterKey key;
    derive(key.wrapping_, outer.data(), 1);
    derive(key.lookup_, outer.data(), 2);
    Bytes name{};
    derive(name, outer.data(), 3);
    key.name_ = to_hex({reinterpret_cast<const char*>(name.data()), 8});
    sodium_memzero(outer.data(), outer.size());
    return key;
}

Result<OuterKey> OuterKey::from_file(const std::string& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about{};
    if (file.get() < 0 || ::fstat(file.get(), &about) != 0) {
        return refuse(ErrorKind::kNotFound, "vault.no_key_file", {{"path", path}});
    }
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return refuse(ErrorKind::kForbidden, "vault.key_file_open", {{"path", path}});
    }
    std::array<char, 80> text{};
    const ssize_t size = ::read(file.get(), text.data(), text.size());
    if (size < 0) {
        return refuse(ErrorKind::kNotFound, "vault.no_key_file", {{"path", path}});
    }
    Result<OuterKey> key = from_hex({text.data(), static_cast<std::size_t>(size)});
    sodium_memzero(text.data(), text.size());
    return key;
}

Result<OuterKey> OuterKey::from_environment(const char* name) {
    const char* text = std::getenv(name);
    if (text == nullptr || *text == '\0') {
        return refuse(ErrorKind::kNotFound, "vault.no_key", {{"name", name}});
    }
    return from_hex(text);
}

Result<OuterKey> OuterKey::make_file(const std::string& path) {
    HAAT_ASSERT(sodium_init() >= 0);
    const File file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.get() < 0) {
        return errno == EEXIST
                   ? refuse(ErrorKind::kConflict, "vault.key_file_exists", {{"path", path}})
                   : refuse(ErrorKind::kNotFound, "vault.no_key_file", {{"path", path}});
    }
    std::array<unsigned char, kKeyBytes> outer{};
    randombytes_buf(outer.data(), outer.size());
    std::string hex = to_hex({reinterpret_cast<const char*>(outer.data()), outer.size()}) + "\n";
    sodium_memzero(outer.data(), outer.size());
    const bool written =
        ::write(file.get(), hex.data(), hex.size()) == static_cast<ssize_t>(hex.size()) &&
        ::fsync(file.get()) == 0;
    Result<OuterKey> key = from_hex(hex);
    sodium_memzero(hex.data(), hex.size());
    if (!written) {
        ::unlink(path.c_str());
        return refuse(ErrorKind::kUnavailable, "vault.no_key_file", {{"path", path}});
    }
    return key;
}

OuterKey::OuterKey(OuterKey&& other) noexcept
    : wrapping_(other.wrapping_), lookup_(other.lookup_), name_(std::move(other.name_)) {
    sodium_memzero(other.wrapping_.data(), other.wrapping_.size());
    sodium_memzero(other.lookup_.data(), other.lookup_.size());
}

OuterKey& OuterKey::operator=(OuterKey&& other) noexcept {
    if (this != &other) {
        wrapping_ = other.wrapping_;
        lookup_ = other.lookup_;
        name_ = std::move(other.name_);
        sodium_memzero(other.wrapping_.data(), other.wrapping_.size());
        sodium_memzero(other.lookup_.data(), other.lookup_.size());
    }
    return *this;
}

OuterKey::~OuterKey() {
    sodium_memzero(wrapping_.data(), wrapping_.size());
    sodium_memzero(lookup_.data(), lookup_.size());
}

}  // namespace haat::vault
