#include "offcard/trace/tracer.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "offcard/common/tlv_print.h"
#include "offcard/common/user_error.h"

namespace simurgh::offcard::trace {
namespace {

constexpr size_t kLongAnswer = 64;  ///< bytes printed on the line of the answer before it is opened

// ECMA-48 SGR.
constexpr const char* kBold = "\033[1m";
constexpr const char* kDim = "\033[2m";
constexpr const char* kGreen = "\033[32m";
constexpr const char* kRed = "\033[31m";
constexpr const char* kPlain = "\033[0m";

bool Good(uint16_t sw) {
  const uint8_t sw1 = static_cast<uint8_t>(sw >> 8);
  return sw1 == 0x90 || sw1 == 0x91 || sw1 == 0x61 || sw1 == 0x6C || sw1 == 0x9F;
}

uint16_t StatusOf(const Event& event) {
  const Buffer& answer = event.answer.bytes;
  return answer.size() < 2 ? 0 : Get16(answer, answer.size() - 2);
}

/// Data of the answer as text; the status word stands on the line of its own.
std::string DataText(const Event& event) {
  const std::string text = event.answer.Text();
  return event.kind == Event::Kind::kReset ? text : text.substr(0, text.size() - 4);
}

std::FILE* OpenForWriting(const std::string& path) {
  if (path.empty()) { return nullptr; }
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) { throw UserError(fmt::format("{}: {}", path, std::strerror(errno))); }
  return file;
}

int CloseFile(std::FILE* file) { return std::fclose(file); }

}  // namespace

Tracer::Tracer(const Outputs& outputs)
    : outputs_(outputs), start_(std::chrono::steady_clock::now()),
      record_(OpenForWriting(outputs.record), CloseFile) {
  if (record_) { fmt::print(record_.get(), "{}\n", kTraceHeader); }
  if (!outputs.pcap.empty()) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    pcap_ = std::make_unique<PcapWriter>(
        outputs.pcap,
        static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
  }
  if (!outputs.gsmtap.empty()) { gsmtap_ = std::make_unique<GsmtapSender>(outputs.gsmtap); }
}

Tracer::~Tracer() = default;

uint64_t Tracer::Now() const {
  const auto elapsed = std::chrono::steady_clock::now() - start_;
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count());
}

void Tracer::Reset(ConstBytes atr) {
  Event event;
  event.kind = Event::Kind::kReset;
  event.micros = Now();
  event.answer.bytes.assign(atr.begin(), atr.end());
  Show(event);
}

void Tracer::Command(ConstBytes command, ConstBytes answer) {
  Event event;
  event.micros = Now();
  event.command.bytes.assign(command.begin(), command.end());
  event.answer.bytes.assign(answer.begin(), answer.end());
  if (answer.size() >= 2) { Show(event); }
}

void Tracer::Show(const Event& original) {
  const Event event = outputs_.secrets ? original : redactor_.Redact(original);
  const Context context = tracker_.Follow(event);
  const Description d = Describe(event, context);
  Count& count = counts_[d.name];
  ++count.commands;
  count.bytes_out += event.command.bytes.size();
  count.bytes_in += event.answer.bytes.size();
  const bool refused = event.kind == Event::Kind::kCommand && !Good(StatusOf(event));
  count.refused += refused ? 1 : 0;
  ++number_;
  if (outputs_.text != nullptr) { outputs_.json ? PrintJson(event, d) : Print(event, d); }
  last_micros_ = event.micros;
  if (record_) { Record(event); }
  if (pcap_) { pcap_->Write(event); }
  if (gsmtap_) { gsmtap_->Send(event); }
}

void Tracer::Record(const Event& event) {
  fmt::print(record_.get(), "{}\n", TraceLine(event));
  if (std::fflush(record_.get()) != 0) {
    throw UserError(fmt::format("{}: {}", outputs_.record, std::strerror(errno)));
  }
}

void Tracer::Print(const Event& event, const Description& d) {
  const auto paint = [&](const char* how) { return outputs_.colour ? how : ""; };
  std::FILE* to = outputs_.text;
  fmt::print(to, "{}#{} {:.6f}  {}{}\n", paint(kDim), number_, static_cast<double>(event.micros) / 1e6,
             d.place, paint(kPlain));
  if (event.kind == Event::Kind::kCommand) { fmt::print(to, "> {}\n", event.command.Text()); }
  fmt::print(to, "  {}{}{}{}{}\n", paint(kBold), d.Line(), paint(kPlain), d.clause.empty() ? "" : "  ",
             d.clause.empty() ? "" : "[" + d.clause + "]");
  const std::string data = DataText(event);
  if (!data.empty()) { fmt::print(to, "< {}\n", data); }
  if (!d.answer.empty()) { fmt::print(to, "  {}\n", d.answer); }
  // What has structure and is not said in words already is opened.
  const bool open = d.answer.empty() && data.size() > 2 * kLongAnswer && !event.answer.anything_hidden() &&
                    event.kind == Event::Kind::kCommand;
  if (open) {
    const Buffer& bytes = event.answer.bytes;
    fmt::print(to, "{}", PrintTlv(ConstBytes(bytes).first(bytes.size() - 2), 4));
  }
  if (event.kind == Event::Kind::kCommand) {
    fmt::print(to, "{}< {}{}\n", paint(Good(StatusOf(event)) ? kGreen : kRed), d.status, paint(kPlain));
  }
  std::fflush(to);
}

void Tracer::PrintJson(const Event& event, const Description& d) {
  nlohmann::ordered_json json = {{"number", number_}, {"micros", event.micros}, {"place", d.place},
                                 {"name", d.name}, {"meaning", d.meaning}, {"clause", d.clause}};
  if (event.kind == Event::Kind::kCommand) {
    json["command"] = event.command.Text();
    json["data"] = DataText(event);
    json["sw"] = fmt::format("{:04X}", StatusOf(event));
    json["status"] = d.status;
    json["answer"] = d.answer;
  } else {
    json["atr"] = event.answer.Text();
  }
  fmt::print(outputs_.text, "{}\n", json.dump());
  std::fflush(outputs_.text);
}

std::string Tracer::Summary() const {
  std::string out = fmt::format("{:<28} {:>8} {:>8} {:>10} {:>10}\n", "command", "count", "refused",
                                "bytes out", "bytes in");
  Count all;
  for (const auto& [name, c] : counts_) {
    out += fmt::format("{:<28} {:>8} {:>8} {:>10} {:>10}\n", name, c.commands, c.refused, c.bytes_out, c.bytes_in);
    all.commands += c.commands;
    all.refused += c.refused;
    all.bytes_out += c.bytes_out;
    all.bytes_in += c.bytes_in;
  }
  return out + fmt::format("{:<28} {:>8} {:>8} {:>10} {:>10}   in {:.3f} s\n", "all", all.commands, all.refused,
                           all.bytes_out, all.bytes_in, static_cast<double>(last_micros_) / 1e6);
}

std::vector<uint8_t> TracedReader::Reset() {
  std::vector<uint8_t> atr = card_.Reset();
  tracer_.Reset(atr);
  return atr;
}

std::vector<uint8_t> TracedReader::Transmit(ConstBytes command) {
  std::vector<uint8_t> answer = card_.Transmit(command);
  tracer_.Command(command, answer);
  return answer;
}

std::vector<Event> ReadTraceFile(const std::string& path) {
  const Buffer data = ReadFile(path);
  if (LooksLikePcap(data)) { return ReadPcap(data, path); }
  return ParseTrace(std::string_view(reinterpret_cast<const char*>(data.data()), data.size()), path);
}

}  // namespace simurgh::offcard::trace
