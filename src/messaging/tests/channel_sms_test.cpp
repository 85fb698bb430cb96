#include "messaging/channel_sms.hpp"

#include <gtest/gtest.h>

#include "net/url.hpp"

namespace haat::messaging::sms {
namespace {

const Settings kSettings{.base_url = "http://127.0.0.1:13013",
                         .user = "haat",
                         .password = "pw",
                         .header = "JEEVKA",
                         .dlt_entity_id = "1001234567890123456",
                         .report_url = "http://127.0.0.1:8080/hooks/sms/dlr",
                         .report_secret = "s3cret"};

std::string header_of(const net::ClientRequest& request, std::string_view name) {
    for (const net::Header& header : request.headers) {
        if (header.name == name) {
            return header.value;
        }
    }
    return "(none)";
}

TEST(Sms, AsksKannelWithEverythingTheOperatorWants) {
    const net::ClientRequest request =
        send_request(kSettings, "+919812345678", "1.2.1.ab", "20 किलो टमाटर", "1107");
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/cgi-bin/sendsms");
    EXPECT_EQ(request.body, "20 किलो टमाटर");
    EXPECT_EQ(request.content_type, "text/plain; charset=UTF-8");
    EXPECT_EQ(header_of(request, "X-Kannel-To"), "919812345678");
    EXPECT_EQ(header_of(request, "X-Kannel-From"), "JEEVKA");
    EXPECT_EQ(header_of(request, "X-Kannel-Coding"), "2");
    EXPECT_EQ(header_of(request, "X-Kannel-DLR-Mask"), "31");
    EXPECT_EQ(header_of(request, "X-Kannel-DLR-Url"),
              "http://127.0.0.1:8080/hooks/sms/dlr?m=1.2.1.ab&k=s3cret"
              "&d=%d&fid=%F&smsc=%i&ts=%T&ans=%A");
    EXPECT_EQ(header_of(request, "X-Kannel-Meta-Data"),
              "?smpp?PE_ID=1001234567890123456&TEMPLATE_ID=1107");
    EXPECT_EQ(header_of(request, "X-Kannel-SMSC"), "(none)");
    EXPECT_EQ(header_of(send_request(kSettings, "+91981", "x", "20 kg", "1"), "X-Kannel-Coding"),
              "0");
}

TEST(Sms, DecidesByWhatSmsboxAnswers) {
    struct Case {
        int status;
        SlotState state;
        Remedy remedy;
    };
    for (const Case& each : {Case{202, SlotState::kAccepted, Remedy::kNone},
                             Case{400, SlotState::kRejected, Remedy::kRejectOne},
                             Case{403, SlotState::kRetry, Remedy::kStopChannel},
                             Case{404, SlotState::kRejected, Remedy::kRejectOne},
                             Case{503, SlotState::kRetry, Remedy::kRetryLater},
                             Case{500, SlotState::kUnknown, Remedy::kNone},
                             Case{502, SlotState::kUnknown, Remedy::kNone},
                             Case{200, SlotState::kUnknown, Remedy::kNone}}) {
        const SendOutcome outcome =
            outcome_of({.outcome = net::Outcome::kAnswered, .status = each.status});
        EXPECT_EQ(outcome.state, each.state) << each.status;
        EXPECT_EQ(outcome.remedy, each.remedy) << each.status;
    }
    EXPECT_EQ(outcome_of({.outcome = net::Outcome::kNotSent}).state, SlotState::kRetry);
    EXPECT_EQ(outcome_of({.outcome = net::Outcome::kUnknown}).state, SlotState::kUnknown);
}

TEST(Channels, KeepEachReasonInSixteenBits) {
    using registry::Channel;
    for (const Channel channel : {Channel::kSms, Channel::kTelegram, Channel::kVoice}) {
        for (const int code : {400, 403, 1011, 1088, 2006, 2600, kRejectedWithoutReason}) {
            EXPECT_EQ(code_of_reason(channel, reason_index(channel, code)), code);
        }
        EXPECT_EQ(reason_index(channel, 0), 0);
        EXPECT_EQ(reason_index(channel, -1), 1);
        EXPECT_EQ(reason_index(channel, 99'999), 1);
        EXPECT_EQ(code_of_reason(channel, 1), -1);
    }
    for (const Channel channel : {Channel::kSms, Channel::kWhatsapp}) {
        for (int i = 0; i < kUnknownCauses; ++i) {
            const auto cause = static_cast<UnknownCause>(i);
            EXPECT_EQ(reason_index(channel, code_of_cause(cause)), reason_of(cause));
        }
    }
    EXPECT_EQ(code_of_reason(Channel::kWhatsapp, reason_index(Channel::kWhatsapp, 131026)), 131026);
}

net::Request request_of(std::string_view query, std::string body = {}) {
    net::Request request;
    request.query = net::parse_query(query).value();
    request.body = std::move(body);
    return request;
}

TEST(Sms, ReadsEveryKindOfReport) {
    struct Case {
        const char* query;
        SlotState state;
        bool failed;
        int code;
    };
    for (const Case& each :
         {Case{"d=8&ans=ACK/", SlotState::kSent, false, 0},
          Case{"d=1&ans=id:1+sub:001+dlvrd:001+stat:DELIVRD+err:000+text:", SlotState::kDelivered,
               false, 0},
          Case{"d=2&ans=id:1+stat:UNDELIV+err:006+text:", SlotState::kSent, true, 2006},
          Case{"d=2&ans=id:1+stat:EXPIRED+err:000+text:", SlotState::kSent, true, kExpired},
          Case{"d=2&ans=stat:REJECTD+err:600", SlotState::kSent, true, 2600},
          Case{"d=2", SlotState::kSent, true, kUndelivered},
          Case{"d=4", SlotState::kSent, false, 0},
          Case{"d=16&ans=NACK/0x0000000b/Invalid+Destination", SlotState::kAccepted, true, 1011},
          Case{"d=16&ans=NACK/Retries+Exceeded", SlotState::kAccepted, true, 1088},
          Case{"d=16&ans=NACK/0xzz", SlotState::kAccepted, true, kRejectedWithoutReason},
          Case{"d=16&ans=NACK/0xffffffffffff", SlotState::kAccepted, true, kRejectedWithoutReason},
          Case{"d=16", SlotState::kAccepted, true, kRejectedWithoutReason}}) {
        const Result<Status> status = read_delivery_report(
            request_of("m=1.2.1.ab&fid=77&ts=1790000000&" + std::string(each.query)));
        ASSERT_TRUE(status.has_value()) << each.query;
        EXPECT_EQ(status->state, each.state) << each.query;
        EXPECT_EQ(status->failed, each.failed) << each.query;
        EXPECT_EQ(status->error_code, each.code) << each.query;
        EXPECT_EQ(status->callback_data, "1.2.1.ab");
        EXPECT_EQ(status->message_id, "77");
        EXPECT_EQ(status->at.value, 1790000000);
        EXPECT_EQ(status->channel, registry::Channel::kSms);
    }
    EXPECT_FALSE(read_delivery_report(request_of("d=1")).has_value());
    EXPECT_FALSE(read_delivery_report(request_of("m=1&d=3")).has_value());
    EXPECT_FALSE(read_delivery_report(request_of("m=1")).has_value());
}

TEST(Sms, ReadsWhatPeopleWrite) {
    const Result<Message> message = read_inbound(
        request_of("from=%2B919812345678&to=56161&id=u-1&ts=1790000000&k=s3cret", "बंद"));
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(message->from, "+919812345678");
    EXPECT_EQ(message->text, "बंद");
    EXPECT_EQ(message->message_id, "u-1");
    EXPECT_EQ(message->kind, "text");
    EXPECT_EQ(message->raw.find("s3cret"), std::string::npos);
    EXPECT_EQ(read_inbound(request_of("from=919812345678", "x"))->from, "+919812345678");

    const auto id_of = [](std::string_view query, std::string text) {
        return read_inbound(request_of(query, std::move(text)))->message_id;
    };
    const std::string probable = id_of("from=919812345678&ts=1790000040", "x");
    EXPECT_TRUE(probable.starts_with("probable:"));
    EXPECT_EQ(probable, id_of("from=919812345678&ts=1790000041", "x"));
    EXPECT_NE(probable, id_of("from=919812345678&ts=1790000140", "x"));
    EXPECT_NE(probable, id_of("from=919812345678&ts=1790000040", "y"));

    EXPECT_FALSE(read_inbound(request_of("id=1", "x")).has_value());
    EXPECT_FALSE(read_inbound(request_of("from=919812345678", "\xff\xfe")).has_value());
}

TEST(Sms, SecretIsOurs) {
    EXPECT_TRUE(secret_fits(kSettings, request_of("k=s3cret")));
    EXPECT_FALSE(secret_fits(kSettings, request_of("k=s3creT")));
    EXPECT_FALSE(secret_fits(kSettings, request_of("")));
    EXPECT_FALSE(secret_fits(Settings{}, request_of("k=")));
}

std::string times(std::string_view text, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) {
        out += text;
    }
    return out;
}

TEST(Sms, CountsSegmentsAsTheyArePaid) {
    struct Case {
        std::string text;
        Encoding encoding;
        int units;
        int segments;
    };
    for (const Case& each :
         {Case{"", Encoding::kGsm7, 0, 1}, Case{times("a", 160), Encoding::kGsm7, 160, 1},
          Case{times("a", 161), Encoding::kGsm7, 161, 2},
          Case{times("a", 306), Encoding::kGsm7, 306, 2},
          Case{times("a", 307), Encoding::kGsm7, 307, 3},
          Case{times("€", 80), Encoding::kGsm7, 160, 1},
          // an escaped character is not cut: 76 of them fill 152 of 153
          Case{times("€", 153), Encoding::kGsm7, 306, 3},
          Case{times("न", 70), Encoding::kUcs2, 70, 1},
          Case{times("न", 71), Encoding::kUcs2, 71, 2},
          Case{times("न", 134), Encoding::kUcs2, 134, 2},
          Case{times("न", 135), Encoding::kUcs2, 135, 3}, Case{"Rs 20 ₹", Encoding::kUcs2, 7, 1},
          Case{"🍅", Encoding::kUcs2, 2, 1}, Case{"`", Encoding::kUcs2, 1, 1}}) {
        const Segments counted = segments_of(each.text);
        EXPECT_EQ(counted.encoding, each.encoding) << each.text;
        EXPECT_EQ(counted.units, each.units) << each.text;
        EXPECT_EQ(counted.segments, each.segments) << each.text;
    }
    EXPECT_EQ(price_of(kSettings, times("न", 71)).value, 50);
}

}  // namespace
}  // namespace haat::messaging::sms
