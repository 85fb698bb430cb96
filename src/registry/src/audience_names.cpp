#include "registry/audience_names.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>

#include "audience_words.hpp"
#include "base/assert.hpp"
#include "base/text.hpp"
#include "people_store.hpp"
#include "place_rows.hpp"
#include "registry/audience.hpp"
#include "registry/audience_saved.hpp"
#include "registry/groups.hpp"
#include "registry/places.hpp"
#include "sql/audience_saved.hpp"

namespace haat::registry {
namespace {

using Kind = Audience::Kind;

constexpr int kMostNested = 8;

struct NamedGroup {
    GroupId group_id;
    std::string name;
    PlaceId place_id;
};

/// "Rampur, Kanti, Muzaffarpur" in its parts, without blanks around them.
std::vector<std::string> path_of(std::string_view text) {
    std::vector<std::string> names;
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view name = trim(text.substr(0, comma));
        if (!name.empty()) {
            names.emplace_back(name);
        }
        if (comma == std::string_view::npos) {
            return names;
        }
        text.remove_prefix(comma + 1);
    }
}

class Resolver {
 public:
    Resolver(storage::Transaction& tx, const Viewer& viewer, const AudienceProducts& products,
             UnixSeconds now)
        : tx_(tx),
          viewer_(viewer),
          range_(people_range(viewer)),
          products_(products),
          today_(india_day(now)) {}

    Result<Audience> resolve(Audience audience) {
        if (audience.kind == Kind::kTerm) {
            return resolve_term(std::move(audience));
        }
        std::vector<Audience> parts;
        for (Audience& part : audience.parts) {
            parts.push_back(HAAT_TRY(resolve(std::move(part))));
        }
        if (audience.kind == Kind::kNot) {
            return none_of(std::move(parts.front()));
        }
        return audience.kind == Kind::kAny ? any_of(std::move(parts)) : all_of(std::move(parts));
    }

 private:
    Result<Audience> resolve_term(Audience term) {
        HAAT_TRY(check_term(term));
        switch (term.field) {
            case AudienceField::kPlace:
                return place(std::move(term));
            case AudienceField::kMakes:
                return product(std::move(term));
            case AudienceField::kGroup:
                return group(std::move(term));
            case AudienceField::kSaved:
                return saved(std::move(term));
            case AudienceField::kContacted:
                // Today is the first of the days.
                term.first_day = today_ - term.id + 1;
                return term;
            default:
                return term;
        }
    }

    std::unexpected<Error> wrong(ErrorKind kind, std::string_view what, const Audience& term,
                                 std::string suggestions) {
        const std::string code =
            "registry.audience_" + std::string(what) + (suggestions.empty() ? "" : "_like");
        return refuse(kind, code,
                      {{"at", std::to_string(term.at)},
                       {"found", term.text.empty() ? "#" + std::to_string(term.id) : term.text},
                       {"suggestions", std::move(suggestions)}});
    }

    // --- places ---------------------------------------------------------------------------------

    std::vector<Place> places_named(std::string_view name, PlaceRange within) {
        std::vector<Place> places;
        const std::string folded = fold_name(name);
        for (const auto& row : sql::audience_places_named(
                 tx_, {.folded = folded, .first = within.first, .last = within.last})) {
            places.push_back(place_from(row));
        }
        // Of the largest kind only; they come in that order.
        const auto smaller = std::ranges::find_if(
            places, [&](const Place& place) { return place.kind != places.front().kind; });
        places.erase(smaller, places.end());
        return places;
    }

    /// What a path of names may mean.
    std::vector<Place> places_of(const std::vector<std::string>& path) {
        // A wider place may be named that is wider than what the viewer sees.
        constexpr PlaceRange kAnywhere{0, std::numeric_limits<std::int64_t>::max()};
        std::vector<PlaceRange> within{path.size() == 1 ? range_ : kAnywhere};
        std::vector<Place> found;
        for (std::size_t i = path.size(); i > 0; --i) {
            found.clear();
            for (const PlaceRange range : within) {
                std::ranges::move(places_named(path[i - 1], range), std::back_inserter(found));
            }
            within.clear();
            for (const Place& place : found) {
                within.push_back({place.numbers.first + 1, place.numbers.last});  // below it
            }
        }
        std::erase_if(found, [&](const Place& place) {
            return place.numbers.first < range_.first || place.numbers.last > range_.last;
        });
        return found;
    }

