// Firmware without a card: one operation per request, so that tests/qemu can prove the machine
// under it. Request: op | length (2, big-endian) | data. Answer: Error | length (2) | data.

#include <new>

#include "base/check.h"
#include "base/writer.h"
#include "qemu/machine.h"

extern "C" uint32_t simurgh_vectors[];

namespace simurgh::qemu {
namespace {

constexpr size_t kMost = 4096;
constexpr hal::FlashShape kShape{.sectors = 192, .sector_bytes = 4096,
                                 .program_bytes = hal::card_file::kProgramBytes};

struct Context {
  Machine& machine;
  Platform platform;
  ConstBytes data;
  Writer& out;
};

Error Echo(Context& c) {
  c.out.Add(c.data);
  return Error::kOk;
}

Error Info(Context& c) {
  c.out.Add8(static_cast<uint8_t>(c.platform.reset.cause()));
  c.out.Add16(c.platform.jig.Millivolts());
  c.out.Add(c.platform.device.identity().eid);
  c.out.Add32(static_cast<uint32_t>(c.platform.clock.Milliseconds()));
  c.out.Add32(static_cast<uint32_t>(c.platform.clock.UnixSeconds()));
  return Error::kOk;
}

Error ReadFlash(Context& c) {  // at (4) | size (2)
  return c.platform.flash.Read(Get32(c.data), c.out.Reserve(Get16(c.data, 4)));
}

Error ProgramFlash(Context& c) {  // at (4) | bytes
  return c.platform.flash.Program(Get32(c.data), c.data.subspan(4));
}

Error EraseFlash(Context& c) { return c.platform.flash.Erase(Get32(c.data)); }

Error Entropy(Context& c) { return c.platform.entropy.Fill(c.out.Reserve(c.data[0])); }

Error Restart(Context& c) {
  c.platform.reset.Restart();
  return Error::kHardware;
}

// Executes a known number of instructions: two per turn.
Error Loop(Context& c) {
  uint32_t turns = Get32(c.data);
  asm volatile("1: subs %0, #1\n\tbne 1b" : "+r"(turns) : : "cc");
  return Error::kOk;
}

[[gnu::noinline]] uint32_t Deeper(volatile uint32_t* above, uint32_t depth) {
  volatile uint32_t frame[16] = {depth, *above};
  return depth == 0 ? frame[1] : Deeper(frame, depth - 1) + frame[0];
}

// Never inlined and never folded: the compiler must not see through these addresses.
uint32_t Opaque(uint32_t value) {
  asm volatile("" : "+r"(value));
  return value;
}
volatile uint32_t& Word(uint32_t address) {
  return *reinterpret_cast<volatile uint32_t*>(Opaque(address));
}

constexpr uint16_t kReturn = 0x4770;  // bx lr
constinit uint16_t code_in_data[2] = {kReturn, kReturn};

void Call(uint32_t address) { reinterpret_cast<void (*)()>(Opaque(address | 1))(); }

// What memory protection must stop. Each returns normally when it does not.
Error Violate(Context& c) {
  const auto code = reinterpret_cast<uintptr_t>(simurgh_vectors);
  switch (c.data[0]) {
    case 0:
      Word(code) = 0;
      break;
    case 1:
      Call(reinterpret_cast<uintptr_t>(code_in_data));
      break;
    case 2:
      c.out.Add32(Word(0));
      break;
    case 3:
      Word(4) = 1;
      break;
    case 4: {
      volatile uint32_t seed = 1;
      c.out.Add32(Deeper(&seed, 100'000));
      break;
    }
    case 5: {  // control: the same accesses where they are allowed
      Word(reinterpret_cast<uintptr_t>(code_in_data)) = kReturn << 16 | kReturn;
      c.out.Add32(Word(code));
      volatile uint32_t seed = 1;
      c.out.Add32(Deeper(&seed, 20));
      break;
    }
    case 6:
      c.out.Add32(Opaque(1) / Opaque(0));
      break;
    case 7:
      CHECK(c.data.size() == 99);
      break;
    case 8: {  // a frame so large that it jumps over any guard of a fixed size
      uint32_t sp;
      asm volatile("mov %0, sp" : "=r"(sp));
      Word(sp - 64 * 1024) = 1;
      break;
    }
    case 9:
      Word(0xF0000000) = 1;
      break;
    default:
      return Error::kUnsupported;
  }
  return Error::kOk;
}

struct Operation {
  char op;
  size_t least;  ///< bytes of data
  Error (*run)(Context&);
};

constexpr Operation kOperations[] = {
    {'A', 0, Echo},         {'E', 4, EraseFlash}, {'G', 1, Entropy}, {'I', 0, Info}, {'L', 4, Loop},
    {'P', 4, ProgramFlash}, {'Q', 0, Restart},    {'R', 6, ReadFlash}, {'V', 1, Violate},
};

Error Run(char op, Context& c) {
  for (const Operation& o : kOperations) {
    if (o.op == op) {
      return c.data.size() < o.least ? Error::kFormat : o.run(c);
    }
  }
  return Error::kUnsupported;
}

void ReadAll(hal::Serial& serial, Bytes out) {
  while (!out.empty()) {
    out = out.subspan(serial.Read(out));
  }
}

alignas(Machine) constinit uint8_t machine_memory[sizeof(Machine)]{};
constinit uint8_t request[kMost]{};
constinit uint8_t answer[3 + kMost]{};

void Serve(Machine& machine) {
  uint8_t header[3];
  ReadAll(machine.serial(), header);
  const size_t size = Get16(header, 1);
  if (size > kMost) {
    return;
  }
  ReadAll(machine.serial(), Bytes(request, size));
  const uint64_t from = machine.Ticks();
  Writer out(Bytes(answer).subspan(3));
  Context context{machine, machine.platform(), ConstBytes(request, size), out};
  const Error error = Run(static_cast<char>(header[0]), context);
  machine.CountCommand(machine.Ticks() - from, 0);
  answer[0] = static_cast<uint8_t>(error);
  Put16(answer, 1, static_cast<uint16_t>(out.size()));
  (void)machine.serial().Write(ConstBytes(answer, 3 + out.size()));
}

}  // namespace
}  // namespace simurgh::qemu

int main() {
  using namespace simurgh::qemu;
  Machine& machine = *new (machine_memory) Machine(kShape);
  machine.file().MarkReady();
  for (;;) {
    Serve(machine);
  }
}
