#include "planned.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "access/accounts.hpp"
#include "announce.hpp"
#include "flows/settings.hpp"
#include "messaging/allowances.hpp"
#include "messaging/templates.hpp"
#include "net/hmac.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

/// The last step of SplitMix64: every bit of the input moves every bit of the answer.
std::uint64_t mixed(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

/// Whatever a reader or a provider would notice, in one text.
std::string content_of(const PlanBody& body, const Prepared& prepared) {
    std::string content = plan_body_json(body) + "\n" + prepared.meant.canonical;
    for (const Letterhead& letter : prepared.letters) {
        content += "\n" + letter.template_name + "\n" + params_json(letter);
    }
    return content;
}

Setting threshold_of(storage::Transaction& tx, const Viewer& maker) {
    const auto place = registry::find_place(tx, maker.place_id);
    if (!place || place->kind == registry::PlaceKind::kState ||
        place->kind == registry::PlaceKind::kDivision) {
        return Setting::kSecondYesAboveState;
    }
    return place->kind == registry::PlaceKind::kDistrict ? Setting::kSecondYesAboveDistrict
                                                         : Setting::kSecondYesAboveBlock;
}

/// Stops it in the database with the reason beside it. False if it has ended.
bool hold_in(storage::Transaction& tx, BroadcastId broadcast_id, const messaging::Hold& hold) {
    using messaging::BroadcastState;
    const auto held = messaging::set_broadcast_state(
        tx, system_viewer(), broadcast_id,
        hold.reason == "cancelled" ? BroadcastState::kCancelled : BroadcastState::kPaused,
        hold.reason == "number" ? "provider" : std::string_view(hold.reason));
    if (held) {
        messaging::add_hold(tx, broadcast_id, hold);
    }
    return held.has_value();
}

messaging::DeliveryMode mode_of(PlanMode mode) {
    return mode == PlanMode::kAtLeastOnce ? messaging::DeliveryMode::kAtLeastOnce
                                          : messaging::DeliveryMode::kAtMostOnce;
}

/// What people on one phone have in common: its address on the plan's first channel, or what that
/// would be; 0 for those who are on none of the channels.
std::vector<std::int64_t> phones_of(storage::Transaction& tx, const PlanBody& body,
                                    std::span<const std::uint32_t> people) {
    constexpr std::int64_t kChannelsOfContact = 8;
    std::vector<std::int64_t> phones(people.size());
    for (const PlanChannel& channel : body.channels) {
        std::size_t at = 0;
        registry::address_ids_in(
            tx, people.front(), people.back(), channel.channel,
            [&](std::uint32_t ordinal, AddressId address_id) {
                while (at < people.size() && people[at] < ordinal) {
                    ++at;
                }
                if (at < people.size() && people[at] == ordinal && phones[at] == 0) {
                    const std::int64_t contact = address_id.value / kChannelsOfContact;
                    phones[at] =
                        contact * kChannelsOfContact + static_cast<std::int64_t>(body.channel());
                }
            });
    }
    return phones;
}

/// Each channel has its wait, then the next one is tried for those whom it definitely did not
/// reach; the last has until the end. What a channel took and did not deliver is handed on only if
/// its last message has ended by then, so its sending stops a lifetime before its wait does; with a
/// lifetime that is longer than the wait it is never handed on, for it might arrive twice.
void add_channels(messaging::NewBroadcast& wish, const PlanBody& body,
                  const std::vector<std::int64_t>& lifetimes, UnixSeconds due_at) {
    const UnixSeconds end = wish.expires_at;
    UnixSeconds until = due_at;
    for (std::size_t i = 0; i < body.channels.size(); ++i) {
        const UnixSeconds from = until;
        const std::int64_t wait = body.channels[i].wait_seconds;
        until.value += wait;
        const bool last = i + 1 == body.channels.size();
        const std::int64_t early =
            !last && hands_on_at_deadline(wait, lifetimes[i]) ? lifetimes[i] : 0;
        const UnixSeconds expires_at = last ? end : std::min(UnixSeconds{until.value - early}, end);
        if (i == 0) {
            wish.expires_at = expires_at;
            wish.lifetime_seconds = lifetimes[i];
        } else {
            wish.fallbacks.push_back({.channel = body.channels[i].channel,
                                      .wait_until = from,
                                      .may_repeat = body.may_arrive_twice,
                                      .expires_at = expires_at,
                                      .lifetime_seconds = lifetimes[i]});
        }
    }
}

messaging::NewBroadcast broadcast_of(const MessagingContext& context, const messaging::Plan& plan,
                                     const PlanBody& body, const Letterhead& letter,
                                     const messaging::PlanPart& part, UnixSeconds due_at) {
    messaging::NewBroadcast wish{.device_id = device_of(plan.plan_id, part),
                                 .purpose = body.message_purpose(),
                                 .channel = body.channel(),
                                 .template_name = letter.template_name,
                                 .params_json = params_json(letter),
                                 .audience_json = plan_body_json(body),
                                 .demand_id = body.texts.front().demand_id,
                                 .place_id = plan.place_id,
                                 .created_by = plan.created_by,
                                 .expires_at = {due_at.value + body.expires_after_seconds},
                                 .mode = mode_of(body.mode)};
    if (wish.demand_id) {
        wish.expires_at = std::min(wish.expires_at, letter.expires_at);  // later nobody asks
    }
    add_channels(wish, body, lifetimes_of(context, body, letter), due_at);
    return wish;
}

/// Each permit of its broadcasts takes its price from what the plan may cost.
void set_budget(storage::Transaction& tx, const messaging::Plan& plan, const PlanBody& body,
                messaging::NewBroadcast& wish, UnixSeconds now) {
    if (!body.budget) {
        return;
    }
    const auto price = [&](registry::Channel channel) {
        return message_centipaise(tx, channel, body.message_purpose(), now);
    };
    messaging::set_allowance(tx, plan.plan_id.value, body.budget->value * 100);
    wish.allowance_id = plan.plan_id.value;
    wish.price_centipaise = price(wish.channel);
    for (messaging::Fallback& fallback : wish.fallbacks) {
        fallback.price_centipaise = price(fallback.channel);
    }
}

}  // namespace

