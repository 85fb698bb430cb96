/// @file Sealed identities: prisoners, victims' families, bank accounts. XChaCha20-Poly1305; a data
/// key of its own for each record, wrapped by the outer key; a sealed field cannot be moved to
/// another row, field or version. Each look is logged, append-only, in the same transaction.
/// No query joins a prisoner to a victim's family: no column of theirs holds the other's id.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"
#include "vault/keys.hpp"

namespace haat::vault {

enum class RecordKind : std::uint8_t { kPrisoner, kVictimFamily, kBankAccount };
[[nodiscard]] std::string_view record_kind_name(RecordKind kind);

/// Who may open what: prisoners the jail officer, victims' families the victim fund, bank accounts
/// the victim fund and haat itself (payout files). Nobody else, whatever the reason.
[[nodiscard]] bool may_open(Role role, RecordKind kind);

/// A field and its text, as {"name", "…"}; names are 1..40 of a-z and underscore.
using FieldText = std::pair<std::string_view, std::string_view>;

/// Seals a new record. `lookups` are texts (phone, account number) by which find_sealed finds it.
/// @return vault.bad_field.
[[nodiscard]] Result<SealedId> seal(storage::Transaction& tx, const OuterKey& key, RecordKind kind,
                                    std::span<const FieldText> fields,
                                    std::span<const std::string_view> lookups, UnixSeconds now);

/// Replaces one field; its version counts up. @return vault.no_record, vault.bad_field.
[[nodiscard]] Result<void> reseal(storage::Transaction& tx, const OuterKey& key, SealedId sealed_id,
                                  const FieldText& field);

/// Opens the fields asked for (all if none are named) and logs the look.
/// @param reason  Why, in the viewer's words; 10..300 code points for people.
/// @return vault.not_allowed, vault.no_reason, vault.no_record (also when destroyed),
///         vault.wrong_key, vault.tampered.
[[nodiscard]] Result<std::map<std::string, std::string>> open(
    storage::Transaction& tx, const OuterKey& key, const Viewer& viewer, Purpose purpose,
    std::string_view reason, SealedId sealed_id, std::span<const std::string_view> fields,
    UnixSeconds now);

/// Records with that lookup text, by id. Reveals nothing but ids, and only to who knows the text.
[[nodiscard]] std::vector<SealedId> find_sealed(storage::Transaction& tx, const OuterKey& key,
                                                RecordKind kind, std::string_view text);

/// Forgets the data key and the fields: nobody can open the record again. Repeating is harmless.
/// @return vault.no_record.
[[nodiscard]] Result<void> destroy(storage::Transaction& tx, SealedId sealed_id, UnixSeconds now);

struct Look {
    UnixSeconds at;
    AccountId account_id;
    std::string role;
    std::string purpose;
    std::string reason;
    std::string fields;
};

/// Every look at a record, oldest first; for the auditor.
[[nodiscard]] std::vector<Look> looks_at(storage::Transaction& tx, SealedId sealed_id);

}  // namespace haat::vault
