#include "registry/import.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "base/assert.hpp"
#include "base/csv.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"
#include "import_row.hpp"
#include "registry/groups.hpp"
#include "sql/addresses.hpp"
#include "sql/imports.hpp"
#include "sql/people.hpp"

namespace haat::registry {
namespace {

constexpr std::size_t kFirstSliceRows = 50;
constexpr std::size_t kLeastSliceRows = 10;
constexpr std::size_t kMostSliceRows = 2'000;

std::string column_list() {
    std::string list;
    for (const std::string_view column : kImportColumns) {
        list += (list.empty() ? "" : ", ") + std::string(column);
    }
    return list;
}

/// Groups that were looked up or made, so that each costs its statements once.
using GroupKey = std::tuple<GroupKind, PlaceId, GroupId, std::string>;
using GroupCache = std::map<GroupKey, GroupId>;
constexpr std::size_t kMostCachedGroups = 200'000;

/// Who uses a phone, as far as a slice knows: from the database, and from rows before in the slice.
struct PhoneUse {
    std::vector<DraftAddress> addresses;
    PurposeMask suppressed;
    std::vector<Person> people;                            ///< In the database.
    std::vector<std::pair<std::string, PlaceId>> drafted;  ///< Folded name and village.
    [[nodiscard]] int count() const { return static_cast<int>(people.size() + drafted.size()); }
};

}  // namespace

struct PeopleImport::State {
    State(const CsvReader& opened, RowReader rows) : csv(opened), reader(std::move(rows)) {}

    CsvReader csv;
    RowReader reader;
    std::string file_hash;
    ImportOptions options;
    const Clock* clock = nullptr;
    std::vector<ImportRecord> slice;  ///< Read, and not yet committed.
    std::size_t slice_rows = kFirstSliceRows;
    bool at_end = false;
    bool resumed = false;
    bool finished = false;
    ImportTotals totals;
    std::vector<ImportRefusal> refusals;
    GroupCache groups;
    std::unordered_map<std::string, std::uint8_t> phones_seen;  ///< Dry run only, as is this:
    std::unordered_set<std::uint64_t> people_seen;

    void resume(storage::Transaction& tx);
    void read_slice(std::size_t rows);
    void record_progress(storage::Transaction& tx, const ImportTotals& now_done);
};

namespace {

/// Who a row speaks of, as one number; two people meet in one once in 10^19.
std::uint64_t person_key(const ImportRow& row) {
    const std::string who =
        row.phone + "|" + std::to_string(row.place.place_id.value) + "|" + fold_name(row.name);
    std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a
    for (const char c : who) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
    }
    return hash;
}

/// Does one slice: judges its rows, gathers what they add, writes it.
class Slice {
 public:
    Slice(storage::Transaction& tx, PeopleImport::State& state);
    void run();

    ImportTotals totals;
    std::vector<ImportRefusal> refusals;
    std::vector<std::string> phones;    ///< Dry run: one for each new person with a phone,
    GroupCache groups;                  ///< New ones; they last only if this is committed.
    std::vector<std::uint64_t> people;  ///< and who she is.

 private:
    void take(const ImportRow& row);
    void take_again(const ImportRow& row);
    void refuse_row(const ImportRow& row, Column column, std::string_view code,
                    std::string_view value);
    [[nodiscard]] PhoneUse& use_of(const std::string& phone);
    [[nodiscard]] const Person* same_person(const ImportRow& row, const PhoneUse* use);
    void update(const ImportRow& row, const Person& person);
    void draft(const ImportRow& row, PhoneUse* use);
    [[nodiscard]] GroupId group_for(const ImportRow& row);
    void need_address(PhoneUse& use, const std::string& phone, Channel channel);
    void write();

