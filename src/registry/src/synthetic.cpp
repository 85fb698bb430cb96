#include "registry/synthetic.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "people_store.hpp"
#include "registry/groups.hpp"
#include "registry/places.hpp"
#include "sql/addresses.hpp"
#include "sql/settings.hpp"

namespace haat::registry {
namespace {

constexpr std::string_view kMark = " (नमूना)";
constexpr std::string_view kMarkLatin = " (sample)";
constexpr std::int64_t kPeoplePerGroup = 12;
constexpr std::int64_t kPeoplePerStep = 300;
constexpr std::string_view kNextPhoneSetting = "synthetic_next_phone";
constexpr int kMaxOnOnePhone = 4;

struct Name {
    std::string_view hindi;
    std::string_view latin;
};

constexpr std::array<Name, 40> kFirstNames{
    {{"रीता", "Rita"},      {"सीता", "Sita"},       {"गीता", "Gita"},      {"सुनीता", "Sunita"},
     {"अनीता", "Anita"},    {"ललिता", "Lalita"},    {"कविता", "Kavita"},   {"सविता", "Savita"},
     {"ममता", "Mamta"},     {"संगीता", "Sangita"},   {"पुष्पा", "Pushpa"},    {"मीरा", "Meera"},
     {"राधा", "Radha"},     {"शांति", "Shanti"},     {"लक्ष्मी", "Lakshmi"},  {"सरस्वती", "Saraswati"},
     {"पार्वती", "Parvati"}, {"उर्मिला", "Urmila"},   {"निर्मला", "Nirmala"}, {"कमला", "Kamla"},
     {"बिमला", "Bimla"},    {"रेखा", "Rekha"},       {"शोभा", "Shobha"},    {"आशा", "Asha"},
     {"उषा", "Usha"},       {"किरण", "Kiran"},      {"पूनम", "Poonam"},     {"प्रमिला", "Pramila"},
     {"सुशीला", "Sushila"},  {"मालती", "Malti"},     {"फूलमती", "Phulmati"}, {"जानकी", "Janki"},
     {"देवकी", "Devki"},     {"रुखसाना", "Rukhsana"}, {"शबाना", "Shabana"},  {"नूरजहाँ", "Noorjahan"},
     {"सलमा", "Salma"},     {"फातिमा", "Fatima"},   {"चंपा", "Champa"},     {"बबीता", "Babita"}}};

constexpr std::array<Name, 12> kLastNames{{{"देवी", "Devi"},
                                           {"कुमारी", "Kumari"},
                                           {"खातून", "Khatoon"},
                                           {"बेगम", "Begum"},
                                           {"यादव", "Yadav"},
                                           {"पासवान", "Paswan"},
                                           {"सिंह", "Singh"},
                                           {"झा", "Jha"},
                                           {"ठाकुर", "Thakur"},
                                           {"साह", "Sah"},
                                           {"मंडल", "Mandal"},
                                           {"महतो", "Mahto"}}};

constexpr std::array<std::string_view, 12> kGroupNames{"Lakshmi", "Saraswati", "Ekta",   "Pragati",
                                                       "Jyoti",   "Ganga",     "Kamal",  "Asha",
                                                       "Durga",   "Tulsi",     "Shakti", "Sangam"};

/// Languages by division would be better; a mixture is enough to see that each gets her own.
std::string_view language_of(Random& random) {
    const std::uint32_t dice = random.below(100);
    return dice < 70 ? "hi" : dice < 80 ? "bho" : dice < 90 ? "mai" : dice < 98 ? "mag" : "en";
}

/// "+999" and ten digits: no country has that code, so no message can reach anybody.
std::string phone_of(std::int64_t number) {
    std::string digits = std::to_string(6'000'000'000 + number);
    return "+999" + digits;
}

}  // namespace

struct SyntheticPeople::State {
    SyntheticOptions options;
    UnixSeconds now;
    std::vector<Place> villages;  ///< Those that get people, in tree order.
    bool planned = false;
    std::int64_t made = 0;
    std::int64_t next_phone = 0;
    std::size_t village = 0;

