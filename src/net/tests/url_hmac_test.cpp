#include <gtest/gtest.h>

#include "net/hmac.hpp"
#include "net/url.hpp"

namespace haat::net {
namespace {

TEST(Url, IsTakenApart) {
    const std::optional<Url> url = parse_url("https://graph.example:8443/v24.0/x?y=z");
    ASSERT_TRUE(url);
    EXPECT_TRUE(url->is_https);
    EXPECT_EQ(url->host, "graph.example");
    EXPECT_EQ(url->port, 8443);
    EXPECT_EQ(url->path, "/v24.0/x?y=z");
    EXPECT_EQ(url->authority, "graph.example:8443");
    EXPECT_EQ(parse_url("http://a")->path, "/");
    EXPECT_EQ(parse_url("http://a:80")->authority, "a");
    EXPECT_EQ(parse_url("http://[::1]:90/")->host, "::1");
    EXPECT_EQ(parse_url("http://[::1]:90/")->authority, "[::1]:90");
}

TEST(Url, WrongOnesAreRefused) {
    for (const char* text : {"", "graph.example", "ftp://a", "http://", "http://a:", "http://a:0",
                             "http://a:65536", "http://a:x", "http://user@a", "http://a/#b",
                             "http://a b", "http://[::1", "http://[::1]x"}) {
        EXPECT_FALSE(parse_url(text)) << text;
    }
}

TEST(Url, QueriesAreStrict) {
    const auto pairs = parse_query("a=1&b=x%20y+z&c&a=%2B");
    ASSERT_TRUE(pairs);
    ASSERT_EQ(pairs->size(), 4U);
    EXPECT_EQ((*pairs)[1].second, "x y z");
    EXPECT_EQ((*pairs)[2].second, "");
    EXPECT_EQ((*pairs)[3].second, "+");
    EXPECT_FALSE(parse_query("a=%4"));
    EXPECT_FALSE(parse_query("a=%C3%28"));
    EXPECT_EQ(percent_encode("+91 आ"), "%2B91%20%E0%A4%86");
    EXPECT_EQ(percent_decode(percent_encode("+91 आ")), "+91 आ");
}

// RFC 4231, test cases 1 and 2.
TEST(Hmac, MatchesTheStandardAndCanBeReused) {
    HmacSha256 mac(std::string(20, '\x0b'));
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(hex(mac.sign("Hi There")),
                  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }
    HmacSha256 jefe("Jefe");
    const std::string digest = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    EXPECT_TRUE(jefe.verify_hex("what do ya want for nothing?", digest));
    EXPECT_FALSE(jefe.verify_hex("what do ya want for nothing!", digest));
    EXPECT_FALSE(jefe.verify_hex("what do ya want for nothing?", digest.substr(1)));
    EXPECT_FALSE(jefe.verify_hex("what do ya want for nothing?", ""));
}

TEST(Digest, MatchesTheStandard) {
    EXPECT_EQ(hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(random_bytes(32).size(), 32U);
    EXPECT_NE(random_bytes(32), random_bytes(32));
}

// RFC 4648, section 10.
TEST(Base64, MatchesTheStandardAndTakesOneSpelling) {
    constexpr std::pair<const char*, const char*> kRows[] = {{"", ""},
                                                             {"f", "Zg=="},
                                                             {"fo", "Zm8="},
                                                             {"foo", "Zm9v"},
                                                             {"foob", "Zm9vYg=="},
                                                             {"fooba", "Zm9vYmE="},
                                                             {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : kRows) {
        EXPECT_EQ(base64_encode(plain), encoded);
        EXPECT_EQ(base64_decode(encoded), plain);
    }
    EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8");
    EXPECT_EQ(base64url_decode("-_8"), "\xfb\xff");
    for (const char* text : {"Zg", "Zg=", "Zh==", "Z", "Zm9v=", "Zm 9v", "===="}) {
        EXPECT_FALSE(base64_decode(text)) << text;
    }
}

}  // namespace
}  // namespace haat::net
