/// @file What a simulator is started with, and what can go wrong in it on request.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace haat::sim {

/// Inclusive range of milliseconds.
struct DelayRange {
    std::int64_t low = 0;
    std::int64_t high = 0;
};

/// Things that happen by chance, each with its probability in thousandths.
enum class Fault : std::uint8_t {
    kNoAnswer,           ///< Accepted, and never answered.
    kLostBeforeAccept,   ///< The connection (HTTP/2: the stream) is reset; not accepted.
    kLostAfterAccept,    ///< The same, but accepted.
    kErrorBeforeAccept,  ///< 500; not accepted.
    kErrorAfterAccept,   ///< 500, but accepted.
    kBrokenAnswer,       ///< Accepted; 200 with cut JSON.
    kFailedLater,        ///< Accepted; a status "failed" with 131026 follows.
    kWebhookDuplicated,  ///< An update is posted twice.
    kWebhookDropped,     ///< An update is never posted.
    kWebhookReordered,   ///< An update is held back so that later ones overtake it.
};
constexpr std::array<std::string_view, 10> kFaultNames = {
    "no_answer",          "lost_before_accept", "lost_after_accept", "error_before_accept",
    "error_after_accept", "broken_answer",      "failed_later",      "webhook_duplicated",
    "webhook_dropped",    "webhook_reordered"};

/// The next `count` sends are refused with this code and HTTP status.
struct ForcedError {
    std::int64_t count = 0;
    int code = 0;
    int http_status = 400;
};

struct Faults {
    std::array<std::uint32_t, kFaultNames.size()> per_mille{};
    DelayRange answer_delay;  ///< Before each answer to a send.
    std::vector<ForcedError> forced;
};

struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::string port_file;
    std::string tls_folder;  ///< Not empty: TLS, with certificate.pem and key.pem there.
    std::string webhook_url;
    std::string app_secret = "app-secret";
    std::string verify_token = "verify-token";
    std::string access_token = "access-token";
    std::vector<std::string> phone_number_ids;
    std::string waba_id = "100000000000001";
    std::string telegram_token = "42:simulated";
    std::string voice_key = "key";
    std::string voice_token = "token";
    std::int64_t smpp_port = -1;  ///< -1: no SMS centre; 0: the kernel chooses.
    std::uint64_t seed = 1;
    std::int64_t rate_per_number = 0;   ///< Messages a second; 0: no limit.
    bool has_pair_limit = false;        ///< One message a 6 s and user, 45 at once.
    bool unknown_numbers_exist = true;  ///< Else a send to one fails later with 131026.
    DelayRange sent_after{5, 20};
    DelayRange delivered_after{20, 100};
    DelayRange read_after{50, 300};
    std::int64_t webhook_batch = 100;  ///< Updates in one POST, at most.
    std::int64_t webhook_linger_ms = 10;
    std::int64_t webhook_retry_ms = 250;  ///< First pause; doubles up to 5 s.
    bool holds_statuses = false;     ///< Until POST /sim/release_statuses; see simulator_bulk.cpp.
    std::int64_t round_trip_ms = 0;  ///< Each answer to a send is this late.
    Faults faults;
};

/// The index of a fault's name in kFaultNames, or its size.
[[nodiscard]] std::size_t fault_index(std::string_view name);

/// Reads the command line. @return Empty, or what is wrong with it.
[[nodiscard]] std::string parse_command_line(int count, char** words, Options& options);

}  // namespace haat::sim