    /// The shortest name that means this place and no other; "" if there is none.
    std::string place_name(const Place& place) {
        std::string name = place.name_en;
        for (const PlaceId above : {place.block_id, place.district_id}) {
            if (place.kind <= PlaceKind::kDistrict || above == place.place_id || !above) {
                continue;
            }
            // The villages of a state share few names, so the path is tried at once for them.
            if (place.kind < PlaceKind::kPanchayat && means(name, place.place_id)) {
                return name;
            }
            name += ", " + find_place(tx_, above)->name_en;
        }
        return means(name, place.place_id) ? name : "";
    }

    bool means(const std::string& name, PlaceId place_id) {
        const std::vector<Place> found = places_of(path_of(name));
        return found.size() == 1 && found.front().place_id == place_id;
    }

    std::string list_places(const std::vector<Place>& places) {
        std::string names;
        for (std::size_t i = 0; i < places.size() && i < 3; ++i) {
            const std::string name = place_name(places[i]);
            names += (i == 0 ? "" : ", ") + (name.empty()
                                                 ? "#" + std::to_string(places[i].place_id.value)
                                                 : audience_value(name));
        }
        return names;
    }

    Result<Audience> place(Audience term) {
        if (term.id != 0) {
            const Result<Place> found = find_place(tx_, PlaceId{term.id});
            if (!found || found->numbers.first < range_.first ||
                found->numbers.last > range_.last) {
                return wrong(ErrorKind::kNotFound, "no_place", term, "");
            }
            term.text = place_name(*found);
            return term;
        }
        const std::vector<Place> found = places_of(path_of(term.text));
        if (found.empty()) {
            return wrong(ErrorKind::kNotFound, "no_place", term, like_places(term.text));
        }
        if (found.size() > 1) {
            return wrong(ErrorKind::kInvalid, "places", term, list_places(found));
        }
        term.id = found.front().place_id.value;
        term.text = place_name(found.front());
        return term;
    }

    std::string like_places(std::string_view text) {
        const std::vector<std::string> path = path_of(text);
        std::vector<std::string> names;
        for (auto& row :
             sql::audience_place_names(tx_, {.first = range_.first, .last = range_.last})) {
            names.push_back(std::move(row.name_en));
        }
        return path.empty() ? "" : nearest_words(path.front(), names);
    }

    // --- products -------------------------------------------------------------------------------

    const std::vector<AudienceProduct>& products() {
        if (!known_products_) {
            known_products_ = products_();
        }
        return *known_products_;
    }

    Result<Audience> product(Audience term) {
        std::vector<Audience> meant;
        std::vector<std::string> words;
        const std::string folded = fold_name(term.text);
        for (const AudienceProduct& product : products()) {
            const bool exact = term.id != 0 ? product.product_id.value == term.id
                                            : lower(product.key) == lower(term.text);
            const bool named =
                term.id == 0 && std::ranges::any_of(product.words, [&](const std::string& word) {
                    return fold_name(word) == folded;
                });
            if (exact || named) {
                Audience one =
                    registry::term(AudienceField::kMakes, product.product_id.value, product.key);
                one.at = term.at;
                if (exact) {
                    return one;
                }
                meant.push_back(std::move(one));
            }
            words.push_back(product.key);
            words.insert(words.end(), product.words.begin(), product.words.end());
        }
        if (meant.empty()) {
            return wrong(ErrorKind::kNotFound, "no_product", term, nearest_words(term.text, words));
        }
        return any_of(std::move(meant));
    }

    // --- groups ---------------------------------------------------------------------------------

    std::vector<NamedGroup> groups_of(std::string_view text) {
        std::vector<std::string> path = path_of(text);
        std::vector<NamedGroup> groups;
        if (path.empty()) {
            return groups;
        }
        const std::string folded = fold_name(path.front());
        const auto add = [&](const auto& rows) {
            for (const auto& row : rows) {
                const bool is_new =
                    std::ranges::find(groups, row.group_id, &NamedGroup::group_id) == groups.end();
                if (is_new) {
                    groups.push_back({row.group_id, row.name, row.place_id});
                }
            }
        };
        path.erase(path.begin());
        if (path.empty()) {
            add(sql::audience_groups_named(
                tx_, {.folded = folded, .first = range_.first, .last = range_.last}));
            return groups;
        }
        for (const Place& place : places_of(path)) {
            add(sql::audience_groups_at(tx_, {.place_id = place.place_id, .folded = folded}));
            add(sql::audience_groups_named(
                tx_, {.folded = folded, .first = place.numbers.first, .last = place.numbers.last}));
        }
        return groups;
    }

