#include "vault/records.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "sql/records.hpp"

namespace haat::vault {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kMinReasonCodePoints = 10;
constexpr std::size_t kMaxReasonCodePoints = 300;
constexpr std::string_view kKeyField = "data_key";

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// A key that is wiped when it goes.
class DataKey {
 public:
    DataKey() = default;
    ~DataKey() { sodium_memzero(bytes_.data(), bytes_.size()); }
    DataKey(const DataKey&) = delete;
    DataKey& operator=(const DataKey&) = delete;
    [[nodiscard]] OuterKey::Bytes& bytes() { return bytes_; }
    [[nodiscard]] const OuterKey::Bytes& bytes() const { return bytes_; }

 private:
    OuterKey::Bytes bytes_{};
};

/// Where a ciphertext belongs: table, row, field and version, so that it opens nowhere else.
std::string place_of(std::string_view table, SealedId sealed_id, std::string_view field,
                     std::int64_t version) {
    std::string place(table);
    place += '|';
    place += std::to_string(sealed_id.value);
    place += '|';
    place += field;
    place += '|';
    place += std::to_string(version);
    return place;
}

/// A random nonce and the ciphertext behind it.
std::string encrypt(const OuterKey::Bytes& key, std::string_view text, std::string_view place) {
    std::string sealed(kNonceBytes + text.size() + kTagBytes, '\0');
    auto* out = reinterpret_cast<unsigned char*>(sealed.data());
    randombytes_buf(out, kNonceBytes);
    unsigned long long size = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + kNonceBytes, &size, bytes_of(text),
                                               text.size(), bytes_of(place), place.size(), nullptr,
                                               out, key.data());
    HAAT_ASSERT(size == text.size() + kTagBytes);
    return sealed;
}

std::optional<std::string> decrypt(const OuterKey::Bytes& key, std::string_view sealed,
                                   std::string_view place) {
    if (sealed.size() < kNonceBytes + kTagBytes) {
        return std::nullopt;
    }
    std::string text(sealed.size() - kNonceBytes - kTagBytes, '\0');
    unsigned long long size = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            reinterpret_cast<unsigned char*>(text.data()), &size, nullptr,
            bytes_of(sealed) + kNonceBytes, sealed.size() - kNonceBytes, bytes_of(place),
            place.size(), bytes_of(sealed), key.data()) != 0) {
        return std::nullopt;
    }
    return text;
}

std::string lookup_hash(const OuterKey& key, RecordKind kind, std::string_view text) {
    const std::string named = std::string(record_kind_name(kind)) + "|" + std::string(text);
    OuterKey::Bytes hash{};
    crypto_generichash(hash.data(), hash.size(), bytes_of(named), named.size(), key.lookup().data(),
                       key.lookup().size());
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

bool good_field(const FieldText& field) {
    return !field.first.empty() && field.first.size() <= 40 && is_utf8(field.second) &&
           field.second.size() <= 10'000 && std::ranges::all_of(field.first, [](char c) {
               return (c >= 'a' && c <= 'z') || c == '_';
           });
}

std::optional<RecordKind> kind_from(std::string_view name) {
    for (const RecordKind kind :
         {RecordKind::kPrisoner, RecordKind::kVictimFamily, RecordKind::kBankAccount}) {
        if (record_kind_name(kind) == name) {
            return kind;
        }
    }
    return std::nullopt;
}

std::string_view purpose_name(Purpose purpose) {
    switch (purpose) {
        case Purpose::kWork:
            return "work";
        case Purpose::kReview:
            return "review";
        case Purpose::kAudit:
            return "audit";
        case Purpose::kSupport:
            return "support";
    }
    return "";
}

std::unexpected<Error> no_record() { return refuse(ErrorKind::kNotFound, "vault.no_record"); }

/// The record's data key, opened with the outer key.
Result<void> unwrap(const OuterKey& key, SealedId sealed_id, const sql::RecordFindRow& record,
                    DataKey& data_key) {
    if (record.outer_key != key.name()) {
        return refuse(ErrorKind::kUnavailable, "vault.wrong_key");
    }
    std::optional<std::string> opened = decrypt(key.wrapping(), record.wrapped_key,
                                                place_of("vault_record", sealed_id, kKeyField, 1));
    if (!opened || opened->size() != data_key.bytes().size()) {
        return refuse(ErrorKind::kConflict, "vault.tampered");
    }
    std::copy(opened->begin(), opened->end(), data_key.bytes().begin());
    sodium_memzero(opened->data(), opened->size());
    return {};
}

void put_field(storage::Transaction& tx, const DataKey& data_key, SealedId sealed_id,
               const FieldText& field, std::int64_t version) {
    sql::field_put(tx,
                   {.sealed_id = sealed_id,
                    .field = field.first,
                    .version = version,
                    .sealed = encrypt(data_key.bytes(), field.second,
                                      place_of("vault_field", sealed_id, field.first, version))});
}

}  // namespace

std::string_view record_kind_name(RecordKind kind) {
    switch (kind) {
        case RecordKind::kPrisoner:
            return "prisoner";
        case RecordKind::kVictimFamily:
            return "victim_family";
        case RecordKind::kBankAccount:
            return "bank_account";
    }
    return "";
}

bool may_open(Role role, RecordKind kind) {
    struct Row {
        RecordKind kind;
        Role role;
    };
    // The whole of who may open what. No role opens both prisoners and victims' families.
    constexpr std::array<Row, 4> kMayOpen{{{RecordKind::kPrisoner, Role::kJailOfficer},
                                           {RecordKind::kVictimFamily, Role::kVictimFund},
                                           {RecordKind::kBankAccount, Role::kVictimFund},
                                           {RecordKind::kBankAccount, Role::kSystem}}};
    return std::ranges::any_of(
        kMayOpen, [&](const Row& row) { return row.kind == kind && row.role == role; });
}

