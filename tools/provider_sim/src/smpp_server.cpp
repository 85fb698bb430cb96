#include "smpp_server.hpp"

#include <boost/asio.hpp>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

#include "smpp_pdu.hpp"

namespace haat::sim {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using smpp::Command;
using smpp::Pdu;

constexpr std::uint32_t code(Command command) { return static_cast<std::uint32_t>(command); }

/// Of a TLV that is text, without the NUL that may close it.
std::string without_nul(std::string value) {
    while (!value.empty() && value.back() == '\0') value.pop_back();
    return value;
}

struct Session;

/// One deliver_sm until it is acknowledged.
struct Delivery {
    smpp::ShortMessage message;
    std::weak_ptr<Session> sent_to;
    std::uint32_t sequence = 0;
};

}  // namespace

struct SmppServer::Impl : std::enable_shared_from_this<SmppServer::Impl> {
    explicit Impl(SmppOptions given)
        : options(std::move(given)),
          acceptor(io, tcp::endpoint(asio::ip::make_address(options.host), options.port)) {}

    void accept();
    void handle(const std::shared_ptr<Session>& session, const Pdu& pdu);
    void bind(const std::shared_ptr<Session>& session, const Pdu& pdu);
    void submit(const std::shared_ptr<Session>& session, const Pdu& pdu);
    void answer(const std::shared_ptr<Session>& session, const Pdu& request, std::uint32_t status,
                std::string body);
    SmppRule take_rule(const std::string& destination);
    void record(const smpp::ShortMessage& message, const smpp::Part& part,
                const std::string& message_id, std::uint32_t status);
    void deliver(smpp::ShortMessage message);
    void push_deliveries();
    void later(std::int64_t milliseconds, std::function<void()> task);

    SmppOptions options;
    asio::io_context io;
    tcp::acceptor acceptor;
    std::thread thread;
    std::set<std::shared_ptr<Session>> sessions;  ///< Only on the thread.
    std::deque<Delivery> deliveries;              ///< Only on the thread.
    std::uint32_t last_sequence = 0;
    int last_reference = 0;
    std::uint64_t last_id = 0;

    mutable std::mutex mutex;  ///< Of what follows.
    std::vector<SmppRule> rules;
    std::vector<SmppMessage> messages;
    SmppCounts counts;
    /// Parts of messages that are not whole: by (from, to, reference).
    struct Whole {
        std::map<int, smpp::Part> parts;
        SmppMessage message;
    };
    std::map<std::tuple<std::string, std::string, int>, Whole> partial;
};

namespace {

/// One connection: reads PDU after PDU, writes one at a time.
struct Session : std::enable_shared_from_this<Session> {
    Session(tcp::socket connected, SmppServer::Impl& owner)
        : socket(std::move(connected)), server(owner) {}

    void read_header();
    void read_body(std::size_t bytes);
    void write(const Pdu& pdu);
    void write_next();
    void close();

    tcp::socket socket;
    SmppServer::Impl& server;
    bool is_bound = false;
    std::array<char, smpp::kHeaderBytes> header{};
    std::string body;
    std::deque<std::string> outgoing;
};

void Session::read_header() {
    asio::async_read(socket, asio::buffer(header),
                     [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                         const std::string_view bytes(self->header.data(), self->header.size());
                         const std::uint32_t length = error ? 0 : smpp::length_of(bytes);
                         if (length < smpp::kHeaderBytes || length > smpp::kMostBytes) {
                             self->close();
                             return;
                         }
                         self->read_body(length - smpp::kHeaderBytes);
                     });
}

void Session::read_body(std::size_t bytes) {
    body.resize(bytes);
    asio::async_read(
        socket, asio::buffer(body),
        [self = shared_from_this()](boost::system::error_code error, std::size_t) {
            if (error) {
                self->close();
                return;
            }
            Pdu pdu = smpp::header_of(std::string_view(self->header.data(), self->header.size()));
            pdu.body = self->body;
            self->server.handle(self, pdu);
            self->read_header();
        });
}

void Session::write(const Pdu& pdu) {
    outgoing.push_back(smpp::encode(pdu));
    if (outgoing.size() == 1) write_next();
}

void Session::write_next() {
    asio::async_write(socket, asio::buffer(outgoing.front()),
                      [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                          if (error) {
                              self->close();
                              return;
                          }
                          self->outgoing.pop_front();
                          if (!self->outgoing.empty()) self->write_next();
                      });
}

void Session::close() {
    boost::system::error_code ignored;
    socket.close(ignored);
    is_bound = false;
    server.sessions.erase(shared_from_this());
}

}  // namespace

void SmppServer::Impl::accept() {
    acceptor.async_accept(
        [self = shared_from_this()](boost::system::error_code error, tcp::socket socket) {
            if (error) return;
            const auto session = std::make_shared<Session>(std::move(socket), *self);
            self->sessions.insert(session);
            session->read_header();
            self->accept();
        });
}