    storage::Transaction& tx_;
    PeopleImport::State& state_;
    UnixSeconds now_;
    bool applies_;
    std::unordered_map<std::string, PhoneUse> uses_;
    std::optional<Person> found_;
    std::vector<PersonDraft> drafts_;
    std::vector<std::string> address_texts_;
    std::vector<sql::AddressAddParams> addresses_;
};

Slice::Slice(storage::Transaction& tx, PeopleImport::State& state)
    : totals(state.totals),
      tx_(tx),
      state_(state),
      now_(state.clock->now()),
      applies_(state.options.mode == ImportMode::kApply) {}

void Slice::run() {
    for (const ImportRecord& record : state_.slice) {
        ++totals.records;
        std::expected<ImportRow, ImportRefusal> row = state_.reader.read(tx_, record);
        if (row) {
            take(*row);
        } else {
            ++totals.refused;
            refusals.push_back(std::move(row.error()));
        }
    }
    totals.bytes_done = state_.csv.bytes();
    if (applies_) {
        write();
    }
}

void Slice::refuse_row(const ImportRow& row, Column column, std::string_view code,
                       std::string_view value) {
    ++totals.refused;
    refusals.push_back({.line = row.line,
                        .field = std::string(column_name(column)),
                        .code = std::string(code),
                        .value = std::string(value)});
}

PhoneUse& Slice::use_of(const std::string& phone) {
    const auto [at, is_new] = uses_.try_emplace(phone);
    PhoneUse& use = at->second;
    if (!is_new) {
        return use;
    }
    for (const Channel channel : {Channel::kSms, Channel::kWhatsapp, Channel::kVoice}) {
        const std::optional<Address> address = find_address(tx_, system_viewer(), channel, phone);
        if (!address) {
            if (channel == Channel::kSms) {
                break;  // every phone in the registry has an SMS address or none at all…
            }
            continue;
        }
        use.addresses.push_back({channel, address->address_id});
        use.suppressed = use.suppressed | address->suppressed;
        if (channel == Channel::kSms) {
            use.people = people_on_address(tx_, system_viewer(), address->address_id);
        }
    }
    if (use.addresses.empty()) {  // …but for strangers who wrote on WhatsApp first
        if (const auto address = find_address(tx_, system_viewer(), Channel::kWhatsapp, phone)) {
            use.addresses.push_back({Channel::kWhatsapp, address->address_id});
            use.suppressed = address->suppressed;
            use.people = people_on_address(tx_, system_viewer(), address->address_id);
        }
    }
    return use;
}

/// The person that this row speaks of, if she is in the registry: the same name on the same phone
/// in the same village, or of that name in that village when neither has a phone.
const Person* Slice::same_person(const ImportRow& row, const PhoneUse* use) {
    if (use == nullptr) {
        const auto found =
            sql::person_without_phone(tx_, {.place_id = row.place.place_id, .name = row.name});
        if (!found) {
            return nullptr;
        }
        found_ = person_from(*found);
        return &*found_;
    }
    const std::string folded = fold_name(row.name);
    for (const Person& person : use->people) {
        if (person.place_id == row.place.place_id && fold_name(person.name) == folded) {
            return &person;
        }
    }
    return nullptr;
}

/// The same person twice in one slice: what is drafted is written first, so that the second row
/// changes the first, as it would from another slice.
void Slice::take_again(const ImportRow& row) {
    if (!applies_) {
        ++totals.updated;
        return;
    }
    write();
    uses_.clear();
    take(row);
}

void Slice::take(const ImportRow& row) {
    PhoneUse* use = row.phone.empty() ? nullptr : &use_of(row.phone);
    if (const Person* person = same_person(row, use)) {
        ++totals.updated;
        if (applies_) {
            update(row, *person);
        }
        return;
    }
    if (use != nullptr) {
        const std::pair<std::string, PlaceId> who(fold_name(row.name), row.place.place_id);
        if (std::ranges::find(use->drafted, who) != use->drafted.end()) {
            return take_again(row);
        }
        if (!applies_ && state_.people_seen.contains(person_key(row))) {
            ++totals.updated;
            return;
        }
        int users = use->count();
        if (!applies_) {
            const auto seen = state_.phones_seen.find(row.phone);
            users += seen == state_.phones_seen.end() ? 0 : seen->second;
        }
        if (users >= kMaxPeoplePerAddress) {
            return refuse_row(row, Column::kPhone, "registry.address_full", mask_phone(row.phone));
        }
        totals.shared_phones += users > 0 ? 1 : 0;
        use->drafted.push_back(who);
        phones.push_back(row.phone);
        people.push_back(person_key(row));
    } else {
        ++totals.without_phone;
    }
    ++totals.added;
    if (applies_) {
        draft(row, use);
    }
}

void Slice::need_address(PhoneUse& use, const std::string& phone, Channel channel) {
    if (std::ranges::find(use.addresses, channel, &DraftAddress::channel) != use.addresses.end()) {
        return;
    }
    const AddressId address_id = tx_.new_id_as<AddressId>();
    use.addresses.push_back({channel, address_id});
    address_texts_.push_back(phone);
    addresses_.push_back({.address_id = address_id,
                          .channel = static_cast<std::int64_t>(channel),
                          .created_at = now_});
}

GroupId Slice::group_for(const ImportRow& row) {
    const PlaceId block_id = row.place.block_id;
    const auto ensure = [&](GroupKind kind, const std::string& name, PlaceId place_id,
                            GroupId parent_id) -> GroupId {
        if (name.empty()) {
            return parent_id;
        }
        GroupKey key(kind, place_id, parent_id, name);
        for (const GroupCache* cache : {&state_.groups, &groups}) {
            if (const auto found = cache->find(key); found != cache->end()) {
                return found->second;
            }
        }
        const Result<Group> group = ensure_group(tx_,
                                                 {.kind = kind,
                                                  .name = name,
                                                  .place_id = place_id,
                                                  .parent_id = parent_id,
                                                  .is_synthetic = state_.options.is_synthetic},
                                                 now_);
        HAAT_ASSERT(group.has_value());  // names were judged, and levels are in order here
        groups.emplace(std::move(key), group->group_id);
        return group->group_id;
    };
    const GroupId clf = ensure(GroupKind::kClf, row.clf, block_id, {});
    const GroupId vo =
        row.vo.empty() ? GroupId{} : ensure(GroupKind::kVo, row.vo, row.place.place_id, clf);
    return row.shg.empty() ? GroupId{} : ensure(GroupKind::kShg, row.shg, row.place.place_id, vo);
}

void Slice::draft(const ImportRow& row, PhoneUse* use) {
    PersonDraft person{.kind = row.kind,
                       .name = row.name,
                       .name_latin = row.name_latin,
                       .place_id = row.place.place_id,
                       .group_id = group_for(row),
                       .language = row.language,
                       .is_synthetic = state_.options.is_synthetic,
                       .products = row.products,
                       .consent = row.consent};
    if (use != nullptr) {
        need_address(*use, row.phone, Channel::kSms);
        need_address(*use, row.phone, Channel::kVoice);
        if (row.whatsapp) {
            need_address(*use, row.phone, Channel::kWhatsapp);
        }
        for (const DraftAddress& address : use->addresses) {
            if (address.channel != Channel::kWhatsapp || row.whatsapp) {
                person.addresses.push_back(address);
            }
        }
        person.suppressed = use->suppressed;
        person.suppressed_evidence = "address";
    }
    drafts_.push_back(std::move(person));
}

/// Takes over what the row says anew; never takes anything away.
void Slice::update(const ImportRow& row, const Person& person) {
    const Viewer viewer = system_viewer();
    HAAT_ASSERT(set_language(tx_, viewer, person.person_id, row.language).has_value());
    for (const ProductId product_id : row.products) {
        HAAT_ASSERT(add_product(tx_, viewer, person.person_id, product_id).has_value());
    }
    if (const GroupId group_id = group_for(row)) {
        if (sql::person_set_group(tx_, {.group_id = group_id, .person_id = person.person_id}) !=
            0) {
            note_audience_change(tx_, person.ordinal, person.ordinal);
        }
    }
    if (row.whatsapp && !row.phone.empty()) {
        // A full phone stays full: she keeps the addresses that she has.
        static_cast<void>(
            attach_address(tx_, viewer, person.person_id, {Channel::kWhatsapp, row.phone}, now_));
    }
    const bool is_new_consent =
        row.consent && (row.consent->purposes - person.consents) - person.suppressed != kNoPurpose;
    if (is_new_consent) {  // a file never lifts what she herself stopped
        HAAT_ASSERT(give_consent(tx_, viewer, person.person_id,
                                 row.consent->purposes - person.suppressed,
                                 {.channel = row.consent->channel,
                                  .text_version = row.consent->text_version,
                                  .evidence = row.consent->evidence},
                                 now_)
                        .has_value());
    }
}

void Slice::write() {
    for (std::size_t i = 0; i < addresses_.size(); ++i) {
        addresses_[i].external_id = address_texts_[i];
    }
    if (!addresses_.empty()) {
        sql::address_add(tx_, addresses_);
    }
    insert_people(tx_, drafts_, now_);
    addresses_.clear();
    address_texts_.clear();
    drafts_.clear();
}

}  // namespace

