/// @file What runs beside the server: each worker a loop that logs a failure, backs off, goes on.
#pragma once

#include <memory>

namespace haat::app {

class Parts;

class Workers {
 public:
    explicit Workers(Parts& parts);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// Ends every loop after its current round; what is in flight may take that long.
    void stop(int milliseconds);

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace haat::app
