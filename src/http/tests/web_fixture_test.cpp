#include <filesystem>
#include <fstream>
#include <sstream>

#include "access/accounts.hpp"
#include "catalogue/products.hpp"
#include "flows/dialogue_books.hpp"
#include "registry/place_loader.hpp"
#include "registry/places.hpp"
#include "web_fixture.hpp"

namespace haat::http::testing {
namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

std::filesystem::path tree() { return HAAT_SOURCE_DIR; }

messaging::BookSource all_dialogues() {
    messaging::BookSource source;
    for (const auto& entry : std::filesystem::directory_iterator(tree() / "data/dialogues")) {
        source.dialogues[entry.path().stem().string()] = read_file(entry.path());
    }
    for (const auto& entry : std::filesystem::directory_iterator(tree() / "i18n/messages")) {
        messaging::add_texts(source, read_file(entry.path()));
    }
    return source;
}

Texts all_texts() {
    std::vector<std::pair<std::string, std::string>> files;
    for (const char* folder : {"errors", "messages"}) {
        for (const auto& entry : std::filesystem::directory_iterator(tree() / "i18n" / folder)) {
            files.emplace_back(entry.path().filename().string(), read_file(entry.path()));
        }
    }
    const std::vector<std::pair<std::string_view, std::string_view>> views(files.begin(),
                                                                           files.end());
    return Texts::from(views);
}

}  // namespace

void WebTest::load_world() {
    const std::filesystem::path data = tree() / "data";
    const auto files = registry::read_place_files((data / "places").string());
    ASSERT_TRUE(files);
    auto loader = registry::PlaceLoader::create(*files);
    ASSERT_TRUE(loader);
    while (database().write([&](storage::Transaction& tx) { return loader->step(tx); })) {
    }
    const catalogue::CatalogueFiles catalogue{
        .products_csv = read_file(data / "catalogue/products.csv"),
        .product_keys_csv = read_file(data / "catalogue/product_keys.csv")};
    const UnixSeconds now = system_clock().now();
    const auto done = database().write([&](storage::Transaction& tx) -> Result<void> {
        HAAT_TRY(catalogue::load_catalogue(tx, catalogue));
        places_ = HAAT_TRY(flows::usual_demo_places(tx));
        demo_ = HAAT_TRY(flows::ensure_demo_master_data(tx, *texts_, places_, now));
        district_ = HAAT_TRY(registry::find_place(tx, places_.village)).district_id;
        return {};
    });
    ASSERT_TRUE(done) << done.error().code;
}

void WebTest::SetUp() {
    DatabaseTest::SetUp();
    texts_.emplace(all_texts());
    load_world();
    const std::filesystem::path data = tree() / "data";
    auto words = flows::LexiconShelf::make(
        {.lexicon_json = read_file(data / "language/lexicon.json"),
         .products_csv = read_file(data / "catalogue/products.csv"),
         .product_keys_csv = read_file(data / "catalogue/product_keys.csv"),
         .spellings_csv = read_file(data / "language/spellings.csv"),
         .cues_csv = read_file(data / "language/cues.csv")});
    ASSERT_TRUE(words);
    lexicon_ = std::move(*words);
    const Clock& clock = system_clock();
    audience_ = std::make_unique<registry::AudienceIndex>();
    database().read([&](storage::Transaction& tx) { audience_->build(tx); });
    events_ = std::make_unique<EventHub>(clock);
    notifier_ = std::make_unique<HubNotifier>(*events_);
    metrics_ = std::make_unique<Metrics>();
    passwords_ = std::make_unique<access::PasswordHasher>(access::HashStrength::kTest);
    throttle_ = std::make_unique<access::SignInThrottle>(clock);
    messaging::DeliveryOptions options;
    options.phone_number_ids = {"1"};
    options.attempt_key = "a key of sixteen bytes or more";
    delivery_ = std::make_unique<messaging::Delivery>(database(), clock, options,
                                                      messaging::network_transport({}));
    const auto begun = flows::begin_dialogues(database(), all_dialogues(), clock.now(), dialogues_);
    ASSERT_TRUE(begun) << begun.error().code;
    mail_ = std::make_unique<flows::MailSender>(*texts_, clock, [] {}, &dialogues_);
    flows_.emplace(flows::FlowContext{
        .database = database(), .clock = clock, .notifier = *notifier_, .messages = *mail_});
    messaging_.emplace(flows::MessagingContext{.flows = *flows_,
                                               .delivery = *delivery_,
                                               .audience = *audience_,
                                               .lexicon = *lexicon_,
                                               .texts = *texts_,
                                               .whatsapp_app_secret = "secret of tests",
                                               .whatsapp_phone_number_ids = {"1"},
                                               .sms = {.report_secret = "kannel"},
                                               .telegram = {.webhook_secret = "bot"},
                                               .voice = {.secret = "calls"},
                                               .inbound_stored = {},
                                               .dialogues = &dialogues_});
    WebSettings settings;
    settings.whatsapp_verify_token = "verify me";
    services_ = std::make_unique<Services>(Services{.database = database(),
                                                    .clock = clock,
                                                    .texts = *texts_,
                                                    .events = *events_,
                                                    .metrics = *metrics_,
                                                    .passwords = *passwords_,
                                                    .throttle = *throttle_,
                                                    .audience = *audience_,
                                                    .flows = *flows_,
                                                    .messaging = *messaging_,
                                                    .mail = *mail_,
                                                    .simulator = nullptr,
                                                    .settings = settings});
    ListenOptions listen;
    listen.port = 0;
    server_ = std::make_unique<WebServer>(listen, *services_);
    net::ClientOptions client;
    client.base_url = "http://127.0.0.1:" + std::to_string(server_->port());
    client_ = std::make_unique<net::Client>(client);
}

