#include "audience_evaluate.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <optional>
#include <tuple>

#include "registry/audience_tags.hpp"
#include "registry/people.hpp"

namespace haat::registry {
namespace {

using Kind = Audience::Kind;
using Join = AudienceFormula::Join;
using Node = AudienceFormula::Node;

const Bitmap kNobody;

/// Nobody or everybody, without a look at any bitmap.
bool is_constant(const Node& node) { return node.join != Join::kLeaf && node.parts.empty(); }

/// True if no one fits who is not there (any more).
bool is_of_people(const Node& node) {
    if (node.is_not) {
        return false;
    }
    switch (node.join) {
        case Join::kLeaf:
            return !node.is_stale;
        case Join::kAll:
            return std::ranges::any_of(node.parts, is_of_people);
        case Join::kAny:
            return std::ranges::all_of(node.parts, is_of_people);
    }
    return false;
}

/// Puts a part into a node; what is joined in the same way needs no node of its own.
void add(Node& node, Node part) {
    if (part.join == node.join && !part.is_not) {
        std::ranges::move(part.parts, std::back_inserter(node.parts));
    } else {
        node.parts.push_back(std::move(part));
    }
}

/// A bitmap in which people may be who are not there any more.
Node stale_leaf(const Bitmap& bitmap) {
    return {.join = Join::kLeaf,
            .is_stale = true,
            .cursor = BlockCursor(bitmap),
            .most_people = bitmap.cardinality()};
}

/// Makes nodes of an audience.
class Compiler {
 public:
    Compiler(const AudienceData& data, const AudienceContacts& contacts,
             std::vector<std::shared_ptr<const Bitmap>>& kept)
        : data_(data), contacts_(contacts), kept_(kept), people_(data.columns.all.cardinality()) {}

    Node of(const Audience& audience) {
        if (audience.kind == Kind::kTerm) {
            return term(audience);
        }
        if (audience.kind == Kind::kNot) {
            Node node = of(audience.parts.front());
            node.is_not = !node.is_not;
            return node;
        }
        Node node{.join = audience.kind == Kind::kAll ? Join::kAll : Join::kAny};
        for (const Audience& part : audience.parts) {
            add(node, of(part));
        }
        return node;
    }

    /// Everybody in a range of places.
    Node within(PlaceRange numbers) {
        std::vector<const Bitmap*> bitmaps;
        data_.places.add_range(numbers, bitmaps);
        Node node{.join = Join::kAny};
        for (const Bitmap* bitmap : bitmaps) {
            node.parts.push_back(leaf(*bitmap));
        }
        return node;
    }

    /// For Join::kAll the fewest first, so that a block is soon empty; for Join::kAny the most.
    void put_in_order(Node& node) {
        std::uint64_t sum = 0;
        std::uint64_t least = people_;
        for (Node& part : node.parts) {
            put_in_order(part);
            sum += part.is_not ? people_ : part.most_people;
            least = part.is_not ? least : std::min(least, part.most_people);
        }
        if (node.join == Join::kLeaf) {
            return;
        }
        node.most_people = node.join == Join::kAll ? least : std::min(sum, people_);
        const bool few_first = node.join == Join::kAll;
        std::ranges::sort(node.parts, {}, [&](const Node& part) {
            const bool ascending = few_first && !part.is_not;
            return std::tuple(!is_constant(part), part.is_not,
                              ascending ? part.most_people : ~part.most_people);
        });
    }

 private:
    /// Some of the people there are.
    [[nodiscard]] Node leaf(const Bitmap& bitmap) const {
        Node node = stale_leaf(bitmap);
        node.is_stale = false;
        if (node.most_people == people_) {
            return {.join = Join::kAll};  // as when every phone takes SMS: it costs nothing then
        }
        return node;
    }

    Node place(PlaceId place_id) {
        const std::uint32_t index = data_.places.index_of(place_id);
        if (place_id == data_.whole_state) {
            return {.join = Join::kAll};
        }
        return index == kNone ? leaf(kNobody) : within(data_.places.node(index).numbers);
    }