Result<SealedId> seal(storage::Transaction& tx, const OuterKey& key, RecordKind kind,
                      std::span<const FieldText> fields, std::span<const std::string_view> lookups,
                      UnixSeconds now) {
    if (fields.empty() || !std::ranges::all_of(fields, good_field)) {
        return refuse(ErrorKind::kInvalid, "vault.bad_field");
    }
    // A random id: it says neither when nor beside whom the record was made.
    const SealedId sealed_id{static_cast<std::int64_t>((std::uint64_t{randombytes_random()} << 20) |
                                                       (randombytes_random() >> 12)) |
                             1};
    DataKey data_key;
    randombytes_buf(data_key.bytes().data(), data_key.bytes().size());
    const std::string_view raw(reinterpret_cast<const char*>(data_key.bytes().data()),
                               data_key.bytes().size());
    sql::record_add(tx, {.sealed_id = sealed_id,
                         .kind = record_kind_name(kind),
                         .outer_key = key.name(),
                         .wrapped_key = encrypt(key.wrapping(), raw,
                                                place_of("vault_record", sealed_id, kKeyField, 1)),
                         .created_at = now});
    for (const FieldText& field : fields) {
        put_field(tx, data_key, sealed_id, field, 1);
    }
    for (const std::string_view text : lookups) {
        sql::lookup_add(tx, {.lookup = lookup_hash(key, kind, text), .sealed_id = sealed_id});
    }
    return sealed_id;
}

Result<void> reseal(storage::Transaction& tx, const OuterKey& key, SealedId sealed_id,
                    const FieldText& field) {
    if (!good_field(field)) {
        return refuse(ErrorKind::kInvalid, "vault.bad_field");
    }
    const auto record = sql::record_find(tx, {.sealed_id = sealed_id});
    if (!record) {
        return no_record();
    }
    DataKey data_key;
    HAAT_TRY(unwrap(key, sealed_id, *record, data_key));
    std::int64_t version = 1;
    for (const sql::FieldsOfRow& row : sql::fields_of(tx, {.sealed_id = sealed_id})) {
        if (row.field == field.first) {
            version = row.version + 1;
        }
    }
    put_field(tx, data_key, sealed_id, field, version);
    return {};
}

Result<std::map<std::string, std::string>> open(storage::Transaction& tx, const OuterKey& key,
                                                const Viewer& viewer, Purpose purpose,
                                                std::string_view reason, SealedId sealed_id,
                                                std::span<const std::string_view> fields,
                                                UnixSeconds now) {
    const auto record = sql::record_find(tx, {.sealed_id = sealed_id});
    const std::optional<RecordKind> kind = record ? kind_from(record->kind) : std::nullopt;
    if (!kind) {
        return no_record();
    }
    if (!may_open(viewer.role, *kind)) {
        return refuse(ErrorKind::kForbidden, "vault.not_allowed");
    }
    reason = trim(reason);
    if (!is_utf8(reason) || count_code_points(reason) < kMinReasonCodePoints ||
        count_code_points(reason) > kMaxReasonCodePoints) {
        return refuse(ErrorKind::kInvalid, "vault.no_reason");
    }
    DataKey data_key;
    HAAT_TRY(unwrap(key, sealed_id, *record, data_key));
    std::map<std::string, std::string> opened;
    std::string seen;
    for (const sql::FieldsOfRow& row : sql::fields_of(tx, {.sealed_id = sealed_id})) {
        if (!fields.empty() && std::ranges::find(fields, row.field) == fields.end()) {
            continue;
        }
        std::optional<std::string> text =
            decrypt(data_key.bytes(), row.sealed,
                    place_of("vault_field", sealed_id, row.field, row.version));
        if (!text) {
            return refuse(ErrorKind::kConflict, "vault.tampered");
        }
        opened[row.field] = std::move(*text);
        seen += (seen.empty() ? "" : ";") + row.field;
    }
    sql::look_add(tx, {.look_id = tx.new_id(),
                       .now_at = now,
                       .account_id = viewer.account_id,
                       .role = role_name(viewer.role),
                       .purpose = purpose_name(purpose),
                       .reason = reason,
                       .sealed_id = sealed_id,
                       .fields = seen});
    return opened;
}

std::vector<SealedId> find_sealed(storage::Transaction& tx, const OuterKey& key, RecordKind kind,
                                  std::string_view text) {
    std::vector<SealedId> found;
    for (const sql::LookupFindRow& row :
         sql::lookup_find(tx, {.lookup = lookup_hash(key, kind, text)})) {
        found.push_back(row.sealed_id);
    }
    return found;
}

Result<void> destroy(storage::Transaction& tx, SealedId sealed_id, UnixSeconds now) {
    if (sql::record_destroy(tx, {.now_at = now, .sealed_id = sealed_id}) == 0) {
        return no_record();
    }
    sql::fields_remove(tx, {.sealed_id = sealed_id});
    sql::lookups_remove(tx, {.sealed_id = sealed_id});
    return {};
}

std::vector<Look> looks_at(storage::Transaction& tx, SealedId sealed_id) {
    std::vector<Look> looks;
    for (sql::LooksOfRow& row : sql::looks_of(tx, {.sealed_id = sealed_id})) {
        looks.push_back({.at = row.looked_at,
                         .account_id = row.account_id,
                         .role = std::move(row.role),
                         .purpose = std::move(row.purpose),
                         .reason = std::move(row.reason),
                         .fields = std::move(row.fields)});
    }
    return looks;
}

}  // namespace haat::vault