void SmppServer::Impl::later(std::int64_t milliseconds, std::function<void()> task) {
    if (milliseconds <= 0) {
        task();
        return;
    }
    const auto timer =
        std::make_shared<asio::steady_timer>(io, std::chrono::milliseconds(milliseconds));
    timer->async_wait([timer, run = std::move(task)](boost::system::error_code error) {
        if (!error) run();
    });
}

void SmppServer::Impl::answer(const std::shared_ptr<Session>& session, const Pdu& request,
                              std::uint32_t status, std::string body) {
    session->write({.command = request.command | smpp::kResponseBit,
                    .status = status,
                    .sequence = request.sequence,
                    .body = std::move(body)});
}

void SmppServer::Impl::handle(const std::shared_ptr<Session>& session, const Pdu& pdu) {
    switch (static_cast<Command>(pdu.command)) {
        case Command::kBindReceiver:
        case Command::kBindTransmitter:
        case Command::kBindTransceiver:
            bind(session, pdu);
            return;
        case Command::kSubmit:
            submit(session, pdu);
            return;
        case Command::kEnquireLink: {
            answer(session, pdu, smpp::kOk, {});
            const std::lock_guard lock(mutex);
            ++counts.enquiries;
            return;
        }
        case Command::kUnbind:
            session->is_bound = false;
            answer(session, pdu, smpp::kOk, {});
            return;
        default:
            break;
    }
    if (pdu.command == (code(Command::kDeliver) | smpp::kResponseBit)) {
        const auto acknowledged = [&](const Delivery& delivery) {
            return delivery.sequence == pdu.sequence && delivery.sent_to.lock() == session;
        };
        const std::size_t erased =
            pdu.status == smpp::kOk ? std::erase_if(deliveries, acknowledged) : 0;
        const std::lock_guard lock(mutex);
        counts.delivered += erased;
        counts.waiting = deliveries.size();
    } else if ((pdu.command & smpp::kResponseBit) == 0) {
        session->write({.command = code(Command::kGenericNack),
                        .status = smpp::kInvalidCommand,
                        .sequence = pdu.sequence,
                        .body = {}});
    }
}

void SmppServer::Impl::bind(const std::shared_ptr<Session>& session, const Pdu& pdu) {
    const std::optional<smpp::Bind> asked = smpp::read_bind(pdu.body);
    const bool is_right =
        asked && asked->system_id == options.system_id && asked->password == options.password;
    {
        const std::lock_guard lock(mutex);
        ++(is_right ? counts.binds : counts.refused_binds);
    }
    if (!is_right) {
        answer(session, pdu, smpp::kBindFailed, {});
        return;
    }
    session->is_bound = pdu.command != code(Command::kBindTransmitter);
    answer(session, pdu, smpp::kOk, std::string("HAATSIM\0", 8));
    push_deliveries();
}

SmppRule SmppServer::Impl::take_rule(const std::string& destination) {
    const std::lock_guard lock(mutex);
    for (SmppRule& rule : rules) {
        if (rule.times != 0 && destination.ends_with(rule.suffix)) {
            rule.times -= rule.times > 0 ? 1 : 0;
            return rule;
        }
    }
    return {};
}

/// A message counts when its last part is there; a refused part at once.
void SmppServer::Impl::record(const smpp::ShortMessage& message, const smpp::Part& part,
                              const std::string& message_id, std::uint32_t status) {
    const std::lock_guard lock(mutex);
    ++counts.submitted_parts;
    Whole& whole =
        partial[{message.source, message.destination, status == 0 ? part.reference : -1}];
    if (part.number == 1 || status != 0) {
        whole.message = {.from = message.source,
                         .to = message.destination,
                         .text = {},
                         .parts = part.total,
                         .data_coding = message.data_coding,
                         .tlvs = {},
                         .validity = message.validity,
                         .message_id = message_id,
                         .status = status};
        for (const auto& [tag, value] : message.tlvs) {
            whole.message.tlvs[tag] = without_nul(value);
        }
    }
    whole.parts[part.number] = part;
    if (status == 0 && whole.parts.size() < static_cast<std::size_t>(part.total)) return;
    std::string payload;
    for (const auto& [number, each] : whole.parts) payload += each.payload;
    whole.message.text = smpp::text_of(payload, message.data_coding).value_or("(not readable)");
    messages.push_back(whole.message);
    partial.erase({message.source, message.destination, status == 0 ? part.reference : -1});
}

