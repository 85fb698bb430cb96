#include "flows/saved_searches.hpp"

#include <fmt/format.h>

#include <utility>

#include "access/account_phones.hpp"
#include "allowed.hpp"
#include "base/assert.hpp"
#include "catalogue/products.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kMailLifeSeconds = 86'400;  // goods are gone soon
constexpr auto kPurpose = registry::MessagePurpose::kMarket;

std::string district_of(storage::Transaction& tx, PlaceId place_id, Language language) {
    const auto place = registry::find_place(tx, place_id);
    const auto district =
        place && place->district_id ? registry::find_place(tx, place->district_id) : place;
    if (!district) {
        return "";
    }
    return language == Language::kEnglish ? district->name_en : district->name_hi;
}

/// "3 नई चीज़ें": what the shop reads; the newest is described, the others wait on its screen.
std::string words(MessagingContext& context, storage::Transaction& tx, const market::Tellable& told,
                  Language language) {
    const auto offer =
        market::find_offer(tx, system_viewer(), told.latest, context.flows.clock.now());
    HAAT_ASSERT(offer.has_value());
    const auto product = catalogue::find_product(tx, offer->product_id);
    HAAT_ASSERT(product.has_value());
    const std::string unit = "messages.unit_" + offer->unit;
    return context.texts.text(
        language, told.fresh > 1 ? "messages.search_many" : "messages.search_one",
        {{"n", std::to_string(told.fresh)},
         {"product", product->name(std::string(language_code(language)))},
         {"quantity", quantity_plain(offer->quantity)},
         {"unit", context.texts.has(unit) ? context.texts.text(language, unit) : offer->unit},
         {"price", rupees_display(offer->price_per_unit)},
         {"where", district_of(tx, offer->place_id, language)}});
}

void tell(MessagingContext& context, MailSender& sender, storage::Transaction& tx,
          const market::Tellable& told) {
    const access::AccountPhone phone = access::phone_of(tx, told.search.account_id);
    const auto address = phone.address_id
                             ? registry::find_address(tx, system_viewer(), phone.address_id)
                             : std::nullopt;
    if (!address || address->suppressed.has(kPurpose)) {
        return;
    }
    const Language language = language_from_code(phone.language);
    std::string text = words(context, tx, told, language);
    const UnixSeconds now = context.flows.clock.now();
    const Result<MailId> queued =
        sender.queue(tx, {.address_id = phone.address_id,
                          .purpose = kPurpose,
                          .body = {.text = text},
                          .instead = messaging::TemplateBody{.name = "haat_notice",
                                                             .language = phone.language,
                                                             .params = {std::move(text)}},
                          .expires_at = {now.value + kMailLifeSeconds}});
    HAAT_ASSERT(queued.has_value());  // our own texts fit every channel
    market::note_told(tx, told.search.search_id, now);
}

std::string subject(market::SearchId search_id) {
    return fmt::format("search:{}", search_id.value);
}

}  // namespace

Result<market::Search> save_search(FlowContext& context, const Viewer& viewer,
                                   const SearchRequest& request) {
    return context.database.write([&](storage::Transaction& tx) -> Result<market::Search> {
        HAAT_TRY(allow(viewer, access::Action::kPostDemand));
        if (!viewer.organisation_id) {
            return refuse(ErrorKind::kInvalid, "flows.no_organisation");
        }
        const catalogue::Product product =
            HAAT_TRY(catalogue::find_product(tx, request.product_key));
        const registry::Place place = HAAT_TRY(registry::find_place(tx, request.place_id));
        const UnixSeconds now = context.clock.now();
        const market::Search search =
            HAAT_TRY(market::save_search(tx, viewer,
                                         {.device_id = request.device_id,
                                          .product_id = product.product_id,
                                          .grade = request.grade,
                                          .min_quantity = request.min_quantity,
                                          .max_price = request.max_price,
                                          .place_id = place.place_id,
                                          .tells = request.tells},
                                         now));
        storage::audit(tx, now, viewer.account_id, "search.save", subject(search.search_id), "{}");
        return search;
    });
}

Result<void> remove_search(FlowContext& context, const Viewer& viewer, market::SearchId search_id) {
    return context.database.write([&](storage::Transaction& tx) -> Result<void> {
        HAAT_TRY(allow(viewer, access::Action::kPostDemand));
        const UnixSeconds now = context.clock.now();
        HAAT_TRY(market::remove_search(tx, viewer, search_id, now));
        storage::audit(tx, now, viewer.account_id, "search.remove", subject(search_id), "{}");
        return {};
    });
}

Result<void> tell_search(FlowContext& context, const Viewer& viewer, market::SearchId search_id,
                         bool tells) {
    return context.database.write([&](storage::Transaction& tx) -> Result<void> {
        HAAT_TRY(allow(viewer, access::Action::kPostDemand));
        return market::set_tells(tx, viewer, search_id, tells);
    });
}

Result<void> see_search(FlowContext& context, const Viewer& viewer, market::SearchId search_id) {
    return context.database.write([&](storage::Transaction& tx) -> Result<void> {
        HAAT_TRY(allow(viewer, access::Action::kPostDemand));
        return market::mark_seen(tx, viewer, search_id);
    });
}

int tell_searches(MessagingContext& context, MailSender& sender, int limit) {
    return context.flows.database.write([&](storage::Transaction& tx) {
        const auto due = market::take_due_searches(tx, context.flows.clock.now(), limit);
        for (const market::Tellable& told : due) {
            tell(context, sender, tx, told);
        }
        return static_cast<int>(due.size());
    });
}

bool link_phone_by_code(MessagingContext& context, MailSender& sender, storage::Transaction& tx,
                        const messaging::Inbound& inbound) {
    const std::string code = access::phone_code_in(inbound.text);
    if (code.empty()) {
        return false;
    }
    const auto account_id =
        access::link_phone(tx, code, inbound.address_id, context.flows.clock.now());
    const Language language = account_id
                                  ? language_from_code(access::phone_of(tx, *account_id).language)
                                  : Language::kHindi;
    sender.answer(tx, inbound,
                  {.text = context.texts.text(language, account_id ? "messages.phone_linked"
                                                                   : "messages.phone_code_old")});
    return true;
}

}  // namespace haat::flows