    [[nodiscard]] std::string progress_name() const;
    void plan(storage::Transaction& tx);
    [[nodiscard]] std::int64_t share_of(std::size_t index) const;
    [[nodiscard]] std::vector<GroupId> make_groups(storage::Transaction& tx, const Place& village,
                                                   std::int64_t people);
};

namespace {

/// What one step makes, until its batches are written.
struct Batch {
    std::vector<PersonDraft> drafts;
    std::vector<std::string> phones;  ///< Of the addresses below, in the same order.
    std::vector<sql::AddressAddParams> addresses;
};

void add_phone(storage::Transaction& tx, Batch& batch, PersonDraft& draft, std::string phone,
               bool whatsapp, UnixSeconds now) {
    for (const Channel channel : {Channel::kWhatsapp, Channel::kSms, Channel::kVoice}) {
        if (channel == Channel::kWhatsapp && !whatsapp) {
            continue;
        }
        const AddressId address_id = tx.new_id_as<AddressId>();
        batch.phones.push_back(phone);
        batch.addresses.push_back({.address_id = address_id,
                                   .channel = static_cast<std::int64_t>(channel),
                                   .created_at = now});
        draft.addresses.push_back({channel, address_id});
    }
}

std::vector<ProductId> products_for(const std::vector<ProductId>& all, Random& random) {
    std::vector<ProductId> mine;
    if (all.empty()) {
        return mine;
    }
    if (random.chance(1, 3)) {
        mine.push_back(all.front());
    }
    const std::uint32_t more = random.below(3);
    for (std::uint32_t i = 0; i < more; ++i) {
        mine.push_back(all[random.below(static_cast<std::uint32_t>(all.size()))]);
    }
    std::ranges::sort(mine);
    mine.erase(std::ranges::unique(mine).begin(), mine.end());
    return mine;
}

PersonDraft draft_of(const SyntheticOptions& options, const Place& village, GroupId group_id,
                     Random& random) {
    const Name& first = kFirstNames.at(random.below(kFirstNames.size()));
    const Name& last = kLastNames.at(random.below(kLastNames.size()));
    PersonDraft draft{.kind = PersonKind::kMember,
                      .place_id = village.place_id,
                      .group_id = group_id,
                      .language = std::string(language_of(random)),
                      .is_synthetic = true,
                      .products = products_for(options.products, random)};
    draft.name = std::string(first.hindi) + " " + std::string(last.hindi) + std::string(kMark);
    draft.name_latin =
        std::string(first.latin) + " " + std::string(last.latin) + std::string(kMarkLatin);
    if (random.below(100) < static_cast<std::uint32_t>(options.consent_percent)) {
        draft.consent = {.purposes = kAllPurposes,
                         .channel = Channel::kWhatsapp,
                         .text_version = "sample/hi",
                         .evidence = "synthetic"};
    }
    if (random.below(100) < static_cast<std::uint32_t>(options.opted_out_percent)) {
        draft.suppressed = kAllPurposes;
        draft.suppressed_evidence = "synthetic";
    }
    return draft;
}

}  // namespace

/// Under this name the next village to fill is remembered, so that a killed run goes on.
std::string SyntheticPeople::State::progress_name() const {
    return "synthetic " + std::to_string(options.seed) + " " + std::to_string(options.people) +
           " " + std::to_string(options.below.value);
}

/// Chooses the villages, spread evenly over the tree, and goes on where an earlier run stopped.
void SyntheticPeople::State::plan(storage::Transaction& tx) {
    const auto number = [&](std::string_view name) -> std::int64_t {
        const auto setting = sql::setting_find(tx, {.name = name});
        return setting ? parse_integer(setting->value).value_or(0) : 0;
    };
    next_phone = number(kNextPhoneSetting);
    village = static_cast<std::size_t>(number(progress_name()));
    const std::vector<Place> all =
        places_below(tx, options.below ? options.below : kBihar, PlaceKind::kVillage);
    HAAT_ASSERT(!all.empty());
    const auto wanted = static_cast<std::size_t>(
        std::clamp<std::int64_t>(options.people / std::max<std::int64_t>(options.per_village, 1), 1,
                                 static_cast<std::int64_t>(all.size())));
    Random random(options.seed);
    const std::size_t stride = all.size() / wanted;
    const std::size_t offset = random.below(static_cast<std::uint32_t>(stride));
    for (std::size_t i = 0; i < wanted; ++i) {
        villages.push_back(all[i * stride + offset]);
    }
    for (std::size_t i = 0; i < village; ++i) {
        made += share_of(i);
    }
    planned = true;
}

/// People of one village: the same for all, and one more for the first ones.
std::int64_t SyntheticPeople::State::share_of(std::size_t index) const {
    const auto count = static_cast<std::int64_t>(villages.size());
    return options.people / count +
           (static_cast<std::int64_t>(index) < options.people % count ? 1 : 0);
}

/// SHGs of a dozen, below one VO of the village, below the CLF of its block.
std::vector<GroupId> SyntheticPeople::State::make_groups(storage::Transaction& tx,
                                                         const Place& home, std::int64_t people) {
    const auto make = [&](GroupKind kind, const std::string& name, PlaceId place_id,
                          GroupId parent_id) {
        const Result<Group> group = ensure_group(tx,
                                                 {.kind = kind,
                                                  .name = name + std::string(kMark),
                                                  .place_id = place_id,
                                                  .parent_id = parent_id,
                                                  .is_synthetic = true},
                                                 now);
        HAAT_ASSERT(group.has_value());
        return group->group_id;
    };
    const GroupId clf = make(GroupKind::kClf, "Sankul", home.block_id, {});
    const GroupId vo = make(GroupKind::kVo, "Gram Sangathan " + home.name_en, home.place_id, clf);
    std::vector<GroupId> groups;
    for (std::int64_t i = 0; i * kPeoplePerGroup < people; ++i) {
        const auto name = static_cast<std::size_t>(i) % kGroupNames.size();
        groups.push_back(make(GroupKind::kShg,
                              std::string(kGroupNames.at(name)) + " " + std::to_string(i + 1),
                              home.place_id, vo));
    }
    return groups;
}

SyntheticPeople::SyntheticPeople(SyntheticOptions options, UnixSeconds now)
    : state_(std::make_unique<State>()) {
    state_->options = std::move(options);
    state_->now = now;
}
SyntheticPeople::SyntheticPeople(SyntheticPeople&&) noexcept = default;
SyntheticPeople& SyntheticPeople::operator=(SyntheticPeople&&) noexcept = default;
SyntheticPeople::~SyntheticPeople() = default;

bool SyntheticPeople::step(storage::Transaction& tx) {
    State& state = *state_;
    if (!state.planned) {
        state.plan(tx);
    }
    if (state.village >= state.villages.size()) {
        return false;
    }
    Batch batch;
    std::size_t village = state.village;
    std::int64_t phone = state.next_phone;
    std::int64_t people = 0;
    // Small villages go together, so that a million people do not need 45,000 commits.
    do {
        const Place& home = state.villages[village];
        const std::int64_t share = state.share_of(village);
        Random random(state.options.seed * 1'000'003 + static_cast<std::uint64_t>(home.code));
        const std::vector<GroupId> groups = state.make_groups(tx, home, share);
        int on_phone = 0;
        for (std::int64_t i = 0; i < share; ++i) {
            PersonDraft draft = draft_of(
                state.options, home, groups[static_cast<std::size_t>(i / kPeoplePerGroup)], random);
            const bool whatsapp =
                random.below(100) < static_cast<std::uint32_t>(state.options.whatsapp_percent);
            const bool shares =
                random.below(100) < static_cast<std::uint32_t>(state.options.shared_phone_percent);
            if (shares && i > 0 && on_phone < kMaxOnOnePhone) {
                ++on_phone;
                draft.addresses = batch.drafts.back().addresses;  // two on one phone
                draft.suppressed = batch.drafts.back().suppressed;
                draft.suppressed_evidence = batch.drafts.back().suppressed_evidence;
            } else {
                on_phone = 1;
                add_phone(tx, batch, draft, phone_of(phone++), whatsapp, state.now);
            }
            batch.drafts.push_back(std::move(draft));
        }
        people += share;
        ++village;
    } while (people < kPeoplePerStep && village < state.villages.size());

    for (std::size_t i = 0; i < batch.addresses.size(); ++i) {
        batch.addresses[i].external_id = batch.phones[i];
    }
    sql::address_add(tx, batch.addresses);
    insert_people(tx, batch.drafts, state.now);
    sql::setting_put(tx, {.name = state.progress_name(), .value = std::to_string(village)});
    sql::setting_put(tx, {.name = kNextPhoneSetting, .value = std::to_string(phone)});
    tx.after_commit([&state, village, phone, people] {
        state.village = village;
        state.next_phone = phone;
        state.made += people;
    });
    return village < state.villages.size();
}

std::int64_t SyntheticPeople::made() const { return state_->made; }

}  // namespace haat::registry
