/// @file What no compiler sees, checked over the whole tree: includes that a module does not declare,
/// SQL and clocks where they do not belong, floating point near money, missing texts, files too long.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "dev.hpp"

namespace haat::dev {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLinesMax = 600;

class Tidy {
 public:
    explicit Tidy(fs::path root) : root_(std::move(root)) {}

    int run() {
        read_modules();
        read_texts();
        for (const std::string folder : {"src", "tools"}) {
            for (const auto& entry : fs::recursive_directory_iterator(root_ / folder)) {
                const std::string extension = entry.path().extension();
                if (extension == ".cpp" || extension == ".hpp") {
                    check_file(entry.path());
                }
            }
        }
        for (const auto& [module, declared] : declares_) {
            if (!fs::exists(root_ / "src" / module / "README.md")) {
                complain(root_ / "src" / module, 0, "no README.md");
            }
        }
        for (const std::string& complaint : complaints_) {
            std::cout << complaint << '\n';
        }
        std::cout << fmt::format("tidy: {} files, {} complaints\n", files_, complaints_.size());
        return complaints_.empty() ? 0 : 1;
    }

 private:
    void complain(const fs::path& file, std::size_t line, std::string_view what) {
        complaints_.push_back(fmt::format("{}:{}: {}", fs::relative(file, root_).string(), line, what));
    }

    /// Which modules each module's CMakeLists.txt lets it include.
    void read_modules() {
        static const std::regex kWord(R"([a-z_]+)");
        std::set<std::string> all;
        for (const auto& entry : fs::directory_iterator(root_ / "src")) {
            if (fs::exists(entry.path() / "CMakeLists.txt")) {
                all.insert(entry.path().filename());
            }
        }
        for (const std::string& module : all) {
            const std::string text = read_file(root_ / "src" / module / "CMakeLists.txt");
            std::set<std::string>& declared = declares_[module];
            declared.insert(module);
            for (std::sregex_iterator it(text.begin(), text.end(), kWord), end; it != end; ++it) {
                if (all.contains(it->str())) {
                    declared.insert(it->str());
                }
            }
        }
        // What a dependency declares may be included too: its headers bring it along.
        for (bool grew = true; grew;) {
            grew = false;
            for (auto& [module, declared] : declares_) {
                const std::set<std::string> before = declared;
                for (const std::string& dependency : before) {
                    declared.insert(declares_[dependency].begin(), declares_[dependency].end());
                }
                grew = grew || declared.size() != before.size();
            }
        }
    }

    /// Keys of i18n/errors and i18n/messages.
    void read_texts() {
        static const std::regex kKey(R"re("([a-z_]+\.[a-z0-9_]+)"\s*:\s*\{)re");
        for (const std::string folder : {"i18n/errors", "i18n/messages"}) {
            for (const auto& entry : fs::directory_iterator(root_ / folder)) {
                const std::string text = read_file(entry.path());
                for (std::sregex_iterator it(text.begin(), text.end(), kKey), end; it != end; ++it) {
                    texts_.insert((*it)[1]);
                }
            }
        }
    }

    void check_file(const fs::path& path) {
        ++files_;
        const std::string relative = fs::relative(path, root_).generic_string();
        const std::string module =
            relative.starts_with("src/") ? relative.substr(4, relative.find('/', 4) - 4) : "";
        const bool is_test = relative.find("/tests/") != std::string::npos ||
                             relative.find("/testing/") != std::string::npos;
        std::istringstream lines(read_file(path));
        std::size_t number = 0;
        for (std::string line; std::getline(lines, line);) {
            ++number;
            if (!module.empty() && !is_test) {
                check_line(path, number, line, module, relative);
            }
        }
        if (number > kLinesMax) {
            complain(path, number, fmt::format("{} lines; at most {}", number, kLinesMax));
        }
    }

    void check_line(const fs::path& path, std::size_t number, const std::string& line,
                    const std::string& module, const std::string& relative) {
        static const std::regex kInclude(R"re(^#include "([a-z_]+)/)re");
        static const std::regex kClock(R"((system|steady|high_resolution)_clock::now|\btime\(nullptr\))");
        static const std::regex kSql(R"re("(SELECT|INSERT INTO|UPDATE [a-z_]+ SET|DELETE FROM) )re");
        static const std::regex kFloat(R"(\b(double|float)\b)");
        static const std::regex kRefuse(R"re(refuse\(ErrorKind::k[A-Za-z]+, "([a-z_.0-9]+)")re");
        std::smatch match;
        if (std::regex_search(line, match, kInclude) && declares_.contains(match[1]) &&
            !declares_[module].contains(match[1])) {
            complain(path, number, fmt::format("{} does not declare {}", module, match[1].str()));
        }
        const bool command = relative.starts_with("src/app/") || module == "net";
        if (relative != "src/base/src/clock.cpp" && !command && std::regex_search(line, kClock)) {
            complain(path, number, "only base/clock reads the time");
        }
        if (module != "storage" && std::regex_search(line, kSql)) {
            complain(path, number, "SQL belongs into an .sql file");
        }
        const std::size_t comment = line.find("//");
        const std::string code = line.substr(0, comment);
        const bool money = module == "ledger" || module == "market" || module == "supply";
        if (money && std::regex_search(code, kFloat)) {
            complain(path, number, "no floating point near money and goods");
        }
        if (std::regex_search(line, match, kRefuse) && !texts_.contains(match[1])) {
            complain(path, number, fmt::format("no text for {} in i18n/errors", match[1].str()));
        }
    }

    fs::path root_;
    std::map<std::string, std::set<std::string>> declares_;
    std::set<std::string> texts_;
    std::vector<std::string> complaints_;
    std::size_t files_ = 0;
};

}  // namespace

int tidy(std::span<const std::string> arguments) {
    if (arguments.size() != 1) {
        throw std::runtime_error("tidy <folder of the project>");
    }
    return Tidy(arguments[0]).run();
}

}  // namespace haat::dev