std::vector<std::int64_t> lifetimes_of(const MessagingContext& context, const PlanBody& body,
                                       const Letterhead& letter) {
    std::vector<std::int64_t> lifetimes;
    for (const PlanChannel& channel : body.channels) {
        const bool sms = channel.channel == registry::Channel::kSms;
        lifetimes.push_back(channel.channel == registry::Channel::kWhatsapp
                                ? letter.lifetime_seconds
                                : (sms ? context.sms.validity_minutes * std::int64_t{60} : 0));
    }
    return lifetimes;
}

Result<Prepared> prepare(MessagingContext& context, const Viewer& maker, const PlanBody& body) {
    return context.flows.database.read([&](storage::Transaction& tx) -> Result<Prepared> {
        context.audience.catch_up(tx);
        Prepared prepared;
        prepared.meant = HAAT_TRY(find_meant(tx, maker, body, context.flows.clock.now()));
        prepared.meant.whole_state = is_whole_state(context.audience, maker, prepared.meant.query);
        for (const PlanText& text : body.texts) {
            prepared.letters.push_back(HAAT_TRY(template_letter(context, tx, maker, text)));
        }
        prepared.content_hash = net::hex(net::sha256(content_of(body, prepared)));
        return prepared;
    });
}

std::int64_t count_now(MessagingContext& context, const Viewer& maker, const PlanBody& body,
                       const Prepared& prepared) {
    if (!has_limits(context, body)) {
        return count_meant(context.audience, maker, prepared.meant, body).people;
    }
    const Chosen chosen =
        within_limits(context, body, select_meant(context.audience, maker, prepared.meant, body));
    return static_cast<std::int64_t>(chosen.people.size());
}

