#include "import_slice.hpp"

#include <algorithm>
#include <functional>

#include "base/assert.hpp"
#include "base/phone.hpp"
#include "registry/consents.hpp"
#include "registry/places.hpp"
#include "sql/people.hpp"

namespace haat::registry {
namespace {

constexpr std::size_t kMostCachedGroups = 200'000;
constexpr std::size_t kMostPhonelessNames = 200'000;
constexpr std::int64_t kAnyChannel = 15;

/// Who a row speaks of, as one number; two people meet in one once in 10^19.
std::uint64_t person_key(const ImportRow& row) {
    const std::string who =
        row.phone + "|" + std::to_string(row.place_id.value) + "|" + fold_name(row.name);
    std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a
    for (const char c : who) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
    }
    return hash;
}

PurposeMask suppressed_anywhere(std::int64_t suppressed) {
    PurposeMask purposes;
    for (const Channel channel : kChannels) {
        purposes = purposes | suppressed_on(suppressed, channel);
    }
    return purposes;
}

}  // namespace

std::uint64_t ImportMemory::phoneless_key(PlaceId place_id, std::string_view name) {
    constexpr std::uint64_t kSpread = 0x9E37'79B9'7F4A'7C15;  // 2^64 / golden ratio
    return std::hash<std::string_view>{}(name) ^
           (static_cast<std::uint64_t>(place_id.value) * kSpread);
}

void ImportMemory::start_slice() {
    if (in_doubt) {
        for (const std::string& phone : uncommitted) {
            phones.put(phone, 0);
        }
        uncommitted.clear();
        phoneless.clear();
        phoneless_names = 0;
    }
    if (phoneless_names > kMostPhonelessNames) {
        phoneless.clear();
        phoneless_names = 0;
    }
    in_doubt = true;
}

void ImportMemory::keep_slice(GroupCache&& new_groups) {
    in_doubt = false;
    uncommitted.clear();
    if (groups.size() > kMostCachedGroups) {
        groups.clear();
    }
    groups.merge(new_groups);
}

ImportSlice::ImportSlice(storage::Transaction& tx, ImportMemory& memory,
                         const ImportOptions& options, ImportTotals before, UnixSeconds now)
    : totals(before),
      tx_(tx),
      memory_(memory),
      options_(options),
      now_(now),
      applies_(options.mode == ImportMode::kApply) {}

void ImportSlice::run(std::span<const JudgedRow> rows) {
    uses_.reserve(rows.size());
    drafts_.reserve(rows.size());
    if (!memory_.loads_alone && tx_.engine() == storage::Engine::kPostgres) {
        find_contacts(rows);
    }
    for (const JudgedRow& judged : rows) {
        ++totals.records;
        totals.bytes_done = judged.bytes_done;
        if (judged.row) {
            take(*judged.row);
        } else {
            ++totals.refused;
            refusals.push_back(judged.row.error());
        }
    }
    if (applies_) {
        write();
    }
}

/// What the database knows of all phones of the slice, in one round trip.
void ImportSlice::find_contacts(std::span<const JudgedRow> rows) {
    std::string list = "{";
    for (const JudgedRow& judged : rows) {
        if (judged.row && !judged.row->phone.empty() &&
            uses_.try_emplace(judged.row->phone).second) {
            list += (list.size() > 1 ? "," : "") + judged.row->phone;
        }
    }
    sql::contacts_named(tx_, {.external_ids = list + "}"}, [&](const sql::ContactsNamedRow& row) {
        PhoneUse& use = uses_.at(row.external_id);
        use.contact_id = row.contact_id;
        use.channels = static_cast<std::uint8_t>(row.channels);
        use.suppressed = suppressed_anywhere(row.suppressed);
    });
    for (auto& [phone, use] : uses_) {
        read_people(use);
    }
}

void ImportSlice::read_people(PhoneUse& use) {
    if (use.contact_id == 0) {
        return;
    }
    for (const sql::PeopleOnRow& row : sql::people_on(tx_, {.contact_id = use.contact_id,
                                                            .channels = kAnyChannel,
                                                            .first = system_viewer().places.first,
                                                            .last = system_viewer().places.last})) {
        use.people.push_back(person_from(row));
    }
}

PhoneUse& ImportSlice::use_of(const ImportRow& row) {
    const auto [at, is_new] = uses_.try_emplace(row.phone);
    PhoneUse& use = at->second;
    if (!is_new) {
        return use;
    }
    if (memory_.loads_alone) {
        use.contact_id = memory_.phones.find(row.phone);
        if (use.contact_id != 0) {
            const auto found = sql::contact_find(tx_, {.contact_id = use.contact_id});
            HAAT_ASSERT(found.has_value());
            use.channels = static_cast<std::uint8_t>(found->channels);
            use.suppressed = suppressed_anywhere(found->suppressed);
        }
    } else if (const auto found = sql::contact_by_external(tx_, {.external_id = row.phone})) {
        use.contact_id = found->contact_id;
        use.channels = static_cast<std::uint8_t>(found->channels);
        use.suppressed = suppressed_anywhere(found->suppressed);
    }
    read_people(use);
    return use;
}

