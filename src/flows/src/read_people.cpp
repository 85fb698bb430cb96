#include "flows/read_people.hpp"

#include <fmt/format.h>

#include "base/phone.hpp"
#include "registry/people.hpp"

namespace haat::flows {
namespace {

std::optional<std::string> phone_of(storage::Transaction& tx, const Viewer& viewer,
                                    PersonId person_id) {
    const auto addresses = registry::addresses_of(tx, viewer, person_id);
    if (!addresses || addresses->empty()) {
        return std::nullopt;
    }
    // haat itself reads numbers in full; a view never shows one.
    return viewer.is_system() ? mask_phone(addresses->front().external_id)
                              : addresses->front().external_id;
}

ProducerView view_of(storage::Transaction& tx, const Viewer& viewer, PersonId person_id) {
    ProducerView view{.person_id = person_id, .producer_code = "P"};
    const auto person = registry::find_person(tx, system_viewer(), person_id);
    if (!person) {
        return view;
    }
    view.producer_code = fmt::format("P{:06}", person->ordinal);
    view.synthetic = person->is_synthetic;
    if (auto village = registry::find_place(tx, person->place_id)) {
        view.village = *std::move(village);
    }
    if (registry::find_person(tx, viewer, person_id)) {
        view.name = person->name;
        view.phone_masked = phone_of(tx, viewer, person_id);
        if (person->group_id) {
            if (auto group = registry::find_group(tx, person->group_id)) {
                view.group = *std::move(group);
            }
        }
    }
    return view;
}

}  // namespace

const ProducerView& ProducerBook::of(PersonId person_id) {
    const auto known = views_.find(person_id);
    return known != views_.end()
               ? known->second
               : views_.emplace(person_id, view_of(tx_, viewer_, person_id)).first->second;
}

}  // namespace haat::flows