Result<Viewer> maker_of(storage::Transaction& tx, const messaging::Plan& plan) {
    const auto account = access::find_account(tx, plan.created_by);
    if (account && account->disabled) {
        return refuse(ErrorKind::kConflict, "flows.plan_maker");
    }
    Viewer maker;
    maker.account_id = plan.created_by;
    maker.role = account ? account->role : Role::kStateOfficer;
    maker.place_id = plan.place_id;
    maker.places = registry::place_range(tx, plan.place_id);
    return maker;
}

SecondYes second_yes(storage::Transaction& tx, const Viewer& maker, bool whole_state,
                     std::int64_t people, UnixSeconds now) {
    const Setting level = threshold_of(tx, maker);
    const std::int64_t always = setting_at(tx, Setting::kSecondYesAboveState, now);
    SecondYes answer{.above = std::min(setting_at(tx, level, now), always)};
    if (level == Setting::kSecondYesAboveState && whole_state) {
        answer.above = 0;
    }
    answer.needed = people > answer.above;
    return answer;
}

Result<void> move_plan(storage::Transaction& tx, messaging::Plan& plan, messaging::PlanState to,
                       AccountId by, std::string_view reason, std::optional<std::int64_t> people,
                       UnixSeconds now) {
    const std::string from(messaging::plan_state_name(plan.state));
    plan.state = to;
    HAAT_TRY(messaging::save_plan(tx, plan));
    messaging::add_move(tx, plan.plan_id,
                        {.at = now,
                         .by = by,
                         .from_state = from,
                         .to_state = std::string(messaging::plan_state_name(to)),
                         .reason = std::string(reason),
                         .content_hash = plan.content_hash,
                         .people = people});
    storage::audit(tx, now, by, "plan.move", fmt::format("plan:{}", plan.plan_id.value),
                   fmt::format(R"({{"from":"{}","to":"{}","people":{}}})", from,
                               messaging::plan_state_name(to), people.value_or(0)));
    return {};
}

Result<void> require_approved_templates(storage::Transaction& tx, const PlanBody& body) {
    if (body.channel() == registry::Channel::kWhatsapp) {
        for (const PlanText& text : body.texts) {
            HAAT_TRY(messaging::require_approved(tx, text.template_name));
        }
    }
    return {};
}

void hold_broadcast(MessagingContext& context, BroadcastId broadcast_id,
                    const messaging::Hold& hold) {
    const bool held = context.flows.database.write([&](storage::Transaction& tx) {
        if (!hold_in(tx, broadcast_id, hold)) {
            return false;  // it has ended
        }
        announce(tx, context.flows, "broadcast", broadcast_id.value, "updated", hold.at);
        return true;
    });
    if (held) {
        context.delivery.broadcast_changed(broadcast_id);
    }
}

void release_broadcast(MessagingContext& context, BroadcastId broadcast_id,
                       std::string_view reason) {
    const UnixSeconds now = context.flows.clock.now();
    const bool goes_on = context.flows.database.write([&](storage::Transaction& tx) {
        messaging::remove_hold(tx, broadcast_id, reason);
        if (!messaging::list_holds(tx, broadcast_id).empty() ||
            !messaging::set_broadcast_state(tx, system_viewer(), broadcast_id,
                                            messaging::BroadcastState::kSending)) {
            return false;
        }
        announce(tx, context.flows, "broadcast", broadcast_id.value, "updated", now);
        return true;
    });
    if (goes_on) {
        context.delivery.broadcast_changed(broadcast_id);
    }
}

std::vector<Leg> legs_of(const MessagingContext& context, storage::Transaction& tx,
                         BroadcastId broadcast_id) {
    std::vector<BroadcastId> ids = messaging::fallbacks_of(tx, broadcast_id);
    ids.insert(ids.begin(), broadcast_id);
    std::vector<Leg> legs;
    for (const BroadcastId id : ids) {
        if (const auto found = messaging::find_broadcast(tx, system_viewer(), id)) {
            legs.push_back({.broadcast_id = id,
                            .channel = found->what.channel,
                            .progress = context.delivery.progress(id)});
        }
    }
    return legs;
}

