#include "her_goods.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "announce.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "market/searches.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

constexpr int kOffersMost = 50;

/// How many thousandths of its kind's smallest unit one is.
struct UnitSize {
    std::string_view unit;
    char kind;
    std::int64_t size;
};
constexpr std::array<UnitSize, 9> kSizes{{{"g", 'w', 1},
                                          {"kg", 'w', 1'000},
                                          {"quintal", 'w', 100'000},
                                          {"tonne", 'w', 1'000'000},
                                          {"ml", 'v', 1},
                                          {"litre", 'v', 1'000},
                                          {"piece", 'n', 1},
                                          {"head", 'n', 1},
                                          {"dozen", 'n', 12}}};

/// Sizes of two units of one kind.
std::optional<std::pair<std::int64_t, std::int64_t>> sizes(std::string_view unit,
                                                           std::string_view in) {
    if (unit == in) {
        return std::pair<std::int64_t, std::int64_t>{1, 1};
    }
    const auto* const from = std::ranges::find(kSizes, unit, &UnitSize::unit);
    const auto* const to = std::ranges::find(kSizes, in, &UnitSize::unit);
    if (from == kSizes.end() || to == kSizes.end() || from->kind != to->kind) {
        return std::nullopt;
    }
    return std::pair{from->size, to->size};
}

std::string name_of(const Answering& a, ProductId product_id) {
    const auto product = catalogue::find_product(a.tx, product_id);
    return product ? product->name(language_code(a.language())) : std::string();
}

}  // namespace

std::optional<Milli> quantity_in(Milli quantity, std::string_view unit, std::string_view in) {
    const auto size = sizes(unit, in);
    return size ? std::optional(Milli{quantity.value * size->first / size->second}) : std::nullopt;
}

std::optional<Paise> price_in(Paise price, std::string_view unit, std::string_view in) {
    const auto size = sizes(unit, in);
    return size ? std::optional(Paise{(price.value * size->second + size->first / 2) / size->first})
                : std::nullopt;
}

std::vector<market::Offer> open_goods(const Answering& a) {
    std::vector<market::Offer> open;
    for (const registry::Person& person : a.people) {
        std::ranges::move(
            market::list_offers(a.tx, system_viewer(),
                                {.state = market::OfferState::kOpen, .person_id = person.person_id},
                                {.limit = kOffersMost}, a.now),
            std::back_inserter(open));
    }
    return open;
}

std::vector<market::Offer> goods_meant(const Answering& a, std::string_view key) {
    std::vector<market::Offer> meant = open_goods(a);
    const auto named = catalogue::find_product(a.tx, key);
    if (!named) {
        return meant;
    }
    const bool is_full_name = a.inbound.text.find(named->name_hi) != std::string::npos &&
                              named->name_hi.find(' ') != std::string::npos;
    std::erase_if(meant, [&](const market::Offer& offer) {
        if (offer.product_id == named->product_id) {
            return false;
        }
        const auto product = catalogue::find_product(a.tx, offer.product_id);
        return is_full_name || !product || !catalogue::is_kind_of(*product, *named);
    });
    return meant;
}

std::string price_of(const Answering& a, Paise price, std::string_view unit) {
    return rupees_display(price) + " " + a.text("messages.per_unit", {{"unit", a.unit_text(unit)}});
}

std::string title_of(const Answering& a, const market::Offer& offer) {
    return quantity_plain(offer.remaining) + " " + a.unit_text(offer.unit) + " " +
           name_of(a, offer.product_id);
}

std::string line_of(const Answering& a, const market::Offer& offer) {
    std::string line = title_of(a, offer) + ", " + price_of(a, offer.price_per_unit, offer.unit);
    const auto who = std::ranges::find(a.people, offer.person_id, &registry::Person::person_id);
    if (a.people.size() > 1 && who != a.people.end()) {
        line += " (" + who->name + ")";
    }
    return line;
}

Result<market::Offer> change_goods(Answering& a, const market::Offer& offer, Milli left,
                                   Paise price, std::string said) {
    const Milli all = offer.reserved + offer.ordered + left;
    market::Offer changed = HAAT_TRY(
        market::change(a.tx, offer.person_id, offer.offer_id,
                       {.quantity = all, .price_per_unit = price, .said = std::move(said)}, a.now));
    JsonWriter json;
    json.begin_object().field("inbound", a.inbound.inbound_id.value);
    json.field("quantity_before_milli", offer.quantity).field("quantity_milli", all);
    json.field("price_before_paise", offer.price_per_unit).field("price_paise", price).end_object();
    storage::audit(a.tx, a.now, system_viewer().account_id, "offer.change",
                   "offer:" + std::to_string(offer.offer_id.value), json.take());
    market::note_offer(a.tx, changed, a.now);  // it may fit now
    announce(a.tx, a.context.flows, "offer", offer.offer_id.value, "updated", a.now);
    return changed;
}

bool withdraw_goods(Answering& a, const market::Offer& offer) {
    if (const auto gone = market::withdraw(a.tx, offer.person_id, offer.offer_id, a.now); !gone) {
        log_info("offer.not_withdrawn", {{"code", gone.error().code}});
        return false;
    }
    announce(a.tx, a.context.flows, "offer", offer.offer_id.value, "updated", a.now);
    return true;
}

}  // namespace haat::flows
