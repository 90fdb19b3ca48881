#include "tests/unit/saip/package_reader.h"

#include <stdexcept>

#include "firmware/rsp/names.h"
#include "firmware/rsp/templates.h"

namespace simurgh::saip {
namespace {

using V = std::vector<uint8_t>;

struct Tlv {
  uint32_t tag;
  V value;
};

std::vector<Tlv> Children(const V& b) {
  std::vector<Tlv> out;
  for (size_t at = 0; at < b.size();) {
    uint32_t tag = b.at(at++);
    if ((tag & 0x1F) == 0x1F) {
      tag = tag << 8 | b.at(at++);
    }
    size_t length = b.at(at++);
    if (length > 0x80) {
      size_t n = length & 0x7F;
      for (length = 0; n > 0; --n) {
        length = length << 8 | b.at(at++);
      }
    }
    if (at + length > b.size()) {
      throw std::runtime_error("length");
    }
    out.push_back({tag, V(b.begin() + static_cast<long>(at), b.begin() + static_cast<long>(at + length))});
    at += length;
  }
  return out;
}

int Number(uint32_t tag) { return static_cast<int>(tag > 0xFF ? tag & 0x7F : tag & 0x1F); }
uint32_t Uint(const V& v) {
  uint32_t n = 0;
  for (uint8_t b : v) {
    n = n << 8 | b;
  }
  return n;
}
Path ToPath(const V& v) {
  Path p;
  for (size_t i = 0; i + 1 < v.size(); i += 2) {
    p.push_back(static_cast<uint16_t>(v[i] << 8 | v[i + 1]));
  }
  return p;
}
Path Join(Path p, uint16_t fid) {
  p.push_back(fid);
  return p;
}

class Reader {
 public:
  Expected out;

  void Element(const Tlv& pe) {
    const auto kind = static_cast<rsp::Pe>(Number(pe.tag));
    const std::vector<Tlv> members = Children(pe.value);
    switch (kind) {
      case rsp::Pe::kHeader:
        for (const Tlv& m : members) {
          if (m.tag == 0x83) {
            out.iccid = m.value;
          }
        }
        return;
      case rsp::Pe::kPinCodes: out.pins += Count(members, 0xA0); return;
      case rsp::Pe::kPukCodes: out.puks += static_cast<int>(Children(members.at(1).value).size()); return;
      case rsp::Pe::kAkaParameter: ++out.keys; return;
      case rsp::Pe::kGenericFileManagement: Generic(members.at(1)); return;
      default:
        if (kind >= rsp::Pe::kMf) {
          Template(kind, members);
        }
    }
  }

 private:
  static int Count(const std::vector<Tlv>& members, uint32_t) {
    return static_cast<int>(Children(Children(members.at(1).value).at(0).value).size());
  }

  struct Making {
    Path path;
    ExpectedFile file;
    V pattern;
    bool repeat = false;
    uint8_t tail = 0;
    size_t position = 0;
    bool begun = false;
  };

  void Template(rsp::Pe pe, const std::vector<Tlv>& members) {
    const rsp::Template* t = rsp::FindTemplate(members.at(1).value);
    if (t == nullptr) {
      throw std::runtime_error("template");
    }
    Path top = t->base == rsp::Base::kApplication ? application_ : Path{};
    Path dir = top;
    std::map<int, V> given;
    for (size_t i = 2; i < members.size(); ++i) {
      given[Number(members[i].tag) - 2] = members[i].value;
    }
    for (int row = 0; row < static_cast<int>(t->rows.size()); ++row) {
      const rsp::FileRow& r = t->rows[static_cast<size_t>(row)];
      const bool by_default = t->by_default && r.fill != rsp::Fill::kNone && r.size > 0 &&
                              (r.records > 0 || !rsp::HasRecords(r.kind));
      if (given.count(row) == 0 && !by_default) {
        continue;
      }
      Making m;
      m.file.name = std::string(rsp::PeName(pe)) + "/" + std::string(rsp::FileName(pe, static_cast<uint8_t>(row)));
      Start(m, r, {});
      for (const Tlv& c : Children(given[row])) {
        if (c.tag == 0xA1) {
          if (m.begun) {
            Finish(m, dir, r.kind);
          }
          Start(m, r, Children(c.value));
        }
        Fill(m, c.tag == 0x82 ? c.tag : c.tag == 0x83 ? c.tag : 0, c.value);
      }
      Finish(m, rsp::IsDirectory(r.kind) && row > 0 ? top : dir, r.kind);
      if (rsp::IsDirectory(r.kind)) {
        dir = m.path;
        if (row == 0) {
          top = dir;
        }
        if (r.kind == rsp::FileKind::kAdf) {
          application_ = dir;
        }
      }
    }
  }