std::string device_of(messaging::PlanId plan_id, const messaging::PlanPart& part) {
    const std::string device = fmt::format("plan-{}-run-{}", plan_id.value, part.run_no);
    return part.part == "a" ? device : device + "-" + part.part;
}

Result<messaging::PlanPart> start_part(MessagingContext& context, const messaging::Plan& plan,
                                       const PlanBody& body, const Letterhead& letter,
                                       messaging::PlanPart part, UnixSeconds due_at,
                                       const PartPeople& people) {
    const UnixSeconds now = context.flows.clock.now();
    messaging::NewBroadcast wish = broadcast_of(context, plan, body, letter, part, due_at);
    context.flows.database.write(
        [&](storage::Transaction& tx) { set_budget(tx, plan, body, wish, now); });
    std::vector<std::uint32_t> all;
    std::ranges::set_union(people.written_to, people.capped, std::back_inserter(all));
    const messaging::Broadcast made = HAAT_TRY(messaging::create_broadcast(
        context.flows.database, wish, all, now, {.capped = people.capped}));
    context.audience.mark_contacted(registry::india_day(now), people.written_to);
    part.broadcast_id = made.broadcast_id;
    context.flows.database.write([&](storage::Transaction& tx) {
        messaging::add_part(tx, plan.plan_id, part);
        // She may have paused or cancelled it while the snapshot was taken.
        const auto current = messaging::find_plan(tx, system_viewer(), plan.plan_id);
        const bool stopped = current && (current->state == messaging::PlanState::kPaused ||
                                         current->state == messaging::PlanState::kCancelled);
        if (stopped) {
            const bool for_good = current->state == messaging::PlanState::kCancelled;
            static_cast<void>(hold_in(tx, made.broadcast_id,
                                      {.reason = for_good ? "cancelled" : "officer",
                                       .reason_text = current->reason_text,
                                       .by = current->changed_by,
                                       .at = now}));
        }
        storage::audit(tx, now, plan.created_by, "broadcast.create",
                       fmt::format("broadcast:{}", made.broadcast_id.value),
                       fmt::format(R"({{"recipients":{},"plan":{},"run":{}}})", made.recipients,
                                   plan.plan_id.value, part.run_no));
        announce(tx, context.flows, "broadcast", made.broadcast_id.value, "created", now);
    });
    context.delivery.broadcast_changed(made.broadcast_id);
    return part;
}

Draw draw(MessagingContext& context, const PlanBody& body, messaging::PlanId plan_id,
          std::int64_t seed, std::vector<std::uint32_t> people) {
    Draw drawn;
    if (body.share_a_percent >= 100) {
        drawn.a = std::move(people);
        return drawn;
    }
    const std::uint64_t key =
        mixed(static_cast<std::uint64_t>(seed)) ^ static_cast<std::uint64_t>(plan_id.value);
    const auto put = [&](std::uint32_t ordinal, std::uint64_t of) {
        const auto percent = static_cast<std::int64_t>(mixed(key ^ mixed(of)) % 100);
        auto& side = percent < body.share_a_percent                          ? drawn.a
                     : percent < body.share_a_percent + body.share_b_percent ? drawn.b
                                                                             : drawn.rest;
        side.push_back(ordinal);
    };
    constexpr std::size_t kRange = 65'536;
    std::vector<std::int64_t> phones;
    for (std::size_t from = 0; from < people.size(); from += kRange) {
        const std::span<const std::uint32_t> range(&people[from],
                                                   std::min(kRange, people.size() - from));
        context.flows.database.read(
            [&](storage::Transaction& tx) { phones = phones_of(tx, body, range); });
        for (std::size_t i = 0; i < range.size(); ++i) {
            const bool known = phones[i] != 0;
            put(range[i], known ? static_cast<std::uint64_t>(phones[i]) : range[i]);
        }
    }
    return drawn;
}

}  // namespace haat::flows
