/// @file A stateful WhatsApp Cloud API with phones that answer. One lock guards all state; the
/// network thread and the scheduler's thread both enter through it.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

#include "answer_delay.hpp"
#include "base/random.hpp"
#include "bulk_send.hpp"
#include "judge.hpp"
#include "load.hpp"
#include "net/http.hpp"
#include "options.hpp"
#include "phone.hpp"
#include "reply_watch.hpp"
#include "scheduler.hpp"
#include "templates.hpp"
#include "webhooks.hpp"

namespace haat::sim {

inline constexpr int kRateLimitHit = 130429;

class Simulator {
 public:
    explicit Simulator(Options options);
    /// Ends the scheduler and the webhooks.
    ~Simulator();
    Simulator(const Simulator&) = delete;
    Simulator& operator=(const Simulator&) = delete;

    /// The handler of the server: Graph API, /sim control API (loopback only), media downloads.
    void handle(net::Request request, net::Reply reply);

 private:
    struct Number {
        std::string id;
        std::string display;
        std::int64_t tokens_micros = 0;  ///< Rate bucket: when the next message is due.
        std::uint16_t interned = 0;      ///< The id, in the judge.
    };
    struct Media {
        std::string mime_type;
        std::string bytes;
    };
    struct Group {
        std::string number;  ///< Of ours that holds it.
        std::set<std::string> members;
    };
    /// The outcome of a send as the peer will see it.
    struct Answer {
        net::Response response;
        bool is_withheld = false;  ///< Never answered.
        std::int64_t delay_ms = 0;
    };

    // simulator_graph.cpp
    net::Response graph(const net::Request& request, const std::string& path);
    net::Response number_state(const Number& number) const;
    net::Response templates(const net::Request& request);
    net::Response media(const net::Request& request, const std::string& id);
    net::Response upload(const net::Request& request);
    net::Response mark_read(const json::object& body);
    void approve_later(const Template& form);
    Answer send(const net::Request& request, Number& number);
    Answer decide_send(const json::object& body, Number& number, LogEntry& entry);
    std::optional<Problem> limits_problem(const Send& send, Number& number, Phone& phone);
    [[nodiscard]] bool takes_rate(Number& number, std::int64_t now) const;
    std::string accept(const Send& send, const Number& number, Phone& phone);

    // simulator_groups.cpp
    net::Response make_group(const json::object& body, const Number& number);
    std::optional<Problem> group_problem(const Send& send, const Number& number) const;
    net::Response change_member(const std::string& group_id, const json::object& body, bool joins);
    net::Response write_in_group(const std::string& group_id, const json::object& body);
    net::Response list_groups() const;

    // simulator_bulk.cpp
    /// The common message while statuses are held back: written down and answered, no more. None:
    /// it is for send() to look at, and nothing was done.
    std::optional<net::Response> send_bulk(net::Request& request, Number& number);
    void release_statuses(const json::object& body, net::Reply reply);
    /// @param items  Distinct messages or statuses in it, for the report.
    void start_load(LoadPlan plan, const json::object& body, std::uint64_t items, net::Reply reply);
    net::Response accepted_page(const net::Request& request) const;

    // simulator_inbound.cpp
    void load_inbound(const json::object& body, net::Reply reply);

    // simulator_phones.cpp
    Phone& phone_of(const std::string& number);
    void advance_later(const std::string& number, const std::string& wamid, DelayRange delay);
    void advance(const std::string& number, const std::string& wamid);
    void deliver_waiting(Phone& phone);
    void react(Phone& phone, const Message& message);
    void answer_by_rule(const std::string& number, const std::string& wamid, const Rule& rule);
    /// A message of the phone's user: kept in the thread and told to the business.
    std::string inbound(Phone& phone, const std::string& phone_number_id, const std::string& type,
                        const std::string& text, const std::string& content,
                        const std::string& context_id);
    void tell_status(const Phone& phone, const Message& message, const std::string& status);
    void tell(Update update);

    // simulator_control.cpp
    void control(const net::Request& request, net::Reply reply);
    net::Response control(const net::Request& request, const std::string& path);
    net::Response put_phones(const json::object& body);
    net::Response write_from_phone(const std::string& number, const json::object& body);
    net::Response put_faults(const json::object& body);
    net::Response put_templates(const json::object& body);
    net::Response put_config(const json::object& body);
    net::Response summary() const;

    [[nodiscard]] std::int64_t now_micros() const;
    [[nodiscard]] bool strikes(Fault fault);
    [[nodiscard]] std::int64_t pick(DelayRange range);
    [[nodiscard]] Number* number_by_id(std::string_view id);
    [[nodiscard]] std::string make_wamid(const std::string& number, bool is_inbound);

    Options options_;
    std::string authorization_;  ///< That requests must bring.
    mutable std::mutex mutex_;
    Random random_;
    std::int64_t clock_offset_micros_ = 0;  ///< POST /sim/clock moves the windows.
    std::vector<Number> numbers_;
    std::unordered_map<std::string_view, Number*> numbers_by_id_;
    Templates templates_;
    std::unordered_map<std::string, Phone> phones_;
    std::map<std::string, Group> groups_;  ///< Their threads are in phones_, by group id.
    std::string group_of_message_;         ///< Of the message that is being told; empty: none.
    std::map<std::string, Media> media_;
    std::uint64_t last_id_ = 0;
    Judge judge_;
    BulkReader bulk_reader_;
    std::vector<BulkForm> bulk_forms_;
    bool are_bulk_forms_right_ = false;                      ///< Of templates_ as they are now.
    std::vector<std::pair<std::string, std::string>> held_;  ///< Number and wamid, for advance().
    std::vector<net::Reply> withheld_;
    Scheduler scheduler_;
    WebhookPoster webhooks_;
    AnswerDelay answer_delay_;
    ReplyWatch replies_;
    LoadRunner load_;  // last: its thread uses the others
};

/// What a wrong control request is answered.
[[nodiscard]] net::Response wrong(const std::string& what);

/// An error body as the Graph API writes it.
[[nodiscard]] net::Response problem_response(const Problem& problem);
[[nodiscard]] net::Response json_response(int status, std::string body);

}  // namespace haat::sim
