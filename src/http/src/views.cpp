#include "views.hpp"

#include "registry/groups.hpp"
#include "registry/organisations.hpp"

namespace haat::http {

void nullable_text(JsonWriter& json, std::string_view name, std::string_view text) {
    json.key(name);
    if (text.empty()) {
        json.null();
    } else {
        json.string(text);
    }
}

void write_lgd_code(JsonWriter& json, const registry::Place& place) {
    json.key("lgd_code");
    if (place.kind == registry::PlaceKind::kDivision) {
        json.null();  // divisions have no code in the Local Government Directory
    } else {
        json.string(std::to_string(place.code));
    }
}

void write_place_ref(JsonWriter& json, const registry::Place& place) {
    json.begin_object().field("place_id", place.place_id);
    json.field("kind", registry::place_kind_name(place.kind));
    write_lgd_code(json, place);
    json.field("name_hi", place.name("hi")).field("name_en", place.name_en).end_object();
}

void write_product_ref(JsonWriter& json, const catalogue::Product& product) {
    json.begin_object().field("product_key", product.key).field("name_hi", product.name_hi);
    json.field("name_en", product.name_en).end_object();
}

void write_producer(JsonWriter& json, const flows::ProducerView& producer) {
    json.begin_object().field("person_id", producer.person_id);
    json.field("producer_code", producer.producer_code);
    nullable(json, "name", producer.name);
    nullable(json, "phone_masked", producer.phone_masked);
    json.key("village");
    if (producer.village) {
        write_place_ref(json, *producer.village);
    } else {
        json.null();
    }
    json.key("group");
    if (producer.group) {
        json.begin_object().field("group_id", producer.group->group_id);
        json.field("name", producer.group->name).end_object();
    } else {
        json.null();
    }
    json.field("synthetic", producer.synthetic).end_object();
}

const registry::Place* Views::find_place(PlaceId place_id) {
    const auto [row, is_new] = places_.try_emplace(place_id);
    if (is_new) {
        if (auto place = registry::find_place(tx_, place_id)) {
            row->second = std::move(*place);
        }
    }
    return row->second ? &*row->second : nullptr;
}

void Views::place_ref(JsonWriter& json, PlaceId place_id) {
    const registry::Place* place = place_id ? find_place(place_id) : nullptr;
    if (place == nullptr) {
        json.null();
    } else {
        write_place_ref(json, *place);
    }
}

PlaceId Views::above(PlaceId place_id, registry::PlaceKind kind) {
    while (const registry::Place* place = place_id ? find_place(place_id) : nullptr) {
        if (place->kind == kind) {
            return place->place_id;
        }
        place_id = place->parent_id;
    }
    return {};
}

const catalogue::Product* Views::find_product(ProductId product_id) {
    const auto [row, is_new] = products_.try_emplace(product_id);
    if (is_new) {
        if (auto product = catalogue::find_product(tx_, product_id)) {
            row->second = std::move(*product);
        }
    }
    return row->second ? &*row->second : nullptr;
}

void Views::product_ref(JsonWriter& json, ProductId product_id) {
    const catalogue::Product* product = find_product(product_id);
    if (product == nullptr) {
        json.null();
        return;
    }
    write_product_ref(json, *product);
}

void Views::organisation_ref(JsonWriter& json, OrganisationId organisation_id) {
    const auto [row, is_new] = organisations_.try_emplace(organisation_id, "null");
    if (is_new && organisation_id) {
        if (const auto body = registry::find_organisation(tx_, organisation_id)) {
            JsonWriter inner;
            inner.begin_object().field("organisation_id", body->organisation_id);
            inner.field("name_hi", body->name_hi.empty() ? body->name_en : body->name_hi);
            inner.field("name_en", body->name_en).end_object();
            row->second = inner.take();
        }
    }
    json.raw(row->second);
}

void Views::site(JsonWriter& json, SiteId site_id) {
    const auto [row, is_new] = sites_.try_emplace(site_id);
    if (is_new && site_id) {
        row->second = supply::find_site(tx_, site_id);
    }
    if (!row->second) {
        json.null();
        return;
    }
    const supply::Site& site = *row->second;
    json.begin_object().field("site_id", site.site_id).field("kind", supply::name_of(site.kind));
    json.field("name_hi", site.name_hi.empty() ? site.name_en : site.name_hi);
    json.field("name_en", site.name_en).key("place");
    place_ref(json, site.place_id);
    json.end_object();
}

void Views::producer(JsonWriter& json, PersonId person_id) {
    if (person_id) {
        write_producer(json, producers_.of(person_id));
    } else {
        json.null();
    }
}

}  // namespace haat::http
