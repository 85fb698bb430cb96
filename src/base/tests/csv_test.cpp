#include "base/csv.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace haat {
namespace {

/// The file read to its end: fields joined by '|', broken records as "!", with their lines.
std::string read_all(const std::string& text) {
    std::istringstream in(text);
    CsvReader reader(in);
    std::vector<std::string> fields;
    std::string out;
    while (true) {
        const CsvRead read = reader.next(fields);
        if (read == CsvRead::kEnd || read == CsvRead::kUtf16) {
            return out + (read == CsvRead::kUtf16 ? "utf16" : "");
        }
        out += std::to_string(reader.line()) + ":";
        for (std::size_t i = 0; i < fields.size(); ++i) {
            out += (i == 0 ? "" : "|") + fields[i];
        }
        out += read == CsvRead::kBroken ? "! " : " ";
    }
}

TEST(Csv, ReadsWhatRfc4180Writes) {
    const std::pair<std::string, std::string> cases[] = {
        {"", ""},
        {"a,b\nc,d", "1:a|b 2:c|d "},
        {"a,b\r\nc,d\r\n", "1:a|b 2:c|d "},
        {"a,,\n,\n", "1:a|| 2:| "},
        {"\n\na\n\n", "3:a "},
        {"\"a,b\",\"c\"\"d\"\n", "1:a,b|c\"d "},
        {"\"two\nlines\",x\ny,z\n", "1:two\nlines|x 3:y|z "},
        {"\"two\r\nlines\",x\r\n", "1:two\nlines|x "},
        {"\"\",\"\"\n", "1:| "},
        {"\xEF\xBB\xBFname,x\n", "1:name|x "},
        {"\xEF\xBB,x\n", "1:\xEF\xBB|x "},
        {"a\"b,c\nd,e\n", "1:! 2:d|e "},
        {"\"a\"b,c\nd,e\n", "1:! 2:d|e "},
        {"\"never closed,x\nd,e\nf,g\n", "1:! 2:d|e 3:f|g "},
        {std::string("a,b\nc\0d,e\nf\n", 12), "1:a|b 2:! 3:f "},
        {"\xFF\xFE" + std::string("a\0", 2), "utf16"},
        {std::string("a\0b\0\n\0", 6), "utf16"},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_EQ(read_all(text), expected) << text;
    }
}

TEST(Csv, AHugeRecordIsBrokenAndCostsNoMemory) {
    const std::string huge(1'000'000, 'x');
    EXPECT_EQ(read_all("a,b\n" + huge + "\nc,d\n"), "1:a|b 2:! 3:c|d ");
    EXPECT_EQ(read_all("a,b\n\"" + huge + "\nc,d\n"), "1:a|b 2:! 3:c|d ");
    EXPECT_EQ(read_all(std::string(300, ',') + "\nc,d\n"), "1:! 2:c|d ");
}

TEST(Csv, ColumnsAreFoundWithoutRegardToCase) {
    EXPECT_EQ(csv_column({"Name", " PHONE "}, "phone"), 1);
    EXPECT_EQ(csv_column({"Name"}, "phone"), -1);
}

}  // namespace
}  // namespace haat
