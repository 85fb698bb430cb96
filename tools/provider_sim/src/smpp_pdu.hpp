/// @file SMPP 3.4 on the wire, as much of it as an SMS centre needs for one ESME: framing,
/// submit_sm and deliver_sm, TLVs, concatenation headers, the GSM alphabet. Source: SMPP v3.4
/// issue 1.2, sections 3.2, 4 and 5; 3GPP TS 23.038, 23.040 (9.2.3.24.1).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace haat::sim::smpp {

enum class Command : std::uint32_t {
    kGenericNack = 0x80000000,
    kBindReceiver = 1,
    kBindTransmitter = 2,
    kSubmit = 4,
    kDeliver = 5,
    kUnbind = 6,
    kBindTransceiver = 9,
    kEnquireLink = 0x15,
};
inline constexpr std::uint32_t kResponseBit = 0x80000000;

inline constexpr std::uint32_t kOk = 0;
inline constexpr std::uint32_t kInvalidCommand = 0x03;
inline constexpr std::uint32_t kSystemError = 0x08;
inline constexpr std::uint32_t kBindFailed = 0x0D;

inline constexpr std::size_t kHeaderBytes = 16;
inline constexpr std::size_t kMostBytes = 64 << 10;

struct Pdu {
    std::uint32_t command = 0;
    std::uint32_t status = 0;
    std::uint32_t sequence = 0;
    std::string body;
};

[[nodiscard]] std::string encode(const Pdu& pdu);
/// Of the first 4 bytes.
[[nodiscard]] std::uint32_t length_of(std::string_view header);
/// `header` is 16 bytes; the body is left empty.
[[nodiscard]] Pdu header_of(std::string_view header);

/// The body of submit_sm and deliver_sm.
struct ShortMessage {
    std::string source;
    std::uint8_t source_ton = 0;
    std::string destination;
    std::uint8_t esm_class = 0;
    std::string validity;
    std::uint8_t registered_delivery = 0;
    std::uint8_t data_coding = 0;
    std::string content;                        ///< With its header, if esm_class says so.
    std::map<std::uint16_t, std::string> tlvs;  ///< Values as sent.
};
inline constexpr std::uint8_t kHasUserDataHeader = 0x40;
inline constexpr std::uint8_t kIsReceipt = 0x04;
inline constexpr std::uint8_t kUcs2 = 8;

[[nodiscard]] std::optional<ShortMessage> read_short_message(std::string_view body);
[[nodiscard]] std::string write_short_message(const ShortMessage& message);

/// system_id and password of a bind.
struct Bind {
    std::string system_id;
    std::string password;
};
[[nodiscard]] std::optional<Bind> read_bind(std::string_view body);

/// One part of a long message.
struct Part {
    int reference = 0;
    int total = 1;
    int number = 1;
    std::string payload;  ///< Without the header.
};
/// None if the header is cut or counts wrongly. A message without header is part 1 of 1.
[[nodiscard]] std::optional<Part> read_part(const ShortMessage& message);

/// UTF-8 of a payload; data_coding 0 is the GSM alphabet in octets, 8 UTF-16 with the high byte
/// first. None for other codings and for broken surrogates.
[[nodiscard]] std::optional<std::string> text_of(std::string_view payload,
                                                 std::uint8_t data_coding);
/// UTF-16 with the high byte first.
[[nodiscard]] std::string ucs2_of(std::string_view utf8);

}  // namespace haat::sim::smpp