    Node tag(std::string_view name) {
        const auto found = data_.tags.find(name);
        return stale_leaf(found == data_.tags.end() ? kNobody : found->second);
    }

    Node kept(std::shared_ptr<const Bitmap> bitmap) {
        return stale_leaf(*kept_.emplace_back(std::move(bitmap)));
    }

    Node term(const Audience& term) {
        const AudienceColumns& columns = data_.columns;
        switch (term.field) {
            case AudienceField::kPlace:
                return place({term.id});
            case AudienceField::kMakes: {
                const auto found = columns.products.find(term.id);
                return leaf(found == columns.products.end() ? kNobody : found->second);
            }
            case AudienceField::kGroup:
                return kept(
                    std::make_shared<Bitmap>(data_.groups.members({term.id}, data_.places)));
            case AudienceField::kSpeaks: {
                const auto found = columns.languages.find(term.text);
                return leaf(found == columns.languages.end() ? kNobody : found->second);
            }
            case AudienceField::kReach: {
                const std::optional<Channel> channel = channel_from_name(term.text);
                return leaf(channel ? columns.channels[static_cast<std::size_t>(*channel)]
                                    : kNobody);
            }
            case AudienceField::kConsent: {
                const std::optional<MessagePurpose> purpose = message_purpose_from_name(term.text);
                return leaf(purpose ? columns.purposes[static_cast<std::size_t>(
                                          std::countr_zero(static_cast<unsigned>(*purpose)))]
                                    : kNobody);
            }
            case AudienceField::kTag:
                return tag(term.text);
            case AudienceField::kStage:
                return tag(std::string(kStagePrefix) + term.text);
            case AudienceField::kSaved:
                return term.parts.empty() ? leaf(kNobody) : of(term.parts.front());
            case AudienceField::kContacted:
                return kept(contacts_.since(term.first_day));
        }
        return leaf(kNobody);
    }

    const AudienceData& data_;
    const AudienceContacts& contacts_;
    std::vector<std::shared_ptr<const Bitmap>>& kept_;
    std::uint64_t people_;
};

Piece piece_of(Node& node, std::uint16_t block, BlockPool& pool) {
    if (node.join == Join::kLeaf) {
        return node.cursor->at(block, pool);
    }
    if (node.join == Join::kAll) {
        Piece people = Piece::everybody(pool);
        for (Node& part : node.parts) {
            if (people.is_nobody()) {
                break;
            }
            Piece other = piece_of(part, block, pool);
            part.is_not ? people.drop(std::move(other)) : people.keep(std::move(other));
        }
        return people;
    }
    Piece people = Piece::nobody(pool);
    for (Node& part : node.parts) {
        if (people.is_everybody()) {
            break;
        }
        if (part.cursor && part.cursor->skips(block) && !part.is_not) {
            continue;  // most of some hundred places
        }
        Piece other = piece_of(part, block, pool);
        if (part.is_not) {
            other.flip();
        }
        people.join(std::move(other));
    }
    return people;
}

}  // namespace

AudienceFormula::AudienceFormula(const AudienceData& data, const AudienceContacts& contacts,
                                 const Viewer& viewer, const Audience& audience,
                                 const Bitmap* among)
    : all_(data.columns.all) {
    if (!may_see_people(viewer)) {
        root_.join = Join::kAny;
        return;
    }
    Compiler compiler(data, contacts, kept_);
    if (viewer.role != Role::kSystem && viewer.role != Role::kStateOfficer) {
        root_.parts.push_back(compiler.within(viewer.places));
    }
    add(root_, compiler.of(audience));
    if (among != nullptr) {
        add(root_, stale_leaf(*among));
    }
    if (!is_of_people(root_)) {
        add(root_, stale_leaf(all_));
    }
    compiler.put_in_order(root_);
}

void AudienceFormula::each_block(const std::function<void(std::uint16_t, Piece&)>& call) {
    const ::roaring_array_t& blocks = all_.roaring.high_low_container;
    for (std::int32_t i = 0; i < blocks.size; ++i) {
        Piece people = piece_of(root_, blocks.keys[i], pool_);
        if (!people.is_nobody()) {
            call(blocks.keys[i], people);
        }
    }
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
