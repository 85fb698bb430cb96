#include "registry/synthetic.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <streambuf>

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
constexpr std::string_view kMobiliser = " जीविका मित्र";
constexpr std::string_view kMobiliserLatin = " Jeevika Mitra";
constexpr std::int64_t kPeoplePerGroup = 12;
constexpr std::int64_t kPeoplePerStep = 300;
constexpr std::string_view kNextPhoneSetting = "synthetic_next_phone";
constexpr int kMaxOnOnePhone = 4;
constexpr std::string_view kTextVersion = "sample/hi";
constexpr std::string_view kEvidence = "synthetic";

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

namespace {

/// A person before she has a place, a group and a phone.
struct MadeUp {
    std::string name;
    std::string name_latin;
    std::string_view language;
    std::vector<ProductId> products;  ///< None twice.
    bool consents = false;
    bool opted_out = false;
    bool whatsapp = false;
    bool shares_phone = false;
};

void choose_products(const std::vector<ProductId>& all, Random& random,
                     std::vector<ProductId>& mine) {
    mine.clear();
    if (all.empty()) {
        return;
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
}

/// Makes up the next person, in place of the last one: nothing is allocated after the first.
void make_up(const SyntheticOptions& options, Random& random, MadeUp& person) {
    const Name& first = kFirstNames.at(random.below(kFirstNames.size()));
    const Name& last = kLastNames.at(random.below(kLastNames.size()));
    person.name.assign(first.hindi).append(" ").append(last.hindi).append(kMark);
    person.name_latin.assign(first.latin).append(" ").append(last.latin).append(kMarkLatin);
    person.language = language_of(random);
    choose_products(options.products, random, person.products);
    const auto percent = [&](int share) {
        return random.below(100) < static_cast<std::uint32_t>(share);
    };
    person.consents = percent(options.consent_percent);
    person.opted_out = percent(options.opted_out_percent);
    person.whatsapp = percent(options.whatsapp_percent);
    person.shares_phone = percent(options.shared_phone_percent);
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

/// What one step makes, until its batches are written. Drafts borrow from `people` and `phones`.
struct Batch {
    std::vector<PersonDraft> drafts;
    std::deque<MadeUp> people;
    std::deque<std::string> phones;
    std::vector<sql::ContactAddParams> contacts;  ///< Ids count from 0 until they are written.
};

void add_phone(Batch& batch, PersonDraft& draft, std::string phone, bool whatsapp) {
    const unsigned channels = channel_bit(Channel::kSms) | channel_bit(Channel::kVoice) |
                              (whatsapp ? channel_bit(Channel::kWhatsapp) : 0U);
    batch.phones.push_back(std::move(phone));
    draft.contacts.push_back(
        {static_cast<std::int64_t>(batch.contacts.size()), static_cast<std::uint8_t>(channels)});
    batch.contacts.push_back({.external_id = batch.phones.back(), .channels = channels});
}

void write(storage::Transaction& tx, Batch& batch, UnixSeconds now) {
    if (!batch.contacts.empty()) {
        const std::int64_t first =
            take_numbers(tx, "contact", static_cast<std::int64_t>(batch.contacts.size())).first;
        for (std::size_t i = 0; i < batch.contacts.size(); ++i) {
            batch.contacts[i].contact_id = first + static_cast<std::int64_t>(i);
        }
        for (PersonDraft& draft : batch.drafts) {
            for (DraftContact& contact : draft.contacts) {
                contact.contact_id += first;
            }
        }
        sql::contact_add(tx, batch.contacts);
    }
    insert_people(tx, batch.drafts, now);
}

PersonDraft draft_of(const MadeUp& person, PlaceId place_id, GroupId group_id) {
    PersonDraft draft{.kind = PersonKind::kMember,
                      .name = person.name,
                      .name_latin = person.name_latin,
                      .place_id = place_id,
                      .group_id = group_id,
                      .language = language_number(person.language),
                      .is_synthetic = true,
                      .products = person.products};
    if (person.consents) {
        draft.consent = {.purposes = kAllPurposes,
                         .channel = Channel::kWhatsapp,
                         .text_version = kTextVersion,
                         .evidence = kEvidence};
    }
    if (person.opted_out) {
        draft.suppressed = kAllPurposes;
        draft.suppressed_evidence = kEvidence;
    }
    return draft;
}

}  // namespace

namespace {

/// She has a WhatsApp of her own and may be written to: somebody to try her dialogues with.
void make_mobiliser(MadeUp& person) {
    person.name.insert(person.name.size() - kMark.size(), kMobiliser);
    person.name_latin.insert(person.name_latin.size() - kMarkLatin.size(), kMobiliserLatin);
    person.shares_phone = false;
    person.whatsapp = true;
    person.consents = true;
    person.opted_out = false;
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
            MadeUp& person = batch.people.emplace_back();
            make_up(state.options, random, person);
            const bool is_mobiliser = state.options.mobilisers && i % kPeoplePerGroup == 0;
            if (is_mobiliser) {
                make_mobiliser(person);
            }
            PersonDraft draft = draft_of(person, home.place_id,
                                         groups[static_cast<std::size_t>(i / kPeoplePerGroup)]);
            draft.kind = is_mobiliser ? PersonKind::kMobiliser : draft.kind;
            if (person.shares_phone && i > 0 && on_phone < kMaxOnOnePhone) {
                ++on_phone;
                draft.contacts = batch.drafts.back().contacts;  // two on one phone
                draft.suppressed = batch.drafts.back().suppressed;
                draft.suppressed_evidence = batch.drafts.back().suppressed_evidence;
            } else {
                on_phone = 1;
                add_phone(batch, draft, phone_of(phone++), person.whatsapp);
            }
            batch.drafts.push_back(std::move(draft));
        }
        people += share;
        ++village;
    } while (people < kPeoplePerStep && village < state.villages.size());

    write(tx, batch, state.now);
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

namespace {

constexpr std::string_view kFileHeader =
    "name,name_latin,phone,village_code,language,shg,vo,clf,products,whatsapp,"
    "consent_text_version,consent_evidence\n";
constexpr std::size_t kFileBuffer = 1 << 16;

/// Writes the file while it is read.
class SyntheticBuffer final : public std::streambuf {
 public:
    SyntheticBuffer(SyntheticOptions options, std::vector<Place> villages,
                    std::vector<std::string> product_keys)
        : options_(std::move(options)),
          villages_(std::move(villages)),
          keys_(std::move(product_keys)),
          random_(options_.seed) {
        HAAT_ASSERT(!villages_.empty());
        text_ = kFileHeader;
        // A product's number stands for its key.
        options_.products.clear();
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            options_.products.push_back({static_cast<std::int64_t>(i)});
        }
    }

 protected:
    int_type underflow() override {
        if (started_) {
            text_.clear();
        }
        started_ = true;
        while (text_.size() < kFileBuffer && made_ < options_.people) {
            add_row();
        }
        setg(text_.data(), text_.data(), text_.data() + text_.size());
        return text_.empty() ? traits_type::eof() : traits_type::to_int_type(text_.front());
    }

 private:
    /// The village that the next person lives in: everywhere the same number, and the rest first.
    void move_on() {
        const auto count = static_cast<std::int64_t>(villages_.size());
        while (in_village_ >= options_.people / count +
                                  (static_cast<std::int64_t>(village_) < options_.people % count)) {
            ++village_;
            in_village_ = 0;
        }
    }
    void add_row() {
        move_on();
        const Place& home = villages_[village_];
        make_up(options_, random_, person_);
        if (!person_.shares_phone || in_village_ == 0 || on_phone_ >= kMaxOnOnePhone) {
            on_phone_ = 0;
            ++phone_;
        }
        ++on_phone_;
        text_.append(person_.name).append(",").append(person_.name_latin).append(",+999");
        text_.append(std::to_string(6'000'000'000 + scattered(phone_))).append(",");
        text_.append(std::to_string(home.code)).append(",").append(person_.language).append(",");
        const std::int64_t group = in_village_ / kPeoplePerGroup;
        text_.append(kGroupNames.at(static_cast<std::size_t>(group) % kGroupNames.size()));
        text_.append(" ").append(std::to_string(group + 1)).append(",Gram Sangathan,Sankul,");
        for (std::size_t i = 0; i < person_.products.size(); ++i) {
            text_.append(i == 0 ? "" : ";");
            text_.append(keys_[static_cast<std::size_t>(person_.products[i].value)]);
        }
        text_.append(person_.whatsapp ? ",yes," : ",no,");
        if (person_.consents) {
            text_.append(kTextVersion).append(",").append(kEvidence);
        } else {
            text_.append(",");
        }
        text_.append("\n");
        ++in_village_;
        ++made_;
    }
    /// Real numbers come in no order: a bijection of 0..2^32 - 1.
    [[nodiscard]] static std::int64_t scattered(std::int64_t number) {
        return static_cast<std::int64_t>(static_cast<std::uint32_t>(number) * 2'654'435'761U);
    }

    SyntheticOptions options_;
    std::vector<Place> villages_;
    std::vector<std::string> keys_;
    Random random_;
    MadeUp person_;
    std::string text_;
    bool started_ = false;
    std::int64_t made_ = 0;
    std::size_t village_ = 0;
    std::int64_t in_village_ = 0;
    std::int64_t phone_ = 0;
    int on_phone_ = 0;
};

class SyntheticFile final : public std::istream {
 public:
    explicit SyntheticFile(std::unique_ptr<SyntheticBuffer> buffer)
        : std::istream(buffer.get()), buffer_(std::move(buffer)) {}

 private:
    std::unique_ptr<SyntheticBuffer> buffer_;
};

}  // namespace

std::unique_ptr<std::istream> synthetic_people_file(storage::Transaction& tx,
                                                    const SyntheticOptions& options,
                                                    std::vector<std::string> product_keys) {
    std::vector<Place> villages =
        places_below(tx, options.below ? options.below : kBihar, PlaceKind::kVillage);
    return std::make_unique<SyntheticFile>(
        std::make_unique<SyntheticBuffer>(options, std::move(villages), std::move(product_keys)));
}

}  // namespace haat::registry
