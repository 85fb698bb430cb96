#include "bad_disk.hpp"

#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <new>
#include <string>
#include <thread>

namespace haat::test {
namespace {

sqlite3_vfs* real = nullptr;
std::mutex mutex;
std::filesystem::path flushed;

/// A file of ours; the real one follows it in memory.
struct File {
    sqlite3_file base;
    bool is_log;
    char name[512];
    [[nodiscard]] sqlite3_file* inner() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
sqlite3_file* inner(sqlite3_file* file) { return reinterpret_cast<File*>(file)->inner(); }

int sync(sqlite3_file* file, int flags) {
    File* ours = reinterpret_cast<File*>(file);
    std::this_thread::sleep_for(std::chrono::milliseconds(BadDisk::sync_milliseconds));
    ++BadDisk::syncs;
    if (ours->is_log ? BadDisk::log_sync_fails : BadDisk::file_sync_fails) {
        std::fprintf(stderr, "fsync failed\n");
        return SQLITE_IOERR_FSYNC;
    }
    const int code = inner(file)->pMethods->xSync(inner(file), flags);
    const std::lock_guard lock(mutex);
    if (!flushed.empty() && code == SQLITE_OK) {
        const std::filesystem::path from(ours->name);
        std::filesystem::copy_file(from, flushed / from.filename(),
                                   std::filesystem::copy_options::overwrite_existing);
    }
    return code;
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
    return BadDisk::full ? SQLITE_FULL
                         : inner(file)->pMethods->xWrite(inner(file), bytes, size, at);
}

const sqlite3_io_methods kMethods{
    .iVersion = 2,
    .xClose = [](sqlite3_file* f) { return inner(f)->pMethods->xClose(inner(f)); },
    .xRead = [](sqlite3_file* f, void* to, int size,
                sqlite3_int64 at) { return inner(f)->pMethods->xRead(inner(f), to, size, at); },
    .xWrite = write,
    .xTruncate = [](sqlite3_file* f,
                    sqlite3_int64 size) { return inner(f)->pMethods->xTruncate(inner(f), size); },
    .xSync = sync,
    .xFileSize = [](sqlite3_file* f,
                    sqlite3_int64* size) { return inner(f)->pMethods->xFileSize(inner(f), size); },
    .xLock = [](sqlite3_file* f, int level) { return inner(f)->pMethods->xLock(inner(f), level); },
    .xUnlock = [](sqlite3_file* f,
                  int level) { return inner(f)->pMethods->xUnlock(inner(f), level); },
    .xCheckReservedLock =
        [](sqlite3_file* f, int* held) {
            return inner(f)->pMethods->xCheckReservedLock(inner(f), held);
        },
    .xFileControl =
        [](sqlite3_file* f, int what, void* with) {
            return inner(f)->pMethods->xFileControl(inner(f), what, with);
        },
    .xSectorSize = [](sqlite3_file* f) { return inner(f)->pMethods->xSectorSize(inner(f)); },
    .xDeviceCharacteristics =
        [](sqlite3_file* f) { return inner(f)->pMethods->xDeviceCharacteristics(inner(f)); },
    .xShmMap =
        [](sqlite3_file* f, int page, int size, int extend, void volatile** to) {
            return inner(f)->pMethods->xShmMap(inner(f), page, size, extend, to);
        },
    .xShmLock = [](sqlite3_file* f, int offset, int n,
                   int flags) { return inner(f)->pMethods->xShmLock(inner(f), offset, n, flags); },
    .xShmBarrier = [](sqlite3_file* f) { inner(f)->pMethods->xShmBarrier(inner(f)); },
    .xShmUnmap = [](sqlite3_file* f,
                    int remove) { return inner(f)->pMethods->xShmUnmap(inner(f), remove); },
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    File* ours = reinterpret_cast<File*>(file);
    ours->base.pMethods = nullptr;
    ours->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    std::snprintf(ours->name, sizeof ours->name, "%s", name == nullptr ? "" : name);
    const int code = real->xOpen(real, name, ours->inner(), flags, out_flags);
    if (ours->inner()->pMethods != nullptr) {
        ours->base.pMethods = &kMethods;
    }
    return code;
}

}  // namespace

void BadDisk::install() {
    static sqlite3_vfs ours;
    if (real != nullptr) {
        return;
    }
    real = sqlite3_vfs_find(nullptr);
    ours = *real;
    ours.zName = "bad-disk";
    ours.szOsFile = static_cast<int>(sizeof(File)) + real->szOsFile;
    ours.xOpen = open;
    sqlite3_vfs_register(&ours, 1);
}

void BadDisk::keep_flushed_in(const std::filesystem::path& directory) {
    const std::lock_guard lock(mutex);
    flushed = directory;
}

void BadDisk::cut_power(const std::filesystem::path& to) {
    const std::lock_guard lock(mutex);
    std::filesystem::copy(flushed, to,
                          std::filesystem::copy_options::overwrite_existing |
                              std::filesystem::copy_options::recursive);
}

}  // namespace haat::test
