#include "device_acts.hpp"

#include <sodium.h>

#include <array>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "sql/devices.hpp"
#include "supply/errors.hpp"

namespace haat::supply {
namespace {

std::string digest_of(std::string_view text) {
    std::array<unsigned char, 16> hash{};
    crypto_generichash(hash.data(), hash.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr,
                       0);
    return to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

}  // namespace

DeviceAct::DeviceAct(std::string_view device_id, std::string_view kind, const ActBody& body)
    : device_id_(device_id), kind_(kind), digest_(digest_of(body.text())) {}

Result<std::optional<std::int64_t>> DeviceAct::earlier(storage::Transaction& tx) const {
    const auto act = sql::act_get(tx, {.device_id = device_id_});
    if (!act) {
        return std::nullopt;
    }
    if (act->kind != kind_ || act->body_digest != digest_) {
        return refuse(ErrorKind::kConflict, errors::kDeviceIdReused);
    }
    return act->answer_id;
}

void DeviceAct::record(storage::Transaction& tx, std::int64_t answer_id, UnixSeconds now) const {
    const std::int64_t added = sql::act_add(tx, {.device_id = device_id_,
                                                 .kind = kind_,
                                                 .body_digest = digest_,
                                                 .answer_id = answer_id,
                                                 .acted_at = now});
    HAAT_ASSERT(added == 1);
}

bool DeviceAct::has_good_id() const {
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    return device_id_.size() >= 8 && device_id_.size() <= 64 &&
           device_id_.find_first_not_of(kAllowed) == std::string::npos;
}

}  // namespace haat::supply
