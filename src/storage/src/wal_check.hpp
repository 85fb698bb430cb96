/// @file Looks into SQLite's write-ahead log before SQLite does. Private to storage.
#pragma once

#include <string>

namespace haat::storage {

/// SQLite ends its log at the first frame whose checksum is wrong, which is right after a power cut
/// (the last commit was never confirmed) and wrong for a log that was damaged: confirmed commits
/// would vanish without a word. A commit is flushed before the next begins, so a wrong frame that
/// has whole commits after it was damaged. Reads the whole file, at most about 80 MB.
/// @throws Corrupt then. A missing or empty log is fine.
void require_whole_wal(const std::string& wal_path);

}  // namespace haat::storage
