/// Loads of messages that people write, and how long they wait for the replies.
#include <algorithm>
#include <array>
#include <memory>

#include "base/text.hpp"
#include "simulator.hpp"
#include "webhook_text.hpp"

namespace haat::sim {

namespace {

constexpr int kReplyPatienceMilliseconds = 15'000;

/// One message a request, each from another person, or from `people` by turns.
struct InboundBodies {
    std::vector<std::string> texts;   ///< As JSON; what each of them writes, one after another.
    std::uint64_t people = 0;         ///< 0: as many as messages.
    std::vector<std::string> phones;  ///< Theirs, digits; empty: numbers from first_digits on.
    std::string number_id, display, waba_id, seconds;
    std::uint64_t first_digits = 0;
    std::uint32_t duplicates_per_mille = 0;
    std::uint64_t run = 0;  ///< Apart from other loads.

    /// Its own, or an earlier request's again, byte for byte; depends on the number alone.
    [[nodiscard]] std::uint64_t message_of(std::uint64_t request) const {
        for (;;) {
            Random random(run << 40 ^ request);
            if (request == 0 || !random.chance(duplicates_per_mille, 1000)) return request;
            const std::uint64_t back = std::min<std::uint64_t>(request, 1000);
            request -= 1 + random.below(static_cast<std::uint32_t>(back));
        }
    }

    [[nodiscard]] std::string sender_of(std::uint64_t message) const {
        if (!phones.empty()) {
            return phones[message % phones.size()];
        }
        return std::to_string(first_digits + (people == 0 ? message : message % people));
    }

    [[nodiscard]] std::string make(std::uint64_t request) const {
        const std::uint64_t message = message_of(request);
        const std::string digits = sender_of(message);
        const std::uint64_t turn = people == 0 ? 0 : message / people;
        const std::string& text = texts[turn % texts.size()];
        std::array<char, 21> unique{};
        std::snprintf(unique.data(), unique.size(), "A%07llX%012llX",
                      static_cast<unsigned long long>(run & 0xFFF'FFFF),
                      static_cast<unsigned long long>(message));
        std::string out = open_webhook(waba_id);
        open_change(out, display, number_id, R"("contacts":[{"profile":{"name":")");
        out.append(digits).append(R"("},"wa_id":")").append(digits);
        out.append(R"("}],"messages":[{"from":")").append(digits).append(R"(","id":")");
        out.append(wrap_wamid(digits, {unique.data(), 20}, true)).append(R"(","timestamp":")");
        out.append(seconds).append(R"(","type":"text","text":{"body":)").append(text).append("}}");
        return out.append(kCloseChange).append(kCloseWebhook);
    }
};

/// "texts", or "text", as JSON.
std::vector<std::string> texts_in(const json::object& body) {
    std::vector<std::string> texts;
    if (const json::array* const list = array_in(body, "texts")) {
        for (const json::value& text : *list) {
            if (text.is_string()) append_json_string(texts.emplace_back(), text.as_string());
        }
    }
    if (texts.empty()) {
        append_json_string(texts.emplace_back(), text_in(body, "text").value_or("नमस्ते दीदी"));
    }
    return texts;
}

}  // namespace

void Simulator::load_inbound(const json::object& body, net::Reply reply) {
    const std::int64_t count = integer_in(body, "count", 0);
    const std::int64_t people = integer_in(body, "people", 0);
    const std::int64_t duplicates = integer_in(body, "duplicates_per_mille", 0);
    const std::string first = international_number(text_in(body, "from").value_or("+919990000000"));
    const auto from = parse_integer(first.empty() ? "" : std::string_view(first).substr(1));
    if (count < 1 || people < 0 || duplicates < 0 || duplicates > 1000 || !from) {
        return reply(wrong("count, people, duplicates_per_mille 0-1000, from"));
    }
    auto made = std::make_shared<InboundBodies>();
    made->texts = texts_in(body);
    made->people = static_cast<std::uint64_t>(people);
    if (const json::array* const phones = array_in(body, "phones")) {
        for (const json::value& phone : *phones) {
            const std::string number =
                international_number(phone.is_string() ? std::string(phone.as_string()) : "");
            if (number.empty()) return reply(wrong("phones"));
            made->phones.push_back(number.substr(1));
        }
        made->people = made->phones.size();
    }
    made->first_digits = static_cast<std::uint64_t>(*from);
    made->duplicates_per_mille = static_cast<std::uint32_t>(duplicates);
    const bool watches = bool_in(body, "watch_replies", false);
    {
        const std::lock_guard lock(mutex_);
        made->number_id = numbers_.front().id;
        made->display = numbers_.front().display;
        made->waba_id = options_.waba_id;
        made->seconds = std::to_string(now_micros() / 1'000'000);
        made->run = static_cast<std::uint64_t>(
            integer_in(body, "run", static_cast<std::int64_t>(++last_id_)));
        for (std::int64_t i = 0;
             watches && i < (made->people == 0 ? count : static_cast<std::int64_t>(made->people));
             ++i) {
            const std::string number = "+" + made->sender_of(static_cast<std::uint64_t>(i));
            phone_of(number).last_inbound_micros[made->number_id] = now_micros();
        }
    }
    std::uint64_t distinct = 0;
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(count); ++i) {
        distinct += made->message_of(i) == i ? 1 : 0;
    }
    replies_.restart(watches);
    LoadPlan plan;
    plan.requests = static_cast<std::uint64_t>(count);
    std::vector<bool> written(watches ? plan.requests : 0);  // a post may be repeated
    plan.body = [this, made, watches, written](std::uint64_t request) mutable {
        if (watches && made->message_of(request) == request && !written[request]) {
            written[request] = true;
            replies_.wrote("+" + made->sender_of(request));
        }
        return made->make(request);
    };
    start_load(std::move(plan), body, distinct,
               [this, watches, reply = std::move(reply)](net::Response response) mutable {
                   if (watches && response.status == 200) {
                       replies_.wait(kReplyPatienceMilliseconds);
                       JsonWriter out;
                       out.begin_object();
                       replies_.write(out);
                       out.end_object();
                       std::string watched = out.take();
                       watched.back() = ',';  // the load's own members follow
                       response.body = watched + response.body.substr(1);
                   }
                   reply(std::move(response));
               });
}

}  // namespace haat::sim
