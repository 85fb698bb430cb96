/// Broadcasts of a whole state. With --hold-statuses a common message to a number that nobody has
/// made a phone of is written down by the judge and answered, nothing else; POST
/// /sim/release_statuses later tells what became of them all. Loads of webhooks by themselves, too.
#include <algorithm>
#include <array>
#include <memory>

#include "base/text.hpp"
#include "net/url.hpp"
#include "simulator.hpp"
#include "webhook_text.hpp"

namespace haat::sim {

namespace {

constexpr std::size_t kUsualPage = 20'000;
constexpr std::size_t kLargestPage = 200'000;
constexpr std::int64_t kMostPerRequest = 10'000;

void append_status(std::string& out, const Accepted& message, std::string_view status,
                   std::string_view seconds, std::string_view category) {
    out.append(R"({"id":")").append(message.wamid).append(R"(","status":")").append(status);
    out.append(R"(","timestamp":")").append(seconds).append(R"(","recipient_id":")");
    out.append(std::to_string(message.to)).append("\"");
    if (!message.callback_data.empty()) {
        out.append(R"(,"biz_opaque_callback_data":)");
        append_json_string(out, message.callback_data);
    }
    if (status == "sent" || status == "delivered") {
        out.append(R"(,"pricing":{"billable":true,"pricing_model":"PMP","category":")");
        out.append(category).append(R"(","type":"regular"})");
    }
    out.append("}");
}

}  // namespace

std::optional<net::Response> Simulator::send_bulk(net::Request& request, Number& number) {
    if (!options_.holds_statuses) return std::nullopt;
    const std::lock_guard lock(mutex_);
    const auto& chances = options_.faults.per_mille;
    const bool has_faults = !options_.faults.forced.empty() ||
                            options_.faults.answer_delay.high > 0 ||
                            std::any_of(chances.begin(), chances.end(),
                                        [](std::uint32_t chance) { return chance > 0; });
    if (has_faults || options_.has_pair_limit || !options_.unknown_numbers_exist) {
        return std::nullopt;
    }
    if (!are_bulk_forms_right_) {
        bulk_forms_ = bulk_forms(templates_);
        for (BulkForm& form : bulk_forms_) form.interned = judge_.intern(form.name);
        are_bulk_forms_right_ = true;
    }
    const std::optional<BulkSend> send = bulk_reader_.read(request.body, bulk_forms_);
    if (!send) return std::nullopt;
    const std::string digits = std::to_string(send->to);
    if (!phones_.empty() && phones_.contains("+" + digits)) return std::nullopt;

    const std::int64_t now = now_micros();
    const bool is_taken = takes_rate(number, now);
    const std::string wamid =
        judge_.record({now, send->to, number.interned, send->form->interned, send->callback_data,
                       is_taken ? 0 : kRateLimitHit});  // before the answer is written
    if (!is_taken) {
        return problem_response(
            {400, kRateLimitHit, "Rate limit hit: message throughput of this number"});
    }
    std::string body;
    body.reserve(256);
    body.append(R"({"messaging_product":"whatsapp","contacts":[{"input":")").append(send->input);
    body.append(R"(","wa_id":")").append(digits);
    body.append(R"("}],"messages":[{"id":")").append(wamid);
    body.append(R"(","message_status":"accepted"}]})");
    return json_response(200, std::move(body));
}

net::Response Simulator::accepted_page(const net::Request& request) const {
    const auto after = parse_integer(request.query_value("after").value_or("0"));
    const auto limit =
        parse_integer(request.query_value("limit").value_or(std::to_string(kUsualPage)));
    if (!after || *after < 0) return wrong("after");
    if (!limit || *limit < 1 || *limit > static_cast<long long>(kLargestPage)) {
        return wrong("limit");
    }
    net::Response response = json_response(
        200,
        judge_.accepted_csv(static_cast<std::uint64_t>(*after), static_cast<std::size_t>(*limit)));
    response.content_type = "text/csv; charset=utf-8";
    return response;
}

void Simulator::start_load(LoadPlan plan, const json::object& body, std::uint64_t items,
                           net::Reply reply) {
    const std::int64_t connections = integer_in(body, "connections", 4);
    const std::int64_t in_flight = integer_in(body, "in_flight", 64);
    const std::int64_t rate = integer_in(body, "rate", 0);
    const std::int64_t http = integer_in(body, "http", 2);
    {
        const std::lock_guard lock(mutex_);
        plan.url = options_.webhook_url;
        plan.app_secret = options_.app_secret;
    }
    if (connections < 1 || connections > 64 || in_flight < 1 || in_flight > 100'000 || rate < 0 ||
        (http != 1 && http != 2) || !net::parse_url(plan.url)) {
        return reply(wrong("connections 1-64, in_flight, rate, http 1 or 2; a webhook_url"));
    }
    plan.connections = static_cast<std::size_t>(connections);
    plan.in_flight = static_cast<std::size_t>(in_flight);
    plan.per_second = rate;
    plan.http2 = http == 2;
    auto shared = std::make_shared<net::Reply>(std::move(reply));
    const bool is_started = load_.start(std::move(plan), [shared, items](const LoadReport& report) {
        JsonWriter out;
        out.begin_object().field("items", items);
        report.write(out);
        out.end_object();
        (*shared)(json_response(200, out.take()));
    });
    if (!is_started) (*shared)(json_response(409, R"({"error":"a load runs already"})"));
}

namespace {

/// Makes the bodies of a release: all messages "sent", then all "delivered", then all "read".
class StatusBodies {
 public:
    using Fetch = std::function<std::vector<Accepted>(std::uint64_t after, std::size_t limit)>;
    struct Number {
        std::string id, display;
    };

