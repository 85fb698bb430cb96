/// @file Consent, append-only, and what it amounts to now. A person may be written to for a purpose
/// only if she consented to it and it is not suppressed. Each change of what is suppressed gets the
/// next epoch: a permit reads the epoch and catches up before it is given.
/// Source: architecture, decision 7; the consent ledger of docs/domain/privacy.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "registry/channels.hpp"
#include "registry/people.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

/// How a consent was given or withdrawn: channel, notice, evidence as in NewConsent.
struct ConsentSource {
    Channel channel = Channel::kWhatsapp;
    std::string_view text_version;
    std::string_view evidence;
};

/// She consents: one row, and what was suppressed of these purposes for her is so no longer.
/// @return registry.no_person, registry.bad_consent (no purpose, no text version, no evidence).
[[nodiscard]] Result<void> give_consent(storage::Transaction& tx, const Viewer& viewer,
                                        PersonId person_id, PurposeMask purposes,
                                        const ConsentSource& source, UnixSeconds now);

/// Stops the purposes for one person: one row, one epoch. Repeating bumps nothing but keeps the
/// evidence.
[[nodiscard]] Result<void> suppress(storage::Transaction& tx, const Viewer& viewer,
                                    PersonId person_id, PurposeMask purposes,
                                    const ConsentSource& source, UnixSeconds now);

/// The address said stop: the same for everybody on it, now and for those who come later. Returns
/// how many people that were. For haat itself.
std::int64_t suppress_address(storage::Transaction& tx, AddressId address_id, PurposeMask purposes,
                              const ConsentSource& source, UnixSeconds now);

/// The address said start: reverses suppress_address, with a consent for everybody on it.
std::int64_t opt_in_address(storage::Transaction& tx, AddressId address_id, PurposeMask purposes,
                            const ConsentSource& source, UnixSeconds now);

/// The latest epoch; 0 if nothing was ever suppressed. One indexed read. Epochs commit in order.
[[nodiscard]] std::int64_t suppression_epoch(storage::Transaction& tx);

/// Calls `each(ordinal, purposes suppressed since then)` for every change after `epoch`, in order,
/// and returns the latest epoch. One indexed range query; the later of two changes of one ordinal
/// holds. From epoch 0 it gives everything that is suppressed.
std::int64_t suppression_changes_since(
    storage::Transaction& tx, std::int64_t epoch,
    const std::function<void(std::uint32_t ordinal, PurposeMask purposes)>& each);

struct ConsentRow {
    PurposeMask purposes;
    Channel channel = Channel::kWhatsapp;
    bool given = false;
    std::string text_version;
    std::string evidence;
    UnixSeconds at;
};

/// Her consents, oldest first.
[[nodiscard]] Result<std::vector<ConsentRow>> consents_of(storage::Transaction& tx,
                                                          const Viewer& viewer, PersonId person_id);

}  // namespace haat::registry
