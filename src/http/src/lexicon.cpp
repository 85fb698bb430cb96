/// Words that officers teach: looked up, changed as a draft, tried, published, suggested.
#include "flows/edit_lexicon.hpp"
#include "flows/learn_words.hpp"
#include "handlers.hpp"
#include "plan_views.hpp"
#include "reader.hpp"
#include "understood_view.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

constexpr TextRule kSpelling{.max = 60, .blank_allowed = false};
constexpr TokenRule kTarget{.more = "_"};
constexpr TextRule kNote{.min = 0, .max = 300};
constexpr int kSuggestions = 50;

void write_change(JsonWriter& json, storage::Transaction& tx,
                  const catalogue::LexiconChange& change) {
    json.begin_object().field("change_no", change.change_no).field("kind", change.kind);
    json.field("spelling", change.spelling).field("target", change.target);
    json.field("removes", change.removes).field("decides", change.decides);
    json.field("reason", change.reason).field("by", account_name(tx, change.account_id));
    json.field("at", change.changed_at).end_object();
}

void write_changes(JsonWriter& json, storage::Transaction& tx,
                   const std::vector<catalogue::LexiconChange>& changes) {
    json.key("changes").begin_array();
    for (const catalogue::LexiconChange& change : changes) {
        write_change(json, tx, change);
    }
    json.end_array();
}

void write_version(JsonWriter& json, storage::Transaction& tx,
                   const catalogue::LexiconVersion& version) {
    json.begin_object().field("version_no", version.version_no);
    json.field("last_change_no", version.last_change_no).field("note", version.note);
    json.field("by", account_name(tx, version.account_id));
    json.field("at", version.published_at).end_object();
}

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
    json.key(name).begin_array();
    for (const std::string& text : texts) {
        json.string(text);
    }
    json.end_array();
}

}  // namespace

Result<Answer> get_lexicon_draft(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    const flows::LexiconDraft draft =
        HAAT_TRY(flows::read_draft(call.services.messaging, call.viewer));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        JsonWriter json;
        json.begin_object().field("version_no", draft.version.version_no);
        json.field("last_change_no", draft.last_change_no);
        write_changes(json, tx, draft.changes);
        json.key("collisions").begin_array();
        for (const language::Collision& collision : draft.collisions) {
            json.begin_object().field("spelling", collision.spelling);
            write_texts(json, "meanings", collision.meanings);
            json.end_object();
        }
        json.end_array().key("versions").begin_array();
        for (const catalogue::LexiconVersion& version : draft.versions) {
            write_version(json, tx, version);
        }
        return json_answer(json.end_array().end_object().take());
    });
}

Result<Answer> change_lexicon(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    flows::WordChange change;
    change.kind = in.choice("kind", language::word_kind_from_name);
    change.spelling = in.text("spelling", kSpelling);
    change.target = in.token("target", kTarget);
    change.removes = in.boolean("removes");
    change.decides = in.boolean("decides");
    change.reason = in.text("reason", kNote);
    HAAT_TRY(in.done());
    const catalogue::LexiconChange made =
        HAAT_TRY(flows::change_word(call.services.messaging, call.viewer, change));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        JsonWriter json;
        write_change(json, tx, made);
        return json_answer(json.take(), 201);
    });
}

Result<Answer> publish_lexicon(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::int64_t last_change_no = in.integer("last_change_no", 0, kMaxId);
    const std::string note = in.text("note", kNote);
    HAAT_TRY(in.done());
    const catalogue::LexiconVersion version =
        HAAT_TRY(flows::publish_words(call.services.messaging, call.viewer, last_change_no, note));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        JsonWriter json;
        write_version(json, tx, version);
        return json_answer(json.take(), 201);
    });
}

Result<Answer> try_lexicon(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string text = in.text("text", kMessageText);
    HAAT_TRY(in.done());
    const flows::TriedWords tried =
        HAAT_TRY(flows::try_message(call.services.messaging, call.viewer, text));
    JsonWriter json;
    json.begin_object().key("draft");
    write_understood(json, tried.draft);
    json.key("now");
    write_understood(json, tried.now);
    return json_answer(json.end_object().take());
}

Result<Answer> look_up_word(Call& call) {
    QueryReader query(call.request);
    const std::string word = query.text("word", kSpelling);
    HAAT_TRY(query.done());
    const flows::WordLooked looked =
        HAAT_TRY(flows::look_up_word(call.services.messaging, call.viewer, word));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        JsonWriter json;
        json.begin_object().field("word", word);
        nullable_text(json, "likened_to", looked.explained.likened_to);
        json.key("meanings").begin_array();
        for (const language::WordMeaning& meaning : looked.explained.meanings) {
            json.begin_object().field("kind", meaning.kind).field("target", meaning.target);
            json.field("exact", meaning.exact).field("derived", meaning.derived).end_object();
        }
        json.end_array();
        write_changes(json, tx, looked.changes);
        return json_answer(json.end_object().take());
    });
}

Result<Answer> list_lexicon_targets(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    const language::Lexicon lexicon = call.services.messaging.lexicon;
    JsonWriter json;
    json.begin_object().key("products").begin_array();
    for (const language::ProductName& product : lexicon.products()) {
        json.begin_object().field("key", product.key).field("name_hi", product.hindi);
        json.field("name_en", product.english).field("unit", product.default_unit).end_object();
    }
    json.end_array().key("units").begin_array();
    for (const language::LexiconUnit& unit : lexicon.units()) {
        json.begin_object().field("key", unit.key).field("unit", unit.name).end_object();
    }
    json.end_array().key("places").begin_array();
    for (const std::string_view key : lexicon.place_keys()) {
        json.string(key);
    }
    json.end_array().key("cues").begin_array();
    for (const std::string_view name : language::cue_names()) {
        json.string(name);
    }
    return json_answer(json.end_array().end_object().take());
}

Result<Answer> list_product_words(Call& call) {
    QueryReader query(call.request);
    const std::string key = query.text("product", {.max = 64});
    if (!fits_rule(key, kProductKey)) {
        query.refuse_field("product");
    }
    HAAT_TRY(query.done());
    const language::Lexicon draft = HAAT_TRY(call.services.database.read(
        [&](storage::Transaction& tx) { return call.services.messaging.lexicon.draft(tx); }));
    JsonWriter json;
    json.begin_object().field("product", key);
    write_texts(json, "names", draft.names_of(key));
    return json_answer(json.end_object().take());
}

Result<Answer> list_word_suggestions(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    const auto list = HAAT_TRY(call.services.database.read(
        [&](storage::Transaction& tx) -> Result<std::vector<flows::WordSuggestion>> {
            const language::Lexicon draft = HAAT_TRY(call.services.messaging.lexicon.draft(tx));
            return flows::suggest_words(tx, draft, call.now, kSuggestions);
        }));
    JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const flows::WordSuggestion& one : list) {
        flows::write_suggestion(json, one);
    }
    return json_answer(json.end_array().end_object().take());
}

}  // namespace haat::http