/// Finds how far an earlier run of the same content came.
void PeopleImport::State::resume(storage::Transaction& tx) {
    if (options.mode == ImportMode::kDryRun || resumed) {
        return;
    }
    resumed = true;
    const auto run = sql::import_find(tx, {.file_hash = file_hash});
    if (!run) {
        return;
    }
    totals.records = run->records_done;
    totals.added = run->accepted;
    totals.updated = run->updated;
    totals.refused = run->refused;
    totals.shared_phones = run->shared_phones;
    finished = run->state == "done";
    std::vector<std::string> skipped;
    for (std::int64_t i = 0; i < run->records_done && !finished; ++i) {
        at_end = csv.next(skipped) == CsvRead::kEnd;
    }
}

/// Reads on until `slice` holds that many records. Does nothing if a rolled-back one is waiting.
void PeopleImport::State::read_slice(std::size_t rows) {
    while (slice.size() < rows && !at_end) {
        ImportRecord record;
        const CsvRead read = csv.next(record.fields);
        if (read == CsvRead::kEnd || read == CsvRead::kUtf16) {
            at_end = true;
            break;
        }
        record.line = csv.line();
        record.broken = read == CsvRead::kBroken;
        slice.push_back(std::move(record));
    }
}

void PeopleImport::State::record_progress(storage::Transaction& tx, const ImportTotals& now_done) {
    sql::import_put(tx, {.file_hash = file_hash,
                         .state = at_end ? "done" : "running",
                         .records_done = now_done.records,
                         .accepted = now_done.added,
                         .updated = now_done.updated,
                         .refused = now_done.refused,
                         .shared_phones = now_done.shared_phones,
                         .now_at = clock->now()});
}

