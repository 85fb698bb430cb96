/// Labels: read back by a program that knows nothing of us (zbarimg), and never a way into XML.
#include "supply/labels.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace haat::supply {
namespace {

LabelText label() {
    return {.trace_url = "https://haat.bihar.example/t/7k3m9q2x5vgp8wnd",
            .brand_hi = "अमरपुर गाँव",
            .brand_en = "Amarpur village",
            .product_hi = "आम का अचार",
            .product_en = "Mango pickle",
            .net_quantity = {500},
            .unit_hi = "किलो",
            .unit_en = "kg",
            .price = {17'500},
            .lot_code = "P4K7M2T8",
            .packed_on = {.year = 2026, .month = 11, .day = 21},
            .best_before_on = Date{.year = 2027, .month = 11, .day = 20},
            .packer_en = "Phulwari packaging house, Patna 801505",
            .packer_hi = "फुलवारी पैकिंग केंद्र",
            .licence = "10012345678901",
            .contact = "haat@example.org"};
}

/// The modules that the label's path draws, as the renderer would: from the SVG alone.
std::vector<std::vector<bool>> drawn_code(const std::string& svg) {
    const std::size_t start = svg.find("id=\"qr\" d=\"") + 11;
    std::istringstream path(svg.substr(start, svg.find('"', start) - start));
    std::vector<std::vector<bool>> modules(80, std::vector<bool>(80));
    std::string run;
    while (std::getline(path, run, 'z')) {
        int x = 0;
        int y = 0;
        int length = 0;
        int back = 0;
        EXPECT_EQ(std::sscanf(run.c_str(), "M%d %dh%dv1h-%d", &x, &y, &length, &back), 4) << run;
        EXPECT_EQ(length, back);
        for (int i = 0; i < length; ++i) {
            modules.at(static_cast<std::size_t>(y)).at(static_cast<std::size_t>(x + i)) = true;
        }
    }
    return modules;
}

/// What zbarimg reads from these modules, drawn as a grey picture.
std::string read_back(const std::vector<std::vector<bool>>& modules, int pixels) {
    const std::string file = ::testing::TempDir() + "haat_label_" +
                             std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
                             std::to_string(pixels) + ".pgm";
    {
        std::ofstream picture(file, std::ios::binary);
        const std::size_t side = modules.size() * static_cast<std::size_t>(pixels);
        picture << "P5\n" << side << " " << side << "\n255\n";
        for (std::size_t y = 0; y < side; ++y) {
            for (std::size_t x = 0; x < side; ++x) {
                const auto scale = static_cast<std::size_t>(pixels);
                picture.put(modules[y / scale][x / scale] ? '\x00' : '\xFF');
            }
        }
    }
    const std::string command = "zbarimg --quiet --raw --nodbus '" + file + "'";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
    std::string text;
    std::array<char, 256> buffer{};
    while (pipe && fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
        text += buffer.data();
    }
    std::filesystem::remove(file);
    return text;
}

TEST(Labels, TheCodeIsReadBackAsThePublicPage) {
    const std::string svg = label_svg(label()).value();
    EXPECT_EQ(read_back(drawn_code(svg), 4), label().trace_url + "\n");
    LabelText longest = label();
    longest.trace_url = "https://haat.bihar.example/t/" + std::string(121, 'x');
    EXPECT_EQ(read_back(drawn_code(label_svg(longest).value()), 4), longest.trace_url + "\n");
    longest.trace_url += "x";
    EXPECT_EQ(label_svg(longest).error().code, "supply.label_too_long");
    longest.trace_url = "";
    EXPECT_EQ(label_svg(longest).error().code, "supply.label_too_long");
}

TEST(Labels, TheCodeHasItsQuietZone) {
    const auto modules = drawn_code(label_svg(label()).value());
    for (std::size_t i = 0; i < 80; ++i) {
        for (std::size_t margin = 0; margin < 4; ++margin) {
            EXPECT_FALSE(modules[margin][i]);
            EXPECT_FALSE(modules[i][margin]);
        }
    }
    EXPECT_TRUE(modules[4][4]);
}

TEST(Labels, SaysWhatTheLawAsks) {
    const std::string svg = label_svg(label()).value();
    for (const char* said :
         {"अमरपुर गाँव / Amarpur village", "आम का अचार", "Mango pickle", "500 ग्राम / 500 g", "₹175",
          "₹350 / किलो / kg", "NOV 2026", "NOV 2027", "P4K7M2T8", "Phulwari packaging house",
          "10012345678901", "haat@example.org", "width=\"100mm\""}) {
        EXPECT_NE(svg.find(said), std::string::npos) << said;
    }
    LabelText whole = label();
    whole.net_quantity = {2'500};
    whole.best_before_on.reset();
    whole.licence.clear();
    const std::string other = label_svg(whole).value();
    EXPECT_NE(other.find("2.5 किलो / 2.5 kg"), std::string::npos);
    EXPECT_NE(other.find("₹70 / किलो"), std::string::npos);
    EXPECT_EQ(other.find("NOV 2027"), std::string::npos);
    EXPECT_EQ(other.find("FSSAI"), std::string::npos);
}

TEST(Labels, NothingThatIsWrittenOnItBecomesMarkup) {
    LabelText text = label();
    text.brand_en = "<script>alert('1')</script> & \"co\"";
    text.product_hi = "]]><svg onload=x>";
    text.contact = std::string(
        "a\x01"
        "b\xFF"
        "c");
    const std::string svg = label_svg(text).value();
    EXPECT_EQ(svg.find("<script"), std::string::npos);
    EXPECT_EQ(svg.find("<svg onload"), std::string::npos);
    EXPECT_NE(svg.find("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;co&quot;"),
              std::string::npos);
    EXPECT_NE(svg.find("a\xEF\xBF\xBD"
                       "b\xEF\xBF\xBD"
                       "c"),
              std::string::npos);
    EXPECT_EQ(escape_xml("दीदी"), "दीदी");
}

}  // namespace
}  // namespace haat::supply
