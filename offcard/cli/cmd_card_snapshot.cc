// simurgh card snapshot, simurgh card restore: a whole card in a small file.
#include <fmt/format.h>

#include "offcard/cli/commands.h"
#include "offcard/common/card.h"
#include "offcard/common/snapshot.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard::cli {
namespace {

struct Options {
  std::string card;
  std::string file;
  bool force = false;
};

/// host:FILE, qemu:MACHINE:FILE, or the file alone: the file is the machine either way.
std::string CardFile(const std::string& text) {
  if (text.find(':') == std::string::npos) { return text; }
  const CardUri uri = ParseCardUri(text);
  if (uri.kind != CardUri::Kind::kHost && uri.kind != CardUri::Kind::kQemu) {
    throw UserError(fmt::format("card '{}': only host: and qemu: cards are files", text));
  }
  return uri.path;
}

void Save(const Options& o) {
  const SnapshotInfo info = SaveSnapshot(CardFile(o.card), o.file, o.force);
  fmt::print("{}: {} blocks in {} bytes, EID {}; it holds the card's root key\n", o.file, info.blocks,
             info.bytes, info.eid);
}

void Restore(const Options& o) {
  const std::string card = CardFile(o.card);
  const SnapshotInfo info = RestoreSnapshot(o.file, card, o.force);
  fmt::print("{}: restored, {} blocks, EID {}\n", card, info.blocks, info.eid);
}

}  // namespace

void AddCardSnapshot(CLI::App& card) {
  const auto o = std::make_shared<Options>();
  CLI::App* save = card.add_subcommand("snapshot", "Save a whole card in a small file");
  save->add_option("--card", o->card, "host:FILE or qemu:MACHINE:FILE; the card must not run")
      ->required()->envname("SIMURGH_CARD")->type_name("URI");
  save->add_option("OUT", o->file, "the snapshot to write")->required();
  save->add_flag("--force", o->force, "replace OUT when it exists");
  save->footer("Flash, EID, keys and counters: who has the snapshot has the card.\nExamples:\n"
               "  simurgh card snapshot --card host:my.card before.snap\n"
               "  simurgh card restore before.snap --card host:my.card --force");
  save->callback([o] { Save(*o); });

  CLI::App* restore = card.add_subcommand("restore", "Make a card file from a snapshot");
  restore->add_option("SNAPSHOT", o->file, "the snapshot to read")->required();
  restore->add_option("--card", o->card, "host:FILE or qemu:MACHINE:FILE to write; must not run")
      ->required()->envname("SIMURGH_CARD")->type_name("URI");
  restore->add_flag("--force", o->force, "replace the card when it exists");
  restore->footer("A damaged snapshot is refused and changes nothing.\nExample:\n"
                  "  simurgh card restore before.snap --card host:copy.card");
  restore->callback([o] { Restore(*o); });
}

}  // namespace simurgh::offcard::cli