    std::vector<std::string> statuses;
    std::uint64_t per_request = 1000;
    std::uint64_t messages = 0;
    std::string waba_id;
    Fetch fetch;
    std::function<Number(std::uint16_t)> number_of;
    std::function<std::string(std::uint16_t)> category_of;
    std::int64_t now_seconds = 0;

    [[nodiscard]] std::uint64_t requests_of_one() const {
        return (messages + per_request - 1) / per_request;
    }

    std::string make(std::uint64_t request) {
        const std::string& status = statuses[request / requests_of_one()];
        const std::uint64_t first = request % requests_of_one() * per_request;
        const std::vector<Accepted> batch = take(first);
        const std::string seconds = std::to_string(now_seconds);
        std::string out = open_webhook(waba_id);
        out.reserve(300 * batch.size() + 300);
        // One change for each business number, as the real ones are grouped.
        std::vector<const Accepted*> order;
        for (const Accepted& message : batch) order.push_back(&message);
        std::sort(order.begin(), order.end(), [](const Accepted* a, const Accepted* b) {
            return std::pair(a->number, a->seq) < std::pair(b->number, b->seq);
        });
        const Accepted* before = nullptr;
        for (const Accepted* const message : order) {
            if (before == nullptr || before->number != message->number) {
                if (before != nullptr) out.append(kCloseChange).append(",");
                const Number number = number_of(message->number);
                open_change(out, number.display, number.id, "\"statuses\":[");
            } else {
                out.append(",");
            }
            if (category_of_ != message->form || category_.empty()) {
                category_of_ = message->form;
                category_ = category_of(message->form);
            }
            append_status(out, *message, status, seconds, category_);
            before = message;
        }
        return out.append(kCloseChange).append(kCloseWebhook);
    }

 private:
    static constexpr std::size_t kWindow = 20'000;

    /// The messages from number * kWindow on. They are fetched in order the first time; a
    /// repetition goes back to a window whose start is known.
    const std::vector<Accepted>& window(std::size_t number) {
        while (number != window_number_ || window_.empty()) {
            const std::size_t next = std::min(number, starts_.size() - 1);
            window_ = fetch(starts_[next], kWindow);
            window_number_ = next;
            if (window_.empty()) break;
            if (next + 1 == starts_.size()) starts_.push_back(window_.back().seq);
        }
        return window_;
    }

    std::vector<Accepted> take(std::uint64_t first) {
        std::vector<Accepted> out;
        for (std::uint64_t i = first; out.size() < per_request && i < messages; ++i) {
            const std::vector<Accepted>& part = window(i / kWindow);
            if (i % kWindow >= part.size()) break;
            out.push_back(part[i % kWindow]);
        }
        return out;
    }

    std::vector<Accepted> window_;
    std::size_t window_number_ = 0;
    std::vector<std::uint64_t> starts_{0};  ///< Of each window known: the seq before its first.
    std::uint16_t category_of_ = 0;
    std::string category_;
};

}  // namespace

void Simulator::release_statuses(const json::object& body, net::Reply reply) {
    auto bodies = std::make_shared<StatusBodies>();
    const bool is_single = bool_in(body, "single", false);
    const std::int64_t per_request = is_single ? 1 : integer_in(body, "per_request", 1000);
    if (per_request < 1 || per_request > kMostPerRequest) return reply(wrong("per_request"));
    bodies->per_request = static_cast<std::uint64_t>(per_request);
    if (const json::array* const names = array_in(body, "statuses")) {
        for (const json::value& name : *names) {
            if (!name.is_string()) return reply(wrong("statuses"));
            bodies->statuses.emplace_back(name.as_string());
        }
    } else {
        bodies->statuses = {"sent", "delivered", "read"};
    }
    LoadPlan plan;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [number, wamid] : std::exchange(held_, {})) {
            advance_later(number, wamid, options_.sent_after);
        }
        const auto most = static_cast<std::uint64_t>(
            std::max<std::int64_t>(0, integer_in(body, "count", INT64_MAX)));
        const std::uint64_t statuses = bodies->statuses.size();
        bodies->messages = judge_.bulk_count();
        if (is_single && statuses > 0 && most / statuses < bodies->messages) {
            bodies->messages = std::max<std::uint64_t>(1, most / statuses);
        }
        bodies->waba_id = options_.waba_id;
        bodies->now_seconds = now_micros() / 1'000'000;
    }
    if (bodies->statuses.empty() || bodies->messages == 0) {
        return reply(wrong("nothing was accepted, or no statuses"));
    }
    bodies->fetch = [this](std::uint64_t after, std::size_t limit) {
        const std::lock_guard lock(mutex_);
        return judge_.accepted_bulk(after, limit);
    };
    bodies->number_of = [this](std::uint16_t interned) -> StatusBodies::Number {
        const std::lock_guard lock(mutex_);
        const Number* const number = number_by_id(judge_.text_of(interned));
        return {number->id, number->display};
    };
    bodies->category_of = [this](std::uint16_t interned) {
        const std::lock_guard lock(mutex_);
        for (const BulkForm& form : bulk_forms_) {
            if (form.interned == interned) return form.category;
        }
        return std::string("utility");
    };
    plan.requests = bodies->requests_of_one() * bodies->statuses.size();
    plan.body = [bodies](std::uint64_t request) { return bodies->make(request); };
    const std::uint64_t items = bodies->messages * bodies->statuses.size();
    start_load(std::move(plan), body, items, std::move(reply));
}

}  // namespace haat::sim
