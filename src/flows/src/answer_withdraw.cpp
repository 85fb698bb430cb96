/// What she has no more: said again before it leaves the market; of a part only so much less is
/// there.
#include <algorithm>

#include "answer_actions.hpp"
#include "base/text.hpp"
#include "her_goods.hpp"
#include "join_words.hpp"

namespace haat::flows {
namespace {

using messaging::ActionResult;
using messaging::DialogueState;
using With = ActionArguments;
using State = DialogueState;
using A = Answering;

/// With "all" and "none" a WhatsApp list holds them.
constexpr std::size_t kListedMost = 8;
constexpr std::size_t kTitleMost = 20;

std::string ids_of(const std::vector<market::Offer>& offers) {
    std::string ids;
    for (const market::Offer& offer : offers) {
        ids += (ids.empty() ? "" : ",") + std::to_string(offer.offer_id.value);
    }
    return ids;
}

std::string lines_of(const A& a, const std::vector<market::Offer>& offers) {
    std::string lines;
    for (const market::Offer& offer : offers) {
        lines += "\n• " + line_of(a, offer);
    }
    return lines;
}

/// Those of `ids` that are still open and of somebody on this phone.
std::vector<market::Offer> still_open(const A& a, std::string_view ids) {
    std::vector<market::Offer> open = open_goods(a);
    const std::string all = "," + std::string(ids) + ",";
    std::erase_if(open, [&](const market::Offer& offer) {
        return all.find("," + std::to_string(offer.offer_id.value) + ",") == std::string::npos;
    });
    return open;
}

/// All that her message may mean, each once.
std::vector<market::Offer> all_meant(const A& a) {
    std::vector<market::Offer> meant;
    for (const language::Item& item : a.meaning.items) {
        for (market::Offer& offer : goods_meant(a, item.product)) {
            if (std::ranges::find(meant, offer.offer_id, &market::Offer::offer_id) == meant.end()) {
                meant.push_back(std::move(offer));
            }
        }
    }
    return a.meaning.items.empty() ? goods_meant(a, "") : meant;
}

/// "2 डिब्बे बिक गए" of goods in kilos: how much that is, nobody knows.
std::optional<Milli> part_of(const market::Offer& offer, Milli part, std::string_view unit) {
    const auto in = unit.empty() ? std::optional(part) : quantity_in(part, unit, offer.unit);
    return in && in->value > 0 && *in < offer.remaining ? in : std::nullopt;
}

/// Goods that a question waits for: what she says is about these, not about the market.
bool answers_about_goods(const A& a) {
    return !messaging::dialogue_state_from_json(a.conversation.state_json).goods.empty();
}

std::string value_of(const State& state, const std::string& name) {
    const auto found = state.values.find(name);
    return found == state.values.end() ? std::string() : found->second;
}

/// A part of one of her goods that was sold.
struct Sold {
    market::Offer offer;
    Milli part;
};

ActionResult lower(A& a, const std::vector<Sold>& sold) {
    std::vector<market::Offer> left;
    for (const Sold& one : sold) {
        const auto changed = change_goods(a, one.offer, one.offer.remaining - one.part,
                                          one.offer.price_per_unit, one.offer.said);
        if (!changed) {
            return {.outcome = "nothing"};
        }
        left.push_back(*changed);
    }
    return {.outcome = "lowered", .values = {{"list", lines_of(a, left)}}};
}

/// Each of the goods that she named, if of each surely a part of one offer is gone; else none.
std::vector<Sold> parts_sold(const A& a) {
    std::vector<Sold> sold;
    for (const language::Item& item : a.meaning.items) {
        std::vector<market::Offer> meant = goods_meant(a, item.product);
        const auto part =
            meant.size() == 1 && item.quantity
                ? part_of(meant.front(), language::to_milli(*item.quantity), item.unit)
                : std::nullopt;
        if (!part) {
            return {};
        }
        sold.push_back({std::move(meant.front()), *part});
    }
    return sold;
}

ActionResult find_withdrawal(A& a) {
    const std::vector<market::Offer> meant = all_meant(a);
    if (meant.empty()) {
        return {.outcome = answers_about_goods(a) ? "about_goods" : "nothing"};
    }
    if (const std::vector<Sold> sold = parts_sold(a); !sold.empty()) {
        return lower(a, sold);
    }
    const auto& items = a.meaning.items;
    const bool is_part = items.size() == 1 && items.front().quantity;
    const bool asks_all = meant.size() == 1 || items.size() > 1;
    return {.outcome = asks_all ? "ask" : "which",
            .values = {
                {"list", lines_of(a, meant)},
                {"withdraw", ids_of(meant)},
                {"part_milli",
                 is_part ? std::to_string(language::to_milli(*items.front().quantity).value) : "0"},
                {"part_unit", is_part ? items.front().unit : std::string()}}};
}

ActionResult goods_to_withdraw(const A& a, const State& state) {
    ActionResult result;
    for (const market::Offer& offer : still_open(a, value_of(state, "withdraw"))) {
        if (result.choices.size() < kListedMost) {
            result.choices.push_back(
                {.id = std::to_string(offer.offer_id.value),
                 .title = std::string(first_code_points(title_of(a, offer), kTitleMost))});
        }
    }
    return result;
}

/// The one that she chose; less of it if she sold a part.
ActionResult withdraw_chosen(A& a, const State& state) {
    const std::vector<market::Offer> chosen = still_open(a, value_of(state, "goods_id"));
    if (chosen.empty()) {
        return {.outcome = "nothing"};
    }
    const Milli part{parse_integer(value_of(state, "part_milli")).value_or(0)};
    const auto sold = part_of(chosen.front(), part, value_of(state, "part_unit"));
    if (sold) {
        return lower(a, {{chosen.front(), *sold}});
    }
    const std::string line = line_of(a, chosen.front());
    return {.outcome = withdraw_goods(a, chosen.front()) ? "done" : "nothing",
            .values = {{"list", "\n• " + line}}};
}

ActionResult withdraw_offers(A& a, const State& state) {
    std::vector<market::Offer> gone;
    for (const market::Offer& offer : still_open(a, value_of(state, "withdraw"))) {
        if (withdraw_goods(a, offer)) {
            gone.push_back(offer);
        }
    }
    return {.outcome = gone.empty() ? "nothing" : "done", .values = {{"list", lines_of(a, gone)}}};
}

/// What she has on the market, and until when.
ActionResult show_goods(const A& a) {
    std::string lines;
    std::size_t shown = 0;
    for (const market::Offer& offer : open_goods(a)) {
        if (++shown <= 2 * kListedMost) {
            lines += "\n• " + a.text("messages.goods_until",
                                     {{"goods", line_of(a, offer)},
                                      {"date", date_said(offer.available_until_at)}});
        }
    }
    return {.outcome = shown == 0 ? "none" : "some", .values = {{"list", lines}}};
}

}  // namespace

std::vector<NamedAction> withdraw_actions() {
    return {
        {{"find_withdrawal",
          {"ask", "which", "lowered", "about_goods", "nothing"},
          false,
          {"list"}},
         [](A& a, const With&, const State&) { return find_withdrawal(a); },
         {{"lowered", "messages.told_left"}}},
        {{"goods_to_withdraw", {}, true},
         [](A& a, const With&, const State& state) { return goods_to_withdraw(a, state); }},
        {{"withdraw_chosen", {"done", "lowered", "nothing"}, false, {"list"}, {}, "goods_id"},
         [](A& a, const With&, const State& state) { return withdraw_chosen(a, state); },
         {{"done", "messages.told_withdrawn"}, {"lowered", "messages.told_left"}}},
        {{"withdraw_offers", {"done", "nothing"}, false, {"list"}},
         [](A& a, const With&, const State& state) { return withdraw_offers(a, state); },
         {{"done", "messages.told_withdrawn"}}},
        {{"show_goods", {"some", "none"}, false, {"list"}},
         [](A& a, const With&, const State&) { return show_goods(a); }},
    };
}

}  // namespace haat::flows