void SmppServer::Impl::submit(const std::shared_ptr<Session>& session, const Pdu& pdu) {
    const std::optional<smpp::ShortMessage> message = smpp::read_short_message(pdu.body);
    const std::optional<smpp::Part> part = message ? smpp::read_part(*message) : std::nullopt;
    if (!part) {
        answer(session, pdu, smpp::kSystemError, {});
        return;
    }
    const SmppRule rule = take_rule(message->destination);
    const std::string id = rule.status == 0 ? std::to_string(++last_id) : std::string();
    record(*message, *part, id, rule.status);
    const auto reply = [this, session, pdu, rule, id] {
        answer(session, pdu, rule.status, rule.status == 0 ? id + '\0' : std::string());
    };
    const std::int64_t answer_at =
        rule.answer_after_ms + (rule.is_receipt_first ? 2 * options.receipt_after_ms : 0);
    if (!rule.is_silent) later(answer_at, reply);
    if (rule.status != 0 || rule.receipt_state.empty() || message->registered_delivery == 0) return;
    char text[200];
    const bool is_delivered = rule.receipt_state == "DELIVRD";
    const int length = std::snprintf(text, sizeof text,
                                     "id:%s sub:001 dlvrd:%s submit date:2611211900 "
                                     "done date:2611211901 stat:%s err:%03d text:",
                                     id.c_str(), is_delivered ? "001" : "000",
                                     rule.receipt_state.c_str(), rule.receipt_error);
    const smpp::ShortMessage receipt{.source = message->destination,
                                     .source_ton = 1,
                                     .destination = message->source,
                                     .esm_class = smpp::kIsReceipt,
                                     .validity = {},
                                     .content = std::string(text, static_cast<std::size_t>(length)),
                                     .tlvs = {}};
    const std::int64_t receipt_at =
        options.receipt_after_ms + (rule.is_receipt_first ? 0 : rule.answer_after_ms);
    later(receipt_at, [this, receipt, rule] {
        for (int i = 0; i < rule.receipts; ++i) deliver(receipt);
    });
}

void SmppServer::Impl::deliver(smpp::ShortMessage message) {
    deliveries.push_back({.message = std::move(message), .sent_to = {}});
    push_deliveries();
}

void SmppServer::Impl::push_deliveries() {
    for (Delivery& delivery : deliveries) {
        const std::shared_ptr<Session> before = delivery.sent_to.lock();
        if (before && before->is_bound) continue;
        for (const std::shared_ptr<Session>& session : sessions) {
            if (!session->is_bound) continue;
            delivery.sent_to = session;
            delivery.sequence = ++last_sequence;
            session->write({.command = code(Command::kDeliver),
                            .status = smpp::kOk,
                            .sequence = delivery.sequence,
                            .body = smpp::write_short_message(delivery.message)});
            break;
        }
    }
    const std::lock_guard lock(mutex);
    counts.waiting = deliveries.size();
}

SmppServer::SmppServer(SmppOptions options) : impl_(std::make_shared<Impl>(std::move(options))) {
    impl_->accept();
    impl_->thread = std::thread([impl = impl_.get()] { impl->io.run(); });
}

SmppServer::~SmppServer() {
    impl_->io.stop();
    impl_->thread.join();
    // Handlers hold the sessions and the server; without them nothing points back.
    impl_->sessions.clear();
    boost::system::error_code ignored;
    impl_->acceptor.close(ignored);
    impl_->io.restart();
    impl_->io.poll();
}

std::uint16_t SmppServer::port() const { return impl_->acceptor.local_endpoint().port(); }

void SmppServer::add_rule(SmppRule rule) {
    const std::lock_guard lock(impl_->mutex);
    impl_->rules.push_back(std::move(rule));
}

void SmppServer::write(const std::string& from, const std::string& to, const std::string& text) {
    asio::post(impl_->io, [impl = impl_.get(), from, to, text] {
        constexpr std::size_t kSingleBytes = 140;
        constexpr std::size_t kPartBytes = 134;
        const std::string content = smpp::ucs2_of(text);
        smpp::ShortMessage message{.source = from,
                                   .source_ton = 1,
                                   .destination = to,
                                   .validity = {},
                                   .data_coding = smpp::kUcs2,
                                   .content = content,
                                   .tlvs = {}};
        if (content.size() <= kSingleBytes) {
            impl->deliver(std::move(message));
            return;
        }
        message.esm_class = smpp::kHasUserDataHeader;
        const std::size_t parts = (content.size() + kPartBytes - 1) / kPartBytes;
        const char reference = static_cast<char>(++impl->last_reference);
        for (std::size_t i = 0; i < parts; ++i) {
            message.content = std::string("\x05\x00\x03", 3) + reference +
                              static_cast<char>(parts) + static_cast<char>(i + 1) +
                              content.substr(i * kPartBytes, kPartBytes);
            impl->deliver(message);
        }
    });
}

void SmppServer::disconnect() {
    asio::post(impl_->io, [impl = impl_.get()] {
        const std::set<std::shared_ptr<Session>> cut = impl->sessions;
        for (const std::shared_ptr<Session>& session : cut) session->close();
    });
}

std::vector<SmppMessage> SmppServer::log() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->messages;
}

SmppCounts SmppServer::counts() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->counts;
}

}  // namespace haat::sim
