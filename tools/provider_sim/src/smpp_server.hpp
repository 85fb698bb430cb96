/// @file An SMS centre that speaks SMPP 3.4: takes what Kannel submits, puts long messages together
/// again, sends receipts, and fails as it is told. Its log is the judge of what an operator would
/// have seen: the text, the DLT TLVs, how many parts were paid for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace haat::sim {

struct SmppOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::string system_id = "haat";
    std::string password = "secret";
    std::int64_t receipt_after_ms = 20;
};

/// What happens to messages for numbers that end so; the first rule that fits and is not used up.
struct SmppRule {
    std::string suffix;        ///< Of the destination; empty fits all.
    std::uint32_t status = 0;  ///< Of the answer; not 0: refused. 0x0B invalid, 0x58 throttled…
    bool is_silent = false;    ///< Taken, never answered.
    std::int64_t answer_after_ms = 0;
    std::string receipt_state = "DELIVRD";  ///< Empty: no receipt.
    int receipt_error = 0;
    int receipts = 1;               ///< The same receipt so many times.
    bool is_receipt_first = false;  ///< The receipt overtakes the answer.
    std::int64_t times = -1;        ///< How many messages it fits; -1: all.
};

/// A message as a phone shows it, once all its parts are there; or one refused part.
struct SmppMessage {
    std::string from;
    std::string to;
    std::string text;  ///< UTF-8.
    int parts = 1;
    std::uint8_t data_coding = 0;
    std::map<std::uint16_t, std::string> tlvs;  ///< Of the first part; without closing NULs.
    std::string validity;
    std::string message_id;  ///< Of the first part; empty if refused.
    std::uint32_t status = 0;
};

struct SmppCounts {
    std::uint64_t binds = 0;
    std::uint64_t refused_binds = 0;
    std::uint64_t submitted_parts = 0;
    std::uint64_t enquiries = 0;
    std::uint64_t delivered = 0;  ///< deliver_sm acknowledged: receipts and messages from phones.
    std::uint64_t waiting = 0;    ///< deliver_sm not acknowledged yet.
};

class SmppServer {
 public:
    /// @throws std::exception if the port cannot be had.
    explicit SmppServer(SmppOptions options);
    ~SmppServer();
    SmppServer(const SmppServer&) = delete;
    SmppServer& operator=(const SmppServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    void add_rule(SmppRule rule);
    /// A phone writes; in UCS-2, in parts if it is long. Waits until somebody is bound; said again
    /// on the next connection if it was not acknowledged.
    void write(const std::string& from, const std::string& to, const std::string& text);
    /// Cuts every connection.
    void disconnect();

    [[nodiscard]] std::vector<SmppMessage> log() const;
    [[nodiscard]] SmppCounts counts() const;

    struct Impl;

 private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace haat::sim
