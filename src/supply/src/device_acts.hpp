/// @file Every act of a device counts once: the same id with the same body has the same answer,
/// with another body it is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "storage/transaction.hpp"

namespace haat::supply {

/// What an act asks for, written down so that two bodies are equal only if all their parts are.
class ActBody {
 public:
    ActBody& add(std::int64_t number) {
        text_ += std::to_string(number) + ';';
        return *this;
    }
    ActBody& add(std::string_view text) {
        text_ += std::to_string(text.size()) + ':';
        text_ += text;
        return *this;
    }
    template <typename Wrapped>
        requires requires(Wrapped wrapped) { std::int64_t{wrapped.value}; }
    ActBody& add(Wrapped wrapped) {
        return add(wrapped.value);
    }
    [[nodiscard]] const std::string& text() const { return text_; }

 private:
    std::string text_;
};

/// An act under way.
class DeviceAct {
 public:
    DeviceAct(std::string_view device_id, std::string_view kind, const ActBody& body);

    /// The answer of the first time, or none if this is it. @return supply.device_id_reused.
    [[nodiscard]] Result<std::optional<std::int64_t>> earlier(storage::Transaction& tx) const;

    /// Records the answer. Two at once under one id: one of them is repeated by the database and
    /// finds the other's answer.
    void record(storage::Transaction& tx, std::int64_t answer_id, UnixSeconds now) const;

    /// 8..64 of [A-Za-z0-9_-], as in the contract.
    [[nodiscard]] bool has_good_id() const;

 private:
    std::string device_id_;
    std::string_view kind_;
    std::string digest_;
};

}  // namespace haat::supply