/// Names of those in a village who have no phone; read once, and kept as rows are taken.
std::unordered_set<std::string>& ImportSlice::phoneless_at(PlaceId place_id) {
    const auto [at, is_new] = memory_.phoneless.try_emplace(place_id.value);
    if (is_new) {
        sql::names_without_phone(
            tx_, {.place_id = place_id},
            [&](const sql::NamesWithoutPhoneRow& row) { at->second.insert(row.name); });
        memory_.phoneless_names += at->second.size() + 1;
    }
    return at->second;
}

/// Whether somebody of that name in that village may be known who has no phone.
bool ImportSlice::may_be_phoneless(const ImportRow& row) {
    return memory_.loads_alone ? memory_.phoneless_keys.contains(
                                     ImportMemory::phoneless_key(row.place_id, row.name))
                               : phoneless_at(row.place_id).contains(row.name);
}

/// False if she was remembered before.
bool ImportSlice::remember_phoneless(const ImportRow& row) {
    if (memory_.loads_alone) {
        return memory_.phoneless_keys.insert(ImportMemory::phoneless_key(row.place_id, row.name))
            .second;
    }
    const bool is_new = phoneless_at(row.place_id).insert(row.name).second;
    memory_.phoneless_names += is_new ? 1 : 0;
    return is_new;
}

/// The person that this row speaks of, if she is in the registry: the same name on the same phone
/// in the same village, or of that name in that village when neither has a phone.
const Person* ImportSlice::same_person(const ImportRow& row, const PhoneUse* use) {
    if (use == nullptr) {
        if (!may_be_phoneless(row)) {
            return nullptr;
        }
        const auto found =
            sql::person_without_phone(tx_, {.place_id = row.place_id, .name = row.name});
        if (!found) {
            return nullptr;
        }
        found_ = person_from(*found);
        return &*found_;
    }
    if (use->people.empty()) {
        return nullptr;
    }
    const std::string folded = fold_name(row.name);
    for (const Person& person : use->people) {
        if (person.place_id == row.place_id && fold_name(person.name) == folded) {
            return &person;
        }
    }
    return nullptr;
}

/// The same person twice in one slice: what is drafted is written first, so that the second row
/// changes the first, as it would from another slice.
void ImportSlice::take_again(const ImportRow& row) {
    if (!applies_) {
        ++totals.updated;
        return;
    }
    write();
    uses_.clear();
    take(row);
}

/// Whether one more person may use the phone; if not, the row is refused.
bool ImportSlice::takes_phone(const ImportRow& row, PhoneUse& use) {
    int users = use.count();
    if (!applies_) {
        const auto seen = memory_.phones_seen.find(row.phone);
        users += seen == memory_.phones_seen.end() ? 0 : seen->second;
    }
    if (users >= kMaxPeoplePerAddress) {
        ++totals.refused;
        refusals.push_back({.line = row.line,
                            .field = std::string(column_name(Column::kPhone)),
                            .code = "registry.address_full",
                            .value = mask_phone(row.phone)});
        return false;
    }
    totals.shared_phones += users > 0 ? 1 : 0;
    use.drafted.push_back(&row);
    if (!applies_) {
        phones.push_back(row.phone);
        people.push_back(person_key(row));
    }
    return true;
}

void ImportSlice::take(const ImportRow& row) {
    PhoneUse* use = row.phone.empty() ? nullptr : &use_of(row);
    if (const Person* person = same_person(row, use)) {
        ++totals.updated;
        if (applies_) {
            update(row, *person);
        }
        return;
    }
    if (use == nullptr) {
        const bool is_new = remember_phoneless(row);
        if (!is_new && (!applies_ || !drafts_.empty())) {
            return take_again(row);
        }
        ++totals.without_phone;
    } else {
        for (const ImportRow* other : use->drafted) {
            if (other->place_id == row.place_id && fold_name(other->name) == fold_name(row.name)) {
                return take_again(row);
            }
        }
        if (!applies_ && memory_.people_seen.contains(person_key(row))) {
            ++totals.updated;
            return;
        }
        if (!takes_phone(row, *use)) {
            return;
        }
    }
    ++totals.added;
    if (applies_) {
        draft(row, use);
    }
}

/// The contact as she uses it; made, or made reachable on more channels, if need be.
DraftContact ImportSlice::contact_for(const ImportRow& row, PhoneUse& use) {
    const unsigned on_phone = channel_bit(Channel::kSms) | channel_bit(Channel::kVoice);
    const unsigned whatsapp = channel_bit(Channel::kWhatsapp);
    const unsigned hers = on_phone | (row.whatsapp ? whatsapp : 0U) | (use.channels & ~whatsapp);
    const auto all = static_cast<std::uint8_t>(use.channels | hers);
    if (use.contact_id == 0) {
        contacts_.push_back({.external_id = row.phone});
        use.contact_id = -static_cast<std::int64_t>(contacts_.size());
    }
    if (use.contact_id < 0) {
        contacts_[static_cast<std::size_t>(-use.contact_id - 1)].channels = all;
    } else if (all != use.channels) {
        sql::contact_set_channels(tx_, {.channels = all, .contact_id = use.contact_id});
    }
    use.channels = all;
    return {use.contact_id, static_cast<std::uint8_t>(hers)};
}