Result<PeopleImport> PeopleImport::create(std::istream& in, std::string file_hash,
                                          ImportOptions options, ProductByKey products,
                                          const Clock& clock) {
    CsvReader csv(in);
    std::vector<std::string> header;
    switch (csv.next(header)) {
        case CsvRead::kUtf16:
            return refuse(ErrorKind::kInvalid, "registry.csv_utf16");
        case CsvRead::kEnd:
            return refuse(ErrorKind::kInvalid, "registry.csv_empty");
        case CsvRead::kBroken:
            return refuse(ErrorKind::kInvalid, "registry.csv_bad_header");
        case CsvRead::kRecord:
            break;
    }
    if (!std::ranges::all_of(header, is_utf8)) {
        return refuse(ErrorKind::kInvalid, "registry.csv_not_utf8");
    }
    std::array<int, kImportColumns.size()> positions{};
    for (std::size_t i = 0; i < kImportColumns.size(); ++i) {
        positions.at(i) = csv_column(header, kImportColumns.at(i));
    }
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (std::ranges::find(positions, static_cast<int>(i)) == positions.end()) {
            return refuse(ErrorKind::kInvalid, "registry.csv_unknown_column",
                          {{"column", std::string(first_code_points(header[i], 60))},
                           {"columns", column_list()}});
        }
    }
    const auto has = [&](Column column) {
        return positions.at(static_cast<std::size_t>(column)) >= 0;
    };
    if (!has(Column::kName)) {
        return refuse(ErrorKind::kInvalid, "registry.csv_no_column", {{"column", "name"}});
    }
    if (!has(Column::kVillageCode) && !(has(Column::kBlock) && has(Column::kDistrict))) {
        return refuse(ErrorKind::kInvalid, "registry.csv_no_column", {{"column", "village_code"}});
    }
    std::unique_ptr<State> state =
        std::make_unique<State>(csv, RowReader(positions, header.size(), std::move(products)));
    state->file_hash = std::move(file_hash);
    state->options = options;
    state->clock = &clock;
    return PeopleImport(std::move(state));
}

