/// @file A disk that fails as told: a layer between SQLite and the files of this process.
#pragma once

#include <atomic>
#include <filesystem>

namespace haat::test {

/// There is one, used by every SQLite of this process from install() on.
struct BadDisk {
    static void install();

    static inline std::atomic<bool> full{false};             ///< Writes say that the disk is full.
    static inline std::atomic<bool> log_sync_fails{false};   ///< fsync of the log says EIO…
    static inline std::atomic<bool> file_sync_fails{false};  ///< …of the database file.
    static inline std::atomic<int> sync_milliseconds{0};     ///< How slow fsync is.
    static inline std::atomic<int> syncs{0};

    /// What a power cut now would leave: only what was flushed. Needs keep_flushed_in().
    static void cut_power(const std::filesystem::path& to);
    /// Copies each file there whenever it is flushed.
    static void keep_flushed_in(const std::filesystem::path& directory);
};

}  // namespace haat::test