GroupId ImportSlice::ensure(GroupKind kind, const std::string& name, PlaceId place_id,
                            GroupId parent_id) {
    if (name.empty()) {
        return parent_id;
    }
    GroupKey key(kind, place_id, parent_id, name);
    for (const GroupCache* cache : {&memory_.groups, &groups}) {
        if (const auto found = cache->find(key); found != cache->end()) {
            return found->second;
        }
    }
    const Result<Group> group = ensure_group(tx_,
                                             {.kind = kind,
                                              .name = name,
                                              .place_id = place_id,
                                              .parent_id = parent_id,
                                              .is_synthetic = options_.is_synthetic},
                                             now_);
    HAAT_ASSERT(group.has_value());  // names were judged, and levels are in order here
    groups.emplace(std::move(key), group->group_id);
    return group->group_id;
}

GroupId ImportSlice::group_for(const ImportRow& row) {
    if (grouped_ != nullptr && grouped_->place_id == row.place_id && grouped_->shg == row.shg &&
        grouped_->vo == row.vo && grouped_->clf == row.clf) {
        return group_;
    }
    const GroupId clf = ensure(GroupKind::kClf, row.clf, row.block_id, {});
    const GroupId vo =
        row.vo.empty() ? GroupId{} : ensure(GroupKind::kVo, row.vo, row.place_id, clf);
    grouped_ = &row;
    group_ = row.shg.empty() ? GroupId{} : ensure(GroupKind::kShg, row.shg, row.place_id, vo);
    return group_;
}

void ImportSlice::draft(const ImportRow& row, PhoneUse* use) {
    PersonDraft person{.kind = row.kind,
                       .name = row.name,
                       .name_latin = row.name_latin,
                       .place_id = row.place_id,
                       .group_id = group_for(row),
                       .language = row.language,
                       .is_synthetic = options_.is_synthetic,
                       .products = row.products};
    if (row.consent) {
        person.consent = {.purposes = row.consent->purposes,
                          .channel = row.consent->channel,
                          .text_version = row.consent->text_version,
                          .evidence = row.consent->evidence};
    }
    if (use != nullptr) {
        person.contacts.push_back(contact_for(row, *use));
        person.suppressed = use->suppressed;
        person.suppressed_evidence = "address";
    }
    drafts_.push_back(std::move(person));
}

/// Her phone, which she uses already, on WhatsApp too.
void ImportSlice::add_whatsapp(const std::string& phone, const Person& person) {
    for (const auto& contact : sql::person_contacts(tx_, {.ordinal = person.ordinal})) {
        if (contact.external_id == phone &&
            (contact.channels & channel_bit(Channel::kWhatsapp)) == 0) {
            // A full phone stays full: she keeps the addresses that she has.
            static_cast<void>(attach_known(
                tx_, person, widen_contact(tx_, contact.contact_id, Channel::kWhatsapp), now_));
        }
    }
}

/// Takes over what the row says anew; never takes anything away.
void ImportSlice::update(const ImportRow& row, const Person& person) {
    const Viewer viewer = system_viewer();
    if (language_code(row.language) != person.language) {
        HAAT_ASSERT(
            set_language(tx_, viewer, person.person_id, language_code(row.language)).has_value());
    }
    if (!row.products.empty()) {
        std::vector<ProductId> products = row.products;
        for (const auto& known : sql::person_products(tx_, {.ordinal = person.ordinal})) {
            products.push_back(known.product_id);
        }
        HAAT_ASSERT(set_products(tx_, viewer, person.person_id, products).has_value());
    }
    if (const GroupId group_id = group_for(row); group_id && group_id != person.group_id) {
        sql::person_set_group(tx_, {.group_id = group_id, .person_id = person.person_id});
        note_audience_change(tx_, person.ordinal, person.ordinal);
    }
    if (row.whatsapp && !row.phone.empty()) {
        add_whatsapp(row.phone, person);
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

void ImportSlice::write() {
    if (!contacts_.empty()) {
        const std::int64_t first =
            take_numbers(tx_, "contact", static_cast<std::int64_t>(contacts_.size())).first;
        for (std::size_t i = 0; i < contacts_.size(); ++i) {
            contacts_[i].contact_id = first + static_cast<std::int64_t>(i);
        }
        for (PersonDraft& draft : drafts_) {
            for (DraftContact& contact : draft.contacts) {
                contact.contact_id =
                    contact.contact_id < 0 ? first - contact.contact_id - 1 : contact.contact_id;
            }
        }
        sql::contact_add(tx_, contacts_);
        if (memory_.loads_alone) {
            for (const sql::ContactAddParams& contact : contacts_) {
                memory_.phones.put(contact.external_id,
                                   static_cast<std::uint32_t>(contact.contact_id));
                memory_.uncommitted.emplace_back(contact.external_id);
            }
        }
    }
    insert_people(tx_, drafts_, now_);
    contacts_.clear();
    drafts_.clear();
}

}  // namespace haat::registry