PeopleImport::PeopleImport(std::unique_ptr<State> state) : state_(std::move(state)) {}
PeopleImport::PeopleImport(PeopleImport&&) noexcept = default;
PeopleImport& PeopleImport::operator=(PeopleImport&&) noexcept = default;
PeopleImport::~PeopleImport() = default;

bool PeopleImport::step(storage::Transaction& tx) {
    State& state = *state_;
    state.resume(tx);
    if (state.finished) {
        return false;
    }
    if (state.slice.empty()) {
        state.read_slice(state.slice_rows);
    }
    const std::int64_t start = state.clock->monotonic_micros();
    std::unique_ptr<Slice> slice = std::make_unique<Slice>(tx, state);
    slice->run();
    const bool applies = state.options.mode == ImportMode::kApply;
    if (applies) {
        state.record_progress(tx, slice->totals);
    }
    const bool more = !state.at_end;
    // The next slice takes as many rows as fit into the time that this one suggests.
    const std::int64_t spent = std::max<std::int64_t>(state.clock->monotonic_micros() - start, 1);
    const auto rows = static_cast<std::int64_t>(std::max<std::size_t>(state.slice.size(), 1));
    const auto next_rows = static_cast<std::size_t>(std::clamp(
        rows * state.options.slice_micros / spent, static_cast<std::int64_t>(kLeastSliceRows),
        std::min(static_cast<std::int64_t>(kMostSliceRows), rows * 2)));
    auto commit = [&state, next_rows, done = std::move(slice)] {
        state.totals = done->totals;
        if (state.groups.size() > kMostCachedGroups) {
            state.groups.clear();
        }
        state.groups.merge(done->groups);
        std::ranges::move(done->refusals, std::back_inserter(state.refusals));
        if (state.options.mode == ImportMode::kDryRun) {
            for (const std::string& phone : done->phones) {
                ++state.phones_seen[phone];
            }
            state.people_seen.insert(done->people.begin(), done->people.end());
        }
        state.slice.clear();
        state.slice_rows = std::max(next_rows, kLeastSliceRows);
        state.finished = state.at_end;
    };
    if (applies) {
        tx.after_commit(std::move(commit));
    } else {
        commit();
    }
    return more;
}

std::vector<ImportRefusal> PeopleImport::take_refusals() {
    return std::exchange(state_->refusals, {});
}

const ImportTotals& PeopleImport::totals() const { return state_->totals; }

std::string file_content_hash(std::istream& in) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    HAAT_ASSERT(context != nullptr);
    EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
    std::array<char, 65'536> buffer{};
    while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
        EVP_DigestUpdate(context, buffer.data(), static_cast<std::size_t>(in.gcount()));
    }
    EVP_DigestFinal_ex(context, digest.data(), &size);
    EVP_MD_CTX_free(context);
    return to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

std::string_view refusal_file_header() { return "line,field,value,code,what_to_mend\n"; }

std::string refusal_file_row(const ImportRefusal& refusal, std::string_view text) {
    std::string row = std::to_string(refusal.line);
    for (const std::string_view field :
         {std::string_view(refusal.field), std::string_view(refusal.value),
          std::string_view(refusal.code), text}) {
        row += ",\"";
        // A spreadsheet would run a cell that starts so as a formula.
        if (!field.empty() &&
            std::string_view("=+-@\t\r").find(field.front()) != std::string_view::npos) {
            row += '\'';
        }
        for (const char c : field) {
            row += c == '"' ? "\"\"" : std::string(1, c);
        }
        row += '"';
    }
    return row + "\n";
}

}  // namespace haat::registry
