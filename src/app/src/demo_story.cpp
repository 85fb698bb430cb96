#include "demo_story.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "base/clock.hpp"
#include "base/json_writer.hpp"
#include "demo_plan.hpp"
#include "registry/places.hpp"

namespace haat::app {
namespace {

using boost::json::value;

constexpr std::int64_t kWantedMilli = 500'000;  // 500 kg
constexpr std::int64_t kMaxPricePaise = 20'000;
constexpr int kPollMilliseconds = 100;
/// Half a minute of looking at a plan that changes with each offer.
constexpr int kPlanTries = 300;
/// Answers are taken to be complete when nothing new came for so long.
constexpr int kQuietMilliseconds = 1'500;

/// A field that the contract promises. @throws std::runtime_error naming it if it is not there.
const value& field(const value& object, const char* key) {
    const value* found = object.is_object() ? object.get_object().if_contains(key) : nullptr;
    if (found == nullptr) {
        throw std::runtime_error(fmt::format("no {} in {}", key, boost::json::serialize(object)));
    }
    return *found;
}

std::int64_t integer(const value& object, const char* key) {
    return field(object, key).to_number<std::int64_t>();
}

void wait_a_little() { std::this_thread::sleep_for(std::chrono::milliseconds(kPollMilliseconds)); }

/// Asks again and again until `done(answer)`; at most `seconds`, after which the story goes on.
template <typename Ask, typename Done>
value poll(Ask ask, Done done, int seconds) {
    for (int i = 0; i < seconds * 1000 / kPollMilliseconds; ++i) {
        value answer = ask();
        if (done(answer)) {
            return answer;
        }
        wait_a_little();
    }
    return ask();
}

/// Everybody who acts in the story, signed in.
struct Cast {
    explicit Cast(const std::string& url)
        : state(url),
          second(url),
          shop(url),
          point(url),
          house(url),
          mall(url),
          museum(url),
          jail(url) {
        state.sign_in("state", kDemoPassword);
        second.sign_in("state2", kDemoPassword);
        shop.sign_in("shop", kDemoPassword);
        point.sign_in("point", kDemoPassword);
        house.sign_in("house", kDemoPassword);
        mall.sign_in("mall", kDemoPassword);
        museum.sign_in("museum", kDemoPassword);
        jail.sign_in("jail", kDemoPassword);
    }
    WebUser state, second, shop, point, house, mall, museum, jail;
};

class Story {
 public:
    explicit Story(const StoryOptions& options)
        : options_(options), cast_(options.haat_url), simulator_(options.simulator_url) {}

    StoryReport play() {
        const std::int64_t demand = post_demand();
        const std::int64_t broadcast = tell_producers(demand);
        wait_for_offers(broadcast);
        const std::int64_t order = gather(demand);
        const std::vector<Weighed> lots = weigh_in(order);
        if (!lots.empty()) {
            sell_pickle(lots);
        }
        sell_jail_goods();
        wait_until_quiet();
        judge(broadcast);
        return report_;
    }

 private:
    struct Weighed {
        std::int64_t lot_id;
        std::int64_t weight_milli;
    };

    [[nodiscard]] std::string device(std::string_view what, std::int64_t number = 0) const {
        return fmt::format("demo-{}-{}-{}", options_.run, what, number);
    }
    void tell(std::string_view key, std::int64_t number) const {
        if (options_.tell) {
            options_.tell(key, number);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(options_.pause_milliseconds));
    }
    std::int64_t site(WebUser& user, std::string_view kind) {
        const value sites = user.must_get(fmt::format("/api/sites?kind={}", kind));
        return integer(field(sites, "items").at(0), "site_id");
    }

    std::int64_t post_demand();
    std::int64_t tell_producers(std::int64_t demand);
    void wait_for_offers(std::int64_t broadcast);
    std::int64_t gather(std::int64_t demand);
    std::vector<Weighed> weigh_in(std::int64_t order);
    void sell_pickle(const std::vector<Weighed>& lots);
    void sell_jail_goods();
    void consign(WebUser& from, WebUser& to, std::int64_t from_site, std::int64_t to_site,
                 const std::vector<std::int64_t>& lots, std::string_view what);
    void sell(WebUser& cashier, std::int64_t site, const value& lot, std::string_view what);
    void wait_until_quiet();
    void judge(std::int64_t broadcast);

