#include "mishaps.hpp"

namespace haat::sim {

std::string Mishaps::change(const json::object& wanted) {
    if (bool_in(wanted, "reset", false)) faults_ = {};
    for (const auto& member : wanted) {
        const std::string name(member.key());
        if (name == "reset") continue;
        if (name == "next") {
            const json::array* const list = array_in(wanted, "next");
            for (const json::value& entry : list ? *list : json::array()) {
                const json::object* const forced = entry.if_object();
                if (!forced) return "next";
                faults_.forced.push_back({integer_in(*forced, "count", 1),
                                          static_cast<int>(integer_in(*forced, "code", 429)),
                                          static_cast<int>(integer_in(*forced, "http", 400))});
            }
            continue;
        }
        if (name == "delay_ms") {
            const json::array* const range = array_in(wanted, "delay_ms");
            if (!range || range->size() != 2 || !(*range)[0].is_int64() ||
                !(*range)[1].is_int64()) {
                return name;
            }
            faults_.answer_delay = {(*range)[0].get_int64(), (*range)[1].get_int64()};
            continue;
        }
        const std::size_t index = fault_index(name);
        if (index == kFaultNames.size()) return name;
        faults_.per_mille[index] = static_cast<std::uint32_t>(integer_in(wanted, name, 0));
    }
    return {};
}

bool Mishaps::strikes(Fault fault) {
    const std::uint32_t per_mille = faults_.per_mille[static_cast<std::size_t>(fault)];
    return per_mille > 0 && random_.chance(per_mille, 1000);
}

int Mishaps::take_forced() {
    for (ForcedError& forced : faults_.forced) {
        if (forced.count > 0) {
            --forced.count;
            return forced.code;
        }
    }
    return 0;
}

void Mishaps::answer(net::Reply reply, const std::function<net::Response()>& accept) {
    net::Response failed;
    failed.status = 500;
    net::Response cut;
    cut.is_cut = true;
    if (strikes(Fault::kLostBeforeAccept)) {
        reply(std::move(cut));
        return;
    }
    if (strikes(Fault::kErrorBeforeAccept)) {
        reply(std::move(failed));
        return;
    }
    net::Response response = accept();
    if (strikes(Fault::kNoAnswer)) {
        withheld_.push_back(std::move(reply));
        return;
    }
    if (strikes(Fault::kLostAfterAccept)) response = std::move(cut);
    if (strikes(Fault::kErrorAfterAccept)) response = std::move(failed);
    if (strikes(Fault::kBrokenAnswer)) response.body.resize(response.body.size() / 2);
    const DelayRange delay = faults_.answer_delay;
    const std::int64_t wait =
        delay.low + random_.below(static_cast<std::uint32_t>(delay.high - delay.low + 1));
    if (wait == 0) {
        reply(std::move(response));
        return;
    }
    scheduler_.after(wait, [reply = std::move(reply), response = std::move(response)]() mutable {
        reply(std::move(response));
    });
}

}  // namespace haat::sim
