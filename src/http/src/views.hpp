/// @file The shapes of the contract that several nouns share.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.hpp"
#include "base/viewer.hpp"
#include "catalogue/products.hpp"
#include "flows/read_people.hpp"
#include "registry/places.hpp"
#include "storage/transaction.hpp"
#include "supply/sites.hpp"

namespace haat::http {

/// Writes a field or null.
template <typename Value>
void nullable(JsonWriter& json, std::string_view name, const std::optional<Value>& value) {
    if (value) {
        json.field(name, *value);
    } else {
        json.key(name).null();
    }
}
/// An id, or null for none.
template <typename Tag>
void nullable(JsonWriter& json, std::string_view name, Id<Tag> id) {
    if (id) {
        json.field(name, id.value);
    } else {
        json.key(name).null();
    }
}
/// Text, or null if it is empty.
void nullable_text(JsonWriter& json, std::string_view name, std::string_view text);

/// Writes shapes that need other rows, and remembers them: a page of a list names few places.
/// Lives for one transaction.
class Views {
 public:
    Views(storage::Transaction& tx, const Viewer& viewer) : tx_(tx), producers_(tx, viewer) {}

    void place_ref(JsonWriter& json, PlaceId place_id);  ///< Or null if there is none.
    void product_ref(JsonWriter& json, ProductId product_id);
    void organisation_ref(JsonWriter& json, OrganisationId organisation_id);  ///< Or null.
    void site(JsonWriter& json, SiteId site_id);                              ///< Or null.
    void producer(JsonWriter& json, PersonId person_id);  ///< As the viewer may see her.
    /// The place of that kind at or above `place_id`; none if there is none.
    [[nodiscard]] PlaceId above(PlaceId place_id, registry::PlaceKind kind);

    /// For functions of flows that look producers up.
    [[nodiscard]] flows::ProducerBook& producers() { return producers_; }

    /// None if there is no such place.
    [[nodiscard]] const registry::Place* find_place(PlaceId place_id);
    [[nodiscard]] const catalogue::Product* find_product(ProductId product_id);

 private:
    storage::Transaction& tx_;
    std::map<PlaceId, std::optional<registry::Place>> places_;
    std::map<ProductId, std::optional<catalogue::Product>> products_;
    std::map<SiteId, std::optional<supply::Site>> sites_;
    std::map<OrganisationId, std::string> organisations_;
    flows::ProducerBook producers_;
};

/// PlaceRef of the contract.
void write_place_ref(JsonWriter& json, const registry::Place& place);
/// The code as the contract has it, or null for what has no official code.
void write_lgd_code(JsonWriter& json, const registry::Place& place);

/// ProducerRef of the contract.
void write_producer(JsonWriter& json, const flows::ProducerView& producer);
/// The others, from what was read already.
void write_product_ref(JsonWriter& json, const catalogue::Product& product);

}  // namespace haat::http
