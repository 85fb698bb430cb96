#include "flows/sync_provider.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "allowed.hpp"
#include "base/log.hpp"
#include "flows/run_plans.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

constexpr int kPagesMost = 100;  // of a hundred templates; an account may have 6,000
constexpr int kOk = 200;

std::vector<net::Header> authorised(const ProviderAccount& provider) {
    return {{"Authorization", "Bearer " + provider.access_token}};
}

Result<std::string> asked(const ProviderAccount& provider, const std::string& path) {
    net::ClientResult answer = provider.client.get_blocking(path, authorised(provider));
    if (answer.outcome != net::Outcome::kAnswered || answer.status != kOk) {
        log_warning("provider.silent", {{"status", answer.status}});
        return refuse(ErrorKind::kUnavailable, "flows.provider_silent");
    }
    return std::move(answer.body);
}

/// Cursors are the provider's own base64; whatever else could break out of a query is encoded.
std::string encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

Result<std::vector<messaging::MessageTemplate>> fetch_templates(const ProviderAccount& provider) {
    std::vector<messaging::MessageTemplate> all;
    std::string after;
    for (int page_no = 0; page_no < kPagesMost; ++page_no) {
        const std::string path =
            "/" + provider.account_id +
            "/message_templates?limit=100&fields=id,name,language,category,status,components,"
            "quality_score,rejected_reason,message_send_ttl_seconds" +
            (after.empty() ? "" : "&after=" + encoded(after));
        const std::string body = HAAT_TRY(asked(provider, path));
        messaging::TemplatePage page = HAAT_TRY(messaging::read_template_page(body));
        std::ranges::move(page.templates, std::back_inserter(all));
        if (page.after.empty()) {
            break;
        }
        after = page.after;
    }
    return all;
}

void follow_templates(MessagingContext& context, const std::set<std::string>& names) {
    for (const std::string& name : names) {
        apply_template_status(context, name);
    }
}

}  // namespace

Result<SyncReport> sync_templates(MessagingContext& context) {
    const ProviderAccount* provider = context.provider;
    if (provider == nullptr || provider->account_id.empty()) {
        return refuse(ErrorKind::kConflict, "flows.no_provider");
    }
    const UnixSeconds began = context.flows.clock.now();
    const auto fetched = HAAT_TRY(fetch_templates(*provider));
    SyncReport report{.templates = static_cast<std::int64_t>(fetched.size())};
    std::set<std::string> moved;
    const auto note = [&](const messaging::TemplateChange& change) {
        report.changed += change.changed ? 1 : 0;
        if (change.old_status != change.new_status) {
            moved.insert(change.name);
        }
    };
    constexpr std::size_t kRowsPerWrite = 50;  // few enough that the writer is never held for long
    for (std::size_t from = 0; from < fetched.size(); from += kRowsPerWrite) {
        std::vector<messaging::TemplateChange> changes;
        context.flows.database.write([&](storage::Transaction& tx) {
            changes.clear();
            const UnixSeconds now = context.flows.clock.now();
            for (std::size_t i = from; i < std::min(from + kRowsPerWrite, fetched.size()); ++i) {
                changes.push_back(messaging::store_template(tx, fetched[i], {}, now));
            }
        });
        std::ranges::for_each(changes, note);
    }
    std::vector<messaging::TemplateChange> gone;
    context.flows.database.write([&](storage::Transaction& tx) {
        gone = messaging::store_gone_templates(tx, began, context.flows.clock.now());
    });
    std::ranges::for_each(gone, note);
    follow_templates(context, moved);
    report.as_of_at = context.flows.clock.now();
    return report;
}

Result<void> sync_numbers(MessagingContext& context) {
    const ProviderAccount* provider = context.provider;
    if (provider == nullptr) {
        return refuse(ErrorKind::kConflict, "flows.no_provider");
    }
    for (const std::string& id : context.whatsapp_phone_number_ids) {
        const std::string body = HAAT_TRY(
            asked(*provider, "/" + encoded(id) +
                                 "?fields=id,display_phone_number,verified_name,status,throughput,"
                                 "quality_rating,whatsapp_business_manager_messaging_limit"));
        const messaging::NumberState state = HAAT_TRY(messaging::read_number_state(body));
        context.flows.database.write([&](storage::Transaction& tx) {
            messaging::store_number(tx, state, context.flows.clock.now());
        });
    }
    return {};
}

