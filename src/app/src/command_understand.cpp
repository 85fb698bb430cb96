#include <boost/json.hpp>
#include <iostream>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "language/understanding.hpp"
#include "output.hpp"
#include "shipped.hpp"

namespace haat::app {
namespace {

/// {"id": "…", "text": "…"} a line in; what was understood a line out. For measuring and for
/// officers who wonder why.
Result<int> run(const Arguments&) {
    const language::Lexicon lexicon = HAAT_TRY(shipped_lexicon());
    const Date today = date_in_india(system_clock().now());
    std::string line;
    for (std::int64_t number = 1; std::getline(std::cin, line); ++number) {
        if (trim(line).empty()) {
            continue;
        }
        boost::json::error_code error;
        const boost::json::value value = boost::json::parse(line, error);
        const boost::json::object* object = error ? nullptr : value.if_object();
        const boost::json::value* text = object == nullptr ? nullptr : object->if_contains("text");
        if (text == nullptr || !text->is_string()) {
            return refuse(ErrorKind::kInvalid, "app.bad_line", {{"line", std::to_string(number)}});
        }
        const boost::json::value* id = object->if_contains("id");
        const std::string name = id == nullptr     ? std::to_string(number)
                                 : id->is_string() ? std::string(id->get_string().c_str())
                                                   : boost::json::serialize(*id);
        const boost::json::string& said = text->get_string();
        print_line(language::understanding_to_json(
            name, language::understand(lexicon, {said.data(), said.size()}, today)));
    }
    return kExitOk;
}

}  // namespace

constinit const Command kUnderstand{
    "understand",
    "What messages mean: lines of {\"id\", \"text\"} in, JSON lines out.",
    {},
    {},
    run};

}  // namespace haat::app
