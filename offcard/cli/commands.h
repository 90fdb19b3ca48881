#pragma once

#include <CLI/CLI.hpp>

/// The subcommands of `simurgh`, one file each. A new one: a file cmd_NAME.cc with AddNAME, a
/// declaration here, a row in main.cc.
namespace simurgh::offcard::cli {

/// Adds a subcommand to `app`. Its callback does the work and throws UserError (or any
/// std::exception) when it fails; Quit ends with another exit code after the command has said why.
void AddCard(CLI::App& app);
void AddApdu(CLI::App& app);
void AddScript(CLI::App& app);
void AddProfile(CLI::App& app);
void AddPki(CLI::App& app);
void AddManufacture(CLI::App& app);
void AddImage(CLI::App& app);
void AddProfiles(CLI::App& app);
void AddPersonalize(CLI::App& app);
void AddAuth(CLI::App& app);
void AddModem(CLI::App& app);
void AddMainJob(CLI::App& app);
void AddTrace(CLI::App& app);

/// Subcommands of `card` with files of their own.
void AddCardTree(CLI::App& card);
void AddCardSnapshot(CLI::App& card);

/// Leaves with this exit code and prints nothing more.
struct Quit {
  int code = 1;
};

/// Adds `--card URI` (required) with its help.
CLI::Option* AddCardOption(CLI::App& command, std::string& uri);

/// Adds an option that takes a whole number in [low, high]; anything else is refused, negative and
/// too long ones too.
CLI::Option* AddNumber(CLI::App& command, const std::string& name, uint64_t& value,
                       const std::string& help, uint64_t low, uint64_t high);

/// A line on stderr that a following one overwrites, on terminals only; for long work.
void Progress(const std::string& text, bool done = false);

}  // namespace simurgh::offcard::cli
