#include "supply/sales.hpp"

#include "flows/read_share_out.hpp"
#include "flows/sell.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "reader.hpp"
#include "supply_views.hpp"

namespace haat::http {
namespace {

void write_share(JsonWriter& json, const flows::ShareView& share) {
    json.begin_object().field("class", share.class_code).field("payee_code", share.payee_code);
    nullable(json, "name", share.sealed ? std::nullopt : share.name);
    json.field("sealed", share.sealed).field("paise", share.amount);
    json.field("carry_paise", share.carry).end_object();
}

/// ShareOut of the contract.
void write_share_out(JsonWriter& json, Views& views, const Texts& texts,
                     const flows::ShareOutView& view) {
    json.begin_object().key("sale");
    write_sale(json, views, view.sale);
    json.key("rule").begin_object();
    nullable(json, "rule_id", view.rule.rule_id);
    json.field("name_hi", texts.text(Language::kHindi, view.rule.name_key));
    json.field("name_en", texts.text(Language::kEnglish, view.rule.name_key));
    nullable(json, "order_no", view.rule.order_no);
    json.field("valid_from_at", view.rule.valid_from_at);
    json.field("suspense", view.rule.suspense).end_object().key("deductions").begin_array();
    for (const flows::DeductionView& deduction : view.deductions) {
        json.begin_object().field("key", deduction.key).field("paise", deduction.amount);
        json.end_object();
    }
    json.end_array().field("shared_paise", view.shared).key("classes").begin_array();
    for (const flows::ClassView& one : view.classes) {
        json.begin_object().field("class", one.code).field("paise", one.amount).end_object();
    }
    json.end_array().key("shares").begin_array();
    for (const flows::ShareView& share : view.shares) {
        write_share(json, share);
    }
    json.end_array().key("entry_ids").begin_array();
    for (const std::int64_t entry : view.entries) {
        json.number(entry);
    }
    json.end_array().field("unaccounted_paise", view.unaccounted).end_object();
}

}  // namespace

Result<Answer> list_sales(Call& call) {
    QueryReader query(call.request);
    const auto site_id = query.maybe_id<SiteId>("site_id");
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        const auto sales =
            supply::list_sales(tx, call.viewer, site_id, page_of<supply::Page>(paging, cursor));
        return json_answer(write_page(
            sales, paging,
            [&](JsonWriter& json, const supply::Sale& sale) { write_sale(json, views, sale); },
            [](const supply::Sale& sale) {
                return Cursor{sale.sold_at.value, sale.sale_id.value};
            }));
    });
}

Result<Answer> create_sale(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    flows::SaleRequest request;
    request.device_id = in.token("device_id", kDeviceId);
    request.site_id = in.id<SiteId>("site_id");
    request.lot_id = in.id<LotId>("lot_id");
    request.quantity = {in.integer("quantity_milli", 1, kMaxMilli)};
    request.price = {in.integer("price_paise", 1, kMaxPaise)};
    HAAT_TRY(in.done());
    const auto made = HAAT_TRY(flows::sell(call.services.flows, call.viewer, request));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const flows::ShareOutView view =
            HAAT_TRY(flows::read_share_out(tx, call.viewer, made.thing.sale_id));
        Views views(tx, call.viewer);
        JsonWriter json;
        json.begin_object().key("sale");
        write_sale(json, views, made.thing);
        json.key("share_out");
        write_share_out(json, views, call.services.texts, view);
        return json_answer(json.end_object().take(),
                           made.repeat == supply::Repeat::kFirst ? 201 : 200);
    });
}

Result<Answer> get_share_out(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const flows::ShareOutView view =
            HAAT_TRY(flows::read_share_out(tx, call.viewer, SaleId{call.id}));
        Views views(tx, call.viewer);
        JsonWriter json;
        write_share_out(json, views, call.services.texts, view);
        return json_answer(json.take());
    });
}

}  // namespace haat::http
