/// @file A provider on a real socket that answers as a test says, and remembers every message that it
/// was asked to send.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "net/server.hpp"

namespace haat::messaging::testing {

struct Asked {
    std::string to;
    std::string callback_data;
    std::string type;
    std::string template_name;
    std::string text;
    std::string path;
    std::string recipient_type;
};

class ScriptedProvider {
  public:
    /// What it answers; drop the Reply's connection with is_cut to lose the answer.
    using Script = std::function<net::Response(const Asked&, int times_before)>;

    ScriptedProvider()
        : server_({}, [this](net::Request request, net::Reply reply) {
              reply(answer(request));
          }) {}

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_.port());
    }
    void script(Script script) {
        const std::lock_guard lock(mutex_);
        script_ = std::move(script);
    }
    [[nodiscard]] std::vector<Asked> asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }
    [[nodiscard]] int asked_to(const std::string& to) const {
        const std::lock_guard lock(mutex_);
        const auto found = times_.find(to);
        return found == times_.end() ? 0 : found->second;
    }

    static net::Response accepted(const Asked& asked) {
        net::Response response;
        response.body = R"({"messaging_product":"whatsapp","messages":[{"id":"wamid.)" +
                        asked.callback_data + "\"}]}";
        return response;
    }
    static net::Response refused(int status, int code) {
        net::Response response;
        response.status = status;
        response.body = R"({"error":{"message":"no","code":)" + std::to_string(code) + "}}";
        return response;
    }

  private:
    net::Response answer(const net::Request& request) {
        const boost::json::value body = boost::json::parse(request.body);
        Asked asked{.to = std::string(body.at("to").as_string()),
                    .callback_data = std::string(body.at("biz_opaque_callback_data").as_string()),
                    .type = std::string(body.at("type").as_string())};
        asked.path = request.path;
        asked.recipient_type = std::string(body.at("recipient_type").as_string());
        if (asked.type == "template") {
            asked.template_name = std::string(body.at("template").at("name").as_string());
        } else if (asked.type == "text") {
            asked.text = std::string(body.at("text").at("body").as_string());
        } else if (asked.type == "audio") {
            asked.text = std::string(body.at("audio").at("id").as_string());
        }
        const std::lock_guard lock(mutex_);
        asked_.push_back(asked);
        const int before = times_[asked.to]++;
        return script_ ? script_(asked, before) : accepted(asked);
    }

    mutable std::mutex mutex_;
    Script script_;
    std::vector<Asked> asked_;
    std::map<std::string, int> times_;
    net::Server server_;  // last: its thread uses what stands above
};

}  // namespace haat::messaging::testing
