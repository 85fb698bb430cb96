/// Every route and every role, from the route table itself: a route that is added is tested.
#include "registry/places.hpp"
#include "router.hpp"
#include "web_fixture.hpp"

namespace haat::http::testing {
namespace {

constexpr std::array kRoles{
    Role::kStateOfficer,  Role::kDistrictOfficer, Role::kBlockOfficer, Role::kMobiliser,
    Role::kPurchasePoint, Role::kPackagingHouse,  Role::kCashier,      Role::kJailOfficer,
    Role::kVictimFund,    Role::kBuyer,           Role::kAuditor,
};

/// The address of a thing that does not exist.
std::string address_of(const Route& route) {
    std::string path(route.path);
    if (const std::size_t open = path.find('{'); open != std::string::npos) {
        path.replace(open, path.find('}') - open + 1, "1");
    }
    return path;
}

class Roles : public WebTest {};
HAAT_BOTH_ENGINES(Roles);

TEST_P(Roles, EveryRouteDeniesWhoMayNot) {
    std::map<Role, Browser> browsers;
    for (const Role role : kRoles) {
        std::string login = "of-" + std::string(role_name(role));
        add_account(login, role, registry::kBihar);
        browsers[role] = sign_in(login);
    }
    for (const Route& route : all_routes()) {
        if (route.permit.is_open()) {
            continue;
        }
        SCOPED_TRACE(std::string(route.method) + " " + std::string(route.path));
        const std::string body = route.takes == Takes::kJson ? "{}" : "";
        const std::string method(route.method);
        EXPECT_EQ(ask(method, address_of(route), nullptr, body).status, 401);
        for (const Role role : kRoles) {
            SCOPED_TRACE(std::string(role_name(role)));
            const Browser& browser = browsers[role];
            const bool ends_session = route.path == "/api/session" && method == "DELETE";
            const bool never_ends = route.path == "/api/events";
            if (!route.permit.allows(role)) {
                const auto result = ask(method, address_of(route), &browser, body);
                EXPECT_EQ(result.status, 403) << result.body;
                EXPECT_NE(result.body.find("http.role"), std::string::npos) << result.body;
            } else if (!ends_session && !never_ends) {
                const auto result = ask(method, address_of(route), &browser, body);
                EXPECT_NE(result.status, 401) << result.body;
                EXPECT_LT(result.status, 500) << result.body;
                EXPECT_EQ(result.body.find("http.role"), std::string::npos) << result.body;
            }
            if (method != "GET") {
                const Browser without{browser.cookie, ""};
                const auto result = ask(method, address_of(route), &without, body);
                EXPECT_EQ(result.status, 403);
                EXPECT_NE(result.body.find("http.csrf"), std::string::npos) << result.body;
            }
        }
    }
}

}  // namespace
}  // namespace haat::http::testing
