#include "access/passwords.hpp"

#include <sodium.h>

#include <array>
#include <condition_variable>
#include <mutex>

#include "base/assert.hpp"
#include "base/text.hpp"

namespace haat::access {
namespace {

constexpr int kAtOnce = 2;
constexpr int kMaxWaiting = 32;
constexpr std::size_t kTestBytes = 8192;

}  // namespace

/// Lets two through at a time and says no to a crowd.
struct PasswordHasher::Queue {
    std::mutex mutex;
    std::condition_variable wake;
    int running = 0;
    int waiting = 0;
    unsigned long long operations = crypto_pwhash_OPSLIMIT_INTERACTIVE;
    std::size_t memory_bytes = crypto_pwhash_MEMLIMIT_INTERACTIVE;
    std::string nobodys_hash;  ///< What an unknown login is compared with.

    [[nodiscard]] bool enter() {
        std::unique_lock lock(mutex);
        if (waiting >= kMaxWaiting) {
            return false;
        }
        ++waiting;
        wake.wait(lock, [this] { return running < kAtOnce; });
        --waiting;
        ++running;
        return true;
    }
    void leave() {
        {
            const std::lock_guard lock(mutex);
            --running;
        }
        wake.notify_one();
    }

    [[nodiscard]] std::string hash(std::string_view password) const {
        std::array<char, crypto_pwhash_STRBYTES> text{};
        if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), operations,
                                  memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
            throw std::bad_alloc();  // the only way in which it fails
        }
        return text.data();
    }
};

namespace {

/// Leaves the queue however the scope ends.
template <typename Queue>
class Turn {
 public:
    explicit Turn(Queue& queue) : queue_(queue) {}
    ~Turn() { queue_.leave(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

 private:
    Queue& queue_;
};

std::unexpected<Error> busy() { return refuse(ErrorKind::kUnavailable, "access.busy"); }

}  // namespace

Result<void> check_password_policy(std::string_view login, std::string_view password) {
    if (!is_utf8(password)) {
        return refuse(ErrorKind::kInvalid, "access.password_not_utf8");
    }
    if (count_code_points(password) < kMinPasswordCodePoints) {
        return refuse(ErrorKind::kInvalid, "access.password_short",
                      {{"least", std::to_string(kMinPasswordCodePoints)}});
    }
    if (password.size() > kMaxPasswordBytes) {
        return refuse(ErrorKind::kInvalid, "access.password_long");
    }
    if (!login.empty() && password.find(login) != std::string_view::npos) {
        return refuse(ErrorKind::kInvalid, "access.password_is_login");
    }
    return {};
}

PasswordHasher::PasswordHasher(HashStrength strength) : queue_(std::make_unique<Queue>()) {
    HAAT_ASSERT(sodium_init() >= 0);
    if (strength == HashStrength::kTest) {
        queue_->operations = crypto_pwhash_OPSLIMIT_MIN;
        queue_->memory_bytes = kTestBytes;
    }
    queue_->nobodys_hash = queue_->hash("nobody has this password");
}

PasswordHasher::~PasswordHasher() = default;

Result<std::string> PasswordHasher::hash(std::string_view password) {
    if (!queue_->enter()) {
        return busy();
    }
    const Turn turn(*queue_);
    return queue_->hash(password);
}

Result<bool> PasswordHasher::verify(std::string_view password, std::string_view stored) {
    if (!queue_->enter()) {
        return busy();
    }
    const Turn turn(*queue_);
    const std::string compared(stored.empty() ? std::string_view(queue_->nobodys_hash) : stored);
    const bool same =
        password.size() <= kMaxPasswordBytes &&
        crypto_pwhash_str_verify(compared.c_str(), password.data(), password.size()) == 0;
    return same && !stored.empty();
}

}  // namespace haat::access