void WebTest::TearDown() {
    client_.reset();
    server_.reset();
    services_.reset();
    messaging_.reset();
    flows_.reset();
    delivery_.reset();
    metrics_.reset();
    notifier_.reset();
    events_.reset();
    DatabaseTest::TearDown();
}

net::ClientResult WebTest::ask(std::string method, std::string path, const Browser* browser,
                               std::string body, std::vector<net::Header> more) {
    net::ClientRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.body = std::move(body);
    request.headers = std::move(more);
    if (browser != nullptr) {
        request.headers.push_back({"Cookie", browser->cookie});
        if (request.method != "GET" && !browser->csrf.empty()) {
            request.headers.push_back({"X-Haat-Csrf", browser->csrf});
        }
    }
    return client_->send_blocking(std::move(request));
}

void WebTest::add_account(const std::string& login, Role role, PlaceId place_id) {
    access::NewAccount account;
    account.login = login;
    account.name_hi = "परीक्षा";
    account.name_en = login;
    account.role = role;
    account.place_id = place_id;
    if (role == Role::kBuyer) {
        account.organisation_id = demo_.buyer_shop;
    }
    if (role == Role::kJailOfficer) {
        account.organisation_id = demo_.jail;
        account.site_id = demo_.workshop;
    }
    account.site_id = role == Role::kPurchasePoint    ? demo_.purchase_point
                      : role == Role::kPackagingHouse ? demo_.packaging_house
                      : role == Role::kCashier        ? demo_.khadi_mall
                                                      : account.site_id;
    const auto hash = passwords_->hash(kPassword);
    ASSERT_TRUE(hash);
    account.password_hash = *hash;
    const auto added = database().write([&](storage::Transaction& tx) {
        return access::add_account(tx, account, system_clock().now());
    });
    ASSERT_TRUE(added) << added.error().code;
}

Browser WebTest::sign_in(const std::string& login) {
    const net::ClientResult result =
        ask("POST", "/api/session", nullptr,
            R"({"login":")" + login + R"(","password":")" + std::string(kPassword) + "\"}");
    EXPECT_EQ(result.status, 200) << result.body;
    Browser browser;
    const std::string cookie(result.header("set-cookie"));
    browser.cookie = cookie.substr(0, cookie.find(';'));
    const std::string_view name = "\"csrf_token\":\"";
    const std::size_t start = result.body.find(name) + name.size();
    browser.csrf = result.body.substr(start, result.body.find('"', start) - start);
    return browser;
}

}  // namespace haat::http::testing
