/// @file Every handler, by noun as the tags of the contract; each is in the file of its noun.
#pragma once

#include "call.hpp"

namespace haat::http {

// session.cpp
Result<Answer> sign_in(Call& call);
Result<Answer> get_session(Call& call);
Result<Answer> sign_out(Call& call);

// events.cpp
Result<Answer> stream_events(Call& call);

// places.cpp
Result<Answer> list_places(Call& call);
Result<Answer> get_place(Call& call);

// products.cpp
Result<Answer> list_products(Call& call);

// operation.cpp
Result<Answer> get_health(Call& call);
Result<Answer> get_ready(Call& call);
Result<Answer> get_metrics(Call& call);

}  // namespace haat::http
