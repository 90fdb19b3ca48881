#include "hal/cortex_m/cmsdk_uart.h"

#include <atomic>

#include "hal/cortex_m/board.h"
#include "hal/cortex_m/regs.h"

namespace simurgh::hal::cortex_m {
namespace {

constexpr uint32_t kData = 0x00, kState = 0x04, kControl = 0x08, kInterrupt = 0x0C, kDivider = 0x10;
constexpr uint32_t kTxFull = 1, kRxFull = 2;                                // STATE
constexpr uint32_t kTxOn = 1, kRxOn = 2, kTxInterrupt = 4, kRxInterrupt = 8;  // CTRL
constexpr uint32_t kTxDone = 1, kRxThere = 2;                               // INTSTATUS, write 1 to clear
constexpr uint32_t kSmallestDivider = 16;

volatile uint32_t& Uart(uint32_t offset) { return Reg(kBoard.uart_base + offset); }

constinit CmsdkUart* instance = nullptr;

}  // namespace

extern "C" [[gnu::used]] void SimurghUartReceive() {
  if (instance != nullptr) {
    instance->OnReceive();
  }
}

CmsdkUart::CmsdkUart() {
  instance = this;
  Uart(kDivider) = kSmallestDivider;
  Uart(kControl) = kTxOn | kRxOn | kRxInterrupt | kTxInterrupt;
  EnableIrq(kBoard.uart_rx_irq);
}

void CmsdkUart::OnReceive() {
  while ((Uart(kState) & kRxFull) != 0) {
    if (head_ - tail_ == kRing) {
      // The request stays raised, so the interrupt comes back as soon as Read() enables it.
      DisableIrq(kBoard.uart_rx_irq);
      return;
    }
    Uart(kInterrupt) = kRxThere;
    ring_[head_ % kRing] = static_cast<uint8_t>(Uart(kData));
    std::atomic_signal_fence(std::memory_order_release);
    head_ = head_ + 1;
  }
}

size_t CmsdkUart::Read(Bytes out) {
  if (out.empty()) {
    return 0;
  }
  DisableInterrupts();
  while (head_ == tail_) {
    WaitForInterrupt();  // wakes on a pending interrupt although it is masked: none is missed
    EnableInterrupts();
    Barrier();
    DisableInterrupts();
  }
  EnableInterrupts();
  size_t n = 0;
  for (; n < out.size() && tail_ != head_; ++n) {
    out[n] = ring_[tail_ % kRing];
    std::atomic_signal_fence(std::memory_order_release);
    tail_ = tail_ + 1;
  }
  EnableIrq(kBoard.uart_rx_irq);
  return n;
}

void CmsdkUart::WaitUntilSent() {
  while ((Uart(kState) & kTxFull) != 0) {
    // The transmit interrupt only ends the sleep: it stays masked and is taken back afterwards.
    DisableInterrupts();
    EnableIrq(kBoard.uart_rx_irq + 1);
    if ((Uart(kState) & kTxFull) != 0) {
      WaitForInterrupt();
    }
    DisableIrq(kBoard.uart_rx_irq + 1);
    Uart(kInterrupt) = kTxDone;
    ClearPendingIrq(kBoard.uart_rx_irq + 1);
    EnableInterrupts();
  }
}

bool CmsdkUart::Write(ConstBytes data) {
  for (const uint8_t byte : data) {
    WaitUntilSent();
    Uart(kInterrupt) = kTxDone;
    Uart(kData) = byte;
  }
  WaitUntilSent();
  return true;
}

}  // namespace simurgh::hal::cortex_m