    StoryOptions options_;
    Cast cast_;
    WebUser simulator_;
    StoryReport report_;
};

std::int64_t Story::post_demand() {
    JsonWriter json;
    const value session = cast_.mall.must_get("/api/session");
    json.begin_object()
        .field("device_id", device("demand"))
        .field("product_key", "pickle_mango")
        .field("quantity_milli", kWantedMilli)
        .field("unit", "kg")
        .field("max_price_paise", kMaxPricePaise)
        .field("deadline_at", system_clock().now().value + 5 * 86'400)
        .field("place_id", integer(field(session, "place"), "place_id"))
        .end_object();
    const value demand = cast_.shop.must_post("/api/demands", json.text());
    tell("app.demo_demand", kWantedMilli / 1000);
    return integer(demand, "demand_id");
}

std::int64_t Story::tell_producers(std::int64_t demand) {
    const std::int64_t broadcast = send_planned(
        cast_.state, cast_.second,
        {.device_id = device("plan"),
         .purpose = "demand",
         .tree = fmt::format(R"({{"place_ids":[{}],"product_keys":["pickle_mango"]}})",
                             registry::kBihar.value),
         .text = fmt::format(
             R"({{"template_name":"haat_demand","params_hi":[],"params_en":[],"demand_id":{}}})",
             demand)});
    const value detail = cast_.state.must_get(fmt::format("/api/broadcasts/{}", broadcast));
    tell("app.demo_broadcast", integer(field(field(detail, "broadcast"), "counts"), "recipients"));
    return broadcast;
}

void Story::wait_for_offers(std::int64_t broadcast) {
    const std::string path = fmt::format("/api/broadcasts/{}", broadcast);
    (void)poll([&] { return cast_.state.must_get(path); },
               [](const value& detail) {
                   return field(field(detail, "broadcast"), "state").as_string() == "done";
               },
               60);
    std::int64_t before = -1;
    int quiet = 0;
    for (int waited = 0; quiet < kQuietMilliseconds && waited < 60'000;
         waited += kPollMilliseconds) {
        const value today = cast_.state.must_get("/api/today");
        const std::int64_t now = integer(today, "offers_open") + integer(today, "replies");
        const value summary = simulator_.must_get("/sim/summary");
        // Callbacks may still wait for a server that is being started again.
        const bool still = now == before && now > 0 && integer(summary, "scheduled") == 0 &&
                           integer(summary, "webhook_updates_waiting") == 0;
        quiet = still ? quiet + kPollMilliseconds : 0;
        before = now;
        wait_a_little();
    }
    const value today = cast_.state.must_get("/api/today");
    report_.replies = integer(today, "replies");
    report_.offers = integer(today, "offers_open");
    tell("app.demo_offers", report_.offers);
}

std::int64_t Story::gather(std::int64_t demand) {
    std::string refusal;
    for (int attempt = 0; attempt < kPlanTries; ++attempt) {
        const value plan =
            cast_.shop.must_post("/api/orders/plan", fmt::format(R"({{"demand_id":{}}})", demand));
        const WebAnswer placed = cast_.shop.post(
            "/api/orders",
            fmt::format(R"({{"device_id":"{}","demand_id":{},"confirm_total_paise":{}}})",
                        device("order", attempt), demand, integer(plan, "total_paise")));
        if (placed.ok()) {
            const value order = placed.json();
            const value& summary =
                order.as_object().contains("order") ? field(order, "order") : order;
            report_.orders = 1;
            tell("app.demo_order", integer(summary, "lines"));
            const std::int64_t order_id = integer(summary, "order_id");
            (void)poll(
                [&] { return cast_.shop.must_get(fmt::format("/api/orders/{}", order_id)); },
                [](const value& detail) { return integer(field(detail, "order"), "waiting") == 0; },
                30);
            return order_id;
        }
        if (placed.status != 409) {
            throw std::runtime_error("order: " + placed.body);
        }
        refusal = placed.body;  // another offer came in between: look and agree again
        wait_a_little();
    }
    throw std::runtime_error("order: the plan never stood still: " + refusal);
}

std::vector<Story::Weighed> Story::weigh_in(std::int64_t order) {
    const value detail = cast_.state.must_get(fmt::format("/api/orders/{}", order));
    const std::int64_t point = site(cast_.point, "purchase_point");
    std::vector<Weighed> weighed;
    for (const value& line : field(detail, "lines").as_array()) {
        if (field(line, "answer").as_string() != "yes") {
            continue;
        }
        const std::int64_t line_id = integer(line, "order_line_id");
        const std::int64_t weight = integer(line, "quantity_milli");
        const value lot = cast_.point.must_post(
            "/api/lots",
            fmt::format(R"({{"device_id":"{}","order_line_id":{},"weight_milli":{},"grade":"a",)"
                        R"("site_id":{}}})",
                        device("lot", line_id), line_id, weight, point));
        weighed.push_back({integer(lot, "lot_id"), weight});
    }
    report_.lots += static_cast<std::int64_t>(weighed.size());
    tell("app.demo_lots", report_.lots);
    return weighed;
}

void Story::consign(WebUser& from, WebUser& to, std::int64_t from_site, std::int64_t to_site,
                    const std::vector<std::int64_t>& lots, std::string_view what) {
    JsonWriter json;
    json.begin_object()
        .field("device_id", device(what))
        .field("from_site_id", from_site)
        .field("to_site_id", to_site)
        .key("lot_ids")
        .begin_array();
    for (const std::int64_t lot : lots) {
        json.number(lot);
    }
    json.end_array().end_object();
    const value sent = from.must_post("/api/consignments", json.text());
    (void)to.must_post(fmt::format("/api/consignments/{}/receive", integer(sent, "consignment_id")),
                       "");
}

/// Sells a lot in three sales, and adds up who got what.
void Story::sell(WebUser& cashier, std::int64_t site_id, const value& lot, std::string_view what) {
    const std::int64_t all = integer(lot, "remaining_milli");
    const auto& pack = field(lot, "pack_milli");
    const std::int64_t unit = pack.is_null() ? 1000 : pack.to_number<std::int64_t>();
    const std::int64_t packs = all / unit;
    const std::int64_t third = packs / 3;
    for (int i = 0; i < 3; ++i) {
        const std::int64_t count = i < 2 ? third : packs - 2 * third;
        if (count == 0) {
            continue;
        }
        // Rs 320.33 a kilogram: nothing divides it evenly.
        const std::int64_t price = count * unit / 1000 * 32'033 + 1;
        const value sale = cashier.must_post(
            "/api/sales",
            fmt::format(R"({{"device_id":"{}","site_id":{},"lot_id":{},)"
                        R"("quantity_milli":{},"price_paise":{}}})",
                        device(what, i), site_id, integer(lot, "lot_id"), count * unit, price));
        const value& made = sale.as_object().contains("sale") ? field(sale, "sale") : sale;
        const value shares =
            cast_.state.must_get(fmt::format("/api/sales/{}/share-out", integer(made, "sale_id")));
        ++report_.sales;
        report_.unaccounted_paise += integer(shares, "unaccounted_paise");
        for (const value& share : field(shares, "classes").as_array()) {
            report_.shares_paise[std::string(field(share, "class").as_string())] +=
                integer(share, "paise");
        }
        for (const value& deduction : field(shares, "deductions").as_array()) {
            report_.shares_paise[std::string(field(deduction, "key").as_string())] +=
                integer(deduction, "paise");
        }
    }
    tell("app.demo_sales", report_.sales);
}

void Story::sell_pickle(const std::vector<Weighed>& lots) {
    const std::int64_t point = site(cast_.point, "purchase_point");
    const std::int64_t house = site(cast_.house, "packaging_house");
    const std::int64_t mall =
        integer(field(cast_.mall.must_get("/api/session"), "site"), "site_id");
    std::vector<std::int64_t> ids;
    std::int64_t weight = 0;
    JsonWriter packing;
    packing.begin_object().field("device_id", device("packing")).field("site_id", house);
    packing.key("inputs").begin_array();
    for (const Weighed& lot : lots) {
        ids.push_back(lot.lot_id);
        weight += lot.weight_milli;
        packing.begin_object().field("lot_id", lot.lot_id);
        packing.field("weight_milli", lot.weight_milli).end_object();
    }
    packing.end_array().field("pack_milli", 1000).field("packs", weight / 1000).end_object();
    consign(cast_.point, cast_.house, point, house, ids, "to-house");
    const value packed = cast_.house.must_post("/api/packings", packing.text());
    ++report_.lots;
    tell("app.demo_packed", weight / 1000);
    consign(cast_.house, cast_.mall, house, mall, {integer(packed, "lot_id")}, "to-mall");
    sell(cast_.mall, mall, packed, "sale");
}

void Story::sell_jail_goods() {
    const std::int64_t workshop =
        integer(field(cast_.jail.must_get("/api/session"), "site"), "site_id");
    const std::int64_t museum =
        integer(field(cast_.museum.must_get("/api/session"), "site"), "site_id");
    const value lot = cast_.jail.must_post(
        "/api/batches",
        fmt::format(R"({{"device_id":"{}","site_id":{},"product_key":"mustard_oil",)"
                    R"("quantity_milli":60000,"unit":"litre","material_paise":720000,"makers":[)"
                    R"({{"maker_code":"K7-112","days_milli":6000,"grade":"skilled"}},)"
                    R"({{"maker_code":"K7-208","days_milli":5000,"grade":"semiskilled"}},)"
                    R"({{"maker_code":"K7-331","days_milli":4500,"grade":"unskilled"}}]}})",
                    device("batch"), workshop));
    ++report_.lots;
    consign(cast_.jail, cast_.museum, workshop, museum, {integer(lot, "lot_id")}, "to-museum");
    sell(cast_.museum, museum, lot, "jail-sale");
}

/// Until the simulator has nothing to deliver any more and haat has nothing to send.
void Story::wait_until_quiet() {
    (void)poll([&] { return simulator_.must_get("/sim/summary"); },
               [](const value& summary) {
                   return integer(summary, "scheduled") == 0 &&
                          integer(summary, "webhook_updates_waiting") == 0;
               },
               20);
    wait_a_little();
}

/// A number of /metrics, as `haat_slots{kind="mail",state="unknown"}`.
std::int64_t metric(const std::string& text, const std::string& name) {
    const std::size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? 0 : std::stoll(text.substr(at + name.size() + 2));
}

void Story::judge(std::int64_t broadcast) {
    const value detail = cast_.state.must_get(fmt::format("/api/broadcasts/{}", broadcast));
    const value& counts = field(field(detail, "broadcast"), "counts");
    report_.recipients = integer(counts, "recipients");
    report_.shared = integer(counts, "shared");
    // The contract counts each message in the state it is in; what is read was accepted before.
    report_.read = integer(counts, "read");
    report_.delivered = integer(counts, "delivered") + report_.read;
    report_.accepted = integer(counts, "accepted") + integer(counts, "sent") + report_.delivered;
    report_.rejected = integer(counts, "rejected");
    report_.suppressed = integer(counts, "suppressed");
    report_.expired = integer(counts, "expired");
    report_.unknown = integer(counts, "unknown");
    report_.missing = report_.recipients - (report_.accepted + report_.rejected +
                                            report_.suppressed + report_.expired + report_.unknown);

    const std::string metrics = cast_.state.get("/metrics").body;
    const auto mail = [&](std::string_view state) {
        return metric(metrics, fmt::format("haat_slots{{kind=\"mail\",state=\"{}\"}}", state));
    };
    report_.mail_accepted =
        mail("accepted") + mail("sent") + mail("delivered") + mail("read") + mail("played");
    report_.mail_unknown = mail("unknown");
    report_.mail_recipients = metric(metrics, "haat_mail_slots");
    report_.missing +=
        report_.mail_recipients - (report_.mail_accepted + report_.mail_unknown + mail("rejected") +
                                   mail("suppressed") + mail("expired"));

    // The simulator's own log is the judge: no slot of ours, and no address of the broadcast, may
    // have been accepted more than once.
    std::map<std::string, int> by_slot;
    std::map<std::string, int> by_address;
    const std::string ours = std::to_string(broadcast) + ".";
    for (std::int64_t after = 0;;) {
        const value log = simulator_.must_get(fmt::format("/sim/log?after={}", after));
        const boost::json::array& rows =
            log.is_array() ? log.get_array() : field(log, "entries").as_array();
        if (rows.empty()) {
            break;
        }
        for (const value& row : rows) {
            after = integer(row, "seq");
            if (!field(row, "accepted").as_bool()) {
                continue;
            }
            const std::string callback(field(row, "callback_data").as_string());
            const std::size_t second = callback.find('.', callback.find('.') + 1);
            ++by_slot[callback.substr(0, second)];
            if (callback.starts_with(ours)) {
                ++by_address[std::string(field(row, "to").as_string())];
            }
        }
    }
    for (const auto* counted : {&by_slot, &by_address}) {
        for (const auto& [name, times] : *counted) {
            report_.duplicated += times > 1 ? 1 : 0;
        }
    }
}

}  // namespace

StoryReport play_story(const StoryOptions& options) { return Story(options).play(); }

std::string to_json(const StoryReport& report, std::string_view engine, std::int64_t server_starts,
                    std::int64_t milliseconds) {
    JsonWriter json;
    json.begin_object()
        .field("engine", engine)
        .field("recipients", report.recipients)
        .field("shared", report.shared)
        .field("accepted", report.accepted)
        .field("delivered", report.delivered)
        .field("read", report.read)
        .field("rejected", report.rejected)
        .field("suppressed", report.suppressed)
        .field("expired", report.expired)
        .field("unknown", report.unknown)
        .field("mail_recipients", report.mail_recipients)
        .field("mail_accepted", report.mail_accepted)
        .field("mail_unknown", report.mail_unknown)
        .field("replies", report.replies)
        .field("offers", report.offers)
        .field("orders", report.orders)
        .field("lots", report.lots)
        .field("sales", report.sales);
    json.key("shares_paise").begin_object();
    for (const auto& [name, paise] : report.shares_paise) {
        json.field(name, paise);
    }
    json.end_object()
        .field("missing", report.missing)
        .field("duplicated", report.duplicated)
        .field("unaccounted_paise", report.unaccounted_paise)
        .field("server_starts", server_starts)
        .field("milliseconds", milliseconds)
        .end_object();
    return json.take();
}

}  // namespace haat::app
