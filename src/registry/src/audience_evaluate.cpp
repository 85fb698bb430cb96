#include <algorithm>
#include <bit>
#include <optional>

#include "audience_state.hpp"
#include "registry/audience_tags.hpp"
#include "registry/people.hpp"

namespace haat::registry {
namespace {

using Kind = Audience::Kind;

const Bitmap kNobody;

/// A bitmap of the index, or one made for this answer.
class Set {
 public:
    explicit Set(const Bitmap* borrowed) : borrowed_(borrowed) {}
    explicit Set(Bitmap owned) : owned_(std::move(owned)) {}

    [[nodiscard]] const Bitmap& get() const { return borrowed_ != nullptr ? *borrowed_ : owned_; }
    [[nodiscard]] Bitmap take() { return borrowed_ != nullptr ? *borrowed_ : std::move(owned_); }

    Set& operator&=(const Set& other) {
        if (borrowed_ != nullptr) {
            owned_ = *borrowed_ & other.get();
            borrowed_ = nullptr;
        } else {
            owned_ &= other.get();
        }
        return *this;
    }
    Set& operator-=(const Set& other) {
        if (borrowed_ != nullptr) {
            owned_ = *borrowed_ - other.get();
            borrowed_ = nullptr;
        } else {
            owned_ -= other.get();
        }
        return *this;
    }

 private:
    const Bitmap* borrowed_ = nullptr;
    Bitmap owned_;
};

/// Every set that it makes lies within `all`.
class Evaluator {
 public:
    Evaluator(const AudienceData& data, const AudienceContacts& contacts)
        : data_(data), contacts_(contacts) {}

    Set of(const Audience& audience) {
        switch (audience.kind) {
            case Kind::kTerm:
                return term(audience, data_.columns.all);
            case Kind::kNot: {
                Set others(&data_.columns.all);
                others -= of(audience.parts.front());
                return others;
            }
            case Kind::kAny:
                return any(audience);
            case Kind::kAll:
                return all(audience, Set(&data_.columns.all));
        }
        return Set(&kNobody);
    }

    /// Those of `among` who fit every part: smallest sets first, then what is left out, and last
    /// what is dearer the more people it is asked for.
    Set all(const Audience& audience, Set among) {
        std::vector<Set> wanted;
        std::vector<const Audience*> unwanted;
        std::vector<const Audience*> last;
        wanted.push_back(std::move(among));
        for (const Audience& part : audience.parts) {
            if (is_contacted(part)) {
                last.push_back(&part);
            } else if (part.kind == Kind::kNot) {
                unwanted.push_back(&part.parts.front());
            } else {
                wanted.push_back(of(part));
            }
        }
        std::ranges::sort(wanted, {}, [](const Set& set) { return set.get().cardinality(); });
        Set people = std::move(wanted.front());
        for (std::size_t i = 1; i < wanted.size(); ++i) {
            // Everything lies within `all`, so that need not be said.
            if (&wanted[i].get() != &data_.columns.all) {
                people &= wanted[i];
            }
        }
        for (const Audience* part : unwanted) {
            people -= of(*part);
        }
        for (const Audience* part : last) {
            const bool is_not = part->kind == Kind::kNot;
            const Set contacted = term(is_not ? part->parts.front() : *part, people.get());
            is_not ? people -= contacted : people &= contacted;
        }
        return people;
    }

 private:
    static bool is_contacted(const Audience& part) {
        const Audience& inner = part.kind == Kind::kNot ? part.parts.front() : part;
        return inner.kind == Kind::kTerm && inner.field == AudienceField::kContacted;
    }

    Set any(const Audience& audience) {
        std::vector<Set> sets;
        std::vector<const Bitmap*> bitmaps;
        sets.reserve(audience.parts.size());
        for (const Audience& part : audience.parts) {
            if (part.kind == Kind::kTerm && part.field == AudienceField::kPlace) {
                add_place({part.id}, bitmaps);  // all bitmaps in one union, not one a place
            } else {
                sets.push_back(of(part));
                bitmaps.push_back(&sets.back().get());
            }
        }
        return Set(union_of(std::move(bitmaps)));
    }

    void add_place(PlaceId place_id, std::vector<const Bitmap*>& into) {
        const std::uint32_t index = data_.places.index_of(place_id);
        if (place_id == data_.whole_state) {
            into.push_back(&data_.columns.all);
        } else if (index != kNone) {
            data_.places.add_range(data_.places.node(index).numbers, into);
        }
    }

