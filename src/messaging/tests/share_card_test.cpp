#include "messaging/share_card.hpp"

#include <gtest/gtest.h>

#include <string>

namespace haat::messaging {
namespace {

std::uint32_t number_at(const std::string& png, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        number = number << 8U | static_cast<unsigned char>(png.at(at + i));
    }
    return number;
}

TEST(ShareCard, IsAPngOfItsSizeWhateverTheTextIs) {
    for (const std::string& text : {std::string("कल मेला है"), std::string(), std::string(4000, 'x'),
                                    std::string("a line\nof two")}) {
        const std::string png = share_card_png({.brand = "हाट",
                                                .text = text,
                                                .invite = "जवाब देने के लिए",
                                                .number = "+91 98123 45678",
                                                .link = "https://wa.me/919812345678"});
        ASSERT_GT(png.size(), 1000U);
        EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
        EXPECT_EQ(number_at(png, 16), 1080U);
        EXPECT_EQ(number_at(png, 20), 1350U);
    }
}

TEST(ShareCard, ALinkOpensAChatWithTheWordsWritten) {
    EXPECT_EQ(chat_link("+91 98123-45678", "हाँ ok"),
              "https://wa.me/919812345678?text=%E0%A4%B9%E0%A4%BE%E0%A4%81%20ok");
    EXPECT_EQ(chat_link("", "x"), "");
}

}  // namespace
}  // namespace haat::messaging