Result<SubmittedTemplate> submit_template(MessagingContext& context, const Viewer& viewer,
                                          std::string_view device_id,
                                          const messaging::NewTemplate& form) {
    HAAT_TRY(allow(viewer, access::Action::kManageSenders));
    HAAT_TRY(messaging::check_new_template(form));
    const auto earlier = context.flows.database.read([&](storage::Transaction& tx) {
        const auto id = messaging::template_by_device(tx, device_id);
        return id ? messaging::get_template(tx, *id)
                  : Result<messaging::MessageTemplate>(
                        refuse(ErrorKind::kNotFound, "messaging.no_template"));
    });
    if (earlier) {
        return SubmittedTemplate{*earlier, false};
    }
    const ProviderAccount* provider = context.provider;
    if (provider == nullptr || provider->account_id.empty()) {
        return refuse(ErrorKind::kConflict, "flows.no_provider");
    }
    const net::ClientResult answer =
        provider->client.post_blocking("/" + provider->account_id + "/message_templates",
                                       messaging::new_template_json(form), authorised(*provider));
    if (answer.outcome != net::Outcome::kAnswered) {
        return refuse(ErrorKind::kConflict, "flows.provider_silent");
    }
    messaging::MessageTemplate made =
        HAAT_TRY(messaging::read_new_template_answer(answer.status, answer.body));
    made.name = form.name;
    made.language = form.language;
    made.body = form.body;
    made.params = messaging::count_places(form.body);
    made.buttons = form.buttons;
    made.ttl_seconds = form.ttl_seconds;
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<SubmittedTemplate> {
        messaging::store_template(tx, made, device_id, now);
        storage::audit(tx, now, viewer.account_id, "template.submit", "template:" + form.name,
                       "{}");
        return SubmittedTemplate{*messaging::find_template(tx, made.name, made.language), true};
    });
}

std::vector<std::string> store_account_events(storage::Transaction& tx,
                                              const std::vector<messaging::AccountEvent>& events,
                                              UnixSeconds now) {
    std::vector<std::string> moved;
    for (const messaging::AccountEvent& event : events) {
        const auto change = messaging::store_event(tx, event, now);
        if (change && change->old_status != change->new_status) {
            moved.push_back(change->name);
        }
    }
    return moved;
}

std::vector<messaging::SenderNumberRow> read_numbers(MessagingContext& context) {
    const auto known = context.flows.database.read(
        [](storage::Transaction& tx) { return messaging::list_numbers(tx); });
    const auto has_row = [&](const std::string& id) {
        return std::ranges::any_of(known, [&](const messaging::SenderNumberRow& number) {
            return number.state.provider_number_id == id;
        });
    };
    if (std::ranges::all_of(context.whatsapp_phone_number_ids, has_row)) {
        return known;
    }
    return context.flows.database.write([&](storage::Transaction& tx) {
        for (const std::string& id : context.whatsapp_phone_number_ids) {
            messaging::ensure_number(tx, id);
        }
        return messaging::list_numbers(tx);
    });
}

Result<messaging::SenderNumberRow> rest_number(MessagingContext& context, const Viewer& viewer,
                                               messaging::SenderNumberId number_id, bool resting,
                                               std::string_view reason,
                                               std::optional<UnixSeconds> until) {
    HAAT_TRY(allow(viewer, access::Action::kManageSenders));
    const UnixSeconds now = context.flows.clock.now();
    auto changed = context.flows.database.write(
        [&](storage::Transaction& tx) -> Result<messaging::SenderNumberRow> {
            messaging::SenderNumberRow number = HAAT_TRY(messaging::get_number(tx, number_id));
            number.resting = resting;
            number.rest_until_at = resting ? until : std::nullopt;
            number.rest_reason = resting ? reason : std::string_view();
            messaging::set_number_rest(tx, number, now);
            storage::audit(tx, now, viewer.account_id, resting ? "number.rest" : "number.unrest",
                           fmt::format("number:{}", number_id.value), "{}");
            return number;
        });
    if (changed) {
        context.delivery.set_sender_stopped(registry::Channel::kWhatsapp,
                                            changed->state.provider_number_id, resting);
    }
    return changed;
}

}  // namespace haat::flows