    Set place(PlaceId place_id) {
        std::vector<const Bitmap*> bitmaps;
        add_place(place_id, bitmaps);
        return bitmaps.size() == 1 ? Set(bitmaps.front()) : Set(union_of(std::move(bitmaps)));
    }

    Set tag(std::string_view name) {
        const auto found = data_.tags.find(name);
        return found == data_.tags.end() ? Set(&kNobody) : Set(found->second & data_.columns.all);
    }

    /// `among` matters for contacts only: those of them who were contacted.
    Set term(const Audience& term, const Bitmap& among) {
        const AudienceColumns& columns = data_.columns;
        switch (term.field) {
            case AudienceField::kPlace:
                return place({term.id});
            case AudienceField::kMakes: {
                const auto found = columns.products.find(term.id);
                return Set(found == columns.products.end() ? &kNobody : &found->second);
            }
            case AudienceField::kGroup:
                return Set(data_.groups.members({term.id}, data_.places));
            case AudienceField::kSpeaks: {
                const auto found = columns.languages.find(term.text);
                return Set(found == columns.languages.end() ? &kNobody : &found->second);
            }
            case AudienceField::kReach: {
                const std::optional<Channel> channel = channel_from_name(term.text);
                return Set(channel ? &columns.channels[static_cast<std::size_t>(*channel)]
                                   : &kNobody);
            }
            case AudienceField::kConsent: {
                const std::optional<MessagePurpose> purpose = message_purpose_from_name(term.text);
                return Set(purpose ? &columns.purposes[static_cast<std::size_t>(
                                         std::countr_zero(static_cast<unsigned>(*purpose)))]
                                   : &kNobody);
            }
            case AudienceField::kTag:
                return tag(term.text);
            case AudienceField::kStage:
                return tag(std::string(kStagePrefix) + term.text);
            case AudienceField::kSaved:
                return term.parts.empty() ? Set(&kNobody) : of(term.parts.front());
            case AudienceField::kContacted:
                return Set(contacts_.since(term.first_day, among));
        }
        return Set(&kNobody);
    }

    const AudienceData& data_;
    const AudienceContacts& contacts_;
};

}  // namespace

Bitmap evaluate(const AudienceData& data, const AudienceContacts& contacts, const Viewer& viewer,
                const Audience& audience) {
    if (!may_see_people(viewer)) {
        return {};
    }
    Evaluator evaluator(data, contacts);
    Set scope(&data.columns.all);
    if (viewer.role != Role::kSystem && viewer.role != Role::kStateOfficer) {
        std::vector<const Bitmap*> bitmaps;
        data.places.add_range(viewer.places, bitmaps);
        scope = bitmaps.size() == 1 ? Set(bitmaps.front()) : Set(union_of(std::move(bitmaps)));
    }
    if (audience.kind == Kind::kAll) {
        return evaluator.all(audience, std::move(scope)).take();
    }
    Audience whole;
    whole.parts.push_back(audience);
    return evaluator.all(whole, std::move(scope)).take();
}

Audience AudienceQuery::tree() const {
    std::vector<Audience> parts;
    const auto any = [](AudienceField field, const auto& values, auto make) {
        std::vector<Audience> terms;
        for (const auto& value : values) {
            terms.push_back(make(field, value));
        }
        return any_of(std::move(terms));
    };
    const auto by_id = [](AudienceField field, auto id) { return term(field, id.value); };
    const auto by_text = [](AudienceField field, const std::string& text) {
        return term(field, text);
    };
    const auto add = [&](AudienceField field, const auto& values, auto make) {
        if (!values.empty()) {
            parts.push_back(any(field, values, make));
        }
    };
    const auto exclude = [&](AudienceField field, const auto& values, auto make) {
        if (!values.empty()) {
            parts.push_back(none_of(any(field, values, make)));
        }
    };
    add(AudienceField::kPlace, places, by_id);
    add(AudienceField::kMakes, products, by_id);
    add(AudienceField::kGroup, groups, by_id);
    add(AudienceField::kSpeaks, languages, by_text);
    add(AudienceField::kTag, tags, by_text);
    parts.insert(parts.end(), also.begin(), also.end());
    if (channel) {
        parts.push_back(term(AudienceField::kReach, std::string(channel_name(*channel))));
    }
    if (purpose) {
        parts.push_back(term(AudienceField::kConsent, std::string(message_purpose_name(*purpose))));
    }
    exclude(AudienceField::kPlace, exclude_places, by_id);
    exclude(AudienceField::kGroup, exclude_groups, by_id);
    exclude(AudienceField::kTag, exclude_tags, by_text);
    return all_of(std::move(parts));
}

}  // namespace haat::registry
