#include "supply_views.hpp"

#include <fmt/format.h>

namespace haat::http {

void write_lot(JsonWriter& json, Views& views, const flows::LotView& view) {
    const supply::Lot& lot = view.lot;
    json.begin_object().field("lot_id", lot.lot_id).field("lot_code", lot.code);
    json.field("kind", supply::name_of(lot.kind)).key("product");
    write_product_ref(json, view.product);
    json.field("quantity_milli", lot.weight).field("remaining_milli", lot.remaining);
    json.field("unit", lot.unit);
    nullable_text(json, "grade", lot.grade);
    json.key("site");
    views.site(json, lot.site_id);
    json.field("state", supply::name_of(lot.state)).key("producer");
    if (view.producer) {
        write_producer(json, *view.producer);
    } else {
        json.null();
    }
    nullable(json, "order_line_id", lot.order_line_id);
    nullable(json, "pack_milli", lot.pack_size);
    if (lot.kind == supply::LotKind::kPacked) {
        json.field("packs", lot.packs);
    } else {
        json.key("packs").null();
    }
    json.field("made_at", lot.made_at);
    // A lot as weighed in bears no label: only what is sold does.
    nullable_text(json, "label_url",
                  lot.kind == supply::LotKind::kWeighed
                      ? std::string()
                      : fmt::format("/api/lots/{}/label", lot.lot_id.value));
    json.end_object();
}

void write_consignment(JsonWriter& json, Views& views, const supply::Consignment& consignment) {
    json.begin_object().field("consignment_id", consignment.consignment_id).key("from_site");
    views.site(json, consignment.from_site_id);
    json.key("to_site");
    views.site(json, consignment.to_site_id);
    json.key("lots").begin_array();
    for (const supply::ConsignmentLine& line : consignment.lines) {
        json.begin_object().field("lot_id", line.lot_id).field("lot_code", line.lot_code);
        json.key("product");
        views.product_ref(json, line.product_id);
        json.field("quantity_milli", line.received.value_or(line.sent)).field("unit", line.unit);
        json.end_object();
    }
    json.end_array().field("state", consignment.received_at ? "received" : "moving");
    json.field("sent_at", consignment.sent_at);
    nullable(json, "received_at", consignment.received_at);
    json.end_object();
}

void write_sale(JsonWriter& json, Views& views, const supply::Sale& sale) {
    json.begin_object().field("sale_id", sale.sale_id).key("site");
    views.site(json, sale.site_id);
    json.field("lot_id", sale.lot_id).field("lot_code", sale.lot_code).key("product");
    views.product_ref(json, sale.product_id);
    json.field("quantity_milli", sale.quantity).field("unit", sale.unit);
    json.field("price_paise", sale.price);
    json.field("kind", sale.lot_kind == supply::LotKind::kBatch ? "jail" : "group");
    json.field("sold_at", sale.sold_at).end_object();
}

}  // namespace haat::http