    std::string group_name(const NamedGroup& group) {
        const auto place = find_place(tx_, group.place_id);
        for (const std::string& name :
             {group.name, group.name + ", " + (place ? place_name(*place) : "")}) {
            const std::vector<NamedGroup> found = groups_of(name);
            if (found.size() == 1 && found.front().group_id == group.group_id) {
                return name;
            }
        }
        return "";
    }

    Result<Audience> group(Audience term) {
        std::vector<NamedGroup> found;
        if (term.id != 0) {
            const Result<Group> known = find_group(tx_, GroupId{term.id});
            const PlaceRange at = known ? place_range(tx_, known->place_id) : PlaceRange{1, 0};
            if (at.first >= range_.first && at.first <= range_.last && at.first <= at.last) {
                found.push_back({known->group_id, known->name, known->place_id});
            }
        } else {
            found = groups_of(term.text);
        }
        if (found.size() == 1) {
            term.id = found.front().group_id.value;
            term.text = group_name(found.front());
            return term;
        }
        if (found.empty()) {
            std::vector<std::string> names;
            for (auto& row :
                 sql::audience_group_names(tx_, {.first = range_.first, .last = range_.last})) {
                names.push_back(std::move(row.name));
            }
            return wrong(
                ErrorKind::kNotFound, "no_group", term,
                nearest_words(path_of(term.text).empty() ? "" : path_of(term.text)[0], names));
        }
        std::string names;
        for (std::size_t i = 0; i < found.size() && i < 3; ++i) {
            const std::string name = group_name(found[i]);
            names +=
                (i == 0 ? "" : ", ") + (name.empty() ? "#" + std::to_string(found[i].group_id.value)
                                                     : audience_value(name));
        }
        return wrong(ErrorKind::kInvalid, "groups", term, names);
    }

    // --- saved audiences
    // --------------------------------------------------------------------------

    std::string saved_name(const SavedAudience& saved) {
        const std::vector<SavedAudience> found = saved_audiences_named(tx_, viewer_, saved.name);
        return found.size() == 1 && found.front().saved_audience_id == saved.saved_audience_id
                   ? saved.name
                   : "";
    }

    Result<Audience> saved(Audience term) {
        std::vector<SavedAudience> found;
        if (term.id != 0) {
            if (auto known = find_saved_audience(tx_, viewer_, SavedAudienceId{term.id})) {
                found.push_back(std::move(*known));
            }
        } else {
            found = saved_audiences_named(tx_, viewer_, term.text);
        }
        if (found.empty()) {
            std::vector<std::string> names;
            for (const SavedAudience& other : list_saved_audiences(tx_, viewer_, {}, 500)) {
                names.push_back(other.name);
            }
            return wrong(ErrorKind::kNotFound, "no_saved", term, nearest_words(term.text, names));
        }
        if (found.size() > 1) {
            std::string names;
            for (std::size_t i = 0; i < found.size() && i < 3; ++i) {
                names += (i == 0 ? "#" : ", #") + std::to_string(found[i].saved_audience_id.value);
            }
            return wrong(ErrorKind::kInvalid, "saveds", term, names);
        }
        const std::int64_t id = found.front().saved_audience_id.value;
        if (std::ranges::find(within_, id) != within_.end() ||
            within_.size() >= static_cast<std::size_t>(kMostNested)) {
            return wrong(ErrorKind::kInvalid, "cycle", term, "");
        }
        term.id = id;
        term.text = saved_name(found.front());
        within_.push_back(id);
        Audience stored = HAAT_TRY(parse_audience(found.front().expression));
        Audience inner = HAAT_TRY(resolve(std::move(stored)));
        within_.pop_back();
        term.parts.clear();
        term.parts.push_back(std::move(inner));
        return term;
    }

    storage::Transaction& tx_;
    const Viewer& viewer_;
    PlaceRange range_;
    const AudienceProducts& products_;
    std::int64_t today_;
    std::optional<std::vector<AudienceProduct>> known_products_;
    std::vector<std::int64_t> within_;  ///< Saved audiences that are being put in.
};

}  // namespace

Result<Audience> resolve_audience(storage::Transaction& tx, const Viewer& viewer, Audience audience,
                                  const AudienceProducts& products, UnixSeconds now) {
    return Resolver(tx, viewer, products, now).resolve(std::move(audience));
}

}  // namespace haat::registry