  uint16_t fid_ = 0;
  uint32_t size_ = 0;
  Path application_;

  // The descriptor laid over the row.
  void Start(Making& m, const rsp::FileRow& r, const std::vector<Tlv>& fcp) {
    const std::string name = m.file.name;
    m = Making{};
    m.file.name = name;
    m.file.directory = rsp::IsDirectory(r.kind);
    m.file.arr_record = r.arr;
    fid_ = r.fid;
    uint32_t length = rsp::HasRecords(r.kind) ? r.size : 0;
    size_ = rsp::HasRecords(r.kind) ? length * r.records : r.size;
    const rsp::Pattern pattern = rsp::PatternOf(r.fill);
    m.pattern.assign(pattern.bytes.begin(), pattern.bytes.end());
    m.repeat = pattern.repeat;
    m.tail = pattern.tail;
    Fcp(m, fcp, length);
  }

  void Fcp(Making& m, const std::vector<Tlv>& fcp, uint32_t length) {
    const uint32_t row_length = length;
    bool sized = false;
    for (const Tlv& c : fcp) {
      switch (c.tag) {
        case 0x82:
          m.file.directory = (c.value[0] & 0xBF) == 0x38;  // 39 is a BER-TLV file
          length = c.value.size() == 4 ? static_cast<uint32_t>(c.value[2] << 8 | c.value[3]) : length;
          break;
        case 0x83: fid_ = static_cast<uint16_t>(Uint(c.value)); break;
        case 0x8B: m.file.arr_record = c.value.back(); break;
        case 0x80:
          size_ = Uint(c.value);
          sized = true;
          break;
        case 0xC7: m.file.link = ToPath(c.value); break;
        case 0xA5:
          for (const Tlv& p : Children(c.value)) {
            if (p.tag == 0xC1 || p.tag == 0xC2) {
              m.pattern = p.value;
              m.repeat = p.tag == 0xC2;
              m.tail = 0;
            }
          }
          break;
        default: break;
      }
    }
    if (!sized && row_length != 0) {
      size_ = size_ / row_length * length;  // as many records as the row says
    }
    m.file.record_length = static_cast<uint16_t>(length);
    if (!m.file.directory && m.file.link.empty()) {
      const uint32_t unit = length != 0 ? length : size_;
      for (uint32_t i = 0; i < size_; ++i) {
        m.file.content.push_back(rsp::Pattern{m.pattern, m.tail, m.repeat}.At(i % unit, unit));
      }
    }
  }

  void Fill(Making& m, uint32_t tag, const V& value) {
    m.begun = true;
    if (tag == 0x82) {
      m.position += Uint(value);
    }
    if (tag == 0x83) {
      if (m.position + value.size() > m.file.content.size()) {
        throw std::runtime_error("content of " + m.file.name);
      }
      std::copy(value.begin(), value.end(), m.file.content.begin() + static_cast<long>(m.position));
      m.position += value.size();
    }
  }

  void Finish(Making& m, const Path& dir, rsp::FileKind kind) {
    m.path = kind == rsp::FileKind::kMf ? Path{} : Join(dir, fid_);
    if (m.file.name == "usim/ef-imsi" && out.imsi.empty()) {
      out.imsi = m.file.content;
    }
    out.files[m.path] = m.file;
  }

  void Generic(const Tlv& list) {
    for (const Tlv& commands : Children(list.value)) {
      Path dir;
      Making m;
      const auto finish = [&] {
        if (m.begun) {
          Finish(m, dir, rsp::FileKind::kTransparent);
        }
        m = Making{};
      };
      for (const Tlv& c : Children(commands.value)) {
        if (c.tag == 0x80 || c.tag == 0x62) {
          finish();
        }
        if (c.tag == 0x80) {
          dir = ToPath(c.value);
        }
        if (c.tag == 0x62) {
          rsp::FileRow none;
          m.file.name = "generic";
          Start(m, none, Children(c.value));
          m.begun = true;
        }
        Fill(m, c.tag == 0x02 ? 0x82 : c.tag == 0x81 ? 0x83 : 0, c.value);
        if (c.tag == 0x80) {
          m.begun = false;
        }
      }
      finish();
    }
  }
};

}  // namespace

Expected ReadPackage(const V& package) {
  Reader reader;
  for (const Tlv& pe : Children(package)) {
    reader.Element(pe);
  }
  return reader.out;
}

}  // namespace simurgh::saip
